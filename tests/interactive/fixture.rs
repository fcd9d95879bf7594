//! The project that the walks go over, and the tools that they need.

use std::io::Write;
use std::process::{Command, Stdio};

use super::outside::Project;

pub const PROJECT: &str =
    "[project]\nname = \"p\"\nversion = \"1\"\nrequires-python = \">=3.10\"\n";

pub const MODELS: &str = "\
from typing import Optional, Union


def one(x: Optional[int]) -> None: ...


def two(x: Optional[str]) -> None: ...


def three(x: Union[int, str]) -> None: ...
";

pub const TOOLS: &str = "\
from app.models import one


def load(text: str) -> object:
    import json

    return json.loads(text)


def save(thing: object) -> str:
    import json

    return json.dumps(thing)


def port(raw):
    try:
        return int(raw)
    except:
        return one(80)
";

/// Six changes: three of annotations, two of imports that end up as one, and an unsafe one.
pub const UNSAFE: &str = "--unsafe-fixes";
pub const FIRST: &str = "[1/6] optional-to-union  app/models.py:4:12  safe";
pub const SECOND: &str = "[2/6] optional-to-union  app/models.py:7:12  safe";
pub const THIRD: &str = "[3/6] optional-to-union  app/models.py:10:14  safe";
pub const FOURTH: &str = "[4/6] hoist-imports  app/tools.py:5:5  safe";
pub const FIFTH: &str = "[5/6] hoist-imports  app/tools.py:11:5  safe";
pub const SIXTH: &str = "[6/6] bare-except  app/tools.py:19:5  unsafe";

pub fn project() -> Project {
    Project::of(&[
        ("pyproject.toml", PROJECT),
        ("app/__init__.py", ""),
        ("app/models.py", MODELS),
        ("app/tools.py", TOOLS),
    ])
}

/// The same, committed.
pub fn repository() -> Project {
    let project = project();
    let commit = "git init -q . && git add -A && git -c user.name=t -c user.email=t@example.org commit -qm one";
    project.insist("sh", &["-c", commit], b"");
    project
}

/// Whether the tool `program` is there. Where the checks run it has to be.
pub fn has(program: &str, version: &str) -> bool {
    let mut command = Command::new(program);
    command
        .arg(version)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let found = command.status().is_ok_and(|status| status.success());
    assert!(
        found || std::env::var_os("CI").is_none(),
        "{program} is missing"
    );
    if !found {
        let _ = writeln!(std::io::stderr(), "skipped: {program} is missing");
    }
    found
}

pub fn has_python() -> bool {
    has("python3", "--version")
}

/// `text` with `to` for the only `from`.
pub fn replaced(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replace(from, to)
}
