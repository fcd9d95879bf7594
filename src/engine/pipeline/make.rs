//! Make the accepted changes: new texts, their imports, and the proof that they hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use ruff_text_size::TextRange;
use rustc_hash::FxHashMap;

use super::look::Seen;
use super::pass::{Pass, refuse};
use super::workspace::Workspace;
use super::{AT_ONCE, Text};
use crate::change::{Change, Refusal};
use crate::encoding;
use crate::imports;
use crate::module::{Kept, Module};
use crate::patch::Outcome;
use crate::problem::Problem;
use crate::resolve;
use crate::semantic::{Semantics, Taken, quietly};
use crate::verify::{self, Before};

/// What becomes of a file: its new text, or why that does not hold.
type Planned = (Utf8PathBuf, Result<New, Fault>);

/// Why a new text must not be written.
#[derive(Debug, Clone)]
struct Fault {
    reason: String,
    /// The syntax tree differs where no change says so: that is a fault of codemend and not of the text.
    of_tree: bool,
}

impl From<String> for Fault {
    fn from(reason: String) -> Self {
        Self {
            reason,
            of_tree: false,
        }
    }
}

impl From<&str> for Fault {
    fn from(reason: &str) -> Self {
        reason.to_owned().into()
    }
}

/// What is made sure of before a change counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// What `verify::Before` checks.
    Gate,
    /// That, and that the syntax tree differs only where the changes say.
    Tree,
}

/// Modules that a codemod has just looked at, each for one use.
#[derive(Default)]
pub(super) struct Trees(FxHashMap<Box<str>, Mutex<Option<Kept>>>);

impl Trees {
    /// Keep those of `seen`.
    pub(super) fn put(&mut self, seen: &mut [Seen]) {
        let kept = seen.iter_mut().filter_map(|one| {
            let kept = one.kept.take()?;
            Some((one.path.as_str().into(), Mutex::new(Some(kept))))
        });
        self.0.extend(kept);
    }

    pub(super) fn take(&self, path: &Utf8Path) -> Option<Kept> {
        self.0.get(path.as_str())?.lock().ok()?.take()
    }
}

/// A new text, and the edits (sorted) that made it.
pub(super) struct New {
    pub(super) text: Text,
    pub(super) edits: Vec<(TextRange, String)>,
}

impl Pass<'_> {
    /// Work out `changes`. Those whose result does not hold are refused, alone. Gives what is to be made, and the new
    /// texts. Of the modules in `trees` none is parsed anew.
    pub(super) fn make(
        &self,
        mut changes: Vec<Change>,
        trees: &Trees,
        taken: &Taken,
        workspace: &Workspace,
        semantics: &Semantics,
        outcome: &mut Outcome,
    ) -> (Vec<Change>, Vec<(Utf8PathBuf, New)>) {
        while !changes.is_empty() {
            let planned = self.plan(&changes, trees, taken, workspace, semantics);
            let failures: BTreeSet<Utf8PathBuf> = planned
                .iter()
                .filter(|(_, new)| new.is_err())
                .map(|(path, _)| path.clone())
                .collect();
            if failures.is_empty() {
                let new = planned.into_iter();
                let new = new.filter_map(|(path, new)| Some((path, new.ok()?)));
                return (changes, new.collect());
            }
            let guilty = self.guilty(&changes, &failures, taken, workspace, semantics);
            let mut at = 0;
            changes.retain(|change| {
                at += 1;
                let Some(fault) = guilty.get(&(at - 1)) else {
                    return true;
                };
                let refusal = refuse(change, workspace, &fault.reason);
                outcome
                    .faults
                    .extend(fault.of_tree.then(|| broken(&refusal)));
                outcome.refusals.push(refusal);
                false
            });
        }
        (changes, Vec::new())
    }

    /// The changes (by index) that break one of the files `failures`, each with the reason. At least one.
    fn guilty(
        &self,
        changes: &[Change],
        failures: &BTreeSet<Utf8PathBuf>,
        taken: &Taken,
        workspace: &Workspace,
        semantics: &Semantics,
    ) -> BTreeMap<usize, Fault> {
        let fails = |some: &[usize]| {
            let some: Vec<Change> = some.iter().map(|&at| changes[at].clone()).collect();
            let planned = self.plan(&some, &Trees::default(), taken, workspace, semantics);
            planned.into_iter().find_map(|(_, new)| new.err())
        };
        let mut guilty = BTreeMap::new();
        for path in failures {
            let touching: Vec<usize> = (0..changes.len())
                .filter(|&at| changes[at].edits.iter().any(|edit| edit.path() == path))
                .collect();
            let mut found = culprits(&touching, &fails);
            if found.is_empty() {
                // What failed a moment ago and does not now is nothing to build on.
                let fault = Fault::from("its result could not be verified twice");
                found.extend(touching.iter().map(|&at| (at, fault.clone())));
            }
            guilty.extend(found);
        }
        guilty
    }

    /// The new text of every file that `changes` touch, with the imports that they need and release, checked.
    fn plan(
        &self,
        changes: &[Change],
        trees: &Trees,
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
        let touching: Vec<_> = touching.into_iter().collect();
        touching
            .into_par_iter()
            .with_max_len(AT_ONCE)
            .map_with(semantics.clone(), |semantics, (path, changes)| {
                let path = Utf8Path::new(path);
                let tree = trees.take(path);
                let new =
                    quietly(|| self.new_text(path, &changes, tree, taken, workspace, semantics));
                let new = new.unwrap_or_else(|| Err("the edits could not be worked out".into()));
                (path.to_owned(), new)
            })
            .collect()
    }

    /// The text of the file at `path` with `changes` made.
    ///
    /// # Errors
    /// The reason why it must not be written.
    fn new_text(
        &self,
        path: &Utf8Path,
        changes: &[&Change],
        tree: Option<Kept>,
        taken: &Taken,
        workspace: &Workspace,
        semantics: &Semantics,
    ) -> Result<New, Fault> {
        let Some(file) = workspace.files.get(path) else {
            return new_document(path, changes, workspace);
        };
        let target = file.target.version;
        let module = match tree.and_then(|tree| Module::again(semantics, path, tree)) {
            Some(module) => module,
            None => Module::parse(semantics, path, file.text.clone(), target)
                .map_err(|problem| problem.message)?,
        };
        let new = compose(&module, changes, taken).ok_or("its edits overlap")?;
        let after = Before::of(&module).check(&new.text, &new.edits, changes)?;
        keeps_bytes(module.text(), &new.edits, &new.text)?;
        if self.proof == Proof::Gate {
            return Ok(new);
        }
        let here = changes.iter().copied();
        let here = here.filter(|change| change.at.path == path);
        let places: Vec<TextRange> = here.flat_map(declared).collect();
        let fault = |reason| Fault {
            reason,
            of_tree: true,
        };
        after.reads_like(&module, &places).map_err(fault)?;
        Ok(new)
    }
}

/// How often a file is made anew to find the culprits. Each takes about twice the logarithm of the changes.
const TRIALS: usize = 128;

/// Those of `suspects` that make `fails` give a reason, found by halves. All of them when it takes several together, or
/// when there are so many culprits that nobody can look for each.
fn culprits(suspects: &[usize], fails: &dyn Fn(&[usize]) -> Option<Fault>) -> Vec<(usize, Fault)> {
    narrow(suspects, fails, &mut TRIALS.clone())
}

/// The same with `trials` left; when there are none, half a crowd is as guilty as the whole.
fn narrow(
    suspects: &[usize],
    fails: &dyn Fn(&[usize]) -> Option<Fault>,
    trials: &mut usize,
) -> Vec<(usize, Fault)> {
    let Some(reason) = fails(suspects) else {
        return Vec::new();
    };
    *trials = trials.saturating_sub(1);
    if *trials == 0 {
        return suspects.iter().map(|&at| (at, reason.clone())).collect();
    }
    let (left, right) = suspects.split_at(suspects.len() / 2);
    let mut found = Vec::new();
    if !left.is_empty() {
        found.extend(narrow(left, fails, trials));
        found.extend(narrow(right, fails, trials));
    }
    match found.is_empty() {
        true => suspects.iter().map(|&at| (at, reason.clone())).collect(),
        false => found,
    }
}

/// The text of the file at `path`, which is no module, with `changes` made.
///
/// # Errors
/// The reason why it must not be written.
fn new_document(path: &Utf8Path, changes: &[&Change], workspace: &Workspace) -> Result<New, Fault> {
    let text = workspace
        .text(path)
        .ok_or("the file is not part of this run")?;
    let edits = resolve::edits_of(changes.iter().copied(), path);
    let new = resolve::is_disjoint(&edits).then(|| resolve::apply(text, &edits));
    let new = new.ok_or("its edits overlap")?;
    verify::document(path, &new)?;
    keeps_bytes(text, &edits, &new)?;
    Ok(New {
        text: Arc::from(new),
        edits,
    })
}

/// Where `change` says, besides its edits, that its own file reads otherwise.
fn declared(change: &Change) -> impl Iterator<Item = TextRange> {
    let at = TextRange::from(change.at.range);
    std::iter::once(at).chain(change.regroups.iter().copied())
}

/// What is said of a change that was refused because the tree differs elsewhere.
fn broken(refusal: &Refusal) -> Problem {
    let message = format!(
        "a change was left out: {} [{}]",
        refusal.reason, refusal.codemod
    );
    Problem::new(&refusal.path, message)
        .at(refusal.at)
        .help("this is a fault of codemend; please report it")
}

/// Check what no syntax shows: that the edits leave the encoding and the newlines around them as they were.
///
/// # Errors
/// The reason why the new text must not be written.
pub(super) fn keeps_bytes(
    text: &str,
    edits: &[(TextRange, String)],
    new: &str,
) -> Result<(), String> {
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
    imports::put_before(&mut edits, imports::insertions(module, &wanted));
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

#[cfg(test)]
mod tests {
    use super::culprits;

    fn found(suspects: &[usize], bad: &dyn Fn(&[usize]) -> bool) -> Vec<usize> {
        let fails = |some: &[usize]| bad(some).then(|| "no".into());
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

    #[test]
    fn a_crowd_of_culprits_takes_a_bounded_search() {
        let all: Vec<usize> = (0..100_000).collect();
        let trials = std::cell::Cell::new(0);
        let bad = |_: &[usize]| {
            trials.set(trials.get() + 1);
            true
        };
        assert_eq!(found(&all, &bad), all);
        assert!(trials.get() <= 200, "{}", trials.get());
    }
}
