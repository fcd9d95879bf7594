//! A configuration that cannot be used: the place and the fault, apart and in one line.

use camino::{Utf8Path, Utf8PathBuf};

use crate::problem::{LineColumn, Problem};

/// A configuration that cannot be used. `Display` names the file, the line, the key and the nearest valid one.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{place}: {message}")]
pub struct ConfigError {
    /// The file at fault, absolute; `None` when it is the command line.
    pub file: Option<Utf8PathBuf>,
    /// Where in the file, when that is known.
    pub at: Option<LineColumn>,
    /// The fault, without its place.
    pub message: String,
    /// The place as people see it: `pyproject.toml:12:1`, `--select`.
    place: String,
}

impl ConfigError {
    /// A fault of the option `option`.
    pub(super) fn of_option(option: &str, message: impl Into<String>) -> Self {
        Self {
            file: None,
            at: None,
            message: message.into(),
            place: option.to_owned(),
        }
    }

    /// A fault of `file`, which is called `shown`.
    pub(super) fn of_file(
        file: &Utf8Path,
        shown: &Utf8Path,
        at: Option<LineColumn>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            file: Some(file.to_owned()),
            at,
            message: message.into(),
            place: match at {
                Some(LineColumn { line, column }) => format!("{shown}:{line}:{column}"),
                None => shown.to_string(),
            },
        }
    }
}

/// The same for every file below the settings, so it is told once.
impl From<ConfigError> for Problem {
    fn from(error: ConfigError) -> Self {
        let path = error.file.unwrap_or_else(|| error.place.into());
        Self {
            at: error.at,
            ..Self::new(path, error.message)
        }
    }
}
