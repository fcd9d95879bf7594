//! A Python with what the backend requires: made below `target/` when it is not there, or when the list is another one.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Names of interpreters, the most likely first.
const NAMES: &[&str] = &[
    "python3.11",
    "python3",
    "python3.12",
    "python3.13",
    "python3.10",
    "python",
];

const REQUIREMENTS: &str = include_str!("requirements.txt");

/// What Python prints when it is run in `folder` with `arguments`. It has to end well.
pub fn run(folder: &Path, arguments: &[&OsStr]) -> String {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    let python = PYTHON.get_or_init(made);
    succeed(
        Command::new(python)
            .args(["-W", "ignore", "-B"])
            .args(arguments)
            .current_dir(folder),
    )
}

fn made() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("example-app");
    fs::create_dir_all(&folder).expect("a folder below target/");
    // Only one of several test runs makes it.
    let lock = File::create(folder.join("lock")).expect("a file to lock");
    lock.lock().expect("the lock");
    let place = folder.join("venv");
    let python = place.join(match cfg!(windows) {
        true => "Scripts/python.exe",
        false => "bin/python",
    });
    let list = folder.join("installed.txt");
    let is_there = fs::read_to_string(&list).is_ok_and(|installed| installed == REQUIREMENTS);
    if is_there && python.exists() {
        return python;
    }
    let wanted = folder.join("requirements.txt");
    fs::write(&wanted, REQUIREMENTS).expect("the list can be written");
    let host = interpreter();
    succeed(
        Command::new(host)
            .args(["-m", "venv", "--clear"])
            .arg(&place),
    );
    succeed(
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet"])
            .args(["--disable-pip-version-check", "--requirement"])
            .arg(&wanted),
    );
    fs::write(&list, REQUIREMENTS).expect("the list can be written");
    python
}

/// An interpreter of Python 3.10 or newer.
fn interpreter() -> &'static str {
    let fits = |name: &&&str| {
        let check = "import sys; sys.exit(sys.version_info < (3, 10))";
        let ended = Command::new(name).args(["-c", check]).output();
        ended.is_ok_and(|ended| ended.status.success())
    };
    NAMES
        .iter()
        .find(fits)
        .expect("a CPython of 3.10 or newer on the path")
}

fn succeed(command: &mut Command) -> String {
    for variable in ["PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"] {
        command.env_remove(variable);
    }
    let output = command.output().expect("it starts");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{command:?}\n{told}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    told
}
