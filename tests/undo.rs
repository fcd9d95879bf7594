//! `--apply` and `codemend undo` as a person meets them: what is said, what is asked, what stays.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;

use std::fs;

use outside::Project;

const OLD: &str = "from typing import Optional\n\nx: Optional[int] = None\n";
const NEW: &str = "\nx: int | None = None\n";

/// A project with three files to change.
fn project() -> Project {
    let files = ["a.py", "app/b.py", "app/c.py"].map(|path| (path, OLD));
    let project = Project::of(&files);
    project.write("pyproject.toml", "[project]\nname = 'x'\n");
    project
}

fn repository() -> Project {
    let project = project();
    let who = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
    project.insist("git", &["init", "--quiet"], b"");
    project.insist("git", &["add", "."], b"");
    let commit = [&who[..], &["commit", "--quiet", "--message", "one"]].concat();
    project.insist("git", &commit, b"");
    project
}

#[test]
fn the_last_run_is_taken_back() {
    let project = project();
    let before = project.tree();
    let said = project.codemend(&["app", "--apply"]);
    assert!(said.err.starts_with("Changed 2 of 2 files"), "{}", said.err);
    assert!(
        said.err.contains("Take it back with `codemend undo`"),
        "{}",
        said.err
    );
    let said = project.codemend(&["--apply"]);
    assert!(said.err.starts_with("Changed 1 of 3 files"), "{}", said.err);

    // From a subfolder, too: the records are looked for upwards.
    let listed = project.codemend_in("app", &["undo", "--list"]);
    let lines: Vec<_> = listed.out.lines().collect();
    assert_eq!(lines.len(), 2, "{}", listed.out);
    assert!(lines[0].starts_with("   2  20") && lines[0].ends_with("1 file  optional-to-union 1"));
    assert!(lines[1].starts_with("   1  20") && lines[1].ends_with("2 files  optional-to-union 2"));

    let said = project.codemend_in("app", &["undo"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(
        said.err.starts_with("Took back run 2: 1 file is as it was"),
        "{}",
        said.err
    );
    assert_eq!(project.read("a.py"), OLD);
    assert_eq!(project.read("app/b.py"), NEW);
    let said = project.codemend(&["undo", "1"]);
    assert!(
        said.err
            .starts_with("Took back run 1: 2 files are as they were"),
        "{}",
        said.err
    );
    assert_eq!(project.tree(), before);
    assert!(!project.root().join(".codemend_cache/undo").exists());

    let said = project.codemend(&["undo"]);
    assert_eq!(said.code, Some(2));
    assert!(
        said.err.contains("there is no run to take back"),
        "{}",
        said.err
    );
    assert_eq!(project.codemend(&["undo", "--list"]).code, Some(0));
}

#[test]
fn what_changed_since_is_not_overwritten_unasked() {
    let project = project();
    assert_eq!(project.codemend(&["--apply"]).code, Some(0));
    project.write("app/b.py", "mine = 1\n");
    let said = project.codemend(&["undo"]);
    assert_eq!(said.code, Some(2));
    let want = "error: app/b.py: has changed since codemend wrote it\n  help: `--force`";
    assert!(said.err.starts_with(want), "{}", said.err);
    assert!(
        said.err
            .contains("Run 1 was not taken back: nothing was changed"),
        "{}",
        said.err
    );
    assert_eq!(project.read("a.py"), NEW);

    let said = project.codemend(&["undo", "--keep-going"]);
    assert_eq!((said.code, project.read("a.py").as_str()), (Some(2), OLD));
    assert_eq!(project.read("app/b.py"), "mine = 1\n");
    assert_eq!(project.codemend(&["undo", "--force"]).code, Some(0));
    assert_eq!(project.read("app/b.py"), OLD);
    // And that can be taken back as well.
    let said = project.codemend(&["undo"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(project.read("app/b.py"), "mine = 1\n");
}

#[test]
fn a_project_elsewhere_is_named() {
    let project = project();
    assert_eq!(project.codemend(&["--apply"]).code, Some(0));
    let other = Project::of::<&str>(&[]);
    let root = project.root().to_str().expect("UTF-8");
    let said = other.codemend(&["undo", "--project", root]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(project.read("a.py"), OLD);
    let said = other.codemend(&["undo", "--project", "nowhere"]);
    assert_eq!(said.code, Some(2));
    assert!(
        said.err.contains("--project nowhere: no such directory"),
        "{}",
        said.err
    );
    assert!(project.codemend(&["undo", "7"]).err.contains("no run"));
}

#[test]
fn git_guards_uncommitted_work() {
    let project = repository();
    project.write("app/b.py", format!("{OLD}y = 1\n"));
    project.write("app/new.py", OLD);
    project.write("README.md", "not a file that codemend would change\n");
    let before = project.tree();
    let said = project.codemend(&["--apply"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.starts_with(
        "error: app/b.py: has uncommitted changes\n\
         error: app/new.py: has uncommitted changes\n  help: commit or stash them, or pass `--allow-dirty`\n\
         Changed nothing of 4 files"
    ), "{}", said.err);
    assert_eq!(project.tree(), before);

    let said = project.codemend(&["--apply", "--keep-going"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("Changed 2 of 4 files"), "{}", said.err);
    assert!(
        said.err.contains("optional-to-union  2 changes"),
        "{}",
        said.err
    );
    assert_eq!(
        (project.read("a.py"), project.read("app/new.py")),
        (NEW.into(), OLD.into())
    );

    let said = project.codemend(&["--apply", "--allow-dirty"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(project.read("app/new.py"), NEW);
    // git does not see what codemend keeps.
    let output = std::process::Command::new("git")
        .args(["status", "--porcelain", "--untracked-files=all"])
        .current_dir(project.root())
        .output()
        .expect("git runs");
    let status = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        status.contains("app/new.py") && !status.contains("codemend"),
        "{status}"
    );
    assert_eq!(project.codemend(&["undo"]).code, Some(0));
    assert_eq!(project.codemend(&["undo"]).code, Some(0));
    assert_eq!(project.tree(), before);
}

/// A process may have 1 024 files open on most systems; here it may have few.
#[test]
fn more_files_than_a_process_may_have_open() {
    let project = Project::of::<&str>(&[("pyproject.toml", "")]);
    for number in 0..600 {
        project.write(&format!("m{number}.py"), OLD);
    }
    let select = "--select optional-to-union --quiet";
    let said = project.shell(&format!("ulimit -n 400 && codemend --apply {select}"));
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(project.read("m599.py"), NEW);
    let said = project.shell("ulimit -n 400 && codemend undo");
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(project.read("m599.py"), OLD);
}

/// A preview says nothing of uncommitted work, and writes nothing.
#[test]
fn a_preview_leaves_no_trace() {
    let project = repository();
    project.write("a.py", format!("{OLD}y = 1\n"));
    let before = project.tree();
    let said = project.codemend(&[]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(project.tree(), before);
    assert!(!project.root().join(".codemend_cache/undo").exists());
}

/// The whole example, with everything that can be done to it, and back: bytes and modes.
#[test]
fn the_example_comes_back_byte_for_byte() {
    let project = Project::example();
    let before = project.tree();
    let said = project.codemend(&["--apply", "--unsafe-fixes"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_ne!(project.tree(), before);
    let said = project.codemend(&["undo"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(project.tree(), before);
}

/// A run that is over when the next one looks: its record is finished, not taken back.
#[test]
fn a_record_that_cannot_be_read_is_said_and_left() {
    let project = project();
    let folder = project.root().join(".codemend_cache/undo");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("000001.commit"), "{}\n").expect("a file");
    let said = project.codemend(&[]);
    assert_eq!(said.code, Some(2));
    let want = "error: .codemend_cache/undo/000001.commit: is no usable record of a run";
    assert!(said.err.contains(want), "{}", said.err);
    assert!(said.out.contains("+++ b/a.py"), "the preview goes on");
}
