//! The moment that counts: names change places, and what comes out is compared with what was read.

use std::io;

use camino::Utf8Path;

use super::check::{changed, exists, unread, unwritten};
use super::disk::parent;
use super::prepare::{Batch, State};
use super::record::How;
use super::{Attempt, Halt, Stage};
use crate::problem::Problem;

/// Why a target is not new.
enum Missed {
    Because(Problem),
    /// Names cannot be exchanged on this file system.
    NoExchange,
}

impl Attempt<'_> {
    /// Let every target be new, and wait until that is on the disk.
    pub(super) fn commit(&self, batch: &mut Batch) -> Result<(), Halt> {
        let store = self.terms.store;
        batch.run = store
            .advance(batch.run, Stage::Commit, self.disk)
            .map_err(|error| Halt::Failed(vec![self.no_record(&error)]))?;
        for index in 0..batch.files.len() {
            if self.is_stopped() {
                return Err(Halt::Stopped);
            }
            if batch.files[index].state == State::Out {
                continue;
            }
            if let Err(problem) = self.begin_to_overwrite(batch, index) {
                self.give_up(batch, index, problem)?;
                continue;
            }
            let mut done = self.commit_one(batch, index);
            if matches!(done, Err(Missed::NoExchange)) {
                // Whoever finds the record must know that no old file stands beside the new one.
                batch.run = store
                    .advance(batch.run, Stage::Replace, self.disk)
                    .map_err(|error| Halt::Failed(vec![self.no_record(&error)]))?;
                done = self.commit_one(batch, index);
            }
            match done {
                Ok(()) => batch.files[index].state = State::New,
                Err(Missed::Because(problem)) => self.give_up(batch, index, problem)?,
                Err(Missed::NoExchange) => {
                    let error = io::ErrorKind::Unsupported.into();
                    let problem = unwritten(self.path(batch, index), &error);
                    self.give_up(batch, index, problem)?;
                }
            }
        }
        self.sync_directories(batch);
        if batch.files.iter().any(|item| item.state == State::Out) {
            let narrowed = self.narrow(batch, &|item| item.state == State::New);
            narrowed.map_err(|error| Halt::Failed(vec![self.no_record(&error)]))?;
        }
        batch.run = store
            .advance(batch.run, Stage::Clean, self.disk)
            .map_err(|error| Halt::Failed(vec![self.no_record(&error)]))?;
        Ok(())
    }

    fn commit_one(&self, batch: &Batch, index: usize) -> Result<(), Missed> {
        let write = &self.files[batch.files[index].at];
        let aside = self.aside(batch, index);
        let done = match (write.before, write.after) {
            (Some(before), Some(after)) => {
                match (batch.journal.files[index].how, batch.run.stage) {
                    (How::Renamed, Stage::Replace) => {
                        self.replace_at_once(write.path, &aside, before)
                    }
                    (How::Renamed, _) => return self.replace(write.path, &aside, (before, after)),
                    (How::Overwritten, _) => self.overwrite(write.path, after),
                }
            }
            (None, Some(_)) => match self.disk.rename_to_new(&aside, write.path) {
                Ok(()) => Ok(()),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    Err(exists(write.path))
                }
                Err(error) => Err(unwritten(write.path, &error)),
            },
            (Some(before), None) => self.put_aside(write.path, &aside, before),
            (None, None) => Ok(()),
        };
        done.map_err(Missed::Because)
    }

    /// Let the file at `aside` and the one at `path`, which must hold the text before, change places.
    fn replace(
        &self,
        path: &Utf8Path,
        aside: &Utf8Path,
        (before, after): (&[u8], &[u8]),
    ) -> Result<(), Missed> {
        match self
            .disk
            .exchange(aside, path)
            .map_err(|error| (error.kind(), error))
        {
            Ok(()) => {}
            Err((io::ErrorKind::Unsupported, _)) => return Err(Missed::NoExchange),
            Err((io::ErrorKind::NotFound, error)) => {
                return Err(Missed::Because(unread(path, &error)));
            }
            Err((_, error)) => return Err(Missed::Because(unwritten(path, &error))),
        }
        let old = self.disk.read(aside);
        if old.as_ref().is_ok_and(|old| old == before) {
            return Ok(());
        }
        // Somebody was here a moment ago. What they wrote goes back to its place.
        let back = match old {
            Ok(old) => put_back(self.disk, path, aside, after.to_vec(), old).map(drop),
            Err(_) => self.disk.exchange(aside, path),
        };
        Err(Missed::Because(match back {
            Ok(()) => changed(path),
            Err(error) => unwritten(path, &error),
        }))
    }

    /// The same where names cannot be exchanged. Between the look and the rename lies a moment that nothing guards.
    fn replace_at_once(
        &self,
        path: &Utf8Path,
        aside: &Utf8Path,
        before: &[u8],
    ) -> Result<(), Problem> {
        let now = self.disk.read(path).map_err(|error| unread(path, &error))?;
        if now != before {
            return Err(changed(path));
        }
        let renamed = self.disk.rename(aside, path);
        renamed.map_err(|error| unwritten(path, &error))
    }

    fn put_aside(&self, path: &Utf8Path, aside: &Utf8Path, before: &[u8]) -> Result<(), Problem> {
        let moved = self.disk.rename_to_new(path, aside);
        moved.map_err(|error| unread(path, &error))?;
        if self.disk.read(aside).is_ok_and(|old| old == before) {
            return Ok(());
        }
        match self.disk.rename_to_new(aside, path) {
            Ok(()) => Err(changed(path)),
            Err(error) => Err(unwritten(path, &error)),
        }
    }

    /// A file that is written over in place may be found new from the first byte on, whatever comes in between.
    fn begin_to_overwrite(&self, batch: &mut Batch, index: usize) -> Result<(), Problem> {
        if batch.journal.files[index].how != How::Overwritten {
            return Ok(());
        }
        let write = &self.files[batch.files[index].at];
        let now = self.disk.read(write.path);
        let now = now.map_err(|error| unread(write.path, &error))?;
        if write.before != Some(&*now) {
            return Err(changed(write.path));
        }
        batch.files[index].state = State::New;
        Ok(())
    }

    fn overwrite(&self, path: &Utf8Path, after: &[u8]) -> Result<(), Problem> {
        let written = overwrite(self.disk, path, after);
        written.map_err(|error| unwritten(path, &error))?;
        // Somebody may have written at the same time.
        match self.disk.read(path) {
            Ok(now) if now == after => Ok(()),
            Ok(_) => Err(changed(path)),
            Err(error) => Err(unread(path, &error)),
        }
    }

    /// Names are on the disk when their directories are. A file system that cannot promise it has whole files still.
    fn sync_directories(&self, batch: &Batch) {
        let mut directories: Vec<&Utf8Path> = (0..batch.files.len())
            .map(|index| parent(self.path(batch, index)))
            .collect();
        directories.sort_unstable();
        directories.dedup();
        for directory in directories {
            let _ = self.disk.sync_directory(directory);
        }
    }
}

/// Let the file at `aside`, which holds `theirs`, take the place of the one at `path`, which holds `ours`; what holds
/// `ours` then goes. Somebody may save the file at `path` in between, any number of times: what they saved last stays.
/// Gives whether they did.
///
/// # Errors
/// The disk does not let it. Nothing is lost then: one of both names has what was saved last.
pub(super) fn put_back(
    disk: &dyn super::Disk,
    path: &Utf8Path,
    aside: &Utf8Path,
    mut ours: Vec<u8>,
    mut theirs: Vec<u8>,
) -> io::Result<bool> {
    let mut was_saved = false;
    loop {
        disk.exchange(aside, path)?;
        let out = disk.read(aside)?;
        if out == ours {
            disk.remove(aside)?;
            return Ok(was_saved);
        }
        // What came out is newer than what has just gone in.
        was_saved = true;
        ours = std::mem::replace(&mut theirs, out);
    }
}

/// Write `bytes` over those of the file at `path`. In between it holds a beginning of `bytes` and the rest of the old.
pub(super) fn overwrite(disk: &dyn super::Disk, path: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = disk.open_to_overwrite(path)?;
    disk.write(&mut file, bytes)?;
    if file.metadata()?.len() > bytes.len() as u64 {
        disk.set_length(&file, bytes.len() as u64)?;
    }
    disk.sync(&[file])
}
