//! `codemend merge-reports`: what is merged is what one machine would have said, or nothing.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;
#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "shard/mod.rs"]
mod parts;

use outside::Project;
use parts::{PROJECT, project, shards};
use serde_json::Value;

/// The reports of three shards, in files `1.json` to `3.json` beside the project.
fn three() -> (Project, Project) {
    let (project, reports) = (project(), Project::of::<&str>(&[]));
    for (number, said) in shards(&project, 3, &["--format", "json"])
        .iter()
        .enumerate()
    {
        reports.write(&format!("{}.json", number + 1), &said.out);
    }
    (project, reports)
}

#[test]
fn shards_that_are_missing_or_there_twice_are_errors() {
    let (project, reports) = three();
    let refused = |names: &[&str]| {
        let said = reports.codemend(&[&["merge-reports"], names].concat());
        assert_eq!(
            (said.code, said.out.as_str()),
            (Some(2), ""),
            "{}",
            said.err
        );
        said.err
    };
    let err = refused(&["1.json", "3.json"]);
    assert!(
        err.contains("shard 2/3 of ") && err.contains("--partial"),
        "{err}"
    );
    let err = refused(&["1.json", "2.json", "3.json", "2.json"]);
    assert!(
        err.contains("`2.json` and `2.json` both hold shard 2/3"),
        "{err}"
    );
    // Another run over the same files is another run.
    project.write("shop/taker.py", "x = 1\n");
    reports.write(
        "2.json",
        project
            .codemend(&["--shard", "2/3", "--format", "json"])
            .out,
    );
    let err = refused(&["1.json", "2.json", "3.json"]);
    assert!(
        err.contains("`1.json` and `2.json` tell of two runs over "),
        "{err}"
    );
    refused(&["1.json", "none.json"]);
    reports.write("wrong.json", "{}");
    assert!(refused(&["wrong.json"]).contains("no report of --format json"));
    reports.write("half.json", &reports.read("1.json")[..500]);
    assert!(refused(&["half.json"]).contains("no report of --format json"));
    let other = reports
        .read("1.json")
        .replacen("\"codemend\": \"", "\"codemend\": \"99.", 1);
    reports.write("other.json", other);
    assert!(refused(&["other.json"]).contains("was made by codemend 99."));
    let other = reports
        .read("1.json")
        .replacen("\"version\": 1", "\"version\": 2", 1);
    reports.write("other.json", other);
    assert!(refused(&["other.json"]).contains("has version 2"));
    // A stranger's report may claim anything.
    let other = reports
        .read("3.json")
        .replacen("\"of\": 3", "\"of\": 4000000000", 1);
    reports.write("other.json", other);
    assert!(refused(&["other.json"]).contains("shard 1/4000000000 of "));
    let other = reports.read("3.json").replacen("\"id\": 0", "\"id\": 7", 1);
    reports.write("other.json", other);
    let err = refused(&["other.json", "--partial"]);
    assert!(err.contains("numbers of its changes"), "{err}");
    let err = refused(&["1.json", "--partial", "-o", "1.json"]);
    assert!(err.contains("one of the reports"), "{err}");
}

#[test]
fn a_part_says_what_it_is_a_part_of_and_can_be_merged_further() {
    let (project, reports) = three();
    let said = reports.codemend(&[
        "merge-reports",
        "3.json",
        "1.json",
        "--partial",
        "-o",
        "part.json",
    ]);
    assert_eq!((said.code, said.out.as_str()), (Some(0), ""));
    assert!(said.err.starts_with("note: shard 2/3 of "), "{}", said.err);
    let part: Value = serde_json::from_str(&reports.read("part.json")).expect("JSON");
    assert_eq!(part["run"]["shard"]["numbers"], serde_json::json!([1, 3]));
    let whole = reports.codemend(&["merge-reports", "2.json", "part.json"]);
    assert_eq!(whole.out, project.codemend(&["--format", "json"]).out);
}

/// Paths of several repositories start above all of them.
#[test]
fn repositories_are_put_beside_each_other() {
    let fleet = Project::of::<&str>(&[]);
    for name in ["one", "two"] {
        for (path, text) in PROJECT {
            fleet.write(&format!("work/{name}/{path}"), text);
        }
        fleet.insist("git", &["init", "-q", &format!("work/{name}")], b"");
        let said = fleet.codemend_in(&format!("work/{name}"), &["--format", "json"]);
        fleet.write(&format!("{name}.json"), said.out);
    }
    let said = fleet.codemend(&["merge-reports", "two.json", "one.json"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let both: Value = serde_json::from_str(&said.out).expect("JSON");
    let one: Value = serde_json::from_str(&fleet.read("one.json")).expect("JSON");
    let work = fleet.root().join("work");
    assert_eq!(both["run"]["root"], work.to_str().expect("UTF-8"));
    for key in [
        "changes",
        "files_changed",
        "withheld",
        "refusals",
        "problems",
        "reports",
    ] {
        let twice = one["summary"][key].as_u64().map(|count| 2 * count);
        assert_eq!(both["summary"][key].as_u64(), twice, "{key}");
    }
    for list in ["changes", "files", "refusals", "problems", "reports"] {
        let items = both[list].as_array().expect("a list");
        for item in items {
            let path = item["path"].as_str().expect("a path");
            assert!(work.join(path).is_file(), "{path}");
        }
    }
    for (id, change) in both["changes"]
        .as_array()
        .expect("a list")
        .iter()
        .enumerate()
    {
        assert_eq!(change["id"], id);
        for need in change["needs"].as_array().expect("a list") {
            let other = &both["changes"][need.as_u64().expect("a number") as usize];
            let top = |change: &Value| change["path"].as_str().map(|path| path[..3].to_owned());
            assert_eq!(top(other), top(change));
        }
    }
    let said = fleet.codemend(&["merge-reports", "one.json", "one.json"]);
    assert!(said.err.contains("tell of two runs over"), "{}", said.err);
}
