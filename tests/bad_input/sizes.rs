//! `--max-file-size`: larger files are left alone, whatever they are read for.

use super::{GOOD, insist, project};
use crate::outside::Project;

#[test]
fn larger_files_are_left_alone() {
    let project = project();
    let long = format!("{GOOD}# {}\n", "x".repeat(2000));
    project.write("long.py", &long);
    let want = "long.py: is too large (2.0 KiB, at most 1000 bytes are read); left alone";
    insist(&project.codemend(&["--max-file-size", "1000"]), &[want]);
    let want = "long.py: is too large (2.0 KiB, at most 1.0 KiB are read); left alone";
    let said = project.codemend(&["--max-file-size", "1KiB", "--apply"]);
    assert_eq!(
        said.errors("error: ").collect::<Vec<_>>(),
        [format!("error: {want}")]
    );
    assert!(
        said.err
            .contains("  help: raise `--max-file-size`, or exclude it\n")
    );
    assert_eq!(project.read("long.py"), long);
    let said = project.codemend(&["--max-file-size", "3kb"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let arguments = ["--max-file-size", "10", "--stdin-filename", "a.py", "-"];
    let said = project.codemend_reading(&arguments, GOOD.as_bytes());
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(2), GOOD),
        "{}",
        said.err
    );
}

#[test]
fn sizes_that_are_none() {
    let project = project();
    for (size, told) in [
        (
            "big",
            "give bytes, or a number with a unit: 500000, 64MB, 1GiB",
        ),
        ("0", "it must be at least one byte"),
        ("4GiB", "it can be 4294967295 bytes at most"),
    ] {
        let said = project.codemend(&["--max-file-size", size]);
        assert_eq!(said.code, Some(2), "{size}");
        assert!(said.err.contains(told), "{size}: {}", said.err);
    }
}

#[test]
fn settings_and_manifests_have_the_same_limit() {
    let pad = format!("# {}\n", "x".repeat(500));
    let limited =
        |project: &Project| project.codemend(&["--max-file-size", "300", "--unsafe-fixes"]);
    let project = project();
    project.write("sub/codemend.toml", format!("select = []\n{pad}"));
    project.write("sub/a.py", GOOD);
    let want =
        "sub/codemend.toml: cannot be read: is too large (515 bytes, at most 300 bytes are read)";
    insist(&limited(&project), &[want]);

    let schemas = "from pydantic import BaseModel, EmailStr\n\n\nclass User(BaseModel):\n    email: EmailStr\n";
    let project = Project::of(&[("app/schemas.py", schemas)]);
    project.write("requirements.txt", format!("pydantic\n{pad}"));
    let said = limited(&project);
    let told =
        "requirements.txt: cannot be read: is too large (512 bytes, at most 300 bytes are read)";
    assert!(said.err.contains(told), "{}", said.err);
    assert!(!said.out.contains("diff --git"), "{}", said.out);

    // Which Python the code must run on stands in a file that is not read: nothing is guessed.
    let project = super::project();
    project.write(
        "pyproject.toml",
        format!("[project]\nrequires-python = '>=3.8'\n{pad}"),
    );
    let said = limited(&project);
    assert!(said.err.contains("pyproject.toml: "), "{}", said.err);
    assert!(!said.out.contains("diff --git"), "{}", said.out);
}

#[test]
fn facts_have_the_same_limit() {
    // Who takes the name from where cannot be known: the import stays, though nothing in its file uses it.
    let pad = format!("# {}\n", "x".repeat(500));
    let names = "from typing import Optional\n\nx: Optional[int] = None\n";
    let project = Project::of(&[("app/__init__.py", ""), ("app/names.py", names)]);
    project.write(
        "app/long.py",
        format!("from app.names import Optional\n{pad}"),
    );
    project.codemend(&[
        "--max-file-size",
        "300",
        "--select",
        "optional-to-union",
        "--apply",
    ]);
    let want = "from typing import Optional\n\nx: int | None = None\n";
    assert_eq!(project.read("app/names.py"), want);
}
