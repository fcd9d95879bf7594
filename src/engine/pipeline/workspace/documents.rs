//! What of a workspace is no Python module: manifests, open for edits, and what the environment provides.

use std::collections::BTreeSet;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use super::Workspace;
use crate::discover;
use crate::manifests::{Distributions, Manifests};
use crate::pipeline::{Request, Text};

impl Workspace {
    /// The manifests of the repository, as the run has left them so far, open for edits. Read once in a run.
    pub(in crate::pipeline) fn manifests(&mut self, request: &Request<'_>) -> Arc<Manifests> {
        let manifests = match self.manifests.clone() {
            Some(manifests) => manifests,
            None => self.read_manifests(request),
        };
        let documents = self.documents.iter();
        let modules = self.files.iter().map(|(path, file)| (path, &file.text));
        Arc::new(manifests.with_texts(documents.chain(modules)))
    }

    fn read_manifests(&mut self, request: &Request<'_>) -> Arc<Manifests> {
        let modules = self.repository(request);
        let top = self.bounds.repository.clone();
        let directories: BTreeSet<Utf8PathBuf> = modules
            .iter()
            .flat_map(|(path, ..)| path.ancestors().skip(1))
            .filter(|directory| directory.starts_with(&top))
            .map(Utf8Path::to_owned)
            .collect();
        let limit = request.configuration.size_limit();
        let manifests = Arc::new(Manifests::read(directories, &top, limit));
        let texts = manifests.files().filter_map(|manifest| {
            let directory = manifest.path.parent().unwrap_or(&manifest.path);
            let settings = request.configuration.settings(directory).ok()?;
            if settings.is_excluded(&manifest.path, false) {
                return None;
            }
            let text = manifests.text(&manifest.path)?;
            Some((manifest.path.clone(), text.clone()))
        });
        self.admit(texts);
        self.manifests = Some(manifests.clone());
        manifests
    }

    /// Whether the manifest at `path` stands above a file of the run, itself or in a folder for requirements.
    pub(in crate::pipeline) fn concerns(&self, path: &Utf8Path) -> bool {
        let directory = path.parent().unwrap_or(path);
        let directory = match directory.file_name() {
            Some("requirements") => directory.parent().unwrap_or(directory),
            _ => directory,
        };
        let below = self.files.first_from(directory);
        below.is_some_and(|(file, _)| file.starts_with(directory))
    }

    /// What the virtual environment of the project provides.
    pub(in crate::pipeline) fn distributions(
        &mut self,
        request: &Request<'_>,
    ) -> Arc<Distributions> {
        let bounds = &self.bounds;
        let read = || {
            let environment = discover::environment(bounds, request.python.as_deref());
            let limit = request.configuration.size_limit();
            Arc::new(Distributions::read(environment.as_ref(), limit))
        };
        self.distributions.get_or_insert_with(read).clone()
    }

    /// Let codemods edit `documents`; what is known already stays as the run has left it.
    fn admit(&mut self, documents: impl IntoIterator<Item = (Utf8PathBuf, Text)>) {
        for (path, text) in documents {
            if !self.files.contains_key(&path) {
                self.documents.entry(path).or_insert(text);
            }
        }
    }
}
