//! What codemods may know beyond the module they look at.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::about::About;
use crate::change::Note;
use crate::codemod::{Gathering, Question};
use crate::config::{Configuration, OptionValue};
use crate::manifests::{Distributions, Manifests};
use crate::project::{Project, is_for_tests};
use crate::target::PythonVersion;

/// Facts of the whole run, the same for every module.
pub struct Facts<'a> {
    pub(crate) configuration: &'a Configuration,
    pub(crate) answers: BTreeMap<&'static str, Utf8PathBuf>,
    pub(crate) gathered: BTreeMap<&'static str, BTreeSet<String>>,
    pub(crate) root: &'a Utf8Path,
    pub(crate) project: Project,
    pub(crate) notes: Vec<Note>,
    pub(crate) manifests: Arc<Manifests>,
    pub(crate) distributions: Arc<Distributions>,
}

impl Facts<'_> {
    /// The first file of the project, by path, for which the answer to `question` is yes: relative to the project's
    /// root. The codemod must have listed the question.
    pub fn answer(&self, question: &Question) -> Option<&Utf8Path> {
        let path = self.answers.get(question.key)?;
        Some(path.strip_prefix(self.root).unwrap_or(path))
    }

    /// `path` (absolute) from the root of the project, as it is shown.
    pub fn shown<'p>(&self, path: &'p Utf8Path) -> &'p Utf8Path {
        path.strip_prefix(self.root).unwrap_or(path)
    }

    /// What the modules of the project have listed for `gathering`. The codemod must have named it.
    pub fn gathered(&self, gathering: &Gathering) -> Option<&BTreeSet<String>> {
        self.gathered.get(gathering.key)
    }

    /// The modules of the project. Empty for a codemod that looks at one file at a time.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// Whether the file at `path` (absolute) is there for tests, by its name and the folders of the project above it.
    pub fn is_test(&self, path: &Utf8Path) -> bool {
        is_for_tests(path.strip_prefix(self.root).unwrap_or(path))
    }

    /// The lowest Python that the file at `path` must run on.
    pub fn target(&self, path: &Utf8Path) -> PythonVersion {
        self.configuration.target(path).version
    }

    /// Whether `codemod` runs over the file at `path` too.
    pub fn runs(&self, codemod: &str, path: &Utf8Path) -> bool {
        let directory = path.parent().unwrap_or(path);
        let settings = self.configuration.settings(directory);
        settings.is_ok_and(|settings| {
            settings.codemods.contains(&codemod) && !settings.ignores_for(path).contains(codemod)
        })
    }

    /// The manifests of the project. None for a codemod that looks at one file at a time.
    pub fn manifests(&self) -> &Manifests {
        &self.manifests
    }

    /// Which distributions provide which imports.
    pub fn distributions(&self) -> &Distributions {
        &self.distributions
    }

    /// The places that the codemod has noted in modules, sorted. Only there in `rewrite_project`.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The option `name` of the codemod `about` for the file at `path`: what is set there, else its default.
    pub fn option(&self, path: &Utf8Path, about: &About, name: &str) -> Option<OptionValue> {
        let directory = path.parent().unwrap_or(path);
        let settings = self.configuration.settings(directory).ok()?;
        Some(settings.option(about, name))
    }
}
