//! What a run is handed to: the terminal, a patch, a series, a page, the files themselves.
//!
//! What is written beside the files comes first: when it cannot be written, no file changes.

use std::io::IsTerminal;
use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::diff::git_patch;
use codemend_engine::own_path;
use codemend_engine::patch::Outcome;

use super::apply::Ended;
use super::arguments::{Format, MendArguments};
use super::commit::Commits;
use super::root::Rooted;
use super::terminal::{Look, Terminal};
use super::{apply, html, markdown, patch_file, paths, preview, root, series};

/// Where a run goes.
pub struct Sinks<'a> {
    pub arguments: &'a MendArguments,
    pub terminal: &'a Terminal,
    pub cwd: &'a Utf8Path,
}

impl Sinks<'_> {
    /// Preview, patch and files, in this order: a patch that cannot be written stops before any file changes.
    /// Gives how writing ended, when that was asked for; its problems join those of the run.
    pub fn write(&self, rooted: &Rooted, outcome: &mut Outcome) -> anyhow::Result<Option<Ended>> {
        if !outcome.faults.is_empty() {
            outcome.problems.append(&mut outcome.faults);
            if self.arguments.apply || self.arguments.patch.is_some() || self.is_handed_over() {
                return Ok(None);
            }
        }
        self.spares_what_is_read(rooted)?;
        let commits = match self.arguments.handover.commit {
            true => Commits::prepare(rooted, outcome, self.cwd)?,
            false => None,
        };
        self.hand_over(rooted, outcome)?;
        self.markdown(rooted, outcome)?;
        match &self.arguments.patch {
            Some(path) => self.patch(path, rooted)?,
            None if self.arguments.apply || self.is_handed_over() => {}
            None if self.arguments.handover.format != Format::Text => {}
            None => preview::print(rooted, self.terminal)?,
        }
        let mut ended = match commits {
            Some(commits) => {
                commits.land_in(self.arguments, rooted, outcome, self.cwd, self.terminal)?
            }
            None if self.arguments.apply => {
                apply::apply(self.arguments, rooted, outcome, self.cwd, self.terminal)?
            }
            None => return Ok(None),
        };
        outcome.problems.append(&mut ended.applied.problems);
        Ok(Some(ended))
    }

    /// Make sure that no output goes over another one, or over a file that the run has read.
    ///
    /// # Errors
    /// One does.
    fn spares_what_is_read(&self, rooted: &Rooted) -> anyhow::Result<()> {
        let handover = &self.arguments.handover;
        let given = [
            ("--patch", &self.arguments.patch),
            ("--html", &handover.html),
            ("--pr-body", &handover.pr_body),
        ];
        let mut seen: Vec<(&str, Utf8PathBuf)> = Vec::new();
        for (option, path) in given {
            let Some(path) = path.as_deref().and_then(Utf8Path::from_path) else {
                continue;
            };
            if path == "-" || path.starts_with("/dev") || is_python(path.as_std_path()) {
                continue;
            }
            let named = paths::absolute(path, self.cwd);
            if named.exists() && own_path(&named).is_err() {
                // A link that leads out of a project is refused by whoever writes.
                continue;
            }
            let path = root::real(&named);
            let is_read = rooted.files.iter().any(|file| file.path == path);
            if is_read || is_settings(&path) {
                anyhow::bail!("{option}: `{path}` holds something else; name another file");
            }
            if let Some((other, _)) = seen.iter().find(|(_, known)| *known == path) {
                anyhow::bail!("{other} and {option} name the same file; name two");
            }
            seen.push((option, path));
        }
        Ok(())
    }

    /// Whether the run goes into a page, a series or commits.
    fn is_handed_over(&self) -> bool {
        let handover = &self.arguments.handover;
        handover.html.is_some() || handover.series.is_some() || handover.commit
    }

    /// What lies beside the files and is read by people and by git.
    fn hand_over(&self, rooted: &Rooted, outcome: &Outcome) -> anyhow::Result<()> {
        if let Some(path) = &self.arguments.handover.html {
            self.page(path, rooted, outcome)?;
        }
        if let Some(directory) = &self.arguments.handover.series {
            if directory == Path::new("-") {
                anyhow::bail!("name a directory for the series: `--series ../series`");
            }
            let patches = series::write(directory, rooted, outcome, self.cwd)?;
            let is_taken_here = self.arguments.apply || self.arguments.handover.commit;
            if !self.arguments.quiet && !is_taken_here {
                self.terminal
                    .note(&series::way_on(directory, patches, rooted, self.cwd));
            }
            for caveat in series::caveats(rooted) {
                self.terminal.note(&caveat);
            }
        }
        Ok(())
    }

    /// The page to review the run in a browser.
    fn page(&self, path: &Path, rooted: &Rooted, outcome: &Outcome) -> anyhow::Result<()> {
        if path == Path::new("-") {
            anyhow::bail!("name a file for the page: `--html review.html`");
        }
        if is_python(path) {
            anyhow::bail!(
                "`{}` is a Python file; name another one for the page",
                path.display()
            );
        }
        let page = html::page(outcome, rooted, codemend_codemods::ALL)?;
        patch_file::write_named("page", path, &page)?;
        if !self.arguments.quiet {
            let note = format!("open {} in a browser to review the changes", path.display());
            self.terminal.note(&note);
        }
        Ok(())
    }

    /// The text of a pull request: beside the files, and in place of the preview.
    fn markdown(&self, rooted: &Rooted, outcome: &Outcome) -> anyhow::Result<()> {
        let handover = &self.arguments.handover;
        let text = || markdown::text(rooted, outcome, self.cwd);
        if let Some(path) = &handover.pr_body {
            if path == Path::new("-") {
                anyhow::bail!("--pr-body: use `--format markdown` for standard output");
            }
            if is_python(path) {
                anyhow::bail!(
                    "`{}` is a Python file; name another one for the text",
                    path.display()
                );
            }
            patch_file::write_named("text", path, text().as_bytes())?;
        }
        match handover.format {
            Format::Markdown => self.terminal.print(text().as_bytes()),
            _ => Ok(()),
        }
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

/// Whether `path` is a file of settings or requirements, and no patch that was written there before.
fn is_settings(path: &Utf8Path) -> bool {
    let may_be = matches!(
        path.extension(),
        Some("toml" | "cfg" | "ini" | "txt" | "in")
    );
    let text = may_be.then(|| std::fs::read(path).ok()).flatten();
    text.is_some_and(|text| !text.is_empty() && !text.starts_with(b"diff --git "))
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

    use super::super::mend::exit;
    use super::super::{Arguments, Exit};
    use super::{Rooted, Sinks, Terminal};

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

    #[test]
    fn no_output_goes_over_what_is_read_or_over_another() {
        let (_guard, dir) = directory();
        fs::write(dir.join("pyproject.toml"), "[project]\n").unwrap();
        fs::write(dir.join("requirements.txt"), "fastapi\n").unwrap();
        for name in ["pyproject.toml", "requirements.txt"] {
            for option in ["--patch", "--pr-body"] {
                let (written, _) = written(&dir, &[option, dir.join(name).as_str()]);
                let error = written.unwrap_err();
                assert!(error.contains("holds something else"), "{error}");
            }
        }
        let one = dir.join("one.txt");
        let (twice, _) = written(&dir, &["--patch", one.as_str(), "--pr-body", one.as_str()]);
        assert!(twice.unwrap_err().contains("the same file"));
        for _ in 0..2 {
            let (written, _) = written(&dir, &["--patch", one.as_str()]);
            assert_eq!(written, Ok(None));
        }
    }
}
