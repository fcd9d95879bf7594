//! `--series` as git sees it: `git am` takes all patches on the tree that they were made from, gives what `--apply`
//! writes, and every commit on the way holds Python that parses. The trees are the same in every run.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "patch_round_trip/generate.rs"]
mod generate;

use std::fs;
use std::path::Path;

use generate::generated;
use outside::{Project, Said, tree};

/// Trees to generate; each has files of every ending.
const TREES: u64 = 6;

const OPTIONS: &str = "--select all --unsafe-fixes --quiet";

/// Parse every module of the commit that is checked out.
const PARSE: &str = r#"
import ast, pathlib, sys
count = 0
for path in sorted(pathlib.Path(".").rglob("*.py")):
    ast.parse(path.read_bytes(), str(path))
    count += 1
print(count)
"#;

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

/// A project with a copy of the example in `examples/backend`.
fn example() -> Project {
    let project = Project::of::<&str>(&[]);
    let backend = project.root().join("examples/backend");
    fs::create_dir_all(&backend).expect("a folder");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/backend");
    let files = tree::read(&example).expect("the example can be read");
    tree::write(&files, &backend).expect("the copy can be written");
    project
}

/// A folder beside the project, and its name for a shell.
fn beside() -> (tempfile::TempDir, String) {
    let guard = tempfile::tempdir().expect("a folder");
    let name = guard.path().join("series");
    (guard, name.to_str().expect("UTF-8").to_owned())
}

fn series(project: &Project, directory: &str) -> Said {
    project.shell(&format!("codemend {OPTIONS} --series '{directory}'"))
}

/// Take the tree of `files` there by `git am` and by `--apply`.
fn same_as_apply(files: &[(String, Vec<u8>)], setup: &str, what: &str) -> Project {
    let lay_out = || {
        let project = Project::of(&[("pyproject.toml", "[project]\nrequires-python = '>=3.10'\n")]);
        for (path, bytes) in files {
            project.write(path, bytes);
        }
        project
    };
    let applied = lay_out();
    let before = applied.tree();
    insist(&applied, &format!("codemend {OPTIONS} --apply"));
    assert_ne!(tree::difference(&before, &applied.tree()), "", "{what}");

    let mailed = lay_out();
    committed(&mailed);
    insist(&mailed, setup);
    let (_guard, directory) = beside();
    let said = series(&mailed, &directory);
    assert_eq!(said.code, Some(0), "{what}: {}", said.err);
    assert_eq!(
        tree::difference(&before, &mailed.tree()),
        "",
        "{what}: a series changes nothing"
    );
    insist(&mailed, &format!("git am -q '{directory}'/*.patch"));
    assert_eq!(
        tree::difference(&applied.tree(), &mailed.tree()),
        "",
        "{what}"
    );
    assert_eq!(insist(&mailed, "git status --porcelain"), "", "{what}");
    mailed
}

#[test]
fn a_series_of_the_example_leaves_nothing_to_do() {
    let project = example();
    committed(&project);
    let (_guard, directory) = beside();
    let said = project.shell(&format!(
        "codemend examples/backend --unsafe-fixes --series '{directory}' && git am '{directory}'/*.patch"
    ));
    assert_eq!(said.code, Some(0), "{}", said.transcript());
    let said = project.shell("codemend examples/backend --unsafe-fixes --check");
    assert_eq!(said.code, Some(0), "{}", said.transcript());
    assert!(said.err.contains("Nothing to change"), "{}", said.err);

    let commits = insist(&project, "git rev-list --reverse HEAD");
    let names = fs::read_dir(&directory).expect("a folder").count();
    assert_eq!(commits.lines().count(), names + 1);
    assert!(names >= 4, "{names} patches");
    for commit in commits.lines() {
        insist(&project, &format!("git checkout -q {commit}"));
        let parsed = insist(&project, &format!("python3 -c '{PARSE}'"));
        assert!(parsed.trim().parse::<usize>().expect("a number") > 30);
        let message = insist(&project, "git log -1 --format=%B");
        let mut prose = message
            .lines()
            .filter(|line| !line.starts_with("    codemend "));
        assert!(prose.all(|line| line.chars().count() <= 72), "{message}");
    }
    let bodies = insist(&project, "git log --format=%B main~1..main");
    for part in [" changes in ", "Made with codemend ", "--select "] {
        assert!(bodies.contains(part), "{part}: {bodies}");
    }
}

/// What mail does to text must not happen to a patch.
#[test]
fn odd_texts_and_names_arrive() {
    let module = |body: &str| {
        format!(
            "from typing import Optional\n\n\ndef f(a: Optional[int] = None):\n    return a\n{body}"
        )
    };
    let mail = "s = '''\nFrom me@example.org Mon Sep 17 00:00:00 2001\n--- a/x.py\n-- \n.\n>From x\ndiff --git a/x b/x\nSubject: x\n=46=3D=\n'''\nx: Optional[str] = s\n";
    let long = format!(
        "{} = '{}'\ny: Optional[int] = 1\n",
        "long",
        "=ü \u{7f}".repeat(2000)
    );
    let texts = [
        ("crlf.py", module(mail).replace('\n', "\r\n")),
        ("cr.py", module(mail).replace('\n', "\r")),
        ("plain.py", module(mail)),
        ("long.py", module(&long)),
        ("long_crlf.py", module(&long).replace('\n', "\r\n")),
        ("feed.py", module("\u{c}\n\u{c}z: Optional[int] = 2\n")),
        ("mark.py", format!("\u{feff}{}", module("z = 'ü'\n"))),
        (
            "mark_crlf.py",
            format!("\u{feff}{}", module("z = 1  \n")).replace('\n', "\r\n"),
        ),
        ("no_end.py", module("z: Optional[int] = 1")),
        (
            "no_end_cr.py",
            module("z: Optional[int] = 1").replace('\n', "\r\n") + "\r",
        ),
        ("blanks \" ü\t.py", module("")),
        ("From me.py", module("")),
        ("a => b/{c}.py", module("")),
    ];
    let files: Vec<_> = texts
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text.into_bytes()))
        .collect();
    let project = same_as_apply(&files, "true", "odd texts");
    let changed = insist(&project, "git diff --name-only main~1 main");
    assert!(!changed.is_empty());
}

#[test]
fn git_am_is_apply() {
    for seed in 1..=TREES {
        let files = generated(seed).into_iter();
        let files: Vec<_> = files.map(|file| (file.path, file.bytes)).collect();
        same_as_apply(&files, "true", &format!("tree {seed}"));
    }
}

/// Where git holds other newlines than the files have, `git am` wants the patch of what it holds.
#[test]
fn newlines_are_those_that_git_holds() {
    let text = "from typing import Optional\n\nx: Optional[int] = 1\n";
    let files = [
        (
            "crlf.py".to_owned(),
            text.replace('\n', "\r\n").into_bytes(),
        ),
        ("lf.py".to_owned(), text.into()),
    ];
    let renormalised = |line: &str| {
        format!(
            "{line} && git add --renormalize . && git commit -q -m two && test -z \"$(git status --porcelain)\""
        )
    };
    for setup in [
        "printf 'crlf.py text eol=crlf\\n' > .git/info/attributes",
        "git config core.autocrlf true && printf 'lf.py -text\\n' > .git/info/attributes",
    ] {
        let project = same_as_apply(&files, &renormalised(setup), setup);
        let held = insist(&project, "git cat-file blob HEAD:crlf.py");
        assert!(
            !held.contains('\r') && held.contains("int | None"),
            "{held:?}"
        );
    }
}

#[test]
fn the_author_is_the_one_that_git_knows() {
    let text = "from typing import Optional\nx: Optional[int] = 1\n";
    let project = Project::of(&[("a.py", text)]);
    committed(&project);
    let (_guard, directory) = beside();
    let options = "--target-version 3.10 --quiet --series";
    for (environment, want) in [
        ("", "T|t@example.org|"),
        (
            "GIT_AUTHOR_NAME='Jörg J. Ümläut-von-und-zu-Hinterobertupfing' GIT_AUTHOR_EMAIL=j@example.org GIT_AUTHOR_DATE='1112904793 +0200'",
            "Jörg J. Ümläut-von-und-zu-Hinterobertupfing|j@example.org|1112904793 +0200",
        ),
        (
            "GIT_AUTHOR_NAME='Lee, Ann <x>'",
            "Lee, Ann x|t@example.org|",
        ),
    ] {
        insist(
            &project,
            &format!(
                "env {environment} codemend {options} '{directory}' && git am -q '{directory}'/*.patch"
            ),
        );
        let author = insist(&project, "git log -1 --date=raw --format='%an|%ae|%ad'");
        assert!(author.starts_with(want), "{author}");
        insist(&project, "git reset -q --hard HEAD~1");
    }
    // Nobody has said who: a patch has to be from somebody, and `git am` takes it.
    insist(&project, "git config --unset user.name");
    insist(
        &project,
        &format!("EMAIL= codemend {options} '{directory}'"),
    );
    insist(
        &project,
        &format!("git -c user.name=T am -q '{directory}'/*.patch"),
    );
    assert_eq!(insist(&project, "git log -1 --format=%an"), "codemend\n");
}

#[test]
fn a_series_replaces_its_like_and_nothing_else() {
    let text = "from typing import Optional\nx: Optional[int] = 1\n";
    let project = Project::of(&[("a.py", text), ("series/notes.txt", "mine\n")]);
    committed(&project);
    let options = "--target-version 3.10 --quiet --series series";
    let first = insist(&project, &format!("codemend {options} && ls series"));
    assert_eq!(first, "0001-optional-to-union.patch\nnotes.txt\n");
    let again = insist(&project, &format!("codemend {options} && ls -A series"));
    assert_eq!(again, first);
    insist(
        &project,
        "git am -q series/*.patch && git diff --quiet HEAD",
    );
    // There is nothing to do any more.
    let none = insist(&project, &format!("codemend {options} && ls -A series"));
    assert_eq!(none, "notes.txt\n");

    project.write("a.py", text);
    project.write(
        "series/0003-theirs.patch",
        "From 1\nSubject: x\n\nX-Mailer: codemend 0\n",
    );
    let before = project.tree();
    let said = project.shell(&format!("codemend {options} --apply"));
    assert_eq!(said.code, Some(2), "{}", said.transcript());
    assert!(
        said.err
            .contains("`0003-theirs.patch`, which is not from codemend"),
        "{}",
        said.err
    );
    assert_eq!(tree::difference(&before, &project.tree()), "");
}

/// A repository cannot have a series written where it wants.
#[test]
fn a_link_out_of_the_project_is_not_followed() {
    let text = "from typing import Optional\nx: Optional[int] = 1\n";
    let project = Project::of(&[("repo/a.py", text), ("mine/x", "")]);
    insist(&project, "git init -q repo && ln -s ../mine repo/series");
    let said = project.codemend_in("repo", &["--target-version", "3.10", "--series", "series"]);
    assert_eq!(said.code, Some(2), "{}", said.transcript());
    assert!(said.err.contains("outside the project"), "{}", said.err);
    assert_eq!(insist(&project, "ls -A mine"), "x\n");
}
