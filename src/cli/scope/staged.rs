//! `--staged`: what the next commit would change.
//!
//! codemend works on the text on disk, and the commit takes the text of the index. So only files count of which the two
//! are the same; git then also holds the text, and it may be written over.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::rc::Rc;

use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::config::Configuration;
use codemend_engine::problem::Problem;
use git2::{ErrorCode, Index, Repository, Tree};

use super::super::git::{Uncommitted, by_repository};
use super::changed::{
    Before, Changed, Changes, Detail, blob, name_of, names, open, options, renames, repositories,
    standing, unreadable,
};

/// The files that are staged in the repositories around `paths` (absolute, real). Python files among them that have
/// other changes too are problems.
///
/// # Errors
/// A path lies in no repository, or that cannot be read.
pub fn staged(
    paths: &[Utf8PathBuf],
    cwd: &Utf8Path,
    configuration: &Configuration,
    detail: Detail,
) -> anyhow::Result<Changes> {
    let mut changes = Changes::default();
    for top in repositories(paths, "--staged")? {
        let repository = Rc::new(open(&top)?);
        let found = in_repository(&repository, &top, cwd, detail);
        let (files, partly) = found.map_err(|error| unreadable(&top, &error))?;
        changes.files.extend(files);
        let asked = partly
            .into_iter()
            .filter(|path| is_asked_for(path, paths, configuration));
        changes.problems.extend(asked.map(partly_staged));
    }
    Ok(changes)
}

type Staged = (BTreeMap<Utf8PathBuf, Changed>, Vec<Utf8PathBuf>);

/// The files that are staged as they are on disk, and those that are staged otherwise.
fn in_repository(
    repository: &Rc<Repository>,
    top: &Utf8Path,
    cwd: &Utf8Path,
    detail: Detail,
) -> Result<Staged, git2::Error> {
    use_index_of_commit(repository, top, cwd)?;
    let head = head(repository)?;
    let mut diff = repository.diff_tree_to_index(head.as_ref(), None, Some(&mut options()))?;
    let names = names(&diff);
    let renames = match detail {
        Detail::Files => BTreeMap::new(),
        Detail::Lines => renames(&mut diff)?,
    };
    let unstaged = unstaged_names(repository)?;
    let (mut files, mut partly) = (BTreeMap::new(), Vec::new());
    for name in names {
        let Some(path) = standing(top, &name) else {
            continue;
        };
        if unstaged.contains(&name) {
            partly.push(path);
            continue;
        }
        let blob = blob(head.as_ref(), &name).or_else(|| renames.get(&name).copied());
        let repository = repository.clone();
        let before = blob.map(|blob| Before { repository, blob });
        files.insert(path, Changed { before });
    }
    Ok((files, partly))
}

/// The tree of HEAD; `None` before the first commit.
fn head(repository: &Repository) -> Result<Option<Tree<'_>>, git2::Error> {
    match repository.head() {
        Ok(head) => head.peel_to_tree().map(Some),
        Err(error) if error.code() == ErrorCode::UnbornBranch => Ok(None),
        Err(error) => Err(error),
    }
}

/// The names of what differs on disk from the index, untracked files included.
fn unstaged_names(repository: &Repository) -> Result<BTreeSet<Utf8PathBuf>, git2::Error> {
    let diff = repository.diff_index_to_workdir(None, Some(&mut options()))?;
    let names = diff.deltas().flat_map(|delta| {
        let files = [delta.old_file(), delta.new_file()];
        files.map(|file| name_of(file.path_bytes()))
    });
    Ok(names.flatten().collect())
}

/// `git commit -a` and `git commit FILE` give their hooks an index of their own: the one that will be committed.
fn use_index_of_commit(
    repository: &Repository,
    top: &Utf8Path,
    cwd: &Utf8Path,
) -> Result<(), git2::Error> {
    let Some(index) = env::var_os("GIT_INDEX_FILE").filter(|_| cwd.starts_with(top)) else {
        return Ok(());
    };
    let index = cwd.as_std_path().join(index);
    let belongs = |git: &std::path::Path| {
        let directory = index.parent().and_then(|above| above.canonicalize().ok());
        directory.is_some_and(|directory| git.canonicalize().is_ok_and(|git| git == directory))
    };
    if !belongs(repository.path()) || !index.is_file() {
        return Ok(());
    }
    repository.set_index(&mut Index::open(&index)?)
}

/// Whether a run over `paths` looks at the file `path`.
fn is_asked_for(path: &Utf8Path, paths: &[Utf8PathBuf], configuration: &Configuration) -> bool {
    if paths.iter().any(|named| named == path) {
        return true;
    }
    let is_python = matches!(path.extension(), Some("py" | "pyi" | "pyw"));
    let directory = path.parent().unwrap_or(path);
    let settings = configuration.settings(directory);
    let is_excluded = settings.is_ok_and(|settings| settings.is_excluded(path, false));
    is_python && !is_excluded && paths.iter().any(|named| path.starts_with(named))
}

fn partly_staged(path: Utf8PathBuf) -> Problem {
    Problem::new(path, "is staged, and has changes that are not; left alone")
        .help("stage them with `git add`, or put them aside with `git stash --keep-index`")
}

/// Those of `files` (absolute, real) whose text on disk git does not hold, in a commit or staged; all of a tree that
/// cannot be asked.
pub fn unstaged(files: &[&Utf8Path], cwd: &Utf8Path) -> Uncommitted {
    let mut found = Uncommitted::default();
    for (top, files) in by_repository(files) {
        let names = Repository::open(&top).and_then(|repository| {
            use_index_of_commit(&repository, &top, cwd)?;
            unstaged_names(&repository)
        });
        match names {
            Ok(names) => {
                let is_unstaged = |file: &&Utf8Path| {
                    let name = file.strip_prefix(&top);
                    name.is_ok_and(|name| names.contains(name))
                };
                for file in files.into_iter().filter(is_unstaged) {
                    found.files.insert(file.to_owned());
                    let problem = Problem::new(file, "has changes that are not staged");
                    let help = "stage or stash them, or pass `--allow-dirty`";
                    found.problems.push(problem.help(help));
                }
            }
            Err(error) => {
                let what = error.message();
                let message = format!("cannot be asked for changes that are not staged: {what}");
                found.problems.push(Problem::new(top, message));
                found
                    .files
                    .extend(files.into_iter().map(Utf8Path::to_owned));
            }
        }
    }
    found
}
