//! What is known of the project while its functions are studied: classes, and how far calls are followed.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use codemend_engine::facts::Facts;
use codemend_engine::frameworks::pydantic::{Generation, Setting, model};
use codemend_engine::project::{Member, Project};
use codemend_engine::semantic::Definition;

use super::OVERRIDES_DEPENDENCIES;
use super::enums::{Values, enum_values};
use super::follow::Caller;
use super::models::{changed_by_validation, has_model_validator, is_readable, is_response_class};
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

const FUEL: usize = 20_000;

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
        module.is_some_and(|module| {
            matches!(self.project.member(module, name), Member::Replaced(..))
                || self.project.assigned(module, name).is_some()
        })
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
