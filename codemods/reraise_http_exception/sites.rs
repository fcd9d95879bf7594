//! The `try` statements of a module that have a broad handler, each with what stands around it.

use codemend_engine::semantic::{DefinitionKind, Meaning, Names, Where};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_stmt};
use codemend_engine::syntax::ast::{
    ExceptHandler, ExceptHandlerExceptHandler, Expr, Stmt, StmtClassDef, StmtFunctionDef, StmtTry,
};
use codemend_engine::syntax::{Ranged, TextRange};

/// How many names a class that is caught may go by.
const ALIASES: usize = 6;

/// A `try` and the first of its handlers that catches every `Exception`.
pub struct Site<'a> {
    pub attempt: &'a StmtTry,
    pub handler: &'a ExceptHandlerExceptHandler,
    /// Functions and classes around it, outermost first.
    pub around: Vec<Around<'a>>,
}

#[derive(Clone, Copy)]
pub enum Around<'a> {
    Function(&'a StmtFunctionDef),
    Class(&'a StmtClassDef),
}

impl<'a> Site<'a> {
    /// The handlers above the broad one.
    pub fn above(&self) -> impl Iterator<Item = &'a ExceptHandlerExceptHandler> {
        let own = self.handler.start();
        handlers(self.attempt).filter(move |handler| handler.start() < own)
    }

    /// `except Exception as e`: the keyword and what follows it.
    pub fn head(&self) -> TextRange {
        let class = self.handler.type_.as_deref();
        let end = class.map_or(self.handler.start(), Ranged::end);
        TextRange::new(self.handler.start(), end)
    }

    /// The functions around it, outermost first.
    pub fn functions(&self) -> impl DoubleEndedIterator<Item = &'a StmtFunctionDef> + '_ {
        self.around.iter().filter_map(|around| match around {
            Around::Function(function) => Some(*function),
            Around::Class(_) => None,
        })
    }

    /// The function that it stands in; none at module level and in the body of a class.
    pub fn function(&self) -> Option<&'a StmtFunctionDef> {
        match self.around.last() {
            Some(Around::Function(function)) => Some(function),
            _ => None,
        }
    }

    /// The function that it stands in, by its dotted path in the module, when that is one at module level or a method.
    pub fn path(&self) -> Option<String> {
        let mut parts = Vec::new();
        for (at, around) in self.around.iter().enumerate() {
            match around {
                Around::Class(class) => parts.push(class.name.as_str()),
                Around::Function(function) if at + 1 == self.around.len() => {
                    parts.push(function.name.as_str());
                    return Some(parts.join("."));
                }
                Around::Function(_) => return None,
            }
        }
        None
    }
}

/// The handlers of `attempt`.
pub fn handlers(attempt: &StmtTry) -> impl Iterator<Item = &ExceptHandlerExceptHandler> {
    let all = attempt.handlers.iter();
    all.map(|ExceptHandler::ExceptHandler(handler)| handler)
}

/// Every site of the file of `names`, inner ones first.
pub fn sites<'a>(names: &Names<'_>, suite: &'a [Stmt]) -> Vec<Site<'a>> {
    let mut finder = Finder {
        names,
        around: Vec::new(),
        found: Vec::new(),
    };
    finder.visit_body(suite);
    finder.found
}

/// Whether a clause with `class` catches every `Exception`: a bare one, `Exception`, `BaseException`, a tuple with one of
/// them, or a name that the module gives one of these.
pub fn is_broad(names: &Names<'_>, class: Option<&Expr>) -> bool {
    is_broad_within(names, class, ALIASES)
}

fn is_broad_within(names: &Names<'_>, class: Option<&Expr>, depth: usize) -> bool {
    match class {
        None => true,
        Some(Expr::Tuple(tuple)) => {
            let mut all = tuple.elts.iter();
            all.any(|one| is_broad_within(names, Some(one), depth))
        }
        Some(Expr::Name(name)) if matches!(name.id.as_str(), "Exception" | "BaseException") => {
            is_builtin(names, class)
        }
        Some(named @ Expr::Name(_)) => depth > 0 && is_alias(names, named, depth - 1),
        Some(Expr::Attribute(one)) => {
            matches!(one.attr.as_str(), "Exception" | "BaseException")
                && class.is_some_and(|class| {
                    let name = names.qualified_name(class, Where::default());
                    name.is_some_and(|name| name.starts_with("builtins."))
                })
        }
        Some(_) => false,
    }
}

/// Whether the module binds the name `named` once, to what is broad: `ERRORS = (Exception,)`.
fn is_alias(names: &Names<'_>, named: &Expr, depth: usize) -> bool {
    if names.may_lead_out(named) {
        return false;
    }
    let meanings = names.meanings(named, Where::default());
    let [Meaning::Definition(definition)] = meanings.as_slice() else {
        return false;
    };
    match definition.kind() {
        DefinitionKind::Assignment(value) => {
            !definition.is_rebound_from_inside()
                && is_broad_within(definition.names(), Some(value), depth)
        }
        _ => false,
    }
}

fn is_builtin(names: &Names<'_>, class: Option<&Expr>) -> bool {
    let meanings = class.map(|class| names.meanings(class, Where::default()));
    let meanings = meanings.unwrap_or_default();
    let mut all = meanings.iter();
    !meanings.is_empty() && all.all(|one| matches!(one, Meaning::Builtin(_)))
}

struct Finder<'a, 'n, 'db> {
    names: &'n Names<'db>,
    around: Vec<Around<'a>>,
    found: Vec<Site<'a>>,
}

impl<'a> Finder<'a, '_, '_> {
    fn within(&mut self, around: Around<'a>, statement: &'a Stmt) {
        self.around.push(around);
        walk_stmt(self, statement);
        self.around.pop();
    }
}

impl<'a> Visitor<'a> for Finder<'a, '_, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.within(Around::Function(function), statement),
            Stmt::ClassDef(class) => self.within(Around::Class(class), statement),
            Stmt::Try(attempt) => {
                walk_stmt(self, statement);
                let broad =
                    handlers(attempt).find(|one| is_broad(self.names, one.type_.as_deref()));
                if let Some(handler) = broad.filter(|_| !attempt.is_star) {
                    self.found.push(Site {
                        attempt,
                        handler,
                        around: self.around.clone(),
                    });
                }
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}
