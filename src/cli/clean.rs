//! `codemend clean`: forget what is remembered of runs.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use codemend_engine::cache::Removed;
use codemend_engine::config::{Configuration, Overrides};

use super::notices::Notices;
use super::summary::count;
use super::terminal::Terminal;
use super::{Exit, memory, paths};
use codemend_engine::codemod::Codemod;

#[derive(Debug, Args)]
pub struct CleanArguments {
    /// Files and directories of the project
    #[arg(default_value = ".", value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,

    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: clap::ColorChoice,
}

/// Remove the folder of memories. What `codemend undo` needs stays, and so does everything that is not codemend's.
///
/// # Errors
/// The settings cannot be used, or the folder holds something else.
pub fn clean(
    arguments: &CleanArguments,
    terminal: &Terminal,
    catalogue: &[&dyn Codemod],
) -> anyhow::Result<Exit> {
    let cwd = paths::current_directory()?;
    let (paths, problems) = paths::existing(&arguments.paths, &cwd);
    if !problems.is_empty() {
        let notices = Notices {
            cwd: &cwd,
            look: terminal.err,
        };
        terminal.say(&notices.problems(&problems));
        return Ok(Exit::Problems);
    }
    let about = catalogue.iter().map(|codemod| codemod.about()).collect();
    let configuration = Configuration::new(Overrides::default(), about)?;
    let Some(folder) = memory::folder(&paths, &cwd, &configuration) else {
        terminal.note("nothing is remembered here");
        return Ok(Exit::Fine);
    };
    let shown = paths::relative(folder.path(), &cwd);
    match folder.remove() {
        Removed::Gone(runs) => {
            terminal.note(&format!("forgot {} ({shown})", count(runs, "run")));
        }
        Removed::Absent => terminal.note("nothing is remembered here"),
        Removed::Foreign => anyhow::bail!("`{shown}` is no folder of codemend's; left alone"),
    }
    Ok(Exit::Fine)
}
