//! Runs over a part of a project: what has changed since a commit, what is staged, what is not in a baseline.
//!
//! The repositories are real ones, made by git.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;

#[path = "scope/baseline.rs"]
mod baseline;
#[path = "scope/lines.rs"]
mod lines;
#[path = "scope/since.rs"]
mod since;
#[path = "scope/staged.rs"]
mod staged;
#[path = "scope/strangers.rs"]
mod strangers;

use outside::{Project, Said};

/// A text with one thing to change.
const OLD: &str = "from typing import Optional\n\n\ndef f(x: Optional[int]) -> None:\n    pass\n";

/// Run git in the project; it has to succeed.
fn git(project: &Project, arguments: &[&str]) {
    let settings = [
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@example.org",
        "-c",
        "protocol.file.allow=always",
        "-c",
        "init.defaultBranch=main",
    ];
    project.insist("git", &[&settings, arguments].concat(), b"");
}

/// Commit all that there is.
fn commit(project: &Project) {
    git(project, &["add", "-A"]);
    git(project, &["commit", "-q", "--allow-empty", "-m", "one"]);
}

/// A repository with these files in its first commit.
fn repository(files: &[(&str, &str)]) -> Project {
    let project = Project::of(files);
    git(&project, &["init", "-q"]);
    commit(&project);
    project
}

/// The files that a preview would change.
fn changed(said: &Said) -> Vec<&str> {
    let names = said
        .out
        .lines()
        .filter_map(|line| line.strip_prefix("+++ b/"));
    names.collect()
}

/// The lines that a preview would add.
fn added(said: &Said) -> Vec<&str> {
    let lines = said.out.lines();
    let added = lines.filter(|line| line.starts_with('+') && !line.starts_with("+++ "));
    added.map(|line| &line[1..]).collect()
}
