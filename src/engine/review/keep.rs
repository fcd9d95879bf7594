//! Reduce a run to the changes that a person has accepted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::Utf8PathBuf;

use super::ChangeId;
use crate::patch::{FilePatch, Outcome};

impl Outcome {
    /// Keep `accepted` of the changes in [`Outcome::review`], without those whose needs are not accepted. Steps, patch
    /// and counts are then as if only these had been made. Nothing happens without a review.
    pub fn keep(&mut self, accepted: &BTreeSet<ChangeId>) {
        let Some(review) = &self.review else {
            return;
        };
        let accepted = review.closed(accepted);
        let whole = review.compose(&accepted);
        let mut last: BTreeMap<Utf8PathBuf, Option<Arc<str>>> = BTreeMap::new();
        let mut first = 0;
        let mut so_far: BTreeSet<ChangeId> = BTreeSet::new();
        for step in &mut self.steps {
            let ids = first..first + step.changes.len();
            first = ids.end;
            let mut id = ids.start;
            step.changes.retain(|_| {
                id += 1;
                accepted.contains(&(id - 1))
            });
            so_far.extend(ids.filter(|id| accepted.contains(id)));
            step.files = next_patch(review.compose(&so_far), &mut last);
        }
        self.chosen = Some(whole);
        self.rejected = first - accepted.len();
    }
}

/// The step from the texts `last` to those of `now`, a patch on the texts on disk.
fn next_patch(
    now: Vec<FilePatch>,
    last: &mut BTreeMap<Utf8PathBuf, Option<Arc<str>>>,
) -> Vec<FilePatch> {
    let mut files = Vec::new();
    for file in now {
        let before = match last.get(&file.path) {
            Some(text) => text.clone(),
            None => file.before.clone(),
        };
        if before.as_deref() == Some(&*file.after) {
            continue;
        }
        last.insert(file.path.clone(), Some(file.after.clone()));
        // Nobody knows what survives between two choices; the texts are compared.
        let is_first = before == file.before;
        files.push(match is_first {
            true => file,
            false => FilePatch::new(file.path, before, file.after),
        });
    }
    files
}
