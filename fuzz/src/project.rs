//! Any bytes, cut into the files of a project.

use super::check::check;
use super::run::Tree;

/// What stands before the path of a file, at the start of a line of its own.
const MARK: &[u8] = b"=== ";

/// The files that an input may have. No other is ever written.
const PATHS: [&str; 14] = [
    "pyproject.toml",
    "requirements.txt",
    "requirements.in",
    "requirements/base.txt",
    "setup.cfg",
    "setup.py",
    "Pipfile",
    "codemend.toml",
    "app/__init__.py",
    "app/main.py",
    "app/models.py",
    "app/db.py",
    "app/db.pyi",
    "main.py",
];

/// Run all codemods over a project of these bytes: `=== app/main.py` and a newline begin a file.
///
/// # Errors
/// As for [`super::pipeline`], for each of the files.
pub fn project(bytes: &[u8]) -> Result<usize, String> {
    check(&files(bytes))
}

/// What no mark names belongs to `main.py`.
fn files(bytes: &[u8]) -> Tree {
    let mut tree = Tree::new();
    let mut path = "main.py";
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match named(line) {
            Some(next) => {
                path = next;
                tree.entry(path.to_owned()).or_default();
            }
            None => tree.entry(path.to_owned()).or_default().extend(line),
        }
    }
    tree
}

fn named(line: &[u8]) -> Option<&'static str> {
    let name = line.strip_prefix(MARK)?.trim_ascii();
    PATHS.into_iter().find(|path| path.as_bytes() == name)
}
