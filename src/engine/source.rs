//! A file's text as it is on disk.

use std::cell::RefCell;
use std::fs::{File, Metadata};
use std::io::{Error, ErrorKind, Read};
use std::str::FromStr;
use std::sync::Arc;

use bytesize::ByteSize;
use camino::{Utf8Path, Utf8PathBuf};

use crate::disk;
use crate::encoding;
use crate::problem::{LineColumn, Problem};

/// The most bytes that a file may have to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SizeLimit(u64);

impl Default for SizeLimit {
    /// A file that is larger is no source that a person wrote.
    fn default() -> Self {
        Self(32 * 1024 * 1024)
    }
}

impl FromStr for SizeLimit {
    type Err = String;

    /// `64MB` (a million each), `1GiB` (1024 each of the next smaller), or plain bytes.
    ///
    /// # Errors
    /// No such size, none at all, or more than the offsets of the parser can count.
    fn from_str(text: &str) -> Result<Self, String> {
        let largest = u64::from(u32::MAX);
        match text.parse::<ByteSize>() {
            Err(_) => Err("give bytes, or a number with a unit: 500000, 64MB, 1GiB".to_owned()),
            Ok(size) if size.0 == 0 => Err("it must be at least one byte".to_owned()),
            Ok(size) if size.0 > largest => Err(format!("it can be {largest} bytes at most")),
            Ok(size) => Ok(Self(size.0)),
        }
    }
}

impl SizeLimit {
    /// Let the file at `path` pass, which has `size` bytes.
    ///
    /// # Errors
    /// They are too many.
    pub fn check(self, path: &Utf8Path, size: u64) -> Result<(), Problem> {
        self.admit(size).map_err(|message| {
            let problem = Problem::new(path, format!("{message}; left alone"));
            problem.help("raise `--max-file-size`, or exclude it")
        })
    }

    pub(crate) fn bytes(self) -> u64 {
        self.0
    }

    /// Let `size` bytes pass.
    ///
    /// # Errors
    /// They are too many: what to say about the file.
    pub(crate) fn admit(self, size: u64) -> Result<(), String> {
        if size <= self.0 {
            return Ok(());
        }
        let (size, most) = (shown(size), shown(self.0));
        Err(format!("is too large ({size}, at most {most} are read)"))
    }
}

/// `47.7 MiB`, `12 bytes`.
fn shown(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        _ => ByteSize::b(bytes).display().iec().to_string(),
    }
}

/// One text of the project. The bytes of `text` are the bytes of the file, byte order mark included.
#[derive(Debug, Clone)]
pub struct Source {
    pub path: Utf8PathBuf,
    pub text: Arc<str>,
}

impl Source {
    /// Read the file at `path`.
    ///
    /// # Errors
    /// A [`Problem`] when it is gone, is no regular file (a pipe would block), cannot be read, has more bytes than
    /// `limit`, holds NUL bytes, is not UTF-8, or declares another encoding ([PEP 263](https://peps.python.org/pep-0263/)).
    pub fn read(path: &Utf8Path, limit: SizeLimit) -> Result<Self, Problem> {
        with_bytes(path, limit, |bytes| Self::decode(path, bytes))?
    }

    /// Take `bytes` as the text of `path`.
    ///
    /// # Errors
    /// A [`Problem`] when they are no UTF-8 text: another encoding by their byte order mark, NUL bytes, a cookie that
    /// names another encoding, other bytes.
    pub fn decode(path: &Utf8Path, bytes: &[u8]) -> Result<Self, Problem> {
        if let Some(foreign) = encoding::foreign(bytes) {
            let message = format!("{}; left alone", foreign.message);
            let problem = Problem::new(path, message).help(foreign.help);
            return Err(match foreign.at {
                Some(at) => problem.at(position(bytes, at)),
                None => problem,
            });
        }
        let text = std::str::from_utf8(bytes);
        let text = text.map_err(|error| Problem::new(path, error.to_string()))?;
        Ok(Self {
            path: path.to_owned(),
            text: text.into(),
        })
    }
}

thread_local! {
    /// The bytes of the file that this thread read last: memory that the next one uses again.
    static BYTES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// More room than this is not kept.
const ROOM: usize = 1024 * 1024;

/// Hand the bytes of the file at `path` to `take`.
///
/// # Errors
/// As [`Source::read`] has them of files that cannot be read.
fn with_bytes<T>(
    path: &Utf8Path,
    limit: SizeLimit,
    take: impl FnOnce(&[u8]) -> T,
) -> Result<T, Problem> {
    let broken = |error: Error| Problem::new(path, reason(&error));
    let mut file = match disk::open(path) {
        Ok(file) => file,
        Err(error) => {
            check(path, &disk::metadata(path).map_err(broken)?, limit)?;
            disk::spoil();
            return Err(broken(error));
        }
    };
    let metadata = file.metadata().map_err(broken)?;
    disk::note_metadata(path, &metadata);
    check(path, &metadata, limit)?;
    let said = usize::try_from(metadata.len()).unwrap_or(0);
    BYTES.with_borrow_mut(|bytes| {
        let found = fill(bytes, &mut file, said, limit);
        let found = found.inspect_err(|_| disk::spoil()).map_err(broken)?;
        disk::note_bytes(path, &bytes[..found]);
        let taken = take(&bytes[..found]);
        bytes.truncate(ROOM);
        bytes.shrink_to(ROOM);
        Ok(taken)
    })
}

/// Let the file at `path`, of which this is known, be read.
fn check(path: &Utf8Path, metadata: &Metadata, limit: SizeLimit) -> Result<(), Problem> {
    if metadata.is_dir() {
        return Err(Problem::new(path, "is a directory"));
    }
    if !metadata.is_file() {
        return Err(Problem::new(path, "is not a regular file; left alone"));
    }
    let size = metadata.len();
    let checked = limit.check(path, size);
    checked.inspect_err(|_| disk::note_size(path, size))
}

/// Read all of `file`, which has said that it has `said` bytes, to the start of `bytes`. Gives how many they are.
fn fill(
    bytes: &mut Vec<u8>,
    file: &mut File,
    said: usize,
    limit: SizeLimit,
) -> std::io::Result<usize> {
    let mut found = 0;
    loop {
        if bytes.len() <= found.max(said) {
            bytes.resize(found.max(said) + found.max(4096), 0);
        }
        match file.read(&mut bytes[found..]) {
            Ok(0) => return Ok(found),
            Ok(more) => found += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        limit.admit(found as u64).map_err(too_large)?;
        // It had room for more and gave what it had said.
        if found == said {
            return Ok(found);
        }
    }
}

/// Where the byte `at` of `bytes` stands. Bytes that are no text count as characters.
fn position(bytes: &[u8], at: usize) -> LineColumn {
    let head = String::from_utf8_lossy(&bytes[..at]);
    LineColumn::of(&head, head.len())
}

/// What can be known of a file that is no [`Source`]. None of it is ever written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Glimpse {
    /// A module that Python reads in another encoding.
    Module(Arc<str>),
    /// The words of a text that Python cannot read.
    Words(String),
    /// Nothing: it is too large, or must not be read. It may say anything.
    Unseen,
}

impl Glimpse {
    /// Look at the file at `path`, unless it has more bytes than `limit`; `None` when it is gone, or no regular file.
    pub(crate) fn of(path: &Utf8Path, limit: SizeLimit) -> Option<Self> {
        if !disk::is_file(path) {
            return None;
        }
        let Ok(bytes) = read_regular(path, limit) else {
            return Some(Self::Unseen);
        };
        Some(match encoding::declared_text(&bytes) {
            Some(text) => Self::Module(text.into()),
            None => Self::Words(encoding::words(&bytes)),
        })
    }
}

/// The bytes of the file at `path`, which must be a regular one (opening a pipe would block until somebody writes) with
/// no more bytes than `limit`.
pub(crate) fn read_regular(path: &Utf8Path, limit: SizeLimit) -> std::io::Result<Vec<u8>> {
    let metadata = disk::metadata(path)?;
    if !metadata.is_file() {
        return Err(Error::other("is not a regular file"));
    }
    limit
        .admit(metadata.len())
        .inspect_err(|_| disk::note_size(path, metadata.len()))
        .map_err(too_large)?;
    read_at_most(path, limit)
}

/// The bytes of the file at `path`, which may have grown since it was looked at.
fn read_at_most(path: &Utf8Path, limit: SizeLimit) -> std::io::Result<Vec<u8>> {
    let bytes = read_all(path, limit);
    match &bytes {
        Ok(bytes) => disk::note_bytes(path, bytes),
        Err(_) => disk::spoil(),
    }
    bytes
}

fn read_all(path: &Utf8Path, limit: SizeLimit) -> std::io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let size = file.metadata()?.len().min(limit.0);
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
    file.take(limit.0 + 1).read_to_end(&mut bytes)?;
    limit.admit(bytes.len() as u64).map_err(too_large)?;
    Ok(bytes)
}

fn too_large(message: String) -> Error {
    Error::new(ErrorKind::FileTooLarge, message)
}

/// The operating system's reason in plain words, without its error number.
pub fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => {
            let text = error.to_string();
            match text.find(" (os error") {
                Some(at) => text[..at].to_lowercase(),
                None => text,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SizeLimit;

    #[test]
    fn sizes_have_units() {
        let size = |text: &str| text.parse::<SizeLimit>().map(|limit| limit.0);
        assert_eq!(size("1"), Ok(1));
        assert_eq!(size("500000"), Ok(500_000));
        assert_eq!(size("64MB"), Ok(64_000_000));
        assert_eq!(size("1 GiB"), Ok(1 << 30));
        assert_eq!(size("4294967295"), Ok(u64::from(u32::MAX)));
        for text in [
            "",
            "big",
            "-1",
            "64XB",
            "0",
            "4GiB",
            "1e99",
            "18446744073709551616",
        ] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn too_much_says_how_much() {
        let limit = SizeLimit::default();
        assert_eq!(limit.admit(32 * 1024 * 1024), Ok(()));
        let want = "is too large (47.7 MiB, at most 32.0 MiB are read)";
        assert_eq!(limit.admit(50_000_000), Err(want.to_owned()));
        let want = "is too large (101 bytes, at most 100 bytes are read)";
        assert_eq!(SizeLimit(100).admit(101), Err(want.to_owned()));
    }
}
