//! Looks at the disk that are written down: what was asked, and what the answer was.
//!
//! A run that is remembered may be told again only while every answer that it rests on would still be the same, also
//! that a file is *not* there. So the engine asks the disk through here. What it asks elsewhere is asked anew before a
//! run is told again: which files there are, and what the settings say.

mod listing;
mod question;
mod trace;

use std::fs::Metadata;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

pub(crate) use listing::{Entry, Listing, entries, spelled};
pub(crate) use question::{Answer, Digest, Kind, Question, digest, is_settled, open};
pub(crate) use trace::{Recording, note, spoil};

/// Whether there is a regular file at `path`, or a symbolic link leads to one.
pub(crate) fn is_file(path: &Utf8Path) -> bool {
    kind(path) == Kind::File
}

/// Whether there is a directory at `path`, or a symbolic link leads to one.
pub(crate) fn is_directory(path: &Utf8Path) -> bool {
    kind(path) == Kind::Directory
}

fn kind(path: &Utf8Path) -> Kind {
    let metadata = metadata(path);
    Kind::of(&metadata)
}

/// What is known of the file at `path`, or of what a symbolic link there leads to. Only what kind of file it is counts
/// as asked; whoever goes by its size says so with [`note_size`].
///
/// # Errors
/// Those of [`std::fs::metadata`].
pub(crate) fn metadata(path: &Utf8Path) -> io::Result<Metadata> {
    let metadata = std::fs::metadata(path);
    note_kind(path, Kind::of(&metadata));
    metadata
}

/// Note what kind of file there is at `path`, of which this is known.
pub(crate) fn note_metadata(path: &Utf8Path, metadata: &Metadata) {
    note_kind(path, Kind::found(metadata));
}

/// Note that there is something of this kind at `path`.
pub(crate) fn note_kind(path: &Utf8Path, kind: Kind) {
    if kind == Kind::Unknown {
        return spoil();
    }
    note(|| Question::Kind(path.to_owned()), || Answer::Kind(kind));
}

/// Note that the file at `path` has this many bytes.
pub(crate) fn note_size(path: &Utf8Path, size: u64) {
    note(|| Question::Size(path.to_owned()), || Answer::Number(size));
}

/// Note that the file at `path` holds `bytes`.
pub(crate) fn note_bytes(path: &Utf8Path, bytes: &[u8]) {
    note(
        || Question::Bytes(path.to_owned()),
        || Answer::Digest(*blake3::hash(bytes).as_bytes()),
    );
}

/// Note that the symbolic links on the way to `path` (absolute) lead to `real`; see [`crate::tree::real`].
pub(crate) fn note_real(path: &Utf8Path, real: &Utf8Path) {
    note(
        || Question::Real(path.to_owned()),
        || Answer::of_names(&[real.as_str()]),
    );
}

/// Note what a walk below `paths` has found, spelled out in `found`.
pub(crate) fn note_walk(paths: &[Utf8PathBuf], found: impl FnOnce() -> Digest) {
    note(
        || Question::Walk(paths.to_owned()),
        || Answer::Digest(found()),
    );
}

/// How many names the file at `path` has.
///
/// # Errors
/// Those of [`std::fs::metadata`].
#[cfg(unix)]
pub(crate) fn hard_links(path: &Utf8Path) -> io::Result<u64> {
    let names = question::hard_links(path);
    match &names {
        Ok(names) => note(
            || Question::HardLinks(path.to_owned()),
            || Answer::Number(*names),
        ),
        Err(_) => spoil(),
    }
    names
}

/// What `listing` finds in `directory`, sorted; nothing where that cannot be read.
pub(crate) fn names(listing: Listing, directory: &Utf8Path) -> Vec<String> {
    let names = listing.names(directory);
    note(
        || Question::Names(listing, directory.to_owned()),
        || Answer::of_names(&names),
    );
    names
}
