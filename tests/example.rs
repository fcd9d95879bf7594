//! The catalogue over `examples/backend`: a whole project, not a case.
//!
//! What the README tells a reader to try first must find something, break nothing, and be quiet the second time.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "casebook/mod.rs"]
mod casebook;

use casebook::engine::{Settings, run};
use casebook::tree::{self, Tree};
use casebook::{Failure, insist, judge, root, syntax};
use codemend_codemods::ALL;

/// Codemods that have nothing to do in a project of Python 3.10.
const IDLE: &[&str] = &["union-to-optional"];

fn example() -> Tree {
    tree::read(&root().join("examples/backend")).expect("the example can be read")
}

#[test]
fn the_example_parses() {
    let broken: Vec<String> = example()
        .iter()
        .filter(|(path, _)| tree::is_python(path))
        .filter_map(|(path, bytes)| syntax::parse(path, bytes).err())
        .collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_codemod_finds_something() {
    let example = example();
    let mut failures = Vec::new();
    for codemod in ALL {
        let name = codemod.about().name;
        for unsafe_fixes in [false, true] {
            let settings = Settings {
                unsafe_fixes,
                ..Settings::of(name)
            };
            failures.extend(
                faults(&example, &settings)
                    .into_iter()
                    .map(|detail| Failure {
                        case: format!("examples/backend, {name}"),
                        how: if unsafe_fixes {
                            "unsafe".into()
                        } else {
                            "safe".into()
                        },
                        detail,
                    }),
            );
        }
    }
    insist(&failures);
}

fn faults(example: &Tree, settings: &Settings) -> Vec<String> {
    let ran = match run(example, settings) {
        Ok(ran) => ran,
        Err(error) => return vec![error],
    };
    let mut faults = syntax::newly_broken(example, &ran.tree);
    faults.extend(
        ran.problems
            .iter()
            .map(|(at, text)| format!("a problem at {at}: {text}")),
    );
    faults.extend(judge::restless(&ran, settings));
    let idle = IDLE.contains(&settings.codemod.as_str());
    let silent = ran.changes + ran.withheld.len() + ran.reports.len() == 0;
    if silent != idle {
        faults.push(if idle {
            "changes something".into()
        } else {
            "finds nothing".into()
        });
    }
    faults
}
