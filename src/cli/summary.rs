//! The last lines of a run: what changed, what did not, and how to get it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use codemend_engine::change::Safety;
use codemend_engine::patch::{Made, Outcome};
use codemend_engine::transaction::End;

use super::apply::Ended;
use super::scope::Told;
use super::terminal::{BOLD, Look};

/// What the last lines are made of.
#[derive(Debug)]
pub struct Summary<'a> {
    pub outcome: &'a Outcome,
    /// What the scope of the run has to say.
    pub scope: &'a Told,
    /// Files in the patch of the run.
    pub changed: usize,
    /// How `--apply` ended, when it was asked for.
    pub ended: Option<&'a Ended>,
    /// Problems of the run, of its paths and of writing.
    pub problems: usize,
    /// Whether the reasons of refusals have been printed.
    pub refusals_shown: bool,
    pub elapsed: Duration,
}

impl Summary<'_> {
    /// The lines, for the stream that `look` describes.
    pub fn text(&self, look: Look) -> String {
        let mut lines = vec![look.paint(BOLD, &self.headline())];
        let scope = self.scope.lines.iter();
        lines.extend(scope.map(|line| look.text(line).into_owned()));
        if self.changed > 0
            && self
                .ended
                .is_none_or(|ended| ended.applied.end == End::Written)
        {
            lines.extend(self.codemods());
        }
        lines.extend(self.way_on().map(str::to_owned));
        lines.extend(self.withheld());
        lines.extend(self.refusals());
        if self.problems > 0 {
            lines.push(count(self.problems, "problem"));
        }
        lines.extend(self.types());
        lines.extend(self.target().map(|line| look.text(&line).into_owned()));
        let lines = lines.iter().map(|line| format!("{line}\n"));
        lines.collect()
    }

    fn headline(&self) -> String {
        let read = self.outcome.files_read;
        let time = format!("{:.2} s", self.elapsed.as_secs_f64());
        if let Some(headline) = &self.scope.headline {
            return format!("{headline} ({time})");
        }
        match (read, self.problems) {
            (0, 0) => return format!("No Python files found ({time})"),
            // Whether there are any is not known: a path, the settings or the threads could not be used.
            (0, _) => return format!("No files looked at ({time})"),
            _ => {}
        }
        let of = if read == 1 {
            "1 file".into()
        } else {
            format!("{read} files")
        };
        let changed = self.changed;
        let Some(Ended { applied, .. }) = self.ended.filter(|_| changed > 0) else {
            return match changed {
                0 => format!("Nothing to change in {of} ({time})"),
                _ => format!("Would change {changed} of {of} ({time})"),
            };
        };
        match applied.end {
            End::Written => format!("Changed {} of {of} ({time})", applied.written),
            End::TakenBack => {
                format!(
                    "Changed nothing of {}: see above ({time})",
                    count(changed, "file")
                )
            }
            End::Interrupted => format!("Interrupted: nothing was changed ({time})"),
            End::Unfinished => {
                format!(
                    "Changed a part of {}, and could not take that back ({time})",
                    count(changed, "file")
                )
            }
        }
    }

    /// What to do after writing.
    fn way_on(&self) -> Option<&str> {
        let ended = self.ended.filter(|_| self.changed > 0)?;
        match ended.applied.end {
            End::Written if ended.applied.written > 0 => Some(&ended.way_back),
            End::TakenBack => {
                Some("Mend that and run again, or leave such files out with --keep-going")
            }
            _ => None,
        }
    }

    /// How many changes each codemod made, most first.
    fn codemods(&self) -> Vec<String> {
        let mut counts = BTreeMap::<&str, usize>::new();
        let is_left_out = |made: &Made| {
            self.ended
                .is_some_and(|ended| ended.applied.left_out.contains(&made.path))
        };
        for step in &self.outcome.steps {
            let made = step.changes.iter().filter(|made| !is_left_out(made));
            *counts.entry(step.codemod).or_default() += made.count();
        }
        let mut counts: Vec<_> = counts.into_iter().filter(|(_, made)| *made > 0).collect();
        counts.sort_by_key(|(_, made)| std::cmp::Reverse(*made));
        let name_width = counts
            .iter()
            .map(|(name, _)| name.len())
            .max()
            .unwrap_or_default();
        let width = counts.first().map_or(0, |(_, made)| made.to_string().len());
        let line = |(name, made): &(&str, usize)| {
            let changes = if *made == 1 { "change" } else { "changes" };
            format!("  {name:name_width$}  {made:width$} {changes}")
        };
        counts.iter().map(line).collect()
    }

    fn withheld(&self) -> Vec<String> {
        let of = |safety| {
            let withheld = self.outcome.withheld.iter();
            withheld.filter(|made| made.safety == safety).count()
        };
        let mut lines = Vec::new();
        match of(Safety::Unsafe) {
            0 => {}
            n => lines.push(format!(
                "{} withheld, add --unsafe-fixes",
                count(n, "unsafe change")
            )),
        }
        match of(Safety::Display) {
            0 => {}
            n => lines.push(format!(
                "{} to make by hand, see --verbose",
                count(n, "change")
            )),
        }
        lines
    }

    fn refusals(&self) -> Option<String> {
        let mut text = match self.outcome.refusals.len() {
            0 => return None,
            n => format!("{} left alone", count(n, "place")),
        };
        if !self.refusals_shown {
            let _ = write!(text, ", see why with --explain-refusals");
        }
        Some(text)
    }

    /// In how many files types were inferred, and whether third-party code could be read for that.
    fn types(&self) -> Option<String> {
        let typed = self.outcome.files_typed;
        if typed == 0 {
            return None;
        }
        let of = format!(
            "Types: {typed} of {} looked at",
            count(self.outcome.files_read, "file")
        );
        Some(match self.outcome.has_environment {
            true => of,
            false => {
                format!("{of}, third-party code unknown: no virtual environment, see --python")
            }
        })
    }

    /// The target Python of most files.
    fn target(&self) -> Option<String> {
        let targets = &self.outcome.targets;
        let (first, _) = targets.iter().rev().max_by_key(|(_, files)| *files)?;
        Some(match targets.len() - 1 {
            0 => format!("Target: {first}"),
            more => format!("Target: {first} and {more} more"),
        })
    }
}

/// `1 problem`, `2 problems`.
pub fn count(n: usize, thing: &str) -> String {
    match n {
        1 => format!("1 {thing}"),
        n => format!("{n} {thing}s"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use codemend_engine::change::{Refusal, Safety};
    use codemend_engine::patch::{Made, Outcome, Step};
    use codemend_engine::problem::{LineColumn, Problem};
    use codemend_engine::target::{PythonVersion, TargetPython};

    use codemend_engine::transaction::{Applied, End};

    use super::super::apply::UNDO;
    use super::{Ended, Look, Summary, Told};

    const AT: LineColumn = LineColumn { line: 1, column: 1 };

    fn made(safety: Safety) -> Made {
        Made {
            path: "/a.py".into(),
            at: AT,
            codemod: "mend-it",
            title: "mend".into(),
            safety,
            why: None,
            end: AT,
            fingerprint: String::new(),
        }
    }

    fn step(codemod: &'static str, changes: usize) -> Step {
        let changes = vec![made(Safety::Safe); changes];
        Step {
            codemod,
            files: Vec::new(),
            changes,
        }
    }

    fn ended(end: End, written: usize) -> Ended {
        let applied = Applied {
            end,
            written,
            left_out: std::collections::BTreeSet::new(),
            run: None,
            problems: Vec::new(),
        };
        Ended {
            applied,
            signal: None,
            way_back: UNDO.to_owned(),
        }
    }

    fn text(outcome: &Outcome, changed: usize, ended: Option<&Ended>) -> String {
        let summary = Summary {
            outcome,
            scope: &Told::default(),
            changed,
            ended,
            problems: outcome.problems.len(),
            refusals_shown: false,
            elapsed: Duration::from_millis(320),
        };
        summary.text(Look::Raw)
    }

    #[test]
    fn says_what_changed_and_what_did_not() {
        let target = |version| TargetPython {
            version,
            source: "pyproject.toml".into(),
        };
        let refusal = Refusal {
            codemod: "x",
            path: "/a.py".into(),
            at: AT,
            reason: "odd".into(),
        };
        let outcome = Outcome {
            steps: vec![step("short", 1), step("much-longer", 12), step("idle", 0)],
            withheld: vec![
                made(Safety::Unsafe),
                made(Safety::Unsafe),
                made(Safety::Display),
            ],
            refusals: vec![refusal],
            files_read: 120,
            targets: vec![
                (target(PythonVersion::PY310), 90),
                (target(PythonVersion::PY39), 30),
            ],
            ..Outcome::default()
        };
        assert_eq!(
            text(&outcome, 3, None),
            "Would change 3 of 120 files (0.32 s)\n\
             \x20 much-longer  12 changes\n\
             \x20 short         1 change\n\
             2 unsafe changes withheld, add --unsafe-fixes\n\
             1 change to make by hand, see --verbose\n\
             1 place left alone, see why with --explain-refusals\n\
             Target: Python 3.10 (pyproject.toml) and 1 more\n"
        );
        for (ended, first, way_on) in [
            (
                ended(End::Written, 2),
                "Changed 2 of 120 files (0.32 s)\n",
                "codemend undo",
            ),
            (
                ended(End::TakenBack, 0),
                "Changed nothing of 3 files",
                "--keep-going",
            ),
            (
                ended(End::Interrupted, 0),
                "Interrupted: nothing was changed",
                "",
            ),
        ] {
            let text = text(&outcome, 3, Some(&ended));
            assert!(text.starts_with(first) && text.contains(way_on), "{text}");
        }
    }

    #[test]
    fn is_short_when_there_is_nothing_to_say() {
        let mut outcome = Outcome::default();
        assert_eq!(text(&outcome, 0, None), "No Python files found (0.32 s)\n");
        outcome
            .problems
            .push(Problem::new("codemend.toml", "is wrong"));
        assert_eq!(
            text(&outcome, 0, None),
            "No files looked at (0.32 s)\n1 problem\n"
        );
        outcome.problems.clear();
        outcome.files_read = 1;
        assert_eq!(
            text(&outcome, 0, Some(&ended(End::Written, 0))),
            "Nothing to change in 1 file (0.32 s)\n"
        );
    }
}
