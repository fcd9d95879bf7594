//! The lists of several reports as one, in the order in which one run would have put them.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use anyhow::bail;
use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::codemod::Codemod;

use super::super::formats::model::{Change, Document, Run, Shard, Status, VERSION};
use super::sums;

/// `documents` as one, whose paths start at `root`. `shard` says what it is a part of.
///
/// # Errors
/// Two of them change one file: they do not belong together.
pub fn join<'d>(
    documents: Vec<Document<'d>>,
    root: Utf8PathBuf,
    shard: Option<Shard<'d>>,
    catalogue: &[&dyn Codemod],
) -> anyhow::Result<Document<'d>> {
    let names: Vec<&str> = catalogue
        .iter()
        .map(|codemod| codemod.about().name)
        .collect();
    let place = |name: &str| {
        let known = names.iter().position(|known| *known == name);
        known.unwrap_or(names.len())
    };
    let mut merged = Document {
        version: VERSION,
        codemend: env!("CARGO_PKG_VERSION"),
        run: Run {
            root: root.into_string(),
            files_read: 0,
            files_parsed: 0,
            files_typed: 0,
            has_environment: true,
            targets: Vec::new(),
            shard,
        },
        codemods: Vec::new(),
        changes: Vec::new(),
        files: Vec::new(),
        refusals: Vec::new(),
        reports: Vec::new(),
        problems: Vec::new(),
        faults: Vec::new(),
        summary: sums::summary(documents.iter().map(|one| &one.summary)),
    };
    let mut lists = Vec::new();
    for document in documents {
        sums::add_run(&mut merged.run, document.run);
        sums::add_codemods(&mut merged.codemods, document.codemods);
        lists.push(document.changes);
        merged.files.extend(document.files);
        merged.refusals.extend(document.refusals);
        merged.reports.extend(document.reports);
        merged.problems.extend(document.problems);
        merged.faults.extend(document.faults);
    }
    merged.changes = changes(lists, &place);
    sums::sort_targets(&mut merged.run.targets);
    merged
        .codemods
        .sort_by_key(|one| (place(one.name), one.name));
    sort(&mut merged)?;
    Ok(merged)
}

/// The changes of all `lists`, numbered anew: those that are made by codemod, file and place, then the withheld ones.
fn changes<'d>(lists: Vec<Vec<Change<'d>>>, place: &dyn Fn(&str) -> usize) -> Vec<Change<'d>> {
    let numbered = lists.into_iter().enumerate();
    let mut all: Vec<(usize, Change<'d>)> = numbered
        .flat_map(|(list, changes)| changes.into_iter().map(move |change| (list, change)))
        .collect();
    all.sort_by(|(_, one), (_, other)| in_order(one, other, place));
    let ids = all.iter().enumerate();
    let ids: BTreeMap<(usize, usize), usize> = ids
        .map(|(id, (list, change))| ((*list, change.id), id))
        .collect();
    let all = all.into_iter().enumerate();
    all.map(|(id, (list, change))| {
        let known = |old: usize| ids.get(&(list, old)).copied();
        let mut needs: Vec<usize> = change.needs.iter().filter_map(|old| known(*old)).collect();
        needs.sort_unstable();
        Change {
            id,
            needs,
            same_as: change.same_as.and_then(known),
            ..change
        }
    })
    .collect()
}

/// The order of changes in a report: first those that are made.
fn in_order(one: &Change<'_>, other: &Change<'_>, place: &dyn Fn(&str) -> usize) -> Ordering {
    let is_withheld = |change: &Change<'_>| change.status == Status::Withheld;
    let paths = || Utf8Path::new(one.path).cmp(Utf8Path::new(other.path));
    match (is_withheld(one), is_withheld(other)) {
        (false, false) => {
            let codemods = place(one.codemod).cmp(&place(other.codemod));
            let starts = || (one.start, one.title).cmp(&(other.start, other.title));
            let rests = || {
                let other = (other.safety, other.reason, other.end);
                (one.safety, one.reason, one.end).cmp(&other)
            };
            let fingerprints = || one.fingerprint.cmp(other.fingerprint);
            let all = codemods.then_with(paths).then_with(starts);
            all.then_with(rests).then_with(fingerprints)
        }
        // What is withheld of a file is told together, and stays as it is.
        (true, true) => {
            paths().then_with(|| (one.start, one.codemod).cmp(&(other.start, other.codemod)))
        }
        (one, other) => one.cmp(&other),
    }
}

/// Sort the lists of `merged` as one run does.
fn sort(merged: &mut Document<'_>) -> anyhow::Result<()> {
    merged
        .files
        .sort_by(|a, b| Utf8Path::new(a.path).cmp(Utf8Path::new(b.path)));
    let twice = merged
        .files
        .windows(2)
        .find(|two| two[0].path == two[1].path);
    if let Some([one, _]) = twice {
        bail!("two of the reports change `{}`", one.path);
    }
    merged.refusals.sort_by(|a, b| {
        (a.codemod, Utf8Path::new(a.path), a.at, a.reason).cmp(&(
            b.codemod,
            Utf8Path::new(b.path),
            b.at,
            b.reason,
        ))
    });
    merged.reports.sort_by(|a, b| {
        (a.codemod, Utf8Path::new(a.path), a.at, a.message).cmp(&(
            b.codemod,
            Utf8Path::new(b.path),
            b.at,
            b.message,
        ))
    });
    for list in [&mut merged.problems, &mut merged.faults] {
        list.sort_by(|a, b| {
            (Utf8Path::new(a.path), a.at, a.message, a.help).cmp(&(
                Utf8Path::new(b.path),
                b.at,
                b.message,
                b.help,
            ))
        });
    }
    Ok(())
}
