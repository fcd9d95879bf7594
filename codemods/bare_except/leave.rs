//! How control leaves a handler: by a bare `raise`, or in another way.
//!
//! A bare `raise` in a handler that is nested below belongs to that handler. What a call raises is not looked at: it
//! leaves a bare clause as it leaves any other.

use std::collections::BTreeSet;

use codemend_engine::flow::{is_endless, is_wildcard};
use codemend_engine::syntax::ast::{Stmt, StmtIf, StmtMatch, StmtTry};

use super::clause::handlers;

/// What the paths through a handler have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reraise {
    Never,
    OnSomePaths,
    Always,
}

/// Whether `body`, of a handler, ends in a bare `raise`.
pub fn reraise(body: &[Stmt]) -> Reraise {
    let exits = block(body);
    match exits.contains(&Exit::Reraise) {
        false => Reraise::Never,
        true if exits.len() == 1 => Reraise::Always,
        true => Reraise::OnSomePaths,
    }
}

/// One way out of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Exit {
    /// Behind its last statement.
    Below,
    Reraise,
    /// `return`, `raise` of something else.
    Otherwise,
    /// `break` and `continue`: of a loop in the handler, or of one around it.
    Loop,
}

type Exits = BTreeSet<Exit>;

fn block(body: &[Stmt]) -> Exits {
    let mut exits = Exits::from([Exit::Below]);
    for statement in body {
        if !exits.remove(&Exit::Below) {
            break;
        }
        exits.extend(one(statement));
    }
    exits
}

fn one(statement: &Stmt) -> Exits {
    match statement {
        Stmt::Raise(raise) if raise.exc.is_none() => Exits::from([Exit::Reraise]),
        Stmt::Raise(_) | Stmt::Return(_) => Exits::from([Exit::Otherwise]),
        Stmt::Break(_) | Stmt::Continue(_) => Exits::from([Exit::Loop]),
        Stmt::If(branch) => branches(branch),
        Stmt::For(each) => looped(&each.body, &each.orelse),
        Stmt::While(turn) if is_endless(turn) => {
            let mut exits = block(&turn.body);
            exits.remove(&Exit::Below);
            exits.remove(&Exit::Loop);
            exits
        }
        Stmt::While(turn) => looped(&turn.body, &turn.orelse),
        Stmt::With(with) => {
            let mut exits = block(&with.body);
            // A context manager may swallow what is raised in its block.
            if exits.contains(&Exit::Reraise) {
                exits.insert(Exit::Below);
            }
            exits
        }
        Stmt::Try(attempt) => tried(attempt),
        Stmt::Match(choice) => cases(choice),
        _ => Exits::from([Exit::Below]),
    }
}

fn branches(branch: &StmtIf) -> Exits {
    let mut exits = block(&branch.body);
    for clause in &branch.elif_else_clauses {
        exits.extend(block(&clause.body));
    }
    let last = branch.elif_else_clauses.last();
    if last.is_none_or(|clause| clause.test.is_some()) {
        exits.insert(Exit::Below);
    }
    exits
}

/// A loop whose body may not run at all.
fn looped(body: &[Stmt], orelse: &[Stmt]) -> Exits {
    let mut exits = block(body);
    let broken = exits.remove(&Exit::Loop);
    exits.remove(&Exit::Below);
    exits.extend(block(orelse));
    if broken {
        exits.insert(Exit::Below);
    }
    exits
}

fn tried(attempt: &StmtTry) -> Exits {
    let mut exits = block(&attempt.body);
    if exits.remove(&Exit::Below) {
        exits.extend(block(&attempt.orelse));
    }
    for handler in handlers(attempt) {
        let mut handled = block(&handler.body);
        // The bare `raise` of an inner handler lets through what the inner body has raised.
        handled.remove(&Exit::Reraise);
        exits.extend(handled);
    }
    let mut last = block(&attempt.finalbody);
    match last.remove(&Exit::Below) {
        true => exits.extend(last),
        false => exits = last,
    }
    exits
}

fn cases(choice: &StmtMatch) -> Exits {
    let mut exits = Exits::new();
    for case in &choice.cases {
        exits.extend(block(&case.body));
    }
    let last = choice.cases.last();
    let catches_all = last.is_some_and(|case| case.guard.is_none() && is_wildcard(&case.pattern));
    if !catches_all {
        exits.insert(Exit::Below);
    }
    exits
}
