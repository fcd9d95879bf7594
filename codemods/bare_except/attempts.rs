//! What an inner `try` catches and lets through, and what `raise` raises.

use codemend_engine::project::is_standard;
use codemend_engine::semantic::{Kind as OutsideKind, Where};
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::{ExceptHandlerExceptHandler, Expr, StmtRaise, StmtTry};

use super::body::Body;
use super::clause::handlers;
use super::effects::Effects;
use super::raised::{Ancestor, ancestor, is_plainly_made, itself, takes_any};
use super::written::binds_anywhere;

impl Body<'_, '_, '_> {
    /// An inner `try`: what its handlers catch is taken out, and what they raise is added.
    pub fn attempt(&mut self, attempt: &StmtTry) {
        let mut inner = Body::new(self.scene, self.trail.clone());
        inner.caught.clone_from(&self.caught);
        inner.held.clone_from(&self.held);
        inner.statements(&attempt.body);
        let mut left = inner.effects;
        for handler in handlers(attempt) {
            let caught = self.catch(&mut left, handler);
            if let Some(class) = handler.type_.as_deref() {
                self.caught_class(class);
            }
            let name = handler.name.as_ref().map(|name| name.to_string());
            let held = name.filter(|name| !binds_anywhere(&handler.body, name));
            let outer = self.held.len();
            self.held.extend(held);
            self.caught.push(caught);
            self.statements(&handler.body);
            self.caught.pop();
            self.held.truncate(outer);
        }
        if attempt.is_star && !attempt.handlers.is_empty() {
            self.opaque(attempt.range());
        }
        self.effects.add(left);
        self.statements(&attempt.orelse);
        self.statements(&attempt.finalbody);
    }

    /// `except class`: what is no exception raises `TypeError` when something comes there.
    fn caught_class(&mut self, class: &Expr) {
        let classes: &[Expr] = match class {
            Expr::Tuple(tuple) => &tuple.elts,
            one => std::slice::from_ref(one),
        };
        for class in classes {
            self.root(class);
            let name = self.scene.names.qualified_name(class, Where::default());
            // `except queue.Empty`
            let is_class = |name: &str| {
                is_standard(name.split('.').next().unwrap_or_default())
                    && self.scene.names.outside_kind(name) == OutsideKind::Class
            };
            let ancestor = ancestor(self.scene.names, class);
            if matches!(ancestor, Ancestor::Unknown | Ancestor::Plain)
                && !name.as_deref().is_some_and(is_class)
            {
                self.opaque(class);
            }
        }
    }

    fn catch(&self, left: &mut Effects, handler: &ExceptHandlerExceptHandler) -> Effects {
        let Some(class) = handler.type_.as_deref() else {
            return left.catch(self.scene.table, "BaseException");
        };
        let classes: &[Expr] = match class {
            Expr::Tuple(tuple) => &tuple.elts,
            one => std::slice::from_ref(one),
        };
        let mut all = Effects::default();
        for class in classes {
            match itself(self.scene.names, class) {
                Some(name) => all.add(left.catch(self.scene.table, &name)),
                // It may catch some of it, and a bare `raise` lets that through again.
                None => all.add(left.clone()),
            }
        }
        all
    }

    pub fn raise(&mut self, raise: &StmtRaise) {
        if let Some(cause) = raise.cause.as_deref() {
            self.cause(cause);
        }
        let Some(raised) = raise.exc.as_deref() else {
            match self.caught.last().cloned() {
                Some(caught) => self.effects.add(caught),
                None => self.opaque(raise),
            }
            return;
        };
        let class = match raised {
            Expr::Call(call) => {
                if !takes_any(&call.arguments, &call.func) {
                    self.opaque(call);
                }
                for argument in call.arguments.iter_source_order() {
                    self.expr(argument.value());
                    if argument.value().is_starred_expr() {
                        self.opaque(argument.value());
                    }
                }
                &*call.func
            }
            other => other,
        };
        self.root(class);
        match ancestor(self.scene.names, class) {
            Ancestor::Known(name) if is_plainly_made(self.scene.names, class) => {
                self.raises(raise, [name.as_str()]);
            }
            _ => self.opaque(raise),
        }
    }

    /// `raise ... from cause`: what is no exception raises `TypeError`.
    fn cause(&mut self, cause: &Expr) {
        let held = matches!(cause, Expr::Name(name) if self.held.contains(&name.id.to_string()));
        if cause.is_none_literal_expr() || held {
            return;
        }
        self.opaque(cause);
    }
}
