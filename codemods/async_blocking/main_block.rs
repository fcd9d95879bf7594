//! Code that runs only when a file is started as a program.
//!
//! Nothing else runs in its loop, so nothing waits.

use codemend_engine::syntax::ast::{CmpOp, Expr, Stmt};

/// Whether `statement` is `if __name__ == "__main__":`.
pub fn is_main(statement: &Stmt) -> bool {
    let Stmt::If(one) = statement else {
        return false;
    };
    let Expr::Compare(test) = &*one.test else {
        return false;
    };
    let sides = [Some(&*test.left), test.comparators.first()];
    let is_name = |side: &Expr| matches!(side, Expr::Name(name) if name.id == "__name__");
    let is_text = |side: &Expr| matches!(side, Expr::StringLiteral(text) if text.value.to_str() == "__main__");
    let mut sides = sides.into_iter().flatten();
    matches!(&*test.ops, [CmpOp::Eq]) && sides.clone().any(is_name) && sides.any(is_text)
}
