//! The text of a pull request: what it says, what it never lets through, and how long it is.

use camino::Utf8Path;
use codemend_engine::change::{Refusal, Report, Safety};
use codemend_engine::patch::{FilePatch, Made, Outcome, Step};
use codemend_engine::problem::{LineColumn, Problem};

use super::{MOST, Rooted, text};

fn made(path: &str, title: &str, why: Option<&str>) -> Made {
    Made {
        path: path.into(),
        at: LineColumn { line: 3, column: 5 },
        end: LineColumn { line: 3, column: 5 },
        fingerprint: String::new(),
        codemod: "hoist-imports",
        title: title.into(),
        safety: if why.is_some() {
            Safety::Unsafe
        } else {
            Safety::Safe
        },
        why: why.map(Into::into),
    }
}

fn refusal(path: &str, reason: &str) -> Refusal {
    Refusal {
        codemod: "hoist-imports",
        path: path.into(),
        at: LineColumn { line: 9, column: 1 },
        reason: reason.into(),
    }
}

fn told(changes: Vec<Made>, refusals: Vec<Refusal>) -> (String, Outcome) {
    let cwd = Utf8Path::new("/nowhere/repo");
    let file = FilePatch::new("/nowhere/repo/a.py", Some("a".into()), "b");
    let files = if changes.is_empty() {
        Vec::new()
    } else {
        vec![file]
    };
    let step = Step {
        codemod: "hoist-imports",
        files,
        changes,
    };
    let outcome = Outcome {
        steps: vec![step],
        refusals,
        ..Outcome::default()
    };
    let rooted = Rooted::new(&outcome.patch(), cwd);
    (text(&rooted, &outcome, cwd), outcome)
}

#[test]
fn says_what_to_look_at_twice() {
    let changes = vec![
        made("/nowhere/repo/a.py", "move `import os`", None),
        made(
            "/nowhere/repo/a.py",
            "move `import db`",
            Some("`db` runs code"),
        ),
    ];
    let refusals = vec![
        refusal("/nowhere/repo/b.py", "`x` is odd"),
        refusal("/nowhere/repo/c.py", "`y` is odd"),
    ];
    let (text, _) = told(changes, refusals);
    for part in [
        "## codemend: 2 changes in 1 file\n\n1 of them is unsafe: it may alter",
        "| `hoist-imports` | 1 | 1 | 1 | 2 |\n",
        "### hoist-imports\n\nMoves imports out of functions",
        "**2 changes in 1 file**\n\n- `a.py:3`: move `import os`\n- `a.py:3`: move `import db`\n",
        "**Unsafe, because**\n\n- `db` runs code (`a.py:3`)\n",
        "**Left alone, because**\n\n- … is odd (`b.py:9`, `c.py:9`)\n",
        "```sh\ncodemend ",
        "`codemend undo` takes back",
    ] {
        assert!(text.contains(part), "{part:?} in:\n{text}");
    }
}

#[test]
fn nothing_to_change_is_said() {
    let (text, _) = told(Vec::new(), Vec::new());
    assert_eq!(text, "## codemend: nothing to change\n");
}

#[test]
fn reports_and_problems_are_listed() {
    let cwd = Utf8Path::new("/nowhere/repo");
    let report = Report {
        codemod: "hoist-imports",
        path: "/nowhere/repo/a|`b.py".into(),
        at: LineColumn { line: 1, column: 1 },
        message: "ask @everyone".into(),
        fingerprint: String::new(),
    };
    let outcome = Outcome {
        reports: vec![report],
        problems: vec![Problem::new("/nowhere/repo/x.py", "does not parse").help("mend <it>")],
        ..Outcome::default()
    };
    let text = text(&Rooted::new(&[], cwd), &outcome, cwd);
    let want = "### To look at by hand\n\n- ``a|`b.py:1``: ask `@everyone` (`hoist-imports`)\n\n\
                ### Problems\n\n- `x.py`: does not parse (mend `<it>`)\n";
    assert!(text.ends_with(want), "{text}");
}

/// A pull request takes what a run of any size has to say.
#[test]
fn is_short_enough_whatever_was_found() {
    let long = "very/".repeat(300);
    let path = |n: usize| format!("/nowhere/repo/{long}{n}.py");
    let reason = |n: usize| format!("reason {} {}", n, "@word ".repeat(200));
    let changes = (0..3000)
        .map(|n| made(&path(n), &reason(n), Some(&reason(n))))
        .collect();
    let refusals = (0..3000).map(|n| refusal(&path(n), &reason(n))).collect();
    let (text, _) = told(changes, refusals);
    assert!(text.chars().count() <= MOST, "{}", text.chars().count());
    assert!(text.contains("3000 changes in 1 file"), "{}", &text[..400]);
    assert!(
        text.contains("### hoist-imports") && text.contains("and 29"),
        "{}",
        &text[..4000]
    );
}
