//! The folders of cases in `../shared/cases`, for every codemod that exists.
//!
//! Each is run in the modes that it speaks about, and once more on its own result. The results are judged by the
//! oracles of `judge.py`, written again in Rust. What needs an interpreter (the probes, and the comparison of OpenAPI
//! documents) is not done here: `run.py` of that folder does it. Where the folder is absent, nothing is judged;
//! `CODEMEND_CASES` names another place.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "casebook/mod.rs"]
mod casebook;

use std::path::PathBuf;

use casebook::folder::{self, Expect, FolderCase, Oracle};
use casebook::judge::{self, Mode};
use casebook::play::Score;
use casebook::{insist, root};
use codemend_codemods::ALL;
use rayon::prelude::*;

/// The cases of one codemod; `None`, with a word about it, when the folder is absent.
fn cases(codemod: &str) -> Option<Vec<FolderCase>> {
    // A thread that waits for the run of one case begins another on the same stack.
    let pool = rayon::ThreadPoolBuilder::new().stack_size(256 * 1024 * 1024);
    let _ = pool.build_global();
    let place = std::env::var_os("CODEMEND_CASES")
        .map_or_else(|| root().join("../shared/cases"), PathBuf::from);
    if !place.is_dir() {
        println!("{} is absent: nothing is judged", place.display());
        return None;
    }
    Some(folder::read_all(&place.join(codemod)).expect("every case can be read"))
}

#[test]
fn every_case_holds() {
    let cases: Vec<FolderCase> = ALL
        .iter()
        .filter_map(|codemod| cases(codemod.about().name))
        .flatten()
        .collect();
    let score = cases
        .par_iter()
        .map(judge::case)
        .reduce(Score::default, Score::add);
    println!(
        "{} cases, {} runs, {} failures",
        score.cases,
        score.runs,
        score.failures.len()
    );
    insist(&score.failures);
}

/// Every codemod that has cases, also those that do not exist yet: the oracles must be fit for them.
const FOLDERS: &[&str] = &[
    "optional-to-union",
    "union-to-optional",
    "hoist-imports",
    "email-validator",
    "response-model",
    "bare-except",
    "reraise-http-exception",
    "log-swallowed",
    "raise-from",
    "call-timeouts",
    "unreachable-code",
    "async-blocking",
];

/// The mode in which a case shows its result.
fn full(case: &FolderCase) -> Mode {
    if case.expect == Expect::UnsafeFix {
        Mode::Unsafe
    } else {
        Mode::Safe
    }
}

#[test]
fn the_oracles_take_what_is_right() {
    for case in FOLDERS.iter().filter_map(|name| cases(name)).flatten() {
        let right =
            |tree, mode| assert_eq!(judge::result(&case, tree, mode), [""; 0], "{}", case.name);
        right(&case.after, full(&case));
        case.alternatives
            .iter()
            .for_each(|tree| right(tree, full(&case)));
        if case.expect == Expect::UnsafeFix {
            right(&case.safe, Mode::Safe);
        }
    }
}

#[test]
fn the_oracles_reject_what_is_wrong() {
    let mut passing = Vec::new();
    for case in FOLDERS.iter().filter_map(|name| cases(name)).flatten() {
        let passes = |tree| judge::result(&case, tree, full(&case)).is_empty();
        let is_fix = matches!(case.expect, Expect::SafeFix | Expect::UnsafeFix);
        if is_fix && passes(&case.before) {
            passing.push(format!("{}: an unchanged tree", case.name));
        }
        // Without a probe, a wrong result is only sure to be caught where bytes or trees are compared.
        let judged = case.wrong.iter().filter(|_| case.oracle != Oracle::Parses);
        passing.extend(
            judged
                .filter(|(_, tree)| passes(tree))
                .map(|(name, _)| format!("{}: {name}", case.name)),
        );
    }
    assert!(passing.is_empty(), "these pass: {passing:#?}");
}

#[test]
fn the_oracles_leave_free_what_they_say() {
    let module = |text: &str| {
        let (_, parsed) = casebook::syntax::parse("a.py", text.as_bytes()).expect("it parses");
        parsed.suite().to_vec()
    };
    use casebook::normal::{Unions, same};
    let equal = |a: &str, b: &str, unions| same(module(a), module(b), unions);
    assert!(equal(
        "x: int | None | str",
        "x: None | (int | str)",
        Unions::NoneAnywhere
    ));
    assert!(equal(
        "x: 'int | None'",
        "x: 'None | int'",
        Unions::NoneAnywhere
    ));
    assert!(!equal(
        "x: int | None",
        "x: int | None | None",
        Unions::NoneAnywhere
    ));
    assert!(!equal("x: int | str", "x: str | int", Unions::NoneAnywhere));
    assert!(!equal("x: int | None", "x: None | int", Unions::AsWritten));
    assert!(equal(
        "x: Optional[Union[A, B]]",
        "x: t.Union[A, None, B]",
        Unions::OneSpelling
    ));
    assert!(equal(
        "x: 'Optional[A]'",
        "x: 'Union[None, A]'",
        Unions::OneSpelling
    ));
    assert!(!equal("x: Optional[A]", "x: A | None", Unions::OneSpelling));
}
