//! What operators may raise: those of numbers, text and builtin containers are known, all others call methods.

use codemend_engine::syntax::ast::{
    CmpOp, Expr, ExprBinOp, ExprCompare, Number, Operator, StmtAugAssign, UnaryOp,
};
use codemend_engine::syntax::{Ranged, TextRange};

use super::body::Body;
use super::kind::Kind;

impl Body<'_, '_, '_> {
    /// `target += value`
    pub fn augmented(&mut self, statement: &StmtAugAssign) {
        match &*statement.target {
            Expr::Name(_) => self.name(&statement.target),
            // `counts[word] += 1` looks up, and stores.
            Expr::Subscript(subscript) => {
                self.subscript(subscript);
                self.target(&statement.target, None);
            }
            other => self.opaque(other),
        }
        self.expr(&statement.value);
        let held = self.scene.kind(&statement.target);
        let other = self.scene.kind(&statement.value);
        let whole = statement.range();
        self.combine(statement.op, &held, &other, &statement.value, whole);
    }

    pub fn operation(&mut self, operation: &ExprBinOp) {
        self.expr(&operation.left);
        self.expr(&operation.right);
        let left = self.scene.kind(&operation.left);
        let right = self.scene.kind(&operation.right);
        if left.name() == "pathlib.Path" && operation.op == Operator::Div {
            if right != Kind::Str && right.name() != "pathlib.Path" {
                self.opaque(operation);
            }
            return;
        }
        self.combine(
            operation.op,
            &left,
            &right,
            &operation.right,
            operation.range(),
        );
    }

    /// `left op right`, of which `second` is the right operand.
    pub fn combine(
        &mut self,
        op: Operator,
        left: &Kind,
        right: &Kind,
        second: &Expr,
        whole: TextRange,
    ) {
        let numbers = left.is_number() && right.is_number();
        let integers = left.is_integer() && right.is_integer();
        match op {
            Operator::Add | Operator::Sub | Operator::Mult if numbers => {}
            Operator::Add if is_same_sequence(left, right) => {}
            Operator::Mult if is_same_sequence(left, left) && is_small(second) => {}
            Operator::Mult if *left == Kind::Str && right.is_integer() => {
                self.raises(whole, ["OverflowError"]);
            }
            Operator::Div | Operator::FloorDiv | Operator::Mod if numbers => {
                if !is_nonzero(second) {
                    self.raises(whole, ["ZeroDivisionError"]);
                }
            }
            Operator::Pow if integers && is_small(second) => {}
            Operator::Pow if numbers => self.raises(whole, ["OverflowError", "ZeroDivisionError"]),
            Operator::BitAnd | Operator::BitOr | Operator::BitXor if integers => {}
            Operator::RShift if integers && is_small(second) => {}
            Operator::LShift if integers && is_small(second) => {}
            _ => self.opaque(whole),
        }
    }

    pub fn comparison(&mut self, comparison: &ExprCompare) {
        self.expr(&comparison.left);
        let mut left = &*comparison.left;
        for (op, right) in comparison.ops.iter().zip(&comparison.comparators) {
            self.expr(right);
            let (first, second) = (self.scene.kind(left), self.scene.kind(right));
            let fits = match op {
                CmpOp::Is | CmpOp::IsNot => true,
                CmpOp::Eq | CmpOp::NotEq => first.is_plain() && second.is_plain(),
                CmpOp::In | CmpOp::NotIn => is_searchable(&first, &second),
                _ => {
                    first.is_number() && second.is_number()
                        || first == second && matches!(first, Kind::Str | Kind::Bytes)
                }
            };
            if !fits {
                self.opaque(comparison);
            }
            left = right;
        }
    }
}

/// A number in the source that is not zero.
pub fn is_nonzero(expr: &Expr) -> bool {
    match expr {
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(value) => value.as_u64() != Some(0),
            Number::Float(value) => *value != 0.0,
            Number::Complex { .. } => false,
        },
        Expr::UnaryOp(one) if one.op == UnaryOp::USub => is_nonzero(&one.operand),
        _ => false,
    }
}

/// An integer in the source from 0 to 255.
fn is_small(expr: &Expr) -> bool {
    matches!(expr, Expr::NumberLiteral(number)
        if matches!(&number.value, Number::Int(value) if value.as_u8().is_some()))
}

fn is_same_sequence(left: &Kind, right: &Kind) -> bool {
    matches!(
        (left, right),
        (Kind::Str, Kind::Str)
            | (Kind::Bytes, Kind::Bytes)
            | (Kind::List(_), Kind::List(_))
            | (Kind::Tuple(_), Kind::Tuple(_))
    )
}

/// Whether `needle in hay` compares builtins only.
fn is_searchable(needle: &Kind, hay: &Kind) -> bool {
    match hay {
        Kind::Str => *needle == Kind::Str,
        Kind::Bytes => *needle == Kind::Bytes,
        Kind::Dict(..) | Kind::Set(_) => needle.is_key(),
        Kind::List(element) | Kind::Tuple(element) => needle.is_scalar() && element.is_plain(),
        _ => false,
    }
}
