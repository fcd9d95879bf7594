//! `--since REF`: which files count.

use super::outside::Project;
use super::{OLD, changed, commit, git, repository};

#[test]
fn all_that_differs_from_the_commit_counts() {
    let project = repository(&[
        ("same.py", OLD),
        ("committed.py", "x = 1\n"),
        ("staged.py", "x = 1\n"),
        ("unstaged.py", "x = 1\n"),
        ("old_name.py", OLD),
        ("gone.py", OLD),
        ("forgotten.py", OLD),
        ("back.py", OLD),
        (".gitignore", "ignored.py\n"),
    ]);
    git(&project, &["tag", "start"]);
    project.write("committed.py", OLD);
    project.write("back.py", format!("{OLD}y = 1\n"));
    git(&project, &["mv", "old_name.py", "new_name.py"]);
    git(&project, &["rm", "-q", "gone.py"]);
    commit(&project);
    project.write("staged.py", OLD);
    git(&project, &["add", "staged.py"]);
    git(&project, &["rm", "-q", "--cached", "forgotten.py"]);
    project.write("forgotten.py", format!("{OLD}y = 1\n"));
    project.write("back.py", OLD);
    for name in ["unstaged.py", "pkg/untracked ü.py", "ignored.py"] {
        project.write(name, OLD);
    }
    let said = project.codemend(&["--since", "start"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let want = [
        "committed.py",
        "forgotten.py",
        "new_name.py",
        "staged.py",
        "unstaged.py",
    ];
    let found = changed(&said);
    assert_eq!(found[..5], want, "{}", said.out);
    assert!(said.out.contains("untracked"), "{}", said.out);
    assert_eq!(said.out.matches("diff --git").count(), 6, "{}", said.out);
    let line = "Looked at 6 of 8 files: changed since start\n";
    assert!(said.err.contains(line), "{}", said.err);
}

/// What others have put on main meanwhile has not been changed here.
#[test]
fn the_comparison_starts_where_the_branch_left() {
    let project = repository(&[("mine.py", "x = 1\n"), ("theirs.py", OLD)]);
    git(&project, &["checkout", "-qb", "topic"]);
    project.write("mine.py", OLD);
    commit(&project);
    git(&project, &["checkout", "-q", "main"]);
    project.write("theirs.py", format!("{OLD}y = 1\n"));
    commit(&project);
    git(&project, &["checkout", "-q", "topic"]);
    for name in ["main", "main~1", "HEAD~1", "refs/heads/main"] {
        let said = project.codemend(&["--since", name]);
        assert_eq!(changed(&said), ["mine.py"], "{name}: {}", said.err);
    }
    let said = project.codemend(&["--since", "HEAD"]);
    assert_eq!((said.code, said.out.as_str()), (Some(0), ""));
    assert!(said.err.starts_with("Nothing to look at ("), "{}", said.err);
    let line = "Looked at 0 of 2 files: changed since HEAD\n";
    assert!(said.err.contains(line), "{}", said.err);
}

#[test]
fn a_name_that_is_no_commit_is_an_error_with_a_way_out() {
    let project = repository(&[("a.py", OLD)]);
    git(&project, &["branch", "feature/login"]);
    git(&project, &["tag", "data", "HEAD:a.py"]);
    git(&project, &["checkout", "-q", "--orphan", "other"]);
    git(&project, &["commit", "-qm", "two"]);
    for (name, want) in [
        ("mian", "there is no such commit in "),
        ("mian", "; did you mean 'main'?"),
        ("feature/logn", "; did you mean 'feature/login'?"),
        ("origin/next", "`git fetch`"),
        ("main", "it has no commit in common with HEAD"),
        ("main..other", "one commit and not a range"),
        ("data", "is a blob and no commit"),
        ("", "the name of a commit is empty"),
        ("\u{1b}[31m", "\\x1b[31m"),
        ("HEAD^{", "that is not how git names a commit"),
    ] {
        let said = project.codemend(&["--since", name]);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{name}");
        assert!(said.err.contains(want), "{name}: {}", said.err);
        assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    }
}

#[test]
fn where_there_is_nothing_to_compare_with() {
    let project = Project::of(&[("a.py", OLD)]);
    for option in ["--since=main", "--staged"] {
        let said = project.codemend(&[option]);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
        let name = &option[..option.find('=').unwrap_or(option.len())];
        let want = format!("lies in no git repository: {name} needs one");
        assert!(said.err.contains(&want), "{}", said.err);
    }
    git(&project, &["init", "-q"]);
    let said = project.codemend(&["--since", "main"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("has no commit yet"), "{}", said.err);
    git(&project, &["commit", "-q", "--allow-empty", "-m", "one"]);
    git(&project, &["checkout", "-q", "--orphan", "next"]);
    let said = project.codemend(&["--since", "main"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("the branch at hand"), "{}", said.err);
    let said = project.codemend(&["--since-lines"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("--since REF or --staged"), "{}", said.err);
}

#[test]
fn a_shallow_clone_says_what_to_fetch() {
    let origin = repository(&[("a.py", "x = 1\n")]);
    git(&origin, &["branch", "topic"]);
    commit(&origin);
    git(&origin, &["checkout", "-q", "topic"]);
    origin.write("a.py", OLD);
    commit(&origin);
    let clone = Project::of::<&str>(&[]);
    let from = format!("file://{}", origin.root().display());
    let branches = ["--depth=1", "--no-single-branch", "--branch=topic"];
    git(
        &clone,
        &[&["clone", "-q"][..], &branches, &[&from, "here"]].concat(),
    );
    for (name, want) in [
        ("origin/main", "ends before the common commit"),
        ("HEAD~1", "there is no such commit"),
    ] {
        let said = clone.codemend_in("here", &["--since", name]);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{name}");
        assert!(said.err.contains(want), "{name}: {}", said.err);
        assert!(said.err.contains("git fetch --unshallow"), "{}", said.err);
    }
    git(&clone, &["-C", "here", "fetch", "-q", "--unshallow"]);
    let said = clone.codemend_in("here", &["--since", "origin/main"]);
    assert_eq!(changed(&said), ["a.py"], "{}", said.err);
}

#[test]
fn submodules_are_compared_with_what_was_recorded_for_them() {
    let inner = repository(&[("in_same.py", OLD), ("in_changed.py", "x = 1\n")]);
    let project = repository(&[("out.py", OLD)]);
    let from = inner.root().display().to_string();
    git(&project, &["submodule", "--quiet", "add", &from, "lib"]);
    commit(&project);
    project.write("lib/in_changed.py", OLD);
    let said = project.codemend(&["--since", "HEAD"]);
    assert_eq!(said.out.matches("diff --git").count(), 1, "{}", said.err);
    assert!(said.out.contains("in_changed.py"), "{}", said.out);
    // The outer repository records the next commit of it.
    git(&project, &["-C", "lib", "add", "."]);
    git(&project, &["-C", "lib", "commit", "-qm", "two"]);
    commit(&project);
    let said = project.codemend(&["--since", "HEAD"]);
    assert_eq!(said.out, "");
    let said = project.codemend(&["--since", "HEAD~1"]);
    assert_eq!(said.out.matches("diff --git").count(), 1, "{}", said.err);
    // Before it was added, all of it was not there.
    let said = project.codemend(&["--since", "HEAD~2"]);
    assert_eq!(said.out.matches("diff --git").count(), 2, "{}", said.err);
    // Its own names count where it is named.
    let said = project.codemend(&["lib", "--since", "HEAD~1"]);
    assert_eq!(said.out.matches("diff --git").count(), 1, "{}", said.err);
    git(&project, &["submodule", "--quiet", "deinit", "-f", "lib"]);
    let said = project.codemend(&["--since", "HEAD~2"]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(0), ""),
        "{}",
        said.err
    );
}

#[test]
fn several_repositories_are_asked_each() {
    let project = Project::of(&[("a/a.py", OLD), ("b/b.py", OLD), ("c/c.py", OLD)]);
    for name in ["a", "b"] {
        git(&project, &["init", "-q", name]);
        git(&project, &["-C", name, "add", "."]);
        git(&project, &["-C", name, "commit", "-qm", "one"]);
    }
    git(&project, &["-C", "a", "tag", "v1"]);
    project.write("a/new.py", OLD);
    project.write("b/new.py", OLD);
    let said = project.codemend(&["a", "b", "--since", "HEAD"]);
    assert_eq!(changed(&said), ["a/new.py", "b/new.py"], "{}", said.err);
    let said = project.codemend(&["a", "b", "--since", "v1"]);
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
    assert!(said.err.contains("/b"), "{}", said.err);
    let said = project.codemend(&["a", "c", "--since", "HEAD"]);
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
    assert!(
        said.err.contains("/c lies in no git repository"),
        "{}",
        said.err
    );
}

#[test]
fn work_trees_and_links_lead_to_the_files() {
    let project = repository(&[("real/a.py", "x = 1\n"), ("real/same.py", OLD)]);
    git(&project, &["worktree", "add", "-q", "tree", "-b", "other"]);
    project.write("tree/real/a.py", OLD);
    let said = project.codemend(&["tree", "--since", "main"]);
    assert_eq!(changed(&said), ["real/a.py"], "{}", said.err);

    project.write("real/a.py", OLD);
    std::os::unix::fs::symlink("real", project.root().join("link")).expect("a link");
    let said = project.codemend(&["link", "--since", "HEAD"]);
    assert_eq!(changed(&said), ["real/a.py"], "{}", said.err);
    // A new link to a file does not change the file.
    std::os::unix::fs::symlink("real/same.py", project.root().join("alias.py")).expect("a link");
    let said = project.codemend(&["alias.py", "real", "--since", "HEAD"]);
    assert_eq!(changed(&said), ["real/a.py"], "{}", said.err);
}

#[test]
fn over_everything_it_is_a_full_run() {
    let project = Project::example();
    let full = project.codemend(&["--unsafe-fixes", "--verbose"]);
    git(&project, &["init", "-q"]);
    git(
        &project,
        &["commit", "-q", "--allow-empty", "-m", "nothing"],
    );
    commit(&project);
    for more in [&[][..], &["--since-lines"], &["--verify"]] {
        let since = ["--since", "HEAD~1", "--unsafe-fixes", "--verbose"];
        let said = project.codemend(&[&since, more].concat());
        assert_eq!(said.out, full.out);
        let places = |err: &str| -> Vec<String> {
            let lines = err.lines().filter(|line| line.ends_with(']'));
            lines.map(str::to_owned).collect()
        };
        assert_eq!(places(&said.err), places(&full.err));
    }
}

/// Where imports start is seen from the files that are left out, too: `app` lies below `backend`.
#[test]
fn modules_are_found_as_in_a_full_run() {
    let api = "\
from app.models import Item
from fastapi import FastAPI

api = FastAPI()


@api.get(\"/item\")
def item():
    return Item(x=1)
";
    let models = "from pydantic import BaseModel\n\n\nclass Item(BaseModel):\n    x: int\n";
    let project = repository(&[
        ("pyproject.toml", "[project]\nname = \"x\"\n"),
        ("backend/app/__init__.py", ""),
        ("backend/app/models.py", models),
    ]);
    project.write("scripts/api.py", api);
    let full = project.codemend(&["--unsafe-fixes"]);
    assert!(full.out.contains("Item"), "{}{}", full.out, full.err);
    let said = project.codemend(&["--unsafe-fixes", "--since", "HEAD"]);
    assert_eq!(said.out, full.out);
}

/// `b` still takes the name from `a`: its import stays, though `b` is not looked at.
#[test]
fn facts_come_from_the_whole_project() {
    let b = "from a import Optional\n\ny: Optional[int] = None\n";
    let project = repository(&[("a.py", "x = 1\n"), ("b.py", b)]);
    project.write("a.py", OLD);
    for more in [&[][..], &["--since-lines"]] {
        let said = project.codemend(&[&["--since", "HEAD"], more].concat());
        assert_eq!(changed(&said), ["a.py"], "{}", said.err);
        assert!(!said.out.contains("-from typing"), "{}", said.out);
    }
    project.write("b.py", "y = 1\n");
    commit(&project);
    project.write("a.py", format!("{OLD}y = 1\n"));
    let said = project.codemend(&["--since", "HEAD"]);
    assert!(said.out.contains("-from typing"), "{}", said.out);
}
