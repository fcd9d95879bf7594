//! Which file holds the settings of a directory, and what it says.
//!
//! The nearest file wins entirely, as with ruff: nothing is merged with the directories above.

use std::fmt::Display;
use std::io::ErrorKind;

use camino::{Utf8Path, Utf8PathBuf};
use ruff_db::system::SystemPath;
use toml_edit::{Item, TableLike};

use super::ConfigError;
use super::origin::{Origin, Place};
use super::schema::{self, Layer};
use super::value::Entry;
use crate::about::About;
use crate::paths::relative;
use crate::source::{SizeLimit, read_regular, reason};
use crate::tree::{admit_named, admit_own};

/// In the order in which they count within one directory.
const NAMES: [&str; 3] = ["codemend.toml", ".codemend.toml", PYPROJECT];
const PYPROJECT: &str = "pyproject.toml";
const PREFIX: &str = "tool.codemend";

/// A file with settings.
#[derive(Debug)]
pub struct Found {
    pub file: Utf8PathBuf,
    pub layer: Layer,
}

/// How files with settings are read.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// What relative paths start at and messages leave out.
    pub here: &'a Utf8Path,
    pub catalogue: &'a [About],
    pub limit: SizeLimit,
}

/// How a file came to be looked at, and so whether it must have settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// It lies above a file. A `pyproject.toml` without our table, or that is broken elsewhere, says nothing. As a
    /// symbolic link it must not lead out of the repository.
    Nearby,
    /// `--config` names it: it may lie anywhere.
    ByName,
}

/// The settings that stand in `directory` itself.
///
/// # Errors
/// There are some that cannot be used. A broken `pyproject.toml` counts only when it speaks of `tool.codemend`.
pub fn in_directory(
    directory: &Utf8Path,
    reader: &Reader<'_>,
) -> Result<Option<Found>, ConfigError> {
    for name in NAMES {
        let file = directory.join(name);
        if let Some(layer) = read(&file, Asked::Nearby, reader)? {
            return Ok(Some(Found { file, layer }));
        }
    }
    Ok(None)
}

/// The settings of the file that `--config` names; a `pyproject.toml` is read at `[tool.codemend]`.
///
/// # Errors
/// It cannot be read, has no settings, or has some that cannot be used.
pub fn named(file: &Utf8Path, reader: &Reader<'_>) -> Result<Found, ConfigError> {
    let here = reader.here;
    let file = absolute(file, here);
    let Some(layer) = read(&file, Asked::ByName, reader)? else {
        let message = format!("there is no table [{PREFIX}]");
        return Err(ConfigError::of_file(
            &file,
            &relative(&file, here),
            None,
            message,
        ));
    };
    Ok(Found { file, layer })
}

/// `path` as seen from the directory `start`, without `.` and `..`.
pub fn absolute(path: &Utf8Path, start: &Utf8Path) -> Utf8PathBuf {
    SystemPath::absolute(path.as_str(), start.as_str()).into_utf8_path_buf()
}

/// A file that may hold settings.
struct Candidate<'a> {
    file: &'a Utf8Path,
    shown: &'a Utf8Path,
    asked: Asked,
    limit: SizeLimit,
}

fn read(file: &Utf8Path, asked: Asked, reader: &Reader<'_>) -> Result<Option<Layer>, ConfigError> {
    let candidate = Candidate {
        file,
        shown: &relative(file, reader.here),
        asked,
        limit: reader.limit,
    };
    let Some(text) = candidate.text()? else {
        return Ok(None);
    };
    let origin = Origin {
        text: text.strip_prefix('\u{feff}').unwrap_or(&text),
        place: Place::File {
            file,
            shown: candidate.shown,
            prefix: if candidate.is_pyproject() { PREFIX } else { "" },
        },
    };
    let document = match origin.parse() {
        Err(_) if candidate.may_be_silent() && !text.contains(PREFIX) => return Ok(None),
        parsed => parsed?,
    };
    let table: &dyn TableLike = if candidate.is_pyproject() {
        let tool = document.get("tool").and_then(Item::as_table_like);
        let Some(item) = tool.and_then(|tool| tool.get("codemend")) else {
            return Ok(None);
        };
        Entry {
            origin,
            key: PREFIX,
            item,
        }
        .table("a table")?
    } else {
        document.as_table()
    };
    schema::read(origin, table, reader.catalogue).map(Some)
}

impl Candidate<'_> {
    fn is_pyproject(&self) -> bool {
        self.file.file_name() == Some(PYPROJECT)
    }

    /// Whether its faults count only when it speaks of our table.
    fn may_be_silent(&self) -> bool {
        self.asked == Asked::Nearby && self.is_pyproject()
    }

    /// Its text; `None` when it is not there, or is no text and says nothing about us.
    fn text(&self) -> Result<Option<String>, ConfigError> {
        let admitted = match self.asked {
            Asked::Nearby => admit_own(self.file),
            Asked::ByName => admit_named(self.file),
        };
        let bytes = match admitted.and_then(|()| read_regular(self.file, self.limit)) {
            Ok(bytes) => bytes,
            Err(error) if self.asked == Asked::Nearby && self.is_absent(&error) => return Ok(None),
            Err(error) => return Err(self.unreadable(&reason(&error))),
        };
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(error) if self.may_be_silent() && !speaks_of_us(error.as_bytes()) => Ok(None),
            Err(error) => {
                Err(self.unreadable(&format!("it is not UTF-8 ({})", error.utf8_error())))
            }
        }
    }

    /// No file of that name: nothing, a directory, or a path through something that is no directory.
    fn is_absent(&self, error: &std::io::Error) -> bool {
        matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) || self.file.is_dir()
    }

    fn unreadable(&self, why: &dyn Display) -> ConfigError {
        let message = format!("cannot be read: {why}");
        ConfigError::of_file(self.file, self.shown, None, message)
    }
}

fn speaks_of_us(bytes: &[u8]) -> bool {
    bytes
        .windows(PREFIX.len())
        .any(|window| window == PREFIX.as_bytes())
}
