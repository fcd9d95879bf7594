//! `docs/comparison.md`: what the page says that codemend does in each situation is what it does today.
//!
//! The script of the page runs again, with codemend alone: nothing is installed for that but what the example requires
//! anyway. What the peers do is theirs; their rows are only counted. A situation that needs a Python 3.9 is not checked
//! here, and everything else about it is compared.

#[path = "example_app/python.rs"]
mod python;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

/// The cells of codemend's rows, by situation and tool.
type Rows = BTreeMap<(String, String), Vec<String>>;

const NOT_CHECKED: &str = "not checked";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page() -> String {
    fs::read_to_string(root().join("docs/comparison.md")).expect("the page")
}

/// The results of the script, or those on the page: rows of tools whose name begins with `start`.
fn rows(text: &str, start: &str) -> Rows {
    let results = text.split("## The situations").nth(1);
    let mut situation = String::new();
    let mut rows = Rows::new();
    for line in results.expect("results").lines() {
        if let Some((_, link)) = line.split_once("(comparison/situations/") {
            situation = link.trim_end_matches(')').to_owned();
        }
        let Some(line) = line.strip_prefix("| ") else {
            continue;
        };
        let mut cells = line.trim_end_matches(" |").split(" | ").map(str::to_owned);
        let tool = cells.next().unwrap_or_default();
        let is_head = tool == "tool" || tool == "---";
        if tool.starts_with(start) && !is_head {
            rows.insert((situation.clone(), tool), cells.collect());
        }
    }
    rows
}

/// What stands on the page and is not so, or the other way round.
fn differences(page: &Rows, today: &Rows) -> Vec<String> {
    let mut faults = Vec::new();
    for key in page.keys().filter(|key| !today.contains_key(*key)) {
        faults.push(format!("{key:?} stands on the page only"));
    }
    for (key, today) in today {
        let same = |old: &Vec<String>| {
            let mut pairs = old.iter().zip(today);
            old.len() == today.len() && pairs.all(|(old, new)| old == new || new == NOT_CHECKED)
        };
        if !page.get(key).is_some_and(same) {
            let old = page.get(key);
            faults.push(format!("{key:?}\n  page:  {old:?}\n  today: {today:?}"));
        }
    }
    faults
}

fn situations() -> Vec<String> {
    let folder = fs::read_dir(root().join("docs/comparison/situations"));
    let names = folder.expect("the situations").flatten();
    let mut names: Vec<_> = names
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn the_page_says_what_the_program_does() {
    let interpreter = python::run(
        root(),
        &["-c", "import sys; print(sys.executable)"].map(OsStr::new),
    );
    let script = root().join("docs/comparison/run");
    let arguments = [
        script.as_os_str(),
        OsStr::new("--codemend"),
        OsStr::new(env!("CARGO_BIN_EXE_codemend")),
        OsStr::new("--only"),
        OsStr::new("codemend"),
        OsStr::new("--python"),
        OsStr::new(interpreter.trim()),
    ];
    let today = rows(&python::run(root(), &arguments), "codemend");
    assert_eq!(today.len(), 2 * situations().len(), "a row each, and one");

    let unchecked = today.values().filter(|cells| cells[1] == NOT_CHECKED);
    assert!(unchecked.count() <= 2, "only Python 3.9 is not there");
    let faults = differences(&rows(&page(), "codemend"), &today);
    assert!(
        faults.is_empty(),
        "{}\nif that is as it should be: docs/comparison/run --codemend PATH --only codemend --write",
        faults.join("\n")
    );
}

#[test]
fn every_situation_has_a_peer_on_the_page() {
    let page = page();
    for name in situations() {
        let all = rows(&page, "");
        let peers = all
            .keys()
            .filter(|(situation, tool)| *situation == name && !tool.starts_with("codemend"));
        // No peer looks at requirements.
        let expected = name != "25-email";
        assert_eq!(peers.count() > 0, expected, "{name}");
    }
}

#[test]
fn a_row_that_has_rotted_is_found() {
    let page = page();
    let today = rows(&page, "codemend");
    assert_eq!(differences(&today, &today), Vec::<String>::new());

    let rotten = page.replacen("would close the cycle", "might close the cycle", 1);
    assert_eq!(differences(&rows(&rotten, "codemend"), &today).len(), 1);

    let mut fewer = today.clone();
    fewer.pop_first();
    assert_eq!(differences(&fewer, &today).len(), 1);
    assert_eq!(differences(&today, &fewer).len(), 1);
}
