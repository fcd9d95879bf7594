//! The text of a pull request, from outside: on standard output and in a file.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;

use outside::Project;

const TEXT: &str = "from typing import Optional\n\nx: Optional[int] = 1\n";

#[test]
fn the_file_says_what_standard_output_says() {
    let project = Project::example();
    let options = ["--unsafe-fixes", "--format", "markdown"];
    let printed = project.codemend(&options);
    assert_eq!(printed.code, Some(0), "{}", printed.transcript());
    let options = [&options[..], &["--pr-body", "body.md"]].concat();
    let both = project.codemend(&options);
    assert_eq!(both.out, printed.out);
    assert_eq!(project.read("body.md"), printed.out);
    for part in [
        "## codemend: 159 changes in 26 files\n",
        "\n| `hoist-imports` | 10 | 1 | 8 | 3 |\n",
        "\n### response-model\n\nRoutes declare the model that they return.",
        "\n**Unsafe, because**\n\n- ",
        "\n**Left alone, because**\n\n- ",
        "- and 69 more\n",
        "\n```sh\ncodemend --unsafe-fixes --apply\n```\n",
        "`codemend undo` takes back what `--apply` wrote",
    ] {
        assert!(printed.out.contains(part), "{part:?} in:\n{}", printed.out);
    }
    // The preview is what is printed otherwise.
    let preview = project.codemend(&["--pr-body", "body.md"]);
    assert!(preview.out.starts_with("diff --git "), "{}", preview.out);
}

/// Names of a repository neither call people nor make links, rows or pictures.
#[test]
fn hostile_names_are_only_names() {
    let project = Project::of(&[("@everyone/#1 `|` <img src=x>\n.py", TEXT)]);
    let said = project.codemend(&["--target-version", "3.10", "--format", "markdown"]);
    let want = "- ``@everyone/#1 `|` <img src=x>\\x0a.py:3``: use `X | None` for `Optional`\n";
    assert!(said.out.contains(want), "{}", said.out);
}

#[test]
fn a_text_is_written_whole_or_not_at_all() {
    let project = Project::of(&[("a.py", TEXT), ("b.py", "")]);
    let options = ["--target-version", "3.10", "--apply", "--pr-body"];
    for (file, want) in [
        ("-", "use `--format markdown`"),
        ("b.py", "`b.py` is a Python file"),
        (
            "no/body.md",
            "cannot write the text `no/body.md`: no such file or directory",
        ),
    ] {
        let said = project.codemend(&[&options[..], &[file]].concat());
        assert_eq!(said.code, Some(2), "{}", said.transcript());
        assert!(said.err.contains(want), "{}", said.err);
        assert_eq!(project.read("a.py"), TEXT);
    }
}

#[test]
fn nothing_to_change_is_a_text_too() {
    let project = Project::of(&[("a.py", "x = 1\n")]);
    let said = project.codemend(&["--format", "markdown", "--quiet"]);
    assert_eq!(said.out, "## codemend: nothing to change\n");
}
