//! Whether conversions of literals can fail.

use ruff_python_ast::{Expr, ExprCall, Number};

/// Whether `call` of a converting function has literals for arguments that suit it.
pub(super) fn converts(callee: &str, call: &ExprCall) -> bool {
    let suits = |value: &Expr| match (value, callee) {
        (Expr::StringLiteral(literal), "builtins.int") => {
            literal.value.to_str().parse::<i64>().is_ok()
        }
        (Expr::StringLiteral(literal), "uuid.UUID") => {
            let text = literal.value.to_str().replace('-', "");
            text.len() == 32 && text.chars().all(|one| one.is_ascii_hexdigit())
        }
        (Expr::StringLiteral(_), "datetime.date" | "datetime.datetime") => false,
        (Expr::StringLiteral(literal), _) => literal.value.to_str().parse::<f64>().is_ok(),
        // A time zone.
        (Expr::Attribute(_), "datetime.datetime") => true,
        (value, _) => is_number(value),
    };
    let arguments = &call.arguments;
    let mut keywords = arguments.keywords.iter();
    arguments.args.iter().all(suits)
        && keywords.all(|keyword| keyword.arg.is_some() && suits(&keyword.value))
}

fn is_number(value: &Expr) -> bool {
    match value {
        Expr::NumberLiteral(_) | Expr::BooleanLiteral(_) => true,
        Expr::UnaryOp(one) => is_number(&one.operand),
        Expr::BinOp(one) => is_number(&one.left) && is_number(&one.right),
        _ => false,
    }
}

pub(super) fn is_zero(number: &Number) -> bool {
    match number {
        Number::Int(number) => *number == 0,
        Number::Float(number) => *number == 0.0,
        Number::Complex { .. } => false,
    }
}

/// Whether the brackets of a regular expression close each other; what else is wrong with it cannot be told cheaply.
pub(super) fn is_balanced(pattern: &str) -> bool {
    let mut open = 0usize;
    let mut chars = pattern.chars();
    let mut class: Option<usize> = None;
    while let Some(one) = chars.next() {
        if one == '\\' {
            if chars.next().is_none() {
                return false;
            }
            class = class.map(|at| at + 1);
            continue;
        }
        class = match (class, one) {
            (Some(at), ']') if at > 0 => None,
            (Some(0), '^') => Some(0),
            (Some(at), _) => Some(at + 1),
            (None, '[') => Some(0),
            (None, '(') => {
                open += 1;
                None
            }
            (None, ')') if open == 0 => return false,
            (None, ')') => {
                open -= 1;
                None
            }
            (None, _) => None,
        };
    }
    open == 0 && class.is_none() && !pattern.starts_with(['*', '+', '?'])
}
