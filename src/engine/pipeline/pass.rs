//! One codemod over the files that it has something to say about, round by round until nothing is left to do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use camino::Utf8PathBuf;
use rayon::prelude::*;
use ruff_text_size::{Ranged, TextRange};

use super::workspace::Workspace;
use super::{Progress, Request, Text};
use crate::change::{Change, Changes, FileEdit, Refusal, Report, Safety};
use crate::codemod::{About, Codemod, Question};
use crate::facts::Facts;
use crate::imports;
use crate::module::Module;
use crate::patch::{FilePatch, Made, Outcome, Step};
use crate::problem::Problem;
use crate::resolve;
use crate::semantic::{Semantics, Taken};
use crate::target::PythonVersion;
use crate::verify::Before;

/// Rounds after which what still waits is refused. A round is needed only where two changes touch.
const ROUNDS: usize = 12;

pub(super) struct Pass<'a> {
    pub(super) codemod: &'a dyn Codemod,
    pub(super) request: &'a Request<'a>,
    pub(super) progress: &'a dyn Progress,
}

/// What one file gave.
#[derive(Default)]
struct Seen {
    path: Utf8PathBuf,
    proposed: Vec<Change>,
    /// Names whose imports the proposed changes release.
    released: BTreeSet<String>,
    made: Vec<Made>,
    withheld: Vec<Made>,
    refusals: Vec<Refusal>,
    reports: Vec<Report>,
    problem: Option<Problem>,
}

/// A new text, and what must hold of it.
struct Planned {
    path: Utf8PathBuf,
    old: Text,
    new: Text,
    target: PythonVersion,
    before: Before,
}

impl Pass<'_> {
    /// Run the codemod. `None` when no file's settings choose it.
    pub(super) fn run(
        &self,
        workspace: &mut Workspace,
        semantics: &mut Semantics,
        outcome: &mut Outcome,
    ) -> Option<Step> {
        let about = self.codemod.about();
        let triggers = AhoCorasick::new(self.codemod.triggers()).ok()?;
        let mut candidates: Vec<Utf8PathBuf> = workspace
            .files
            .par_iter()
            .filter(|(_, file)| !file.broken && file.settings.codemods.contains(&about.name))
            .filter(|(path, file)| !file.settings.ignores_for(path).contains(&about.name))
            .filter(|(_, file)| !self.request.prefilter || triggers.is_match(file.text.as_bytes()))
            .map(|(path, _)| path.clone())
            .collect();
        if candidates.is_empty() {
            return None;
        }
        let root = workspace.root.clone();
        let facts = Facts {
            configuration: self.request.configuration,
            answers: self.answers(workspace, semantics),
            root: &root,
        };
        let first: BTreeMap<Utf8PathBuf, Text> = candidates
            .iter()
            .filter_map(|path| Some((path.clone(), workspace.files.get(path)?.text.clone())))
            .collect();
        let mut step = Step {
            codemod: about.name,
            files: Vec::new(),
            changes: Vec::new(),
        };
        for round in 0..ROUNDS {
            let seen = self.look(&candidates, workspace, semantics, &facts);
            let (changes, made, released) = take_in(seen, round, workspace, outcome);
            let resolution = resolve::resolve(changes);
            let taken = self.taken_elsewhere(&released, workspace, semantics);
            let accepted = self.make(resolution.accepted, &taken, workspace, semantics, outcome);
            let places: BTreeSet<_> = accepted
                .iter()
                .map(|change| (&change.at, &change.title))
                .collect();
            step.changes.extend(
                made.into_iter()
                    .filter(|(place, one)| places.contains(&(place, &one.title)))
                    .map(|(_, one)| one),
            );
            let mut again: BTreeSet<Utf8PathBuf> = accepted
                .iter()
                .flat_map(|change| &change.edits)
                .map(|edit| edit.path().to_owned())
                .collect();
            if again.is_empty() {
                break;
            }
            if round + 1 == ROUNDS {
                outcome
                    .refusals
                    .extend(resolution.deferred.iter().filter_map(|change| {
                        let text = &workspace.files.get(&change.at.path)?.text;
                        Some(refuse(change, text, "overlaps another change"))
                    }));
            }
            again.retain(|path| workspace.files.contains_key(path));
            candidates = again.into_iter().collect();
        }
        step.files = first
            .into_iter()
            .filter_map(|(path, before)| {
                let after = workspace.files.get(&path)?.text.clone();
                (before != after).then_some(FilePatch {
                    path,
                    before: Some(before),
                    after,
                })
            })
            .collect();
        step.changes.sort();
        Some(step)
    }

    /// Answer the codemod's questions about the project.
    fn answers(
        &self,
        workspace: &mut Workspace,
        semantics: &Semantics,
    ) -> BTreeMap<&'static str, Utf8PathBuf> {
        let questions = self.codemod.questions();
        if questions.is_empty() {
            return BTreeMap::new();
        }
        let asked = |question: &Question| {
            let project = workspace.project(self.request);
            let yes = project.par_iter().map_with(
                semantics.clone(),
                |semantics, (path, text, target)| {
                    let has_words = question.words.iter().all(|word| text.contains(word));
                    let module = has_words
                        .then(|| Module::parse(semantics, path, text.clone(), target.version));
                    matches!(module, Some(Ok(module)) if (question.ask)(&module))
                        .then(|| path.clone())
                },
            );
            yes.flatten().min().map(|path| (question.key, path))
        };
        let mut asked = asked;
        questions
            .iter()
            .filter_map(|question| asked(question))
            .collect()
    }

    /// Let the codemod look at each of `paths`.
    fn look(
        &self,
        paths: &[Utf8PathBuf],
        workspace: &Workspace,
        semantics: &Semantics,
        facts: &Facts<'_>,
    ) -> Vec<Seen> {
        self.progress.expect(paths.len());
        paths
            .par_iter()
            .map_with(semantics.clone(), |semantics, path| {
                let seen = match workspace.files.get(path) {
                    Some(file) => {
                        match Module::parse(semantics, path, file.text.clone(), file.target.version)
                        {
                            Ok(module) => self.look_at(&module, facts, file.settings.unsafe_fixes),
                            Err(problem) => Seen {
                                path: path.clone(),
                                problem: Some(problem),
                                ..Seen::default()
                            },
                        }
                    }
                    None => Seen::default(),
                };
                self.progress.advance();
                seen
            })
            .collect()
    }

    fn look_at(&self, module: &Module<'_>, facts: &Facts<'_>, unsafe_fixes: bool) -> Seen {
        let about = self.codemod.about();
        let mut changes = Changes::new(about.name, module.path());
        self.codemod.rewrite(module, facts, &mut changes);
        let mut seen = Seen {
            path: module.path().to_owned(),
            ..Seen::default()
        };
        for (range, reason) in changes.declined {
            seen.refusals
                .push(module.refusal(about.name, range, reason));
        }
        for (range, message) in changes.reported {
            if kept(module, range, &about).is_none() {
                let at = module.position(range.start());
                let path = module.path().to_owned();
                seen.reports.push(Report {
                    codemod: about.name,
                    path,
                    at,
                    message,
                });
            }
        }
        for change in changes.proposed {
            let range = TextRange::from(change.at.range);
            if let Some(comment) = kept(module, range, &about) {
                let reason = format!("kept by `{comment}`");
                seen.refusals
                    .push(module.refusal(about.name, range, reason));
                continue;
            }
            let made = Made {
                path: module.path().to_owned(),
                at: module.position(range.start()),
                codemod: about.name,
                title: change.title.clone(),
                safety: change.safety,
                why: change.why.clone(),
            };
            let wanted = match change.safety {
                Safety::Safe => true,
                Safety::Unsafe => unsafe_fixes,
                Safety::Display => false,
            };
            if wanted {
                seen.proposed.push(change);
                seen.made.push(made);
            } else {
                seen.withheld.push(made);
            }
        }
        seen.released = released_names(module, &seen.proposed);
        seen
    }

    /// Which of the names in `released` another file of the project takes, and from which file.
    fn taken_elsewhere(
        &self,
        released: &BTreeSet<String>,
        workspace: &mut Workspace,
        semantics: &Semantics,
    ) -> Taken {
        if released.is_empty() {
            return Taken::new();
        }
        let Ok(words) = AhoCorasick::new(released) else {
            return Taken::new();
        };
        workspace
            .project(self.request)
            .par_iter()
            .map_with(semantics.clone(), |semantics, (path, text, target)| {
                if !words.is_match(text.as_bytes()) {
                    return Taken::new();
                }
                match Module::parse(semantics, path, text.clone(), target.version) {
                    Ok(module) => module.names().taken(released),
                    Err(_) => Taken::new(),
                }
            })
            .reduce(Taken::new, |mut all, some| {
                all.extend(some);
                all
            })
    }

    /// Make `changes` in the workspace. Those whose result does not hold are refused, alone. Gives what was made.
    fn make(
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
        let mut touching: BTreeMap<&camino::Utf8Path, Vec<&Change>> = BTreeMap::new();
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

/// Put what was seen into the outcome; gives the changes to make, with how they will be told, and the names released.
/// What a later round says about a place has been said before.
fn take_in(
    seen: Vec<Seen>,
    round: usize,
    workspace: &mut Workspace,
    outcome: &mut Outcome,
) -> (
    Vec<Change>,
    Vec<(crate::change::Place, Made)>,
    BTreeSet<String>,
) {
    let (mut changes, mut made, mut released) = (Vec::new(), Vec::new(), BTreeSet::new());
    for one in seen {
        if let Some(file) = workspace.files.get_mut(&one.path) {
            file.parsed = true;
            file.broken |= one.problem.is_some();
        }
        outcome.problems.extend(one.problem);
        if round == 0 {
            outcome.refusals.extend(one.refusals);
            outcome.reports.extend(one.reports);
            outcome.withheld.extend(one.withheld);
        }
        made.extend(
            one.proposed
                .iter()
                .map(|change| change.at.clone())
                .zip(one.made),
        );
        changes.extend(one.proposed);
        released.extend(one.released);
    }
    (changes, made, released)
}

fn kept<'a>(module: &'a Module<'_>, range: TextRange, about: &About) -> Option<&'a str> {
    module
        .suppressions()
        .keeping(module, range, about.name, about.rules)
}

fn refuse(change: &Change, text: &str, reason: &str) -> Refusal {
    let range = TextRange::from(change.at.range);
    Refusal {
        codemod: change.codemod,
        path: change.at.path.clone(),
        at: crate::problem::LineColumn::of(text, range.start().to_usize()),
        reason: reason.to_owned(),
    }
}

fn released_names(module: &Module<'_>, changes: &[Change]) -> BTreeSet<String> {
    let released: BTreeSet<_> = changes
        .iter()
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
