//! The lowest Python that a file must run on, and where that was read.

use std::fmt;

pub use ruff_python_ast::PythonVersion;

/// A target version with its source, for the summary.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TargetPython {
    pub version: PythonVersion,
    pub source: String,
}

impl fmt::Display for TargetPython {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Python {} ({})", self.version, self.source)
    }
}
