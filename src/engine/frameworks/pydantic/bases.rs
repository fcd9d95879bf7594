//! What a class derives from: the classes of the project in the order in which Python asks them, and the rest by name.

use ruff_python_ast::{Expr, StmtClassDef};

use crate::frameworks::DEPTH;
use crate::semantic::{Definition, DefinitionKind, Meaning, Names, Where};

/// A base from outside of the project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Base {
    /// `pydantic.BaseModel`, under any of its names.
    BaseModel,
    /// A relative of it that does more: `pydantic.RootModel`, `pydantic_settings.BaseSettings`, `sqlmodel.SQLModel`,
    /// `pydantic.v1.BaseModel`. The qualified name.
    Relative(String),
    /// `typing.Generic`, `typing.Protocol`, `abc.ABC`, `object`: they add no fields.
    Neutral,
    /// Another class of the standard library or of a package: `enum.Enum`. The qualified name.
    Other(String),
    /// Something that cannot be followed.
    Unknown,
}

/// Where a class comes from.
pub(super) struct Family<'db> {
    /// The class and its bases in the project, the class first, each before its own bases.
    pub(super) classes: Vec<Definition<'db>>,
    /// The others, sorted, each once.
    pub(super) outside: Vec<Base>,
    /// One of the classes is generic, or takes a parametrised generic for a base.
    pub(super) is_generic: bool,
    /// Bases that are given by keyword or by `*bases`, or too many of them.
    pub(super) is_incomplete: bool,
}

/// More places than any real family has; a class that several bases share stands in each of them.
const MOST: usize = 512;

/// The family of `definition`, when it is a class.
pub(super) fn family<'db>(definition: &Definition<'db>) -> Option<Family<'db>> {
    let mut family = Family {
        classes: Vec::new(),
        outside: Vec::new(),
        is_generic: false,
        is_incomplete: false,
    };
    let DefinitionKind::Class(class) = definition.kind() else {
        return None;
    };
    family.add(definition, class, DEPTH);
    // A class that several bases share stands behind all of them: its last place counts.
    let mut classes: Vec<Definition<'db>> = Vec::new();
    for one in family.classes.into_iter().rev() {
        if !classes.iter().any(|seen| seen.is(&one)) {
            classes.push(one);
        }
    }
    classes.reverse();
    family.outside.sort();
    family.outside.dedup();
    Some(Family { classes, ..family })
}

impl<'db> Family<'db> {
    /// Whether it leads to `BaseModel` or to a relative of it.
    pub(super) fn is_of_models(&self) -> bool {
        let is_model = |base: &Base| matches!(base, Base::BaseModel | Base::Relative(_));
        self.outside.iter().any(is_model)
    }

    fn add(&mut self, definition: &Definition<'db>, class: &StmtClassDef, depth: usize) {
        // A class cannot be its own base, but names that are bound anew can look so.
        if depth == 0 || self.classes.len() > MOST {
            self.is_incomplete = true;
            return;
        }
        self.classes.push(definition.clone());
        self.is_generic |= class.type_params.is_some();
        for base in class.bases() {
            self.base(definition.names(), base, depth - 1);
        }
    }

    fn base(&mut self, names: &Names<'db>, base: &Expr, depth: usize) {
        let base = match base {
            Expr::Subscript(generic) => {
                self.is_generic = true;
                &generic.value
            }
            Expr::Starred(_) => {
                self.is_incomplete = true;
                return;
            }
            other => other,
        };
        let meanings = names.meanings(base, Where::default());
        match &meanings[..] {
            [Meaning::Definition(definition)] if !definition.is_rebound_from_inside() => {
                match definition.kind() {
                    DefinitionKind::Class(class) => self.add(definition, class, depth),
                    // `Base = pydantic.BaseModel`
                    DefinitionKind::Assignment(value @ (Expr::Name(_) | Expr::Attribute(_)))
                        if depth > 0 =>
                    {
                        self.base(definition.names(), value, depth - 1);
                    }
                    _ => self.outside.push(Base::Unknown),
                }
            }
            [] => self.outside.push(Base::Unknown),
            several => {
                let mut named = several.iter().map(outside);
                let first = named.next().unwrap_or(Base::Unknown);
                let agreed = named.all(|one| one == first);
                self.outside.push(match agreed {
                    true => first,
                    false => Base::Unknown,
                });
            }
        }
    }
}

fn outside(meaning: &Meaning<'_>) -> Base {
    let name = match meaning {
        Meaning::Outside { name, .. } => name.as_str(),
        Meaning::Builtin(name) if name == "object" => return Base::Neutral,
        Meaning::Builtin(name) => return Base::Other(format!("builtins.{name}")),
        _ => return Base::Unknown,
    };
    match name {
        "pydantic.BaseModel" | "pydantic.main.BaseModel" => Base::BaseModel,
        "abc.ABC"
        | "typing.Generic"
        | "typing.Protocol"
        | "typing_extensions.Generic"
        | "typing_extensions.Protocol" => Base::Neutral,
        _ if is_relative(name) => Base::Relative(name.to_owned()),
        _ => Base::Other(name.to_owned()),
    }
}

fn is_relative(name: &str) -> bool {
    let classes = [
        "BaseModel",
        "BaseSettings",
        "RootModel",
        "GenericModel",
        "SQLModel",
    ];
    let packages = ["pydantic", "pydantic_settings", "sqlmodel"];
    let package = name.split('.').next().unwrap_or_default();
    let class = name.rsplit('.').next().unwrap_or_default();
    packages.contains(&package) && classes.contains(&class)
}
