//! Where an object goes that a local holds: the other names it gets, and the places that may raise it.

use std::collections::BTreeSet;

use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{
    ExceptHandler, Expr, ExprContext, Stmt, StmtFunctionDef, StmtTry,
};

/// Methods that put what they are given into their object.
const STORES: [&str; 8] = [
    "add",
    "append",
    "extend",
    "insert",
    "put",
    "put_nowait",
    "setdefault",
    "update",
];

/// Functions that only look at what they are given.
const LOOKS: [&str; 5] = ["isinstance", "print", "repr", "str", "type"];

/// Methods of loggers.
const LOGS: [&str; 6] = ["critical", "debug", "error", "exception", "info", "warning"];

/// `name`, and the names of `function` that may hold or give what it holds: `other = err`, `self.err = err` (all of
/// `self`), a function within that mentions it.
pub fn other_names(function: &StmtFunctionDef, name: &str) -> BTreeSet<String> {
    let mut found = Finder {
        keys: BTreeSet::from([name.to_owned()]),
    };
    loop {
        let count = found.keys.len();
        found.visit_body(&function.body);
        if found.keys.len() == count {
            return found.keys;
        }
    }
}

struct Finder {
    keys: BTreeSet<String>,
}

impl Finder {
    fn bind(&mut self, target: &Expr) {
        match target {
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|one| self.bind(one)),
            Expr::Attribute(_) => {
                self.keys.extend(base(target).map(str::to_owned));
                self.keys.extend(base(target).map(attributes_of));
            }
            other => self.keys.extend(base(other).map(str::to_owned)),
        }
    }
}

impl<'a> Visitor<'a> for Finder {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(one) if hands_on(&one.value, &self.keys) => {
                one.targets.iter().for_each(|target| self.bind(target));
            }
            Stmt::AnnAssign(one)
                if one
                    .value
                    .as_deref()
                    .is_some_and(|it| hands_on(it, &self.keys)) =>
            {
                self.bind(&one.target);
            }
            Stmt::FunctionDef(inner) => {
                let is_used = self
                    .keys
                    .iter()
                    .any(|key| super::binders::mentions(&inner.body, key));
                if is_used {
                    self.keys.insert(inner.name.to_string());
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => {
                if let Expr::Attribute(method) = &*call.func
                    && STORES.contains(&method.attr.as_str())
                    && call
                        .arguments
                        .args
                        .iter()
                        .any(|one| hands_on(one, &self.keys))
                {
                    self.bind(&method.value);
                }
            }
            Expr::Named(one) if hands_on(&one.value, &self.keys) => self.bind(&one.target),
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// The key for the attributes of `name`.
fn attributes_of(name: &str) -> String {
    format!("{name}.")
}

/// `self` of `self.last.error`
fn base(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(one) => base(&one.value),
        Expr::Subscript(one) => base(&one.value),
        _ => None,
    }
}

/// Whether the value of `expr` may hold or give what one of `keys` does. Its text and its attributes do not.
fn hands_on(expr: &Expr, keys: &BTreeSet<String>) -> bool {
    struct Mentions<'k> {
        keys: &'k BTreeSet<String>,
        found: bool,
    }
    impl<'a> Visitor<'a> for Mentions<'_> {
        fn visit_expr(&mut self, expr: &'a Expr) {
            match expr {
                Expr::Name(name) => {
                    self.found |= name.ctx == ExprContext::Load && self.keys.contains(&*name.id);
                }
                Expr::FString(_) | Expr::Compare(_) => {}
                Expr::Call(call) => match &*call.func {
                    Expr::Name(name) if LOOKS.contains(&&*name.id) => {}
                    Expr::Attribute(method) if LOGS.contains(&&*method.attr) => {}
                    // `err.with_traceback(None)`, `self.check(text)`
                    Expr::Attribute(method) => {
                        self.visit_expr(&method.value);
                        self.visit_arguments(&call.arguments);
                    }
                    _ => walk_expr(self, expr),
                },
                // `err.detail` is none, `self.err` may be it.
                Expr::Attribute(one) => {
                    self.found |= base(&one.value)
                        .is_some_and(|name| self.keys.contains(&attributes_of(name)));
                    if !one.value.is_name_expr() {
                        walk_expr(self, expr);
                    }
                }
                _ => walk_expr(self, expr),
            }
        }
    }
    let mut mentions = Mentions { keys, found: false };
    mentions.visit_expr(expr);
    mentions.found
}

/// The places in `body` that may raise what one of `keys` holds: each with the `try` statements of `body` around it.
pub fn leads_to<'a>(body: &'a [Stmt], keys: &BTreeSet<String>) -> Vec<Vec<&'a StmtTry>> {
    let mut places = Places {
        keys,
        around: Vec::new(),
        found: Vec::new(),
    };
    places.visit_body(body);
    places.found
}

struct Places<'a, 'k> {
    keys: &'k BTreeSet<String>,
    /// The `try` statements whose body it stands in.
    around: Vec<&'a StmtTry>,
    found: Vec<Vec<&'a StmtTry>>,
}

impl<'a> Visitor<'a> for Places<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            // It runs when it is called.
            Stmt::FunctionDef(_) => {}
            Stmt::Raise(raise) => {
                let mut said = raise.exc.iter().chain(&raise.cause);
                if said.any(|one| hands_on(one, self.keys)) {
                    self.found.push(self.around.clone());
                }
            }
            Stmt::Try(attempt) => {
                self.around.push(attempt);
                self.visit_body(&attempt.body);
                self.around.pop();
                for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    self.visit_body(&handler.body);
                }
                self.visit_body(&attempt.orelse);
                self.visit_body(&attempt.finalbody);
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if expr.is_call_expr() && hands_on(expr, self.keys) {
            self.found.push(self.around.clone());
        }
        walk_expr(self, expr);
    }
}

/// Whether `body` raises anything but what is caught already.
pub fn raises_anything_new(body: &[Stmt]) -> bool {
    struct Raises(bool);
    impl<'a> Visitor<'a> for Raises {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            match statement {
                Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
                Stmt::Raise(raise) => self.0 |= raise.exc.is_some(),
                _ => walk_stmt(self, statement),
            }
        }
        fn visit_expr(&mut self, _: &'a Expr) {}
    }
    let mut raises = Raises(false);
    raises.visit_body(body);
    raises.0
}
