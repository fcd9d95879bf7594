//! What a write must not reach: files outside of the project.

use camino::Utf8Path;

use crate::problem::Problem;

/// The problem of a file `path` that is really `target`, which is not below `root`.
pub fn leads_outside(path: &Utf8Path, target: &Utf8Path, root: &Utf8Path) -> Problem {
    let message =
        format!("leads through a symbolic link to `{target}`, outside the project `{root}`");
    Problem::new(path, message).help("run codemend on the linked file itself")
}
