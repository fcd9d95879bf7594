//! Which part of the disk a project may lead to.
//!
//! Modules are looked up where a project says: next to its packages, in its `.venv`, where `.pth` files of that point.
//! In a stranger's repository none of these is the user's word, so there the lookup sees what lies in the repository
//! and nothing else, as if the rest of the disk were empty.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::tree::real;

/// Directories that may be read; `None` is everything.
#[derive(Debug, Clone)]
pub(crate) struct Reach(Option<Arc<[Utf8PathBuf]>>);

impl Reach {
    /// The whole disk.
    pub(crate) fn anywhere() -> Self {
        Self(None)
    }

    /// What lies below `directories` (absolute).
    ///
    /// Paths count as they are written: a module that a symbolic link in a repository leads to is one of its modules,
    /// for Python too.
    pub(crate) fn within(directories: &[Utf8PathBuf]) -> Self {
        let both = directories.iter().flat_map(|one| [one.clone(), real(one)]);
        Self(Some(both.collect()))
    }

    /// Whether `path` lies below one of the directories.
    pub(super) fn holds(&self, path: &Utf8Path) -> bool {
        let any = |all: &Arc<[Utf8PathBuf]>| all.iter().any(|one| path.starts_with(one));
        self.0.as_ref().is_none_or(any)
    }

    /// Whether `path` lies below one of the directories, or on the way to one.
    pub(super) fn passes(&self, path: &Utf8Path) -> bool {
        let any = |all: &Arc<[Utf8PathBuf]>| all.iter().any(|one| one.starts_with(path));
        self.holds(path) || self.0.as_ref().is_some_and(any)
    }
}

#[cfg(test)]
mod tests {
    use super::Reach;

    #[test]
    fn what_is_beside_is_out_and_what_is_above_is_only_passed() {
        let reach = Reach::within(&["/w/repo".into(), "/envs/one".into()]);
        for (path, holds, passes) in [
            ("/w/repo/a.py", true, true),
            ("/w/repo", true, true),
            ("/envs/one/lib/x.py", true, true),
            ("/w", false, true),
            ("/", false, true),
            ("/w/repository", false, false),
            ("/w/other/a.py", false, false),
        ] {
            assert_eq!(reach.holds(path.into()), holds, "{path}");
            assert_eq!(reach.passes(path.into()), passes, "{path}");
        }
        assert!(Reach::anywhere().holds("/etc".into()));
    }
}
