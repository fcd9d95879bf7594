//! A run taken apart into its changes, in a form that can be written down.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::words::{At, Made, Words, at, position};
use crate::disk::Digest;
use crate::patch;
use crate::review::{DiskEdit, Region, Replacement, Review, Reviewed, ReviewedFile, When};

/// A [`Review`], without the texts on disk.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Apart {
    changes: Vec<Change>,
    withheld: Vec<Change>,
    files: Vec<File>,
}

/// A [`Reviewed`].
#[derive(Debug, Serialize, Deserialize)]
struct Change {
    made: Made,
    edits: Vec<Edit>,
    needs: BTreeSet<usize>,
}

/// A [`DiskEdit`].
#[derive(Debug, Serialize, Deserialize)]
struct Edit {
    path: Utf8PathBuf,
    bytes: (usize, usize),
    start: At,
    end: At,
    replacement: String,
    creates: bool,
}

/// A [`ReviewedFile`].
#[derive(Debug, Serialize, Deserialize)]
struct File {
    path: Utf8PathBuf,
    is_new: bool,
    regions: Vec<Place>,
}

/// A [`Region`].
#[derive(Debug, Serialize, Deserialize)]
struct Place {
    /// Whether any or all of these changes are accepted.
    when: Vec<(bool, Vec<usize>)>,
    table: Vec<Vec<(usize, usize, String)>>,
}

/// The text on disk of a file, when it is the one that the run has read.
pub(super) type OnDisk<'d> = dyn Fn(&Utf8Path) -> Option<Arc<str>> + Sync + 'd;

impl Apart {
    /// `review`, of a run that has read files with these `digests`. `None` when a text is not the one that was read.
    pub(super) fn of(review: &Review, digests: &HashMap<Utf8PathBuf, &Digest>) -> Option<Self> {
        let Review {
            changes,
            withheld,
            files,
        } = review;
        let file = |file: &ReviewedFile| {
            let ReviewedFile {
                path,
                before,
                regions,
            } = file;
            let is_known = |text: &Arc<str>| {
                let digest = blake3::hash(text.as_bytes());
                digests
                    .get(path)
                    .is_some_and(|one| *digest.as_bytes() == **one)
            };
            before.as_ref().is_none_or(is_known).then(|| File {
                path: path.clone(),
                is_new: before.is_none(),
                regions: regions.iter().map(Place::of).collect(),
            })
        };
        Some(Self {
            changes: changes.iter().map(Change::of).collect(),
            withheld: withheld.iter().map(Change::of).collect(),
            files: files.iter().map(file).collect::<Option<_>>()?,
        })
    }

    /// The review, on the texts that are `on_disk`.
    pub(super) fn told(&self, words: &Words, on_disk: &OnDisk<'_>) -> Option<Review> {
        let file = |file: &File| {
            let before = match file.is_new {
                true => None,
                false => Some(on_disk(&file.path)?),
            };
            Some(ReviewedFile {
                path: file.path.clone(),
                before,
                regions: file.regions.iter().map(Place::told).collect(),
            })
        };
        let all = |them: &[Change]| -> Option<Vec<Reviewed>> {
            them.iter().map(|one| one.told(words)).collect()
        };
        Some(Review {
            changes: all(&self.changes).and_then(Self::hold_together)?,
            withheld: all(&self.withheld)?,
            files: self.files.par_iter().map(file).collect::<Option<_>>()?,
        })
    }

    /// `changes`, when what they need is among them.
    fn hold_together(changes: Vec<Reviewed>) -> Option<Vec<Reviewed>> {
        let most = changes.len();
        let is_there = |one: &Reviewed| one.needs.iter().all(|need| *need < most);
        changes.iter().all(is_there).then_some(changes)
    }
}

impl Change {
    fn of(one: &Reviewed) -> Self {
        let Reviewed {
            codemod,
            title,
            safety,
            why,
            path,
            start,
            end,
            fingerprint,
            edits,
            needs,
        } = one;
        let made = patch::Made {
            path: path.clone(),
            at: *start,
            codemod,
            title: title.clone(),
            safety: *safety,
            why: why.clone(),
            end: *end,
            fingerprint: fingerprint.clone(),
        };
        Self {
            made: Made::from(&made),
            edits: edits.iter().map(Edit::of).collect(),
            needs: needs.clone(),
        }
    }

    fn told(&self, words: &Words) -> Option<Reviewed> {
        let made = words.one(&self.made)?;
        Some(Reviewed {
            codemod: made.codemod,
            title: made.title,
            safety: made.safety,
            why: made.why,
            path: made.path,
            start: made.at,
            end: made.end,
            fingerprint: made.fingerprint,
            edits: self.edits.iter().map(Edit::told).collect(),
            needs: self.needs.clone(),
        })
    }
}

impl Edit {
    fn of(edit: &DiskEdit) -> Self {
        let DiskEdit {
            path,
            from,
            to,
            start,
            end,
            replacement,
            creates,
        } = edit;
        Self {
            path: path.clone(),
            bytes: (*from, *to),
            start: at(*start),
            end: at(*end),
            replacement: replacement.clone(),
            creates: *creates,
        }
    }

    fn told(&self) -> DiskEdit {
        DiskEdit {
            path: self.path.clone(),
            from: self.bytes.0,
            to: self.bytes.1,
            start: position(self.start),
            end: position(self.end),
            replacement: self.replacement.clone(),
            creates: self.creates,
        }
    }
}

impl Place {
    fn of(region: &Region) -> Self {
        let Region { when, table } = region;
        let fact = |when: &When| match when {
            When::Any(changes) => (false, changes.clone()),
            When::All(changes) => (true, changes.clone()),
        };
        let row = |row: &Vec<Replacement>| {
            let cells = row.iter();
            cells
                .map(|cell| (cell.from, cell.to, cell.text.clone()))
                .collect()
        };
        Self {
            when: when.iter().map(fact).collect(),
            table: table.iter().map(row).collect(),
        }
    }

    fn told(&self) -> Region {
        let fact = |(all, changes): &(bool, Vec<usize>)| match all {
            true => When::All(changes.clone()),
            false => When::Any(changes.clone()),
        };
        let row = |row: &Vec<(usize, usize, String)>| {
            let cells = row.iter().map(|(from, to, text)| Replacement {
                from: *from,
                to: *to,
                text: text.clone(),
            });
            cells.collect()
        };
        Region {
            when: self.when.iter().map(fact).collect(),
            table: self.table.iter().map(row).collect(),
        }
    }
}

/// The texts on disk that were read already, by path. Safe to share: two threads may read at once, and find the same.
#[derive(Default)]
pub(super) struct Texts(RwLock<FxHashMap<Box<str>, Arc<str>>>);

impl Texts {
    /// The text at `path`, read with `read` the first time.
    pub(super) fn get(
        &self,
        path: &Utf8Path,
        read: impl FnOnce() -> Option<Arc<str>>,
    ) -> Option<Arc<str>> {
        let known = {
            let texts = self.0.read().unwrap_or_else(PoisonError::into_inner);
            texts.get(path.as_str()).cloned()
        };
        known.or_else(|| {
            let text = read()?;
            let mut texts = self.0.write().unwrap_or_else(PoisonError::into_inner);
            texts.insert(path.as_str().into(), text.clone());
            Some(text)
        })
    }
}
