//! What can be written behind `codemend merge-reports`.

use std::path::PathBuf;

use clap::{Args, ColorChoice, ValueHint};

#[derive(Debug, Args)]
pub struct MergeArguments {
    /// Reports of `--format json`
    ///
    /// All shards of a run, or runs over several repositories, or both.
    ///
    /// Example: codemend merge-reports shard-*.json
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub reports: Vec<PathBuf>,

    /// Write the report into this file in place of standard output
    ///
    /// Example: codemend merge-reports shard-*.json --output report.json
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    /// Merge the shards that are there, though others are missing
    ///
    /// `run.shard` of the report then says which ones are in it.
    ///
    /// Example: codemend merge-reports shard-1.json shard-3.json --partial
    #[arg(long)]
    pub partial: bool,

    /// When to use colours
    ///
    /// Example: codemend merge-reports shard-*.json --color never
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
}
