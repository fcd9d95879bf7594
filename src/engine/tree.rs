//! The tree that a file belongs to, and reading what in it says something about the project.
//!
//! A repository may come from a stranger. What it holds, a symbolic link above all, must not make a run read the user's
//! other files: `pyproject.toml` may be a link to `~/.ssh/config`, `requirements.txt` a pipe, `setup.cfg` endless.

use std::fs::File;
use std::io::{self, Read};

use camino::{Utf8Path, Utf8PathBuf};

/// No settings and no list of requirements that a person or a tool wrote is larger, in bytes.
const LARGEST: u64 = 8 * 1024 * 1024;

/// A directory that what belongs together lies below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tree {
    /// Without symbolic links.
    top: Utf8PathBuf,
}

impl Tree {
    /// The tree below the directory `top` (absolute).
    pub(crate) fn below(top: &Utf8Path) -> Self {
        Self { top: real(top) }
    }

    /// The tree that the directory `directory` (absolute) belongs to: the repository around it, else itself.
    ///
    /// What lies in the user's home directory or above it is no stranger's: its tree is everything.
    pub(crate) fn around(directory: &Utf8Path) -> Self {
        if home().is_some_and(|home| home.starts_with(directory)) {
            return Self::below(Utf8Path::new("/"));
        }
        Self::below(repository_around(directory).unwrap_or(directory))
    }

    /// Its directory, without symbolic links.
    pub(crate) fn top(&self) -> &Utf8Path {
        &self.top
    }

    /// Whether `path` (absolute) really lies in it. Of what is not there, the nearest directory above counts.
    pub(crate) fn holds(&self, path: &Utf8Path) -> bool {
        let real = real(path);
        // A `..` behind what is not there leads who knows where.
        let is_plain = real.components().all(|part| part.as_str() != "..");
        is_plain && real.starts_with(&self.top)
    }

    /// The bytes of the file at `path`.
    ///
    /// # Errors
    /// It lies elsewhere, is no regular file (a pipe would block), is too large, or the system does not give it.
    pub(crate) fn read(&self, path: &Utf8Path) -> io::Result<Vec<u8>> {
        let metadata = std::fs::metadata(path)?;
        if !self.holds(path) {
            let message = format!(
                "a symbolic link leads from it out of `{}`; not followed",
                self.top
            );
            return Err(io::Error::other(message));
        }
        if !metadata.is_file() {
            return Err(io::Error::other("is not a regular file"));
        }
        read_at_most(path, LARGEST)
    }
}

/// The bytes of the file at `path` (absolute), which may be a symbolic link within the tree around it only.
///
/// # Errors
/// As [`Tree::read`].
pub(crate) fn read_own(path: &Utf8Path) -> io::Result<Vec<u8>> {
    match path.is_symlink() {
        true => Tree::around(path.parent().unwrap_or(path)).read(path),
        false => read_named(path),
    }
}

/// The bytes of the file at `path`, which the user has named: wherever it lies.
///
/// # Errors
/// It is no regular file, is too large, or the system does not give it.
pub(crate) fn read_named(path: &Utf8Path) -> io::Result<Vec<u8>> {
    Tree::below(Utf8Path::new("/")).read(path)
}

/// The bytes of the file at `path` if there are at most `largest`.
///
/// # Errors
/// There are more, or the system does not give them.
fn read_at_most(path: &Utf8Path, largest: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(largest + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > largest {
        let message = format!("is larger than {} MB", largest / (1024 * 1024));
        return Err(io::Error::other(message));
    }
    Ok(bytes)
}

/// `path` (absolute) without symbolic links; of what is not there, the part that is.
pub(crate) fn real(path: &Utf8Path) -> Utf8PathBuf {
    let found = path.ancestors().find_map(|standing| {
        let rest = path.strip_prefix(standing).ok()?;
        let standing = standing.canonicalize_utf8().ok()?;
        Some(match rest.as_str() {
            "" => standing,
            rest => standing.join(rest),
        })
    });
    found.unwrap_or_else(|| path.to_owned())
}

/// The top of the repository that `directory` (absolute) lies in. One in the home directory or above it (of settings,
/// say) does not make everything below it one project.
pub(crate) fn repository_around(directory: &Utf8Path) -> Option<&Utf8Path> {
    let home = home();
    let counts = |above: &&Utf8Path| {
        let above_home = home.as_ref().is_some_and(|home| home.starts_with(above));
        above.parent().is_some() && !above_home
    };
    let mut above = directory.ancestors().filter(counts);
    above.find(|above| above.join(".git").exists())
}

/// The user's home directory.
pub(crate) fn home() -> Option<Utf8PathBuf> {
    let home = std::env::var("HOME").ok().map(Utf8PathBuf::from);
    home.filter(|home| home.is_absolute())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use camino::{Utf8Path, Utf8PathBuf};

    use super::{Tree, read_named, read_own};

    fn folder() -> (tempfile::TempDir, Utf8PathBuf) {
        let guard = tempfile::tempdir().unwrap();
        let top = Utf8Path::from_path(guard.path()).unwrap();
        let top = top.canonicalize_utf8().unwrap();
        (guard, top)
    }

    #[test]
    fn links_are_read_within_the_repository_only() {
        let (_guard, top) = folder();
        fs::create_dir_all(top.join("repo/.git")).unwrap();
        fs::create_dir_all(top.join("repo/sub")).unwrap();
        fs::write(top.join("secret"), "s").unwrap();
        fs::write(top.join("repo/shared"), "ok").unwrap();
        symlink("../../secret", top.join("repo/sub/out")).unwrap();
        symlink("../shared", top.join("repo/sub/in")).unwrap();
        assert_eq!(read_own(&top.join("repo/sub/in")).unwrap(), b"ok");
        let error = read_own(&top.join("repo/sub/out")).unwrap_err().to_string();
        assert!(
            error.contains("symbolic link leads from it out of"),
            "{error}"
        );
        assert_eq!(read_named(&top.join("repo/sub/out")).unwrap(), b"s");
    }

    #[test]
    fn a_folder_that_is_a_link_leads_out_as_well() {
        let (_guard, top) = folder();
        fs::create_dir_all(top.join("repo")).unwrap();
        fs::create_dir_all(top.join("other")).unwrap();
        symlink("../other", top.join("repo/folder")).unwrap();
        let tree = Tree::below(&top.join("repo"));
        assert!(!tree.holds(&top.join("repo/folder/new.txt")));
        assert!(tree.holds(&top.join("repo/new/new.txt")));
        assert!(!tree.holds(&top.join("repo/../other")));
    }

    #[test]
    fn what_is_too_large_or_endless_is_not_read() {
        let (_guard, top) = folder();
        let hole = fs::File::create(top.join("hole")).unwrap();
        hole.set_len(9 * 1024 * 1024).unwrap();
        let error = read_own(&top.join("hole")).unwrap_err().to_string();
        assert_eq!(error, "is larger than 8 MB");
        symlink("/dev/zero", top.join("zero")).unwrap();
        assert!(read_own(&top.join("zero")).is_err());
        let error = read_named("/dev/zero".into()).unwrap_err().to_string();
        assert_eq!(error, "is not a regular file");
    }
}
