//! `--baseline` and `--write-baseline`: what was there before.

use super::outside::Project;
use super::{OLD, added, changed, commit, git, repository};

const FILE: &str = "base.json";

fn write(project: &Project) {
    let said = project.codemend(&["--write-baseline", FILE]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(0), ""),
        "{}",
        said.err
    );
}

#[test]
fn what_is_in_it_is_left_alone_and_the_new_is_not() {
    let project = Project::example();
    let before = project.tree();
    let said = project.codemend(&["--write-baseline", FILE]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(0), ""),
        "{}",
        said.err
    );
    assert!(said.err.starts_with("Wrote "), "{}", said.err);
    let words = |line: &str| {
        line.split_whitespace().collect::<Vec<_>>() == ["optional-to-union", "94", "entries"]
    };
    assert!(said.err.lines().any(words), "{}", said.err);
    let mut after = project.tree();
    assert!(after.remove(FILE).is_some());
    assert_eq!(before, after);

    let check = ["--baseline", FILE, "--check"];
    let said = project.codemend(&check);
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(0), ""),
        "{}",
        said.err
    );
    assert!(said.err.contains(" places in the baseline left alone\n"));
    assert!(!said.err.contains("gone"), "{}", said.err);
    let unsafe_too = project.codemend(&[&check[..], &["--unsafe-fixes"]].concat());
    assert_eq!(unsafe_too.out, "");

    // Lines above come and go.
    for path in before.keys().filter(|path| path.ends_with(".py")) {
        let text = project.read(path);
        if !text.contains("from __future__") && !text.starts_with(['"', '#']) {
            project.write(path, format!("import os\n\n\n{text}"));
        }
    }
    let said = project.codemend(&check);
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(0), ""),
        "{}",
        said.err
    );

    project.write("app/brand_new.py", OLD);
    let said = project.codemend(&check);
    assert_eq!(said.code, Some(1), "{}", said.err);
    assert_eq!(changed(&said), ["app/brand_new.py"]);
    let said = project.codemend(&["--baseline", FILE, "--apply", "--verify"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(project.codemend(&check).code, Some(0));
}

/// Equal lines are told apart by their number: of two, where one is known, one is new.
#[test]
fn one_more_of_the_same_is_new() {
    let line = "x: Optional[int] = None\n";
    let head = "from typing import Optional\n\n";
    let project = Project::of(&[("a.py", format!("{head}{line}"))]);
    write(&project);
    project.write("a.py", format!("{head}{line}{line}"));
    let said = project.codemend(&["--baseline", FILE]);
    assert_eq!(added(&said), ["x: int | None = None"], "{}", said.err);
}

#[test]
fn entries_that_do_not_occur_any_more_are_counted() {
    let project = Project::of(&[("a.py", OLD), ("b.py", OLD), ("c.py", OLD), ("d/d.py", OLD)]);
    git(&project, &["init", "-q"]);
    write(&project);
    project.write("a.py", "x = 1\n");
    std::fs::remove_file(project.root().join("b.py")).expect("it is there");
    let gone = |arguments: &[&str]| {
        let said = project.codemend(&[&["--baseline", FILE], arguments].concat());
        assert_eq!((said.code, said.out.as_str()), (Some(0), ""));
        let line = said.err.lines().find(|line| line.contains(" gone"));
        line.map(str::to_owned)
    };
    let two = "2 entries of the baseline are gone: write it again";
    assert_eq!(gone(&[]).as_deref(), Some(two));
    let one = "1 entry of the baseline is gone: write it again";
    assert_eq!(gone(&["a.py"]).as_deref(), Some(one));
    // What was not looked at may still be there.
    assert_eq!(gone(&["c.py"]), None);
    assert_eq!(gone(&["d"]), None);
    assert_eq!(gone(&["--select", "bare-except"]), None);
    assert_eq!(gone(&["--exclude", "a.py", "c.py"]), None);
    project.write("c.py", "from typing import Optional\ndef f(:\n");
    let said = project.codemend(&["--baseline", FILE]);
    assert!(said.err.contains(two), "{}", said.err);
}

#[test]
fn it_is_sorted_and_the_same_each_time_and_merges() {
    let files = ["a.py", "f.py", "m.py", "t.py", "z.py"].map(|name| (name, OLD));
    let project = repository(&files);
    write(&project);
    let first = project.read(FILE);
    write(&project);
    assert_eq!(project.read(FILE), first);
    let entries: Vec<_> = first
        .lines()
        .filter(|line| line.contains("fingerprint"))
        .collect();
    assert_eq!(entries.len(), 5, "{first}");
    assert!(entries.is_sorted(), "{first}");
    assert!(entries.iter().all(|line| line.ends_with("},")), "{first}");
    commit(&project);
    git(&project, &["checkout", "-qb", "topic"]);
    project.write("b.py", OLD);
    write(&project);
    commit(&project);
    git(&project, &["checkout", "-q", "main"]);
    project.write("y.py", OLD);
    // The last entry goes: the line before it stays as it is.
    project.write("z.py", "x = 1\n");
    write(&project);
    commit(&project);
    git(&project, &["merge", "-q", "--no-edit", "topic"]);
    let said = project.codemend(&["--baseline", FILE, "--check"]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(0), ""),
        "{}",
        said.err
    );
    assert!(
        said.err.contains("6 places in the baseline"),
        "{}",
        said.err
    );
    assert!(!said.err.contains("gone"), "{}", said.err);
}

#[test]
fn a_broken_one_is_an_error_with_its_place() {
    let project = Project::of(&[("a.py", OLD)]);
    write(&project);
    let good = project.read(FILE);
    let conflict = good.replace("    {}", "<<<<<<< HEAD\n=======\n>>>>>>> topic\n    {}");
    for (text, want) in [
        (
            conflict.as_str(),
            "base.json:5:1: holds conflict markers of git",
        ),
        (
            &good.replace(": 1", ": 2"),
            "version 2, and this codemend reads version 1",
        ),
        (
            &good.replace("},", "}"),
            "base.json:5:5: expected `,` or `]`",
        ),
        (
            &good.replace("\"what\"", "\"waht\""),
            "unknown field `waht`",
        ),
        (&good.replace("\"what\":", "\"path\":"), "base.json:4:"),
        (
            "{\"entries\": []}",
            "is no baseline: it has no key 'codemend-baseline'",
        ),
        ("[]", "base.json:1:"),
        ("", "base.json:1:0: EOF"),
    ] {
        project.write(FILE, text);
        let said = project.codemend(&["--baseline", FILE]);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{text}");
        assert!(said.err.contains(want), "{want}: {}", said.err);
        assert!(
            said.err.contains("--write-baseline") || text == "{\"entries\": []}",
            "{}",
            said.err
        );
    }
    let said = project.codemend(&["--baseline", "nowhere.json"]);
    assert_eq!(said.code, Some(2));
    assert!(
        said.err
            .contains("nowhere.json: no such file or directory; write it with --write-baseline"),
        "{}",
        said.err
    );
}

#[test]
fn nothing_else_is_written_over() {
    let project = Project::of(&[("a.py", OLD), ("notes.json", "{\"mine\": 1}\n")]);
    for (file, want) in [
        ("a.py", "holds something else; name another file"),
        ("notes.json", "holds something else; name another file"),
        (".", "is a directory"),
        ("no/base.json", "cannot write the baseline `no/base.json`"),
    ] {
        let before = project.tree();
        let said = project.codemend(&["--write-baseline", file]);
        assert_eq!(said.code, Some(2), "{file}");
        assert!(said.err.contains(want), "{}", said.err);
        assert_eq!(project.tree(), before);
    }
    let said = project.codemend(&["--write-baseline", FILE, "--apply"]);
    assert_eq!(said.code, Some(2));
}

/// A baseline without what could not be looked at would be wrong as soon as it can.
#[test]
fn with_a_problem_the_earlier_one_stays() {
    let project = Project::of(&[("a.py", OLD), ("b.py", OLD)]);
    write(&project);
    let before = project.read(FILE);
    let broken = "from typing import Optional\ndef f(:\n";
    for (arguments, text) in [
        (&["nowhere"][..], OLD),
        (&[], broken),
        (&["a.py", "c.py"], OLD),
    ] {
        project.write("b.py", text);
        let said = project.codemend(&[arguments, &["--write-baseline", FILE]].concat());
        assert_eq!(said.code, Some(2), "{}", said.err);
        assert!(
            said.err.contains("\nWrote no baseline: see above ("),
            "{}",
            said.err
        );
        assert_eq!(project.read(FILE), before);
    }
}

#[test]
fn it_holds_withheld_changes_and_reports_and_no_refusals() {
    let text = "\
from typing import Optional

a: Optional[int] = None  # codemend: ignore
b: int = 1  # codemend: ignore[no-such-codemod]


def f():
    try:
        pass
    except:
        pass
";
    let project = Project::of(&[("a.py", text)]);
    let plain = project.codemend(&["--verbose"]);
    assert_eq!(plain.errors("a.py:").count(), 3, "{}", plain.err);
    write(&project);
    let file = project.read(FILE);
    assert!(file.contains("unknown codemod 'no-such-codemod'"), "{file}");
    assert!(!file.contains("kept by"), "{file}");
    let said = project.codemend(&["--baseline", FILE, "--verbose", "--explain-refusals"]);
    let places: Vec<_> = said.errors("a.py:").collect();
    assert_eq!(places.len(), 1, "{}", said.err);
    assert!(places[0].contains("left alone: kept by"), "{}", said.err);
}

/// Hidden characters of a path are spelled out in the file, and it still reads.
#[test]
fn names_of_strangers_are_spelled_out() {
    let project = Project::of(&[("a\u{202e}\u{1f600}\u{e0041}\u{1b}.py", OLD)]);
    write(&project);
    let text = project.read(FILE);
    assert!(
        text.contains("a\\u202e\u{1f600}\\udb40\\udc41\\u001b.py"),
        "{text}"
    );
    let said = project.codemend(&["--baseline", FILE, "--check"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
}
