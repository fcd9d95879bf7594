//! Every look at the disk is one that a memory knows of.
//!
//! A look that is not written down could go stale unseen. So the engine looks at the disk in a few files only: those
//! that write it down, and those whose answers are asked for anew before a run is told again.

use std::fs;
use std::path::{Path, PathBuf};

/// Words that look at the disk.
const LOOKS: &[&str] = &[
    "std::fs",
    "fs::",
    "File::open",
    ".is_file()",
    ".is_dir()",
    ".is_symlink()",
    ".exists()",
    ".try_exists()",
    ".metadata()",
    ".symlink_metadata()",
    ".canonicalize",
    ".read_link",
    ".read_dir",
    "WalkBuilder",
    "same_file::",
    "env::",
];

/// Files and folders of the engine that may, and why nothing of it goes stale.
const KNOWN: &[(&str, &str)] = &[
    ("disk/", "writes down what it is asked"),
    ("cache/", "the memory itself"),
    ("transaction/", "writes, after the run"),
    ("config/", "its answers are asked anew"),
    ("target/manifest.rs", "a part of those answers"),
    ("discover.rs", "the walk is done anew"),
    ("discover/ignore_files.rs", "a part of the walk"),
    ("discover/twins.rs", "a part of the walk"),
    (
        "discover/own_path.rs",
        "before the run, for the paths of the request",
    ),
    (
        "discover/bounds.rs",
        "the bounds are a part of the request; import roots ask `disk`",
    ),
    (
        "discover/environment.rs",
        "a part of the request; site-packages ask `disk`",
    ),
    (
        "tree.rs",
        "`real` and `admit` write down; the rest is a part of the bounds",
    ),
    ("source.rs", "each reading is written down"),
    ("semantic/database.rs", "what ty asks is written down"),
    ("semantic/asked.rs", "writes that down"),
    (
        "response_model/follow.rs",
        "`metadata` there is that of a parameter",
    ),
    ("frameworks/fastapi/parameters.rs", "likewise"),
];

#[test]
fn the_engine_looks_at_the_disk_where_it_is_written_down() {
    let engine = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/engine");
    let codemods = Path::new(env!("CARGO_MANIFEST_DIR")).join("codemods");
    let mut unknown = Vec::new();
    for top in [&engine, &codemods] {
        for file in rust_files(top) {
            let name = file.strip_prefix(top).unwrap().to_str().unwrap();
            let may = KNOWN.iter().any(|(known, _)| name.starts_with(known));
            let is_test = name.contains("tests");
            if may || is_test {
                continue;
            }
            let text = fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let lines = code.lines().enumerate();
            let looks = lines.filter(|(_, line)| {
                let line = line.trim_start();
                !line.starts_with("//") && LOOKS.iter().any(|look| line.contains(look))
            });
            unknown.extend(looks.map(|(at, line)| format!("{name}:{}: {line}", at + 1)));
        }
    }
    assert_eq!(unknown, Vec::<String>::new());
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(rust_files(&path)),
            false if path.extension().is_some_and(|ending| ending == "rs") => files.push(path),
            false => {}
        }
    }
    files
}
