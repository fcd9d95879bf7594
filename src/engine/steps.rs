//! Steps inside a run, one at a time, for measurements.
//!
//! No interface to build on: these change as the run does. Everything else that is measured is public anyway.

use camino::{Utf8Path, Utf8PathBuf};

use crate::change::Change;
use crate::config::Configuration;
use crate::{discover, nesting, resolve};

/// How many Python files a run over `paths` (absolute) finds.
pub fn find(paths: &[Utf8PathBuf], configuration: &Configuration) -> usize {
    discover::python_files(paths, configuration).files.len()
}

/// Whether `text` nests deeper than is parsed.
pub fn is_too_deep(text: &str) -> bool {
    nesting::too_deep(text).is_some()
}

/// Those of `changes` that go together.
pub fn resolve(changes: Vec<Change>) -> Vec<Change> {
    resolve::resolve(changes).accepted
}

/// `text`, the one of the file at `path`, with the edits of `changes`, which go together.
pub fn apply(text: &str, path: &Utf8Path, changes: &[Change]) -> String {
    resolve::apply(text, &resolve::edits_of(changes, path))
}
