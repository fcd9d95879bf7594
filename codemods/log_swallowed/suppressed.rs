//! `with suppress(Exception)`: the same silence in another form, which is pointed at.

use codemend_engine::change::Changes;
use codemend_engine::module::Module;
use codemend_engine::semantic::Where;
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr};
use codemend_engine::syntax::ast::{Expr, ExprCall};

use super::caught::is_broad;
use super::intent::comment_at;

/// Point at every `contextlib.suppress` of `module` that drops all exceptions.
pub fn report(module: &Module<'_>, changes: &mut Changes) {
    if !module.text().contains("suppress") {
        return;
    }
    let mut finder = Finder {
        module,
        found: Vec::new(),
    };
    finder.visit_body(module.suite());
    for call in finder.found {
        match comment_at(module, call.start(), call.end()) {
            Some(comment) => changes.decline(call.range(), meant(comment)),
            None => changes.report(
                call.range(),
                "every exception is dropped here, and leaves no trace",
            ),
        }
    }
}

/// Why a place is left where `comment` says that it is meant.
pub fn meant(comment: &str) -> String {
    format!("the comment says that it is meant: `{}`", comment.trim())
}

struct Finder<'a, 'm> {
    module: &'a Module<'m>,
    found: Vec<&'a ExprCall>,
}

impl<'a> Visitor<'a> for Finder<'a, '_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && self.module.could_mean(&call.func, &["suppress"])
            && self
                .module
                .qualified_name(&call.func, Where::default())
                .as_deref()
                == Some("contextlib.suppress")
        {
            let mut dropped = call.arguments.args.iter();
            if dropped.any(|one| is_broad(self.module.names(), Some(one))) {
                self.found.push(call);
            }
        }
        walk_expr(self, expr);
    }
}
