//! `codemend [PATHS]`: run the codemods and hand the result to every sink that was asked for.

use std::time::Instant;

use camino::Utf8PathBuf;
use codemend_engine::codemod::Codemod;
use codemend_engine::config::Configuration;
use codemend_engine::patch::Outcome;
use codemend_engine::pipeline::{self, Narrowing, Request, Unwatched};

use super::apply::Ended;
use super::arguments::MendArguments;
use super::interactive::{self, Asking, Decision};
use super::notices::Notices;
use super::progress::Bar;
use super::root::Rooted;
use super::scope::{Scope, Told};
use super::sinks::Sinks;
use super::summary::Summary;
use super::terminal::Terminal;
use super::{Exit, formats, paths, recovery, request};

/// Run over the paths of `arguments` and preview, write or check the result.
///
/// # Errors
/// What stops the run as a whole: the configuration, or a sink that cannot be written.
pub fn mend(
    arguments: &MendArguments,
    terminal: &Terminal,
    catalogue: &[&dyn Codemod],
) -> anyhow::Result<Exit> {
    interactive::insist_on_terminal(arguments)?;
    let started = Instant::now();
    formats::check(arguments)?;
    let cwd = paths::current_directory()?;
    let configuration = request::configuration(arguments, catalogue, &cwd)?;
    let environment = request::environment(arguments, &cwd)?;
    let (mut paths, mut problems) = paths::existing(&arguments.paths, &cwd);
    if arguments.force_exclude {
        paths.retain(|path| !request::is_excluded(path, &configuration));
    }
    problems.append(&mut recovery::of_projects(&paths, &cwd, terminal));
    let mut scope = match paths.is_empty() {
        true => Scope::default(),
        false => Scope::of(&arguments.scope, &paths, &cwd, &configuration)?,
    };
    problems.append(&mut scope.problems);
    let mut outcome = match paths.is_empty() {
        true => Outcome::default(),
        false => run(
            arguments,
            paths.clone(),
            environment,
            (&configuration, scope.narrowing()),
            catalogue,
        ),
    };
    let told = match &arguments.scope.write_baseline {
        Some(_) if !problems.is_empty() || !outcome.problems.is_empty() => Told::no_baseline(),
        Some(file) => scope.write_baseline(file)?,
        None => scope.told(&outcome, &paths, &configuration),
    };
    problems.append(&mut outcome.problems);
    outcome.problems = problems;

    let faults = outcome.faults.clone();
    let asking = Asking {
        arguments,
        terminal,
        cwd: &cwd,
    };
    let decision = asking.decide(&mut outcome)?;
    let mut rooted = Rooted::new(&outcome.patch(), &cwd);
    outcome.problems.append(&mut rooted.problems);
    let sinks = Sinks {
        arguments,
        terminal,
        cwd: &cwd,
    };
    let ended = match decision {
        Decision::Go => sinks.write(&rooted, &mut outcome),
        Decision::Leave => Ok(None),
        Decision::Stopped(signal) => return Ok(Exit::Interrupted(signal)),
    };
    outcome.problems.sort();
    let notices = Notices {
        cwd: &cwd,
        look: terminal.err,
    };
    terminal.say(&notices.wanted(arguments, &outcome));
    let changed = rooted.files.len();
    match &ended {
        Ok(ended) if formats::is_for_programs(arguments.handover.format) => {
            let ran = formats::Ran {
                arguments,
                catalogue,
                paths: &paths,
                cwd: &cwd,
                outcome: &outcome,
                faults: &faults,
                rooted: &rooted,
                ended: ended.as_ref(),
                exit: ended_with(arguments, &outcome, changed, ended.as_ref()),
            };
            formats::print(&ran, terminal)?;
        }
        Ok(ended) if decision == Decision::Go && !arguments.quiet => {
            let summary = Summary {
                outcome: &outcome,
                scope: &told,
                changed,
                ended: ended.as_ref(),
                problems: outcome.problems.len(),
                refusals_shown: arguments.explain_refusals,
                elapsed: started.elapsed(),
            };
            terminal.say(&summary.text(terminal.err));
        }
        _ => {}
    }
    let ended = asking.rescue(&rooted, ended)?;
    Ok(ended_with(arguments, &outcome, changed, ended.as_ref()))
}

/// The exit of a run that wants to change `changed` files, and whose writing `ended`, if it began.
fn ended_with(
    arguments: &MendArguments,
    outcome: &Outcome,
    changed: usize,
    ended: Option<&Ended>,
) -> Exit {
    match ended.and_then(|ended| ended.signal) {
        Some(signal) => Exit::Interrupted(signal),
        None => exit(arguments, outcome, changed),
    }
}

/// What the exit code says of a run that changes `changed` files.
pub fn exit(arguments: &MendArguments, outcome: &Outcome, changed: usize) -> Exit {
    match () {
        () if !outcome.problems.is_empty() => Exit::Problems,
        () if arguments.check && changed > 0 => Exit::WouldChange,
        () => Exit::Fine,
    }
}

/// Whether a sink needs the changes one by one.
fn wants_review(arguments: &MendArguments) -> bool {
    let handover = &arguments.handover;
    handover.interactive || handover.html.is_some() || formats::is_for_programs(handover.format)
}

fn run(
    arguments: &MendArguments,
    paths: Vec<Utf8PathBuf>,
    environment: Option<Utf8PathBuf>,
    (configuration, narrowing): (&Configuration, Narrowing<'_>),
    catalogue: &[&dyn Codemod],
) -> Outcome {
    let request = Request {
        paths,
        catalogue,
        configuration,
        stdin: None,
        python: environment,
        threads: arguments.threads.map(usize::from),
        follow_hard_links: arguments.follow_hard_links,
        prefilter: true,
        narrowing,
        review: wants_review(arguments),
    };
    let run = match arguments.verify {
        true => pipeline::run_verified,
        false => pipeline::run,
    };
    if arguments.quiet {
        return run(&request, &Unwatched);
    }
    let bar = Bar::over(&request);
    let outcome = run(&request, &bar);
    bar.finish();
    outcome
}
