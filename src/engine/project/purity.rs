//! Whether importing a module does more than define things.

use std::collections::BTreeSet;

use super::Project;
use super::digest::{Class, Effect, ImportRef, Runs};
use super::layout::{Imported, ModuleId};
use super::origins::{HERE, Origin};

/// How many values are followed to what made them, and classes to their bases.
const DEPTH: usize = 12;

/// What counts as harmless when a module is imported.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct PurityRules {
    /// Qualified names of callables that may be called. `fastapi.APIRouter.*` stands for all that begins so.
    pub calls: BTreeSet<String>,
    /// Top-level names of third-party packages whose import is expensive.
    pub heavy: BTreeSet<String>,
}

impl PurityRules {
    pub(super) fn allows(&self, callee: &str) -> bool {
        if self.calls.contains(callee) {
            return true;
        }
        let mut end = callee.len();
        while let Some(dot) = callee[..end].rfind('.') {
            if self.calls.contains(&format!("{}.*", &callee[..dot])) {
                return true;
            }
            end = dot;
        }
        false
    }
}

/// What makes the import of a module more than a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impurity {
    /// The module that does it: the asked one, or one that it imports.
    pub module: ModuleId,
    /// From 1.
    pub line: u32,
    /// In words: ``calls `connect` ``.
    pub what: String,
}

impl Project {
    /// What `module` does itself when it is imported, if that is more than the rules allow.
    pub(super) fn own_impurity(&self, module: ModuleId, rules: &PurityRules) -> Option<Impurity> {
        let digest = self.digest(module)?;
        let found = |line: u32, what: String| Some(Impurity { module, line, what });
        if digest.broken {
            return found(1, "has a syntax error".to_owned());
        }
        for (effect, line) in &digest.effects {
            match effect {
                Effect::Call(callee) => {
                    if !self.is_harmless(module, callee, rules) {
                        let shown = callee
                            .strip_prefix(HERE)
                            .or(callee.strip_prefix("builtins."));
                        return found(*line, format!("calls `{}`", shown.unwrap_or(callee)));
                    }
                }
                Effect::Access(owner) => {
                    if !self.is_module(module, owner) {
                        let name = owner.rsplit('.').next().unwrap_or(owner);
                        return found(*line, format!("looks into `{name}`"));
                    }
                }
                Effect::Other(what) => return found(*line, (*what).to_owned()),
                other => {
                    if let Some(what) = self.disturbance(module, other) {
                        return found(*line, what);
                    }
                }
            }
        }
        let runs = digest
            .imports
            .iter()
            .filter(|one| one.runs != Runs::Never && !one.lazy);
        for one in runs {
            let top = one.import.module.split('.').next().unwrap_or_default();
            if one.import.level == 0
                && rules.heavy.contains(top)
                && self.resolve(module, &one.import) == Imported::ThirdParty
            {
                return found(one.line, format!("imports `{top}`, which is heavy"));
            }
        }
        // What is behind a link is known when it is a file of the project: then there is an edge to it.
        let lost = self
            .lost_imports(module)
            .find(|(one, imported)| match imported {
                Imported::Missing(_) => !one.guarded,
                Imported::Linked(_) | Imported::Beyond => {
                    self.targets(module, &one.import).is_empty()
                }
                _ => false,
            });
        if let Some((one, _)) = lost {
            let what = format!("imports `{}`, which is not found", one.import.written());
            return found(one.line, what);
        }
        if let Some(package) = self.hides_in(module) {
            let what = format!("hides a name of {}", self.file(package));
            return found(1, what);
        }
        let (line, what) = self.taken(module)?;
        found(line, what)
    }

    fn is_harmless(&self, module: ModuleId, callee: &str, rules: &PurityRules) -> bool {
        if let Some(name) = callee.strip_prefix("builtins.")
            && self.hides_builtin(module, name.split('.').next().unwrap_or(name))
        {
            return false;
        }
        self.canonical(module, callee, DEPTH)
            .is_some_and(|name| rules.allows(&name))
            || self.makes_plain_instance(module, callee, DEPTH)
    }

    /// The name outside of the project that `callee`, as written in `module`, stands for: of what made the value, or
    /// what a from-import passes on. None for what the project defines.
    pub(super) fn canonical(&self, module: ModuleId, callee: &str, depth: usize) -> Option<String> {
        if self.is_outside(module, callee) {
            return Some(callee.to_owned());
        }
        let (home, path) = self.defined_in(module, callee)?;
        let (name, rest) = path.split_once('.').unwrap_or((&path, ""));
        let digest = self.digest(home)?;
        let maker = match digest.origins.get(name) {
            Some(Origin::Import(origin)) => origin,
            _ if rest.is_empty() => return None,
            // What another module has made is changed by its methods for all.
            _ if home != module => return None,
            _ => digest.made_by.get(name)?,
        };
        let dot = if rest.is_empty() { "" } else { "." };
        self.canonical(home, &format!("{maker}{dot}{rest}"), depth.checked_sub(1)?)
    }

    /// Whether `qualified`, as written in `module`, is no module of the project, and not in one.
    pub(super) fn is_outside(&self, module: ModuleId, qualified: &str) -> bool {
        if qualified.starts_with(HERE) || qualified.starts_with('.') {
            return false;
        }
        let top = qualified.split('.').next().unwrap_or_default();
        top == "builtins" || !self.layout().knows(top) || {
            let import = ImportRef {
                module: qualified
                    .rsplit_once('.')
                    .map_or(top, |(owner, _)| owner)
                    .to_owned(),
                level: 0,
                names: Vec::new(),
                star: false,
            };
            let shorter = ImportRef {
                module: top.to_owned(),
                ..import.clone()
            };
            [import, shorter].iter().all(|import| {
                matches!(
                    self.resolve(module, import),
                    Imported::Standard | Imported::ThirdParty
                )
            })
        }
    }

    /// The module of the project that defines what `qualified`, as written in `module`, names, and the rest of the
    /// path there; none when there are several.
    fn defined_in(&self, module: ModuleId, qualified: &str) -> Option<(ModuleId, String)> {
        let mut all = self.definitions(module, qualified).into_iter();
        let first = all.next()?;
        all.all(|one| one == first).then_some(first)
    }

    /// Whether `callee` is a class of the project whose instances are plain data.
    fn makes_plain_instance(&self, module: ModuleId, callee: &str, depth: usize) -> bool {
        let Some((home, name)) = self.defined_in(module, callee) else {
            return false;
        };
        self.is_plain_class(home, &name, depth).unwrap_or(false)
    }

    fn is_plain_class(&self, home: ModuleId, name: &str, depth: usize) -> Option<bool> {
        if depth == 0 {
            return None;
        }
        let class: &Class = self.digest(home)?.classes.get(name)?;
        let digest = self.digest(home)?;
        let is_bound_anew =
            digest.made_by.contains_key(name) || digest.made_from.contains_key(name);
        let is_enum = self.is_enum(home, &format!("{HERE}{name}"), DEPTH);
        if class.has_hooks || is_bound_anew || is_enum {
            return Some(false);
        }
        let mut decorators = class.decorators.iter();
        if !decorators.all(|name| name.as_deref().is_some_and(is_data_decorator)) {
            return Some(false);
        }
        let mut kinds = class.bases.iter().map(|base| {
            let base = base.as_deref()?;
            if is_data_base(base) && self.is_outside(home, base) {
                return Some(true);
            }
            let (home, name) = self.defined_in(home, base)?;
            self.is_plain_class(home, &name, depth - 1)
        });
        Some(kinds.all(|kind| kind == Some(true)))
    }

    /// Whether `qualified`, as written in `module`, is a module: what is looked up in it is just there.
    fn is_module(&self, module: ModuleId, qualified: &str) -> bool {
        let top = qualified.split('.').next().unwrap_or_default();
        if super::layout::is_standard(top) {
            return true;
        }
        !self.modules_named(module, qualified).is_empty()
    }
}

/// Decorators that leave a class plain data.
fn is_data_decorator(decorator: &str) -> bool {
    matches!(
        decorator,
        "dataclasses.dataclass"
            | "attrs.define"
            | "attrs.frozen"
            | "attr.s"
            | "enum.unique"
            | "typing.final"
            | "typing_extensions.final"
            | "functools.total_ordering"
    )
}

fn is_data_base(base: &str) -> bool {
    matches!(
        base,
        "pydantic.BaseModel"
            | "pydantic.v1.BaseModel"
            | "enum.Enum"
            | "enum.IntEnum"
            | "enum.StrEnum"
            | "enum.Flag"
            | "enum.IntFlag"
            | "typing.NamedTuple"
            | "typing.TypedDict"
            | "typing_extensions.TypedDict"
            | "typing.Generic"
            | "builtins.str"
            | "builtins.int"
            | "builtins.object"
    )
}
