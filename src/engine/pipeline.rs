//! The straight line: discover, read, prefilter, parse, facts, codemod, resolve, verify.

use camino::Utf8PathBuf;

use crate::codemod::Codemod;
use crate::config::Configuration;
use crate::patch::Outcome;

/// What to run over what.
pub struct Request<'a> {
    /// Files and directories, absolute. A file that is named is always looked at, a directory is walked.
    pub paths: Vec<Utf8PathBuf>,
    /// The catalogue, in its order. Which of them look at a file is a matter of the file's settings.
    pub catalogue: &'a [&'a dyn Codemod],
    pub configuration: &'a Configuration,
    /// Text to use for a path instead of what is on disk (standard input). The path is then the only one looked at.
    pub stdin: Option<(Utf8PathBuf, Vec<u8>)>,
    /// Worker threads; `None` is one per core.
    pub threads: Option<usize>,
    /// Skip files without a trigger. Off only in tests: the result must be the same.
    pub prefilter: bool,
}

/// Hears how far a run has come. Called from many threads.
pub trait Progress: Sync {
    /// `files` more files have to be looked at.
    fn expect(&self, files: usize);
    /// One of them is done.
    fn advance(&self);
}

/// A [`Progress`] that nobody watches.
pub struct Unwatched;

impl Progress for Unwatched {
    fn expect(&self, _files: usize) {}
    fn advance(&self) {}
}

/// Run the chosen codemods. Reads, never writes.
pub fn run(request: &Request<'_>, progress: &dyn Progress) -> Outcome {
    let _ = (request, progress);
    Outcome::default()
}
