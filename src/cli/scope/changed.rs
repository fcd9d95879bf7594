//! Which files differ from a commit: committed since, staged, changed or new on disk.
//!
//! The repository is read by a library and never by the git program: no filter, no external diff and no monitor that a
//! stranger's repository names is run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context, bail};
use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::problem::Problem;
use git2::{
    Delta, Diff, DiffFindOptions, DiffOptions, ErrorCode, ObjectType, Oid, Repository, Tree,
};

use super::super::git::is_repository;
use super::{commit, lines, submodules};

/// Files that have changed.
#[derive(Default)]
pub struct Changes {
    /// Absolute, real paths.
    pub files: BTreeMap<Utf8PathBuf, Changed>,
    pub problems: Vec<Problem>,
}

/// A file that has changed.
pub struct Changed {
    /// What stood there before; `None` for a file that is new as a whole.
    pub before: Option<Before>,
}

/// A text that git holds.
pub struct Before {
    pub repository: Rc<Repository>,
    pub blob: Oid,
}

/// How much has to be known of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// That there is one.
    Files,
    /// What stood there before, under an older name too.
    Lines,
}

/// What differs on disk from the commit where HEAD left `name`, in each repository that one of `paths` lies in.
///
/// # Errors
/// A path lies in no repository; or the commit cannot be found; or a repository cannot be read.
pub fn since(paths: &[Utf8PathBuf], name: &str, detail: Detail) -> anyhow::Result<Changes> {
    let mut changes = Changes::default();
    for top in repositories(paths, "--since")? {
        let repository = Rc::new(open(&top)?);
        let base = commit::base(&repository, &top, name)?;
        let found = submodules::changed(&repository, &top, Some(base), detail);
        changes.files.extend(found?);
    }
    Ok(changes)
}

/// The directories that hold the repositories around `paths` (absolute, real), each once.
///
/// # Errors
/// One of them lies in none; `option` is what asks.
pub fn repositories(paths: &[Utf8PathBuf], option: &str) -> anyhow::Result<BTreeSet<Utf8PathBuf>> {
    let mut known: BTreeMap<&Utf8Path, Option<&Utf8Path>> = BTreeMap::new();
    let mut tops = BTreeSet::new();
    for path in paths {
        let start = match path.is_dir() {
            true => path,
            false => path.parent().unwrap_or(path),
        };
        let top = known
            .entry(start)
            .or_insert_with(|| start.ancestors().find(|above| is_repository(above)));
        match top {
            Some(top) => drop(tops.insert((*top).to_owned())),
            None => bail!("{path} lies in no git repository: {option} needs one"),
        }
    }
    Ok(tops)
}

/// The repository that the directory `top` (real) holds.
///
/// # Errors
/// It cannot be read, or its files lie elsewhere.
pub fn open(top: &Utf8Path) -> anyhow::Result<Repository> {
    let repository = Repository::open(top).map_err(|error| unreadable(top, &error))?;
    // `core.worktree` may name any directory, and a bare repository has none.
    let files = repository.workdir().map(Path::canonicalize);
    match files {
        Some(Ok(files)) if files == top.as_std_path() => Ok(repository),
        _ => bail!("{top}: the git repository keeps its files elsewhere"),
    }
}

/// That git cannot say what is asked of the repository at `top`.
pub fn unreadable(top: &Utf8Path, error: &git2::Error) -> anyhow::Error {
    let what = error.message();
    let way_out = match error.code() {
        ErrorCode::Owner => {
            format!("; if you trust it, `git config --global --add safe.directory {top}`")
        }
        _ => String::new(),
    };
    anyhow::anyhow!("{top}: the git repository cannot be read: {what}{way_out}")
}

/// The files below `top` whose text on disk differs from that in `base` (without one, from nothing).
pub fn on_disk(
    repository: &Rc<Repository>,
    top: &Utf8Path,
    base: Option<&Tree<'_>>,
    detail: Detail,
) -> anyhow::Result<BTreeMap<Utf8PathBuf, Changed>> {
    let found = || -> Result<_, git2::Error> {
        let mut staged = repository.diff_tree_to_index(base, None, Some(&mut options()))?;
        let unstaged = repository.diff_index_to_workdir(None, Some(&mut options()))?;
        let mut names = names(&staged);
        names.extend(self::names(&unstaged));
        let renames = match detail {
            Detail::Files => BTreeMap::new(),
            Detail::Lines => {
                staged.merge(&unstaged)?;
                renames(&mut staged)?
            }
        };
        Ok((names, renames))
    };
    let (names, renames) = found().map_err(|error| unreadable(top, &error))?;
    let files = names.into_iter().filter_map(|name| {
        let path = standing(top, &name)?;
        let blob = blob(base, &name).or_else(|| renames.get(&name).copied());
        let repository = repository.clone();
        let before = blob.map(|blob| Before { repository, blob });
        let changed = Changed { before };
        lines::differs(&path, &changed).then_some((path, changed))
    });
    Ok(files.collect())
}

/// What all comparisons have in common: submodules are asked themselves, untracked files count.
pub fn options() -> DiffOptions {
    let mut options = DiffOptions::new();
    options
        .ignore_submodules(true)
        .include_untracked(true)
        .recurse_untracked_dirs(true)
        .include_typechange(true)
        .skip_binary_check(true);
    options
}

/// The names, from the top of the repository on, of what `diff` leaves standing.
pub fn names(diff: &Diff<'_>) -> BTreeSet<Utf8PathBuf> {
    diff.deltas()
        .filter(|delta| delta.status() != Delta::Deleted)
        .filter_map(|delta| name_of(delta.new_file().path_bytes()))
        .collect()
}

/// What files were called before, by their new names: the texts that git holds of them.
pub fn renames(diff: &mut Diff<'_>) -> Result<BTreeMap<Utf8PathBuf, Oid>, git2::Error> {
    let mut options = DiffFindOptions::new();
    options.renames(true).for_untracked(true);
    diff.find_similar(Some(&mut options))?;
    let renamed = diff
        .deltas()
        .filter(|delta| delta.status() == Delta::Renamed);
    let names = renamed.filter_map(|delta| {
        let name = name_of(delta.new_file().path_bytes())?;
        Some((name, delta.old_file().id()))
    });
    Ok(names.collect())
}

/// A name that is no UTF-8 belongs to no file of a run.
pub fn name_of(bytes: Option<&[u8]>) -> Option<Utf8PathBuf> {
    let name = std::str::from_utf8(bytes?).ok()?;
    Some(name.into())
}

/// The real path of the file called `name`, where it is one and no symbolic link: to change a link is not to change
/// what it leads to.
pub fn standing(top: &Utf8Path, name: &Utf8Path) -> Option<Utf8PathBuf> {
    let path = top.join(name);
    let is_file = path.symlink_metadata().is_ok_and(|found| found.is_file());
    // Where case does not count, git may spell it otherwise than the disk.
    let real = path.canonicalize_utf8().ok().filter(|_| is_file)?;
    real.starts_with(top).then_some(real)
}

/// What `tree` holds under `name`, if that is a file.
pub fn blob(tree: Option<&Tree<'_>>, name: &Utf8Path) -> Option<Oid> {
    let entry = tree?.get_path(Path::new(name.as_str())).ok()?;
    let is_link = entry.filemode() == 0o120_000;
    (entry.kind() == Some(ObjectType::Blob) && !is_link).then(|| entry.id())
}

/// The tree of the commit `id`.
///
/// # Errors
/// The repository does not hold it; `whose` says where it is named.
pub fn tree_of<'r>(repository: &'r Repository, id: Oid, whose: &str) -> anyhow::Result<Tree<'r>> {
    let commit = repository.find_commit(id);
    let tree = commit.and_then(|commit| commit.tree());
    tree.map_err(|error| anyhow::anyhow!("{}", error.message()))
        .with_context(|| whose.to_owned())
}
