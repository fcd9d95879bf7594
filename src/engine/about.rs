//! What a codemod says of itself.

use crate::change::Safety;
use crate::target::PythonVersion;

/// A codemod's own data.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// Kebab-case; says the result.
    pub name: &'static str,
    /// One line for the catalogue.
    pub summary: &'static str,
    /// What its changes do, in the words of a commit's subject.
    pub deed: Deed,
    /// Its page, Markdown: what `explain` prints.
    pub page: &'static str,
    /// The least safe change that it may propose.
    pub ceiling: Safety,
    pub scope: Scope,
    /// The lowest Python that can run what it writes.
    pub since: PythonVersion,
    /// Codes of other tools' rules whose `noqa` or `pylint: disable` comments keep a site.
    pub rules: &'static [&'static str],
    /// Options of its table in the configuration.
    pub options: &'static [OptionAbout],
}

/// What changes do, imperative and lower case, short enough for the subject of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deed {
    /// Of one change: `move 1 import to module level`.
    pub one: &'static str,
    /// Of several, with `{n}` for their number: `move {n} imports to module level`.
    pub many: &'static str,
}

impl Deed {
    /// What `changes` changes do.
    pub fn of(self, changes: usize) -> String {
        match changes {
            1 => self.one.to_owned(),
            n => self.many.replace("{n}", &n.to_string()),
        }
    }
}

/// What a codemod needs to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A module at a time, and facts that this codemod's own changes cannot alter. It edits and speaks of that module
    /// only.
    File,
    /// The whole project at once: its modules, its import graph, its manifests.
    Project,
}

/// One option of a codemod's table in the configuration.
#[derive(Debug, Clone, Copy)]
pub struct OptionAbout {
    pub name: &'static str,
    pub kind: OptionKind,
    pub summary: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OptionKind {
    Boolean {
        default: bool,
    },
    Integer {
        default: i64,
    },
    Float {
        default: f64,
    },
    /// One of these words; the first is the default.
    Choice(&'static [&'static str]),
    Text {
        default: &'static str,
    },
    /// A list of strings; `default` is what holds when the key is absent.
    List {
        default: &'static [&'static str],
    },
}
