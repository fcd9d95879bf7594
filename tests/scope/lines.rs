//! `--since-lines`: which places count.

use super::{OLD, added, changed, git, repository};

const THREE: &str = "\
from typing import Optional

a: Optional[int] = None
b: Optional[int] = None
c: Optional[int] = None
";

#[test]
fn only_places_on_changed_lines_count() {
    let project = repository(&[("a.py", THREE)]);
    let text = THREE.replace("b: Optional[int]", "b: Optional[str]");
    project.write("a.py", text);
    let said = project.codemend(&["--since", "HEAD", "--since-lines"]);
    assert_eq!(added(&said), ["b: str | None = None"], "{}", said.err);
    assert!(!said.out.contains("-from typing"), "{}", said.out);
    let line = "2 places on lines that have not changed left alone\n";
    assert!(said.err.contains(line), "{}", said.err);
    let said = project.codemend(&["--since", "HEAD"]);
    assert_eq!(added(&said).len(), 3, "{}", said.out);
    // A line that is gone is no line of the new text.
    project.write("a.py", THREE.replace("b: Optional[int] = None\n", ""));
    let said = project.codemend(&["--since", "HEAD", "--since-lines"]);
    assert_eq!((said.code, said.out.as_str()), (Some(0), ""));
}

#[test]
fn applied_and_checked_it_is_the_same() {
    let project = repository(&[("a.py", THREE)]);
    let text = THREE.replace("b: Optional[int]", "b: Optional[str]");
    project.write("a.py", &text);
    git(&project, &["commit", "-qam", "two"]);
    let options = ["--since=HEAD~1", "--since-lines", "--verify", "--apply"];
    let said = project.codemend(&options);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(
        project.read("a.py"),
        text.replace("b: Optional[str]", "b: str | None")
    );
    let said = project.codemend(&["--since=HEAD~1", "--since-lines", "--check"]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(0), ""),
        "{}",
        said.err
    );
}

#[test]
fn the_ends_of_lines_do_not_count() {
    let project = repository(&[("a.py", THREE), ("b.py", THREE)]);
    let other = THREE.replace('\n', "\r\n");
    project.write("a.py", &other);
    project.write(
        "b.py",
        other.replace("c: Optional[int]", "c: Optional[str]"),
    );
    let said = project.codemend(&["--since", "HEAD", "--since-lines"]);
    assert_eq!(changed(&said), ["b.py"], "{}", said.err);
    assert_eq!(added(&said), ["c: str | None = None"], "{}", said.out);

    let project = repository(&[("a.py", THREE), (".gitattributes", "*.py text eol=crlf\n")]);
    project.write("a.py", &other);
    let said = project.codemend(&["--since", "HEAD"]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(0), ""),
        "{}",
        said.err
    );
}

#[test]
fn a_file_under_a_new_name_has_changed_where_it_differs() {
    let project = repository(&[("a.py", THREE), ("b.py", &format!("{THREE}x = 1\ny = 2\n"))]);
    git(&project, &["mv", "a.py", "moved.py"]);
    project.write(
        "moved.py",
        THREE.replace("a: Optional[int]", "a: Optional[str]"),
    );
    // Not known to git yet.
    std::fs::rename(project.root().join("b.py"), project.root().join("new.py")).expect("a move");
    project.write("whole.py", OLD);
    let said = project.codemend(&["--since", "HEAD", "--since-lines"]);
    assert_eq!(changed(&said), ["moved.py", "whole.py"], "{}", said.err);
    let want = ["a: str | None = None", "def f(x: int | None) -> None:"];
    assert_eq!(added(&said), want, "{}", said.out);
}

#[test]
fn refusals_too_are_those_of_changed_lines() {
    let kept = THREE.replace("] = None", "] = None  # codemend: ignore");
    let project = repository(&[("a.py", kept.as_str())]);
    project.write("a.py", kept.replace("b: Optional[int]", "b: Optional[str]"));
    let said = project.codemend(&["--since", "HEAD", "--since-lines", "--explain-refusals"]);
    let places: Vec<_> = said.errors("a.py:").collect();
    assert_eq!(places.len(), 1, "{}", said.err);
    assert!(places[0].starts_with("a.py:4:"), "{}", said.err);
}

/// A change whose edits go over several lines counts when one of them has changed; the line of the other file does not.
#[test]
fn no_line_of_another_file_counts() {
    let project = repository(&[(
        "pyproject.toml",
        "[project]\nname = \"x\"\ndependencies = []\n",
    )]);
    project.write(
        "a.py",
        "from pydantic import BaseModel, EmailStr\n\n\nclass A(BaseModel):\n    a: EmailStr\n",
    );
    let select = ["--select", "email-validator", "--since", "HEAD"];
    let said = project.codemend(&select);
    assert_eq!(changed(&said), ["pyproject.toml"], "{}", said.err);
    let said = project.codemend(&[&select[..], &["--since-lines"]].concat());
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(0), ""),
        "{}",
        said.err
    );
}
