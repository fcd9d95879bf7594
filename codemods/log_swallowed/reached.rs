//! Functions that log records run through because a handler, a filter or a formatter calls them: a log call in one of
//! them would come back to it.
//!
//! Calls count by their last name, wherever they lead: `send()` for a function or a class, `.send()` for a method.

use std::collections::BTreeSet;

use codemend_engine::module::Module;
use codemend_engine::semantic::{DefinitionKind, Meaning, Names, Where};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, ExprCall, Stmt, StmtFunctionDef};
use codemend_engine::syntax::{Ranged, TextSize};

use super::elsewhere::Elsewhere;
use super::glance::Glance;
use super::trace::is_name;

/// Methods of strings, dictionaries, lists and records, which everything has.
const COMMON: &[&str] = &[
    "append",
    "copy",
    "decode",
    "encode",
    "endswith",
    "extend",
    "format",
    "get",
    "getMessage",
    "items",
    "join",
    "keys",
    "lower",
    "pop",
    "replace",
    "setdefault",
    "split",
    "startswith",
    "strip",
    "update",
    "upper",
    "values",
];

/// How a call of the function or the class `name` is listed.
fn of_function(name: &str) -> String {
    format!("{name}()")
}

/// How a call of a method `name` is listed.
fn of_method(name: &str) -> String {
    format!(".{name}()")
}

/// Which calls in `body` count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Own {
    /// Those of `self` too.
    Counts,
    /// The class around is looked at as a whole.
    LeftOut,
}

/// Methods of a handler that no log record runs through.
const APART: [&str; 5] = ["__del__", "__enter__", "__exit__", "__init__", "close"];

/// Note what `body`, of a class that log records run through, calls of the project when one comes.
pub fn calls_of_class(names: &Names<'_>, body: &[Stmt], found: &mut BTreeSet<String>) {
    let is_apart = |one: &&Stmt| match one {
        Stmt::FunctionDef(method) => APART.contains(&method.name.as_str()),
        _ => false,
    };
    for statement in body.iter().filter(|one| !is_apart(one)) {
        calls_in(names, std::slice::from_ref(statement), Own::LeftOut, found);
    }
}

/// Note what the functions of `body`, in the file of `names`, call of the project.
pub fn calls_in(names: &Names<'_>, body: &[Stmt], own: Own, found: &mut BTreeSet<String>) {
    let mut calls = Calls { names, own, found };
    calls.visit_body(body);
}

struct Calls<'n, 'db, 'f> {
    names: &'n Names<'db>,
    own: Own,
    found: &'f mut BTreeSet<String>,
}

impl Calls<'_, '_, '_> {
    fn call(&mut self, call: &ExprCall) {
        let listed = match &*call.func {
            Expr::Name(name) => of_function(&name.id),
            Expr::Attribute(method) if COMMON.contains(&method.attr.as_str()) => return,
            Expr::Attribute(method) if is_own(&method.value) => {
                if self.own == Own::Counts {
                    self.found.insert(of_method(&method.attr));
                }
                return;
            }
            Expr::Attribute(method) => of_method(&method.attr),
            _ => return,
        };
        let meanings = self.names.meanings(&call.func, Where::default());
        let is_foreign =
            |one: &Meaning<'_>| matches!(one, Meaning::Outside { .. } | Meaning::Builtin(_));
        if !meanings.is_empty() && meanings.iter().all(is_foreign) {
            return;
        }
        // `transport.send_log()`, of a module
        for meaning in &meanings {
            if let Meaning::Definition(definition) = meaning
                && let DefinitionKind::Function(function) = definition.kind()
            {
                self.found.insert(of_function(&function.name));
            }
        }
        self.found.insert(listed);
    }
}

/// `self`, `super()`
fn is_own(receiver: &Expr) -> bool {
    match receiver {
        Expr::Call(call) => is_name(&call.func, "super"),
        other => is_name(other, "self"),
    }
}

impl<'a> Visitor<'a> for Calls<'_, '_, '_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            self.call(call);
        }
        walk_expr(self, expr);
    }
}

/// The functions of a module that log records run through, by their first byte.
#[derive(Default)]
pub struct Reached(BTreeSet<TextSize>);

impl Reached {
    /// Those of `module`: called by a handler of this file or of another one, or by such a function of this file.
    pub fn of(module: &Module<'_>, glance: &Glance<'_>, elsewhere: Elsewhere<'_>) -> Self {
        let own = glance.registered.iter().map(String::as_str);
        let mut listed: BTreeSet<String> = own
            .chain(elsewhere.registered())
            .filter(|one| one.ends_with("()"))
            .map(str::to_owned)
            .collect();
        let mut reached = Self::default();
        if listed.is_empty() {
            return reached;
        }
        let mut functions = Functions::default();
        functions.visit_body(module.suite());
        loop {
            let known = reached.0.len();
            for (called, function) in &functions.found {
                let is_listed = called.iter().any(|one| listed.contains(one));
                if is_listed && reached.0.insert(function.start()) {
                    calls_in(module.names(), &function.body, Own::Counts, &mut listed);
                }
            }
            if reached.0.len() == known {
                return reached;
            }
        }
    }

    pub fn has(&self, function: &StmtFunctionDef) -> bool {
        self.0.contains(&function.start())
    }
}

/// What runs when a class is called.
const MAKERS: [&str; 3] = ["__init__", "__new__", "__post_init__"];

/// Functions and methods, each with how a call of it may be listed.
#[derive(Default)]
struct Functions<'a> {
    class: Option<&'a str>,
    found: Vec<(Vec<String>, &'a StmtFunctionDef)>,
}

impl<'a> Visitor<'a> for Functions<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let outer = self.class;
        match statement {
            Stmt::FunctionDef(function) => {
                let name = function.name.as_str();
                let called = match self.class {
                    None => vec![of_function(name)],
                    Some(class) if MAKERS.contains(&name) => vec![of_function(class)],
                    // A static method is called on the class.
                    Some(_) => vec![of_method(name), of_function(name)],
                };
                self.found.push((called, function));
                self.class = None;
            }
            Stmt::ClassDef(class) => self.class = Some(&class.name),
            _ => {}
        }
        walk_stmt(self, statement);
        self.class = outer;
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}
