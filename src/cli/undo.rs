//! `codemend undo`: take back what `--apply` wrote.

use std::path::PathBuf;

use anyhow::{anyhow, bail};
use clap::{Args, ValueHint};
use codemend_engine::transaction::{
    self, Applied, Changed, End, HardLinks, Journal, Store, System, Terms, history, is_undone,
};

use super::apply::{now, on_failure};
use super::interrupt::Interrupt;
use super::notices::Notices;
use super::summary::count;
use super::terminal::{BOLD, Terminal};
use super::{Exit, paths, recovery};

#[derive(Debug, Args)]
pub struct UndoArguments {
    /// The run, as `--list` numbers it; without it, the last one
    #[arg(conflicts_with = "list")]
    run: Option<u32>,

    /// Show the runs that can be taken back, the last one first
    ///
    /// Example: codemend undo --list
    #[arg(long)]
    list: bool,

    /// Also bring back files that have changed since
    ///
    /// What they hold now is kept: undo once more brings it back.
    ///
    /// Example: codemend undo --force
    #[arg(long)]
    force: bool,

    /// Take back what can be taken back, and list the rest
    ///
    /// Example: codemend undo --keep-going
    #[arg(long)]
    keep_going: bool,

    /// Write files with several hard links in place, for all their names
    ///
    /// Example: codemend undo --follow-hard-links
    #[arg(long)]
    follow_hard_links: bool,

    /// A directory of the project; without it, the current one
    ///
    /// Example: codemend undo --project ../api
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    project: Option<PathBuf>,

    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: clap::ColorChoice,
}

/// Take back a run, or list the runs.
///
/// # Errors
/// There is no run to take back.
pub fn undo(arguments: &UndoArguments, terminal: &Terminal) -> anyhow::Result<Exit> {
    let cwd = paths::current_directory()?;
    let directory = match &arguments.project {
        None => cwd.clone(),
        Some(given) => match paths::utf8(given) {
            Ok(path) if path.is_dir() => paths::absolute(path, &cwd),
            Ok(path) => bail!("--project {path}: no such directory"),
            Err(problem) => bail!("--project {}: {}", problem.path, problem.message),
        },
    };
    let notices = Notices {
        cwd: &cwd,
        look: terminal.err,
    };
    let mut problems = recovery::of_projects(&[], &directory, terminal);
    let found = Store::above(&directory, &System)
        .into_iter()
        .find_map(|store| {
            let (runs, mut unread) = history(&store, &System);
            // A nearer folder that cannot be used does not mean one further up.
            let is_nearest = !runs.is_empty() || !unread.is_empty();
            problems.append(&mut unread);
            is_nearest.then_some((store, runs))
        });
    terminal.say(&notices.problems(&problems));
    let Some((store, runs)) = found.filter(|(_, runs)| !runs.is_empty()) else {
        if arguments.list {
            terminal.note(&format!("no runs to take back in `{directory}` and above"));
            return Ok(exit(&problems));
        }
        bail!("there is no run to take back in `{directory}` and above; see --project");
    };
    if arguments.list {
        let shown = listed(&runs, terminal);
        terminal.print(shown.as_bytes())?;
        return Ok(exit(&problems));
    }
    let number = number(arguments, &runs, &store)?;
    let (applied, signal) = take_back(number, arguments, &store, terminal)?;
    terminal.say(&notices.problems(&applied.problems));
    let journal = runs.iter().find(|(other, _)| *other == number);
    let when = journal.map_or_else(String::new, |(_, journal)| when(journal.time));
    terminal.say(&format!(
        "{}\n",
        terminal.err.paint(BOLD, &told(&applied, number, &when))
    ));
    match signal {
        Some(signal) => Ok(Exit::Interrupted(signal)),
        None if applied.problems.is_empty() => Ok(exit(&problems)),
        None => Ok(Exit::Problems),
    }
}

fn exit(problems: &[codemend_engine::problem::Problem]) -> Exit {
    match problems.is_empty() {
        true => Exit::Fine,
        false => Exit::Problems,
    }
}

/// The run that is asked for: by its number, or the last one that there is something to take back of.
fn number(
    arguments: &UndoArguments,
    runs: &[(u32, Journal)],
    store: &Store,
) -> anyhow::Result<u32> {
    let mut numbers = runs.iter().rev().map(|(number, _)| *number);
    match arguments.run {
        Some(asked) if numbers.any(|number| number == asked) => Ok(asked),
        Some(asked) => bail!("there is no run {asked}; `codemend undo --list` shows the runs"),
        None => numbers
            .find(|number| !is_undone(*number, store, &System))
            .ok_or_else(|| anyhow!("all files are as they were before the runs that are known")),
    }
}

fn take_back(
    number: u32,
    arguments: &UndoArguments,
    store: &Store,
    terminal: &Terminal,
) -> anyhow::Result<(Applied, Option<u8>)> {
    let interrupt = Interrupt::listen()?;
    let terms = Terms {
        store,
        on_failure: on_failure(arguments.keep_going),
        hard_links: match arguments.follow_hard_links {
            true => HardLinks::Overwrite,
            false => HardLinks::Refuse,
        },
        together: &[],
        stop: interrupt.stop(),
        waits: &|| terminal.note("waiting for another codemend that writes here"),
        codemods: Vec::new(),
        time: now(),
    };
    let changed = match arguments.force {
        true => Changed::Overwrite,
        false => Changed::Refuse,
    };
    let applied = transaction::undo(number, changed, &terms, &System);
    let signal = interrupt
        .signal()
        .filter(|_| applied.end == End::Interrupted);
    Ok((applied, signal))
}

fn told(applied: &Applied, number: u32, when: &str) -> String {
    match (applied.end, applied.written) {
        (End::Interrupted, _) => "Interrupted: nothing was changed".to_owned(),
        (End::TakenBack, _) => format!("Run {number} was not taken back: nothing was changed"),
        (End::Unfinished, _) => format!("Run {number} was taken back in part"),
        (End::Written, 0) if !applied.problems.is_empty() => {
            format!("Run {number} was not taken back: nothing was changed")
        }
        (End::Written, 0) => {
            format!("Run {number}: the files are as they were before {when} already")
        }
        (End::Written, 1) => format!("Took back run {number}: 1 file is as it was before {when}"),
        (End::Written, n) => {
            format!("Took back run {number}: {n} files are as they were before {when}")
        }
    }
}

/// A line for each run: number, time, files, codemods.
fn listed(runs: &[(u32, Journal)], terminal: &Terminal) -> String {
    let line = |(number, journal): &(u32, Journal)| {
        let files = count(journal.files.len(), "file");
        let codemods = journal.codemods.iter();
        let codemods: Vec<String> = codemods
            .map(|(name, made)| match made {
                0 => name.clone(),
                made => format!("{name} {made}"),
            })
            .collect();
        let number = terminal.out.paint(BOLD, &format!("{number:4}"));
        let codemods = codemods.join(", ");
        let codemods = terminal.out.for_people().text(&codemods);
        format!(
            "{number}  {}  {files:>10}  {codemods}\n",
            when(journal.time)
        )
    };
    runs.iter().rev().map(line).collect()
}

/// `2026-11-21 18:03`, in the time zone of the reader.
pub fn when(seconds: u64) -> String {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    let Ok(time) = jiff::Timestamp::from_second(seconds) else {
        return "an unknown time".to_owned();
    };
    let zoned = time.to_zoned(jiff::tz::TimeZone::system());
    zoned.strftime("%Y-%m-%d %H:%M").to_string()
}
