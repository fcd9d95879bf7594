//! `--format`: a run for other programs, on standard output and nothing else there.
//!
//! All formats are made from one document ([`model`]), which is the JSON itself. So an annotation cannot say what the
//! report does not. It is written last, when it is known what `--apply` did.

mod choices;
mod collect;
mod github;
mod gitlab;
pub mod json;
pub mod model;
mod names;
mod sarif;

use std::path::Path;

use anyhow::bail;
use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::codemod::Codemod;
use codemend_engine::patch::Outcome;
use codemend_engine::problem::Problem;

use super::Exit;
use super::apply::Ended;
use super::arguments::{Format, MendArguments};
use super::root::Rooted;
use super::terminal::Terminal;
use collect::Collected;

/// A run that has ended.
pub struct Ran<'a> {
    pub arguments: &'a MendArguments,
    pub catalogue: &'a [&'a dyn Codemod],
    /// What was looked at, absolute.
    pub paths: &'a [Utf8PathBuf],
    pub cwd: &'a Utf8Path,
    pub outcome: &'a Outcome,
    /// What `--verify` found; the problems of the outcome hold it too.
    pub faults: &'a [Problem],
    /// The files that change.
    pub rooted: &'a Rooted,
    /// How `--apply` ended, when it began.
    pub ended: Option<&'a Ended>,
    pub exit: Exit,
}

/// Whether `format` is for programs. What is for people, and how much of it, is said by others.
pub fn is_for_programs(format: Format) -> bool {
    !matches!(format, Format::Text | Format::Markdown)
}

/// Refuse options that want standard output too.
///
/// # Errors
/// `--patch -`, `--stdin-filename`. clap itself refuses `--interactive`.
pub fn check(arguments: &MendArguments) -> anyhow::Result<()> {
    let format = arguments.handover.format;
    let to_stdout = arguments.patch.as_deref() == Some(Path::new("-"));
    match format {
        Format::Text => Ok(()),
        _ if to_stdout => {
            bail!("--format and --patch - both want standard output; give the patch a file")
        }
        _ if arguments.stdin_filename.is_some() => {
            bail!("--format and --stdin-filename both want standard output")
        }
        _ => Ok(()),
    }
}

/// Write the report of `ran` in its format to standard output.
///
/// # Errors
/// Standard output cannot be written; a closed pipe is fine.
pub fn print(ran: &Ran<'_>, terminal: &Terminal) -> anyhow::Result<()> {
    let format = ran.arguments.handover.format;
    let collected = Collected::of(ran);
    let document = collected.document();
    match format {
        Format::Text | Format::Markdown => Ok(()),
        Format::Json => terminal.stream(|out| json::pretty(out, &document)),
        Format::Jsonl => terminal.stream(|out| json::lines(out, &document)),
        Format::Sarif => terminal.stream(|out| json::pretty(out, &sarif::log(ran, &document))),
        Format::Gitlab => terminal.stream(|out| json::pretty(out, &gitlab::issues(&document))),
        Format::Github => {
            let diff = github::diff(ran, terminal);
            terminal.stream(|out| github::write(out, &document, &diff))
        }
    }
}
