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
            let bound = match sure.contains(name) {
                true => Bound::Surely,
                false => Bound::Perhaps,
            };
            (name.to_owned(), bound)
        })
        .collect()
}

#[derive(Default)]
struct Names<'a> {
    sure: BTreeSet<&'a str>,
    all: BTreeSet<&'a str>,
    /// Names that a statement unbinds, whoever has bound them.
    gone: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    fn bind(&mut self, name: &'a str) {
        self.sure.insert(name);
        self.all.insert(name);
    }

    fn unbind(&mut self, target: &'a Expr) {
        match target {
            Expr::Name(name) => {
                self.sure.remove(name.id.as_str());
                self.gone.insert(name.id.as_str());
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|one| self.unbind(one)),
            Expr::List(list) => list.elts.iter().for_each(|one| self.unbind(one)),
            _ => {}
        }
    }

    fn of(body: &'a [Stmt]) -> Self {
        let mut names = Self::default();
        names.block(body);
        names
    }

    fn block(&mut self, body: &'a [Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &'a Stmt) {
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
            Stmt::Assign(one) => {
                self.visit_expr(&one.value);
                one.targets.iter().for_each(|one| self.visit_expr(one));
            }
            Stmt::AugAssign(one) => {
                self.visit_expr(&one.value);
                self.visit_expr(&one.target);
            }
            Stmt::AnnAssign(one) => {
                if let Some(value) = &one.value {
                    self.visit_expr(value);
                    self.visit_expr(&one.target);
                }
            }
            Stmt::TypeAlias(one) => self.visit_expr(&one.name),
            Stmt::Expr(one) => self.visit_expr(&one.value),
            Stmt::Delete(one) => one.targets.iter().for_each(|one| self.unbind(one)),
            Stmt::If(one) => {
                self.visit_expr(&one.test);
                if is_type_checking(&one.test) {
                    return match one.elif_else_clauses.as_slice() {
                        [only] if only.test.is_none() => self.block(&only.body),
                        clauses => {
                            let others = clauses.iter().map(|one| Self::of(&one.body)).collect();
                            self.branches(others, false);
                        }
                    };
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
                    self.visit_expr(&item.context_expr);
                    item.optional_vars
                        .iter()
                        .for_each(|vars| self.visit_expr(vars));
                }
                // `with suppress(ImportError): import fast`
                let runs_all = one
                    .items
                    .iter()
                    .all(|item| lets_errors_through(&item.context_expr));
                self.branches(vec![Self::of(&one.body)], runs_all);
            }
            Stmt::For(one) => {
                self.visit_expr(&one.iter);
                let mut target = Self::default();
                target.visit_expr(&one.target);
                self.all.extend(target.all);
                let blocks = blocks(statement).into_iter().map(Self::of).collect();
                self.branches(blocks, false);
            }
            Stmt::While(one) => {
                self.visit_expr(&one.test);
                let blocks = blocks(statement).into_iter().map(Self::of).collect();
                self.branches(blocks, false);
            }
            Stmt::Match(one) => {
                self.visit_expr(&one.subject);
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
        let mut common: Option<BTreeSet<&'a str>> = None;
        for branch in branches {
            self.all.extend(branch.all);
            self.sure.retain(|name| !branch.gone.contains(name));
            self.gone.extend(branch.gone);
            common = Some(match common {
                None => branch.sure,
                Some(common) => common.intersection(&branch.sure).cloned().collect(),
            });
        }
        if one_runs {
            self.sure.extend(common.unwrap_or_default());
        }
    }

    fn attempt(&mut self, one: &'a ruff_python_ast::StmtTry) {
        let mut body = Self::of(&one.body);
        body.block(&one.orelse);
        let mut ways = vec![body];
        for handler in &one.handlers {
            let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
            let leaves = matches!(handler.body.last(), Some(Stmt::Raise(_)));
            let mut way = Self::of(&handler.body);
            if let Some(name) = &handler.name {
                // It is unbound at the end of the handler.
                way.sure.remove(name.as_str());
                way.gone.insert(name.as_str());
            }
            if !leaves {
                ways.push(way);
            }
        }
        self.branches(ways, true);
        self.block(&one.finalbody);
    }
}

/// Whether what is raised below `with context` leaves it, as far as is known.
fn lets_errors_through(context: &Expr) -> bool {
    let callee = match context {
        Expr::Call(call) => &*call.func,
        other => other,
    };
    let name = match callee {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => "",
    };
    matches!(name, "catch_warnings" | "nullcontext" | "open")
}

fn captures<'a>(pattern: &'a Pattern, names: &mut BTreeSet<&'a str>) {
    struct Captures<'n, 'a>(&'n mut BTreeSet<&'a str>);
    impl<'a> Visitor<'a> for Captures<'_, 'a> {
        fn visit_pattern(&mut self, pattern: &'a Pattern) {
            let name = match pattern {
                Pattern::MatchAs(one) => one.name.as_ref(),
                Pattern::MatchStar(one) => one.name.as_ref(),
                Pattern::MatchMapping(one) => one.rest.as_ref(),
                _ => None,
            };
            self.0.extend(name.map(|name| name.as_str()));
            ruff_python_ast::visitor::walk_pattern(self, pattern);
        }
    }
    Captures(names).visit_pattern(pattern);
}

/// Takes in the names that `:=` binds.
struct Walruses<'n, 'a>(&'n mut BTreeSet<&'a str>);

impl<'a> Visitor<'a> for Walruses<'_, 'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Named(named) = expr
            && let Expr::Name(name) = &*named.target
        {
            self.0.insert(name.id.as_str());
        }
        walk_expr(self, expr);
    }
}

impl<'a> Visitor<'a> for Names<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if name.ctx.is_store() => self.bind(&name.id),
            Expr::Lambda(_) => {}
            // Its variables are its own; only `:=` binds outside of it, perhaps never.
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                Walruses(&mut self.all).visit_expr(expr);
            }
            // `a and (b := c)`
            Expr::BoolOp(_) | Expr::If(_) => Walruses(&mut self.all).visit_expr(expr),
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
with open(g) as h:
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
