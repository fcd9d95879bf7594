//! What of a model decides how its instances are sent.

use codemend_engine::frameworks::pydantic::{Field, FieldDefault, Model};
use codemend_engine::semantic::{Definition, DefinitionKind, Meaning, Where};
use codemend_engine::syntax::ast::{Expr, Number, Stmt};

use super::calls::is_response;
use super::shape::Shape;

/// Methods that decide what an instance is sent as.
const SENDING: [&str; 10] = [
    "dict",
    "json",
    "model_dump",
    "model_dump_json",
    "__iter__",
    "__new__",
    "__getattribute__",
    "__getattr__",
    "__get_pydantic_core_schema__",
    "__class__",
];

/// Whether everything that decides how instances of `model` are sent is known.
pub(super) fn is_readable(model: &Model<'_>) -> bool {
    let overrides = model.members.overrides.iter();
    let mut sends = overrides.filter(|name| SENDING.contains(&name.as_str()));
    model.is_plain()
        && !model.is_generic
        && !model.is_decorated
        && !model.has_metaclass
        && sends.next().is_none()
}

/// What of `model` may change when pydantic 1 validates what an instance gives as a dict.
pub(super) fn changed_by_validation(model: &Model<'_>) -> Option<String> {
    if !model.members.validators.is_empty() {
        return Some("validators".to_owned());
    }
    if let Some(name) = model.members.overrides.first() {
        return Some(format!("`{name}`"));
    }
    let harmless = [
        "orm_mode",
        "title",
        "schema_extra",
        "extra",
        "allow_population_by_field_name",
        "arbitrary_types_allowed",
    ];
    let mut settings = model.config.settings.keys();
    if let Some(name) = settings.find(|name| !harmless.contains(&name.as_str())) {
        return Some(format!("the setting `{name}`"));
    }
    if model.config.is_incomplete {
        return Some("settings that cannot be read".to_owned());
    }
    if let Some(field) = model.fields.iter().find(|field| !keeps_type(field)) {
        return Some(format!("the default of `{}`", field.name));
    }
    if let Some(field) = model.fields.iter().find(|field| field.excluded) {
        return Some(format!("the excluded field `{}`", field.name));
    }
    let simple = |field: &Field<'_>| {
        field.metadata.is_empty()
            && field
                .with_type(|names, expr, place| {
                    let shape = super::annotation::shape(names, expr, place, 8);
                    let mut several = false;
                    shape.visit(&mut |one| {
                        let members = one.members().iter();
                        several |= members.filter(|one| **one != Shape::None).count() > 1;
                    });
                    shape.is_plain() && !several
                })
                .unwrap_or(false)
    };
    let odd = model.fields.iter().find(|field| !simple(field))?;
    Some(format!("the field `{}`", odd.name))
}

/// Whether the default of `field`, which pydantic 1 does not validate, is what its type says.
fn keeps_type(field: &Field<'_>) -> bool {
    let default = match field.default {
        FieldDefault::Required => return true,
        FieldDefault::Value => field.default_value(),
        FieldDefault::Factory | FieldDefault::Unknown => None,
    };
    let shape = match default {
        Some(Expr::NoneLiteral(_)) => Shape::None,
        Some(Expr::StringLiteral(_)) => Shape::Str,
        Some(Expr::BooleanLiteral(_)) => Shape::Bool,
        Some(Expr::NumberLiteral(number)) => match number.value {
            Number::Int(_) => Shape::Int,
            Number::Float(_) => Shape::Float,
            Number::Complex { .. } => return false,
        },
        Some(Expr::List(list)) if list.elts.is_empty() => Shape::list(Shape::Never),
        Some(Expr::Dict(dict)) if dict.items.is_empty() => Shape::Dict(Box::new(Shape::Never)),
        _ => return false,
    };
    let annotated = field.with_type(|names, expr, place| {
        super::annotation::shape(names, expr, place, 8)
            .members()
            .iter()
            .any(|member| match (member, &shape) {
                (Shape::List(_), Shape::List(_)) | (Shape::Dict(_), Shape::Dict(_)) => true,
                (member, shape) => member == shape,
            })
    });
    annotated.unwrap_or(false)
}

/// Whether the class, or a base of it in the project, has a method under `@model_validator` or `@root_validator`.
pub(super) fn has_model_validator(definition: &Definition<'_>, depth: usize) -> bool {
    let DefinitionKind::Class(class) = definition.kind() else {
        return false;
    };
    let names = definition.names();
    let own = class.body.iter().any(|statement| {
        let Stmt::FunctionDef(method) = statement else {
            return false;
        };
        method.decorator_list.iter().any(|decorator| {
            let head = match &decorator.expression {
                Expr::Call(call) => &*call.func,
                other => other,
            };
            let named = names
                .qualified_name(head, Where::default())
                .unwrap_or_default();
            named.ends_with(".model_validator") || named.ends_with(".root_validator")
        })
    });
    let of_base = |base: &Expr| match &names.meanings(base, Where::default())[..] {
        [Meaning::Definition(base)] => has_model_validator(base, depth - 1),
        _ => false,
    };
    own || depth > 0 && class.bases().iter().any(of_base)
}

pub(super) fn is_response_class(definition: &Definition<'_>, depth: usize) -> bool {
    let DefinitionKind::Class(class) = definition.kind() else {
        return false;
    };
    depth > 0
        && class.bases().iter().any(|base| {
            match &definition.names().meanings(base, Where::default())[..] {
                [Meaning::Outside { name, .. }] => is_response(name),
                [Meaning::Definition(base)] => is_response_class(base, depth - 1),
                _ => false,
            }
        })
}
