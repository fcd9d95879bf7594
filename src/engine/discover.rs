//! The Python files below some paths, and the root of the project that they belong to.
//!
//! A file goes by its own name, never by that of a symbolic link: two names would be two texts to edit. A link that
//! leads out of the project is a name without a file of the project behind it: what it leads to is read as Python's own
//! import would read it, and held, so that nothing writes there.

mod bounds;
mod environment;
mod ignore_files;
mod own_path;
mod twins;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex};

use camino::{Utf8Path, Utf8PathBuf};
use ignore::{WalkBuilder, WalkState};
use rustc_hash::FxHashMap;

pub(crate) use bounds::{Bounds, import_roots, is_marked, own_roots};
pub use environment::environment_at;
use environment::is_environment;
pub(crate) use environment::{Environment, environment, site_packages};
pub use own_path::{leads_outside, own_path};

use crate::config::Configuration;
use crate::disk::{self, Digest};
use crate::problem::Problem;
use crate::source::reason;
use crate::tree::Tree;
use twins::without_twins;

/// What a walk has found.
#[derive(Debug, Default)]
pub(crate) struct Finding {
    /// The files, each once.
    pub(crate) files: BTreeSet<Utf8PathBuf>,
    /// Those of them that are symbolic links out of the project: what a message says of one behind its name.
    pub(crate) outside: BTreeMap<Utf8PathBuf, String>,
    pub(crate) problems: Vec<Problem>,
}

impl Finding {
    /// The same for two walks that have found the same.
    pub(crate) fn digest(&self) -> Digest {
        let mut hasher = blake3::Hasher::new();
        for file in &self.files {
            hasher.update(file.as_str().as_bytes());
            hasher.update(b"\0");
        }
        let mut problems: Vec<&Problem> = self.problems.iter().collect();
        problems.sort();
        hasher.update(format!("{:?}{problems:?}", self.outside).as_bytes());
        *hasher.finalize().as_bytes()
    }
}

/// Every Python file below `paths` (absolute); a file that is named is always in.
/// What `.gitignore` names, hidden directories, virtual environments and what the configuration excludes are out.
///
/// A symbolic link stands for the file that it leads to, under that file's own name. It is no way round what is left
/// out. One that leads out of the repository around its path counts under its own name, if it leads to a Python file;
/// to any other file it is a problem. Links to directories are not followed.
pub(crate) fn python_files(paths: &[Utf8PathBuf], configuration: &Configuration) -> Finding {
    let place = Place {
        trees: trees(paths),
        configuration,
    };
    let found = Mutex::new(Found::default());
    for path in paths {
        match std::fs::metadata(path) {
            Err(error) => keep(&found, |found| {
                found.problems.push(Problem::new(path, reason(&error)));
            }),
            Ok(metadata) if !metadata.is_dir() => {
                keep(&found, |found| found.file(path, path.is_symlink(), &place));
            }
            Ok(_) => walk(path, &place, &found),
        }
    }
    let found = found.into_inner().unwrap_or_default().told();
    disk::note_walk(paths, || found.digest());
    found
}

/// The repositories around `paths`, each once: a shell may have named thousands of files of one folder.
fn trees(paths: &[Utf8PathBuf]) -> Vec<Tree> {
    let directory = |path: &Utf8PathBuf| match path.is_dir() {
        true => path.clone(),
        false => path.parent().unwrap_or(path).to_owned(),
    };
    let directories: BTreeSet<Utf8PathBuf> = paths.iter().map(directory).collect();
    let around = |directory: Utf8PathBuf| Bounds::of(&[directory]).repository;
    let tops: BTreeSet<Utf8PathBuf> = directories.into_iter().map(around).collect();
    tops.iter().map(|top| Tree::below(top)).collect()
}

/// Where a run looks.
struct Place<'c> {
    /// Those of its paths: what a link may lead to.
    trees: Vec<Tree>,
    configuration: &'c Configuration,
}

impl Place<'_> {
    fn holds(&self, real: &Utf8Path) -> bool {
        self.trees.iter().any(|tree| real.starts_with(tree.top()))
    }

    fn excludes(&self, directory: &Utf8Path, path: &Utf8Path, is_dir: bool) -> bool {
        let settings = self.configuration.settings(directory);
        settings.is_ok_and(|settings| settings.excludes_itself(path, is_dir))
    }

    /// Whether the walk leaves out the file at `real`, which a link leads to.
    fn leaves_out(&self, real: &Utf8Path) -> bool {
        let directory = real.parent().unwrap_or(real);
        let settings = self.configuration.settings(directory);
        settings.is_ok_and(|settings| settings.is_excluded(real, false))
            || directory.ancestors().any(is_environment)
    }
}

/// What was found, by the real path. Of the names that lead to it the lowest counts.
#[derive(Default)]
struct Found {
    files: Names,
    outside: BTreeMap<Utf8PathBuf, String>,
    loops: Names,
    problems: Vec<Problem>,
}

/// A path, behind what makes it worse than others: that it is a symbolic link, and its length.
type Name = ((bool, usize), Utf8PathBuf);

/// Names by the bytes of the real path.
type Names = FxHashMap<Box<str>, Name>;

impl Found {
    /// Take in the file at `path`.
    fn file(&mut self, path: &Utf8Path, is_link: bool, place: &Place<'_>) {
        match path.canonicalize_utf8() {
            Ok(real) if is_link => self.link(path, real, place),
            // What cannot be resolved says why when it is read.
            real => lower(
                &mut self.files,
                real.unwrap_or(path.to_owned()),
                path,
                is_link,
            ),
        }
    }

    /// Take in the symbolic link at `path`, which leads to `real`.
    fn link(&mut self, path: &Utf8Path, real: Utf8PathBuf, place: &Place<'_>) {
        let tree = place.trees.iter().find(|tree| path.starts_with(tree.top()));
        let top = tree.map_or(path, Tree::top);
        match place.holds(&real) {
            true if place.leaves_out(&real) => {}
            // A script without an ending: only the link says that it is Python.
            true if !is_python(&real) => lower(&mut self.files, real, path, true),
            true => {
                let own = real.clone();
                lower(&mut self.files, real, &own, false);
            }
            false => {
                let problem = leads_outside(path, &real, top);
                match is_python(&real) {
                    true => {
                        self.outside.insert(path.to_owned(), problem.message);
                        lower(&mut self.files, path.to_owned(), path, true);
                    }
                    false => self.problems.push(problem),
                }
            }
        }
    }

    fn told(self) -> Finding {
        let loops = sorted(self.loops).into_iter().map(|path| {
            let message = "is a symbolic link to a directory above it; not followed";
            Problem::new(path, message)
        });
        Finding {
            files: without_twins(sorted(self.files)),
            outside: self.outside,
            problems: self.problems.into_iter().chain(loops).collect(),
        }
    }
}

/// The paths of `names`, in the order of paths.
fn sorted(names: Names) -> BTreeSet<Utf8PathBuf> {
    let mut paths: Vec<Utf8PathBuf> = names.into_values().map(|(_, path)| path).collect();
    // Nearly the order of paths, which compare part by part; what is sorted already is not compared much again.
    paths.sort_by_cached_key(|path| path.as_str().replace(std::path::MAIN_SEPARATOR, "\0"));
    paths.into_iter().collect()
}

/// Let `path` be the name of `real`, unless that has a better one.
fn lower(names: &mut Names, real: Utf8PathBuf, path: &Utf8Path, is_link: bool) {
    let name = ((is_link, path.components().count()), path.to_owned());
    match names.entry(real.into_string().into()) {
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

fn walk(root: &Utf8Path, place: &Place<'_>, found: &Mutex<Found>) {
    // The walk also reads what the directories above say.
    let fault = |above: &Utf8Path| match place.holds(above) {
        true => ignore_files::unusable(above),
        false => ignore_files::unusable_above(above),
    };
    if let Some(problem) = root.ancestors().find_map(fault) {
        return keep(found, |found| found.problems.push(problem));
    }
    let shut = Arc::new(Mutex::new(Vec::new()));
    let walker = WalkBuilder::new(root)
        .threads(rayon::current_num_threads())
        .require_git(false)
        .filter_entry(open_folders(shut.clone()))
        .build_parallel();
    walker.run(|| {
        Box::new(|entry| match entry {
            Ok(entry) => visit(&entry, root, place, found),
            Err(error) => {
                let problem = walk_problem(root, &error);
                keep(found, |found| found.problems.push(problem));
                WalkState::Continue
            }
        })
    });
    let shut = shut.lock().map(|mut shut| std::mem::take(&mut *shut));
    keep(found, |found| {
        found.problems.extend(shut.unwrap_or_default())
    });
}

/// Passes everything but directories whose own files that say what to leave out cannot be read; these go to `shut`.
fn open_folders(
    shut: Arc<Mutex<Vec<Problem>>>,
) -> impl Fn(&ignore::DirEntry) -> bool + Send + Sync + 'static {
    move |entry| {
        if !entry.file_type().is_some_and(|kind| kind.is_dir()) {
            return true;
        }
        let fault = Utf8Path::from_path(entry.path()).and_then(ignore_files::unusable);
        let is_open = fault.is_none();
        if let Ok(mut shut) = shut.lock() {
            shut.extend(fault);
        }
        is_open
    }
}

/// Take in one entry of the walk below `root`.
fn visit(
    entry: &ignore::DirEntry,
    root: &Utf8Path,
    place: &Place<'_>,
    found: &Mutex<Found>,
) -> WalkState {
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
    let directory = match is_dir && !is_link {
        true => path,
        false => path.parent().unwrap_or(path),
    };
    let excluded = path != root && place.excludes(directory, path, is_dir);
    if excluded || is_dir && path != root && is_environment(path) {
        return WalkState::Skip;
    }
    if linked_directory && path != root {
        if leads_up(path) {
            keep(found, |found| {
                lower(&mut found.loops, path.to_owned(), path, true)
            });
        }
    } else if !is_dir && is_link {
        keep(found, |found| found.file(path, true, place));
    } else if !is_dir {
        keep(found, |found| {
            lower(&mut found.files, path.to_owned(), path, false)
        });
    }
    WalkState::Continue
}

/// Whether the symbolic link at `link`, whose directory is a real path, leads to a directory that it stands in.
fn leads_up(link: &Utf8Path) -> bool {
    link.canonicalize_utf8()
        .is_ok_and(|target| link.starts_with(target))
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

/// Whether the file at `path` is named as Python's are.
pub(crate) fn is_python(path: &Utf8Path) -> bool {
    matches!(path.extension(), Some("py" | "pyi" | "pyw"))
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
