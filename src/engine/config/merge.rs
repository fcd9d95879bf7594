//! The settings of a directory from what is said about them: the file, then each `--config` in order, then the
//! options of the command line.
//!
//! What comes later replaces a key. Tables are joined key by key, and what is excluded in addition adds up.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::Overrides;
use super::discover;
use super::globs;
use super::schema::{ALL, Layer};
use super::settings::{DEFAULT_EXCLUDE, Settings};
use crate::about::About;
use crate::paths::relative;
use crate::target::TargetPython;

/// What the settings are made of.
pub struct Sources<'a> {
    /// The file, if there is one, and what it says.
    pub file: Option<(&'a Utf8Path, &'a Layer)>,
    /// What each `--config` says.
    pub inline: &'a [Layer],
    pub overrides: &'a Overrides,
    pub catalogue: &'a [About],
    /// The current directory.
    pub here: &'a Utf8Path,
}

/// Put the sources together for the directory `root`.
pub fn settings(sources: &Sources<'_>, root: Utf8PathBuf) -> Settings {
    let target = target(sources);
    Settings {
        file: sources.file.map(|(file, _)| file.to_owned()),
        codemods: codemods(sources),
        exclude: exclude(sources, &root),
        target_version: target.as_ref().map(|target| target.version),
        target,
        src: src(sources, &root),
        unsafe_fixes: sources
            .overrides
            .unsafe_fixes
            .or(last(sources, |layer| layer.unsafe_fixes))
            .unwrap_or(false),
        per_file_ignores: per_file_ignores(sources),
        cache: last(sources, |layer| layer.cache).unwrap_or(true),
        cache_dir: cache_dir(sources, &root),
        options: options(sources),
        root,
        ..Settings::default()
    }
}

/// The file's layer, then the inline ones.
fn layers<'a>(sources: &Sources<'a>) -> impl DoubleEndedIterator<Item = &'a Layer> {
    sources
        .file
        .map(|(_, layer)| layer)
        .into_iter()
        .chain(sources.inline)
}

/// What the last layer that sets it sets.
fn last<'a, T>(sources: &Sources<'a>, key: impl Fn(&'a Layer) -> Option<T>) -> Option<T> {
    layers(sources).rev().find_map(key)
}

/// A codemod that `--select` names runs, whatever the file ignores; `--select all` leaves that choice to the file.
fn codemods(sources: &Sources<'_>) -> Vec<&'static str> {
    let overrides = sources.overrides;
    let select = overrides
        .select
        .as_ref()
        .or(last(sources, |layer| layer.select.as_ref()));
    let ignore = last(sources, |layer| layer.ignore.as_ref());
    let has = |list: &[String], name: &str| list.iter().any(|word| word == name);
    let named = |name: &str| {
        overrides
            .select
            .as_ref()
            .is_some_and(|list| has(list, name))
    };
    let selected = |name: &str| select.is_none_or(|list| has(list, name) || has(list, ALL));
    let ignored = |name: &str| {
        let by_file = ignore.is_some_and(|list| has(list, name) || has(list, ALL));
        has(&overrides.ignore, name) || has(&overrides.ignore, ALL) || (by_file && !named(name))
    };
    let names = sources.catalogue.iter().map(|about| about.name);
    names
        .filter(|name| selected(name) && !ignored(name))
        .collect()
}

/// A glob of the file starts at the root, one of the command line at the current directory.
fn exclude(sources: &Sources<'_>, root: &Utf8Path) -> Vec<String> {
    let typed = |glob: &String| globs::from_here(glob, sources.here, root);
    let file = sources.file.map(|(_, layer)| layer);
    let inline = sources
        .inline
        .iter()
        .rev()
        .find_map(|layer| layer.exclude.as_ref());
    let mut exclude: Vec<String> = match (inline, file.and_then(|layer| layer.exclude.as_ref())) {
        (Some(globs), _) => globs.iter().map(typed).collect(),
        (None, Some(globs)) => globs.clone(),
        (None, None) => DEFAULT_EXCLUDE
            .iter()
            .map(|glob| (*glob).to_owned())
            .collect(),
    };
    exclude.extend(
        file.into_iter()
            .flat_map(|layer| layer.extend_exclude.iter().cloned()),
    );
    exclude.extend(
        sources
            .inline
            .iter()
            .flat_map(|layer| layer.extend_exclude.iter().map(typed)),
    );
    exclude.extend(sources.overrides.exclude.iter().map(typed));
    exclude
}

/// What the command line or the file says of the target Python.
pub fn target(sources: &Sources<'_>) -> Option<TargetPython> {
    let said = |version, source: String| Some(TargetPython { version, source });
    if let Some(version) = sources.overrides.target_version {
        return said(version, "--target-version".to_owned());
    }
    if let Some(version) = sources
        .inline
        .iter()
        .rev()
        .find_map(|layer| layer.target_version)
    {
        return said(version, "target-version in --config".to_owned());
    }
    let (file, layer) = sources.file?;
    let file = relative(file, sources.here);
    said(layer.target_version?, format!("target-version in {file}"))
}

/// Paths of the file start at the root, those of the command line at the current directory.
fn src(sources: &Sources<'_>, root: &Utf8Path) -> Vec<Utf8PathBuf> {
    let typed = sources
        .inline
        .iter()
        .rev()
        .find_map(|layer| layer.src.as_ref());
    let (paths, start) = match (typed, sources.file) {
        (Some(paths), _) => (Some(paths), sources.here),
        (None, file) => (file.and_then(|(_, layer)| layer.src.as_ref()), root),
    };
    let paths = paths.into_iter().flatten();
    paths.map(|path| discover::absolute(path, start)).collect()
}

/// A relative one starts at the root, one of the command line at the current directory.
fn cache_dir(sources: &Sources<'_>, root: &Utf8Path) -> Option<Utf8PathBuf> {
    let mut typed = sources.inline.iter().rev();
    let typed = typed.find_map(|layer| layer.cache_dir.as_ref());
    let (path, start) = match (typed, sources.file) {
        (Some(path), _) => (path, sources.here),
        (None, file) => (file?.1.cache_dir.as_ref()?, root),
    };
    Some(discover::absolute(path, start))
}

fn per_file_ignores(sources: &Sources<'_>) -> Vec<(String, Vec<String>)> {
    let mut ignores: Vec<(String, Vec<String>)> = Vec::new();
    for (glob, names) in layers(sources).flat_map(|layer| &layer.per_file_ignores) {
        let names = if names.iter().any(|name| name == ALL) {
            sources
                .catalogue
                .iter()
                .map(|about| about.name.to_owned())
                .collect()
        } else {
            names.clone()
        };
        match ignores.iter_mut().find(|(known, _)| known == glob) {
            Some((_, known)) => *known = names,
            None => ignores.push((glob.clone(), names)),
        }
    }
    ignores
}

fn options(
    sources: &Sources<'_>,
) -> BTreeMap<&'static str, BTreeMap<&'static str, super::OptionValue>> {
    let mut options = BTreeMap::<_, BTreeMap<_, _>>::new();
    for (codemod, values) in layers(sources).flat_map(|layer| &layer.options) {
        let known = options.entry(*codemod).or_default();
        known.extend(values.iter().map(|(name, value)| (*name, value.clone())));
    }
    options
}
