//! How far a run looks around: the project of its paths, the repository around that, and where modules are imported from.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::disk;
use crate::tree::{Tree, home, repository_around};

/// Files that mark the directory they stand in as a project's root.
const MARKERS: [&str; 7] = [
    "pyproject.toml",
    "codemend.toml",
    ".codemend.toml",
    "setup.cfg",
    "setup.py",
    "requirements.txt",
    ".git",
];

/// How far a run looks around.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// The project that the paths belong to: the nearest directory, from their common one upwards, that holds a
    /// manifest, a configuration or a repository; else the directory above their packages.
    pub(crate) project: Utf8PathBuf,
    /// The repository around it, whose other projects may import from this one; else the project itself.
    pub(crate) repository: Utf8PathBuf,
}

impl Bounds {
    /// The bounds of `paths` (absolute).
    pub(crate) fn of(paths: &[Utf8PathBuf]) -> Self {
        let common = common_directory(paths);
        let project = project_around(&common).unwrap_or_else(|| above_packages(&common));
        Self {
            project: project.to_owned(),
            repository: repository_around(project).unwrap_or(project).to_owned(),
        }
    }

    /// The repository of a project that the directory `directory` (absolute) is a part of; `None` when there is none.
    pub(super) fn surrounding(directory: &Utf8Path) -> Option<&Utf8Path> {
        let project = project_around(directory)?;
        Some(repository_around(project).unwrap_or(project))
    }
}

/// The nearest directory from `directory` upwards that holds a marker. One in the home directory, or above it, says
/// nothing about what lies below.
fn project_around(directory: &Utf8Path) -> Option<&Utf8Path> {
    let home = home();
    let above_home = |above: &Utf8Path| home.as_ref().is_some_and(|home| home.starts_with(above));
    directory
        .ancestors()
        .filter(|above| above.parent().is_some())
        .filter(|above| *above == directory || !above_home(above))
        .find(|above| is_marked(above))
}

/// Whether `directory` holds a file that marks it as the root of a project.
pub(crate) fn is_marked(directory: &Utf8Path) -> bool {
    MARKERS.iter().any(|marker| directory.join(marker).exists())
}

fn common_directory(paths: &[Utf8PathBuf]) -> Utf8PathBuf {
    let mut common: Option<&Utf8Path> = None;
    for path in paths {
        let directory = match path.is_dir() {
            true => path.as_path(),
            false => path.parent().unwrap_or(path),
        };
        common = Some(match common {
            None => directory,
            Some(common) => common
                .ancestors()
                .find(|ancestor| directory.starts_with(ancestor))
                .unwrap_or(Utf8Path::new("/")),
        });
    }
    common.unwrap_or(Utf8Path::new("/")).to_owned()
}

/// The nearest directory from `directory` upwards that is no package: modules are imported from there. Where packages
/// are installed side by side, each is a project of its own.
fn above_packages(directory: &Utf8Path) -> &Utf8Path {
    let top = import_root(directory);
    let installed = matches!(top.file_name(), Some("site-packages" | "dist-packages"));
    match installed {
        true => directory
            .ancestors()
            .find(|package| package.parent() == Some(top))
            .unwrap_or(directory),
        false => top,
    }
}

/// Which directories are packages. Each is looked at once.
#[derive(Default)]
struct Packages<'p>(FxHashMap<&'p str, bool>);

impl<'p> Packages<'p> {
    fn is_one(&mut self, directory: &'p Utf8Path) -> bool {
        let known = self.0.entry(directory.as_str());
        *known.or_insert_with(|| disk::is_file(&directory.join("__init__.py")))
    }

    /// Where the outermost package around the package `directory` is imported from; `None` when that is none.
    fn root_above(&mut self, directory: &'p Utf8Path) -> Option<&'p Utf8Path> {
        if !self.is_one(directory) {
            return None;
        }
        let root = directory.ancestors().find(|above| !self.is_one(above));
        Some(root.unwrap_or(directory))
    }
}

/// Modules of the standard library that nearly every program has loaded before it gets to its own.
const LOADED: [&str; 26] = [
    "abc",
    "asyncio",
    "collections",
    "contextlib",
    "copy",
    "dataclasses",
    "datetime",
    "email",
    "enum",
    "functools",
    "http",
    "importlib",
    "inspect",
    "io",
    "json",
    "logging",
    "operator",
    "os",
    "pathlib",
    "re",
    "socket",
    "string",
    "threading",
    "types",
    "typing",
    "urllib",
];

/// Where the packages in `directory`, which is none itself, are imported from: there, unless one of them would stand for
/// a module of the standard library then. A directory with a package `logging` is no place to import from, but a
/// namespace package (PEP 420) below one. `None` when that place is not below `top`.
fn above_namespaces<'d>(directory: &'d Utf8Path, top: &Utf8Path) -> Option<&'d Utf8Path> {
    let hides = |directory: &Utf8Path| {
        let mut names = LOADED.iter();
        names.any(|name| disk::is_file(&directory.join(name).join("__init__.py")))
    };
    let is_package = |directory: &Utf8Path| disk::is_file(&directory.join("__init__.py"));
    let mut places = directory
        .ancestors()
        .take_while(|place| place.starts_with(top));
    places.find(|place| !is_package(place) && !hides(place))
}

fn import_root(directory: &Utf8Path) -> &Utf8Path {
    directory
        .ancestors()
        .find(|above| !disk::is_file(&above.join("__init__.py")))
        .unwrap_or(directory)
}

/// The directories that modules are imported from: what the configuration names, the project and its `src`, and above
/// each of `files` the directory that holds its outermost package.
pub(crate) fn import_roots<'f>(
    bounds: &Bounds,
    files: impl Iterator<Item = &'f Utf8PathBuf>,
    named: &[Utf8PathBuf],
) -> Vec<Utf8PathBuf> {
    let mut roots = named.to_vec();
    roots.extend(own_roots(bounds));
    roots.push(bounds.repository.clone());
    let mut packages = Packages::default();
    let directories: FxHashSet<&str> = files
        .filter_map(|path| Some(path.parent()?.as_str()))
        .collect();
    let above: FxHashSet<&str> = directories
        .into_iter()
        .map(Utf8Path::new)
        .filter_map(|directory| packages.root_above(directory))
        .map(Utf8Path::as_str)
        .collect();
    let above: BTreeSet<&Utf8Path> = above
        .into_iter()
        .filter_map(|root| above_namespaces(Utf8Path::new(root), &bounds.repository))
        .collect();
    roots.extend(above.into_iter().map(Utf8Path::to_owned));
    let mut seen = BTreeSet::new();
    roots.retain(|path| {
        let is_root = disk::is_directory(path) && !disk::is_file(&path.join("__init__.py"));
        is_root && path.parent().is_some() && seen.insert(path.clone())
    });
    roots
}

/// The directories that a project's modules are imported from, by custom: `src`, unless it is a symbolic link that
/// leads out of the repository, and the project itself.
pub(crate) fn own_roots(bounds: &Bounds) -> Vec<Utf8PathBuf> {
    let src = bounds.project.join("src");
    let inside = Tree::below(&bounds.repository).holds(&src);
    let src = inside.then_some(src).into_iter();
    src.chain([bounds.project.clone()]).collect()
}

#[cfg(test)]
mod tests {
    use camino::{Utf8Path, Utf8PathBuf};

    use super::{Bounds, import_roots};

    /// The places that the modules `files` of a project are imported from, as paths in it.
    fn roots(files: &[&str]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().canonicalize().unwrap()).unwrap();
        let paths: Vec<Utf8PathBuf> = files.iter().map(|file| root.join(file)).collect();
        std::fs::write(root.join("pyproject.toml"), "").unwrap();
        for path in &paths {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let bounds = Bounds::of(std::slice::from_ref(&root));
        let found = import_roots(&bounds, paths.iter(), &[]);
        let below = |path: &Utf8PathBuf| path.strip_prefix(&root).map(Utf8Path::to_string);
        found.iter().filter_map(|path| below(path).ok()).collect()
    }

    #[test]
    fn modules_are_imported_from_above_their_outermost_package() {
        let found = roots(&[
            "back/app/__init__.py",
            "back/app/api/__init__.py",
            "back/x.py",
        ]);
        assert_eq!(found, ["", "back"]);
    }

    /// Nobody imports from a directory where `import logging` would find the project's own.
    #[test]
    fn a_package_called_like_a_standard_module_stands_in_a_namespace_package() {
        let files = ["back/flow/logging/__init__.py", "back/flow/api/__init__.py"];
        assert_eq!(roots(&files), ["", "back"]);
        let files = ["flow/json/__init__.py", "flow/types.py"];
        assert_eq!(roots(&files), [""]);
        let files = ["flow/log/__init__.py", "flow/logging.txt"];
        assert_eq!(roots(&files), ["", "flow"]);
    }
}
