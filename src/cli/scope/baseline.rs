//! The file of `--baseline`: what there was to do when it was written.
//!
//! One entry a line, sorted, each line with a comma (an empty entry ends the list): git merges such files line by line.
//! What comes out of a merge in another order, or twice, reads the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::config::Configuration;
use codemend_engine::patch::Outcome;
use codemend_engine::pipeline::Candidate;
use codemend_engine::source::reason;
use serde::{Deserialize, Serialize};

use super::super::patch_file;
use super::super::terminal::is_hidden;
use super::Told;
use super::places::Met;

/// The version that is written, and the only one that is read.
const VERSION: u64 = 1;

/// The key that tells a baseline from other JSON.
const KEY: &str = "codemend-baseline";

/// No baseline is larger, in bytes: that is a million entries.
const LARGEST: u64 = 256 * 1024 * 1024;

/// A change or a report that was there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Entry {
    /// In the file from the root of the repository on, with `/`; of a run absolute.
    pub path: String,
    pub codemod: String,
    /// The title of the change, or the message of the report.
    pub what: String,
    /// Of 32 hexadecimal digits; it alone decides.
    pub fingerprint: String,
}

/// What a baseline holds, by fingerprint.
#[derive(Debug, Default)]
pub struct Baseline {
    entries: BTreeMap<String, Entry>,
}

/// The head of the file.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "codemend-baseline")]
    version: Option<u64>,
}

#[derive(Deserialize)]
struct Document {
    entries: Vec<Row>,
}

/// An entry as it is read; one without anything ends the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    path: Option<String>,
    codemod: Option<String>,
    what: Option<String>,
    fingerprint: Option<String>,
}

impl Entry {
    /// What is to be known of `candidate`.
    pub fn of(candidate: &Candidate<'_>) -> Self {
        Self {
            path: candidate.path.to_string(),
            codemod: candidate.codemod.to_owned(),
            what: candidate.what.to_owned(),
            fingerprint: candidate.fingerprint.to_owned(),
        }
    }
}

impl Baseline {
    /// The baseline in `file`.
    ///
    /// # Errors
    /// It cannot be read, or is none of this version; the message names the place.
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        let shown = file.display();
        let text = text_of(file).with_context(|| format!("--baseline {shown}"))?;
        if let Some(line) = conflict(&text) {
            bail!(
                "{shown}:{line}:1: holds conflict markers of git; keep the lines of both sides, or \
                 write it again with --write-baseline"
            );
        }
        let broken = |error: serde_json::Error| {
            let place = format!("{shown}:{}:{}", error.line(), error.column());
            let what = error.to_string();
            let what = what.split(" at line ").next().unwrap_or_default();
            anyhow::anyhow!("{place}: {what}; write it again with --write-baseline")
        };
        let head: Head = serde_json::from_str(&text).map_err(broken)?;
        match head.version {
            Some(VERSION) => {}
            Some(version) => bail!(
                "{shown}:1:1: is a baseline of version {version}, and this codemend reads version \
                 {VERSION}; write it again with --write-baseline"
            ),
            None => bail!("{shown}:1:1: is no baseline: it has no key '{KEY}'"),
        }
        let document: Document = serde_json::from_str(&text).map_err(broken)?;
        Self::of(document.entries).map_err(|number| {
            anyhow::anyhow!(
                "{shown}: entry {number} lacks one of 'path', 'codemod', 'what' and 'fingerprint'; \
                 write it again with --write-baseline"
            )
        })
    }

    /// # Errors
    /// The number, from 1, of an entry that is not whole.
    fn of(rows: Vec<Row>) -> Result<Self, usize> {
        let mut entries = BTreeMap::new();
        for (index, row) in rows.into_iter().enumerate() {
            match (row.path, row.codemod, row.what, row.fingerprint) {
                (None, None, None, None) => {}
                (Some(path), Some(codemod), Some(what), Some(fingerprint)) => {
                    let entry = Entry {
                        path,
                        codemod,
                        what,
                        fingerprint: fingerprint.clone(),
                    };
                    entries.insert(fingerprint, entry);
                }
                _ => return Err(index + 1),
            }
        }
        Ok(Self { entries })
    }

    pub fn holds(&self, fingerprint: &str) -> bool {
        self.entries.contains_key(fingerprint)
    }
}

fn text_of(file: &Path) -> anyhow::Result<String> {
    let metadata = fs::metadata(file).map_err(|error| {
        let reason = reason(&error);
        anyhow::anyhow!("{reason}; write it with --write-baseline")
    })?;
    if !metadata.is_file() {
        bail!("is not a regular file");
    }
    if metadata.len() > LARGEST {
        bail!("is larger than {} MB", LARGEST / (1024 * 1024));
    }
    fs::read_to_string(file).map_err(|error| anyhow::anyhow!(reason(&error)))
}

/// The line, from 1, of the first conflict marker in `text`.
fn conflict(text: &str) -> Option<usize> {
    let markers = ["<<<<<<< ", "||||||| ", ">>>>>>> "];
    let is_marker = |line: &str| {
        line.trim_end() == "=======" || markers.iter().any(|marker| line.starts_with(marker))
    };
    let at = text.lines().position(is_marker)?;
    Some(at + 1)
}

/// Whether a baseline may be put into `file`.
///
/// # Errors
/// It holds something else.
pub fn may_be_written(file: &Path) -> anyhow::Result<()> {
    let shown = file.display();
    match fs::metadata(file) {
        Ok(found) if found.is_file() && found.len() > 0 => {}
        Ok(found) if found.is_dir() => bail!("--write-baseline {shown}: is a directory"),
        _ => return Ok(()),
    }
    let is_ours = text_of(file).is_ok_and(|text| text.contains(&format!("\"{KEY}\"")));
    if !is_ours {
        bail!("--write-baseline {shown}: holds something else; name another file");
    }
    Ok(())
}

/// Write `entries` to `file`, with paths that start at `root`; gives what to say of it.
///
/// # Errors
/// The file cannot be written.
pub fn write(file: &Path, entries: &[Entry], root: &Utf8Path) -> anyhow::Result<Told> {
    let entries: BTreeSet<Entry> = entries.iter().map(|entry| below(entry, root)).collect();
    patch_file::write_named("baseline", file, text(&entries)?.as_bytes())?;
    let mut counts = BTreeMap::<&str, usize>::new();
    for entry in &entries {
        *counts.entry(&entry.codemod).or_default() += 1;
    }
    let width = counts
        .keys()
        .map(|name| name.len())
        .max()
        .unwrap_or_default();
    let line = |(name, n): (&&str, &usize)| format!("  {name:width$}  {}", entries_of(*n));
    Ok(Told {
        headline: Some(format!(
            "Wrote {} to {}",
            entries_of(entries.len()),
            file.display()
        )),
        lines: counts.iter().map(line).collect(),
    })
}

fn entries_of(n: usize) -> String {
    match n {
        1 => "1 entry".to_owned(),
        n => format!("{n} entries"),
    }
}

fn below(entry: &Entry, root: &Utf8Path) -> Entry {
    let path = Utf8Path::new(&entry.path);
    let path = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<&str> = path.components().map(|part| part.as_str()).collect();
    Entry {
        path: match path.is_absolute() {
            true => path.to_string(),
            false => parts.join("/"),
        },
        ..entry.clone()
    }
}

fn text(entries: &BTreeSet<Entry>) -> anyhow::Result<String> {
    let mut text = format!("{{\n  \"{KEY}\": {VERSION},\n  \"entries\": [\n");
    for entry in entries {
        let line = serde_json::to_string(entry)?;
        text.push_str("    ");
        text.extend(line.chars().flat_map(spelled));
        text.push_str(",\n");
    }
    text.push_str("    {}\n  ]\n}\n");
    Ok(text)
}

/// `c` in JSON: what nobody sees is spelled out. Such characters stand in strings only.
fn spelled(c: char) -> Vec<char> {
    if !is_hidden(c) {
        return vec![c];
    }
    let mut units = [0; 2];
    let units = c.encode_utf16(&mut units).iter();
    let spelled = units.map(|unit| format!("\\u{unit:04x}"));
    spelled.collect::<String>().chars().collect()
}

/// A run, as far as a baseline can be held against it.
pub struct Survey<'a> {
    pub outcome: &'a Outcome,
    /// What the run was asked to look at.
    pub paths: &'a [Utf8PathBuf],
    /// The files that its scope leaves, if it has one.
    pub files: Option<&'a BTreeSet<Utf8PathBuf>>,
    pub configuration: &'a Configuration,
    /// Where the paths of the baseline start.
    pub root: &'a Utf8Path,
}

impl Survey<'_> {
    /// How many entries the run should have met, and has not. What it did not look at may still be there.
    pub fn gone(&self, met: &Met<'_>) -> usize {
        let entries = met.baseline.entries.values();
        let missing = entries.filter(|entry| !met.met.contains(&entry.fingerprint));
        missing.filter(|entry| self.covers(entry)).count()
    }

    fn covers(&self, entry: &Entry) -> bool {
        let path = self.root.join(&entry.path);
        if !self.paths.iter().any(|named| path.starts_with(named)) {
            return false;
        }
        let directory = path.parent().unwrap_or(&path);
        let Ok(settings) = self.configuration.settings(directory) else {
            return false;
        };
        let is_run = |name: &str| settings.codemods.contains(&name);
        let is_ignored = settings.ignores_for(&path).contains(entry.codemod.as_str());
        if !is_run(&entry.codemod) || is_ignored || settings.is_excluded(&path, false) {
            return false;
        }
        if !path.exists() {
            return true;
        }
        let is_broken = self.outcome.problems.iter().any(|one| one.path == path);
        !is_broken && self.files.is_none_or(|files| files.contains(&path))
    }
}
