//! Values that are constants: a literal, or a name that is bound to one and to nothing else.

use ruff_python_ast::{Expr, Number};

use super::DEPTH;
use crate::semantic::{DefinitionKind, Meaning, Names, Where};

/// What `read` makes of `expr`, an expression of the file of `names`, or of the values that its name is bound to when
/// it is a name or a dotted one. `None` when a binding is no plain assignment, or when bindings disagree.
pub(super) fn constant<T: PartialEq>(
    names: &Names<'_>,
    expr: &Expr,
    read: &dyn Fn(&Names<'_>, &Expr) -> Option<T>,
) -> Option<T> {
    follow(names, expr, read, DEPTH)
}

/// `True` or `False`.
pub(super) fn boolean(names: &Names<'_>, expr: &Expr) -> Option<bool> {
    constant(names, expr, &|_, expr| {
        Some(expr.as_boolean_literal_expr()?.value)
    })
}

/// A whole number that is no larger than a status code can be.
pub(super) fn small_number(expr: &Expr) -> Option<u16> {
    match &expr.as_number_literal_expr()?.value {
        Number::Int(number) => number.as_u16(),
        _ => None,
    }
}

fn follow<T: PartialEq>(
    names: &Names<'_>,
    expr: &Expr,
    read: &dyn Fn(&Names<'_>, &Expr) -> Option<T>,
    depth: usize,
) -> Option<T> {
    if let Some(value) = read(names, expr) {
        return Some(value);
    }
    if depth == 0 || !matches!(expr, Expr::Name(_) | Expr::Attribute(_)) {
        return None;
    }
    let mut agreed = None;
    for meaning in names.meanings(expr, Where::default()) {
        let Meaning::Definition(definition) = meaning else {
            return None;
        };
        if definition.is_rebound_from_inside() {
            return None;
        }
        let value = match definition.kind() {
            DefinitionKind::Assignment(value)
            | DefinitionKind::Annotated {
                value: Some(value), ..
            } => follow(definition.names(), value, read, depth - 1)?,
            _ => return None,
        };
        match &agreed {
            Some(first) if *first != value => return None,
            _ => agreed = Some(value),
        }
    }
    agreed
}
