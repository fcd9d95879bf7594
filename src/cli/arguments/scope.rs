//! Options that narrow a run to what is new.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use codemend_engine::pipeline::Shard;

#[derive(Debug, Args)]
#[command(next_help_heading = "Scope")]
pub struct ScopeArguments {
    /// Only files that have changed since a commit
    ///
    /// Any name that git knows: a branch, a tag, a hash. What counts is the last commit that it has in common with
    /// HEAD. Uncommitted and untracked files count as changed.
    ///
    /// Example: codemend --since origin/main
    #[arg(long, value_name = "REF", conflicts_with_all = ["staged", "stdin_filename"])]
    pub since: Option<String>,

    /// With --since or --staged: only changes on lines that have changed
    ///
    /// Example: codemend --since origin/main --since-lines
    #[arg(long, conflicts_with = "stdin_filename")]
    pub since_lines: bool,

    /// Only files that are staged for the next commit
    ///
    /// A file that also has changes which are not staged is left alone, with an error.
    ///
    /// Example: codemend --staged --check
    #[arg(long, conflicts_with = "stdin_filename")]
    pub staged: bool,

    /// Only what is not in this baseline
    ///
    /// Example: codemend --baseline codemend-baseline.json --check
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    #[arg(conflicts_with = "stdin_filename")]
    pub baseline: Option<PathBuf>,

    /// Write what there is to do now as a baseline, and change nothing
    ///
    /// Example: codemend --write-baseline codemend-baseline.json
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    #[arg(conflicts_with_all = ["since", "since_lines", "staged", "baseline", "stdin_filename"])]
    #[arg(conflicts_with_all = ["apply", "check", "patch", "interactive", "html", "series", "commit", "pr_body"])]
    pub write_baseline: Option<PathBuf>,

    /// Only the I-th of N parts of this run
    ///
    /// The parts of a run, each from a machine of its own, add up to the whole run. Files that must be written together
    /// are in one part. Run the same command everywhere, but for I.
    ///
    /// Example: codemend --shard 2/5 --patch ../mend-2.patch
    #[arg(long, value_name = "I/N", conflicts_with_all = ["stdin_filename", "write_baseline"])]
    pub shard: Option<Shard>,
}
