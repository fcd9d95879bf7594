//! Whether a statement binds a name, in its own scope.

use codemend_engine::syntax::ast::visitor::{
    Visitor, walk_except_handler, walk_expr, walk_pattern, walk_stmt,
};
use codemend_engine::syntax::ast::{Alias, ExceptHandler, Expr, Pattern, Stmt};
use codemend_engine::syntax::{Ranged, TextSize};

/// Whether any of `block` binds `name`, on whatever way.
pub fn binds_anywhere(block: &[Stmt], name: &str) -> bool {
    let mut finder = Binds::new(name, Ways::Any);
    finder.visit_body(block);
    finder.found
}

/// Whether the simple statement `statement` binds `name` whenever it is run.
pub fn binds_always(statement: &Stmt, name: &str) -> bool {
    let mut finder = Binds::new(name, Ways::Sure);
    finder.visit_stmt(statement);
    finder.found
}

/// Whether `statement` has bound `name` with `:=` when it comes to `at`.
pub fn binds_before(statement: &Stmt, name: &str, at: TextSize) -> bool {
    let mut finder = Binds::new(name, Ways::Sure);
    finder.named_until = Some(at);
    walk_stmt(&mut finder, statement);
    finder.found
}

pub fn target_binds(target: &Expr, name: &str) -> bool {
    let mut finder = Binds::new(name, Ways::Any);
    finder.visit_expr(target);
    finder.found
}

pub fn pattern_binds(pattern: &Pattern, name: &str) -> bool {
    let mut finder = Binds::new(name, Ways::Any);
    finder.visit_pattern(pattern);
    finder.found
}

/// Which `:=` count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ways {
    Any,
    /// Those that run whenever the statement does: in `flag and (raw := "1")` it may not.
    Sure,
}

/// Whether a statement binds the name in its own scope.
struct Binds<'n> {
    name: &'n str,
    ways: Ways,
    /// Look for `:=` that end before this offset, and for nothing else.
    named_until: Option<TextSize>,
    found: bool,
}

impl<'n> Binds<'n> {
    fn new(name: &'n str, ways: Ways) -> Self {
        Self {
            name,
            ways,
            named_until: None,
            found: false,
        }
    }

    /// What of `expr` is evaluated whenever it is.
    fn visit_sure(&mut self, expr: &Expr) {
        match expr {
            Expr::BoolOp(operation) => {
                let first = operation.values.first();
                first.into_iter().for_each(|one| self.visit_expr(one));
            }
            Expr::If(choice) => self.visit_expr(&choice.test),
            Expr::Compare(comparison) => {
                self.visit_expr(&comparison.left);
                let first = comparison.comparators.first();
                first.into_iter().for_each(|one| self.visit_expr(one));
            }
            _ => walk_expr(self, expr),
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
            // `python -O` leaves it out.
            Stmt::Assert(_) if self.ways == Ways::Sure => {}
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match (expr, self.named_until) {
            (Expr::Lambda(_), _) => {}
            (Expr::Named(named), Some(until)) if named.end() <= until => {
                self.found |= matches!(&*named.target, Expr::Name(one) if one.id == self.name);
                self.visit_expr(&named.value);
            }
            (Expr::Name(name), None) => self.found |= !name.ctx.is_load() && name.id == self.name,
            // `[last := row for row in rows]` binds `last` around it, if there is a row.
            (
                Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_),
                None,
            ) if self.ways == Ways::Any => {
                let mut named = Named {
                    name: self.name,
                    found: false,
                };
                walk_expr(&mut named, expr);
                self.found |= named.found;
            }
            (Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_), _) => {}
            _ if self.ways == Ways::Sure => self.visit_sure(expr),
            _ => walk_expr(self, expr),
        }
    }

    fn visit_alias(&mut self, alias: &'a Alias) {
        let bound = alias.asname.as_ref().unwrap_or(&alias.name);
        self.found |= bound.split('.').next() == Some(self.name);
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(one) = handler;
        self.found |= one
            .name
            .as_ref()
            .is_some_and(|name| name.as_str() == self.name);
        walk_except_handler(self, handler);
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

/// Whether `:=` binds the name anywhere in an expression.
struct Named<'n> {
    name: &'n str,
    found: bool,
}

impl<'a> Visitor<'a> for Named<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Named(named) = expr {
            self.found |= matches!(&*named.target, Expr::Name(one) if one.id == self.name);
        }
        walk_expr(self, expr);
    }
}
