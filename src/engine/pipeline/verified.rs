//! A run that is held against itself: what `--verify` does.
//!
//! The gate in front of every change looks at one text and what was edited in it. Whether a second run is quiet can
//! only be seen by a second run, so there is one, on the texts that the first would write. It reads nothing from disk
//! that the first has changed, and nothing of it is ever written.

use std::collections::BTreeSet;

use camino::Utf8Path;

use super::make::Proof;
use super::{Narrowing, Overlay, Progress, Request, run_over, shard};
use crate::patch::{Made, Outcome};
use crate::problem::Problem;

/// [`super::run`], with every change held to the syntax tree, and the codemods run again on the result.
///
/// A change whose edits alter how the text around them reads is refused; that, and all that the second run would
/// change or trip over, is in [`Outcome::faults`]. Positions there are in the text on disk for the former, in the text
/// that would be written for the latter. Reads, never writes.
pub fn run_verified(request: &Request<'_>, progress: &dyn Progress) -> Outcome {
    let mut outcome = run_over(request, progress, Overlay::default(), Proof::Tree);
    let written = outcome.patch().into_iter();
    let overlay: Overlay = written.map(|file| (file.path, file.after)).collect();
    if overlay.is_empty() {
        return shard::kept(outcome);
    }
    // Lines are others there. What does not count in the first run is known from that.
    let everywhere = Request {
        narrowing: Narrowing {
            places: None,
            ..request.narrowing
        },
        review: false,
        shard: None,
        ..request.clone()
    };
    progress.phase("checking");
    let again = run_over(&everywhere, &Checking(progress), overlay, Proof::Gate);
    let faults = unrest(&outcome, &again);
    outcome.faults.extend(faults);
    outcome.faults.sort();
    outcome.faults.dedup();
    shard::kept(outcome)
}

/// The second run is one phase, whatever it is about.
struct Checking<'a>(&'a dyn Progress);

impl Progress for Checking<'_> {
    fn phase(&self, _name: &str) {}
    fn expect(&self, files: usize) {
        self.0.expect(files);
    }
    fn advance(&self) {
        self.0.advance();
    }
}

/// What `again`, a run on the result of `first`, has found to do or to complain of.
fn unrest(first: &Outcome, again: &Outcome) -> Vec<Problem> {
    let known: BTreeSet<(&Utf8Path, &str)> = first.problems.iter().map(heading).collect();
    let patch = again.patch();
    let changed: BTreeSet<&Utf8Path> = patch.iter().map(|file| file.path.as_path()).collect();
    let changes = again.steps.iter().flat_map(|step| &step.changes);
    // A file may be changed by one codemod and changed back by another: that run changes nothing.
    let passed_over: BTreeSet<_> = first.passed_over.iter().map(idea).collect();
    let changes = changes
        .filter(|made| changed.contains(made.path.as_path()))
        .filter(|made| !passed_over.contains(&idea(made)));
    let problems = again.problems.iter();
    let problems = problems.filter(|problem| !known.contains(&heading(problem)));
    changes.map(restless).chain(problems.map(tripped)).collect()
}

/// What a change is about, wherever it stands.
fn idea(made: &Made) -> (&str, &Utf8Path, &str) {
    (made.codemod, &made.path, &made.title)
}

fn heading(problem: &Problem) -> (&Utf8Path, &str) {
    (&problem.path, &problem.message)
}

fn restless(made: &Made) -> Problem {
    let message = format!(
        "a second run would change this again: {} [{}]",
        made.title, made.codemod
    );
    Problem::new(&made.path, message)
        .at(made.at)
        .help("this is a fault of codemend; please report it")
}

fn tripped(problem: &Problem) -> Problem {
    let message = format!("a second run would stumble: {}", problem.message);
    Problem {
        message,
        ..problem.clone()
    }
}

#[cfg(test)]
mod tests;
