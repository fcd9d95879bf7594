//! A choice of changes: whatever a person accepts, the result holds.
//!
//! `REVIEW_TREES=dir:dir cargo test --test review -- --nocapture` tries the same on other projects.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use camino::{Utf8Path, Utf8PathBuf};
use codemend_codemods::ALL;
use codemend_engine::change::Safety;
use codemend_engine::config::{Configuration, Overrides};
use codemend_engine::patch::Outcome;
use codemend_engine::pipeline::{self, Narrowing, Request, Unwatched};
use codemend_engine::review::{DiskEdit, Review};
use outside::Project;
use ruff_python_parser::parse_module;

fn reviewed(root: &Utf8Path) -> Outcome {
    let about = ALL.iter().map(|codemod| codemod.about()).collect();
    let overrides = Overrides {
        unsafe_fixes: Some(true),
        // A logger that it adds stands behind the imports, and ties what changes these.
        ignore: vec!["log-swallowed".to_owned()],
        ..Overrides::default()
    };
    let configuration = Configuration::new(overrides, about).expect("a configuration");
    let request = Request {
        paths: vec![root.to_owned()],
        catalogue: ALL,
        configuration: &configuration,
        stdin: None,
        python: None,
        threads: None,
        follow_hard_links: false,
        prefilter: true,
        narrowing: Narrowing::default(),
        review: true,
        in_parts: false,
        shard: None,
    };
    pipeline::run(&request, &Unwatched)
}

/// Texts by path.
type Texts = BTreeMap<Utf8PathBuf, String>;

fn composed(review: &Review, accepted: &BTreeSet<usize>) -> Texts {
    let patch = review.compose(accepted).into_iter();
    patch
        .map(|file| (file.path, file.after.to_string()))
        .collect()
}

/// What `edits` make of their files.
fn edited(review: &Review, edits: &[DiskEdit]) -> Texts {
    let mut texts = Texts::new();
    for edit in edits.iter().rev() {
        let file = review.file(&edit.path).expect("a file of the review");
        let before = file.before.as_deref().unwrap_or_default();
        let text = texts
            .entry(edit.path.clone())
            .or_insert_with(|| before.to_owned());
        text.replace_range(edit.from..edit.to, &edit.replacement);
    }
    texts
}

fn parses(texts: &Texts) {
    for (path, text) in texts {
        if path.extension() == Some("py") {
            let parsed = parse_module(text.trim_start_matches('\u{feff}'));
            assert!(parsed.is_ok(), "{path}: {}", parsed.unwrap_err());
        }
    }
}

/// Hold the review of `outcome` to what the run itself would write. Gives how many changes there are, and how many are
/// tied to others.
fn holds(outcome: &Outcome) -> (usize, usize) {
    let review = outcome.review.as_ref().expect("a review");
    let made: usize = outcome.steps.iter().map(|step| step.changes.len()).sum();
    assert_eq!(review.changes.len(), made);
    let all: BTreeSet<usize> = (0..made).collect();
    let whole = outcome.patch().into_iter();
    let whole: Texts = whole
        .map(|file| (file.path, file.after.to_string()))
        .collect();
    assert_eq!(composed(review, &all), whole);
    assert_eq!(composed(review, &BTreeSet::new()), Texts::new());
    for id in (0..made).step_by(made.div_ceil(300).max(1)) {
        let alone = review.accepting(id);
        let texts = composed(review, &alone);
        parses(&texts);
        if alone.len() == 1 {
            assert_eq!(texts, edited(review, &review.changes[id].edits), "{id}");
        }
        let others = all.difference(&review.rejecting(id)).copied().collect();
        parses(&composed(review, &others));
    }
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..20 {
        parses(&composed(
            review,
            &all.iter().copied().filter(|_| random.bool()).collect(),
        ));
    }
    let tied = review.changes.iter().filter(|one| !one.needs.is_empty());
    if std::env::var_os("REVIEW_TREES").is_some() {
        for one in tied.clone() {
            let _ = writeln!(
                std::io::stderr(),
                "  {} {}:{} {}",
                one.codemod,
                one.path,
                one.start.line,
                one.title
            );
        }
    }
    (made, tied.count())
}

#[test]
fn every_choice_of_the_example_holds() {
    let project = Project::example();
    let root = Utf8Path::from_path(project.root()).expect("a name in UTF-8");
    let outcome = reviewed(root);
    let (made, tied) = holds(&outcome);
    assert!(made > 100, "{made}");
    assert!(tied * 10 < made, "{tied} of {made} changes are tied");
}

/// A handler that has to catch what an import in another file raises, as long as that stands in the function.
const FOLLOWED: [(&str, &str); 5] = [
    (
        "pyproject.toml",
        "[project]\nname = \"x\"\nversion = \"1\"\nrequires-python = \">=3.11\"\ndependencies = [\"pyyaml\"]\n",
    ),
    ("app/__init__.py", ""),
    (
        "app/lib.py",
        "def load(raw: str) -> int:\n    import yaml\n\n    yaml\n    return int(raw)\n",
    ),
    (
        "app/main.py",
        "from typing import Optional\nfrom app.lib import load\n\n\ndef f(x: Optional[int]) -> None:\n    print(x)\n\n\n\
         def g(raw: str) -> int:\n    try:\n        return load(raw)\n    except:\n        return 0\n",
    ),
    (
        "app/other.py",
        "from typing import Optional\n\nx: Optional[int] = 1\n",
    ),
];

#[test]
fn a_handler_needs_the_import_that_has_left_the_function_it_calls() {
    let project = Project::of(&FOLLOWED);
    let root = Utf8Path::from_path(project.root()).expect("a name in UTF-8");
    let outcome = reviewed(root);
    holds(&outcome);
    let review = outcome.review.as_ref().expect("a review");
    let of = |codemod: &str, file: &str| {
        let mut all = review.changes.iter();
        let found = all.position(|one| one.codemod == codemod && one.path.ends_with(file));
        found.expect("the change")
    };
    let handler = of("bare-except", "app/main.py");
    let moved = of("hoist-imports", "app/lib.py");
    assert!(review.accepting(handler).contains(&moved));
    assert!(
        !review
            .accepting(handler)
            .contains(&of("optional-to-union", "app/other.py"))
    );
    // What it needs is unsafe, and so is accepting it.
    assert_eq!(review.changes[handler].safety, Safety::Safe);
    assert_eq!(review.safety(handler), Safety::Unsafe);
    let files: Vec<bool> = ["app/lib.py", "app/main.py", "app/other.py"]
        .iter()
        .map(|file| {
            outcome
                .together
                .iter()
                .any(|set| set.contains(&root.join(file)))
        })
        .collect();
    assert_eq!(files, [true, true, false]);
}

#[test]
fn every_choice_of_other_projects_holds() {
    let trees = std::env::var("REVIEW_TREES").unwrap_or_default();
    for tree in trees.split(':').filter(|tree| !tree.is_empty()) {
        let outcome = reviewed(Utf8Path::new(tree));
        let (made, tied) = holds(&outcome);
        let withheld = outcome.review.map_or(0, |review| review.withheld.len());
        let _ = writeln!(
            std::io::stderr(),
            "{tree}: {made} changes, {tied} tied, {withheld} withheld"
        );
    }
}
