//! `examples/fleet`: workers and whole jobs are killed in the middle of a repository, and none is lost or done twice.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;
#[path = "fleet/mod.rs"]
mod stand_in;
#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "tools/mod.rs"]
mod tools;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use outside::Project;
use serde_json::Value;
use stand_in::{Fleet, kill};

const OPTIONS: [&str; 2] = ["--", "--unsafe-fixes"];

/// The results of a job that nobody has disturbed, without Ray.
fn undisturbed(fleet: &Fleet) -> BTreeMap<String, (String, String)> {
    let job = fleet.job(&[&["--results", "calm", "--share", "1/1"], &OPTIONS[..]].concat());
    assert_eq!(job.wait(), Some(0), "{}", fleet.said());
    for log in ["begun", "ended"] {
        assert_eq!(fleet.log(log).len(), 12);
        fleet.all.write(&format!("log/{log}"), "");
    }
    fleet.results("calm")
}

#[test]
fn a_worker_dies_in_the_middle_of_a_repository() {
    let Some(fleet) = Fleet::new() else {
        return;
    };
    let calm = undisturbed(&fleet);
    assert_eq!(calm.len(), 12);
    fleet.all.write("log/hold", "r6");
    let options = [&["--results", "results", "--workers", "2"], &OPTIONS[..]].concat();
    let job = fleet.job(&options);
    let worker = fleet.held();
    let title = fs::read(format!("/proc/{worker}/cmdline")).expect("it runs");
    assert!(
        title.starts_with(b"ray::"),
        "{}",
        String::from_utf8_lossy(&title)
    );
    kill(worker);
    // The report of the broken file says 2.
    assert_eq!(job.wait(), Some(2), "{}", fleet.said());
    fleet.insist_on_once("r6");
    assert!(fleet.results("results") == calm);
    assert!(
        fleet.said().contains("12 of 12 repositories done\n"),
        "{}",
        fleet.said()
    );
    let merged: Value = serde_json::from_str(&fleet.all.read("results/report.json")).expect("JSON");
    assert_eq!(merged["summary"]["changes"], 24);
    let left = fs::read_dir(fleet.all.root().join("results/.attempts")).expect("a folder");
    assert_eq!(left.count(), 0);
    // Once more: there is nothing left to do.
    assert_eq!(fleet.job(&options).wait(), Some(2), "{}", fleet.said());
    fleet.insist_on_once("r6");
    let other = fleet.job(&["--results", "results"]);
    assert_eq!(other.wait(), Some(1));
    assert!(
        fleet.said().contains("results of other options"),
        "{}",
        fleet.said()
    );
}

#[test]
fn the_job_dies_and_is_started_again() {
    let Some(fleet) = Fleet::new() else {
        return;
    };
    let calm = undisturbed(&fleet);
    fleet.all.write("log/hold", "r2");
    let options = [&["--results", "results", "--workers", "1"], &OPTIONS[..]].concat();
    let job = fleet.job(&options);
    fleet.held();
    let mut second = fleet.job(&options);
    assert_eq!(second.ended(), Some(1));
    second.mark.push_str(", which nothing has");
    assert!(
        fleet.said().contains("another job is at work"),
        "{}",
        fleet.said()
    );
    job.kill_driver();
    assert!(fleet.results("results").len() < 12);
    assert_eq!(fleet.job(&options).wait(), Some(2), "{}", fleet.said());
    fleet.insist_on_once("r2");
    assert!(fleet.results("results") == calm);
}

#[test]
fn what_cannot_be_done_is_said_and_left_for_the_next_start() {
    let Some(fleet) = Fleet::new() else {
        return;
    };
    let root = fleet.all.root().display().to_string();
    let list = format!(
        "{root}/repositories/r1\nfile://{root}/later # not there yet\n{root}/repositories/r0/app\n"
    );
    fleet.all.write("list.txt", list);
    let options = ["--results", "results", "--workers", "2"];
    assert_eq!(fleet.job(&options).wait(), Some(2));
    let said = fleet.said();
    for part in [
        "1 of 3 repositories done\n",
        "git clone: ",
        "is a part of the repository ",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    fs::rename(
        fleet.all.root().join("repositories/r4"),
        fleet.all.root().join("later"),
    )
    .expect("it can be moved");
    assert_eq!(fleet.job(&options).wait(), Some(2));
    assert!(
        fleet.said().contains("2 of 3 repositories done\n"),
        "{}",
        fleet.said()
    );
    assert_eq!(
        fleet
            .log("ended")
            .iter()
            .filter(|name| *name == "r1")
            .count(),
        1
    );
    let applying = fleet.job(&["--results", "results", "--", "--apply"]);
    assert_eq!(applying.wait(), Some(2));
    assert!(fleet.said().contains("only read"), "{}", fleet.said());
}

/// The scripts of `job.yaml`, each with what its environment is.
fn manifests(python: &Path) -> Vec<Value> {
    let load = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(sys.stdin))))";
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/fleet/job.yaml");
    let mut command = Command::new(python);
    command.args(["-c", load]);
    command.stdin(fs::File::open(file).expect("the manifests"));
    serde_json::from_str(&tools::insist(&mut command)).expect("JSON")
}

/// Run a pod of `manifest` for each index, with `given` in place of its environment.
fn run_pods(manifest: &Value, given: &[(&str, &Path)], path: &str) -> u64 {
    let spec = &manifest["spec"];
    assert_eq!(
        (&manifest["kind"], &spec["completionMode"]),
        (&"Job".into(), &"Indexed".into())
    );
    let container = &spec["template"]["spec"]["containers"][0];
    let words = [&container["command"], &container["args"]];
    let words = words
        .into_iter()
        .flat_map(|list| list.as_array().expect("a list"));
    let words: Vec<&str> = words.map(|word| word.as_str().expect("a word")).collect();
    let count = spec["completions"].as_u64().expect("a number");
    for index in 0..count {
        let mut pod = Command::new(words[0]);
        pod.args(&words[1..])
            .env("JOB_COMPLETION_INDEX", index.to_string());
        for variable in container["env"].as_array().expect("a list") {
            let text = |key: &str| variable[key].as_str().expect("a text");
            let known = given.iter().find(|(name, _)| *name == text("name"));
            match known {
                Some((name, value)) => pod.env(name, value),
                None => pod.env(text("name"), text("value")),
            };
        }
        pod.env("PATH", path).env_remove("VIRTUAL_ENV");
        tools::insist(&mut pod);
    }
    count
}

#[test]
fn the_pods_of_the_manifests_do_all_between_them() {
    let Some(fleet) = Fleet::new() else {
        return;
    };
    let root = fleet.all.root();
    let own = Path::new(env!("CARGO_BIN_EXE_codemend"))
        .parent()
        .expect("a folder");
    let path = std::env::var("PATH").expect("a path");
    let path = format!("{}:{path}", own.display());
    let manifests = manifests(&fleet.python);
    let [repositories, shards] = &manifests[..] else {
        panic!("two manifests")
    };

    // In the image, list and script lie in one folder.
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/fleet/fleet.py");
    fleet
        .all
        .write("fleet/fleet.py", fs::read(example).expect("the script"));
    fleet
        .all
        .write("fleet/repositories.txt", fleet.all.read("list.txt"));
    let folders = ["fleet", "results", "work"].map(|name| root.join(name));
    let names = ["FLEET", "RESULTS", "WORK"];
    let given: Vec<(&str, &Path)> = names
        .into_iter()
        .zip(folders.iter().map(PathBuf::as_path))
        .collect();
    run_pods(repositories, &given, &path);
    assert_eq!(fleet.results("results").len(), 12);

    let monorepo = Project::example();
    monorepo.insist("git", &["init", "-q"], b"");
    let results = Project::of::<&str>(&[]);
    let given = [("REPOSITORY", monorepo.root()), ("RESULTS", results.root())];
    let count = run_pods(shards, &given, &path);
    let reports: Vec<String> = (1..=count)
        .map(|number| format!("report-{number}.json"))
        .collect();
    let reports: Vec<&str> = reports.iter().map(String::as_str).collect();
    let merged = results.codemend(&[&["merge-reports"], &reports[..]].concat());
    assert_eq!(merged.out, monorepo.codemend(&["--format", "json"]).out);
}
