//! `--format`: what programs read. Documents hold to their schemas, edits do what `--apply` does, and nothing in a
//! repository can speak in the name of codemend.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;
#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "tools/mod.rs"]
mod tools;

#[path = "formats/runner.rs"]
mod runner;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use outside::{Project, Said, tree};
use runner::Runner;
use serde_json::Value;

const MACHINE: [&str; 5] = ["json", "jsonl", "sarif", "github", "gitlab"];

/// One module with a change, and on the line of the change all that makes columns and offsets differ.
const ODD_LINE: &str = "import os\nfrom typing import Optional\n\ns = '🐍é\u{2028}\u{202e}\t</script>'; x: Optional[str] = os.sep\n";

/// What a stranger may write to be obeyed by the log of a CI.
const COMMANDS: &str = "from typing import Optional\n\nTEXT = \"\"\"\n::set-env name=A::b\n  ::stop-commands::x\n\
    ##[add-mask]y\n::error file=a::z\n::endgroup::\n\"\"\"\nx: Optional[str] = None\ny = '##[error]w'\n";

/// Names and bytes that are not everybody's.
fn odd() -> Project {
    let crlf = ODD_LINE.replace('\n', "\r\n");
    let mixed = format!("\u{feff}# one\r# two\r\n{}", ODD_LINE.trim_end());
    Project::of(&[
        (
            "pyproject.toml",
            "[project]\nname = \"odd\"\nversion = \"1\"\n".to_owned(),
        ),
        ("app/crlf.py", crlf.clone()),
        ("app/mark.py", format!("\u{feff}{crlf}")),
        ("app/mixed.py", mixed),
        ("naïve/日本 語.py", ODD_LINE.to_owned()),
        ("quote\"s/it's#?.py", ODD_LINE.to_owned()),
        ("a,b:c%d%0A.py", ODD_LINE.to_owned()),
        ("line\nfeed\u{2028}.py", ODD_LINE.to_owned()),
        ("::error file=x::y.py", COMMANDS.to_owned()),
        ("##[add-mask]z.py", COMMANDS.to_owned()),
        ("app/several.py", SEVERAL.to_owned()),
    ])
}

/// Changes of several codemods that share imports.
const SEVERAL: &str = "from typing import Optional, Union\n\n\ndef f(a: Optional[int], b: Union[int, str]) -> Optional[str]:\n\
    \x20   try:\n        return str(a) + str(b)\n    except:\n        return None\n";

/// Something of every kind: a change, an unsafe one, a refusal, a report, a problem.
fn motley() -> Project {
    let project = Project::of(&[
        (
            "app/alias.py",
            "from typing import Union\n\nKey = Union[int, str]\nprint(Key)\n",
        ),
        (
            "app/broken.py",
            "from typing import Optional\n\nü = Optional[int\n",
        ),
        (
            "app/match.py",
            "def f(x: int | None):\n    match x:\n        case None:\n            pass\n",
        ),
        (
            "app/plain.py",
            "import os\nfrom typing import Optional\n\nx: Optional[str] = os.sep\n",
        ),
        (
            "app/kept.py",
            "from typing import Optional\n\nx: Optional[str] = None  # codemend: ignore\n",
        ),
        (
            "app/raise.py",
            "def f():\n    try:\n        g()\n    except:\n        if h():\n            raise\n",
        ),
    ]);
    project.write("app/latin.py", b"# caf\xe9\n");
    project
}

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

/// A folder for what is handed to Python.
struct Desk {
    folder: tempfile::TempDir,
    python: PathBuf,
}

impl Desk {
    /// `None` when Python's tools are not installed.
    fn new() -> Option<Self> {
        let python = tools::of_python("python")?;
        let folder = tempfile::tempdir().expect("a folder");
        Some(Self { folder, python })
    }

    fn put(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).expect("it can be written");
        path
    }

    /// Run a task of `reports.py`, which has to succeed.
    fn insist(&self, task: &str, arguments: &[&Path]) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/reports.py");
        let mut command = Command::new(&self.python);
        tools::insist(command.arg(script).arg(task).args(arguments))
    }

    /// The schema of SARIF.
    fn sarif_schema(&self) -> PathBuf {
        let tools = self.python.ancestors().nth(3).expect("a folder of tools");
        let schemas = "node/node_modules/@microsoft/jest-sarif/lib/schemas";
        tools.join(schemas).join("sarif-2.1.0-rtm.5.json")
    }
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
            &["--unsafe-fixes"],
            &["--check", "--verify"],
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
fn annotations_say_only_what_codemend_says() {
    let mut ignored = 0;
    for (project, options) in [
        (odd(), &[][..]),
        (odd(), &["--color", "always"]),
        (motley(), &["--unsafe-fixes"]),
    ] {
        let said = project.codemend(&[&["--format", "github"], options].concat());
        assert_eq!(said.err, "");
        let mut runner = Runner::default();
        for line in said.out.split(['\n', '\r']) {
            runner.hear(line);
        }
        assert!(!runner.is_stopped, "{}", said.out);
        let known = [
            "error",
            "warning",
            "notice",
            "group",
            "endgroup",
            "stop-commands",
        ];
        for command in &runner.heard {
            assert!(known.contains(&command.name.as_str()), "{command:?}");
            let file = command
                .properties
                .get("file")
                .filter(|file| !file.contains("\\x"));
            if let Some(file) = file.filter(|file| !file.contains("<U+")) {
                assert!(project.root().join(file).is_file(), "{file}");
            }
        }
        let report = parsed(
            &project
                .codemend(&[&["--format", "json"], options].concat())
                .out,
        );
        let count = |name: &str| runner.heard.iter().filter(|one| one.name == name).count();
        let of = |key: &str| usize::try_from(report["summary"][key].as_u64().unwrap()).unwrap();
        assert_eq!(count("warning"), of("changes") + of("reports"));
        assert_eq!(count("error"), of("problems"));
        assert_eq!(count("notice"), 1);
        assert!(said.out.contains("diff --git a/app/"), "{}", said.out);
        ignored += runner.ignored;
    }
    assert!(ignored > 10, "the diff was full of commands: {ignored}");
}

#[test]
fn a_long_run_says_what_github_does_not_show() {
    let line = |n| format!("v{n}: Optional[int] = None\n");
    let lines: String = (0..23).map(line).collect();
    let text = format!("from typing import Optional\n\n{lines}");
    let said = printed(&Project::of(&[("a.py", text)]), "github", &[]);
    let closing = said.out.lines().find(|line| line.starts_with("::notice "));
    let want =
        "::notice title=codemend::Would make 23 changes in 1 file, 13 more in the log of this step";
    assert_eq!(closing, Some(want));
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
    assert!(
        paths.eq([
            "app/crlf.py",
            "app/mark.py",
            "app/mixed.py",
            "app/several.py"
        ]
        .iter())
    );
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
    assert!(
        changes.iter().all(|one| one["status"] == "applied"),
        "{report}"
    );
    let again = parsed(&printed(&project, "json", &["--check"]).out);
    assert_eq!(again["summary"]["exit"]["meaning"], "fine");
    assert_eq!(again["changes"], Value::Array(Vec::new()));
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
