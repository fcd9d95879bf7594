//! What a value looks like on the wire: the shape that a model must have so that the JSON stays the same.
//!
//! A shape is exact or it is nothing. `Int` is an `int` and no `bool`, `Model` an instance of that very class; what may
//! be something else is unknown, with the reason that the user is told.

use codemend_engine::semantic::{Definition, DefinitionKind, Meaning, Where};

use super::record::Record;

/// The shape of a value.
#[derive(Clone, PartialEq)]
pub(super) enum Shape<'db> {
    /// No value at all: an element of an empty list.
    Never,
    None,
    Bool,
    Int,
    Float,
    Str,
    Date,
    Uuid,
    /// A class whose JSON pydantic writes in another way than `jsonable_encoder`.
    Rewritten(Rewritten),
    /// An instance of this very model.
    Model(Class<'db>),
    List(Box<Self>),
    /// A dict with any strings as keys.
    Dict(Box<Self>),
    /// A dict whose keys are constants in the code.
    Record(Record<'db>),
    /// At least two members, none of them a union.
    Union(Vec<Self>),
    /// A response that FastAPI sends as it is.
    Response,
    /// Known, and no model can describe it; the reason.
    Unfit(String),
    /// Not known; the reason.
    Unknown(String),
}

/// Classes that a plain dict and a model send differently: `+00:00` and `Z`, a number and a string, seconds and ISO
/// 8601.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rewritten {
    Datetime,
    Time,
    Timedelta,
    Decimal,
    Bytes,
}

impl Rewritten {
    /// The module and the name of the class.
    pub(super) fn path(self) -> (&'static str, &'static str) {
        match self {
            Self::Datetime => ("datetime", "datetime"),
            Self::Time => ("datetime", "time"),
            Self::Timedelta => ("datetime", "timedelta"),
            Self::Decimal => ("decimal", "Decimal"),
            Self::Bytes => ("builtins", "bytes"),
        }
    }
}

/// A class of the project.
#[derive(Clone)]
pub(super) struct Class<'db> {
    pub(super) name: String,
    pub(super) definition: Definition<'db>,
}

impl PartialEq for Class<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.definition.is(&other.definition)
    }
}

impl<'db> Shape<'db> {
    pub(super) fn unknown(reason: impl Into<String>) -> Self {
        Self::Unknown(reason.into())
    }

    pub(super) fn list(element: Self) -> Self {
        match element {
            Self::Unknown(_) | Self::Unfit(_) => element,
            _ => Self::List(Box::new(element)),
        }
    }

    /// What a value is that has the one shape or the other.
    pub(super) fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown(reason), _) | (_, Self::Unknown(reason)) => Self::Unknown(reason),
            (Self::Unfit(reason), _) | (_, Self::Unfit(reason)) => Self::Unfit(reason),
            (one, Self::Never) | (Self::Never, one) => one,
            (one, other) => other.into_members().into_iter().fold(one, Self::with),
        }
    }

    pub(super) fn join_all(shapes: impl IntoIterator<Item = Self>) -> Self {
        shapes.into_iter().fold(Self::Never, Self::join)
    }

    /// The union of this and `member`, which is no union.
    fn with(self, member: Self) -> Self {
        let mut members = self.into_members();
        for own in &mut members {
            let merged = match (&*own, &member) {
                (one, other) if one == other => Some(member.clone()),
                (Self::Record(one), Self::Record(other)) => Some(one.merge(other)),
                (Self::List(one), Self::List(other)) => {
                    Some(Self::list((**one).clone().join((**other).clone())))
                }
                (Self::Dict(one), Self::Dict(other)) => {
                    let value = (**one).clone().join((**other).clone());
                    Some(Self::Dict(Box::new(value)))
                }
                _ => None,
            };
            if let Some(merged) = merged {
                *own = merged;
                return Self::of_members(members);
            }
        }
        members.push(member);
        Self::of_members(members)
    }

    fn of_members(mut members: Vec<Self>) -> Self {
        let broken = members
            .iter()
            .position(|one| matches!(one, Self::Unknown(_) | Self::Unfit(_)));
        match (broken, members.len()) {
            (Some(at), _) => members.swap_remove(at),
            (None, 0) => Self::Never,
            (None, 1) => members.remove(0),
            (None, _) => Self::Union(members),
        }
    }

    /// The members of a union, or the shape itself.
    pub(super) fn into_members(self) -> Vec<Self> {
        match self {
            Self::Union(members) => members,
            one => vec![one],
        }
    }

    pub(super) fn members(&self) -> &[Self] {
        match self {
            Self::Union(members) => members,
            one => std::slice::from_ref(one),
        }
    }

    /// The shape when the value is known not to be `None`.
    pub(super) fn without_none(self) -> Self {
        let members = self.into_members();
        Self::of_members(
            members
                .into_iter()
                .filter(|one| *one != Self::None)
                .collect(),
        )
    }

    /// Whether somebody who holds the value can change what is in it.
    pub(super) fn is_mutable(&self) -> bool {
        match self {
            Self::List(_) | Self::Dict(_) | Self::Record(_) => true,
            Self::Union(members) => members.iter().any(Self::is_mutable),
            _ => false,
        }
    }

    /// Whether something in it can be changed by itself.
    pub(super) fn has_parts(&self) -> bool {
        match self {
            Self::List(inner) | Self::Dict(inner) => !inner.is_scalar(),
            Self::Record(record) => record.fields().any(|(_, shape)| !shape.is_scalar()),
            Self::Union(members) => members.iter().any(Self::has_parts),
            _ => false,
        }
    }

    /// Whether it is a value that nobody can change.
    pub(super) fn is_scalar(&self) -> bool {
        match self {
            Self::Union(members) => members.iter().all(Self::is_scalar),
            Self::List(_) | Self::Dict(_) | Self::Record(_) | Self::Model(_) => false,
            Self::Unknown(_) | Self::Unfit(_) => false,
            _ => true,
        }
    }

    /// Whether it is `bool`, `int` or `float`.
    pub(super) fn is_number(&self) -> bool {
        self.members()
            .iter()
            .all(|one| matches!(one, Self::Bool | Self::Int | Self::Float))
    }

    /// Whether it is a builtin without behaviour of its own: what compares and prints as expected.
    pub(super) fn is_plain(&self) -> bool {
        match self {
            Self::None
            | Self::Bool
            | Self::Int
            | Self::Float
            | Self::Str
            | Self::Date
            | Self::Uuid => true,
            Self::Never | Self::Rewritten(_) => true,
            Self::List(element) | Self::Dict(element) => element.is_plain(),
            Self::Record(record) => record.fields().all(|(_, shape)| shape.is_plain()),
            Self::Union(members) => members.iter().all(Self::is_plain),
            Self::Model(_) | Self::Response | Self::Unfit(_) | Self::Unknown(_) => false,
        }
    }

    /// Look at every shape in this one, itself first.
    pub(super) fn visit(&self, look: &mut dyn FnMut(&Self)) {
        look(self);
        match self {
            Self::List(inner) | Self::Dict(inner) => inner.visit(look),
            Self::Record(record) => record.fields().for_each(|(_, shape)| shape.visit(look)),
            Self::Union(members) => members.iter().for_each(|member| member.visit(look)),
            _ => {}
        }
    }

    /// One value: neither a model nor a dict, and nothing that holds others.
    pub(super) fn is_one_value(&self) -> bool {
        use Shape::{Bool, Date, Float, Int, Rewritten, Str, Uuid};
        matches!(self, Bool | Int | Float | Str | Date | Uuid | Rewritten(_))
    }

    /// What it is, for a title: `str`, `list[Item]`.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Never => "nothing".to_owned(),
            Self::None => "None".to_owned(),
            Self::Bool => "bool".to_owned(),
            Self::Int => "int".to_owned(),
            Self::Float => "float".to_owned(),
            Self::Str => "str".to_owned(),
            Self::Date => "date".to_owned(),
            Self::Uuid => "UUID".to_owned(),
            Self::Rewritten(class) => class.path().1.to_owned(),
            Self::Model(class) => class.name.clone(),
            Self::List(element) => format!("list[{}]", element.describe()),
            Self::Dict(value) => format!("dict[str, {}]", value.describe()),
            Self::Record(_) => "dict".to_owned(),
            Self::Union(members) => {
                let mut members: Vec<_> = members.iter().map(Self::describe).collect();
                members.sort_by_key(|member| member == "None");
                members.join(" | ")
            }
            Self::Response => "Response".to_owned(),
            Self::Unfit(reason) | Self::Unknown(reason) => reason.clone(),
        }
    }
}

/// The members of a union in their order, but a model before those that it derives from: where pydantic is not sure of
/// the class of an instance, it takes the first that fits.
pub(super) fn derived_first<'s, 'db>(members: &'s [Shape<'db>]) -> Vec<&'s Shape<'db>> {
    let mut ordered: Vec<&Shape<'db>> = Vec::new();
    for member in members {
        let before = ordered.iter().position(|other| match (member, other) {
            (Shape::Model(one), Shape::Model(other)) => {
                derives(&one.definition, &other.definition, 16)
            }
            _ => false,
        });
        ordered.insert(before.unwrap_or(ordered.len()), member);
    }
    ordered
}

/// Whether the class `definition` has `base` among its bases in the project.
fn derives(definition: &Definition<'_>, base: &Definition<'_>, depth: usize) -> bool {
    let DefinitionKind::Class(class) = definition.kind() else {
        return false;
    };
    depth > 0
        && class.bases().iter().any(|one| {
            let meanings = definition.names().meanings(one, Where::default());
            meanings.iter().any(|meaning| match meaning {
                Meaning::Definition(one) => one.is(base) || derives(one, base, depth - 1),
                _ => false,
            })
        })
}
