//! The key of this user, which memories are signed with.
//!
//! A repository may bring a folder full of memories along. It cannot bring the key: that lies elsewhere, belongs to the
//! user, and is closed to everybody else. Where no such place can be had, nothing is remembered.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};

use camino::{Utf8Path, Utf8PathBuf};

use super::lies_in;

const LENGTH: usize = 32;

/// The fewest letters of a secret that somebody says.
const FEWEST: usize = 16;

/// Signs what is written, and knows what was signed.
pub struct Secret([u8; LENGTH]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// The key in the file `file` (absolute), made when it is not there. `None` when it cannot be kept to this user, or
    /// lies in one of the directories `outside`.
    pub fn at(file: &Utf8Path, outside: &[Utf8PathBuf]) -> Option<Self> {
        if lies_in(file, outside) {
            return None;
        }
        match read(file) {
            Found::Key(key) => Some(Self(key)),
            Found::Nothing => make(file).map(Self),
            Found::Other => None,
        }
    }

    /// The key that follows from `words`, which the user has said and nobody else knows. `None` when they are too few
    /// to be a secret.
    pub fn of_words(words: &str) -> Option<Self> {
        let key = blake3::derive_key("codemend 2026-11 memory of runs", words.as_bytes());
        (words.len() >= FEWEST).then_some(Self(key))
    }

    /// `bytes` behind their signature, for the memory `name`.
    pub(super) fn signed(&self, name: &str, bytes: Vec<u8>) -> Vec<u8> {
        let mut signed = self.signature(name, &bytes).as_bytes().to_vec();
        signed.extend(bytes);
        signed
    }

    /// The bytes that were signed, when it was with this key and for the memory `name`.
    pub(super) fn opened<'b>(&self, name: &str, signed: &'b [u8]) -> Option<&'b [u8]> {
        let (signature, bytes) = signed.split_first_chunk::<LENGTH>()?;
        // Compares in the same time whatever the first difference is.
        (self.signature(name, bytes) == blake3::Hash::from_bytes(*signature)).then_some(bytes)
    }

    fn signature(&self, name: &str, bytes: &[u8]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(&(name.len() as u64).to_le_bytes());
        hasher.update(name.as_bytes());
        hasher.update(bytes);
        hasher.finalize()
    }
}

enum Found {
    Key([u8; LENGTH]),
    Nothing,
    /// Something that is not to be trusted.
    Other,
}

#[cfg(unix)]
fn read(file: &Utf8Path) -> Found {
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let flags = i32::try_from(flags.bits()).unwrap_or(0);
    let opened = OpenOptions::new().read(true).custom_flags(flags).open(file);
    let opened = match opened {
        Ok(opened) => opened,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Found::Nothing,
        Err(_) => return Found::Other,
    };
    let is_own = opened.metadata().is_ok_and(|it| {
        let is_closed = it.mode() & 0o077 == 0;
        it.is_file() && is_closed && it.uid() == rustix::process::geteuid().as_raw()
    });
    match is_own.then(|| key_in(opened)).flatten() {
        Some(key) => Found::Key(key),
        None => Found::Other,
    }
}

/// Nobody has said yet how a file is kept to its owner here.
#[cfg(not(unix))]
fn read(_file: &Utf8Path) -> Found {
    Found::Other
}

fn key_in(file: File) -> Option<[u8; LENGTH]> {
    let mut bytes = Vec::new();
    file.take(LENGTH as u64 + 1).read_to_end(&mut bytes).ok()?;
    bytes.try_into().ok()
}

/// Make a new key in `file`, whole or not at all. Another run may be faster: its key counts then.
fn make(file: &Utf8Path) -> Option<[u8; LENGTH]> {
    let folder = file.parent()?;
    std::fs::create_dir_all(folder).ok()?;
    let mut key = [0; LENGTH];
    getrandom::fill(&mut key).ok()?;
    // Such a file is open to its owner only.
    let mut temporary = tempfile::NamedTempFile::new_in(folder).ok()?;
    temporary.write_all(&key).ok()?;
    temporary.as_file().sync_all().ok()?;
    drop(temporary.persist_noclobber(file));
    match read(file) {
        Found::Key(key) => Some(key),
        Found::Nothing | Found::Other => None,
    }
}
