//! `--series DIR`: one patch a codemod, as `git format-patch` writes them and `git am` takes them.
//!
//! The patches change what git holds, not what lies in the files, where the two differ in their newlines: that is what
//! `git am` applies them to.

mod encode;
mod folder;
mod mail;
pub mod message;
mod stat;

use std::path::Path;

use camino::Utf8Path;
use codemend_engine::diff::{FileDiff, git_patch};
use codemend_engine::patch::{FilePatch, Outcome};
use git2::{ObjectType, Oid};

use super::git::holding::Holding;
use super::git::identity::{self, Identity, Moment, Role};
use super::git::uncommitted;
use super::paths;
use super::reproduce::quoted;
use super::root::Rooted;
use super::stages::{Stage, stages};
use mail::{MAILER, Mail};
use message::Message;
use stat::FileStat;

/// Write the patches of a run into the directory `directory`, in place of those of an earlier run. Gives how many
/// there are.
///
/// # Errors
/// The directory cannot be written, holds patches that codemend has not written, or lies behind a link that leads out of
/// a project. It is as it was then.
pub fn write(
    directory: &Path,
    rooted: &Rooted,
    outcome: &Outcome,
    cwd: &Utf8Path,
) -> anyhow::Result<usize> {
    let stages = stages(outcome, rooted, cwd)?;
    let author = author(&rooted.root)?;
    let holding = Holding::at(&rooted.root);
    let count = stages.len();
    let mut patches = Vec::new();
    for (at, stage) in stages.iter().enumerate() {
        let series = Series {
            root: &rooted.root,
            holding: &holding,
            stages: &stages,
        };
        let (files, patch) = series.patch(stage);
        let mail = Mail {
            number: at + 1,
            of: count,
            author: &author,
            message: &Message::of(stage, outcome),
            files: &files,
            patch: &patch,
        };
        let name = format!("{:04}-{}.patch", at + 1, stage.codemod);
        patches.push((name, mail.text()));
    }
    folder::replace(directory, &patches)?;
    Ok(patches.len())
}

/// What to do with the `patches` in `directory`.
pub fn way_on(directory: &Path, patches: usize, rooted: &Rooted, cwd: &Utf8Path) -> String {
    if patches == 0 {
        return "no patches: there is nothing to change".to_owned();
    }
    let shown = directory.to_string_lossy();
    let git = match rooted.root == cwd {
        true => format!("git am {}/*.patch", quoted(&shown)),
        false => {
            // The shell finds the patches from here, and git reads them from there.
            let absolute = paths::absolute(Utf8Path::new(&*shown), cwd);
            let root = quoted(rooted.root.as_str());
            format!("git -C {root} am {}/*.patch", quoted(absolute.as_str()))
        }
    };
    match patches {
        1 => format!("1 patch: `{git}`"),
        n => format!("{n} patches: `{git}`"),
    }
}

/// What keeps `git am` from taking the patches of a run, in words.
pub fn caveats(rooted: &Rooted) -> Vec<String> {
    if rooted.files.is_empty() {
        return Vec::new();
    }
    if !rooted.root.join(".git").exists() {
        let root = &rooted.root;
        return vec![format!(
            "`git am` needs a repository, and {root} is none; `--patch FILE` is for `patch -p1`"
        )];
    }
    let files: Vec<&Utf8Path> = rooted
        .files
        .iter()
        .map(|file| file.path.as_path())
        .collect();
    let uncommitted = uncommitted(&files).files;
    let elsewhere = files.into_iter().filter(|path| {
        let between = path.ancestors().skip(1);
        let mut between = between.take_while(|above| *above != rooted.root);
        between.any(|above| above.join(".git").exists())
    });
    let caveat = |path: &Utf8Path, why: &str| {
        let name = path.strip_prefix(&rooted.root).unwrap_or(path);
        format!("`git am` cannot take the patches as long as {name} {why}")
    };
    let first = uncommitted.iter().next();
    let first =
        first.map(|path| caveat(path, "is not committed as it is; commit it and run again"));
    let second = elsewhere.map(|path| caveat(path, "is in a repository of its own; run there"));
    first.into_iter().chain(second.take(1)).collect()
}

/// Who git takes for the author here. A patch must be from somebody.
fn author(root: &Utf8Path) -> anyhow::Result<Identity> {
    let config = identity::settings(root)?;
    let author = identity::identity(&config, Role::Author)?;
    Ok(author.unwrap_or_else(|| Identity {
        name: "codemend".to_owned(),
        email: "codemend@localhost".to_owned(),
        when: Moment::now(),
    }))
}

struct Series<'a> {
    root: &'a Utf8Path,
    holding: &'a Holding,
    stages: &'a [Stage],
}

impl Series<'_> {
    /// The patch of `stage`, and what it comes to for each file.
    fn patch(&self, stage: &Stage) -> (Vec<FileStat>, String) {
        let mut whole = String::new();
        let mut stats = Vec::new();
        for file in &stage.files {
            let patch = self.of_file(file);
            let name = FileDiff::name_of(file, self.root);
            stats.push(FileStat::of(name, &patch, file.before.is_none()));
            whole.push_str(&patch);
        }
        (stats, whole)
    }

    fn of_file(&self, file: &FilePatch) -> String {
        let name = file.path.strip_prefix(self.root).unwrap_or(&file.path);
        let first = self.first_text(&file.path);
        let held = self.holding.form(name, first).change(file);
        let patch = git_patch(std::slice::from_ref(&held), self.root);
        let patch = String::from_utf8_lossy(&patch).into_owned();
        let mode = self.holding.entry(name).map(|entry| entry.mode);
        with_index(&patch, &index_line(&held, mode))
    }

    /// What `path` holds on disk, before any stage.
    fn first_text(&self, path: &Utf8Path) -> Option<&str> {
        let files = self.stages.iter().flat_map(|stage| &stage.files);
        let mut of_path = files.filter(|file| file.path == path);
        of_path.next()?.before.as_deref()
    }
}

/// `patch`, that of one file, with `line` where git has it: `git am -3` looks for the texts that it names.
fn with_index(patch: &str, line: &str) -> String {
    let header_end = patch.find("\n--- ").map_or(patch.len(), |at| at + 1);
    let (header, rest) = patch.split_at(header_end);
    format!("{header}{line}\n{rest}")
}

/// `index 3b18e51..9daeafb 100644`; the mode of a new file stands on a line of its own.
fn index_line(file: &FilePatch, mode: Option<u32>) -> String {
    let id = |text: &str| {
        let oid = Oid::hash_object(ObjectType::Blob, text.as_bytes());
        oid.map_or_else(|_| none(), |oid| oid.to_string())
    };
    let before = file.before.as_deref().map_or_else(none, id);
    let ids = format!("index {before}..{}", id(&file.after));
    match mode.filter(|_| file.before.is_some()) {
        Some(mode) => format!("{ids} {mode:06o}"),
        None => ids,
    }
}

/// The name of no text.
fn none() -> String {
    "0".repeat(40)
}

/// Whether `text` is a patch that codemend has written.
fn is_ours(text: &str) -> bool {
    let head = text.split("\n\n").next().unwrap_or(text);
    head.lines().any(|line| line.starts_with(MAILER))
}

#[cfg(test)]
mod tests;
