//! `--commit` as git sees it: the commits of a series, a clean tree, and nothing at all where somebody is at work.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "patch_round_trip/generate.rs"]
mod generate;

use generate::generated;
use outside::{Project, tree};

/// Trees to generate; each has files of every ending.
const TREES: u64 = 4;

const OPTIONS: &str = "--select all --unsafe-fixes --quiet";

const TEXT: &str = "from typing import Optional\n\nx: Optional[int] = 1\n";

/// Run `line`, which has to succeed; gives what it says.
fn insist(project: &Project, line: &str) -> String {
    let said = project.shell(line);
    assert_eq!(said.code, Some(0), "{line}\n{}", said.transcript());
    said.out
}

/// Make `project` a repository with one commit of all its files.
fn committed(project: &Project) {
    insist(
        project,
        "git init -q -b main && git config user.name T && git config user.email t@example.org \
         && git config core.autocrlf false && git add -A && git commit -q -m one",
    );
}

/// A repository with two modules that have something to change.
fn small() -> Project {
    let project = Project::of(&[
        ("pyproject.toml", "[project]\nrequires-python = '>=3.10'\n"),
        ("a.py", TEXT),
        ("b.py", TEXT),
        ("c.txt", "c\n"),
        (".gitignore", "ignored.*\n"),
    ]);
    committed(&project);
    project
}

/// Branches, index and files, as git tells of them.
fn state(project: &Project) -> String {
    insist(
        project,
        "git for-each-ref && git rev-parse HEAD && git symbolic-ref -q HEAD; git ls-files -s && git status --porcelain -uall; true",
    )
}

/// What lies in the object store makes no difference; all else must be the same.
#[test]
fn commits_are_those_of_the_series() {
    let project = Project::example();
    committed(&project);
    let before = insist(&project, "git rev-parse --short HEAD");
    insist(&project, "git clone -q . ../clone-$(basename $PWD) 2>&1");
    let clone = insist(&project, "cd ../clone-$(basename $PWD) && pwd");
    let clone = clone.trim();
    insist(
        &project,
        &format!(
            "cd '{clone}' && git config user.name T && git config user.email t@example.org \
             && codemend {OPTIONS} --series '{clone}.series' && git am -q '{clone}.series'/*.patch"
        ),
    );
    let said = project.shell("codemend --select all --unsafe-fixes --commit");
    assert_eq!(said.code, Some(0), "{}", said.transcript());
    assert!(
        said.err.contains(&format!(
            "Take them back with `git reset --keep {}`",
            before.trim()
        )),
        "{}",
        said.err
    );
    let log = format!("git log --reverse --format='%h %s' {}..HEAD", before.trim());
    assert_eq!(said.out, insist(&project, &log));
    assert_eq!(insist(&project, "git status --porcelain -uall"), "");

    let told = "git log --format='%T %an %ae %cn %s%n%b'";
    let theirs = insist(&project, &format!("cd '{clone}' && {told}"));
    let told = insist(&project, told);
    let same = |text: &str| -> Vec<String> {
        let lines = text
            .lines()
            .filter(|line| !line.starts_with("    codemend "));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(same(&told), same(&theirs));
    let reflog = insist(
        &project,
        "git reflog -1 --format=%gs && git reflog -1 --format=%gs main",
    );
    let commits = said.out.lines().count();
    assert_eq!(reflog, format!("codemend: {commits} commits\n").repeat(2),);
    insist(&project, "git fsck --strict");
    insist(
        &project,
        &format!(
            "git reset -q --keep {} && git diff --quiet HEAD",
            before.trim()
        ),
    );
    let said = project.codemend(&["undo"]);
    assert_eq!(said.code, Some(2), "{}", said.transcript());
    assert!(said.err.contains("as they were before"), "{}", said.err);
    insist(&project, &format!("rm -r '{clone}' '{clone}.series'"));
}

#[test]
fn committed_is_what_is_applied() {
    for seed in 1..=TREES {
        let lay_out = || {
            let project =
                Project::of(&[("pyproject.toml", "[project]\nrequires-python = '>=3.10'\n")]);
            for file in generated(seed) {
                project.write(&file.path, &file.bytes);
            }
            project
        };
        let applied = lay_out();
        insist(&applied, &format!("codemend {OPTIONS} --apply"));
        let project = lay_out();
        committed(&project);
        insist(&project, &format!("codemend {OPTIONS} --commit"));
        let what = format!("tree {seed}");
        assert_eq!(
            tree::difference(&applied.tree(), &project.tree()),
            "",
            "{what}"
        );
        assert_eq!(
            insist(&project, "git status --porcelain -uall"),
            "",
            "{what}"
        );
        // What is checked out anew is what was written.
        insist(&project, "git rm -q -r --cached . && git reset -q --hard");
        assert_eq!(
            tree::difference(&applied.tree(), &project.tree()),
            "",
            "{what}"
        );
    }
}

#[test]
fn nothing_moves_where_somebody_is_at_work() {
    for (setup, want) in [
        ("echo 1 >> c.txt", "there are uncommitted changes: `c.txt`;"),
        ("echo 1 >> a.py", "there are uncommitted changes: `a.py`;"),
        (
            "echo 1 >> c.txt && git add c.txt",
            "changes are staged: `c.txt`;",
        ),
        ("git rm -q --cached c.txt", "changes are staged: `c.txt`;"),
        ("rm c.txt", "there are uncommitted changes: `c.txt`;"),
        ("chmod +x b.py", "there are uncommitted changes: `b.py`;"),
        (
            "printf 'from typing import Optional\\ny: Optional[int] = 1\\n' > new.py",
            "`new.py` is not tracked by git;",
        ),
        (
            "printf 'from typing import Optional\\ny: Optional[int] = 1\\n' > n.py && git add -N n.py",
            "`n.py`",
        ),
        (
            "git switch -q -c side && echo s > c.txt && git commit -qam side && git switch -q main && echo m > c.txt && git commit -qam main && ! git merge -q side >/dev/null && git checkout -q --ours c.txt && git add c.txt",
            "a merge is under way",
        ),
        (
            "git switch -q -c side && echo s > c.txt && git commit -qam side && git switch -q main && echo m > c.txt && git commit -qam main && ! git cherry-pick side >/dev/null 2>&1 && git checkout -q --ours c.txt && git add c.txt",
            "a cherry-pick is under way",
        ),
        (
            "git switch -q -c side && echo s > c.txt && git commit -qam side && git switch -q main && echo m > c.txt && git commit -qam main && ! git rebase -q side >/dev/null 2>&1 && git checkout -q HEAD c.txt",
            "a rebase is under way",
        ),
        (
            "git bisect start -q HEAD >/dev/null",
            "a bisect is under way",
        ),
        (
            "git switch -q --orphan none && git checkout -q main -- . && git rm -q --cached -r .",
            "no commit yet",
        ),
        (
            "git config --unset user.name",
            "git does not know who you are",
        ),
        ("git config user.name ' .'", "git does not know who you are"),
        ("touch .git/index.lock", "another git is at work here"),
        (
            "touch .git/refs/heads/main.lock",
            "cannot lock `refs/heads/main`",
        ),
        (
            "git config core.bare true && rm -f x",
            "lie elsewhere (core.bare, core.worktree)",
        ),
        (
            "echo 'a.py filter=lfs' > .git/info/attributes",
            "`a.py` has the attribute `filter=lfs`",
        ),
        (
            "echo 'a.py working-tree-encoding=UTF-8' > .git/info/attributes",
            "`a.py` has the attribute `working-tree-encoding=UTF-8`",
        ),
        (
            "git update-index --assume-unchanged a.py",
            "`a.py` is hidden from `git status`",
        ),
        (
            "git update-index --skip-worktree a.py",
            "`a.py` is hidden from `git status`",
        ),
        (
            "echo x > .codemend_cache",
            "what a run writes cannot be kept",
        ),
    ] {
        let project = small();
        insist(&project, setup);
        let state = |project: &Project| match setup.contains("core.bare") {
            true => insist(project, "git for-each-ref"),
            false => state(project),
        };
        let (before, files) = (state(&project), project.tree());
        let said = project.shell(&format!("EMAIL= codemend {OPTIONS} --commit"));
        assert_eq!(said.code, Some(2), "{setup}\n{}", said.transcript());
        assert!(said.err.contains(want), "{setup}\n{}", said.err);
        assert_eq!(said.out, "", "{setup}");
        assert_eq!(state(&project), before, "{setup}");
        assert_eq!(tree::difference(&files, &project.tree()), "", "{setup}");
    }
}

#[test]
fn what_is_not_in_the_way_does_not_matter() {
    for setup in [
        "echo x > ignored.txt && echo x > untracked.txt",
        "git switch -q --detach",
        "git worktree add -q tree -b tree && mv tree/.git x && rm -r tree && mkdir tree && mv x tree/.git && cd tree && git reset -q --hard",
        "printf '#!/bin/sh\\ntouch ran; exit 1\\n' | tee .git/hooks/pre-commit .git/hooks/commit-msg .git/hooks/post-commit .git/hooks/reference-transaction >/dev/null; chmod +x .git/hooks/*",
        "git config filter.evil.clean 'touch ran; cat' && echo 'c.txt filter=evil' > .git/info/attributes && touch c.txt",
        "git config core.fsmonitor 'touch ran; false'",
    ] {
        let project = small();
        insist(&project, setup);
        let folder = if setup.contains("tree") { "tree" } else { "." };
        let line = format!("cd {folder} && codemend {OPTIONS} --commit && test ! -e ran");
        let said = project.shell(&line);
        assert_eq!(said.code, Some(0), "{setup}\n{}", said.transcript());
        assert!(
            said.out
                .contains(" optional-to-union: write 2 types as X | Y\n"),
            "{}",
            said.out
        );
        let clean = insist(
            &project,
            &format!(
                "cd {folder} && git -c core.fsmonitor=false status --porcelain -uno && git cat-file blob HEAD:a.py"
            ),
        );
        assert_eq!(clean, "\nx: int | None = 1\n", "{setup}");
    }
}

/// Where git holds other newlines than the files have, the commit has those that git holds.
#[test]
fn newlines_are_those_that_git_holds() {
    for setup in [
        "echo 'a.py text eol=crlf' > .gitattributes",
        "git config core.autocrlf true",
    ] {
        let project = small();
        project.write("a.py", TEXT.replace('\n', "\r\n"));
        insist(
            &project,
            &format!(
                "{setup} && git add --renormalize . && git add -A && git commit -q --allow-empty -m two && git status --porcelain"
            ),
        );
        assert_eq!(insist(&project, "git cat-file blob HEAD:a.py"), TEXT);
        insist(&project, &format!("codemend {OPTIONS} --commit"));
        assert_eq!(project.read("a.py"), "\r\nx: int | None = 1\r\n", "{setup}");
        assert_eq!(
            insist(&project, "git cat-file blob HEAD:a.py"),
            "\nx: int | None = 1\n"
        );
        assert_eq!(
            insist(&project, "git status --porcelain -uall"),
            "",
            "{setup}"
        );
    }
}

/// Standard output is one document, whoever reads it.
#[test]
fn a_format_has_standard_output_for_itself() {
    let project = small();
    let said = project.shell("codemend --format markdown --commit");
    assert_eq!(said.code, Some(0), "{}", said.transcript());
    assert!(
        said.out.starts_with("## codemend: 2 changes in 2 files\n"),
        "{}",
        said.out
    );
    let listed = " optional-to-union: write 2 types as X | Y\n";
    assert!(
        said.err.contains(listed) && !said.out.contains(listed),
        "{}",
        said.transcript()
    );
}

#[test]
fn other_repositories_are_not_committed_to() {
    let project = Project::of(&[("one/a.py", TEXT), ("two/a.py", TEXT)]);
    for name in ["one", "two"] {
        insist(
            &project,
            &format!(
                "cd {name} && git init -q -b main && git config user.name T && git config user.email t@example.org && git add -A && git commit -qm one"
            ),
        );
    }
    let said = project.codemend(&["--target-version", "3.10", "--commit"]);
    assert!(
        said.err.contains("not all in one git repository"),
        "{}",
        said.err
    );
    insist(
        &project,
        "cd one && git -c protocol.file.allow=always submodule --quiet add ../two sub 2>&1 && git commit -qm sub \
         && git -C sub config user.name T && git -C sub config user.email t@example.org",
    );
    let said = project.codemend_in("one/sub", &["--target-version", "3.10", "--commit"]);
    assert!(said.err.contains("is a submodule"), "{}", said.err);
    let said = project.codemend_in("one", &["--target-version", "3.10", "--commit"]);
    assert_eq!(said.code, Some(2), "{}", said.transcript());
    assert!(
        said.err.contains("`sub/a.py` is not tracked"),
        "{}",
        said.err
    );
    let said = project
        .shell("cd one && codemend --target-version 3.10 --commit a.py && git status --porcelain");
    assert_eq!(said.code, Some(0), "{}", said.transcript());
}
