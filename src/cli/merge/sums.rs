//! The numbers of several reports as one.

use super::super::formats::model::{
    Applied, AppliedEnd, Codemod, Exit, Meaning, Run, Summary, Target,
};

/// Add what `run` has looked at to `sum`.
pub fn add_run<'d>(sum: &mut Run<'d>, run: Run<'d>) {
    sum.files_read = sum.files_read.saturating_add(run.files_read);
    sum.files_parsed = sum.files_parsed.saturating_add(run.files_parsed);
    sum.files_typed = sum.files_typed.saturating_add(run.files_typed);
    sum.has_environment &= run.has_environment;
    for target in run.targets {
        let same =
            |one: &&mut Target<'_>| one.python == target.python && one.source == target.source;
        match sum.targets.iter_mut().find(same) {
            Some(known) => known.files = known.files.saturating_add(target.files),
            None => sum.targets.push(target),
        }
    }
}

/// Most files first, then the older Python.
pub fn sort_targets(targets: &mut [Target<'_>]) {
    let version = |target: &Target<'_>| -> Vec<u32> {
        let parts = target.python.split('.');
        parts.map(|part| part.parse().unwrap_or(0)).collect()
    };
    targets.sort_by(|a, b| {
        b.files
            .cmp(&a.files)
            .then_with(|| (version(a), a.source).cmp(&(version(b), b.source)))
    });
}

/// Add the counts of `more` to `sum`.
pub fn add_codemods<'d>(sum: &mut Vec<Codemod<'d>>, more: Vec<Codemod<'d>>) {
    for one in more {
        match sum.iter_mut().find(|known| known.name == one.name) {
            None => sum.push(one),
            Some(known) => {
                known.changes = known.changes.saturating_add(one.changes);
                known.withheld = known.withheld.saturating_add(one.withheld);
                known.refusals = known.refusals.saturating_add(one.refusals);
                known.reports = known.reports.saturating_add(one.reports);
            }
        }
    }
}

/// How several runs ended: the counts added up, and the worst of their ends.
pub fn summary<'s>(summaries: impl Iterator<Item = &'s Summary> + Clone) -> Summary {
    let sum = |count: fn(&Summary) -> usize| {
        let counts = summaries.clone().map(count);
        counts.fold(0, usize::saturating_add)
    };
    let worst = summaries.clone().map(|one| &one.exit);
    let worst = worst.max_by_key(|exit| exit.code);
    Summary {
        files_changed: sum(|one| one.files_changed),
        changes: sum(|one| one.changes),
        safe: sum(|one| one.safe),
        not_safe: sum(|one| one.not_safe),
        withheld: sum(|one| one.withheld),
        refusals: sum(|one| one.refusals),
        reports: sum(|one| one.reports),
        problems: sum(|one| one.problems),
        faults: sum(|one| one.faults),
        passed_over: sum(|one| one.passed_over),
        applied: applied(summaries.clone().filter_map(|one| one.applied.as_ref())),
        exit: Exit {
            code: worst.map_or(0, |exit| exit.code),
            meaning: worst.map_or(Meaning::Fine, |exit| exit.meaning),
        },
    }
}

/// What several runs have written. Each has its own number for `codemend undo`, so several have none.
fn applied<'s>(all: impl Iterator<Item = &'s Applied>) -> Option<Applied> {
    let mut merged: Option<Applied> = None;
    for one in all {
        let Some(sum) = &mut merged else {
            merged = Some(Applied {
                left_out: one.left_out.clone(),
                ..*one
            });
            continue;
        };
        sum.end = worse(sum.end, one.end);
        sum.files = sum.files.saturating_add(one.files);
        sum.left_out.extend(one.left_out.iter().cloned());
        sum.left_out.sort();
        sum.run = None;
    }
    merged
}

fn worse(one: AppliedEnd, other: AppliedEnd) -> AppliedEnd {
    let rank = |end| match end {
        AppliedEnd::Written => 0,
        AppliedEnd::TakenBack => 1,
        AppliedEnd::Interrupted => 2,
        AppliedEnd::Unfinished => 3,
    };
    if rank(other) > rank(one) { other } else { one }
}
