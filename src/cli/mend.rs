//! `codemend [PATHS]`: run the codemods and hand the result to every sink that was asked for.

use std::time::Instant;

use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::cache::Way;
use codemend_engine::codemod::Codemod;
use codemend_engine::config::Configuration;
use codemend_engine::patch::Outcome;
use codemend_engine::pipeline::{Narrowing, Portion, Progress, Request, Unwatched};
use codemend_engine::problem::Problem;

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
use super::{Exit, formats, memory, paths, recovery, request};

/// Run over the paths of `arguments` and preview, write or check the result.
///
/// # Errors
/// What stops the run as a whole: the configuration, or a sink that cannot be written.
pub fn mend(
    arguments: &MendArguments,
    terminal: &Terminal,
    catalogue: &[&dyn Codemod],
) -> anyhow::Result<Exit> {
    formats::check(arguments)?;
    interactive::insist_on_terminal(arguments)?;
    let inquiry = Inquiry {
        arguments,
        terminal,
        catalogue,
        cwd: paths::current_directory()?,
        started: Instant::now(),
    };
    let found = inquiry.run()?;
    inquiry.hand_over(found)
}

/// What is asked of this run.
struct Inquiry<'a> {
    arguments: &'a MendArguments,
    terminal: &'a Terminal,
    catalogue: &'a [&'a dyn Codemod],
    cwd: Utf8PathBuf,
    started: Instant,
}

/// What it has found.
struct Found {
    outcome: Outcome,
    /// The paths that were looked at.
    paths: Vec<Utf8PathBuf>,
    told: Told,
}

impl Inquiry<'_> {
    fn run(&self) -> anyhow::Result<Found> {
        let arguments = self.arguments;
        let configuration = request::configuration(arguments, self.catalogue, &self.cwd)?;
        let environment = request::environment(arguments, &self.cwd)?;
        let (mut paths, mut problems) = paths::existing(&arguments.paths, &self.cwd);
        if arguments.force_exclude {
            paths.retain(|path| !request::is_excluded(path, &configuration));
        }
        problems.append(&mut recovery::of_projects(&paths, &self.cwd, self.terminal));
        let mut scope = match paths.is_empty() {
            true => Scope::default(),
            false => Scope::of(&arguments.scope, &paths, &self.cwd, &configuration)?,
        };
        problems.append(&mut scope.problems);
        let mut outcome = match paths.is_empty() {
            true => Outcome::default(),
            false => run(
                arguments,
                paths.clone(),
                (environment, &self.cwd),
                (&configuration, scope.narrowing()),
                self.catalogue,
            ),
        };
        if let Some(shard) = arguments.scope.shard {
            let portion = outcome.portion.take();
            let portion = portion.unwrap_or_else(|| Portion::new(shard, &self.cwd));
            problems.retain(|problem| portion.tells(problem));
            outcome.portion = Some(portion);
        }
        let told = match &arguments.scope.write_baseline {
            Some(_) if !problems.is_empty() || !outcome.problems.is_empty() => Told::no_baseline(),
            Some(file) => scope.write_baseline(file)?,
            None => scope.told(&outcome, &paths, &configuration),
        };
        problems.append(&mut outcome.problems);
        outcome.problems = problems;
        Ok(Found {
            outcome,
            paths,
            told,
        })
    }

    /// Let a person decide, when one is to, hand the rest to the sinks, and say how it went.
    fn hand_over(&self, mut found: Found) -> anyhow::Result<Exit> {
        let Self {
            arguments,
            terminal,
            ..
        } = *self;
        let faults = found.outcome.faults.clone();
        let asking = Asking {
            arguments,
            terminal,
            cwd: &self.cwd,
        };
        let decision = asking.decide(&mut found.outcome)?;
        let mut rooted = Rooted::new(&found.outcome.patch(), &self.cwd);
        found.outcome.problems.append(&mut rooted.problems);
        let sinks = Sinks {
            arguments,
            terminal,
            cwd: &self.cwd,
        };
        let ended = match decision {
            Decision::Go => sinks.write(&rooted, &mut found.outcome),
            Decision::Leave => Ok(None),
            Decision::Stopped(signal) => return Ok(Exit::Interrupted(signal)),
        };
        found.outcome.problems.sort();
        let notices = Notices {
            cwd: &self.cwd,
            look: terminal.err,
        };
        terminal.say(&notices.wanted(arguments, &found.outcome));
        if let Ok(ended) = &ended {
            let is_for_programs = formats::is_for_programs(arguments.handover.format);
            match decision {
                _ if is_for_programs => {
                    let said = self.report(&found, &rooted, &faults, ended.as_ref());
                    // What was written is told somewhere.
                    if said.is_err() && ended.is_some() {
                        self.sum_up(&found, &rooted, ended.as_ref());
                    }
                    said?;
                }
                Decision::Go => self.sum_up(&found, &rooted, ended.as_ref()),
                _ => {}
            }
        }
        let ended = asking.rescue(&rooted, ended)?;
        let changed = rooted.files.len();
        Ok(ended_with(
            arguments,
            &found.outcome,
            changed,
            ended.as_ref(),
        ))
    }

    /// The run as programs read it.
    fn report(
        &self,
        found: &Found,
        rooted: &Rooted,
        faults: &[Problem],
        ended: Option<&Ended>,
    ) -> anyhow::Result<()> {
        let changed = rooted.files.len();
        let ran = formats::Ran {
            arguments: self.arguments,
            catalogue: self.catalogue,
            paths: &found.paths,
            cwd: &self.cwd,
            outcome: &found.outcome,
            faults,
            rooted,
            ended,
            exit: ended_with(self.arguments, &found.outcome, changed, ended),
        };
        formats::print(&ran, self.terminal)
    }

    /// The last lines for a person.
    fn sum_up(&self, found: &Found, rooted: &Rooted, ended: Option<&Ended>) {
        if self.arguments.quiet {
            return;
        }
        let summary = Summary {
            outcome: &found.outcome,
            scope: &found.told,
            changed: rooted.files.len(),
            ended,
            problems: found.outcome.problems.len(),
            refusals_shown: self.arguments.explain_refusals,
            elapsed: self.started.elapsed(),
        };
        self.terminal.say(&summary.text(self.terminal.err));
    }
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
    (environment, cwd): (Option<Utf8PathBuf>, &Utf8Path),
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
        in_parts: arguments.keep_going,
        shard: arguments.scope.shard,
    };
    let way = match arguments.verify {
        true => Way::Verified,
        false => Way::Once,
    };
    let memory = match arguments.no_cache {
        true => None,
        false => memory::of(&request.paths, cwd, configuration),
    };
    let run = |progress: &dyn Progress| match &memory {
        Some(memory) => memory.run(&request, way, progress),
        None => way.run(&request, progress),
    };
    if arguments.quiet {
        return run(&Unwatched);
    }
    let bar = Bar::over(&request);
    let outcome = run(&bar);
    bar.finish();
    outcome
}
