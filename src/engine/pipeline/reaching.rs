//! Which files what is said of a file may rest on: those that its imports lead to.
//!
//! A codemod that follows a call into another module sees there what the codemods before have left. Imports inside
//! functions count, and so do names in strings: a file that mentions the name of a module may get to it.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::workspace::Workspace;
use super::{Request, Text};
use crate::imports::contains_word;
use crate::project::Project;

/// The modules of the project as they stand at the moment.
pub(super) struct Reaching {
    project: Project,
    texts: BTreeMap<Utf8PathBuf, Text>,
}

impl Reaching {
    pub(super) fn of(workspace: &mut Workspace, request: &Request<'_>) -> Self {
        let modules = workspace.repository(request).into_iter();
        Self {
            texts: modules.map(|(path, text, _)| (path, text)).collect(),
            project: workspace.survey(request),
        }
    }

    /// Those of `targets` that the file at `from` may get to. All of them when it is no module.
    pub(super) fn from(
        &self,
        from: &Utf8Path,
        targets: &BTreeSet<Utf8PathBuf>,
    ) -> BTreeSet<Utf8PathBuf> {
        if self.project.module(from).is_none() {
            return targets.clone();
        }
        let mut seen = BTreeSet::new();
        let mut waiting = vec![from.to_owned()];
        while let Some(path) = waiting.pop() {
            if !seen.insert(path.clone()) {
                continue;
            }
            let loaded = self.project.module(&path).into_iter();
            let loaded = loaded.flat_map(|module| self.project.graph().loads(module));
            waiting.extend(loaded.map(|module| self.project.file(module).to_owned()));
            let text = self.texts.get(&path);
            let mentioned = targets
                .iter()
                .filter(|target| text.is_some_and(|text| contains_word(text, stem(target))));
            waiting.extend(mentioned.cloned());
        }
        targets.intersection(&seen).cloned().collect()
    }
}

/// The last part of the name of the module at `path`.
fn stem(path: &Utf8Path) -> &str {
    match path.file_stem() {
        Some("__init__") => path.parent().and_then(Utf8Path::file_name),
        stem => stem,
    }
    .unwrap_or_default()
}
