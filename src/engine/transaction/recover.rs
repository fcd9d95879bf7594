//! A run that was ended in the middle: say what happened, and take it back, or finish it.

use std::sync::atomic::AtomicBool;

use super::disk::Disk;
use super::finish::{close, finish, saved_meanwhile};
use super::record::{Record, Stage};
use super::restore::{Restored, Restoring};
use super::store::{Run, Store};
use crate::problem::Problem;
use crate::source::reason;

/// What became of a run that was cut short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// When it began to write: seconds since 1970.
    pub time: u64,
    /// How many files it was about.
    pub files: usize,
    /// How many of them were new already, and are as before again. `None` when all were new, and the run is finished.
    pub taken_back: Option<usize>,
}

/// Take back, or finish, the runs in `store` that were cut short; oldest first. Calls `waits` before it waits for a
/// codemend that is writing right now.
///
/// What cannot be used or restored is a [`Problem`], and stays.
pub fn recover(store: &Store, waits: &dyn Fn(), disk: &dyn Disk) -> (Vec<Recovered>, Vec<Problem>) {
    let (mut recovered, mut problems) = (Vec::new(), Vec::new());
    let unfinished = |disk: &dyn Disk| {
        let runs = store.runs(disk).unwrap_or_default();
        let mut runs = runs.into_iter();
        runs.any(|run| run.stage != Stage::Done)
    };
    if !unfinished(disk) {
        return (recovered, problems);
    }
    let _lock = match store.lock(waits, &AtomicBool::new(false), disk) {
        Ok(lock) => lock,
        Err(error) => {
            let message = format!(
                "holds a run that was cut short, and cannot be opened: {}",
                reason(&error)
            );
            problems.push(Problem::new(store.folder(), message));
            return (recovered, problems);
        }
    };
    // Once more: a run that was waited for has ended by itself.
    let runs = store.runs(disk).unwrap_or_default();
    for run in runs.into_iter().filter(|run| run.stage != Stage::Done) {
        let (one, mut said) = recover_one(store, run, disk);
        recovered.extend(one);
        problems.append(&mut said);
    }
    store.tidy(disk);
    (recovered, problems)
}

fn recover_one(store: &Store, run: Run, disk: &dyn Disk) -> (Option<Recovered>, Vec<Problem>) {
    if run.stage == Stage::New {
        // Cut short while it wrote about itself, before it did anything.
        let forgotten = store.forget(run, disk);
        let problem = forgotten
            .err()
            .map(|error| super::restore::stuck(&store.file(run), &error));
        return (None, problem.into_iter().collect());
    }
    let record = match store.read(run, disk) {
        Ok(record) => record,
        Err(problem) => return (None, vec![problem]),
    };
    let mut recovered = Recovered {
        time: record.journal.time,
        files: record.journal.files.len(),
        taken_back: None,
    };
    let problems = match run.stage {
        Stage::Clean => finish(store, run, &record.journal, disk),
        _ => {
            let (taken_back, problems) = take_back(store, run, &record, disk);
            recovered.taken_back = Some(taken_back);
            problems
        }
    };
    (Some(recovered), problems)
}

/// Let the record of `run` speak of the files `saved` (by index) only: undo by force is to bring back no others. If that
/// fails it says more than it must, and undo asks before it overwrites.
fn narrow(store: &Store, run: Run, record: &Record, saved: &[usize], disk: &dyn Disk) {
    let mut journal = record.journal.clone();
    journal.undoes = None;
    let files = saved
        .iter()
        .rev()
        .filter_map(|&at| record.journal.files.get(at).cloned());
    journal.files = files.collect();
    let texts = saved.iter().rev().flat_map(|&at| {
        let (before, after) = (record.before(at), record.after(at));
        [before.unwrap_or_default(), after.unwrap_or_default()]
    });
    if !saved.is_empty() {
        let _ = store.rewrite(run, &mut journal, texts, disk);
    }
}

fn take_back(store: &Store, run: Run, record: &Record, disk: &dyn Disk) -> (usize, Vec<Problem>) {
    let (mut taken_back, mut foreign, mut stuck) = (0, Vec::new(), Vec::new());
    let mut saved = Vec::new();
    for (index, written) in record.journal.files.iter().enumerate().rev() {
        let path = store.absolute(&written.path);
        let restoring = Restoring {
            path: &path,
            written,
            before: record.before(index),
            after: record.after(index),
            stage: run.stage,
        };
        let restored = match run.stage {
            Stage::Prepare => restoring.drop_aside(disk).map(|()| Restored::Untouched),
            _ => restoring.restore(disk),
        };
        match restored {
            Ok(Restored::Untouched) => {}
            Ok(Restored::TakenBack) => taken_back += 1,
            Ok(Restored::Foreign) => {
                foreign.push(saved_meanwhile(&path));
                foreign.extend(restoring.saved_beside(disk));
                saved.push(index);
            }
            Err(problem) => stuck.push(problem),
        }
    }
    if stuck.is_empty() {
        narrow(store, run, record, &saved, disk);
        stuck.extend(close(store, run, &record.journal, !foreign.is_empty(), disk).err());
    }
    stuck.append(&mut foreign);
    (taken_back, stuck)
}
