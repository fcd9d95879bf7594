//! What a class derives from, by binding: as far as exceptions are concerned, which clauses catch it.

#[cfg(test)]
mod tests;

use ruff_python_ast::{Expr, StmtClassDef};
use ruff_text_size::Ranged;

use super::definition::{Definition, DefinitionKind};
use super::names::{Meaning, Names, Where};
use super::reading::named;

/// How far bases and aliases are followed.
const DEPTH: usize = 16;

/// Classes that derive from others, outside of the project: what all backends deal with, and typeshed does not know.
const OUTSIDE: [(&[&str], &[&str]); 3] = [
    (
        &["fastapi.HTTPException", "fastapi.exceptions.HTTPException"],
        &[FASTAPI_ERROR, STARLETTE_ERROR, "builtins.Exception"],
    ),
    (
        &[
            "starlette.exceptions.HTTPException",
            "fastapi.exceptions.StarletteHTTPException",
        ],
        &[STARLETTE_ERROR, "builtins.Exception"],
    ),
    (
        &[
            "asyncio.CancelledError",
            "asyncio.exceptions.CancelledError",
        ],
        &["asyncio.CancelledError", "builtins.BaseException"],
    ),
];

/// FastAPI's `HTTPException`, which derives from Starlette's.
pub const FASTAPI_ERROR: &str = "fastapi.HTTPException";

/// Starlette's `HTTPException`.
pub const STARLETTE_ERROR: &str = "starlette.exceptions.HTTPException";

/// Builtin exceptions that are no `Exception`.
const BASE_ONLY: [&str; 5] = [
    "BaseException",
    "BaseExceptionGroup",
    "GeneratorExit",
    "KeyboardInterrupt",
    "SystemExit",
];

/// A class and all that it is known to derive from, the class first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lineage(Vec<String>);

impl Lineage {
    /// Of the class that the outside name `name` is imported as: `fastapi.HTTPException`.
    pub fn of_outside(name: &str) -> Self {
        let known = OUTSIDE.iter().find(|(names, _)| names.contains(&name));
        let mut all: Vec<String> = match known {
            Some((_, lineage)) => lineage.iter().map(|&one| one.to_owned()).collect(),
            None => vec![name.to_owned()],
        };
        if all.iter().any(|one| one == "builtins.Exception") {
            all.push("builtins.BaseException".to_owned());
        }
        Self(all)
    }

    /// What stands for the class itself: its qualified name, or its place for one of the project.
    pub fn class(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }

    /// The class, and all that it is known to derive from, in the words of [`Self::class`].
    pub fn classes(&self) -> &[String] {
        &self.0
    }

    /// Whether a clause with `class`, as [`Self::class`] has it, catches it.
    pub fn derives_from(&self, class: &str) -> bool {
        self.0.iter().any(|one| one == class)
    }

    /// Whether it is known to be an exception.
    pub fn is_exception(&self) -> bool {
        self.derives_from("builtins.BaseException")
    }

    /// Whether it is Starlette's `HTTPException` or derives from it, as FastAPI's does.
    pub fn is_http_error(&self) -> bool {
        self.derives_from(STARLETTE_ERROR)
    }

    fn of_builtin(name: &str) -> Self {
        let mut all = vec![format!("builtins.{name}")];
        let is_exception =
            (8..=15).any(|minor| ruff_python_stdlib::builtins::is_exception(name, minor));
        if is_exception && !BASE_ONLY.contains(&name) && name != "Exception" {
            all.push("builtins.Exception".to_owned());
        }
        if is_exception && name != "BaseException" {
            all.push("builtins.BaseException".to_owned());
        }
        Self(all)
    }
}

impl<'db> Names<'db> {
    /// What `class`, an expression of this file, derives from. `None` when it names no class, or may name several.
    pub fn lineage(&self, class: &Expr) -> Option<Lineage> {
        lineage(self, class, DEPTH)
    }
}

impl Definition<'_> {
    /// The same of a class statement.
    pub fn lineage(&self) -> Option<Lineage> {
        of_definition(self, DEPTH)
    }
}

fn lineage(names: &Names<'_>, class: &Expr, depth: usize) -> Option<Lineage> {
    let meanings = names.meanings(class, Where::default());
    let mut found = meanings.iter().map(|meaning| of_meaning(meaning, depth));
    let first = found.next()??;
    found
        .all(|one| one.as_ref() == Some(&first))
        .then_some(first)
}

fn of_meaning(meaning: &Meaning<'_>, depth: usize) -> Option<Lineage> {
    match meaning {
        Meaning::Builtin(name) => Some(Lineage::of_builtin(name)),
        Meaning::Outside { name, .. } => Some(Lineage::of_outside(name)),
        Meaning::Definition(definition) => of_definition(definition, depth),
        Meaning::Module(_) | Meaning::Unknown => None,
    }
}

fn of_definition(definition: &Definition<'_>, depth: usize) -> Option<Lineage> {
    let below = depth.checked_sub(1)?;
    match definition.kind() {
        DefinitionKind::Class(class) => Some(of_class(definition.names(), class, below)),
        DefinitionKind::Assignment(value) if value.is_name_expr() || value.is_attribute_expr() => {
            lineage(definition.names(), value, below)
        }
        _ => None,
    }
}

/// The frameworks' own classes, where their source is a part of the project.
fn of_source(path: &str, class: &str) -> Option<Lineage> {
    let homes = [
        ("/fastapi/exceptions.py", FASTAPI_ERROR),
        ("/starlette/exceptions.py", STARLETTE_ERROR),
    ];
    let home = homes.iter().find(|(home, _)| path.ends_with(home));
    let (_, name) = home.filter(|_| class == "HTTPException")?;
    Some(Lineage::of_outside(name))
}

fn of_class(names: &Names<'_>, class: &StmtClassDef, depth: usize) -> Lineage {
    if let Some(known) = of_source(names.path(), &class.name) {
        return known;
    }
    let mut all = vec![format!("{}:{}", names.path(), class.start().to_u32())];
    for base in class.bases() {
        let Some(Lineage(more)) = lineage(names, named(base), depth) else {
            continue;
        };
        for one in more {
            if !all.contains(&one) {
                all.push(one);
            }
        }
    }
    Lineage(all)
}
