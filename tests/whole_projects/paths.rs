//! Where the command is given, and what it is given.

use std::os::unix::fs::symlink;

use crate::outside::Project;

const TEXT: &str = "import os\nfrom typing import Optional\n\nx: Optional[str] = os.sep\n";
const MENDED: &str = "import os\n\nx: str | None = os.sep\n";

fn repository() -> Project {
    let project = Project::of(&[
        ("app/api/a.py", TEXT),
        ("app/core/b.py", TEXT),
        ("lib/c.py", TEXT),
    ]);
    project.insist("git", &["init", "--quiet"], b"");
    project
}

#[test]
fn names_start_at_the_root_of_the_repository() {
    for (folder, paths) in [
        ("", ["app/api", "lib"]),
        ("app", ["api", "../lib"]),
        ("app/core", ["../api", "../../lib"]),
        ("lib", ["../app/api/a.py", "./c.py"]),
    ] {
        let project = repository();
        let said = project.codemend_in(folder, &paths);
        assert_eq!(said.code, Some(0), "{folder}: {}", said.err);
        assert!(said.out.contains("+++ b/app/api/a.py\n"), "{}", said.out);
        assert!(!said.out.contains("app/core"), "{}", said.out);
        project.insist("git", &["apply", "-"], said.out.as_bytes());
        assert_eq!(project.read("app/api/a.py"), MENDED);
        assert_eq!(project.read("lib/c.py"), MENDED);
        assert_eq!(project.read("app/core/b.py"), TEXT);
    }
}

#[test]
fn a_patch_from_a_subfolder_says_where_it_belongs() {
    let project = repository();
    let said = project.codemend_in("app", &["--patch", "../mend.patch"]);
    let root = project.root().display();
    let note = format!("note: run `git apply` in {root}\n");
    assert!(said.err.starts_with(&note), "{}", said.err);
    project.insist("git", &["apply", "mend.patch"], b"");
    assert_eq!(project.read("app/api/a.py"), MENDED);
    assert_eq!(project.read("lib/c.py"), TEXT);
}

#[test]
fn without_a_repository_names_start_here() {
    let project = Project::of(&[("app/api/a.py", TEXT), ("lib/c.py", TEXT)]);
    let said = project.codemend(&["app"]);
    assert!(said.out.contains("+++ b/app/api/a.py\n"), "{}", said.out);
    let said = project.codemend_in("app", &["."]);
    assert!(said.out.contains("+++ b/api/a.py\n"), "{}", said.out);
}

#[test]
fn one_file_is_enough() {
    let project = repository();
    let said = project.codemend(&["app/core/b.py", "--apply", "--allow-dirty"]);
    assert_eq!(said.code, Some(0));
    assert!(said.err.starts_with("Changed 1 of 1 file"), "{}", said.err);
    assert_eq!(project.read("app/core/b.py"), MENDED);
    assert_eq!(project.read("app/api/a.py"), TEXT);
}

#[test]
fn a_file_that_is_named_is_looked_at_whatever_it_is_called() {
    let project = Project::of(&[
        (".gitignore", "made/\n"),
        ("made/a.py", TEXT),
        ("script", TEXT),
    ]);
    let said = project.codemend(&["."]);
    assert!(
        said.err.starts_with("No Python files found"),
        "{}",
        said.err
    );
    let said = project.codemend(&["made/a.py", "script", "--apply"]);
    assert!(said.err.starts_with("Changed 2 of 2 files"), "{}", said.err);
    assert_eq!(project.read("script"), MENDED);
}

#[test]
fn what_is_told_of_another_directory_starts_here() {
    let project = Project::of(&[
        ("here/a.py", ""),
        (
            "other/pyproject.toml",
            "[project]\nrequires-python = \">=3.9\"\n",
        ),
        ("other/a.py", "x = = Optional\n"),
        ("other/sub/codemend.toml", "nope = 1\n"),
        ("other/sub/b.py", TEXT),
    ]);
    let said = project.codemend_in("here", &["../other"]);
    let lines: Vec<_> = said.err.lines().collect();
    assert_eq!(
        lines[0],
        "error: ../other/a.py:1:5: syntax error: expected an expression"
    );
    let fault = "error: ../other/sub/codemend.toml:1:1: unknown key 'nope'; ";
    assert!(lines[1].starts_with(fault), "{}", said.err);
    assert!(lines[2].starts_with("Nothing to change in 1 file ("));
    assert_eq!(
        lines[3..],
        [
            "2 problems",
            "Target: Python 3.9 (requires-python in ../other/pyproject.toml)"
        ]
    );
    let options = ["--config", "../other/sub/codemend.toml", "../other"];
    let said = project.codemend_in("here", &options);
    assert!(said.err.starts_with(fault), "{}", said.err);
}

#[test]
fn virtual_environments_are_left_out_under_any_name() {
    let project = Project::of(&[
        ("a.py", TEXT),
        ("env-3.11/pyvenv.cfg", "home = /usr/bin\n"),
        ("env-3.11/lib/b.py", TEXT),
    ]);
    let changed = |arguments: &[&str]| {
        let said = project.codemend(arguments);
        said.out.matches("+++ b/").count()
    };
    assert_eq!(changed(&[]), 1);
    assert_eq!(changed(&["--config", "exclude = []"]), 1);
    for named in ["env-3.11", "env-3.11/lib", "env-3.11/lib/b.py"] {
        assert_eq!(changed(&[named]), 1, "{named}");
        assert_eq!(changed(&[".", named]), 2, "{named}");
    }
}

#[test]
fn a_file_that_links_lead_to_is_mended_once() {
    let project = repository();
    for (to, link) in [
        ("api/a.py", "app/a.py"),
        ("app/a.py", "top.py"),
        ("../app", "lib/app"),
    ] {
        symlink(to, project.root().join(link)).expect("a link");
    }
    let said = project.codemend(&["--apply", "--allow-dirty"]);
    assert!(said.err.starts_with("Changed 3 of 3 files"), "{}", said.err);
    assert_eq!(project.read("top.py"), MENDED);
    assert!(project.root().join("top.py").is_symlink());
    // A link that is named stands for its file; so do two names for one file that the walk does not find.
    let project = repository();
    project.write(".hidden/d.py", TEXT);
    for link in ["d.py", "lib/d.py"] {
        let real = project.root().join(".hidden/d.py");
        symlink(real, project.root().join(link)).expect("a link");
    }
    let said = project.codemend(&["d.py", "."]);
    assert!(
        said.err.starts_with("Would change 4 of 4 files"),
        "{}",
        said.err
    );
    assert_eq!(said.code, Some(0), "{}", said.err);
}

#[test]
fn a_path_that_is_given_twice_counts_once() {
    let project = repository();
    let said = project.codemend(&["app", "./app", "app/api", "lib/../app/core/b.py"]);
    assert_eq!(said.out.matches("diff --git").count(), 2, "{}", said.out);
    assert!(said.err.starts_with("Would change 2 of 2 files"));
}

#[test]
fn standard_input_goes_through() {
    let project = repository();
    let options = ["--stdin-filename", "app/api/a.py", "-"];
    let said = project.codemend_reading(&options, TEXT.as_bytes());
    assert_eq!((said.code, said.out.as_str()), (Some(0), MENDED));
    assert_eq!(said.err, "");
    assert_eq!(project.read("app/api/a.py"), TEXT);
    let checked = [&options[..], &["--check"]].concat();
    let check = |text: &str| project.codemend_reading(&checked, text.as_bytes()).code;
    assert_eq!((check(TEXT), check(MENDED)), (Some(1), Some(0)));
}

#[test]
fn standard_input_takes_the_settings_of_its_name() {
    let project = repository();
    project.write("app/codemend.toml", "target-version = \"3.9\"\n");
    let at = |name: &str| {
        let options = ["--stdin-filename", name, "-"];
        project.codemend_reading(&options, TEXT.as_bytes()).out
    };
    assert_eq!(at("app/api/new.py"), TEXT);
    assert_eq!(at("lib/new.py"), MENDED);
}

#[test]
fn standard_input_with_a_fault_comes_out_as_it_went_in() {
    let project = repository();
    let text = format!("{TEXT}def (\n");
    let said = project.codemend_reading(&["--stdin-filename", "a.py", "-"], text.as_bytes());
    assert_eq!((said.code, said.out.as_str()), (Some(2), text.as_str()));
    assert!(said.err.starts_with("error: a.py:5:"), "{}", said.err);
}
