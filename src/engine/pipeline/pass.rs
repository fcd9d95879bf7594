//! One codemod of a run: the files that it has to look at, and what it knows of the project.

use std::collections::BTreeSet;
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use ruff_text_size::TextRange;

use super::make::Proof;
use super::workspace::{WorkFile, Workspace};
use super::{Progress, Request};
use crate::change::{Change, Refusal};
use crate::codemod::{Codemod, Scope};
use crate::facts::Facts;
use crate::project::Project;
use crate::semantic::Semantics;

pub(super) struct Pass<'a> {
    pub(super) codemod: &'a dyn Codemod,
    pub(super) request: &'a Request<'a>,
    pub(super) progress: &'a dyn Progress,
    pub(super) proof: Proof,
}

impl Pass<'_> {
    /// Whether this one and `next`, which follows it, can go over the files together. What one shard of several looks at
    /// is worked out for each codemod alone.
    pub(super) fn goes_with(&self, next: &Self) -> bool {
        let is_of_file = |one: &Self| one.codemod.about().scope == Scope::File;
        is_of_file(self) && is_of_file(next) && self.request.shard.is_none()
    }

    /// The files that the codemod has to look at, sorted.
    pub(super) fn candidates(&self, workspace: &Workspace) -> Vec<Utf8PathBuf> {
        let Ok(triggers) = AhoCorasick::new(self.codemod.triggers()) else {
            return Vec::new();
        };
        workspace
            .files
            .par_iter()
            .filter(|(path, file)| self.has_to_look_at(path, file, &triggers))
            .map(|(path, _)| path.clone())
            .collect()
    }

    /// Those of `paths`, likewise.
    pub(super) fn candidates_among(
        &self,
        paths: &BTreeSet<Utf8PathBuf>,
        workspace: &Workspace,
    ) -> Vec<Utf8PathBuf> {
        let Ok(triggers) = AhoCorasick::new(self.codemod.triggers()) else {
            return Vec::new();
        };
        let is_candidate = |path: &&Utf8PathBuf| {
            let file = workspace.files.get(path);
            file.is_some_and(|file| self.has_to_look_at(path, file, &triggers))
        };
        paths.iter().filter(is_candidate).cloned().collect()
    }

    fn has_to_look_at(&self, path: &Utf8Path, file: &WorkFile, triggers: &AhoCorasick) -> bool {
        let name = self.codemod.about().name;
        !file.broken
            && file.settings.codemods.contains(&name)
            && !file.settings.ignores_for(path).contains(&name)
            && (!self.request.prefilter
                || triggers.is_match(file.text.as_bytes())
                    && self.codemod.may_apply(&file.text, file.target.version))
    }

    /// What is known of the project, whose root is `root`, as the run has left it so far.
    pub(super) fn facts<'f>(
        &'f self,
        root: &'f Utf8Path,
        workspace: &mut Workspace,
        semantics: &Semantics,
    ) -> Facts<'f> {
        let mut facts = Facts {
            configuration: self.request.configuration,
            answers: self.answers(workspace, semantics),
            gathered: self.gathered(workspace, semantics),
            root,
            project: self.project(workspace),
            notes: Vec::new(),
            manifests: Arc::default(),
            distributions: Arc::default(),
        };
        if self.codemod.about().scope == Scope::Project {
            facts.manifests = workspace.manifests(self.request);
            facts.distributions = workspace.distributions(self.request);
        }
        facts
    }

    /// The project as the run has left it so far; an empty one for a codemod that does not ask.
    pub(super) fn project(&self, workspace: &mut Workspace) -> Project {
        if self.codemod.about().scope == Scope::File {
            return Project::default();
        }
        let project = workspace.survey(self.request);
        if self.codemod.walks_imports() {
            project.draw();
        }
        project
    }

    pub(super) fn wants_unsafe(&self, path: &Utf8Path, workspace: &Workspace) -> bool {
        if let Some(file) = workspace.files.get(path) {
            return file.settings.unsafe_fixes;
        }
        let directory = path.parent().unwrap_or(path);
        let settings = self.request.configuration.settings(directory);
        settings.is_ok_and(|settings| settings.unsafe_fixes)
    }
}

pub(super) fn refuse(change: &Change, workspace: &Workspace, reason: &str) -> Refusal {
    let range = TextRange::from(change.at.range);
    Refusal {
        codemod: change.codemod,
        path: change.at.path.clone(),
        at: workspace.on_disk(&change.at.path, range.start()),
        reason: reason.to_owned(),
    }
}
