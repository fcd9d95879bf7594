//! Repositories of strangers: their settings can make git run commands, and must not make codemend run any.

use super::outside::tree;
use super::{OLD, changed, git, repository};

#[test]
fn nothing_that_a_repository_names_is_run() {
    let attributes = "*.py filter=evil diff=evil merge=evil\n";
    let project = repository(&[("a.py", "x = 1\n"), ("b.py", "x = 1\n")]);
    git(&project, &["tag", "start"]);
    project.write(".gitattributes", attributes);
    project.write("a.py", OLD);
    git(&project, &["add", "a.py"]);
    project.write("b.py", OLD);
    let mark = project.root().join("ran");
    for key in [
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "diff.external",
        "diff.evil.command",
        "diff.evil.textconv",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
    ] {
        let command = format!("touch '{}'; false", mark.display());
        git(&project, &["config", key, &command]);
    }
    // git itself would run them.
    let before = project.shell("git --no-pager diff start");
    assert!(mark.exists(), "{}", before.err);
    std::fs::remove_file(&mark).expect("the mark");
    let own = project.root().join(".git");
    let before = tree::read(&own).expect("the repository");
    for options in [
        &["--since", "start"][..],
        &["--since", "start", "--since-lines"],
        &["--staged"],
        &["--staged", "--since-lines"],
        &["--staged", "--apply"],
        &["--since", "start", "--write-baseline", "base.json"],
    ] {
        let said = project.codemend(options);
        assert!(!mark.exists(), "{options:?}");
        let after = tree::read(&own).expect("the repository");
        assert!(before == after, "{options:?} writes to the repository");
        if options == ["--since", "start", "--since-lines"] {
            assert_eq!(changed(&said), ["a.py", "b.py"], "{}", said.err);
        }
    }
}

#[test]
fn a_repository_that_cannot_be_read_is_an_error() {
    let project = repository(&[("a.py", OLD)]);
    project.write(".git/index", "no index");
    for option in ["--since=HEAD", "--staged"] {
        let said = project.codemend(&[option]);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{option}");
        let want = "the git repository cannot be read";
        assert!(said.err.contains(want), "{}", said.err);
    }
}

#[test]
fn a_repository_with_its_files_elsewhere_is_an_error() {
    let project = repository(&[("in/a.py", OLD)]);
    git(&project, &["init", "-q", "in"]);
    let elsewhere = project.root().display().to_string();
    for (key, value) in [("core.worktree", elsewhere.as_str()), ("core.bare", "true")] {
        git(&project, &["-C", "in", "config", key, value]);
        let said = project.codemend(&["in", "--staged"]);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{key}");
        assert!(
            said.err.contains("keeps its files elsewhere"),
            "{}",
            said.err
        );
        git(
            &project,
            &["config", "--file", "in/.git/config", "--unset", key],
        );
    }
}

/// A name may hold what a terminal would obey.
#[test]
fn names_do_not_reach_the_terminal_raw() {
    let project = repository(&[("a.py", "x = 1\n")]);
    git(&project, &["branch", "evil\u{202e}name"]);
    project.write("b\u{1b}[2J.py", OLD);
    git(&project, &["add", "-A"]);
    project.write("b\u{1b}[2J.py", format!("{OLD}y = 1\n"));
    for options in [
        &["--staged"][..],
        &["--since", "evil\u{202e}nam"],
        &["--since", "evil\u{202e}name"],
    ] {
        let said = project.codemend(options);
        assert!(!said.err.contains(['\u{1b}', '\u{202e}']), "{}", said.err);
    }
}
