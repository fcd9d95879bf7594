//! Options that say how a run is handed to people and to other programs.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

/// What standard output is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// The diff
    Text,
    /// One JSON document
    Json,
    /// One JSON document a line
    Jsonl,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// A Code Quality report of GitLab
    Gitlab,
    /// A summary for a pull request
    Markdown,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Review")]
pub struct HandoverArguments {
    /// Decide change by change
    ///
    /// Needs a terminal. What you accept goes to --patch, --series and the like when one is given; else it is applied at
    /// the end. Nothing is written before.
    ///
    /// Example: codemend app --interactive
    #[arg(long, short)]
    #[arg(conflicts_with_all = ["check", "quiet", "stdin_filename", "write_baseline", "html"])]
    pub interactive: bool,

    /// Write a page to review the changes in a browser
    ///
    /// One file, which needs no network. Accept and reject there, then download a patch.
    ///
    /// Example: codemend --html review.html
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    #[arg(conflicts_with = "interactive")]
    pub html: Option<PathBuf>,

    /// Write one patch a codemod, for `git am`
    ///
    /// `git am` takes them on the tree as it is now. Each says what it changes, why, and what was left alone. The
    /// directory is made; patches of an earlier run in it are replaced.
    ///
    /// Example: codemend --series ../series && git am ../series/*.patch
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub series: Option<PathBuf>,

    /// Make one commit a codemod on the current branch
    ///
    /// The same commits as those of --series. Refused when anything is uncommitted. The author is the one that git is
    /// set up with. Hooks are not run, and nothing is signed.
    ///
    /// Example: codemend --commit
    #[arg(long, conflicts_with_all = ["apply", "stdin_filename", "staged"])]
    pub commit: bool,

    /// Write the text of a pull request, in Markdown
    ///
    /// What was changed and why, what is unsafe, and what was left alone; short enough for GitHub and GitLab.
    ///
    /// Example: codemend --series ../series --pr-body ../body.md
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    #[arg(conflicts_with = "stdin_filename")]
    pub pr_body: Option<PathBuf>,

    /// What to print on standard output
    ///
    /// All but the diff and the summary are for programs: standard error then has the problems only, and with
    /// `github` nothing. `codemend schema report` prints the schema of `json`.
    ///
    /// Example: codemend --format sarif > codemend.sarif
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

impl HandoverArguments {
    /// Whether a run goes elsewhere than to the files and to standard output.
    pub fn is_elsewhere(&self) -> bool {
        let files = [&self.html, &self.series, &self.pr_body];
        self.commit || files.iter().any(|file| file.is_some())
    }
}
