//! What a project lists, what it lacks, and the change that adds it.

use camino::Utf8Path;
use codemend_engine::change::{Changes, FileEdit};
use codemend_engine::manifests::{
    Directory, Found, Home, Kind, Manifests, NewRequirement, Refused, covers,
};
use codemend_engine::syntax::TextRange;
use codemend_engine::target::PythonVersion;

const NAME: &str = "email-validator";
/// Whoever needs email-validator through Pydantic lists one of these.
const BESIDE: [&str; 2] = ["pydantic", "fastapi"];

/// A project that needs email-validator.
pub struct Need<'a> {
    pub manifests: &'a Manifests,
    pub directory: &'a Directory,
    /// The lowest Python that the project runs on.
    pub lowest: PythonVersion,
    /// The name that needs it.
    pub name: &'a str,
}

impl<'a> Need<'a> {
    /// Whether any list, also one for tests, brings it.
    pub fn is_listed_anywhere(&self) -> bool {
        let mut all = self.manifests.requirements(self.directory);
        all.any(|found| *found.kind != Kind::Constraint && brings(&found))
    }

    /// Whether the project always has it.
    pub fn is_met(&self) -> bool {
        let listed = self.bringing(&Kind::Runtime);
        let right = listed.iter().filter(|found| self.is_right(found));
        covers(right.map(|found| found.requirement), self.lowest)
    }

    /// Point at the lists that name Pydantic or FastAPI and do without, where another list has it.
    pub fn report_gaps(&self, changes: &mut Changes) {
        let homes = self.manifests.homes(self.directory, &BESIDE);
        for home in homes.unwrap_or_default() {
            let mut installed = self.manifests.installed_with(self.directory, &home);
            if *home.kind == Kind::Runtime && !installed.any(|found| brings(&found)) {
                let line = home.line_of(&BESIDE);
                let file = home.manifest.path.file_name().unwrap_or_default();
                let message = format!("{file} does without {NAME}, which another manifest lists");
                self.report(changes, &home.manifest.path, line, message);
            }
        }
    }

    /// Add what is missing, or say why a person must.
    pub fn meet(&self, changes: &mut Changes) {
        if self.report_listed(changes) || self.report_constraint(changes) {
            return;
        }
        let homes = match self.manifests.homes(self.directory, &BESIDE) {
            Ok(homes) => homes,
            Err(refused) => return self.report_refused(changes, &refused),
        };
        let optional = homes.iter().find(|home| *home.kind != Kind::Runtime);
        if optional.is_some_and(|home| !self.bringing(home.kind).is_empty()) {
            return;
        }
        self.add(&homes, changes);
    }

    fn add(&self, homes: &[Home<'_>], changes: &mut Changes) {
        let wanted = NewRequirement {
            name: NAME,
            specifier: self.specifier(),
        };
        let mut edits = Vec::new();
        for home in homes {
            match self.manifests.addition(home, &wanted) {
                Ok(addition) => {
                    edits.extend(
                        addition
                            .edits
                            .into_iter()
                            .map(|(range, text)| FileEdit::Text {
                                path: addition.path.clone(),
                                range,
                                replacement: text,
                            }),
                    )
                }
                Err(refused) => self.report_refused(changes, &refused),
            }
        }
        let Some(FileEdit::Text { path, range, .. }) = edits.first() else {
            return;
        };
        let title = format!(
            "require `{NAME}{}`, which `{}` needs",
            wanted.specifier, self.name
        );
        let mut change = changes.draft_in(path, *range, title);
        change.edits = edits;
        changes.propose(change);
        for derived in self.manifests.derived(self.directory) {
            let file = derived.file_name().unwrap_or_default();
            let message =
                format!("{file} is stale once {NAME} is added; let its tool write it again");
            changes.report_in(derived, TextRange::default(), message);
        }
    }

    /// Requirements of `kind` that bring it.
    fn bringing(&self, kind: &Kind) -> Vec<Found<'a>> {
        let all = self.manifests.requirements(self.directory);
        all.filter(|found| found.kind == kind && brings(found))
            .collect()
    }

    /// Whether the version is one that the project's Pydantic takes.
    fn is_right(&self, found: &Found<'_>) -> bool {
        found.requirement.name != NAME
            || self.is_pydantic_one()
            || found.requirement.versions.allow(">=2")
    }

    /// Whether the project holds Pydantic below 2.
    fn is_pydantic_one(&self) -> bool {
        let all = self.manifests.requirements(self.directory);
        let all = all.filter(|found| found.requirement.name == "pydantic");
        let (mut runtime, mut extras, mut constraints) = (Vec::new(), Vec::new(), Vec::new());
        for found in all {
            let is_one = !found.requirement.versions.allow(">=2");
            match found.kind {
                Kind::Runtime => runtime.push(is_one),
                Kind::Constraint => constraints.push(is_one),
                Kind::Extra(_) => extras.push(is_one),
                Kind::Group(_) => {}
            }
        }
        // What is always installed counts; of several lines for several environments, all of them.
        let required = match runtime.is_empty() {
            true => extras.contains(&true),
            false => runtime.iter().all(|is_one| *is_one),
        };
        required || constraints.contains(&true)
    }

    fn specifier(&self) -> &'static str {
        match self.is_pydantic_one() {
            true => ">=1.0.3",
            false => ">=2.0.0",
        }
    }

    /// It is listed, but not for every environment, or in a version that Pydantic does not take.
    fn report_listed(&self, changes: &mut Changes) -> bool {
        let listed = self.bringing(&Kind::Runtime);
        let Some(found) = listed.first() else {
            return false;
        };
        let one = found.requirement;
        let message = match (self.is_right(found), &one.marker) {
            (false, _) => format!(
                "{NAME} is held at `{}`, and pydantic 2 needs 2.0 or newer",
                one.versions
            ),
            (true, Some(marker)) => {
                format!(
                    "{} is required only if `{marker}`, and `{}` needs {NAME} always",
                    one.name, self.name
                )
            }
            (true, None) => return false,
        };
        self.report(changes, &found.manifest.path, one.line, message);
        true
    }

    /// A constraint forbids what would be added.
    fn report_constraint(&self, changes: &mut Changes) -> bool {
        let limit = self.manifests.requirements(self.directory).find(|found| {
            *found.kind == Kind::Constraint
                && found.requirement.name == NAME
                && !found.requirement.versions.allow(self.specifier())
        });
        let Some(limit) = limit else {
            return false;
        };
        let message = format!(
            "{NAME} is constrained to `{}`, and `{}` needs `{NAME}{}`",
            limit.requirement.versions,
            self.name,
            self.specifier()
        );
        self.report(
            changes,
            &limit.manifest.path,
            limit.requirement.line,
            message,
        );
        true
    }

    fn report_refused(&self, changes: &mut Changes, refused: &Refused) {
        let file = refused.path.file_name().unwrap_or_default();
        let message = format!(
            "{file} {}; add `{NAME}{}` by hand, which `{}` needs",
            refused.reason,
            self.specifier(),
            self.name
        );
        self.report(changes, &refused.path, refused.line, message);
    }

    fn report(&self, changes: &mut Changes, path: &Utf8Path, line: usize, message: String) {
        let manifest = self.manifests.get(path);
        let range = manifest.map_or_else(TextRange::default, |manifest| manifest.line(line));
        changes.report_in(path, range, message);
    }
}

/// Whether a requirement brings email-validator: itself, or by an extra that has it.
fn brings(found: &Found<'_>) -> bool {
    let one = found.requirement;
    let extras: &[&str] = match one.name.as_str() {
        NAME => return true,
        "pydantic" => &["email"],
        "fastapi" => &["standard", "standard-no-fastapi-cloud-cli", "all"],
        _ => return false,
    };
    one.extras
        .iter()
        .any(|extra| extras.contains(&extra.as_str()))
}
