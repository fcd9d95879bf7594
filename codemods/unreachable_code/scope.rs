//! What the names of a function depend on.
//!
//! Python decides by the text alone, dead or not, which names are a function's own and whether it is a generator. So a
//! dead statement can matter: `limit = 5` behind a `return` makes `limit` local in all of the function.

use std::collections::BTreeSet;

use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_pattern, walk_stmt};
use codemend_engine::syntax::ast::{
    ExceptHandler, Expr, Parameters, Pattern, Stmt, StmtFunctionDef,
};
use codemend_engine::syntax::{Ranged, TextRange};

/// What some statements of a function say about its names.
#[derive(Debug, Default)]
pub struct Scope<'a> {
    /// Names that they bind or delete in the function itself.
    pub binds: BTreeSet<&'a str>,
    /// Names that they declare `global` or `nonlocal`.
    pub declares: BTreeSet<&'a str>,
    /// All names that they mention, functions in them included.
    pub mentions: BTreeSet<&'a str>,
    /// Whether they yield.
    pub yields: bool,
    /// Statements that are passed over: sorted, disjoint.
    skipped: Vec<TextRange>,
    /// How many functions, classes and lambdas are around what is looked at.
    depth: usize,
    /// How many comprehensions.
    comprehensions: usize,
}

impl<'a> Scope<'a> {
    /// Of all statements of `function` but those in the ranges `skipped`.
    pub fn of_rest(function: &'a StmtFunctionDef, mut skipped: Vec<TextRange>) -> Self {
        skipped.sort_by_key(Ranged::start);
        let mut scope = Self {
            skipped,
            ..Self::default()
        };
        scope.parameters(&function.parameters);
        scope.visit_body(&function.body);
        scope
    }

    /// Of the statements in `body`.
    pub fn of_body(body: &'a [Stmt]) -> Self {
        let mut scope = Self::default();
        scope.visit_body(body);
        scope
    }

    /// The first name that means something else in the function whose living statements are `living` (and of which
    /// `used` mention names) once these statements are gone.
    pub fn decides(&self, living: &Self, used: &Self) -> Option<&'a str> {
        let bound = self.binds.iter().find(|name| {
            used.mentions.contains(*name)
                && !living.binds.contains(*name)
                && !living.declares.contains(*name)
        });
        let declared = self
            .declares
            .iter()
            .find(|name| used.mentions.contains(*name) && !living.declares.contains(*name));
        bound.or(declared).copied()
    }

    fn parameters(&mut self, parameters: &'a Parameters) {
        for parameter in parameters {
            self.binds.insert(parameter.name().as_str());
        }
    }

    fn bind(&mut self, name: &'a str) {
        self.mentions.insert(name);
        if self.depth == 0 {
            self.binds.insert(name);
        }
    }

    fn is_skipped(&self, range: TextRange) -> bool {
        let behind = self
            .skipped
            .partition_point(|one| one.start() <= range.start());
        let around = behind.checked_sub(1).map(|at| self.skipped[at]);
        around.is_some_and(|one| one.end() >= range.end())
    }

    fn inside(&mut self, look: impl FnOnce(&mut Self)) {
        self.depth += 1;
        look(self);
        self.depth -= 1;
    }

    fn function(&mut self, function: &'a StmtFunctionDef) {
        self.bind(&function.name);
        for decorator in &function.decorator_list {
            self.visit_decorator(decorator);
        }
        for parameter in function.parameters.iter_non_variadic_params() {
            self.defaults(parameter.default.as_deref());
        }
        self.inside(|scope| {
            if let Some(parameters) = &function.type_params {
                scope.visit_type_params(parameters);
            }
            scope.visit_parameters(&function.parameters);
            function
                .returns
                .iter()
                .for_each(|one| scope.visit_expr(one));
            scope.visit_body(&function.body);
        });
    }

    fn defaults(&mut self, default: Option<&'a Expr>) {
        if let Some(default) = default {
            self.visit_expr(default);
        }
    }
}

impl<'a> Visitor<'a> for Scope<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if self.is_skipped(statement.range()) {
            return;
        }
        match statement {
            Stmt::FunctionDef(function) => return self.function(function),
            Stmt::ClassDef(class) => {
                self.bind(&class.name);
                for decorator in &class.decorator_list {
                    self.visit_decorator(decorator);
                }
                if let Some(arguments) = &class.arguments {
                    self.visit_arguments(arguments);
                }
                return self.inside(|scope| {
                    if let Some(parameters) = &class.type_params {
                        scope.visit_type_params(parameters);
                    }
                    scope.visit_body(&class.body);
                });
            }
            Stmt::Global(one) => self.declare(one.names.iter().map(|name| name.as_str())),
            Stmt::Nonlocal(one) => self.declare(one.names.iter().map(|name| name.as_str())),
            Stmt::Import(one) => {
                for alias in &one.names {
                    let whole = alias.name.split('.').next().unwrap_or_default();
                    self.bind(alias.asname.as_ref().map_or(whole, |name| name.as_str()));
                }
            }
            Stmt::ImportFrom(one) => {
                for alias in &one.names {
                    self.bind(alias.asname.as_ref().unwrap_or(&alias.name));
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(inner) = handler;
        if let Some(name) = &inner.name {
            self.bind(name);
        }
        codemend_engine::syntax::ast::visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(one) => one.name.as_ref(),
            Pattern::MatchStar(one) => one.name.as_ref(),
            Pattern::MatchMapping(one) => one.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.bind(name);
        }
        walk_pattern(self, pattern);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            // A target of a comprehension is the comprehension's own.
            Expr::Name(name) if name.ctx.is_load() || self.comprehensions > 0 => {
                self.mentions.insert(&name.id);
            }
            Expr::Name(name) => self.bind(&name.id),
            // That of `:=` never is.
            Expr::Named(named) => {
                if let Expr::Name(name) = &*named.target {
                    self.bind(&name.id);
                }
                self.visit_expr(&named.value);
            }
            // The defaults of its parameters and the first iterable of a comprehension run in the function itself.
            Expr::Lambda(lambda) => {
                if let Some(parameters) = &lambda.parameters {
                    for parameter in parameters.iter_non_variadic_params() {
                        self.defaults(parameter.default.as_deref());
                    }
                }
                self.inside(|scope| walk_expr(scope, expr));
            }
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                let generators = match expr {
                    Expr::ListComp(one) => &one.generators,
                    Expr::SetComp(one) => &one.generators,
                    Expr::DictComp(one) => &one.generators,
                    Expr::Generator(one) => &one.generators,
                    _ => return,
                };
                if let Some(first) = generators.first() {
                    self.visit_expr(&first.iter);
                }
                self.comprehensions += 1;
                walk_expr(self, expr);
                self.comprehensions -= 1;
            }
            Expr::Yield(_) | Expr::YieldFrom(_) => {
                self.yields |= self.depth == 0 && self.comprehensions == 0;
                walk_expr(self, expr);
            }
            _ => walk_expr(self, expr),
        }
    }
}

impl<'a> Scope<'a> {
    fn declare(&mut self, names: impl Iterator<Item = &'a str>) {
        for name in names {
            self.mentions.insert(name);
            if self.depth == 0 {
                self.declares.insert(name);
            }
        }
    }
}
