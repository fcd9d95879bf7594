//! The handlers of a module that leave no trace by their spelling, each with the functions and classes around it.

use codemend_engine::syntax::ast::visitor::{Visitor, walk_stmt};
use codemend_engine::syntax::ast::{
    ExceptHandler, ExceptHandlerExceptHandler, Expr, Stmt, StmtClassDef, StmtFunctionDef, StmtTry,
};
use codemend_engine::syntax::{Ranged, TextRange, TextSize};

use super::table::Table;
use super::trace::is_silent;

/// One handler.
#[derive(Clone)]
pub struct Site<'a> {
    pub attempt: &'a StmtTry,
    pub handler: &'a ExceptHandlerExceptHandler,
    /// What it stands in, outermost first.
    pub around: Vec<Around<'a>>,
}

/// A function or a class around a handler.
#[derive(Clone, Copy)]
pub enum Around<'a> {
    Function(&'a StmtFunctionDef),
    Class(&'a StmtClassDef),
}

impl<'a> Around<'a> {
    pub fn name(self) -> &'a str {
        match self {
            Self::Function(function) => &function.name,
            Self::Class(class) => &class.name,
        }
    }

    pub fn range(self) -> TextRange {
        match self {
            Self::Function(function) => function.range(),
            Self::Class(class) => class.range(),
        }
    }
}

impl<'a> Site<'a> {
    /// The innermost function with its classes and outer functions: `Hub.broadcast`. `None` at module level.
    pub fn path(&self) -> Option<String> {
        let is_function = |one: &Around<'_>| matches!(one, Around::Function(_));
        let last = self.around.iter().rposition(is_function)?;
        let names = self.around[..=last].iter().map(|one| one.name());
        Some(names.collect::<Vec<_>>().join("."))
    }

    /// Where the statement of the module level begins that it stands in.
    pub fn start(&self) -> TextSize {
        let first = self.around.first();
        first.map_or(self.attempt.start(), |first| first.range().start())
    }

    /// Whether it stands in a function, and runs when that is called.
    pub fn is_deferred(&self) -> bool {
        let is_function = |one: &Around<'_>| matches!(one, Around::Function(_));
        self.around.iter().any(is_function)
    }

    /// The method that it stands in, directly or in a function of it, and its class.
    pub fn method(&self) -> Option<(&'a StmtClassDef, &'a StmtFunctionDef)> {
        self.around.windows(2).rev().find_map(|pair| match pair {
            [Around::Class(class), Around::Function(method)] => Some((*class, *method)),
            _ => None,
        })
    }

    /// From the keyword to the end of the line on which the first statement begins: where a comment keeps the handler.
    pub fn head(&self, line_end: impl Fn(&Stmt) -> TextRange) -> TextRange {
        match self.handler.body.first() {
            Some(first) => self
                .handler
                .range()
                .intersect(line_end(first))
                .map_or(self.handler.range(), |first| {
                    TextRange::new(self.handler.start(), first.end())
                }),
            None => self.handler.range(),
        }
    }
}

/// Every handler of `suite`, at any depth, in source order, that is not seen to raise, to log, or to use what it caught.
pub fn sites<'a>(suite: &'a [Stmt], table: &Table) -> Vec<Site<'a>> {
    let mut finder = Finder {
        table,
        found: Vec::new(),
        around: Vec::new(),
    };
    finder.visit_body(suite);
    finder.found.sort_by_key(|site| site.handler.start());
    finder.found
}

struct Finder<'t, 'a> {
    table: &'t Table,
    found: Vec<Site<'a>>,
    around: Vec<Around<'a>>,
}

impl<'a> Finder<'_, 'a> {
    fn within(&mut self, around: Around<'a>, statement: &'a Stmt) {
        self.around.push(around);
        walk_stmt(self, statement);
        self.around.pop();
    }

    fn attempt(&mut self, attempt: &'a StmtTry) {
        for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
            if is_silent(handler, self.table) {
                self.found.push(Site {
                    attempt,
                    handler,
                    around: self.around.clone(),
                });
            }
        }
    }
}

impl<'a> Visitor<'a> for Finder<'_, 'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.within(Around::Function(function), statement),
            Stmt::ClassDef(class) => self.within(Around::Class(class), statement),
            Stmt::Try(attempt) => {
                self.attempt(attempt);
                walk_stmt(self, statement);
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}
