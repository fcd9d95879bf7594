//! `--format github`: annotations of GitHub Actions, and the diff in the log.
//!
//! GitHub reads commands wherever they stand in what a step says, also in the lines of a diff. So what comes from a
//! repository is escaped, or stands where commands are switched off until a word comes that nothing in it can hold.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::super::preview;
use super::super::summary::count;
use super::super::terminal::{Terminal, visible};
use super::Ran;
use super::model::{Change, Document, Position, Problem, Report, Status};

/// Annotations of one kind that GitHub shows of a step.
const SHOWN: usize = 10;

/// One command: `::level properties::message`.
struct Annotation<'d> {
    level: &'static str,
    title: &'d str,
    path: &'d str,
    start: Option<Position>,
    end: Option<Position>,
    message: String,
}

/// Annotations for what `document` says, the ones that matter most first, and `diff` folded away.
pub fn write(out: &mut dyn Write, document: &Document<'_>, diff: &str) -> io::Result<()> {
    let annotations = annotations(document);
    for annotation in &annotations {
        writeln!(out, "{}", annotation.command())?;
    }
    let closing = closing(document, &annotations);
    writeln!(out, "::notice title=codemend::{}", message(&closing))?;
    if diff.is_empty() {
        return Ok(());
    }
    // Who writes the sources cannot know the hash of a text that holds what they write.
    let word = blake3::hash(diff.as_bytes()).to_hex();
    let files = count(document.summary.files_changed, "file");
    writeln!(out, "::group::codemend: the diff of {files}")?;
    writeln!(out, "::stop-commands::{word}\n{diff}\n::{word}::")?;
    writeln!(out, "::endgroup::")
}

/// The diff as people see it.
pub fn diff(ran: &Ran<'_>, terminal: &Terminal) -> String {
    preview::text(ran.rooted, terminal.out)
}

fn annotations<'d>(document: &'d Document<'_>) -> Vec<Annotation<'d>> {
    let faults = document
        .faults
        .iter()
        .map(|one| problem(one, "codemend: fault"));
    let problems = document.problems.iter();
    let problems = problems.map(|one| problem(one, "codemend"));
    let reports = document.reports.iter().map(report);
    let made = document.changes.iter();
    let made = made.filter(|change| change.status != Status::Withheld);
    let all = faults.chain(problems).chain(reports);
    all.chain(made.map(change)).collect()
}

fn problem<'d>(problem: &'d Problem<'_>, title: &'d str) -> Annotation<'d> {
    Annotation {
        level: "error",
        title,
        path: problem.path,
        start: problem.at,
        end: None,
        message: match problem.help {
            Some(help) => format!("{} ({help})", problem.message),
            None => problem.message.to_owned(),
        },
    }
}

fn report<'d>(report: &'d Report<'_>) -> Annotation<'d> {
    Annotation {
        level: "warning",
        title: report.codemod,
        path: report.path,
        start: Some(report.at),
        end: None,
        message: report.message.to_owned(),
    }
}

fn change<'d>(change: &'d Change<'_>) -> Annotation<'d> {
    let line = change.last_line();
    let column = match line == change.end.line {
        true => change.end.column,
        false => change.start.column,
    };
    Annotation {
        level: "warning",
        title: change.codemod,
        path: change.path,
        start: Some(change.start),
        end: Some(Position { line, column }),
        message: change.told(),
    }
}

impl Annotation<'_> {
    fn command(&self) -> String {
        let mut text = format!("::{} file={}", self.level, property(self.path));
        if let Some(start) = self.start {
            let _ = write!(text, ",line={}", start.line);
            if let Some(end) = self.end {
                let _ = write!(text, ",endLine={}", end.line);
            }
            // GitHub knows columns of places on one line only.
            match self.end {
                Some(end) if end.line > start.line => {}
                Some(end) => {
                    let _ = write!(text, ",col={},endColumn={}", start.column, end.column);
                }
                None => {
                    let _ = write!(text, ",col={}", start.column);
                }
            }
        }
        let (title, message) = (property(self.title), message(&self.message));
        let _ = write!(text, ",title={title}::{message}");
        text
    }
}

/// What the run comes to, and how many annotations GitHub leaves out.
fn closing(document: &Document<'_>, annotations: &[Annotation<'_>]) -> String {
    let summary = &document.summary;
    let (changes, files) = (
        count(summary.changes, "change"),
        count(summary.files_changed, "file"),
    );
    let mut parts = vec![match (&summary.applied, summary.changes) {
        (_, 0) => "Nothing to change".to_owned(),
        (None, _) => format!("Would make {changes} in {files}"),
        (Some(applied), _) => format!("{changes}; {} written", count(applied.files, "file")),
    }];
    for (n, thing) in [
        (summary.reports, "report"),
        (summary.problems + summary.faults, "problem"),
        (summary.withheld, "change withheld"),
        (summary.refusals, "place left alone"),
    ] {
        match n {
            0 => {}
            n => parts.push(many(n, thing)),
        }
    }
    let unseen = |level| {
        let of_level = annotations.iter().filter(|one| one.level == level);
        of_level.count().saturating_sub(SHOWN)
    };
    match unseen("error") + unseen("warning") {
        0 => {}
        n => parts.push(format!("{n} more in the log of this step")),
    }
    parts.join(", ")
}

/// `1 place left alone`, `2 places left alone`.
fn many(n: usize, thing: &str) -> String {
    match thing.split_once(' ') {
        Some((noun, rest)) => format!("{} {rest}", count(n, noun)),
        None => count(n, thing),
    }
}

/// `text` as the message of a command.
fn message(text: &str) -> String {
    let text = visible(text).replace('%', "%25");
    text.replace('\r', "%0D").replace('\n', "%0A")
}

/// `text` as the value of a property.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{Annotation, Position, property};

    fn annotation(path: &str, end: Option<Position>) -> String {
        let annotation = Annotation {
            level: "warning",
            title: "mend-it",
            path,
            start: Some(Position { line: 2, column: 5 }),
            end,
            message: "use `a: b`, 100%".into(),
        };
        annotation.command()
    }

    #[test]
    fn a_place_has_columns_on_one_line_only() {
        let at = |line, column| Some(Position { line, column });
        assert_eq!(
            annotation("a.py", at(2, 9)),
            "::warning file=a.py,line=2,endLine=2,col=5,endColumn=9,title=mend-it::use `a: b`, 100%25"
        );
        assert_eq!(
            annotation("a.py", at(3, 1)),
            "::warning file=a.py,line=2,endLine=3,title=mend-it::use `a: b`, 100%25"
        );
        assert_eq!(
            annotation("a.py", None),
            "::warning file=a.py,line=2,col=5,title=mend-it::use `a: b`, 100%25"
        );
    }

    #[test]
    fn nothing_in_a_name_ends_it() {
        let nasty = "a,line=9::set-env name=X::\n::stop-commands::x\r%0A\u{1b}.py";
        let shown =
            "a%2Cline=9%3A%3Aset-env name=X%3A%3A\\x0a%3A%3Astop-commands%3A%3Ax\\x0d%250A\\x1b.py";
        assert_eq!(property(nasty), shown);
    }
}
