//! A model: a class whose bases lead to Pydantic's `BaseModel`.

use super::bases::{self, Base, family};
use super::body::Body;
use super::config::Config;
use super::field::Field;
use super::members::Members;
use crate::semantic::{Definition, DefinitionKind};

/// A model with everything that it has from its bases in the project.
pub struct Model<'db> {
    pub definition: Definition<'db>,
    /// Its bases from outside of the project, sorted: only [`Base::BaseModel`] and [`Base::Neutral`] for a model whose
    /// facts are complete.
    pub bases: Vec<Base>,
    /// In the order in which Pydantic has them: those of bases first. A field that is declared anew keeps its place.
    pub fields: Vec<Field<'db>>,
    pub config: Config,
    pub members: Members,
    /// It, or a class that it derives from, has type parameters.
    pub is_generic: bool,
    /// A class of the project that it derives from is no model itself. Pydantic 2 takes its annotations for fields, and
    /// so does this list; Pydantic 1 does not.
    pub has_mixins: bool,
    /// A decorator on it or on a base in the project.
    pub is_decorated: bool,
    /// `metaclass=` on it or on a base in the project.
    pub has_metaclass: bool,
    /// Not everything could be read: fields below an `if`, bases out of a list, a name that is bound several times.
    pub is_incomplete: bool,
}

impl Model<'_> {
    /// Whether nothing but Pydantic's own `BaseModel`, and what adds nothing, stands behind it.
    pub fn is_plain(&self) -> bool {
        let plain = |base: &Base| matches!(base, Base::BaseModel | Base::Neutral);
        !self.is_incomplete && self.bases.iter().all(plain)
    }

    /// Whether the class stands at the module level of its file.
    pub fn is_at_module_level(&self) -> bool {
        self.definition.is_at_module_level()
    }
}

/// The model that `definition`, in any file of the project, is: a class that derives from Pydantic's `BaseModel` or
/// from a relative of it. `None` for everything else, also for a class whose bases nobody knows.
pub fn model<'db>(definition: &Definition<'db>) -> Option<Model<'db>> {
    let family = family(definition)?;
    if !family.is_of_models() {
        return None;
    }
    let mut model = Model {
        definition: definition.clone(),
        bases: family.outside,
        fields: Vec::new(),
        config: Config::default(),
        members: Members::default(),
        is_generic: family.is_generic,
        has_mixins: false,
        is_decorated: false,
        has_metaclass: false,
        is_incomplete: family.is_incomplete,
    };
    for one in family.classes.iter().rev() {
        model.has_mixins |= bases::family(one).is_none_or(|own| !own.is_of_models());
        model.add(one);
    }
    Some(model)
}

impl<'db> Model<'db> {
    /// Take over what the class `definition` itself has, on top of what its bases have.
    fn add(&mut self, definition: &Definition<'db>) {
        let DefinitionKind::Class(class) = definition.kind() else {
            return;
        };
        let body = Body::of(definition, class);
        self.is_decorated |= !class.decorator_list.is_empty();
        // In a stub `x: int = ...` has a default that nobody can see.
        self.is_incomplete |= definition.in_stub() || definition.is_rebound_from_inside();
        self.is_incomplete |= body.is_conditional;
        for field in body.fields {
            match self.fields.iter_mut().find(|old| old.name == field.name) {
                Some(old) => *old = field,
                None => self.fields.push(field),
            }
        }
        for name in &body.removed {
            self.fields.retain(|field| field.name != *name);
        }
        self.has_metaclass |= self.config.read(definition.names(), class);
        self.members.read(definition.names(), class);
    }
}
