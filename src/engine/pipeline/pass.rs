//! One codemod over the files that it has something to say about, round by round until nothing is left to do.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;
use camino::Utf8PathBuf;
use rayon::prelude::*;
use ruff_text_size::TextRange;

use super::look::Seen;
use super::workspace::Workspace;
use super::{Progress, Request, Text};
use crate::change::{Change, Place, Refusal};
use crate::codemod::Codemod;
use crate::facts::Facts;
use crate::patch::{FilePatch, Made, Outcome, Step};
use crate::resolve;
use crate::semantic::Semantics;

/// Rounds after which what still waits is refused. A round is needed only where two changes touch.
const ROUNDS: usize = 12;

pub(super) struct Pass<'a> {
    pub(super) codemod: &'a dyn Codemod,
    pub(super) request: &'a Request<'a>,
    pub(super) progress: &'a dyn Progress,
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
        let triggers = AhoCorasick::new(self.codemod.triggers()).ok()?;
        let mut candidates: Vec<Utf8PathBuf> = workspace
            .files
            .par_iter()
            .filter(|(_, file)| !file.broken && file.settings.codemods.contains(&about.name))
            .filter(|(path, file)| !file.settings.ignores_for(path).contains(&about.name))
            .filter(|(_, file)| !self.request.prefilter || triggers.is_match(file.text.as_bytes()))
            .map(|(path, _)| path.clone())
            .collect();
        if candidates.is_empty() {
            return None;
        }
        let root = workspace.bounds.project.clone();
        let facts = Facts {
            configuration: self.request.configuration,
            answers: self.answers(workspace, semantics),
            root: &root,
        };
        let first: BTreeMap<Utf8PathBuf, Text> = candidates
            .iter()
            .filter_map(|path| Some((path.clone(), workspace.files.get(path)?.text.clone())))
            .collect();
        let mut step = Step {
            codemod: about.name,
            files: Vec::new(),
            changes: Vec::new(),
        };
        for round in 0..ROUNDS {
            let seen = self.look(&candidates, workspace, semantics, &facts);
            let (changes, made, released) = take_in(seen, round, workspace, outcome);
            let resolution = resolve::resolve(changes);
            let taken = self.taken_elsewhere(&released, workspace, semantics);
            let accepted = self.make(resolution.accepted, &taken, workspace, semantics, outcome);
            let places: BTreeSet<_> = accepted
                .iter()
                .map(|change| (&change.at, &change.title))
                .collect();
            step.changes.extend(
                made.into_iter()
                    .filter(|(place, one)| places.contains(&(place, &one.title)))
                    .map(|(_, one)| one),
            );
            let waiting: BTreeSet<Utf8PathBuf> = resolution
                .deferred
                .iter()
                .flat_map(|change| &change.edits)
                .map(|edit| edit.path().to_owned())
                .collect();
            if waiting.is_empty() || accepted.is_empty() || round + 1 == ROUNDS {
                outcome
                    .refusals
                    .extend(resolution.deferred.iter().filter_map(|change| {
                        let text = &workspace.files.get(&change.at.path)?.text;
                        Some(refuse(change, text, "overlaps another change"))
                    }));
                break;
            }
            candidates = waiting.into_iter().collect();
        }
        step.files = first
            .into_iter()
            .filter_map(|(path, before)| {
                let after = workspace.files.get(&path)?.text.clone();
                (before != after).then_some(FilePatch {
                    path,
                    before: Some(before),
                    after,
                })
            })
            .collect();
        step.changes.sort();
        Some(step)
    }
}

/// Put what was seen into the outcome; gives the changes to make, with how they will be told, and the names released.
/// What a later round says about a place has been said before.
fn take_in(
    seen: Vec<Seen>,
    round: usize,
    workspace: &mut Workspace,
    outcome: &mut Outcome,
) -> (Vec<Change>, Vec<(Place, Made)>, BTreeSet<String>) {
    let (mut changes, mut made, mut released) = (Vec::new(), Vec::new(), BTreeSet::new());
    for one in seen {
        if let Some(file) = workspace.files.get_mut(&one.path) {
            file.parsed = true;
            file.broken |= one.problem.is_some();
        }
        outcome.problems.extend(one.problem);
        if round == 0 {
            outcome.refusals.extend(one.refusals);
            outcome.reports.extend(one.reports);
            outcome.withheld.extend(one.withheld);
        }
        made.extend(
            one.proposed
                .iter()
                .map(|change| change.at.clone())
                .zip(one.made),
        );
        changes.extend(one.proposed);
        released.extend(one.released);
    }
    (changes, made, released)
}

pub(super) fn refuse(change: &Change, text: &str, reason: &str) -> Refusal {
    let range = TextRange::from(change.at.range);
    Refusal {
        codemod: change.codemod,
        path: change.at.path.clone(),
        at: crate::problem::LineColumn::of(text, range.start().to_usize()),
        reason: reason.to_owned(),
    }
}
