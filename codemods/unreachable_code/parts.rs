//! The parts of one function that cannot run: what stands behind a jump, an `else` that is never reached, and what a
//! test that is never true keeps from running.

use codemend_engine::flow::{is_always_true, is_never_true};
use codemend_engine::syntax::ast::{ExceptHandler, Expr, Stmt, StmtFunctionDef};
use codemend_engine::syntax::{Ranged, TextRange};

use super::jumps::{ELSE, Jump, Jumps};

/// Statements that cannot run.
pub struct Part<'a> {
    pub kind: Kind<'a>,
    pub dead: &'a [Stmt],
    /// Why their removal is not safe.
    pub doubt: Option<String>,
}

/// What keeps them from running.
#[derive(Clone, Copy)]
pub enum Kind<'a> {
    /// The statement above, which never lets control pass.
    Behind(&'a Stmt),
    /// They are the `else` of this statement, a `try` or an endless loop.
    Else(&'a Stmt),
    /// They are the body of this `if` or `while`, whose test is never true, and which stands in this block.
    Never(&'a Stmt, &'a [Stmt]),
}

impl Part<'_> {
    /// All of the statements.
    pub fn range(&self) -> TextRange {
        match self.dead {
            [] => TextRange::default(),
            [first, .., last] => TextRange::new(first.start(), last.end()),
            [only] => only.range(),
        }
    }
}

/// The parts of one function that cannot run, and the functions in the rest of it.
pub struct Search<'s, 'c, 'm, 'a, 'f> {
    jumps: &'s Jumps<'c, 'm, 'a>,
    function: &'f StmtFunctionDef,
    pub parts: Vec<Part<'f>>,
    pub inner: Vec<&'f StmtFunctionDef>,
}

impl<'s, 'c, 'm, 'a, 'f> Search<'s, 'c, 'm, 'a, 'f> {
    /// Look through `function`.
    pub fn of(jumps: &'s Jumps<'c, 'm, 'a>, function: &'f StmtFunctionDef) -> Self {
        let mut search = Self {
            jumps,
            function,
            parts: Vec::new(),
            inner: Vec::new(),
        };
        search.block(&function.body);
        search
    }

    /// Look through `bodies`, parts of `function` that cannot run but may stay.
    pub fn below(
        jumps: &'s Jumps<'c, 'm, 'a>,
        function: &'f StmtFunctionDef,
        bodies: Vec<&'f [Stmt]>,
    ) -> Self {
        let mut search = Self {
            jumps,
            function,
            parts: Vec::new(),
            inner: Vec::new(),
        };
        for body in bodies {
            search.block(body);
        }
        search
    }

    fn block(&mut self, body: &'f [Stmt]) {
        for (at, statement) in body.iter().enumerate() {
            self.statement(statement, body);
            let rest = &body[at + 1..];
            if rest.is_empty() {
                continue;
            }
            if let Some(jump) = self.jumps.of(statement) {
                self.parts.push(Part {
                    kind: Kind::Behind(statement),
                    dead: rest,
                    doubt: self.doubt(statement, jump),
                });
                return;
            }
        }
    }

    /// Why it is not safe to remove what stands behind `statement`, this `jump`.
    fn doubt(&self, statement: &Stmt, jump: Jump) -> Option<String> {
        if !is_first(statement, &self.function.body) {
            return jump.doubt;
        }
        let word = match statement {
            Stmt::Return(one) if one.value.as_deref().is_none_or(is_constant) => "return",
            Stmt::Raise(_) => "raise",
            _ => return jump.doubt,
        };
        Some(format!(
            "`{word}` on top switches the function off, and its body may be wanted again"
        ))
    }

    fn statement(&mut self, statement: &'f Stmt, block: &'f [Stmt]) {
        match statement {
            Stmt::FunctionDef(function) => self.inner.push(function),
            Stmt::ClassDef(class) => outer_functions(&class.body, &mut self.inner),
            Stmt::If(one) => {
                match is_never_true(&one.test) {
                    true => self.never(statement, &one.body, block),
                    false => self.block(&one.body),
                }
                for clause in &one.elif_else_clauses {
                    self.block(&clause.body);
                }
            }
            Stmt::While(one) if is_never_true(&one.test) => {
                self.never(statement, &one.body, block);
                self.block(&one.orelse);
            }
            Stmt::While(one) if is_always_true(&one.test) && !one.orelse.is_empty() => {
                self.block(&one.body);
                self.never_else(statement, &one.orelse);
            }
            Stmt::While(one) => {
                self.block(&one.body);
                self.block(&one.orelse);
            }
            Stmt::For(one) => {
                self.block(&one.body);
                self.block(&one.orelse);
            }
            Stmt::With(one) => self.block(&one.body),
            Stmt::Match(one) => one.cases.iter().for_each(|case| self.block(&case.body)),
            Stmt::Try(one) => {
                self.block(&one.body);
                for handler in &one.handlers {
                    let ExceptHandler::ExceptHandler(handler) = handler;
                    self.block(&handler.body);
                }
                match !one.orelse.is_empty() && self.jumps.block(&one.body).is_some() {
                    true => self.never_else(statement, &one.orelse),
                    false => self.block(&one.orelse),
                }
                self.block(&one.finalbody);
            }
            _ => {}
        }
    }

    fn never_else(&mut self, statement: &'f Stmt, dead: &'f [Stmt]) {
        self.parts.push(Part {
            kind: Kind::Else(statement),
            dead,
            doubt: Some(ELSE.to_owned()),
        });
    }

    fn never(&mut self, statement: &'f Stmt, dead: &'f [Stmt], block: &'f [Stmt]) {
        self.parts.push(Part {
            kind: Kind::Never(statement, block),
            dead,
            doubt: Some("code below a test that is never true may be wanted again".to_owned()),
        });
    }
}

/// Whether `statement` is one whose test is never true, without an `else`.
pub fn goes_whole(statement: &Stmt) -> bool {
    match statement {
        Stmt::If(one) => is_never_true(&one.test) && one.elif_else_clauses.is_empty(),
        Stmt::While(one) => is_never_true(&one.test) && one.orelse.is_empty(),
        _ => false,
    }
}

/// Whether `statement` is the first of `body`, but for a docstring.
fn is_first(statement: &Stmt, body: &[Stmt]) -> bool {
    let is_docstring =
        |one: &Stmt| matches!(one, Stmt::Expr(one) if one.value.is_string_literal_expr());
    let start = usize::from(body.first().is_some_and(is_docstring));
    body.get(start)
        .is_some_and(|first| first.range() == statement.range())
}

/// Whether `value` says the same at each call, and asks nobody: `None`, `[]`, `60 * 60`, `f"x"`.
fn is_constant(value: &Expr) -> bool {
    match value {
        Expr::UnaryOp(one) => is_constant(&one.operand),
        Expr::BinOp(one) => is_constant(&one.left) && is_constant(&one.right),
        Expr::Tuple(one) => one.elts.iter().all(is_constant),
        Expr::List(one) => one.elts.iter().all(is_constant),
        Expr::Set(one) => one.elts.iter().all(is_constant),
        Expr::Dict(one) => one
            .items
            .iter()
            .all(|item| item.key.as_ref().is_some_and(is_constant) && is_constant(&item.value)),
        Expr::FString(one) => one.value.elements().all(|part| part.is_literal()),
        Expr::Name(name) => name.id == "NotImplemented",
        _ => value.is_literal_expr(),
    }
}

/// The functions in `body`, a module or a class, that stand in no other function of it.
pub fn outer_functions<'f>(body: &'f [Stmt], found: &mut Vec<&'f StmtFunctionDef>) {
    for statement in body {
        match statement {
            Stmt::FunctionDef(function) => found.push(function),
            Stmt::ClassDef(class) => outer_functions(&class.body, found),
            Stmt::If(one) => {
                outer_functions(&one.body, found);
                for clause in &one.elif_else_clauses {
                    outer_functions(&clause.body, found);
                }
            }
            Stmt::For(one) => {
                outer_functions(&one.body, found);
                outer_functions(&one.orelse, found);
            }
            Stmt::While(one) => {
                outer_functions(&one.body, found);
                outer_functions(&one.orelse, found);
            }
            Stmt::With(one) => outer_functions(&one.body, found),
            Stmt::Match(one) => {
                for case in &one.cases {
                    outer_functions(&case.body, found);
                }
            }
            Stmt::Try(one) => {
                outer_functions(&one.body, found);
                for handler in &one.handlers {
                    let ExceptHandler::ExceptHandler(handler) = handler;
                    outer_functions(&handler.body, found);
                }
                outer_functions(&one.orelse, found);
                outer_functions(&one.finalbody, found);
            }
            _ => {}
        }
    }
}
