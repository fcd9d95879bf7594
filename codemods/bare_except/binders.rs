//! Names that statements bind without `=`: targets of `with`, `for` and comprehensions. And names that nothing may have
//! bound.

use codemend_engine::syntax::ast::statement_visitor::{StatementVisitor, walk_stmt as walk_block};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_comprehension, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Comprehension, Expr, Stmt};
use codemend_engine::syntax::{Ranged, TextRange, TextSize};

use super::bound::is_sure;
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

    /// Whether the file `expr` may be closed already: it is used behind its `with`, or behind a call of its `close`.
    pub fn may_be_closed(&self, expr: &Expr) -> bool {
        let Expr::Name(name) = expr else {
            return false;
        };
        let mut finder = Closings {
            name: &name.id,
            at: expr.start(),
            found: false,
        };
        let body = self
            .functions
            .last()
            .map_or(self.roots, |one| one.body.as_slice());
        finder.visit_body(body);
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

    /// Whether the name `expr` is bound on every way to it, as far as its own scope goes.
    pub fn is_surely_bound(&self, expr: &Expr) -> bool {
        let Expr::Name(name) = expr else {
            return true;
        };
        let scope = match self.functions.last() {
            Some(function) => {
                let mut parameters = function.parameters.iter();
                if parameters.any(|one| one.name() == name.id.as_str())
                    && !self.deletes(name.id.as_str())
                {
                    return true;
                }
                function.body.as_slice()
            }
            None => self.roots,
        };
        is_sure(scope, &name.id, name.start())
    }

    /// Whether the function deletes its parameter `name` somewhere.
    fn deletes(&self, name: &str) -> bool {
        let body = self
            .functions
            .last()
            .map_or(self.roots, |one| one.body.as_slice());
        let mut finder = Deletions { name, found: false };
        finder.visit_body(body);
        finder.found
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

/// What closes the file `name` before `at`.
struct Closings<'n> {
    name: &'n str,
    at: TextSize,
    found: bool,
}

impl<'a> Visitor<'a> for Closings<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::With(with) = statement
            && statement.end() <= self.at
        {
            let targets = with
                .items
                .iter()
                .filter_map(|item| item.optional_vars.as_deref());
            let mut names = targets.filter_map(Expr::as_name_expr);
            self.found |= names.any(|one| one.id == self.name);
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Attribute(method) = expr
            && &method.attr == "close"
            && let Expr::Name(name) = &*method.value
        {
            self.found |= name.id == self.name && expr.end() <= self.at;
        }
        walk_expr(self, expr);
    }
}

struct Deletions<'n> {
    name: &'n str,
    found: bool,
}

impl<'a> StatementVisitor<'a> for Deletions<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::Delete(one) = statement {
            let mut names = one.targets.iter().filter_map(Expr::as_name_expr);
            self.found |= names.any(|name| name.id == self.name);
        }
        walk_block(self, statement);
    }
}
