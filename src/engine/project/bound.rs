//! Which names a module binds when it is imported, and whether it always does.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Pattern, Stmt};

use super::digest::Bound;
use super::origins::{blocks, is_type_checking};

/// The names that the statements of `suite` bind.
pub(super) fn bindings(suite: &[Stmt]) -> BTreeMap<String, Bound> {
    let mut names = Names::default();
    names.block(suite);
    let sure = names.sure;
    names
        .all
        .into_iter()
        .map(|name| {
            let bound = match sure.contains(&name) {
                true => Bound::Surely,
                false => Bound::Perhaps,
            };
            (name, bound)
        })
        .collect()
}

#[derive(Default)]
struct Names {
    sure: BTreeSet<String>,
    all: BTreeSet<String>,
}

impl Names {
    fn bind(&mut self, name: &str) {
        self.sure.insert(name.to_owned());
        self.all.insert(name.to_owned());
    }

    fn of(body: &[Stmt]) -> Self {
        let mut names = Self::default();
        names.block(body);
        names
    }

    fn block(&mut self, body: &[Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    self.bind(name.split('.').next().unwrap_or(name));
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in import.names.iter().filter(|alias| &alias.name != "*") {
                    self.bind(alias.asname.as_ref().unwrap_or(&alias.name));
                }
            }
            Stmt::FunctionDef(function) => self.bind(&function.name),
            Stmt::ClassDef(class) => self.bind(&class.name),
            Stmt::Assign(one) => one
                .targets
                .iter()
                .for_each(|target| self.visit_expr(target)),
            Stmt::AugAssign(one) => self.visit_expr(&one.target),
            Stmt::AnnAssign(one) if one.value.is_some() => self.visit_expr(&one.target),
            Stmt::TypeAlias(one) => self.visit_expr(&one.name),
            Stmt::Expr(one) => self.visit_expr(&one.value),
            Stmt::Delete(one) => {
                for target in &one.targets {
                    if let Expr::Name(name) = target {
                        self.sure.remove(name.id.as_str());
                    }
                }
            }
            Stmt::If(one) => {
                if is_type_checking(&one.test) {
                    let otherwise = one.elif_else_clauses.last();
                    return otherwise
                        .into_iter()
                        .for_each(|clause| self.block(&clause.body));
                }
                let has_else = one
                    .elif_else_clauses
                    .last()
                    .is_some_and(|last| last.test.is_none());
                let branches = blocks(statement).into_iter().map(Self::of).collect();
                self.branches(branches, has_else);
            }
            Stmt::Try(one) => self.attempt(one),
            Stmt::With(one) => {
                for item in &one.items {
                    item.optional_vars
                        .iter()
                        .for_each(|vars| self.visit_expr(vars));
                }
                self.block(&one.body);
            }
            Stmt::For(one) => {
                let mut target = Self::default();
                target.visit_expr(&one.target);
                self.all.extend(target.all);
                let blocks = blocks(statement).into_iter().map(Self::of).collect();
                self.branches(blocks, false);
            }
            Stmt::While(_) => {
                let blocks = blocks(statement).into_iter().map(Self::of).collect();
                self.branches(blocks, false);
            }
            Stmt::Match(one) => {
                for case in &one.cases {
                    captures(&case.pattern, &mut self.all);
                }
                let blocks = blocks(statement).into_iter().map(Self::of).collect();
                self.branches(blocks, false);
            }
            _ => {}
        }
    }

    /// One of `branches` runs, if `one_runs`; else perhaps none.
    fn branches(&mut self, branches: Vec<Self>, one_runs: bool) {
        let mut common: Option<BTreeSet<String>> = None;
        for branch in branches {
            self.all.extend(branch.all);
            common = Some(match common {
                None => branch.sure,
                Some(common) => common.intersection(&branch.sure).cloned().collect(),
            });
        }
        if one_runs {
            self.sure.extend(common.unwrap_or_default());
        }
    }

    fn attempt(&mut self, one: &ruff_python_ast::StmtTry) {
        let mut body = Self::of(&one.body);
        body.block(&one.orelse);
        let mut ways = vec![body];
        for handler in &one.handlers {
            let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
            let leaves = matches!(handler.body.last(), Some(Stmt::Raise(_)));
            if !leaves {
                ways.push(Self::of(&handler.body));
            }
        }
        self.branches(ways, true);
        self.block(&one.finalbody);
    }
}

fn captures(pattern: &Pattern, names: &mut BTreeSet<String>) {
    struct Captures<'n>(&'n mut BTreeSet<String>);
    impl<'a> Visitor<'a> for Captures<'_> {
        fn visit_pattern(&mut self, pattern: &'a Pattern) {
            let name = match pattern {
                Pattern::MatchAs(one) => one.name.as_ref(),
                Pattern::MatchStar(one) => one.name.as_ref(),
                Pattern::MatchMapping(one) => one.rest.as_ref(),
                _ => None,
            };
            self.0.extend(name.map(ToString::to_string));
            ruff_python_ast::visitor::walk_pattern(self, pattern);
        }
    }
    Captures(names).visit_pattern(pattern);
}

impl<'a> Visitor<'a> for Names {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if name.ctx.is_store() => self.bind(&name.id),
            Expr::Lambda(_) => {}
            _ => walk_expr(self, expr),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scan::digest;
    use super::Bound;

    #[test]
    fn a_name_is_sure_when_every_way_binds_it() {
        let text = "\
try:
    import a
except ImportError:
    a = None
try:
    import b
except ImportError:
    pass
if x:
    c = 1
else:
    c = 2
if x:
    d = 1
from m import *
from m import e as f
del f
with g() as h:
    (i, [j]) = 1, [2]
for k in ():
    l = 1
if TYPE_CHECKING:
    from m import n
";
        let digest = digest(text);
        let sure: Vec<_> = digest
            .bindings
            .iter()
            .filter(|(_, b)| **b == Bound::Surely)
            .map(|(n, _)| n.as_str())
            .collect();
        let perhaps: Vec<_> = digest
            .bindings
            .iter()
            .filter(|(_, b)| **b == Bound::Perhaps)
            .map(|(n, _)| n.as_str())
            .collect();
        assert_eq!(sure, ["a", "c", "h", "i", "j"]);
        assert_eq!(perhaps, ["b", "d", "f", "k", "l"]);
    }
}
