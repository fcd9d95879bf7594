//! `await` of something that was cancelled above: the clause is there for its `CancelledError`.

use std::collections::BTreeSet;

use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Comprehension, Expr, ExprCall, Stmt};
use codemend_engine::syntax::{Ranged, TextSize};

use super::clause::Clause;

/// Methods of containers that give what is in them.
const GIVING: &[&str] = &["copy", "get", "items", "pop", "union", "values"];

/// Methods of containers that put something in.
const TAKING: &[&str] = &[
    "add",
    "append",
    "appendleft",
    "extend",
    "insert",
    "setdefault",
    "update",
];

/// Functions that give what they are given, or something made of it that is cancelled with it.
const HANDING_OVER: &[&str] = &[
    "as_completed",
    "enumerate",
    "ensure_future",
    "filter",
    "gather",
    "iter",
    "list",
    "map",
    "reversed",
    "set",
    "shield",
    "sorted",
    "tuple",
    "wait",
    "wait_for",
    "zip",
];

/// `asyncio.current_task()`: whatever it awaits then is cancelled.
const ITSELF: &str = "asyncio.current_task()";

/// What the body of `clause` awaits although it was cancelled earlier in the function, as it is written. What a function
/// around it cancels may have been cancelled as well, and so may what stands below it in a loop.
pub fn awaited(clause: &Clause<'_>) -> Option<String> {
    let own = clause.functions.last()?;
    let mut calls = Calls::default();
    for function in &clause.functions {
        let mut around = Around {
            at: clause.start(),
            until: match function.range() == own.range() {
                true => clause.start(),
                false => TextSize::new(u32::MAX),
            },
        };
        around.visit_body(&function.body);
        let known = calls.cancelled.len();
        calls.visit_body(&function.body);
        let handler = clause.handler.range();
        let end = clause.attempt.body.last().map_or(around.until, Ranged::end);
        let mut place = 0;
        calls.cancelled.retain(|(_, at)| {
            place += 1;
            place <= known || *at < around.until.max(end) && !handler.contains(*at)
        });
    }
    if calls.cancelled.is_empty() {
        return None;
    }
    let mut waits = Waits {
        calls: &calls,
        body: clause.attempt.range(),
        found: None,
    };
    waits.visit_body(&clause.attempt.body);
    waits.found
}

/// The end of the outermost loop around `at`, if there is one.
struct Around {
    at: TextSize,
    until: TextSize,
}

impl<'a> Visitor<'a> for Around {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if !statement.range().contains(self.at) {
            return;
        }
        if matches!(statement, Stmt::For(_) | Stmt::While(_)) {
            self.until = self.until.max(statement.end());
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}

/// The calls of `.cancel()` in a function, and the names that stand for one another.
#[derive(Default)]
struct Calls {
    /// `self.task`, with where it was cancelled.
    cancelled: Vec<(String, TextSize)>,
    aliases: Vec<(String, String)>,
}

impl Calls {
    fn alias(&mut self, target: &Expr, value: &Expr) {
        let (mut targets, mut values) = (Vec::new(), Vec::new());
        sources(target, &mut targets);
        sources(value, &mut values);
        for target in &targets {
            let pairs = values.iter().map(|value| (target.clone(), value.clone()));
            self.aliases.extend(pairs);
        }
    }

    fn cancel(&mut self, task: &Expr, at: TextSize) {
        let mut tasks = Vec::new();
        sources(task, &mut tasks);
        if let Expr::Call(call) = task
            && path(&call.func).is_some_and(|path| path.ends_with("current_task"))
        {
            tasks.push(ITSELF.to_owned());
        }
        self.cancelled
            .extend(tasks.into_iter().map(|task| (task, at)));
    }

    fn call(&mut self, call: &ExprCall) {
        let arguments = &call.arguments.args;
        if let Expr::Attribute(method) = &*call.func
            && TAKING.contains(&method.attr.as_str())
        {
            arguments
                .iter()
                .for_each(|one| self.alias(&method.value, one));
        }
        // `map(lambda task: task.cancel(), tasks)`, `map(asyncio.Task.cancel, tasks)`
        let Some((first, rest)) = arguments.split_first() else {
            return;
        };
        match first {
            Expr::Attribute(method) if &method.attr == "cancel" => {
                rest.iter().for_each(|one| self.cancel(one, call.start()));
            }
            Expr::Lambda(lambda) => {
                let parameters = lambda.parameters.iter().flat_map(|all| all.iter());
                for parameter in parameters {
                    let mut values = Vec::new();
                    rest.iter().for_each(|one| sources(one, &mut values));
                    let name = parameter.name().to_string();
                    let pairs = values.into_iter().map(|value| (name.clone(), value));
                    self.aliases.extend(pairs);
                }
            }
            _ => {}
        }
    }

    /// Everything that was cancelled before `offset`, or stands below the body, by all of its names.
    fn all(&self, offset: TextSize, body: codemend_engine::syntax::TextRange) -> BTreeSet<&str> {
        let early = self
            .cancelled
            .iter()
            .filter(|(_, at)| *at < offset || !body.contains(*at));
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
            Stmt::AnnAssign(one) => {
                if let Some(value) = &one.value {
                    self.alias(&one.target, value);
                }
            }
            Stmt::AugAssign(one) => self.alias(&one.target, &one.value),
            Stmt::For(one) => self.alias(&one.target, &one.iter),
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            // Also where it is handed on: `loop.call_soon(task.cancel)`.
            Expr::Attribute(method) if &method.attr == "cancel" => {
                self.cancel(&method.value, expr.start());
            }
            Expr::Call(call) => self.call(call),
            Expr::Named(named) => self.alias(&named.target, &named.value),
            _ => {}
        }
        walk_expr(self, expr);
    }

    fn visit_comprehension(&mut self, one: &'a Comprehension) {
        self.alias(&one.target, &one.iter);
        self.visit_expr(&one.iter);
        one.ifs.iter().for_each(|test| self.visit_expr(test));
    }
}

struct Waits<'c> {
    calls: &'c Calls,
    body: codemend_engine::syntax::TextRange,
    found: Option<String>,
}

impl Waits<'_> {
    fn wait(&mut self, awaited: &Expr) {
        let cancelled = self.calls.all(awaited.end(), self.body);
        let mut paths = Paths(Vec::new());
        paths.visit_expr(awaited);
        let mut paths = paths.0.into_iter();
        let itself = cancelled.contains(ITSELF);
        let hit = paths.find(|one| itself || cancelled.contains(one.as_str()));
        self.found = self.found.take().or(hit);
    }
}

impl<'a> Visitor<'a> for Waits<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            Stmt::For(each) if each.is_async => self.wait(&each.iter),
            Stmt::With(with) if with.is_async => {
                with.items
                    .iter()
                    .for_each(|item| self.wait(&item.context_expr));
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Await(wait) = expr {
            self.wait(&wait.value);
        }
        walk_expr(self, expr);
    }

    fn visit_comprehension(&mut self, one: &'a Comprehension) {
        if one.is_async {
            self.wait(&one.iter);
        }
        codemend_engine::syntax::ast::visitor::walk_comprehension(self, one);
    }
}

/// The names of what the value of `expr` is, holds, or is taken out of.
fn sources(expr: &Expr, found: &mut Vec<String>) {
    if let Some(path) = path(expr) {
        return found.push(path);
    }
    let mut all = |parts: &[Expr]| parts.iter().for_each(|one| sources(one, found));
    match expr {
        Expr::Tuple(tuple) => all(&tuple.elts),
        Expr::List(list) => all(&list.elts),
        Expr::Set(set) => all(&set.elts),
        Expr::BoolOp(operation) => all(&operation.values),
        Expr::BinOp(operation) => {
            sources(&operation.left, found);
            sources(&operation.right, found);
        }
        Expr::If(choice) => {
            sources(&choice.body, found);
            sources(&choice.orelse, found);
        }
        Expr::Named(named) => {
            sources(&named.target, found);
            sources(&named.value, found);
        }
        Expr::ListComp(one) => sources(&one.elt, found),
        Expr::SetComp(one) => sources(&one.elt, found),
        Expr::Generator(one) => sources(&one.elt, found),
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(method) if GIVING.contains(&method.attr.as_str()) => {
                sources(&method.value, found);
            }
            // `asyncio.gather(one, other)`
            Expr::Attribute(method) if HANDING_OVER.contains(&method.attr.as_str()) => {
                all(&call.arguments.args);
            }
            Expr::Name(name) if HANDING_OVER.contains(&name.id.as_str()) => {
                all(&call.arguments.args);
            }
            _ => {}
        },
        _ => {}
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
