//! The programs that `.ci/tools` has installed.
//!
//! A test whose tool is missing is left out with a word on standard error; where `CI` is set it fails, so that a check
//! cannot vanish unseen.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Where `.ci/tools` puts them.
fn folder() -> PathBuf {
    let named = std::env::var_os("CODEMEND_TOOLS").map(PathBuf::from);
    let home = std::env::var_os("HOME").unwrap_or_default();
    named.unwrap_or_else(|| Path::new(&home).join(".cache/codemend-tools"))
}

/// The Python program `name` of the tools, or `python` itself; `None` when the tools are not installed.
pub fn of_python(name: &str) -> Option<PathBuf> {
    standing(folder().join("venv/bin").join(name))
}

/// The folder of the wheels that a build needs.
pub fn wheels() -> PathBuf {
    folder().join("wheels")
}

/// The program `name` of node's tools; `None` when they are not installed.
pub fn of_node(name: &str) -> Option<PathBuf> {
    standing(folder().join("node/node_modules/.bin").join(name))
}

/// The program `name` of the system; `None` when it has none.
pub fn of_system(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places = std::env::split_paths(&path).map(|folder| folder.join(name));
    let found = places.find(|place| place.is_file());
    standing(found.unwrap_or_else(|| name.into()))
}

fn standing(program: PathBuf) -> Option<PathBuf> {
    if program.is_file() {
        return Some(program);
    }
    let missing = format!("{} is missing: run .ci/tools", program.display());
    assert!(std::env::var_os("CI").is_none(), "{missing}");
    let _ = writeln!(std::io::stderr(), "left out: {missing}");
    None
}

/// Run `command`, which has to succeed; what it wrote to standard output.
pub fn insist(command: &mut Command) -> String {
    let output = command.output().expect("it can be started");
    let (out, err) = said(&output);
    assert!(output.status.success(), "{command:?}\n{out}{err}");
    out
}

/// Standard output and standard error.
pub fn said(output: &Output) -> (String, String) {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}
