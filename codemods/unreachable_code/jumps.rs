//! Statements behind which control never comes, and how sure that is.
//!
//! Syntax first, block by block. A name is asked for at a call that is spelled like one that never returns, a type at
//! the context managers of a `with` whose block never ends.

use codemend_engine::flow::{has_break, is_always_true, is_never_true, is_wildcard};
use codemend_engine::syntax::ast::{ExceptHandler, Stmt, StmtIf, StmtTry, StmtWhile};

use super::calls::Calls;
use super::managers::pass_all_on;

/// A statement that never lets control pass behind it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Jump {
    /// Why that may be wrong some day.
    pub doubt: Option<String>,
}

impl Jump {
    fn sure() -> Self {
        Self::default()
    }

    fn doubtful(why: impl Into<String>) -> Self {
        Self {
            doubt: Some(why.into()),
        }
    }

    /// Both are needed.
    fn and(self, other: Self) -> Self {
        Self {
            doubt: self.doubt.or(other.doubt),
        }
    }
}

const SWITCHED_OFF: &str = "code below a test that is never true may be wanted again";

/// Finds out which statements are jumps.
pub struct Jumps<'c, 'm, 'a> {
    pub calls: &'c Calls<'m, 'a>,
}

impl Jumps<'_, '_, '_> {
    /// What kind of jump `statement` is; none when control may come behind it.
    pub fn of(&self, statement: &Stmt) -> Option<Jump> {
        match statement {
            Stmt::Return(_) | Stmt::Raise(_) | Stmt::Break(_) | Stmt::Continue(_) => {
                Some(Jump::sure())
            }
            Stmt::Expr(one) => self.calls.never_returns(&one.value).map(Jump::doubtful),
            Stmt::If(one) => self.of_if(one),
            Stmt::While(one) => self.of_while(one),
            Stmt::Try(one) => self.of_try(one),
            Stmt::With(one) => {
                let jump = self.block(&one.body)?;
                pass_all_on(self.calls.module, one).then_some(jump)
            }
            Stmt::Match(one) => {
                let last = one.cases.last()?;
                if last.guard.is_some() || !is_wildcard(&last.pattern) {
                    return None;
                }
                self.all(one.cases.iter().map(|case| case.body.as_slice()))
            }
            _ => None,
        }
    }

    /// The same of a block: the surest jump in it.
    pub fn block(&self, body: &[Stmt]) -> Option<Jump> {
        let mut jumps = body.iter().rev().filter_map(|one| self.of(one));
        let first = jumps.next()?;
        match first.doubt {
            None => Some(first),
            Some(_) => Some(jumps.find(|jump| jump.doubt.is_none()).unwrap_or(first)),
        }
    }

    fn all<'s>(&self, blocks: impl Iterator<Item = &'s [Stmt]>) -> Option<Jump> {
        let mut all = Jump::sure();
        for block in blocks {
            all = all.and(self.block(block)?);
        }
        Some(all)
    }

    fn of_if(&self, one: &StmtIf) -> Option<Jump> {
        let clauses = &one.elif_else_clauses;
        if clauses.last().is_none_or(|last| last.test.is_some()) {
            return None;
        }
        let first = (Some(&*one.test), one.body.as_slice());
        let rest = clauses
            .iter()
            .map(|it| (it.test.as_ref(), it.body.as_slice()));
        let mut all = Jump::sure();
        for (test, body) in std::iter::once(first).chain(rest) {
            let jump = match (self.block(body), test.is_some_and(is_never_true)) {
                (Some(jump), false) => jump,
                // A branch that never runs, and would leave if it did.
                (Some(jump), true) if jump.doubt.is_none() => jump,
                (_, true) => Jump::doubtful(SWITCHED_OFF),
                (None, false) => return None,
            };
            all = all.and(jump);
        }
        Some(all)
    }

    fn of_while(&self, one: &StmtWhile) -> Option<Jump> {
        if is_never_true(&one.test) {
            let jump = self.block(&one.orelse)?;
            return Some(Jump::doubtful(SWITCHED_OFF).and(jump));
        }
        match is_always_true(&one.test) {
            true => self.without_break(&one.body),
            false => None,
        }
    }

    fn of_try(&self, one: &StmtTry) -> Option<Jump> {
        let last = self.block(&one.finalbody);
        if last.as_ref().is_some_and(|jump| jump.doubt.is_none()) {
            return last;
        }
        let body = self.block(&one.body).or_else(|| self.block(&one.orelse));
        let ends = body.and_then(|body| {
            let handlers = one.handlers.iter().map(|handler| {
                let ExceptHandler::ExceptHandler(handler) = handler;
                handler.body.as_slice()
            });
            Some(body.and(self.all(handlers)?))
        });
        ends.or(last)
    }

    /// How sure it is that no `break` leaves the loop with this `body`: none when one does.
    fn without_break(&self, body: &[Stmt]) -> Option<Jump> {
        if !has_break(body) {
            return Some(Jump::sure());
        }
        let mut all = Jump::sure();
        for (at, statement) in body.iter().enumerate() {
            all = all.and(self.statement_without_break(statement)?);
            if at + 1 < body.len()
                && let Some(jump) = self.of(statement)
            {
                let rest = &body[at + 1..];
                return Some(if has_break(rest) { all.and(jump) } else { all });
            }
        }
        Some(all)
    }

    /// The same of one statement, in which a `break` that cannot run is none.
    fn statement_without_break(&self, statement: &Stmt) -> Option<Jump> {
        let unreached = |block: &[Stmt], why: &str| match has_break(block) {
            true => Jump::doubtful(why),
            false => Jump::sure(),
        };
        let mut all = Jump::sure();
        for block in blocks(statement) {
            all = match block {
                Block::Live(block) => all.and(self.without_break(block)?),
                Block::SwitchedOff(block) => all.and(unreached(block, SWITCHED_OFF)),
                Block::Else(block, Some(body)) if self.block(body).is_some() => {
                    all.and(unreached(block, ELSE))
                }
                Block::Else(block, None) => all.and(unreached(block, ELSE)),
                Block::Else(block, Some(_)) => all.and(self.without_break(block)?),
            };
        }
        match statement {
            Stmt::Break(_) => None,
            _ => Some(all),
        }
    }
}

/// Why the removal of an `else` is not safe.
pub const ELSE: &str = "an `else` that cannot run usually belonged to something else";

/// A block of a statement in which a `break` of the loop around may stand.
enum Block<'a> {
    Live(&'a [Stmt]),
    /// Below a test that is never true.
    SwitchedOff(&'a [Stmt]),
    /// The `else` of a `try` with this body, or of a loop without end.
    Else(&'a [Stmt], Option<&'a [Stmt]>),
}

fn blocks(statement: &Stmt) -> Vec<Block<'_>> {
    match statement {
        Stmt::If(one) => {
            let rest = one.elif_else_clauses.iter().map(|it| Block::Live(&it.body));
            let first = match is_never_true(&one.test) {
                true => Block::SwitchedOff(&one.body),
                false => Block::Live(&one.body),
            };
            std::iter::once(first).chain(rest).collect()
        }
        Stmt::With(one) => vec![Block::Live(&one.body)],
        Stmt::Match(one) => one.cases.iter().map(|it| Block::Live(&it.body)).collect(),
        Stmt::Try(one) => {
            let handlers = one.handlers.iter().map(|handler| {
                let ExceptHandler::ExceptHandler(handler) = handler;
                Block::Live(&handler.body)
            });
            let around = [
                Block::Live(&one.body),
                Block::Else(&one.orelse, Some(&one.body)),
                Block::Live(&one.finalbody),
            ];
            handlers.chain(around).collect()
        }
        // `break` in the `else` of an inner loop belongs to the one around.
        Stmt::For(one) => vec![Block::Live(&one.orelse)],
        Stmt::While(one) if is_always_true(&one.test) => vec![Block::Else(&one.orelse, None)],
        Stmt::While(one) => vec![Block::Live(&one.orelse)],
        _ => Vec::new(),
    }
}
