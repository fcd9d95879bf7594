//! Arithmetic on values that are known.

use codemend_engine::syntax::ast::Operator;

use super::shape::{Rewritten, Shape};
use super::study::Study;
use super::value::Fact;

impl<'db> Study<'_, 'db> {
    /// `left op right`
    pub(super) fn operate(&self, left: Fact<'db>, op: Operator, right: Fact<'db>) -> Fact<'db> {
        let promise = left.promise.or(right.promise);
        let shape = Shape::join_all(left.shape.members().iter().flat_map(|left| {
            right
                .shape
                .members()
                .iter()
                .map(move |right| binary(left, op, right))
        }));
        Fact { shape, promise }
    }
}

fn binary<'db>(left: &Shape<'db>, op: Operator, right: &Shape<'db>) -> Shape<'db> {
    if let Shape::Unknown(_) | Shape::Unfit(_) = left {
        return left.clone();
    }
    if let Shape::Unknown(_) | Shape::Unfit(_) = right {
        return right.clone();
    }
    if left.is_number() && right.is_number() {
        return arithmetic(left, op, right);
    }
    match (left, op, right) {
        (Shape::Str, Operator::Add, Shape::Str) => Shape::Str,
        (Shape::Str, Operator::Mod, _) => Shape::Str,
        (Shape::Str, Operator::Mult, Shape::Int | Shape::Bool)
        | (Shape::Int | Shape::Bool, Operator::Mult, Shape::Str) => Shape::Str,
        (Shape::List(one), Operator::Add, Shape::List(other)) => {
            Shape::list((**one).clone().join((**other).clone()))
        }
        (Shape::List(_), Operator::Mult, Shape::Int) => left.clone(),
        (
            Shape::Rewritten(Rewritten::Datetime),
            Operator::Sub,
            Shape::Rewritten(Rewritten::Datetime),
        )
        | (Shape::Date, Operator::Sub, Shape::Date) => Shape::Rewritten(Rewritten::Timedelta),
        (
            Shape::Rewritten(Rewritten::Datetime),
            Operator::Add | Operator::Sub,
            Shape::Rewritten(Rewritten::Timedelta),
        ) => Shape::Rewritten(Rewritten::Datetime),
        (Shape::Date, Operator::Add | Operator::Sub, Shape::Rewritten(Rewritten::Timedelta)) => {
            Shape::Date
        }
        (
            Shape::Rewritten(Rewritten::Decimal),
            _,
            Shape::Int | Shape::Rewritten(Rewritten::Decimal),
        )
        | (Shape::Int, _, Shape::Rewritten(Rewritten::Decimal)) => {
            Shape::Rewritten(Rewritten::Decimal)
        }
        _ => Shape::unknown(format!(
            "what `{}` gives for {} and {} is not known",
            op.as_str(),
            left.describe(),
            right.describe()
        )),
    }
}

/// Of `bool`, `int` and `float`.
fn arithmetic<'db>(left: &Shape<'db>, op: Operator, right: &Shape<'db>) -> Shape<'db> {
    let has_float = *left == Shape::Float || *right == Shape::Float;
    let both_bool = *left == Shape::Bool && *right == Shape::Bool;
    match op {
        Operator::Div => Shape::Float,
        // A negative exponent makes a float of two integers, and a negative base a complex number of a float.
        Operator::Pow => Shape::unknown("what a power gives depends on the exponent"),
        Operator::MatMult => Shape::unknown("`@` of numbers is an error"),
        Operator::BitAnd | Operator::BitOr | Operator::BitXor if both_bool => Shape::Bool,
        Operator::BitAnd
        | Operator::BitOr
        | Operator::BitXor
        | Operator::LShift
        | Operator::RShift => match has_float {
            true => Shape::unknown("bits of a float"),
            false => Shape::Int,
        },
        Operator::Add | Operator::Sub | Operator::Mult | Operator::Mod | Operator::FloorDiv => {
            match has_float {
                true => Shape::Float,
                false => Shape::Int,
            }
        }
    }
}
