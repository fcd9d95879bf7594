//! What git knows of files: whether they can be had back from it.
//!
//! The repository is read by a library, not by the program: the settings of a stranger's repository can make git run
//! commands.

pub mod holding;
pub mod identity;

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::problem::Problem;
use git2::{ErrorCode, Repository, Status, StatusOptions};

/// Files that must not be written unasked, and why.
#[derive(Debug, Default)]
pub struct Uncommitted {
    pub files: BTreeSet<Utf8PathBuf>,
    pub problems: Vec<Problem>,
}

/// Those of `files` (absolute, real) that lie in a git tree and have changes that no commit holds; all of a tree that
/// cannot be asked.
pub fn uncommitted(files: &[&Utf8Path]) -> Uncommitted {
    let mut found = Uncommitted::default();
    for (top, files) in by_repository(files) {
        match dirty(&top, &files) {
            Ok(dirty) => {
                let problem = |file: &&Utf8Path| Problem::new(*file, "has uncommitted changes");
                let mut problems: Vec<Problem> = dirty.iter().map(problem).collect();
                // The way out is the same for all.
                let last = problems
                    .pop()
                    .map(|last| last.help("commit or stash them, or pass `--allow-dirty`"));
                found.problems.extend(problems);
                found.problems.extend(last);
                found
                    .files
                    .extend(dirty.into_iter().map(Utf8Path::to_owned));
            }
            Err(error) => {
                let what = error.message();
                let message = format!("cannot be asked for uncommitted changes: {what}");
                let help = "if nothing is uncommitted, pass `--allow-dirty`";
                found.problems.push(Problem::new(top, message).help(help));
                found
                    .files
                    .extend(files.into_iter().map(Utf8Path::to_owned));
            }
        }
    }
    found
}

/// `files` by the directory that holds the `.git` above them; without those that have none.
pub fn by_repository<'f>(files: &[&'f Utf8Path]) -> BTreeMap<Utf8PathBuf, Vec<&'f Utf8Path>> {
    let mut tops: BTreeMap<&Utf8Path, Option<&Utf8Path>> = BTreeMap::new();
    let mut found: BTreeMap<Utf8PathBuf, Vec<&Utf8Path>> = BTreeMap::new();
    for file in files {
        let Some(directory) = file.parent() else {
            continue;
        };
        let top = *tops.entry(directory).or_insert_with(|| {
            let mut above = directory.ancestors();
            above.find(|above| is_repository(above))
        });
        if let Some(top) = top {
            found.entry(top.to_owned()).or_default().push(file);
        }
    }
    found
}

/// Whether what is called `.git` in `top` is a repository, good or bad. git looks further up where it is none at all.
pub fn is_repository(top: &Utf8Path) -> bool {
    let stands = top.join(".git").symlink_metadata().is_ok();
    stands
        && Repository::open(top).map_or_else(|error| error.code() != ErrorCode::NotFound, |_| true)
}

/// Those of `files`, all below `top`, that the repository there has not committed.
fn dirty<'f>(top: &Utf8Path, files: &[&'f Utf8Path]) -> Result<Vec<&'f Utf8Path>, git2::Error> {
    let repository = Repository::open(top)?;
    let mut options = StatusOptions::new();
    options
        .include_untracked(true)
        .recurse_untracked_dirs(true)
        .include_ignored(false)
        .exclude_submodules(true)
        .disable_pathspec_match(true);
    for file in files {
        if let Ok(path) = file.strip_prefix(top) {
            options.pathspec(path.as_str());
        }
    }
    let statuses = repository.statuses(Some(&mut options))?;
    let dirty: BTreeSet<Utf8PathBuf> = statuses
        .iter()
        .filter(|entry| entry.status() != Status::CURRENT)
        .filter_map(|entry| Some(top.join(std::str::from_utf8(entry.path_bytes()).ok()?)))
        .collect();
    let mut found = files.to_vec();
    found.retain(|file| dirty.contains(*file));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use camino::{Utf8Path, Utf8PathBuf};

    use super::uncommitted;

    fn git(directory: &Utf8Path, arguments: &[&str]) {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=t", "-c", "user.email=t@example.org"]);
        let status = command.args(arguments).current_dir(directory).output();
        assert!(status.unwrap().status.success(), "git {arguments:?}");
    }

    /// An empty one.
    fn repository() -> (tempfile::TempDir, Utf8PathBuf) {
        let guard = tempfile::tempdir().unwrap();
        let top = Utf8Path::from_path(guard.path()).unwrap();
        let top = top.canonicalize_utf8().unwrap();
        git(&top, &["init", "-q"]);
        (guard, top)
    }

    /// A repository with a file in each state, and the names of those that `uncommitted` names.
    #[test]
    fn tells_what_no_commit_holds() {
        let (_guard, top) = repository();
        fs::create_dir(top.join("pkg")).unwrap();
        for name in ["clean.py", "changed.py", "staged.py", "pkg/deep [x].py"] {
            fs::write(top.join(name), "a\n").unwrap();
        }
        fs::write(top.join(".gitignore"), "ignored.py\n").unwrap();
        git(&top, &["add", "."]);
        git(&top, &["commit", "-qm", "one"]);
        for name in [
            "changed.py",
            "staged.py",
            "pkg/deep [x].py",
            "new/untracked.py",
            "ignored.py",
        ] {
            let path = top.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "b\n").unwrap();
        }
        git(&top, &["add", "staged.py"]);
        let names = [
            "clean.py",
            "changed.py",
            "staged.py",
            "pkg/deep [x].py",
            "new/untracked.py",
            "ignored.py",
        ];
        let files: Vec<Utf8PathBuf> = names.iter().map(|name| top.join(name)).collect();
        let files: Vec<&Utf8Path> = files.iter().map(Utf8PathBuf::as_path).collect();
        let found = uncommitted(&files);
        assert_eq!(found.files.len(), found.problems.len());
        let found: Vec<_> = found
            .problems
            .iter()
            .map(|one| one.path.strip_prefix(&top).unwrap())
            .collect();
        assert_eq!(
            found,
            [
                "changed.py",
                "staged.py",
                "pkg/deep [x].py",
                "new/untracked.py"
            ]
        );
    }

    #[test]
    fn what_is_no_repository_has_nothing_to_commit() {
        let guard = tempfile::tempdir().unwrap();
        let top = Utf8Path::from_path(guard.path()).unwrap();
        fs::create_dir(top.join(".git")).unwrap();
        fs::write(top.join("a.py"), "").unwrap();
        assert!(uncommitted(&[&top.join("a.py")]).files.is_empty());
    }

    /// Where git cannot be asked, nothing is known to be committed.
    #[test]
    fn a_repository_that_cannot_be_read_is_dirty() {
        let (_guard, top) = repository();
        fs::write(top.join("a.py"), "a\n").unwrap();
        git(&top, &["add", "."]);
        git(&top, &["commit", "-qm", "one"]);
        fs::write(top.join(".git/index"), "no index").unwrap();
        let found = uncommitted(&[&top.join("a.py")]);
        assert_eq!((found.files.len(), found.problems.len()), (1, 1));
        let help = found.problems[0].help.as_deref().unwrap();
        assert!(help.contains("--allow-dirty"), "{help}");
    }

    /// A repository of a stranger cannot have a command run: git itself would ask this one for changed files.
    #[test]
    fn runs_nothing() {
        let (_guard, top) = repository();
        fs::write(top.join("a.py"), "a\n").unwrap();
        fs::write(top.join(".gitattributes"), "*.py filter=evil\n").unwrap();
        git(&top, &["add", "."]);
        git(&top, &["commit", "-qm", "one"]);
        let mark = top.join("ran");
        for key in ["core.fsmonitor", "filter.evil.clean", "filter.evil.process"] {
            git(&top, &["config", key, &format!("touch '{mark}'; false")]);
        }
        fs::write(top.join("a.py"), "b\n").unwrap();
        assert_eq!(uncommitted(&[&top.join("a.py")]).files.len(), 1);
        assert!(!mark.exists());
    }
}
