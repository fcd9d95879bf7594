//! `examples/fleet`: workers and whole jobs are killed in the middle of a repository, and none is lost or done twice.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;
#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "tools/mod.rs"]
mod tools;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use outside::Project;
use serde_json::Value;

/// A step that takes longer has failed. Ray takes some seconds to start.
const PATIENCE: Duration = Duration::from_secs(180);

/// In place of codemend: it writes down when it begins and when it ends. In the repository that the file `hold` names
/// it writes down the process that has called it, and stands still, once.
const STAND_IN: &str = r#"#!/bin/sh
case "$1" in --version | merge-reports) exec CODEMEND "$@" ;; esac
name=$(basename "$PWD")
echo "$name" >> LOG/begun
if [ "$name" = "$(cat LOG/hold 2>/dev/null)" ]; then
    rm LOG/hold
    echo $PPID > LOG/new && mv LOG/new LOG/held
    exec sleep 600
fi
CODEMEND "$@"
code=$?
echo "$name" >> LOG/ended
exit $code
"#;

/// Twelve repositories, a list of them, and what the stand-in writes.
struct Fleet {
    python: PathBuf,
    /// `repositories/`, `list.txt`, `log/`, `bin/codemend`.
    all: Project,
    /// Of Ray; its name is in the environment of all processes, and short enough for a socket.
    ray: tempfile::TempDir,
}

impl Fleet {
    /// `None` without the tools.
    fn new() -> Option<Self> {
        tools::of_python("ray")?;
        let all = Project::of(&[("log/begun", ""), ("log/ended", "")]);
        let root = all.root().to_owned();
        let mut list = "# the fleet\n".to_owned();
        for number in 0..12 {
            let name = format!("repositories/r{number}");
            let count = number % 3 + 1;
            for file in 0..count {
                let text =
                    format!("from typing import Optional\n\nx{number}: Optional[int] = {file}\n");
                all.write(&format!("{name}/app/m{file}.py"), text);
            }
            let git = |arguments: &[&str]| {
                let place = [
                    "-C",
                    &name,
                    "-c",
                    "user.name=t",
                    "-c",
                    "user.email=t@example.org",
                ];
                all.insist("git", &[&place, arguments].concat(), b"");
            };
            all.insist("git", &["init", "-q", &name], b"");
            git(&["add", "-A"]);
            git(&["commit", "-qm", "one"]);
            let address = if number % 4 == 3 { "file://" } else { "" };
            list.push_str(&format!("{address}{}/{name}\n", root.display()));
        }
        let broken = "repositories/r5/app/broken.py";
        all.write(broken, "from typing import Optional\ndef\n");
        all.write("list.txt", list);
        let log = root.join("log");
        let script = STAND_IN.replace("LOG", log.to_str().expect("UTF-8"));
        all.write(
            "bin/codemend",
            script.replace("CODEMEND", env!("CARGO_BIN_EXE_codemend")),
        );
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(root.join("bin/codemend"), mode).expect("it can be made a program");
        let ray = tempfile::Builder::new().prefix("ray-").tempdir_in("/tmp");
        Some(Self {
            python: tools::of_python("python")?,
            all,
            ray: ray.expect("a temporary folder"),
        })
    }

    /// A job, which ends with this value.
    fn job(&self, options: &[&str]) -> Job {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/fleet/fleet.py");
        let mut command = Command::new(&self.python);
        command.arg("-B").arg(script).arg("list.txt");
        command
            .args(["--work", "work", "--codemend", "bin/codemend"])
            .args(options);
        let said = fs::File::create(self.all.root().join("said")).expect("a file");
        let also = said.try_clone().expect("the same file");
        command.current_dir(self.all.root()).stdin(Stdio::null());
        command.stdout(said).stderr(also);
        command
            .env("RAY_TMPDIR", self.ray.path())
            .env("HOME", self.ray.path());
        for variable in ["RAY_ADDRESS", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            command.env_remove(variable);
        }
        let driver = command.spawn().expect("Python runs");
        let mark = format!("RAY_TMPDIR={}", self.ray.path().display());
        Job { driver, mark }
    }

    /// The names in a file that the stand-in writes, sorted.
    fn log(&self, file: &str) -> Vec<String> {
        let text = self.all.read(&format!("log/{file}"));
        let mut names: Vec<String> = text.lines().map(str::to_owned).collect();
        names.sort();
        names
    }

    /// The process that has called the stand-in which stands still, as soon as there is one.
    fn held(&self) -> u32 {
        let file = self.all.root().join("log/held");
        until("a repository is begun", || file.exists());
        let text = fs::read_to_string(&file).expect("a number");
        fs::remove_file(file).expect("it was there");
        text.trim().parse().expect("a number")
    }

    /// The results in `folder`: for each repository its report and its patch.
    fn results(&self, folder: &str) -> BTreeMap<String, (String, String)> {
        let entries = fs::read_dir(self.all.root().join(folder))
            .expect("results")
            .flatten();
        let folders = entries.filter(|entry| entry.path().is_dir());
        let names = folders.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let names = names.filter(|name| name != ".attempts");
        let read = |name: &str, file: &str| self.all.read(&format!("{folder}/{name}/{file}"));
        names
            .map(|name| {
                let result = (read(&name, "report.json"), read(&name, "mend.patch"));
                (name, result)
            })
            .collect()
    }

    /// Each repository was done once, and one was begun once more.
    fn insist_on_once(&self, begun_again: &str) {
        let ended = self.log("ended");
        let names: BTreeSet<&String> = ended.iter().collect();
        assert_eq!((ended.len(), names.len()), (12, 12), "{ended:?}");
        let mut wanted = ended.clone();
        wanted.push(begun_again.to_owned());
        wanted.sort();
        assert_eq!(self.log("begun"), wanted);
    }

    /// What the last job has said.
    fn said(&self) -> String {
        self.all.read("said")
    }
}

/// A running job. When it is dropped, no process of it is left.
struct Job {
    driver: Child,
    /// What all of its processes have in their environment.
    mark: String,
}

impl Job {
    /// Its exit code, when it has ended.
    fn wait(mut self) -> Option<i32> {
        let code = self.ended();
        until("no process is left", || self.processes().is_empty());
        code
    }

    /// The same beside another one.
    fn ended(&mut self) -> Option<i32> {
        let mut code = None;
        until("the job ends", || {
            let ended = self.driver.try_wait().expect("a process");
            code = ended.and_then(|ended| ended.code());
            ended.is_some()
        });
        code
    }

    fn kill_driver(mut self) {
        self.driver.kill().expect("it is there");
        self.driver.wait().expect("it has ended");
        until("no process is left", || self.processes().is_empty());
    }

    /// The processes of the job.
    fn processes(&self) -> Vec<u32> {
        let all = fs::read_dir("/proc").expect("/proc").flatten();
        let numbers = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let own = |id: &u32| {
            let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
            let mut variables = environment.split(|byte| *byte == 0);
            variables.any(|one| one == self.mark.as_bytes())
        };
        numbers.filter(own).collect()
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        for process in self.processes() {
            kill(process);
        }
    }
}

fn kill(process: u32) {
    let mut kill = Command::new("kill");
    let _ = kill.args(["-KILL", &process.to_string()]).status();
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "{what}: not yet");
        sleep(Duration::from_millis(50));
    }
}

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
