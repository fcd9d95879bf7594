//! What a project requires, what is wrong with its manifests, and which directory counts.

use super::*;

fn runtime(tree: &Tree, file: &str, name: &str) -> Option<(String, usize)> {
    match tree.declared(file, name) {
        Declared::Runtime { path, line } => Some((tree.name(&path), line)),
        _ => None,
    }
}

#[test]
fn what_is_required_where() {
    let tree = Tree::new(&[(
        "pyproject.toml",
        "[project]\nname = \"x\"\ndependencies = [\n  \"A_b\",\n  \"win; sys_platform == 'win32'\",\n]\n[project.optional-dependencies]\nWeb_UI = [\"c\"]\n[dependency-groups]\ndev = [\"d\", {include-group = \"test\"}]\ntest = [\"t\"]\n[tool.uv]\ndev-dependencies = [\"u\"]\nconstraint-dependencies = [\"k<2\"]\n[tool.pdm.dev-dependencies]\nlint = [\"p\"]\n[tool.hatch.envs.docs]\ndependencies = [\"h\"]\n",
    )]);
    assert_eq!(
        runtime(&tree, "src/x/y.py", "a.B"),
        Some(("pyproject.toml".to_owned(), 4))
    );
    let said = |name: &str| tree.declared("x.py", name);
    assert!(matches!(said("win"), Declared::Limited { line: 5, .. }));
    assert_eq!(said("c"), Declared::Extra("web-ui".to_owned()));
    for (name, group) in [
        ("d", "dev"),
        ("t", "test"),
        ("u", "dev"),
        ("p", "lint"),
        ("h", "docs"),
    ] {
        assert_eq!(said(name), Declared::Group(group.to_owned()), "{name}");
    }
    assert_eq!(said("k"), Declared::Undeclared);
    let outside = Utf8Path::new("/nowhere/x.py");
    assert_eq!(tree.read().declared(outside, &["a"]), Declared::NoManifest);
}

#[test]
fn files_of_pip_by_name_and_by_include() {
    let tree = Tree::new(&[
        (
            "requirements.txt",
            "-r requirements/common.txt\n-c limits.txt\n-r requirements/lint.txt\n",
        ),
        ("requirements/common.txt", "a\n"),
        ("requirements/lint.txt", "l\n"),
        (
            "requirements/test.txt",
            "-r common.txt\n-r helpers/more.txt\nt\n",
        ),
        ("requirements/helpers/more.txt", "m\n"),
        ("dev-requirements.txt", "d\n"),
        ("limits.txt", "z<2\n"),
        ("requirements/constraints.txt", "y\n"),
        ("notes.txt", "this is prose\n"),
    ]);
    assert_eq!(tree.problems(), Vec::<String>::new());
    assert_eq!(
        runtime(&tree, "x.py", "a"),
        Some(("requirements/common.txt".to_owned(), 1))
    );
    assert!(runtime(&tree, "x.py", "l").is_some());
    assert_eq!(
        tree.declared("x.py", "t"),
        Declared::Group("test".to_owned())
    );
    assert_eq!(
        tree.declared("x.py", "m"),
        Declared::Group("test".to_owned())
    );
    assert_eq!(
        tree.declared("x.py", "d"),
        Declared::Group("dev".to_owned())
    );
    for name in ["z", "y", "this"] {
        assert_eq!(tree.declared("x.py", name), Declared::Undeclared, "{name}");
    }
    let manifests = tree.read();
    let directory = manifests.nearest(&tree.root.join("x.py")).unwrap();
    let limits = manifests
        .requirements(directory)
        .filter(|found| *found.kind == Kind::Constraint)
        .map(|found| found.requirement.name.clone());
    assert_eq!(limits.collect::<Vec<_>>(), ["z"]);
}

#[test]
fn the_nearest_directory_counts() {
    let tree = Tree::new(&[
        ("requirements.txt", "a\n"),
        (
            "services/api/pyproject.toml",
            "[project]\nname = \"x\"\ndependencies = [\"b\"]\n",
        ),
        ("services/web/pyproject.toml", "[tool.ruff]\n"),
        ("services/web/setup.cfg", "[flake8]\nmax-line-length = 1\n"),
    ]);
    assert!(runtime(&tree, "services/api/x/y.py", "b").is_some());
    assert_eq!(
        tree.declared("services/api/x/y.py", "a"),
        Declared::Undeclared
    );
    assert!(runtime(&tree, "services/web/x.py", "a").is_some());
}

#[test]
fn includes_that_lead_nowhere() {
    let tree = Tree::new(&[
        ("requirements.txt", "a\n-r missing.txt\n"),
        ("sub/requirements.txt", "-r ../../outside.txt\n"),
    ]);
    assert_eq!(
        tree.problems(),
        [
            "requirements.txt:2:1: includes `missing.txt`, which is not there (mend the include)",
            "sub/requirements.txt:1:1: includes `../../outside.txt`, which lies outside of the repository (mend the include)",
        ]
    );
    let reason = "requirements.txt includes `missing.txt`, which is not there";
    assert_eq!(
        tree.declared("x.py", "z"),
        Declared::Unknown(reason.to_owned())
    );
    assert!(runtime(&tree, "x.py", "a").is_some());
}

#[test]
fn includes_that_go_in_circles() {
    let tree = Tree::new(&[("requirements.txt", "a\n-r requirements.txt\n")]);
    assert_eq!(
        tree.problems(),
        ["requirements.txt:2:1: includes itself (`requirements.txt`) (remove the include)"]
    );
    let tree = Tree::new(&[
        ("requirements/a.txt", "-r b.txt\n"),
        ("requirements/b.txt", "-r c.txt\n"),
        ("requirements/c.txt", "x\n-r a.txt\n"),
    ]);
    assert_eq!(
        tree.problems(),
        ["requirements/c.txt:2:1: includes itself (`a.txt`) (remove the include)"]
    );
}

#[test]
fn manifests_that_nobody_can_read() {
    for (name, text, problem) in [
        (
            "pyproject.toml",
            "[project\nname = 1\n",
            "pyproject.toml:1:9: is not valid TOML: ",
        ),
        (
            "pyproject.toml",
            "[project]\ndependencies = \"a\"\n",
            "pyproject.toml:2:16: `project.dependencies` is no list",
        ),
        (
            "pyproject.toml",
            "[project]\ndependencies = [1]\n",
            "pyproject.toml:2:17: `1` is no requirement",
        ),
        (
            "requirements.txt",
            "a b c\n",
            "requirements.txt:1:1: `a b c` is no requirement",
        ),
        (
            "setup.cfg",
            "[options]\nwhat\n",
            "setup.cfg:2:1: is not a valid configuration file",
        ),
        ("setup.py", "setup(\n", "setup.py:"),
        ("Pipfile", "[packages\n", "Pipfile:1:"),
    ] {
        let tree = Tree::new(&[(name, text)]);
        let problems = tree.problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with(problem), "{problems:?}");
        assert!(
            matches!(tree.declared("x.py", "a"), Declared::Unknown(_)),
            "{name}"
        );
    }
    let tree = Tree::new(&[]);
    tree.write("requirements.txt", b"# caf\xe9\na\n");
    assert_eq!(
        tree.problems(),
        ["requirements.txt:1:6: is not UTF-8 (byte 0xe9); left alone (save it as UTF-8)"]
    );
    let reason = "requirements.txt is not UTF-8 (byte 0xe9)".to_owned();
    assert_eq!(tree.declared("x.py", "a"), Declared::Unknown(reason));
}

#[test]
fn what_is_computed_is_unknown() {
    let tree = Tree::new(&[("setup.py", "setup(install_requires=read())\n")]);
    let reason = "setup.py computes its install_requires".to_owned();
    assert_eq!(tree.declared("x.py", "a"), Declared::Unknown(reason));
    let tree = Tree::new(&[("requirements.txt", "-r https://example.org/r.txt\n")]);
    assert!(matches!(tree.declared("x.py", "a"), Declared::Unknown(_)));
}

#[test]
fn lock_files_and_generated_files_are_derived() {
    let tree = Tree::new(&[
        ("pyproject.toml", "[project]\nname = \"x\"\n"),
        ("uv.lock", "version = 1\n"),
        (
            "requirements.txt",
            "# This file was autogenerated by uv\na==1\n",
        ),
    ]);
    let manifests = tree.read();
    let directory = manifests.nearest(&tree.root.join("x.py")).unwrap();
    let derived: Vec<_> = manifests
        .derived(directory)
        .into_iter()
        .map(|path| tree.name(path))
        .collect();
    assert_eq!(derived, ["requirements.txt", "uv.lock"]);
}
