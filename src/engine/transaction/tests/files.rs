//! What is written, what is refused, and what a file keeps.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};

use super::*;

const B: Wish<'static> = ("b.py", Some("b\n"), Some("B\n"));

/// A file `a.py` that is not fit for a change from `a\n` to `A\n`: nothing is written; or, where the run keeps going,
/// the file beside it.
fn refuses(mut project: Project, message: &str) {
    project.put("b.py", "b\n");
    let before = project.tree();
    let wishes = [("a.py", Some("a\n"), Some("A\n")), B];
    let applied = project.write(&wishes);
    assert_eq!((applied.end, applied.written), (End::TakenBack, 0));
    let said = messages(&applied);
    assert!(said.len() == 1 && said[0].contains(message), "{said:?}");
    assert_eq!(project.tree(), before);
    assert!(!project.store().cache().exists());

    project.on_failure = OnFailure::KeepGoing;
    let applied = project.write(&wishes);
    assert_eq!((applied.end, applied.written), (End::Written, 1));
    assert_eq!(messages(&applied), said);
    assert_eq!(project.text("b.py"), "B\n");
    project.put("b.py", "b\n");
    project.set_mode("b.py", before[&project.root.join("b.py")].0 & 0o7777);
    assert_eq!(project.tree(), before);
}

#[test]
fn writes_exact_bytes_and_keeps_the_mode() {
    let project = Project::of(&[("a.py", "\u{feff}a\r\nb")]);
    project.set_mode("a.py", 0o2751);
    let applied = project.write(&[("a.py", Some("\u{feff}a\r\nb"), Some("\u{feff}a\r\nc\r"))]);
    assert_eq!((applied.end, applied.written), (End::Written, 1));
    assert_eq!(applied.problems, []);
    assert_eq!(project.text("a.py"), "\u{feff}a\r\nc\r");
    assert_eq!(project.mode("a.py"), 0o2751);
}

/// Giving files away needs root; anybody else has nothing to lose here.
#[test]
fn keeps_the_owner_and_the_attributes() {
    let project = Project::of(&[("a.py", "a\n")]);
    let path = project.root.join("a.py");
    let owned = std::os::unix::fs::chown(&path, Some(1234), Some(4321)).is_ok();
    project.set_mode("a.py", 0o4755);
    let has_attributes = xattr::set(&path, "user.note", b"mine").is_ok();
    let applied = project.write(&[("a.py", Some("a\n"), Some("A\n"))]);
    assert_eq!(applied.written, 1);
    let metadata = fs::metadata(&path).unwrap();
    if owned {
        assert_eq!((metadata.uid(), metadata.gid()), (1234, 4321));
        assert_eq!(project.mode("a.py"), 0o4755);
    }
    if has_attributes {
        assert_eq!(
            xattr::get(&path, "user.note").unwrap(),
            Some(b"mine".to_vec())
        );
    }
}

#[test]
fn links_in_the_path_are_refused() {
    let project = Project::of(&[("real/a.py", "a\n"), ("b.py", "b\n")]);
    symlink("real", project.root.join("dir")).unwrap();
    let applied = project.write(&[("dir/a.py", Some("a\n"), Some("A\n")), B]);
    assert_eq!(applied.written, 0);
    assert!(messages(&applied)[0].contains("leads through a symbolic link"));
    let applied = project.write(&[("dir/new/n.py", None, Some("n\n")), B]);
    assert_eq!(applied.written, 0);
    let linked = Project::of(&[("real.py", "a\n")]);
    symlink("real.py", linked.root.join("a.py")).unwrap();
    refuses(linked, "regular file");
}

#[test]
fn what_changed_or_went_meanwhile_is_refused() {
    refuses(Project::of(&[("a.py", "somebody's\n")]), "changed on disk");
    refuses(Project::new(), "vanished");
    refuses(
        Project::of(&[("a.py/inside.py", "")]),
        "no longer a regular file",
    );
    let with_pipe = Project::new();
    let made = std::process::Command::new("mkfifo")
        .arg(with_pipe.root.join("a.py"))
        .status();
    assert!(made.unwrap().success());
    refuses(with_pipe, "no longer a regular file");
}

#[test]
fn hard_links_are_refused_or_written_in_place() {
    let project = Project::of(&[("a.py", "a\n")]);
    let path = project.root.join("a.py");
    let twin = project.root.join("twin.py");
    fs::hard_link(&path, &twin).unwrap();
    refuses(project, "2 hard links");

    for (before, after) in [("a\n", "longer\n"), ("longer\n", "s")] {
        let mut project = Project::of(&[("a.py", before)]);
        project.hard_links = HardLinks::Overwrite;
        let (path, twin) = (project.root.join("a.py"), project.root.join("twin.py"));
        fs::hard_link(&path, &twin).unwrap();
        let applied = project.write(&[("a.py", Some(before), Some(after))]);
        assert_eq!((applied.end, applied.written), (End::Written, 1));
        assert_eq!(
            (project.text("a.py"), project.text("twin.py")),
            (after.into(), after.into())
        );
        assert_eq!(fs::metadata(&path).unwrap().nlink(), 2);
        project.hard_links = HardLinks::Refuse;
        let undone = project.undo(1, super::super::Changed::Refuse);
        assert_eq!(messages(&undone), [""; 0]);
        assert_eq!(project.text("twin.py"), before);
        assert_eq!(fs::metadata(&path).unwrap().nlink(), 2);
    }
}

#[test]
fn two_names_of_one_file_are_written_once() {
    let mut project = Project::of(&[("a.py", "a\n"), ("c.py", "c\n")]);
    project.hard_links = HardLinks::Overwrite;
    fs::hard_link(project.root.join("a.py"), project.root.join("b.py")).unwrap();
    let before = project.tree();
    let wishes = [
        ("a.py", Some("a\n"), Some("A\n")),
        ("b.py", Some("a\n"), Some("A\n")),
        ("c.py", Some("c\n"), Some("C\n")),
    ];
    let applied = project.write(&wishes);
    assert_eq!(
        (applied.end, applied.written),
        (End::Written, 3),
        "{applied:?}"
    );
    assert!(applied.left_out.is_empty() && applied.problems.is_empty());
    assert_eq!(project.text("b.py"), "A\n");
    assert_eq!(
        project.undo(1, super::super::Changed::Refuse).end,
        End::Written
    );
    assert_eq!(project.tree(), before);
}

/// Who may write a file is the system's business: root may write a read-only one, and its mode stays.
#[test]
fn asks_the_system_about_read_only_files() {
    let project = Project::of(&[("a.py", "a\n")]);
    project.set_mode("a.py", 0o444);
    let path = project.root.join("a.py");
    if fs::OpenOptions::new().write(true).open(&path).is_err() {
        return refuses(project, "permission denied");
    }
    assert_eq!(
        project.write(&[("a.py", Some("a\n"), Some("A\n"))]).written,
        1
    );
    assert_eq!(project.mode("a.py"), 0o444);
}

/// The system's own refusals reach the reader, without the names of temporary files.
#[test]
fn says_why_a_write_failed() {
    let project = Project::of(&[("b.py", "b\n")]);
    let name = format!("{}/new.py", "d".repeat(300));
    let applied = project.write(&[(&name, None, Some("a\n")), B]);
    assert_eq!((applied.end, applied.written), (End::TakenBack, 0));
    assert_eq!(project.text("b.py"), "b\n");
    let message = &applied.problems[0].message;
    assert!(message.starts_with("cannot be written: "), "{message}");
    assert!(!message.contains(".codemend"), "{message}");
}

#[test]
fn creates_files_with_their_folders_and_undoes_that() {
    let project = Project::of(&[("usual.py", "")]);
    let before = project.tree();
    let applied = project.write(&[("pkg/deep/new.py", None, Some("n\n"))]);
    assert_eq!((applied.written, applied.problems.len()), (1, 0));
    assert_eq!(project.text("pkg/deep/new.py"), "n\n");
    assert_eq!(project.mode("pkg/deep/new.py"), project.mode("usual.py"));
    let undone = project.undo(1, super::super::Changed::Refuse);
    assert_eq!((undone.end, undone.written), (End::Written, 1));
    assert_eq!(project.tree(), before);
}

#[test]
fn never_creates_over_something() {
    let project = Project::of(&[("a.py", "kept\n")]);
    symlink("nowhere.py", project.root.join("dangling.py")).unwrap();
    let before = project.tree();
    let wishes = ["a.py", "dangling.py"].map(|name| (name, None, Some("n\n")));
    let applied = project.write(&wishes);
    assert_eq!((applied.written, applied.problems.len()), (0, 2));
    assert_eq!(project.tree(), before);
}

#[test]
fn removes_files_and_brings_them_back() {
    let project = Project::of(&[("a.py", "a\n"), ("b.py", "b\n")]);
    project.set_mode("a.py", 0o640);
    let before = project.tree();
    assert_eq!(project.write(&[("a.py", Some("a\n"), None), B]).written, 2);
    assert!(!project.root.join("a.py").exists());
    assert_eq!(project.undo(1, super::super::Changed::Refuse).written, 2);
    assert_eq!(project.text("a.py"), "a\n");
    assert_eq!(project.tree().len(), before.len());
}

/// What belongs together is written together, also when the run keeps going.
#[test]
fn files_that_belong_together_are_left_out_together() {
    let mut project =
        Project::of(&[("a.py", "else\n"), ("b.py", "b\n"), ("c.py", "c\n")]).keeping_going();
    project.together = vec![["a.py", "b.py"].map(|name| project.root.join(name)).into()];
    let c = ("c.py", Some("c\n"), Some("C\n"));
    let applied = project.write(&[("a.py", Some("a\n"), Some("A\n")), B, c]);
    assert_eq!((applied.end, applied.written), (End::Written, 1));
    assert_eq!(project.text("b.py"), "b\n");
    assert_eq!(project.text("c.py"), "C\n");
    assert!(
        messages(&applied)[1].contains("belongs together"),
        "{:?}",
        messages(&applied)
    );
}

#[test]
fn a_signal_before_the_first_write_leaves_nothing() {
    let project = Project::of(&[("b.py", "b\n")]);
    project
        .stop
        .store(true, std::sync::atomic::Ordering::SeqCst);
    let applied = project.write(&[B]);
    assert_eq!((applied.end, applied.written), (End::Interrupted, 0));
    assert_eq!(project.text("b.py"), "b\n");
    assert!(!project.store().cache().exists());
}

/// The folder gives new files an access control list; the old file had none.
#[test]
fn nobody_gets_more_access_than_before() {
    let project = Project::of(&[("b.py", "b\n")]);
    project.set_mode("b.py", 0o640);
    // user::rw-, user:1234:r--, group::r--, mask::r--, other::--- (acl(5), version 2)
    let mut list = vec![2, 0, 0, 0];
    for (tag, permissions, id) in [
        (1u16, 6u16, u32::MAX),
        (2, 4, 1234),
        (4, 4, u32::MAX),
        (16, 4, u32::MAX),
        (32, 0, u32::MAX),
    ] {
        list.extend(tag.to_le_bytes());
        list.extend(permissions.to_le_bytes());
        list.extend(id.to_le_bytes());
    }
    let name = "system.posix_acl_default";
    if xattr::set(&project.root, name, &list).is_err() {
        return; // No such lists here.
    }
    assert_eq!(project.write(&[B]).written, 1);
    let found = xattr::get(project.root.join("b.py"), "system.posix_acl_access").unwrap();
    assert_eq!(found, None);
    assert_eq!(project.mode("b.py"), 0o640);
}

/// What a record would not be believed for is not written.
#[test]
fn the_folder_of_git_is_left_alone() {
    refuses(
        Project::of(&[("a.py/inside.py", "")]),
        "no longer a regular file",
    );
    let project = Project::of(&[(".git/hooks/h.py", "h\n"), ("b.py", "b\n")]);
    let applied = project.write(&[(".git/hooks/h.py", Some("h\n"), Some("H\n")), B]);
    assert_eq!((applied.end, applied.written), (End::TakenBack, 0));
    assert!(
        messages(&applied)[0].contains("git's own folder"),
        "{applied:?}"
    );
}

/// In a git tree the cache folder hides itself.
#[test]
fn git_does_not_see_the_cache() {
    for (git, want) in [(true, Some("*\n")), (false, None)] {
        let project = Project::of(&[("b.py", "b\n")]);
        if git {
            fs::create_dir(project.root.join(".git")).unwrap();
        }
        assert_eq!(project.write(&[B]).written, 1);
        let ignore = fs::read_to_string(project.store().cache().join(".gitignore"));
        assert_eq!(ignore.ok().as_deref(), want);
    }
}

/// A cache folder that leads elsewhere is not written to.
#[test]
fn a_cache_folder_must_be_a_folder() {
    let project = Project::of(&[("b.py", "b\n"), ("../elsewhere/x", "")]);
    symlink("../elsewhere", project.store().cache()).unwrap();
    let applied = project.write(&[B]);
    assert_eq!((applied.end, applied.written), (End::TakenBack, 0));
    assert_eq!(
        fs::read_dir(project.root.join("../elsewhere"))
            .unwrap()
            .count(),
        1
    );
    assert!(
        Store::above(&project.root, &System)
            .iter()
            .all(|store| store.base() != project.root)
    );
}
