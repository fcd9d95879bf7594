//! What can be written after `codemend explain`.

use clap::{Args, ColorChoice};

use super::super::names::CodemodName;

#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// The codemod, as `codemend list` names it
    #[arg(value_parser = CodemodName::One, hide_possible_values = true)]
    pub name: String,

    /// Show all of its cases, not only the first
    ///
    /// Each is run as a test. Into a pipe goes the whole page, as Markdown.
    ///
    /// Example: codemend explain optional-to-union --cases
    #[arg(long)]
    pub cases: bool,

    /// When to use colours
    ///
    /// Example: codemend explain bare-except --cases --color always | less -R
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
}
