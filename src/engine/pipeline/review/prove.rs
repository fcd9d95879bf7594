//! The proof that a table of choices gives what the codemods would have written.

use std::collections::BTreeSet;

use camino::Utf8Path;
use ruff_text_size::{TextRange, TextSize};

use super::super::Text;
use super::super::make::keeps_bytes;
use super::super::workspace::Workspace;
use super::layered::{self, Numbered, merged};
use super::regions::{self, Apart};
use crate::change::{Change, FileEdit};
use crate::module::Module;
use crate::resolve;
use crate::review::{ChangeId, Replacement, ReviewedFile};
use crate::semantic::{Semantics, Taken};
use crate::verify::{self, Before};

/// Choices of each kind that are tried at most.
const TRIALS: usize = 24;

/// The edits of one file, sorted.
type Edits = Vec<(TextRange, String)>;

/// A file as it is on disk, ready for changes.
pub(super) struct Sheet<'a> {
    path: &'a Utf8Path,
    text: Text,
    /// `None` for a manifest, and for a file that is made.
    module: Option<Module<'a>>,
    taken: &'a Taken,
}

impl<'a> Sheet<'a> {
    /// The file at `path`, whose text on disk is `before`; `None` when it cannot be read as what it is.
    pub(super) fn of(
        path: &'a Utf8Path,
        before: Option<Text>,
        workspace: &Workspace,
        taken: &'a Taken,
        semantics: &'a Semantics,
    ) -> Option<Self> {
        let text = before.unwrap_or_default();
        let module = match workspace.files.get(path) {
            None => None,
            Some(file) => {
                let target = file.target.version;
                Some(Module::parse(semantics, path, text.clone(), target).ok()?)
            }
        };
        Some(Self {
            path,
            text,
            module,
            taken,
        })
    }

    pub(super) fn regions(&self, changes: &[Numbered<'_>]) -> Option<Apart> {
        match &self.module {
            Some(module) => {
                let elsewhere = |name: &str| self.taken.has(self.path, name);
                regions::regions(module, changes, &elsewhere)
            }
            None => regions::plain(self.path, changes),
        }
    }

    /// The edits that `changes` and their imports make here; `None` when the result does not hold.
    pub(super) fn made(&self, changes: &[Numbered<'_>]) -> Option<Edits> {
        let edits = match &self.module {
            Some(module) => {
                let elsewhere = |name: &str| self.taken.has(self.path, name);
                layered::compose(module, changes, &elsewhere)?
            }
            None => self.made_document(changes)?,
        };
        self.passes(&edits, changes).then_some(edits)
    }

    /// Whether `edits`, those of `changes`, make a text that may be written.
    fn passes(&self, edits: &Edits, changes: &[Numbered<'_>]) -> bool {
        let text = resolve::apply(&self.text, edits);
        let Some(module) = &self.module else {
            return verify::document(self.path, &text).is_ok();
        };
        let changes: Vec<&Change> = changes.iter().map(|one| one.change).collect();
        let gate = Before::of(module);
        let checked = gate.check(&text, edits, &changes);
        checked.is_ok() && keeps_bytes(&self.text, edits, &text).is_ok()
    }

    fn made_document(&self, changes: &[Numbered<'_>]) -> Option<Edits> {
        let created = changes.iter().flat_map(|one| &one.change.edits);
        let mut created = created.filter_map(|edit| match edit {
            FileEdit::Create { path, content } if path == self.path => Some(content),
            _ => None,
        });
        if let Some(content) = created.next() {
            return Some(vec![(TextRange::default(), content.clone())]);
        }
        let edits = resolve::edits_of(changes.iter().map(|one| one.change), self.path);
        resolve::is_disjoint(&edits).then_some(edits)
    }

    /// Whether `file` gives `after` for all `changes`, and for some choices of them, in which `tied` ones go together,
    /// what making just those gives.
    pub(super) fn proves(
        &self,
        file: &ReviewedFile,
        changes: &[Numbered<'_>],
        after: &str,
        tied: &[Vec<ChangeId>],
    ) -> bool {
        let all: BTreeSet<ChangeId> = changes.iter().map(|one| one.id).collect();
        if self.told(file, &all) != *after {
            return false;
        }
        trials(&all).iter().all(|choice| {
            let choice = together(choice, tied);
            let some = changes.iter().filter(|one| choice.contains(&one.id));
            let some: Vec<Numbered<'_>> = some.copied().collect();
            self.made(&some)
                .is_some_and(|edits| self.agrees(file, &choice, &edits, &some))
        })
    }

    /// Whether the tables of `file` give for `choice` what `edits`, those of `changes`, make. New imports may stand in
    /// another order: the first change that wants one says where it stands.
    fn agrees(
        &self,
        file: &ReviewedFile,
        choice: &BTreeSet<ChangeId>,
        edits: &Edits,
        changes: &[Numbered<'_>],
    ) -> bool {
        let (made, told) = (resolve::apply(&self.text, edits), self.told(file, choice));
        if made == told {
            return true;
        }
        let sorted = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort_unstable();
            lines
        };
        let range = |edit: &&Replacement| {
            let size = |at: usize| TextSize::new(u32::try_from(at).unwrap_or(u32::MAX));
            (
                TextRange::new(size(edit.from), size(edit.to)),
                edit.text.clone(),
            )
        };
        let edits: Edits = file.edits(choice).iter().map(range).collect();
        sorted(&made) == sorted(&told) && self.passes(&merged(&[&edits]), changes)
    }

    /// What the tables of `file` give for a choice.
    fn told(&self, file: &ReviewedFile, choice: &BTreeSet<ChangeId>) -> String {
        let patch = file.compose(choice);
        patch.map_or_else(|| self.text.to_string(), |patch| patch.after.to_string())
    }
}

/// `choice` with all that is tied to what it holds.
fn together(choice: &BTreeSet<ChangeId>, tied: &[Vec<ChangeId>]) -> BTreeSet<ChangeId> {
    let mut choice = choice.clone();
    loop {
        let before = choice.len();
        for ids in tied {
            if ids.iter().any(|id| choice.contains(id)) {
                choice.extend(ids);
            }
        }
        if choice.len() == before {
            return choice;
        }
    }
}

/// Choices out of `all` to try: each change alone, each left out, and some at random. No more than a few of each kind,
/// spread evenly.
fn trials(all: &BTreeSet<ChangeId>) -> Vec<BTreeSet<ChangeId>> {
    let ids: Vec<ChangeId> = all.iter().copied().collect();
    let mut trials = vec![all.clone()];
    if ids.len() == 1 {
        return trials;
    }
    let step = ids.len().div_ceil(TRIALS);
    for id in ids.iter().step_by(step) {
        trials.push(BTreeSet::from([*id]));
        if ids.len() > 2 {
            let mut others = all.clone();
            others.remove(id);
            trials.push(others);
        }
    }
    // The same choices in every run.
    let mut random = fastrand::Rng::with_seed(ids.len() as u64);
    for _ in 0..TRIALS / 6 {
        let some = ids.iter().copied().filter(|_| random.bool());
        trials.push(some.collect());
    }
    trials.retain(|choice| !choice.is_empty());
    trials.dedup();
    trials
}
