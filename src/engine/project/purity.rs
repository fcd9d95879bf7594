//! Whether importing a module does more than define things.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::Project;
use super::digest::{Class, Effect, Runs};
use super::layout::{Imported, ModuleId};
use super::origins::HERE;

/// How far names are followed from module to module.
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
        None
    }

    fn is_harmless(&self, module: ModuleId, callee: &str, rules: &PurityRules) -> bool {
        let mut seen = FxHashSet::default();
        self.canonical(module, callee, &mut seen, DEPTH)
            .iter()
            .all(|name| rules.allows(name))
            || self.makes_plain_instance(module, callee, DEPTH)
    }

    /// The names that `callee`, as written in `module`, may stand for outside the project: what made the value, or what
    /// a from-import passes on. Itself when nothing more is known.
    fn canonical(
        &self,
        module: ModuleId,
        callee: &str,
        seen: &mut FxHashSet<(ModuleId, String)>,
        depth: usize,
    ) -> Vec<String> {
        let own = vec![callee.to_owned()];
        if depth == 0 || !seen.insert((module, callee.to_owned())) {
            return own;
        }
        let Some((home, path)) = self.defined_in(module, callee) else {
            return own;
        };
        let (name, rest) = path
            .split_once('.')
            .map_or((path.as_str(), ""), |split| split);
        let Some(digest) = self.digest(home) else {
            return own;
        };
        let Some(maker) = digest.made_by.get(name).filter(|_| !rest.is_empty()) else {
            return own;
        };
        self.canonical(home, &format!("{maker}.{rest}"), seen, depth - 1)
    }

    /// The module of the project that defines what `qualified`, as written in `module`, names, and the rest of the
    /// path there.
    pub(super) fn defined_in(
        &self,
        module: ModuleId,
        qualified: &str,
    ) -> Option<(ModuleId, String)> {
        if let Some(path) = qualified.strip_prefix(HERE) {
            return Some((module, path.to_owned()));
        }
        self.find_member(module, qualified, DEPTH)
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
        if class.has_hooks {
            return Some(false);
        }
        let decorated = class.decorators.iter().any(|name| {
            matches!(
                name.as_str(),
                "dataclasses.dataclass" | "attrs.define" | "attrs.frozen" | "attr.s"
            )
        });
        let mut kinds = class.bases.iter().map(|base| {
            if is_data_base(base) {
                return Some(true);
            }
            let (home, name) = self.defined_in(home, base)?;
            self.is_plain_class(home, &name, depth - 1)
        });
        match class.bases.is_empty() {
            true => Some(decorated),
            false => Some(kinds.all(|kind| kind == Some(true))),
        }
    }

    /// Whether `qualified`, as written in `module`, is a module: what is looked up in it is just there.
    fn is_module(&self, module: ModuleId, qualified: &str) -> bool {
        let top = qualified.split('.').next().unwrap_or_default();
        if super::layout::is_standard(top) {
            return true;
        }
        self.find_module(module, qualified)
    }
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
