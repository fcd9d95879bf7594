//! What each change of a review needs: the changes that have to be accepted with it.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::super::tell::Told;
use super::{Desk, Studied};
use crate::patch::Outcome;
use crate::review::{ChangeId, Reviewed};

impl Desk<'_> {
    /// Say in `changes` what each of them needs.
    pub(super) fn bind(&self, studied: &[Studied], outcome: &Outcome, changes: &mut [Reviewed]) {
        for ids in studied.iter().flat_map(|one| &one.tied) {
            tie(ids, changes);
        }
        let by_path: BTreeMap<&Utf8Path, &Studied> = studied
            .iter()
            .map(|one| (one.file.path.as_path(), one))
            .collect();
        for set in &outcome.together {
            let files = set.iter().filter_map(|path| by_path.get(path.as_path()));
            let files: Vec<&&Studied> = files.collect();
            let ids: BTreeSet<ChangeId> =
                files.iter().flat_map(|one| &one.changes).copied().collect();
            let ids: Vec<ChangeId> = ids.into_iter().collect();
            match files.iter().any(|one| one.is_whole()) {
                true => tie(&ids, changes),
                false => self.bind_loads(&ids, changes),
            }
        }
        self.bind_rounds(changes);
        self.bind_to_earlier(changes);
    }

    /// A change that loads one more module needs those that release imports in the files that it belongs together with:
    /// with their imports it could close a cycle.
    fn bind_loads(&self, ids: &[ChangeId], changes: &mut [Reviewed]) {
        let change = |id: &ChangeId| self.on_disk[*id].change.as_ref();
        let releasing = |id: &&ChangeId| change(id).is_some_and(|one| !one.releases.is_empty());
        let releasing: BTreeSet<ChangeId> = ids.iter().filter(releasing).copied().collect();
        for id in ids {
            if change(id).is_some_and(|one| !one.loads.is_empty()) {
                let others = releasing.iter().filter(|other| *other != id);
                changes[*id].needs.extend(others);
            }
        }
    }

    /// What a codemod saw in a later round may rest on what it did in the rounds before.
    fn bind_rounds(&self, changes: &mut [Reviewed]) {
        let mut earlier: BTreeMap<(&str, usize), Vec<ChangeId>> = BTreeMap::new();
        for (id, one) in self.told.iter().enumerate() {
            earlier
                .entry((one.made.codemod, one.round))
                .or_default()
                .push(id);
        }
        for (id, one) in self
            .told
            .iter()
            .enumerate()
            .filter(|(_, one)| one.round > 0)
        {
            let rounds = (0..one.round).filter_map(|round| earlier.get(&(one.made.codemod, round)));
            let rests_on = rounds.flatten().filter(|other| self.may_rest(id, **other));
            changes[id].needs.extend(rests_on);
        }
    }

    /// Whether the change `one` may rest on `other`, of an earlier round of its codemod: in the same file, or since one
    /// more module is loaded.
    fn may_rest(&self, one: ChangeId, other: ChangeId) -> bool {
        let files = &self.told[one].files;
        let shares = files
            .iter()
            .any(|path| self.told[other].files.contains(path));
        let change = |id: ChangeId| self.on_disk[id].change.as_ref();
        let loads = |id: ChangeId| change(id).is_none_or(|one| !one.loads.is_empty());
        shares || loads(one) && loads(other)
    }

    /// A change that its codemod does not find in the texts on disk rests on what the codemods before have done: in its
    /// files and in those that they lead to, or, where they did nothing there, anywhere.
    fn bind_to_earlier(&self, changes: &mut [Reviewed]) {
        for (id, one) in self.told.iter().enumerate() {
            if self.on_disk[id].stands_alone {
                continue;
            }
            let earlier = self.told[..id].iter().enumerate();
            let earlier = earlier.filter(|(_, other)| other.made.codemod != one.made.codemod);
            let earlier: Vec<(ChangeId, &Told)> = earlier.collect();
            let touched = earlier.iter().flat_map(|(_, told)| &told.files).cloned();
            let touched: BTreeSet<Utf8PathBuf> = touched.collect();
            let near = one.files.iter().flat_map(|path| self.near(path, &touched));
            let near: BTreeSet<Utf8PathBuf> = near.collect();
            let beside = |told: &Told| told.files.iter().any(|path| near.contains(path));
            let here = earlier.iter().filter(|(_, told)| beside(told));
            let here: BTreeSet<ChangeId> = here.map(|(id, _)| *id).collect();
            match here.is_empty() {
                true => changes[id].needs.extend(earlier.iter().map(|(id, _)| *id)),
                false => changes[id].needs.extend(here),
            }
        }
    }

    /// Those of `touched` that what is said of the file at `path` may rest on: itself, and what it leads to.
    fn near(&self, path: &Utf8Path, touched: &BTreeSet<Utf8PathBuf>) -> BTreeSet<Utf8PathBuf> {
        let reaching = self.reaching.as_ref();
        let mut near = reaching.map_or_else(|| touched.clone(), |all| all.from(path, touched));
        near.insert(path.to_owned());
        near
    }
}

/// Let none of `ids` be accepted without the others.
fn tie(ids: &[ChangeId], changes: &mut [Reviewed]) {
    let Some(last) = ids.last().filter(|_| ids.len() > 1) else {
        return;
    };
    // A ring: each one leads to all.
    let mut before = *last;
    for id in ids {
        changes[before].needs.insert(*id);
        before = *id;
    }
}
