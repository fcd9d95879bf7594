//! Which Pydantic a project runs with: 1 or 2. They write JSON differently, and have other names for most things.

use camino::Utf8Path;
use ruff_python_ast::Stmt;
use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};

use crate::manifests::{Directory, Distributions, Found, Kind, Manifests};
use crate::module::Module;

/// The Pydantic of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Generation {
    One,
    Two {
        /// The lowest release that the manifests allow, where they say so: `(2, 7)`.
        at_least: Option<(u64, u64)>,
    },
    /// Both may be, or nobody can tell: one line, lower case.
    Unknown(String),
}

/// The Pydantic that the file at `path` runs with: `facts.manifests()` and `facts.distributions()` of a codemod that looks
/// at the whole project; others have no manifests.
///
/// The nearest manifests above the file that limit it decide, by their requirements of Pydantic itself and of what
/// needs one of the two: FastAPI takes Pydantic 2 from 0.100 on and Pydantic 1 below 0.126, SQLModel takes Pydantic 2
/// from 0.0.14 on (their release notes), pydantic-settings needs Pydantic 2. When they are silent, what is installed in
/// the environment does; and when nothing is, it is Pydantic 2.
pub fn generation(
    manifests: &Manifests,
    distributions: &Distributions,
    path: &Utf8Path,
) -> Generation {
    let mut unreadable = None;
    let mut at = path.to_owned();
    while let Some(directory) = manifests.nearest(&at) {
        let allowed = Allowed::by(manifests, directory);
        if allowed.is_limited {
            return allowed.generation();
        }
        if unreadable.is_none() {
            unreadable.clone_from(&directory.unknown);
        }
        at.clone_from(&directory.path);
    }
    match (distributions.version("pydantic"), unreadable) {
        (Some(version), _) => installed(version),
        (None, Some(reason)) => Generation::Unknown(reason),
        (None, None) => Generation::Two { at_least: None },
    }
}

/// What `module` itself tells, by the names that it imports from Pydantic: only one of the two has them.
pub fn evidence(module: &Module<'_>) -> Option<Generation> {
    let mut imports = Imports::default();
    imports.visit_body(module.suite());
    match (imports.one, imports.two) {
        (true, false) => Some(Generation::One),
        (false, true) => Some(Generation::Two { at_least: None }),
        _ => None,
    }
}

/// What manifests allow.
struct Allowed {
    one: bool,
    two: bool,
    /// Some requirement leaves something out.
    is_limited: bool,
    at_least: Option<(u64, u64)>,
}

impl Allowed {
    fn by(manifests: &Manifests, directory: &Directory) -> Self {
        let mut allowed = Self {
            one: true,
            two: true,
            is_limited: false,
            at_least: None,
        };
        let found: Vec<Found<'_>> = manifests.requirements(directory).collect();
        for (distribution, first, last) in LIMITS {
            allowed.limit(&found, distribution, first, last);
        }
        allowed
    }

    /// Take `distribution` into account, which takes Pydantic 1 in versions `ones`, and Pydantic 2 in versions `twos`.
    fn limit(&mut self, found: &[Found<'_>], distribution: &str, ones: &str, twos: &str) {
        let all = found.iter().filter(|one| {
            let is_for_work = matches!(one.kind, Kind::Group(_));
            one.requirement.name == distribution && !is_for_work
        });
        // Lines with markers are for several environments: each allows something of its own.
        let (marked, plain): (Vec<_>, Vec<_>) = all.partition(|one| {
            let by_extra = matches!(one.kind, Kind::Extra(_));
            one.requirement.marker.is_some() || by_extra
        });
        let allows = |one: &&&Found<'_>, bounds: &str| {
            !bounds.is_empty() && one.requirement.versions.allow(bounds)
        };
        for one in plain.iter() {
            self.one &= allows(&one, ones);
            self.two &= allows(&one, twos);
        }
        if plain.is_empty() && !marked.is_empty() {
            self.one &= marked.iter().any(|one| allows(&one, ones));
            self.two &= marked.iter().any(|one| allows(&one, twos));
        }
        let written = plain.iter().chain(&marked);
        let says = written.map(|one| !one.requirement.versions.to_string().is_empty());
        self.is_limited |= says.into_iter().any(|says| says) && distribution == "pydantic";
        self.is_limited |= !(self.one && self.two);
        if distribution == "pydantic" {
            let lowest = plain.iter().filter_map(|one| lowest_of_two(one)).max();
            self.at_least = self.at_least.max(lowest);
        }
    }

    fn generation(self) -> Generation {
        match (self.one, self.two) {
            (true, false) => Generation::One,
            (false, true) => Generation::Two {
                at_least: self.at_least,
            },
            (true, true) => Generation::Unknown("the manifest allows Pydantic 1 and 2".to_owned()),
            (false, false) => {
                Generation::Unknown("the manifest allows neither Pydantic 1 nor 2".to_owned())
            }
        }
    }
}

/// Distributions, with the versions of them that take Pydantic 1 and those that take Pydantic 2; none when empty.
const LIMITS: [(&str, &str, &str); 6] = [
    ("pydantic", "<2.0.0.dev0", ">=2.0"),
    ("fastapi", "<0.126", ">=0.100"),
    ("sqlmodel", ">=0", ">=0.0.14"),
    ("pydantic-settings", "", ">=0"),
    ("pydantic-extra-types", "", ">=0"),
    ("pydantic-core", "", ">=0"),
];

/// The release of Pydantic 2 that a requirement begins with.
fn lowest_of_two(found: &Found<'_>) -> Option<(u64, u64)> {
    let versions = &found.requirement.versions;
    let refused = |minor: &u64| !versions.allow(&format!("<2.{minor}"));
    let minor = (0..100).rev().find(|minor| refused(minor))?;
    // Nothing above is allowed either: it is no requirement of Pydantic 2.
    (minor < 99).then_some((2, minor))
}

fn installed(version: &str) -> Generation {
    let mut parts = version.split('.').map(str::parse::<u64>);
    match (parts.next(), parts.next()) {
        (Some(Ok(1)), _) => Generation::One,
        (Some(Ok(2)), Some(Ok(minor))) => Generation::Two {
            at_least: Some((2, minor)),
        },
        _ => Generation::Unknown(format!("pydantic {version} is installed")),
    }
}

/// Names that only one of the two has.
#[derive(Default)]
struct Imports {
    one: bool,
    two: bool,
}

const ONLY_ONE: [&str; 5] = [
    "BaseSettings",
    "ConstrainedStr",
    "ConstrainedInt",
    "ConstrainedFloat",
    "MissingError",
];

const ONLY_TWO: [&str; 20] = [
    "AfterValidator",
    "AliasChoices",
    "AliasPath",
    "BeforeValidator",
    "ConfigDict",
    "PlainSerializer",
    "PlainValidator",
    "RootModel",
    "SerializeAsAny",
    "StringConstraints",
    "TypeAdapter",
    "WithJsonSchema",
    "WrapSerializer",
    "WrapValidator",
    "computed_field",
    "field_serializer",
    "field_validator",
    "model_serializer",
    "model_validator",
    "validate_call",
];

impl<'a> StatementVisitor<'a> for Imports {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::ImportFrom(import) if import.level == 0 => {
                let from = import.module.as_deref().unwrap_or_default();
                let named = |known: &[&str]| {
                    let mut names = import.names.iter();
                    names.any(|alias| known.contains(&alias.name.as_str()))
                };
                self.one |= from == "pydantic.generics" || from == "pydantic.error_wrappers";
                self.one |= from == "pydantic" && named(&ONLY_ONE);
                self.two |= from == "pydantic" && named(&ONLY_TWO);
                self.two |= matches!(from, "pydantic_settings" | "pydantic_core" | "pydantic.v1");
            }
            // `try: from pydantic import ...` has both on purpose.
            Stmt::Try(_) => {}
            _ => walk_stmt(self, statement),
        }
    }
}
