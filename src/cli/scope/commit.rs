//! The commit that `--since` starts at: where the branch at hand left the one that is named.
//!
//! `git diff main...` and the check of a pull request do the same: what others have put on `main` meanwhile has not
//! been changed here.

use anyhow::{Context, bail};
use camino::Utf8Path;
use codemend_engine::config::suggest::did_you_mean;
use git2::{ErrorCode, Oid, Repository};

/// The last commit that HEAD and the commit called `name` have in common, in the repository at `top`.
///
/// # Errors
/// There is no such commit, or nothing in common; one line that says why, and the way out.
pub fn base(repository: &Repository, top: &Utf8Path, name: &str) -> anyhow::Result<Oid> {
    find(repository, top, name).with_context(|| format!("--since {name}"))
}

fn find(repository: &Repository, top: &Utf8Path, name: &str) -> anyhow::Result<Oid> {
    let named = named(repository, top, name)?;
    let head = match repository.head().and_then(|head| head.peel_to_commit()) {
        Ok(head) => head.id(),
        Err(error) if error.code() == ErrorCode::UnbornBranch => {
            bail!("the branch at hand in {top} has no commit yet")
        }
        Err(error) => bail!("HEAD of {top} cannot be read: {}", error.message()),
    };
    if let Ok(base) = repository.merge_base(named, head) {
        return Ok(base);
    }
    if repository.is_shallow() {
        bail!("this clone is shallow and ends before the common commit; {FETCH}");
    }
    bail!("it has no commit in common with HEAD")
}

const FETCH: &str = "fetch the rest with `git fetch --unshallow` (`fetch-depth: 0` in a GitHub workflow, \
                     `GIT_DEPTH: 0` in GitLab)";

/// The commit called `name`.
fn named(repository: &Repository, top: &Utf8Path, name: &str) -> anyhow::Result<Oid> {
    if name.trim().is_empty() {
        bail!("the name of a commit is empty");
    }
    if name.contains("..") {
        bail!("takes one commit and not a range; it compares with what is on disk");
    }
    let object = match repository.revparse_single(name) {
        Ok(object) => object,
        Err(error) => match error.code() {
            ErrorCode::NotFound => bail!("{}", missing(repository, top, name)),
            ErrorCode::Ambiguous => bail!("several objects begin like that; write more of it"),
            ErrorCode::InvalidSpec => bail!("that is not how git names a commit"),
            _ => bail!("git cannot find it: {}", error.message()),
        },
    };
    match object.peel_to_commit() {
        Ok(commit) => Ok(commit.id()),
        Err(_) => {
            let kind = object.kind().map_or("object", |kind| kind.str());
            bail!("is a {kind} and no commit")
        }
    }
}

/// What to say where no commit is called `name`.
fn missing(repository: &Repository, top: &Utf8Path, name: &str) -> String {
    let mut names = names(repository);
    if names.is_empty() {
        return format!("{top} has no commit yet");
    }
    names.push("HEAD".to_owned());
    let near = did_you_mean(name, names.iter().map(String::as_str));
    let mut message = format!("there is no such commit in {top}{near}");
    if repository.is_shallow() {
        message.push_str(&format!("; this clone is shallow: {FETCH}"));
    } else if near.is_empty() && name.contains('/') {
        message.push_str("; a branch of a remote is there after `git fetch`");
    }
    message
}

/// The short names of all branches and tags.
fn names(repository: &Repository) -> Vec<String> {
    let Ok(references) = repository.references() else {
        return Vec::new();
    };
    let mut names: Vec<String> = references
        .flatten()
        .filter_map(|one| one.shorthand().map(str::to_owned))
        .collect();
    names.sort();
    names
}
