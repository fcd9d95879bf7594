//! What else stands in a handler, above its answer: what may be left out, and what is copied.

use codemend_engine::semantic::{Names, Where};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{ExceptHandler, Expr, ExprContext, Stmt, StmtFunctionDef};
use codemend_engine::syntax::{Ranged, TextRange};

use super::known::{Known, Tells, is_listed};
use super::sites::Site;

/// What stands in a handler above its answer.
pub struct Rest<'a> {
    /// Calls that clean up, in order.
    pub cleanup: Vec<&'a Stmt>,
    /// A local is bound to what a call gives that may do more than look.
    pub drops_call: bool,
}

/// The statements of `handler` above its last one.
///
/// # Errors
/// What of them can neither be left out nor copied.
pub fn rest<'a>(
    names: &Names<'_>,
    tells: &Tells<'_>,
    site: &Site<'a>,
) -> Result<Rest<'a>, &'static str> {
    let (function, handler) = (site.function(), site.handler);
    let caught = handler.name.as_ref().map(|name| name.as_str());
    let mut taken: Vec<&str> = caught.into_iter().collect();
    let mut rest = Rest {
        cleanup: Vec::new(),
        drops_call: false,
    };
    let mut has_told = false;
    let above = handler
        .body
        .split_last()
        .map_or(&[][..], |(_, above)| above);
    for statement in above {
        if let Some(bound) = bound_locals(statement, function) {
            if bound.iter().any(|name| is_read_outside(site, name)) {
                return Err("the handler does more than answer");
            }
            rest.drops_call |= calls(names, tells, statement);
            taken.extend(bound);
            continue;
        }
        let Stmt::Expr(one) = statement else {
            match statement {
                Stmt::Pass(_) | Stmt::Import(_) | Stmt::ImportFrom(_) => continue,
                _ => return Err("the handler does more than answer"),
            }
        };
        let call = match &*one.value {
            Expr::Await(waiting) => waiting.value.as_call_expr(),
            other => other.as_call_expr(),
        };
        match call {
            Some(call) if tells.is_one(names, call) => has_told = true,
            None if one.value.is_literal_expr() => {}
            None => return Err("the handler does more than answer"),
            Some(_) if has_told => return Err("the handler does something after it has logged"),
            Some(_) if uses(&one.value, &taken) => {
                return Err("the handler does something with the exception");
            }
            Some(_) => rest.cleanup.push(statement),
        }
    }
    Ok(rest)
}

/// The names of `function` that `statement` binds, when it does nothing but that.
fn bound_locals<'a>(
    statement: &'a Stmt,
    function: Option<&StmtFunctionDef>,
) -> Option<Vec<&'a str>> {
    let mut bound = Vec::new();
    let plain = match statement {
        Stmt::Assign(one) => one
            .targets
            .iter()
            .all(|target| names_in(target, &mut bound)),
        Stmt::AnnAssign(one) => names_in(&one.target, &mut bound),
        Stmt::AugAssign(one) => names_in(&one.target, &mut bound),
        _ => false,
    };
    let function = function.filter(|_| plain)?;
    let declared = declared(&function.body);
    let is_local = |name: &&str| !declared.contains(name);
    bound.iter().all(is_local).then_some(bound)
}

fn names_in<'a>(target: &'a Expr, bound: &mut Vec<&'a str>) -> bool {
    match target {
        Expr::Name(name) => {
            bound.push(name.id.as_str());
            true
        }
        Expr::Tuple(tuple) => tuple.elts.iter().all(|one| names_in(one, bound)),
        _ => false,
    }
}

/// The names that `body` declares `global` or `nonlocal`.
fn declared(body: &[Stmt]) -> Vec<&str> {
    use codemend_engine::syntax::ast::statement_visitor::{StatementVisitor, walk_stmt};
    struct Declared<'a>(Vec<&'a str>);
    impl<'a> StatementVisitor<'a> for Declared<'a> {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            match statement {
                Stmt::Global(one) => self.0.extend(one.names.iter().map(|name| name.as_str())),
                Stmt::Nonlocal(one) => self.0.extend(one.names.iter().map(|name| name.as_str())),
                _ => walk_stmt(self, statement),
            }
        }
    }
    let mut declared = Declared(Vec::new());
    declared.visit_body(body);
    declared.0
}

/// Whether `expr` mentions one of `wanted`.
pub fn uses(expr: &Expr, wanted: &[&str]) -> bool {
    struct Uses<'w>(&'w [&'w str], bool);
    impl<'a> Visitor<'a> for Uses<'_> {
        fn visit_expr(&mut self, expr: &'a Expr) {
            if let Expr::Name(name) = expr {
                self.1 |= self.0.contains(&name.id.as_str());
            }
            walk_expr(self, expr);
        }
    }
    let mut found = Uses(wanted, false);
    found.visit_expr(expr);
    found.1
}

/// Whether somebody reads the local `name` once an exception has left the `try` of `site`: its `finally`, a function
/// within this one, or, when a `try` stands around, whatever is outside of the handler, and below a `with` around, which
/// may swallow it, whatever follows.
fn is_read_outside(site: &Site<'_>, name: &str) -> bool {
    let Some(function) = site.function() else {
        return true;
    };
    let mut reads = Reads {
        name,
        handler: site.handler.range(),
        own: site.attempt.range(),
        is_inner: false,
        in_finally: false,
        is_wrapped: false,
        in_with: false,
        outside: false,
        late: false,
    };
    reads.visit_body(&function.body);
    reads.late || reads.is_wrapped && reads.outside
}

/// Reads of a local.
struct Reads<'n> {
    name: &'n str,
    handler: TextRange,
    own: TextRange,
    is_inner: bool,
    in_finally: bool,
    /// A `try` stands around the own one.
    is_wrapped: bool,
    /// A `with` stands around it.
    in_with: bool,
    outside: bool,
    /// In the own `finally`, or in a function within.
    late: bool,
}

impl<'a> Visitor<'a> for Reads<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {
                let outer = std::mem::replace(&mut self.is_inner, true);
                walk_stmt(self, statement);
                self.is_inner = outer;
            }
            Stmt::Try(attempt) if attempt.range() == self.own => {
                self.visit_body(&attempt.body);
                for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    self.visit_body(&handler.body);
                }
                self.visit_body(&attempt.orelse);
                let outer = std::mem::replace(&mut self.in_finally, true);
                self.visit_body(&attempt.finalbody);
                self.in_finally = outer;
            }
            Stmt::Try(attempt) => {
                self.is_wrapped |= attempt.range().contains_range(self.own);
                walk_stmt(self, statement);
            }
            Stmt::With(with) => {
                self.in_with |= with.range().contains_range(self.own);
                walk_stmt(self, statement);
            }
            // `total += 1` reads it too.
            Stmt::AugAssign(one) if uses(&one.target, &[self.name]) => {
                self.outside |= !self.handler.contains_range(one.range());
                walk_stmt(self, statement);
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Lambda(_) => {
                let outer = std::mem::replace(&mut self.is_inner, true);
                walk_expr(self, expr);
                self.is_inner = outer;
            }
            Expr::Name(name) if name.id == *self.name && name.ctx == ExprContext::Load => {
                self.late |= self.is_inner || self.in_finally;
                self.late |= self.in_with && name.start() >= self.own.end();
                self.outside |= !self.handler.contains_range(name.range());
            }
            _ => walk_expr(self, expr),
        }
    }
}

/// Whether `statement` calls something that may do more than look at what it is given.
fn calls(names: &Names<'_>, tells: &Tells<'_>, statement: &Stmt) -> bool {
    let mut finder = Calls {
        names,
        tells,
        found: false,
    };
    finder.visit_stmt(statement);
    finder.found
}

struct Calls<'n, 'db> {
    names: &'n Names<'db>,
    tells: &'n Tells<'n>,
    found: bool,
}

impl<'a> Visitor<'a> for Calls<'_, '_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) if !looks(self.names, &call.func) => {
                self.found |= !self.tells.is_one(self.names, call);
            }
            Expr::Await(_) | Expr::Yield(_) | Expr::YieldFrom(_) => self.found = true,
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// Whether a call of `func` only looks: a function, which works out what the local is to hold, a method of `known.toml`,
/// or a class of exceptions or responses. What a value is told to do may matter to others: `session.cleanup()`.
fn looks(names: &Names<'_>, func: &Expr) -> bool {
    if func.is_name_expr() || names.may_lead_out(func) {
        return true;
    }
    let known = Known::shipped();
    if let Expr::Attribute(method) = func
        && known.looking_methods.iter().any(|one| *one == *method.attr)
    {
        return true;
    }
    if let Some(name) = names.qualified_name(func, Where::default())
        && is_listed(&known.looks, &name)
    {
        return true;
    }
    names.lineage(func).is_some_and(|one| {
        one.is_exception() || known.responses.iter().any(|it| one.derives_from(it))
    })
}
