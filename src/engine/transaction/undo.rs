//! Take back a run that is over: by another run that writes, as safe as the first.

use std::sync::atomic::Ordering;

use camino::Utf8PathBuf;

use super::disk::Disk;
use super::record::{How, Journal, Record, Stage};
use super::store::{Run, Store};
use super::{Applied, Attempt, End, FileWrite, HardLinks, OnFailure, Terms, Undoing, groups};
use crate::problem::Problem;
use crate::source::reason;

/// What happens to a file that has changed since the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It stays; unless the run keeps going, so do the others.
    Refuse,
    /// It gets the text from before, too. What it held is kept: undoing once more brings it back.
    Overwrite,
}

/// The finished runs in `store`, oldest first, each with its number; and what cannot be read.
pub fn history(store: &Store, disk: &dyn Disk) -> (Vec<(u32, Journal)>, Vec<Problem>) {
    let (mut journals, mut problems) = (Vec::new(), Vec::new());
    let runs = store.runs(disk).unwrap_or_default();
    for run in runs.into_iter().filter(|run| run.stage == Stage::Done) {
        match store.read(run, disk) {
            Ok(record) => journals.push((run.number, record.journal)),
            Err(problem) => problems.push(problem),
        }
    }
    (journals, problems)
}

/// Whether all files of the finished run `number` are as they were before it: there is nothing to take back.
pub fn is_undone(number: u32, store: &Store, disk: &dyn Disk) -> bool {
    let run = Run {
        number,
        stage: Stage::Done,
    };
    let found = store
        .read(run, disk)
        .map(|record| find(store, &record, Changed::Refuse, disk));
    found.is_ok_and(|found| found.files.is_empty() && found.changed.is_empty())
}

/// Take back the finished run `number` of `terms.store`.
///
/// A file that is as before already is fine. One that is neither as before nor as the run left it has changed since,
/// and is refused or overwritten as `changed` says. `terms.codemods` and `terms.together` do not count.
pub fn undo(number: u32, changed: Changed, terms: &Terms<'_>, disk: &dyn Disk) -> Applied {
    let run = Run {
        number,
        stage: Stage::Done,
    };
    // What is found must still hold when it is written.
    let _lock = match terms.store.lock(terms.waits, terms.stop, disk) {
        Ok(lock) => lock,
        Err(_) if terms.stop.load(Ordering::SeqCst) => {
            return Applied::nothing(End::Interrupted, Vec::new());
        }
        Err(error) => {
            let message = format!("cannot be opened: {}", reason(&error));
            let problem = Problem::new(terms.store.folder(), message);
            return Applied::nothing(End::TakenBack, vec![problem]);
        }
    };
    let record = match terms.store.read(run, disk) {
        Ok(record) => record,
        Err(problem) => return Applied::nothing(End::TakenBack, vec![problem]),
    };
    let found = find(terms.store, &record, changed, disk);
    if !found.changed.is_empty() && terms.on_failure == OnFailure::TakeBack {
        return Applied::nothing(End::TakenBack, found.changed);
    }
    write_back(run, &record, found, terms, disk)
}

/// What stands in the files of a run today.
struct Found {
    /// Path, index in the record, and the bytes of today.
    files: Vec<(Utf8PathBuf, usize, Option<Vec<u8>>)>,
    changed: Vec<Problem>,
    /// Whether something is overwritten that somebody has changed.
    overwrites: bool,
}

fn find(store: &Store, record: &Record, changed: Changed, disk: &dyn Disk) -> Found {
    let mut found = Found {
        files: Vec::new(),
        changed: Vec::new(),
        overwrites: false,
    };
    for (index, written) in record.journal.files.iter().enumerate() {
        let path = store.absolute(&written.path);
        let now = match disk.look(&path) {
            Ok(_) => match disk.read(&path) {
                Ok(bytes) => Some(bytes),
                Err(error) => {
                    found.changed.push(super::check::unread(&path, &error));
                    continue;
                }
            },
            Err(_) => None,
        };
        let is = |print: &Option<super::record::Fingerprint>| match (print, &now) {
            (Some(print), Some(now)) => print.is_of(now),
            (None, None) => true,
            _ => false,
        };
        if is(&written.before) {
            continue;
        }
        if !is(&written.after) {
            if changed == Changed::Refuse {
                let message = "has changed since codemend wrote it";
                let help = "`--force` brings back the text from before all the same";
                found.changed.push(Problem::new(path, message).help(help));
                continue;
            }
            found.overwrites = true;
        }
        found.files.push((path, index, now));
    }
    found
}

fn write_back(
    run: Run,
    record: &Record,
    found: Found,
    terms: &Terms<'_>,
    disk: &dyn Disk,
) -> Applied {
    let writes: Vec<FileWrite<'_>> = found
        .files
        .iter()
        .map(|(path, index, now)| FileWrite {
            path,
            before: now.as_deref(),
            after: record.before(*index),
            mode: record.journal.files[*index].mode,
        })
        .collect();
    let is_whole = found.changed.is_empty();
    let in_place = |written: &super::record::Written| written.how == How::Overwritten;
    let hard_links = match record.journal.files.iter().any(in_place) {
        true => HardLinks::Overwrite,
        false => terms.hard_links,
    };
    let terms = Terms {
        hard_links,
        together: &[],
        codemods: vec![(format!("undo of run {}", run.number), 0)],
        ..*terms
    };
    let attempt = Attempt {
        files: &writes,
        terms: &terms,
        disk,
        undoing: Undoing {
            // What was overwritten comes back with another undo, and so does the way to undo that once more.
            undoes: (is_whole && !found.overwrites).then_some(run.number),
            is_passing: !found.overwrites,
            directories: record.journal.directories.clone(),
        },
        groups: groups(&writes, &[]),
        is_locked: true,
    };
    let mut applied = attempt.run();
    applied.problems.splice(0..0, found.changed);
    applied
}
