//! What a route says about its response: nothing, a shape, or nothing but «a dict».

use ruff_python_ast::Expr;
use ruff_text_size::{Ranged, TextRange};

use crate::frameworks::annotations::{arguments, unquoted};
use crate::module::Module;
use crate::semantic::{Names, Where};

/// The value of `response_model=`, or a return annotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    Absent,
    /// `None`: no model, on purpose.
    None,
    /// Given, and tells nothing about the fields. The bytes of the whole expression, quotes included.
    Shapeless(Shape, TextRange),
    /// Anything else.
    Other,
}

/// A type without a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `dict`, `Dict`
    Dict,
    /// `dict[str, Any]`, `Dict[str, Any]`
    DictStrAny,
    /// `Any`
    Any,
}

/// What `annotation`, an expression of `module`, says. A string means what stands in it.
pub fn annotation_shape(module: &Module<'_>, annotation: &Expr) -> Given {
    let place = Where {
        witness: None,
        deferred: module.postpones_annotations(),
    };
    let names = module.names();
    let range = annotation.range();
    unquoted(names, annotation, place, |expr, place| match expr {
        Expr::NoneLiteral(_) => Given::None,
        _ => shape(names, expr, place).map_or(Given::Other, |shape| Given::Shapeless(shape, range)),
    })
    .unwrap_or(Given::Other)
}

fn shape(names: &Names<'_>, expr: &Expr, place: Where<'_>) -> Option<Shape> {
    let named = |expr: &Expr| names.qualified_name(expr, place);
    let is_dict = |expr: &Expr| {
        matches!(
            named(expr).as_deref(),
            Some("builtins.dict" | "typing.Dict")
        )
    };
    match expr {
        Expr::Subscript(generic) if is_dict(&generic.value) => match arguments(generic) {
            [key, value]
                if named(key).as_deref() == Some("builtins.str")
                    && named(value).as_deref() == Some("typing.Any") =>
            {
                Some(Shape::DictStrAny)
            }
            _ => None,
        },
        Expr::Name(_) | Expr::Attribute(_) if is_dict(expr) => Some(Shape::Dict),
        Expr::Name(_) | Expr::Attribute(_) => {
            (named(expr).as_deref() == Some("typing.Any")).then_some(Shape::Any)
        }
        _ => None,
    }
}
