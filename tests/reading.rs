//! What a person reads before and after a run: pages in a terminal, counts, reasons, and no progress where none belongs.
//!
//! The terminal is one that `script` makes.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;

use std::collections::BTreeMap;
use std::io::Write;
use std::process::Command;

use codemend_codemods::ALL;
use outside::Project;

/// What `line` of shell writes to a terminal of `columns`; nothing where no terminal can be made.
fn in_terminal(project: &Project, columns: usize, line: &str) -> Option<String> {
    let there = Command::new("script").arg("--version").output().is_ok();
    if !there {
        assert!(std::env::var_os("CI").is_none(), "`script` is missing");
        let _ = writeln!(std::io::stderr(), "skipped: `script` is missing");
        return None;
    }
    let inner = format!("stty cols {columns} rows 50; {line}");
    let said = project.shell(&format!("TERM=xterm script -qec '{inner}' /dev/null"));
    assert_eq!(said.code, Some(0), "{}", said.err);
    Some(said.out.replace("\r\n", "\n"))
}

/// `text` without what colours it.
fn plain(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or("").to_owned();
    for part in parts {
        plain.push_str(part.split_once('m').map_or(part, |(_, rest)| rest));
    }
    plain
}

#[test]
fn a_page_fits_into_the_terminal() {
    let project = Project::of::<&str>(&[]);
    for (columns, widest) in [(60, 60), (80, 80), (200, 100)] {
        for codemod in ALL {
            let name = codemod.about().name;
            let Some(shown) = in_terminal(&project, columns, &format!("codemend explain {name}"))
            else {
                return;
            };
            let shown = plain(&shown);
            // Code keeps its lines.
            let (page, example) = shown.split_once("\nExample\n").expect("an example");
            let code = |line: &&str| line.starts_with("    ");
            for line in page.lines().filter(|line| !code(line)) {
                assert!(line.chars().count() <= widest, "{columns}: {line}");
            }
            assert!(page.starts_with(&format!("{name}\n\n  ")), "{page}");
            assert!(!page.contains("```") && !page.contains("\n#"), "{page}");
            let way = format!(" more cases: codemend explain {name} --cases\n");
            assert!(example.ends_with(&way), "{example}");
        }
    }
}

#[test]
fn all_cases_are_shown_when_asked_for() {
    let project = Project::of::<&str>(&[]);
    let name = "email-validator";
    let line = format!("NO_COLOR=1 codemend explain {name} --cases");
    let Some(shown) = in_terminal(&project, 80, &line) else {
        return;
    };
    assert!(!shown.contains('\u{1b}'), "{shown}");
    let about = ALL.iter().map(|codemod| codemod.about());
    let page = about
        .filter(|about| about.name == name)
        .map(|about| about.page);
    let page = page.collect::<String>();
    let (_, cases) = page.split_once("\n## Cases\n").expect("a page has cases");
    for title in cases.lines().filter_map(|line| line.strip_prefix("### ")) {
        assert!(shown.contains(&format!("\n  {title}\n")), "{title}");
    }
    let piped = project.codemend(&["explain", name, "--cases"]).out;
    assert_eq!(piped, page);
}

#[test]
fn nothing_is_drawn_where_none_is_wanted() {
    let project = Project::example();
    // Reports are always printed: this codemod has none here.
    let line = "codemend --quiet --select optional-to-union --color never 2>&1 >/dev/null";
    let Some(shown) = in_terminal(&project, 80, line) else {
        return;
    };
    assert_eq!(shown, "");
    let said = project.codemend(&[]);
    assert!(!said.err.contains(['\r', '\u{1b}']), "{}", said.err);
}

#[test]
fn counts_are_those_of_a_run() {
    let project = Project::example();
    let table = project.codemend(&["list", "--count"]);
    assert_eq!(table.code, Some(0));
    let said = project.codemend(&["--verbose", "--explain-refusals"]).err;
    let mut counts = BTreeMap::<&str, [usize; 3]>::new();
    for line in said.lines() {
        let found = ALL.iter().map(|codemod| codemod.about().name);
        let mut found = found.filter(|name| line.contains(&format!(" [{name}]")));
        if let Some(name) = found.next() {
            let kind = match line {
                line if line.contains(": withheld: ") => 1,
                line if line.contains(": left alone: ") => 2,
                _ => 0,
            };
            counts.entry(name).or_default()[kind] += 1;
        }
    }
    assert!(counts.values().any(|[safe, ..]| *safe > 0), "{said}");
    for codemod in ALL {
        let name = codemod.about().name;
        let row = table.out.lines().find(|line| line.starts_with(name));
        let row: Vec<usize> = row.expect("a row for each codemod")[name.len()..]
            .split_whitespace()
            .map(|cell| cell.parse().expect("a number"))
            .collect();
        let [safe, withheld, left] = counts.get(name).copied().unwrap_or_default();
        // A line of a report looks like that of a change.
        assert_eq!(
            (row[0] + row[4], row[2], row[3]),
            (safe, withheld, left),
            "{name}"
        );
    }
}

#[test]
fn counts_are_of_all_codemods_that_are_not_ignored() {
    let project = Project::of(&[
        (
            "codemend.toml",
            "select = [\"bare-except\"]\nignore = [\"hoist-imports\"]\nunsafe-fixes = true\n",
        ),
        (
            "a.py",
            "from typing import Optional\n\n\ndef f(x: Optional[int]):\n    import os\n\n    return os.sep\n",
        ),
        (
            "b.py",
            "from typing import Optional\n\nx: Optional[int] = None\n",
        ),
        ("broken.py", "from typing import Optional\n\n\ndef f(:\n"),
    ]);
    let said = project.codemend(&["list", "--count", "a.py", "nowhere.py"]);
    assert_eq!(said.code, Some(2));
    let row = |name: &str| {
        let row = said.out.lines().find(|line| line.starts_with(name));
        let cells = row.map(|row| row.split_whitespace().skip(1).collect::<Vec<_>>());
        cells.expect("a row").join(" ")
    };
    assert_eq!(row("optional-to-union"), "1 1 0 0 0");
    assert_eq!(row("hoist-imports"), "0 0 0 0 0");
    assert_eq!(said.errors("error: nowhere.py:").count(), 1);
    let broken = project.codemend(&["list", "--count", "--quiet"]);
    assert_eq!((broken.code, broken.err.lines().count()), (Some(2), 1));
    let alone = project.codemend(&["list", "a.py"]);
    assert!(alone.err.contains("--count"), "{}", alone.err);
}

#[test]
fn reasons_that_many_places_share_are_not_repeated() {
    let places: String = (0..30)
        .map(|at| format!("def test_{at}():\n    import app\n    return app\n\n\n"))
        .collect();
    let project = Project::of(&[
        ("tests/test_app.py", places.as_str()),
        ("app.py", "x = 1\n"),
    ]);
    let options = ["--explain-refusals", "--select", "hoist-imports"];
    let said = project.codemend(&options);
    let places: Vec<_> = said.errors("tests/test_app.py:").collect();
    assert_eq!(places.len(), 10, "{}", said.err);
    assert!(places[0].starts_with("tests/test_app.py:2:5: left alone: "));
    assert!(
        said.err
            .contains("\n  and 20 more places for this reason; "),
        "{}",
        said.err
    );
    assert!(
        said.err.contains("\n    30  stands in a test"),
        "{}",
        said.err
    );
    assert!(said.err.contains("30 places left alone\n"), "{}", said.err);
    let all = project.codemend(&[&options[..], &["--verbose"]].concat());
    assert_eq!(all.errors("tests/test_app.py:").count(), 30, "{}", all.err);
}
