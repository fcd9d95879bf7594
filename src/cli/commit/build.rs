//! The objects of the commits: texts, trees, commits. Until a branch points at them nobody sees them.

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::{Context, bail};
use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::patch::{FilePatch, Outcome};
use git2::{Index, IndexEntry, IndexTime, Oid, Repository};

use super::super::git::holding::{Form, Holding};
use super::super::git::identity::Identity;
use super::super::series::message::Message;
use super::super::stages::Stage;
use super::{Commit, refuse, signature};

/// Where and by whom.
pub struct Builder<'a> {
    pub repository: &'a Repository,
    pub top: &'a Utf8Path,
    pub author: &'a Identity,
    pub committer: &'a Identity,
}

/// What was built.
pub struct Built {
    pub commits: Vec<Commit>,
    /// What git holds of each file after the last commit.
    pub held: BTreeMap<Utf8PathBuf, Oid>,
}

impl Builder<'_> {
    /// One commit a stage, the first one on `base`.
    ///
    /// # Errors
    /// git holds a file in a way that cannot be kept up here, or an object cannot be written.
    pub fn build(&self, base: Oid, stages: &[Stage], outcome: &Outcome) -> anyhow::Result<Built> {
        let forms = self.forms(stages)?;
        let mut index = Index::new()?;
        index.read_tree(&self.repository.find_commit(base)?.tree()?)?;
        let mut built = Built {
            commits: Vec::new(),
            held: BTreeMap::new(),
        };
        let mut parent = base;
        for stage in stages {
            for file in &stage.files {
                let name = self.name(file)?;
                let form = forms.get(name).copied().unwrap_or(Form::Same);
                let id = self.repository.blob(form.held(&file.after).as_bytes())?;
                put(&mut index, name, id)?;
                built.held.insert(name.to_owned(), id);
            }
            let message = Message::of(stage, outcome);
            parent = self.commit(&mut index, parent, &message)?;
            built.commits.push(Commit {
                id: parent,
                subject: message.subject,
            });
        }
        self.round_trip(stages, &built.held)?;
        Ok(built)
    }

    fn commit(&self, index: &mut Index, parent: Oid, message: &Message) -> anyhow::Result<Oid> {
        let tree = index.write_tree_to(self.repository)?;
        let tree = self.repository.find_tree(tree)?;
        let parent = self.repository.find_commit(parent)?;
        let (author, committer) = (signature(self.author)?, signature(self.committer)?);
        let text = message.text();
        let commit = self
            .repository
            .commit(None, &author, &committer, &text, &tree, &[&parent]);
        commit.context("cannot make a commit")
    }

    /// The form in which git holds each file.
    fn forms<'s>(&self, stages: &'s [Stage]) -> anyhow::Result<BTreeMap<&'s Utf8Path, Form>> {
        let holding = Holding::at(self.top);
        let mut forms = BTreeMap::new();
        for file in stages.iter().flat_map(|stage| &stage.files) {
            let name = file.path.strip_prefix(self.top)?;
            if forms.contains_key(name) {
                continue;
            }
            refuse::unknown(self.repository, &holding, name, file)?;
            forms.insert(name, holding.form(name, file.before.as_deref()));
        }
        Ok(forms)
    }

    /// Make sure that git, when it reads the files again, holds just what the last commit holds.
    fn round_trip(
        &self,
        stages: &[Stage],
        held: &BTreeMap<Utf8PathBuf, Oid>,
    ) -> anyhow::Result<()> {
        let mut last = BTreeMap::new();
        for file in stages.iter().flat_map(|stage| &stage.files) {
            last.insert(self.name(file)?, &file.after);
        }
        for (name, text) in last {
            let mut blob = self.repository.blob_writer(Some(name.as_std_path()))?;
            blob.write_all(text.as_bytes())?;
            let read = blob.commit();
            let read = read.with_context(|| format!("--commit: cannot store `{name}`"))?;
            if held.get(name) != Some(&read) {
                bail!(
                    "--commit: git would change the newlines of `{name}` once more; see `git help attributes`"
                );
            }
        }
        Ok(())
    }

    fn name<'f>(&self, file: &'f FilePatch) -> anyhow::Result<&'f Utf8Path> {
        let name = file.path.strip_prefix(self.top);
        name.with_context(|| format!("--commit: `{}` lies outside of `{}`", file.path, self.top))
    }
}

/// Let `index` hold `id` under `name`, with the mode that stands there.
fn put(index: &mut Index, name: &Utf8Path, id: Oid) -> anyhow::Result<()> {
    let standing = index.get_path(name.as_std_path(), 0);
    let mode = standing.map_or(0o100_644, |entry| entry.mode);
    let entry = IndexEntry {
        ctime: IndexTime::new(0, 0),
        mtime: IndexTime::new(0, 0),
        dev: 0,
        ino: 0,
        mode,
        uid: 0,
        gid: 0,
        file_size: 0,
        id,
        flags: 0,
        flags_extended: 0,
        path: name.as_str().into(),
    };
    index
        .add(&entry)
        .with_context(|| format!("--commit: git does not take the name `{name}`"))
}
