//! Make the accepted changes: new texts, their imports, and the proof that they hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use ruff_text_size::TextRange;

use super::Text;
use super::pass::{Pass, refuse};
use super::workspace::Workspace;
use crate::change::{Change, FileEdit};
use crate::imports;
use crate::module::Module;
use crate::patch::Outcome;
use crate::resolve;
use crate::semantic::{Semantics, Taken};
use crate::target::PythonVersion;
use crate::verify::Before;

/// A new text, and what must hold of it.
struct Planned {
    path: Utf8PathBuf,
    old: Text,
    new: Text,
    target: PythonVersion,
    before: Before,
}

impl Pass<'_> {
    /// Make `changes` in the workspace. Those whose result does not hold are refused, alone. Gives what was made.
    pub(super) fn make(
        &self,
        mut changes: Vec<Change>,
        taken: &Taken,
        workspace: &mut Workspace,
        semantics: &mut Semantics,
        outcome: &mut Outcome,
    ) -> Vec<Change> {
        while !changes.is_empty() {
            let planned = self.plan(&changes, taken, workspace, semantics);
            let failures = self.try_out(&planned, semantics);
            if failures.is_empty() {
                for plan in planned {
                    if let Some(file) = workspace.files.get_mut(&plan.path) {
                        file.text = plan.new;
                    }
                }
                return changes;
            }
            semantics.overlay(
                planned
                    .iter()
                    .map(|plan| (plan.path.clone(), plan.old.clone())),
            );
            let guilty = self.guilty(&changes, &failures, taken, workspace, semantics);
            let mut at = 0;
            changes.retain(|change| {
                at += 1;
                let Some(reason) = guilty.get(&(at - 1)) else {
                    return true;
                };
                if let Some(file) = workspace.files.get(&change.at.path) {
                    outcome.refusals.push(refuse(change, &file.text, reason));
                }
                false
            });
        }
        changes
    }

    /// The changes (by index) that break a file on their own; all that touch a broken file when none does alone.
    fn guilty(
        &self,
        changes: &[Change],
        failures: &BTreeMap<Utf8PathBuf, String>,
        taken: &Taken,
        workspace: &Workspace,
        semantics: &mut Semantics,
    ) -> BTreeMap<usize, String> {
        let mut guilty = BTreeMap::new();
        for (path, reason) in failures {
            let touching: Vec<usize> = (0..changes.len())
                .filter(|&at| changes[at].edits.iter().any(|edit| edit.path() == path))
                .collect();
            let mut alone = Vec::new();
            for &at in &touching {
                let planned = self.plan(&changes[at..=at], taken, workspace, semantics);
                let failed = self.try_out(&planned, semantics);
                semantics.overlay(
                    planned
                        .iter()
                        .map(|plan| (plan.path.clone(), plan.old.clone())),
                );
                if let Some(reason) = failed.into_values().next() {
                    alone.push((at, reason));
                }
            }
            match alone.is_empty() {
                true => guilty.extend(touching.into_iter().map(|at| (at, reason.clone()))),
                false => guilty.extend(alone),
            }
        }
        guilty
    }

    /// The new text of every file that `changes` touch, with the imports that they need and release.
    fn plan(
        &self,
        changes: &[Change],
        taken: &Taken,
        workspace: &Workspace,
        semantics: &Semantics,
    ) -> Vec<Planned> {
        let mut touching: BTreeMap<&Utf8Path, Vec<&Change>> = BTreeMap::new();
        for change in changes {
            let paths: BTreeSet<_> = change.edits.iter().map(FileEdit::path).collect();
            for path in paths {
                touching.entry(path).or_default().push(change);
            }
        }
        touching
            .into_par_iter()
            .map_with(semantics.clone(), |semantics, (path, changes)| {
                let file = workspace.files.get(path)?;
                let target = file.target.version;
                let module = Module::parse(semantics, path, file.text.clone(), target).ok()?;
                let new = compose(&module, &changes, taken)?;
                Some(Planned {
                    path: path.to_owned(),
                    old: file.text.clone(),
                    new,
                    target,
                    before: Before::of(&module),
                })
            })
            .flatten()
            .collect()
    }

    /// Lay the planned texts over the disk and check them. Gives the files that do not hold, with the reason.
    fn try_out(
        &self,
        planned: &[Planned],
        semantics: &mut Semantics,
    ) -> BTreeMap<Utf8PathBuf, String> {
        semantics.overlay(
            planned
                .iter()
                .map(|plan| (plan.path.clone(), plan.new.clone())),
        );
        let semantics = &*semantics;
        planned
            .par_iter()
            .map_with(semantics.clone(), |semantics, plan| {
                let checked =
                    plan.before
                        .check(semantics, &plan.path, plan.new.clone(), plan.target);
                checked.err().map(|reason| (plan.path.clone(), reason))
            })
            .flatten()
            .collect()
    }
}

/// The text of `module` with `changes` and their imports; `None` when edits overlap after all.
fn compose(module: &Module<'_>, changes: &[&Change], taken: &Taken) -> Option<Text> {
    let path = module.path();
    let mut edits = resolve::edits_of(changes.iter().copied(), path);
    let own = changes.iter().filter(|change| change.at.path == path);
    let (mut wanted, mut released) = (imports::Wanted::new(), Vec::new());
    for change in own {
        wanted.extend(change.requires.iter().cloned());
        released.extend(change.releases.iter().copied());
    }
    let gone: Vec<TextRange> = edits
        .iter()
        .map(|(range, _)| *range)
        .filter(|range| !range.is_empty())
        .collect();
    let elsewhere = |name: &str| taken.contains(&(path.to_owned(), name.to_owned()));
    edits.extend(imports::removals(module, &released, &gone, &elsewhere));
    edits.extend(imports::insertions(module, &wanted));
    resolve::sort(&mut edits);
    resolve::is_disjoint(&edits).then(|| Arc::from(resolve::apply(module.text(), &edits)))
}
