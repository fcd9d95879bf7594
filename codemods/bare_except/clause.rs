//! The bare clauses of a module, each with what stands around it.

use codemend_engine::syntax::ast::visitor::{Visitor, walk_stmt};
use codemend_engine::syntax::ast::{
    ExceptHandler, ExceptHandlerExceptHandler, Stmt, StmtFunctionDef, StmtTry,
};
use codemend_engine::syntax::{Ranged, TextLen, TextRange, TextSize};

/// One `except:`.
pub struct Clause<'a> {
    pub attempt: &'a StmtTry,
    pub handler: &'a ExceptHandlerExceptHandler,
    /// The functions that it stands in, outermost first.
    pub functions: Vec<&'a StmtFunctionDef>,
    /// Whether a class body stands between it and the innermost function, or the module.
    pub in_class: bool,
}

impl<'a> Clause<'a> {
    /// The handlers above it.
    pub fn above(&self) -> impl Iterator<Item = &'a ExceptHandlerExceptHandler> {
        let own = self.handler.start();
        handlers(self.attempt).filter(move |handler| handler.start() < own)
    }

    /// The keyword.
    pub fn keyword(&self) -> TextRange {
        TextRange::at(self.handler.start(), "except".text_len())
    }

    /// The statements of the innermost function; none at module level or in a class body.
    pub fn function_body(&self) -> &'a [Stmt] {
        match self.functions.last() {
            Some(function) if !self.in_class => &function.body,
            _ => &[],
        }
    }

    /// Where the statement begins.
    pub fn start(&self) -> TextSize {
        self.attempt.start()
    }
}

/// Every bare clause of `suite`, at any depth, in source order.
pub fn clauses(suite: &[Stmt]) -> Vec<Clause<'_>> {
    let mut finder = Finder::default();
    finder.visit_body(suite);
    finder.found.sort_by_key(|clause| clause.handler.start());
    finder.found
}

/// The handlers of `attempt`.
pub fn handlers(attempt: &StmtTry) -> impl Iterator<Item = &ExceptHandlerExceptHandler> {
    attempt
        .handlers
        .iter()
        .map(|ExceptHandler::ExceptHandler(handler)| handler)
}

#[derive(Default)]
struct Finder<'a> {
    found: Vec<Clause<'a>>,
    functions: Vec<&'a StmtFunctionDef>,
    in_class: bool,
}

impl<'a> Visitor<'a> for Finder<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Try(attempt) => {
                let bare = handlers(attempt).filter(|handler| handler.type_.is_none());
                let found = bare.map(|handler| Clause {
                    attempt,
                    handler,
                    functions: self.functions.clone(),
                    in_class: self.in_class,
                });
                self.found.extend(found);
                walk_stmt(self, statement);
            }
            Stmt::FunctionDef(function) => {
                let outer = std::mem::replace(&mut self.in_class, false);
                self.functions.push(function);
                walk_stmt(self, statement);
                self.functions.pop();
                self.in_class = outer;
            }
            Stmt::ClassDef(_) => {
                let outer = std::mem::replace(&mut self.in_class, true);
                walk_stmt(self, statement);
                self.in_class = outer;
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, _: &'a codemend_engine::syntax::ast::Expr) {}
}
