//! `codemend completions SHELL`.

use clap::CommandFactory;
use clap_complete::Shell;

use super::terminal::Terminal;
use super::{Arguments, Exit};

/// Print the script that teaches `shell` the options and the names of the codemods.
pub fn completions(terminal: &Terminal, shell: Shell) -> anyhow::Result<Exit> {
    // Into memory first: clap_complete panics when its writer fails, as a closed pipe does.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "codemend", &mut script);
    terminal.print(&script)?;
    Ok(Exit::Fine)
}
