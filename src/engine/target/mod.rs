//! The lowest Python that a file must run on, and where that was read.
//!
//! What a project says about itself is read from its manifests, nearest directory first. Nothing is executed: of a
//! `setup.py` only literals count. See [`in_directory`] for the order.

mod manifest;
mod requirement;
pub(crate) mod setup_py;

use std::fmt;

pub use manifest::{Says, says};
pub use ruff_python_ast::PythonVersion;

use crate::config::suggest::nearest;

/// The target where nobody says anything.
pub const DEFAULT: PythonVersion = PythonVersion::PY310;

/// A target version with its source, for the summary.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TargetPython {
    pub version: PythonVersion,
    /// The file and its key, or the option: `requires-python in pyproject.toml`.
    pub source: String,
}

impl TargetPython {
    /// [`DEFAULT`].
    pub fn by_default() -> Self {
        Self {
            version: DEFAULT,
            source: "the default".to_owned(),
        }
    }
}

impl fmt::Display for TargetPython {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Python {} ({})", self.version, self.source)
    }
}

/// What some directories, nearest first, say about the lowest Python of the files in the first of them.
///
/// The nearest `requires-python` ([PEP 621](https://peps.python.org/pep-0621/)) or Poetry `python` decides; where no
/// `pyproject.toml` has one, the nearest `python_requires` of a `setup.cfg`, then of a `setup.py`, then the
/// classifiers of all three, then `.python-version`. What has no lower bound says nothing. Versions that codemend does
/// not know become the nearest known.
pub fn in_directories<'s>(says: impl IntoIterator<Item = &'s Says>) -> Option<TargetPython> {
    let mut nearest: [Option<&TargetPython>; 5] = [None; 5];
    for one in says {
        for (best, said) in nearest.iter_mut().zip(&one.targets) {
            *best = best.or(said.as_ref());
        }
    }
    nearest.into_iter().flatten().next().cloned()
}

/// The version that `text` names: `3.10`, `py310`, or `3.10.2`, whose patch release counts for nothing.
///
/// # Errors
/// It names none that codemend knows. The message lists those, and the nearest.
pub fn parse_target_version(text: &str) -> Result<PythonVersion, String> {
    let named = parse_version(text);
    if let Some(version) =
        named.filter(|version| PythonVersion::iter().any(|known| known == *version))
    {
        return Ok(version);
    }
    let known: Vec<String> = PythonVersion::iter()
        .map(|version| version.to_string())
        .collect();
    let near = match named {
        Some(version) => Some(supported(version).to_string()),
        None => nearest(text, known.iter().map(String::as_str)).map(str::to_owned),
    };
    let near = near
        .map(|near| format!("; did you mean '{near}'?"))
        .unwrap_or_default();
    Err(format!(
        "'{text}' is not a version of Python that codemend knows{near} (it knows {})",
        known.join(", ")
    ))
}

/// `version`, or the nearest that codemend knows.
fn supported(version: PythonVersion) -> PythonVersion {
    version.clamp(PythonVersion::lowest(), PythonVersion::latest_preview())
}

/// `3.10`, `3.10.2` or `py310`, whatever the numbers.
fn parse_version(text: &str) -> Option<PythonVersion> {
    let text = text.trim();
    let (major, rest) = match text.strip_prefix("py") {
        Some(digits) => digits.split_at_checked(1)?,
        None => text.split_once('.')?,
    };
    let (minor, patch) = rest.split_once('.').unwrap_or((rest, "0"));
    patch.parse::<u8>().ok()?;
    PythonVersion::try_from((major, minor)).ok()
}

#[cfg(test)]
mod tests {
    use super::{PythonVersion, parse_target_version};

    #[test]
    fn reads_the_usual_spellings() {
        for text in ["3.10", "py310", "3.10.2", " 3.10 "] {
            assert_eq!(
                parse_target_version(text),
                Ok(PythonVersion::PY310),
                "{text}"
            );
        }
        assert_eq!(parse_target_version("py37"), Ok(PythonVersion::PY37));
    }

    #[test]
    fn names_the_nearest() {
        let all = "(it knows 3.7, 3.8, 3.9, 3.10, 3.11, 3.12, 3.13, 3.14, 3.15)";
        let error = |text: &str| parse_target_version(text).unwrap_err();
        let unknown = "is not a version of Python that codemend knows";
        assert_eq!(
            error("3.20"),
            format!("'3.20' {unknown}; did you mean '3.15'? {all}")
        );
        assert_eq!(
            error("py27"),
            format!("'py27' {unknown}; did you mean '3.7'? {all}")
        );
        assert_eq!(
            error("310"),
            format!("'310' {unknown}; did you mean '3.10'? {all}")
        );
        assert_eq!(error("newest"), format!("'newest' {unknown} {all}"));
        assert_eq!(error(""), format!("'' {unknown} {all}"));
        assert_eq!(error("py"), format!("'py' {unknown} {all}"));
        assert!(parse_target_version("3.10.x").is_err());
    }
}
