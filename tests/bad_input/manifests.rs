//! Manifests that somebody wrote to make tools fall over.

use crate::outside::Project;

const MODEL: &str =
    "from pydantic import BaseModel, EmailStr\n\n\nclass User(BaseModel):\n    email: EmailStr\n";

/// A run over a project with `text` as `manifest`: it ends, and with an exit code of its own.
fn run(manifest: &str, text: &str) -> String {
    let project = Project::of(&[("app/a.py", MODEL), (manifest, text)]);
    let said = project.codemend(&["--unsafe-fixes"]);
    assert!(
        matches!(said.code, Some(0 | 2)),
        "{manifest}: {:?} {}",
        said.code,
        said.err
    );
    assert!(!said.err.contains("panicked"), "{}", said.err);
    said.err
}

#[test]
fn nesting_without_end() {
    let n = 100_000;
    let nested = |open: &str, close: &str| format!("{}1{}", open.repeat(n), close.repeat(n));
    let marker = format!(
        "pydantic ; {}os_name == 'a'{}",
        "(".repeat(n),
        ")".repeat(n)
    );
    run("requirements.txt", &format!("{marker}\n"));
    let list = marker.replace('\'', "\\\"");
    run(
        "pyproject.toml",
        &format!("[project]\nname = 'x'\ndependencies = [\"{list}\"]\n"),
    );
    run("pyproject.toml", &format!("a = {}\n", nested("[", "]")));
    run("pyproject.toml", &format!("a{} = 1\n", ".a".repeat(n)));
    run(
        "codemend.toml",
        &format!("select = {}\n", nested("{a = ", "}")),
    );
    run(
        "Pipfile",
        &format!("[packages]\npydantic = {}\n", nested("[", "]")),
    );
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("-", ""),
        ("f(", ")"),
        ("a + ", ""),
        ("not ", ""),
    ] {
        let call = format!(
            "from setuptools import setup\nsetup(install_requires={})\n",
            nested(open, close)
        );
        run("setup.py", &call);
    }
}

#[test]
fn includes_again_and_again() {
    let err = run("requirements.txt", &"-r requirements.txt\n".repeat(5000));
    assert_eq!(err.matches("includes itself").count(), 1, "{err}");
}
