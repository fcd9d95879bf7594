//! Options that narrow a run to what is new.

use std::path::PathBuf;

use clap::{Args, ValueHint};

#[derive(Debug, Args)]
#[command(next_help_heading = "Scope")]
pub struct ScopeArguments {
    /// Only files that have changed since a commit
    ///
    /// Any name that git knows: a branch, a tag, a hash. Uncommitted and untracked files count as changed.
    ///
    /// Example: codemend --since origin/main
    #[arg(long, value_name = "REF", conflicts_with = "staged")]
    pub since: Option<String>,

    /// With --since or --staged: only changes on lines that have changed
    ///
    /// Example: codemend --since origin/main --since-lines
    #[arg(long)]
    pub since_lines: bool,

    /// Only files that are staged for the next commit
    ///
    /// Example: codemend --staged --check
    #[arg(long)]
    pub staged: bool,

    /// Only what is not in this baseline
    ///
    /// Example: codemend --baseline codemend-baseline.json --check
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,

    /// Write what there is to do now as a baseline, and change nothing
    ///
    /// Example: codemend --write-baseline codemend-baseline.json
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    #[arg(conflicts_with_all = ["apply", "patch"])]
    pub write_baseline: Option<PathBuf>,
}
