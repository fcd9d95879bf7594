//! Functions that hang on an application or a router and are no routes: middleware, handlers of exceptions, events.

use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};
use ruff_python_ast::{Decorator, Expr, Stmt, StmtFunctionDef};

use super::receiver::{Receiver, receiver};
use crate::module::Module;

/// A function that an application or a router calls by itself.
#[derive(Debug, Clone)]
pub struct Hook<'m> {
    pub function: &'m StmtFunctionDef,
    pub decorator: &'m Decorator,
    pub kind: HookKind<'m>,
    pub receiver: Receiver,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HookKind<'m> {
    /// `@app.middleware("http")`
    Middleware,
    /// `@app.exception_handler(ValueError)`: what it handles, a class or a status code.
    ExceptionHandler(&'m Expr),
    /// `@app.on_event("startup")`
    Event,
}

/// The hooks of `module` that are made by decorators of known receivers, in source order, at any depth.
pub fn hooks<'m>(module: &'m Module<'_>) -> Vec<Hook<'m>> {
    let mut finder = Finder {
        module,
        found: Vec::new(),
    };
    finder.visit_body(module.suite());
    finder.found
}

struct Finder<'m, 'a> {
    module: &'m Module<'a>,
    found: Vec<Hook<'m>>,
}

impl<'m> Finder<'m, '_> {
    fn hook(&self, function: &'m StmtFunctionDef, decorator: &'m Decorator) -> Option<Hook<'m>> {
        let call = decorator.expression.as_call_expr()?;
        let attribute = call.func.as_attribute_expr()?;
        let kind = match attribute.attr.as_str() {
            "middleware" => HookKind::Middleware,
            "on_event" => HookKind::Event,
            "exception_handler" => {
                let name = "exc_class_or_status_code";
                HookKind::ExceptionHandler(call.arguments.find_argument_value(name, 0)?)
            }
            _ => return None,
        };
        let receiver = receiver(self.module.names(), &attribute.value)?;
        Some(Hook {
            function,
            decorator,
            kind,
            receiver,
        })
    }
}

impl<'m> StatementVisitor<'m> for Finder<'m, '_> {
    fn visit_stmt(&mut self, statement: &'m Stmt) {
        if let Stmt::FunctionDef(function) = statement {
            let decorators = function.decorator_list.iter();
            let hooks = decorators.filter_map(|one| self.hook(function, one));
            let hooks: Vec<_> = hooks.collect();
            self.found.extend(hooks);
        }
        walk_stmt(self, statement);
    }
}
