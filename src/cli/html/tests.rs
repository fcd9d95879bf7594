//! The page as text: nothing of a repository gets out of its data, and what does not add up is refused.
//!
//! What the page does in a browser is tested in `tests/html_review.rs`.

use std::collections::BTreeSet;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::change::{Refusal, Safety};
use codemend_engine::patch::{FilePatch, Outcome};
use codemend_engine::problem::LineColumn;
use codemend_engine::review::{Region, Replacement, Review, Reviewed, ReviewedFile, When};
use serde_json::Value;

use super::super::root::Rooted;
use super::{page, put_together, shielded};

const AT: LineColumn = LineColumn { line: 1, column: 1 };

fn change(path: &Utf8Path, title: &str) -> Reviewed {
    Reviewed {
        codemod: "optional-to-union",
        title: title.into(),
        safety: Safety::Safe,
        why: None,
        path: path.to_owned(),
        start: AT,
        end: AT,
        fingerprint: String::new(),
        edits: Vec::new(),
        needs: BTreeSet::new(),
    }
}

/// A run that replaces the first byte of the file `name`, which holds `text`, by `b`.
fn run(dir: &Utf8Path, name: &str, text: &str) -> (Outcome, Rooted) {
    let path = dir.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    let before: Arc<str> = Arc::from(text);
    let edit = Replacement {
        from: 0,
        to: 1,
        text: "b".into(),
    };
    let region = Region {
        when: vec![When::Any(vec![0])],
        table: vec![vec![], vec![edit]],
    };
    let review = Review {
        changes: vec![change(&path, "write `b`")],
        withheld: Vec::new(),
        files: vec![ReviewedFile {
            path: path.clone(),
            before: Some(before.clone()),
            regions: vec![region],
        }],
    };
    let outcome = Outcome {
        review: Some(review),
        ..Outcome::default()
    };
    let after = format!("b{}", &text[1..]);
    let rooted = Rooted::new(&[FilePatch::new(path, Some(before), after)], dir);
    (outcome, rooted)
}

fn directory() -> (tempfile::TempDir, Utf8PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = Utf8Path::from_path(dir.path()).unwrap();
    let path = path.canonicalize_utf8().unwrap();
    (dir, path)
}

fn written(outcome: &Outcome, rooted: &Rooted) -> anyhow::Result<String> {
    let page = page(outcome, rooted, codemend_codemods::ALL)?;
    Ok(String::from_utf8(page).unwrap())
}

/// The data of a page, read as a browser does: up to the next tag that ends a script.
fn data(page: &str) -> Value {
    let (_, data) = page.split_once("id=\"data\"").unwrap();
    let (_, data) = data.split_once('>').unwrap();
    let (data, _) = data.split_once("</script").unwrap();
    serde_json::from_str(data).unwrap()
}

#[test]
fn a_page_is_one_file_with_its_data() {
    let (_guard, dir) = directory();
    let (outcome, rooted) = run(&dir, "app/a.py", "a = 1\n");
    let page = written(&outcome, &rooted).unwrap();
    let data = data(&page);
    assert_eq!(data["files"][0]["name"], "app/a.py");
    assert_eq!(data["files"][0]["whole"], serde_json::json!([[0, 1, 1]]));
    assert_eq!(data["changes"][0]["title"], "write `b`");
    assert_eq!(data["codemods"][0]["name"], "optional-to-union");
    for outside in ["http:", "https:", "src=", "@import", "url(", "{{"] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn nothing_of_a_repository_gets_out_of_its_data() {
    let (_guard, dir) = directory();
    let hostile =
        "a </script><script>alert(1)</script><!-- <script> {{script}} \u{2028} &amp; ]]>\n";
    let (mut outcome, rooted) = run(&dir, "<img src=x onerror=alert(1)>.py", hostile);
    outcome.refusals.push(Refusal {
        codemod: "optional-to-union",
        path: dir.join("</script>"),
        at: AT,
        reason: "`</script><b>`".into(),
    });
    let page = written(&outcome, &rooted).unwrap();
    assert_eq!(data(&page)["files"][0]["windows"][0]["text"], hostile);
    assert!(!page.contains("<img") && !page.contains("alert(1)</"));
    // The page's own: one for the data, one for the program.
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script").count(), 2);
    assert!(!page.contains("<!--"));
}

#[test]
fn the_policy_names_what_the_data_cannot_know() {
    let page = put_together("{}", "0123456789abcdef");
    assert!(
        page.contains("script-src 'nonce-0123456789abcdef'; style-src 'nonce-0123456789abcdef'")
    );
    assert!(page.contains("default-src 'none'"));
    assert_eq!(page.matches("nonce=\"0123456789abcdef\"").count(), 2);
    assert!(!page.contains("'unsafe-"));
}

#[test]
fn shielded_json_is_the_same_json() {
    let text = "<a href='x'>&\u{2028}\u{2029}\u{feff}\r\n\\u003c\u{7f}ü\u{1f40d}\0";
    let json = serde_json::to_string(text).unwrap();
    let shielded = shielded(&json);
    assert!(!shielded.contains([
        '<', '>', '&', '\u{2028}', '\u{2029}', '\u{feff}', '\r', '\0'
    ]));
    assert_eq!(serde_json::from_str::<String>(&shielded).unwrap(), text);
}

#[test]
fn changes_that_do_not_add_up_are_refused() {
    let (_guard, dir) = directory();
    let (outcome, mut rooted) = run(&dir, "a.py", "a = 1\n");
    rooted.files[0].after = "c = 1\n".into();
    let error = written(&outcome, &rooted).unwrap_err().to_string();
    assert!(error.contains("do not give what the run gives"), "{error}");
    let (mut outcome, rooted) = run(&dir, "a.py", "a = 1\n");
    outcome.review = Some(Review::default());
    let error = written(&outcome, &rooted).unwrap_err().to_string();
    assert!(error.contains("no change of"), "{error}");
    outcome.review = None;
    assert!(written(&outcome, &rooted).is_err());
}

#[test]
fn a_run_without_changes_has_a_page() {
    let (_guard, dir) = directory();
    let page = written(&Outcome::default(), &Rooted::new(&[], &dir)).unwrap();
    assert_eq!(data(&page)["changes"], serde_json::json!([]));
}
