//! One codemod over the files that it has something to say about, round by round until nothing is left to do.

use std::collections::BTreeSet;
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use ruff_text_size::TextRange;
use rustc_hash::FxHashSet;

use super::look::{Seen, is_wanted};
use super::make::{Proof, Trees};
use super::settle::settle;
use super::survey::Takers;
use super::tell::{Teller, Told};
use super::trail::Trail;
use super::workspace::Workspace;
use super::{Progress, Request};
use crate::change::{Change, Refusal, Span};
use crate::codemod::{Codemod, Scope};
use crate::facts::Facts;
use crate::patch::{FilePatch, Made, Outcome, Step};
use crate::problem::LineColumn;
use crate::project::Project;
use crate::resolve;
use crate::semantic::Semantics;

/// Rounds after which what still waits is refused. A round is needed only where two changes touch.
const ROUNDS: usize = 12;

/// Bytes of the files that are looked at together.
pub(super) const BATCH: usize = 2 * 1024 * 1024;

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
        self.scout(&candidates, &[], workspace, semantics, &facts);
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
            let mut takers = Takers::default();
            let (mut deferred, mut made, mut texts) = (Vec::new(), Vec::new(), Vec::new());
            let mut any = false;
            for batch in self.batches(&candidates, workspace) {
                semantics.relieve();
                let mut seen = self.look_at_portion(batch, workspace, semantics, &facts);
                if round == 0 && about.scope == Scope::Project {
                    let whole = self.look_at_project(&mut seen, workspace, &mut facts);
                    seen.extend(whole);
                }
                settle(&mut seen, facts.project(), workspace);
                let trees = Trees::of(&mut seen);
                let taking = self.take_in(seen, &mut teller, workspace, outcome);
                let resolution = resolve::resolve(taking.changes);
                let taken = takers.of(taking.released, self.request, workspace, semantics);
                let (accepted, new) = self.make(
                    resolution.accepted,
                    trees,
                    taken,
                    workspace,
                    semantics,
                    outcome,
                );
                any |= !accepted.is_empty();
                made.extend(self.note(&accepted, taking.told, workspace));
                texts.extend(new);
                deferred.extend(resolution.deferred);
            }
            let refused = deferred
                .iter()
                .map(|change| refuse(change, workspace, "overlaps another change"))
                .collect::<Vec<Refusal>>();
            let changed: Vec<_> = texts.iter().map(|(path, _)| path.clone()).collect();
            // What a file means is seen in the texts as they were before the round.
            workspace.put(texts.into_iter(), semantics);
            if round > 0 {
                forget(outcome, &made);
            }
            step.changes.extend(made);
            let waiting: BTreeSet<Utf8PathBuf> = deferred
                .iter()
                .map(|change| change.at.path.clone())
                .filter(|path| workspace.files.contains_key(path))
                .collect();
            let again = match about.scope {
                Scope::File => !waiting.is_empty(),
                // What was done changes what is known of other modules.
                Scope::Project => self.codemod.looks_again() || !waiting.is_empty(),
            };
            if !again || !any || round + 1 == ROUNDS {
                outcome.refusals.extend(refused);
                break;
            }
            if about.scope == Scope::File {
                candidates = waiting.iter().cloned().collect();
            }
            let before = std::mem::replace(&mut facts.project, self.project(workspace));
            facts.project.follow(before);
            self.scout(&candidates, &changed, workspace, semantics, &facts);
            if about.scope == Scope::Project {
                facts.manifests = workspace.manifests(self.request);
                let again = self.codemod.looks_again();
                candidates.retain(|path| {
                    waiting.contains(path)
                        || again && self.codemod.is_affected(path, &changed, &facts)
                });
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

    /// `candidates` in parts, in order: the trees of one part are there at once, and gone before the next. A codemod of
    /// the whole project has to see all before it changes any.
    fn batches<'c>(
        &self,
        candidates: &'c [Utf8PathBuf],
        workspace: &Workspace,
    ) -> Vec<&'c [Utf8PathBuf]> {
        if self.codemod.about().scope == Scope::Project || workspace.portion.is_some() {
            return vec![candidates];
        }
        let mut batches = Vec::new();
        let (mut start, mut size) = (0, 0);
        for (at, path) in candidates.iter().enumerate() {
            size += workspace.text(path).map_or(0, |text| text.len());
            if size >= BATCH {
                batches.push(&candidates[start..=at]);
                (start, size) = (at + 1, 0);
            }
        }
        batches.extend((start < candidates.len()).then(|| &candidates[start..]));
        batches
    }

    /// Note that the changes `accepted` are made, which are told as in `told`. Gives what was made.
    fn note(&self, accepted: &[Change], told: Vec<Told>, workspace: &mut Workspace) -> Vec<Made> {
        for change in accepted {
            workspace.bonds.note(change);
        }
        let places: FxHashSet<(&str, Span, &str)> = accepted
            .iter()
            .map(|change| {
                (
                    change.at.path.as_str(),
                    change.at.range,
                    change.title.as_str(),
                )
            })
            .collect();
        let told = told.into_iter().filter(|one| {
            let at = &one.place;
            places.contains(&(at.path.as_str(), at.range, one.made.title.as_str()))
        });
        match self.request.review || self.request.shard.is_some() {
            true => {
                let told: Vec<Told> = told.collect();
                let made = told.iter().map(|one| one.made.clone()).collect();
                workspace.told.extend(told);
                made
            }
            false => told.map(|one| one.made).collect(),
        }
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
            .filter(|(_, file)| {
                !self.request.prefilter
                    || triggers.is_match(file.text.as_bytes())
                        && self.codemod.may_apply(&file.text, file.target.version)
            })
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
            gathered: self.gathered(workspace, semantics),
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
        if self.codemod.about().scope == Scope::File {
            return Project::default();
        }
        let project = workspace.survey(self.request);
        if self.codemod.walks_imports() {
            project.draw();
        }
        project
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
        let is_wanted = is_wanted(&change, self.wants_unsafe(&change.at.path, workspace));
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

    pub(super) fn wants_unsafe(&self, path: &Utf8Path, workspace: &Workspace) -> bool {
        if let Some(file) = workspace.files.get(path) {
            return file.settings.unsafe_fixes;
        }
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
