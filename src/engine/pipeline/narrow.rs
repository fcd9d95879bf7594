//! A part of what a request names: some files, and in them some places.
//!
//! Facts are still drawn from the whole project; what is left out is only not looked at, or not changed.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashMap;

/// What counts. By default all.
#[derive(Clone, Copy, Default)]
pub struct Narrowing<'a> {
    /// Python files (absolute paths) that codemods may look at; those that the request does not name stay out. What a
    /// codemod finds in them may still change a manifest.
    pub files: Option<&'a BTreeSet<Utf8PathBuf>>,
    /// Which places count.
    pub places: Option<&'a dyn Places>,
}

impl Narrowing<'_> {
    /// `found` as the files that count, and those that do not.
    pub(super) fn part(
        &self,
        found: BTreeSet<Utf8PathBuf>,
    ) -> (BTreeSet<Utf8PathBuf>, BTreeSet<Utf8PathBuf>) {
        match self.files {
            Some(files) => found.into_iter().partition(|path| files.contains(path)),
            None => (found, BTreeSet::new()),
        }
    }
}

/// Chooses places. Called from one thread, in a fixed order.
pub trait Places: Sync {
    /// Whether the change, report or refusal at `candidate` counts.
    fn want(&self, candidate: &Candidate<'_>) -> bool;
}

/// A change, a report or a refusal that a codemod has for a place.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    pub codemod: &'static str,
    /// Absolute.
    pub path: &'a Utf8Path,
    /// The title of the change, the message of the report, or the reason of the refusal.
    pub what: &'a str,
    /// In the text on disk, from 1; of a change all that its own edits touch in this file.
    pub first_line: usize,
    pub last_line: usize,
    /// 32 hexadecimal digits that stay the same when lines above come or go. Empty for a refusal.
    pub fingerprint: &'a str,
}

/// Gives fingerprints: equal places of one file are told apart by their number.
#[derive(Debug, Default)]
pub(crate) struct Fingerprints {
    seen: FxHashMap<String, usize>,
}

impl Fingerprints {
    /// The fingerprint of the next place with these words. `path` is relative to the project, with `/`; `line` is the
    /// text of the line that it stands on.
    pub(crate) fn next(&mut self, codemod: &str, path: &str, what: &str, line: &str) -> String {
        let line: Vec<&str> = line.split_whitespace().collect();
        let words = [codemod, path, what, &line.join(" ")].join("\0");
        let number = match self.seen.get_mut(&words) {
            Some(number) => {
                *number += 1;
                *number
            }
            None => 0,
        };
        let text = format!("{words}\0{number}");
        if number == 0 {
            self.seen.insert(words, 0);
        }
        let hash = blake3::hash(text.as_bytes()).to_hex();
        hash[..32].to_owned()
    }
}
