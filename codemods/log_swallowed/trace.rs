//! Whether a handler leaves a trace of what it caught: it raises, logs, counts, or uses the exception.
//!
//! Most do by their spelling, which is looked at first. Only calls of functions have to be followed to what their names
//! mean.

use std::collections::BTreeMap;
use std::rc::Rc;

use codemend_engine::semantic::{DefinitionKind, Meaning, Names, Where};
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{
    ExceptHandlerExceptHandler, Expr, ExprCall, Stmt, StmtClassDef, StmtFunctionDef,
};

use super::scope::ByStart;
use super::site::Site;
use super::table::Table;

/// Whether nothing in `handler` is spelled like a trace.
pub fn is_silent(handler: &ExceptHandlerExceptHandler, table: &Table) -> bool {
    let name = handler.name.as_ref().map(|name| name.as_str());
    let mut look = Look::new(table, name);
    look.visit_body(&handler.body);
    !look.found
}

/// The methods of the classes around handlers, by their names.
pub type Methods<'a> = ByStart<Rc<BTreeMap<&'a str, &'a StmtFunctionDef>>>;

/// Whether the handler of `site` calls a function that leaves a trace: it is imported, or one of the project that logs or
/// raises.
pub fn traced_by<'a>(
    names: &Names<'_>,
    table: &Table,
    methods: &Methods<'a>,
    site: &Site<'a>,
) -> bool {
    let mut look = Look::new(table, None);
    look.visit_body(&site.handler.body);
    let mut calls = look.calls.into_iter();
    calls.any(|call| is_traced(names, table, methods, site, call))
}

fn is_traced<'a>(
    names: &Names<'_>,
    table: &Table,
    methods: &Methods<'a>,
    site: &Site<'a>,
    call: &ExprCall,
) -> bool {
    if let Expr::Attribute(method) = &*call.func
        && let Some((class, own)) = site.method()
        && own_name(own).is_some_and(|name| is_name(&method.value, name))
    {
        let methods = methods.of(Some(class.start()), || Rc::new(methods_of(class)));
        let called = methods.get(method.attr.as_str());
        return called.is_some_and(|function| does(table, function));
    }
    let meanings = names.meanings(&call.func, Where::default());
    meanings.iter().any(|meaning| match meaning {
        Meaning::Outside { name, .. } => table.traces(name),
        Meaning::Builtin(name) => table.traces(&format!("builtins.{name}")),
        Meaning::Definition(definition) => match definition.kind() {
            DefinitionKind::Function(function) => does(table, function),
            _ => false,
        },
        _ => false,
    })
}

/// Whether the body of `function` leaves a trace by its spelling. What it adds to a local of its own is no count.
fn does(table: &Table, function: &StmtFunctionDef) -> bool {
    let mut look = Look::new(table, None);
    look.within(function);
    look.found
}

/// The methods in the body of `class`: of several with one name the first.
fn methods_of(class: &StmtClassDef) -> BTreeMap<&str, &StmtFunctionDef> {
    let mut methods = BTreeMap::new();
    for statement in &class.body {
        if let Stmt::FunctionDef(function) = statement {
            methods.entry(function.name.as_str()).or_insert(function);
        }
    }
    methods
}

/// The name of the first parameter: `self`.
pub fn own_name(method: &StmtFunctionDef) -> Option<&str> {
    let mut parameters = method.parameters.iter_non_variadic_params();
    parameters.next().map(|one| one.name().as_str())
}

/// Whether `expr` is the name `name`.
pub fn is_name(expr: &Expr, name: &str) -> bool {
    matches!(expr, Expr::Name(one) if one.id == name)
}

/// `a.b.c` as it is written, as far as it is made of names.
pub fn spelled(expr: &Expr) -> String {
    match expr {
        Expr::Name(name) => name.id.to_string(),
        Expr::Attribute(attribute) => format!("{}.{}", spelled(&attribute.value), attribute.attr),
        _ => "...".to_owned(),
    }
}

/// Whether `expr` is called like a class that is no logger: `Response.error("bad")` makes an answer.
fn is_class(expr: &Expr) -> bool {
    let Expr::Name(name) = expr else {
        return false;
    };
    let is_camel = name.id.starts_with(char::is_uppercase) && name.id.contains(char::is_lowercase);
    is_camel && !LOGGING.iter().any(|it| name.id.to_lowercase().contains(it))
}

/// Parts of the names of classes that log, or end the program.
const LOGGING: &[&str] = &[
    "console", "log", "metric", "parser", "print", "report", "sentry", "trace",
];

/// Whether `expr` is called like a logger: `log`, `self.logger`, `audit_log`.
fn is_logger_name(expr: &Expr) -> bool {
    let last = match expr {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    let last = last.trim_matches('_').to_lowercase();
    last == "log" || last.ends_with("_log") || last.ends_with("logger")
}

/// Whether `function` is called like one that lets the exception go on: `with excutils.save_and_reraise_exception():`,
/// `with util.safe_reraise():`, `six.reraise(...)`.
fn reraises(function: &Expr) -> bool {
    let last = match function {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    let last = last.to_lowercase();
    last.contains("reraise") || last.contains("re_raise")
}

/// A look at statements by their spelling.
struct Look<'t, 'a> {
    table: &'t Table,
    /// What the exception is called.
    name: Option<&'t str>,
    /// How many functions deep: what is raised there does not leave the handler.
    depth: usize,
    /// How many functions deep, callees included: what is added to a local there is no count.
    locals: usize,
    /// Names that the functions around share with others.
    shared: Vec<&'a str>,
    found: bool,
    /// Calls that are not spelled like a trace.
    calls: Vec<&'a ExprCall>,
}

impl<'t, 'a> Look<'t, 'a> {
    fn new(table: &'t Table, name: Option<&'t str>) -> Self {
        Self {
            table,
            name,
            depth: 0,
            locals: 0,
            shared: Vec::new(),
            found: false,
            calls: Vec::new(),
        }
    }

    /// Look at the body of a function that is called.
    fn within(&mut self, function: &'a StmtFunctionDef) {
        self.locals += 1;
        self.visit_body(&function.body);
        self.locals -= 1;
    }

    /// Whether adding to `target` is a count that outlives the handler.
    fn counts(&self, target: &Expr) -> bool {
        match target {
            Expr::Name(name) => self.locals == 0 || self.shared.contains(&name.id.as_str()),
            _ => true,
        }
    }

    fn is_trace(&self, function: &Expr) -> bool {
        match function {
            Expr::Name(name) => {
                matches!(name.id.as_str(), "print") || self.table.is_trace(&name.id)
            }
            Expr::Attribute(method) => {
                let root = spelled(&method.value);
                let qualified = format!("{root}.{}", method.attr);
                let plain = self.table.is_plain(&root);
                let named = self.table.is_trace(&method.attr) && !plain && !is_class(&method.value);
                named || self.table.traces(&qualified) || is_logger_name(&method.value)
            }
            _ => false,
        }
    }
}

impl<'a> Visitor<'a> for Look<'_, 'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Raise(_) if self.depth == 0 => self.found = true,
            Stmt::AugAssign(one) => self.found |= self.counts(&one.target),
            Stmt::Nonlocal(one) => self.shared.extend(one.names.iter().map(|it| it.as_str())),
            Stmt::Global(one) => self.shared.extend(one.names.iter().map(|it| it.as_str())),
            Stmt::FunctionDef(_) => {
                (self.depth, self.locals) = (self.depth + 1, self.locals + 1);
                walk_stmt(self, statement);
                (self.depth, self.locals) = (self.depth - 1, self.locals - 1);
                return;
            }
            _ => {}
        }
        if !self.found {
            walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => self.found |= self.name == Some(name.id.as_str()),
            Expr::Call(call) => match self.is_trace(&call.func) {
                true => self.found = true,
                false if self.depth == 0 && reraises(&call.func) => self.found = true,
                false => self.calls.push(call),
            },
            _ => {}
        }
        if !self.found {
            walk_expr(self, expr);
        }
    }
}
