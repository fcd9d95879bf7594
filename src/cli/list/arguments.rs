//! What can be written after `codemend list`.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use codemend_engine::source::SizeLimit;
use codemend_engine::target::{PythonVersion, parse_target_version};

#[derive(Debug, Args)]
pub struct ListArguments {
    /// Say what each codemod would do in these files
    ///
    /// Counts the changes of all codemods, also of those that the configuration does not select, unless it ignores
    /// them. Nothing is written.
    ///
    /// Example: codemend list --count app
    #[arg(long)]
    pub count: bool,

    /// With --count: files and directories to look at
    ///
    /// A directory is walked, less what .gitignore names. A file that is named is always looked at.
    #[arg(default_value = ".", value_hint = ValueHint::AnyPath, requires = "count")]
    pub paths: Vec<PathBuf>,

    /// With --count: the lowest Python that the code must run on
    #[arg(long, value_name = "VERSION", value_parser = parse_target_version, requires = "count")]
    pub target_version: Option<PythonVersion>,

    /// With --count: the virtual environment of the project
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath, requires = "count")]
    pub python: Option<PathBuf>,

    /// With --count: a configuration file, or one setting as TOML (repeatable)
    #[arg(long, value_name = "FILE|SETTING", requires = "count")]
    pub config: Vec<String>,

    /// With --count: leave these files out
    #[arg(long, value_name = "GLOBS", value_delimiter = ',', requires = "count")]
    pub exclude: Vec<String>,

    /// With --count: leave larger files alone
    #[arg(long, value_name = "SIZE", requires = "count")]
    pub max_file_size: Option<SizeLimit>,

    /// With --count: worker threads; one per core by default
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..), requires = "count")]
    pub threads: Option<u16>,

    /// No summary and no progress
    #[arg(long, short)]
    pub quiet: bool,
}
