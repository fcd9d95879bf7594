//! Whether the names that a body reads are there when it reads them: in its function, in those around it, at module level.

use codemend_engine::semantic::Where;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_stmt};
use codemend_engine::syntax::ast::{Expr, Identifier, Stmt};
use codemend_engine::syntax::{Ranged, TextSize};

use super::bound::Flow;
use super::kind::Kind;
use super::proven::Scene;
use super::written::binds_anywhere;

/// Context managers of the standard library that let through what is raised in their block.
const LETTING_THROUGH: &[&str] = &[
    "contextlib.closing",
    "contextlib.nullcontext",
    "tempfile.NamedTemporaryFile",
    "tempfile.TemporaryDirectory",
    "threading.Lock",
    "zipfile.ZipFile",
];

impl Scene<'_, '_> {
    /// Whether the name `expr` is bound on every way to it.
    pub fn is_surely_bound(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Name(name) => self.is_there(&name.id, name.start()),
            _ => true,
        }
    }

    /// Whether `name` is bound on every way to `at`, in the innermost function, or in what is around it. A function at
    /// module level runs when the module has run through, one in another function when that has come to it.
    pub fn is_there(&self, name: &str, at: TextSize) -> bool {
        let lets_through = |context: &Expr| self.lets_through(context);
        let flow = Flow {
            name,
            lets_through: &lets_through,
        };
        if let Some(body) = self.class_around(at)
            && binds_anywhere(body, name)
        {
            return flow.before(body, at, false);
        }
        let mut at = at;
        for function in self.functions.iter().rev() {
            let named = declared(&function.body, name);
            if named == Some(Outer::Module) {
                break;
            }
            let mut parameters = function.parameters.iter();
            let is_parameter = parameters.any(|one| one.name() == name);
            if is_parameter || named.is_none() && binds_anywhere(&function.body, name) {
                return flow.before(&function.body, at, is_parameter);
            }
            at = function.start();
        }
        let suite = self.names.suite();
        // The first question is answered at once.
        if !self.names.is_mentioned_at_module_level(name) || !binds_anywhere(suite, name) {
            return true;
        }
        let reached = match self.functions.is_empty() {
            true => Some(at),
            false => self.reached,
        };
        match reached {
            Some(at) => flow.before(suite, at, false),
            None => flow.behind(suite, false),
        }
    }

    /// Whether the file begins with `from __future__ import annotations`.
    pub fn is_lazy(&self) -> bool {
        self.names.suite().iter().any(|one| match one {
            Stmt::ImportFrom(import) => {
                let future = import.module.as_deref() == Some("__future__");
                future
                    && import
                        .names
                        .iter()
                        .any(|one| one.name.as_str() == "annotations")
            }
            _ => false,
        })
    }

    /// The innermost class body that `at` stands in, not below a function of it.
    fn class_around(&self, at: TextSize) -> Option<&[Stmt]> {
        let mut finder = Class { at, body: None };
        finder.visit_body(self.names.suite());
        finder.body
    }

    fn lets_through(&self, context: &Expr) -> bool {
        let called = match context {
            Expr::Call(call) => self.names.qualified_name(&call.func, Where::default()),
            _ => None,
        };
        if called.is_some_and(|name| LETTING_THROUGH.contains(&name.as_str())) {
            return true;
        }
        match self.kind(context) {
            Kind::Object(class) if class.starts_with("file.") => true,
            Kind::Object(class) => ["__enter__", "__aenter__"]
                .iter()
                .any(|way| !self.table.rows(&format!("{class}.{way}")).is_empty()),
            _ => false,
        }
    }
}

/// Whose variable a function says that a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outer {
    /// `global name`
    Module,
    /// `nonlocal name`
    Function,
}

/// What `global` and `nonlocal` in `body` say of `name`.
fn declared(body: &[Stmt], name: &str) -> Option<Outer> {
    let mut finder = Declarations { name, found: None };
    finder.visit_body(body);
    finder.found
}

struct Declarations<'n> {
    name: &'n str,
    found: Option<Outer>,
}

impl<'a> Visitor<'a> for Declarations<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let names = |all: &[Identifier]| all.iter().any(|one| one.as_str() == self.name);
        match statement {
            Stmt::Global(one) if names(&one.names) => self.found = Some(Outer::Module),
            Stmt::Nonlocal(one) if names(&one.names) => self.found = Some(Outer::Function),
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}

struct Class<'a> {
    at: TextSize,
    body: Option<&'a [Stmt]>,
}

impl<'a> Visitor<'a> for Class<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if !statement.range().contains(self.at) {
            return;
        }
        match statement {
            Stmt::ClassDef(class) => self.body = Some(&class.body),
            Stmt::FunctionDef(_) => self.body = None,
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}
