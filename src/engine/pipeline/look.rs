//! Let a codemod look at files, and sort what it says.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use rayon::prelude::*;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::AT_ONCE;
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
    /// The module, when there is something to change in it.
    pub(super) kept: Option<Kept>,
}

/// A codemod that looks at files, alone or with others.
pub(super) struct Looker<'l> {
    pub(super) pass: &'l Pass<'l>,
    pub(super) facts: &'l Facts<'l>,
}

/// A file, and the lookers (by index) that have to look at it, one after the other.
pub(super) struct Due {
    pub(super) path: Utf8PathBuf,
    pub(super) lookers: Vec<usize>,
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

/// Let `lookers` look at each file that is due, one after the other, until one has something to change there that is asked
/// for: those after it must see what it leaves. Gives what was seen, for each file, and the looker (by index).
pub(super) fn look_through(
    lookers: &[Option<Looker<'_>>],
    due: &[Due],
    trees: &Trees,
    workspace: &Workspace,
    semantics: &Semantics,
) -> Vec<Vec<(usize, Seen)>> {
    let progress = lookers.iter().flatten().next().map(|one| one.pass.progress);
    progress.inspect(|it| it.expect(due.len()));
    due.par_iter()
        .with_max_len(AT_ONCE)
        .map_with(semantics.clone(), |semantics, due| {
            let mut seen = Vec::new();
            let looked =
                quietly(|| look_into(lookers, due, trees, workspace, semantics, &mut seen));
            if let (None, Some((_, last))) = (looked, seen.last_mut()) {
                let message = "could not be worked on (a fault of codemend); left alone";
                *last = Seen::broken(Problem::new(&due.path, message));
            }
            progress.inspect(|it| it.advance());
            seen
        })
        .collect()
}

/// The last of `all` is the look that is under way.
fn look_into(
    lookers: &[Option<Looker<'_>>],
    Due { path, lookers: due }: &Due,
    trees: &Trees,
    workspace: &Workspace,
    semantics: &Semantics,
    all: &mut Vec<(usize, Seen)>,
) {
    let Some(file) = workspace.files.get(path) else {
        return;
    };
    // Comments of ours are read whoever looks.
    let is_told = file.text.contains("codemend:");
    let mut parsed = None;
    for &at in due {
        let Some(Looker { pass, facts }) = &lookers[at] else {
            continue;
        };
        all.push((at, Seen::default()));
        if !is_told && !pass.codemod.concerns(path, &file.text, facts) {
            all.pop();
            continue;
        }
        let module = match &parsed {
            Some(module) => module,
            None => {
                let tree = trees.take(path).filter(|tree| tree.is_of(&file.text));
                let again = tree.and_then(|tree| Module::again(semantics, path, tree));
                let version = file.target.version;
                let module = match again {
                    Some(module) => Ok(module),
                    None => Module::parse(semantics, path, file.text.clone(), version),
                };
                match module {
                    Ok(module) => parsed.insert(module),
                    Err(problem) => {
                        all.pop();
                        return all.push((at, Seen::broken(problem)));
                    }
                }
            }
        };
        let is_unsafe_wanted = file.settings.unsafe_fixes;
        let line = |place: &Place| workspace.line_on_disk(place);
        let mut seen = pass.look_at(module, facts, is_unsafe_wanted, line);
        if !file.parsed && all.len() == 1 {
            seen.reports.extend(pass.unknown_names(module));
        }
        let mut proposed = seen.proposed.iter();
        let is_to_change = proposed.any(|change| is_wanted(change, is_unsafe_wanted));
        // A codemod of the project looks at all files before it changes one: so many trees are not kept.
        let is_to_keep = is_to_change && pass.codemod.about().scope == Scope::File;
        seen.kept = is_to_keep
            .then(|| parsed.take().map(Module::keep))
            .flatten();
        all.pop();
        all.push((at, seen));
        if is_to_change {
            return;
        }
    }
}

impl Pass<'_> {
    /// Let the codemod look at each of `paths`, which are sorted.
    pub(super) fn look(
        &self,
        paths: &[Utf8PathBuf],
        workspace: &Workspace,
        semantics: &Semantics,
        facts: &Facts<'_>,
    ) -> Vec<Seen> {
        let looker = Some(Looker { pass: self, facts });
        let due = paths.iter().map(|path| Due {
            path: path.clone(),
            lookers: vec![0],
        });
        let due: Vec<Due> = due.collect();
        let seen = look_through(&[looker], &due, &Trees::default(), workspace, semantics);
        seen.into_iter().flatten().map(|(_, seen)| seen).collect()
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
