//! What a codemod is.

use crate::change::{Changes, Safety};
use crate::facts::Facts;
use crate::module::Module;
use crate::target::PythonVersion;

/// A codemod: it looks at a module and says what it would change there.
///
/// Pure: no reading, no writing, no printing, and it cannot fail. What it is unsure of it declines with a reason.
pub trait Codemod: Sync {
    fn about(&self) -> About;

    /// Byte strings, one of which must stand in a file for this codemod to have anything to say about it.
    fn triggers(&self) -> &'static [&'static str];

    /// What it must know about the other modules of the project before it looks at one.
    fn questions(&self) -> &'static [Question] {
        &[]
    }

    /// Propose, decline and report for one module. May be called for many modules at once.
    fn rewrite(&self, module: &Module<'_>, facts: &Facts<'_>, changes: &mut Changes);

    /// The same for files that are no Python modules: manifests.
    fn rewrite_project(&self, _facts: &Facts<'_>, _changes: &mut Changes) {}
}

/// A question that every module of the project is asked, in parallel, before a codemod looks at any.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// Unique in the catalogue.
    pub key: &'static str,
    /// Byte strings that must all stand in a file for the answer to be yes. Files without them are not parsed.
    pub words: &'static [&'static str],
    pub ask: fn(&Module<'_>) -> bool,
}

/// A codemod's own data.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// Kebab-case; says the result.
    pub name: &'static str,
    /// One line for the catalogue.
    pub summary: &'static str,
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

/// What a codemod needs to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A module at a time, and facts that this codemod's own changes cannot alter.
    File,
    /// The whole project at once.
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
