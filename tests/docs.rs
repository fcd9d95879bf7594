//! The pages for people, held against the program: links lead somewhere, commands and settings work, the codemod of
//! `docs/writing-a-codemod.md` is the one below `tests/docs/`, and works.

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

#[path = "docs/aware_utcnow/mod.rs"]
mod aware_utcnow;

use std::fs;
use std::path::{Path, PathBuf};

use aware_utcnow::AwareUtcnow;
use casebook::engine::{Settings, run_of};
use casebook::page::{self, Case};
use casebook::tree;
use codemend_engine::codemod::Codemod;
use outside::Project;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The README and all below `docs/`.
fn pages() -> Vec<(PathBuf, String)> {
    let below = fs::read_dir(root().join("docs")).expect("the folder of the pages");
    let below = below.flatten().map(|entry| entry.path());
    let mut paths: Vec<_> = below
        .filter(|path| path.extension() == Some("md".as_ref()))
        .collect();
    paths.push(root().join("README.md"));
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a text");
        (path, text)
    };
    paths.into_iter().map(read).collect()
}

/// The fenced blocks of `text` that begin with the line "```" and `info`.
fn blocks(text: &str, info: &str) -> Vec<String> {
    let fence = format!("\n```{info}\n");
    let parts = text.split(&fence).skip(1);
    let ended = parts.map(|part| part.split("\n```").next().unwrap_or(part));
    ended.map(|block| format!("{block}\n")).collect()
}

#[test]
fn links_lead_somewhere() {
    let mut faults = Vec::new();
    for (page, text) in pages() {
        let folder = page.parent().expect("a page lies in a folder");
        for link in text.split("](").skip(1) {
            let link = link.split([')', '#']).next().unwrap_or_default();
            let local = !link.is_empty() && !link.contains("://");
            if local && !folder.join(link).exists() {
                faults.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn settings_are_taken() {
    let mut count = 0;
    for (page, text) in pages() {
        for block in blocks(&text, "toml") {
            let is_manifest = block.contains("[tool.") || block.contains("[project]");
            let name = if is_manifest {
                "pyproject.toml"
            } else {
                "codemend.toml"
            };
            let project = Project::of(&[(name, block.as_str()), ("app/a.py", "x = 1\n")]);
            let said = project.codemend(&[]);
            assert_eq!(
                said.code,
                Some(0),
                "{}: {block}{}",
                page.display(),
                said.err
            );
            count += 1;
        }
    }
    assert!(count > 5, "{count} blocks");
}

/// The example, committed and pushed: a reader's project is a git repository, and git knows the reader.
fn repository() -> Project {
    let project = Project::example();
    for arguments in [
        &["init", "-q"][..],
        &["config", "user.name", "t"],
        &["config", "user.email", "t@example.org"],
        &["add", "-A"],
        &["commit", "-qm", "one"],
        &["update-ref", "refs/remotes/origin/main", "HEAD"],
    ] {
        project.insist("git", arguments, b"");
    }
    project
}

/// `command` before somebody who leaves as soon as there is a question: keys that come before it are dropped.
fn at_a_terminal(command: &str) -> String {
    let command = command.split('#').next().unwrap_or_default().trim();
    format!("while sleep 0.1; do printf q; done | script -qec '{command}' /dev/null")
}

#[test]
fn commands_work_as_shown() {
    let mut count = 0;
    for (page, text) in pages() {
        for block in blocks(&text, "sh") {
            let commands = block.lines().filter(|line| line.starts_with("codemend"));
            // One after the other, as a reader would type them.
            let project = repository();
            for command in commands {
                let said = match command.contains("--interactive") {
                    true => project.shell(&at_a_terminal(command)),
                    false => project.shell(command),
                };
                let fine = matches!(said.code, Some(0 | 1));
                assert!(fine, "{}: {command}: {}", page.display(), said.err);
                count += 1;
            }
        }
    }
    assert!(count > 10, "{count} commands");
}

#[test]
fn the_codemod_of_the_page_is_the_one_that_is_tested() {
    let page = fs::read_to_string(root().join("docs/writing-a-codemod.md")).expect("the page");
    let shown = blocks(&page, "rust").concat();
    let code = include_str!("docs/aware_utcnow/mod.rs");
    for line in code.lines().filter(|line| line.len() > 8) {
        assert!(shown.contains(line), "the page lacks {line:?}");
    }
    let start = page.find("````markdown\n").expect("the page's page") + 13;
    let end = start + page[start..].find("````").expect("its end");
    assert_eq!(
        &page[start..end],
        include_str!("docs/aware_utcnow/README.md")
    );
}

#[test]
fn the_codemod_of_the_page_works() {
    let page = page::parse(AwareUtcnow.about().page).expect("it is a page");
    assert_eq!(page.cases.len(), 3);
    for case in &page.cases {
        play(case);
    }
}

fn play(case: &Case) {
    let settings = Settings {
        unsafe_fixes: case.unsafe_fixes(),
        ..Settings::of(AwareUtcnow.about().name)
    };
    let ran = run_of(&[&AwareUtcnow], &case.before, &settings).expect("it runs");
    let faults = tree::difference(&case.after, &ran.tree);
    assert!(faults.is_empty(), "{}: {faults}", case.title);
    for reason in &case.reasons {
        let mut refusals = ran.refusals.iter();
        assert!(refusals.any(|(_, said)| said.contains(reason)), "{reason}");
    }
}
