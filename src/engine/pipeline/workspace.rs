//! The files of a run: their texts on disk and as the run has changed them so far.

mod disk;
mod documents;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::held::Held;
use super::make::New;
use super::shard::Portion;
use super::tell::Told;
use super::together::Bonds;
use super::trail::Trail;
use super::{Request, Text};
use crate::config::Settings;
use crate::discover::{self, Bounds, Environment};
use crate::manifests::{Distributions, Manifests};
use crate::path_map::PathMap;
use crate::problem::Problem;
use crate::project::{Digests, Project, Roots};
use crate::semantic::{Reach, Semantics};
use crate::source::{Glimpse, Source};
use crate::target::TargetPython;

/// One file of the run.
pub(super) struct WorkFile {
    /// The text as the run has left it so far.
    pub(super) text: Text,
    pub(super) settings: Arc<Settings>,
    pub(super) target: TargetPython,
    /// Its text was parsed at least once.
    pub(super) parsed: bool,
    /// It has been found broken; no codemod looks at it again.
    pub(super) broken: bool,
}

pub(super) struct Workspace {
    pub(super) bounds: Bounds,
    pub(super) files: PathMap<WorkFile>,
    /// Files that the paths of the request lead to and its narrowing leaves out: facts are drawn from them.
    aside: BTreeSet<Utf8PathBuf>,
    /// The rest of the repository, which the run was not asked to change: read when a fact needs it.
    others: Option<BTreeMap<Utf8PathBuf, (Text, TargetPython)>>,
    /// Modules of the run that Python reads in another encoding: facts are drawn from them, no codemod looks at them.
    foreign: BTreeMap<Utf8PathBuf, (Text, TargetPython)>,
    /// Texts of files that are no UTF-8, as far as they can be read: words still count.
    opaque: Vec<String>,
    /// There are modules that nothing is known of: too large, or not to be read.
    pub(super) has_unseen: bool,
    /// Files that are no Python modules, as the run has left them so far: manifests.
    documents: BTreeMap<Utf8PathBuf, Text>,
    /// What of them must not be written.
    pub(super) held: Held,
    /// What the codemod of the moment has done so far.
    pub(super) trail: Trail,
    /// What all codemods have done so far.
    pub(super) whole: Trail,
    /// The changes made so far, by all codemods.
    pub(super) told: Vec<Told>,
    /// The changes that the run does not ask for.
    pub(super) withheld: Vec<Told>,
    /// Names whose imports the changes made so far release.
    pub(super) released: BTreeSet<String>,
    /// Which files the changes made so far bind together.
    pub(super) bonds: Bonds,
    /// What the last codemod has to look at, where that is known to be enough.
    pub(super) portion: Option<Portion>,
    digests: Digests,
    /// The directories that modules are imported from, and how many modules these are: files only ever go from them.
    roots: Option<(usize, Vec<Utf8PathBuf>)>,
    manifests: Option<Arc<Manifests>>,
    distributions: Option<Arc<Distributions>>,
}

/// A module of the project: its path, its text and its target.
pub(super) type Known = (Utf8PathBuf, Text, TargetPython);

impl Workspace {
    /// Find and read what the request names.
    pub(super) fn read(request: &Request<'_>, bounds: Bounds, problems: &mut Vec<Problem>) -> Self {
        let limit = request.configuration.size_limit();
        let take = |source: Source| {
            let directory = source.path.parent().unwrap_or(&source.path);
            let file = match request.configuration.settings(directory) {
                Ok(settings) => WorkFile {
                    text: source.text,
                    settings,
                    target: request.configuration.target(&source.path),
                    parsed: false,
                    broken: false,
                },
                Err(error) => return Err(Problem::from(error)),
            };
            if let Some(problem) = request.configuration.broken_manifest(&source.path) {
                return Err(problem);
            }
            Ok((source.path, file))
        };
        let mut held = Held::of(request);
        let mut aside = BTreeSet::new();
        let taken: Vec<Result<(Utf8PathBuf, WorkFile), Problem>> = match &request.stdin {
            Some((path, bytes)) => {
                let size = limit.check(path, bytes.len() as u64);
                let source = size.and_then(|()| Source::decode(path, bytes));
                vec![source.and_then(take)]
            }
            None => {
                let found = discover::python_files(&request.paths, request.configuration);
                problems.extend(found.problems);
                held.extend(found.outside);
                let (files, left) = request.narrowing.part(found.files);
                aside = left;
                let files = files.par_iter();
                files
                    .map(|path| Source::read(path, limit).and_then(take))
                    .collect()
            }
        };
        let (mut opaque, mut foreign) = (Vec::new(), BTreeMap::new());
        let mut has_unseen = false;
        let mut files = Vec::new();
        // A broken configuration is one problem, not one for each file below it.
        let mut lost = BTreeSet::new();
        for one in taken {
            match one {
                Ok(file) => files.push(file),
                Err(problem) => {
                    if !lost.contains(&problem) {
                        match Glimpse::of(&problem.path, limit) {
                            Some(Glimpse::Module(text)) => {
                                let target = request.configuration.target(&problem.path);
                                foreign.insert(problem.path.clone(), (text, target));
                            }
                            Some(Glimpse::Words(words)) => opaque.push(words),
                            Some(Glimpse::Unseen) => has_unseen = true,
                            None => {}
                        }
                    }
                    lost.insert(problem);
                }
            }
        }
        problems.extend(lost);
        Self {
            bounds,
            files: files.into_iter().collect(),
            aside,
            others: None,
            foreign,
            opaque,
            has_unseen,
            documents: BTreeMap::new(),
            held,
            trail: Trail::default(),
            whole: Trail::default(),
            told: Vec::new(),
            withheld: Vec::new(),
            released: BTreeSet::new(),
            bonds: Bonds::default(),
            portion: None,
            digests: Digests::default(),
            roots: None,
            manifests: None,
            distributions: None,
        }
    }

    /// Let `texts` stand for what the files at these paths hold on disk: modules of the run, and manifests.
    pub(super) fn stand_in(&mut self, texts: BTreeMap<Utf8PathBuf, Text>) {
        for (path, text) in texts {
            match self.files.get_mut(&path) {
                Some(file) => file.text = text,
                None => drop(self.documents.insert(path, text)),
            }
        }
    }

    /// The text of a file of the run, as it stands now.
    pub(super) fn text(&self, path: &Utf8Path) -> Option<&Text> {
        let module = self.files.get(path).map(|file| &file.text);
        module.or_else(|| self.documents.get(path))
    }

    /// The paths of the modules that the request leads to: those of the run, and those that its narrowing leaves out.
    pub(super) fn reached(&self) -> impl Iterator<Item = &Utf8PathBuf> {
        self.files.keys().chain(&self.aside)
    }

    /// How many files the narrowing of the request has left out.
    pub(super) fn left_out(&self) -> usize {
        self.aside.len()
    }

    /// Those files.
    pub(super) fn aside(&self) -> impl Iterator<Item = &Utf8PathBuf> {
        self.aside.iter()
    }

    /// The directories that modules are imported from, for the modules `files`.
    pub(super) fn import_roots<'f>(
        &self,
        request: &Request<'_>,
        files: impl Iterator<Item = &'f Utf8PathBuf>,
    ) -> Vec<Utf8PathBuf> {
        discover::import_roots(&self.bounds, files, &self.named_roots(request))
    }

    fn named_roots(&self, request: &Request<'_>) -> Vec<Utf8PathBuf> {
        let settings = request.configuration.settings(&self.bounds.project);
        settings.map_or_else(|_| Vec::new(), |settings| settings.src.clone())
    }

    fn given_roots(&self, request: &Request<'_>) -> Vec<Utf8PathBuf> {
        let mut given = self.named_roots(request);
        given.extend(discover::own_roots(&self.bounds));
        given
    }

    /// What types may be read from. An environment that the user has named leads where it leads; one that the
    /// repository brings along, and the imports of a stranger, do not lead out of it.
    pub(super) fn reach(&self, request: &Request<'_>, environment: Option<&Environment>) -> Reach {
        if environment.is_some_and(|one| one.is_named) {
            return Reach::anywhere();
        }
        let mut directories = self.named_roots(request);
        directories.extend(environment.map(|one| one.directory.clone()));
        directories.push(self.bounds.repository.clone());
        Reach::within(&directories)
    }

    /// The project as it stands now: every module of the repository that can be read.
    pub(super) fn survey(&mut self, request: &Request<'_>) -> Project {
        let modules = self.repository(request);
        let known = self.roots.take();
        let known = known.filter(|(count, _)| *count == modules.len());
        let (_, roots) = known.unwrap_or_else(|| {
            let paths = modules.iter().map(|(path, ..)| path);
            (modules.len(), self.import_roots(request, paths))
        });
        self.roots = Some((modules.len(), roots.clone()));
        let files = modules.into_iter().map(|(path, text, _)| (path, text));
        let top = self.bounds.repository.clone();
        let roots = Roots {
            all: roots,
            given: self.given_roots(request),
        };
        let mut project = Project::new(&top, files, &roots, &mut self.digests);
        project.note_links();
        self.digests.keep(&project, roots);
        project
    }

    pub(super) fn texts(&self) -> Vec<(Utf8PathBuf, Text)> {
        let files = self.files.iter().map(|(path, file)| (path, &file.text));
        let foreign = self.foreign.iter().map(|(path, (text, _))| (path, text));
        files
            .chain(foreign)
            .map(|(path, text)| (path.clone(), text.clone()))
            .collect()
    }

    /// Let `texts` be the texts of their files from now on, here and in `semantics`.
    pub(super) fn put(
        &mut self,
        texts: impl Iterator<Item = (Utf8PathBuf, New)>,
        semantics: &mut Semantics,
    ) {
        let mut known = Vec::new();
        for (path, new) in texts {
            let file = self.files.get_mut(&path).map(|file| &mut file.text);
            if let Some(text) = file.or_else(|| self.documents.get_mut(&path)) {
                let before = std::mem::replace(text, new.text.clone());
                self.trail.record(&path, before.clone(), &new.edits);
                self.whole.record(&path, before, &new.edits);
            }
            known.push((path, new.text));
        }
        semantics.overlay(known);
    }

    /// The target versions in force, most files first.
    pub(super) fn targets(&self) -> Vec<(TargetPython, usize)> {
        Self::targets_of(self.files.values())
    }

    /// Those of `files`.
    pub(super) fn targets_of<'f>(
        files: impl Iterator<Item = &'f WorkFile>,
    ) -> Vec<(TargetPython, usize)> {
        let mut counts = BTreeMap::<&TargetPython, usize>::new();
        for file in files {
            *counts.entry(&file.target).or_default() += 1;
        }
        let mut counts: Vec<_> = counts
            .into_iter()
            .map(|(target, n)| (target.clone(), n))
            .collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        counts
    }

    /// Every module of the project that can be read.
    pub(super) fn project(&mut self, request: &Request<'_>) -> Vec<Known> {
        let mut all = self.repository(request);
        all.retain(|(path, ..)| path.starts_with(&self.bounds.project));
        all
    }

    /// Every module of the repository that can be read: those of the run, as it has changed them, and the others.
    pub(super) fn repository(&mut self, request: &Request<'_>) -> Vec<Known> {
        if self.others.is_none() {
            self.others = Some(self.read_others(request));
        }
        let ours = self
            .files
            .iter()
            .filter(|(_, file)| !file.broken)
            .map(|(path, file)| (path.clone(), file.text.clone(), file.target.clone()));
        let others = self.others.iter().flatten().chain(&self.foreign);
        ours.chain(
            others.map(|(path, (text, target))| (path.clone(), text.clone(), target.clone())),
        )
        .collect()
    }

    /// Texts that no fact can be drawn from but the words in them: no UTF-8, or no Python.
    pub(super) fn opaque(&self) -> impl Iterator<Item = &str> {
        let broken = self.files.values().filter(|file| file.broken);
        self.opaque
            .iter()
            .map(String::as_str)
            .chain(broken.map(|file| &*file.text))
    }

    fn read_others(
        &mut self,
        request: &Request<'_>,
    ) -> BTreeMap<Utf8PathBuf, (Text, TargetPython)> {
        let mut files = self.aside.clone();
        let repository = &self.bounds.repository;
        let whole = request.stdin.is_none() && request.paths.contains(repository);
        if !whole && repository != Utf8Path::new("/") {
            let repository = std::slice::from_ref(repository);
            files.extend(discover::python_files(repository, request.configuration).files);
        }
        let limit = request.configuration.size_limit();
        let read: Vec<_> = files
            .into_par_iter()
            .filter(|path| !self.files.contains_key(path) && !self.foreign.contains_key(path))
            .map(|path| Source::read(&path, limit))
            .collect();
        let mut others = BTreeMap::new();
        for source in read {
            match source {
                Ok(source) => {
                    let target = request.configuration.target(&source.path);
                    others.insert(source.path, (source.text, target));
                }
                Err(problem) => match Glimpse::of(&problem.path, limit) {
                    Some(Glimpse::Module(text)) => {
                        let target = request.configuration.target(&problem.path);
                        others.insert(problem.path, (text, target));
                    }
                    Some(Glimpse::Words(words)) => self.opaque.push(words),
                    Some(Glimpse::Unseen) => self.has_unseen = true,
                    None => {}
                },
            }
        }
        others
    }
}
