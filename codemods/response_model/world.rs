//! What is known of the project while its functions are studied: classes, and how far calls are followed.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use codemend_engine::facts::Facts;
use codemend_engine::frameworks::pydantic::{
    Field, FieldDefault, Generation, Model, Setting, model,
};
use codemend_engine::project::{Member, Project};
use codemend_engine::semantic::{Definition, DefinitionKind, Meaning, Where};
use codemend_engine::syntax::ast::{Expr, Number, Stmt};

use super::OVERRIDES_DEPENDENCIES;
use super::calls::is_response;
use super::follow::Caller;
use super::shape::{Class, Shape};
use super::value::Fact;

/// How many calls of functions of the project are followed into each other.
pub(super) const DEPTH: usize = 5;

pub(super) struct World<'w, 'db> {
    pub(super) generation: &'w Generation,
    project: &'w Project,
    /// The project replaces dependencies of an application at run time.
    pub(super) overrides_dependencies: bool,
    kinds: RefCell<HashMap<(String, u32), ClassKind>>,
    results: RefCell<HashMap<Asked, Option<Given<'db>>>>,
    /// How many statements may still be looked at. A module for which that is not enough is not understood.
    fuel: Cell<usize>,
}

/// A function, by its file and place; who calls it; and how deep it may look.
type Asked = (String, u32, Caller, usize);

/// What a function returns, and what it yields if it does.
pub(super) type Given<'db> = (Fact<'db>, Option<Fact<'db>>);

const FUEL: usize = 60_000;

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

impl<'w, 'db> World<'w, 'db> {
    pub(super) fn new(generation: &'w Generation, facts: &'w Facts<'w>) -> Self {
        Self {
            generation,
            project: facts.project(),
            overrides_dependencies: facts.answer(&OVERRIDES_DEPENDENCIES).is_some(),
            kinds: RefCell::default(),
            results: RefCell::default(),
            fuel: Cell::new(FUEL),
        }
    }

    /// Whether another module may have the object that a module calls `name`.
    pub(super) fn is_taken_elsewhere(&self, name: &str) -> bool {
        self.project.is_taken_somewhere(name)
    }

    /// Whether `definition` stands in a module of the project.
    pub(super) fn is_own(&self, definition: &Definition<'_>) -> bool {
        self.project
            .module(definition.names().path().into())
            .is_some()
    }

    /// Whether code of the project binds `name` of the module that `definition` stands in anew, from outside of it.
    pub(super) fn is_replaced(&self, definition: &Definition<'_>, name: &str) -> bool {
        let module = self.project.module(definition.names().path().into());
        module
            .is_some_and(|module| matches!(self.project.member(module, name), Member::Replaced(..)))
    }

    /// A model in `shape` with a validator of the whole: it may hand back whatever it likes.
    pub(super) fn handed_on(&self, shape: &Shape<'_>) -> Option<String> {
        let mut found = None;
        shape.visit(&mut |one| {
            if let Shape::Model(class) = one
                && has_model_validator(&class.definition, 8)
            {
                found = Some(class.name.clone());
            }
        });
        found
    }

    /// Take note of one more statement. Whether there may be more.
    pub(super) fn burn(&self) -> bool {
        let left = self.fuel.get();
        self.fuel.set(left.saturating_sub(1));
        left > 0
    }

    /// Each route has its own.
    pub(super) fn refuel(&self) {
        self.fuel.set(FUEL);
    }

    /// What `study` says of a function, worked out once. `None` for a function that calls itself.
    pub(super) fn remember(
        &self,
        definition: &Definition<'db>,
        caller: Caller,
        depth: usize,
        study: impl FnOnce() -> Given<'db>,
    ) -> Option<Given<'db>> {
        let start = definition.range().start().to_u32();
        let key = (definition.names().path().to_owned(), start, caller, depth);
        if let Some(known) = self.results.borrow().get(&key) {
            return known.clone();
        }
        self.results.borrow_mut().insert(key.clone(), None);
        let given = study();
        self.results.borrow_mut().insert(key, Some(given.clone()));
        Some(given)
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
    pub(super) fn enum_value(&self, class: &Class<'db>) -> Shape<'db> {
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
                    super::annotation::shape(names, expr, place, 8).is_plain()
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
        _ => return false,
    };
    let annotated = field.with_type(|names, expr, place| {
        super::annotation::shape(names, expr, place, 8)
            .members()
            .contains(&shape)
    });
    annotated.unwrap_or(false)
}

/// Whether the class, or a base of it in the project, has a method under `@model_validator` or `@root_validator`.
fn has_model_validator(definition: &Definition<'_>, depth: usize) -> bool {
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

/// Names that decide what the value of a member is.
const DECIDING: [&str; 9] = [
    "value",
    "_value_",
    "name",
    "_name_",
    "__new__",
    "__init__",
    "__getattribute__",
    "_generate_next_value_",
    "_ignore_",
];

/// What the members of the class are, when it is an enum of the standard library's kinds whose members are literals.
fn enum_values(definition: &Definition<'_>) -> Option<Values> {
    let DefinitionKind::Class(class) = definition.kind() else {
        return None;
    };
    let mut wanted = None;
    let mut is_enum = false;
    for base in class.bases() {
        let base = definition.names().qualified_name(base, Where::default())?;
        is_enum |= base.starts_with("enum.");
        match &*base {
            "builtins.str" | "enum.StrEnum" => wanted = Some(Values::Strings),
            "builtins.int" | "enum.IntEnum" => wanted = Some(Values::Integers),
            "enum.Enum" => {}
            _ => return None,
        }
    }
    if !is_enum || !class.decorator_list.is_empty() {
        return None;
    }
    for statement in &class.body {
        let value = match statement {
            Stmt::Assign(assign) => {
                let decides = assign.targets.iter().any(|target| {
                    target
                        .as_name_expr()
                        .is_none_or(|name| DECIDING.contains(&name.id.as_str()))
                });
                if decides {
                    return None;
                }
                literal(&assign.value)?
            }
            Stmt::FunctionDef(method) if !DECIDING.contains(&method.name.as_str()) => continue,
            Stmt::Expr(_) | Stmt::Pass(_) => continue,
            _ => return None,
        };
        if *wanted.get_or_insert(value) != value {
            return None;
        }
    }
    wanted
}

fn literal(value: &Expr) -> Option<Values> {
    match value {
        Expr::StringLiteral(_) => Some(Values::Strings),
        Expr::NumberLiteral(number) => match number.value {
            Number::Int(_) => Some(Values::Integers),
            Number::Float(_) | Number::Complex { .. } => None,
        },
        _ => None,
    }
}
