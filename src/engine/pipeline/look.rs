//! Let a codemod look at files, and sort what it says.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxHashSet;

use super::make::Trees;
use super::pass::Pass;
use super::workspace::Workspace;
use crate::change::{Change, Changes, Note, Place, Refusal, Report, Safety};
use crate::codemod::{About, Scope};
use crate::config::suggest::did_you_mean;
use crate::facts::Facts;
use crate::imports;
use crate::module::{Kept, Module};
use crate::problem::Problem;
use crate::semantic::{Semantics, quietly};

/// What one file gave.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) path: Utf8PathBuf,
    /// Whatever their safety.
    pub(super) proposed: Vec<Change>,
    /// Names whose imports the changes that are asked for release; for a review all changes.
    pub(super) released: BTreeSet<String>,
    pub(super) notes: Vec<Note>,
    pub(super) refusals: Vec<Refusal>,
    pub(super) reports: Vec<Report>,
    pub(super) problem: Option<Problem>,
    /// The module, when there is something to change in it, or when another codemod will look at it.
    pub(super) kept: Option<Kept>,
}

/// What codemods that look at the same files have in common.
#[derive(Default)]
pub(super) struct Shelf {
    pub(super) trees: Trees,
    /// The files that codemods after the one of the moment will look at.
    pub(super) later: FxHashSet<Box<str>>,
}

impl Seen {
    fn broken(problem: Problem) -> Self {
        Self {
            path: problem.path.clone(),
            problem: Some(problem),
            ..Self::default()
        }
    }
}

impl Pass<'_> {
    /// Let the codemod look at each of `paths`.
    pub(super) fn look(
        &self,
        paths: &[Utf8PathBuf],
        shelf: &Shelf,
        workspace: &Workspace,
        semantics: &Semantics,
        facts: &Facts<'_>,
    ) -> Vec<Seen> {
        self.progress.expect(paths.len());
        paths
            .par_iter()
            .map_with(semantics.clone(), |semantics, path| {
                let seen = quietly(|| self.look_into(path, shelf, workspace, semantics, facts));
                let seen = seen.unwrap_or_else(|| {
                    let message = "could not be worked on (a fault of codemend); left alone";
                    Seen::broken(Problem::new(path, message))
                });
                self.progress.advance();
                seen
            })
            .collect()
    }

    fn look_into(
        &self,
        path: &Utf8Path,
        shelf: &Shelf,
        workspace: &Workspace,
        semantics: &Semantics,
        facts: &Facts<'_>,
    ) -> Seen {
        let Some(file) = workspace.files.get(path) else {
            return Seen::default();
        };
        // Comments of ours are read whoever looks.
        if !file.text.contains("codemend:") && !self.codemod.concerns(path, &file.text, facts) {
            return Seen::default();
        }
        let tree = shelf.trees.take(path).filter(|tree| tree.is_of(&file.text));
        let module = match tree.and_then(|tree| Module::again(semantics, path, tree)) {
            Some(module) => Ok(module),
            None => Module::parse(semantics, path, file.text.clone(), file.target.version),
        };
        match module {
            Ok(module) => {
                let line = |place: &Place| workspace.line_on_disk(place);
                let mut seen = self.look_at(&module, facts, file.settings.unsafe_fixes, line);
                if !file.parsed {
                    seen.reports.extend(self.unknown_names(&module));
                }
                // A codemod of the project looks at all files before it changes one: so many trees are not kept.
                let is_of_file = self.codemod.about().scope == Scope::File;
                let is_to_change = is_of_file && !seen.proposed.is_empty();
                let is_to_keep = is_to_change || shelf.later.contains(path.as_str());
                seen.kept = is_to_keep.then(|| module.keep());
                seen
            }
            Err(problem) => Seen::broken(problem),
        }
    }

    /// Names in suppression comments that are no codemods: what they were to keep is not kept.
    fn unknown_names(&self, module: &Module<'_>) -> Vec<Report> {
        let catalogue = self.request.catalogue.iter();
        let known: Vec<_> = catalogue.map(|codemod| codemod.about().name).collect();
        let unknown = module.suppressions().unknown_names(&known);
        let report = |(at, name): (TextSize, &str)| Report {
            codemod: "codemend",
            path: module.path().to_owned(),
            at: module.position(at),
            message: format!(
                "unknown codemod '{name}' in a suppression comment{}",
                did_you_mean(name, known.iter().copied())
            ),
            fingerprint: String::new(),
        };
        unknown.map(report).collect()
    }

    pub(super) fn look_at(
        &self,
        module: &Module<'_>,
        facts: &Facts<'_>,
        unsafe_fixes: bool,
        line: impl Fn(&Place) -> Option<usize>,
    ) -> Seen {
        let about = self.codemod.about();
        let mut changes = Changes::new(about.name, module.path());
        self.codemod.rewrite(module, facts, &mut changes);
        let mut seen = Seen {
            path: module.path().to_owned(),
            ..Seen::default()
        };
        for (place, reason) in changes.declined {
            let range = TextRange::from(place.range);
            seen.refusals
                .push(module.refusal(about.name, range, reason));
        }
        let report = |range: TextRange, message| Report {
            codemod: about.name,
            path: module.path().to_owned(),
            at: module.position(range.start()),
            message,
            fingerprint: String::new(),
        };
        for (place, message) in changes.reported {
            let range = TextRange::from(place.range);
            if kept(module, range, &about).is_none() {
                seen.reports.push(report(range, message.told(&line)));
            }
        }
        for note in changes.noted {
            let range = TextRange::from(note.at.range);
            match kept(module, range, &about) {
                Some(comment) => {
                    let reason = format!("kept by `{comment}`");
                    seen.refusals
                        .push(module.refusal(about.name, range, reason));
                }
                None => seen.notes.push(note),
            }
        }
        for mut change in changes.proposed {
            let range = TextRange::from(change.at.range);
            match kept(module, range, &about) {
                Some(comment) => {
                    let reason = format!("kept by `{comment}`");
                    seen.refusals
                        .push(module.refusal(about.name, range, reason));
                }
                None => {
                    let is_wanted = is_wanted(&change, unsafe_fixes);
                    let notice = change.notice.take().filter(|_| !is_wanted);
                    seen.reports.extend(notice.map(|it| report(range, it)));
                    let fallback = change.fallback.take().filter(|_| !is_wanted);
                    seen.proposed.push(change);
                    seen.proposed.extend(fallback.map(|one| *one));
                }
            }
        }
        let wanted = seen.proposed.iter();
        let all = self.request.review;
        let wanted = wanted.filter(|change| all || is_wanted(change, unsafe_fixes));
        seen.released = released_names(module, wanted);
        seen
    }
}

impl Pass<'_> {
    /// Let a codemod of the project look at it as a whole, with the notes of what was seen.
    pub(super) fn look_at_project(
        &self,
        seen: &mut [Seen],
        workspace: &Workspace,
        facts: &mut Facts<'_>,
    ) -> Option<Seen> {
        let about = self.codemod.about();
        if about.scope == Scope::File || self.request.stdin.is_some() {
            return None;
        }
        let mut notes: Vec<Note> = seen
            .iter_mut()
            .flat_map(|one| std::mem::take(&mut one.notes))
            .collect();
        notes.sort();
        facts.notes = notes;
        let mut changes = Changes::new(about.name, &workspace.bounds.project);
        self.codemod.rewrite_project(facts, &mut changes);
        let position =
            |place: &Place| workspace.here(&place.path, TextRange::from(place.range).start());
        let mut one = Seen {
            proposed: changes.proposed,
            ..Seen::default()
        };
        for (place, reason) in changes.declined {
            one.refusals.push(Refusal {
                codemod: about.name,
                at: position(&place),
                path: place.path,
                reason,
            });
        }
        for (place, message) in changes.reported {
            one.reports.push(Report {
                codemod: about.name,
                at: position(&place),
                path: place.path,
                message: message.told(|place| workspace.line_on_disk(place)),
                fingerprint: String::new(),
            });
        }
        Some(one)
    }
}

/// Whether a run that asks for unsafe changes or not asks for this one.
pub(super) fn is_wanted(change: &Change, unsafe_fixes: bool) -> bool {
    match change.safety {
        Safety::Safe => true,
        Safety::Unsafe => unsafe_fixes,
        Safety::Display => false,
    }
}

fn kept<'a>(module: &'a Module<'_>, range: TextRange, about: &About) -> Option<&'a str> {
    module.kept_by(range, about.name, about.rules)
}

fn released_names<'c>(
    module: &Module<'_>,
    changes: impl Iterator<Item = &'c Change>,
) -> BTreeSet<String> {
    let released: BTreeSet<_> = changes
        .flat_map(|change| &change.releases)
        .map(|range| range.start())
        .collect();
    if released.is_empty() {
        return BTreeSet::new();
    }
    imports::statements(module.suite())
        .iter()
        .flat_map(|import| {
            import
                .names
                .iter()
                .map(move |alias| (import.statement, alias))
        })
        .filter(|(_, alias)| released.contains(&alias.start()))
        .map(|(statement, alias)| imports::bound_name(statement, alias).to_owned())
        .collect()
}
