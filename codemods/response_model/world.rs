//! What is known of the project while its functions are studied: classes, and how far calls are followed.

use std::cell::RefCell;
use std::collections::HashMap;

use codemend_engine::frameworks::pydantic::{Generation, Model, Setting, model};
use codemend_engine::semantic::{Definition, DefinitionKind, Meaning, Where};
use codemend_engine::syntax::ast::{Expr, Stmt};

use super::calls::is_response;
use super::shape::{Class, Shape};

/// How many calls of functions of the project are followed into each other.
pub(super) const DEPTH: usize = 5;

pub(super) struct World<'w> {
    pub(super) generation: &'w Generation,
    kinds: RefCell<HashMap<(String, u32), ClassKind>>,
}

/// What a class of the project is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClassKind {
    /// A pydantic model of which everything is known.
    Model,
    /// An enum whose members are all strings or all integers.
    Enum,
    /// A response that FastAPI sends as it is.
    Response,
    Other,
}

impl<'w> World<'w> {
    pub(super) fn new(generation: &'w Generation) -> Self {
        Self {
            generation,
            kinds: RefCell::default(),
        }
    }

    pub(super) fn is_first_generation(&self) -> bool {
        matches!(self.generation, Generation::One)
    }

    pub(super) fn kind_of(&self, class: &Class<'_>) -> ClassKind {
        let definition = &class.definition;
        let key = (
            definition.names().path().to_owned(),
            definition.range().start().to_u32(),
        );
        if let Some(known) = self.kinds.borrow().get(&key) {
            return *known;
        }
        // A class that is asked for again while it is looked at is none of these.
        self.kinds
            .borrow_mut()
            .insert(key.clone(), ClassKind::Other);
        let kind = self.find_kind(definition);
        self.kinds.borrow_mut().insert(key, kind);
        kind
    }

    fn find_kind(&self, definition: &Definition<'_>) -> ClassKind {
        if let Some(model) = model(definition) {
            return match is_readable(&model) {
                true => ClassKind::Model,
                false => ClassKind::Other,
            };
        }
        if is_response_class(definition, 8) {
            return ClassKind::Response;
        }
        match enum_values(definition) {
            Some(_) => ClassKind::Enum,
            None => ClassKind::Other,
        }
    }

    /// Whether the class itself, or a base of it in the project, defines the method `name`.
    pub(super) fn defines(&self, class: &Class<'_>, name: &str) -> bool {
        model(&class.definition).is_none_or(|model| {
            let members = &model.members;
            let all = members.overrides.iter().chain(&members.decorated);
            all.into_iter().any(|own| own == name)
        })
    }

    /// The shape of the values of an enum.
    pub(super) fn enum_value<'db>(&self, class: &Class<'db>) -> Shape<'db> {
        match enum_values(&class.definition) {
            Some(Values::Strings) => Shape::Str,
            Some(Values::Integers) => Shape::Int,
            None => Shape::unknown("the values of the enum are not known"),
        }
    }

    /// Why a route cannot name the model `class`. `None` when it can: its instances are sent the same either way.
    pub(super) fn unfit(&self, class: &Class<'_>) -> Option<String> {
        if self.kind_of(class) == ClassKind::Enum {
            return None;
        }
        let Some(model) = model(&class.definition) else {
            return Some(format!("`{}` is not a pydantic model", class.name));
        };
        let name = &class.name;
        let never = Setting::Text("never".to_owned());
        let config = &model.config;
        if config.may_set("revalidate_instances")
            && (config.is_incomplete || config.settings.get("revalidate_instances") != Some(&never))
        {
            return Some(format!("`{name}` may validate its instances again"));
        }
        match self.is_first_generation() {
            true => changed_by_validation(&model).map(|what| {
                format!("pydantic 1 validates the answer again, and `{name}` has {what}")
            }),
            false => None,
        }
    }
}

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
fn is_readable(model: &Model<'_>) -> bool {
    let overrides = model.members.overrides.iter();
    let mut sends = overrides.filter(|name| SENDING.contains(&name.as_str()));
    model.is_plain()
        && !model.is_generic
        && !model.is_decorated
        && !model.has_metaclass
        && sends.next().is_none()
}

/// What of `model` may change when pydantic 1 validates what an instance gives as a dict.
fn changed_by_validation(model: &Model<'_>) -> Option<String> {
    if !model.members.validators.is_empty() {
        return Some("validators".to_owned());
    }
    if let Some(field) = model.fields.iter().find(|field| field.excluded) {
        return Some(format!("the excluded field `{}`", field.name));
    }
    let simple = |field: &codemend_engine::frameworks::pydantic::Field<'_>| {
        field.metadata.is_empty()
            && field
                .with_type(|names, expr, place| {
                    super::annotation::shape(names, expr, place, 8).is_plain()
                })
                .unwrap_or(false)
    };
    let odd = model.fields.iter().find(|field| !simple(field))?;
    Some(format!("the field `{}`", odd.name))
}

fn is_response_class(definition: &Definition<'_>, depth: usize) -> bool {
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

/// What the members of an enum are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Values {
    Strings,
    Integers,
}

/// What the members of the class are, when it is an enum of the standard library's kinds whose members are literals.
fn enum_values(definition: &Definition<'_>) -> Option<Values> {
    let DefinitionKind::Class(class) = definition.kind() else {
        return None;
    };
    let bases = class.bases().iter().map(|base| {
        let names = definition.names();
        names
            .qualified_name(base, Where::default())
            .unwrap_or_default()
    });
    let bases: Vec<String> = bases.collect();
    let known = [
        "builtins.str",
        "builtins.int",
        "enum.Enum",
        "enum.StrEnum",
        "enum.IntEnum",
    ];
    let is_enum = bases.iter().any(|base| base.starts_with("enum."));
    if !is_enum
        || !bases.iter().all(|base| known.contains(&&**base))
        || !class.decorator_list.is_empty()
    {
        return None;
    }
    let mut values = class.body.iter().filter_map(|statement| match statement {
        Stmt::Assign(assign) => Some(match &*assign.value {
            Expr::StringLiteral(_) => Some(Values::Strings),
            Expr::NumberLiteral(_) => Some(Values::Integers),
            _ => None,
        }),
        Stmt::AnnAssign(_) => Some(None),
        Stmt::FunctionDef(method) => method.name.starts_with("__new").then_some(None),
        _ => None,
    });
    let first = values.next()??;
    values.all(|value| value == Some(first)).then_some(first)
}
