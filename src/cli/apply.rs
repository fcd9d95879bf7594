//! `--apply`: hand the files of a run to the transaction, under the terms of the command line.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::time::{SystemTime, UNIX_EPOCH};

use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::patch::Outcome;
use codemend_engine::pipeline::home_of;
use codemend_engine::transaction::{
    Applied, Changed, End, FileWrite, HardLinks, OnFailure, Store, System, Terms, undo, write,
};

use super::arguments::MendArguments;
use super::git;
use super::interrupt::Interrupt;
use super::progress::Bar;
use super::root::Rooted;
use super::scope;
use super::terminal::Terminal;

/// What was written, and the signal that stopped it.
#[derive(Debug)]
pub struct Ended {
    pub applied: Applied,
    pub signal: Option<u8>,
    /// What to do to take it back.
    pub way_back: String,
}

/// How to take back what was written, when nothing has been committed.
pub const UNDO: &str = "Take it back with `codemend undo`";

/// Write the files of `rooted` where `arguments` allow it.
///
/// # Errors
/// Signals cannot be listened for.
pub fn apply(
    arguments: &MendArguments,
    rooted: &Rooted,
    outcome: &Outcome,
    cwd: &Utf8Path,
    terminal: &Terminal,
) -> anyhow::Result<Ended> {
    let on_failure = on_failure(arguments.keep_going);
    let mut files: Vec<FileWrite<'_>> = rooted.files.iter().map(FileWrite::from).collect();
    let targets: Vec<&Utf8Path> = files.iter().map(|file| file.path).collect();
    let found = match (arguments.allow_dirty, arguments.scope.staged) {
        (true, _) => git::Uncommitted::default(),
        (false, true) => scope::unstaged(&targets, cwd),
        (false, false) => git::uncommitted(&targets),
    };
    let mut problems = found.problems;
    if !problems.is_empty() && on_failure == OnFailure::TakeBack {
        let applied = Applied {
            end: End::TakenBack,
            written: 0,
            left_out: BTreeSet::new(),
            run: None,
            problems,
        };
        let signal = None;
        return Ok(Ended {
            applied,
            signal,
            way_back: UNDO.to_owned(),
        });
    }
    let left = |file: &FileWrite<'_>| is_tied(file.path, &found.files, &outcome.together);
    let left_out: Vec<Utf8PathBuf> = files
        .iter()
        .filter(|file| left(file))
        .map(|file| file.path.to_owned())
        .collect();
    files.retain(|file| !left(file));
    let interrupt = Interrupt::listen()?;
    let bar = (!arguments.quiet).then(|| Bar::of("writing"));
    let clear = || bar.iter().for_each(Bar::finish);
    let store = Store::at(&home(arguments, rooted, cwd));
    let terms = Terms {
        store: &store,
        on_failure,
        hard_links: match arguments.follow_hard_links {
            true => HardLinks::Overwrite,
            false => HardLinks::Refuse,
        },
        together: &outcome.together,
        stop: interrupt.stop(),
        waits: &|| {
            clear();
            terminal.note("waiting for another codemend that writes here");
        },
        codemods: codemods(outcome),
        time: now(),
    };
    let mut applied = write(&files, &terms, &System);
    clear();
    applied.left_out.extend(left_out);
    problems.append(&mut applied.problems);
    applied.problems = problems;
    Ok(Ended {
        signal: interrupt
            .signal()
            .filter(|_| applied.end == End::Interrupted),
        applied,
        way_back: UNDO.to_owned(),
    })
}

/// Take back what a run has written that `ended` tells of, where nothing else has been written since.
///
/// # Errors
/// A file has changed since, or cannot be written; the message names it.
pub fn take_back(
    ended: &Ended,
    arguments: &MendArguments,
    rooted: &Rooted,
    cwd: &Utf8Path,
    terminal: &Terminal,
) -> anyhow::Result<()> {
    let Some(run) = ended.applied.run else {
        return Ok(());
    };
    let store = Store::at(&home(arguments, rooted, cwd));
    let stop = AtomicBool::new(false);
    let terms = Terms {
        store: &store,
        on_failure: OnFailure::TakeBack,
        hard_links: match arguments.follow_hard_links {
            true => HardLinks::Overwrite,
            false => HardLinks::Refuse,
        },
        together: &[],
        // Who has asked to stop wants this most of all.
        stop: &stop,
        waits: &|| terminal.note("waiting for another codemend that writes here"),
        codemods: Vec::new(),
        time: now(),
    };
    let applied = undo(run, Changed::Refuse, &terms, &System);
    match applied.problems.first() {
        None => Ok(()),
        Some(problem) => anyhow::bail!("`{}` {}", problem.path, problem.message),
    }
}

pub fn on_failure(keep_going: bool) -> OnFailure {
    match keep_going {
        true => OnFailure::KeepGoing,
        false => OnFailure::TakeBack,
    }
}

/// Seconds since 1970.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// Whether `path` is one of `dirty`, or belongs together with one of them.
fn is_tied(
    path: &Utf8Path,
    dirty: &BTreeSet<Utf8PathBuf>,
    together: &[BTreeSet<Utf8PathBuf>],
) -> bool {
    let is_dirty = |one: &Utf8PathBuf| dirty.contains(one);
    dirty.contains(path)
        || together
            .iter()
            .any(|set| set.contains(path) && set.iter().any(is_dirty))
}

/// The directory that keeps the records: the root of the project when it has one that holds all files; else that of
/// the patch.
fn home(arguments: &MendArguments, rooted: &Rooted, cwd: &Utf8Path) -> Utf8PathBuf {
    let paths: Vec<Utf8PathBuf> = arguments
        .paths
        .iter()
        .filter_map(|path| super::paths::utf8(path).ok())
        .map(|path| super::paths::absolute(path, cwd))
        .collect();
    let home = home_of(&paths, cwd);
    let home = home.canonicalize_utf8().unwrap_or(home);
    match rooted.files.iter().all(|file| file.path.starts_with(&home)) {
        true => home,
        false => rooted.root.clone(),
    }
}

fn codemods(outcome: &Outcome) -> Vec<(String, usize)> {
    let steps = outcome.steps.iter();
    let made = steps.map(|step| (step.codemod.to_owned(), step.changes.len()));
    made.filter(|(_, made)| *made > 0).collect()
}
