//! What a run would write: for every file the bytes before and after.

use std::collections::BTreeSet;
use std::sync::Arc;

use camino::Utf8PathBuf;

use crate::change::{Refusal, Report, Safety};
use crate::kept::Kept;
use crate::pipeline::Portion;
use crate::problem::{LineColumn, Problem};
use crate::review::Review;
use crate::target::TargetPython;

/// One file's change. `before` is exactly what was read from disk, byte order mark included; `None` for a new file.
#[derive(Debug, Clone)]
pub struct FilePatch {
    /// Absolute path, not resolved through symbolic links.
    pub path: Utf8PathBuf,
    pub before: Option<Arc<str>>,
    pub after: Arc<str>,
    /// What of `before` survives in `after`, as far as that is known: the difference is shown along it.
    pub kept: Kept,
}

impl FilePatch {
    /// The change of the file at `path` from `before` (`None`: there is no such file) to `after`, whatever led there.
    pub fn new(
        path: impl Into<Utf8PathBuf>,
        before: Option<Arc<str>>,
        after: impl Into<Arc<str>>,
    ) -> Self {
        Self {
            path: path.into(),
            before,
            after: after.into(),
            kept: Kept::default(),
        }
    }

    /// The same, when it is known what survives.
    pub(crate) fn keeping(self, kept: Kept) -> Self {
        Self { kept, ..self }
    }

    /// Let `next`, a change of what this one leaves, follow upon it.
    fn extend(&mut self, next: &Self) {
        self.after = next.after.clone();
        self.kept = self.kept.then(&next.kept);
    }
}

/// What one codemod did: its patch on what the codemods before it left.
#[derive(Debug, Clone)]
pub struct Step {
    pub codemod: &'static str,
    /// Sorted by path.
    pub files: Vec<FilePatch>,
    /// Sorted by path and place.
    pub changes: Vec<Made>,
}

/// A change that was made, or withheld because the run does not ask for its safety.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Made {
    pub path: Utf8PathBuf,
    /// Where it begins, in the text on disk.
    pub at: LineColumn,
    pub codemod: &'static str,
    pub title: String,
    pub safety: Safety,
    pub why: Option<String>,
    /// Where its place ends, in the text on disk.
    pub end: LineColumn,
    /// Stays the same when lines above it come or go: 32 hexadecimal digits.
    pub fingerprint: String,
}

/// All that a run found out. Nothing has been written.
#[derive(Debug, Default)]
pub struct Outcome {
    pub steps: Vec<Step>,
    /// Changes that the run was not asked for, sorted.
    pub withheld: Vec<Made>,
    /// Sorted.
    pub refusals: Vec<Refusal>,
    /// Sorted.
    pub reports: Vec<Report>,
    /// Sorted.
    pub problems: Vec<Problem>,
    /// What [`crate::pipeline::run_verified`] has found wrong, sorted: faults of codemend. Nothing of the outcome is to
    /// be written where there is one.
    pub faults: Vec<Problem>,
    pub files_read: usize,
    /// Files that the paths of the request lead to and its narrowing leaves out.
    pub files_left_out: usize,
    pub files_parsed: usize,
    /// Files that types were inferred in.
    pub files_typed: usize,
    /// Whether there was a virtual environment to read third-party code in.
    pub has_environment: bool,
    /// The target versions in force and where each came from, with the number of files, most files first.
    pub targets: Vec<(TargetPython, usize)>,
    /// Sets of files of which all must be written or none: a change spans them, or the new text of one rests on that of
    /// another. Sorted, disjoint, at least two files each. The latter only when the request says that files may be
    /// written in parts.
    pub together: Vec<BTreeSet<Utf8PathBuf>>,
    /// The changes one by one, when the request asks for them.
    pub review: Option<Review>,
    /// The patch of what a person has accepted, when [`Outcome::keep`] was asked.
    pub chosen: Option<Vec<FilePatch>>,
    /// How many changes were not accepted.
    pub rejected: usize,
    /// Changes that the narrowing of the request left out.
    pub passed_over: Vec<Made>,
    /// The part of the run that this is, when the request asks for one.
    pub portion: Option<Portion>,
}

impl Outcome {
    /// The patch of the whole run, sorted by path: each changed file once, from its first text to its last.
    pub fn patch(&self) -> Vec<FilePatch> {
        if let Some(chosen) = &self.chosen {
            return chosen.clone();
        }
        let mut files = std::collections::BTreeMap::<&camino::Utf8Path, FilePatch>::new();
        for file in self.steps.iter().flat_map(|step| &step.files) {
            files
                .entry(&file.path)
                .and_modify(|whole| whole.extend(file))
                .or_insert_with(|| file.clone());
        }
        files
            .into_values()
            .filter(|file| file.before.as_deref() != Some(&*file.after))
            .collect()
    }
}
