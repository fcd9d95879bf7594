//! All that was asked about one directory, so that it is asked again with one look.
//!
//! An import is looked for in many places where it is not. Most answers of a run are that something is absent, dozens in
//! one directory: its list of names tells all of them at once.

use std::collections::{BTreeMap, HashSet};

use camino::Utf8Path;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::config::Configuration;
use crate::disk::{Answer, Digest, Entry, Kind, Listing, Question, entries, is_settled};

/// Fewer names than these are asked for one by one.
const FEW: usize = 3;

/// A directory, with what it answered.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Shelf<'t> {
    directory: &'t str,
    /// What stands under these names.
    #[serde(borrow)]
    kinds: Vec<(&'t str, Kind)>,
    listings: Vec<(Listing, Answer)>,
    /// What the files of these names hold.
    bytes: Vec<(&'t str, Digest)>,
}

/// Questions with their answers, taken apart.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Shelves<'t> {
    #[serde(borrow)]
    pub(super) shelves: Vec<Shelf<'t>>,
    /// What belongs to no directory, or is seldom asked.
    pub(super) rest: Vec<(Question, Answer)>,
}

impl<'t> Shelves<'t> {
    /// `traced` by directory, without what other answers imply.
    pub(super) fn of(traced: &'t [(Question, Answer)]) -> Self {
        let implied = Implied::of(traced);
        let mut shelves = BTreeMap::<&Utf8Path, Shelf<'t>>::new();
        let mut rest = Vec::new();
        for one in traced {
            match one {
                (Question::Kind(path), Answer::Kind(kind)) if implied.is_so(path, *kind) => {}
                (Question::Kind(path), Answer::Kind(kind)) => match named(path) {
                    Some((above, name)) => shelf(&mut shelves, above).kinds.push((name, *kind)),
                    None => rest.push(one.clone()),
                },
                (Question::Bytes(path), Answer::Digest(digest)) => match named(path) {
                    Some((above, name)) => shelf(&mut shelves, above).bytes.push((name, *digest)),
                    None => rest.push(one.clone()),
                },
                (Question::Names(listing, directory), answer) => {
                    let shelf = shelf(&mut shelves, directory);
                    shelf.listings.push((*listing, answer.clone()));
                }
                _ => rest.push(one.clone()),
            }
        }
        Self {
            shelves: shelves.into_values().collect(),
            rest,
        }
    }
}

fn shelf<'s, 't>(
    shelves: &'s mut BTreeMap<&'t Utf8Path, Shelf<'t>>,
    directory: &'t Utf8Path,
) -> &'s mut Shelf<'t> {
    shelves.entry(directory).or_insert_with(|| Shelf {
        directory: directory.as_str(),
        kinds: Vec::new(),
        listings: Vec::new(),
        bytes: Vec::new(),
    })
}

/// The directory of `path` and its name there.
fn named(path: &Utf8Path) -> Option<(&Utf8Path, &str)> {
    Some((path.parent()?, path.file_name()?))
}

/// What follows from other answers.
struct Implied<'t> {
    /// Regular files that were read.
    read: HashSet<&'t Utf8Path>,
    /// What is no directory.
    leaves: HashSet<&'t Utf8Path>,
}

impl<'t> Implied<'t> {
    fn of(traced: &'t [(Question, Answer)]) -> Self {
        let (mut read, mut leaves) = (HashSet::new(), HashSet::new());
        for one in traced {
            match one {
                (Question::Bytes(path), _) => drop(read.insert(path.as_path())),
                (Question::Kind(path), Answer::Kind(Kind::Absent | Kind::File)) => {
                    leaves.insert(path.as_path());
                }
                _ => {}
            }
        }
        Self { read, leaves }
    }

    /// Whether `kind` of `path` goes without saying: a file that was read is a file, and below what is no directory
    /// there is nothing.
    fn is_so(&self, path: &Utf8Path, kind: Kind) -> bool {
        match kind {
            Kind::File => self.read.contains(path),
            Kind::Absent => path
                .parent()
                .is_some_and(|above| self.leaves.contains(above)),
            _ => false,
        }
    }
}

impl Shelf<'_> {
    /// The files that were read, with what they held.
    pub(super) fn files(&self) -> impl Iterator<Item = (camino::Utf8PathBuf, &Digest)> {
        let directory = Utf8Path::new(self.directory);
        let files = self.bytes.iter();
        files.map(move |(name, digest)| (directory.join(name), digest))
    }

    /// Whether there is still under each name what was there, and each listing is what it was. The bytes of the files
    /// are left aside.
    pub(super) fn stands(&self, configuration: &Configuration) -> bool {
        let directory = Utf8Path::new(self.directory);
        let still = |name: &str, kind: Kind| {
            let question = Question::Kind(directory.join(name));
            is_settled(&question, &Answer::Kind(kind), configuration)
        };
        if self.kinds.len() < FEW && self.listings.is_empty() {
            return self.kinds.iter().all(|(name, kind)| still(name, *kind));
        }
        let Some(entries) = entries(directory) else {
            let questions = self.listings.iter();
            let mut listings = questions.map(|(listing, answer)| {
                let question = Question::Names(*listing, directory.to_owned());
                is_settled(&question, answer, configuration)
            });
            return self.kinds.iter().all(|(name, kind)| still(name, *kind))
                && listings.all(|stands| stands);
        };
        let names = Names::of(&entries);
        self.kinds
            .iter()
            .all(|(name, kind)| match names.kind(name) {
                Some(now) => now == *kind,
                None => still(name, *kind),
            })
            && self.listings.iter().all(|(listing, answer)| {
                Answer::of_names(&listing.of(&entries, directory)) == *answer
            })
    }
}

/// The names in a directory.
struct Names<'e> {
    kinds: FxHashMap<&'e str, Kind>,
    /// In small letters: there are disks to which `App.py` is `app.py`.
    folded: FxHashSet<String>,
}

impl<'e> Names<'e> {
    fn of(entries: &'e [Entry]) -> Self {
        let kinds = entries
            .iter()
            .map(|entry| (entry.name.as_str(), entry.kind));
        let folded = entries.iter().map(|entry| entry.name.to_ascii_lowercase());
        Self {
            kinds: kinds.collect(),
            folded: folded.collect(),
        }
    }

    /// What is under `name`; `None` when the list alone does not say that: a symbolic link, or a name that the disk may
    /// take for another one.
    fn kind(&self, name: &str) -> Option<Kind> {
        match self.kinds.get(name) {
            Some(Kind::File) => Some(Kind::File),
            Some(Kind::Directory) => Some(Kind::Directory),
            Some(_) => None,
            None if !name.is_ascii() || self.folded.contains(&name.to_ascii_lowercase()) => None,
            None => Some(Kind::Absent),
        }
    }
}
