//! What a call is given: whether a timeout is among it, or may come by `**`.

use codemend_engine::bindings::{Bound, of_function};
use codemend_engine::module::Module;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, ExprCall, ExprDict, Stmt};

use super::find::{Site, rebinds};

/// What a call says of one argument.
pub enum Given<'a> {
    /// Something that is not the literal `None`.
    Yes,
    /// The literal `None`: this one.
    None(&'a Expr),
    No,
}

/// Whether `call` is given `keyword`, or what stands at `position`.
pub fn given<'a>(call: &'a ExprCall, keyword: &str, position: Option<usize>) -> Given<'a> {
    let by_name = call.arguments.find_keyword(keyword).map(|one| &one.value);
    let by_place = position.and_then(|at| call.arguments.args.get(at));
    match by_name.or(by_place) {
        Some(value @ Expr::NoneLiteral(_)) => Given::None(value),
        Some(_) => Given::Yes,
        None => Given::No,
    }
}

/// Why nobody can tell whether a spread brings `keyword`, or whether nothing can be added.
pub fn spread_trouble(module: &Module<'_>, site: &Site<'_>, keyword: &str) -> Option<String> {
    let arguments = &site.call.arguments;
    if arguments.args.iter().any(Expr::is_starred_expr) {
        return Some("`*` may bring the timeout".to_owned());
    }
    let lone = matches!(&*arguments.args, [Expr::Generator(one)] if !one.parenthesized);
    if lone && arguments.keywords.is_empty() {
        return Some("a generator without parentheses can have no argument beside it".to_owned());
    }
    let mut spreads = arguments.keywords.iter().filter(|one| one.arg.is_none());
    let unclear = |value: &Expr| match value {
        Expr::Dict(dict) => !lacks(dict, keyword),
        Expr::Name(name) => !fixed(module, site, &name.id).is_some_and(|dict| lacks(dict, keyword)),
        _ => true,
    };
    let hidden = spreads.any(|one| unclear(&one.value));
    hidden.then(|| format!("`**` may bring the `{keyword}`"))
}

/// Whether all keys of `dict` are strings, and none of them is `keyword`.
fn lacks(dict: &ExprDict, keyword: &str) -> bool {
    dict.items.iter().all(
        |item| matches!(&item.key, Some(Expr::StringLiteral(key)) if key.value.to_str() != keyword),
    )
}

/// The dict that the function around `site` binds `name` to, once, and only reads.
fn fixed<'a>(module: &Module<'_>, site: &Site<'a>, name: &str) -> Option<&'a ExprDict> {
    if site.clouds(name) || rebinds(module, name) {
        return None;
    }
    let function = site.functions().next()?;
    let bindings = of_function(function);
    let value = match bindings.get(name).map(Vec::as_slice) {
        Some([Bound::Value(value) | Bound::Annotated(_, Some(value))]) => *value,
        _ => return None,
    };
    let Expr::Dict(dict) = value else {
        return None;
    };
    let mut uses = Uses {
        name,
        changed: false,
    };
    uses.visit_body(&function.body);
    (!uses.changed && binds_plainly(&function.body, name)).then_some(dict)
}

/// The value that `call` is given as `keyword`, by name or in a dict that it spreads.
pub fn named<'a>(module: &Module<'_>, site: &Site<'a>, keyword: &str) -> Option<&'a Expr> {
    let mut all = site.call.arguments.keywords.iter();
    all.find_map(|one| {
        let dict = match (&one.arg, &one.value) {
            (Some(arg), value) => return (arg.as_str() == keyword).then_some(value),
            (None, Expr::Dict(dict)) => dict,
            (None, Expr::Name(name)) => fixed(module, site, &name.id)?,
            _ => return None,
        };
        dict.items.iter().find_map(|item| {
            let is_it = matches!(&item.key, Some(Expr::StringLiteral(key)) if key.value.to_str() == keyword);
            is_it.then_some(&item.value)
        })
    })
}

/// Whether the statement that binds `name` binds nothing else to the same: `options = other = {}`.
fn binds_plainly(body: &[Stmt], name: &str) -> bool {
    let mut chains = Chains { name, found: false };
    chains.visit_body(body);
    !chains.found
}

struct Chains<'n> {
    name: &'n str,
    found: bool,
}

impl<'a> Visitor<'a> for Chains<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::Assign(one) = statement {
            let is_it = |it: &Expr| matches!(it, Expr::Name(name) if name.id == self.name);
            self.found |= one.targets.len() > 1 && one.targets.iter().any(is_it);
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found |= matches!(expr, Expr::Named(one)
            if matches!(&*one.target, Expr::Name(name) if name.id == self.name));
        walk_expr(self, expr);
    }
}

/// Uses of a dict that may change it, or hand it to somebody who may.
struct Uses<'n> {
    name: &'n str,
    changed: bool,
}

impl<'a> Visitor<'a> for Uses<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        let own = self.name;
        let is_it = |it: &Expr| matches!(it, Expr::Name(name) if name.id == own);
        match expr {
            Expr::Name(name) => self.changed |= name.ctx.is_load() && name.id == self.name,
            Expr::Subscript(one) if is_it(&one.value) && one.ctx.is_load() => {
                self.visit_expr(&one.slice);
            }
            Expr::Call(call) => {
                self.visit_expr(&call.func);
                call.arguments
                    .args
                    .iter()
                    .for_each(|one| self.visit_expr(one));
                for keyword in &call.arguments.keywords {
                    if keyword.arg.is_some() || !is_it(&keyword.value) {
                        self.visit_expr(&keyword.value);
                    }
                }
            }
            _ => walk_expr(self, expr),
        }
    }
}
