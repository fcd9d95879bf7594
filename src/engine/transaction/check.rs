//! Before anything is touched: which files can be written?

use std::fs::Metadata;
use std::io;

use camino::Utf8Path;

use super::disk::parent;
use super::record::How;
use super::trust::is_inside;
use super::{Attempt, FileWrite, HardLinks};
use crate::problem::Problem;
use crate::source::reason;

impl Attempt<'_> {
    /// How each file can be written, `None` where it cannot, or where one that it belongs together with cannot; and
    /// what is to say about that.
    pub(super) fn check(&self) -> (Vec<Option<How>>, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut found: Vec<Option<How>> = Vec::with_capacity(self.files.len());
        for file in self.files {
            match self.check_one(file) {
                Ok(how) => found.push(Some(how)),
                Err(problem) => {
                    problems.push(problem);
                    found.push(None);
                }
            }
        }
        let is_whole = |at: usize| self.groups[at].iter().all(|&other| found[other].is_some());
        let whole: Vec<bool> = (0..found.len()).map(is_whole).collect();
        for (at, is_whole) in whole.into_iter().enumerate() {
            if !is_whole && found[at].take().is_some() {
                problems.push(left_out(self.files[at].path));
            }
        }
        (found, problems)
    }

    fn check_one(&self, file: &FileWrite<'_>) -> Result<How, Problem> {
        stands_where_it_says(file.path)?;
        let below = file.path.strip_prefix(self.terms.store.base());
        if !below.is_ok_and(is_inside) {
            let message = "lies in git's own folder, or outside of the project";
            return Err(Problem::new(file.path, message));
        }
        let Some(before) = file.before else {
            return match self.disk.look(file.path) {
                Ok(_) => Err(exists(file.path)),
                Err(_) => Ok(How::Renamed),
            };
        };
        let metadata = self
            .disk
            .look(file.path)
            .map_err(|error| unread(file.path, &error))?;
        let how = self.how(file, &metadata)?;
        if self.read(file.path)? != before {
            return Err(changed(file.path));
        }
        Ok(how)
    }

    fn how(&self, file: &FileWrite<'_>, old: &Metadata) -> Result<How, Problem> {
        if !old.is_file() {
            return Err(Problem::new(file.path, "is no longer a regular file"));
        }
        // A rename asks only the directory. What may not be written in place is not replaced either.
        if let Err(error) = self.disk.may_write(file.path) {
            let message = format!("cannot be written: {}", reason(&error));
            return Err(Problem::new(file.path, message).help("make it writable, then run again"));
        }
        match (names(old), self.terms.hard_links) {
            (..=1, _) => Ok(How::Renamed),
            (_, HardLinks::Overwrite) => Ok(How::Overwritten),
            (names, HardLinks::Refuse) => {
                let message = format!("has {names} hard links, which a rewrite would part");
                let help = "`--follow-hard-links` writes the file in place, for all its names";
                Err(Problem::new(file.path, message).help(help))
            }
        }
    }

    fn read(&self, path: &Utf8Path) -> Result<Vec<u8>, Problem> {
        self.disk.read(path).map_err(|error| unread(path, &error))
    }
}

/// Whether the directory of `path` is what the path says. A symbolic link in it may lead anywhere.
pub(super) fn stands_where_it_says(path: &Utf8Path) -> Result<(), Problem> {
    let mut standing = parent(path).ancestors();
    let nearest =
        standing.find_map(|directory| Some((directory, directory.canonicalize_utf8().ok()?)));
    match nearest {
        Some((directory, real)) if directory != real => {
            let message = format!("leads through a symbolic link to `{real}`");
            Err(Problem::new(path, message).help("run codemend on the linked file itself"))
        }
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn names(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(metadata)
}

#[cfg(not(unix))]
fn names(_metadata: &Metadata) -> u64 {
    1
}

/// The problem of a file that stays as it is because another one does.
pub(super) fn left_out(path: &Utf8Path) -> Problem {
    let message = "is left as it was: a change of it belongs together with one that cannot be made";
    Problem::new(path, message)
}

/// The problem of a file that somebody else has written.
pub(super) fn changed(path: &Utf8Path) -> Problem {
    Problem::new(path, "changed on disk since it was read").help("run again")
}

/// The problem of a file that stands where one was to be made.
pub(super) fn exists(path: &Utf8Path) -> Problem {
    Problem::new(path, "was to be created, but exists").help("run again")
}

/// The problem of a file that could be read before.
pub(super) fn unread(path: &Utf8Path, error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::NotFound => {
            Problem::new(path, "vanished since it was read").help("run again")
        }
        _ => Problem::new(path, format!("cannot be read again: {}", reason(error))),
    }
}

/// The problem of a file whose new text cannot be put on the disk.
pub(super) fn unwritten(path: &Utf8Path, error: &io::Error) -> Problem {
    let message = format!("cannot be written: {}", reason(error));
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            Problem::new(path, message).help("its directory must let files be made in it")
        }
        _ => Problem::new(path, message),
    }
}
