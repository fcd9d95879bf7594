//! `email-validator`: a project whose code needs email-validator lists it.
//!
//! Pydantic imports the package only when a model with `EmailStr` is built, so nothing tells that it is missing before
//! the program starts somewhere else than on its author's machine.

mod names;
mod need;
mod uses;

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use codemend_engine::change::{Changes, Note, Safety};
use codemend_engine::codemod::{About, Codemod, Deed, Scope};
use codemend_engine::facts::Facts;
use codemend_engine::manifests::Directory;
use codemend_engine::module::Module;
use codemend_engine::project::{ImportRef, Imported};
use codemend_engine::syntax::TextRange;
use codemend_engine::target::PythonVersion;

use need::Need;

pub struct EmailValidator;

impl Codemod for EmailValidator {
    fn about(&self) -> About {
        About {
            name: "email-validator",
            summary: "a project that uses EmailStr requires email-validator",
            deed: Deed {
                one: "require it in 1 manifest",
                many: "require it in {n} manifests",
            },
            page: include_str!("README.md"),
            ceiling: Safety::Safe,
            scope: Scope::Project,
            since: PythonVersion::PY37,
            rules: &[],
            options: &[],
        }
    }

    fn triggers(&self) -> &'static [&'static str] {
        TRIGGERS
    }

    /// A requirement more says nothing new about modules.
    fn looks_again(&self, _facts: &Facts<'_>) -> bool {
        false
    }

    fn rewrite(&self, module: &Module<'_>, facts: &Facts<'_>, changes: &mut Changes) {
        // A name that another module has passed on under a new name is missed, with the prefilter and without.
        let is_named = TRIGGERS.iter().any(|name| module.text().contains(name));
        if !is_named || module.is_stub() {
            return;
        }
        let is_own = has_own_package(module, facts);
        for (range, name) in uses::uses(module) {
            if name != uses::PACKAGE || !is_own {
                changes.note(range, name);
            }
        }
    }

    fn rewrite_project(&self, facts: &Facts<'_>, changes: &mut Changes) {
        let mut projects = BTreeMap::<Option<&Utf8PathBuf>, Vec<&Note>>::new();
        for note in facts.notes() {
            let directory = facts.manifests().nearest(&note.at.path);
            let key = directory.map(|directory| &directory.path);
            projects.entry(key).or_default().push(note);
        }
        for notes in projects.into_values() {
            let is_test = |note: &&&Note| facts.project().is_test(&note.at.path);
            let first = notes.iter().find(|note| !is_test(note));
            let Some(shown) = first.or(notes.first()) else {
                continue;
            };
            let one = Place {
                note: shown,
                only_tests: first.is_none(),
            };
            match facts.manifests().nearest(&shown.at.path) {
                Some(directory) => in_project(facts, directory, &one, changes),
                None => one.report(
                    changes,
                    "needs email-validator, and no manifest lists requirements here",
                ),
            }
        }
    }
}

/// Whether `import email_validator` in `module` leads to something else than the package of that name.
fn has_own_package(module: &Module<'_>, facts: &Facts<'_>) -> bool {
    let import = ImportRef {
        module: uses::PACKAGE.to_owned(),
        level: 0,
        names: Vec::new(),
        star: false,
    };
    let project = facts.project();
    let resolved = project
        .module(module.path())
        .map(|importer| project.resolve(importer, &import));
    resolved.is_some_and(|imported| imported != Imported::ThirdParty)
}

const TRIGGERS: &[&str] = &["EmailStr", "NameEmail", "validate_email", "email_validator"];

/// The first use in a project.
struct Place<'n> {
    note: &'n Note,
    only_tests: bool,
}

impl Place<'_> {
    fn report(&self, changes: &mut Changes, what: &str) {
        let range = TextRange::from(self.note.at.range);
        let message = format!("`{}` {what}", self.note.what);
        changes.report_in(&self.note.at.path, range, message);
    }
}

fn in_project(facts: &Facts<'_>, directory: &Directory, place: &Place<'_>, changes: &mut Changes) {
    let path = &place.note.at.path;
    let need = Need {
        manifests: facts.manifests(),
        directory,
        lowest: facts.target(path),
        name: &place.note.what,
    };
    if place.only_tests {
        if !need.is_listed_anywhere() {
            place.report(
                changes,
                "is used only in tests; add email-validator to the requirements of the tests",
            );
        }
        return;
    }
    if need.is_met() {
        need.report_gaps(changes);
        return;
    }
    if let Some(reason) = &directory.unknown {
        let range = TextRange::from(place.note.at.range);
        changes.decline_in(path, range, reason.clone());
        return;
    }
    need.meet(changes);
}
