//! Exceptions that somebody else holds too: a local that is stored somewhere, or whose cause is set by hand.

use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, ExprContext, Stmt, StmtFunctionDef};

use super::binders::{mentions, mentions_in};
use super::cause::ATTRIBUTES;

/// What `function` does with the local `name`, which holds a new exception.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Uses {
    /// It is handed to somebody, or not a local at all.
    pub is_shared: bool,
    /// Its cause, or whether its context is hidden, is set by hand.
    pub sets_cause: bool,
}

impl Uses {
    pub fn of(function: &StmtFunctionDef, name: &str) -> Self {
        let mut finder = Finder {
            name,
            uses: Self::default(),
        };
        finder.visit_body(&function.body);
        finder.uses
    }
}

struct Finder<'n> {
    name: &'n str,
    uses: Uses,
}

impl Finder<'_> {
    fn is_it(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Name(name) if name.id == *self.name)
    }

    /// `setattr(err, "__cause__", e)`
    fn sets(&self, arguments: &[Expr]) -> bool {
        matches!(arguments, [object, Expr::StringLiteral(attribute), ..]
            if self.is_it(object) && ATTRIBUTES.contains(&attribute.value.to_str()))
    }
}

impl<'a> Visitor<'a> for Finder<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Global(one) => {
                self.uses.is_shared |= one.names.iter().any(|name| name == self.name);
            }
            Stmt::Nonlocal(one) => {
                self.uses.is_shared |= one.names.iter().any(|name| name == self.name);
            }
            // What is defined within may hand it on at any time.
            Stmt::FunctionDef(function) => {
                self.uses.is_shared |= mentions_in(function, self.name);
            }
            Stmt::ClassDef(class) => self.uses.is_shared |= mentions(&class.body, self.name),
            Stmt::Return(one) if one.value.as_deref().is_some_and(|it| self.is_it(it)) => {}
            Stmt::Raise(one) if one.exc.as_deref().is_some_and(|it| self.is_it(it)) => {
                one.cause.iter().for_each(|cause| self.visit_expr(cause));
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => {
                self.uses.sets_cause |= self.sets(&call.arguments.args);
                if let Expr::Attribute(method) = &*call.func
                    && self.is_it(&method.value)
                {
                    self.uses.is_shared |=
                        !matches!(method.attr.as_str(), "add_note" | "with_traceback");
                }
                walk_expr(self, expr);
            }
            Expr::Attribute(one) if self.is_it(&one.value) => {
                self.uses.sets_cause |=
                    one.ctx != ExprContext::Load && ATTRIBUTES.contains(&one.attr.as_str());
            }
            Expr::Name(name) if name.id == *self.name => {
                self.uses.is_shared |= name.ctx == ExprContext::Load;
            }
            _ => walk_expr(self, expr),
        }
    }
}
