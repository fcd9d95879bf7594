//! The `raise` statements of a module that stand in a handler, each with that handler and the function around.

use codemend_engine::syntax::ast::visitor::{Visitor, walk_stmt};
use codemend_engine::syntax::ast::{
    ExceptHandler, ExceptHandlerExceptHandler, Expr, Stmt, StmtFunctionDef, StmtRaise, StmtTry,
};

/// `raise X` in a handler, without a cause.
pub struct Site<'a> {
    pub raise: &'a StmtRaise,
    pub raised: &'a Expr,
    pub handler: &'a ExceptHandlerExceptHandler,
    /// The `try` of the handler.
    pub attempt: &'a StmtTry,
    /// `except*`
    pub is_star: bool,
    /// The innermost function; none at module level and in the body of a class.
    pub function: Option<&'a StmtFunctionDef>,
}

/// The sites of `suite`, and the names that its handlers give, in source order.
pub fn sites(suite: &[Stmt]) -> (Vec<Site<'_>>, Vec<&str>) {
    let mut finder = Finder {
        handler: None,
        function: None,
        found: Vec::new(),
        names: Vec::new(),
    };
    finder.visit_body(suite);
    (finder.found, finder.names)
}

struct Finder<'a> {
    /// The handler around, and its `try`.
    handler: Option<(&'a ExceptHandlerExceptHandler, &'a StmtTry)>,
    function: Option<&'a StmtFunctionDef>,
    found: Vec<Site<'a>>,
    names: Vec<&'a str>,
}

impl<'a> Finder<'a> {
    /// Walk `statement`, whose body runs at another time, or has names of its own.
    fn apart(&mut self, function: Option<&'a StmtFunctionDef>, statement: &'a Stmt) {
        let handler = self.handler.take();
        let outer = std::mem::replace(&mut self.function, function);
        walk_stmt(self, statement);
        self.function = outer;
        self.handler = handler;
    }
}

impl<'a> Visitor<'a> for Finder<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.apart(Some(function), statement),
            Stmt::ClassDef(_) => self.apart(None, statement),
            Stmt::Try(attempt) => {
                self.visit_body(&attempt.body);
                for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    self.names
                        .extend(handler.name.as_ref().map(|name| name.as_str()));
                    let outer = self.handler.replace((handler, attempt));
                    self.visit_body(&handler.body);
                    self.handler = outer;
                }
                self.visit_body(&attempt.orelse);
                self.visit_body(&attempt.finalbody);
            }
            Stmt::Raise(raise) => {
                if let (Some((handler, attempt)), Some(raised), None) =
                    (self.handler, raise.exc.as_deref(), &raise.cause)
                {
                    self.found.push(Site {
                        raise,
                        raised,
                        handler,
                        attempt,
                        is_star: attempt.is_star,
                        function: self.function,
                    });
                }
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}
