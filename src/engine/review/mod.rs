//! A run as a person decides about it: change by change, each with its own edits in the texts on disk, and any choice of
//! them put together again.
//!
//! Accepting a change must not ask the codemods again: a page in a browser cannot. So what depends on a choice, the
//! imports that several changes share, is worked out once for every choice that can be made, and is a table
//! ([`Region`]). Where that cannot be proven to give what the codemods themselves would write, the changes of the file
//! are tied: they are accepted or rejected together.

mod compose;
mod keep;

use std::collections::BTreeSet;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use crate::change::Safety;
use crate::problem::LineColumn;

/// The index of a change in [`Review::changes`].
pub type ChangeId = usize;

/// All changes of a run, and what each of them does to the texts on disk.
#[derive(Debug, Clone, Default)]
pub struct Review {
    /// Those that the run makes, in the order of the codemods, and for each codemod by path and place.
    pub changes: Vec<Reviewed>,
    /// Those that the run was not asked for (unsafe ones without `--unsafe-fixes`, and those to make by hand).
    pub withheld: Vec<Reviewed>,
    /// The files that the changes touch, sorted by path.
    pub files: Vec<ReviewedFile>,
}

/// One change.
#[derive(Debug, Clone)]
pub struct Reviewed {
    pub codemod: &'static str,
    /// What it does: imperative, lower case.
    pub title: String,
    pub safety: Safety,
    /// Why it is not safe, when it is not.
    pub why: Option<String>,
    /// Absolute.
    pub path: Utf8PathBuf,
    /// Where in the text on disk.
    pub start: LineColumn,
    pub end: LineColumn,
    /// Stays the same when lines above it come or go: 32 hexadecimal digits.
    pub fingerprint: String,
    /// What accepting it alone does, the imports that it needs or releases included: sorted by path and place, in the
    /// texts on disk. Changes that are tied, so that each needs the others, have one set of edits: it stands with the
    /// first of them in a file. Empty for a withheld change whose result would not hold.
    pub edits: Vec<DiskEdit>,
    /// Other changes that have to be accepted when this one is: sorted. What rejects one of them rejects this.
    pub needs: BTreeSet<ChangeId>,
}

/// Bytes of a text on disk to replace, and what with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DiskEdit {
    pub path: Utf8PathBuf,
    /// From this byte of the file, byte order mark included.
    pub from: usize,
    /// To this byte, which is not replaced.
    pub to: usize,
    pub start: LineColumn,
    pub end: LineColumn,
    pub replacement: String,
    /// The file is a new one.
    pub creates: bool,
}

/// One file and everything that can be done to it.
#[derive(Debug, Clone)]
pub struct ReviewedFile {
    pub path: Utf8PathBuf,
    /// The text on disk; `None` for a file that is to be made.
    pub before: Option<Arc<str>>,
    /// In the order of their edits where two insert at one place.
    pub regions: Vec<Region>,
}

/// A place of a file, and what becomes of it under every choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Facts about the choice, at most [`Region::MOST`].
    pub when: Vec<When>,
    /// The edits for each combination of facts: bit `n` of the index says whether `when[n]` holds.
    pub table: Vec<Vec<Replacement>>,
}

impl Region {
    /// Facts that one region can depend on.
    pub const MOST: usize = 8;
}

/// A fact about a choice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// At least one of these changes is accepted.
    Any(Vec<ChangeId>),
    /// All of them are.
    All(Vec<ChangeId>),
}

impl When {
    pub fn holds(&self, accepted: &BTreeSet<ChangeId>) -> bool {
        match self {
            Self::Any(changes) => changes.iter().any(|one| accepted.contains(one)),
            Self::All(changes) => changes.iter().all(|one| accepted.contains(one)),
        }
    }
}

/// Bytes `from..to` of a file's text on disk, and what to put there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Replacement {
    pub from: usize,
    pub to: usize,
    pub text: String,
}

impl Review {
    /// `change` and all that has to be accepted with it.
    pub fn accepting(&self, change: ChangeId) -> BTreeSet<ChangeId> {
        let mut all = BTreeSet::new();
        let mut waiting = vec![change];
        while let Some(one) = waiting.pop() {
            if all.insert(one) {
                waiting.extend(self.changes.get(one).into_iter().flat_map(|one| &one.needs));
            }
        }
        all
    }

    /// `change` and all that has to be rejected with it.
    pub fn rejecting(&self, change: ChangeId) -> BTreeSet<ChangeId> {
        let mut all = BTreeSet::from([change]);
        loop {
            let needing = |one: &Reviewed| one.needs.iter().any(|need| all.contains(need));
            let more = self.changes.iter().enumerate();
            let more: Vec<ChangeId> = more
                .filter(|(at, one)| !all.contains(at) && needing(one))
                .map(|(at, _)| at)
                .collect();
            if more.is_empty() {
                return all;
            }
            all.extend(more);
        }
    }

    /// How far accepting `change` may be trusted: as far as the least safe one of those that are accepted with it.
    pub fn safety(&self, change: ChangeId) -> Safety {
        let all = self.accepting(change).into_iter();
        let all = all.filter_map(|id| self.changes.get(id));
        all.map(|one| one.safety).max().unwrap_or(Safety::Safe)
    }

    /// The file at `path`.
    pub fn file(&self, path: &Utf8Path) -> Option<&ReviewedFile> {
        self.files.iter().find(|file| file.path == path)
    }
}
