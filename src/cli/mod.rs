//! The command line: the only place that knows clap, terminals and progress bars.
//!
//! One file per verb (`mend`, `stdin`, `list`, `explain`, `graph`, `undo`,
//! `merge`, `clean`, `completions`, `man`, `schema`, `new`) and per thing that a user reads (`preview`,
//! `notices`, `summary`, `interactive`). Differences go to standard output, all else to standard error, so that pipes work.

mod account;
mod apply;
mod arguments;
mod clean;
mod commit;
mod completions;
mod explain;
mod formats;
mod git;
mod graph;
mod html;
mod interactive;
mod interrupt;
mod list;
mod man;
mod markdown;
mod memory;
mod mend;
mod merge;
mod names;
mod new;
mod notices;
mod patch_file;
mod paths;
mod preview;
mod progress;
mod recovery;
mod refusals;
mod reproduce;
mod request;
mod root;
mod schema;
mod scope;
mod series;
mod sinks;
mod stages;
mod stdin;
mod summary;
mod terminal;
mod undo;
mod words;

use std::process::ExitCode;

pub use arguments::Arguments;
use arguments::Verb;
use terminal::Terminal;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Fine,
    /// With `--check`: something would change.
    WouldChange,
    /// A file, an option or the configuration could not be used.
    Problems,
    /// This signal ended the run.
    Interrupted(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Fine => Self::SUCCESS,
            Exit::WouldChange => Self::from(1),
            Exit::Problems => Self::from(2),
            // As a shell says it.
            Exit::Interrupted(signal) => Self::from(128_u8.saturating_add(signal)),
        }
    }
}

/// Do what the arguments ask. What cannot be done is said on standard error.
pub fn run(arguments: Arguments) -> Exit {
    let color = match &arguments.verb {
        Some(Verb::Explain(explain)) => explain.color,
        Some(Verb::Graph(graph)) => graph.color,
        Some(Verb::Undo(undo)) => undo.color,
        Some(Verb::MergeReports(merge)) => merge.color,
        Some(Verb::Clean(clean)) => clean.color,
        Some(Verb::New(new)) => new.color,
        _ => arguments.mend.color,
    };
    let terminal = Terminal::new(color);
    let catalogue = codemend_codemods::ALL;
    let done = match arguments.verb {
        Some(Verb::List(arguments)) => list::list(&arguments, &terminal, catalogue),
        Some(Verb::Explain(arguments)) => explain::explain(&arguments, &terminal, catalogue),
        Some(Verb::Graph(arguments)) => graph::graph(&arguments, &terminal, catalogue),
        Some(Verb::Undo(arguments)) => undo::undo(&arguments, &terminal),
        Some(Verb::MergeReports(arguments)) => merge::merge(&arguments, &terminal, catalogue),
        Some(Verb::Clean(arguments)) => clean::clean(&arguments, &terminal, catalogue),
        Some(Verb::Completions { shell }) => completions::completions(&terminal, shell),
        Some(Verb::Man(arguments)) => man::man(&arguments, &terminal),
        Some(Verb::Schema(arguments)) => schema::schema(&arguments, &terminal, catalogue),
        Some(Verb::New(arguments)) => new::new(&arguments, &terminal),
        None if stdin::is_asked_for(&arguments.mend) => {
            stdin::mend(&arguments.mend, &terminal, catalogue)
        }
        None => mend::mend(&arguments.mend, &terminal, catalogue),
    };
    done.unwrap_or_else(|error| {
        terminal.error(&format!("{error:#}"));
        Exit::Problems
    })
}
