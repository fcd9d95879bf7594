//! What an annotation promises: the shape of a value that keeps it exactly.

use codemend_engine::semantic::{DefinitionKind, Meaning, Names, Where};
use codemend_engine::syntax::ast::{Expr, Operator};
use codemend_engine::syntax::parse_type_annotation;

use super::shape::{Class, Rewritten, Shape};
use super::study::Study;
use super::value::Fact;

impl<'db> Study<'_, 'db> {
    /// What the annotation `expr` of this file promises.
    pub(super) fn annotated(&self, expr: &Expr) -> Fact<'db> {
        let place = Where {
            witness: None,
            deferred: true,
        };
        Fact::shown(self.known(shape(self.names, expr, place, 8)))
    }

    /// `shape`, unless a class in it is not what a model can describe.
    pub(super) fn known(&self, shape: Shape<'db>) -> Shape<'db> {
        let mut odd = None;
        shape.visit(&mut |one| {
            if let Shape::Model(class) = one
                && !matches!(
                    self.world.kind_of(class),
                    super::world::ClassKind::Model | super::world::ClassKind::Enum
                )
            {
                odd = Some(class.name.clone());
            }
        });
        match odd {
            Some(name) => {
                Shape::unknown(format!("`{name}` is not a pydantic model that can be read"))
            }
            None => shape,
        }
    }
}

/// What the annotation `expr`, looked up at `place`, promises. Every class of the project counts as a model.
pub(super) fn shape<'db>(
    names: &Names<'db>,
    expr: &Expr,
    place: Where<'_>,
    depth: usize,
) -> Shape<'db> {
    let unknown = || {
        Shape::unknown(format!(
            "the type `{}` is not known",
            super::calls::short(names, expr)
        ))
    };
    if depth == 0 {
        return unknown();
    }
    let inner = |expr: &Expr| shape(names, expr, place, depth - 1);
    match expr {
        Expr::NoneLiteral(_) => Shape::None,
        Expr::StringLiteral(literal) => match parse_type_annotation(literal, &names.whole_text()) {
            Ok(parsed) => {
                let place = Where {
                    witness: Some(place.witness.unwrap_or(expr)),
                    ..place
                };
                shape(names, parsed.expression(), place, depth - 1)
            }
            Err(_) => unknown(),
        },
        Expr::BinOp(binary) if binary.op == Operator::BitOr => {
            inner(&binary.left).join(inner(&binary.right))
        }
        Expr::Name(_) | Expr::Attribute(_) => match &names.meanings(expr, place)[..] {
            [Meaning::Builtin(name)] => match &**name {
                "str" => Shape::Str,
                "int" => Shape::Int,
                "float" => Shape::Float,
                "bool" => Shape::Bool,
                "bytes" => Shape::Rewritten(Rewritten::Bytes),
                _ => unknown(),
            },
            [Meaning::Outside { name, .. }] => match &**name {
                "datetime.datetime" => Shape::Rewritten(Rewritten::Datetime),
                "datetime.date" => Shape::Date,
                "datetime.time" => Shape::Rewritten(Rewritten::Time),
                "datetime.timedelta" => Shape::Rewritten(Rewritten::Timedelta),
                "decimal.Decimal" => Shape::Rewritten(Rewritten::Decimal),
                "uuid.UUID" => Shape::Uuid,
                "pydantic.EmailStr" | "pydantic.StrictStr" => Shape::Str,
                "pydantic.PositiveInt" | "pydantic.NonNegativeInt" | "pydantic.StrictInt" => {
                    Shape::Int
                }
                "pydantic.PositiveFloat" | "pydantic.NonNegativeFloat" => Shape::Float,
                "pydantic.StrictBool" => Shape::Bool,
                _ => unknown(),
            },
            [Meaning::Definition(definition)] => match definition.kind() {
                DefinitionKind::Class(class) => Shape::Model(Class {
                    name: class.name.to_string(),
                    definition: definition.clone(),
                }),
                _ => unknown(),
            },
            _ => unknown(),
        },
        Expr::Subscript(subscript) => {
            let arguments: &[Expr] = match &*subscript.slice {
                Expr::Tuple(tuple) => &tuple.elts,
                one => std::slice::from_ref(one),
            };
            let head = names.qualified_name(&subscript.value, place);
            match (head.as_deref(), arguments) {
                (Some("typing.Optional"), [one]) => inner(one).join(Shape::None),
                (Some("typing.Union"), members) => Shape::join_all(members.iter().map(inner)),
                (Some("builtins.list" | "typing.List"), [one]) => Shape::list(inner(one)),
                (Some("builtins.dict" | "typing.Dict"), [key, value])
                    if inner(key) == Shape::Str =>
                {
                    match inner(value) {
                        broken @ (Shape::Unknown(_) | Shape::Unfit(_)) => broken,
                        value => Shape::Dict(Box::new(value)),
                    }
                }
                (Some("typing.Literal"), members) => {
                    Shape::join_all(members.iter().map(|member| match member {
                        Expr::StringLiteral(_) => Shape::Str,
                        Expr::NumberLiteral(_) => Shape::Int,
                        Expr::BooleanLiteral(_) => Shape::Bool,
                        Expr::NoneLiteral(_) => Shape::None,
                        _ => unknown(),
                    }))
                }
                _ => unknown(),
            }
        }
        _ => unknown(),
    }
}
