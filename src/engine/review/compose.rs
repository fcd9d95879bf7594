//! Put a choice of changes together: the texts that the files then have.

use std::collections::BTreeSet;
use std::sync::Arc;

use ruff_text_size::{TextRange, TextSize};

use super::{ChangeId, Region, Replacement, Review, ReviewedFile};
use crate::kept::Kept;
use crate::patch::FilePatch;
use crate::resolve;

impl Review {
    /// What the run would write when exactly `accepted` were accepted, sorted by path. Changes that need one which is
    /// not accepted are left out first.
    pub fn compose(&self, accepted: &BTreeSet<ChangeId>) -> Vec<FilePatch> {
        let accepted = self.closed(accepted);
        let patches = self.files.iter().map(|file| file.compose(&accepted));
        patches.flatten().collect()
    }

    /// Those of `accepted` whose needs are accepted too.
    pub(super) fn closed(&self, accepted: &BTreeSet<ChangeId>) -> BTreeSet<ChangeId> {
        let mut closed = accepted.clone();
        loop {
            let lacking = |at: &ChangeId| {
                let needs = self.changes.get(*at).map(|change| &change.needs);
                needs.is_some_and(|needs| !needs.is_subset(&closed))
            };
            let lost: Vec<ChangeId> = closed.iter().copied().filter(lacking).collect();
            if lost.is_empty() {
                return closed;
            }
            closed.retain(|at| !lost.contains(at));
        }
    }
}

impl ReviewedFile {
    /// Its patch under a choice; `None` when that leaves it as it is.
    pub fn compose(&self, accepted: &BTreeSet<ChangeId>) -> Option<FilePatch> {
        let edits = self.edits(accepted);
        if edits.is_empty() {
            return None;
        }
        let text = self.before.as_deref().unwrap_or_default();
        let ranges: Vec<(TextRange, String)> = edits
            .into_iter()
            .map(|edit| (range(edit), edit.text.clone()))
            .collect();
        let after: Arc<str> = Arc::from(resolve::apply(text, &ranges));
        if self.before.as_deref() == Some(&*after) {
            return None;
        }
        let sizes = ranges.iter().map(|(range, text)| (*range, text.len()));
        let kept = Kept::beside(text.len(), sizes);
        Some(FilePatch::new(&self.path, self.before.clone(), after).keeping(kept))
    }

    /// The edits of a choice, sorted; those that insert at one place in the order of the regions.
    pub fn edits(&self, accepted: &BTreeSet<ChangeId>) -> Vec<&Replacement> {
        let mut edits: Vec<&Replacement> = Vec::new();
        for region in &self.regions {
            edits.extend(region.edits(accepted));
        }
        // Stable: what a region inserts stays in its order.
        edits.sort_by_key(|edit| (edit.from, edit.to));
        edits
    }
}

impl Region {
    /// The edits of a choice here.
    pub fn edits(&self, accepted: &BTreeSet<ChangeId>) -> &[Replacement] {
        let facts = self.when.iter().enumerate();
        let index = facts.fold(0, |index, (bit, when)| {
            index | usize::from(when.holds(accepted)) << bit
        });
        self.table.get(index).map_or(&[], Vec::as_slice)
    }
}

fn range(edit: &Replacement) -> TextRange {
    let size = |at: usize| TextSize::new(u32::try_from(at).unwrap_or(u32::MAX));
    TextRange::new(size(edit.from), size(edit.to))
}
