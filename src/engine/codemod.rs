//! What a codemod is.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

pub use crate::about::{About, Deed, OptionAbout, OptionKind, Scope};
use crate::change::Changes;
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

    /// Whether it can have anything to say about a file with this text, in which a trigger stands, and this target: a
    /// closer look at the words, before any syntax. Files that it clears are not parsed.
    fn may_apply(&self, _text: &str, _target: PythonVersion) -> bool {
        true
    }

    /// Whether it can have anything to say about the file at `path` with this text, by what is known of the project: files
    /// that it clears here are not parsed either.
    fn concerns(&self, _path: &Utf8Path, _text: &str, _facts: &Facts<'_>) -> bool {
        true
    }

    /// Whether what it has just changed in one file may lead to something new in another, by what it knows of the project.
    /// When not, a codemod of [`Scope::Project`] looks at files once, unless one of its own changes was in the way of
    /// another.
    fn looks_again(&self, _facts: &Facts<'_>) -> bool {
        true
    }

    /// Whether it may say anything new about the file at `path` once the files at `changed` have been changed, by what
    /// is known of the project then: a codemod of [`Scope::Project`] looks again at files for which this holds.
    fn is_affected(&self, _path: &Utf8Path, _changed: &[Utf8PathBuf], _facts: &Facts<'_>) -> bool {
        true
    }

    /// What it must know about the other modules of the project before it looks at one.
    fn questions(&self) -> &'static [Question] {
        &[]
    }

    /// What every module of the project must list before it looks at one.
    fn gatherings(&self) -> &'static [Gathering] {
        &[]
    }

    /// Whether it asks which modules load which, of most files: that is worked out beforehand.
    fn walks_imports(&self) -> bool {
        false
    }

    /// The modules of the project, by their absolute paths, at which [`Codemod::scout`] has to look before the codemod
    /// looks at any of `candidates`. It is asked again after each such look, until it gives none: what is found out of
    /// one module may lead to others. `changed`: the files that the codemod has changed since it was asked first.
    fn scouts(
        &self,
        _candidates: &[Utf8PathBuf],
        _changed: &[Utf8PathBuf],
        _facts: &Facts<'_>,
    ) -> Vec<Utf8PathBuf> {
        Vec::new()
    }

    /// Find out what must be known of `module` beforehand, and remember it, by
    /// [`Project::remembered`](crate::project::Project::remembered). May be called for many modules at once.
    fn scout(&self, _module: &Module<'_>, _facts: &Facts<'_>) {}

    /// Propose, decline and report for one module. May be called for many modules at once.
    fn rewrite(&self, module: &Module<'_>, facts: &Facts<'_>, changes: &mut Changes);

    /// The same once for the whole project, after every module was looked at: for files that are no Python modules.
    /// What `rewrite` has noted is at hand. Called for codemods of [`Scope::Project`] only.
    fn rewrite_project(&self, _facts: &Facts<'_>, _changes: &mut Changes) {}
}

/// A question that every module of the project is asked, in parallel, before a codemod looks at any.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// Unique in the catalogue.
    pub key: &'static str,
    /// Byte strings that must all stand in a file for the answer to be yes. Files without them are not parsed.
    pub words: &'static [&'static str],
    /// Whether the answer for a file with this text may be yes, by its words: saves parsing most of the others.
    pub may: fn(&str) -> bool,
    pub ask: fn(&Module<'_>) -> bool,
}

/// Something that every module of the project lists, in parallel, before a codemod looks at any: names of functions,
/// strings. What is listed has no place, so it can only tell where a closer look is worth its time.
#[derive(Debug, Clone, Copy)]
pub struct Gathering {
    /// Unique in the catalogue.
    pub key: &'static str,
    /// Whether a file with this text may list anything, by its words. The others are not looked at.
    pub may: fn(&str) -> bool,
    pub list: List,
    /// What all the lists together say.
    pub fold: fn(BTreeSet<String>) -> BTreeSet<String>,
}

/// How a file lists something.
#[derive(Debug, Clone, Copy)]
pub enum List {
    /// By its words alone: many times faster.
    OfText(fn(&str) -> Vec<String>),
    OfModule(fn(&Module<'_>) -> Vec<String>),
}
