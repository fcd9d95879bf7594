//! Make the accepted changes: new texts, their imports, and the proof that they hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use ruff_python_ast::PySourceType;
use ruff_text_size::TextRange;

use super::Text;
use super::pass::{Pass, refuse};
use super::workspace::Workspace;
use crate::change::Change;
use crate::encoding;
use crate::imports;
use crate::module::Module;
use crate::patch::Outcome;
use crate::resolve;
use crate::semantic::{Semantics, Taken, quietly};
use crate::verify::{self, Before};

/// What becomes of a file: its new text, or the reason why that does not hold.
type Planned = (Utf8PathBuf, Result<New, String>);

/// A new text, and the edits (sorted) that made it.
pub(super) struct New {
    pub(super) text: Text,
    pub(super) edits: Vec<(TextRange, String)>,
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
            let failures: BTreeMap<Utf8PathBuf, String> = planned
                .iter()
                .filter_map(|(path, new)| Some((path.clone(), new.as_ref().err()?.clone())))
                .collect();
            if failures.is_empty() {
                workspace.put(
                    planned
                        .into_iter()
                        .filter_map(|(path, new)| Some((path, new.ok()?))),
                    semantics,
                );
                return changes;
            }
            let guilty = self.guilty(&changes, &failures, taken, workspace, semantics);
            let mut at = 0;
            changes.retain(|change| {
                at += 1;
                let Some(reason) = guilty.get(&(at - 1)) else {
                    return true;
                };
                outcome.refusals.push(refuse(change, workspace, reason));
                false
            });
        }
        changes
    }

    /// The changes (by index) that break a file, each with the reason.
    fn guilty(
        &self,
        changes: &[Change],
        failures: &BTreeMap<Utf8PathBuf, String>,
        taken: &Taken,
        workspace: &Workspace,
        semantics: &Semantics,
    ) -> BTreeMap<usize, String> {
        let fails = |some: &[usize]| {
            let some: Vec<Change> = some.iter().map(|&at| changes[at].clone()).collect();
            let planned = self.plan(&some, taken, workspace, semantics);
            planned.into_iter().find_map(|(_, new)| new.err())
        };
        let mut guilty = BTreeMap::new();
        for path in failures.keys() {
            let touching: Vec<usize> = (0..changes.len())
                .filter(|&at| changes[at].edits.iter().any(|edit| edit.path() == path))
                .collect();
            guilty.extend(culprits(&touching, &fails));
        }
        guilty
    }

    /// The new text of every file that `changes` touch, with the imports that they need and release, checked.
    fn plan(
        &self,
        changes: &[Change],
        taken: &Taken,
        workspace: &Workspace,
        semantics: &Semantics,
    ) -> Vec<Planned> {
        let mut touching: BTreeMap<&str, Vec<&Change>> = BTreeMap::new();
        for change in changes {
            let paths = change.edits.iter().map(|edit| edit.path().as_str());
            let paths: BTreeSet<&str> = paths.collect();
            for path in paths {
                touching.entry(path).or_default().push(change);
            }
        }
        touching
            .into_par_iter()
            .map_with(semantics.clone(), |semantics, (path, changes)| {
                let path = Utf8Path::new(path);
                let new = quietly(|| new_text(path, &changes, taken, workspace, semantics));
                let new =
                    new.unwrap_or_else(|| Err("the edits could not be worked out".to_owned()));
                (path.to_owned(), new)
            })
            .collect()
    }
}

/// Those of `suspects` that make `fails` give a reason, found by halves. All of them when it takes several together.
fn culprits(
    suspects: &[usize],
    fails: &dyn Fn(&[usize]) -> Option<String>,
) -> Vec<(usize, String)> {
    let Some(reason) = fails(suspects) else {
        return Vec::new();
    };
    let (left, right) = suspects.split_at(suspects.len() / 2);
    let mut found = Vec::new();
    if !left.is_empty() {
        found.extend(culprits(left, fails));
        found.extend(culprits(right, fails));
    }
    match found.is_empty() {
        true => suspects.iter().map(|&at| (at, reason.clone())).collect(),
        false => found,
    }
}

/// The text of the file at `path` with `changes` made.
///
/// # Errors
/// The reason why it must not be written.
fn new_text(
    path: &Utf8Path,
    changes: &[&Change],
    taken: &Taken,
    workspace: &Workspace,
    semantics: &Semantics,
) -> Result<New, String> {
    let Some(file) = workspace.files.get(path) else {
        let text = workspace
            .text(path)
            .ok_or("the file is not part of this run")?;
        let edits = resolve::edits_of(changes.iter().copied(), path);
        let new = resolve::is_disjoint(&edits).then(|| resolve::apply(text, &edits));
        let new = new.ok_or("its edits overlap")?;
        verify::document(path, &new)?;
        keeps_bytes(text, &edits, &new)?;
        return Ok(New {
            text: Arc::from(new),
            edits,
        });
    };
    let target = file.target.version;
    let module = Module::parse(semantics, path, file.text.clone(), target)
        .map_err(|problem| problem.message)?;
    let new = compose(&module, changes, taken).ok_or("its edits overlap")?;
    let kind = if module.is_stub() {
        PySourceType::Stub
    } else {
        PySourceType::Python
    };
    Before::of(&module).check(&new.text, kind, target)?;
    keeps_bytes(module.text(), &new.edits, &new.text)?;
    Ok(new)
}

/// Check what no syntax shows: that the edits leave the encoding and the newlines around them as they were.
///
/// # Errors
/// The reason why the new text must not be written.
fn keeps_bytes(text: &str, edits: &[(TextRange, String)], new: &str) -> Result<(), String> {
    if resolve::joins_newlines(text, edits) {
        return Err("a CR and an LF would become one newline".to_owned());
    }
    encoding::stays(new)
}

/// The text of `module` with `changes` and their imports; `None` when edits overlap after all.
fn compose(module: &Module<'_>, changes: &[&Change], taken: &Taken) -> Option<New> {
    let path = module.path();
    let mut edits = resolve::edits_of(changes.iter().copied(), path);
    let own = changes.iter().filter(|change| change.at.path == path);
    let (mut wanted, mut released) = (imports::Wanted::new(), Vec::new());
    let own: Vec<&&Change> = own.collect();
    let places: Vec<_> = own.iter().flat_map(|change| &change.places).collect();
    for change in own {
        wanted.extend(change.requires.iter().cloned());
        released.extend(change.releases.iter().copied());
    }
    let gone: Vec<TextRange> = edits
        .iter()
        .map(|(range, _)| *range)
        .filter(|range| !range.is_empty())
        .collect();
    let elsewhere = |name: &str| taken.has(path, name);
    edits.extend(imports::removals(module, &released, &gone, &elsewhere));
    put_before(&mut edits, imports::insertions(module, &wanted));
    edits.extend(imports::placements(module, &places));
    resolve::sort(&mut edits);
    if !places.is_empty() {
        imports::keep_separators(module, &mut edits);
    }
    if !resolve::is_disjoint(&edits) {
        return None;
    }
    let text = Arc::from(resolve::apply(module.text(), &edits));
    Some(New { text, edits })
}

/// Add `imports` to `edits`. Where a change inserts at the very place of an import, the import comes first.
fn put_before(edits: &mut Vec<(TextRange, String)>, imports: Vec<(TextRange, String)>) {
    for (range, text) in imports {
        let same = edits
            .iter_mut()
            .find(|(other, _)| range.is_empty() && *other == range);
        match same {
            Some((_, behind)) => behind.insert_str(0, &text),
            None => edits.push((range, text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::culprits;

    fn found(suspects: &[usize], bad: &dyn Fn(&[usize]) -> bool) -> Vec<usize> {
        let fails = |some: &[usize]| bad(some).then(|| "no".to_owned());
        culprits(suspects, &fails)
            .into_iter()
            .map(|(at, _)| at)
            .collect()
    }

    #[test]
    fn the_guilty_are_found_alone_and_the_others_go_free() {
        let all: Vec<usize> = (0..100).collect();
        assert_eq!(
            found(&all, &|some| some.contains(&7) || some.contains(&93)),
            [7, 93]
        );
        assert_eq!(found(&all, &|_| false), [0usize; 0]);
        let together = |some: &[usize]| some.contains(&1) && some.contains(&2);
        assert_eq!(found(&[1, 2, 3], &together), [1, 2, 3]);
    }
}
