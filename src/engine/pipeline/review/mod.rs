//! Take a run apart, so that a person can decide about each change of it.
//!
//! A run goes codemod by codemod, each on what the ones before it left; a choice leaves some of them out. So every change
//! is looked at in the texts on disk, and the changes of a file are put together again at once, without the codemods.
//! That counts only where it gives, for all changes, the very text of the run, and for each choice that is tried a text
//! that passes the gate. Else the changes of the file are tied.

mod again;
mod layered;
mod needs;
mod prove;
mod regions;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::reaching::Reaching;
use super::survey::taken_elsewhere;
use super::tell::Told;
use super::workspace::Workspace;
use super::{Request, Text};
use crate::change::FileEdit;
use crate::patch::{FilePatch, Outcome};
use crate::problem::Positions;
use crate::review::{ChangeId, DiskEdit, Replacement, Review, Reviewed, ReviewedFile, When};
use crate::semantic::{Semantics, Taken, quietly};
use again::OnDisk;
use layered::Numbered;
use prove::Sheet;
use regions::Apart;

/// What the review of a run is drawn from.
struct Desk<'a> {
    workspace: &'a Workspace,
    /// In the order of [`Review::changes`].
    told: &'a [Told],
    /// For each of them what it is in the texts on disk.
    on_disk: Vec<OnDisk>,
    /// For each of them the place of its codemod in the run.
    layers: Vec<usize>,
    /// What leads to what, where a change rests on others.
    reaching: Option<Reaching>,
    /// What the run makes of the files.
    made: BTreeMap<&'a Utf8Path, &'a FilePatch>,
    taken: Taken,
}

/// A file, and what is tied in it.
struct Studied {
    file: ReviewedFile,
    changes: Vec<ChangeId>,
    /// Changes that go only together.
    tied: Vec<Vec<ChangeId>>,
}

impl Studied {
    /// Whether all of its changes go only together.
    fn is_whole(&self) -> bool {
        self.changes.len() > 1 && self.tied.contains(&self.changes)
    }
}

/// The review of the run that ended with `outcome`. The texts on disk stand in `workspace` and `semantics` after it.
pub(super) fn review(
    request: &Request<'_>,
    workspace: &mut Workspace,
    semantics: &mut Semantics,
    outcome: &Outcome,
) -> Review {
    let order: BTreeMap<&str, usize> = outcome
        .steps
        .iter()
        .enumerate()
        .map(|(at, step)| (step.codemod, at))
        .collect();
    let mut told = std::mem::take(&mut workspace.told);
    told.sort_by_cached_key(|one| (order.get(one.made.codemod).copied(), one.made.clone()));
    let withheld = std::mem::take(&mut workspace.withheld);
    let disk: BTreeMap<Utf8PathBuf, Text> = workspace
        .whole
        .first_texts()
        .map(|(path, text)| (path.to_owned(), text.clone()))
        .collect();
    workspace.stand_in(disk.clone());
    semantics.overlay(disk);
    let on_disk = again::on_disk(request, workspace, semantics, &mut told);
    let released = std::mem::take(&mut workspace.released);
    let taken = taken_elsewhere(request, &released, workspace, semantics);
    let patch = outcome.patch();
    let layers = told
        .iter()
        .map(|one| order.get(one.made.codemod).copied().unwrap_or_default());
    let rests = on_disk.iter().any(|one| !one.stands_alone);
    let reaching = rests.then(|| Reaching::of(workspace, request));
    let desk = Desk {
        reaching,
        layers: layers.collect(),
        workspace,
        told: &told,
        on_disk,
        made: patch
            .iter()
            .map(|file| (file.path.as_path(), file))
            .collect(),
        taken,
    };
    let studied = desk.study(semantics);
    let mut changes: Vec<Reviewed> = told.iter().map(|one| reviewed(one, Vec::new())).collect();
    desk.bind(&studied, outcome, &mut changes);
    let mut edits = edits_of(&studied, told.len());
    let files: Vec<ReviewedFile> = studied.into_iter().map(|one| one.file).collect();
    for (change, edits) in changes.iter_mut().zip(&mut edits) {
        change.edits = std::mem::take(edits);
    }
    let withheld = withheld
        .into_par_iter()
        .filter(|one| outcome.withheld.contains(&one.made))
        .map_with(semantics.clone(), |semantics, one| {
            let edits = quietly(|| desk.alone(&one, semantics)).flatten();
            reviewed(&one, edits.unwrap_or_default())
        });
    let mut withheld: Vec<Reviewed> = withheld.collect();
    withheld.sort_by(|a, b| (&a.path, a.start, a.codemod).cmp(&(&b.path, b.start, b.codemod)));
    Review {
        changes,
        withheld,
        files,
    }
}

fn reviewed(told: &Told, edits: Vec<DiskEdit>) -> Reviewed {
    let made = &told.made;
    Reviewed {
        codemod: made.codemod,
        title: made.title.clone(),
        safety: made.safety,
        why: made.why.clone(),
        path: made.path.clone(),
        start: made.at,
        end: made.end,
        fingerprint: made.fingerprint.clone(),
        edits,
        needs: BTreeSet::new(),
    }
}

impl<'a> Desk<'a> {
    /// Every file that a change edits, sorted.
    fn study(&self, semantics: &Semantics) -> Vec<Studied> {
        let mut touching: BTreeMap<&Utf8Path, Vec<ChangeId>> = BTreeMap::new();
        for (id, one) in self.told.iter().enumerate() {
            for path in &one.files {
                touching.entry(path).or_default().push(id);
            }
        }
        touching
            .into_par_iter()
            .map_with(semantics.clone(), |semantics, (path, changes)| {
                let apart = quietly(|| self.regions(path, &changes, semantics)).flatten();
                let Apart { regions, tied } = apart.unwrap_or_else(|| Apart {
                    regions: vec![regions::tied(changes.clone(), self.whole(path))],
                    tied: vec![changes.clone()],
                });
                let file = ReviewedFile {
                    path: path.to_owned(),
                    before: self.before(path),
                    regions,
                };
                Studied {
                    file,
                    changes,
                    tied,
                }
            })
            .collect()
    }

    /// The text on disk of the file at `path`; `None` when the run makes it.
    fn before(&self, path: &Utf8Path) -> Option<Text> {
        match self.made.get(path) {
            Some(made) => made.before.clone(),
            None => Some(self.workspace.disk_text(path)),
        }
    }

    /// The changes with the numbers `ids` in the texts on disk; `None` when one of them cannot be told there.
    fn numbered(&self, ids: &[ChangeId]) -> Option<Vec<Numbered<'_>>> {
        let numbered = |id: &ChangeId| {
            let change = self.on_disk[*id].change.as_ref()?;
            let layer = self.layers[*id];
            let id = *id;
            Some(Numbered { id, layer, change })
        };
        ids.iter().map(numbered).collect()
    }

    fn regions(&self, path: &Utf8Path, ids: &[ChangeId], semantics: &Semantics) -> Option<Apart> {
        let changes = self.numbered(ids)?;
        let sheet = Sheet::of(
            path,
            self.before(path),
            self.workspace,
            &self.taken,
            semantics,
        )?;
        let Apart { regions, tied } = sheet.regions(&changes)?;
        let before = self.before(path);
        let made = self.made.get(path).map(|made| made.after.clone());
        let after = made.or(before.clone()).unwrap_or_default();
        let file = ReviewedFile {
            path: path.to_owned(),
            before,
            regions,
        };
        let holds = sheet.proves(&file, &changes, &after, &tied);
        holds.then_some(Apart {
            regions: file.regions,
            tied,
        })
    }

    /// What the run makes of the file at `path`, as edits.
    fn whole(&self, path: &Utf8Path) -> Vec<Replacement> {
        let Some(made) = self.made.get(path) else {
            return Vec::new();
        };
        let before = made.before.as_deref().unwrap_or_default();
        let mut edits = Vec::new();
        let (mut from, mut written) = (0, 0);
        let end = crate::kept::Run {
            before: before.len(),
            after: made.after.len(),
            length: 0,
        };
        for run in made.kept.runs().iter().chain([&end]) {
            if from < run.before || written < run.after {
                edits.push(Replacement {
                    from,
                    to: run.before,
                    text: made.after[written..run.after].to_owned(),
                });
            }
            (from, written) = (run.before + run.length, run.after + run.length);
        }
        edits
    }

    /// The edits of `one` alone; `None` when what they make does not hold.
    fn alone(&self, one: &Told, semantics: &Semantics) -> Option<Vec<DiskEdit>> {
        let change = one.change.as_ref()?;
        let mut edits = Vec::new();
        for path in &one.files {
            let creates = |edit: &FileEdit| matches!(edit, FileEdit::Create { path: file, .. } if file == path);
            let before =
                (!change.edits.iter().any(creates)).then(|| self.workspace.disk_text(path));
            let sheet = Sheet::of(path, before.clone(), self.workspace, &self.taken, semantics)?;
            let id = 0;
            let made = sheet.made(&[Numbered {
                id,
                layer: 0,
                change,
            }])?;
            let made = made.iter().map(|(range, text)| Replacement {
                from: range.start().to_usize(),
                to: range.end().to_usize(),
                text: text.clone(),
            });
            edits.extend(disk_edits(path, before.as_ref(), made));
        }
        Some(edits)
    }
}

/// For each of `count` changes its edits in `files`. Those of changes that are tied stand with the first of them.
fn edits_of(files: &[Studied], count: usize) -> Vec<Vec<DiskEdit>> {
    let mut all: Vec<Vec<DiskEdit>> = vec![Vec::new(); count];
    for one in files {
        let file = &one.file;
        for (id, edits) in alone_in(file, &one.tied) {
            all[id].extend(disk_edits(
                &file.path,
                file.before.as_ref(),
                edits.into_iter(),
            ));
        }
    }
    all
}

/// What each change does to `file` when it is the only one.
fn alone_in(file: &ReviewedFile, tied: &[Vec<ChangeId>]) -> BTreeMap<ChangeId, Vec<Replacement>> {
    let mut found: BTreeMap<ChangeId, Vec<Replacement>> = BTreeMap::new();
    for region in &file.regions {
        let crowd = tied
            .iter()
            .find(|ids| matches!(region.when.as_slice(), [When::All(all)] if all == *ids));
        if let Some((first, ids)) = crowd.and_then(|ids| Some((*ids.first()?, ids))) {
            let all = ids.iter().copied().collect();
            let edits = region.edits(&all).iter().cloned();
            found.entry(first).or_default().extend(edits);
            continue;
        }
        for id in regions::behind(region.when.iter()) {
            let edits = region.edits(&BTreeSet::from([id])).iter().cloned();
            found.entry(id).or_default().extend(edits);
        }
    }
    for edits in found.values_mut() {
        edits.sort_by_key(|edit| (edit.from, edit.to));
    }
    found
}

fn disk_edits(
    path: &Utf8Path,
    before: Option<&Arc<str>>,
    edits: impl Iterator<Item = Replacement>,
) -> Vec<DiskEdit> {
    let text = before.map_or("", |text| text);
    let positions = Positions::of(text);
    let edits = edits.map(|edit| DiskEdit {
        path: path.to_owned(),
        start: positions.at(text, edit.from),
        end: positions.at(text, edit.to),
        from: edit.from,
        to: edit.to,
        replacement: edit.text,
        creates: before.is_none(),
    });
    edits.collect()
}
