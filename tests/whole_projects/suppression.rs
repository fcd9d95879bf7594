//! Comments that keep a place as it is.

use crate::outside::Project;

/// Lines that stay as they are, below the two imports of [`kept`].
const KEPT: &[&str] = &[
    "a: Optional[int] = None  # codemend: ignore",
    "a: Optional[int] = None  # codemend: ignore[optional-to-union]",
    "a: Optional[int] = None  # codemend: ignore[union-to-optional, optional-to-union]",
    "a: Optional[int] = None  # kept for the docs  # codemend: ignore",
    "# codemend: ignore\na: Optional[int] = None",
    "# codemend: ignore[optional-to-union]\n# and why\na: Optional[int] = None",
    "a: Optional[int] = None  # noqa",
    "a: Optional[int] = None  # NOQA: E501,UP007",
    "a: Optional[int] = None  # noqa: UP045",
    "a: Optional[int] = None  # noqa:UP045 for the docs",
    "def f(  # codemend: ignore\n    a: Optional[int],\n) -> Optional[int]: ...",
    "def f(\n    a: Optional[int],  # noqa: UP045\n) -> None: ...",
    "# codemend: ignore\n@dec\ndef f(a: Optional[int]) -> Optional[int]: ...",
    "# codemend: ignore[all]\n# and why\n@dec(\n    1\n)\n\n# more\n@dec\nasync def f(\n    a: Optional[int],\n): ...",
    "# codemend: ignore\n@dec\n@dec\nclass A: a: Optional[int] = None",
    "if os:\n    # codemend: ignore\n    @dec\n    def f(a: Optional[int]): ...",
    "# codemend: ignore-file",
    "# codemend: ignore-file[optional-to-union]",
];

/// Lines that change.
const CHANGED: &[&str] = &[
    "a: Optional[int] = None  # codemend: ignore[union-to-optional]",
    "a: Optional[int] = None  # noqa: E501",
    "a: Optional[int] = None  # see noqa",
    "a: Optional[int] = None  # codemend: ignored",
    "a: Optional[int] = None  # type: ignore",
    "b = 1  # codemend: ignore\na: Optional[int] = None",
    "# codemend: ignore\nb = 1\na: Optional[int] = None",
    "# codemend: ignore\n\na: Optional[int] = None",
    "# codemend: ignore\n# and why\n\na: Optional[int] = None",
    "# codemend: ignore\n  \n# and why\na: Optional[int] = None",
    "@dec  # codemend: ignore\ndef f(a: Optional[int]): ...",
    "@dec\ndef g(): ...\n\n# codemend: ignore\n@dec\ndef h(): ...\ndef f(a: Optional[int]): ...",
    "# codemend: ignore\n@dec\ndef f():\n    a: Optional[int] = None",
    "a: Optional[int] = None\n# codemend: ignore",
    "# codemend: ignore-file[union-to-optional]",
    "a = \"# codemend: ignore-file\"",
];

/// Whether a module with `lines` and one annotation at its end stays as it is, and what was said.
fn kept(lines: &str) -> (bool, String) {
    let text = format!("import os\nfrom typing import Optional\n\n{lines}\n");
    let text = match lines.contains(": Optional") {
        true => text,
        false => format!("{text}z: Optional[str] = os.sep\n"),
    };
    let project = Project::of(&[("a.py", &text)]);
    let said = project.codemend(&["--explain-refusals"]);
    assert_eq!(said.code, Some(0), "{lines}: {}", said.err);
    (said.out.is_empty(), said.err)
}

#[test]
fn comments_keep_their_place() {
    for lines in KEPT {
        let (kept, err) = kept(lines);
        assert!(kept, "{lines}\n{err}");
        assert!(err.contains("left alone: kept by `#"), "{lines}\n{err}");
        assert!(err.contains("[optional-to-union]\n"), "{lines}\n{err}");
    }
}

#[test]
fn other_comments_keep_nothing() {
    for lines in CHANGED {
        let (kept, err) = kept(lines);
        assert!(!kept, "{lines}\n{err}");
        assert!(!err.contains("kept by"), "{lines}\n{err}");
    }
}

#[test]
fn unknown_names_are_pointed_at() {
    let text = "import os\nfrom typing import Optional\n\n\
                # codemend: ignore[union-to-optional, optional-to-unin]\n\
                a: Optional[str] = os.sep  # \u{fc} codemend: ignore[Optional-To-Union]\n\
                b = 1  # codemend: ignore-file[zzz] noqa: XYZ\n";
    let project = Project::of(&[("a.py", text)]);
    for options in [&[][..], &["--select", "optional-to-union"], &["--quiet"]] {
        let said = project.codemend(options);
        assert_eq!(
            (said.code, said.out.as_str()),
            (Some(0), ""),
            "{}",
            said.err
        );
        let lines: Vec<_> = said.errors("a.py:").collect();
        let unknown = |place: &str, name: &str, hint: &str| {
            format!(
                "a.py:{place}: unknown codemod '{name}' in a suppression comment{hint} [codemend]"
            )
        };
        let hint = "; did you mean 'optional-to-union'?";
        assert_eq!(
            lines,
            [
                unknown("4:39", "optional-to-unin", hint),
                unknown("6:32", "zzz", "")
            ]
        );
    }
}

#[test]
fn an_import_stays_while_a_kept_place_uses_it() {
    let text = "from typing import Optional, Union\n\n\
                a: Optional[int] = None  # codemend: ignore\nb: Union[int, str] = 0\n";
    let project = Project::of(&[("a.py", text)]);
    assert_eq!(project.codemend(&["--apply"]).code, Some(0));
    let want = "from typing import Optional\n\n\
                a: Optional[int] = None  # codemend: ignore\nb: int | str = 0\n";
    assert_eq!(project.read("a.py"), want);
}
