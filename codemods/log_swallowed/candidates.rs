//! The names of the module level that may be loggers, and from where on they are bound whatever runs.

use std::collections::BTreeMap;

use codemend_engine::bindings::{Bindings, Bound};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_stmt};
use codemend_engine::syntax::ast::{ExceptHandler, Expr, ExprTuple, Stmt, StmtTry};
use codemend_engine::syntax::{Ranged, TextSize};

/// A name of the module level that may be a logger.
pub struct Candidate<'a> {
    pub name: &'a str,
    /// What an import calls it where it comes from; else its own name.
    pub original: &'a str,
    /// What it is bound to here. Imports bring no value.
    pub values: Vec<&'a Expr>,
    /// How often it is imported.
    pub imports: usize,
    /// Whether something else binds it: a loop, a function.
    pub is_mixed: bool,
    /// Where it is bound, whatever runs; `None` where it may never be.
    pub ready: Option<TextSize>,
}

impl Candidate<'_> {
    /// Whether it is called like a logger, here or where it comes from.
    pub fn is_like(&self) -> bool {
        is_like(self.name) || is_like(self.original)
    }
}

/// Whether `name` is one for a logger, and none for a class or for a function that makes one: `log`, `_LOGGER`,
/// `audit_log`.
pub fn is_like(name: &str) -> bool {
    let bare = name.trim_matches('_');
    let is_class = bare.starts_with(char::is_uppercase) && bare.contains(char::is_lowercase);
    let lower = bare.to_lowercase();
    let is_maker = MAKING.iter().any(|verb| {
        let rest = lower.strip_prefix(verb);
        rest.is_some_and(|rest| rest == "logger" || rest.starts_with('_'))
    });
    let is_word = |word: &str| matches!(word, "log" | "logs" | "logger" | "logging" | "lgr");
    !is_class && !is_maker && (lower.ends_with("logger") || lower.split('_').any(is_word))
}

/// How names of functions begin that make or set up a logger.
const MAKING: &[&str] = &[
    "build",
    "configure",
    "create",
    "get",
    "init",
    "make",
    "new",
    "set",
    "use",
];

/// The candidates of `suite`, which binds `all`, in the order in which they are bound first.
pub fn candidates<'a>(suite: &'a [Stmt], all: &Bindings<'a>) -> Vec<Candidate<'a>> {
    let mut finder = Finder::default();
    finder.visit_body(suite);
    let mut found = finder.found;
    for candidate in &mut found {
        let counts = |one: &&Bound<'_>| !matches!(one, Bound::Annotated(_, None));
        let times = all.get(candidate.name);
        let times = times.map_or(0, |all| all.iter().filter(counts).count());
        candidate.is_mixed = times != candidate.values.len() + candidate.imports;
        let mut bound = suite.iter();
        candidate.ready = bound
            .find(|statement| always_binds(statement, candidate.name))
            .map(Ranged::end);
    }
    found
}

#[derive(Default)]
struct Finder<'a> {
    found: Vec<Candidate<'a>>,
    at: BTreeMap<&'a str, usize>,
}

impl<'a> Finder<'a> {
    fn of(&mut self, name: &'a str, original: &'a str) -> &mut Candidate<'a> {
        let next = self.found.len();
        let at = *self.at.entry(name).or_insert(next);
        if at == next {
            self.found.push(Candidate {
                name,
                original,
                values: Vec::new(),
                imports: 0,
                is_mixed: false,
                ready: None,
            });
        }
        &mut self.found[at]
    }

    fn value(&mut self, target: &'a Expr, value: &'a Expr) {
        match (target, value) {
            (Expr::Name(name), _) => self.of(&name.id, &name.id).values.push(value),
            // `logger, tracer = getLogger(__name__), Tracer()`
            (Expr::Tuple(targets), Expr::Tuple(values)) if is_pairwise(targets, values) => {
                let pairs = targets.iter().zip(values.iter());
                pairs.for_each(|(target, value)| self.value(target, value));
            }
            _ => {}
        }
    }
}

impl<'a> Visitor<'a> for Finder<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::Assign(one) => {
                let targets = one.targets.iter();
                targets.for_each(|target| self.value(target, &one.value));
            }
            Stmt::AnnAssign(one) => {
                match (one.value.as_deref(), &*one.target) {
                    (Some(value), target) => self.value(target, value),
                    // `logger: Logger`, which a function binds
                    (None, Expr::Name(name)) => drop(self.of(&name.id, &name.id)),
                    (None, _) => {}
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    self.of(name, &alias.name).imports += 1;
                }
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}

/// Whether each of `targets` gets the value in the same place of `values`.
fn is_pairwise(targets: &ExprTuple, values: &ExprTuple) -> bool {
    let mut all = targets.iter().chain(values.iter());
    targets.len() == values.len() && all.all(|one| !one.is_starred_expr())
}

/// Whether `name` is bound once `statement` has run, whichever way.
fn always_binds(statement: &Stmt, name: &str) -> bool {
    let is_name = |target: &Expr| matches!(target, Expr::Name(one) if one.id == name);
    let is_it = |target: &Expr| match target {
        Expr::Tuple(targets) => targets.iter().any(is_name),
        _ => is_name(target),
    };
    match statement {
        Stmt::Assign(one) => one.targets.iter().any(is_it),
        Stmt::AnnAssign(one) => one.value.is_some() && is_it(&one.target),
        Stmt::ImportFrom(import) => import
            .names
            .iter()
            .any(|alias| alias.asname.as_ref().unwrap_or(&alias.name).as_str() == name),
        Stmt::If(one) => {
            let has_else = one.elif_else_clauses.last();
            let has_else = has_else.is_some_and(|clause| clause.test.is_none());
            let mut others = one.elif_else_clauses.iter();
            has_else && any_binds(&one.body, name) && others.all(|it| any_binds(&it.body, name))
        }
        Stmt::Try(one) => try_binds(one, name),
        _ => false,
    }
}

fn try_binds(attempt: &StmtTry, name: &str) -> bool {
    let body = any_binds(&attempt.body, name) || any_binds(&attempt.orelse, name);
    let mut handlers = attempt.handlers.iter();
    let handled = handlers.all(|ExceptHandler::ExceptHandler(it)| any_binds(&it.body, name));
    body && handled || any_binds(&attempt.finalbody, name)
}

/// Whether one of `body` binds `name`, or none behind it is reached.
fn any_binds(body: &[Stmt], name: &str) -> bool {
    body.iter()
        .any(|one| leaves(one) || always_binds(one, name))
}

/// Whether nothing runs behind `statement`: `raise`, `sys.exit(1)`.
fn leaves(statement: &Stmt) -> bool {
    match statement {
        Stmt::Raise(_) => true,
        Stmt::Expr(one) => matches!(&*one.value, Expr::Call(call) if match &*call.func {
            Expr::Name(name) => matches!(name.id.as_str(), "exit" | "quit"),
            Expr::Attribute(exit) => matches!(exit.attr.as_str(), "exit" | "_exit"),
            _ => false,
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn names_are_like_a_loggers_by_their_words() {
        for name in ["log", "_LOGGER", "audit_log", "user_logger", "LOG", "log_"] {
            assert!(is_like(name), "{name}");
        }
        for name in [
            "catalog",
            "login",
            "dialog",
            "blog",
            "messages",
            "console",
            "getLogger",
            "Logger",
        ] {
            assert!(!is_like(name), "{name}");
        }
    }
}
