//! What of a directory somebody wants to know.
//!
//! A listing holds what its question is about and nothing else, so that a new log file in a folder is no news to
//! somebody who looks for manifests there.

use camino::{Utf8DirEntry, Utf8Path};
use serde::{Deserialize, Serialize};

use super::question::Kind;
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

/// What a directory holds under one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// Without following symbolic links: such a one is [`Kind::Special`].
    pub(crate) kind: Kind,
}

/// All that is in `directory`, less names that are no UTF-8. `None` where it cannot be read.
pub(crate) fn entries(directory: &Utf8Path) -> Option<Vec<Entry>> {
    let entries = directory.read_dir_utf8().ok()?.flatten();
    let entry = |entry: Utf8DirEntry| {
        let kind = match entry.file_type().ok()? {
            kind if kind.is_dir() => Kind::Directory,
            kind if kind.is_file() => Kind::File,
            _ => Kind::Special,
        };
        let name = entry.file_name().to_owned();
        Some(Entry { name, kind })
    };
    Some(entries.filter_map(entry).collect())
}

impl Listing {
    /// The names in `directory`, sorted. None where it cannot be read.
    pub(super) fn names(self, directory: &Utf8Path) -> Vec<String> {
        self.of(&entries(directory).unwrap_or_default(), directory)
    }

    /// The same, when `entries` is all that is in `directory`.
    pub(crate) fn of(self, entries: &[Entry], directory: &Utf8Path) -> Vec<String> {
        let names = entries.iter().filter_map(|entry| match self {
            Self::Manifests => file(entry, directory, manifests::is_manifest),
            Self::Requirements => file(entry, directory, manifests::is_list),
            Self::Installed => {
                let is_metadata = Utf8Path::new(&entry.name).extension() == Some("dist-info");
                is_metadata.then(|| entry.name.clone())
            }
            Self::Links => link(entry, directory),
            Self::Everything => spelled(&entry.name, entry.kind),
            Self::SitePackages => None,
        });
        let mut names: Vec<String> = match self {
            Self::SitePackages => site_packages(directory),
            _ => names.collect(),
        };
        names.sort();
        names
    }
}

fn file(entry: &Entry, directory: &Utf8Path, wanted: fn(&str) -> bool) -> Option<String> {
    let is_file = || match entry.kind {
        Kind::File => true,
        Kind::Directory => false,
        _ => directory.join(&entry.name).is_file(),
    };
    (wanted(&entry.name) && is_file()).then(|| entry.name.clone())
}

/// `lib/python3.12/site-packages`, or `Lib/site-packages` on Windows.
fn site_packages(environment: &Utf8Path) -> Vec<String> {
    let lib = environment.join("lib");
    let versions = entries(&lib).unwrap_or_default().into_iter();
    versions
        .filter(|entry| entry.name.starts_with("python"))
        .map(|entry| lib.join(entry.name).join("site-packages"))
        .chain([environment.join("Lib").join("site-packages")])
        .filter(|folder| folder.is_dir())
        .map(String::from)
        .collect()
}

fn link(entry: &Entry, directory: &Utf8Path) -> Option<String> {
    if entry.kind != Kind::Special {
        return None;
    }
    let path = directory.join(&entry.name);
    if !path.is_symlink() || path.extension() != Some("py") && !path.is_dir() {
        return None;
    }
    let real = path.canonicalize_utf8().ok()?;
    Some(format!("{}\0{real}", entry.name))
}

/// How [`Listing::Everything`] tells of `name`; `None` when it keeps silent about it.
pub(crate) fn spelled(name: &str, kind: Kind) -> Option<String> {
    let letter = match kind {
        Kind::Directory => 'd',
        Kind::File => 'f',
        _ => 'l',
    };
    (name != crate::transaction::CACHE).then(|| format!("{letter}{name}"))
}
