//! `--staged`: what the next commit would change, and what may be written over.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::outside::Project;
use super::{OLD, added, changed, git, repository};

#[test]
fn only_what_is_staged_as_it_stands_counts() {
    let project = repository(&[
        ("staged.py", "x = 1\n"),
        ("unstaged.py", "x = 1\n"),
        ("partly.py", "x = 1\n"),
        ("notes.md", "a\n"),
        ("skipped/partly.py", "x = 1\n"),
        ("codemend.toml", "exclude = ['skipped']\n"),
    ]);
    let all = ["staged.py", "partly.py", "notes.md", "skipped/partly.py"];
    for name in all {
        project.write(name, OLD);
    }
    project.write("new.py", OLD);
    git(&project, &["add", "-A"]);
    for name in ["partly.py", "notes.md", "skipped/partly.py"] {
        project.write(name, format!("{OLD}y = 1\n"));
    }
    project.write("unstaged.py", OLD);
    project.write("untracked.py", OLD);
    let said = project.codemend(&["--staged"]);
    assert_eq!(changed(&said), ["new.py", "staged.py"], "{}", said.err);
    assert_eq!(said.code, Some(2));
    let errors: Vec<_> = said.errors("error:").collect();
    let want = "error: partly.py: is staged, and has changes that are not; left alone";
    assert_eq!(errors, [want]);
    assert!(said.err.contains("git stash --keep-index"), "{}", said.err);
    let line = "Looked at 2 of 5 files: staged\n";
    assert!(said.err.contains(line), "{}", said.err);
    let said = project.codemend(&["--staged", "new.py", "staged.py"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
}

#[test]
fn before_the_first_commit_all_that_is_staged_is_new() {
    let project = Project::of(&[("a.py", OLD), ("b.py", OLD)]);
    git(&project, &["init", "-q"]);
    git(&project, &["add", "a.py"]);
    let said = project.codemend(&["--staged", "--since-lines"]);
    assert_eq!(changed(&said), ["a.py"], "{}", said.err);
}

#[test]
fn lines_are_those_that_are_staged() {
    let text = format!("{OLD}\n\ny: Optional[int] = None\n");
    let project = repository(&[("a.py", text.as_str())]);
    project.write("a.py", text.replace("y: Optional[int]", "y: Optional[str]"));
    git(&project, &["add", "a.py"]);
    let said = project.codemend(&["--staged", "--since-lines"]);
    assert_eq!(added(&said), ["y: str | None = None"], "{}", said.err);
}

/// git holds the staged text: it can be had back.
#[test]
fn what_is_staged_may_be_written_over() {
    let project = repository(&[("a.py", "x = 1\n"), ("b.py", "x = 1\n")]);
    project.write("a.py", OLD);
    git(&project, &["add", "a.py"]);
    assert_eq!(project.codemend(&["--apply"]).code, Some(2));
    assert_eq!(project.read("a.py"), OLD);
    let said = project.codemend(&["--staged", "--apply"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(project.read("a.py").contains("int | None"));
    // The index still holds what was staged.
    git(&project, &["checkout", "a.py"]);
    assert_eq!(project.read("a.py"), OLD);

    project.write("a.py", format!("{OLD}y = 1\n"));
    let said = project.codemend(&["--staged", "--apply"]);
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert_eq!(project.read("a.py"), format!("{OLD}y = 1\n"));
}

/// A change of a staged file may edit another one, which git must hold as it stands.
#[test]
fn what_comes_along_must_be_staged_or_committed() {
    let manifest = "[project]\nname = \"x\"\ndependencies = []\n";
    let project = repository(&[("pyproject.toml", manifest)]);
    let model =
        "from pydantic import BaseModel, EmailStr\n\n\nclass A(BaseModel):\n    a: EmailStr\n";
    project.write("a.py", model);
    git(&project, &["add", "a.py"]);
    let mine = format!("{manifest}# mine\n");
    project.write("pyproject.toml", &mine);
    let options = ["--staged", "--apply", "--select", "email-validator"];
    let said = project.codemend(&options);
    assert_eq!(said.code, Some(2), "{}", said.err);
    let want = "error: pyproject.toml: has changes that are not staged";
    assert!(said.err.contains(want), "{}", said.err);
    assert_eq!(project.read("pyproject.toml"), mine);
    git(&project, &["checkout", "pyproject.toml"]);
    let said = project.codemend(&options);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(project.read("pyproject.toml").contains("email-validator"));
}

/// `git commit -a` stages into an index of its own, which only its hooks hear of.
#[test]
fn a_hook_sees_what_will_be_committed() {
    let project = repository(&[("a.py", "x = 1\n")]);
    let hook = project.root().join(".git/hooks/pre-commit");
    project.write(
        ".git/hooks/pre-commit",
        "#!/bin/sh\ncodemend --staged --check\n",
    );
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).expect("a hook");
    project.write("a.py", OLD);
    let commit = "git -c user.name=t -c user.email=t@example.org commit -q -m two";
    for how in ["-a", "a.py"] {
        let said = project.shell(&format!("{commit} {how}"));
        assert_ne!(said.code, Some(0), "{how}: {}", said.err);
        assert!(said.err.contains("int | None"), "{how}: {}", said.err);
    }
    project.write("a.py", "x = 2\n");
    let said = project.shell(&format!("{commit} -a"));
    assert_eq!(said.code, Some(0), "{}", said.err);
}
