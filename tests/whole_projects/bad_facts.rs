//! Facts about a project that cannot be had: one clear line each, and the codemods that need them leave the place alone.

use crate::outside::Project;

const SCHEMAS: (&str, &str) = (
    "app/schemas.py",
    "from pydantic import BaseModel, EmailStr\n\n\nclass User(BaseModel):\n    email: EmailStr\n",
);
const TOKEN: (&str, &str) = (
    "app/token.py",
    "def make():\n    import jwt\n\n    return jwt.encode({}, 'k')\n",
);

fn project(files: &[(&str, &str)]) -> Project {
    let app = ("app/__init__.py", "");
    let all = [app, SCHEMAS, TOKEN]
        .into_iter()
        .chain(files.iter().copied());
    let all: Vec<(&str, String)> = all.map(|(path, text)| (path, text.to_owned())).collect();
    Project::of(&all)
}

/// What the tool says of the project, where it must write nothing.
fn said(project: &Project) -> (Option<i32>, String) {
    let arguments = [
        "--select",
        "hoist-imports,email-validator",
        "--unsafe-fixes",
        "--explain-refusals",
    ];
    let said = project.codemend(&arguments);
    assert_eq!(said.out, "", "{}", said.err);
    (said.code, said.err)
}

#[test]
fn manifests_that_cannot_be_read_stop_the_codemods_that_need_them() {
    for (files, problem, reason) in [
        (
            &[("requirements.txt", "pydantic\n-r nowhere.txt\n")][..],
            "error: requirements.txt:2:1: includes `nowhere.txt`, which is not there\n",
            "requirements.txt includes `nowhere.txt`, which is not there",
        ),
        (
            &[("requirements.txt", "pydantic\n-r requirements.txt\n")],
            "error: requirements.txt:2:1: includes itself (`requirements.txt`)\n",
            "requirements.txt includes itself (`requirements.txt`)",
        ),
        (
            &[
                ("requirements.txt", "pydantic\n-r b.txt\n"),
                ("b.txt", "-r requirements.txt\n"),
            ],
            "includes itself",
            "requirements.txt includes itself",
        ),
    ] {
        let (code, text) = said(&project(files));
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains(problem), "{text}");
        for place in ["app/schemas.py:5:12", "app/token.py:2:5"] {
            let line = format!("{place}: left alone: {reason}");
            assert!(text.contains(&line), "{line}\n{text}");
        }
    }
}

#[test]
fn manifests_in_other_encodings_stay_as_they_are() {
    let latin = project(&[]);
    latin.write("requirements.txt", b"pydantic\n# caf\xe9\n");
    let (code, text) = said(&latin);
    assert_eq!(code, Some(2), "{text}");
    assert!(
        text.contains("requirements.txt:2:6: is not UTF-8"),
        "{text}"
    );
    assert!(
        text.contains("app/schemas.py:5:12: left alone: requirements.txt is not UTF-8"),
        "{text}"
    );

    let wide = project(&[]);
    let bytes: Vec<u8> = "\u{feff}pydantic>=2\nPyJWT\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    wide.write("requirements.txt", &bytes);
    let said = wide.codemend(&["--select", "email-validator"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(
        said.err.contains("requirements.txt is UTF-16"),
        "{}",
        said.err
    );
    // It is read all the same: PyJWT is declared.
    let said = wide.codemend(&["--select", "hoist-imports", "--unsafe-fixes"]);
    assert!(said.out.contains("+import jwt"), "{}", said.err);
}

#[test]
fn modules_that_nobody_can_tell_apart_stay_where_they_are_imported() {
    let user = |module: &str, name: &str| {
        format!("def f():\n    from {module} import {name}\n\n    return {name}\n")
    };
    let refused = |files: &[(&str, &str)], reason: &str| {
        let (code, text) = said(&project(files));
        assert_eq!(code, Some(0), "{text}");
        let line = format!("app/use.py:2:5: left alone: {reason}");
        assert!(text.contains(&line), "{line}\n{text}");
    };
    let listed = ("requirements.txt", "pydantic\nemail-validator\n");
    let (twice, queue) = (user("app.util", "X"), user("queue", "Queue"));
    refused(
        &[
            listed,
            ("app/util.py", "X = 1\n"),
            ("app/util/__init__.py", "X = 2\n"),
            ("app/use.py", &twice),
        ],
        "two files claim the module `app.util`: app/util and app/util.py",
    );
    refused(
        &[
            listed,
            ("queue/__init__.py", "Queue = 1\n"),
            ("app/use.py", &queue),
        ],
        "`queue` is a module of the standard library and of this project (queue)",
    );
}

#[cfg(unix)]
#[test]
fn what_lies_behind_a_symbolic_link_is_not_followed() {
    let text = "def f():\n    from lib import g\n\n    return g()\n";
    let project = project(&[
        ("requirements.txt", "pydantic\nemail-validator\n"),
        ("shared/lib/__init__.py", "def g(): return 1\n"),
        ("app/use.py", text),
    ]);
    std::os::unix::fs::symlink("shared/lib", project.root().join("lib")).unwrap();
    let (code, text) = said(&project);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("app/use.py:2:5: left alone: `lib` lies behind the symbolic link lib"),
        "{text}"
    );
}
