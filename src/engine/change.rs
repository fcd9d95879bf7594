//! The words that a codemod speaks: it proposes changes, declines places, and reports what a person must look at.
//!
//! All of them are plain data. A codemod has no other way to act, so it can neither print nor write.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use ruff_text_size::{TextRange, TextSize};
use serde::Serialize;

use crate::imports::{Import, Placed};
use crate::message::Message;
use crate::problem::LineColumn;
use crate::project::ModuleId;

/// How far a change may be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// Means the same at run time. Done by default.
    Safe,
    /// May mean something else; the change says what. Done with `--unsafe-fixes`.
    Unsafe,
    /// Shown, never applied.
    Display,
}

/// A place in one file: byte offsets into the text as it was read, relative to its first byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub path: Utf8PathBuf,
    pub range: Span,
}

impl Place {
    pub fn new(path: &Utf8Path, range: TextRange) -> Self {
        Self {
            path: path.to_owned(),
            range: range.into(),
        }
    }
}

/// By the bytes of the path, then by the range. Paths compare part by part otherwise, which thousands of changes feel.
impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        let paths = self.path.as_str().cmp(other.path.as_str());
        paths.then_with(|| self.range.cmp(&other.range))
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A `TextRange` that can be sorted: by start, then by end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl From<TextRange> for Span {
    fn from(range: TextRange) -> Self {
        Self {
            start: range.start().to_u32(),
            end: range.end().to_u32(),
        }
    }
}

impl From<Span> for TextRange {
    fn from(span: Span) -> Self {
        TextRange::new(TextSize::new(span.start), TextSize::new(span.end))
    }
}

/// One edit of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileEdit {
    /// Put `replacement` where `range` (bytes, in the text that the codemod saw) stands now.
    Text {
        path: Utf8PathBuf,
        range: TextRange,
        replacement: String,
    },
    /// Make a new file. Refused when the path exists.
    Create { path: Utf8PathBuf, content: String },
}

impl FileEdit {
    pub fn path(&self) -> &Utf8Path {
        match self {
            Self::Text { path, .. } | Self::Create { path, .. } => path,
        }
    }

    /// What it writes.
    pub(crate) fn content(&self) -> &str {
        match self {
            Self::Text { replacement, .. } => replacement,
            Self::Create { content, .. } => content,
        }
    }
}

/// The smallest thing that a person can accept: all of its edits are made, or none.
#[derive(Debug, Clone)]
pub struct Change {
    pub codemod: &'static str,
    /// What it does: imperative, lower case.
    pub title: String,
    pub safety: Safety,
    /// Why it is not safe, when it is not.
    pub why: Option<String>,
    pub at: Place,
    pub edits: Vec<FileEdit>,
    /// Where, besides `at` and the edits, the syntax tree of the same file differs: what stands there is grouped
    /// otherwise, and means the same. `codemend --verify` lets it differ nowhere else.
    pub regroups: Vec<TextRange>,
    /// Imports in the same file (the range of the alias, in the text the codemod saw) that this change takes uses
    /// away from. Those that are left without a use go in the same breath as the change.
    pub releases: Vec<TextRange>,
    /// Imports that what it writes needs. Changes of one file that need the same share it.
    pub requires: Vec<Import>,
    /// Import statements that it wants at module level.
    pub places: Vec<Placed>,
    /// Modules of the project that the change's own module will load when it is imported. A change that would close
    /// a cycle with these, given all other changes of the run, is not made.
    pub loads: BTreeSet<ModuleId>,
    /// What to do in place of a change that would close a cycle.
    pub otherwise: Option<Box<Change>>,
    /// The safe change to make at the same place where this one is not asked for: it goes less far, and is no change
    /// of its own where this one is made.
    pub fallback: Option<Box<Change>>,
    /// What is reported at its place by a run that withholds it: the fault is there all the same.
    pub notice: Option<String>,
}

/// A place that was left alone, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Refusal {
    pub codemod: &'static str,
    pub path: Utf8PathBuf,
    pub at: LineColumn,
    pub reason: String,
}

/// A place that a person must look at. Nothing was changed there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Report {
    /// `codemend` for what belongs to none.
    pub codemod: &'static str,
    pub path: Utf8PathBuf,
    pub at: LineColumn,
    pub message: String,
    /// Stays the same when lines above it come or go: 32 hexadecimal digits. Given by the pipeline.
    pub fingerprint: String,
}

/// A place of a module that a codemod has noted for [`crate::codemod::Codemod::rewrite_project`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    pub at: Place,
    pub what: String,
}

/// Where a codemod puts what it found, in one module or in the project.
#[derive(Debug)]
pub struct Changes {
    codemod: &'static str,
    path: Utf8PathBuf,
    pub(crate) proposed: Vec<Change>,
    pub(crate) declined: Vec<(Place, String)>,
    pub(crate) reported: Vec<(Place, Message)>,
    pub(crate) noted: Vec<Note>,
}

impl Changes {
    /// An empty collection for `codemod` looking at `path`.
    pub fn new(codemod: &'static str, path: &Utf8Path) -> Self {
        Self {
            codemod,
            path: path.to_owned(),
            proposed: Vec::new(),
            declined: Vec::new(),
            reported: Vec::new(),
            noted: Vec::new(),
        }
    }

    /// Begin a change at `range` (bytes in the module's text). It counts once it is handed to [`Changes::propose`].
    pub fn draft(&self, range: TextRange, title: impl Into<String>) -> Change {
        self.draft_in(&self.path, range, title)
    }

    /// The same for a place in another file: a manifest.
    pub fn draft_in(&self, path: &Utf8Path, range: TextRange, title: impl Into<String>) -> Change {
        Change {
            codemod: self.codemod,
            title: title.into(),
            safety: Safety::Safe,
            why: None,
            at: Place::new(path, range),
            edits: Vec::new(),
            regroups: Vec::new(),
            releases: Vec::new(),
            requires: Vec::new(),
            places: Vec::new(),
            loads: BTreeSet::new(),
            otherwise: None,
            fallback: None,
            notice: None,
        }
    }

    pub fn propose(&mut self, change: Change) {
        self.proposed.push(change);
    }

    pub fn has_proposals(&self) -> bool {
        !self.proposed.is_empty()
    }

    /// Take over all that `other` holds.
    pub fn append(&mut self, other: Self) {
        self.proposed.extend(other.proposed);
        self.declined.extend(other.declined);
        self.reported.extend(other.reported);
        self.noted.extend(other.noted);
    }

    /// Leave the place at `range` alone. `reason` is one line, lower case, and names the fact.
    pub fn decline(&mut self, range: TextRange, reason: impl Into<String>) {
        self.declined
            .push((Place::new(&self.path, range), reason.into()));
    }

    /// The same for a place in another file.
    pub fn decline_in(&mut self, path: &Utf8Path, range: TextRange, reason: impl Into<String>) {
        self.declined.push((Place::new(path, range), reason.into()));
    }

    /// Point at a place that a person must look at.
    pub fn report(&mut self, range: TextRange, message: impl Into<Message>) {
        self.reported
            .push((Place::new(&self.path, range), message.into()));
    }

    /// The same for a place in another file.
    pub fn report_in(&mut self, path: &Utf8Path, range: TextRange, message: impl Into<Message>) {
        self.reported
            .push((Place::new(path, range), message.into()));
    }

    /// Remember a place of this module for the look at the whole project.
    pub fn note(&mut self, range: TextRange, what: impl Into<String>) {
        self.noted.push(Note {
            at: Place::new(&self.path, range),
            what: what.into(),
        });
    }
}

impl Change {
    /// The same in another text: `moved` says where a range of a file stands there. `None` when it cannot say that of
    /// a range that matters.
    pub(crate) fn moved(
        &self,
        moved: impl Fn(&Utf8Path, TextRange) -> Option<TextRange>,
    ) -> Option<Self> {
        let own = self.at.path.as_path();
        let mut edits = Vec::with_capacity(self.edits.len());
        for edit in &self.edits {
            edits.push(match edit {
                FileEdit::Create { .. } => edit.clone(),
                FileEdit::Text {
                    path,
                    range,
                    replacement,
                } => FileEdit::Text {
                    path: path.clone(),
                    range: moved(path, *range)?,
                    replacement: replacement.clone(),
                },
            });
        }
        let releases = self.releases.iter().map(|range| moved(own, *range));
        let releases = releases.collect::<Option<Vec<TextRange>>>()?;
        let at = moved(own, TextRange::from(self.at.range)).unwrap_or_default();
        Some(Self {
            edits,
            releases,
            at: Place::new(own, at),
            regroups: Vec::new(),
            otherwise: None,
            fallback: None,
            notice: None,
            ..self.clone()
        })
    }

    /// Replace the bytes at `range` of the change's own file.
    pub fn replace(&mut self, range: TextRange, replacement: impl Into<String>) {
        let path = self.at.path.clone();
        self.edits.push(FileEdit::Text {
            path,
            range,
            replacement: replacement.into(),
        });
    }

    pub fn delete(&mut self, range: TextRange) {
        self.replace(range, "");
    }

    pub fn insert(&mut self, at: TextSize, text: impl Into<String>) {
        self.replace(TextRange::empty(at), text);
    }

    /// Lower the trust to unsafe. The first reason given stands.
    pub fn make_unsafe(&mut self, why: impl Into<String>) {
        self.safety = self.safety.max(Safety::Unsafe);
        self.why.get_or_insert_with(|| why.into());
    }
}
