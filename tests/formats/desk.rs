//! The Python side: `reports.py`, and where it finds its files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::tools;

/// A folder for what is handed to Python.
pub struct Desk {
    folder: tempfile::TempDir,
    python: PathBuf,
}

impl Desk {
    /// `None` when Python's tools are not installed.
    pub fn new() -> Option<Self> {
        let python = tools::of_python("python")?;
        let folder = tempfile::tempdir().expect("a folder");
        Some(Self { folder, python })
    }

    pub fn put(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).expect("it can be written");
        path
    }

    /// Run a task of `reports.py`, which has to succeed.
    pub fn insist(&self, task: &str, arguments: &[&Path]) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/reports.py");
        let mut command = Command::new(&self.python);
        tools::insist(command.arg(script).arg(task).args(arguments))
    }

    /// The schema of SARIF.
    pub fn sarif_schema(&self) -> PathBuf {
        let tools = self.python.ancestors().nth(3).expect("a folder of tools");
        let schemas = "node/node_modules/@microsoft/jest-sarif/lib/schemas";
        tools.join(schemas).join("sarif-2.1.0-rtm.5.json")
    }
}
