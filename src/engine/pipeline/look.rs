//! Let a codemod look at files, and sort what it says.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::pass::Pass;
use super::workspace::Workspace;
use crate::change::{Change, Changes, Refusal, Report, Safety};
use crate::codemod::About;
use crate::config::suggest::did_you_mean;
use crate::facts::Facts;
use crate::imports;
use crate::module::Module;
use crate::patch::Made;
use crate::problem::Problem;
use crate::semantic::{Semantics, quietly};

/// What one file gave.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) path: Utf8PathBuf,
    pub(super) proposed: Vec<Change>,
    /// Names whose imports the proposed changes release.
    pub(super) released: BTreeSet<String>,
    pub(super) made: Vec<Made>,
    pub(super) withheld: Vec<Made>,
    pub(super) refusals: Vec<Refusal>,
    pub(super) reports: Vec<Report>,
    pub(super) problem: Option<Problem>,
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
        workspace: &Workspace,
        semantics: &Semantics,
        facts: &Facts<'_>,
    ) -> Vec<Seen> {
        self.progress.expect(paths.len());
        paths
            .par_iter()
            .map_with(semantics.clone(), |semantics, path| {
                let seen = quietly(|| self.look_into(path, workspace, semantics, facts));
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
        workspace: &Workspace,
        semantics: &Semantics,
        facts: &Facts<'_>,
    ) -> Seen {
        let Some(file) = workspace.files.get(path) else {
            return Seen::default();
        };
        match Module::parse(semantics, path, file.text.clone(), file.target.version) {
            Ok(module) => {
                let mut seen = self.look_at(&module, facts, file.settings.unsafe_fixes);
                if !file.parsed {
                    seen.reports.extend(self.unknown_names(&module));
                }
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
        };
        unknown.map(report).collect()
    }

    pub(super) fn look_at(
        &self,
        module: &Module<'_>,
        facts: &Facts<'_>,
        unsafe_fixes: bool,
    ) -> Seen {
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
}

fn kept<'a>(module: &'a Module<'_>, range: TextRange, about: &About) -> Option<&'a str> {
    module
        .suppressions()
        .keeping(module, range, about.name, about.rules)
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
