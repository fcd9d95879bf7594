//! `codemend man`: the manual pages, made from what `--help` says.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Command, CommandFactory, ValueHint};
use clap_mangen::Man;
use codemend_engine::source::reason;
use roff::{Roff, bold, roman};

use super::terminal::Terminal;
use super::{Arguments, Exit, patch_file};

#[derive(Debug, Args)]
pub struct ManArguments {
    /// Write `codemend.1` and one page a command into this directory
    ///
    /// The directory is made.
    ///
    /// Example: codemend man --out ~/.local/share/man/man1
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    out: Option<PathBuf>,
}

/// A manual page: its name, `codemend-undo`, and its text in roff.
type Page = (String, Vec<u8>);

/// Print the page of codemend itself, or write all pages.
///
/// # Errors
/// Standard output or a file cannot be written.
pub fn man(arguments: &ManArguments, terminal: &Terminal) -> anyhow::Result<Exit> {
    let pages = pages()?;
    match &arguments.out {
        Some(directory) => write(directory, &pages)?,
        None => {
            let main = pages.first().map(|(_, text)| text.as_slice());
            terminal.print(main.unwrap_or_default())?;
        }
    }
    Ok(Exit::Fine)
}

fn write(directory: &Path, pages: &[Page]) -> anyhow::Result<()> {
    let made = fs::create_dir_all(directory);
    made.map_err(|error| anyhow::anyhow!(reason(&error)))
        .with_context(|| format!("cannot make the directory `{}`", directory.display()))?;
    for (name, text) in pages {
        let file = directory.join(format!("{name}.1"));
        patch_file::write_named("manual page", &file, text)?;
    }
    Ok(())
}

/// The page of codemend, then those of its verbs.
fn pages() -> anyhow::Result<Vec<Page>> {
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    let verbs: Vec<Command> = command.get_subcommands().cloned().collect();
    let all = [command].into_iter().chain(verbs);
    all.map(page).collect()
}

fn page(mut command: Command) -> anyhow::Result<Page> {
    let usage = command.render_usage().to_string();
    let forms = usage.strip_prefix("Usage:").unwrap_or(&usage).to_owned();
    let command = command
        .override_usage(forms)
        .subcommand_help_heading("COMMANDS");
    let name = command.get_display_name().unwrap_or(command.get_name());
    let name = name.to_owned();
    let text = roff(command).with_context(|| format!("cannot write the page of {name}"))?;
    Ok((name, text))
}

fn roff(command: Command) -> std::io::Result<Vec<u8>> {
    let after = command.get_after_long_help().map(ToString::to_string);
    let has_verbs = command.has_subcommands();
    let page = Man::new(command).source(concat!("codemend ", env!("CARGO_PKG_VERSION")));
    let mut text = Vec::new();
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    if has_verbs {
        page.render_subcommands_section(&mut text)?;
    }
    notes(&after.unwrap_or_default()).to_writer(&mut text)?;
    Ok(text)
}

/// What stands below the options in the help: `Examples:` over lines of command and meaning, and paragraphs.
fn notes(after: &str) -> Roff {
    let mut roff = Roff::new();
    let (listed, said): (Vec<&str>, Vec<&str>) = after
        .split("\n\n")
        .partition(|block| block.contains("\n  "));
    for block in listed {
        let mut lines = block.lines();
        let heading = lines.next().unwrap_or_default().trim_end_matches(':');
        roff.control("SH", [heading.to_uppercase().as_str()]);
        for (command, meaning) in lines.filter_map(|line| line.trim().split_once("  ")) {
            roff.control("TP", []);
            roff.text([bold(command)]).text([roman(meaning.trim())]);
        }
    }
    let said: Vec<&str> = said.into_iter().filter(|block| !block.is_empty()).collect();
    if !said.is_empty() {
        roff.control("SH", ["NOTES"]);
    }
    for paragraph in said {
        roff.control("PP", []).text([roman(paragraph)]);
    }
    roff
}
