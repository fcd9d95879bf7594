//! The memory of finished runs: the same run over the same files is told again instead of done again.
//!
//! What a run finds out rests on what it is asked and on what the disk answers; nothing else gets in. So a memory is kept
//! with the request and with every answer, and it is told again only while all of them still stand: each file is read
//! and hashed again, dates and sizes count for nothing. Whatever is wrong with a memory, the run is simply done.
//!
//! A memory says what to write into files, and may lie in a repository that a stranger has filled. It is signed with a
//! key that only this user has ([`Secret`]); what anyone else has written is not even parsed.

mod apart;
mod entry;
mod folder;
mod pieces;
mod request;
mod secret;
mod shelf;
mod told;
mod words;

use camino::{Utf8Path, Utf8PathBuf};

pub use folder::{Folder, Removed};
pub use secret::Secret;

use crate::discover::Bounds;
use crate::disk::Recording;
use crate::patch::Outcome;
use crate::pipeline::{self, Progress, Request};
use entry::Entry;

/// How a run is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// As [`pipeline::run`].
    Once,
    /// As [`pipeline::run_verified`].
    Verified,
}

impl Way {
    /// Run `request` in this way.
    pub fn run(self, request: &Request<'_>, progress: &dyn Progress) -> Outcome {
        match self {
            Self::Once => pipeline::run(request, progress),
            Self::Verified => pipeline::run_verified(request, progress),
        }
    }
}

/// A folder of memories and the key that they are signed with.
#[derive(Debug)]
pub struct Memory {
    folder: Folder,
    secret: Secret,
    /// Which codemend this is: two that might find something else have different words here.
    build: String,
}

impl Memory {
    pub fn new(folder: Folder, secret: Secret, build: impl Into<String>) -> Self {
        Self {
            folder,
            secret,
            build: build.into(),
        }
    }

    /// What `request` leads to, from memory where that holds, else by a run that is remembered.
    ///
    /// A request for standard input or for a part of the changes is always run, and not remembered.
    pub fn run(&self, request: &Request<'_>, way: Way, progress: &dyn Progress) -> Outcome {
        let Some(name) = request::name(request, way, &self.build) else {
            return way.run(request, progress);
        };
        progress.phase("reading");
        if let Some(outcome) = self.recall(&name, request) {
            return outcome;
        }
        let recording = Recording::begin();
        let outcome = way.run(request, progress);
        let traced = recording.and_then(Recording::finish);
        if let (Some(traced), Ok(pool)) = (traced, pipeline::pool(request)) {
            pool.install(|| self.remember(&name, Entry::of(&traced, &outcome, request)));
        }
        outcome
    }

    fn recall(&self, name: &str, request: &Request<'_>) -> Option<Outcome> {
        let signed = self.folder.read(name)?;
        let bytes = self.secret.opened(name, &signed)?;
        let pool = pipeline::pool(request).ok()?;
        let outcome = pool.install(|| Entry::decode(bytes)?.outcome(request))?;
        self.folder.touch(name);
        Some(outcome)
    }

    fn remember(&self, name: &str, entry: Option<Entry<'_>>) {
        if let Some(bytes) = entry.and_then(|entry| entry.encode()) {
            self.folder.write(name, &self.secret.signed(name, bytes));
        }
    }
}

/// The home of the project that `paths` (absolute) belong to, when it is a repository of git: where its runs are
/// remembered when nobody says otherwise. Any other folder stays as it is: nothing there tells what codemend has put into
/// it from what is kept.
pub fn home(paths: &[Utf8PathBuf]) -> Option<Utf8PathBuf> {
    let bounds = Bounds::of(paths);
    let has_git = bounds.repository.join(".git").exists();
    has_git.then_some(bounds.repository)
}

/// Whether `path` (absolute) really lies in one of the directories `bases`.
fn lies_in(path: &Utf8Path, bases: &[Utf8PathBuf]) -> bool {
    let real = crate::tree::real(path);
    bases
        .iter()
        .any(|base| real.starts_with(crate::tree::real(base)))
}

#[cfg(test)]
mod tests;
