//! Whether a function may run before the logger of its module is bound: something between the two calls it, or another
//! module of the project may.

use std::collections::BTreeSet;

use codemend_engine::module::Module;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Decorator, Expr, Stmt};
use codemend_engine::syntax::{Ranged, TextSize};

use super::site::{Around, Site};

/// Whether the function around `site` may run before the module level has passed `ready`.
pub fn runs_before(module: &Module<'_>, site: &Site<'_>, ready: TextSize) -> bool {
    let Some(first) = site.around.first() else {
        return false;
    };
    if first.range().start() >= ready {
        return false;
    }
    // `@call def start(): ...`
    if site.around.iter().any(|one| !all_wait(decorators(*one))) {
        return true;
    }
    let callers = callers(module, site, ready);
    let mut runs = Runs {
        module,
        names: &callers,
        found: false,
    };
    for statement in module.suite() {
        let is_own = statement.range() == first.range();
        if statement.start() < ready && (is_own || statement.start() > first.range().start()) {
            runs.visit_stmt(statement);
        }
    }
    runs.found
}

fn decorators(around: Around<'_>) -> &[Decorator] {
    match around {
        Around::Function(function) => &function.decorator_list,
        Around::Class(class) => &class.decorator_list,
    }
}

/// Whether all of `decorators` only wrap what they are given.
fn all_wait(decorators: &[Decorator]) -> bool {
    let plain = ["abstractmethod", "classmethod", "override", "property", "staticmethod"];
    decorators.iter().all(|one| {
        matches!(&one.expression, Expr::Name(name) if plain.contains(&name.id.as_str()))
    })
}

/// The functions and classes around `site`, and those of the module level above `ready` that may call them.
fn callers<'a>(module: &'a Module<'_>, site: &Site<'a>, ready: TextSize) -> BTreeSet<&'a str> {
    let mut names: BTreeSet<&str> = site.around.iter().map(|one| one.name()).collect();
    let mut known = 0;
    while known < names.len() {
        known = names.len();
        for statement in module.suite() {
            let name = match statement {
                Stmt::FunctionDef(function) => function.name.as_str(),
                Stmt::ClassDef(class) => class.name.as_str(),
                _ => continue,
            };
            if statement.start() >= ready || names.contains(name) {
                continue;
            }
            let mut mentions = Mentions {
                names: &names,
                found: false,
            };
            walk_stmt(&mut mentions, statement);
            if mentions.found {
                names.insert(name);
            }
        }
    }
    names
}

fn is_one(expr: &Expr, names: &BTreeSet<&str>) -> bool {
    match expr {
        Expr::Name(name) => names.contains(name.id.as_str()),
        Expr::Attribute(attribute) => names.contains(attribute.attr.as_str()),
        _ => false,
    }
}

struct Mentions<'n> {
    names: &'n BTreeSet<&'n str>,
    found: bool,
}

impl<'a> Visitor<'a> for Mentions<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found |= is_one(expr, self.names);
        walk_expr(self, expr);
    }
}

/// What runs when the module is loaded: it mentions one of `names`, or loads a module of the project, which may.
struct Runs<'n, 'm> {
    module: &'n Module<'m>,
    names: &'n BTreeSet<&'n str>,
    found: bool,
}

impl Runs<'_, '_> {
    fn loads(&self, module: Option<&str>, level: u32) -> bool {
        self.module.names().origin_of_module(module, level).is_none()
    }
}

impl<'a> Visitor<'a> for Runs<'_, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                let decorators = function.decorator_list.iter();
                decorators.for_each(|one| self.visit_expr(&one.expression));
                let parameters = function.parameters.iter_non_variadic_params();
                let defaults = parameters.filter_map(|one| one.default.as_deref());
                defaults.for_each(|one| self.visit_expr(one));
            }
            Stmt::Import(import) => {
                let mut names = import.names.iter();
                self.found |= names.any(|alias| self.loads(Some(alias.name.as_str()), 0));
            }
            Stmt::ImportFrom(import) => {
                self.found |= self.loads(import.module.as_deref(), import.level);
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found |= is_one(expr, self.names);
        walk_expr(self, expr);
    }
}
