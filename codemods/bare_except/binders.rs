//! Names that statements bind without `=`: targets of `with`, `for` and comprehensions.

use codemend_engine::syntax::ast::visitor::{Visitor, walk_comprehension, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Comprehension, Expr, Stmt};
use codemend_engine::syntax::{Ranged, TextRange};

use super::kind::Kind;
use super::proven::Scene;

impl Scene<'_, '_> {
    /// The type of the target at `range`.
    pub fn kind_of_target(&self, range: TextRange, depth: usize) -> Kind {
        let mut finder = Binders { range, found: None };
        finder.visit_body(self.roots);
        match finder.found {
            Some(Binder::Each(iter)) => {
                let whole = self.kind_within(iter, depth);
                match whole.name() {
                    "file.text" => Kind::Str,
                    "file.binary" => Kind::Bytes,
                    _ => whole.element().cloned().unwrap_or(Kind::Unknown),
                }
            }
            Some(Binder::With(context)) => self.entered(self.kind_within(context, depth)),
            None => Kind::Unknown,
        }
    }

    /// The expression that the target at `range` takes its value from, in whatever way.
    pub fn bound_to(&self, range: TextRange) -> Option<&Expr> {
        let mut finder = Sources { range, found: None };
        finder.visit_body(self.names.suite());
        finder.found
    }

    /// What `with` binds for a context manager of the type `owner`.
    fn entered(&self, owner: Kind) -> Kind {
        match &owner {
            Kind::Object(class) if class.starts_with("file.") => owner,
            Kind::Object(class) => {
                let ways = ["__enter__", "__aenter__"];
                let rows = |way: &str| self.table.rows(&format!("{class}.{way}"));
                match ways.iter().all(|way| rows(way).is_empty()) {
                    true => Kind::Unknown,
                    false => owner,
                }
            }
            _ => Kind::Unknown,
        }
    }
}

/// What binds a target.
enum Binder<'a> {
    With(&'a Expr),
    Each(&'a Expr),
}

/// What binds the target at `range`.
struct Binders<'a> {
    range: TextRange,
    found: Option<Binder<'a>>,
}

impl<'a> Visitor<'a> for Binders<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if !statement.range().contains_range(self.range) {
            return;
        }
        match statement {
            Stmt::With(with) => {
                let mut items = with.items.iter();
                let item = items.find(|item| {
                    let target = item.optional_vars.as_deref();
                    target.is_some_and(|target| target.range() == self.range)
                });
                self.found = self
                    .found
                    .take()
                    .or(item.map(|one| Binder::With(&one.context_expr)));
            }
            Stmt::For(each) if each.target.range() == self.range && !each.is_async => {
                self.found = Some(Binder::Each(&each.iter));
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if expr.range().contains_range(self.range) {
            walk_expr(self, expr);
        }
    }

    fn visit_comprehension(&mut self, one: &'a Comprehension) {
        if one.target.range() == self.range && !one.is_async {
            self.found = Some(Binder::Each(&one.iter));
        }
        walk_comprehension(self, one);
    }
}

/// What the target at `range`, or one that holds it, is bound to or taken out of.
struct Sources<'a> {
    range: TextRange,
    found: Option<&'a Expr>,
}

impl<'a> Sources<'a> {
    fn of(&mut self, target: &'a Expr, value: &'a Expr) {
        if target.range().contains_range(self.range) {
            self.found = Some(value);
        }
    }
}

impl<'a> Visitor<'a> for Sources<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if !statement.range().contains_range(self.range) {
            return;
        }
        match statement {
            Stmt::Assign(one) => one
                .targets
                .iter()
                .for_each(|each| self.of(each, &one.value)),
            Stmt::For(each) => self.of(&each.target, &each.iter),
            Stmt::With(with) => {
                for item in &with.items {
                    let target = item.optional_vars.as_deref();
                    target
                        .into_iter()
                        .for_each(|one| self.of(one, &item.context_expr));
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_comprehension(&mut self, one: &'a Comprehension) {
        self.of(&one.target, &one.iter);
        walk_comprehension(self, one);
    }
}
