//! `codemend merge-reports`: reports of several machines as one, in the same shape.
//!
//! What is merged must be what a run on one machine would have said. So a shard that is missing, or there twice, and
//! reports that another codemend has made, are errors and not guesses.

mod arguments;
mod join;
mod runs;
mod sums;

use std::path::Path;

use anyhow::{Context, bail};
use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::codemod::Codemod;
use codemend_engine::source::reason;
use serde::Deserialize;
use serde_json::Value;

use super::formats::json;
use super::formats::model::{Document, VERSION};
use super::terminal::Terminal;
use super::{Exit, patch_file};
pub use arguments::MergeArguments;
use runs::Runs;

/// A file with a report, as it was read.
struct Given {
    /// As the user named it.
    name: String,
    report: Value,
}

/// Merge the reports that `arguments` name, and print the result or write it.
///
/// # Errors
/// A file cannot be read, or is no report of this codemend; a shard is missing or there twice; two reports are about
/// one repository; the result cannot be written.
pub fn merge(
    arguments: &MergeArguments,
    terminal: &Terminal,
    catalogue: &[&dyn Codemod],
) -> anyhow::Result<Exit> {
    let given = arguments.reports.iter().map(|path| read(path));
    let mut given = given.collect::<anyhow::Result<Vec<Given>>>()?;
    let runs = Runs::of(&given)?;
    let missing = runs.missing();
    match missing.first() {
        Some(first) if !arguments.partial => {
            bail!("{first} is missing; --partial merges what is there")
        }
        Some(first) if !runs.is_one() => {
            bail!("{first} is missing: --partial takes the shards of one run only")
        }
        _ => {}
    }
    let root = runs.root(&mut given);
    let documents = given.iter().map(document);
    let documents = documents.collect::<anyhow::Result<Vec<Document<'_>>>>()?;
    let merged = join::join(documents, root, runs.left(), catalogue)?;
    match &arguments.output {
        None => terminal.stream(|out| json::pretty(out, &merged))?,
        Some(path) => write(path, &arguments.reports, &merged)?,
    }
    for one in missing {
        terminal.note(&format!("{one} is missing"));
    }
    Ok(Exit::Fine)
}

fn read(path: &Path) -> anyhow::Result<Given> {
    let name = path.display().to_string();
    let text = std::fs::read(path).map_err(|error| anyhow::anyhow!(reason(&error)));
    let text = text.with_context(|| format!("cannot read `{name}`"))?;
    let report: Value = serde_json::from_slice(&text)
        .with_context(|| format!("`{name}` is no report of --format json"))?;
    let text = |key: &str| report.get(key).and_then(Value::as_str);
    match report.get("version").and_then(Value::as_u64) {
        Some(version) if version == u64::from(VERSION) => {}
        Some(version) => bail!("`{name}` has version {version}; this codemend reads {VERSION}"),
        None => bail!("`{name}` is no report of --format json: it has no `version`"),
    }
    let own = env!("CARGO_PKG_VERSION");
    match text("codemend") {
        Some(version) if version == own => Ok(Given { name, report }),
        Some(version) => bail!(
            "`{name}` was made by codemend {version}, and this is {own}: merge with the one that made it"
        ),
        None => bail!("`{name}` is no report of --format json: it has no `codemend`"),
    }
}

/// `given` in its shape.
fn document(given: &Given) -> anyhow::Result<Document<'_>> {
    let name = &given.name;
    let document = Document::deserialize(&given.report)
        .with_context(|| format!("`{name}` is no report of --format json"))?;
    let ids = document.changes.iter().enumerate();
    let is_numbered = ids.clone().all(|(at, change)| change.id == at);
    let count = document.changes.len();
    let is_closed = document.changes.iter().all(|change| {
        let others = change.needs.iter().chain(&change.same_as);
        others.into_iter().all(|id| *id < count)
    });
    if !is_numbered || !is_closed {
        bail!("`{name}`: the numbers of its changes do not fit");
    }
    Ok(document)
}

fn write(path: &Path, reports: &[std::path::PathBuf], merged: &Document<'_>) -> anyhow::Result<()> {
    let real = |path: &Path| path.canonicalize().ok();
    let is_read = reports.iter().any(|one| real(one) == real(path));
    if real(path).is_some() && is_read {
        bail!(
            "`{}` is one of the reports; name another file",
            path.display()
        );
    }
    let mut bytes = Vec::new();
    json::pretty(&mut bytes, merged).context("cannot write the report")?;
    patch_file::write_named("report", path, &bytes)
}

/// The nearest directory above all of `roots`.
fn common(roots: &[&Utf8Path]) -> Utf8PathBuf {
    let Some(first) = roots.first() else {
        return Utf8PathBuf::from("/");
    };
    let holds_all = |above: &&Utf8Path| roots.iter().all(|root| root.starts_with(above));
    let above = first.ancestors().find(holds_all);
    above.unwrap_or(Utf8Path::new("/")).to_owned()
}
