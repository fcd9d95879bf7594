//! Every codemod's page, and the folders of cases beside it, played.
//!
//! A page (`codemods/<name>/README.md`) is what `codemend explain` prints, and it is the test: each case below
//! `## Cases` is run as it stands, without the prefilter, on one thread and on four, with CRLF, with CR, with newlines
//! of all kinds, with a byte order mark, without the final newline and indented by tabs. Each result must be what the
//! page shows, byte for byte, must parse, and must survive a second run unchanged. `tests/casebook/page.rs` says how a
//! case is written. `CODEMOD=bare-except cargo test --test casebook` plays those of one codemod.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "casebook/mod.rs"]
mod casebook;

use casebook::page;
use casebook::play::{self, Score};
use casebook::variant;
use casebook::{Failure, codemod_folder, folder, insist, judge};
use codemend_codemods::ALL;
use codemend_engine::codemod::Codemod;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn every_page_is_whole() {
    let mut failures = Vec::new();
    for codemod in ALL {
        let about = codemod.about();
        let faults = match page::parse(about.page) {
            Ok(page) => page.faults(about.name),
            Err(errors) => errors,
        };
        failures.extend(faults.into_iter().map(|detail| failure(about.name, detail)));
    }
    insist(&failures);
}

#[test]
fn every_case_holds() {
    let scores = chosen().into_iter().map(|codemod| {
        let about = codemod.about();
        pages_cases(about.name, about.page).add(folders_cases(about.name))
    });
    let score = scores.fold(Score::default(), Score::add);
    println!(
        "{} cases, {} runs ({} variants), {} failures",
        score.cases,
        score.runs,
        variant::ALL.len(),
        score.failures.len()
    );
    insist(&score.failures);
    assert!(score.cases > 0, "no case ran");
}

/// The codemods to play: all, or the one that the variable `CODEMOD` names.
fn chosen() -> Vec<&'static dyn Codemod> {
    let mut chosen = ALL.to_vec();
    if let Ok(name) = std::env::var("CODEMOD") {
        chosen.retain(|codemod| codemod.about().name == name);
        assert!(!chosen.is_empty(), "no codemod is called `{name}`");
    }
    chosen
}

fn pages_cases(name: &str, text: &str) -> Score {
    // A page that cannot be read is the other test's failure.
    let cases = page::parse(text).map_or_else(|_| Vec::new(), |page| page.cases);
    let path = page_path(name);
    in_parallel(&cases, |case| play::case(name, &path, case))
}

/// The scores of `cases`, on as many threads as there are processors. Threads of their own: one that waits for the
/// engine would otherwise begin another case on top of its stack, and another on top of that.
fn in_parallel<T: Sync>(cases: &[T], play: impl Fn(&T) -> Score + Sync) -> Score {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut score = Score::default();
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            score = score.add(play(case));
        }
        score
    };
    let threads = std::thread::available_parallelism().map_or(2, NonZero::get);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let scores = workers.into_iter().map(|worker| worker.join().unwrap());
        scores.fold(Score::default(), Score::add)
    })
}

fn folders_cases(name: &str) -> Score {
    match folder::read_all(&codemod_folder(name).join("cases")) {
        Ok(cases) => in_parallel(&cases, judge::case),
        Err(error) => Score {
            failures: vec![failure(name, error)],
            ..Score::default()
        },
    }
}

fn failure(name: &str, detail: String) -> Failure {
    Failure {
        case: page_path(name),
        how: "reading".into(),
        detail,
    }
}

fn page_path(name: &str) -> String {
    format!("codemods/{}/README.md", name.replace('-', "_"))
}

mod harness {
    //! The harness itself, without the engine.

    use camino::Utf8Path;
    use codemend_engine::patch::{FilePatch, Outcome, Step};

    use super::casebook::engine::patched;
    use super::casebook::tree::Tree;
    use super::{page, variant};

    const PAGE: &str = include_str!("casebook/sample.md");

    fn text<'a>(tree: &'a Tree, path: &str) -> &'a str {
        std::str::from_utf8(&tree[path]).expect("a sample is UTF-8")
    }

    #[test]
    fn a_page_is_read() {
        let page = page::parse(PAGE).expect("the sample is a page");
        assert_eq!(page.title, "sample-codemod");
        assert_eq!(page.faults("sample-codemod"), Vec::<String>::new());
        let titles: Vec<_> = page.cases.iter().map(|case| case.title.as_str()).collect();
        assert_eq!(
            titles,
            ["A rewrite", "Several files", "A refusal", "In quotes"]
        );
        let [rewrite, several, refusal, quotes] = &page.cases[..] else {
            unreachable!()
        };
        assert_eq!(text(&rewrite.before, "example.py"), "a = 1\n");
        assert_eq!(text(&rewrite.after, "example.py"), "b = 1\n");
        assert!(rewrite.unsafe_fixes());
        assert_eq!(rewrite.safe, rewrite.before);
        assert_eq!(text(&several.after, "app/b.py"), "y = 1\n");
        assert_eq!(text(&several.after, "pyproject.toml"), "[project]\n");
        assert!(!several.unchanged && refusal.unchanged);
        assert_eq!(refusal.reasons, ["is a function"]);
        assert_eq!(text(&quotes.before, "example.pyi"), "```\n");
    }

    #[test]
    fn faults_of_a_page_are_named() {
        let broken =
            "# x\n## Cases\n### t\n```python befor\na\n```\n### u\n```python unchanged\na\n```\n";
        let errors = page::parse(broken).expect_err("the page is wrong");
        assert!(errors[0].starts_with("line 4:"), "{errors:?}");
        assert!(
            errors
                .iter()
                .any(|error| error.contains("`u` stays unchanged")),
            "{errors:?}"
        );
        let page = page::parse("# x\n## Why\n").expect("readable");
        let faults = page.faults("y").join("\n");
        for part in [
            "title",
            "no paragraph",
            "nothing stands below `## Why`",
            "`## What changes`",
            "no case",
        ] {
            assert!(faults.contains(part), "{part}: {faults}");
        }
    }

    fn dress(name: &str, source: &str) -> Option<String> {
        let variant = variant::ALL.iter().find(|variant| variant.name == name)?;
        let tree = Tree::from([("a.py".to_owned(), source.as_bytes().to_vec())]);
        let [dressed] = variant::dressed(variant, [&tree])?;
        Some(text(&dressed, "a.py").to_owned())
    }

    #[test]
    fn clothes_fit() {
        let source = "def f():\n    return 1\n";
        let worn = |name| dress(name, source).expect("it fits");
        assert_eq!(worn("with CRLF"), "def f():\r\n    return 1\r\n");
        assert_eq!(worn("with CR"), "def f():\r    return 1\r");
        assert_eq!(worn("with mixed newlines"), "def f():\n    return 1\r\n");
        let blank = dress("with mixed newlines", "a\nb\nc\n\nd\n");
        assert_eq!(blank.as_deref(), Some("a\nb\r\nc\r\rd\r\n"));
        assert_eq!(
            worn("with a byte order mark"),
            "\u{feff}def f():\n    return 1\n"
        );
        assert_eq!(worn("without the final newline"), "def f():\n    return 1");
        assert_eq!(worn("indented by tabs"), "def f():\n\treturn 1\n");
        assert_eq!(worn("on four threads"), source);
    }

    #[test]
    fn clothes_that_do_not_fit_stay_off() {
        let aligned = "def f(a,\n      b):\n    return a\n";
        assert_eq!(dress("indented by tabs", aligned), None);
        assert_eq!(dress("with CRLF", "a = 1\r\n"), None);
        assert_eq!(dress("without the final newline", "a = 1"), None);
    }

    /// A run whose steps turn `a = 1` of `a.py` into what `texts` say, one after the other.
    fn outcome(texts: [&str; 3]) -> Outcome {
        let step = |pair: &[&str]| Step {
            codemod: "sample-codemod",
            files: vec![FilePatch::new(
                "/project/a.py",
                Some(pair[0].into()),
                pair[1],
            )],
            changes: Vec::new(),
        };
        Outcome {
            steps: texts.windows(2).map(step).collect(),
            ..Outcome::default()
        }
    }

    #[test]
    fn a_patch_is_laid_over_the_tree() {
        let root = Utf8Path::new("/project");
        let before = Tree::from([("a.py".to_owned(), b"a = 1\n".to_vec())]);
        let after = patched(&before, &outcome(["a = 1\n", "a = 2\n", "a = 3\n"]), root);
        assert_eq!(
            after.map(|tree| tree["a.py"].clone()),
            Ok(b"a = 3\n".to_vec())
        );
        let other = patched(&before, &outcome(["a = 0\n", "a = 2\n", "a = 3\n"]), root);
        assert!(other.is_err_and(|error| error.contains("other bytes")));
    }
}
