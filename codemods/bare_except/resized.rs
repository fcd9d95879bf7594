//! Dicts and sets that become larger or smaller while something goes through them: the next step raises `RuntimeError`.

use codemend_engine::syntax::ast::{Expr, Stmt};

use super::kind::Kind;
use super::proven::Scene;
use super::uses::{Change, changes, exprs_change};

impl Scene<'_, '_> {
    /// Whether `body` or `exprs` may change how much a dict or a set holds that `iter` goes through.
    pub fn is_resized(&self, iter: &Expr, body: &[Stmt], exprs: &[&Expr]) -> bool {
        let mut gone_through = Vec::new();
        self.gone_through(iter, &mut gone_through);
        gone_through.into_iter().any(|name| {
            changes(self.names, body, name, Change::Size)
                || exprs_change(self.names, exprs, name, Change::Size)
        })
    }

    /// The names of the dicts and sets that `iter` goes through: `conf`, `conf.items()`, `enumerate(conf)`.
    fn gone_through<'e>(&self, iter: &'e Expr, found: &mut Vec<&'e str>) {
        match iter {
            Expr::Name(name) => {
                if matches!(self.kind(iter), Kind::Dict(..) | Kind::Set(_)) {
                    found.push(&name.id);
                }
            }
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(method)
                    if matches!(method.attr.as_str(), "items" | "keys" | "values") =>
                {
                    self.gone_through(&method.value, found);
                }
                Expr::Name(name) if matches!(name.id.as_str(), "enumerate" | "zip") => {
                    let arguments = call.arguments.args.iter();
                    arguments.for_each(|one| self.gone_through(one, found));
                }
                _ => {}
            },
            // `conf["a"]`: what is below a name changes with it.
            Expr::Subscript(subscript) => {
                if let Expr::Name(name) = &*subscript.value {
                    found.push(&name.id);
                }
            }
            _ => {}
        }
    }
}
