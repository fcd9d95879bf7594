//! The tree that a file belongs to, and which files that say something about the project may be read.
//!
//! A repository may come from a stranger. What it holds, a symbolic link above all, must not make a run read the user's
//! other files: `pyproject.toml` may be a link to `~/.ssh/config`, `requirements.txt` a pipe, `setup.cfg` endless.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use crate::disk;

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

    /// Let the file at `path` be read.
    ///
    /// # Errors
    /// It lies elsewhere, is no regular file (a pipe would block), is too large, or is not there.
    pub(crate) fn admit(&self, path: &Utf8Path) -> io::Result<()> {
        let metadata = disk::metadata(path)?;
        let refused = match () {
            () if !self.holds(path) => {
                let top = &self.top;
                format!("a symbolic link leads from it out of `{top}`; not followed")
            }
            () if !metadata.is_file() => "is not a regular file".to_owned(),
            () if metadata.len() > LARGEST => {
                disk::note_size(path, metadata.len());
                format!("is larger than {} MB", LARGEST / (1024 * 1024))
            }
            () => return Ok(()),
        };
        Err(io::Error::other(refused))
    }
}

/// Let the file at `path` (absolute) be read, which may be a symbolic link within the tree around it only.
///
/// # Errors
/// As [`Tree::admit`].
pub(crate) fn admit_own(path: &Utf8Path) -> io::Result<()> {
    // Mostly it is not there, which one look says.
    match std::fs::symlink_metadata(path)?.is_symlink() {
        true => Tree::around(path.parent().unwrap_or(path)).admit(path),
        false => admit_named(path),
    }
}

/// Let the file at `path` be read, which the user has named: wherever it lies.
///
/// # Errors
/// It is no regular file, is too large, or is not there.
pub(crate) fn admit_named(path: &Utf8Path) -> io::Result<()> {
    Tree::below(Utf8Path::new("/")).admit(path)
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
    let found = found.unwrap_or_else(|| path.to_owned());
    disk::note_real(path, &found);
    found
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

    use super::{Tree, admit_named, admit_own};

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
        admit_own(&top.join("repo/sub/in")).unwrap();
        let error = admit_own(&top.join("repo/sub/out"))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("symbolic link leads from it out of"),
            "{error}"
        );
        admit_named(&top.join("repo/sub/out")).unwrap();
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
        let error = admit_own(&top.join("hole")).unwrap_err().to_string();
        assert_eq!(error, "is larger than 8 MB");
        symlink("/dev/zero", top.join("zero")).unwrap();
        assert!(admit_own(&top.join("zero")).is_err());
        let error = admit_named("/dev/zero".into()).unwrap_err().to_string();
        assert_eq!(error, "is not a regular file");
    }
}
