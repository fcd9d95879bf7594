//! `benches/compare`: its own tests pass, and its floor looks at the same files as codemend.
//!
//! Nothing is fetched and nothing is timed here.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use codemend_engine::config::DEFAULT_EXCLUDE;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/compare")
}

/// What a Python of 3.11 or newer says on standard error, run in the folder with `arguments`. It has to end well.
fn python(arguments: &[&str]) -> String {
    let fits = |name: &&str| {
        let check = "import sys; sys.exit(sys.version_info < (3, 11))";
        let ended = Command::new(name).args(["-c", check]).output();
        ended.is_ok_and(|ended| ended.status.success())
    };
    let names = [
        "python3",
        "python3.11",
        "python3.12",
        "python3.13",
        "python",
    ];
    let name = names.into_iter().find(fits);
    let name = name.expect("a CPython of 3.11 or newer on the path");
    let mut command = Command::new(name);
    command.arg("-B").args(arguments).current_dir(folder());
    for variable in ["PYTHONPATH", "PYTHONHOME", "CODEMEND_BENCH"] {
        command.env_remove(variable);
    }
    let output = command.output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn its_own_tests_pass() {
    let said = python(&["-m", "unittest", "discover", "-s", "tests", "-t", "."]);
    let count = said.split("Ran ").nth(1).and_then(|rest| {
        let count = rest.split(' ').next()?;
        count.parse::<usize>().ok()
    });
    assert!(count.is_some_and(|count| count > 40), "{said}");
}

#[test]
fn the_floor_leaves_out_what_codemend_leaves_out() {
    let code = fs::read_to_string(folder().join("floor/src/walk.rs")).expect("its source");
    let list = code.split("const LEFT_OUT").nth(1).expect("its list");
    let list = list.split("];").next().unwrap_or_default();
    let named: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    let all = DEFAULT_EXCLUDE.iter().copied();
    // Hidden folders are walked by neither.
    let expected: Vec<&str> = all.filter(|name| !name.starts_with('.')).collect();
    assert_eq!(named, expected);
}

#[test]
fn a_plain_build_does_not_build_the_floor() {
    let manifest = fs::read_to_string(folder().join("../../Cargo.toml")).expect("the manifest");
    assert!(manifest.contains("\"benches/compare/floor\""));
    let builds = manifest.contains("codemend-floor") || manifest.contains("default-members");
    assert!(!builds, "the root package is what `cargo build` builds");
}
