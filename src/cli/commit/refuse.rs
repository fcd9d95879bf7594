//! When there are no commits, and why: each state of a repository in which a commit would take in or push aside what
//! somebody is at.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, bail};
use camino::Utf8Path;
use codemend_engine::patch::FilePatch;
use git2::{
    AttrCheckFlags, AttrValue, Config, ErrorCode, IndexEntryExtendedFlag, IndexEntryFlag, Oid,
    Repository, RepositoryState, Status, StatusOptions,
};

use super::super::git::holding::{Form, Holding};
use super::super::git::identity::{Identity, Role, identity};
use super::super::stages::Stage;

/// Files that a message names.
const NAMED: usize = 3;

/// The repository at `top`, which can take commits.
///
/// # Errors
/// There is none, it has no files of its own, belongs to another one, or is in the middle of something.
pub fn repository(top: &Utf8Path) -> anyhow::Result<Repository> {
    if top.join(".git").symlink_metadata().is_err() {
        bail!("--commit: the changed files are not all in one git repository");
    }
    let repository = Repository::open(top);
    let repository =
        repository.with_context(|| format!("--commit: cannot open the repository at `{top}`"))?;
    if repository.is_bare() || repository.workdir() != Some(top.join("").as_std_path()) {
        bail!(
            "--commit: the files of the repository at `{top}` lie elsewhere (core.bare, core.worktree)"
        );
    }
    if is_submodule(top) {
        bail!("--commit: `{top}` is a submodule; use --series, and commit there and above by hand");
    }
    let doing = match repository.state() {
        RepositoryState::Clean => None,
        RepositoryState::Merge => Some("merge"),
        RepositoryState::Revert | RepositoryState::RevertSequence => Some("revert"),
        RepositoryState::CherryPick | RepositoryState::CherryPickSequence => Some("cherry-pick"),
        RepositoryState::Bisect => Some("bisect"),
        RepositoryState::ApplyMailbox => Some("`git am`"),
        RepositoryState::Rebase
        | RepositoryState::RebaseInteractive
        | RepositoryState::RebaseMerge
        | RepositoryState::ApplyMailboxOrRebase => Some("rebase"),
    };
    if let Some(doing) = doing {
        bail!("--commit: a {doing} is under way; finish or abort it first");
    }
    if repository.path().join("index.lock").exists() {
        bail!("--commit: another git is at work here: `index.lock` exists");
    }
    Ok(repository)
}

/// Whether a repository above holds `top` as a submodule.
fn is_submodule(top: &Utf8Path) -> bool {
    let Some(above) = top.parent() else {
        return false;
    };
    let Ok(above) = Repository::discover(above) else {
        return false;
    };
    let Some(workdir) = above.workdir().and_then(Utf8Path::from_path) else {
        return false;
    };
    let name = top.strip_prefix(workdir);
    let index = above.index();
    let (Ok(name), Ok(index)) = (name, index) else {
        return false;
    };
    let entry = index.get_path(name.as_std_path(), 0);
    entry.is_some_and(|entry| entry.mode == 0o160_000)
}

/// The branch that HEAD is on, or `HEAD` itself, and where it stands.
///
/// # Errors
/// There is no commit yet.
pub fn branch(repository: &Repository) -> anyhow::Result<(String, Oid)> {
    let head = match repository.head() {
        Err(error) if matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => {
            bail!("--commit: the branch has no commit yet; commit the files as they are first")
        }
        head => head.context("--commit: cannot read HEAD")?,
    };
    let base = head
        .peel_to_commit()
        .context("--commit: cannot read HEAD")?;
    let name = head
        .name()
        .context("--commit: the name of the branch is not UTF-8")?;
    Ok((name.to_owned(), base.id()))
}

/// Who git takes for the `role`.
///
/// # Errors
/// Nobody has said who.
pub fn person(config: &Config, role: Role) -> anyhow::Result<Identity> {
    let person = identity(config, role)?;
    person.context(
        "--commit: git does not know who you are; set `git config user.name` and `git config user.email`",
    )
}

/// Make sure that nothing is staged, and that no tracked file has changes that are not.
///
/// # Errors
/// Something is; the message names some of it.
pub fn uncommitted(
    repository: &Repository,
    stages: &[Stage],
    top: &Utf8Path,
) -> anyhow::Result<()> {
    let wrong = |what: &str, names: &BTreeSet<String>| {
        let them = listed(names);
        anyhow::anyhow!("--commit: {what}: {them}; commit or stash what is there first")
    };
    let staged = staged(repository).context("--commit: git cannot be asked for changes")?;
    if !staged.is_empty() {
        return Err(wrong("changes are staged", &staged));
    }
    let ours: BTreeSet<&Utf8Path> = stages
        .iter()
        .flat_map(|stage| &stage.files)
        .filter_map(|file| file.path.strip_prefix(top).ok())
        .collect();
    let changed =
        changed(repository, &ours).context("--commit: git cannot be asked for changes")?;
    match changed.is_empty() {
        true => Ok(()),
        false => Err(wrong("there are uncommitted changes", &changed)),
    }
}

/// What is staged for the next commit.
fn staged(repository: &Repository) -> Result<BTreeSet<String>, git2::Error> {
    let tree = repository.head()?.peel_to_tree()?;
    let diff = repository.diff_tree_to_index(Some(&tree), None, None)?;
    let names = diff.deltas().filter_map(|delta| {
        let file = delta
            .new_file()
            .path_bytes()
            .or(delta.old_file().path_bytes());
        file.map(|name| String::from_utf8_lossy(name).into_owned())
    });
    Ok(names.collect())
}

/// What is changed and not staged. A file that a filter stands before looks changed to whoever does not run it; it only
/// counts when it is one of `ours`.
fn changed(
    repository: &Repository,
    ours: &BTreeSet<&Utf8Path>,
) -> Result<BTreeSet<String>, git2::Error> {
    let mut options = StatusOptions::new();
    options
        .include_untracked(false)
        .include_ignored(false)
        .exclude_submodules(true);
    let statuses = repository.statuses(Some(&mut options))?;
    let dirty = statuses
        .iter()
        .filter(|entry| entry.status() != Status::CURRENT);
    let names = dirty.map(|entry| String::from_utf8_lossy(entry.path_bytes()).into_owned());
    let index = repository.index()?;
    // What a sparse checkout leaves out is not there, and not missing.
    let left_out = |name: &str| {
        let entry = index.get_path(Path::new(name), 0);
        let flags =
            entry.map(|entry| IndexEntryExtendedFlag::from_bits_truncate(entry.flags_extended));
        flags.is_some_and(|flags| flags.contains(IndexEntryExtendedFlag::SKIP_WORKTREE))
    };
    let counts = |name: &String| {
        let path = Utf8Path::new(name);
        ours.contains(path) || filter(repository, path).is_none() && !left_out(name)
    };
    Ok(names.filter(counts).collect())
}

/// Make sure that git knows the file `name`, and that what it holds of it can be written here.
///
/// # Errors
/// It is untracked, ignored, hidden from `git status`, no plain file, or passes a filter.
pub fn unknown(
    repository: &Repository,
    holding: &Holding,
    name: &Utf8Path,
    file: &FilePatch,
) -> anyhow::Result<()> {
    if let Some(attribute) = filter(repository, name) {
        bail!(
            "--commit: `{name}` has the attribute `{attribute}`, which codemend does not run; use --apply"
        );
    }
    let Some(before) = file.before.as_deref() else {
        match repository.is_path_ignored(name.as_std_path())? {
            true => bail!("--commit: `{name}` would be new, and git ignores it"),
            false => return Ok(()),
        }
    };
    let Some(entry) = holding.entry(name) else {
        bail!("--commit: `{name}` is not tracked by git; add and commit it first, or use --apply");
    };
    let hidden = IndexEntryFlag::from_bits_truncate(entry.flags).is_valid()
        || git2::IndexEntryExtendedFlag::from_bits_truncate(entry.flags_extended)
            .is_skip_worktree();
    if hidden {
        bail!("--commit: `{name}` is hidden from `git status` (assume-unchanged, skip-worktree)");
    }
    if !matches!(entry.mode, 0o100_644 | 0o100_755) {
        bail!("--commit: `{name}` is no plain file for git");
    }
    if holding.form(name, Some(before)) == Form::Other {
        bail!("--commit: `{name}` has uncommitted changes, or git holds it in another form");
    }
    Ok(())
}

/// The attribute of `name` that lets a program, or an encoding, stand between the file and what git holds.
fn filter(repository: &Repository, name: &Utf8Path) -> Option<String> {
    let attributes = ["filter", "working-tree-encoding"];
    attributes.into_iter().find_map(|attribute| {
        let flags = AttrCheckFlags::FILE_THEN_INDEX;
        let value = repository.get_attr(name.as_std_path(), attribute, flags);
        match AttrValue::from_string(value.ok()?) {
            AttrValue::String(value) => Some(format!("{attribute}={value}")),
            AttrValue::Bytes(_) | AttrValue::True => Some(attribute.to_owned()),
            AttrValue::False | AttrValue::Unspecified => None,
        }
    })
}

fn listed(names: &BTreeSet<String>) -> String {
    let some: Vec<String> = names
        .iter()
        .take(NAMED)
        .map(|name| format!("`{name}`"))
        .collect();
    let some = some.join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => some,
        more => format!("{some} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn long_lists_are_cut() {
        let names = |names: &str| names.split(' ').map(str::to_owned).collect();
        assert_eq!(listed(&names("a")), "`a`");
        assert_eq!(listed(&names("a b c d e")), "`a`, `b`, `c` and 2 more");
    }
}
