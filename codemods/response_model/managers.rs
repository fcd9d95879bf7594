//! Context managers of the project: whether they keep what is raised in their block from leaving it.

use codemend_engine::flow::falls_through;
use codemend_engine::syntax::ast::helpers::{ReturnStatementVisitor, any_over_body};
use codemend_engine::syntax::ast::statement_visitor::{StatementVisitor, walk_stmt};
use codemend_engine::syntax::ast::visitor::Visitor as _;
use codemend_engine::syntax::ast::{ExceptHandler, Expr, Stmt};

/// Whether `__exit__` or `__aexit__` in the body of a class may return something true.
pub(super) fn exit_swallows(body: &[Stmt]) -> bool {
    body.iter().any(|statement| {
        let Stmt::FunctionDef(method) = statement else {
            return false;
        };
        if !matches!(method.name.as_str(), "__exit__" | "__aexit__") {
            return false;
        }
        let mut returns = ReturnStatementVisitor::default();
        returns.visit_body(&method.body);
        returns
            .returns
            .iter()
            .any(|one| match one.value.as_deref() {
                None | Some(Expr::NoneLiteral(_)) => false,
                Some(Expr::BooleanLiteral(literal)) => literal.value,
                Some(_) => true,
            })
    })
}

/// Whether a generator, under `@contextmanager`, catches at its `yield` and goes on.
pub(super) fn generator_swallows(body: &[Stmt]) -> bool {
    let mut catching = Catching(false);
    StatementVisitor::visit_body(&mut catching, body);
    catching.0
}

struct Catching(bool);

impl<'a> StatementVisitor<'a> for Catching {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::Try(one) = statement {
            let yields = any_over_body(&one.body, |expr| expr.is_yield_expr());
            self.0 |= yields
                && one.handlers.iter().any(|handler| {
                    let ExceptHandler::ExceptHandler(handler) = handler;
                    falls_through(&handler.body)
                });
        }
        walk_stmt(self, statement);
    }
}
