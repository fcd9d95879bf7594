//! codemend is ended at random moments, a few hundred times, while it writes to a tree of a thousand files.
//!
//! Whatever is left then, and however it was ended: once the next codemend has looked at it, every file of the tree is
//! as before, or every file is as it shall be, and nothing else lies about.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use outside::Project;

const FILES: usize = 1_000;
const KILLS: usize = 300;

/// For each path the mode and the bytes.
type Tree = BTreeMap<PathBuf, (u32, Vec<u8>)>;

fn project() -> Project {
    let project = Project::in_memory(&[("pyproject.toml", "[project]\nname = 'x'\n")]);
    for number in 0..FILES {
        let padding = "#\n".repeat(number % 40);
        let text =
            format!("from typing import Optional\n{padding}x{number}: Optional[int] = None\n");
        project.write(&format!("pkg{}/m{number}.py", number % 25), text);
    }
    let odd = project.root().join("pkg0/m0.py");
    fs::set_permissions(odd, fs::Permissions::from_mode(0o755)).expect("a mode");
    project
}

/// Everything in the project but the records of finished runs.
fn tree(project: &Project) -> Tree {
    let mut tree = Tree::new();
    collect(project.root(), &mut tree);
    tree.retain(|path, _| {
        let is_record = path.extension().is_some_and(|extension| extension == "db");
        !(is_record
            && path
                .parent()
                .is_some_and(|parent| parent.ends_with(".codemend_cache/undo")))
    });
    tree
}

fn collect(directory: &Path, tree: &mut Tree) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        let metadata = fs::symlink_metadata(&path).expect("metadata");
        match metadata.is_dir() {
            true => collect(&path, tree),
            false => {
                let bytes = fs::read(&path).expect("a file");
                tree.insert(path, (metadata.mode(), bytes));
            }
        }
    }
}

fn start(project: &Project) -> Child {
    Command::new(env!("CARGO_BIN_EXE_codemend"))
        .args(["--apply", "--quiet", "--no-cache"])
        .args(["--select", "optional-to-union"])
        .current_dir(project.root())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("codemend starts")
}

/// Wait until the run has begun to write, or is over.
fn wait_for_writes(project: &Project, child: &mut Child) {
    let folder = project.root().join(".codemend_cache/undo");
    loop {
        let names = fs::read_dir(&folder).into_iter().flatten().flatten();
        let mut names = names.map(|entry| entry.path());
        if names.any(|path| path.extension().is_some_and(|extension| extension != "db")) {
            return;
        }
        if child.try_wait().expect("a state").is_some() {
            return;
        }
        sleep(Duration::from_micros(200));
    }
}

/// Numbers that look random and are the same in every run (Numerical Recipes' generator).
struct Dice(u64);

impl Dice {
    /// From 0 to 1.
    fn roll(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / (1u64 << 24) as f64
    }
}

/// What the run had reached when it ended: the extension of its record.
fn reached(project: &Project) -> String {
    let folder = project.root().join(".codemend_cache/undo");
    let names = fs::read_dir(folder).into_iter().flatten().flatten();
    let last = names.map(|entry| entry.path()).max();
    let extension = last.and_then(|path| Some(path.extension()?.to_string_lossy().into_owned()));
    extension.unwrap_or_else(|| "nothing".to_owned())
}

fn end(child: &mut Child, signal: &str) {
    let pid = child.id().to_string();
    let sent = Command::new("kill").args([signal, &pid]).output();
    sent.expect("kill runs");
}

#[test]
fn every_file_is_whole_whenever_the_process_ends() {
    let project = project();
    let before = tree(&project);
    let (after, length) = a_whole_run(&project);
    undo(&project);
    assert_eq!(tree(&project), before);

    let mut dice = Dice(7);
    let (mut stages, mut outcomes) = (BTreeMap::<String, usize>::new(), [0usize; 2]);
    for round in 0..KILLS {
        let signal = ["-KILL", "-KILL", "-INT", "-KILL", "-TERM"][round % 5];
        let mut child = start(&project);
        if round % 20 != 19 {
            wait_for_writes(&project, &mut child);
        }
        sleep(length.mul_f64(dice.roll() * 1.1));
        end(&mut child, signal);
        let code = child.wait().expect("it ends").code();
        let stage = reached(&project);
        *stages.entry(stage.clone()).or_default() += 1;
        let place = format!("round {round}, {signal} at stage `{stage}`, exit code {code:?}");
        if signal != "-KILL" {
            // It puts things in order itself.
            assert!(["nothing", "db"].contains(&&*stage), "{place}");
            insist(&tree(&project), &before, &after, &place);
        }
        let said = project.codemend(&["undo", "--list"]);
        assert_eq!(said.code, Some(0), "{place}: {}", said.err);
        let now = tree(&project);
        let is_new = insist(&now, &before, &after, &place);
        outcomes[usize::from(is_new)] += 1;
        if is_new {
            undo(&project);
            assert!(
                tree(&project) == before,
                "{place}: undo leaves something else"
            );
        }
    }
    // Not `println!`: the harness keeps that to itself when a test passes.
    let _ = writeln!(
        std::io::stderr(),
        "kill test: {KILLS} kills over {FILES} files; {} ended as before, {} as they shall be; stages {stages:?}",
        outcomes[0],
        outcomes[1]
    );
    assert!(
        stages.contains_key("prepare") || stages.contains_key("commit"),
        "{stages:?}"
    );
}

/// Whether `now` is the tree after the run; that it is one of both.
fn insist(now: &Tree, before: &Tree, after: &Tree, place: &str) -> bool {
    if now == before || now == after {
        return now == after;
    }
    let odd = now
        .iter()
        .find(|(path, file)| before.get(*path) != Some(file) && after.get(*path) != Some(file));
    let new = now
        .iter()
        .filter(|(path, file)| before.get(*path) != Some(file))
        .count();
    panic!(
        "{place}: {} files, {new} not as before, e.g. {odd:?}",
        now.len()
    );
}

/// The tree after a run that nobody ends, and how long it wrote.
fn a_whole_run(project: &Project) -> (Tree, Duration) {
    let mut child = start(project);
    wait_for_writes(project, &mut child);
    let began = Instant::now();
    let status = child.wait().expect("it ends");
    let length = began.elapsed();
    assert!(status.success());
    let after = tree(project);
    let changed = after
        .values()
        .filter(|(_, bytes)| bytes.ends_with(b": int | None = None\n"));
    assert_eq!(changed.count(), FILES);
    (after, length)
}

fn undo(project: &Project) {
    let said = project.codemend(&["undo"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(
        said.err.contains(&format!("{FILES} files are as")),
        "{}",
        said.err
    );
}
