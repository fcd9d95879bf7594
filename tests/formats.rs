//! `--format`: what programs read. Documents hold to their schemas, edits do what `--apply` does, and nothing in a
//! repository can speak in the name of codemend.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;
#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "tools/mod.rs"]
mod tools;

#[path = "formats/annotations.rs"]
mod annotations;
#[path = "formats/desk.rs"]
mod desk;
#[path = "formats/page.rs"]
mod page;
#[path = "formats/projects.rs"]
mod projects;

use std::path::Path;

use desk::Desk;
use outside::{Project, Said, tree};
use projects::{motley, odd};
use serde_json::Value;

const MACHINE: [&str; 5] = ["json", "jsonl", "sarif", "github", "gitlab"];

/// What codemend prints for `format`; it must not fail.
fn printed(project: &Project, format: &str, options: &[&str]) -> Said {
    let said = project.codemend(&[&["--format", format], options].concat());
    assert!(said.code.is_some_and(|code| code < 2), "{}", said.err);
    said
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

fn items<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().expect("a list")
}

#[test]
fn json_holds_to_its_schema() {
    let Some(desk) = Desk::new() else { return };
    let schema = Project::of::<&str>(&[]).codemend(&["schema", "report"]);
    assert_eq!((schema.code, schema.err.as_str()), (Some(0), ""));
    let schema = desk.put("schema.json", &schema.out);
    let (example, odd, motley) = (Project::example(), odd(), motley());
    let empty = Project::of::<&str>(&[]);
    let wrong = Project::of(&[
        ("app/codemend.toml", "select = [\"x\"]\n"),
        ("app/a.py", ""),
    ]);
    let (mut documents, mut lines) = (vec![schema.clone()], vec![schema]);
    for project in [&example, &odd, &motley, &empty, &wrong] {
        for options in [
            &[][..],
            &["--unsafe-fixes", "--check", "--verify"],
            &["--apply"],
        ] {
            let told = |format| project.codemend(&[&["--format", format], options].concat());
            let number = documents.len();
            let document = told("json").out;
            documents.push(desk.put(&format!("{number}.json"), &document));
            lines.push(desk.put(&format!("{number}.jsonl"), &told("jsonl").out));
        }
    }
    desk.insist(
        "report",
        &documents.iter().map(|path| &**path).collect::<Vec<_>>(),
    );
    desk.insist(
        "lines",
        &lines.iter().map(|path| &**path).collect::<Vec<_>>(),
    );
}

#[test]
fn edits_of_all_changes_are_what_apply_writes() {
    let Some(desk) = Desk::new() else { return };
    for make in [odd, Project::example, motley] {
        for options in [&[][..], &["--unsafe-fixes"]] {
            let (by_hand, applied) = (make(), make());
            let json = by_hand
                .codemend(&[&["--format", "json"], options].concat())
                .out;
            assert!(!items(&parsed(&json), "files").is_empty());
            desk.insist("apply_all", &[&desk.put("a.json", &json), by_hand.root()]);
            applied.codemend(&[&["--apply", "--quiet"], options].concat());
            let faults = tree::difference(&applied.tree(), &by_hand.tree());
            assert!(faults.is_empty(), "{faults}");
        }
    }
}

/// Each change alone, with all that it needs, is gone from the next run, and the others are still there.
#[test]
fn edits_of_one_change_make_just_that() {
    let Some(desk) = Desk::new() else { return };
    let json = printed(&odd(), "json", &[]).out;
    let report = desk.put("a.json", &json);
    let changes = items(&parsed(&json), "changes").to_vec();
    assert!(changes.len() > 10, "{json}");
    let is_of_a_ring = |one: &&Value| one["same_as"].is_u64();
    assert_eq!(changes.iter().filter(is_of_a_ring).count(), 9);
    for id in 0..changes.len() {
        let project = odd();
        let number = id.to_string();
        let arguments = [&*report, project.root(), Path::new(&number)];
        let taken: usize = desk
            .insist("apply_one", &arguments)
            .trim()
            .parse()
            .expect("a number");
        let left = parsed(&printed(&project, "json", &[]).out);
        let left = items(&left, "changes").len();
        assert_eq!(left + taken, changes.len(), "{}", changes[id]);
    }
}

#[test]
fn sarif_holds_to_its_schema_and_its_fixes_are_the_changes() {
    let Some(desk) = Desk::new() else { return };
    let schema = desk.sarif_schema();
    for project in [odd(), Project::example(), motley()] {
        for options in [&[][..], &["--unsafe-fixes"]] {
            let told = |format| {
                project
                    .codemend(&[&["--format", format], options].concat())
                    .out
            };
            let log = desk.put("a.sarif", &told("sarif"));
            desk.insist("sarif", &[&schema, &log, project.root()]);
            let report = desk.put("a.json", &told("json"));
            desk.insist("fixes", &[&report, &log, project.root()]);
        }
    }
    let empty = Project::of::<&str>(&[]);
    let log = desk.put("a.sarif", &printed(&empty, "sarif", &[]).out);
    desk.insist("sarif", &[&schema, &log, empty.root()]);
}

#[test]
fn behind_a_baseline_all_is_new() {
    let old = "from typing import Optional\n\nx: Optional[str] = None\n";
    let project = Project::of(&[("a.py", old)]);
    project.codemend(&["--write-baseline", "baseline.json"]);
    project.write("a.py", format!("{old}y: Optional[int] = None\n"));
    let told = |options: &[&str]| {
        let log = parsed(&printed(&project, "sarif", options).out);
        items(&log["runs"][0], "results").to_vec()
    };
    let results = told(&["--baseline", "baseline.json"]);
    assert_eq!(results.len(), 1, "{results:?}");
    assert_eq!(results[0]["baselineState"], "new");
    let results = told(&[]);
    assert_eq!(results.len(), 2);
    assert!(results.iter().all(|one| one["baselineState"].is_null()));
}

#[test]
fn problems_are_notifications_and_unsafe_changes_are_notes() {
    let project = motley();
    let log = parsed(
        &project
            .codemend(&["--format", "sarif", "--unsafe-fixes"])
            .out,
    );
    let run = &log["runs"][0];
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["exitCode"], 2);
    assert_eq!(invocation["executionSuccessful"], false);
    let told = items(invocation, "toolExecutionNotifications");
    assert_eq!(told.len(), 2, "{told:?}");
    let levels: Vec<_> = items(run, "results")
        .iter()
        .map(|one| &one["level"])
        .collect();
    assert!(levels.contains(&&Value::from("note")) && levels.contains(&&Value::from("warning")));
}

#[test]
fn issues_of_gitlab_are_told_apart() {
    let twice = Project::of(&[(
        "a.py",
        "from typing import Optional\n\nx: Optional[int] = None\nx: Optional[int] = None\n",
    )]);
    for project in [motley(), Project::example(), odd(), twice] {
        let issues = parsed(
            &project
                .codemend(&["--format", "gitlab", "--unsafe-fixes"])
                .out,
        );
        let issues = issues.as_array().expect("a list");
        assert!(!issues.is_empty());
        let mut seen = std::collections::BTreeSet::new();
        for issue in issues {
            assert!(
                seen.insert(issue["fingerprint"].as_str().expect("a text")),
                "{issue}"
            );
            let path = issue["location"]["path"].as_str().expect("a path");
            assert!(project.root().join(path).is_file(), "{path}");
            assert!(
                issue["location"]["lines"]["begin"].as_u64() > Some(0),
                "{issue}"
            );
            let severity = issue["severity"].as_str().expect("a word");
            assert!(
                ["info", "minor", "major", "critical"].contains(&severity),
                "{issue}"
            );
            assert!(issue["description"].is_string() && issue["check_name"].is_string());
        }
    }
}

#[test]
fn paths_start_at_the_repository_wherever_codemend_is_called() {
    let project = odd();
    let above = parsed(&printed(&project, "json", &["app"]).out);
    let said = project.codemend_in("app", &["--format", "json"]);
    assert_eq!(above, parsed(&said.out));
    let paths = items(&above, "files").iter().map(|file| &file["path"]);
    let names = ["crlf", "mark", "mixed", "ring", "several"];
    let wanted = names.map(|name| format!("app/{name}.py"));
    assert!(paths.eq(wanted.iter()), "{above}");
}

#[test]
fn output_is_the_same_whatever_the_threads() {
    let project = motley();
    for format in MACHINE {
        let told = |threads| {
            project
                .codemend(&["--format", format, "--threads", threads])
                .out
        };
        assert_eq!(told("1"), told("4"), "{format}");
    }
}

#[test]
fn standard_error_has_the_problems_only() {
    let (project, fine) = (motley(), odd());
    for format in MACHINE {
        let said = project.codemend(&["--format", format, "--verbose", "--explain-refusals"]);
        assert_eq!(said.code, Some(2));
        let lines = said.err.lines();
        assert!(
            lines
                .clone()
                .all(|line| line.starts_with("error: ") || line.starts_with("  help: "))
        );
        assert_eq!(
            lines.count(),
            if format == "github" { 0 } else { 3 },
            "{}",
            said.err
        );
        let said = printed(&fine, format, &["--check"]);
        assert_eq!((said.code, said.err.as_str()), (Some(1), ""), "{format}");
        assert!(
            !said
                .out
                .contains(|c: char| c.is_control() && c != '\n' && c != '\t')
        );
    }
}

#[test]
fn what_was_written_is_said() {
    let project = odd();
    let report = parsed(&printed(&project, "json", &["--apply"]).out);
    let summary = &report["summary"];
    assert_eq!(summary["applied"]["end"], "written");
    assert_eq!(summary["applied"]["files"], summary["files_changed"]);
    let changes = items(&report, "changes");
    let mut safe = changes.iter().filter(|one| one["safety"] == "safe");
    assert!(safe.all(|one| one["status"] == "applied"), "{report}");
    let again = parsed(&printed(&project, "json", &["--check"]).out);
    assert_eq!(again["summary"]["exit"]["meaning"], "fine");
    let mut left = items(&again, "changes").iter();
    assert!(left.all(|one| one["safety"] == "unsafe"), "{again}");
}

#[test]
fn what_was_left_out_is_said() {
    let plain = "import os\nfrom typing import Optional\n\nx: Optional[str] = os.sep\n";
    for (options, end, statuses) in [
        (&["--apply"][..], "taken-back", ["left-out", "left-out"]),
        (
            &["--apply", "--keep-going"],
            "written",
            ["applied", "left-out"],
        ),
    ] {
        let project = Project::of(&[("a.py", plain), ("b.py", plain)]);
        project.insist("git", &["init", "--quiet"], b"");
        project.insist("git", &["add", "."], b"");
        let author = ["-c", "user.name=A", "-c", "user.email=a@b"];
        let commit = ["commit", "--quiet", "--message", "all"];
        project.insist("git", &[&author[..], &commit].concat(), b"");
        project.write("b.py", format!("{plain}# new\n"));
        let said = project.codemend(&[&["--format", "json"], options].concat());
        assert_eq!(said.code, Some(2));
        let report = parsed(&said.out);
        assert_eq!(report["summary"]["applied"]["end"], end);
        let got = items(&report, "changes").iter().map(|one| &one["status"]);
        assert!(got.eq(statuses.iter()), "{report}");
        assert_eq!(items(&report, "problems")[0]["path"], "b.py");
    }
}

#[test]
fn a_closed_pipe_is_fine_and_a_full_disk_is_not() {
    let project = Project::example();
    for format in MACHINE {
        let said = project.shell(&format!("codemend --format {format} | head -c 1"));
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{format}");
        let said = project.shell(&format!("codemend --format {format} > /dev/full"));
        assert_eq!(said.code, Some(2), "{format}");
        let want = "error: cannot write to standard output";
        assert!(said.err.starts_with(want), "{}", said.err);
    }
}

/// Settings that are wrong are a problem of the folder that they are for; the report says so.
#[test]
fn wrong_settings_stand_in_the_report() {
    let project = Project::of(&[("codemend.toml", "selekt = []\n"), ("a.py", "x = 1\n")]);
    let told = |format| {
        let said = project.codemend(&["--format", format]);
        assert_eq!(said.code, Some(2));
        assert!(said.out.contains("codemend.toml"), "{}", said.out);
        said.out
    };
    let report = parsed(&told("json"));
    assert_eq!(report["summary"]["exit"]["meaning"], "problems");
    assert_eq!(items(&report, "problems").len(), 1);
    assert_eq!(parsed(&told("gitlab"))[0]["check_name"], "problem");
    assert!(told("github").starts_with("::error file=codemend.toml"));
    for format in ["sarif", "jsonl"] {
        told(format);
    }
}

#[test]
fn what_cannot_begin_prints_nothing() {
    let fine = Project::of(&[("a.py", "x = 1\n")]);
    for format in MACHINE {
        let said = fine.codemend(&["--format", format, "--patch", "-"]);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
        assert!(
            said.err
                .starts_with("error: --format and --patch - both want"),
            "{}",
            said.err
        );
        let said =
            fine.codemend_reading(&["--format", format, "--stdin-filename", "a.py", "-"], b"");
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
        let said = fine.codemend(&["--format", format, "--interactive"]);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
        assert!(
            said.err.contains("'--interactive' cannot be used with"),
            "{}",
            said.err
        );
        let said = fine.codemend(&["--format", format, "--config", "selekt = []"]);
        assert_eq!(
            (said.code, said.out.as_str()),
            (Some(2), ""),
            "{}",
            said.err
        );
        let patch = ["--format", format, "--patch", "no/x.patch"];
        let said = fine.codemend(&patch);
        assert_eq!(
            (said.code, said.out.as_str()),
            (Some(2), ""),
            "{}",
            said.err
        );
    }
}
