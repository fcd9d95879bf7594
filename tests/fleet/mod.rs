//! Repositories, a stand-in for codemend that can stand still, and jobs that can be killed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::outside::Project;
use super::tools;

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
pub struct Fleet {
    pub python: PathBuf,
    /// `repositories/`, `list.txt`, `log/`, `bin/codemend`.
    pub all: Project,
    /// Of Ray; its name is in the environment of all processes, and short enough for a socket.
    ray: tempfile::TempDir,
}

impl Fleet {
    /// `None` without the tools.
    pub fn new() -> Option<Self> {
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
    pub fn job(&self, options: &[&str]) -> Job {
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
    pub fn log(&self, file: &str) -> Vec<String> {
        let text = self.all.read(&format!("log/{file}"));
        let mut names: Vec<String> = text.lines().map(str::to_owned).collect();
        names.sort();
        names
    }

    /// The process that has called the stand-in which stands still, as soon as there is one.
    pub fn held(&self) -> u32 {
        let file = self.all.root().join("log/held");
        until("a repository is begun", || file.exists());
        let text = fs::read_to_string(&file).expect("a number");
        fs::remove_file(file).expect("it was there");
        text.trim().parse().expect("a number")
    }

    /// The results in `folder`: for each repository its report and its patch.
    pub fn results(&self, folder: &str) -> BTreeMap<String, (String, String)> {
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
    pub fn insist_on_once(&self, begun_again: &str) {
        let ended = self.log("ended");
        let names: BTreeSet<&String> = ended.iter().collect();
        assert_eq!((ended.len(), names.len()), (12, 12), "{ended:?}");
        let mut wanted = ended.clone();
        wanted.push(begun_again.to_owned());
        wanted.sort();
        assert_eq!(self.log("begun"), wanted);
    }

    /// What the last job has said.
    pub fn said(&self) -> String {
        self.all.read("said")
    }
}

/// A running job. When it is dropped, no process of it is left.
pub struct Job {
    driver: Child,
    /// What all of its processes have in their environment.
    pub mark: String,
}

impl Job {
    /// Its exit code, when it has ended.
    pub fn wait(mut self) -> Option<i32> {
        let code = self.ended();
        until("no process is left", || self.processes().is_empty());
        code
    }

    /// The same beside another one.
    pub fn ended(&mut self) -> Option<i32> {
        let mut code = None;
        until("the job ends", || {
            let ended = self.driver.try_wait().expect("a process");
            code = ended.and_then(|ended| ended.code());
            ended.is_some()
        });
        code
    }

    pub fn kill_driver(mut self) {
        self.driver.kill().expect("it is there");
        self.driver.wait().expect("it has ended");
        until("no process is left", || self.processes().is_empty());
    }

    /// The folder of Ray, which its own processes have on their command lines.
    pub fn folder(&self) -> &str {
        let folder = self.mark.split_once('=');
        folder.map_or("nothing", |(_, folder)| folder)
    }

    /// The processes of the job.
    pub fn processes(&self) -> Vec<u32> {
        let all = fs::read_dir("/proc").expect("/proc").flatten();
        let numbers = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let own = |id: &u32| {
            let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
            let mut variables = environment.split(|byte| *byte == 0);
            let words = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            let words = String::from_utf8_lossy(&words).into_owned();
            variables.any(|one| one == self.mark.as_bytes()) || words.contains(self.folder())
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

pub fn kill(process: u32) {
    let mut kill = Command::new("kill");
    let _ = kill.args(["-KILL", &process.to_string()]).status();
}

pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "{what}: not yet");
        sleep(Duration::from_millis(50));
    }
}
