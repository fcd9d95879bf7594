//! `--force-exclude`: what the settings leave out stays out, also where it is named.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;

use outside::Project;

const OLD: &str = "from typing import Optional\n\n\ndef f(x: Optional[int]) -> None: ...\n";

#[test]
fn named_files_and_folders_stay_out() {
    let project = Project::of(&[
        (
            "codemend.toml",
            "exclude = [\"migrations\", \"*_pb2.py\"]\n",
        ),
        ("migrations/a.py", OLD),
        ("app/b_pb2.py", OLD),
        ("app/c.py", OLD),
        // The nearest settings count, here as everywhere.
        ("lib/codemend.toml", ""),
        ("lib/migrations/d.py", OLD),
    ]);
    let named = [
        "migrations",
        "migrations/a.py",
        "app/b_pb2.py",
        "app/c.py",
        "lib/migrations/d.py",
    ];
    let changed = |options: &[&str]| -> Vec<String> {
        let said = project.codemend(&[options, &named].concat());
        let lines = said
            .out
            .lines()
            .filter_map(|line| line.strip_prefix("+++ b/"));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(
        changed(&[]),
        [
            "app/b_pb2.py",
            "app/c.py",
            "lib/migrations/d.py",
            "migrations/a.py"
        ]
    );
    assert_eq!(
        changed(&["--force-exclude"]),
        ["app/c.py", "lib/migrations/d.py"]
    );
    let here = ["--force-exclude", "--exclude", "app"];
    assert_eq!(changed(&here), ["lib/migrations/d.py"]);
}

/// Nothing is left, and nothing else is taken in its place.
#[test]
fn all_may_be_left_out() {
    let project = Project::of(&[
        ("codemend.toml", "exclude = [\"a.py\"]\n"),
        ("a.py", OLD),
        ("b.py", OLD),
    ]);
    let said = project.codemend(&["--force-exclude", "--check", "a.py"]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(0), ""),
        "{}",
        said.err
    );
    assert!(
        said.err.starts_with("No Python files found"),
        "{}",
        said.err
    );
}

#[test]
fn an_editor_gets_back_what_it_gave() {
    let project = Project::of(&[("codemend.toml", "exclude = [\"migrations\"]\n")]);
    let filter = |options: &[&str]| {
        let named = ["--stdin-filename", "migrations/a.py", "-"];
        let said = project.codemend_reading(&[options, &named].concat(), OLD.as_bytes());
        assert_eq!(said.code, Some(0), "{}", said.err);
        said.out
    };
    assert_eq!(filter(&["--force-exclude"]), OLD);
    assert_ne!(filter(&[]), OLD);
}

/// Settings that cannot be used are said, and the file stays as it is.
#[test]
fn unusable_settings_are_said() {
    let project = Project::of(&[("codemend.toml", "exclud = []\n"), ("a.py", OLD)]);
    let said = project.codemend(&["--force-exclude", "--apply", "a.py"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("unknown key 'exclud'"), "{}", said.err);
    assert_eq!(project.read("a.py"), OLD);
}
