//! `await` of something that was cancelled above: the clause is there for its `CancelledError`.

use std::collections::BTreeSet;

use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::TextSize;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, Stmt};

use super::clause::Clause;

/// What gives the tasks of a container one by one, or all of them: builtins and methods of containers.
const HANDS_OVER: [&str; 10] = [
    "copy",
    "enumerate",
    "items",
    "iter",
    "list",
    "pop",
    "reversed",
    "set",
    "tuple",
    "values",
];

/// What the body of `clause` awaits although it was cancelled earlier in the function, as it is written.
pub fn awaited(clause: &Clause<'_>) -> Option<String> {
    let function = clause.functions.last()?;
    let mut calls = Calls {
        cancelled: Vec::new(),
        aliases: Vec::new(),
    };
    calls.visit_body(&function.body);
    if calls.cancelled.is_empty() {
        return None;
    }
    let mut waits = Waits {
        calls: &calls,
        found: None,
    };
    waits.visit_body(&clause.attempt.body);
    waits.found
}

/// The calls of `.cancel()` in a function, and the names that stand for one another.
struct Calls {
    /// `self.task`, with where it was cancelled.
    cancelled: Vec<(String, TextSize)>,
    aliases: Vec<(String, String)>,
}

impl Calls {
    fn alias(&mut self, target: &Expr, value: &Expr) {
        let value = match value {
            // `for index, task in enumerate(tasks)`, `for task in self.tasks.values()`
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(method) if HANDS_OVER.contains(&method.attr.as_str()) => {
                    &method.value
                }
                Expr::Name(name) if HANDS_OVER.contains(&name.id.as_str()) => {
                    match call.arguments.args.first() {
                        Some(first) => first,
                        None => return,
                    }
                }
                _ => return,
            },
            other => other,
        };
        let Some(value) = path(value) else {
            return;
        };
        let targets: &[Expr] = match target {
            Expr::Tuple(tuple) => &tuple.elts,
            one => std::slice::from_ref(one),
        };
        let names = targets.iter().filter_map(path);
        self.aliases.extend(names.map(|name| (name, value.clone())));
    }

    /// Everything that was cancelled before `offset`, by all of its names.
    fn before(&self, offset: TextSize) -> BTreeSet<&str> {
        let early = self.cancelled.iter().filter(|(_, at)| *at < offset);
        let mut all: BTreeSet<&str> = early.map(|(name, _)| name.as_str()).collect();
        loop {
            let known = all.len();
            for (one, other) in &self.aliases {
                if all.contains(one.as_str()) {
                    all.insert(other);
                } else if all.contains(other.as_str()) {
                    all.insert(one);
                }
            }
            if all.len() == known {
                return all;
            }
        }
    }
}

impl<'a> Visitor<'a> for Calls {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            Stmt::Assign(one) => {
                for target in &one.targets {
                    self.alias(target, &one.value);
                }
            }
            Stmt::For(one) => self.alias(&one.target, &one.iter),
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => {
                if let Expr::Attribute(method) = &*call.func
                    && &method.attr == "cancel"
                    && let Some(task) = path(&method.value)
                {
                    self.cancelled.push((task, expr.start()));
                }
            }
            Expr::Named(named) => self.alias(&named.target, &named.value),
            Expr::ListComp(list) => {
                for generator in &list.generators {
                    self.alias(&generator.target, &generator.iter);
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

struct Waits<'c> {
    calls: &'c Calls,
    found: Option<String>,
}

impl<'a> Visitor<'a> for Waits<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if !matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
            walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Await(wait) = expr {
            let cancelled = self.calls.before(wait.end());
            let mut paths = Paths(Vec::new());
            paths.visit_expr(&wait.value);
            let hit = paths
                .0
                .into_iter()
                .find(|one| cancelled.contains(one.as_str()));
            self.found = self.found.take().or(hit);
        }
        walk_expr(self, expr);
    }
}

/// The names and dotted names in an expression.
struct Paths(Vec<String>);

impl<'a> Visitor<'a> for Paths {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.0.extend(path(expr));
        walk_expr(self, expr);
    }
}

/// `self.task`, `tasks`, `tasks[0]` as `tasks`.
fn path(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(attribute) => {
            let owner = path(&attribute.value)?;
            Some(format!("{owner}.{}", attribute.attr))
        }
        Expr::Subscript(subscript) => path(&subscript.value),
        Expr::Starred(starred) => path(&starred.value),
        _ => None,
    }
}
