//! `--verify` seen from outside: it is quiet about what is right, and changes nothing of what a run does.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;

use outside::Project;

/// The preview of the example, and what the run with `options` says besides.
fn preview(options: &[&str]) -> outside::Said {
    let project = Project::example();
    project.codemend(&[&["--unsafe-fixes", "--color", "never", "--quiet"], options].concat())
}

#[test]
fn the_example_verifies() {
    let (plain, verified) = (preview(&[]), preview(&["--verify"]));
    assert!(plain.out.len() > 1_000, "{}", plain.out);
    assert_eq!(verified.transcript(), plain.transcript());
    assert_eq!(verified.code, Some(0));
}

#[test]
fn the_example_is_applied_once_it_is_verified() {
    let (plain, verified) = (Project::example(), Project::example());
    let before = plain.tree();
    let options = ["--unsafe-fixes", "--apply", "--quiet"];
    plain.codemend(&options);
    let said = verified.codemend(&[&options[..], &["--verify"]].concat());
    assert_eq!(said.code, Some(0), "{}", said.err);
    let (plain, verified) = (plain.tree(), verified.tree());
    assert_ne!(plain, before);
    let python = |(path, _): &(&String, &Vec<u8>)| !path.starts_with(".codemend_cache");
    assert!(
        verified
            .iter()
            .filter(python)
            .eq(plain.iter().filter(python))
    );
}

#[test]
fn standard_input_is_verified_too() {
    let project = Project::of::<&str>(&[]);
    let text = b"from typing import Optional\nx: Optional[int] = None\n";
    let arguments = [
        "--verify",
        "--target-version",
        "3.10",
        "--stdin-filename",
        "a.py",
        "-",
    ];
    let said = project.codemend_reading(&arguments, text);
    assert_eq!(
        (said.code, said.out.trim()),
        (Some(0), "x: int | None = None")
    );
}

#[test]
fn a_setup_py_that_one_codemod_has_changed_is_read_anew_by_the_next() {
    let setup = "from typing import Optional\nfrom setuptools import setup\n\n\n\
        def f(a: Optional[int], b: Optional[int], c: Optional[int]) -> Optional[int]:\n    return a\n\n\n\
        setup(name=\"app\", python_requires=\">=3.10\", install_requires=[\"pydantic>=2\"])\n";
    let model =
        "from pydantic import BaseModel, EmailStr\n\n\nclass A(BaseModel):\n    mail: EmailStr\n";
    let project = Project::of(&[
        ("setup.py", setup),
        ("app/__init__.py", ""),
        ("app/a.py", model),
    ]);
    let said = project.codemend(&["--unsafe-fixes", "--apply", "--verify"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let setup = project.read("setup.py");
    assert!(
        setup.contains("def f(a: int | None, b: int | None, c: int | None) -> int | None:"),
        "{setup}"
    );
    assert!(
        setup.contains("install_requires=[\"pydantic[email]>=2\"]")
            || setup.contains("email-validator"),
        "{setup}"
    );
}
