//! How commits come onto a branch: locked, files, index, branch; and back again when one of these fails.

use anyhow::{Context, anyhow, bail};
use camino::Utf8Path;
use codemend_engine::transaction::End;
use git2::{Index, IndexEntry, RepositoryState, Transaction};

use super::super::apply::Ended;
use super::super::interrupt::Interrupt;
use super::super::summary::count;
use super::{Commits, signature};

/// The files that the commits change.
pub trait Files {
    /// Write all of them or none.
    ///
    /// # Errors
    /// It cannot be tried.
    fn write(&mut self) -> anyhow::Result<Ended>;

    /// Take back what was written.
    ///
    /// # Errors
    /// It cannot be taken back.
    fn take_back(&mut self, ended: &Ended) -> anyhow::Result<()>;
}

impl Commits {
    /// Move the branch onto the commits, with the files and the index. When the files cannot be written nothing moves,
    /// and what has been ended says why. A signal is heard from the first lock on: up to the move of the branch it takes
    /// all back, and after that it comes too late.
    ///
    /// # Errors
    /// The branch is locked or was moved meanwhile, or the index cannot be written.
    pub fn land(&self, files: &mut dyn Files) -> anyhow::Result<Ended> {
        let interrupt = Interrupt::listen()?;
        let transaction = self.locked()?;
        let mut ended = files.write()?;
        if ended.applied.end != End::Written {
            return Ok(ended);
        }
        if let Some(signal) = interrupt.signal() {
            files.take_back(&ended)?;
            ended.applied.end = End::Interrupted;
            ended.signal = Some(signal);
            return Ok(ended);
        }
        let Err(error) = self.stage_and_move(transaction) else {
            return Ok(ended);
        };
        match files.take_back(&ended) {
            Ok(()) => Err(error.context("--commit: nothing was changed")),
            Err(stuck) => Err(error.context(format!(
                "--commit: nothing was committed, and the files keep their changes: {stuck:#}"
            ))),
        }
    }

    /// The branch and what says that it is the current one, locked, and both as they were when the commits were made.
    fn locked(&self) -> anyhow::Result<Transaction<'_>> {
        let mut transaction = self.repository.transaction()?;
        let names = ["HEAD", self.branch.as_str()];
        // Without a branch the two are one.
        let names = &names[usize::from(self.branch == "HEAD")..];
        for name in names {
            transaction.lock_ref(name).map_err(|error| {
                let file = self.repository.commondir().join(format!("{name}.lock"));
                anyhow!(
                    "--commit: cannot lock `{name}`: {}; when no other git is at work, remove {}",
                    error.message().trim_end_matches([' ', ';', ':']),
                    file.display()
                )
            })?;
        }
        let head = self.repository.find_reference("HEAD")?;
        let stands_on = head.symbolic_target().unwrap_or("HEAD");
        if stands_on != self.branch || self.repository.state() != RepositoryState::Clean {
            bail!("--commit: somebody has switched the branch meanwhile; run again");
        }
        if self.repository.refname_to_id(&self.branch)? != self.base {
            bail!("--commit: somebody has committed meanwhile; run again");
        }
        Ok(transaction)
    }

    fn stage_and_move(&self, transaction: Transaction<'_>) -> anyhow::Result<()> {
        let mut index = self.repository.index()?;
        index.read(true)?;
        let standing: Vec<(&Utf8Path, Option<IndexEntry>)> = self
            .held
            .keys()
            .map(|name| (name.as_path(), index.get_path(name.as_std_path(), 0)))
            .collect();
        self.stage(&mut index)?;
        let Err(error) = self.move_branch(transaction) else {
            return Ok(());
        };
        match unstage(&mut index, &standing) {
            Ok(()) => Err(error),
            Err(stuck) => Err(error.context(format!("the changes stay staged: {stuck}"))),
        }
    }

    /// Let the index hold the files as they are now, which must be what the last commit holds.
    fn stage(&self, index: &mut Index) -> anyhow::Result<()> {
        for (name, id) in &self.held {
            let added = index.add_path(name.as_std_path());
            added.with_context(|| format!("cannot stage `{name}`"))?;
            let entry = index.get_path(name.as_std_path(), 0);
            if entry.is_none_or(|entry| entry.id != *id) {
                return Err(anyhow!("`{name}` was changed meanwhile"));
            }
        }
        index.write().context("cannot write the index")
    }

    fn move_branch(&self, mut transaction: Transaction<'_>) -> anyhow::Result<()> {
        let last = self.made.last().context("there is no commit")?;
        let what = match self.made.len() {
            1 => last.subject.clone(),
            n => count(n, "commit"),
        };
        let committer = signature(&self.committer)?;
        let message = format!("codemend: {what}");
        transaction.set_target(&self.branch, last.id, Some(&committer), &message)?;
        let moved = transaction.commit();
        moved.with_context(|| format!("cannot move `{}`", self.branch))
    }
}

/// Put `standing` back into `index`.
fn unstage(
    index: &mut Index,
    standing: &[(&Utf8Path, Option<IndexEntry>)],
) -> Result<(), git2::Error> {
    for (name, entry) in standing {
        match entry {
            Some(entry) => index.add(entry)?,
            None => index.remove(name.as_std_path(), 0)?,
        }
    }
    index.write()
}

#[cfg(test)]
mod tests;
