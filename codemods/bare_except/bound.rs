//! Whether a name is sure to be bound where it is read: one that may not be raises `NameError`, and the clause may be
//! there for that (`try: unicode`).

use codemend_engine::flow::{falls_through, is_wildcard};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_pattern, walk_stmt};
use codemend_engine::syntax::ast::{Expr, Pattern, Stmt, StmtIf, StmtMatch, StmtTry};
use codemend_engine::syntax::{Ranged, TextSize};

use super::clause::handlers;

/// Whether `name`, read at `at` in the scope whose statements are `scope`, is bound on every way there. Names that the
/// scope does not bind by a statement are somebody else's.
pub fn is_sure(scope: &[Stmt], name: &str, at: TextSize) -> bool {
    let mut finder = Binds::new(name);
    finder.visit_body(scope);
    !finder.found || before(scope, name, at, false)
}

/// The state at `at`, somewhere in `block`, which is entered with `bound`.
fn before(block: &[Stmt], name: &str, at: TextSize, mut bound: bool) -> bool {
    for statement in block {
        if statement.start() > at {
            break;
        }
        if statement.end() > at {
            return inside(statement, name, at, bound);
        }
        bound = after(statement, name, bound);
    }
    bound
}

fn inside(statement: &Stmt, name: &str, at: TextSize, bound: bool) -> bool {
    let bound = bound || named_in(statement, name, at);
    let holds = |block: &[Stmt]| {
        let first = block.first().map(Ranged::start);
        let last = block.last().map(Ranged::end);
        first.is_some_and(|first| first <= at) && last.is_some_and(|last| at < last)
    };
    let blocks: Vec<(&[Stmt], bool)> = match statement {
        Stmt::If(branch) => {
            let clauses = branch.elif_else_clauses.iter();
            let others = clauses.map(|clause| (clause.body.as_slice(), bound));
            std::iter::once((branch.body.as_slice(), bound))
                .chain(others)
                .collect()
        }
        Stmt::For(each) => vec![
            (&each.body, bound || target_binds(&each.target, name)),
            (&each.orelse, bound),
        ],
        Stmt::While(turn) => vec![(&turn.body, bound), (&turn.orelse, bound)],
        Stmt::With(with) => {
            let mut targets = with
                .items
                .iter()
                .filter_map(|item| item.optional_vars.as_deref());
            vec![(
                &with.body,
                bound || targets.any(|one| target_binds(one, name)),
            )]
        }
        Stmt::Try(attempt) => {
            let caught = handlers(attempt).map(|handler| {
                let own = handler
                    .name
                    .as_ref()
                    .is_some_and(|own| own.as_str() == name);
                (handler.body.as_slice(), bound || own)
            });
            let done = all_of(&attempt.body, name, bound);
            [
                (attempt.body.as_slice(), bound),
                (attempt.orelse.as_slice(), done),
                (attempt.finalbody.as_slice(), bound),
            ]
            .into_iter()
            .chain(caught)
            .collect()
        }
        Stmt::Match(choice) => {
            let cases = choice.cases.iter();
            cases
                .map(|case| {
                    (
                        case.body.as_slice(),
                        bound || pattern_binds(&case.pattern, name),
                    )
                })
                .collect()
        }
        _ => Vec::new(),
    };
    let block = blocks.into_iter().find(|(block, _)| holds(block));
    block.map_or(bound, |(block, bound)| before(block, name, at, bound))
}

/// The state behind all of `block`.
fn all_of(block: &[Stmt], name: &str, bound: bool) -> bool {
    block
        .iter()
        .fold(bound, |bound, one| after(one, name, bound))
}

/// The state behind `statement`, where control comes there.
fn after(statement: &Stmt, name: &str, bound: bool) -> bool {
    match statement {
        Stmt::Delete(one) => bound && !one.targets.iter().any(|target| target_binds(target, name)),
        Stmt::If(branch) => after_branches(branch, name, bound),
        Stmt::For(_) | Stmt::While(_) => bound,
        Stmt::With(with) => {
            let mut targets = with
                .items
                .iter()
                .filter_map(|item| item.optional_vars.as_deref());
            let bound = bound || targets.any(|one| target_binds(one, name));
            all_of(&with.body, name, bound)
        }
        Stmt::Try(attempt) => after_try(attempt, name, bound),
        Stmt::Match(choice) => after_match(choice, name, bound),
        _ => {
            let mut finder = Binds::new(name);
            finder.visit_stmt(statement);
            bound || finder.found
        }
    }
}

fn after_branches(branch: &StmtIf, name: &str, bound: bool) -> bool {
    let clauses = branch.elif_else_clauses.iter();
    let bodies = std::iter::once(&branch.body).chain(clauses.map(|clause| &clause.body));
    let last = branch.elif_else_clauses.last();
    let has_else = last.is_some_and(|clause| clause.test.is_none());
    let passed = ends_bound(bodies.map(|body| body.as_slice()), name, bound);
    passed && (has_else || bound)
}

fn after_try(attempt: &StmtTry, name: &str, bound: bool) -> bool {
    let done = all_of(&attempt.body, name, bound);
    let passes = falls_through(&attempt.body) && falls_through(&attempt.orelse);
    let done = !passes || all_of(&attempt.orelse, name, done);
    let caught = handlers(attempt).map(|handler| handler.body.as_slice());
    let caught = ends_bound(caught, name, bound);
    done && caught || all_of(&attempt.finalbody, name, false)
}

fn after_match(choice: &StmtMatch, name: &str, bound: bool) -> bool {
    let last = choice.cases.last();
    let catches_all = last.is_some_and(|case| case.guard.is_none() && is_wildcard(&case.pattern));
    let bodies = choice.cases.iter().map(|case| case.body.as_slice());
    ends_bound(bodies, name, bound) && (catches_all || bound)
}

/// Whether every one of `blocks` that control leaves below has bound the name.
fn ends_bound<'a>(mut blocks: impl Iterator<Item = &'a [Stmt]>, name: &str, bound: bool) -> bool {
    blocks.all(|block| !falls_through(block) || all_of(block, name, bound))
}

/// Whether `statement` binds the name with `:=` before `at`.
fn named_in(statement: &Stmt, name: &str, at: TextSize) -> bool {
    let mut finder = Binds::new(name);
    finder.named_until = Some(at);
    walk_stmt(&mut finder, statement);
    finder.found
}

fn target_binds(target: &Expr, name: &str) -> bool {
    let mut finder = Binds::new(name);
    finder.visit_expr(target);
    finder.found
}

fn pattern_binds(pattern: &Pattern, name: &str) -> bool {
    let mut finder = Binds::new(name);
    finder.visit_pattern(pattern);
    finder.found
}

/// Whether a statement binds the name in its own scope.
struct Binds<'n> {
    name: &'n str,
    /// Look for `:=` that end before this offset, and for nothing else.
    named_until: Option<TextSize>,
    found: bool,
}

impl<'n> Binds<'n> {
    fn new(name: &'n str) -> Self {
        Self {
            name,
            named_until: None,
            found: false,
        }
    }
}

impl<'a> Visitor<'a> for Binds<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if self.named_until.is_some() {
            return;
        }
        match statement {
            Stmt::FunctionDef(function) => self.found |= function.name.as_str() == self.name,
            Stmt::ClassDef(class) => self.found |= class.name.as_str() == self.name,
            // An annotation alone binds nothing.
            Stmt::AnnAssign(one) if one.value.is_none() => {}
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match (expr, self.named_until) {
            (Expr::Lambda(_), _) => {}
            (Expr::Named(named), Some(until)) => {
                let early = named.end() <= until;
                self.found |=
                    early && matches!(&*named.target, Expr::Name(one) if one.id == self.name);
            }
            (Expr::Name(name), None) => self.found |= !name.ctx.is_load() && name.id == self.name,
            (Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_), _) => {}
            _ => walk_expr(self, expr),
        }
    }

    fn visit_alias(&mut self, alias: &'a codemend_engine::syntax::ast::Alias) {
        let bound = alias.asname.as_ref().unwrap_or(&alias.name);
        self.found |= bound.split('.').next() == Some(self.name);
    }

    fn visit_except_handler(&mut self, handler: &'a codemend_engine::syntax::ast::ExceptHandler) {
        let codemend_engine::syntax::ast::ExceptHandler::ExceptHandler(one) = handler;
        self.found |= one
            .name
            .as_ref()
            .is_some_and(|name| name.as_str() == self.name);
        codemend_engine::syntax::ast::visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(one) => one.name.as_ref(),
            Pattern::MatchStar(one) => one.name.as_ref(),
            Pattern::MatchMapping(one) => one.rest.as_ref(),
            _ => None,
        };
        self.found |= name.is_some_and(|name| name.as_str() == self.name);
        walk_pattern(self, pattern);
    }
}
