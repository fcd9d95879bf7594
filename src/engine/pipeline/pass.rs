//! One codemod over the files that it has something to say about, round by round until nothing is left to do.

use std::collections::BTreeSet;
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use ruff_text_size::TextRange;

use super::look::{Seen, is_wanted};
use super::make::Proof;
use super::settle::settle;
use super::survey::taken_elsewhere;
use super::tell::{Teller, Told};
use super::trail::Trail;
use super::workspace::Workspace;
use super::{Progress, Request};
use crate::change::{Change, Refusal};
use crate::codemod::{Codemod, Scope};
use crate::facts::Facts;
use crate::patch::{FilePatch, Made, Outcome, Step};
use crate::problem::LineColumn;
use crate::project::Project;
use crate::resolve;
use crate::semantic::Semantics;

/// Rounds after which what still waits is refused. A round is needed only where two changes touch.
const ROUNDS: usize = 12;

pub(super) struct Pass<'a> {
    pub(super) codemod: &'a dyn Codemod,
    pub(super) request: &'a Request<'a>,
    pub(super) progress: &'a dyn Progress,
    pub(super) proof: Proof,
}

impl Pass<'_> {
    /// Run the codemod. `None` when no file's settings choose it.
    pub(super) fn run(
        &self,
        workspace: &mut Workspace,
        semantics: &mut Semantics,
        outcome: &mut Outcome,
    ) -> Option<Step> {
        let about = self.codemod.about();
        let mut candidates = self.candidates(workspace);
        if candidates.is_empty() {
            return None;
        }
        self.progress.phase(about.name);
        let root = workspace.bounds.project.clone();
        let mut facts = self.facts(&root, workspace, semantics);
        if about.scope == Scope::Project {
            let problems = facts.manifests.problems().iter();
            let problems = problems.filter(|problem| workspace.concerns(&problem.path));
            outcome.problems.extend(problems.cloned());
        }
        let first = match about.scope {
            Scope::File => workspace.snapshot(&candidates),
            Scope::Project => workspace.snapshot(&workspace.paths()),
        };
        let mut step = Step {
            codemod: about.name,
            files: Vec::new(),
            changes: Vec::new(),
        };
        workspace.trail = Trail::default();
        let mut teller = Teller::new(self.request.narrowing);
        for round in 0..ROUNDS {
            teller.begin(round);
            let mut seen = self.look_at_portion(&candidates, workspace, semantics, &facts);
            if round == 0 {
                let whole = self.look_at_project(&mut seen, workspace, &mut facts);
                seen.extend(whole);
            }
            settle(&mut seen, facts.project(), workspace);
            let taking = self.take_in(seen, &mut teller, workspace, outcome);
            let resolution = resolve::resolve(taking.changes);
            let taken = taken_elsewhere(self.request, &taking.released, workspace, semantics);
            let told = taking.told;
            let deferred: Vec<Refusal> = resolution
                .deferred
                .iter()
                .map(|change| refuse(change, workspace, "overlaps another change"))
                .collect();
            let accepted = self.make(resolution.accepted, &taken, workspace, semantics, outcome);
            for change in &accepted {
                workspace.bonds.note(change);
            }
            let places: BTreeSet<_> = accepted
                .iter()
                .map(|change| (&change.at, &change.title))
                .collect();
            let told: Vec<Told> = told
                .into_iter()
                .filter(|one| places.contains(&(&one.place, &one.made.title)))
                .collect();
            let made: Vec<Made> = told.iter().map(|one| one.made.clone()).collect();
            workspace.told.extend(told);
            if round > 0 {
                forget(outcome, &made);
            }
            step.changes.extend(made);
            let waiting: BTreeSet<Utf8PathBuf> = resolution
                .deferred
                .iter()
                .map(|change| change.at.path.clone())
                .filter(|path| workspace.files.contains_key(path))
                .collect();
            let again = match about.scope {
                Scope::File => !waiting.is_empty(),
                // What was done changes what is known of other modules.
                Scope::Project => true,
            };
            if !again || accepted.is_empty() || round + 1 == ROUNDS {
                outcome.refusals.extend(deferred);
                break;
            }
            if about.scope == Scope::File {
                candidates = waiting.into_iter().collect();
            }
            facts.project = self.project(workspace);
            if about.scope == Scope::Project {
                facts.manifests = workspace.manifests(self.request);
            }
        }
        step.files = first
            .into_iter()
            .filter_map(|(path, before)| {
                let after = workspace.text(&path)?.clone();
                let kept = workspace.trail.kept(&path);
                (before != after).then(|| FilePatch::new(path, Some(before), after).keeping(kept))
            })
            .collect();
        step.changes.sort();
        outcome.passed_over.append(&mut teller.passed_over);
        Some(step)
    }

    /// The files that the codemod has to look at, sorted.
    pub(super) fn candidates(&self, workspace: &Workspace) -> Vec<Utf8PathBuf> {
        let name = self.codemod.about().name;
        let Ok(triggers) = AhoCorasick::new(self.codemod.triggers()) else {
            return Vec::new();
        };
        workspace
            .files
            .par_iter()
            .filter(|(_, file)| !file.broken && file.settings.codemods.contains(&name))
            .filter(|(path, file)| !file.settings.ignores_for(path).contains(&name))
            .filter(|(_, file)| !self.request.prefilter || triggers.is_match(file.text.as_bytes()))
            .map(|(path, _)| path.clone())
            .collect()
    }

    /// What is known of the project, whose root is `root`, as the run has left it so far.
    pub(super) fn facts<'f>(
        &'f self,
        root: &'f Utf8Path,
        workspace: &mut Workspace,
        semantics: &Semantics,
    ) -> Facts<'f> {
        let mut facts = Facts {
            configuration: self.request.configuration,
            answers: self.answers(workspace, semantics),
            root,
            project: self.project(workspace),
            notes: Vec::new(),
            manifests: Arc::default(),
            distributions: Arc::default(),
        };
        if self.codemod.about().scope == Scope::Project {
            facts.manifests = workspace.manifests(self.request);
            facts.distributions = workspace.distributions(self.request);
        }
        facts
    }

    /// The project as the run has left it so far; an empty one for a codemod that does not ask.
    fn project(&self, workspace: &mut Workspace) -> Project {
        match self.codemod.about().scope {
            Scope::File => Project::default(),
            Scope::Project => workspace.survey(self.request),
        }
    }

    /// Put what was seen into the outcome; gives the changes to make. What a later round says about a place has been
    /// said before.
    fn take_in(
        &self,
        seen: Vec<Seen>,
        teller: &mut Teller<'_>,
        workspace: &mut Workspace,
        outcome: &mut Outcome,
    ) -> Taking {
        let mut taking = Taking::default();
        for one in seen {
            if let Some(file) = workspace.files.get_mut(&one.path) {
                file.parsed = true;
                file.broken |= one.problem.is_some();
            }
            outcome.problems.extend(one.problem);
            if teller.is_first_round() {
                let refusals = one.refusals.into_iter();
                let refusals = refusals.filter_map(|one| teller.refusal(one, workspace));
                outcome.refusals.extend(refusals);
                let reports = one.reports.into_iter();
                let reports = reports.filter_map(|one| teller.report(one, workspace));
                outcome.reports.extend(reports);
            }
            for change in one.proposed {
                self.take(change, &mut taking, teller, workspace, outcome);
            }
            if self.request.review {
                workspace.released.extend(one.released.iter().cloned());
            }
            taking.released.extend(one.released);
        }
        taking
    }

    /// The same for one proposed change.
    fn take(
        &self,
        change: Change,
        taking: &mut Taking,
        teller: &mut Teller<'_>,
        workspace: &mut Workspace,
        outcome: &mut Outcome,
    ) {
        let Some(mut told) = teller.change(&change, workspace) else {
            return;
        };
        let is_wanted = is_wanted(&change, self.wants_unsafe(&change.at.path));
        if !is_wanted && !teller.is_first_round() {
            return;
        }
        if is_wanted && let Some((reason, problem)) = workspace.hold(&change) {
            outcome.refusals.push(refuse(&change, workspace, &reason));
            outcome.problems.push(problem);
            return;
        }
        if self.request.review {
            told.change = change.moved(|path, range| workspace.whole.untouched(path, range));
        }
        match is_wanted {
            true => {
                taking.told.push(told);
                taking.changes.push(change);
            }
            false => {
                outcome.withheld.push(told.made.clone());
                workspace.withheld.push(told);
            }
        }
    }

    pub(super) fn wants_unsafe(&self, path: &Utf8Path) -> bool {
        let directory = path.parent().unwrap_or(path);
        let settings = self.request.configuration.settings(directory);
        settings.is_ok_and(|settings| settings.unsafe_fixes)
    }
}

/// What is to be made of what was seen.
#[derive(Default)]
struct Taking {
    changes: Vec<Change>,
    /// How the changes will be told.
    told: Vec<Told>,
    released: BTreeSet<String>,
}

/// A later round has done what an earlier one refused or withheld.
fn forget(outcome: &mut Outcome, made: &[Made]) {
    let done: BTreeSet<(&str, &Utf8Path, LineColumn)> = made
        .iter()
        .map(|one| (one.codemod, one.path.as_path(), one.at))
        .collect();
    outcome
        .refusals
        .retain(|one| !done.contains(&(one.codemod, one.path.as_path(), one.at)));
    outcome
        .withheld
        .retain(|one| !done.contains(&(one.codemod, one.path.as_path(), one.at)));
}

pub(super) fn refuse(change: &Change, workspace: &Workspace, reason: &str) -> Refusal {
    let range = TextRange::from(change.at.range);
    Refusal {
        codemod: change.codemod,
        path: change.at.path.clone(),
        at: workspace.on_disk(&change.at.path, range.start()),
        reason: reason.to_owned(),
    }
}
