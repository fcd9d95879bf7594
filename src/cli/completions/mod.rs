//! `codemend completions SHELL`: the script that teaches a shell the commands, the options and the names of codemods.
//!
//! clap_complete writes it. What it has no way to say for a shell is added here: see `zsh` and `fish`.

mod fish;
mod zsh;

use clap::{Command, CommandFactory};
use clap_complete::Shell;

use super::terminal::Terminal;
use super::{Arguments, Exit};

/// Print the script for `shell`.
///
/// # Errors
/// Standard output cannot be written.
pub fn completions(terminal: &Terminal, shell: Shell) -> anyhow::Result<Exit> {
    let command = Arguments::command();
    let script = match shell {
        Shell::Zsh => zsh::script(&command),
        Shell::Fish => fish::script(&command),
        shell => generated(shell, command, "codemend"),
    };
    terminal.print(script.as_bytes())?;
    Ok(Exit::Fine)
}

/// What clap_complete writes for a program that is called `name`.
fn generated(shell: Shell, mut command: Command, name: &str) -> String {
    // Into memory first: clap_complete panics when its writer fails, as a closed pipe does.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
