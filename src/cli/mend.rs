//! `codemend [PATHS]`: run the codemods and hand the result to every sink that was asked for.

use std::io::IsTerminal;
use std::path::Path;
use std::time::Instant;

use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::codemod::Codemod;
use codemend_engine::config::Configuration;
use codemend_engine::diff::git_patch;
use codemend_engine::patch::Outcome;
use codemend_engine::pipeline::{self, Request, Unwatched};

use super::apply::Ended;
use super::arguments::MendArguments;
use super::notices::Notices;
use super::progress::Bar;
use super::root::Rooted;
use super::summary::Summary;
use super::terminal::{Look, Terminal};
use super::{Exit, apply, patch_file, paths, preview, recovery, request};

/// Run over the paths of `arguments` and preview, write or check the result.
///
/// # Errors
/// What stops the run as a whole: the configuration, or a sink that cannot be written.
pub fn mend(
    arguments: &MendArguments,
    terminal: &Terminal,
    catalogue: &[&dyn Codemod],
) -> anyhow::Result<Exit> {
    let started = Instant::now();
    let cwd = paths::current_directory()?;
    let configuration = request::configuration(arguments, catalogue, &cwd)?;
    let environment = request::environment(arguments, &cwd)?;
    let (paths, mut problems) = paths::existing(&arguments.paths, &cwd);
    problems.append(&mut recovery::of_projects(&paths, &cwd, terminal));
    let mut outcome = match paths.is_empty() {
        true => Outcome::default(),
        false => run(arguments, paths, environment, &configuration, catalogue),
    };
    problems.append(&mut outcome.problems);
    outcome.problems = problems;

    let mut rooted = Rooted::new(&outcome.patch(), &cwd);
    outcome.problems.append(&mut rooted.problems);
    let sinks = Sinks {
        arguments,
        terminal,
        cwd: &cwd,
    };
    let ended = sinks.write(&rooted, &mut outcome);
    outcome.problems.sort();
    let notices = Notices {
        cwd: &cwd,
        look: terminal.err,
    };
    terminal.say(&notices.wanted(arguments, &outcome));
    let ended = ended?;
    if !arguments.quiet {
        let summary = Summary {
            outcome: &outcome,
            changed: rooted.files.len(),
            ended: ended.as_ref(),
            problems: outcome.problems.len(),
            refusals_shown: arguments.explain_refusals,
            elapsed: started.elapsed(),
        };
        terminal.say(&summary.text(terminal.err));
    }
    Ok(match ended.and_then(|ended| ended.signal) {
        Some(signal) => Exit::Interrupted(signal),
        None => exit(arguments, &outcome, rooted.files.len()),
    })
}

/// What the exit code says of a run that changes `changed` files.
pub fn exit(arguments: &MendArguments, outcome: &Outcome, changed: usize) -> Exit {
    match () {
        () if !outcome.problems.is_empty() => Exit::Problems,
        () if arguments.check && changed > 0 => Exit::WouldChange,
        () => Exit::Fine,
    }
}

fn run(
    arguments: &MendArguments,
    paths: Vec<Utf8PathBuf>,
    environment: Option<Utf8PathBuf>,
    configuration: &Configuration,
    catalogue: &[&dyn Codemod],
) -> Outcome {
    let request = Request {
        paths,
        catalogue,
        configuration,
        stdin: None,
        python: environment,
        threads: arguments.threads.map(usize::from),
        follow_hard_links: arguments.follow_hard_links,
        prefilter: true,
    };
    let run = match arguments.verify {
        true => pipeline::run_verified,
        false => pipeline::run,
    };
    if arguments.quiet {
        return run(&request, &Unwatched);
    }
    let bar = Bar::new(catalogue.iter().map(|it| it.about().name).collect());
    let outcome = run(&request, &bar);
    bar.finish();
    outcome
}

struct Sinks<'a> {
    arguments: &'a MendArguments,
    terminal: &'a Terminal,
    cwd: &'a Utf8Path,
}

impl Sinks<'_> {
    /// Preview, patch and files, in this order: a patch that cannot be written stops before any file changes.
    /// Gives how writing ended, when that was asked for; its problems join those of the run.
    fn write(&self, rooted: &Rooted, outcome: &mut Outcome) -> anyhow::Result<Option<Ended>> {
        if !outcome.faults.is_empty() {
            outcome.problems.append(&mut outcome.faults);
            if self.arguments.apply || self.arguments.patch.is_some() {
                return Ok(None);
            }
        }
        match &self.arguments.patch {
            Some(path) => self.patch(path, rooted)?,
            None if self.arguments.apply => {}
            None => preview::print(rooted, self.terminal)?,
        }
        if !self.arguments.apply {
            return Ok(None);
        }
        let mut ended = apply::apply(self.arguments, rooted, outcome, self.cwd, self.terminal)?;
        outcome.problems.append(&mut ended.applied.problems);
        Ok(Some(ended))
    }

    fn patch(&self, path: &Path, rooted: &Rooted) -> anyhow::Result<()> {
        if path == Path::new("-") {
            // Colours may be forced for the preview; a program that reads a patch wants its bytes.
            let mut terminal = *self.terminal;
            if !std::io::stdout().is_terminal() {
                terminal.out = Look::Raw;
            }
            preview::print(rooted, &terminal)?;
        } else if is_python(path) {
            anyhow::bail!(
                "`{}` is a Python file; name another one for the patch",
                path.display()
            );
        } else {
            patch_file::write(path, &git_patch(&rooted.files, &rooted.root))?;
        }
        if rooted.root != self.cwd && !self.arguments.quiet {
            self.terminal
                .note(&format!("run `git apply` in {}", rooted.root));
        }
        Ok(())
    }
}

/// Whether a patch would be written over a Python file: somebody mistook the option's value for a path to look at.
fn is_python(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("py" | "pyi" | "pyw")) && path.exists()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use camino::{Utf8Path, Utf8PathBuf};
    use clap::Parser;
    use codemend_engine::patch::{FilePatch, Outcome};
    use codemend_engine::problem::Problem;

    use super::super::{Arguments, Exit};
    use super::{Rooted, Sinks, Terminal, exit};

    /// Hand a change of `a.py` to the sinks that `options` ask for, in a fresh directory.
    fn written(dir: &Utf8Path, options: &[&str]) -> (Result<Option<usize>, String>, Exit) {
        sunk(dir, options, Outcome::default())
    }

    /// The same, for a run that ended with `outcome`.
    fn sunk(
        dir: &Utf8Path,
        options: &[&str],
        mut outcome: Outcome,
    ) -> (Result<Option<usize>, String>, Exit) {
        fs::write(dir.join("a.py"), "a\n").unwrap();
        let file = FilePatch::new(dir.join("a.py"), Some("a\n".into()), "b\n");
        let arguments = [&["codemend", "--color=never"], options].concat();
        let arguments = Arguments::try_parse_from(arguments).unwrap().mend;
        let terminal = Terminal::new(arguments.color);
        let sinks = Sinks {
            arguments: &arguments,
            terminal: &terminal,
            cwd: dir,
        };
        let rooted = Rooted::new(&[file], dir);
        let written = sinks.write(&rooted, &mut outcome);
        let written = written.map_err(|error| format!("{error:#}"));
        let written = written.map(|ended| ended.map(|ended| ended.applied.written));
        (written, exit(&arguments, &outcome, rooted.files.len()))
    }

    fn directory() -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(dir.path())
            .unwrap()
            .canonicalize_utf8()
            .unwrap();
        (dir, path)
    }

    #[test]
    fn several_sinks_at_once() {
        let (_guard, dir) = directory();
        let patch = dir.join("x.patch");
        let (written, exit) = written(&dir, &["--apply", "--check", "--patch", patch.as_str()]);
        assert_eq!((written, exit), (Ok(Some(1)), Exit::WouldChange));
        assert_eq!(fs::read_to_string(dir.join("a.py")).unwrap(), "b\n");
        let patch = fs::read_to_string(patch).unwrap();
        assert!(
            patch.ends_with("--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a\n+b\n"),
            "{patch}"
        );
    }

    #[test]
    fn what_does_not_verify_is_not_written() {
        let (_guard, dir) = directory();
        let patch = dir.join("x.patch");
        for options in [&["--apply"][..], &["--patch", patch.as_str()]] {
            let mut outcome = Outcome::default();
            outcome.faults.push(Problem::new("a.py", "a fault"));
            let (written, exit) = sunk(&dir, options, outcome);
            assert_eq!((written, exit), (Ok(None), Exit::Problems));
            assert_eq!(fs::read_to_string(dir.join("a.py")).unwrap(), "a\n");
            assert!(!patch.exists());
        }
    }

    #[test]
    fn a_patch_leaves_the_files_alone() {
        let (_guard, dir) = directory();
        let (written, exit) = written(&dir, &["--patch", dir.join("x.patch").as_str()]);
        assert_eq!((written, exit), (Ok(None), Exit::Fine));
        assert_eq!(fs::read_to_string(dir.join("a.py")).unwrap(), "a\n");
    }

    #[test]
    fn without_its_patch_nothing_is_applied() {
        let (_guard, dir) = directory();
        let (written, _) = written(
            &dir,
            &["--apply", "--patch", dir.join("no/x.patch").as_str()],
        );
        assert!(written.unwrap_err().starts_with("cannot write the patch"));
        assert_eq!(fs::read_to_string(dir.join("a.py")).unwrap(), "a\n");
    }
}
