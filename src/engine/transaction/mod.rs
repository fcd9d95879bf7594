//! The sink that writes to the project: a run is written whole, or not at all, and can be taken back.
//!
//! 1. A record of the run (what it will do, and the texts from before) is on the disk before anything else happens.
//! 2. Every new file is prepared beside its target, with the owner, the mode and the attributes of the old one.
//! 3. The names change places. What comes out is compared with what was read: if somebody saved the file in between,
//!    the names change back. Nobody's text is lost, at no moment.
//! 4. The old files go, and the record becomes what `codemend undo` reads.
//!
//! An error or a signal on the way takes everything back. After a kill or a power cut the record says how far the run
//! came, and [`recover`] takes it back, or finishes it when all files were new already. The order of the calls to the
//! disk makes this true at every one of them; the tests stop the world at each.

mod check;
mod commit;
mod disk;
mod finish;
mod prepare;
mod record;
mod recover;
mod restore;
mod store;
mod trust;
mod undo;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use camino::{Utf8Path, Utf8PathBuf};

pub use disk::{Disk, Mode, System};
pub use record::{Journal, Record, Stage};
pub use recover::{Recovered, recover};
pub use store::{CACHE, Run, Store};
pub use undo::{Changed, history, is_undone, undo};

use crate::patch::FilePatch;
use crate::problem::Problem;
use crate::source::reason;

/// How the names of the files begin that stand beside their targets while a run writes.
const ASIDE: &str = ".codemend-";

/// One file to write: absolute, and real (no symbolic link in its path).
#[derive(Debug, Clone, Copy)]
pub struct FileWrite<'a> {
    pub path: &'a Utf8Path,
    /// What must be there. `None`: nothing.
    pub before: Option<&'a [u8]>,
    /// What shall be there. `None`: nothing.
    pub after: Option<&'a [u8]>,
    /// The mode that a file gets which is not there yet; the usual one without it.
    pub mode: Option<u32>,
}

impl<'a> From<&'a FilePatch> for FileWrite<'a> {
    fn from(file: &'a FilePatch) -> Self {
        Self {
            path: &file.path,
            before: file.before.as_deref().map(str::as_bytes),
            after: Some(file.after.as_bytes()),
            mode: None,
        }
    }
}

/// What happens to the other files when one cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// None is written.
    TakeBack,
    /// They are written, except those that belong together with it.
    KeepGoing,
}

/// What happens to a file that has several names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HardLinks {
    /// It cannot be written: a rename would part the names.
    Refuse,
    /// Its bytes are written over in place, for all its names.
    Overwrite,
}

/// The terms of a run that writes.
pub struct Terms<'a> {
    pub store: &'a Store,
    pub on_failure: OnFailure,
    pub hard_links: HardLinks,
    /// Sets of files of which all are written or none.
    pub together: &'a [BTreeSet<Utf8PathBuf>],
    /// Set by a signal: take everything back and come home.
    pub stop: &'a AtomicBool,
    /// Called when another codemend writes in the same project, before waiting for it.
    pub waits: &'a dyn Fn(),
    /// The codemods of the run, with how many changes each made.
    pub codemods: Vec<(String, usize)>,
    /// Seconds since 1970.
    pub time: u64,
}

/// How a run that writes ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// All that could be written was.
    Written,
    /// Something failed; nothing is changed.
    TakenBack,
    /// A signal came; nothing is changed.
    Interrupted,
    /// Something failed, and so did taking back. The record tells the next run.
    Unfinished,
}

/// What was written, and what was not.
#[derive(Debug)]
pub struct Applied {
    pub end: End,
    /// Files that now hold their new text.
    pub written: usize,
    /// Files that stayed as they were, where others were written.
    pub left_out: BTreeSet<Utf8PathBuf>,
    /// The number of the run, when it wrote something: what `undo` takes back.
    pub run: Option<u32>,
    /// One for each file that could not be written, and for what else went wrong.
    pub problems: Vec<Problem>,
}

impl Applied {
    fn nothing(end: End, problems: Vec<Problem>) -> Self {
        Self {
            end,
            written: 0,
            left_out: BTreeSet::new(),
            run: None,
            problems,
        }
    }
}

/// Write `files` (each path once) under `terms`.
///
/// A file is refused, with a [`Problem`], when it is no longer what was read, is no regular file, may not be written,
/// or has several names; a file to be made, when its path exists. The store must not hold an unfinished run: call
/// [`recover`] first.
pub fn write(files: &[FileWrite<'_>], terms: &Terms<'_>, disk: &dyn Disk) -> Applied {
    let attempt = Attempt {
        files,
        terms,
        disk,
        undoing: Undoing::default(),
        groups: groups(files, terms.together),
        is_locked: false,
    };
    attempt.run()
}

/// One run that writes.
struct Attempt<'a> {
    files: &'a [FileWrite<'a>],
    terms: &'a Terms<'a>,
    disk: &'a dyn Disk,
    undoing: Undoing,
    /// For each file the files (by index) that it belongs together with, itself among them.
    groups: Vec<Vec<usize>>,
    /// Whether whoever begins it has locked the store already.
    is_locked: bool,
}

/// What a run has to do with an earlier one.
#[derive(Debug, Clone, Default)]
struct Undoing {
    /// The run that it takes back, whole.
    undoes: Option<u32>,
    /// It leaves no record.
    is_passing: bool,
    /// The directories that the earlier run has made, from the store's base on.
    directories: Vec<Utf8PathBuf>,
}

/// Why a run does not go on.
enum Halt {
    /// These files could not be written.
    Failed(Vec<Problem>),
    /// A signal came.
    Stopped,
}

impl Attempt<'_> {
    fn run(&self) -> Applied {
        let (checked, mut problems) = self.check();
        let may_go_on = problems.is_empty() || self.keeps_going();
        if checked.iter().all(Option::is_none) || !may_go_on {
            let end = if problems.is_empty() {
                End::Written
            } else {
                End::TakenBack
            };
            return Applied::nothing(end, problems);
        }
        let store = self.terms.store;
        let _lock = match self.open_store() {
            Ok(lock) => lock,
            Err(_) if self.is_stopped() => return Applied::nothing(End::Interrupted, problems),
            Err(problem) => {
                store.tidy(self.disk);
                problems.push(problem);
                return Applied::nothing(End::TakenBack, problems);
            }
        };
        let mut batch = match self.plan(checked).and_then(|batch| self.begin(batch)) {
            Ok(batch) => batch,
            Err(error) => {
                problems.push(self.no_record(&error));
                store.tidy(self.disk);
                return Applied::nothing(End::TakenBack, problems);
            }
        };
        let done = self
            .prepare(&mut batch)
            .and_then(|()| self.commit(&mut batch));
        problems.append(&mut batch.problems);
        match done {
            Ok(()) => self.finish(batch, problems),
            Err(halt) => self.take_back(batch, halt, problems),
        }
    }

    fn keeps_going(&self) -> bool {
        self.terms.on_failure == OnFailure::KeepGoing
    }

    fn is_stopped(&self) -> bool {
        self.terms.stop.load(Ordering::SeqCst)
    }

    fn open_store(&self) -> Result<Option<std::fs::File>, Problem> {
        let store = self.terms.store;
        let lock = match self.is_locked {
            true => None,
            false => store
                .lock(self.terms.waits, self.terms.stop, self.disk)
                .map_err(|error| self.no_record(&error))?,
        };
        let runs = store
            .runs(self.disk)
            .map_err(|error| self.no_record(&error))?;
        // It was not there a moment ago: another codemend was ended while this one waited.
        let is_cut_short = |run: &&Run| {
            run.stage != Stage::Done
                && run.stage != Stage::New
                && store.read(**run, self.disk).is_ok()
        };
        match runs.iter().find(is_cut_short) {
            None => Ok(lock),
            Some(_) => {
                let message = "holds a run that was cut short and is not taken back yet";
                Err(Problem::new(store.folder(), message).help("run again"))
            }
        }
    }

    fn no_record(&self, error: &io::Error) -> Problem {
        let message = format!("what a run writes cannot be kept: {}", reason(error));
        let first = match error.kind() {
            _ if error.to_string() == store::OTHERS => {
                "run codemend as that user, or remove the folder"
            }
            io::ErrorKind::PermissionDenied => "let codemend write there",
            _ => "make room for it",
        };
        let help = format!("{first}, or write a patch elsewhere with `--patch FILE`");
        Problem::new(self.terms.store.cache(), message).help(help)
    }
}

/// For each of `files` the indices of those that it belongs together with.
fn groups(files: &[FileWrite<'_>], together: &[BTreeSet<Utf8PathBuf>]) -> Vec<Vec<usize>> {
    let at: BTreeMap<&Utf8Path, usize> = files
        .iter()
        .enumerate()
        .map(|(at, file)| (file.path, at))
        .collect();
    let mut groups: Vec<Vec<usize>> = (0..files.len()).map(|at| vec![at]).collect();
    for set in together {
        let members: Vec<usize> = set
            .iter()
            .filter_map(|path| at.get(path.as_path()).copied())
            .collect();
        for &member in &members {
            groups[member] = members.clone();
        }
    }
    groups
}

#[cfg(test)]
mod tests;
