//! What the expressions of a module do when it is imported: calls, looks into values, changes outside of it.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Decorator, Expr, Parameters, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextSize};

use super::digest::{Effect, ImportRef, LoadImport};
use super::origins::{HERE, imported_by_string, qualified};
use super::scan::Scanner;

/// Names of values that look something up when they are looked into, by convention.
const LOOKED_UP: [&str; 9] = [
    "settings",
    "config",
    "conf",
    "cfg",
    "env",
    "environ",
    "current_app",
    "request",
    "g",
];

impl<'a> Scanner<'a> {
    /// Something is assigned to or deleted. A name is nobody else's business; a part of another module is.
    pub(super) fn target(&mut self, target: &'a Expr) {
        match target {
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|one| self.target(one)),
            Expr::List(list) => list.elts.iter().for_each(|one| self.target(one)),
            Expr::Starred(starred) => self.target(&starred.value),
            Expr::Attribute(_) | Expr::Subscript(_) => {
                let mut root = target;
                loop {
                    root = match root {
                        Expr::Attribute(one) => &one.value,
                        Expr::Subscript(one) => &one.value,
                        _ => break,
                    };
                }
                let here =
                    qualified(root, &self.origins).is_some_and(|name| name.starts_with(HERE));
                if !here {
                    self.other("changes something outside the module", target.start());
                }
            }
            _ => {}
        }
    }

    pub(super) fn function(&mut self, function: &'a StmtFunctionDef) {
        self.decorators(&function.decorator_list);
        self.defaults(&function.parameters);
        if !self.postponed {
            for parameter in function.parameters.iter() {
                if let Some(annotation) = parameter.annotation() {
                    self.visit_expr(annotation);
                }
            }
            if let Some(returns) = &function.returns {
                self.visit_expr(returns);
            }
        }
    }

    pub(super) fn class(&mut self, class: &'a StmtClassDef) {
        self.decorators(&class.decorator_list);
        if let Some(arguments) = &class.arguments {
            arguments.args.iter().for_each(|one| self.visit_expr(one));
            arguments
                .keywords
                .iter()
                .for_each(|one| self.visit_expr(&one.value));
        }
        self.block(&class.body);
    }

    fn decorators(&mut self, decorators: &'a [Decorator]) {
        for decorator in decorators {
            self.visit_expr(&decorator.expression);
            if !decorator.expression.is_call_expr() {
                self.call(&decorator.expression);
            }
        }
    }

    fn defaults(&mut self, parameters: &'a Parameters) {
        for parameter in parameters.iter_non_variadic_params() {
            if let Some(default) = &parameter.default {
                self.visit_expr(default);
            }
        }
    }

    /// An import by a string runs now; by a computed name nobody knows what runs.
    fn named_import(&mut self, named: Option<String>, at: TextSize) {
        let line = self.line(at);
        let Some(module) = named else {
            self.digest.dynamic.get_or_insert(line);
            return;
        };
        self.digest.by_string.push((module.clone(), line));
        if !module.starts_with('.') {
            self.digest.imports.push(LoadImport {
                import: ImportRef {
                    module,
                    level: 0,
                    names: Vec::new(),
                    star: false,
                },
                at,
                line,
                runs: self.runs,
                guarded: self.guarded,
                lazy: false,
            });
        }
    }

    fn call(&mut self, callee: &Expr) {
        match qualified(callee, &self.origins) {
            Some(name) => self.effect(Effect::Call(name), callee.start()),
            None => self.other("calls something that cannot be followed", callee.start()),
        }
    }
}

impl<'a> Visitor<'a> for Scanner<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Lambda(lambda) => {
                if let Some(parameters) = &lambda.parameters {
                    self.defaults(parameters);
                }
            }
            Expr::Call(call) => {
                self.call(&call.func);
                if let Some(named) = imported_by_string(call, &self.origins) {
                    self.named_import(named, call.start());
                }
                walk_expr(self, expr);
            }
            Expr::Attribute(attribute) => {
                if let Expr::Name(name) = &*attribute.value {
                    let origin = qualified(&attribute.value, &self.origins);
                    let looked_up = LOOKED_UP.contains(&name.id.as_str());
                    if let Some(origin) =
                        origin.filter(|origin| looked_up && !origin.starts_with(HERE))
                    {
                        self.effect(Effect::Access(origin), expr.start());
                    }
                }
                if qualified(expr, &self.origins).as_deref() == Some("os.environ") {
                    self.other("reads the environment", expr.start());
                }
                walk_expr(self, expr);
            }
            Expr::Name(name) if name.ctx.is_load() => {
                if qualified(expr, &self.origins).as_deref() == Some("os.environ") {
                    self.other("reads the environment", expr.start());
                }
            }
            Expr::Await(_) | Expr::Yield(_) | Expr::YieldFrom(_) => {
                self.other("awaits something", expr.start());
            }
            _ => walk_expr(self, expr),
        }
    }
}
