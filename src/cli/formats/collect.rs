//! From what a run found to the document that programs read.

use std::borrow::Cow;
use std::collections::BTreeSet;

use camino::Utf8Path;
use codemend_engine::change::{Refusal as Declined, Report as Reported, Safety as Trust};
use codemend_engine::problem::{LineColumn, Problem as Trouble};
use codemend_engine::review::{ChangeId, Review, Reviewed};
use codemend_engine::transaction::End;

use super::super::Exit as Code;
use super::Ran;
use super::choices::{Choices, Chosen};
use super::model::{
    Applied, AppliedEnd, Change, Codemod, Document, Edit, Exit, File, Meaning, Offset, Position,
    Problem, Refusal, Report, Run, Safety, Shard, Status, Summary, Target, VERSION,
};
use super::names::{Names, root_of};

/// What the document of a run borrows from.
pub struct Collected<'a> {
    ran: &'a Ran<'a>,
    root: String,
    names: Names,
    /// Empty for a run that could not begin.
    review: Cow<'a, Review>,
}

impl<'a> Collected<'a> {
    pub fn of(ran: &'a Ran<'a>) -> Self {
        let root = root_of(ran.paths, ran.cwd);
        let review = match &ran.outcome.review {
            Some(review) => Cow::Borrowed(review),
            None => Cow::Owned(Review::default()),
        };
        let names = Names::of(paths(ran, &review), &root, ran.cwd);
        Self {
            ran,
            root: root.into_string(),
            names,
            review,
        }
    }

    pub fn document(&self) -> Document<'_> {
        let outcome = self.ran.outcome;
        let problems = outcome.problems.iter();
        let problems = problems.filter(|one| !self.ran.faults.contains(one));
        let choices = Choices::of(&self.review);
        let (refusals, reports) = (outcome.refusals.iter(), outcome.reports.iter());
        let mut document = Document {
            version: VERSION,
            codemend: env!("CARGO_PKG_VERSION"),
            run: self.run(),
            codemods: self.codemods(),
            changes: self.changes(&choices),
            files: self.files(&choices),
            refusals: refusals.map(|one| self.refusal(one)).collect(),
            reports: reports.map(|one| self.report(one)).collect(),
            problems: problems.map(|one| self.problem(one)).collect(),
            faults: (self.ran.faults.iter())
                .map(|one| self.problem(one))
                .collect(),
            summary: self.summary(),
        };
        count(&mut document);
        document
    }

    fn run(&self) -> Run<'_> {
        let outcome = self.ran.outcome;
        let targets = outcome.targets.iter().map(|(target, files)| Target {
            python: target.version.to_string(),
            source: &target.source,
            files: *files,
        });
        Run {
            root: self.root.clone(),
            files_read: outcome.files_read,
            files_parsed: outcome.files_parsed,
            files_typed: outcome.files_typed,
            has_environment: outcome.has_environment,
            targets: targets.collect(),
            shard: outcome.portion.as_ref().map(|portion| Shard {
                numbers: vec![portion.shard().number()],
                of: portion.shard().of(),
                whole: portion.whole(),
            }),
        }
    }

    /// Those that have something to say.
    fn codemods(&self) -> Vec<Codemod<'_>> {
        let outcome = self.ran.outcome;
        let of = |name: &str, changes: &[Reviewed]| {
            let named = changes.iter().filter(|change| change.codemod == name);
            named.count()
        };
        let counted = self.ran.catalogue.iter().map(|codemod| {
            let about = codemod.about();
            let refusals = outcome.refusals.iter();
            let reports = outcome.reports.iter();
            Codemod {
                name: about.name,
                summary: about.summary,
                changes: of(about.name, &self.review.changes),
                withheld: of(about.name, &self.review.withheld),
                refusals: refusals.filter(|one| one.codemod == about.name).count(),
                reports: reports.filter(|one| one.codemod == about.name).count(),
            }
        });
        let says = |one: &Codemod<'_>| one.changes + one.withheld + one.refusals + one.reports > 0;
        counted.filter(says).collect()
    }

    fn changes<'d>(&'d self, choices: &Choices<'d>) -> Vec<Change<'d>> {
        let left_out = self.left_out();
        let made = self.review.changes.iter().enumerate().map(|(id, change)| {
            let same_as = choices.same_as(id);
            let edits = match same_as {
                Some(_) => Vec::new(),
                None if change.needs.is_empty() => self.edits(change),
                // Whoever takes safe changes only would make unsafe ones with it.
                None if self.review.safety(id) > change.safety => Vec::new(),
                None => self.chosen(choices.accepting(id)),
            };
            let status = self.status(change, &left_out);
            Change {
                edits,
                same_as,
                ..self.change(id, change, status)
            }
        });
        let first = self.review.changes.len();
        let withheld = self.review.withheld.iter().enumerate();
        let withheld = withheld.map(|(at, change)| Change {
            edits: self.edits(change),
            ..self.change(first + at, change, Status::Withheld)
        });
        made.chain(withheld).collect()
    }

    /// The names of the files that `--apply` could not write.
    fn left_out(&self) -> BTreeSet<&str> {
        let ended = self.ran.ended.iter();
        let paths = ended.flat_map(|ended| &ended.applied.left_out);
        paths.map(|path| self.names.get(path)).collect()
    }

    /// What became of a change that the run makes.
    fn status(&self, change: &Reviewed, left_out: &BTreeSet<&str>) -> Status {
        let paths = change.edits.iter().map(|edit| &edit.path);
        let mut paths = paths.chain([&change.path]);
        match self.applied_end() {
            None => Status::Proposed,
            Some(AppliedEnd::Unfinished) => Status::Unfinished,
            Some(AppliedEnd::TakenBack | AppliedEnd::Interrupted) => Status::LeftOut,
            Some(AppliedEnd::Written) => {
                match paths.any(|path| left_out.contains(self.names.get(path))) {
                    true => Status::LeftOut,
                    false => Status::Applied,
                }
            }
        }
    }

    /// Without its edits.
    fn change<'d>(&'d self, id: ChangeId, change: &'d Reviewed, status: Status) -> Change<'d> {
        Change {
            id,
            codemod: change.codemod,
            title: &change.title,
            safety: safety(change.safety),
            status,
            reason: change.why.as_deref(),
            fingerprint: &change.fingerprint,
            path: self.names.get(&change.path),
            start: position(change.start),
            end: position(change.end),
            edits: Vec::new(),
            needs: change.needs.iter().copied().collect(),
            same_as: None,
        }
    }

    /// Those of `change` alone.
    fn edits<'d>(&'d self, change: &'d Reviewed) -> Vec<Edit<'d>> {
        let edits = change.edits.iter().map(|edit| Edit {
            path: self.names.get(&edit.path),
            start: offset((edit.from, edit.start)),
            end: offset((edit.to, edit.end)),
            replacement: &edit.replacement,
            creates: edit.creates,
        });
        edits.collect()
    }

    fn chosen<'d>(&'d self, chosen: Vec<Chosen<'d>>) -> Vec<Edit<'d>> {
        let edits = chosen.into_iter().map(|edit| Edit {
            path: self.names.get(&edit.file.path),
            start: offset(edit.from),
            end: offset(edit.to),
            replacement: edit.text,
            creates: edit.file.before.is_none(),
        });
        edits.collect()
    }

    fn files<'d>(&'d self, choices: &Choices<'d>) -> Vec<File<'d>> {
        let files = choices.all().map(|(file, edits)| File {
            path: self.names.get(&file.path),
            creates: file.before.is_none(),
            edits: self.chosen(edits),
        });
        files.collect()
    }

    fn refusal<'d>(&'d self, refusal: &'d Declined) -> Refusal<'d> {
        Refusal {
            codemod: refusal.codemod,
            path: self.names.get(&refusal.path),
            at: position(refusal.at),
            reason: &refusal.reason,
        }
    }

    fn report<'d>(&'d self, report: &'d Reported) -> Report<'d> {
        Report {
            codemod: report.codemod,
            path: self.names.get(&report.path),
            at: position(report.at),
            message: &report.message,
        }
    }

    fn problem<'d>(&'d self, problem: &'d Trouble) -> Problem<'d> {
        Problem {
            path: self.names.get(&problem.path),
            at: problem.at.map(position),
            message: &problem.message,
            help: problem.help.as_deref(),
        }
    }

    /// What is not counted in the document itself.
    fn summary(&self) -> Summary {
        Summary {
            files_changed: self.ran.rooted.files.len(),
            passed_over: self.ran.outcome.passed_over.len(),
            applied: self.applied(),
            exit: exit(self.ran.exit),
            ..Summary::default()
        }
    }

    fn applied(&self) -> Option<Applied> {
        let end = self.applied_end()?;
        let applied = self.ran.ended.map(|ended| &ended.applied);
        Some(Applied {
            end,
            files: applied.map_or(0, |applied| applied.written),
            left_out: self.left_out().into_iter().map(str::to_owned).collect(),
            run: applied.and_then(|applied| applied.run),
        })
    }

    /// How `--apply` ended. With faults of `--verify` it does not begin.
    fn applied_end(&self) -> Option<AppliedEnd> {
        let end = self.ran.ended.map(|ended| ended.applied.end);
        if end.is_none() && !self.ran.arguments.apply {
            return None;
        }
        Some(match end {
            Some(End::Written) => AppliedEnd::Written,
            Some(End::TakenBack) | None => AppliedEnd::TakenBack,
            Some(End::Interrupted) => AppliedEnd::Interrupted,
            Some(End::Unfinished) => AppliedEnd::Unfinished,
        })
    }
}

/// All paths that a run has something to say about.
fn paths<'r>(ran: &'r Ran<'_>, review: &'r Review) -> impl Iterator<Item = &'r Utf8Path> {
    let outcome = ran.outcome;
    let changes = review.changes.iter().chain(&review.withheld);
    let changed = changes.flat_map(|change| {
        let edited = change.edits.iter().map(|edit| &edit.path);
        edited.chain([&change.path])
    });
    let left_out = ran.ended.iter().flat_map(|ended| &ended.applied.left_out);
    let problems = outcome.problems.iter().chain(ran.faults);
    changed
        .chain(review.files.iter().map(|file| &file.path))
        .chain(outcome.refusals.iter().map(|refusal| &refusal.path))
        .chain(outcome.reports.iter().map(|report| &report.path))
        .chain(problems.map(|problem| &problem.path))
        .chain(left_out)
        .map(|path| &**path)
}

fn count(document: &mut Document<'_>) {
    let made = (document.changes.iter()).filter(|change| change.status != Status::Withheld);
    let safeties: Vec<Safety> = made.map(|change| change.safety).collect();
    let safe = safeties.iter().filter(|one| **one == Safety::Safe).count();
    let summary = &mut document.summary;
    summary.changes = safeties.len();
    summary.safe = safe;
    summary.not_safe = safeties.len() - safe;
    summary.withheld = document.changes.len() - safeties.len();
    summary.refusals = document.refusals.len();
    summary.reports = document.reports.len();
    summary.problems = document.problems.len();
    summary.faults = document.faults.len();
}

fn safety(safety: Trust) -> Safety {
    match safety {
        Trust::Safe => Safety::Safe,
        Trust::Unsafe => Safety::Unsafe,
        Trust::Display => Safety::Display,
    }
}

fn position(at: LineColumn) -> Position {
    Position {
        line: at.line,
        column: at.column,
    }
}

fn offset((byte, at): (usize, LineColumn)) -> Offset {
    Offset {
        byte,
        line: at.line,
        column: at.column,
    }
}

fn exit(exit: Code) -> Exit {
    let (code, meaning) = match exit {
        Code::Fine => (0, Meaning::Fine),
        Code::WouldChange => (1, Meaning::WouldChange),
        Code::Problems => (2, Meaning::Problems),
        Code::Interrupted(signal) => (128_u8.saturating_add(signal), Meaning::Interrupted),
    };
    Exit { code, meaning }
}
