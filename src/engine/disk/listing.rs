//! What of a directory somebody wants to know.
//!
//! A listing holds what its question is about and nothing else, so that a new log file in a folder is no news to
//! somebody who looks for manifests there.

use camino::{Utf8DirEntry, Utf8Path};
use serde::{Deserialize, Serialize};

use crate::manifests;

/// Which names count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Listing {
    /// Regular files that are manifests by their names, and lock files.
    Manifests,
    /// Regular files that are lists of requirements by their names, in a folder that says so.
    Requirements,
    /// The metadata of what is installed: `fastapi-0.115.0.dist-info`.
    Installed,
    /// Where packages are installed in a virtual environment: whole paths.
    SitePackages,
    /// Symbolic links to modules and to directories: `name`, a NUL, where it leads.
    Links,
    /// Everything but codemend's own folder: a letter for what it is, then its name.
    Everything,
}

impl Listing {
    /// The names in `directory`, sorted. None where it cannot be read.
    pub(super) fn names(self, directory: &Utf8Path) -> Vec<String> {
        let mut names: Vec<String> = match self {
            Self::Manifests => files(directory, manifests::is_manifest),
            Self::Requirements => files(directory, manifests::is_list),
            Self::Installed => entries(directory)
                .map(|entry| entry.file_name().to_owned())
                .filter(|name| Utf8Path::new(name).extension() == Some("dist-info"))
                .collect(),
            Self::SitePackages => site_packages(directory),
            Self::Links => entries(directory).filter_map(link).collect(),
            Self::Everything => everything(directory),
        };
        names.sort();
        names
    }
}

fn entries(directory: &Utf8Path) -> impl Iterator<Item = Utf8DirEntry> {
    directory.read_dir_utf8().into_iter().flatten().flatten()
}

fn files(directory: &Utf8Path, wanted: fn(&str) -> bool) -> Vec<String> {
    entries(directory)
        .filter(|entry| wanted(entry.file_name()) && entry.path().is_file())
        .map(|entry| entry.file_name().to_owned())
        .collect()
}

/// `lib/python3.12/site-packages`, or `Lib/site-packages` on Windows.
fn site_packages(environment: &Utf8Path) -> Vec<String> {
    entries(&environment.join("lib"))
        .filter(|entry| entry.file_name().starts_with("python"))
        .map(|entry| entry.path().join("site-packages"))
        .chain([environment.join("Lib").join("site-packages")])
        .filter(|folder| folder.is_dir())
        .map(String::from)
        .collect()
}

fn link(entry: Utf8DirEntry) -> Option<String> {
    let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
    let path = entry.path();
    if !is_link || path.extension() != Some("py") && !path.is_dir() {
        return None;
    }
    let real = path.canonicalize_utf8().ok()?;
    Some(format!("{}\0{real}", entry.file_name()))
}

fn everything(directory: &Utf8Path) -> Vec<String> {
    let named = entries(directory).filter_map(|entry| {
        let kind = entry.file_type().ok()?;
        let name = entry.file_name();
        spelled(name, kind.is_dir(), kind.is_file())
    });
    named.collect()
}

/// How [`Listing::Everything`] tells of `name`; `None` when it keeps silent about it.
pub(crate) fn spelled(name: &str, is_dir: bool, is_file: bool) -> Option<String> {
    let letter = match (is_dir, is_file) {
        (true, _) => 'd',
        (false, true) => 'f',
        (false, false) => 'l',
    };
    (name != crate::transaction::CACHE).then(|| format!("{letter}{name}"))
}
