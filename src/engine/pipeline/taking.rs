//! Take in what a codemod has said: what is to be made, and what people are told of it.

use std::collections::BTreeSet;

use camino::Utf8Path;
use rustc_hash::FxHashSet;

use super::look::{Seen, is_wanted};
use super::pass::{Pass, refuse};
use super::tell::{Teller, Told};
use super::workspace::Workspace;
use crate::change::{Change, Span};
use crate::patch::{Made, Outcome};
use crate::problem::LineColumn;

/// What is to be made of what was seen.
#[derive(Default)]
pub(super) struct Taking {
    pub(super) changes: Vec<Change>,
    /// How the changes will be told.
    pub(super) told: Vec<Told>,
    /// Changes that the run does not ask for.
    pub(super) withheld: Vec<Told>,
    pub(super) released: BTreeSet<String>,
}

impl Pass<'_> {
    /// Put what was seen into the outcome; gives the changes to make. What a later round says about a place has been
    /// said before.
    pub(super) fn take_in(
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
                taking.withheld.push(told);
            }
        }
    }

    /// Note that the changes `accepted` are made, which are told as in `told`. Gives what was made.
    pub(super) fn note(
        &self,
        accepted: &[Change],
        told: Vec<Told>,
        workspace: &mut Workspace,
    ) -> Vec<Made> {
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
}

/// A later round has done what an earlier one refused or withheld.
pub(super) fn forget(outcome: &mut Outcome, made: &[Made]) {
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
