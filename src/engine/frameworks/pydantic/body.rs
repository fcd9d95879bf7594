//! The body of one class: which of its statements declare fields.

use ruff_python_ast::{Expr, Stmt, StmtClassDef};

use super::field::{Field, is_field_call};
use crate::semantic::{Definition, Names, Where};

/// The fields that a class body declares.
pub(super) struct Body<'db> {
    pub(super) fields: Vec<Field<'db>>,
    /// Names that the body makes something else than a field: `ClassVar`, methods.
    pub(super) removed: Vec<String>,
    /// Statements that may or may not run or declare a field: `if`, `for`, `del`, `name = make()`.
    pub(super) is_conditional: bool,
}

impl<'db> Body<'db> {
    /// What `class`, the class that `definition` is, declares.
    pub(super) fn of(definition: &Definition<'db>, class: &StmtClassDef) -> Self {
        let mut body = Self {
            fields: Vec::new(),
            removed: Vec::new(),
            is_conditional: false,
        };
        for (at, statement) in class.body.iter().enumerate() {
            body.statement(definition, at, statement);
        }
        // Pydantic 1 takes fields without an annotation, behind the others.
        body.fields
            .sort_by_key(|field| field.annotation().is_none());
        body
    }

    fn statement(&mut self, definition: &Definition<'db>, at: usize, statement: &Stmt) {
        match statement {
            Stmt::AnnAssign(assign) => {
                let Some(target) = assign.target.as_name_expr() else {
                    return;
                };
                let names = definition.names();
                if is_class_variable(names, &assign.annotation) {
                    self.removed.push(target.id.to_string());
                } else if is_public(&target.id) {
                    self.declare(Field::read(definition, at, &target.id, statement));
                }
            }
            Stmt::Assign(assign) => match &assign.targets[..] {
                [Expr::Name(target)] if is_public(&target.id) => {
                    self.assigned(definition, at, &target.id, (statement, &assign.value));
                }
                [Expr::Name(_)] => {}
                _ => self.is_conditional = true,
            },
            Stmt::FunctionDef(method) => self.removed.push(method.name.to_string()),
            Stmt::ClassDef(_) | Stmt::Pass(_) | Stmt::Expr(_) => {}
            _ => self.is_conditional = true,
        }
    }

    /// `name = value`, which Pydantic 1 takes for a field unless the value is a function, a class or the like.
    fn assigned(
        &mut self,
        definition: &Definition<'db>,
        at: usize,
        name: &str,
        (statement, value): (&Stmt, &Expr),
    ) {
        let is_field = value.is_literal_expr()
            || matches!(value, Expr::List(_) | Expr::Dict(_) | Expr::Tuple(_))
            || is_field_call(definition.names(), value);
        if is_field {
            self.declare(Field::read(definition, at, name, statement));
        } else if !is_call_of_decorator(value) {
            self.is_conditional = true;
        }
    }

    fn declare(&mut self, field: Field<'db>) {
        match self.fields.iter_mut().find(|old| old.name == field.name) {
            // `name: str` and `name = "x"`: the second only gives the default.
            Some(_) => self.is_conditional = true,
            None => self.fields.push(field),
        }
    }
}

/// `model_config` and names that begin with `_` are no fields.
fn is_public(name: &str) -> bool {
    !name.starts_with('_') && name != "model_config"
}

/// `_strip = validator("name")(strip)`: a call of a call declares a validator, whatever its name.
fn is_call_of_decorator(value: &Expr) -> bool {
    let call = value.as_call_expr();
    call.is_some_and(|call| call.func.is_call_expr())
}

fn is_class_variable(names: &Names<'_>, annotation: &Expr) -> bool {
    let place = Where {
        witness: None,
        deferred: true,
    };
    crate::frameworks::annotations::unquoted(names, annotation, place, |expr, place| {
        let head = match expr {
            Expr::Subscript(generic) => &generic.value,
            other => other,
        };
        names.qualified_name(head, place).as_deref() == Some("typing.ClassVar")
    })
    .unwrap_or(false)
}
