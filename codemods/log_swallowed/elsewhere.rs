//! What the other files of the project do to a class or a function: they derive from it, or register it to run when
//! logging may be gone.
//!
//! Classes count by their names, read off the lines of a file: a name that two classes share costs a logger of the
//! instance, and nothing else. Only files that register something are parsed.

use std::collections::BTreeSet;

use codemend_engine::codemod::{Gathering, List};
use codemend_engine::facts::Facts;
use codemend_engine::module::Module;
use codemend_engine::syntax::ast::Stmt;

use super::glance::registered_in;
use super::lines::{classes_in, may_register, starred_in};
use super::trace::is_name;

/// `Base<Sub` for each class with a base, `Sub>Base` for each base but the last, `!Sub` where its `__init__` may leave out
/// that of the base, `$Sub` where log records run through its instances, `Sub.log` for a `self.log` that it sets to
/// something else, and `.log` for a `worker.log` that is set to `None`.
pub const CLASSES: Gathering = Gathering {
    key: "log-swallowed/classes",
    may: |text| text.contains("class "),
    list: List::OfText(classes_in),
    fold: std::convert::identity,
};

/// What is registered to run at the end, in a signal, or for each log record: `path function`, `Class.method`, or
/// `.method` where nobody can tell the class. And what is called for each log record: `function()`, `.method()`.
pub const REGISTERED: Gathering = Gathering {
    key: "log-swallowed/registered",
    may: may_register,
    list: List::OfModule(registered_in),
    fold: std::convert::identity,
};

/// The last names of modules whose names a star import takes: `utils` of `from app.utils import *`, and `.` of
/// `from . import *`.
pub const STARRED: Gathering = Gathering {
    key: "log-swallowed/starred",
    may: |text| text.contains("import *"),
    list: List::OfText(starred_in),
    fold: std::convert::identity,
};

/// What [`CLASSES`], [`REGISTERED`] and [`STARRED`] have found.
#[derive(Clone, Copy)]
pub struct Elsewhere<'f> {
    classes: Option<&'f BTreeSet<String>>,
    registered: Option<&'f BTreeSet<String>>,
    starred: Option<&'f BTreeSet<String>>,
}

impl<'f> Elsewhere<'f> {
    pub fn of(facts: &'f Facts<'_>) -> Self {
        Self {
            classes: facts.gathered(&CLASSES),
            registered: facts.gathered(&REGISTERED),
            starred: facts.gathered(&STARRED),
        }
    }

    /// Whether an instance of a class that derives from `class` may not have the logger that the `__init__` of `class`
    /// gives it as `attribute`.
    pub fn may_lack(self, class: &str, attribute: &str) -> bool {
        let nulled = self.lists(self.classes, &format!(".{attribute}"));
        let below = self.below(class);
        nulled
            || below.iter().any(|one| {
                let mut first = self.after(format!("{one}>"));
                self.lists(self.classes, &format!("!{one}"))
                    || self.lists(self.classes, &format!("{one}.{attribute}"))
                    || first.any(|other| {
                        let is_related = other == class || below.contains(other);
                        !is_related && self.lists(self.classes, &format!("!{other}"))
                    })
            })
    }

    /// Whether log records run through a class that derives from `class`.
    pub fn mixes_into_sink(self, class: &str) -> bool {
        let below = self.below(class);
        below
            .iter()
            .any(|one| self.lists(self.classes, &format!("${one}")))
    }

    /// Whether a star import may take a new name of `module`, if it is public, to another file.
    pub fn takes_all_of(self, module: &Module<'_>) -> bool {
        let path = module.path();
        let stem = path.file_stem().unwrap_or_default();
        let is_taken = match stem {
            "__init__" => {
                let package = path.parent().and_then(|it| it.file_name());
                self.lists(self.starred, ".")
                    || package.is_some_and(|name| self.lists(self.starred, name))
            }
            _ => self.lists(self.starred, stem),
        };
        is_taken && !module.suite().iter().any(lists_names)
    }

    /// All that is registered.
    pub fn registered(self) -> impl Iterator<Item = &'f str> {
        self.registered.into_iter().flatten().map(String::as_str)
    }

    /// Whether the function or class `name` of the file at `path` is registered.
    pub fn registers(self, path: &str, name: &str) -> bool {
        self.lists(self.registered, &format!("{path} {name}"))
    }

    /// Whether the method `name` of `class`, or of one that is related to it, is registered.
    pub fn registers_method(self, class: &str, name: &str) -> bool {
        let Some(registered) = self.registered.filter(|all| !all.is_empty()) else {
            return false;
        };
        if registered.contains(&format!(".{name}")) {
            return true;
        }
        let end = format!(".{name}");
        let mut owners = registered.iter().filter_map(|one| one.strip_suffix(&end));
        owners.any(|owner| {
            owner == class || self.below(owner).contains(class) || self.below(class).contains(owner)
        })
    }

    /// The classes that derive from `class`, by their names.
    fn below(self, class: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut left = vec![class.to_owned()];
        while let Some(base) = left.pop() {
            for one in self.after(format!("{base}<")) {
                if found.insert(one.to_owned()) {
                    left.push(one.to_owned());
                }
            }
        }
        found
    }

    /// What is listed of classes that begins with `start`, without it.
    fn after(self, start: String) -> impl Iterator<Item = &'f str> {
        let from = start.clone();
        let classes = self.classes.into_iter();
        let listed = classes.flat_map(move |all| all.range(from.clone()..));
        listed.map_while(move |one| one.strip_prefix(start.as_str()))
    }

    fn lists(self, all: Option<&BTreeSet<String>>, one: &str) -> bool {
        all.is_some_and(|all| all.contains(one))
    }
}

/// `__all__ = [...]`
fn lists_names(statement: &Stmt) -> bool {
    match statement {
        Stmt::Assign(one) => one.targets.iter().any(|it| is_name(it, "__all__")),
        Stmt::AnnAssign(one) => one.value.is_some() && is_name(&one.target, "__all__"),
        _ => false,
    }
}
