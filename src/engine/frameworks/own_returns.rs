//! What a function hands back by itself: its own `return` statements, not those of functions inside it.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt, StmtFunctionDef};

/// The values that a function returns, in source order; a bare `return` has none.
pub(super) struct OwnReturns<'a> {
    pub(super) values: Vec<Option<&'a Expr>>,
    /// It has a `yield` of its own: a call gives a generator.
    pub(super) is_generator: bool,
}

/// The own returns of `function`.
pub(super) fn own_returns(function: &StmtFunctionDef) -> OwnReturns<'_> {
    let mut found = OwnReturns {
        values: Vec::new(),
        is_generator: false,
    };
    found.visit_body(&function.body);
    found
}

impl<'a> Visitor<'a> for OwnReturns<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::Return(result) => {
                self.values.push(result.value.as_deref());
                walk_stmt(self, statement);
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Lambda(_) => {}
            Expr::Yield(_) | Expr::YieldFrom(_) => self.is_generator = true,
            _ => walk_expr(self, expr),
        }
    }
}
