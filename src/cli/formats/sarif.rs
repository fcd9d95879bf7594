//! `--format sarif`: SARIF 2.1.0, for code scanning and viewers, with fixes.
//!
//! Regions count lines and characters (code points) as all of codemend does, and the log says so. A byte order mark
//! counts as none. What GitHub's code scanning insists on is there; it takes 10 MB of gzip a file and shows 5000
//! results, so the results that matter most come first.

use codemend_engine::about::About;
use codemend_engine::change::Safety as Trust;
use serde::Serialize;
use serde_json::{Value, json};

use super::Ran;
use super::model::{Change, Document, Edit, Offset, Position, Problem, Report, Safety, Status};
use super::names::uri;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The name of the directory that relative addresses start at.
const BASE: &str = "SRCROOT";

/// The rule of what belongs to no codemod.
const OWN_RULE: &str = "codemend";

#[derive(Debug, Serialize)]
pub struct Log<'d> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'d>; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'d> {
    tool: Value,
    invocations: [Value; 1],
    original_uri_base_ids: Value,
    column_kind: &'static str,
    newline_sequences: [&'static str; 3],
    results: Vec<Finding<'d>>,
}

/// A `result`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'d> {
    rule_id: &'d str,
    rule_index: usize,
    level: Level,
    message: Message<String>,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    partial_fingerprints: Option<Fingerprints<'d>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Fix<'d>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Note,
    Warning,
}

#[derive(Debug, Serialize)]
struct Message<T> {
    text: T,
}

#[derive(Debug, Serialize)]
struct Fingerprints<'d> {
    #[serde(rename = "codemend/v1")]
    codemend: &'d str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Physical,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

/// The end column is the one behind the last character.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Fix<'d> {
    description: Message<&'d str>,
    artifact_changes: Vec<Changed<'d>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Changed<'d> {
    artifact_location: Artifact,
    replacements: Vec<Replacement<'d>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'d> {
    deleted_region: Region,
    inserted_content: Message<&'d str>,
}

/// `document`, the one of `ran`, as a log with one run.
pub fn log<'d>(ran: &'d Ran<'_>, document: &'d Document<'_>) -> Log<'d> {
    let rules: Vec<About> = ran.catalogue.iter().map(|one| one.about()).collect();
    let is_new = ran.arguments.scope.baseline.is_some();
    let results = Results {
        rules: &rules,
        baseline_state: is_new.then_some("new"),
    };
    let run = Run {
        tool: tool(&rules, document.codemend),
        invocations: [invocation(document)],
        original_uri_base_ids: json!({ BASE: { "uri": base(&document.run.root) } }),
        column_kind: "unicodeCodePoints",
        newline_sequences: ["\r\n", "\n", "\r"],
        results: results.of(document),
    };
    Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [run],
    }
}

/// `root` as an address, with the slash at its end.
fn base(root: &str) -> String {
    format!("{}/", uri(root).trim_end_matches('/'))
}

fn tool(rules: &[About], version: &str) -> Value {
    let mut rules: Vec<Value> = rules.iter().map(rule).collect();
    let words = "What codemend says of a file, whatever the codemod";
    rules.push(json!({
        "id": OWN_RULE,
        "shortDescription": { "text": words },
        "fullDescription": { "text": words },
        "help": { "text": words },
        "defaultConfiguration": { "level": Level::Warning },
    }));
    json!({ "driver": {
        "name": "codemend",
        "version": version,
        "semanticVersion": version,
        "rules": rules,
    }})
}

fn rule(about: &About) -> Value {
    let page = about.page.split("\n## Options\n").next();
    let page = page.and_then(|page| page.split("\n## Cases\n").next());
    let page = page.unwrap_or(about.summary).trim_end();
    json!({
        "id": about.name,
        "shortDescription": { "text": about.summary },
        "fullDescription": { "text": about.summary },
        "help": { "text": about.summary, "markdown": page },
        "defaultConfiguration": { "level": match about.ceiling {
            Trust::Safe => Level::Warning,
            Trust::Unsafe | Trust::Display => Level::Note,
        }},
        "properties": { "tags": ["codemod"] },
    })
}

/// How the program ran. What it could not use is no result: it is about the run.
fn invocation(document: &Document<'_>) -> Value {
    let trouble = document.faults.iter().chain(&document.problems);
    let notifications: Vec<Value> = trouble.map(notification).collect();
    json!({
        "executionSuccessful": notifications.is_empty(),
        "exitCode": document.summary.exit.code,
        "toolExecutionNotifications": notifications,
    })
}

fn notification(problem: &Problem<'_>) -> Value {
    let text = match problem.help {
        Some(help) => format!("{} ({help})", problem.message),
        None => problem.message.to_owned(),
    };
    json!({
        "level": "error",
        "message": Message { text },
        "locations": [location(problem.path, problem.at.map(point))],
    })
}

/// What all results of a log have in common.
struct Results<'r> {
    rules: &'r [About],
    baseline_state: Option<&'static str>,
}

impl Results<'_> {
    /// Reports, then the changes that the run makes, the safe ones first.
    fn of<'d>(&self, document: &'d Document<'_>) -> Vec<Finding<'d>> {
        let reports = document.reports.iter().map(|one| self.report(one));
        let made = document.changes.iter();
        let made = made.filter(|change| change.status != Status::Withheld);
        let (safe, other): (Vec<_>, Vec<_>) = made.partition(|one| one.safety == Safety::Safe);
        let changes = safe.into_iter().chain(other);
        reports.chain(changes.map(|one| self.change(one))).collect()
    }

    fn report<'d>(&self, report: &'d Report<'_>) -> Finding<'d> {
        let (rule_id, rule_index) = self.rule(report.codemod);
        Finding {
            rule_id,
            rule_index,
            level: Level::Warning,
            message: Message {
                text: report.message.to_owned(),
            },
            locations: [location(report.path, Some(point(report.at)))],
            partial_fingerprints: None,
            fixes: Vec::new(),
            baseline_state: self.baseline_state,
        }
    }

    fn change<'d>(&self, change: &'d Change<'_>) -> Finding<'d> {
        let (rule_id, rule_index) = self.rule(change.codemod);
        let region = region(change.start, change.end);
        let fix = (!change.edits.is_empty()).then(|| fix(change));
        Finding {
            rule_id,
            rule_index,
            level: match change.safety {
                Safety::Safe => Level::Warning,
                Safety::Unsafe | Safety::Display => Level::Note,
            },
            message: Message {
                text: change.told(),
            },
            locations: [location(change.path, Some(region))],
            partial_fingerprints: Some(Fingerprints {
                codemend: change.fingerprint,
            }),
            fixes: fix.into_iter().collect(),
            baseline_state: self.baseline_state,
        }
    }

    /// The rule of `codemod` and its index; what is no codemod belongs to the last rule.
    fn rule<'d>(&self, codemod: &'d str) -> (&'d str, usize) {
        let index = self.rules.iter().position(|rule| rule.name == codemod);
        match index {
            Some(index) => (codemod, index),
            None => (OWN_RULE, self.rules.len()),
        }
    }
}

fn fix<'d>(change: &'d Change<'_>) -> Fix<'d> {
    let files = change.edits.chunk_by(|one, other| one.path == other.path);
    let changed = files.map(|edits| Changed {
        artifact_location: artifact(edits[0].path),
        replacements: edits.iter().map(replacement).collect(),
    });
    Fix {
        description: Message { text: change.title },
        artifact_changes: changed.collect(),
    }
}

fn replacement<'d>(edit: &'d Edit<'_>) -> Replacement<'d> {
    Replacement {
        deleted_region: region(place(edit.start), place(edit.end)),
        inserted_content: Message {
            text: edit.replacement,
        },
    }
}

fn place(at: Offset) -> Position {
    Position {
        line: at.line,
        column: at.column,
    }
}

fn location(path: &str, region: Option<Region>) -> Location {
    Location {
        physical_location: Physical {
            artifact_location: artifact(path),
            region,
        },
    }
}

fn artifact(path: &str) -> Artifact {
    Artifact {
        uri: uri(path),
        uri_base_id: (!path.starts_with('/')).then_some(BASE),
    }
}

fn region(start: Position, end: Position) -> Region {
    Region {
        end_line: Some(end.line),
        end_column: Some(end.column),
        ..point(start)
    }
}

fn point(at: Position) -> Region {
    Region {
        start_line: at.line,
        start_column: at.column,
        end_line: None,
        end_column: None,
    }
}
