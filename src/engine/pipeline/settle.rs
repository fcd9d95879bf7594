//! Refuse the changes that would close an import cycle, given all the changes of the run.
//!
//! All of them count, those that the run does not ask for as well: what is done does not depend on the order of the
//! files, and a run that asks for more later finds no cycle either.

use super::look::Seen;
use super::workspace::Workspace;
use ruff_text_size::TextRange;

use crate::change::{Change, Refusal};
use crate::project::{Loads, Project};

/// Take back the changes in `seen` that would close a cycle: each becomes what it says to do otherwise, or a refusal.
pub(super) fn settle(seen: &mut [Seen], project: &Project, workspace: &Workspace) {
    let mut wanted = Vec::new();
    for one in seen.iter() {
        for change in &one.proposed {
            if let Some(from) = project
                .module(&change.at.path)
                .filter(|_| !change.loads.is_empty())
            {
                let to = change.loads.clone();
                wanted.push(Loads { from, to });
            }
        }
    }
    if wanted.is_empty() {
        return;
    }
    let mut closed = project.graph().closed_by(&wanted).into_iter();
    for one in seen {
        let mut kept = Vec::new();
        for mut change in std::mem::take(&mut one.proposed) {
            let asked = project.module(&change.at.path).is_some() && !change.loads.is_empty();
            let Some(cycle) = asked.then(|| closed.next().flatten()).flatten() else {
                kept.push(change);
                continue;
            };
            let reason = format!("would close the cycle {}", project.way_round(&cycle));
            match change.otherwise.take() {
                Some(other) => kept.push(instead(*other, &reason)),
                None => one.refusals.push(Refusal {
                    codemod: change.codemod,
                    at: workspace.here(&change.at.path, TextRange::from(change.at.range).start()),
                    path: change.at.path,
                    reason,
                }),
            }
        }
        one.proposed = kept;
    }
}

fn instead(mut other: Change, reason: &str) -> Change {
    other.make_unsafe(format!("a plain import {reason}"));
    other
}
