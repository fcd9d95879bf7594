//! Whether a function may run before the logger of its module is bound: something between the two calls it, or another
//! module of the project may.

use std::collections::{BTreeMap, BTreeSet};

use codemend_engine::module::Module;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Decorator, Expr, Stmt};
use codemend_engine::syntax::{Ranged, TextSize};

use super::site::{Around, Site};

/// What runs while the module level is on its way to `ready`.
pub struct Early<'a> {
    ready: TextSize,
    /// Names, each with the functions and classes of the module level that mention it.
    mentioned: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// Names, each with the last place where code that runs mentions it.
    last: BTreeMap<&'a str, TextSize>,
    /// Where the last module of the project is loaded, which may call anything.
    loads: Option<TextSize>,
}

impl<'a> Early<'a> {
    pub fn of(module: &'a Module<'_>, ready: TextSize) -> Self {
        let mut runs = Runs {
            module,
            last: BTreeMap::new(),
            loads: None,
        };
        let mut mentioned: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let suite = module.suite().iter();
        for statement in suite.take_while(|one| one.start() < ready) {
            runs.visit_stmt(statement);
            let by = match statement {
                Stmt::FunctionDef(function) => function.name.as_str(),
                Stmt::ClassDef(class) => class.name.as_str(),
                _ => continue,
            };
            let mut mentions = Mentions(BTreeSet::new());
            walk_stmt(&mut mentions, statement);
            for name in mentions.0 {
                mentioned.entry(name).or_default().insert(by);
            }
        }
        Self {
            ready,
            mentioned,
            last: runs.last,
            loads: runs.loads,
        }
    }

    /// Whether the function around `site` may run before the module level is ready.
    pub fn runs(&self, site: &Site<'a>) -> bool {
        let start = site.start();
        if start >= self.ready {
            return false;
        }
        // `@call def start(): ...`
        if site.around.iter().any(|one| !all_wait(decorators(*one))) {
            return true;
        }
        let mut callers: BTreeSet<&str> = BTreeSet::new();
        let mut left: Vec<&str> = site.around.iter().map(|one| one.name()).collect();
        while let Some(name) = left.pop() {
            if callers.insert(name) {
                left.extend(self.mentioned.get(name).into_iter().flatten());
            }
        }
        let is_later = |place: &TextSize| *place > start;
        self.loads.as_ref().is_some_and(is_later)
            || callers
                .iter()
                .any(|name| self.last.get(name).is_some_and(is_later))
    }
}

fn decorators(around: Around<'_>) -> &[Decorator] {
    match around {
        Around::Function(function) => &function.decorator_list,
        Around::Class(class) => &class.decorator_list,
    }
}

/// Whether all of `decorators` only wrap what they are given.
fn all_wait(decorators: &[Decorator]) -> bool {
    let plain = [
        "abstractmethod",
        "classmethod",
        "override",
        "property",
        "staticmethod",
    ];
    decorators
        .iter()
        .all(|one| matches!(&one.expression, Expr::Name(name) if plain.contains(&name.id.as_str())))
}

/// The name that `expr` is, or ends with.
fn last_name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

struct Mentions<'a>(BTreeSet<&'a str>);

impl<'a> Visitor<'a> for Mentions<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.0.extend(last_name(expr));
        walk_expr(self, expr);
    }
}

/// What runs when the module is loaded, up to some place.
struct Runs<'a, 'm> {
    module: &'a Module<'m>,
    last: BTreeMap<&'a str, TextSize>,
    loads: Option<TextSize>,
}

impl Runs<'_, '_> {
    fn load(&mut self, place: TextSize, module: Option<&str>, level: u32) {
        let names = self.module.names();
        if names.origin_of_module(module, level).is_none() {
            self.loads = Some(place);
        }
    }
}

impl<'a> Visitor<'a> for Runs<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let start = statement.start();
        match statement {
            Stmt::FunctionDef(function) => {
                let decorators = function.decorator_list.iter();
                decorators.for_each(|one| self.visit_expr(&one.expression));
                let parameters = function.parameters.iter_non_variadic_params();
                let defaults = parameters.filter_map(|one| one.default.as_deref());
                defaults.for_each(|one| self.visit_expr(one));
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    self.load(start, Some(alias.name.as_str()), 0);
                }
            }
            Stmt::ImportFrom(import) => self.load(start, import.module.as_deref(), import.level),
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Some(name) = last_name(expr) {
            self.last.insert(name, expr.start());
        }
        walk_expr(self, expr);
    }
}
