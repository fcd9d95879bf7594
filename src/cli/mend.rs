//! `codemend [PATHS]`: run the codemods and hand the result to every sink that was asked for.

use std::path::Path;
use std::time::Instant;

use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::apply::{Applied, apply};
use codemend_engine::codemod::Codemod;
use codemend_engine::config::Configuration;
use codemend_engine::diff::git_patch;
use codemend_engine::patch::{FilePatch, Outcome};
use codemend_engine::pipeline::{self, Request, Unwatched};

use super::arguments::MendArguments;
use super::notices::Notices;
use super::progress::Bar;
use super::root::{self, Rooted};
use super::summary::Summary;
use super::terminal::Terminal;
use super::{Exit, patch_file, paths, preview, request};

/// Run over the paths of `arguments` and preview, write or check the result.
///
/// # Errors
/// What stops the run as a whole: the configuration, or a sink that cannot be written.
pub fn mend(
    arguments: &MendArguments,
    terminal: &Terminal,
    catalogue: &[&dyn Codemod],
) -> anyhow::Result<Exit> {
    let started = Instant::now();
    let cwd = paths::current_directory()?;
    let configuration = request::configuration(arguments, catalogue, &cwd)?;
    let (paths, mut problems) = paths::existing(&arguments.paths, &cwd);
    let mut outcome = match paths.is_empty() {
        true => Outcome::default(),
        false => run(arguments, paths, &configuration, catalogue),
    };
    problems.append(&mut outcome.problems);
    outcome.problems = problems;

    let files = outcome.patch();
    let sinks = Sinks {
        arguments,
        terminal,
        cwd: &cwd,
    };
    let written = sinks.write(&files, &mut outcome);
    let notices = Notices {
        cwd: &cwd,
        look: terminal.err,
    };
    terminal.say(&notices.wanted(arguments, &outcome));
    let written = written?;
    if !arguments.quiet {
        let summary = Summary {
            outcome: &outcome,
            changed: files.len(),
            written,
            problems: outcome.problems.len(),
            refusals_shown: arguments.explain_refusals,
            elapsed: started.elapsed(),
        };
        terminal.say(&summary.text(terminal.err));
    }
    Ok(exit(arguments, &outcome, files.len()))
}

/// What the exit code says of a run that changes `changed` files.
pub fn exit(arguments: &MendArguments, outcome: &Outcome, changed: usize) -> Exit {
    match () {
        () if !outcome.problems.is_empty() => Exit::Problems,
        () if arguments.check && changed > 0 => Exit::WouldChange,
        () => Exit::Fine,
    }
}

fn run(
    arguments: &MendArguments,
    paths: Vec<Utf8PathBuf>,
    configuration: &Configuration,
    catalogue: &[&dyn Codemod],
) -> Outcome {
    let request = Request {
        paths,
        catalogue,
        configuration,
        stdin: None,
        threads: arguments.threads.map(usize::from),
        prefilter: true,
    };
    if arguments.quiet {
        return pipeline::run(&request, &Unwatched);
    }
    let bar = Bar::new();
    let outcome = pipeline::run(&request, &bar);
    bar.finish();
    outcome
}

struct Sinks<'a> {
    arguments: &'a MendArguments,
    terminal: &'a Terminal,
    cwd: &'a Utf8Path,
}

impl Sinks<'_> {
    /// Preview, patch and files, in this order: a patch that cannot be written stops before any file changes.
    /// Gives the number of files written, when that was asked for; problems of writing join those of the run.
    fn write(&self, files: &[FilePatch], outcome: &mut Outcome) -> anyhow::Result<Option<usize>> {
        let rooted = Rooted::new(files, self.cwd);
        match &self.arguments.patch {
            Some(path) => self.patch(path, &rooted)?,
            None if self.arguments.apply => {}
            None => preview::print(&rooted, self.terminal)?,
        }
        if !self.arguments.apply {
            return Ok(None);
        }
        let Applied { written, problems } = apply(files, &root::root(files, self.cwd));
        outcome.problems.extend(problems);
        Ok(Some(written))
    }

    fn patch(&self, path: &Path, rooted: &Rooted) -> anyhow::Result<()> {
        if path == Path::new("-") {
            preview::print(rooted, self.terminal)?;
        } else {
            patch_file::write(path, &git_patch(&rooted.files, &rooted.root))?;
        }
        if rooted.root != self.cwd && !self.arguments.quiet {
            self.terminal
                .note(&format!("the patch applies in {}", rooted.root));
        }
        Ok(())
    }
}
