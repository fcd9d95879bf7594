//! The record of the run, and every new file beside its target.

use std::fs::File;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::check::{left_out, unwritten};
use super::disk::{Mode, beside, parent};
use super::finish::saved_meanwhile;
use super::record::{Fingerprint, How, Journal, Written};
use super::restore::Restored;
use super::store::Run;
use super::{ASIDE, Attempt, Halt};
use crate::problem::Problem;

/// So many new files are open at once. All of them are written before the disk is asked to keep them: it then takes
/// them together.
const OPEN: usize = 64;

/// The files of a run that are being written.
pub(super) struct Batch {
    pub(super) journal: Journal,
    pub(super) run: Run,
    /// For each file of the journal: which file of the attempt it is, and how far it has come.
    pub(super) files: Vec<Item>,
    /// Files (by index among those of the attempt) that are other names of files in the journal: what is written to
    /// the one is written to them.
    pub(super) twins: Vec<usize>,
    /// What went wrong with files that were left out.
    pub(super) problems: Vec<Problem>,
}

pub(super) struct Item {
    /// The index among the files of the attempt.
    pub(super) at: usize,
    pub(super) state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// The target is as it was.
    Old,
    /// The target is as it shall be.
    New,
    /// It was given up: the target is as it was, and nothing stands beside it.
    Out,
}

impl Attempt<'_> {
    /// The journal of all files that can be written.
    ///
    /// # Errors
    /// The store cannot be read, or a file lies outside of its project.
    pub(super) fn plan(&self, mut checked: Vec<Option<How>>) -> io::Result<Batch> {
        let twins = self.twins(&checked);
        for &at in &twins {
            checked[at] = None;
        }
        let terms = self.terms;
        let mut journal = Journal::new(terms.time, terms.codemods.clone());
        journal.undoes = self.undoing.undoes;
        journal.is_passing = self.undoing.is_passing;
        journal.abandons.clone_from(&self.undoing.directories);
        let tag = tag();
        let mut files = Vec::new();
        for (at, how) in checked.into_iter().enumerate() {
            let Some(how) = how else { continue };
            let file = &self.files[at];
            let below = file.path.strip_prefix(terms.store.base());
            journal.files.push(Written {
                path: below.map_err(io::Error::other)?.to_owned(),
                aside: format!("{ASIDE}{tag}-{at}.tmp"),
                how,
                before: file.before.map(Fingerprint::of),
                after: file.after.map(Fingerprint::of),
                mode: self.mode(file.path),
            });
            files.push(Item {
                at,
                state: State::Old,
            });
            self.missing_directories(file.path, &mut journal.directories);
        }
        let number = terms.store.next(self.disk)?;
        let run = Run {
            number,
            stage: super::Stage::New,
        };
        Ok(Batch {
            journal,
            run,
            files,
            twins,
            problems: Vec::new(),
        })
    }

    #[cfg(unix)]
    fn mode(&self, path: &Utf8Path) -> Option<u32> {
        use std::os::unix::fs::MetadataExt;
        let found = self.disk.look(path).ok()?;
        Some(found.mode() & 0o7777)
    }

    #[cfg(not(unix))]
    fn mode(&self, _path: &Utf8Path) -> Option<u32> {
        None
    }

    /// The files that are to be written over and have another name among those before them.
    fn twins(&self, checked: &[Option<How>]) -> Vec<usize> {
        let mut seen = std::collections::BTreeMap::new();
        let mut twins = Vec::new();
        for (at, how) in checked.iter().enumerate() {
            if *how != Some(How::Overwritten) {
                continue;
            }
            let Some(same) = self.identity(self.files[at].path) else {
                continue;
            };
            match seen.entry((same, self.files[at].after)) {
                std::collections::btree_map::Entry::Vacant(entry) => drop(entry.insert(at)),
                std::collections::btree_map::Entry::Occupied(_) => twins.push(at),
            }
        }
        twins
    }

    #[cfg(unix)]
    fn identity(&self, path: &Utf8Path) -> Option<(u64, u64)> {
        use std::os::unix::fs::MetadataExt;
        let found = self.disk.look(path).ok()?;
        Some((found.dev(), found.ino()))
    }

    #[cfg(not(unix))]
    fn identity(&self, _path: &Utf8Path) -> Option<(u64, u64)> {
        None
    }

    fn missing_directories(&self, path: &Utf8Path, missing: &mut Vec<Utf8PathBuf>) {
        let base = self.terms.store.base();
        let above = parent(path).ancestors();
        let mut found: Vec<Utf8PathBuf> = above
            .take_while(|directory| self.disk.look(directory).is_err())
            .filter_map(|directory| Some(directory.strip_prefix(base).ok()?.to_owned()))
            .collect();
        found.reverse();
        found.retain(|directory| !missing.contains(directory));
        missing.append(&mut found);
    }

    /// Put the record of `batch` on the disk.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn begin(&self, mut batch: Batch) -> io::Result<Batch> {
        let texts = self.texts(&batch);
        let (number, journal) = (batch.run.number, &mut batch.journal);
        batch.run = self
            .terms
            .store
            .begin(number, journal, texts.into_iter(), self.disk)?;
        Ok(batch)
    }

    /// The texts that the record of `batch` keeps, in its order.
    pub(super) fn texts(&self, batch: &Batch) -> Vec<&[u8]> {
        let files = batch.journal.files.iter().zip(&batch.files);
        let texts = files.flat_map(|(written, item)| {
            let write = &self.files[item.at];
            let after = write.after.filter(|_| written.how == How::Overwritten);
            [write.before.unwrap_or_default(), after.unwrap_or_default()]
        });
        texts.collect()
    }

    /// Make every new file beside its target, and wait until all of them are on the disk.
    pub(super) fn prepare(&self, batch: &mut Batch) -> Result<(), Halt> {
        for directory in &batch.journal.directories {
            let path = self.terms.store.absolute(directory);
            if let Err(error) = self.disk.make_directory(&path) {
                return Err(Halt::Failed(vec![unwritten(&path, &error)]));
            }
        }
        let mut made: Vec<File> = Vec::new();
        for index in 0..batch.files.len() {
            if self.is_stopped() {
                return Err(Halt::Stopped);
            }
            if batch.files[index].state == State::Out {
                continue;
            }
            match self.prepare_one(batch, index) {
                Ok(file) => made.extend(file),
                Err(error) => {
                    self.give_up(batch, index, unwritten(self.path(batch, index), &error))?
                }
            }
            // A process may have only so many files open.
            if made.len() >= OPEN {
                self.sync(&mut made)?;
            }
        }
        self.sync(&mut made)
    }

    /// Wait until the bytes of `made` are on the disk, and let go of them.
    fn sync(&self, made: &mut Vec<File>) -> Result<(), Halt> {
        let synced = self.disk.sync(made);
        made.clear();
        // Which file it was is not known, so none is written.
        synced.map_err(|error| Halt::Failed(vec![self.no_record(&error)]))
    }

    fn prepare_one(&self, batch: &Batch, index: usize) -> io::Result<Option<File>> {
        let write = &self.files[batch.files[index].at];
        let (Some(after), How::Renamed) = (write.after, batch.journal.files[index].how) else {
            return Ok(None);
        };
        let aside = self.aside(batch, index);
        let mode = match (write.before, write.mode) {
            (None, None) => Mode::Usual,
            _ => Mode::Private,
        };
        let mut file = self.disk.create(&aside, mode)?;
        self.disk.write(&mut file, after)?;
        if write.before.is_some() {
            self.disk.dress(&file, write.path)?;
        } else if let Some(mode) = write.mode {
            // The owner is another, perhaps: it gets no rights of the old one's.
            self.disk.set_mode(&file, mode & 0o777)?;
        }
        Ok(Some(file))
    }

    /// Leave a file out, and those that belong together with it. Halts the run unless it keeps going.
    pub(super) fn give_up(
        &self,
        batch: &mut Batch,
        index: usize,
        problem: Problem,
    ) -> Result<(), Halt> {
        if !self.keeps_going() {
            return Err(Halt::Failed(vec![problem]));
        }
        batch.problems.push(problem);
        let group = &self.groups[batch.files[index].at];
        let members: Vec<usize> = (0..batch.files.len())
            .filter(|&other| group.contains(&batch.files[other].at))
            .collect();
        for member in members {
            let was_new = batch.files[member].state == State::New;
            match self.restore_item(batch, member) {
                Err(problem) => return Err(Halt::Failed(vec![problem])),
                // It holds the change, and what was saved upon it: it stays in the record.
                Ok(Restored::Foreign) if was_new => {
                    let problem = saved_meanwhile(self.path(batch, member));
                    batch.problems.push(problem);
                    continue;
                }
                Ok(_) => {}
            }
            if member != index && batch.files[member].state != State::Out {
                batch.problems.push(left_out(self.path(batch, member)));
            }
            batch.files[member].state = State::Out;
        }
        Ok(())
    }

    pub(super) fn path(&self, batch: &Batch, index: usize) -> &Utf8Path {
        self.files[batch.files[index].at].path
    }

    pub(super) fn aside(&self, batch: &Batch, index: usize) -> Utf8PathBuf {
        beside(self.path(batch, index), &batch.journal.files[index].aside)
    }
}

/// A name for the files of this run that no other run has used: an older one may have left some.
fn tag() -> String {
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::UNIX_EPOCH);
    let nanoseconds = since.map_or(0, |since| since.as_nanos());
    format!("{:x}-{:x}", std::process::id(), nanoseconds)
}
