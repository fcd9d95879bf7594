//! A file's text as it is on disk.

use std::fs::File;
use std::io::Read;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::problem::Problem;

/// A file larger than this is no source that a person wrote.
const LARGEST: u64 = 32 * 1024 * 1024;

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
    /// A [`Problem`] when it is gone, is no regular file (a pipe would block), cannot be read, is too large, holds NUL
    /// bytes, or is not UTF-8.
    pub fn read(path: &Utf8Path) -> Result<Self, Problem> {
        let broken = |error: std::io::Error| Problem::new(path, reason(&error));
        let metadata = std::fs::metadata(path).map_err(broken)?;
        if metadata.is_dir() {
            return Err(Problem::new(path, "is a directory"));
        }
        if !metadata.is_file() {
            return Err(Problem::new(path, "is not a regular file; left alone"));
        }
        if metadata.len() > LARGEST {
            let message = format!(
                "is too large ({} MB, at most {} MB are read); left alone",
                metadata.len() / 1_000_000,
                LARGEST / 1_000_000
            );
            return Err(Problem::new(path, message).help("exclude it"));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
        File::open(path)
            .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
            .map_err(broken)?;
        Self::decode(path, bytes)
    }

    /// Take `bytes` as the text of `path`.
    ///
    /// # Errors
    /// A [`Problem`] when they are not UTF-8, or hold a NUL byte.
    pub fn decode(path: &Utf8Path, bytes: Vec<u8>) -> Result<Self, Problem> {
        if bytes.contains(&0) {
            return Err(Problem::new(
                path,
                "is binary (it holds a NUL byte); left alone",
            ));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let line = 1 + error.as_bytes()[..at]
                .iter()
                .filter(|&&b| b == b'\n')
                .count();
            Problem::new(path, format!("is not UTF-8 (line {line}); left alone"))
                .help("save it as UTF-8")
        })?;
        Ok(Self {
            path: path.to_owned(),
            text: text.into(),
        })
    }
}

impl Source {
    /// What can be read of a file that is no UTF-8, with marks for the rest. `None` when it is no text at all.
    pub(crate) fn read_lossily(path: &Utf8Path) -> Option<String> {
        let metadata = std::fs::metadata(path).ok()?;
        if !metadata.is_file() || metadata.len() > LARGEST {
            return None;
        }
        let bytes = std::fs::read(path).ok()?;
        (!bytes.contains(&0)).then(|| String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// The bytes of the file at `path`, which must be a regular one: opening a pipe would block until somebody writes.
pub(crate) fn read_regular(path: &Utf8Path) -> std::io::Result<Vec<u8>> {
    match std::fs::metadata(path)?.is_file() {
        true => std::fs::read(path),
        false => Err(std::io::Error::other("is not a regular file")),
    }
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
