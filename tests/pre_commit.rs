//! The hooks of `.pre-commit-hooks.yaml`, run by pre-commit itself on a scratch repository: one fails and shows the
//! diff, the other mends, and then both pass.
//!
//! The hooks are those of the file, word for word, save that pre-commit calls the binary under test instead of building
//! one from the repository.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;
#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "tools/mod.rs"]
mod tools;

use std::path::{Path, PathBuf};
use std::process::Command;

use outside::{Project, Said};
use serde_json::{Value, json};

const HOOKS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/.pre-commit-hooks.yaml");

const OLD: &str = "from typing import Optional\n\n\ndef f(x: Optional[int]) -> None: ...\n";
const NEW: &str = "\n\ndef f(x: int | None) -> None: ...\n";

/// A repository with the hooks, and what runs them.
struct Scratch {
    project: Project,
    pre_commit: PathBuf,
}

impl Scratch {
    /// With these files staged; `None` without the tools.
    fn with(files: &[(&str, &str)]) -> Option<Self> {
        let pre_commit = tools::of_python("pre-commit")?;
        let project = Project::of(files);
        let configuration = json!({
            "repos": [{ "repo": "local", "hooks": hooks(&tools::of_python("python")?) }],
        });
        project.write(".pre-commit-config.yaml", configuration.to_string());
        project.insist("git", &["init", "--quiet"], b"");
        let scratch = Self {
            project,
            pre_commit,
        };
        scratch.stage();
        Some(scratch)
    }

    fn stage(&self) {
        self.project.insist("git", &["add", "--all"], b"");
    }

    /// Let pre-commit run one hook on what is staged.
    fn run(&self, hook: &str) -> Said {
        let home = self.project.root().join(".git/pre-commit");
        self.project.shell(&format!(
            "PRE_COMMIT_HOME='{}' '{}' run --color never {hook}",
            home.display(),
            self.pre_commit.display()
        ))
    }

    #[track_caller]
    fn passes(&self, hook: &str) {
        let said = self.run(hook);
        assert_eq!(said.code, Some(0), "{}", said.transcript());
        assert!(said.out.contains("Passed"), "{}", said.out);
    }

    /// What git says of the working tree, less the staged files.
    fn unstaged(&self) -> String {
        let said = self.project.shell("git status --porcelain");
        let lines = said.out.lines().filter(|line| !line[1..].starts_with(' '));
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// The hooks of the file as hooks of a repository's own.
fn hooks(python: &Path) -> Value {
    let read = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))";
    let text = tools::insist(Command::new(python).args(["-c", read, HOOKS]));
    let mut hooks: Value = serde_json::from_str(&text).expect("JSON");
    for hook in hooks.as_array_mut().expect("a list") {
        assert_eq!(hook["language"], "python");
        hook["language"] = "system".into();
    }
    hooks
}

#[test]
fn pre_commit_takes_the_file() {
    if let Some(pre_commit) = tools::of_python("pre-commit") {
        tools::insist(Command::new(pre_commit).args(["validate-manifest", HOOKS]));
    }
}

#[test]
fn a_commit_fails_is_mended_and_passes() {
    let Some(scratch) = Scratch::with(&[("app/a.py", OLD), ("README.md", "# app\n")]) else {
        return;
    };
    let said = scratch.run("codemend");
    assert_eq!(said.code, Some(1), "{}", said.transcript());
    for line in [
        "Failed",
        "- exit code: 1",
        "+def f(x: int | None) -> None: ...",
    ] {
        assert!(said.out.contains(line), "{line}: {}", said.out);
    }
    assert_eq!(scratch.project.read("app/a.py"), OLD);

    let said = scratch.run("codemend-apply");
    assert_eq!(said.code, Some(1), "{}", said.transcript());
    assert!(
        said.out.contains("files were modified by this hook"),
        "{}",
        said.out
    );
    assert_eq!(scratch.project.read("app/a.py"), NEW);
    assert_eq!(scratch.unstaged(), "AM app/a.py");

    scratch.stage();
    scratch.passes("codemend");
    scratch.passes("codemend-apply");
    // The record of the run is there, and nothing that git would see.
    assert_eq!(scratch.unstaged(), "");
    let undone = scratch.project.codemend(&["undo"]);
    assert_eq!(undone.code, Some(0), "{}", undone.err);
    assert_eq!(scratch.project.read("app/a.py"), OLD);
}

/// pre-commit names the files, and what is named is looked at: unless the settings leave it out.
#[test]
fn what_the_settings_exclude_stays_out() {
    let settings = "exclude = [\"migrations\"]\n";
    let files = [("migrations/a.py", OLD), ("codemend.toml", settings)];
    let Some(scratch) = Scratch::with(&files) else {
        return;
    };
    scratch.passes("codemend");
    scratch.passes("codemend-apply");
    assert_eq!(scratch.project.read("migrations/a.py"), OLD);
    let named = scratch.project.codemend(&["--check", "migrations/a.py"]);
    assert_eq!(named.code, Some(1), "{}", named.err);
}

/// What is not staged is put aside by pre-commit, and comes back.
#[test]
fn what_is_not_staged_is_left_alone() {
    let Some(scratch) = Scratch::with(&[("a.py", OLD), ("b.py", "x = 1\n")]) else {
        return;
    };
    scratch.project.write("b.py", OLD);
    let said = scratch.run("codemend-apply");
    assert_eq!(said.code, Some(1), "{}", said.transcript());
    assert_eq!(scratch.project.read("a.py"), NEW);
    assert_eq!(scratch.project.read("b.py"), OLD);
}

/// A file that cannot be read fails the commit, with the reason.
#[test]
fn problems_fail_the_commit() {
    let Some(scratch) = Scratch::with(&[("a.py", "from typing import Optional\ndef f(:\n")]) else {
        return;
    };
    for hook in ["codemend", "codemend-apply"] {
        let said = scratch.run(hook);
        assert_eq!(said.code, Some(1), "{}", said.transcript());
        assert!(
            said.out.contains("exit code: 2") && said.out.contains("a.py:2:7"),
            "{}",
            said.out
        );
    }
}
