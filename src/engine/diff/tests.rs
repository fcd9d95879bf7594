//! Patches that git and patch(1) must take: each is applied by both programs, and the bytes are compared.

use std::fs;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};

use super::{FileDiff, LineKind, git_patch};
use crate::patch::FilePatch;

type Case<'c> = (&'c str, Option<&'c str>, &'c str);

fn file(root: &Utf8Path, (name, before, after): Case<'_>) -> FilePatch {
    FilePatch::new(root.join(name), before.map(Into::into), after)
}

/// Apply the patch of `cases` with `program` in a fresh repository and compare every file.
fn round_trip(program: &[&str], cases: &[Case<'_>]) {
    let dir = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(dir.path().join("repo")).unwrap();
    fs::create_dir(&root).unwrap();
    run(&root, &["git", "init", "-q"]);
    for (name, before, _) in cases {
        let Some(before) = before else { continue };
        fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
        fs::write(root.join(name), before).unwrap();
    }
    let files: Vec<_> = cases.iter().map(|case| file(&root, *case)).collect();
    let patch = git_patch(&files, &root);
    let patch_file = dir.path().join("all.patch");
    fs::write(&patch_file, &patch).unwrap();
    let mut command = program.to_vec();
    command.push(patch_file.to_str().unwrap());
    run(&root, &command);
    for (name, _, after) in cases {
        let got = fs::read_to_string(root.join(name)).unwrap();
        let patch = String::from_utf8_lossy(&patch);
        assert_eq!(&got, after, "{program:?} {name:?}\n{patch}");
    }
}

fn run(root: &Utf8Path, command: &[&str]) {
    let output = Command::new(command[0])
        .args(&command[1..])
        .current_dir(root)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{command:?}: {said}");
    assert!(!said.contains("fuzz") && !said.contains("offset"), "{said}");
}

fn both(cases: &[Case<'_>]) {
    round_trip(&["git", "apply", "--whitespace=nowarn"], cases);
    round_trip(&["patch", "-p1", "--batch", "-i"], cases);
}

#[test]
fn plain_files_in_folders() {
    let long: String = (0..60).map(|n| format!("line {n}\n")).collect();
    let after = long
        .replace("line 3\n", "LINE 3\nmore\n")
        .replace("line 50\n", "");
    both(&[
        ("a.py", Some("x = 1\n"), "x = 2\n"),
        ("app/deep/b.py", Some(&long), &after),
        ("new/folder/c.py", None, "y = 1\ny = 2\n"),
    ]);
}

#[test]
fn final_newlines_come_and_go() {
    both(&[
        ("keeps_none.py", Some("a\nb\nc"), "a\nB\nc"),
        ("last_line.py", Some("a\nb"), "a\nc"),
        ("gains.py", Some("a\nb"), "a\nb\n"),
        ("loses.py", Some("a\nb\n"), "a\nb"),
        ("new.py", None, "a\nb"),
    ]);
}

#[test]
fn odd_line_ends_and_marks() {
    both(&[
        ("crlf.py", Some("a\r\nb\r\nc\r\n"), "a\r\nB\r\nc\r\n"),
        ("mixed.py", Some("a\r\nb\nc\r\n"), "a\r\nb\r\nc\n"),
        ("bom.py", Some("\u{feff}a = 1\nb\n"), "\u{feff}a = 2\nb\n"),
        ("bom_context.py", Some("\u{feff}a\nb\n"), "\u{feff}a\nc\n"),
        ("lone_cr.py", Some("a\rb\nc\rd\ne\n"), "a\rb\nc\rD\ne\n"),
        ("cr_at_end.py", Some("a\nb\r"), "a\nB\r"),
        ("cr_only.py", Some("a\rb\rc\r"), "a\rB\rc\r"),
        ("feed.py", Some("a\n\x0c\nb\n\x0c"), "a\n\x0c\nB\n\x0c"),
        (
            "separators.py",
            Some("a\u{2028}b\u{85}c\nd\x0be\n"),
            "a\u{2028}B\u{85}c\nd\x0bE\n",
        ),
        (
            "signs.py",
            Some("-- a\n++ b\n@@ c\n\\ d\n"),
            "-- A\n++ B\n@@ C\n\\ D\n",
        ),
        ("blank.py", Some("a\n\n\n \nb\n"), "a\n\n\n \nB\n"),
    ]);
}

#[test]
fn empty_files() {
    both(&[
        ("filled.py", Some(""), "a = 1\n"),
        ("filled_bare.py", Some(""), "a = 1"),
        ("emptied.py", Some("a = 1\n"), ""),
        ("created.py", None, ""),
        ("pkg/__init__.py", None, ""),
    ]);
}

#[test]
fn odd_names() {
    both(&[
        ("with space.py", Some("a\n"), "b\n"),
        ("dir with space/x.py", Some("a\n"), "b\n"),
        ("new with space.py", None, "b\n"),
        ("trailing .py ", Some("a\n"), "b\n"),
        (" leading.py", Some("a\n"), "b\n"),
        ("quo\"te.py", Some("a\n"), "b\n"),
        ("apo'strophe.py", Some("a\n"), "b\n"),
        ("back\\slash.py", Some("a\n"), "b\n"),
        ("tab\there.py", Some("a\n"), "b\n"),
        ("m\u{fc}ller \u{1f40d}.py", Some("a\n"), "b\n"),
        ("esc\u{1b}[31m.py", Some("a\n"), "b\n"),
        ("return\r.py", Some("a\n"), "b\n"),
        ("new\nline.py", Some("a\n"), "b\n"),
        ("-dash.py", Some("a\n"), "b\n"),
        ("a b/b/a b.py", Some("a\n"), "b\n"),
    ]);
}

#[test]
fn headers_are_those_of_git() {
    let root = Utf8Path::new("/repo");
    let header = |case| FileDiff::new(&file(root, case), root).header();
    assert_eq!(
        header(("a b.py", Some("a\n"), "b\n")),
        [
            "diff --git a/a b.py b/a b.py",
            "--- a/a b.py\t",
            "+++ b/a b.py\t"
        ]
    );
    assert_eq!(
        header(("new.py", None, "")),
        ["diff --git a/new.py b/new.py", "new file mode 100644"]
    );
    assert_eq!(
        header(("\u{fc}.py", None, "b\n")),
        [
            "diff --git \"a/\\303\\274.py\" \"b/\\303\\274.py\"",
            "new file mode 100644",
            "--- /dev/null",
            "+++ \"b/\\303\\274.py\""
        ]
    );
}

#[test]
fn marks_the_words_that_differ() {
    let root = Utf8Path::new("/repo");
    let file = file(
        root,
        (
            "a.py",
            Some("x: Optional[str] = None\n"),
            "x: str | None = None\n",
        ),
    );
    let diff = FileDiff::new(&file, root);
    let hunks: Vec<_> = diff.marked_hunks().collect();
    let removed = &hunks[0].lines[0];
    assert_eq!(removed.kind, LineKind::Removed);
    let marked: Vec<_> = removed.parts.iter().filter(|part| part.changed).collect();
    assert_eq!(marked[0].text, "Optional[");
    let whole: String = removed.parts.iter().map(|part| part.text).collect();
    assert_eq!(whole, "x: Optional[str] = None\n");
}

#[test]
fn nothing_gives_nothing() {
    assert_eq!(git_patch(&[], Utf8Path::new("/")), b"");
}
