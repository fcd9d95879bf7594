//! What a person reads: names and text of a stranger are spelled out, whatever they hold and wherever it is shown.

use std::fs;
use std::os::unix::fs::symlink;

use crate::outside::{Project, Said};

const TEXT: &str = "from typing import Optional\n\nx: Optional[str] = None\n";

/// One character of each kind that a terminal obeys or that nobody sees.
const HIDDEN: &str = "\u{1}\u{8}\u{b}\u{c}\r\u{1b}\u{7f}\u{85}\u{9b}\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{180e}\
    \u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{2800}\
    \u{3164}\u{fe0f}\u{feff}\u{ffa0}\u{fff9}\u{e0001}\u{e0041}\u{e007f}\u{e0100}";

/// A name that hides things, clears the screen, and writes an error of its own on a line of its own.
fn name(end: &str) -> String {
    format!(
        "evil{}\u{1b}[2J\nerror: app.py: forged{end}",
        HIDDEN.replace('\r', "")
    )
}

/// That nothing of [`HIDDEN`] is in `text`, and no line of it was begun by a name.
fn insist_plain(text: &str, what: &str) {
    let found = text.chars().find(|c| HIDDEN.contains(*c));
    assert_eq!(found, None, "{what}: {text:?}");
    let forged = text
        .lines()
        .find(|line| line.starts_with("error: app.py: forged"));
    assert_eq!(forged, None, "{what}: {text:?}");
}

/// `text` without what sets colours.
fn uncoloured(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("\u{1b}[") {
        let code = &rest[at + 2..];
        let end = code
            .find(|c: char| !c.is_ascii_digit() && c != ';')
            .unwrap_or(0);
        plain.push_str(&rest[..at]);
        rest = match code[end..].strip_prefix('m') {
            Some(behind) => behind,
            None => return format!("{plain}{rest}"),
        };
    }
    plain + rest
}

/// A project in which everything that has a message has a hostile name or text.
fn project() -> Project {
    let project = Project::of(&[("pyproject.toml", "[project]\nrequires-python = '>=3.10'\n")]);
    project.write(&name(".py"), TEXT);
    let folder = name("folder");
    let comment = format!("y = 1  # codemend: ignore[no{HIDDEN}pe]\n");
    project.write(
        &format!("{folder}/comment.py"),
        format!("{TEXT}{}", comment.replace('\r', "")),
    );
    project.write(
        &format!("{folder}/broken.py"),
        "from typing import Optional\nx = = 1\n",
    );
    project.write(
        &format!("{folder}/odd.py"),
        format!("{TEXT}y = '{}'\n", HIDDEN.replace('\r', "")),
    );
    project.write(&format!("{folder}/latin.py"), b"# Optional \xe9\n");
    let settings = format!("\"no{}pe\" = 1\n", "\\u200b\\u202e\\u001b");
    project.write("settings/codemend.toml", settings);
    project.write("settings/a.py", TEXT);
    let manifest = "[project]\nrequires-python = '>=3.9'\n";
    project.write(&format!("{folder}/inner/pyproject.toml"), manifest);
    project.write(&format!("{folder}/inner/a.py"), TEXT);
    let late = "def f():\n    from typing import Optional\n\n    import gone\n    return gone.x\n";
    project.write(&format!("{folder}/late.py"), late);
    symlink(
        "/nowhere\u{1b}[2J",
        project.root().join(name("dangling.py")),
    )
    .expect("a link");
    symlink("..", project.root().join(folder).join(name("loop"))).expect("a link");
    project
}

#[test]
fn messages_are_plain_also_in_a_pipe() {
    let project = project();
    for arguments in [
        &[][..],
        &["--verbose", "--explain-refusals", "--unsafe-fixes"],
        &["--check"],
        &["graph"],
        &["graph", "--verbose"],
        &["--select", "all", "--verbose", "--explain-refusals"],
    ] {
        let said = project.codemend(arguments);
        insist_plain(&said.err, &format!("{arguments:?}"));
        assert_eq!(said.code, Some(2), "{}", said.err);
        assert!(said.err.contains("evil\\x01\\x08"), "{}", said.err);
        assert!(
            said.err.contains("\\x1b[2J\\x0aerror: app.py: forged"),
            "{}",
            said.err
        );
        assert!(said.err.contains("<U+202E>"), "{}", said.err);
    }
}

#[test]
fn colours_are_the_only_escapes() {
    let project = project();
    for arguments in [
        &["--color=always", "--verbose", "--explain-refusals"][..],
        &["graph", "--color=always", "--verbose"],
    ] {
        let said = project.codemend(arguments);
        assert!(said.err.contains("\u{1b}[1m"), "{:?}", said.err);
        insist_plain(&uncoloured(&said.err), &format!("{arguments:?}"));
        let shown = uncoloured(&said.out);
        assert_ne!(shown, said.out);
        // The preview quotes names as git does, and spells out what stands in the text.
        insist_plain(&shown, &format!("{arguments:?}"));
        assert!(shown.contains("evil"), "{shown}");
    }
    let said = project.codemend(&["--color=always"]);
    assert!(
        uncoloured(&said.out).contains("<U+200B><U+200C>"),
        "{}",
        said.out
    );
}

#[test]
fn a_patch_in_a_pipe_is_bytes_with_quoted_names() {
    let project = project();
    let said = project.codemend(&[]);
    let headers = said.out.lines().filter(|line| {
        ["diff ", "--- ", "+++ "]
            .iter()
            .any(|start| line.starts_with(start))
    });
    let headers: Vec<&str> = headers.collect();
    assert!(headers.len() >= 3 * 3, "{headers:?}");
    for header in headers {
        insist_plain(header, "a header");
    }
    assert!(
        said.out.contains("\"b/evil\\001\\b\\v\\f\\033"),
        "{}",
        said.out
    );
    // The text itself is there byte for byte: the patch has to apply.
    assert!(said.out.contains(&HIDDEN.replace('\r', "")), "{}", said.out);
    project.insist("git", &["init", "-q"], b"");
    project.insist("git", &["apply", "--check", "-"], said.out.as_bytes());
}

#[test]
fn the_summary_and_notes_are_plain() {
    let project = project();
    let folder = format!("{}/inner", name("folder"));
    let said = project.codemend(&[&folder]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    insist_plain(&said.err, "summary");
    assert!(
        said.err
            .contains("Target: Python 3.9 (requires-python in evil"),
        "{}",
        said.err
    );
    let repository = format!("{folder}/repo");
    project.write(&format!("{repository}/app/a.py"), TEXT);
    fs::create_dir(project.root().join(&repository).join(".git")).expect("a folder");
    let said = project.codemend_in(&format!("{repository}/app"), &["--patch", "x.patch"]);
    insist_plain(&said.err, "note");
    assert!(
        said.err.contains("note: run `git apply` in "),
        "{}",
        said.err
    );
}

#[test]
fn what_stops_a_run_is_plain() {
    let project = project();
    let bad = name(".toml");
    project.write(&bad, "x = [\n");
    let folder = name("folder");
    let patch = format!("{folder}/gone/x.patch");
    let module = name(".py");
    for arguments in [
        &["--config", &bad][..],
        &["--config", "nope\u{1b}\n\u{202e}"],
        &["--config", "exclude = ['\u{202e}[']"],
        &["--patch", &patch],
        &["--patch", &module],
        &["--python", &folder],
        &["--exclude", "\u{1b}["],
        // clap's own errors: a shell puts names in the place of `*`.
        &["--nope\u{1b}[2J\nerror: app.py: forged\u{200b}"],
        &["explain", &folder],
        &["list", &folder],
        &["--select", &folder],
        &["--threads", &folder],
        &["graph", "--format", &folder],
        &["completions", &folder],
    ] {
        let said = project.codemend(arguments);
        assert_eq!(said.code, Some(2), "{arguments:?}: {}", said.err);
        insist_plain(&said.err, &format!("{arguments:?}"));
        assert!(
            said.errors("error: ").count() > 0,
            "{arguments:?}: {}",
            said.err
        );
    }
}

/// `said` has no character that a terminal obeys in what a program reads.
fn insist_safe(said: &Said) {
    insist_plain(&said.out, "standard output");
    assert!(said.out.contains("evil"), "{}", said.out);
}

#[test]
fn the_graph_for_programs_is_safe_to_look_at() {
    let project = project();
    let said = project.codemend(&["graph", "--format", "json"]);
    insist_safe(&said);
    let graph: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    let modules = graph["modules"].as_array().expect("modules");
    let module = name(".py");
    assert!(
        modules.iter().any(|one| one["path"] == module.as_str()),
        "{}",
        said.out
    );
    let said = project.codemend(&["graph", "--format", "dot"]);
    insist_safe(&said);
    assert!(said.out.contains("\"evil\\x{1}\\x{8}"), "{}", said.out);
    let said = project.codemend(&["graph", "--verbose"]);
    insist_safe(&said);
}
