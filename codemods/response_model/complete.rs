//! Whether a model is complete where a decorator names it: every name in the annotations of its fields is bound by then.
//!
//! `b: "B"` with `B` further down leaves a class that pydantic cannot describe yet, and FastAPI asks for the description.

use codemend_engine::frameworks::pydantic::model;
use codemend_engine::module::{Module, is_builtin};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr};
use codemend_engine::syntax::ast::{ExceptHandler, Expr, Stmt};
use codemend_engine::syntax::{Ranged, TextSize, parse_expression};

use super::shape::{Class, Shape};

/// A name that an annotation of the model `class` needs and that is not bound before the byte `at` of `module`; for a
/// model of another file, one that only type checkers see.
pub(super) fn missing(
    module: &Module<'_>,
    class: &Class<'_>,
    at: TextSize,
    depth: usize,
) -> Option<String> {
    let model = model(&class.definition)?;
    for field in &model.fields {
        let names = field.names();
        let own = names.path() == module.names().path();
        let mut named = Named::default();
        if let Some(annotation) = field.annotation() {
            named.visit_expr(annotation);
        }
        let lacking = named.found.into_iter().find(|name| {
            let there = match own {
                true => binds(module.suite(), name, Some(at)),
                false => binds(names.suite(), name, None),
            };
            !there && !is_builtin(name)
        });
        if lacking.is_some() {
            return lacking;
        }
        if depth == 0 {
            continue;
        }
        let mut inner = Vec::new();
        field.with_type(|names, expr, place| {
            super::annotation::shape(names, expr, place, 8).visit(&mut |shape| {
                if let Shape::Model(one) = shape
                    && one != class
                {
                    inner.push(one.clone());
                }
            });
        });
        let lacking = inner
            .iter()
            .find_map(|one| missing(module, one, at, depth - 1));
        if lacking.is_some() {
            return lacking;
        }
    }
    None
}

/// Whether a statement of `suite` that runs binds `name`, before the byte `at` if one is given. A star import may.
fn binds(suite: &[Stmt], name: &str, at: Option<TextSize>) -> bool {
    suite.iter().any(|statement| {
        if at.is_some_and(|at| statement.start() >= at) {
            return false;
        }
        match statement {
            Stmt::ClassDef(one) => one.name.as_str() == name,
            Stmt::FunctionDef(one) => one.name.as_str() == name,
            Stmt::TypeAlias(one) => is(&one.name, name),
            Stmt::Import(one) => one.names.iter().any(|alias| {
                let whole = alias.name.split('.').next().unwrap_or_default();
                alias.asname.as_deref().unwrap_or(whole) == name
            }),
            Stmt::ImportFrom(one) => one.names.iter().any(|alias| {
                &alias.name == "*" || alias.asname.as_deref().unwrap_or(&alias.name) == name
            }),
            Stmt::Assign(one) => one.targets.iter().any(|target| is(target, name)),
            Stmt::AnnAssign(one) => one.value.is_some() && is(&one.target, name),
            Stmt::If(one) => {
                let typed = matches!(&*one.test, Expr::Name(test) if test.id == "TYPE_CHECKING")
                    || matches!(&*one.test, Expr::Attribute(test) if &test.attr == "TYPE_CHECKING");
                let clauses = &one.elif_else_clauses;
                (!typed && binds(&one.body, name, at))
                    || clauses.iter().any(|clause| binds(&clause.body, name, at))
            }
            Stmt::Try(one) => {
                binds(&one.body, name, at)
                    || binds(&one.orelse, name, at)
                    || one.handlers.iter().any(|handler| {
                        let ExceptHandler::ExceptHandler(handler) = handler;
                        binds(&handler.body, name, at)
                    })
            }
            Stmt::With(one) => binds(&one.body, name, at),
            _ => false,
        }
    })
}

fn is(target: &Expr, name: &str) -> bool {
    match target {
        Expr::Name(one) => one.id == name,
        Expr::Tuple(tuple) => tuple.elts.iter().any(|one| is(one, name)),
        _ => false,
    }
}

/// The names in an annotation, those in strings too.
#[derive(Default)]
struct Named {
    found: Vec<String>,
}

impl<'a> Visitor<'a> for Named {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => self.found.push(name.id.to_string()),
            Expr::StringLiteral(literal) => {
                if let Ok(parsed) = parse_expression(literal.value.to_str()) {
                    let mut inner = Self::default();
                    inner.visit_expr(parsed.expr());
                    self.found.extend(inner.found);
                }
            }
            // What stands in `Literal["a"]` is no name, and `Field(...)` is evaluated at once.
            Expr::Subscript(one) if is_literal(&one.value) => {}
            Expr::Call(_) => {}
            _ => walk_expr(self, expr),
        }
    }
}

fn is_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Name(name) => name.id == "Literal",
        Expr::Attribute(attribute) => &attribute.attr == "Literal",
        _ => false,
    }
}
