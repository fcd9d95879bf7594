//! The Python files below some paths, and the root of the project that they belong to.

use std::collections::BTreeSet;
use std::sync::Mutex;

use camino::{Utf8Path, Utf8PathBuf};
use ignore::{WalkBuilder, WalkState};

use crate::config::Configuration;
use crate::problem::Problem;
use crate::source::reason;

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

/// Every Python file below `paths` (absolute), each once, sorted; a file that is named is always in.
/// What `.gitignore` names, hidden directories and what the configuration excludes are out.
pub(crate) fn python_files(
    paths: &[Utf8PathBuf],
    configuration: &Configuration,
) -> (BTreeSet<Utf8PathBuf>, Vec<Problem>) {
    let found = Mutex::new((BTreeSet::new(), Vec::new()));
    let keep = |path: Utf8PathBuf| {
        if let Ok(mut found) = found.lock() {
            found.0.insert(path);
        }
    };
    let complain = |problem: Problem| {
        if let Ok(mut found) = found.lock() {
            found.1.push(problem);
        }
    };
    for path in paths {
        match std::fs::metadata(path) {
            Err(error) => complain(Problem::new(path, reason(&error))),
            Ok(metadata) if !metadata.is_dir() => keep(path.clone()),
            Ok(_) => walk(path, configuration, &keep, &complain),
        }
    }
    found.into_inner().unwrap_or_default()
}

fn walk(
    root: &Utf8Path,
    configuration: &Configuration,
    keep: &(dyn Fn(Utf8PathBuf) + Sync),
    complain: &(dyn Fn(Problem) + Sync),
) {
    let excluded = |path: &Utf8Path, is_dir: bool| {
        let directory = if is_dir {
            path
        } else {
            path.parent().unwrap_or(path)
        };
        path != root
            && configuration
                .settings(directory)
                .is_ok_and(|settings| settings.excludes_itself(path, is_dir))
    };
    let threads = rayon::current_num_threads();
    let walker = WalkBuilder::new(root)
        .threads(threads)
        .require_git(false)
        .build_parallel();
    walker.run(|| {
        Box::new(|entry| {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    complain(walk_problem(root, &error));
                    return WalkState::Continue;
                }
            };
            let Some(path) = Utf8Path::from_path(entry.path()) else {
                let shown = entry.path().to_string_lossy().into_owned();
                complain(Problem::new(shown, "its name is not UTF-8; left alone"));
                return WalkState::Skip;
            };
            let kind = entry.file_type();
            let is_dir = kind.is_some_and(|kind| kind.is_dir());
            if !is_dir && !is_python(path) {
                return WalkState::Continue;
            }
            if excluded(path, is_dir) {
                return WalkState::Skip;
            }
            if is_dir {
                return WalkState::Continue;
            }
            let linked_directory = kind.is_some_and(|kind| kind.is_symlink()) && path.is_dir();
            if !linked_directory {
                keep(path.to_owned());
            }
            WalkState::Continue
        })
    });
}

fn walk_problem(root: &Utf8Path, error: &ignore::Error) -> Problem {
    let path = match error {
        ignore::Error::WithPath { path, .. } => path.to_string_lossy().into_owned(),
        ignore::Error::Loop { child, .. } => child.to_string_lossy().into_owned(),
        _ => root.to_string(),
    };
    let message = match error.io_error() {
        Some(error) => reason(error),
        None => error.to_string(),
    };
    Problem::new(path, message)
}

fn is_python(path: &Utf8Path) -> bool {
    matches!(path.extension(), Some("py" | "pyi" | "pyw"))
}

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
        let has_parent = |directory: &&Utf8Path| directory.parent().is_some();
        let project = common
            .ancestors()
            .filter(has_parent)
            .find(|directory| MARKERS.iter().any(|marker| directory.join(marker).exists()))
            .unwrap_or_else(|| above_packages(&common));
        let home = std::env::var("HOME").unwrap_or_default();
        let repository = project
            .ancestors()
            .filter(has_parent)
            .find(|directory| directory.join(".git").exists())
            .filter(|directory| directory.as_str() != home)
            .unwrap_or(project);
        Self {
            project: project.to_owned(),
            repository: repository.to_owned(),
        }
    }
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

fn import_root(directory: &Utf8Path) -> &Utf8Path {
    directory
        .ancestors()
        .find(|above| !above.join("__init__.py").is_file())
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
    roots.push(bounds.project.join("src"));
    roots.push(bounds.project.clone());
    roots.push(bounds.repository.clone());
    let directories: BTreeSet<&Utf8Path> = files.filter_map(|path| path.parent()).collect();
    let packages = directories
        .into_iter()
        .filter(|directory| directory.join("__init__.py").is_file());
    let above: BTreeSet<&Utf8Path> = packages.map(import_root).collect();
    roots.extend(above.into_iter().map(Utf8Path::to_owned));
    let mut seen = BTreeSet::new();
    roots.retain(|path| {
        path.is_dir() && !path.join("__init__.py").is_file() && seen.insert(path.clone())
    });
    roots
}

/// The virtual environment of the project at `root`: `VIRTUAL_ENV`, else `.venv`. Read, never executed.
pub(crate) fn environment(root: &Utf8Path) -> Option<Utf8PathBuf> {
    let active = std::env::var("VIRTUAL_ENV").ok().map(Utf8PathBuf::from);
    active
        .into_iter()
        .chain([root.join(".venv")])
        .find(|path| path.join("pyvenv.cfg").is_file())
}
