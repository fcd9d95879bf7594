//! Changed files of a repository and of the submodules that are checked out in it.
//!
//! A submodule has no commit of the outer repository: it is compared with the one that was recorded for it then.

use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use camino::{Utf8Path, Utf8PathBuf};
use git2::{ObjectType, Oid, Repository, Tree};

use super::super::git::is_repository;
use super::changed::{Changed, Detail, on_disk, open, tree_of, unreadable};

/// The file mode of a submodule in the index.
const LINK: u32 = 0o160_000;

/// The files below `top` that differ from the commit `base`; without one, from nothing.
///
/// # Errors
/// A repository cannot be read, or a submodule lacks the commit to compare with.
pub fn changed(
    repository: &Rc<Repository>,
    top: &Utf8Path,
    base: Option<Oid>,
    detail: Detail,
) -> anyhow::Result<BTreeMap<Utf8PathBuf, Changed>> {
    let base = match base {
        Some(id) => {
            let whose = format!("{top}: commit {id} is not there; fetch it");
            Some(tree_of(repository, id, &whose)?)
        }
        None => None,
    };
    let mut files = on_disk(repository, top, base.as_ref(), detail)?;
    for name in checked_out(repository, top)? {
        let inner = top.join(&name);
        let before = recorded(base.as_ref(), &name);
        files.extend(changed(&Rc::new(open(&inner)?), &inner, before, detail)?);
    }
    Ok(files)
}

/// The submodules below `top` that have a repository on disk.
fn checked_out(repository: &Repository, top: &Utf8Path) -> anyhow::Result<Vec<Utf8PathBuf>> {
    let index = repository
        .index()
        .map_err(|error| unreadable(top, &error))?;
    let links = index.iter().filter(|entry| entry.mode == LINK);
    let names =
        links.filter_map(|entry| Some(Utf8PathBuf::from(String::from_utf8(entry.path).ok()?)));
    let is_real = |name: &Utf8PathBuf| {
        let inner = top.join(name);
        inner.canonicalize_utf8().is_ok_and(|real| real == inner) && is_repository(&inner)
    };
    Ok(names.filter(is_real).collect())
}

/// The commit that `tree` records for the submodule `name`.
fn recorded(tree: Option<&Tree<'_>>, name: &Utf8Path) -> Option<Oid> {
    let entry = tree?.get_path(Path::new(name.as_str())).ok()?;
    (entry.kind() == Some(ObjectType::Commit)).then(|| entry.id())
}
