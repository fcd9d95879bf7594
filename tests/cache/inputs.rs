//! Whatever a run rests on: when that changes, and nothing else, the answer is a fresh one.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::SystemTime;

use super::{NEW, OLD, PYPROJECT, Place};
use crate::outside::Project;

/// What is done to a project.
type Step = fn(&Place);

/// A module with an import inside of a function, and one that it imports.
const MAIN: &str = "\
from typing import Optional

from lib.money import Price
from helper import make


def total(x: Optional[int] = None) -> Price:
    import json

    return make(json.dumps(x))
";

fn place() -> Place {
    let files = [
        PYPROJECT,
        ("app/main.py", MAIN),
        ("app/other.py", NEW),
        ("lib/__init__.py", ""),
        ("lib/money.py", "Price = int\n"),
        ("helper.py", "def make(x):\n    return x\n"),
        ("ignored/x.py", OLD),
        (".gitignore", "ignored/\n"),
        ("requirements.txt", "fastapi\n"),
        (".venv/pyvenv.cfg", "home = /usr/bin\n"),
        (
            ".venv/lib/python3.11/site-packages/dep/__init__.py",
            "a = 1\n",
        ),
        (
            ".venv/lib/python3.11/site-packages/dep-1.0.dist-info/RECORD",
            "dep/__init__.py,,\n",
        ),
    ];
    let place = Place::around(Project::of(&files));
    fs::create_dir(place.root().join(".git")).unwrap();
    symlink("other.py", place.root().join("app/link.py")).unwrap();
    place
}

/// Write `text` without changing the size or the date of the file.
fn forge(path: &Path, text: &str) {
    let date = fs::metadata(path).unwrap().modified().unwrap();
    assert_eq!(fs::metadata(path).unwrap().len(), text.len() as u64);
    fs::write(path, text).unwrap();
    let file = fs::File::options().append(true).open(path).unwrap();
    file.set_modified(date).unwrap();
    assert_eq!(fs::metadata(path).unwrap().modified().unwrap(), date);
}

const STEPS: &[(&str, Step)] = &[
    ("a file of the run", |place| {
        place.project.write("app/main.py", OLD)
    }),
    ("the same size and date", |place| {
        forge(
            &place.root().join("app/main.py"),
            &MAIN.replace("x: Optional[int]", "y: Optional[str]"),
        );
    }),
    ("a file beside the run", |place| {
        place.project.write("lib/money.py", "Price = str\n");
    }),
    ("a new file", |place| place.project.write("app/new.py", OLD)),
    ("a file that is gone", |place| {
        fs::remove_file(place.root().join("app/other.py")).unwrap();
    }),
    ("a module that shadows another one", |place| {
        place.project.write("app/helper.py", "make = None\n");
    }),
    ("a package that takes the place of a module", |place| {
        place.project.write("helper/__init__.py", "make = None\n");
    }),
    ("the target Python", |place| {
        let text = PYPROJECT.1.replace("3.10", "3.9");
        place.project.write("pyproject.toml", &text);
    }),
    ("a setting", |place| {
        let text = format!("{}[tool.codemend]\nselect = []\n", PYPROJECT.1);
        place.project.write("pyproject.toml", &text);
    }),
    ("a file of settings further down", |place| {
        place.project.write("app/codemend.toml", "select = []\n");
    }),
    ("what is ignored", |place| {
        place.project.write(".gitignore", "")
    }),
    ("what is ignored further down", |place| {
        place.project.write("app/.ignore", "main.py\n");
    }),
    ("requirements", |place| {
        place
            .project
            .write("requirements.txt", "fastapi\npydantic\n");
    }),
    ("a new manifest", |place| {
        place.project.write("app/requirements-dev.txt", "pytest\n");
    }),
    ("a folder of requirements", |place| {
        place.project.write("requirements/base.txt", "pytest\n");
    }),
    ("what is installed", |place| {
        let site = ".venv/lib/python3.11/site-packages";
        place
            .project
            .write(&format!("{site}/dep-2.0.dist-info/RECORD"), "");
    }),
    ("what an installed package brings", |place| {
        let record = ".venv/lib/python3.11/site-packages/dep-1.0.dist-info/RECORD";
        place.project.write(record, "other/__init__.py,,\n");
    }),
    ("an environment that is gone", |place| {
        fs::remove_dir_all(place.root().join(".venv")).unwrap();
    }),
    ("an environment of another Python", |place| {
        let lib = place.root().join(".venv/lib");
        fs::rename(lib.join("python3.11"), lib.join("python3.12")).unwrap();
    }),
    ("a link that leads elsewhere", |place| {
        let link = place.root().join("app/link.py");
        fs::remove_file(&link).unwrap();
        symlink("../lib/money.py", link).unwrap();
    }),
    ("a new link", |place| {
        symlink("../lib/money.py", place.root().join("app/more.py")).unwrap();
    }),
    ("another name of a file", |place| {
        let file = place.root().join("app/main.py");
        fs::hard_link(file, place.home.path().join("main.py")).unwrap();
    }),
    ("a repository that is none any more", |place| {
        fs::remove_dir(place.root().join(".git")).unwrap();
    }),
];

/// Whatever is changed, the next run says what a run without memory says, and it is done anew.
#[test]
fn a_change_is_seen() {
    for (what, step) in STEPS {
        let place = place();
        place.settle(&["app", "--verbose", "--explain-refusals"]);
        step(&place);
        let (told, said) = place.is_told(&["app", "--verbose", "--explain-refusals"]);
        let fresh = place.fresh(&["app", "--verbose", "--explain-refusals"]);
        assert_eq!(said.transcript(), fresh.transcript(), "{what}");
        // What is no repository has no memory, neither of this run nor of the next.
        if !place.root().join(".git").exists() {
            continue;
        }
        assert!(!told, "{what}");
        place.settle(&["app", "--verbose", "--explain-refusals"]);
    }
}

/// What no run rests on leaves the memory of use: else nobody would have any of it.
#[test]
fn what_does_not_matter_is_no_news() {
    let place = place();
    place.settle(&["app"]);
    place.project.write("app/notes.txt", "x");
    place
        .project
        .write("app/__pycache__/main.cpython-311.pyc", "x");
    place.project.write("ignored/more.py", OLD);
    let file = fs::File::options()
        .append(true)
        .open(place.root().join("app/main.py"));
    file.unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
    let (told, said) = place.is_told(&["app"]);
    assert!(told, "{}", said.transcript());
}

#[test]
fn another_request_is_another_run() {
    let place = place();
    place.settle(&[]);
    for way in [
        &["--unsafe-fixes"][..],
        &["--select", "hoist-imports"],
        &["--ignore", "hoist-imports"],
        &["--target-version", "3.8"],
        &["--exclude", "main.py"],
        &["--max-file-size", "150"],
        &["--config", "unsafe-fixes = true"],
        &["--python", ".venv"],
        &["--follow-hard-links"],
        &["app"],
        &["app", "lib"],
        &["lib", "app"],
    ] {
        let (told, said) = place.is_told(way);
        assert!(!told, "{way:?}");
        assert_eq!(said.transcript(), place.fresh(way).transcript(), "{way:?}");
    }
}
