//! Whether control can run off the end of a block of statements.
//!
//! By syntax alone: a call that never comes back counts as one that does, so the answer errs towards yes.

use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};
use ruff_python_ast::{ExceptHandler, Expr, Number, Pattern, Stmt, StmtWhile};

/// Whether control may pass the last statement of `body`: no path of it is sure to end in `return`, `raise`,
/// `break`, `continue`, or an endless loop.
pub fn falls_through(body: &[Stmt]) -> bool {
    body.iter().all(passes)
}

/// Whether `test` is a constant that is true: `True`, `1`.
pub fn is_always_true(test: &Expr) -> bool {
    match test {
        Expr::BooleanLiteral(literal) => literal.value,
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(value) => value.as_i64() != Some(0),
            Number::Float(_) | Number::Complex { .. } => false,
        },
        _ => false,
    }
}

/// Whether `test` is a constant that is false: `False`, `0`.
pub fn is_never_true(test: &Expr) -> bool {
    match test {
        Expr::BooleanLiteral(literal) => !literal.value,
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(value) => value.as_i64() == Some(0),
            Number::Float(_) | Number::Complex { .. } => false,
        },
        _ => false,
    }
}

/// Whether `statement` is a loop that only `return` and `raise` leave: `while True` without a `break` of its own.
pub fn is_endless(statement: &StmtWhile) -> bool {
    is_always_true(&statement.test) && !has_break(&statement.body)
}

fn passes(statement: &Stmt) -> bool {
    match statement {
        Stmt::Return(_) | Stmt::Raise(_) | Stmt::Break(_) | Stmt::Continue(_) => false,
        Stmt::If(branch) => {
            let has_else = branch
                .elif_else_clauses
                .last()
                .is_some_and(|clause| clause.test.is_none());
            let clauses = &branch.elif_else_clauses;
            !has_else
                || falls_through(&branch.body)
                || clauses.iter().any(|clause| falls_through(&clause.body))
        }
        Stmt::While(one) => !is_endless(one),
        Stmt::With(with) => {
            falls_through(&with.body) || with.items.iter().any(|item| swallows(&item.context_expr))
        }
        Stmt::Try(one) => {
            if !one.finalbody.is_empty() && !falls_through(&one.finalbody) {
                return false;
            }
            let body = falls_through(&one.body) && falls_through(&one.orelse);
            let handlers = one.handlers.iter().any(|handler| {
                let ExceptHandler::ExceptHandler(handler) = handler;
                falls_through(&handler.body)
            });
            body || handlers
        }
        Stmt::Match(one) => {
            let catches_all = one
                .cases
                .last()
                .is_some_and(|case| case.guard.is_none() && is_wildcard(&case.pattern));
            !catches_all || one.cases.iter().any(|case| falls_through(&case.body))
        }
        _ => true,
    }
}

/// Whether `pattern` matches everything: `_`, `name`.
pub fn is_wildcard(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::MatchAs(one) => one.pattern.as_deref().is_none_or(is_wildcard),
        Pattern::MatchOr(one) => one.patterns.last().is_some_and(is_wildcard),
        _ => false,
    }
}

/// Whether a context manager is known to keep exceptions from leaving its block, by the name that is called:
/// `contextlib.suppress(...)`, `pytest.raises(...)`.
fn swallows(context: &Expr) -> bool {
    let Expr::Call(call) = context else {
        return false;
    };
    let name = match &*call.func {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    matches!(name, "suppress" | "raises" | "assertRaises" | "warns")
}

/// Whether `body`, of a loop, holds a `break` that belongs to this loop, whether or not it can run.
pub fn has_break(body: &[Stmt]) -> bool {
    let mut breaks = Breaks(false);
    breaks.visit_body(body);
    breaks.0
}

struct Breaks(bool);

impl<'a> StatementVisitor<'a> for Breaks {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Break(_) => self.0 = true,
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            // `break` in the `else` of an inner loop belongs to this one.
            Stmt::For(inner) => self.visit_body(&inner.orelse),
            Stmt::While(inner) => self.visit_body(&inner.orelse),
            _ => walk_stmt(self, statement),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::falls_through;

    fn falls(text: &str) -> bool {
        let parsed = ruff_python_parser::parse_module(text).unwrap();
        falls_through(&parsed.syntax().body)
    }

    #[test]
    fn what_ends_does_not_fall_through() {
        for ends in [
            "return 1",
            "if a:\n    return 1\nelse:\n    raise E",
            "while True:\n    f()",
            "while 1:\n    for x in y:\n        break",
            "try:\n    return 1\nexcept E:\n    raise",
            "try:\n    f()\nfinally:\n    return 1",
            "with a:\n    return 1",
            "match a:\n    case 1:\n        return 1\n    case _:\n        return 2",
        ] {
            assert!(!falls(ends), "{ends}");
        }
    }

    #[test]
    fn what_may_pass_falls_through() {
        for passes in [
            "f()",
            "if a:\n    return 1",
            "if a:\n    return 1\nelif b:\n    return 2",
            "while True:\n    break",
            "while a:\n    return 1",
            "for x in y:\n    return 1",
            "while True:\n    for x in y:\n        pass\n    else:\n        break",
            "try:\n    return 1\nexcept E:\n    pass",
            "try:\n    f()\nexcept E:\n    return 1",
            "with suppress(E):\n    return 1",
            "match a:\n    case 1:\n        return 1\n    case 2:\n        return 2",
            "match a:\n    case 1:\n        return 1\n    case x if x:\n        return 2",
        ] {
            assert!(falls(passes), "{passes}");
        }
    }
}
