//! Branches, handlers, managers and patterns: where paths part, and what holds where they meet again.

use codemend_engine::flow::is_wildcard;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_pattern};
use codemend_engine::syntax::ast::{
    ExceptHandler, Expr, Pattern, Stmt, StmtIf, StmtMatch, StmtTry, StmtWith,
};

use super::scan::Use;
use super::study::Study;
use super::value::{Fact, Locals};

impl<'db> Study<'_, 'db> {
    pub(super) fn branch(&mut self, one: &StmtIf) {
        self.scan(&one.test, Use::Read);
        let mut rest = self.locals.clone();
        self.narrow(&one.test, true);
        self.block(&one.body);
        let mut joined = std::mem::take(&mut self.locals);
        std::mem::swap(&mut self.locals, &mut rest);
        self.narrow(&one.test, false);
        for clause in &one.elif_else_clauses {
            let mut otherwise = Locals {
                dead: true,
                ..Locals::default()
            };
            if let Some(test) = &clause.test {
                self.scan(test, Use::Read);
                otherwise = self.locals.clone();
                self.narrow(test, true);
            }
            self.block(&clause.body);
            joined = joined.join(std::mem::take(&mut self.locals));
            self.locals = otherwise;
            if let Some(test) = &clause.test {
                self.narrow(test, false);
            }
        }
        self.locals = joined.join(std::mem::take(&mut self.locals));
    }

    pub(super) fn attempt(&mut self, one: &StmtTry) {
        for statement in &one.finalbody {
            let mut disturbed = Disturbed::default();
            disturbed.visit_stmt(statement);
            for target in disturbed.targets {
                self.disturb(target, "is changed in a `finally`");
            }
            if disturbed.leaves {
                let reason = "a `finally` returns, or leaves a loop";
                self.returned.push(Fact::unknown(reason));
            }
            for name in disturbed.stored {
                self.locals.bind(
                    name,
                    Fact::unknown(format!("`{name}` is set in a `finally`")),
                );
            }
        }
        self.tries.push(self.locals.clone());
        self.block(&one.body);
        let raised = self.tries.pop().unwrap_or_default();
        self.block(&one.orelse);
        let mut joined = std::mem::take(&mut self.locals);
        for handler in &one.handlers {
            let ExceptHandler::ExceptHandler(handler) = handler;
            self.locals = raised.clone();
            if let Some(name) = &handler.name {
                self.locals.bind(name, Fact::unknown("an exception"));
            }
            self.block(&handler.body);
            joined = joined.join(std::mem::take(&mut self.locals));
        }
        self.locals = joined;
        if one.finalbody.is_empty() {
            return;
        }
        let dead = self.locals.dead;
        if dead {
            self.locals = raised;
        }
        self.block(&one.finalbody);
        self.locals.dead |= dead;
    }

    pub(super) fn with(&mut self, one: &StmtWith) {
        let mut swallows = false;
        for item in &one.items {
            self.scan(&item.context_expr, Use::Read);
            swallows |= self.swallows(&item.context_expr);
            if let Some(target) = &item.optional_vars {
                let fact =
                    Fact::unknown(super::calls::unknown_call(self.names, &item.context_expr));
                self.assign(target, fact, None);
            }
        }
        self.tries.push(self.locals.clone());
        self.block(&one.body);
        let raised = self.tries.pop().unwrap_or_default();
        if swallows {
            let end = std::mem::take(&mut self.locals);
            self.locals = end.join(raised);
        }
    }

    pub(super) fn match_(&mut self, one: &StmtMatch) {
        self.scan(&one.subject, Use::Hold);
        let shared = self.mentions_shareable(&one.subject);
        let before = self.locals.clone();
        let mut joined = Locals {
            dead: true,
            ..Locals::default()
        };
        let mut complete = false;
        for case in &one.cases {
            self.locals = before.clone();
            let mut bound = Captures::default();
            bound.visit_pattern(&case.pattern);
            for name in bound.0 {
                self.locals.bind(name, Fact::unknown("bound by a pattern"));
                if let Some(binding) = self.locals.names.get_mut(name) {
                    binding.shared = shared;
                }
            }
            if let Some(guard) = &case.guard {
                self.scan(guard, Use::Read);
            }
            self.block(&case.body);
            joined = joined.join(std::mem::take(&mut self.locals));
            complete |= case.guard.is_none() && is_wildcard(&case.pattern);
        }
        self.locals = match complete {
            true => joined,
            false => joined.join(before),
        };
    }
}

/// The names that a pattern binds.
#[derive(Default)]
struct Captures<'a>(Vec<&'a str>);

impl<'a> Visitor<'a> for Captures<'a> {
    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(one) => one.name.as_ref(),
            Pattern::MatchStar(one) => one.name.as_ref(),
            Pattern::MatchMapping(one) => one.rest.as_ref(),
            _ => None,
        };
        self.0.extend(name.map(|name| name.as_str()));
        walk_pattern(self, pattern);
    }
}

/// What a `finally` may change: targets of stores below a name, receivers of methods, names.
#[derive(Default)]
struct Disturbed<'a> {
    targets: Vec<&'a Expr>,
    stored: Vec<&'a str>,
    /// It returns, breaks or continues, and so forgets what was raised or returned.
    leaves: bool,
}

impl<'a> Visitor<'a> for Disturbed<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Return(_) | Stmt::Break(_) | Stmt::Continue(_) => self.leaves = true,
            Stmt::AugAssign(one) => self.targets.push(&one.target),
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            _ => {}
        }
        codemend_engine::syntax::ast::visitor::walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(one) if !one.ctx.is_load() => self.stored.push(&one.id),
            Expr::Subscript(one) if !one.ctx.is_load() => self.targets.push(expr),
            Expr::Attribute(one) if !one.ctx.is_load() => self.targets.push(expr),
            Expr::Call(call) => {
                self.targets.push(&call.func);
                for argument in call.arguments.iter_source_order() {
                    self.targets.push(argument.value());
                }
            }
            _ => {}
        }
        codemend_engine::syntax::ast::visitor::walk_expr(self, expr);
    }
}
