//! The body of one class: which of its statements declare fields.

use ruff_python_ast::{Expr, Stmt, StmtClassDef};

use super::field::Field;
use crate::semantic::{Definition, Names, Where};

/// The fields that a class body declares.
pub(super) struct Body<'db> {
    pub(super) fields: Vec<Field<'db>>,
    /// Names that the body makes something else than a field: `ClassVar`, methods.
    pub(super) removed: Vec<String>,
    /// Statements that may or may not run, or that do more than declare: `if`, `for`, `del`.
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
                    if !is_call_of_decorator(&assign.value) {
                        self.declare(Field::read(definition, at, &target.id, statement));
                    }
                }
                [Expr::Name(_)] => {}
                _ => self.is_conditional = true,
            },
            Stmt::FunctionDef(method) => self.removed.push(method.name.to_string()),
            Stmt::ClassDef(_) | Stmt::Pass(_) | Stmt::Expr(_) => {}
            _ => self.is_conditional = true,
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
