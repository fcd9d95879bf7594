//! Whether a name is sure to be bound where it is read: one that may not be raises `NameError`, and the clause may be
//! there for that (`try: unicode`).

use codemend_engine::flow::{falls_through, is_wildcard};
use codemend_engine::syntax::ast::{
    Expr, Stmt, StmtDelete, StmtFor, StmtIf, StmtMatch, StmtTry, StmtWhile, StmtWith,
};
use codemend_engine::syntax::{Ranged, TextSize};

use super::clause::handlers;
use super::written::{binds_always, binds_before, pattern_binds, target_binds};

/// One name on its way through the statements of the scope that binds it.
pub struct Flow<'n> {
    pub name: &'n str,
    /// Whether a context manager is known to let through what is raised in its block. `suppress` does not, and what the
    /// block binds may not be bound behind it.
    pub lets_through: &'n dyn Fn(&Expr) -> bool,
}

impl Flow<'_> {
    /// The state at `at`, somewhere in `block`, which is entered with `bound`.
    pub fn before(&self, block: &[Stmt], at: TextSize, mut bound: bool) -> bool {
        for statement in block {
            if statement.start() > at {
                break;
            }
            if statement.end() > at {
                return self.inside(statement, at, bound);
            }
            bound = self.after(statement, bound);
        }
        bound
    }

    /// The state behind all of `block`.
    pub fn behind(&self, block: &[Stmt], bound: bool) -> bool {
        block
            .iter()
            .fold(bound, |bound, one| self.after(one, bound))
    }

    fn inside(&self, statement: &Stmt, at: TextSize, bound: bool) -> bool {
        let bound = bound || binds_before(statement, self.name, at);
        let holds = |block: &[Stmt]| {
            let first = block.first().map(Ranged::start);
            let last = block.last().map(Ranged::end);
            first.is_some_and(|first| first <= at) && last.is_some_and(|last| at < last)
        };
        let blocks = self.blocks(statement, bound);
        let block = blocks.into_iter().find(|(block, _)| holds(block));
        block.map_or(bound, |(block, bound)| self.before(block, at, bound))
    }

    /// The blocks of `statement`, each with the state in which it is entered.
    fn blocks<'a>(&self, statement: &'a Stmt, bound: bool) -> Vec<(&'a [Stmt], bool)> {
        match statement {
            Stmt::If(branch) => {
                let clauses = branch.elif_else_clauses.iter();
                let others = clauses.map(|clause| (clause.body.as_slice(), bound));
                std::iter::once((branch.body.as_slice(), bound))
                    .chain(others)
                    .collect()
            }
            Stmt::For(each) => {
                let again = bound && self.keeps(&each.body);
                let taken = again || target_binds(&each.target, self.name);
                vec![(&each.body, taken), (&each.orelse, again)]
            }
            Stmt::While(turn) => {
                let again = bound && self.keeps(&turn.body);
                vec![(&turn.body, again), (&turn.orelse, again)]
            }
            Stmt::With(with) => vec![(&with.body, bound || self.enters(with))],
            Stmt::Try(attempt) => self.blocks_of_try(attempt, bound),
            Stmt::Match(choice) => {
                let cases = choice.cases.iter();
                cases
                    .map(|case| {
                        let bound = bound || pattern_binds(&case.pattern, self.name);
                        (case.body.as_slice(), bound)
                    })
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    fn blocks_of_try<'a>(&self, attempt: &'a StmtTry, bound: bool) -> Vec<(&'a [Stmt], bool)> {
        let broken = bound && self.keeps(&attempt.body);
        let caught = handlers(attempt).map(|handler| {
            let own = handler.name.as_ref();
            let own = own.is_some_and(|own| own.as_str() == self.name);
            (handler.body.as_slice(), broken || own)
        });
        let kept = handlers(attempt).all(|handler| self.keeps(&handler.body));
        let unnamed = handlers(attempt).all(|handler| {
            let own = handler.name.as_ref();
            own.is_none_or(|own| own.as_str() != self.name)
        });
        let done = self.behind(&attempt.body, bound);
        [
            (attempt.body.as_slice(), bound),
            (attempt.orelse.as_slice(), done),
            (attempt.finalbody.as_slice(), broken && kept && unnamed),
        ]
        .into_iter()
        .chain(caught)
        .collect()
    }

    /// The state behind `statement`, where control comes there.
    fn after(&self, statement: &Stmt, bound: bool) -> bool {
        match statement {
            Stmt::Delete(one) => bound && !self.deletes(one),
            Stmt::If(branch) => self.after_branches(branch, bound),
            Stmt::For(StmtFor { body, orelse, .. })
            | Stmt::While(StmtWhile { body, orelse, .. }) => {
                bound && self.keeps(body) && self.keeps(orelse)
            }
            Stmt::With(with) => {
                let bound = bound || self.enters(with);
                let mut contexts = with.items.iter().map(|item| &item.context_expr);
                match contexts.all(|one| (self.lets_through)(one)) {
                    true => self.behind(&with.body, bound),
                    false => bound && self.keeps(&with.body),
                }
            }
            Stmt::Try(attempt) => self.after_try(attempt, bound),
            Stmt::Match(choice) => self.after_match(choice, bound),
            _ => bound || binds_always(statement, self.name),
        }
    }

    fn after_branches(&self, branch: &StmtIf, bound: bool) -> bool {
        let clauses = branch.elif_else_clauses.iter();
        let bodies = std::iter::once(&branch.body).chain(clauses.map(|clause| &clause.body));
        let last = branch.elif_else_clauses.last();
        let has_else = last.is_some_and(|clause| clause.test.is_none());
        let mut bodies = bodies.map(|body| body.as_slice());
        bodies.all(|body| self.ends_bound(body, bound)) && (has_else || bound)
    }

    fn after_try(&self, attempt: &StmtTry, bound: bool) -> bool {
        let done = self.behind(&attempt.body, bound);
        let passes = falls_through(&attempt.body) && falls_through(&attempt.orelse);
        let done = !passes || self.behind(&attempt.orelse, done);
        let broken = bound && self.keeps(&attempt.body);
        let caught = handlers(attempt).all(|handler| {
            // `except ValueError as raw` deletes `raw` at its end.
            let own = handler.name.as_ref();
            let own = own.is_some_and(|own| own.as_str() == self.name);
            !falls_through(&handler.body) || !own && self.behind(&handler.body, broken)
        });
        self.behind(&attempt.finalbody, done && caught)
    }

    fn after_match(&self, choice: &StmtMatch, bound: bool) -> bool {
        let last = choice.cases.last();
        let catches_all =
            last.is_some_and(|case| case.guard.is_none() && is_wildcard(&case.pattern));
        let mut cases = choice.cases.iter();
        cases.all(|case| self.ends_bound(&case.body, bound)) && (catches_all || bound)
    }

    /// Whether `block` leaves the name bound where control leaves it below.
    fn ends_bound(&self, block: &[Stmt], bound: bool) -> bool {
        !falls_through(block) || self.behind(block, bound)
    }

    /// Whether `block` never unbinds the name.
    fn keeps(&self, block: &[Stmt]) -> bool {
        self.behind(block, true)
    }

    fn enters(&self, with: &StmtWith) -> bool {
        let mut targets = with
            .items
            .iter()
            .filter_map(|item| item.optional_vars.as_deref());
        targets.any(|one| target_binds(one, self.name))
    }

    fn deletes(&self, statement: &StmtDelete) -> bool {
        let mut targets = statement.targets.iter();
        targets.any(|target| target_binds(target, self.name))
    }
}
