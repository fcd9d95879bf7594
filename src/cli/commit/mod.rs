//! `--commit`: one commit a codemod on the current branch.
//!
//! The repository is written by a library: git's hooks, filters and signing programs are commands, and none of them is
//! run. The commits are made first, where nobody sees them; then the branch is locked, the files are written, the index
//! follows, and at last the branch moves, once. What fails on the way takes all of that back.

mod build;
mod land;
mod refuse;

use std::collections::BTreeMap;

use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::patch::Outcome;
use codemend_engine::transaction::End;
use git2::{Oid, Repository, Signature, Time};

use super::arguments::{Format, MendArguments};
use super::git::identity::{self, Identity, Role};
use super::root::Rooted;
use super::stages::stages;
use super::terminal::Terminal;
use super::{apply, apply::Ended};
use land::Files;

/// Commits that are made, and not yet on any branch.
pub struct Commits {
    repository: Repository,
    /// The full name of the branch, or `HEAD` when that stands on none.
    branch: String,
    /// Where the branch stands.
    base: Oid,
    committer: Identity,
    /// The first one first.
    made: Vec<Commit>,
    /// What git holds of each changed file after the last commit, by its name from the top on.
    held: BTreeMap<Utf8PathBuf, Oid>,
}

/// One commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    pub id: Oid,
    pub subject: String,
}

impl Commits {
    /// Make the commits of a run whose files are `rooted`; `None` when it changes nothing. No branch, no file and no
    /// index is touched.
    ///
    /// # Errors
    /// Why there can be no commits: uncommitted changes, a merge under way, no author, a file that git does not know or
    /// that a filter stands before, and the like.
    pub fn prepare(
        rooted: &Rooted,
        outcome: &Outcome,
        cwd: &Utf8Path,
    ) -> anyhow::Result<Option<Self>> {
        let stages = stages(outcome, rooted, cwd)?;
        if stages.is_empty() {
            return Ok(None);
        }
        let top = &rooted.root;
        let repository = refuse::repository(top)?;
        let (branch, base) = refuse::branch(&repository)?;
        let config = identity::settings(top)?;
        let author = refuse::person(&config, Role::Author)?;
        let committer = refuse::person(&config, Role::Committer)?;
        refuse::uncommitted(&repository, &stages, top)?;
        let built = build::Builder {
            repository: &repository,
            top,
            author: &author,
            committer: &committer,
        }
        .build(base, &stages, outcome)?;
        Ok(Some(Self {
            branch,
            base,
            committer,
            made: built.commits,
            held: built.held,
            repository,
        }))
    }

    /// Put the commits on their branch and write the files; print what was committed.
    ///
    /// # Errors
    /// The branch or the index cannot be written: all is as before then, or the message says what is not.
    pub fn land_in(
        &self,
        arguments: &MendArguments,
        rooted: &Rooted,
        outcome: &Outcome,
        cwd: &Utf8Path,
        terminal: &Terminal,
    ) -> anyhow::Result<Ended> {
        let mut files = Writing {
            arguments,
            rooted,
            outcome,
            cwd,
            terminal,
        };
        let mut ended = self.land(&mut files)?;
        if ended.applied.end == End::Written {
            ended.way_back = self.way_back();
            match arguments.handover.format {
                // They are made: that standard output is full changes nothing about it.
                Format::Text if terminal.print(self.listed().as_bytes()).is_ok() => {}
                // Standard output is for a program then.
                _ => terminal.say(&self.listed()),
            }
            for caveat in self.caveats() {
                terminal.note(&caveat);
            }
        }
        Ok(ended)
    }

    /// The commits, a line each: the short name and the subject.
    fn listed(&self) -> String {
        let line = |commit: &Commit| format!("{} {}\n", self.short(commit.id), commit.subject);
        self.made.iter().map(line).collect()
    }

    /// How to take the commits back.
    fn way_back(&self) -> String {
        let them = if self.made.len() == 1 { "it" } else { "them" };
        format!(
            "Take {them} back with `git reset --keep {}`",
            self.short(self.base)
        )
    }

    fn short(&self, id: Oid) -> String {
        let object = self.repository.find_object(id, None);
        let short = object.and_then(|object| object.short_id());
        let short = short
            .ok()
            .and_then(|short| short.as_str().map(str::to_owned));
        short.unwrap_or_else(|| id.to_string())
    }

    /// What is different from `git commit`, where somebody may count on it.
    fn caveats(&self) -> Vec<String> {
        let config = self.repository.config();
        let signs = config.and_then(|config| config.get_bool("commit.gpgsign"));
        let mut caveats = Vec::new();
        if signs.unwrap_or(false) {
            caveats.push(format!(
                "not signed, though commit.gpgSign is set: `git rebase --force-rebase --gpg-sign HEAD~{}` signs",
                self.made.len()
            ));
        }
        if self.branch == "HEAD" {
            caveats.push(
                "HEAD is on no branch: keep the commits with `git switch -c NAME`".to_owned(),
            );
        }
        caveats
    }
}

/// The files of a run, written as `--apply` writes them.
struct Writing<'a> {
    arguments: &'a MendArguments,
    rooted: &'a Rooted,
    outcome: &'a Outcome,
    cwd: &'a Utf8Path,
    terminal: &'a Terminal,
}

impl Files for Writing<'_> {
    fn write(&mut self) -> anyhow::Result<Ended> {
        apply::apply(
            self.arguments,
            self.rooted,
            self.outcome,
            self.cwd,
            self.terminal,
        )
    }

    fn take_back(&mut self, ended: &Ended) -> anyhow::Result<()> {
        apply::take_back(ended, self.arguments, self.rooted, self.cwd, self.terminal)
    }
}

fn signature(identity: &Identity) -> anyhow::Result<Signature<'static>> {
    let when = Time::new(identity.when.seconds, identity.when.minutes_ahead);
    Signature::new(&identity.name, &identity.email, &when)
        .with_context(|| format!("git does not take `{}` for a name", identity.name))
}
