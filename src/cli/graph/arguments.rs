//! What can be written behind `codemend graph`.

use std::path::PathBuf;

use clap::{Args, ColorChoice, ValueEnum, ValueHint};

/// The options that `graph` shares with a run keep their names and their meaning.
#[derive(Debug, Args)]
pub struct GraphArguments {
    /// Files and directories whose modules are shown
    ///
    /// Modules elsewhere in the repository are read too: they may import these, or be imported by them.
    ///
    /// Example: codemend graph app
    #[arg(default_value = ".", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,

    /// How to show it
    ///
    /// Example: codemend graph --format json
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,

    /// List every import, and every way round a cycle
    ///
    /// Example: codemend graph --verbose
    #[arg(long, short)]
    pub verbose: bool,

    /// No summary
    ///
    /// Example: codemend graph --quiet
    #[arg(long, short, conflicts_with = "verbose")]
    pub quiet: bool,

    /// When to use colours
    ///
    /// Example: codemend graph --color always | less -R
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,

    /// A configuration file, or one setting as TOML (repeatable)
    ///
    /// Example: codemend graph --config 'src = ["backend"]'
    #[arg(long, value_name = "FILE|SETTING")]
    pub config: Vec<String>,

    /// Leave these files out
    ///
    /// Globs, separated by commas, or given several times.
    ///
    /// Example: codemend graph --exclude tests
    #[arg(long, value_name = "GLOBS", value_delimiter = ',')]
    pub exclude: Vec<String>,

    /// Worker threads; one per core by default
    ///
    /// Example: codemend graph --threads 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
}

/// How a graph is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: counts, cycles, notes
    Text,
    /// For programs: everything
    Json,
    /// For Graphviz
    Dot,
}
