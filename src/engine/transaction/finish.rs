//! The end of a run: the old files go and the record stays, or everything is taken back and the record goes.

use std::collections::BTreeSet;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::prepare::{Batch, Item, State};
use super::record::{How, Journal, Stage};
use super::restore::{Restored, Restoring, remove_if_there, stuck};
use super::store::{Run, Store};
use super::{Applied, Attempt, Disk, End, Halt};
use crate::problem::Problem;

impl Attempt<'_> {
    /// All targets are new.
    pub(super) fn finish(&self, batch: Batch, mut problems: Vec<Problem>) -> Applied {
        let store = self.terms.store;
        let new = |item: &&Item| item.state == State::New;
        let mut new: Vec<usize> = batch.files.iter().filter(new).map(|item| item.at).collect();
        new.extend(&batch.twins);
        let kept = finish(store, batch.run, &batch.journal, self.disk);
        let was_saved = |at: &usize| kept.iter().any(|one| one.path == self.files[*at].path);
        new.retain(|at| !was_saved(at));
        let written = new.len();
        let mut left_out: BTreeSet<Utf8PathBuf> = BTreeSet::new();
        if written < self.files.len() {
            left_out.extend(self.files.iter().map(|file| file.path.to_owned()));
            for at in new {
                left_out.remove(self.files[at].path);
            }
        }
        let run = Some(batch.run.number).filter(|_| !batch.journal.is_passing);
        problems.extend(kept);
        store.prune(self.disk);
        Applied {
            end: End::Written,
            written,
            left_out,
            run,
            problems,
        }
    }

    /// Let the record speak of the files that `is_kept` says only, before anything else depends on it.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn narrow(
        &self,
        batch: &mut Batch,
        is_kept: &dyn Fn(&Item) -> bool,
    ) -> io::Result<()> {
        let kept: Vec<bool> = batch.files.iter().map(is_kept).collect();
        let mut keep = kept.iter();
        let mut next = || keep.next().copied().unwrap_or(true);
        batch.journal.files.retain(|_| next());
        let mut keep = kept.iter();
        let mut next = || keep.next().copied().unwrap_or(true);
        batch.files.retain(|_| next());
        // How many changes the files have had that are left is not known here.
        for (_, made) in &mut batch.journal.codemods {
            *made = 0;
        }
        // What is left out is still to be undone.
        batch.journal.undoes = None;
        batch.journal.is_passing |= batch.files.is_empty();
        let texts = self.texts(batch);
        let journal = &mut batch.journal;
        let store = self.terms.store;
        store.rewrite(batch.run, journal, texts.into_iter(), self.disk)
    }

    /// Something failed, or a signal came: let everything be as before.
    pub(super) fn take_back(
        &self,
        mut batch: Batch,
        halt: Halt,
        mut problems: Vec<Problem>,
    ) -> Applied {
        let end = match halt {
            Halt::Failed(failed) => {
                problems.extend(failed);
                End::TakenBack
            }
            Halt::Stopped => End::Interrupted,
        };
        let (mut foreign, mut stuck, mut saved) = (Vec::new(), Vec::new(), Vec::new());
        for index in (0..batch.files.len()).rev() {
            match self.restore_item(&batch, index) {
                Ok(Restored::Foreign) if batch.files[index].state == State::New => {
                    foreign.push(saved_meanwhile(self.path(&batch, index)));
                    foreign.extend(self.restoring(&batch, index).saved_beside(self.disk));
                    saved.push(batch.files[index].at);
                }
                Ok(_) => {}
                Err(problem) => stuck.push(problem),
            }
        }
        let store = self.terms.store;
        if !stuck.is_empty() {
            problems.append(&mut stuck);
            problems.push(unfinished(store));
            return Applied::nothing(End::Unfinished, problems);
        }
        if !saved.is_empty() {
            // Undo by force is to bring back these only.
            let _ = self.narrow(&mut batch, &|item| saved.contains(&item.at));
        }
        let closed = close(
            store,
            batch.run,
            &batch.journal,
            !foreign.is_empty(),
            self.disk,
        );
        problems.extend(closed.err());
        problems.append(&mut foreign);
        Applied::nothing(end, problems)
    }

    /// Take back the `index`-th file of `batch`, as far as it has come.
    pub(super) fn restore_item(&self, batch: &Batch, index: usize) -> Result<Restored, Problem> {
        let (item, restoring) = (&batch.files[index], self.restoring(batch, index));
        let is_change = restoring.before.is_some() && restoring.after.is_some();
        let is_renamed = restoring.written.how == How::Renamed && is_change;
        match (batch.run.stage, item.state) {
            (_, State::Out) => Ok(Restored::Untouched),
            (Stage::New | Stage::Prepare, _) => {
                restoring.drop_aside(self.disk)?;
                Ok(Restored::Untouched)
            }
            (_, State::Old) if is_renamed => restoring.drop_unused(self.disk),
            _ => restoring.restore(self.disk),
        }
    }
}

impl Attempt<'_> {
    fn restoring<'r>(&'r self, batch: &'r Batch, index: usize) -> Restoring<'r> {
        let at = batch.files[index].at;
        Restoring {
            path: self.path(batch, index),
            written: &batch.journal.files[index],
            before: self.files[at].before,
            after: self.files[at].after,
            stage: batch.run.stage,
        }
    }
}

/// Remove the old files of a run whose targets are new, and let its record be what undo reads.
///
/// Gives what is to say: an old file that cannot be removed (the record then stays for the next run), or that somebody
/// has written to.
pub(super) fn finish(store: &Store, run: Run, journal: &Journal, disk: &dyn Disk) -> Vec<Problem> {
    let (mut said, mut is_stuck) = (Vec::new(), false);
    for written in &journal.files {
        let path = store.absolute(&written.path);
        let cleaned = Restoring {
            path: &path,
            written,
            before: None,
            after: None,
            stage: Stage::Clean,
        };
        if let Err(problem) = cleaned.clean(disk) {
            is_stuck |= problem.path != path;
            said.push(problem);
        }
    }
    if is_stuck {
        return said;
    }
    // What somebody has saved is not taken back, or not for good: the record of it stays.
    let is_whole = said.is_empty();
    said.extend(end(store, run, journal, is_whole, disk).err());
    said
}

/// The end of [`finish`]: only records and empty directories are left.
fn end(
    store: &Store,
    run: Run,
    journal: &Journal,
    is_whole: bool,
    disk: &dyn Disk,
) -> Result<(), Problem> {
    for directory in journal.abandons.iter().rev() {
        // Somebody may have put something into it.
        let _ = disk.remove_directory(&store.absolute(directory));
    }
    if let Some(number) = journal.undoes.filter(|_| is_whole) {
        let undone = Run {
            number,
            stage: Stage::Done,
        };
        let path = store.file(undone);
        remove_if_there(disk, &path).map_err(|error| stuck(&path, &error))?;
    }
    if journal.is_passing {
        let path = store.file(run);
        remove_if_there(disk, &path).map_err(|error| stuck(&path, &error))?;
        store.tidy(disk);
        return Ok(());
    }
    let done = store.advance(run, Stage::Done, disk);
    done.map(drop)
        .map_err(|error| stuck(&store.file(run), &error))
}

/// All files are as before. The record goes, and the directories that were made for the run; it stays, for undo, when
/// somebody else's text stands in a file.
///
/// # Errors
/// The record cannot be removed; the next run tries again.
pub(super) fn close(
    store: &Store,
    run: Run,
    journal: &Journal,
    is_needed: bool,
    disk: &dyn Disk,
) -> Result<(), Problem> {
    for directory in journal.directories.iter().rev() {
        // Somebody may have put something into it.
        let _ = disk.remove_directory(&store.absolute(directory));
    }
    let closed = match is_needed {
        true => store.advance(run, Stage::Done, disk).map(drop),
        false => store.forget(run, disk),
    };
    closed.map_err(|error| stuck(&store.file(run), &error))?;
    store.tidy(disk);
    Ok(())
}

/// The problem of a file that was saved after the run had written it, and before the run was taken back.
pub(super) fn saved_meanwhile(path: &Utf8Path) -> Problem {
    let message = "is neither as before the run nor as the run left it; left as it is";
    Problem::new(path, message).help("`codemend undo --force` brings back the text from before")
}

fn unfinished(store: &Store) -> Problem {
    let message = "keeps the texts from before: not everything could be taken back";
    Problem::new(store.folder(), message).help("the next run of codemend tries again")
}
