//! `--interactive`: a person decides change by change, and only what is accepted goes on to the sinks.
//!
//! Questions, differences and answers go to standard error and are read from standard input, both of them terminals:
//! so standard output stays what it is without a person, and `--patch - > mend.patch` works. The screen is never
//! cleared: what was decided can be scrolled back to.
//!
//! Nothing is written before the last question, and then by the same transaction as ever. What would make it refuse is
//! said before the first question where that can be known; what is accepted is never lost when it refuses all the same.

mod keyboard;
mod screen;
mod session;
#[cfg(test)]
mod tests;
mod walk;

use std::collections::BTreeSet;
use std::io::IsTerminal;

use anyhow::bail;
use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::diff::git_patch;
use codemend_engine::patch::{FilePatch, Outcome};
use codemend_engine::problem::Problem;
use codemend_engine::review::{ChangeId, Review};
use codemend_engine::transaction::End;

use super::apply::Ended;
use super::arguments::MendArguments;
use super::notices::Notices;
use super::root::Rooted;
use super::summary::count;
use super::terminal::Terminal;
use super::{git, patch_file, root};
use keyboard::{Keyboard, Stopped};
use screen::Screen;
use session::{Ending, Goal, Session};
use walk::Walk;

/// What a person has decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The outcome holds what is to be handed over.
    Go,
    /// Nothing is to be written, and that has been said.
    Leave,
    /// This signal ended it; nothing is to be written.
    Stopped(u8),
}

/// Everything that a conversation needs.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    pub arguments: &'a MendArguments,
    pub terminal: &'a Terminal,
    pub cwd: &'a Utf8Path,
}

/// Before a run begins: there has to be somebody to ask.
///
/// # Errors
/// The run is to be interactive, and standard input or standard error is no terminal.
pub fn insist_on_terminal(arguments: &MendArguments) -> anyhow::Result<()> {
    if !arguments.handover.interactive {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        bail!(
            "--interactive needs a terminal, and standard input is none; after a pipe: `xargs -o codemend --interactive`"
        );
    }
    if !std::io::stderr().is_terminal() {
        bail!("--interactive needs a terminal, and standard error is none");
    }
    Ok(())
}

impl Asking<'_> {
    /// Ask about every change of `outcome`, and reduce it to what was accepted. Without `--interactive` nobody is asked
    /// and all stays.
    ///
    /// # Errors
    /// The keyboard cannot be had, or the changes are not known one by one.
    pub fn decide(self, outcome: &mut Outcome) -> anyhow::Result<Decision> {
        // Of a run that does not verify nothing is written anyway.
        if !self.arguments.handover.interactive || !outcome.faults.is_empty() {
            return Ok(Decision::Go);
        }
        let Some(review) = &outcome.review else {
            bail!("the changes of this run are not known one by one");
        };
        if review.changes.is_empty() {
            outcome.keep(&BTreeSet::new());
            return Ok(Decision::Go);
        }
        let keyboard = Keyboard::open()?;
        let mut problems = Vec::new();
        let ending = self.converse(review, &keyboard, &mut problems);
        drop(keyboard);
        outcome.problems.append(&mut problems);
        match ending {
            Ok(Ending::Go(accepted)) if !accepted.is_empty() => {
                outcome.keep(&accepted);
                Ok(Decision::Go)
            }
            Ok(_) => {
                outcome.keep(&BTreeSet::new());
                self.terminal.say("Nothing was written.\n");
                Ok(Decision::Leave)
            }
            Err(Stopped(signal)) => {
                self.terminal.say("Interrupted: nothing was written.\n");
                Ok(Decision::Stopped(signal))
            }
        }
    }

    fn converse(
        self,
        review: &Review,
        keyboard: &Keyboard,
        problems: &mut Vec<Problem>,
    ) -> Result<Ending, Stopped> {
        let Some(barred) = self.barred(review, keyboard, problems)? else {
            return Ok(Ending::Leave);
        };
        let screen = Screen {
            cwd: self.cwd,
            look: self.terminal.err,
        };
        let mut session = Session {
            walk: Walk::new(review, &barred),
            screen,
            keyboard,
            terminal: self.terminal,
            goal: self.goal(),
        };
        session.run()
    }

    fn goal(self) -> Goal {
        match () {
            () if self.arguments.apply => Goal::Files,
            () if self.arguments.handover.commit => Goal::Commits,
            () => Goal::Beside,
        }
    }

    /// Changes that could not be written, as they touch files with uncommitted changes. `None` when nothing is left to
    /// ask about, or the person does not want to go on without them; then `problems` says why.
    fn barred(
        self,
        review: &Review,
        keyboard: &Keyboard,
        problems: &mut Vec<Problem>,
    ) -> Result<Option<BTreeSet<ChangeId>>, Stopped> {
        if !self.arguments.apply || self.arguments.allow_dirty {
            return Ok(Some(BTreeSet::new()));
        }
        let files = review.files.iter();
        let real: Vec<(&Utf8Path, Utf8PathBuf)> = files
            .map(|file| (file.path.as_path(), root::real(&file.path)))
            .collect();
        let paths: Vec<&Utf8Path> = real.iter().map(|(_, real)| real.as_path()).collect();
        let found = git::uncommitted(&paths);
        if found.problems.is_empty() {
            return Ok(Some(BTreeSet::new()));
        }
        let dirty = real.iter().filter(|(_, real)| found.files.contains(real));
        let barred = touching(review, &dirty.map(|(path, _)| *path).collect());
        if barred.len() == review.changes.len() {
            problems.extend(found.problems);
            return Ok(None);
        }
        let notices = Notices {
            cwd: self.cwd,
            look: self.terminal.err,
        };
        self.terminal.say(&notices.problems(&found.problems));
        let (without, all) = (count(barred.len(), "change"), review.changes.len());
        let question = format!("Go on without the {without} there, of {all}? [y,n]");
        match session::yes(keyboard, self.terminal, &question)? {
            true => Ok(Some(barred)),
            false => {
                problems.extend(found.problems);
                Ok(None)
            }
        }
    }

    /// After the sinks: where not all that was accepted is written, say so, and offer to keep it as a patch.
    ///
    /// # Errors
    /// Those of the sinks; the keyboard cannot be had, or the patch cannot be written.
    pub fn rescue(
        self,
        rooted: &Rooted,
        ended: anyhow::Result<Option<Ended>>,
    ) -> anyhow::Result<Option<Ended>> {
        let lost = lost(rooted, &ended);
        if !self.arguments.handover.interactive || lost.is_empty() {
            return ended;
        }
        if let Err(error) = &ended {
            self.terminal.error(&format!("{error:#}"));
        }
        self.save(&lost, rooted)?;
        ended.map_err(|_| anyhow::anyhow!("not all that was asked for is written"))
    }

    fn save(self, files: &[FilePatch], rooted: &Rooted) -> anyhow::Result<()> {
        let name = free_name(self.cwd);
        let count = count(files.len(), "file");
        let question = format!("Save what you accepted in {count} as {name}? [y,n]");
        let keyboard = Keyboard::open()?;
        let wanted = session::yes(&keyboard, self.terminal, &question);
        drop(keyboard);
        if wanted != Ok(true) {
            return Ok(());
        }
        let path = self.cwd.join(&name);
        patch_file::write(path.as_std_path(), &git_patch(files, &rooted.root))?;
        let place = match rooted.root == self.cwd {
            true => String::new(),
            false => format!(", in {}", rooted.root),
        };
        let note = format!("saved; mend what stands in the way, then `git apply {path}`{place}");
        self.terminal.note(&note);
        Ok(())
    }
}

/// The changes of `review` that touch one of `files` when they are made with all that they need.
fn touching(review: &Review, files: &BTreeSet<&Utf8Path>) -> BTreeSet<ChangeId> {
    let mut all = BTreeSet::new();
    for (id, change) in review.changes.iter().enumerate() {
        let mut edited = change.edits.iter().map(|edit| edit.path.as_path());
        if files.contains(change.path.as_path()) || edited.any(|path| files.contains(path)) {
            all.extend(review.rejecting(id));
        }
    }
    all
}

/// The files that were to be written and were not, though nobody stopped the run.
fn lost(rooted: &Rooted, ended: &anyhow::Result<Option<Ended>>) -> Vec<FilePatch> {
    let applied = match ended {
        Err(_) => return rooted.files.clone(),
        Ok(None) => return Vec::new(),
        Ok(Some(ended)) => &ended.applied,
    };
    let files = rooted.files.iter().cloned();
    match applied.end {
        End::TakenBack => files.collect(),
        End::Written => files
            .filter(|file| applied.left_out.contains(&file.path))
            .collect(),
        End::Interrupted | End::Unfinished => Vec::new(),
    }
}

/// A name for a patch that no file in `directory` has.
fn free_name(directory: &Utf8Path) -> String {
    let is_free = |name: &String| directory.join(name).symlink_metadata().is_err();
    let numbered = (2..).map(|number| format!("codemend-accepted-{number}.patch"));
    let mut names = std::iter::once("codemend-accepted.patch".to_owned()).chain(numbered);
    names.find(is_free).unwrap_or_default()
}
