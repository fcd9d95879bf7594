//! Lines about single places: reports, problems, refusals, and with `--verbose` each change.
//!
//! All have the shape `path:line:column: message [codemod]` that editors turn into links.

use camino::Utf8Path;
use codemend_engine::change::{Report, Safety};
use codemend_engine::patch::{Made, Outcome};
use codemend_engine::problem::{LineColumn, Problem};

use super::arguments::{Format, MendArguments};
use super::formats::is_for_programs;
use super::paths::relative;
use super::refusals::{self, Extent};
use super::terminal::{BOLD, CYAN, DIM, Look, RED, YELLOW};

/// Turns what a run found into lines, for the stream that `look` describes.
#[derive(Debug, Clone, Copy)]
pub struct Notices<'a> {
    pub cwd: &'a Utf8Path,
    pub look: Look,
}

impl Notices<'_> {
    /// All that `arguments` ask for: changes, refusals, and always the reports and the problems. Beside a report for
    /// programs the problems only.
    pub fn wanted(&self, arguments: &MendArguments, outcome: &Outcome) -> String {
        match arguments.handover.format {
            // A command to GitHub counts on both streams: what comes from a repository stays on the one that is guarded.
            Format::Github => return String::new(),
            // All of it stands in the report. An exit code without a reason would help nobody.
            format if is_for_programs(format) => return self.problems(&outcome.problems),
            _ => {}
        }
        let mut text = String::new();
        if arguments.verbose {
            text.push_str(&self.changes(outcome));
        }
        if arguments.explain_refusals {
            let extent = match arguments.verbose {
                true => Extent::All,
                false => Extent::First,
            };
            text.push_str(&refusals::text(self, &outcome.refusals, extent));
        }
        text.push_str(&self.reports(&outcome.reports));
        text.push_str(&self.problems(&outcome.problems));
        text
    }

    /// Each change that was made, in the order of the run, and then each that was withheld.
    fn changes(&self, outcome: &Outcome) -> String {
        let made = outcome.steps.iter().flat_map(|step| &step.changes);
        let made = made.map(|made| self.change("", made));
        let withheld = outcome.withheld.iter();
        made.chain(withheld.map(|made| self.change("withheld: ", made)))
            .collect()
    }

    fn change(&self, label: &str, made: &Made) -> String {
        let place = self.place(&made.path, Some(made.at));
        let safety = match made.safety {
            Safety::Safe => return self.line(&place, label, &made.title, made.codemod, ""),
            Safety::Unsafe => "unsafe",
            Safety::Display => "never applied",
        };
        let why = match &made.why {
            Some(why) => format!(" ({safety}: {why})"),
            None => format!(" ({safety})"),
        };
        self.line(&place, label, &made.title, made.codemod, &why)
    }

    fn reports(&self, reports: &[Report]) -> String {
        let lines = reports.iter().map(|report| {
            let place = self.place(&report.path, Some(report.at));
            self.line(&place, "", &report.message, report.codemod, "")
        });
        lines.collect()
    }

    /// A line for each of `problems`.
    pub fn problems(&self, problems: &[Problem]) -> String {
        let lines = problems.iter().map(|problem| {
            let label = self.look.paint(RED.bold(), "error:");
            let place = self.place(&problem.path, problem.at);
            let message = self.look.text(&problem.message);
            match &problem.help {
                Some(help) => {
                    let help_label = self.look.paint(CYAN, "help:");
                    let help = self.look.text(help);
                    format!("{label} {place} {message}\n  {help_label} {help}\n")
                }
                None => format!("{label} {place} {message}\n"),
            }
        });
        lines.collect()
    }

    /// `place`, which is painted already, and what is said of it: `label` stands before `message`, `end` behind the
    /// codemod.
    pub fn line(
        &self,
        place: &str,
        label: &str,
        message: &str,
        codemod: &str,
        end: &str,
    ) -> String {
        let label = match label {
            "" => String::new(),
            label => self.look.paint(YELLOW, label),
        };
        let codemod = self.look.paint(DIM, &format!("[{codemod}]"));
        let (message, end) = (self.look.text(message), self.look.text(end));
        format!("{place} {label}{message} {codemod}{end}\n")
    }

    /// `path:line:column:`, or `path:`; the path as seen from the current directory.
    pub fn place(&self, path: &Utf8Path, at: Option<LineColumn>) -> String {
        let path = self.look.paint(BOLD, relative(path, self.cwd).as_str());
        match at {
            Some(LineColumn { line, column }) => format!("{path}:{line}:{column}:"),
            None => format!("{path}:"),
        }
    }
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;
    use codemend_engine::change::{Report, Safety};
    use codemend_engine::patch::{Made, Outcome, Step};
    use codemend_engine::problem::{LineColumn, Problem};

    use super::{Look, Notices};

    const AT: LineColumn = LineColumn { line: 3, column: 5 };

    fn notices(look: Look) -> Notices<'static> {
        Notices {
            cwd: Utf8Path::new("/repo/app"),
            look,
        }
    }

    #[test]
    fn a_report_is_one_line() {
        let report = Report {
            codemod: "mend-it",
            path: "/repo/lib/e\u{1b}.py".into(),
            at: AT,
            message: "look here".into(),
            fingerprint: String::new(),
        };
        let reports = std::slice::from_ref(&report);
        let raw = notices(Look::Raw).reports(reports);
        assert_eq!(raw, "../lib/e\u{1b}.py:3:5: look here [mend-it]\n");
        let visible = notices(Look::Visible).reports(reports);
        assert_eq!(visible, "../lib/e\\x1b.py:3:5: look here [mend-it]\n");
    }

    #[test]
    fn a_problem_has_a_place_and_a_way_out() {
        let problems = [
            Problem::new("/repo/app/a.py", "does not parse")
                .at(AT)
                .help("mend it first"),
            Problem::new("gone.py", "no such file or directory"),
        ];
        assert_eq!(
            notices(Look::Raw).problems(&problems),
            "error: a.py:3:5: does not parse\n  help: mend it first\n\
             error: gone.py: no such file or directory\n"
        );
    }

    #[test]
    fn changes_say_why_they_are_unsafe() {
        let made = |safety, why: Option<&str>| Made {
            path: "/repo/app/a.py".into(),
            at: AT,
            codemod: "mend-it",
            title: "use `X`".into(),
            safety,
            why: why.map(Into::into),
            end: AT,
            fingerprint: String::new(),
        };
        let step = Step {
            codemod: "mend-it",
            files: Vec::new(),
            changes: vec![
                made(Safety::Safe, None),
                made(Safety::Unsafe, Some("it may")),
            ],
        };
        let outcome = Outcome {
            steps: vec![step],
            withheld: vec![made(Safety::Display, None)],
            ..Outcome::default()
        };
        assert_eq!(
            notices(Look::Raw).changes(&outcome),
            "a.py:3:5: use `X` [mend-it]\n\
             a.py:3:5: use `X` [mend-it] (unsafe: it may)\n\
             a.py:3:5: withheld: use `X` [mend-it] (never applied)\n"
        );
    }
}
