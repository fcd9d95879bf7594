//! Where the target Python comes from.

use super::{Overrides, Tree, catalogue, inline};
use crate::config::Configuration;
use crate::target::PythonVersion;

/// `version (source)` of `path`, without the directory's own name.
fn target_with(tree: &Tree, path: &str, overrides: Overrides) -> String {
    let configuration = Configuration::new(overrides, catalogue()).unwrap();
    let target = configuration.target(&tree.path(path)).to_string();
    tree.seen_inside(&target)
}

fn target(files: &[(&str, &str)], path: &str) -> String {
    target_with(&Tree::new(files), path, Overrides::default())
}

const PEP621: (&str, &str) = (
    "pyproject.toml",
    "[project]\nrequires-python = \">=3.11,<4\"\n",
);
const CFG: &str = "[metadata]\nclassifiers =\n    Programming Language :: Python :: 3\n\
                   \x20   Programming Language :: Python :: 3.12\n    Programming Language :: Python :: 3.9\n\n\
                   [options]\npython_requires = >=3.8\n";

#[test]
fn each_source() {
    for (name, text, expected) in [
        (
            "pyproject.toml",
            PEP621.1,
            "Python 3.11 (requires-python in pyproject.toml)",
        ),
        (
            "pyproject.toml",
            "\u{feff}[tool.poetry.dependencies]\npython = '^3.9'\n",
            "Python 3.9 (tool.poetry.dependencies.python in pyproject.toml)",
        ),
        (
            "pyproject.toml",
            "[tool.poetry.dependencies]\npython = { version = '~3.12', optional = true }\n",
            "Python 3.12 (tool.poetry.dependencies.python in pyproject.toml)",
        ),
        (
            "setup.cfg",
            CFG,
            "Python 3.8 (python_requires in setup.cfg)",
        ),
        (
            "setup.cfg",
            "[metadata]\nclassifiers =\n  Programming Language :: Python :: 3.13\n",
            "Python 3.13 (classifiers in setup.cfg)",
        ),
        (
            "setup.py",
            "from setuptools import setup\nsetup(python_requires='>=3.9')\n",
            "Python 3.9 (python_requires in setup.py)",
        ),
        (
            "setup.py",
            "setup(classifiers=['Programming Language :: Python :: 3.11'])",
            "Python 3.11 (classifiers in setup.py)",
        ),
        (
            "pyproject.toml",
            "[project]\nclassifiers = ['Programming Language :: Python :: 3.10', \
             'Programming Language :: Python :: 3.9']\n",
            "Python 3.9 (classifiers in pyproject.toml)",
        ),
        (
            ".python-version",
            "3.11.4\n3.12\n",
            "Python 3.11 (.python-version)",
        ),
        (
            ".python-version",
            "cpython-3.12.1-linux\n",
            "Python 3.12 (.python-version)",
        ),
        (
            ".python-version",
            "3.13t\n",
            "Python 3.13 (.python-version)",
        ),
    ] {
        assert_eq!(target(&[(name, text)], "src/a.py"), expected, "{text}");
    }
}

#[test]
fn what_says_nothing() {
    for (name, text) in [
        ("pyproject.toml", "[project]\nrequires-python = '<4'\n"),
        ("pyproject.toml", "[project]\nrequires-python = 3\n"),
        ("pyproject.toml", "project = 1"),
        ("pyproject.toml", "[project"),
        ("setup.cfg", "[options\n"),
        ("setup.py", "setup("),
        (".python-version", "system\n"),
        (".python-version", "pypy3.10-7.3.12\n"),
        (".python-version", "3\n"),
        (".python-version", ""),
        (".python-version", "my-env"),
    ] {
        assert_eq!(
            target(&[(name, text)], "a.py"),
            "Python 3.10 (the default)",
            "{text}"
        );
    }
}

#[test]
fn order_within_a_directory() {
    let mut files = vec![
        PEP621,
        ("setup.cfg", CFG),
        ("setup.py", "setup(python_requires='>=3.13')"),
        (".python-version", "3.14"),
    ];
    let mut seen = Vec::new();
    while !files.is_empty() {
        seen.push(target(&files, "a.py"));
        files.remove(0);
    }
    assert_eq!(
        seen,
        [
            "Python 3.11 (requires-python in pyproject.toml)",
            "Python 3.8 (python_requires in setup.cfg)",
            "Python 3.13 (python_requires in setup.py)",
            "Python 3.14 (.python-version)",
        ]
    );
}

#[test]
fn a_pyproject_above_wins_over_a_setup_cfg_beside() {
    let tree = Tree::new(&[
        PEP621,
        ("a/pyproject.toml", "[project]\nname = 'a'\n"),
        ("a/b/setup.cfg", "[options]\npython_requires = >=3.8\n"),
        ("c/.git/HEAD", ""),
    ]);
    let configuration = Configuration::new(Overrides::default(), catalogue()).unwrap();
    let version = |path: &str| configuration.target(&tree.path(path)).version;
    assert_eq!(version("a/b/c/x.py"), PythonVersion::PY311);
    assert_eq!(version("a/x.py"), PythonVersion::PY311);
    assert_eq!(version("a/b/x.py"), PythonVersion::PY311);
    assert_eq!(version("c/d/x.py"), PythonVersion::PY310);
    assert_eq!(version("c/x.py"), PythonVersion::PY310);
}

#[test]
fn versions_outside_the_known_are_the_nearest_known() {
    let version = |text: &str| {
        target(
            &[(
                "setup.cfg",
                &format!("[options]\npython_requires = {text}\n"),
            )],
            "a.py",
        )
    };
    assert!(version(">=2.7, !=3.0.*").starts_with("Python 3.7 "));
    assert!(version(">=3").starts_with("Python 3.7 "));
    assert!(version(">=3.99").starts_with("Python 3.15 "));
    assert!(version(">=4").starts_with("Python 3.15 "));
}

#[test]
fn what_is_said_to_codemend_wins() {
    let tree = Tree::new(&[
        ("codemend.toml", "target-version = \"py39\"\n"),
        (
            "a/pyproject.toml",
            "[project]\nrequires-python = '>=3.12'\n",
        ),
    ]);
    let of = |overrides| target_with(&tree, "a/x.py", overrides);
    assert_eq!(
        of(Overrides::default()),
        "Python 3.9 (target-version in codemend.toml)"
    );
    let mut overrides = inline(&["target-version = '3.13'"]);
    assert_eq!(
        of(overrides.clone()),
        "Python 3.13 (target-version in --config)"
    );
    overrides.target_version = Some(PythonVersion::PY37);
    assert_eq!(of(overrides), "Python 3.7 (--target-version)");
}

#[test]
fn broken_settings_leave_the_project_to_speak() {
    let tree = Tree::new(&[PEP621, ("codemend.toml", "selct = 1")]);
    let seen = target_with(&tree, "a.py", Overrides::default());
    assert_eq!(seen, "Python 3.11 (requires-python in pyproject.toml)");
    let overrides = inline(&["target-version = '3.13'"]);
    let seen = target_with(&tree, "a.py", overrides);
    assert_eq!(seen, "Python 3.13 (target-version in --config)");
}
