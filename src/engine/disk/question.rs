//! What can be asked of the disk, and how it is asked again.

use std::fs::{File, Metadata};
use std::io::{self, Read};

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::listing::Listing;
use crate::config::Configuration;
use crate::discover;
use crate::source::SizeLimit;
use crate::tree;

/// Stands for bytes of any length.
pub(crate) type Digest = [u8; 32];

/// A question to the disk. All paths are absolute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Question {
    /// Which Python files there are below these paths.
    Walk(Vec<Utf8PathBuf>),
    /// What is there, symbolic links followed.
    Kind(Utf8PathBuf),
    /// Where the symbolic links on the way lead.
    Real(Utf8PathBuf),
    /// How many bytes a file has.
    Size(Utf8PathBuf),
    /// How many names a file has.
    HardLinks(Utf8PathBuf),
    /// What is in a directory.
    Names(Listing, Utf8PathBuf),
    /// What a regular file holds.
    Bytes(Utf8PathBuf),
}

/// An answer of the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Answer {
    Kind(Kind),
    Number(u64),
    Digest(Digest),
}

impl Answer {
    /// That these names, in this order, are all there are.
    pub(crate) fn of_names<T: AsRef<str>>(names: &[T]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for name in names {
            hasher.update(name.as_ref().as_bytes());
            hasher.update(b"\0");
        }
        Self::Digest(*hasher.finalize().as_bytes())
    }
}

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    Absent,
    File,
    Directory,
    /// A pipe, a device.
    Special,
    /// A folder on the way is not open to this user.
    Denied,
    /// It cannot be said: the disk fails.
    Unknown,
}

impl Kind {
    pub(crate) fn of(metadata: &io::Result<Metadata>) -> Self {
        match metadata {
            Ok(metadata) => Self::found(metadata),
            Err(error) => Self::of_error(error),
        }
    }

    pub(crate) fn found(metadata: &Metadata) -> Self {
        match () {
            () if metadata.is_file() => Self::File,
            () if metadata.is_dir() => Self::Directory,
            () => Self::Special,
        }
    }

    pub(crate) fn of_error(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::InvalidFilename => Self::Absent,
            io::ErrorKind::PermissionDenied => Self::Denied,
            _ => Self::Unknown,
        }
    }
}

/// Whether the disk still gives `answer` to `question`. What cannot be asked is not settled.
pub(crate) fn is_settled(
    question: &Question,
    answer: &Answer,
    configuration: &Configuration,
) -> bool {
    let now = match question {
        Question::Walk(paths) => {
            let found = discover::python_files(paths, configuration);
            Some(Answer::Digest(found.digest()))
        }
        Question::Kind(path) => Some(Answer::Kind(Kind::of(&std::fs::metadata(path)))),
        Question::Real(path) => Some(Answer::of_names(&[tree::real(path).as_str()])),
        Question::Size(path) => {
            let metadata = std::fs::metadata(path).ok();
            metadata.map(|metadata| Answer::Number(metadata.len()))
        }
        Question::HardLinks(path) => hard_links(path).ok().map(Answer::Number),
        Question::Names(listing, directory) => Some(Answer::of_names(&listing.names(directory))),
        Question::Bytes(path) => {
            let most = configuration.size_limit();
            digest(path, most).ok().map(Answer::Digest)
        }
    };
    now.as_ref() == Some(answer)
}

#[cfg(unix)]
pub(super) fn hard_links(path: &Utf8Path) -> io::Result<u64> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).map(|metadata| metadata.nlink())
}

#[cfg(not(unix))]
pub(super) fn hard_links(_path: &Utf8Path) -> io::Result<u64> {
    Err(io::ErrorKind::Unsupported.into())
}

thread_local! {
    /// The bytes of the file that this thread looked at last: memory that the next one uses again.
    static BYTES: std::cell::RefCell<Vec<u8>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// The digest of the regular file at `path`, which has no more bytes than `limit`.
pub(crate) fn digest(path: &Utf8Path, limit: SizeLimit) -> io::Result<Digest> {
    let most = limit.bytes();
    let mut file = open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() || metadata.len() > most {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    BYTES.with_borrow_mut(|bytes| {
        bytes.clear();
        // One more than there are, so that the end is seen without another look.
        bytes.reserve(usize::try_from(metadata.len()).unwrap_or(0) + 1);
        file.by_ref().take(most + 1).read_to_end(bytes)?;
        Ok(*blake3::hash(bytes).as_bytes())
    })
}

/// Open `path` to read it. A pipe does not keep anyone waiting.
#[cfg(unix)]
pub(crate) fn open(path: &Utf8Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = rustix::fs::OFlags::NONBLOCK.bits();
    let flags = i32::try_from(flags).unwrap_or(0);
    let mut options = std::fs::OpenOptions::new();
    options.read(true).custom_flags(flags).open(path)
}

#[cfg(not(unix))]
pub(crate) fn open(path: &Utf8Path) -> io::Result<File> {
    File::open(path)
}
