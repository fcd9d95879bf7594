//! What can be written on the command line.

mod handover;
mod scope;
mod verb;

use std::path::PathBuf;

use clap::builder::{Styles, styling::AnsiColor};
use clap::error::ErrorKind;
use clap::{ArgGroup, Args, ColorChoice, CommandFactory, Parser, ValueHint};
use codemend_engine::source::SizeLimit;
use codemend_engine::target::{PythonVersion, parse_target_version};

use super::names::CodemodName;
use super::terminal::visible_arguments;
pub use handover::{Format, HandoverArguments};
pub use scope::ScopeArguments;
pub use verb::Verb;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const EXAMPLES: &str = "\
Examples:
  codemend                            show what would change below this directory
  codemend app --apply                change the files
  codemend undo                       take that back
  codemend app --interactive          decide change by change
  codemend --html review.html         decide in a browser
  codemend --patch mend.patch         write a patch for `git apply`
  codemend --commit                   make one commit a codemod
  codemend --check                    exit with 1 when something would change
  codemend explain optional-to-union  read what a codemod does
  codemend graph                      show import cycles

A path with the name of a command is written with its directory: `codemend ./list`.

Exit codes: 0 fine, 1 something would change (with --check), 2 problems.";

/// Reviewable, type-aware rewrites for Python backends.
///
/// Shows what would change as a diff. No file changes unless you ask for it.
#[derive(Debug, Parser)]
#[command(version, styles = STYLES, max_term_width = 100, after_long_help = EXAMPLES)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub verb: Option<Verb>,
    #[command(flatten)]
    pub mend: MendArguments,
}

impl Arguments {
    /// The arguments of this process.
    ///
    /// # Errors
    /// What clap has to say: help, version, or what is wrong. A name that a shell has put there for `*` cannot steer
    /// the terminal: hidden characters are spelled out.
    pub fn read() -> Result<Self, clap::Error> {
        let given: Vec<_> = std::env::args_os().collect();
        let parsed = Self::try_parse_from(&given).and_then(Self::settled);
        match (parsed, visible_arguments(&given)) {
            (Err(error), Some(shown)) => Err(Self::try_parse_from(shown).err().unwrap_or(error)),
            (parsed, _) => parsed,
        }
    }

    /// With what follows from the options given: whoever decides change by change, and names nothing else to do with
    /// them, wants them in the files.
    fn settled(mut self) -> Result<Self, clap::Error> {
        let mend = &mut self.mend;
        if !mend.handover.interactive {
            return Ok(self);
        }
        if mend.handover.format != Format::Text {
            let message = "the argument '--interactive' cannot be used with '--format': it shows differences as text";
            return Err(Self::command().error(ErrorKind::ArgumentConflict, message));
        }
        mend.apply |= mend.patch.is_none() && !mend.handover.is_elsewhere();
        Ok(self)
    }
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("writes").args(["apply", "interactive"]).multiple(true))]
pub struct MendArguments {
    /// Files and directories to look at; `-` is standard input
    ///
    /// A directory is walked, less what .gitignore names. A file that is named is always looked at.
    ///
    /// Example: codemend app tests/test_api.py
    #[arg(default_value = ".", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,

    /// Run only these codemods
    ///
    /// Separated by commas, or given several times; `all` stands for all.
    ///
    /// Example: codemend --select optional-to-union,union-to-optional
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = CodemodName::OrAll, hide_possible_values = true)]
    #[arg(help_heading = "Codemods")]
    pub select: Option<Vec<String>>,

    /// Do not run these codemods
    ///
    /// Separated by commas, or given several times; `all` stands for all.
    ///
    /// Example: codemend --ignore union-to-optional
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = CodemodName::OrAll, hide_possible_values = true)]
    #[arg(help_heading = "Codemods")]
    pub ignore: Vec<String>,

    /// Also make changes that may alter what the program does
    ///
    /// --verbose says why a change is not safe.
    ///
    /// Example: codemend --unsafe-fixes --verbose
    #[arg(long, overrides_with = "no_unsafe_fixes", help_heading = "Codemods")]
    unsafe_fixes: bool,

    /// Make safe changes only, whatever the configuration says
    ///
    /// Example: codemend --no-unsafe-fixes --apply
    #[arg(long, overrides_with = "unsafe_fixes", help_heading = "Codemods")]
    no_unsafe_fixes: bool,

    /// The lowest Python that the code must run on
    ///
    /// Without it, each file's own: from requires-python and the like.
    ///
    /// Example: codemend --target-version 3.10, or py310
    #[arg(long, value_name = "VERSION", value_parser = parse_target_version, help_heading = "Codemods")]
    pub target_version: Option<PythonVersion>,

    /// The virtual environment of the project
    ///
    /// Its directory or its interpreter. It is read, never executed. Without it: the active one, else `.venv`.
    ///
    /// Example: codemend --python ../envs/api
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath, help_heading = "Codemods")]
    pub python: Option<PathBuf>,

    #[command(flatten)]
    pub scope: ScopeArguments,

    #[command(flatten)]
    pub handover: HandoverArguments,

    /// Write the changes to the files
    ///
    /// All of them or, when one cannot be written, none. `codemend undo` takes it back.
    ///
    /// Example: codemend app --apply
    #[arg(long, help_heading = "Output")]
    pub apply: bool,

    /// With --apply or -i: also change files with uncommitted changes
    ///
    /// Example: codemend app --apply --allow-dirty
    #[arg(long, requires = "writes", help_heading = "Output")]
    pub allow_dirty: bool,

    /// With --apply or -i: when a file cannot be written, write the others
    ///
    /// Example: codemend app --apply --keep-going
    #[arg(long, requires = "writes", help_heading = "Output")]
    pub keep_going: bool,

    /// Write a patch; `-` is standard output
    ///
    /// For `git apply` and `patch -p1` in the root of the repository.
    ///
    /// Example: codemend --patch mend.patch
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub patch: Option<PathBuf>,

    /// Check the result before anything is written
    ///
    /// Runs the codemods again on it, which must change nothing, and holds each change to the syntax tree, which must
    /// differ only where the change says. With a problem, --apply and --patch write nothing. Takes twice as long.
    ///
    /// Example: codemend --verify --apply
    #[arg(long, help_heading = "Output")]
    pub verify: bool,

    /// Exit with 1 when something would change
    ///
    /// Example: codemend --check --quiet
    #[arg(long, help_heading = "Output")]
    pub check: bool,

    /// Say which places were left alone, and why
    ///
    /// Example: codemend --explain-refusals
    #[arg(long, help_heading = "Output")]
    pub explain_refusals: bool,

    /// When to use colours
    ///
    /// NO_COLOR and CLICOLOR_FORCE are honoured.
    ///
    /// Example: codemend --color always | less -R
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Output"
    )]
    pub color: ColorChoice,

    /// No summary and no progress
    ///
    /// Example: codemend --apply --quiet
    #[arg(long, short, conflicts_with = "verbose", help_heading = "Output")]
    pub quiet: bool,

    /// List each change
    ///
    /// Example: codemend --verbose
    #[arg(long, short, help_heading = "Output")]
    pub verbose: bool,

    /// A configuration file, or one setting as TOML (repeatable)
    ///
    /// Example: codemend --config codemend.toml --config 'target-version = "3.11"'
    #[arg(long, value_name = "FILE|SETTING", help_heading = "Files")]
    pub config: Vec<String>,

    /// Leave larger files alone
    ///
    /// In bytes, or with a unit: MB is a million, MiB is 1024 * 1024. 32MiB without it. It holds for every file that
    /// is read: modules, manifests, settings.
    ///
    /// Example: codemend --max-file-size 64MB
    #[arg(long, value_name = "SIZE", help_heading = "Files")]
    pub max_file_size: Option<SizeLimit>,

    /// Leave these files out
    ///
    /// Globs, separated by commas, or given several times. Added to what the configuration excludes.
    ///
    /// Example: codemend --exclude 'migrations,*_pb2.py'
    #[arg(
        long,
        value_name = "GLOBS",
        value_delimiter = ',',
        help_heading = "Files"
    )]
    pub exclude: Vec<String>,

    /// Leave out what the configuration excludes, also where it is named
    ///
    /// For programs that name files, such as pre-commit.
    ///
    /// Example: codemend --force-exclude --check app/main.py app/old.py
    #[arg(long, help_heading = "Files")]
    pub force_exclude: bool,

    /// Read standard input as if it were this file
    ///
    /// The result goes to standard output; the name says which configuration holds.
    ///
    /// Example: codemend --stdin-filename app/main.py - < app/main.py
    #[arg(long, value_name = "NAME", value_hint = ValueHint::FilePath, help_heading = "Files")]
    #[arg(conflicts_with_all = ["apply", "patch", "interactive", "html", "series"])]
    pub stdin_filename: Option<PathBuf>,

    /// Run as if nothing were remembered, and remember nothing
    ///
    /// Without it, the same run over the same files is told again from `.codemend_cache/`.
    ///
    /// Example: codemend --no-cache
    #[arg(long, help_heading = "Files")]
    pub no_cache: bool,

    /// Also rewrite files that have several hard links, in place
    ///
    /// All names of such a file show the change. Without it, no change is made that needs one of them.
    ///
    /// Example: codemend --follow-hard-links --apply
    #[arg(long, help_heading = "Files")]
    pub follow_hard_links: bool,

    /// Worker threads; one per core by default
    ///
    /// Example: codemend --threads 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    #[arg(help_heading = "Files")]
    pub threads: Option<u16>,
}

impl MendArguments {
    /// What the two flags say; the last one given wins.
    pub fn unsafe_fixes(&self) -> Option<bool> {
        match (self.unsafe_fixes, self.no_unsafe_fixes) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            (false, false) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};
    use codemend_engine::target::{PythonVersion, parse_target_version};

    use super::Arguments;

    #[test]
    fn the_definition_holds_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn takes_the_spellings_of_the_configuration() {
        let parsed = |text: &str| {
            let arguments = Arguments::try_parse_from(["codemend", "--target-version", text]);
            arguments.map(|arguments| arguments.mend.target_version)
        };
        for text in ["3.10", "3.10.2", "py310"] {
            assert_eq!(parsed(text).unwrap(), Some(PythonVersion::PY310), "{text}");
        }
        for wrong in ["", "py", "3", "2.7", "3.10.x", "pyé"] {
            let want = parse_target_version(wrong).unwrap_err();
            let got = parsed(wrong).unwrap_err().to_string();
            assert!(got.contains(&want), "{got}");
        }
    }

    fn settled(options: &[&str]) -> Result<Arguments, clap::Error> {
        let parsed = Arguments::try_parse_from([&["codemend"], options].concat());
        parsed.and_then(Arguments::settled)
    }

    #[test]
    fn whoever_decides_wants_it_written_somewhere() {
        let applies = |options: &[&str]| settled(options).unwrap().mend.apply;
        assert!(!applies(&[]));
        assert!(applies(&["-i"]) && applies(&["-i", "--allow-dirty"]));
        for beside in ["--patch", "--series", "--pr-body"] {
            assert!(!applies(&["-i", beside, "x"]), "{beside}");
            assert!(applies(&["-i", beside, "x", "--apply"]), "{beside}");
        }
        assert!(!applies(&["-i", "--commit"]));
    }

    #[test]
    fn deciding_needs_a_person() {
        for options in [
            &["-i", "--check"][..],
            &["-i", "--quiet"],
            &["-i", "--format", "json"],
            &["-i", "--write-baseline", "x"],
            &["-i", "--html", "x"],
            &["-i", "--stdin-filename", "x.py", "-"],
        ] {
            let error = settled(options).unwrap_err().to_string();
            assert!(
                error.contains("--interactive") && error.contains(options[1]),
                "{error}"
            );
        }
        assert!(settled(&["--allow-dirty"]).is_err());
    }

    #[test]
    fn the_last_of_two_flags_wins() {
        let parsed = |flags: &[&str]| {
            let arguments = Arguments::try_parse_from([&["codemend"], flags].concat());
            arguments.unwrap().mend.unsafe_fixes()
        };
        assert_eq!(parsed(&[]), None);
        assert_eq!(
            parsed(&["--unsafe-fixes", "--no-unsafe-fixes"]),
            Some(false)
        );
        assert_eq!(parsed(&["--no-unsafe-fixes", "--unsafe-fixes"]), Some(true));
    }
}
