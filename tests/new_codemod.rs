//! `codemend new`: what it makes is a codemod that waits to be written, and what it cannot make leaves no trace. And
//! `docs/adding-a-codemod.md`, which goes on from there.

#![allow(
    clippy::duplicate_mod,
    reason = "both harnesses stand on the same trees"
)]

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "casebook/mod.rs"]
mod casebook;
#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;
#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "tools/mod.rs"]
mod tools;

// The template is a codemod like any other: here it is compiled, formatted and linted.
#[path = "../src/cli/new/new_codemod/mod.rs"]
mod new_codemod;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use casebook::engine::{Settings, run_of};
use casebook::{insist, page, play, tree};
use codemend_codemods::ALL;
use codemend_engine::codemod::Codemod;
use new_codemod::NewCodemod;
use outside::Project;

const LIB: &str = "codemods/lib.rs";

fn source(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a source")
}

/// What `codemend new` reads of a checkout, as it was before there was a `raise-from`.
fn checkout() -> Project {
    let before = |path: &str| {
        let text = source(path);
        let lines = text.lines().filter(|line| !line.contains("raise_from"));
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    Project::of(&[
        (LIB, before(LIB)),
        ("codemods/Cargo.toml", source("codemods/Cargo.toml")),
        ("README.md", before("README.md")),
    ])
}

/// The template's file, for `raise-from`.
fn template(file: &str) -> String {
    let text = source(&format!("src/cli/new/new_codemod/{file}"));
    let named = text.replace("new-codemod", "raise-from");
    named.replace("NewCodemod", "RaiseFrom")
}

/// The lines of `after` that are not in `before`, which has lost none.
fn added(before: &str, after: &str) -> Vec<String> {
    let mut old = before.lines().peekable();
    let is_new = |line: &&str| old.next_if(|old| old == line).is_none();
    let added = after.lines().filter(is_new).map(str::to_owned).collect();
    assert_eq!(old.next(), None, "{after}");
    added
}

#[test]
fn a_codemod_is_made_and_taken_back() {
    let project = checkout();
    let before = project.tree();
    let (lib, readme) = (project.read(LIB), project.read("README.md"));
    let said = project.codemend_in("codemods", &["new", "raise-from"]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(0), ""),
        "{}",
        said.err
    );
    assert!(said.err.contains("\n  raise_from/mod.rs ") && said.err.contains("\nNext, in `..`\n"));
    let code = project.read("codemods/raise_from/mod.rs");
    assert_eq!(code, template("mod.rs"));
    assert!(code.starts_with("//! `raise-from`: ") && code.contains("pub struct RaiseFrom;\n"));
    let page = project.read("codemods/raise_from/README.md");
    assert_eq!(page, template("README.md"));
    assert!(page.starts_with("# raise-from\n"));
    let lines = ["mod raise_from;", "    &raise_from::RaiseFrom,"];
    assert_eq!(added(&lib, &project.read(LIB)), lines);
    assert!(
        project
            .read(LIB)
            .ends_with("    &raise_from::RaiseFrom,\n];\n")
    );
    let row =
        "| [`raise-from`](codemods/raise_from/README.md) | `old_spelling` becomes `new_spelling` |";
    assert_eq!(added(&readme, &project.read("README.md")), [row]);
    assert_eq!(project.tree().len(), before.len() + 2);

    let listed = project.codemend(&["undo", "--list"]).out;
    assert!(
        listed.trim_end().ends_with("4 files  new raise-from"),
        "{listed}"
    );
    assert_eq!(project.codemend(&["undo"]).code, Some(0));
    assert_eq!(project.tree(), before);
    assert!(!project.root().join("codemods/raise_from").exists());
}

#[test]
fn what_is_made_is_formatted() {
    let Some(rustfmt) = tools::of_system("rustfmt") else {
        return;
    };
    let project = checkout();
    // The longest name that is taken makes the longest lines.
    let long = "a-word-that-is-as-long-as-a-name-may-be0";
    for name in ["raise-from", "zz", "sql10", "a", long] {
        assert_eq!(project.codemend(&["new", name]).code, Some(0), "{name}");
    }
    let made = |path: &Path| {
        let mut format = Command::new(&rustfmt);
        let file = fs::File::open(path).expect("it was made");
        let out = tools::insist(format.args(["--edition", "2024"]).stdin(Stdio::from(file)));
        assert_eq!(out, fs::read_to_string(path).expect("a text"));
    };
    made(&project.root().join(LIB));
    for folder in ["raise_from", "a", &long.replace('-', "_")] {
        made(&project.root().join("codemods").join(folder).join("mod.rs"));
    }
}

#[test]
fn the_template_is_whole_and_only_its_first_case_fails() {
    let about = NewCodemod.about();
    let page = page::parse(about.page).expect("it is a page");
    assert_eq!(page.faults(about.name), Vec::<String>::new());
    let said = format!("`{}`: {}", about.name, "`old_spelling` becomes");
    assert!(source("src/cli/new/new_codemod/mod.rs").contains(&said));
    let outcomes: Vec<String> = page
        .cases
        .iter()
        .map(|case| {
            let settings = Settings::of(about.name);
            let ran = run_of(&[&NewCodemod], &case.before, &settings).expect("it runs");
            assert!(ran.problems.is_empty() && ran.changes == 0);
            tree::difference(&case.after, &ran.tree)
        })
        .collect();
    let [first, others @ ..] = &outcomes[..] else {
        panic!("no case");
    };
    for line in ["want example.py", "-new_spelling()", "+old_spelling()"] {
        assert!(first.contains(line), "{first}");
    }
    assert!(!others.is_empty() && others.iter().all(String::is_empty));
}

/// Whatever `spoil` has done to a checkout: `codemend new` says `want`, and makes nothing.
fn refused(name: &str, want: &str, spoil: impl Fn(&Project)) {
    let project = checkout();
    spoil(&project);
    let before = project.tree();
    let said = project.codemend(&["new", name]);
    assert_eq!(said.code, Some(2), "{name}: {}", said.err);
    assert!(said.err.contains(want), "{name}: {}", said.err);
    assert_eq!(project.tree(), before, "{name}");
    let is_left = project.root().join("codemods/raise_from/mod.rs").exists();
    assert!(!is_left, "{name}");
}

#[test]
fn names_that_will_not_do_leave_nothing() {
    let refused = |name, want| refused(name, want, |_| {});
    refused("RaiseFrom", "error: `RaiseFrom` cannot name a codemod: ");
    refused("RaiseFrom", "; try `raise-from`\n");
    refused("raise_from", "; try `raise-from`\n");
    refused("../raise-from", "; try `raise-from`\n");
    refused("", "as in `raise-from`\n");
    refused("async", "it is a word of Rust");
    refused("select", "it is a key of the configuration");
    refused(
        "module",
        "its struct would be `Module`, which the engine has",
    );
    refused(
        "bare-except",
        "`codemods/lib.rs`: it has a line `mod bare_except;` already",
    );
    refused("a\u{1b}[31m", "error: `a\\x1b[31m` cannot name");
}

#[test]
fn what_is_in_the_way_leaves_nothing() {
    let folder = "error: `raise-from` is taken: there is `codemods/raise_from` already; choose another name\n";
    refused("raise-from", folder, |project| {
        project.write("codemods/raise_from/notes.txt", "mine");
    });
    refused(
        "raise-from",
        "there is `codemods/raise_from.rs` already",
        |project| {
            project.write("codemods/raise_from.rs", "");
        },
    );
    refused(
        "raise-from",
        "cannot add to `README.md`: it has no table",
        |project| {
            project.write("README.md", "# codemend\n");
        },
    );
    refused(
        "raise-from",
        "cannot add to `codemods/lib.rs`: its `mod` lines",
        |project| {
            project.write(LIB, "//! Other.\n");
        },
    );
    refused(
        "raise-from",
        "cannot read `README.md`: no such file",
        |project| {
            fs::remove_file(project.root().join("README.md")).expect("it goes");
        },
    );
    refused(
        "raise-from",
        "error: codemods/lib.rs: has 2 hard links",
        |project| {
            let at = |path: &str| project.root().join(path);
            fs::hard_link(at(LIB), at("other.rs")).expect("a link");
        },
    );
    let outside = "lies in no checkout of codemend (a folder whose `codemods/` is the package";
    for manifest in [
        "",
        "[package]\nname = \"other\"\n",
        "[package",
        "package = 1\n",
    ] {
        refused("raise-from", outside, |project| {
            project.write("codemods/Cargo.toml", manifest);
        });
    }
}

const PAGE: &str = "docs/adding-a-codemod.md";

#[test]
fn the_page_shows_what_is_said() {
    let said = checkout().codemend(&["new", "raise-from"]);
    let shown = format!("\n```\n{}```\n", said.err);
    assert!(source(PAGE).contains(&shown), "{PAGE} lacks{shown}");
}

/// The cases that the page begins with, played as soon as the codemod is there.
#[test]
fn the_cases_of_the_page_hold() {
    let text = source(PAGE);
    let (_, block) = text.split_once("````markdown\n").expect("a block");
    let (block, _) = block.split_once("````\n").expect("its end");
    let page = page::parse(&format!("# raise-from\n\n## Cases\n\n{block}"));
    let page = page.expect("cases of a page");
    assert_eq!(page.cases.len(), 2);
    if ALL
        .iter()
        .any(|codemod| codemod.about().name == "raise-from")
    {
        for case in &page.cases {
            insist(&play::case("raise-from", PAGE, case).failures);
        }
    }
}
