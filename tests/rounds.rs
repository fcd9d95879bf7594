//! What a codemod does in one file may let something through in another: one run goes on until nothing is left to do.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;

use outside::Project;

/// Each module takes `helper` from the one before it, which has it only once its own import has moved to the top. The
/// last one of them loads its source anyway.
const CHAIN: [(&str, &str); 7] = [
    (
        "pyproject.toml",
        "[project]\nname = \"x\"\nversion = \"0\"\nrequires-python = \">=3.10\"\n",
    ),
    ("pkg/__init__.py", ""),
    ("pkg/source.py", "def helper():\n    return 1\n"),
    (
        "pkg/second.py",
        "def f():\n    from pkg.source import helper\n\n    return helper()\n",
    ),
    (
        "pkg/first.py",
        "def f():\n    from pkg.second import helper\n\n    return helper()\n",
    ),
    (
        "pkg/main.py",
        "import pkg.first\n\n\ndef f():\n    from pkg.first import helper\n\n    return helper()\n",
    ),
    (
        "pkg/other.py",
        "def f():\n    if f:\n        import json\n\n        return json\n",
    ),
];

#[test]
fn a_run_goes_on_from_file_to_file_until_nothing_is_left() {
    let project = Project::of(&CHAIN);
    let run = ["--select", "hoist-imports", "--unsafe-fixes"];
    let said = project.codemend(&[&run[..], &["--apply"]].concat());
    assert!(said.err.contains("Changed 3 of 6 files"), "{}", said.err);
    for (path, from) in [("first", "second"), ("second", "source"), ("main", "first")] {
        let text = project.read(&format!("pkg/{path}.py"));
        let wanted = format!("from pkg.{from} import helper\n");
        let at = text.find(&wanted);
        assert!(
            at.is_some_and(|at| at < text.find("def f").unwrap()),
            "{text}"
        );
    }
    let said = project.codemend(&run);
    assert!(said.err.contains("Nothing to change"), "{}", said.err);
}
