//! The virtual environment that a run reads third-party code in.
//!
//! One that the user names may lie and lead anywhere. One that a repository brings along is a stranger's: it has to lie
//! in the repository, and what its files lead to (`home` in `pyvenv.cfg`, paths in `.pth` files) is not followed out.

use camino::{Utf8Path, Utf8PathBuf};

use super::bounds::Bounds;
use crate::disk::{self, Listing};
use crate::tree::Tree;

/// A virtual environment, and who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Environment {
    pub(crate) directory: Utf8PathBuf,
    /// The user has named or activated it: what it leads to may be read.
    pub(crate) is_named: bool,
}

/// The virtual environment to read for the project of `bounds`: the one that is `named`, else `VIRTUAL_ENV`, else the
/// project's `.venv` where that really lies in the repository. Read, never executed.
pub(crate) fn environment(bounds: &Bounds, named: Option<&Utf8Path>) -> Option<Environment> {
    let active = || std::env::var("VIRTUAL_ENV").ok().map(Utf8PathBuf::from);
    let active = || active().filter(|path| is_environment(path));
    if let Some(directory) = named.map(Utf8Path::to_owned).or_else(active) {
        return Some(Environment {
            directory,
            is_named: true,
        });
    }
    let directory = bounds.project.join(".venv");
    let own = is_environment(&directory) && Tree::below(&bounds.repository).holds(&directory);
    own.then_some(Environment {
        directory,
        is_named: false,
    })
}

/// Whether the directory at `path` is a virtual environment (PEP 405), under whatever name.
pub(super) fn is_environment(path: &Utf8Path) -> bool {
    path.join("pyvenv.cfg").is_file()
}

/// Where packages are installed in `environment` (its directory): `lib/python3.12/site-packages`, or `Lib/site-packages` on Windows.
pub(crate) fn site_packages(environment: &Utf8Path) -> Vec<Utf8PathBuf> {
    let folders = disk::names(Listing::SitePackages, environment);
    folders.into_iter().map(Utf8PathBuf::from).collect()
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
    use std::fs;
    use std::os::unix::fs::symlink;

    use camino::{Utf8Path, Utf8PathBuf};

    use super::environment;
    use crate::discover::Bounds;

    #[test]
    fn one_that_a_repository_brings_along_lies_in_it() {
        let guard = tempfile::tempdir().unwrap();
        let top = Utf8Path::from_path(guard.path()).unwrap();
        let top = top.canonicalize_utf8().unwrap();
        let repo = top.join("repo");
        for folder in ["repo/.git", "repo/.venv", "elsewhere"] {
            fs::create_dir_all(top.join(folder)).unwrap();
        }
        let config = |folder: &Utf8Path| fs::write(folder.join("pyvenv.cfg"), "").unwrap();
        let bounds = Bounds::of(std::slice::from_ref(&repo));
        let named = |named: Option<&Utf8Path>| {
            let found = environment(&bounds, named)?;
            Some((found.directory, found.is_named))
        };
        if std::env::var_os("VIRTUAL_ENV").is_some() {
            return; // the one of whoever runs the tests wins
        }
        assert_eq!(named(None), None);
        config(&repo.join(".venv"));
        assert_eq!(named(None), Some((repo.join(".venv"), false)));
        let elsewhere: Utf8PathBuf = top.join("elsewhere");
        config(&elsewhere);
        assert_eq!(named(Some(&elsewhere)), Some((elsewhere, true)));
        fs::remove_dir_all(repo.join(".venv")).unwrap();
        symlink("../elsewhere", repo.join(".venv")).unwrap();
        assert_eq!(named(None), None);
    }
}
