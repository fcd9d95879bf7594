//! Attributes that a file assigns: of `self` in a class's methods, and of anything else.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::selves::Selves;
use crate::semantic::Names;

/// A place that binds an attribute.
pub(super) struct Store<'a> {
    /// `a` of `a.name = value`
    pub(super) owner: &'a Expr,
    /// `None` for `setattr(a, computed, value)`.
    pub(super) name: Option<&'a str>,
    pub(super) value: Value<'a>,
}

/// What is bound.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Of(&'a Expr),
    /// `self.app: FastAPI`, with or without a value.
    Annotated(&'a Expr, Option<&'a Expr>),
    /// A loop variable, a part of a tuple, `+=`, `del`, `setattr`: nothing that can be followed.
    Odd,
}

/// Every place in `suite` that binds an attribute, at any depth.
pub(super) fn stores(suite: &[Stmt]) -> Vec<Store<'_>> {
    let mut finder = Stores { found: Vec::new() };
    finder.visit_body(suite);
    finder.found
}

struct Stores<'a> {
    found: Vec<Store<'a>>,
}

impl<'a> Stores<'a> {
    fn take(&mut self, target: &'a Expr, value: Value<'a>) {
        if let Expr::Attribute(target) = target {
            self.found.push(Store {
                owner: &target.value,
                name: Some(target.attr.as_str()),
                value,
            });
        }
    }

    /// `setattr(a, "name", value)`
    fn call(&mut self, call: &'a ExprCall) {
        let function = call.func.as_name_expr();
        if function.is_none_or(|function| &function.id != "setattr") {
            return;
        }
        if let [owner, name, ..] = &*call.arguments.args {
            let name = name.as_string_literal_expr();
            self.found.push(Store {
                owner,
                name: name.map(|name| name.value.to_str()),
                value: Value::Odd,
            });
        }
    }
}

impl<'a> Visitor<'a> for Stores<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    match target {
                        Expr::Attribute(_) => self.take(target, Value::Of(&assign.value)),
                        _ => self.visit_expr(target),
                    }
                }
                self.visit_expr(&assign.value);
            }
            Stmt::AnnAssign(assign) => {
                let value = assign.value.as_deref();
                self.take(&assign.target, Value::Annotated(&assign.annotation, value));
                value.into_iter().for_each(|value| self.visit_expr(value));
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Attribute(attribute) = expr
            && !attribute.ctx.is_load()
        {
            self.take(expr, Value::Odd);
        }
        if let Expr::Call(call) = expr {
            self.call(call);
        }
        walk_expr(self, expr);
    }
}

/// Everything that `class` binds its attribute `name` to: in its body, and by `self.name = ...` in its methods.
pub(super) enum Bound<'a> {
    Value(Value<'a>),
    Method(&'a StmtFunctionDef),
}

/// The bindings of the attribute `name` of `class`, a class in the file of `names`. `None` when code outside of the
/// class's methods assigns an attribute of that name, perhaps this one.
pub(super) fn bindings<'a>(
    names: &'a Names<'_>,
    class: &'a StmtClassDef,
    name: &str,
) -> Option<Vec<Bound<'a>>> {
    let mut body = Body {
        name,
        found: Vec::new(),
    };
    body.visit_body(&class.body);
    let mut found = body.found;
    let selves = Selves::of(names);
    for store in stores(names.suite()) {
        if store.name != Some(name) {
            continue;
        }
        let owner = selves.class(store.owner)?;
        if owner.range() == class.range() {
            found.push(Bound::Value(store.value));
        }
    }
    Some(found)
}

/// The bindings of a name in the body of a class.
struct Body<'a, 'n> {
    name: &'n str,
    found: Vec<Bound<'a>>,
}

impl<'a> Body<'a, '_> {
    fn is(&self, target: &Expr) -> bool {
        let name = target.as_name_expr();
        name.is_some_and(|target| target.id.as_str() == self.name)
    }
}

impl<'a> Visitor<'a> for Body<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    match self.is(target) {
                        true => self.found.push(Bound::Value(Value::Of(&assign.value))),
                        false => self.visit_expr(target),
                    }
                }
            }
            Stmt::AnnAssign(assign) if self.is(&assign.target) => {
                let value = Value::Annotated(&assign.annotation, assign.value.as_deref());
                self.found.push(Bound::Value(value));
            }
            Stmt::FunctionDef(method) => {
                if method.name.as_str() == self.name {
                    self.found.push(Bound::Method(method));
                }
            }
            Stmt::ClassDef(inner) => {
                if inner.name.as_str() == self.name {
                    self.found.push(Bound::Value(Value::Odd));
                }
            }
            Stmt::Import(import) => self.imported(&import.names),
            Stmt::ImportFrom(import) => self.imported(&import.names),
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        let is_load = expr.as_name_expr().is_none_or(|name| name.ctx.is_load());
        if !is_load && self.is(expr) {
            self.found.push(Bound::Value(Value::Odd));
        }
        walk_expr(self, expr);
    }
}

impl Body<'_, '_> {
    fn imported(&mut self, aliases: &[ruff_python_ast::Alias]) {
        for alias in aliases {
            let name = alias.asname.as_ref().unwrap_or(&alias.name);
            if name.as_str() == self.name || &alias.name == "*" {
                self.found.push(Bound::Value(Value::Odd));
            }
        }
    }
}
