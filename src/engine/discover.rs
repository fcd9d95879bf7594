//! The Python files below some paths, and the root of the project that they belong to.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
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
/// What `.gitignore` names, hidden directories, virtual environments and what the configuration excludes are out.
///
/// A file that is reached under several names goes by its own, not by that of a symbolic link.
pub(crate) fn python_files(
    paths: &[Utf8PathBuf],
    configuration: &Configuration,
) -> (BTreeSet<Utf8PathBuf>, Vec<Problem>) {
    let found = Mutex::new(Found::default());
    for path in paths {
        match std::fs::metadata(path) {
            Err(error) => keep(&found, |found| {
                found.problems.push(Problem::new(path, reason(&error)));
            }),
            Ok(metadata) if !metadata.is_dir() => keep(&found, |found| found.file(path, None)),
            Ok(_) => walk(path, configuration, &found),
        }
    }
    let found = found.into_inner().unwrap_or_default();
    let loops = found.loops.into_values().map(|(_, path)| {
        let message = "is a symbolic link to a directory above it; not followed";
        Problem::new(path, message)
    });
    let problems = found.problems.into_iter().chain(loops).collect();
    let files = found.files.into_values().map(|(_, path)| path).collect();
    (files, problems)
}

/// What was found, by the real path. Of the names that lead to it the lowest counts.
#[derive(Default)]
struct Found {
    files: BTreeMap<Utf8PathBuf, Name>,
    loops: BTreeMap<Utf8PathBuf, Name>,
    problems: Vec<Problem>,
}

/// A path, behind what makes it worse than others: that it is a symbolic link, and its length.
type Name = ((bool, usize), Utf8PathBuf);

impl Found {
    /// Take in the file at `path`; `real` when that is known without asking the disk.
    fn file(&mut self, path: &Utf8Path, real: Option<Utf8PathBuf>) {
        let is_link = real.is_none() && path.is_symlink();
        let real = real.or_else(|| path.canonicalize_utf8().ok());
        let real = real.unwrap_or_else(|| path.to_owned());
        lower(&mut self.files, real, path, is_link);
    }
}

/// Let `path` be the name of `real`, unless that has a better one.
fn lower(
    names: &mut BTreeMap<Utf8PathBuf, Name>,
    real: Utf8PathBuf,
    path: &Utf8Path,
    is_link: bool,
) {
    let name = ((is_link, path.components().count()), path.to_owned());
    match names.entry(real) {
        Entry::Vacant(entry) => drop(entry.insert(name)),
        Entry::Occupied(mut entry) if name < *entry.get() => drop(entry.insert(name)),
        Entry::Occupied(_) => {}
    }
}

fn keep(found: &Mutex<Found>, take: impl FnOnce(&mut Found)) {
    if let Ok(mut found) = found.lock() {
        take(&mut found);
    }
}

fn walk(root: &Utf8Path, configuration: &Configuration, found: &Mutex<Found>) {
    let excluded = |path: &Utf8Path, is_dir: bool, is_link: bool| {
        let directory = match is_dir && !is_link {
            true => path,
            false => path.parent().unwrap_or(path),
        };
        path != root
            && configuration
                .settings(directory)
                .is_ok_and(|settings| settings.excludes_itself(path, is_dir))
    };
    let real_root = root.canonicalize_utf8().unwrap_or_else(|_| root.to_owned());
    let real = |path: &Utf8Path| match path.strip_prefix(root) {
        Ok(inside) => real_root.join(inside),
        Err(_) => path.to_owned(),
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
                    keep(found, |found| {
                        found.problems.push(walk_problem(root, &error));
                    });
                    return WalkState::Continue;
                }
            };
            let Some(path) = Utf8Path::from_path(entry.path()) else {
                let shown = entry.path().to_string_lossy().into_owned();
                let problem = Problem::new(shown, "its name is not UTF-8; left alone");
                keep(found, |found| found.problems.push(problem));
                return WalkState::Skip;
            };
            let kind = entry.file_type();
            let is_link = kind.is_some_and(|kind| kind.is_symlink());
            let linked_directory = is_link && path.is_dir();
            let is_dir = linked_directory || kind.is_some_and(|kind| kind.is_dir());
            if !is_dir && !is_python(path) {
                return WalkState::Continue;
            }
            if excluded(path, is_dir, is_link) || is_dir && path != root && is_environment(path) {
                return WalkState::Skip;
            }
            if linked_directory && path != root {
                let link = real(path);
                if leads_up(&link) {
                    keep(found, |found| lower(&mut found.loops, link, path, true));
                }
            } else if !is_dir {
                let known = (!is_link).then(|| real(path));
                keep(found, |found| found.file(path, known));
            }
            WalkState::Continue
        })
    });
}

/// Whether the symbolic link at `link`, whose directory is a real path, leads to a directory that it stands in.
fn leads_up(link: &Utf8Path) -> bool {
    link.canonicalize_utf8()
        .is_ok_and(|target| link.starts_with(target))
}

/// Whether the directory at `path` is a virtual environment (PEP 405), under whatever name.
fn is_environment(path: &Utf8Path) -> bool {
    path.join("pyvenv.cfg").is_file()
}

/// The walk below `root` tells of `error`: where it arose, without the layers that the walk has put around it.
fn walk_problem(root: &Utf8Path, error: &ignore::Error) -> Problem {
    let (mut path, mut error) = (root.to_string(), error);
    loop {
        error = match error {
            ignore::Error::WithPath { path: at, err } => {
                path = at.to_string_lossy().into_owned();
                err
            }
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => err,
            ignore::Error::Partial(errors) if errors.len() == 1 => &errors[0],
            ignore::Error::Io(error) => return Problem::new(path, reason(error)),
            other => return Problem::new(path, other.to_string().replace('\n', "; ")),
        }
    }
}

fn is_python(path: &Utf8Path) -> bool {
    matches!(path.extension(), Some("py" | "pyi" | "pyw"))
}

/// Whether `directory` holds a file that marks it as the root of a project.
pub(crate) fn is_marked(directory: &Utf8Path) -> bool {
    MARKERS.iter().any(|marker| directory.join(marker).exists())
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
            .find(|directory| is_marked(directory))
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

/// The virtual environment of the project at `root`: the one that is `named`, else `VIRTUAL_ENV`, else `.venv`. Read,
/// never executed.
pub(crate) fn environment(root: &Utf8Path, named: Option<&Utf8Path>) -> Option<Utf8PathBuf> {
    if let Some(named) = named {
        return Some(named.to_owned());
    }
    let active = std::env::var("VIRTUAL_ENV").ok().map(Utf8PathBuf::from);
    active
        .into_iter()
        .chain([root.join(".venv")])
        .find(|path| is_environment(path))
}

/// The virtual environment that `path` (absolute) names: itself, or the one whose interpreter it is.
///
/// # Errors
/// A message when it is none.
pub fn environment_at(path: &Utf8Path) -> Result<Utf8PathBuf, String> {
    let interpreter = path.parent().and_then(Utf8Path::parent);
    [Some(path), interpreter]
        .into_iter()
        .flatten()
        .find(|directory| is_environment(directory))
        .map(Utf8Path::to_owned)
        .ok_or_else(|| format!("`{path}` is no virtual environment: there is no pyvenv.cfg"))
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;
    use ignore::Error;

    use super::walk_problem;

    #[test]
    fn problems_of_the_walk_name_the_place() {
        let denied = || Box::new(Error::Io(std::io::ErrorKind::PermissionDenied.into()));
        let at = |path: &str, err: Box<Error>| {
            let path = path.into();
            Box::new(Error::WithPath { path, err })
        };
        let deep = |err: Box<Error>| Box::new(Error::WithDepth { depth: 1, err });
        for error in [
            at("/p/vault", denied()),
            at("/p/vault", deep(denied())),
            deep(at("/p/vault", denied())),
            at("/p", deep(at("/p/vault", deep(denied())))),
        ] {
            let problem = walk_problem(Utf8Path::new("/p"), &error);
            assert_eq!(problem.path, "/p/vault", "{error:?}");
            assert_eq!(problem.message, "permission denied", "{error:?}");
        }
        let nowhere = walk_problem(Utf8Path::new("/p"), &deep(denied()));
        assert_eq!(nowhere.path, "/p");
    }
}
