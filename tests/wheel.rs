//! `pip install codemend`: the source distribution builds, what comes out is installed into a fresh environment and
//! works there, and `pip uninstall` leaves nothing. And pre-commit builds the hook from the repository, likewise.
//!
//! The wheel is built from the source distribution and not from the tree: a file that was forgotten in the former
//! would else be missed only by those who install it. What other projects made is taken from the build of the tests,
//! else this would take minutes.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;
#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "tools/mod.rs"]
mod tools;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use outside::Project;
use tempfile::TempDir;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of the binary under test: `target/debug`.
fn built() -> &'static Path {
    let binary = Path::new(env!("CARGO_BIN_EXE_codemend"));
    binary.parent().expect("it lies in a folder")
}

/// A fresh folder where hard links to the build can be made.
fn scratch() -> TempDir {
    TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder")
}

/// Give `to` all that cargo has built in `from`, less what belongs to codemend itself.
fn link_dependencies(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("the build").flatten() {
        let name = entry.file_name();
        let (from, to) = (entry.path(), to.join(&name));
        let name = name.to_string_lossy();
        let own = name.trim_start_matches("lib").starts_with("codemend");
        if own || name == "incremental" || name == "examples" {
            continue;
        }
        if from.is_dir() {
            link_dependencies(&from, &to);
        } else {
            fs::hard_link(&from, &to).expect("the same disk");
        }
    }
}

/// The only file of `folder` with the extension `extension`.
fn only(folder: &Path, extension: &str) -> PathBuf {
    let files = fs::read_dir(folder).expect("a folder").flatten();
    let files = files.map(|entry| entry.path());
    let found: Vec<_> = files
        .filter(|path| path.extension() == Some(OsStr::new(extension)))
        .collect();
    let [one] = found.as_slice() else {
        panic!("one .{extension} in {}: {found:?}", folder.display());
    };
    one.clone()
}

/// The source distribution, then the wheel that pip builds from it, both in `folder`.
fn build(folder: &Path, maturin: &Path, python: &Path) -> (PathBuf, PathBuf) {
    let mut sdist = Command::new(maturin);
    sdist
        .args(["sdist", "--out"])
        .arg(folder)
        .current_dir(root());
    tools::insist(&mut sdist);
    let sdist = only(folder, "gz");
    let mut wheel = Command::new(python);
    wheel.args(["-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]);
    wheel
        .args(["--no-index", "--disable-pip-version-check", "--wheel-dir"])
        .arg(folder)
        .arg(&sdist);
    build_with_dependencies(&mut wheel, &folder.join("target"));
    // pip calls maturin by its name.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let tools = maturin.parent().map(Path::to_owned);
    let path = tools.into_iter().chain(std::env::split_paths(&path));
    wheel.env("PATH", std::env::join_paths(path).expect("no colons"));
    tools::insist(&mut wheel);
    (sdist, only(folder, "whl"))
}

/// Let `command`, which calls maturin, build into `target`, with the dependencies that are built already.
fn build_with_dependencies(command: &mut Command, target: &Path) {
    let profile = built().file_name().expect("a profile").to_string_lossy();
    link_dependencies(built(), &target.join(profile.as_ref()));
    let profile = profile.replace("debug", "dev");
    command
        .env("MATURIN_PEP517_ARGS", format!("--profile {profile}"))
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_INCREMENTAL", "0");
}

/// All paths below `folder`, relative to it, less compiled Python.
fn below(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut open = vec![folder.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(&directory).expect("a folder").flatten() {
            let path = entry.path();
            if entry.file_name() == "__pycache__" {
                continue;
            }
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push(path.clone());
            }
            let relative = path.strip_prefix(folder).expect("it lies below");
            found.insert(relative.to_owned());
        }
    }
    found
}

/// The names of the files in the archive `path`, as Python's own modules list them.
fn names(python: &Path, path: &Path) -> Vec<String> {
    let list = "import sys, tarfile, zipfile\n\
        path = sys.argv[1]\n\
        wheel = path.endswith('.whl')\n\
        names = zipfile.ZipFile(path).namelist() if wheel else tarfile.open(path).getnames()\n\
        print('\\n'.join(names))";
    let listed = tools::insist(Command::new(python).args(["-c", list]).arg(path));
    listed.lines().map(str::to_owned).collect()
}

#[test]
fn a_wheel_is_built_installed_used_and_removed() {
    let (Some(maturin), Some(python)) = (tools::of_python("maturin"), tools::of_python("python"))
    else {
        return;
    };
    let folder = scratch();
    let (sdist, wheel) = build(folder.path(), &maturin, &python);
    holds_the_sources_only(&names(&python, &sdist));
    holds_the_program_only(&names(&python, &wheel));

    let environment = folder.path().join("environment");
    let mut fresh = Command::new(&python);
    tools::insist(fresh.args(["-m", "venv"]).arg(&environment));
    let own = environment.join("bin/python");
    let pip = |arguments: &[&OsStr]| {
        let mut pip = Command::new(&own);
        pip.args(["-m", "pip", "--disable-pip-version-check", "--no-input"]);
        tools::insist(pip.args(arguments))
    };
    let before = below(&environment);
    let install = ["install", "--no-index", "--no-deps"].map(OsStr::new);
    pip(&[&install[..], &[wheel.as_os_str()]].concat());
    works(&environment.join("bin/codemend"));
    let shown = pip(&["show", "codemend"].map(OsStr::new));
    let version = concat!("Version: ", env!("CARGO_PKG_VERSION"));
    assert!(shown.lines().any(|line| line == version), "{shown}");
    pip(&["uninstall", "--yes", "codemend"].map(OsStr::new));
    assert_eq!(below(&environment), before);
}

fn holds_the_sources_only(names: &[String]) {
    let top = concat!("codemend-", env!("CARGO_PKG_VERSION"), "/");
    let inside: Vec<_> = names.iter().map(|name| &name[top.len()..]).collect();
    for wanted in [
        "Cargo.lock",
        "LICENSE",
        "PKG-INFO",
        "codemods/lib.rs",
        "src/engine/lib.rs",
    ] {
        assert!(inside.contains(&wanted), "{wanted} is not in {names:?}");
    }
    for unwanted in [
        "tests/",
        "snapshots/",
        "examples/",
        "fuzz/",
        "docs/",
        ".ci/",
        "target/",
    ] {
        let found = inside.iter().find(|name| name.starts_with(unwanted));
        assert_eq!(found, None);
    }
}

fn holds_the_program_only(names: &[String]) {
    let own = concat!("codemend-", env!("CARGO_PKG_VERSION"));
    let mut names: Vec<_> = names
        .iter()
        .map(|name| name.trim_start_matches(own))
        .collect();
    names.sort_unstable();
    let wanted = [
        ".data/scripts/codemend",
        ".dist-info/METADATA",
        ".dist-info/RECORD",
        ".dist-info/WHEEL",
        ".dist-info/licenses/LICENSE",
    ];
    assert_eq!(names, wanted);
}

/// The installed program says its version and previews what the built one previews.
fn works(codemend: &Path) {
    let said = tools::insist(Command::new(codemend).arg("--version"));
    assert_eq!(said, concat!("codemend ", env!("CARGO_PKG_VERSION"), "\n"));
    let python = "from typing import Optional\n\n\ndef f(x: Optional[int]) -> None: ...\n";
    let project = Project::of(&[("app/a.py", python)]);
    let got = tools::insist(
        Command::new(codemend)
            .arg("app")
            .current_dir(project.root()),
    );
    assert!(got.contains("+def f(x: int | None) -> None: ..."), "{got}");
    assert_eq!(got, project.codemend(&["app"]).out);
}

/// With the hook as the file has it: `tests/pre_commit.rs` tries what it does, this, that it can be had.
#[test]
fn pre_commit_builds_the_hook_from_the_repository() {
    let Some(pre_commit) = tools::of_python("pre-commit") else {
        return;
    };
    let folder = scratch();
    let python = "from typing import Optional\n\n\ndef f(x: Optional[int]) -> None: ...\n";
    let project = Project::of(&[("app/a.py", python)]);
    project.insist("git", &["init", "--quiet"], b"");
    project.insist("git", &["add", "--all"], b"");
    let mut run = Command::new(pre_commit);
    run.args(["try-repo", "--color", "never"])
        .arg(root())
        .arg("codemend");
    run.current_dir(project.root())
        .env("PRE_COMMIT_HOME", folder.path().join("pre-commit"));
    run.env("PIP_NO_INDEX", "1")
        .env("PIP_FIND_LINKS", tools::wheels());
    build_with_dependencies(&mut run, &folder.path().join("target"));
    let output = run.output().expect("pre-commit runs");
    let (out, err) = tools::said(&output);
    assert_eq!(output.status.code(), Some(1), "{out}{err}");
    assert!(
        out.contains("+def f(x: int | None) -> None: ..."),
        "{out}{err}"
    );
}
