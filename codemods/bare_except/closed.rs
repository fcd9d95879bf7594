//! Whether a file may be closed when it is used: then it raises `ValueError`.

use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, Stmt, WithItem};
use codemend_engine::syntax::{Ranged, TextRange, TextSize};

use super::proven::Scene;
use super::written::{binds_anywhere, target_binds};

impl Scene<'_, '_> {
    /// Whether the file `expr` may be closed already: anything in its function may have closed it but calls of its other
    /// methods, and a `with` that has not ended. The file of somebody else may be closed at any time.
    pub fn may_be_closed(&self, expr: &Expr) -> bool {
        let name = match expr {
            Expr::Name(name) => name,
            Expr::Call(_) => return false,
            _ => return true,
        };
        let body = match self.functions.last() {
            Some(function) => function.body.as_slice(),
            None => self.roots,
        };
        if !binds_anywhere(body, &name.id) {
            return true;
        }
        let mut around = Around {
            name: &name.id,
            at: name.start(),
            opened: body,
            until: name.start(),
        };
        around.visit_body(body);
        let mut finder = Closings {
            name: &name.id,
            at: name.range(),
            until: around.until,
            found: false,
        };
        finder.visit_body(around.opened);
        finder.found
    }
}

/// What stands around the use of the file `name` at `at`.
struct Around<'a, 'n> {
    name: &'n str,
    at: TextSize,
    /// The innermost block of a `with` that opens the file, else all.
    opened: &'a [Stmt],
    /// What stands below this offset has not run: the end of the outermost loop in that block.
    until: TextSize,
}

impl<'a> Visitor<'a> for Around<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if !statement.range().contains(self.at) {
            return;
        }
        match statement {
            Stmt::With(with) => {
                let mut targets = with
                    .items
                    .iter()
                    .filter_map(|item| item.optional_vars.as_deref());
                let in_body = with.body.first().is_some_and(|one| one.start() <= self.at);
                if in_body && targets.any(|one| target_binds(one, self.name)) {
                    self.opened = &with.body;
                    self.until = self.at;
                }
            }
            Stmt::For(_) | Stmt::While(_) => self.until = self.until.max(statement.end()),
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}

/// What may close the file `name` that is used at `at`.
struct Closings<'n> {
    name: &'n str,
    at: TextRange,
    until: TextSize,
    found: bool,
}

impl Closings<'_> {
    fn is_it(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Name(name) if name.id == self.name && name.ctx.is_load())
    }

    /// `with open(path) as fh` has closed it at its end, `with fh` whenever it has run.
    fn item(&mut self, item: &WithItem, end: TextSize) {
        let target = item.optional_vars.as_deref();
        let bound = target.is_some_and(|target| target_binds(target, self.name));
        self.found |= bound && end <= self.at.start();
        let own = item.context_expr.range() == self.at;
        self.found |= self.is_it(&item.context_expr) && !own;
        if !self.is_it(&item.context_expr) {
            self.visit_expr(&item.context_expr);
        }
    }
}

impl<'a> Visitor<'a> for Closings<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if statement.start() > self.until {
            return;
        }
        match statement {
            Stmt::With(with) => {
                for item in &with.items {
                    self.item(item, with.end());
                }
                self.visit_body(&with.body);
            }
            // It runs whenever it is called.
            Stmt::FunctionDef(function) => {
                let until = std::mem::replace(&mut self.until, TextSize::new(u32::MAX));
                self.visit_body(&function.body);
                self.until = until;
            }
            Stmt::For(each) if self.is_it(&each.iter) => {
                self.visit_body(&each.body);
                self.visit_body(&each.orelse);
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if expr.start() > self.until {
            return;
        }
        match expr {
            // `fh.read()`
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(method) if self.is_it(&method.value) => {
                    self.found |= &method.attr == "close" && method.value.range() != self.at;
                    self.visit_arguments(&call.arguments);
                }
                _ => walk_expr(self, expr),
            },
            _ => {
                self.found |= self.is_it(expr) && expr.range() != self.at;
                walk_expr(self, expr);
            }
        }
    }
}
