//! What a run leaves on disk about itself: the journal that describes its writes, and the texts from before.
//!
//! One file a run. Its first line is the journal, as JSON; behind it stand the texts from before, one after the other.
//! Where bytes are written over in place, the new text follows: a file may then be found half old and half new.
//! It is whole on disk before the first file of the project is touched, so that whatever happens later can be taken
//! back. How far the run came is in the file's name (see [`Stage`]), because a rename happens whole or not at all.

use std::fs::Metadata;
use std::ops::Range;
use std::sync::OnceLock;
use std::time::UNIX_EPOCH;

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

/// The number of the layout, raised when an older codemend could not read it.
const FORMAT: u32 = 1;

/// How far a run has come: the extension of its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The record itself is being written. The project is untouched.
    New,
    /// New files are being prepared beside their targets. The targets are untouched.
    Prepare,
    /// Names are changing places. Some targets may be new, others old.
    Commit,
    /// The same where names cannot change places: a new file takes the old one's name, and the old text is in the
    /// record only.
    Replace,
    /// All targets are new. The old files are still to be removed.
    Clean,
    /// The run is over and can be undone.
    Done,
}

impl Stage {
    pub const ALL: [Self; 6] = [
        Self::New,
        Self::Prepare,
        Self::Commit,
        Self::Replace,
        Self::Clean,
        Self::Done,
    ];

    pub fn extension(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Prepare => "prepare",
            Self::Commit => "commit",
            Self::Replace => "replace",
            Self::Clean => "clean",
            Self::Done => "db",
        }
    }
}

/// The first line of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    format: u32,
    /// The file that the record was written into. A record that came with a repository, or was copied, does not
    /// count: whoever sends it could otherwise have files written by the next run.
    pub own: Birth,
    /// When the run began to write: seconds since 1970.
    pub time: u64,
    /// The codemods of the run, with how many changes each made.
    pub codemods: Vec<(String, usize)>,
    /// The run that is taken back with this one: its record goes when this run is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<u32>,
    /// This run's own record goes when it is over: there is nothing in it that a new run would not find again.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_passing: bool,
    /// Directories that the run makes, the upper ones first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub directories: Vec<Utf8PathBuf>,
    /// Directories that go when the run is over, if nothing is in them, the upper ones first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub abandons: Vec<Utf8PathBuf>,
    pub files: Vec<Written>,
}

/// What a file has from its making on, and keeps when it is renamed: neither git nor a copy can give it to another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Birth {
    /// Which machine it was made on, as a digest of what only that machine knows; empty where it knows nothing.
    pub machine: String,
    /// The number of the file in its file system.
    pub inode: u64,
    /// When it was made, in nanoseconds since 1970; 0 where the system does not say.
    pub nanoseconds: u128,
}

impl Birth {
    pub fn of(metadata: &Metadata) -> Self {
        let made = metadata.created().ok();
        let since = made.and_then(|made| made.duration_since(UNIX_EPOCH).ok());
        Self {
            machine: machine().to_owned(),
            inode: inode(metadata),
            nanoseconds: since.map_or(0, |since| since.as_nanos()),
        }
    }
}

/// The identity of this machine (machine-id(5)), not as it is: records may be sent around.
fn machine() -> &'static str {
    static MACHINE: OnceLock<String> = OnceLock::new();
    MACHINE.get_or_init(|| {
        let places = ["/etc/machine-id", "/var/lib/dbus/machine-id"];
        let mut found = places.iter().filter_map(|place| std::fs::read(place).ok());
        let own = found.find(|bytes| bytes.len() >= 32).unwrap_or_default();
        match own.is_empty() {
            true => String::new(),
            false => blake3::hash(&[b"codemend ", &own[..]].concat()).to_hex()[..32].to_owned(),
        }
    })
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_metadata: &Metadata) -> u64 {
    0
}

/// One file of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// From the directory that holds the cache folder on.
    pub path: Utf8PathBuf,
    /// The name, in the same directory, of the new file until it takes the target's place, and of the old one after.
    pub aside: String,
    pub how: How,
    /// `None` when the run made the file.
    pub before: Option<Fingerprint>,
    /// `None` when the run removed the file.
    pub after: Option<Fingerprint>,
    /// The mode of the file from before, where the system has modes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<u32>,
}

/// How a file gets its new bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// A new file takes the old one's name.
    Renamed,
    /// The bytes are written over, because other names lead to the same file.
    Overwritten,
}

/// What tells one text from another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// In bytes.
    pub length: u64,
    /// BLAKE3, in hexadecimal digits.
    pub digest: String,
}

impl Fingerprint {
    pub fn of(bytes: &[u8]) -> Self {
        Self {
            length: bytes.len() as u64,
            digest: blake3::hash(bytes).to_hex().to_string(),
        }
    }

    pub fn is_of(&self, bytes: &[u8]) -> bool {
        self.length == bytes.len() as u64 && *self == Self::of(bytes)
    }
}

impl Journal {
    pub fn new(time: u64, codemods: Vec<(String, usize)>) -> Self {
        Self {
            format: FORMAT,
            own: Birth::default(),
            time,
            codemods,
            undoes: None,
            is_passing: false,
            directories: Vec::new(),
            abandons: Vec::new(),
            files: Vec::new(),
        }
    }
}

/// A record in memory.
#[derive(Debug, Clone)]
pub struct Record {
    pub journal: Journal,
    /// For each file where its texts lie in `bytes`: the one from before, the one after.
    texts: Vec<(Range<usize>, Range<usize>)>,
    bytes: Vec<u8>,
}

impl Record {
    /// The bytes of a record of `journal`, whose files have these `texts` (in the journal's order): before, and for
    /// files that are written over, after.
    ///
    /// # Errors
    /// None that is known: every journal is JSON.
    pub fn encode<'b>(
        journal: &Journal,
        texts: impl Iterator<Item = &'b [u8]>,
    ) -> serde_json::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec(journal)?;
        bytes.push(b'\n');
        texts.for_each(|text| bytes.extend_from_slice(text));
        Ok(bytes)
    }

    /// Read the bytes of a record.
    ///
    /// # Errors
    /// Why they are none: cut off, of a newer codemend, or not as one is written.
    pub fn decode(bytes: Vec<u8>) -> Result<Self, String> {
        let line = bytes.iter().position(|&byte| byte == b'\n');
        let line = line.ok_or("it is cut off")?;
        let journal: Journal =
            serde_json::from_slice(&bytes[..line]).map_err(|error| error.to_string())?;
        if journal.format > FORMAT {
            return Err("a newer codemend wrote it".to_owned());
        }
        let mut texts = Vec::with_capacity(journal.files.len());
        let mut end = line + 1;
        for file in &journal.files {
            let before = part(end, file.before.as_ref(), bytes.len())?;
            let print = file.before.as_ref();
            if print.is_some_and(|print| !print.is_of(&bytes[before.clone()])) {
                return Err("a text in it is not what was read".to_owned());
            }
            let after = file.after.as_ref().filter(|_| file.how == How::Overwritten);
            let after = part(before.end, after, bytes.len())?;
            end = after.end;
            texts.push((before, after));
        }
        match end == bytes.len() {
            true => Ok(Self {
                journal,
                texts,
                bytes,
            }),
            false => Err("it is longer than it says".to_owned()),
        }
    }

    /// The bytes of the `index`-th file from before the run; `None` when the run made it.
    pub fn before(&self, index: usize) -> Option<&[u8]> {
        self.journal.files.get(index)?.before.as_ref()?;
        self.bytes.get(self.texts.get(index)?.0.clone())
    }

    /// The new bytes of the `index`-th file, when it is one that is written over in place.
    pub fn after(&self, index: usize) -> Option<&[u8]> {
        let file = self.journal.files.get(index)?;
        file.after
            .as_ref()
            .filter(|_| file.how == How::Overwritten)?;
        self.bytes.get(self.texts.get(index)?.1.clone())
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_false(value: &bool) -> bool {
    !value
}

/// Where a text with this fingerprint lies that begins at `start`, in a record of `length` bytes.
fn part(start: usize, print: Option<&Fingerprint>, length: usize) -> Result<Range<usize>, String> {
    let size = usize::try_from(print.map_or(0, |print| print.length)).ok();
    let end = size.and_then(|size| start.checked_add(size));
    let end = end.filter(|end| *end <= length);
    Ok(start..end.ok_or("it is cut off")?)
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, How, Journal, Record, Written};

    fn written(path: &str, before: Option<&[u8]>) -> Written {
        Written {
            path: path.into(),
            aside: ".a.tmp".into(),
            how: How::Renamed,
            before: before.map(Fingerprint::of),
            after: Some(Fingerprint::of(b"new")),
            mode: None,
        }
    }

    fn encoded() -> Vec<u8> {
        let mut journal = Journal::new(7, vec![("mend-it".into(), 2)]);
        let texts: [&[u8]; 4] = [b"one\n", b"", b"{\"x\": 1}\n\xff", b"new"];
        journal.files = vec![
            written("a.py", Some(texts[0])),
            written("new.py", None),
            written("b.py", Some(texts[2])),
        ];
        journal.files[2].how = How::Overwritten;
        Record::encode(&journal, texts.into_iter()).unwrap()
    }

    #[test]
    fn what_was_written_is_read() {
        let record = Record::decode(encoded()).unwrap();
        assert_eq!(record.before(0), Some(&b"one\n"[..]));
        assert_eq!(record.before(1), None);
        assert_eq!(record.before(2), Some(&b"{\"x\": 1}\n\xff"[..]));
        assert_eq!(record.before(3), None);
        assert_eq!(record.after(0), None);
        assert_eq!(record.after(2), Some(&b"new"[..]));
        assert_eq!(record.journal.codemods, [("mend-it".to_owned(), 2)]);
    }

    /// Every shorter record is refused: a text from before must never be put back in part.
    #[test]
    fn what_is_cut_off_is_refused() {
        let whole = encoded();
        for end in 0..whole.len() {
            assert!(Record::decode(whole[..end].to_vec()).is_err(), "{end}");
        }
        let mut flipped = whole.clone();
        let last = flipped.iter().rposition(|byte| *byte == b'\xff').unwrap();
        flipped[last] = b'x';
        assert!(Record::decode(flipped).is_err());
        let newer = String::from_utf8_lossy(&whole).replace("\"format\":1", "\"format\":2");
        let error = Record::decode(newer.into_bytes()).unwrap_err();
        assert_eq!(error, "a newer codemend wrote it");
    }
}
