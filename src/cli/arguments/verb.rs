//! What codemend can do besides running codemods.

use clap::Subcommand;

use super::super::clean::CleanArguments;
use super::super::explain::ExplainArguments;
use super::super::graph::GraphArguments;
use super::super::list::ListArguments;
use super::super::man::ManArguments;
use super::super::merge::MergeArguments;
use super::super::new::NewArguments;
use super::super::schema::SchemaArguments;
use super::super::undo::UndoArguments;

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// List the codemods
    ///
    /// Example: codemend list --count app
    List(ListArguments),
    /// Show the page of a codemod
    ///
    /// Example: codemend explain optional-to-union
    Explain(ExplainArguments),
    /// Show which modules import which, and the cycles in that
    ///
    /// Example: codemend graph app --format dot | dot -Tsvg > imports.svg
    Graph(GraphArguments),
    /// Take back what `--apply` wrote
    ///
    /// Without a number the last run. Files that have changed since are left alone.
    ///
    /// Example: codemend undo
    Undo(UndoArguments),
    /// Put reports of several machines together
    ///
    /// Example: codemend merge-reports shard-*.json > report.json
    MergeReports(MergeArguments),
    /// Forget what is remembered of runs
    ///
    /// What `codemend undo` needs stays.
    ///
    /// Example: codemend clean
    Clean(CleanArguments),
    /// Print the completions of a shell
    ///
    /// Example: codemend completions bash > ~/.local/share/bash-completion/completions/codemend
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write one page a command
    ///
    /// Example: codemend man --out ~/.local/share/man/man1
    Man(ManArguments),
    /// Print a JSON schema
    ///
    /// Example: codemend schema config > codemend.schema.json
    Schema(SchemaArguments),
    /// Begin a codemod, in a checkout of codemend
    ///
    /// Makes its folder, with a page whose first case fails, and lists it in `codemods/lib.rs` and in the README.
    ///
    /// Example: codemend new raise-from
    New(NewArguments),
}
