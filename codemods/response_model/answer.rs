//! What a route answers with, and whether a model can say that without changing the JSON.

use codemend_engine::frameworks::pydantic::Generation;

use super::gate::Validated;
use super::shape::Shape;
use super::value::Fact;
use super::world::{ClassKind, World};

/// What a model has to say.
pub(super) struct Answer<'db> {
    /// Without `None`. Only models, lists of them, one dict, or a list of one kind of dict.
    pub(super) shape: Shape<'db>,
    /// Some path answers `null`.
    pub(super) or_none: bool,
    /// Some dict lacks keys on some path, so that unset fields must not be sent.
    pub(super) drops_unset: bool,
    /// Why it is only promised.
    pub(super) promise: Option<String>,
}

/// What fields of unknown type become.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum UnknownFields {
    Refuse,
    Any,
}

/// The answer that `returned` makes, or the reason why no model can stand for it.
pub(super) fn answer<'db>(
    returned: &[Fact<'db>],
    validated: Validated,
    unknown_fields: UnknownFields,
    world: &World<'_, 'db>,
) -> Result<Answer<'db>, String> {
    let all = Fact::join_all(returned.iter().cloned());
    if let Shape::Unknown(reason) | Shape::Unfit(reason) = &all.shape {
        return Err(returns(reason));
    }
    let members = all.shape.into_members();
    let or_none = members.contains(&Shape::None);
    let data: Vec<Shape<'db>> = members
        .into_iter()
        .filter(|one| !matches!(one, Shape::None | Shape::Response))
        .collect();
    let shape = fitting(data, world)?;
    if or_none && validated == Validated::ByDict {
        return Err(
            "some path returns `None`, which its model of today turns into an error".to_owned(),
        );
    }
    let check = Check {
        validated,
        unknown_fields,
        world,
    };
    check.whole(&shape)?;
    Ok(Answer {
        drops_unset: check.drops_unset(&shape)?,
        shape,
        or_none,
        promise: all.promise,
    })
}

fn returns(reason: &str) -> String {
    match is_thing(reason) {
        true => format!("returns {reason}"),
        false => reason.to_owned(),
    }
}

/// Whether a reason says what stands at a place, and is no sentence.
fn is_thing(reason: &str) -> bool {
    let is_call = reason.starts_with("what `") && reason.ends_with(" gives");
    is_call || ["a ", "an "].iter().any(|start| reason.starts_with(start))
}

/// The shape of all data that is returned, if it is one that a model can have.
fn fitting<'db>(data: Vec<Shape<'db>>, world: &World<'_, 'db>) -> Result<Shape<'db>, String> {
    let is_model = |shape: &Shape<'db>| matches!(shape, Shape::Model(class) if world.kind_of(class) == ClassKind::Model);
    let of_models = |shape: &Shape<'db>| match shape {
        Shape::List(element) => element.members().iter().all(is_model),
        one => is_model(one),
    };
    match &data[..] {
        [] => Err("returns no data".to_owned()),
        all if all.iter().all(of_models) => Ok(Shape::join_all(data)),
        [Shape::Record(record)] if record.is_empty() => Err("returns an empty dict".to_owned()),
        [Shape::Record(_)] => Ok(data[0].clone()),
        [Shape::List(element)] => match &**element {
            Shape::Never => Err("returns an empty list".to_owned()),
            Shape::Record(record) if !record.is_empty() => Ok(data[0].clone()),
            other => Err(format!("returns a list of {}", other.describe())),
        },
        [one] if one.is_one_value() => Err(format!(
            "returns {}, neither a model nor a dict",
            one.describe()
        )),
        [one] => Err(format!("returns {}", one.describe())),
        several => {
            let models = several.iter().any(of_models);
            let dicts = several.iter().any(|one| matches!(one, Shape::Record(_)));
            match models && dicts {
                true => Err("returns a model on one path and a dict on another".to_owned()),
                false => {
                    let kinds: Vec<_> = several.iter().map(Shape::describe).collect();
                    Err(format!("returns {}", kinds.join(" or ")))
                }
            }
        }
    }
}

struct Check<'c, 'w, 'db> {
    validated: Validated,
    unknown_fields: UnknownFields,
    world: &'c World<'w, 'db>,
}

impl<'db> Check<'_, '_, 'db> {
    /// Whether a field of this shape, or the answer itself, is sent as it is today.
    fn whole(&self, shape: &Shape<'db>) -> Result<(), String> {
        let holds_models = !matches!(shape, Shape::Record(_));
        if holds_models && self.validated == Validated::ByDict {
            return Err("its model of today lets only dicts pass".to_owned());
        }
        self.fits(shape)
    }

    fn fits(&self, shape: &Shape<'db>) -> Result<(), String> {
        match shape {
            Shape::Rewritten(class) if self.validated == Validated::No => Err(format!(
                "a `{}` is sent in another form by a model",
                class.path().1
            )),
            Shape::Model(class) => self.world.unfit(class).map_or(Ok(()), Err),
            Shape::List(element) if **element == Shape::Never => {
                Err("what an empty list holds is not known".to_owned())
            }
            Shape::List(inner) | Shape::Dict(inner) => self.fits(inner),
            Shape::Record(record) if record.is_empty() => Err("a dict inside is empty".to_owned()),
            Shape::Record(record) => {
                if record.ordered().is_none() {
                    return Err("the keys of the dict come in different orders".to_owned());
                }
                record
                    .fields()
                    .try_for_each(|(key, shape)| self.field(key, shape))
            }
            Shape::Union(members) => self.union(members),
            Shape::Unknown(reason) | Shape::Unfit(reason) => Err(reason.clone()),
            Shape::Response => Err("a response stands in a dict".to_owned()),
            Shape::None if self.world.is_first_generation() => {
                Err("pydantic 1 has no field that is always `None`".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn field(&self, key: &str, shape: &Shape<'db>) -> Result<(), String> {
        if key == "__root__" && self.world.is_first_generation() {
            return Err("pydantic 1 sends only the value of the key `__root__`".to_owned());
        }
        // `jsonable_encoder` leaves these out.
        if key.starts_with("_sa") {
            return Err(format!("FastAPI does not send the key `{key}`"));
        }
        match (shape, self.unknown_fields) {
            (Shape::Unknown(_), UnknownFields::Any) => Ok(()),
            (Shape::Unknown(reason) | Shape::Unfit(reason), _) if is_thing(reason) => {
                Err(format!("the value of `{key}` is {reason}"))
            }
            (Shape::Unknown(reason) | Shape::Unfit(reason), _) => {
                Err(format!("the value of `{key}` is not known: {reason}"))
            }
            _ => self.fits(shape),
        }
    }

    fn union(&self, members: &[Shape<'db>]) -> Result<(), String> {
        let others = members.iter().filter(|one| **one != Shape::None).count();
        if others > 1 && matches!(self.world.generation, Generation::One) {
            return Err("of several types pydantic 1 sends the first that fits".to_owned());
        }
        let count =
            |wanted: fn(&Shape<'db>) -> bool| members.iter().filter(|one| wanted(one)).count();
        let dicts = count(|one| matches!(one, Shape::Record(_) | Shape::Dict(_)));
        let models = members
            .iter()
            .filter(|one| {
                matches!(one, Shape::Model(class) if self.world.kind_of(class) == ClassKind::Model)
            })
            .count();
        if dicts > 1 || (dicts == 1 && models > 0) {
            return Err(
                "a value is a dict on one path and another dict or a model on another".to_owned(),
            );
        }
        members
            .iter()
            .filter(|one| **one != Shape::None)
            .try_for_each(|member| self.fits(member))
    }

    /// Whether unset fields must not be sent; then no model may be inside, which would lose its defaults.
    fn drops_unset(&self, shape: &Shape<'db>) -> Result<bool, String> {
        let mut drops = false;
        let mut models = None;
        shape.visit(&mut |one| match one {
            Shape::Record(record) => drops |= record.has_optional_keys(),
            Shape::Model(class) if self.world.kind_of(class) == ClassKind::Model => {
                models = Some(class.name.clone());
            }
            _ => {}
        });
        match (drops, models) {
            (true, Some(name)) => Err(format!(
                "keys are missing on some paths, and leaving them out would drop defaults of `{name}`"
            )),
            (drops, _) => Ok(drops),
        }
    }
}
