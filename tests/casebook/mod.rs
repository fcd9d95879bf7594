//! What the tests of the codemods share: trees of files, runs of the engine, oracles.
//!
//! `tests/casebook.rs` reads the pages of the codemods, `tests/shared_cases.rs` the folders of cases. Both come here.

pub mod engine;
pub mod folder;
pub mod judge;
pub mod normal;
pub mod page;
pub mod play;
pub mod syntax;
pub mod tree;
pub mod variant;

use std::path::{Path, PathBuf};

/// The folder of the root manifest.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of the codemod `name`: kebab-case outside, snake case on disk.
pub fn codemod_folder(name: &str) -> PathBuf {
    root().join("codemods").join(name.replace('-', "_"))
}

/// One thing that is wrong, with the page or folder that asks for it.
#[derive(Debug)]
pub struct Failure {
    pub case: String,
    /// The variant or mode in which it went wrong.
    pub how: String,
    pub detail: String,
}

/// Fail with all of them, or say nothing.
pub fn insist(failures: &[Failure]) {
    if failures.is_empty() {
        return;
    }
    let mut text = String::new();
    for Failure { case, how, detail } in failures {
        let detail = detail.trim_end().replace('\n', "\n      ");
        text.push_str(&format!("\n{case}\n  [{how}]\n      {detail}\n"));
    }
    panic!("{text}\n{} failures", failures.len());
}
