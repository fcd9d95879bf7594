//! Types with everything around them taken off: quotes, aliases, `Annotated`.

use ruff_python_ast::Expr;

use super::DEPTH;
use super::annotations::{annotated, unquoted};
use crate::semantic::{DefinitionKind, Meaning, Names, Where};

/// Sees an expression of a type: the names of its file, and how names in it are looked up.
pub(super) type Sees<'a, 'db> = &'a mut dyn FnMut(&Names<'db>, &Expr, Where<'_>);

/// Take quotes, aliases and `Annotated` off `annotation`, an expression in the file of `names`: `see` gets the type,
/// `metadata` what stands behind it, outer layers last.
///
/// An alias counts when it is one of an annotated type: `SessionDep = Annotated[Session, Depends(get_session)]`.
pub(super) fn peel<'db>(
    names: &Names<'db>,
    annotation: &Expr,
    place: Where<'_>,
    metadata: Sees<'_, 'db>,
    see: Sees<'_, 'db>,
) {
    layer(names, annotation, place, DEPTH, metadata, see);
}

fn layer<'db>(
    names: &Names<'db>,
    annotation: &Expr,
    place: Where<'_>,
    depth: usize,
    metadata: Sees<'_, 'db>,
    see: Sees<'_, 'db>,
) {
    unquoted(names, annotation, place, |expr, place| {
        if depth == 0 {
            return see(names, expr, place);
        }
        if let Some((inner, extra)) = annotated(names, expr, place) {
            layer(names, inner, place, depth - 1, metadata, see);
            return extra.iter().for_each(|one| metadata(names, one, place));
        }
        let meanings = match expr {
            Expr::Name(_) | Expr::Attribute(_) => names.meanings(expr, place),
            _ => Vec::new(),
        };
        if let [Meaning::Definition(alias)] = &meanings[..]
            && let DefinitionKind::Assignment(value)
            | DefinitionKind::Annotated {
                value: Some(value), ..
            } = alias.kind()
            && annotated(alias.names(), value, Where::default()).is_some()
        {
            let names = alias.names();
            return layer(names, value, Where::default(), depth - 1, metadata, see);
        }
        see(names, expr, place);
    });
}
