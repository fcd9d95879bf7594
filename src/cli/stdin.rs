//! `codemend --stdin-filename NAME -`: a filter, for editors.

use std::io::{self, Read};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, bail};
use codemend_engine::codemod::Codemod;
use codemend_engine::pipeline::{self, Narrowing, Request, Unwatched};

use super::arguments::MendArguments;
use super::mend::exit;
use super::notices::Notices;
use super::scope::Told;
use super::summary::Summary;
use super::terminal::Terminal;
use super::{Exit, formats, paths, request};

/// Whether standard input is to be read: a path `-` or a `--stdin-filename` says so.
pub fn is_asked_for(arguments: &MendArguments) -> bool {
    arguments.stdin_filename.is_some() || arguments.paths.iter().any(|path| path == Path::new("-"))
}

/// Write standard input with its changes made to standard output. With a problem, it comes out as it went in.
///
/// # Errors
/// `-` without `--stdin-filename` or beside other paths; streams that fail; the configuration.
pub fn mend(
    arguments: &MendArguments,
    terminal: &Terminal,
    catalogue: &[&dyn Codemod],
) -> anyhow::Result<Exit> {
    let started = Instant::now();
    formats::check(arguments)?;
    let Some(name) = &arguments.stdin_filename else {
        bail!("`-` needs a name to go by: add --stdin-filename NAME");
    };
    let alone = [Path::new("-"), Path::new(".")].map(Path::to_owned);
    if arguments.paths.len() != 1 || !alone.contains(&arguments.paths[0]) {
        bail!("--stdin-filename takes the one path `-`");
    }
    let cwd = paths::current_directory()?;
    let name = match paths::utf8(name) {
        Ok(name) => paths::absolute(name, &cwd),
        Err(problem) => bail!("{}: {}", problem.path, problem.message),
    };
    let configuration = request::configuration(arguments, catalogue, &cwd)?;
    let environment = request::environment(arguments, &cwd)?;
    let mut input = Vec::new();
    let read = io::stdin().lock().read_to_end(&mut input);
    read.context("cannot read standard input")?;
    if arguments.force_exclude && request::is_excluded(&name, &configuration) {
        terminal.print(&input)?;
        return Ok(Exit::Fine);
    }
    let run = match arguments.verify {
        true => pipeline::run_verified,
        false => pipeline::run,
    };
    let mut outcome = run(
        &Request {
            paths: vec![name.clone()],
            catalogue,
            configuration: &configuration,
            stdin: Some((name.clone(), input.clone())),
            python: environment,
            threads: arguments.threads.map(usize::from),
            follow_hard_links: false,
            prefilter: true,
            narrowing: Narrowing::default(),
            review: false,
            in_parts: false,
            shard: None,
        },
        &Unwatched,
    );
    outcome.problems.append(&mut outcome.faults);

    let patch = outcome.patch();
    let file = patch.iter().find(|file| file.path == name);
    let changed = file.filter(|_| outcome.problems.is_empty());
    terminal.print(changed.map_or(&input, |file| file.after.as_bytes()))?;
    let notices = Notices {
        cwd: &cwd,
        look: terminal.err,
    };
    terminal.say(&notices.wanted(arguments, &outcome));
    if arguments.verbose {
        let summary = Summary {
            outcome: &outcome,
            scope: &Told::default(),
            changed: usize::from(changed.is_some()),
            ended: None,
            problems: outcome.problems.len(),
            refusals_shown: arguments.explain_refusals,
            elapsed: started.elapsed(),
        };
        terminal.say(&summary.text(terminal.err));
    }
    Ok(exit(arguments, &outcome, usize::from(changed.is_some())))
}
