//! `--format gitlab`: a Code Quality report, for the `codequality` artifact of a job.
//!
//! GitLab tells what is new in a merge request by fingerprints, and takes each of them once.

use std::collections::BTreeMap;

use serde::Serialize;

use super::model::{Change, Document, Problem, Report, Safety, Status};

#[derive(Debug, Serialize)]
pub struct Issue<'d> {
    description: String,
    check_name: &'d str,
    fingerprint: String,
    severity: Severity,
    location: Location<'d>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Severity {
    Info,
    Minor,
    Major,
    Critical,
}

#[derive(Debug, Serialize)]
struct Location<'d> {
    path: &'d str,
    lines: Lines,
}

/// From 1.
#[derive(Debug, Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// What `document` has to say about the code: problems, reports, and the changes that the run makes.
pub fn issues<'d>(document: &'d Document<'_>) -> Vec<Issue<'d>> {
    let mut fingerprints = Fingerprints::default();
    let faults = document.faults.iter();
    let faults = faults.map(|fault| problem(fault, "fault", Severity::Critical));
    let problems = document.problems.iter();
    let problems = problems.map(|one| problem(one, "problem", Severity::Major));
    let reports = document.reports.iter().map(report);
    let made = document.changes.iter();
    let made = made.filter(|change| change.status != Status::Withheld);
    let issues = faults.chain(problems).chain(reports);
    let mut issues: Vec<_> = issues.chain(made.map(change)).collect();
    for issue in &mut issues {
        issue.fingerprint = fingerprints.next(&issue.fingerprint);
    }
    issues
}

fn problem<'d>(problem: &'d Problem<'_>, name: &'static str, severity: Severity) -> Issue<'d> {
    let description = match problem.help {
        Some(help) => format!("{} ({help})", problem.message),
        None => problem.message.to_owned(),
    };
    let line = problem.at.map_or(1, |at| at.line);
    Issue {
        fingerprint: hash(&[name, problem.path, problem.message]),
        description,
        check_name: name,
        severity,
        location: location(problem.path, line, line),
    }
}

fn report<'d>(report: &'d Report<'_>) -> Issue<'d> {
    Issue {
        description: report.message.to_owned(),
        check_name: report.codemod,
        fingerprint: hash(&["report", report.codemod, report.path, report.message]),
        severity: Severity::Minor,
        location: location(report.path, report.at.line, report.at.line),
    }
}

fn change<'d>(change: &'d Change<'_>) -> Issue<'d> {
    Issue {
        description: change.told(),
        check_name: change.codemod,
        fingerprint: change.fingerprint.to_owned(),
        severity: match change.safety {
            Safety::Safe => Severity::Minor,
            Safety::Unsafe | Safety::Display => Severity::Info,
        },
        location: location(change.path, change.start.line, change.last_line()),
    }
}

fn location(path: &str, begin: usize, end: usize) -> Location<'_> {
    Location {
        path,
        lines: Lines { begin, end },
    }
}

/// Of words that stay the same when lines come or go.
fn hash(words: &[&str]) -> String {
    let hash = blake3::hash(words.join("\0").as_bytes()).to_hex();
    hash[..32].to_owned()
}

/// Gives each fingerprint once: the second of two equal ones is another, and the same in every run.
#[derive(Debug, Default)]
struct Fingerprints {
    seen: BTreeMap<String, usize>,
}

impl Fingerprints {
    fn next(&mut self, fingerprint: &str) -> String {
        let number = self.seen.entry(fingerprint.to_owned()).or_default();
        *number += 1;
        match number {
            1 => fingerprint.to_owned(),
            number => hash(&[fingerprint, &number.to_string()]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fingerprints, hash};

    #[test]
    fn no_fingerprint_comes_twice() {
        let mut fingerprints = Fingerprints::default();
        let one = hash(&["a", "b"]);
        let got = [&one, &one, &one].map(|text| fingerprints.next(text));
        assert_eq!(got[0], one);
        assert!(got[1] != got[0] && got[2] != got[1] && got[2] != got[0]);
        assert_ne!(hash(&["ab", ""]), hash(&["a", "b"]));
    }
}
