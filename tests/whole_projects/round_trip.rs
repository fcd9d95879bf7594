//! To `X | None` and back: nothing but the spelling changes.

use crate::outside::Project;
use crate::outside::tree::is_python;
use crate::spelling::difference;

/// The example after the way there, and after the way back.
fn there_and_back() -> (Project, Project) {
    let there = Project::example();
    let said = there.codemend(&["--select", "optional-to-union", "--unsafe-fixes", "--apply"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let back = Project::of::<Vec<u8>>(&[]);
    for (path, bytes) in there.tree() {
        back.write(&path, bytes);
    }
    let options = ["--select", "union-to-optional", "--unsafe-fixes", "--apply"];
    let said = back.codemend(&[&options[..], &["--target-version", "3.9"]].concat());
    assert_eq!(said.code, Some(0), "{}", said.err);
    (there, back)
}

#[test]
fn every_file_means_what_it_meant() {
    let (there, back) = there_and_back();
    let original = Project::example();
    let python = original.tree().into_keys().filter(|path| is_python(path));
    let mut faults = Vec::new();
    for path in python {
        let text = original.read(&path);
        for (way, project) in [("there", &there), ("back", &back)] {
            let found = difference(&text, &project.read(&path));
            faults.extend(found.map(|found| format!("{path}, on the way {way}: {found}")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_way_back_leaves_no_union_of_the_new_kind() {
    let (there, back) = there_and_back();
    let count = |project: &Project, word: &str| {
        let texts = project
            .tree()
            .into_iter()
            .filter(|(path, _)| is_python(path));
        let texts = texts.map(|(_, bytes)| String::from_utf8_lossy(&bytes).into_owned());
        texts.map(|text| text.matches(word).count()).sum::<usize>()
    };
    assert!(count(&there, " | None") > 50);
    assert_eq!(count(&back, " | None"), 0);
}

#[test]
fn the_way_back_adds_the_imports_that_it_needs() {
    let (_, back) = there_and_back();
    let python = back.tree().into_keys().filter(|path| is_python(path));
    for path in python {
        let text = back.read(&path);
        for name in ["Optional", "Union"] {
            let mut words = text.split(|c: char| !(c.is_alphanumeric() || "_.[".contains(c)));
            let used = words.any(|word| word.starts_with(&format!("{name}[")));
            let alone = format!("    {name},");
            let is_import = |line: &str| line.contains("import ") && line.contains(name);
            let imported = text
                .lines()
                .any(|line| line.starts_with(&alone) || is_import(line));
            assert!(imported || !used, "{path}: {name} is not imported");
        }
    }
}

#[test]
fn spellings_compare_as_equal_and_other_things_do_not() {
    let typing = "from typing import Optional, Optional as Opt, Union\n";
    let compared = |one: &str, other: &str| difference(&format!("{typing}{one}"), other);
    for (one, other) in [
        ("x: Optional[int]", "x: int | None"),
        ("x: Opt[int]", "import typing as t\nx: t.Optional[int]"),
        ("x: Union[int, None, str]", "x: int | str | None"),
        ("x: Optional[Union['A', B]]", "x: 'A | B | None'"),
    ] {
        assert_eq!(compared(one, other), None, "{one}");
    }
    for (one, other) in [
        ("x: Optional[int]", "x: int"),
        ("x: Union[int, str]", "x: str | int"),
        ("import os", "import sys"),
        ("x = 1", "x = 2"),
    ] {
        assert!(compared(one, other).is_some(), "{one}");
    }
}
