//! Enums: what the values of their members are.

use codemend_engine::semantic::{Definition, DefinitionKind, Where};
use codemend_engine::syntax::ast::{Expr, Number, Stmt};

/// What the members of an enum are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Values {
    Strings,
    Integers,
}

/// Names that decide what the value of a member is.
const DECIDING: [&str; 15] = [
    "value",
    "_value_",
    "name",
    "_name_",
    "__new__",
    "__init__",
    "__getattribute__",
    "_generate_next_value_",
    "_ignore_",
    "__eq__",
    "__ne__",
    "__lt__",
    "__gt__",
    "__le__",
    "__ge__",
];

/// What the members of the class are, when it is an enum of the standard library's kinds whose members are literals.
pub(super) fn enum_values(definition: &Definition<'_>) -> Option<Values> {
    let DefinitionKind::Class(class) = definition.kind() else {
        return None;
    };
    let mut wanted = None;
    let mut is_enum = false;
    for base in class.bases() {
        let base = definition.names().qualified_name(base, Where::default())?;
        is_enum |= base.starts_with("enum.");
        match &*base {
            "builtins.str" | "enum.StrEnum" => wanted = Some(Values::Strings),
            "builtins.int" | "enum.IntEnum" => wanted = Some(Values::Integers),
            "enum.Enum" => {}
            _ => return None,
        }
    }
    if !is_enum || !class.decorator_list.is_empty() {
        return None;
    }
    for statement in &class.body {
        let value = match statement {
            Stmt::Assign(assign) => {
                let decides = assign.targets.iter().any(|target| {
                    target
                        .as_name_expr()
                        .is_none_or(|name| DECIDING.contains(&name.id.as_str()))
                });
                if decides {
                    return None;
                }
                literal(&assign.value)?
            }
            Stmt::FunctionDef(method) if !DECIDING.contains(&method.name.as_str()) => continue,
            Stmt::Expr(_) | Stmt::Pass(_) => continue,
            _ => return None,
        };
        if *wanted.get_or_insert(value) != value {
            return None;
        }
    }
    wanted
}

fn literal(value: &Expr) -> Option<Values> {
    match value {
        Expr::StringLiteral(_) => Some(Values::Strings),
        Expr::NumberLiteral(number) => match number.value {
            Number::Int(_) => Some(Values::Integers),
            Number::Float(_) | Number::Complex { .. } => None,
        },
        _ => None,
    }
}
