//! Files with several hard links: known before a change is made, so that no change is half made.

use std::fs;

use crate::outside::Project;

const TEXT: &str = "from typing import Optional\n\nx: Optional[str] = None\n";
const MENDED: &str = "\nx: str | None = None\n";
const WHY: &str = "has 2 hard links; --follow-hard-links rewrites them in place";

fn project() -> Project {
    let project = Project::of(&[
        ("pyproject.toml", "[project]\nrequires-python = '>=3.10'\n"),
        ("one.py", TEXT),
        ("good.py", TEXT),
    ]);
    double(&project, "one.py", "copies/one.txt");
    project
}

fn double(project: &Project, of: &str, name: &str) {
    let name = project.root().join(name);
    fs::create_dir_all(name.parent().expect("a folder")).expect("a folder");
    fs::hard_link(project.root().join(of), name).expect("a link");
}

#[test]
fn they_are_left_alone_and_told_of_once() {
    let project = project();
    for arguments in [&[][..], &["--apply"]] {
        let said = project.codemend(&[arguments, &["--explain-refusals"]].concat());
        assert_eq!(said.code, Some(2), "{}", said.err);
        let told: Vec<_> = said.errors("error: ").collect();
        assert_eq!(
            told,
            [format!("error: one.py: {WHY}; left alone")],
            "{}",
            said.err
        );
        let refused = format!("one.py:3:4: left alone: `one.py` {WHY} [optional-to-union]\n");
        assert!(said.err.contains(&refused), "{}", said.err);
        assert!(!said.out.contains("one.py"), "{}", said.out);
    }
    assert_eq!(project.read("one.py"), TEXT);
    assert_eq!(project.read("copies/one.txt"), TEXT);
    assert_eq!(project.read("good.py"), MENDED);
}

#[test]
fn where_nothing_wants_to_change_them_nothing_is_told() {
    let project = project();
    project.write("one.py", "x = 1\n");
    let said = project.codemend(&[]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let said = project.codemend(&["--select", "union-to-optional"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
}

#[test]
fn who_asks_gets_them_changed() {
    let project = project();
    let said = project.codemend(&["--follow-hard-links"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.contains("+++ b/one.py\n"), "{}", said.out);
}

#[test]
fn standard_input_is_a_text_without_names() {
    let project = project();
    let said = project.codemend_reading(&["--stdin-filename", "one.py", "-"], TEXT.as_bytes());
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(0), MENDED),
        "{}",
        said.err
    );
}

#[test]
fn manifests_are_held_too() {
    let project = Project::of(&[
        (
            "app.py",
            "from pydantic import BaseModel, EmailStr\n\n\nclass U(BaseModel):\n    e: EmailStr\n",
        ),
        ("requirements.txt", "pydantic>=2\n"),
    ]);
    double(&project, "requirements.txt", "base.list");
    let arguments = [
        "--select",
        "email-validator",
        "--explain-refusals",
        "--unsafe-fixes",
    ];
    let said = project.codemend(&arguments);
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(2), ""),
        "{}",
        said.err
    );
    let told: Vec<_> = said.errors("error: ").collect();
    assert_eq!(
        told,
        [format!("error: requirements.txt: {WHY}; left alone")],
        "{}",
        said.err
    );
    assert!(
        said.err
            .contains(&format!("left alone: `requirements.txt` {WHY}")),
        "{}",
        said.err
    );
    let said = project.codemend(&[&arguments[..], &["--follow-hard-links"]].concat());
    assert!(
        said.out.contains("+++ b/requirements.txt\n"),
        "{}",
        said.err
    );
}

#[test]
fn a_change_over_several_files_is_refused_as_a_whole() {
    let app =
        "from pydantic import BaseModel, EmailStr\n\n\nclass U(BaseModel):\n    e: EmailStr\n";
    let toml = "[project]\nname = 'x'\ndependencies = ['pydantic>=2']\n";
    let project = Project::of(&[
        ("app.py", app),
        ("requirements.txt", "pydantic>=2\n"),
        ("pyproject.toml", toml),
    ]);
    double(&project, "requirements.txt", "base.list");
    let arguments = ["--select", "email-validator", "--explain-refusals"];
    let said = project.codemend(&[&arguments[..], &["--apply"]].concat());
    assert_eq!(said.code, Some(2), "{}", said.err);
    // The other manifest could be written, but half of the change is not the change.
    let refused = format!("pyproject.toml:3:30: left alone: `requirements.txt` {WHY} ");
    assert!(said.err.contains(&refused), "{}", said.err);
    assert_eq!(project.read("pyproject.toml"), toml);
    let said = project.codemend(&[&arguments[..], &["--follow-hard-links"]].concat());
    assert_eq!(said.out.matches("diff --git").count(), 2, "{}", said.err);
}

#[test]
fn two_spellings_of_one_file_are_one_file() {
    let project = project();
    // On a file system where case does not count, both names would be there too, of one file.
    double(&project, "good.py", "Good.py");
    let said = project.codemend(&["--follow-hard-links"]);
    assert!(said.err.contains("2 of 2 files"), "{}", said.err);
    assert_eq!(
        said.out.to_lowercase().matches("+++ b/good.py").count(),
        1,
        "{}",
        said.out
    );
}
