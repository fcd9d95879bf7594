//! What ty asks the disk, written down as the engine's own looks are.

use std::io::Result;

use ruff_db::system::{DirectoryEntry, Metadata, SystemPath, SystemPathBuf};

use crate::disk::{self, Answer, Kind, Listing, Question};

/// `found`, what is at `path`.
pub(super) fn kind(path: &SystemPath, found: Result<Metadata>) -> Result<Metadata> {
    let kind = match &found {
        Ok(metadata) if metadata.file_type().is_file() => Kind::File,
        Ok(metadata) if metadata.file_type().is_directory() => Kind::Directory,
        Ok(_) => Kind::Special,
        Err(error) => Kind::of_error(error),
    };
    disk::note_kind(path.as_utf8_path(), kind);
    found
}

/// `found`, the path without symbolic links of what is at `path`.
pub(super) fn real(path: &SystemPath, found: Result<SystemPathBuf>) -> Result<SystemPathBuf> {
    let path = path.as_utf8_path();
    match &found {
        Ok(real) => disk::note_real(path, real.as_utf8_path()),
        Err(error) if Kind::of_error(error) == Kind::Absent => {
            disk::note_kind(path, Kind::Absent);
        }
        Err(_) => disk::spoil(),
    }
    found
}

/// All of `entries`, those of the directory at `path`.
pub(super) fn entries(
    path: &SystemPath,
    entries: impl Iterator<Item = Result<DirectoryEntry>>,
) -> Vec<Result<DirectoryEntry>> {
    let entries: Vec<Result<DirectoryEntry>> = entries.collect();
    let question = || Question::Names(Listing::Everything, path.as_utf8_path().to_owned());
    let answer = || {
        let names = entries.iter().flatten().filter_map(|entry| {
            let kind = match entry.file_type() {
                kind if kind.is_directory() => Kind::Directory,
                kind if kind.is_file() => Kind::File,
                _ => Kind::Special,
            };
            disk::spelled(entry.path().file_name()?, kind)
        });
        let mut names: Vec<String> = names.collect();
        names.sort();
        Answer::of_names(&names)
    };
    disk::note(question, answer);
    entries
}
