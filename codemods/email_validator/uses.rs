//! The places of a module that need email-validator when they run.

use codemend_engine::module::Module;
use codemend_engine::semantic::Where;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{
    Alias, ExceptHandler, Expr, ExprStringLiteral, ExprSubscript, Stmt, StmtIf, StmtTry,
};
use codemend_engine::syntax::{Ranged, TextRange, parse_type_annotation};

use super::names::{Bound, bound, is_type_checking, needed};

/// The import that needs it without Pydantic.
pub const PACKAGE: &str = "email_validator";

/// Every place of `module` that needs email-validator, and the name that needs it, in order.
pub fn uses(module: &Module<'_>) -> Vec<(TextRange, &'static str)> {
    let bound = bound(module);
    let mut finder = Finder {
        module,
        bound: &bound,
        found: Vec::new(),
        is_guarded: false,
        around: Around::Module,
        in_field: false,
    };
    finder.visit_body(module.suite());
    let mut found = finder.found;
    found.sort_by_key(|(range, _)| (range.start(), range.end()));
    found.dedup();
    found
}

struct Finder<'m, 'a> {
    module: &'m Module<'a>,
    bound: &'m Bound,
    found: Vec<(TextRange, &'static str)>,
    /// Below an `if`, or in a `try` that survives a missing package.
    is_guarded: bool,
    around: Around,
    /// In the annotation of a field, whose strings Pydantic evaluates.
    in_field: bool,
}

/// What a statement stands in directly.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    Module,
    /// A function's own body, where annotations of variables are not evaluated.
    Function,
    /// A class without bases is no model.
    Class {
        has_bases: bool,
    },
}

impl Finder<'_, '_> {
    fn import(&mut self, range: TextRange, is_package: bool) {
        if is_package && !self.is_guarded {
            self.found.push((range, PACKAGE));
        }
    }

    fn guarded(&mut self, body: &[Stmt]) {
        let outer = std::mem::replace(&mut self.is_guarded, true);
        self.visit_body(body);
        self.is_guarded = outer;
    }

    fn branches(&mut self, branch: &StmtIf) {
        self.visit_expr(&branch.test);
        if !is_type_checking(self.module, branch) {
            self.guarded(&branch.body);
        }
        for clause in &branch.elif_else_clauses {
            if let Some(test) = &clause.test {
                self.visit_expr(test);
            }
            self.guarded(&clause.body);
        }
    }

    /// A `try` with a handler for a missing package guards its body and what it falls back to.
    fn attempt(&mut self, attempt: &StmtTry) {
        let survives = attempt
            .handlers
            .iter()
            .any(|ExceptHandler::ExceptHandler(handler)| {
                handler
                    .type_
                    .as_deref()
                    .is_none_or(|caught| self.survives(caught))
            });
        let outer = self.is_guarded;
        self.is_guarded |= survives;
        self.visit_body(&attempt.body);
        for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
            self.visit_body(&handler.body);
        }
        self.is_guarded = outer;
        self.visit_body(&attempt.orelse);
        self.visit_body(&attempt.finalbody);
    }

    fn survives(&self, caught: &Expr) -> bool {
        if let Expr::Tuple(several) = caught {
            return several.elts.iter().any(|one| self.survives(one));
        }
        let named = self.module.names().qualified_name(caught, Where::default());
        matches!(
            named
                .as_deref()
                .and_then(|name| name.strip_prefix("builtins.")),
            Some("ImportError" | "ModuleNotFoundError" | "Exception" | "BaseException")
        )
    }

    fn inside(&mut self, around: Around, statement: &Stmt) {
        let outer = std::mem::replace(&mut self.around, around);
        walk_stmt(self, statement);
        self.around = outer;
    }

    fn quoted(&mut self, expr: &Expr, literal: &ExprStringLiteral) {
        let Ok(parsed) = parse_type_annotation(literal, self.module.text()) else {
            return;
        };
        let place = Where {
            witness: Some(expr),
            deferred: true,
        };
        let mut inside = Inside {
            module: self.module,
            bound: self.bound,
            place,
            found: None,
        };
        inside.visit_expr(parsed.expression());
        self.found
            .extend(inside.found.map(|name| (expr.range(), name)));
    }

    /// The strings in `Literal[...]` are values, and those behind the first argument of `Annotated`.
    fn generic(&mut self, generic: &ExprSubscript) {
        let head = self
            .module
            .names()
            .qualified_name(&generic.value, Where::default());
        let values = match head.as_deref() {
            Some("typing.Literal") => std::slice::from_ref(&*generic.slice),
            Some("typing.Annotated") => match &*generic.slice {
                Expr::Tuple(arguments) => {
                    let (first, rest) = arguments.elts.split_at(1.min(arguments.elts.len()));
                    first.iter().for_each(|one| self.visit_expr(one));
                    rest
                }
                _ => &[],
            },
            _ => {
                self.visit_expr(&generic.value);
                return self.visit_expr(&generic.slice);
            }
        };
        let outer = std::mem::replace(&mut self.in_field, false);
        values.iter().for_each(|value| self.visit_expr(value));
        self.in_field = outer;
    }

    /// `with suppress(ImportError):`
    fn suppresses(&self, context: &Expr) -> bool {
        let Expr::Call(call) = context else {
            return false;
        };
        let named = self
            .module
            .names()
            .qualified_name(&call.func, Where::default());
        named.as_deref() == Some("contextlib.suppress")
            && call
                .arguments
                .args
                .iter()
                .any(|caught| self.survives(caught))
    }
}

impl<'e> Visitor<'e> for Finder<'_, '_> {
    fn visit_stmt(&mut self, statement: &'e Stmt) {
        match statement {
            Stmt::Import(import) => {
                let inside = |alias: &Alias| alias.name.split('.').next() == Some(PACKAGE);
                self.import(statement.range(), import.names.iter().any(inside));
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_deref().unwrap_or_default();
                let is_package = import.level == 0 && module.split('.').next() == Some(PACKAGE);
                self.import(statement.range(), is_package);
            }
            Stmt::If(branch) => self.branches(branch),
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::With(with)
                if with
                    .items
                    .iter()
                    .any(|item| self.suppresses(&item.context_expr)) =>
            {
                self.guarded(&with.body);
            }
            Stmt::FunctionDef(_) => self.inside(Around::Function, statement),
            Stmt::ClassDef(class) => {
                let has_bases = !class.bases().is_empty();
                self.inside(Around::Class { has_bases }, statement);
            }
            Stmt::AnnAssign(assign) => {
                let is_model = self.around == Around::Class { has_bases: true };
                if self.around != Around::Function {
                    let outer = std::mem::replace(&mut self.in_field, is_model);
                    self.visit_expr(&assign.annotation);
                    self.in_field = outer;
                }
                if let Some(value) = &assign.value {
                    self.visit_expr(value);
                }
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'e Expr) {
        let is_name = match expr {
            Expr::Name(name) => name.ctx.is_load(),
            Expr::Attribute(attribute) => attribute.ctx.is_load(),
            _ => false,
        };
        let needed = is_name
            .then(|| needed(self.module, self.bound, expr, Where::default()))
            .flatten();
        match (needed, expr) {
            (Some(name), _) => self.found.push((expr.range(), name)),
            (None, Expr::StringLiteral(literal)) if self.in_field => self.quoted(expr, literal),
            (None, Expr::Subscript(subscript)) if self.in_field => self.generic(subscript),
            (None, _) => walk_expr(self, expr),
        }
    }
}

/// The names in a type that is written as a string.
struct Inside<'m, 'a, 'w> {
    module: &'m Module<'a>,
    bound: &'m Bound,
    /// The string, for its scope. Fields are evaluated when all of their class is there.
    place: Where<'w>,
    found: Option<&'static str>,
}

impl<'e> Visitor<'e> for Inside<'_, '_, '_> {
    fn visit_expr(&mut self, expr: &'e Expr) {
        let needed = needed(self.module, self.bound, expr, self.place);
        self.found = self.found.or(needed);
        walk_expr(self, expr);
    }
}
