//! Real files in a temporary project. After each test the project must hold no temporary file.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

use super::{Applied, apply};
use crate::patch::FilePatch;

struct Project {
    _dir: TempDir,
    root: Utf8PathBuf,
}

impl Project {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap().join("project");
        fs::create_dir(&root).unwrap();
        Self { _dir: dir, root }
    }

    fn write(&self, name: &str, text: &str) -> Utf8PathBuf {
        let path = self.root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn file(&self, name: &str, before: Option<&str>, after: &str) -> FilePatch {
        FilePatch::new(self.root.join(name), before.map(Into::into), after)
    }

    fn apply(&self, files: &[FilePatch]) -> Applied {
        let applied = apply(files, &self.root);
        assert_no_temporary(self.root.parent().unwrap());
        applied
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.root.join(name)).unwrap()
    }

    fn mode(&self, name: &str) -> u32 {
        fs::metadata(self.root.join(name)).unwrap().mode() & 0o7777
    }

    fn set_mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.root.join(name), fs::Permissions::from_mode(mode)).unwrap();
    }
}

fn assert_no_temporary(dir: &Utf8Path) {
    for entry in dir.read_dir_utf8().unwrap() {
        let entry = entry.unwrap();
        assert!(
            !entry.file_name().starts_with(".codemend"),
            "{}",
            entry.path()
        );
        if entry.file_type().unwrap().is_dir() {
            assert_no_temporary(entry.path());
        }
    }
}

/// `name` is refused with `message`, keeps `text`, and a file beside it is written all the same.
fn refuses(project: &Project, name: &str, message: &str, text: &str) {
    project.write("other.py", "o\n");
    let files = [
        project.file(name, Some("a\n"), "b\n"),
        project.file("other.py", Some("o\n"), "O\n"),
    ];
    let applied = project.apply(&files);
    assert_eq!(applied.written, 1);
    assert_eq!(project.text("other.py"), "O\n");
    assert_eq!(applied.problems.len(), 1);
    let problem = &applied.problems[0];
    assert_eq!(problem.path, project.root.join(name));
    assert!(problem.message.contains(message), "{}", problem.message);
    assert_eq!(project.text(name), text);
}

#[test]
fn writes_exact_bytes_and_keeps_the_mode() {
    let project = Project::new();
    project.write("a.py", "\u{feff}a\r\nb");
    project.set_mode("a.py", 0o2751);
    let applied =
        project.apply(&[project.file("a.py", Some("\u{feff}a\r\nb"), "\u{feff}a\r\nc\r")]);
    assert_eq!((applied.written, applied.problems.len()), (1, 0));
    assert_eq!(project.text("a.py"), "\u{feff}a\r\nc\r");
    assert_eq!(project.mode("a.py"), 0o2751);
}

/// Giving files away needs root; anybody else has nothing to lose here.
#[test]
fn keeps_the_owner() {
    let project = Project::new();
    let path = project.write("a.py", "a\n");
    if std::os::unix::fs::chown(&path, Some(1234), Some(4321)).is_err() {
        return;
    }
    project.set_mode("a.py", 0o4755);
    assert_eq!(
        project
            .apply(&[project.file("a.py", Some("a\n"), "b\n")])
            .written,
        1
    );
    let metadata = fs::metadata(&path).unwrap();
    assert_eq!((metadata.uid(), metadata.gid()), (1234, 4321));
    assert_eq!(project.mode("a.py"), 0o4755);
}

#[test]
fn follows_a_link_inside_the_project() {
    let project = Project::new();
    project.write("real/a.py", "a\n");
    symlink("real/a.py", project.root.join("link.py")).unwrap();
    let applied = project.apply(&[project.file("link.py", Some("a\n"), "b\n")]);
    assert_eq!(applied.written, 1);
    assert_eq!(project.text("real/a.py"), "b\n");
    assert!(project.root.join("link.py").is_symlink());
}

#[test]
fn the_same_file_under_two_names_is_no_problem() {
    let project = Project::new();
    project.write("a.py", "a\n");
    symlink("a.py", project.root.join("link.py")).unwrap();
    let files = ["a.py", "link.py"].map(|name| project.file(name, Some("a\n"), "b\n"));
    let applied = project.apply(&files);
    assert_eq!((applied.written, applied.problems.len()), (2, 0));
}

#[test]
fn refuses_links_out_of_the_project() {
    let project = Project::new();
    project.write("../outside.py", "a\n");
    symlink("../outside.py", project.root.join("link.py")).unwrap();
    refuses(&project, "link.py", "outside the project", "a\n");
    project.write("../elsewhere/x.py", "a\n");
    symlink("../elsewhere", project.root.join("dir")).unwrap();
    refuses(&project, "dir/x.py", "outside the project", "a\n");
    let created = project.apply(&[project.file("dir/new.py", None, "n\n")]);
    assert_eq!((created.written, created.problems.len()), (0, 1));
    assert!(!project.root.join("dir/new.py").exists());
}

#[test]
fn refuses_what_changed_meanwhile() {
    let project = Project::new();
    project.write("a.py", "somebody's\n");
    refuses(&project, "a.py", "changed on disk", "somebody's\n");
}

#[test]
fn refuses_what_vanished() {
    let project = Project::new();
    let applied = project.apply(&[project.file("gone.py", Some("a\n"), "b\n")]);
    assert!(applied.problems[0].message.contains("vanished"));
    assert!(!project.root.join("gone.py").exists());
}

#[test]
fn refuses_what_is_no_regular_file() {
    let project = Project::new();
    fs::create_dir(project.root.join("dir.py")).unwrap();
    let pipe = project.root.join("pipe.py");
    let made = std::process::Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .unwrap();
    assert!(made.success());
    let files = ["dir.py", "pipe.py"].map(|name| project.file(name, Some("a\n"), "b\n"));
    let applied = project.apply(&files);
    assert_eq!(applied.written, 0);
    for problem in applied.problems {
        assert!(
            problem.message.contains("regular file"),
            "{}",
            problem.message
        );
    }
}

#[test]
fn refuses_hard_links() {
    let project = Project::new();
    let path = project.write("a.py", "a\n");
    fs::hard_link(&path, project.root.join("twin.py")).unwrap();
    refuses(&project, "a.py", "2 hard links", "a\n");
    assert_eq!(fs::metadata(&path).unwrap().nlink(), 2);
}

/// Who may write a file is the system's business: root may write a read-only one, and its mode stays.
#[test]
fn asks_the_system_about_read_only_files() {
    let project = Project::new();
    let path = project.write("a.py", "a\n");
    project.set_mode("a.py", 0o444);
    if fs::OpenOptions::new().write(true).open(&path).is_err() {
        return refuses(&project, "a.py", "permission denied", "a\n");
    }
    let applied = project.apply(&[project.file("a.py", Some("a\n"), "b\n")]);
    assert_eq!((applied.written, applied.problems.len()), (1, 0));
    assert_eq!(project.text("a.py"), "b\n");
    assert_eq!(project.mode("a.py"), 0o444);
}

/// The system's own refusals reach the reader too: here a name that leaves no room for the write.
#[test]
fn says_why_a_write_failed() {
    let project = Project::new();
    let name = format!("{}/new.py", "d".repeat(300));
    let applied = project.apply(&[project.file(&name, None, "a\n")]);
    assert_eq!(applied.written, 0);
    let message = &applied.problems[0].message;
    assert!(message.starts_with("cannot be written: "), "{message}");
    assert!(!message.contains(".codemend"), "{message}");
}

#[test]
fn creates_files_with_their_folders() {
    let project = Project::new();
    let applied = project.apply(&[project.file("pkg/deep/new.py", None, "n\n")]);
    assert_eq!((applied.written, applied.problems.len()), (1, 0));
    assert_eq!(project.text("pkg/deep/new.py"), "n\n");
    project.write("usual.py", "");
    assert_eq!(project.mode("pkg/deep/new.py"), project.mode("usual.py"));
}

#[test]
fn never_creates_over_something() {
    let project = Project::new();
    project.write("a.py", "kept\n");
    symlink("nowhere.py", project.root.join("dangling.py")).unwrap();
    let files = ["a.py", "dangling.py"].map(|name| project.file(name, None, "n\n"));
    let applied = project.apply(&files);
    assert_eq!((applied.written, applied.problems.len()), (0, 2));
    assert_eq!(project.text("a.py"), "kept\n");
    assert!(!project.root.join("nowhere.py").exists());
}
