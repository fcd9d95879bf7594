//! What no codemod of the catalogue does yet: files that are made, and files that go there and back.

use std::fs;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::patch::{FilePatch, Outcome, Step};

use super::super::root::Rooted;
use super::{way_on, write};

fn git(directory: &Utf8Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=t", "-c", "user.email=t@example.org"]);
    let output = command
        .args(arguments)
        .current_dir(directory)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "git {arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

fn repository() -> (tempfile::TempDir, Utf8PathBuf) {
    let guard = tempfile::tempdir().unwrap();
    let top = Utf8Path::from_path(guard.path())
        .unwrap()
        .canonicalize_utf8()
        .unwrap();
    fs::create_dir(top.join("repo")).unwrap();
    let repo = top.join("repo");
    git(&repo, &["init", "-q"]);
    fs::write(repo.join("a.py"), "one\n").unwrap();
    git(&repo, &["add", "."]);
    git(&repo, &["commit", "-qm", "one"]);
    (guard, repo)
}

fn outcome(repo: &Utf8Path, steps: &[&[(&str, Option<&str>, &str)]]) -> Outcome {
    let file = |(name, before, after): &(&str, Option<&str>, &str)| {
        FilePatch::new(repo.join(name), before.map(Into::into), *after)
    };
    let step = |files: &&[(&str, Option<&str>, &str)]| Step {
        codemod: "not-in-the-catalogue",
        files: files.iter().map(file).collect(),
        changes: Vec::new(),
    };
    Outcome {
        steps: steps.iter().map(step).collect(),
        ..Outcome::default()
    }
}

#[test]
fn files_that_are_made_arrive() {
    let (_guard, repo) = repository();
    let outcome = outcome(
        &repo,
        &[
            &[
                ("empty.py", None, ""),
                ("new/b ü.py", None, "two\r\n"),
                ("z.py", None, "three"),
            ],
            &[
                ("a.py", Some("one\n"), "1\n"),
                ("empty.py", Some(""), "filled\n"),
            ],
            &[("a.py", Some("1\n"), "one\n")],
        ],
    );
    let rooted = Rooted::new(&outcome.patch(), &repo);
    let series = repo.join("../series");
    assert_eq!(
        write(series.as_std_path(), &rooted, &outcome, &repo).unwrap(),
        3
    );
    for number in 1..=3 {
        let patch = format!("../series/000{number}-not-in-the-catalogue.patch");
        git(&repo, &["am", "-q", &patch]);
    }
    let read = |name: &str| fs::read_to_string(repo.join(name)).unwrap();
    assert_eq!(read("new/b ü.py"), "two\r\n");
    assert_eq!(
        [read("a.py"), read("empty.py"), read("z.py")],
        ["one\n", "filled\n", "three"]
    );
    assert_eq!(git(&repo, &["status", "--porcelain"]), "");
}

/// The names of the texts let git merge where a line above has moved on.
#[test]
fn a_series_can_be_merged() {
    let (_guard, repo) = repository();
    let text = |first: &str, last: &str| format!("{first}\nb\nc\nd\n{last}\n");
    fs::write(repo.join("a.py"), text("a", "e")).unwrap();
    git(&repo, &["commit", "-qam", "two"]);
    let outcome = outcome(
        &repo,
        &[&[("a.py", Some(&text("a", "e")), &text("a", "E"))]],
    );
    let rooted = Rooted::new(&outcome.patch(), &repo);
    write(
        repo.join("../series").as_std_path(),
        &rooted,
        &outcome,
        &repo,
    )
    .unwrap();
    fs::write(repo.join("a.py"), text("A", "e").replace("c\n", "c\nx\n")).unwrap();
    git(&repo, &["commit", "-qam", "three"]);
    git(
        &repo,
        &[
            "am",
            "-q",
            "-3",
            "../series/0001-not-in-the-catalogue.patch",
        ],
    );
    let merged = fs::read_to_string(repo.join("a.py")).unwrap();
    assert_eq!(merged, text("A", "E").replace("c\n", "c\nx\n"));
}

#[test]
fn says_what_to_type() {
    let rooted = Rooted {
        root: "/nowhere/repo".into(),
        files: Vec::new(),
        problems: Vec::new(),
    };
    let told = |patches, cwd: &str| way_on("../a b".as_ref(), patches, &rooted, cwd.into());
    assert_eq!(
        told(2, "/nowhere/repo"),
        "2 patches: `git am '../a b'/*.patch`"
    );
    assert!(told(1, "/tmp").starts_with("1 patch: `git -C /nowhere/repo am '/a b'/*.patch`"));
    assert!(told(0, "/tmp").contains("nothing"));
}
