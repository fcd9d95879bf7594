//! Codemods at work: round by round, until nothing is left to do.
//!
//! Those that look at one module at a time go over the files together where they follow each other in the catalogue: see
//! [`super::abreast`]. What one of them changes is left to those after it until the change is made, so each sees its own
//! file as the ones before it left it. Other modules may look to it as they did when the first of them began.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashSet;

use super::abreast::{batches, look_together};
use super::look::{Looker, Seen};
use super::make::{New, Trees};
use super::pass::{Pass, refuse};
use super::settle::settle;
use super::survey::Takers;
use super::taking::forget;
use super::tell::{Teller, Told};
use super::trail::Trail;
use super::workspace::Workspace;
use crate::change::{Change, Refusal};
use crate::codemod::Scope;
use crate::facts::Facts;
use crate::patch::{FilePatch, Outcome, Step};
use crate::resolve;
use crate::semantic::Semantics;

/// Rounds after which what still waits is refused. A round is needed only where two changes touch.
const ROUNDS: usize = 12;

/// Run the codemods of `passes`: one of the whole project, or some that look at one module at a time. Gives the steps of
/// those that the settings of any file choose.
pub(super) fn run(
    passes: &[Pass<'_>],
    workspace: &mut Workspace,
    semantics: &mut Semantics,
    outcome: &mut Outcome,
) -> Vec<Step> {
    let root = workspace.bounds.project.clone();
    let courses = passes
        .iter()
        .map(|pass| Course::new(pass, &root, workspace));
    let mut courses: Vec<Course<'_, '_>> = courses.collect();
    let chosen = courses.iter().filter(|one| !one.candidates.is_empty());
    let names: Vec<&str> = chosen.map(|one| one.step.codemod).collect();
    if let (Some(pass), false) = (passes.first(), names.is_empty()) {
        pass.progress.phase(&names.join(", "));
    }
    look_together(&mut courses, None, workspace, semantics, outcome);
    let mut steps = Vec::new();
    while !courses.is_empty() {
        let course = courses.remove(0);
        let (step, changed) = course.finish(workspace, semantics, outcome);
        steps.extend(step);
        for course in &mut courses {
            course.notice(&changed, workspace);
        }
        look_together(&mut courses, Some(&changed), workspace, semantics, outcome);
    }
    steps
}

/// One codemod at work.
pub(super) struct Course<'p, 'a> {
    pass: &'p Pass<'a>,
    /// The directory of the project.
    root: &'p Utf8Path,
    /// What it knows of the project, once it has looked at a file.
    facts: Option<Facts<'p>>,
    /// The files that it has to look at, sorted.
    pub(super) candidates: Vec<Utf8PathBuf>,
    teller: Teller<'p>,
    round: Round,
    /// The files that it has changes for, made or not.
    pub(super) touched: FxHashSet<Utf8PathBuf>,
    step: Step,
}

/// What has come of the round of the moment so far.
#[derive(Default)]
struct Round {
    takers: Takers,
    accepted: Vec<Change>,
    deferred: Vec<Change>,
    told: Vec<Told>,
    withheld: Vec<Told>,
    texts: Vec<(Utf8PathBuf, New)>,
}

impl<'p, 'a> Course<'p, 'a> {
    fn new(pass: &'p Pass<'a>, root: &'p Utf8Path, workspace: &Workspace) -> Self {
        Self {
            pass,
            root,
            facts: None,
            candidates: pass.candidates(workspace),
            teller: Teller::new(pass.request.narrowing),
            round: Round::default(),
            touched: FxHashSet::default(),
            step: Step {
                codemod: pass.codemod.about().name,
                files: Vec::new(),
                changes: Vec::new(),
            },
        }
    }

    /// Find out what the codemod must know of the project before it looks at a file, unless that is known.
    pub(super) fn begin(
        &mut self,
        workspace: &mut Workspace,
        semantics: &mut Semantics,
        outcome: &mut Outcome,
    ) {
        if self.facts.is_some() {
            return;
        }
        let pass = self.pass;
        let facts = pass.facts(self.root, workspace, semantics);
        pass.scout(&self.candidates, &[], workspace, semantics, &facts);
        if pass.codemod.about().scope == Scope::Project {
            let problems = facts.manifests.problems().iter();
            let problems = problems.filter(|problem| workspace.concerns(&problem.path));
            outcome.problems.extend(problems.cloned());
        }
        self.facts = Some(facts);
    }

    /// What it takes to look at files; `None` before it has begun.
    pub(super) fn looker(&self) -> Option<Looker<'_>> {
        let facts = self.facts.as_ref()?;
        Some(Looker {
            pass: self.pass,
            facts,
        })
    }

    /// Look at `paths`, and work out the texts that come of it.
    fn look(
        &mut self,
        paths: &[Utf8PathBuf],
        workspace: &mut Workspace,
        semantics: &mut Semantics,
        outcome: &mut Outcome,
    ) {
        self.begin(workspace, semantics, outcome);
        let (pass, Some(facts)) = (self.pass, &mut self.facts) else {
            return;
        };
        let mut seen = pass.look_at_portion(paths, workspace, semantics, facts);
        if self.teller.is_first_round() && pass.codemod.about().scope == Scope::Project {
            let whole = pass.look_at_project(&mut seen, workspace, facts);
            seen.extend(whole);
        }
        settle(&mut seen, facts.project(), workspace);
        self.take(seen, &mut Trees::default(), workspace, semantics, outcome);
    }

    /// Take in what was seen, and work out the texts that come of it.
    pub(super) fn take(
        &mut self,
        mut seen: Vec<Seen>,
        trees: &mut Trees,
        workspace: &mut Workspace,
        semantics: &mut Semantics,
        outcome: &mut Outcome,
    ) {
        if seen.is_empty() {
            return;
        }
        let (pass, round) = (self.pass, &mut self.round);
        trees.put(&mut seen);
        let taking = pass.take_in(seen, &mut self.teller, workspace, outcome);
        let resolution = resolve::resolve(taking.changes);
        let taken = round
            .takers
            .of(taking.released, pass.request, workspace, semantics);
        let (accepted, texts) = pass.make(
            resolution.accepted,
            trees,
            taken,
            workspace,
            semantics,
            outcome,
        );
        let waiting = resolution.deferred.iter().map(|change| &change.at.path);
        let changed = texts.iter().map(|(path, _)| path);
        self.touched.extend(waiting.chain(changed).cloned());
        round.accepted.extend(accepted);
        round.deferred.extend(resolution.deferred);
        round.told.extend(taking.told);
        round.withheld.extend(taking.withheld);
        round.texts.extend(texts);
    }

    /// Take in that the files at `changed` have new texts.
    fn notice(&mut self, changed: &BTreeSet<Utf8PathBuf>, workspace: &Workspace) {
        if changed.is_empty() {
            return;
        }
        let chosen = self.pass.candidates_among(changed, workspace);
        let known: FxHashSet<&str> = changed.iter().map(|path| path.as_str()).collect();
        self.candidates
            .retain(|path| !known.contains(path.as_str()));
        self.candidates.extend(chosen);
        self.candidates.sort();
        self.round.takers = Takers::default();
    }

    /// Make the changes, and go on until nothing is left to do. Gives the files that were changed, too. No step when there
    /// was nothing to look at.
    fn finish(
        mut self,
        workspace: &mut Workspace,
        semantics: &mut Semantics,
        outcome: &mut Outcome,
    ) -> (Option<Step>, BTreeSet<Utf8PathBuf>) {
        let pass = self.pass;
        let scope = pass.codemod.about().scope;
        workspace.trail = Trail::default();
        let mut first: BTreeMap<Utf8PathBuf, Arc<str>> = BTreeMap::new();
        let has_looked = self.facts.is_some();
        let mut next = Vec::new();
        for round in 1.. {
            self.look_at_all(&next, workspace, semantics, outcome);
            let now = std::mem::take(&mut self.round);
            let refused = now
                .deferred
                .iter()
                .map(|change| refuse(change, workspace, "overlaps another change"))
                .collect::<Vec<Refusal>>();
            let waiting: BTreeSet<Utf8PathBuf> = now
                .deferred
                .iter()
                .map(|change| change.at.path.clone())
                .filter(|path| workspace.files.contains_key(path))
                .collect();
            let new: Vec<_> = now.texts.iter().map(|(path, _)| path.clone()).collect();
            let any = !now.accepted.is_empty();
            let made = pass.note(&now.accepted, now.told, workspace);
            workspace.withheld.extend(now.withheld);
            for path in &new {
                if let Some(text) = workspace.text(path).filter(|_| !first.contains_key(path)) {
                    first.insert(path.clone(), text.clone());
                }
            }
            // What a file means is seen in the texts as they were before the round.
            workspace.put(now.texts.into_iter(), semantics);
            if round > 1 {
                forget(outcome, &made);
            }
            self.step.changes.extend(made);
            let again = match scope {
                Scope::File => !waiting.is_empty(),
                // What was done changes what is known of other modules.
                Scope::Project => {
                    let mut facts = self.facts.iter();
                    !waiting.is_empty() || facts.any(|facts| pass.codemod.looks_again(facts))
                }
            };
            if !again || !any || round == ROUNDS {
                outcome.refusals.extend(refused);
                break;
            }
            self.teller.begin(round);
            next = self.next(&waiting, &new, workspace, semantics);
        }
        self.step.files = first
            .into_iter()
            .filter_map(|(path, before)| {
                let after = workspace.text(&path)?.clone();
                let kept = workspace.trail.kept(&path);
                (before != after).then(|| FilePatch::new(path, Some(before), after).keeping(kept))
            })
            .collect();
        self.step.changes.sort();
        outcome.passed_over.append(&mut self.teller.passed_over);
        let step = has_looked.then_some(self.step);
        (step, self.touched.into_iter().collect())
    }

    /// Look at `paths`, one portion after the other. A codemod of the whole project has to see all before it changes any.
    pub(super) fn look_at_all(
        &mut self,
        paths: &[Utf8PathBuf],
        workspace: &mut Workspace,
        semantics: &mut Semantics,
        outcome: &mut Outcome,
    ) {
        let is_whole = self.pass.codemod.about().scope == Scope::Project;
        let batches = match is_whole || workspace.portion.is_some() {
            true => vec![paths],
            false => batches(paths, |path| path, workspace),
        };
        for batch in batches.into_iter().filter(|batch| !batch.is_empty()) {
            semantics.relieve();
            self.look(batch, workspace, semantics, outcome);
        }
    }

    /// The files to look at in the next round, when those at `waiting` have changes that wait, and those at `changed` have
    /// new texts.
    fn next(
        &mut self,
        waiting: &BTreeSet<Utf8PathBuf>,
        changed: &[Utf8PathBuf],
        workspace: &mut Workspace,
        semantics: &mut Semantics,
    ) -> Vec<Utf8PathBuf> {
        let pass = self.pass;
        let Some(facts) = &mut self.facts else {
            return Vec::new();
        };
        let scope = pass.codemod.about().scope;
        if scope == Scope::File {
            self.candidates = waiting.iter().cloned().collect();
        }
        let again = pass.codemod.looks_again(facts);
        let before = std::mem::replace(&mut facts.project, pass.project(workspace));
        facts.project.follow(before);
        pass.scout(&self.candidates, changed, workspace, semantics, facts);
        if scope == Scope::Project {
            facts.manifests = workspace.manifests(pass.request);
            // Who is not affected now may be so after the next round.
            let candidates = self.candidates.iter();
            let affected = candidates.filter(|path| {
                waiting.contains(*path) || again && pass.codemod.is_affected(path, changed, facts)
            });
            return affected.cloned().collect();
        }
        self.candidates.clone()
    }
}
