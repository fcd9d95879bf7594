//! What a call is given: whether a timeout is among it, or may come by `**`.

use codemend_engine::bindings::{Bound, of_function};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, ExprCall, ExprDict, Stmt};

use super::find::Site;

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
pub fn spread_trouble(site: &Site<'_>, keyword: &str) -> Option<String> {
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
        Expr::Name(name) => !site
            .functions()
            .next()
            .is_some_and(|function| is_fixed(function, &name.id, keyword)),
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

/// Whether `function` binds `name` once, to a dict without `keyword`, and only reads it.
fn is_fixed(
    function: &codemend_engine::syntax::ast::StmtFunctionDef,
    name: &str,
    keyword: &str,
) -> bool {
    let bindings = of_function(function);
    let value = match bindings.get(name).map(Vec::as_slice) {
        Some([Bound::Value(value) | Bound::Annotated(_, Some(value))]) => *value,
        _ => return false,
    };
    let Expr::Dict(dict) = value else {
        return false;
    };
    let mut uses = Uses {
        name,
        changed: false,
    };
    uses.visit_body(&function.body);
    lacks(dict, keyword) && !uses.changed && binds_plainly(&function.body, name)
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

/// Why the answer, or what is sent, may take its time.
pub fn takes_time(site: &Site<'_>) -> Option<&'static str> {
    let arguments = &site.call.arguments;
    let streams = arguments
        .find_keyword("stream")
        .is_some_and(|one| !matches!(&one.value, Expr::BooleanLiteral(it) if !it.value));
    if streams {
        return Some("the answer is read bit by bit, and may pause");
    }
    if arguments.find_keyword("files").is_some() {
        return Some("the upload of files may take its time");
    }
    let data = arguments.find_keyword("data")?;
    is_long(site, &data.value, 3).then_some("the upload of a file or a generator may take its time")
}

/// Whether `value` is an open file or a generator.
fn is_long(site: &Site<'_>, value: &Expr, depth: usize) -> bool {
    match value {
        Expr::Generator(_) => true,
        Expr::Call(call) => opens(call),
        Expr::Name(name) if depth > 0 => site.functions().any(|function| {
            let bindings = of_function(function);
            let found = bindings.get(name.id.as_str());
            found.is_some_and(|all| {
                all.iter().any(|bound| match bound {
                    Bound::Value(value) | Bound::With(value) | Bound::Annotated(_, Some(value)) => {
                        is_long(site, value, depth - 1)
                    }
                    _ => false,
                })
            })
        }),
        _ => false,
    }
}

/// `open(...)`, `path.open(...)`, `io.BytesIO(...)`, and what is called like a generator.
fn opens(call: &ExprCall) -> bool {
    match &*call.func {
        Expr::Name(name) => name.id == "open",
        Expr::Attribute(method) => &method.attr == "open",
        _ => false,
    }
}
