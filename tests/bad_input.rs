//! Files and folders that cannot be used: one clear line for each, the others are mended, and the exit code is 2.

#[path = "bad_input/encodings.rs"]
mod encodings;
#[path = "bad_input/manifests.rs"]
mod manifests;
#[path = "bad_input/newlines.rs"]
mod newlines;
#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;
#[path = "bad_input/sizes.rs"]
mod sizes;

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};

use outside::{Project, Said};

const GOOD: &str = "import os\nfrom typing import Optional\n\nx: Optional[str] = os.sep\n";

/// A project whose file `good.py` has a change to make.
fn project() -> Project {
    Project::of(&[("good.py", GOOD)])
}

/// That `said` tells of the problems `want` (as `path: message` or `path:line:column: message`), once each, and of no
/// other; and that `good.py` is mended all the same.
fn insist(said: &Said, want: &[&str]) {
    assert!(!said.err.contains("panicked"), "{}", said.err);
    assert!(said.out.contains("+++ b/good.py\n"), "{}", said.err);
    assert_eq!(said.out.matches("diff --git").count(), 1, "{}", said.out);
    let mut got: Vec<_> = said.errors("error: ").collect();
    let mut want: Vec<_> = want.iter().map(|line| format!("error: {line}")).collect();
    got.sort_unstable();
    want.sort_unstable();
    assert_eq!(got, want);
    let count = match want.len() {
        1 => "1 problem\n".to_owned(),
        n => format!("{n} problems\n"),
    };
    let code = if want.is_empty() { 0 } else { 2 };
    assert_eq!(said.code, Some(code), "{}", said.err);
    assert!(want.is_empty() || said.err.contains(&count), "{}", said.err);
}

#[test]
fn bytes_that_are_no_text() {
    let project = project();
    project.write("latin.py", b"# Optional\nx = '\xe9'\n");
    project.write("late.py", [GOOD.as_bytes(), b"y = '\xc3'"].concat());
    project.write("nul.py", "from typing import Optional\0\n");
    project.write("image.py", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    project.write("wide.py", b"\xff\xfeO\0p\0t\0");
    let want = [
        "latin.py:2:6: is not UTF-8 (byte 0xe9); left alone",
        "late.py:5:6: is not UTF-8 (byte 0xc3); left alone",
        "nul.py:1:28: is binary (it holds a NUL byte); left alone",
        "image.py:3:1: is binary (it holds a NUL byte); left alone",
        "wide.py: is UTF-16 (little-endian); left alone",
    ];
    insist(&project.codemend(&[]), &want);
}

#[test]
fn empty_files_are_fine() {
    let project = project();
    for (path, text) in [
        ("empty.py", ""),
        ("mark.py", "\u{feff}"),
        ("blank.py", "\n \n"),
        ("comment.py", "# Optional["),
    ] {
        project.write(path, text);
    }
    insist(&project.codemend(&[]), &[]);
}

#[test]
fn a_huge_file_is_not_read() {
    let project = project();
    let file = File::create(project.root().join("huge.py")).expect("a file");
    file.set_len(50_000_000).expect("a hole takes no room");
    let want = "huge.py: is too large (47.7 MiB, at most 32.0 MiB are read); left alone";
    insist(&project.codemend(&[]), &[want]);
    insist(&project.codemend(&["huge.py", "good.py"]), &[want]);
}

#[test]
fn what_is_no_file() {
    let project = project();
    let root = project.root();
    fs::create_dir(root.join("folder.py")).expect("a folder");
    symlink("nowhere.py", root.join("dangling.py")).expect("a link");
    symlink("self.py", root.join("self.py")).expect("a link");
    project.insist("mkfifo", &["pipe.py"], b"");
    let links = "self.py: too many levels of symbolic links";
    insist(&project.codemend(&["self.py", "good.py"]), &[links]);
    let missing = "dangling.py: no such file or directory";
    let pipe = "pipe.py: is not a regular file; left alone";
    insist(&project.codemend(&[]), &[links, missing, pipe]);
    insist(&project.codemend(&["pipe.py", "good.py"]), &[pipe]);
    insist(&project.codemend(&["dangling.py", "good.py"]), &[missing]);
    insist(&project.codemend(&["folder.py", "good.py"]), &[]);
    let device = "/dev/null: is not a regular file; left alone";
    insist(&project.codemend(&["/dev/null", "good.py"]), &[device]);
}

#[test]
fn a_folder_that_is_called_like_a_module_is_walked() {
    let project = project();
    project.write("folder.py/inside.py", GOOD);
    let said = project.codemend(&["folder.py"]);
    assert!(said.out.contains("+++ b/folder.py/inside.py\n"));
}

#[test]
fn links_in_a_circle() {
    let project = project();
    fs::create_dir_all(project.root().join("app/api")).expect("a folder");
    symlink("..", project.root().join("app/up")).expect("a link");
    symlink(".", project.root().join("app/here")).expect("a link");
    symlink("../api", project.root().join("app/api/again")).expect("a link");
    symlink("ring", project.root().join("ring")).expect("a link");
    symlink("app", project.root().join("beside")).expect("a link");
    let loops = ["app/up", "app/here", "app/api/again"]
        .map(|link| format!("{link}: is a symbolic link to a directory above it; not followed"));
    let loops: Vec<_> = loops.iter().map(String::as_str).collect();
    insist(&project.codemend(&[]), &loops);
    // However many ways lead to a link, it is told of once, and a file is mended once.
    insist(&project.codemend(&["app/up", "app/here/up", "."]), &loops);
    insist(&project.codemend(&["--exclude", "up,here,again"]), &[]);
    let said = project.codemend(&["ring", "good.py"]);
    insist(&said, &["ring: too many levels of symbolic links"]);
}

#[test]
fn a_folder_that_may_not_be_read_is_named() {
    let project = project();
    project.write("vault/a.py", GOOD);
    let vault = project.root().join("vault");
    fs::set_permissions(&vault, Permissions::from_mode(0o000)).expect("ours");
    // Some users, such as root, may read everything.
    let locked = fs::read_dir(&vault).is_err();
    let said = project.codemend(&[]);
    fs::set_permissions(&vault, Permissions::from_mode(0o755)).expect("ours");
    if locked {
        insist(&said, &["vault: permission denied"]);
    }
}

#[test]
fn pipes_in_the_place_of_settings_do_not_block() {
    let project = project();
    project.write("sub/a.py", GOOD);
    project.write("other/a.py", "");
    let pipes = ["sub/codemend.toml", "other/setup.cfg"];
    project.insist("mkfifo", &pipes, b"");
    let want = "sub/codemend.toml: cannot be read: is not a regular file";
    insist(&project.codemend(&[]), &[want]);
}

#[test]
fn paths_that_do_not_exist() {
    let project = project();
    let want = [
        "gone.py: no such file or directory",
        "no/where: no such file or directory",
        "good.py/x: not a directory",
    ];
    let said = project.codemend(&["gone.py", "good.py", "no/where", "good.py/x"]);
    insist(&said, &want);
    let said = project.codemend(&["gone.py", "--apply"]);
    assert_eq!(said.code, Some(2));
    assert_eq!(project.read("good.py"), GOOD);
}

#[test]
fn files_that_may_not_be_read() {
    let project = project();
    project.write("locked.py", GOOD);
    let locked = project.root().join("locked.py");
    fs::set_permissions(&locked, Permissions::from_mode(0o000)).expect("ours");
    // Some users, such as root, may read everything.
    if fs::read(&locked).is_err() {
        let want = "locked.py: permission denied";
        insist(&project.codemend(&[]), &[want]);
        insist(&project.codemend(&["locked.py", "good.py"]), &[want]);
    }
}

#[test]
fn deep_nesting_is_refused_and_not_crashed_on() {
    let project = project();
    let n = 10_000;
    let head = "from typing import Optional\n";
    for (path, open, close) in [
        ("parens.py", "(", ")"),
        ("lists.py", "[", "]"),
        ("types.py", "Optional[", "]"),
        ("not.py", "not ", ""),
        ("minus.py", "-", ""),
        ("power.py", "2 ** ", ""),
        ("else.py", "1 if 1 else ", ""),
        ("calls.py", "f(", ")"),
        ("text.py", "f'{", "}'"),
    ] {
        let text = format!("{head}x = {}1{}\n", open.repeat(n), close.repeat(n));
        project.write(path, text);
    }
    let said = project.codemend(&[]);
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert!(said.out.contains("+++ b/good.py\n"), "{}", said.err);
    assert!(!said.err.contains("panicked"), "{}", said.err);
    let lines: Vec<_> = said.errors("error: ").collect();
    assert_eq!(lines.len(), 9, "{}", said.err);
    for line in lines {
        assert!(line.contains(".py:"), "{line}");
        assert!(line.len() < 120, "{line}");
    }
    let text = format!("{head}x = {}1{}\n", "(".repeat(n), ")".repeat(n));
    let said = project.codemend_reading(&["--stdin-filename", "a.py", "-"], text.as_bytes());
    assert_eq!(
        (said.code, said.out == text),
        (Some(2), true),
        "{}",
        said.err
    );
}

#[test]
fn syntax_errors_have_a_place_in_characters() {
    let project = project();
    project.write("a.py", "# Optional\nü = 'é'; x = = 1\n");
    project.write("b.py", "\u{feff}x = = 1  # Optional\r\n");
    project.write(
        "c.py",
        "from typing import Optional\r\n\r\n'𝒳'; x: Optional[int = 1\r\n",
    );
    project.write("d.py", "if Optional:\nx = 1\n");
    let said = project.codemend(&[]);
    let places: Vec<_> = said.errors("error: ").collect();
    let want = ["a.py:2:14: ", "b.py:1:5: ", "c.py:3:", "d.py:2:1: "];
    assert_eq!(places.len(), want.len(), "{}", said.err);
    for (line, want) in places.iter().zip(want) {
        let want = format!("error: {want}");
        assert!(line.starts_with(&want), "{want}: {}", said.err);
        assert!(line.contains(": syntax error: "), "{line}");
    }
    assert!(said.out.contains("+++ b/good.py\n"), "{}", said.err);
    assert_eq!(said.code, Some(2));
}

#[test]
fn settings_that_are_broken_in_one_folder() {
    let project = project();
    project.write("sub/a.py", GOOD);
    project.write("sub/b.py", GOOD);
    project.write("sub/pyproject.toml", "[tool.codemend\nselect = []\n");
    let said = project.codemend(&[]);
    let want = "sub/pyproject.toml:1:15: not valid TOML: unclosed table, expected `]`";
    insist(&said, &[want]);
    // Without settings of codemend in it, it could still name the target Python: nothing is guessed.
    project.write(
        "sub/pyproject.toml",
        "[project\nrequires-python = \">=3.8\"\n",
    );
    let want = "sub/pyproject.toml: is not valid TOML: unclosed table, expected `]`";
    insist(&project.codemend(&[]), &[want]);
    let said = project.codemend(&["--target-version", "3.10"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.contains("+++ b/sub/b.py\n"), "{}", said.out);
}

#[test]
fn settings_that_are_broken_here_stop_all_and_nothing_false_is_said() {
    let project = project();
    project.write("sub/a.py", GOOD);
    project.write("codemend.toml", "unsafe-fixes = \"yes\"\n");
    let fault = "codemend.toml:1:16: 'unsafe-fixes' must be true or false, not a string";
    for (folder, arguments, prefix) in [
        ("", &[][..], ""),
        ("", &["sub"], ""),
        ("", &["sub/a.py", "good.py", "--apply"], ""),
        ("sub", &["."], "../"),
    ] {
        let said = project.codemend_in(folder, arguments);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
        let lines: Vec<_> = said.err.lines().collect();
        assert_eq!(lines[0], format!("error: {prefix}{fault}"));
        assert!(lines[1].starts_with("No files looked at ("), "{}", said.err);
        assert_eq!(lines[2..], ["1 problem"]);
    }
    assert_eq!(project.read("good.py"), GOOD);
}

#[test]
fn many_problems_at_once_hide_nothing() {
    let project = project();
    for at in 0..20 {
        project.write(&format!("bad_{at:02}.py"), "Optional = = 1\n");
    }
    let said = project.codemend(&["--apply"]);
    assert_eq!(said.errors("error: bad_").count(), 20, "{}", said.err);
    assert!(said.err.contains("Changed 1 of 21 files"), "{}", said.err);
    assert!(said.err.contains("20 problems\n"), "{}", said.err);
    assert!(!project.read("good.py").contains("Optional"));
}
