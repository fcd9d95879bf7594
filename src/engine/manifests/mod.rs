//! The dependency manifests of a repository: what its projects require, and how to add to that.
//!
//! A Python project may list its requirements in any of a dozen places, in several of them at once, and tools that edit
//! one of them at a guess break the others. Here all are read into one model, once and without running anything; a
//! manifest that nobody can read makes the facts about its project unknown instead of wrong. Edits are ranges of the
//! text as it is on disk, never a new print of it.

mod addition;
mod brackets;
mod declared;
mod directory;
mod distributions;
mod file_names;
mod homes;
mod line_list;
mod model;
mod pip;
mod pipfile;
mod pyproject;
mod requirement;
mod setup_cfg;
mod setup_py;
mod text;
mod toml_table;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

pub use addition::{Addition, NewRequirement};
pub use declared::Declared;
pub use directory::Directory;
pub use distributions::Distributions;
pub(crate) use file_names::{is_list, is_manifest};
pub use homes::{Home, Refused};
pub use model::{Closed, Format, Kind, List, Manifest};
pub use requirement::{Requirement, Versions, covers, normalise};

use crate::problem::Problem;
use crate::source::SizeLimit;
use directory::Reading;

/// The manifests of a repository.
#[derive(Debug, Clone, Default)]
pub struct Manifests {
    repository: Utf8PathBuf,
    files: BTreeMap<Utf8PathBuf, Manifest>,
    directories: BTreeMap<Utf8PathBuf, Directory>,
    problems: Vec<Problem>,
}

/// A requirement of a project, and where it comes from.
#[derive(Debug, Clone, Copy)]
pub struct Found<'m> {
    pub manifest: &'m Manifest,
    pub kind: &'m Kind,
    pub requirement: &'m Requirement,
}

impl Manifests {
    /// Read the manifests in `directories` (absolute), and the files that they include from within `repository`. One
    /// with more bytes than `limit` is not read, and is a problem.
    pub fn read(
        directories: impl IntoIterator<Item = Utf8PathBuf>,
        repository: &Utf8Path,
        limit: SizeLimit,
    ) -> Self {
        let directories: BTreeSet<Utf8PathBuf> = directories.into_iter().collect();
        let readings: Vec<Reading> = directories
            .into_par_iter()
            .filter_map(|directory| directory::read(&directory, repository, limit))
            .collect();
        let mut manifests = Self {
            repository: repository.to_owned(),
            ..Self::default()
        };
        for reading in readings {
            let path = reading.directory.path.clone();
            manifests.directories.insert(path, reading.directory);
            manifests.files.extend(reading.files);
            manifests.problems.extend(reading.problems);
        }
        manifests.problems.sort();
        manifests.problems.dedup();
        manifests
    }

    /// The same manifests with `texts` for what stands on disk. Which files include which stays as it was read.
    pub(crate) fn with_texts<'t>(
        &self,
        texts: impl Iterator<Item = (&'t Utf8PathBuf, &'t Arc<str>)>,
    ) -> Self {
        let mut manifests = self.clone();
        for (path, text) in texts {
            let Some(manifest) = manifests.files.get_mut(path) else {
                continue;
            };
            if manifest.text != *text
                && let Ok(parsed) = directory::parse(path, manifest.format, text.clone())
            {
                let generated = manifest.generated;
                *manifest = Manifest {
                    generated,
                    ..parsed
                };
            }
        }
        manifests
    }

    /// What cannot be read, one line each.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Every manifest that could be read, included files among them, by path.
    pub fn files(&self) -> impl Iterator<Item = &Manifest> {
        self.files.values()
    }

    pub fn get(&self, path: &Utf8Path) -> Option<&Manifest> {
        self.files.get(path)
    }

    /// The text of the manifest at `path`: the bytes of the file. `None` for one that is not UTF-8.
    pub fn text(&self, path: &Utf8Path) -> Option<&Arc<str>> {
        let manifest = self.files.get(path)?;
        let is_utf8 = manifest
            .closed
            .as_ref()
            .is_none_or(|closed| closed.reason != text::UTF_16);
        is_utf8.then_some(&manifest.text)
    }

    /// The nearest directory above `file` that has a manifest.
    pub fn nearest(&self, file: &Utf8Path) -> Option<&Directory> {
        let above = file.ancestors().skip(1);
        above
            .take_while(|directory| directory.starts_with(&self.repository))
            .find_map(|directory| self.directories.get(directory))
    }

    /// Everything that the project in `directory` requires, in the order of the files and of their lines.
    pub fn requirements<'m>(&'m self, directory: &'m Directory) -> impl Iterator<Item = Found<'m>> {
        self.lists(directory).flat_map(|(manifest, kind, list)| {
            let requirements = list.requirements.iter();
            requirements.map(move |requirement| Found {
                manifest,
                kind,
                requirement,
            })
        })
    }

    /// What is installed together with the list `home`: its manifest's lists for the same use, and what that includes.
    pub fn installed_with<'m>(
        &'m self,
        directory: &'m Directory,
        home: &Home<'m>,
    ) -> impl Iterator<Item = Found<'m>> {
        let (path, kind) = (&home.manifest.path, home.kind);
        let brings = directory.members.get(path).map(|member| &member.brings);
        self.requirements(directory).filter(move |found| {
            let file = &found.manifest.path;
            let included = brings.is_some_and(|brings| brings.contains(file));
            found.kind == kind && (file == path || included)
        })
    }

    /// The files of `directory` that a tool writes, lock files among them: what they hold follows from the others.
    pub fn derived<'m>(&'m self, directory: &'m Directory) -> Vec<&'m Utf8Path> {
        let members = directory.members.keys();
        let generated = members.filter(|path| {
            self.files
                .get(*path)
                .is_some_and(|manifest| manifest.generated)
        });
        let mut all: Vec<_> = generated
            .chain(&directory.locks)
            .map(Utf8PathBuf::as_path)
            .collect();
        all.sort();
        all
    }

    /// The lists of `directory` with what they are for.
    fn lists<'m>(
        &'m self,
        directory: &'m Directory,
    ) -> impl Iterator<Item = (&'m Manifest, &'m Kind, &'m List)> {
        let members = directory.members.iter();
        members.flat_map(|(path, member)| {
            let manifest = self.files.get(path);
            manifest.into_iter().flat_map(move |manifest| {
                let lists = manifest.lists.iter();
                lists.map(move |list| {
                    let kind = match manifest.format {
                        Format::Requirements => &member.kind,
                        _ => &list.kind,
                    };
                    (manifest, kind, list)
                })
            })
        })
    }
}

#[cfg(test)]
mod tests;
