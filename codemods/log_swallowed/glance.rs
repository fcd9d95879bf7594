//! A look at all expressions of a module: who is logged to, and which functions are registered to run at the end, in a
//! signal, or for each log record.

use std::collections::BTreeSet;

use codemend_engine::module::Module;
use codemend_engine::semantic::Where;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, ExprCall, ExprName, Stmt};

use super::table::{Style, Table};

/// What is seen.
#[derive(Default)]
pub struct Glance<'a> {
    /// The names that methods like `info` are called on, each once.
    pub receivers: Vec<&'a ExprName>,
    /// Names in what registers something.
    pub registered: BTreeSet<&'a str>,
}

/// The methods of a logger, and the functions of `logging`.
const METHODS: &[&str] = &[
    "critical",
    "debug",
    "error",
    "exception",
    "info",
    "log",
    "warn",
    "warning",
];

/// Last names of functions that register something: a cheap first look.
const REGISTERING: &[&str] = &[
    "ProcessorFormatter",
    "add",
    "configure",
    "configure_once",
    "finalize",
    "register",
    "signal",
    "wrap_logger",
];

/// Look at all of `module`.
pub fn glance<'a>(module: &'a Module<'_>, table: &'a Table) -> Glance<'a> {
    let mut looker = Looker {
        module,
        table,
        seen: Glance::default(),
    };
    looker.visit_body(module.suite());
    looker.seen
}

struct Looker<'a, 'm> {
    module: &'a Module<'m>,
    table: &'a Table,
    seen: Glance<'a>,
}

impl<'a> Looker<'a, '_> {
    fn call(&mut self, call: &'a ExprCall) {
        if let Expr::Attribute(method) = &*call.func
            && METHODS.contains(&method.attr.as_str())
            && let Expr::Name(name) = &*method.value
            && !self.seen.receivers.iter().any(|one| one.id == name.id)
        {
            self.seen.receivers.push(name);
        }
        if !self.registers(&call.func) {
            return;
        }
        let mut names = Mentions(&mut self.seen.registered);
        for argument in call.arguments.iter_source_order() {
            names.visit_expr(argument.value());
        }
    }

    fn registers(&self, function: &Expr) -> bool {
        if !self.module.could_mean(function, REGISTERING) {
            return false;
        }
        match self.module.qualified_name(function, Where::default()) {
            Some(name) => self.table.registers(&name),
            None => match function {
                Expr::Attribute(method) => self.is_loguru(&method.value),
                _ => false,
            },
        }
    }

    fn is_loguru(&self, receiver: &Expr) -> bool {
        let qualified = self.module.qualified_name(receiver, Where::default());
        qualified.is_some_and(|name| self.table.style(&name) == Some(Style::Loguru))
    }
}

impl<'a> Visitor<'a> for Looker<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::FunctionDef(function) = statement {
            for decorator in &function.decorator_list {
                let called = match &decorator.expression {
                    Expr::Call(call) => &*call.func,
                    other => other,
                };
                if self.registers(called) {
                    self.seen.registered.insert(function.name.as_str());
                }
            }
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            self.call(call);
        }
        walk_expr(self, expr);
    }
}

/// The names and attributes in an expression.
struct Mentions<'s, 'a>(&'s mut BTreeSet<&'a str>);

impl<'a> Visitor<'a> for Mentions<'_, 'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => drop(self.0.insert(name.id.as_str())),
            Expr::Attribute(attribute) => drop(self.0.insert(attribute.attr.as_str())),
            _ => {}
        }
        walk_expr(self, expr);
    }
}
