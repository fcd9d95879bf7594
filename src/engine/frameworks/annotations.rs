//! Annotations as frameworks read them: a quoted one means what stands in the quotes, and wrappers come off.

use ruff_python_ast::{Expr, ExprSubscript};

use crate::semantic::{Names, Where};
use crate::syntax::parse_type_annotation;

/// Call `see` with the type that `annotation` writes, and with the place where its names are looked up. A string is
/// read as a type, `from __future__ import annotations` or not. `None` when a string holds no type.
pub(super) fn unquoted<T>(
    names: &Names<'_>,
    annotation: &Expr,
    place: Where<'_>,
    see: impl FnOnce(&Expr, Where<'_>) -> T,
) -> Option<T> {
    let Expr::StringLiteral(literal) = annotation else {
        return Some(see(annotation, place));
    };
    let text = names.whole_text();
    let parsed = parse_type_annotation(literal, &text).ok()?;
    let place = Where {
        witness: place.witness.or(Some(annotation)),
        deferred: true,
    };
    Some(see(parsed.expression(), place))
}

/// The members of a union that are not `None`: of `A | None`, `Optional[A]`, `Union[A, None]`; `annotation` itself when
/// it is no union.
pub(super) fn without_none<'e>(
    names: &Names<'_>,
    annotation: &'e Expr,
    place: Where<'_>,
) -> Vec<&'e Expr> {
    let mut members = Vec::new();
    collect(names, annotation, place, &mut members);
    members
}

fn collect<'e>(names: &Names<'_>, expr: &'e Expr, place: Where<'_>, members: &mut Vec<&'e Expr>) {
    match expr {
        Expr::NoneLiteral(_) => {}
        Expr::BinOp(union) if union.op == ruff_python_ast::Operator::BitOr => {
            collect(names, &union.left, place, members);
            collect(names, &union.right, place, members);
        }
        Expr::Subscript(generic) => match names.qualified_name(&generic.value, place).as_deref() {
            Some("typing.Optional") => collect(names, &generic.slice, place, members),
            Some("typing.Union") => arguments(generic)
                .iter()
                .for_each(|one| collect(names, one, place, members)),
            _ => members.push(expr),
        },
        _ => members.push(expr),
    }
}

/// `A` and the metadata of `Annotated[A, ...]`; `None` for any other type.
pub(super) fn annotated<'e>(
    names: &Names<'_>,
    expr: &'e Expr,
    place: Where<'_>,
) -> Option<(&'e Expr, &'e [Expr])> {
    let generic = expr.as_subscript_expr()?;
    let head = names.qualified_name(&generic.value, place)?;
    match head.as_str() {
        "typing.Annotated" => arguments(generic).split_first(),
        _ => None,
    }
}

/// The arguments of `Generic[A, B]`.
pub(super) fn arguments(generic: &ExprSubscript) -> &[Expr] {
    match &*generic.slice {
        Expr::Tuple(several) => &several.elts,
        one => std::slice::from_ref(one),
    }
}
