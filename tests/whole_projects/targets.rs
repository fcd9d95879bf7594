//! The lowest Python that the code must run on: who says so, through the command line.

use crate::outside::Project;

const TEXT: &str = "import os\nfrom typing import Optional\n\nx: Optional[str] = os.sep\n";

/// What a project of one module and these files is told.
fn target(files: &[(&str, &str)], options: &[&str]) -> (bool, String) {
    let project = Project::of(&[("app/a.py", TEXT)]);
    for (path, text) in files {
        project.write(path, text);
    }
    let said = project.codemend(&[&["app"], options].concat());
    assert_eq!(said.code, Some(0), "{}", said.err);
    let lines: Vec<_> = said.errors("Target: ").map(str::to_owned).collect();
    assert_eq!(lines.len(), 1, "once: {}", said.err);
    (!said.out.is_empty(), lines[0].clone())
}

#[test]
fn each_source_is_read_and_named() {
    let setup_py = "from setuptools import setup\n\nsetup(python_requires='>=3.8')\n";
    let sources: &[(&str, &str, &str)] = &[
        (
            "codemend.toml",
            "target-version = \"py39\"\n",
            "3.9 (target-version in codemend.toml)",
        ),
        (
            "pyproject.toml",
            "[tool.codemend]\ntarget-version = \"3.9\"\n",
            "3.9 (target-version in pyproject.toml)",
        ),
        (
            "pyproject.toml",
            "[project]\nrequires-python = \">=3.9,<4\"\n",
            "3.9 (requires-python in pyproject.toml)",
        ),
        (
            "pyproject.toml",
            "[tool.poetry.dependencies]\npython = \"^3.9\"\n",
            "3.9 (tool.poetry.dependencies.python in pyproject.toml)",
        ),
        (
            "pyproject.toml",
            "[project]\nclassifiers = [\"Programming Language :: Python :: 3.9\"]\n",
            "3.9 (classifiers in pyproject.toml)",
        ),
        (
            "setup.cfg",
            "[options]\npython_requires = >=3.7\n",
            "3.7 (python_requires in setup.cfg)",
        ),
        ("setup.py", setup_py, "3.8 (python_requires in setup.py)"),
        (".python-version", "3.9.18\n", "3.9 (.python-version)"),
    ];
    for (path, text, want) in sources {
        let (changes, line) = target(&[(path, text)], &[]);
        assert_eq!(line, format!("Target: Python {want}"), "{path}: {text}");
        assert!(!changes, "{path}: {text}");
    }
}

#[test]
fn the_default_is_said_too() {
    let (changes, line) = target(&[], &[]);
    assert_eq!(line, "Target: Python 3.10 (the default)");
    assert!(changes);
}

#[test]
fn the_command_line_wins_then_the_settings_then_the_project() {
    let files = [
        ("pyproject.toml", "[project]\nrequires-python = \">=3.8\"\n"),
        ("app/codemend.toml", "target-version = \"3.9\"\n"),
    ];
    let (_, line) = target(&files[..1], &[]);
    assert!(line.contains("3.8 (requires-python"), "{line}");
    let (_, line) = target(&files, &[]);
    assert_eq!(
        line,
        "Target: Python 3.9 (target-version in app/codemend.toml)"
    );
    let inline = ["--config", "target-version = '3.12'"];
    let (changes, line) = target(&files, &inline);
    assert_eq!(line, "Target: Python 3.12 (target-version in --config)");
    assert!(changes);
    let both = [&inline[..], &["--target-version", "py311"]].concat();
    let (_, line) = target(&files, &both);
    assert_eq!(line, "Target: Python 3.11 (--target-version)");
}

#[test]
fn the_nearest_manifest_counts_for_each_file() {
    let project = Project::of(&[("new/a.py", TEXT), ("new/b.py", TEXT), ("old/a.py", TEXT)]);
    project.write(
        "new/pyproject.toml",
        "[project]\nrequires-python = \">=3.11\"\n",
    );
    project.write(
        "old/pyproject.toml",
        "[project]\nrequires-python = \">=3.8\"\n",
    );
    let said = project.codemend(&["--explain-refusals"]);
    assert!(said.out.contains("new/a.py") && !said.out.contains("old/a.py"));
    assert!(said.err.contains("the target is 3.8"), "{}", said.err);
    let want = "Target: Python 3.11 (requires-python in new/pyproject.toml) and 1 more\n";
    assert!(said.err.ends_with(want), "{}", said.err);
}
