//! `codemend new NAME`: the folder of a new codemod, and its lines in the lists of codemods.
//!
//! The folder is a copy of `new_codemod/`, which is a codemod that compiles and does nothing. What is made is written as
//! a run is: all of it or nothing, and `codemend undo` takes it back.

mod catalogue;
mod checkout;
mod name;
mod told;

use camino::Utf8Path;
use clap::Args;
use codemend_engine::transaction::{
    Applied, End, FileWrite, HardLinks, OnFailure, Store, System, Terms, write,
};

use super::apply::now;
use super::interrupt::Interrupt;
use super::notices::Notices;
use super::terminal::Terminal;
use super::{Exit, paths, recovery};
use checkout::{Checkout, Written};
use name::Name;
use told::told;

/// The template: what each file is called, and what it holds for the name `new-codemod`.
const TEMPLATE: [(&str, &str); 2] = [
    ("README.md", include_str!("new_codemod/README.md")),
    ("mod.rs", include_str!("new_codemod/mod.rs")),
];

/// What the template says that it does, for the table in the README.
const SUMMARY: &str = "`old_spelling` becomes `new_spelling`";

#[derive(Debug, Args)]
pub struct NewArguments {
    /// Its name: words with hyphens between them, which say the result
    #[arg(value_name = "NAME")]
    name: String,

    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: clap::ColorChoice,
}

/// Make the codemod, and say how to go on.
///
/// # Errors
/// The current directory lies in no checkout of codemend, the name does not do, or a list has another shape.
pub fn new(arguments: &NewArguments, terminal: &Terminal) -> anyhow::Result<Exit> {
    let name = Name::of(&arguments.name, &imported())?;
    let cwd = paths::current_directory()?;
    let checkout = Checkout::around(&cwd)?;
    let notices = Notices {
        cwd: &cwd,
        look: terminal.err,
    };
    let problems = recovery::of_projects(&[], &cwd, terminal);
    if !problems.is_empty() {
        terminal.say(&notices.problems(&problems));
        return Ok(Exit::Problems);
    }
    let mut files = made(&name);
    files.extend(checkout.listing(&name, SUMMARY)?);
    let (applied, signal) = written(&files, &name, &checkout.root, terminal)?;
    terminal.say(&notices.problems(&applied.problems));
    Ok(match (applied.end, signal) {
        (End::Interrupted, Some(signal)) => Exit::Interrupted(signal),
        (End::Written, _) if applied.problems.is_empty() => {
            terminal.say(&told(&name, &checkout.root, &cwd, terminal.err));
            Exit::Fine
        }
        _ => Exit::Problems,
    })
}

/// The names that the template imports.
fn imported() -> Vec<&'static str> {
    let [_, (_, code)] = TEMPLATE;
    let uses = code.lines().filter(|line| line.starts_with("use "));
    uses.flat_map(|line| line.split(|one: char| !one.is_alphanumeric()))
        .collect()
}

/// The files of the template, for `name`.
fn made(name: &Name) -> Vec<Written> {
    let file = |(file, text): (&str, &str)| Written {
        path: format!("codemods/{}/{file}", name.module()),
        before: None,
        after: text
            .replace("\r\n", "\n")
            .replace("new-codemod", name.kebab())
            .replace("NewCodemod", &name.structure()),
    };
    TEMPLATE.into_iter().map(file).collect()
}

/// Write `files` below `root`: all of them or none.
fn written(
    files: &[Written],
    name: &Name,
    root: &Utf8Path,
    terminal: &Terminal,
) -> anyhow::Result<(Applied, Option<u8>)> {
    let places: Vec<_> = files.iter().map(|file| root.join(&file.path)).collect();
    let writes = files.iter().zip(&places).map(|(file, path)| FileWrite {
        path,
        before: file.before.as_deref().map(str::as_bytes),
        after: Some(file.after.as_bytes()),
        mode: None,
    });
    let writes: Vec<FileWrite<'_>> = writes.collect();
    let store = Store::at(root);
    let interrupt = Interrupt::listen()?;
    let terms = Terms {
        store: &store,
        on_failure: OnFailure::TakeBack,
        hard_links: HardLinks::Refuse,
        together: &[],
        stop: interrupt.stop(),
        waits: &|| terminal.note("waiting for another codemend that writes here"),
        // What `codemend undo --list` shows.
        codemods: vec![(format!("new {}", name.kebab()), 0)],
        time: now(),
    };
    let applied = write(&writes, &terms, &System);
    Ok((applied, interrupt.signal()))
}
