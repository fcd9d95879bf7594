//! The straight line: discover, read, prefilter, parse, facts, codemod, resolve, verify.
//!
//! Codemods run in catalogue order, each on what the ones before it left. Those that look at one module at a time go
//! over the files together: see [`course`]. ty's database keeps the names of files that no codemod has changed, so a
//! later codemod does not pay for them again.

mod abreast;
mod course;
mod gather;
mod held;
mod look;
mod make;
mod narrow;
mod pass;
mod reaching;
mod review;
mod scout;
mod settle;
mod shard;
mod survey;
mod taking;
mod tell;
mod together;
mod trail;
mod verified;
mod workspace;

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::codemod::Codemod;
use crate::config::Configuration;
use crate::discover;
use crate::patch::Outcome;
use crate::problem::Problem;
use crate::project::Project;
use crate::semantic::Semantics;
use make::Proof;
pub use narrow::{Candidate, Narrowing, Places};
pub use shard::{Portion, Shard};
pub use verified::run_verified;
use workspace::Workspace;

/// More threads than any machine has cores only cost memory.
const THREADS: usize = 256;

/// Deep syntax needs a deep stack. Only what is touched of it takes memory.
const STACK: usize = 256 * 1024 * 1024;

/// What to run over what.
#[derive(Clone)]
pub struct Request<'a> {
    /// Files and directories, absolute. A file that is named is always looked at, a directory is walked.
    pub paths: Vec<Utf8PathBuf>,
    /// The catalogue, in its order. Which of them look at a file is a matter of the file's settings.
    pub catalogue: &'a [&'a dyn Codemod],
    pub configuration: &'a Configuration,
    /// Text to use for a path instead of what is on disk (standard input). The path is then the only one looked at.
    pub stdin: Option<(Utf8PathBuf, Vec<u8>)>,
    /// The virtual environment to read, in place of the active one or `.venv`: its directory.
    pub python: Option<Utf8PathBuf>,
    /// Worker threads; `None` is one per core.
    pub threads: Option<usize>,
    /// Change files that have several hard links too. They are to be rewritten in place then, under all their names.
    pub follow_hard_links: bool,
    /// Skip files without a trigger. Off only in tests: the result must be the same.
    pub prefilter: bool,
    /// What of all this counts.
    pub narrowing: Narrowing<'a>,
    /// Work out [`Outcome::review`]. It takes time that only some sinks need.
    pub review: bool,
    /// Some of the files may be written without the others: [`Outcome::together`] has to be whole. A review asks for
    /// that too.
    pub in_parts: bool,
    /// Hand over this part of the run only.
    pub shard: Option<Shard>,
}

/// Hears how far a run has come. Called from many threads.
pub trait Progress: Sync {
    /// From now on it is about this: `reading`, names of codemods, `checking`. What was expected before is done.
    fn phase(&self, name: &str);
    /// `files` more files have to be looked at.
    fn expect(&self, files: usize);
    /// One of them is done.
    fn advance(&self);
}

/// A [`Progress`] that nobody watches.
pub struct Unwatched;

impl Progress for Unwatched {
    fn phase(&self, _name: &str) {}
    fn expect(&self, _files: usize) {}
    fn advance(&self) {}
}

/// Run the chosen codemods. Reads, never writes.
///
/// What cannot be read, decoded or parsed is a [`Problem`] of the outcome; the other files go on.
pub fn run(request: &Request<'_>, progress: &dyn Progress) -> Outcome {
    shard::kept(run_over(request, progress, Overlay::default(), Proof::Gate))
}

/// The same with `overlay` in place of what its files hold on disk.
fn run_over(
    request: &Request<'_>,
    progress: &dyn Progress,
    overlay: Overlay,
    proof: Proof,
) -> Outcome {
    match pool(request) {
        Ok(pool) => pool.install(|| run_here(request, progress, overlay, proof)),
        Err(problem) => Outcome {
            problems: vec![problem],
            ..Outcome::default()
        },
    }
}

/// The directory of the repository, or of the project where there is none, that `paths` (absolute) belong to.
pub fn project_of(paths: &[Utf8PathBuf]) -> Utf8PathBuf {
    discover::Bounds::of(paths).repository
}

/// The directory that keeps what codemend remembers of a project: the root of the repository or project that `paths`
/// (absolute) belong to, when one is marked as such; else `cwd`, when all paths are below it; else the directory above
/// their packages.
pub fn home_of(paths: &[Utf8PathBuf], cwd: &Utf8Path) -> Utf8PathBuf {
    let bounds = discover::Bounds::of(paths);
    let is_below = paths.iter().all(|path| path.starts_with(cwd));
    match is_below && !discover::is_marked(&bounds.project) {
        true => cwd.to_owned(),
        false => bounds.repository,
    }
}

/// The project that `request` is about, and what of it could not be read. No codemod is run.
pub fn survey(request: &Request<'_>) -> (Project, Vec<Problem>) {
    let in_pool = || {
        let mut problems = Vec::new();
        let bounds = discover::Bounds::of(&request.paths);
        let mut workspace = Workspace::read(request, bounds, &mut problems);
        let project = workspace.survey(request);
        problems.sort();
        problems.dedup();
        (project, problems)
    };
    match pool(request) {
        Ok(pool) => pool.install(in_pool),
        Err(problem) => (Project::default(), vec![problem]),
    }
}

pub(crate) fn pool(request: &Request<'_>) -> Result<ThreadPool, Problem> {
    ThreadPoolBuilder::new()
        .num_threads(request.threads.unwrap_or(0).min(THREADS))
        .stack_size(STACK)
        .build()
        .map_err(|error| Problem::new(".", format!("cannot start threads: {error}")))
}

fn run_here(
    request: &Request<'_>,
    progress: &dyn Progress,
    overlay: Overlay,
    proof: Proof,
) -> Outcome {
    let mut outcome = Outcome::default();
    progress.phase("reading");
    let paths = match &request.stdin {
        Some((path, _)) => vec![path.clone()],
        None => request.paths.clone(),
    };
    let bounds = discover::Bounds::of(&paths);
    let mut workspace = Workspace::read(request, bounds, &mut outcome.problems);
    workspace.stand_in(overlay);
    outcome.files_read = workspace.files.len();
    outcome.files_left_out = workspace.left_out();
    outcome.targets = workspace.targets();

    let bounds = &workspace.bounds;
    let import_roots = workspace.import_roots(request, workspace.reached());
    let environment = discover::environment(bounds, request.python.as_deref());
    let python = environment.as_ref().map(|one| one.directory.as_path());
    let reach = workspace.reach(request, environment.as_ref());
    let limit = request.configuration.size_limit();
    let top = &bounds.repository;
    let mut semantics = Semantics::reaching(top, import_roots, python, reach, limit);
    semantics.overlay(workspace.texts());

    let passes = request.catalogue.iter().map(|codemod| pass::Pass {
        codemod: *codemod,
        request,
        progress,
        proof,
    });
    let passes: Vec<pass::Pass<'_>> = passes.collect();
    for together in passes.chunk_by(pass::Pass::goes_with) {
        together
            .iter()
            .for_each(|pass| shard::set_apart(pass, &mut workspace));
        let steps = course::run(together, &mut workspace, &mut semantics, &mut outcome);
        outcome.steps.extend(steps);
    }
    let bonds = std::mem::take(&mut workspace.bonds);
    let in_parts = request.in_parts || request.review || request.shard.is_some();
    let reaching =
        (in_parts && bonds.follows()).then(|| reaching::Reaching::of(&mut workspace, request));
    outcome.together = match in_parts {
        true => bonds.sets(&outcome.patch(), workspace.reached(), reaching.as_ref()),
        false => bonds.spanning(&outcome.patch()),
    };
    outcome.files_typed = semantics.typed_files();
    outcome.files_parsed = workspace.files.values().filter(|file| file.parsed).count();
    let ties = shard::Ties::of_changes(&workspace);
    outcome.has_environment = environment.is_some();
    if request.review {
        progress.phase("taking the changes apart");
        let review = review::review(request, &mut workspace, &mut semantics, &outcome);
        outcome.review = Some(review);
    }
    if let Some(shard) = request.shard {
        let known = workspace.portion.take();
        let top = &workspace.bounds.repository;
        let mut portion = known.unwrap_or_else(|| ties.portion(shard, top, &outcome));
        portion.count(&workspace, &semantics, &mut outcome);
        outcome.portion = Some(portion);
    }
    // Thousands of syntax trees and texts take their time to go; nobody has to wait for that.
    let _ = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || drop((semantics, workspace)));
    outcome.withheld.sort();
    outcome.refusals.sort();
    outcome.refusals.dedup();
    outcome.reports.sort();
    outcome.reports.dedup();
    outcome.problems.sort();
    outcome.problems.dedup();
    outcome.faults.sort();
    outcome.faults.dedup();
    outcome
}

/// A whole text, shared.
type Text = Arc<str>;

/// How many files one processor takes at once where each is worked on at length: the last ones must not leave the other
/// processors waiting.
const AT_ONCE: usize = 2;

/// The same where only the text of most files is looked at.
const TEXTS_AT_ONCE: usize = 32;

/// Texts that stand for what files hold on disk, by path.
type Overlay = BTreeMap<Utf8PathBuf, Text>;
