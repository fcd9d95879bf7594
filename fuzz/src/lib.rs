//! What is fuzzed: functions that take any bytes, and say what is wrong with what codemend made of them.
//!
//! The cargo-fuzz targets beside this folder and the plain test `tests/fuzz_replay.rs` use the same functions, so an
//! input that a fuzzer found goes into the corpus and is a test from then on.

mod check;
mod config;
mod diff;
mod pipeline;
mod project;
mod run;

pub use check::file as judge;
pub use config::config;
pub use diff::diff;
pub use pipeline::pipeline;
pub use project::project;

/// Bytes in; out comes how many files were changed, or what went wrong, for a person to read.
pub type Target = fn(&[u8]) -> Result<usize, String>;

/// Every target, by the name of its folder in the corpus.
pub const TARGETS: [(&str, Target); 4] = [
    ("pipeline", pipeline),
    ("project", project),
    ("config", config),
    ("diff", diff),
];
