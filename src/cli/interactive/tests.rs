//! Walks over a review made by hand, without a terminal.

use std::collections::BTreeSet;

use camino::Utf8Path;
use codemend_engine::change::Safety;
use codemend_engine::problem::LineColumn;
use codemend_engine::review::{
    ChangeId, Region, Replacement, Review, Reviewed, ReviewedFile, When,
};

use super::super::terminal::{Look, is_hidden};
use super::screen::Screen;
use super::touching;
use super::walk::{Done, Reach, Verdict, Walk};

const A: &str = "import os\n\nx = 1\ny = 2\nz = 3\n";
const B: &str = "b = 1\nc = 2\n";

fn change(codemod: &'static str, path: &str, line: usize, needs: &[ChangeId]) -> Reviewed {
    let start = LineColumn { line, column: 1 };
    Reviewed {
        codemod,
        title: format!("change line {line}"),
        safety: Safety::Safe,
        why: None,
        path: path.into(),
        start,
        end: start,
        fingerprint: String::new(),
        edits: Vec::new(),
        needs: needs.iter().copied().collect(),
    }
}

/// Replaces the bytes `from..to` by `text` when any of `changes` is accepted.
fn region(changes: &[ChangeId], from: usize, to: usize, text: &str) -> Region {
    let text = text.to_owned();
    Region {
        when: vec![When::Any(changes.to_vec())],
        table: vec![vec![], vec![Replacement { from, to, text }]],
    }
}

/// Two codemods and two files. 0 and 1 share an import; 3 is unsafe; 4 needs 0, and 5 needs 4.
fn review() -> Review {
    let (one, two) = ("one", "two");
    let mut changes = vec![
        change(one, "/r/a.py", 3, &[]),
        change(one, "/r/a.py", 4, &[]),
        change(one, "/r/b.py", 1, &[]),
        change(one, "/r/b.py", 2, &[]),
        change(two, "/r/a.py", 5, &[0]),
        change(two, "/r/b.py", 1, &[4]),
    ];
    changes[3].safety = Safety::Unsafe;
    changes[3].why = Some("it may \u{1b}[2J".into());
    let file = |path: &str, before: &str, regions| ReviewedFile {
        path: path.into(),
        before: Some(before.into()),
        regions,
    };
    let a = vec![
        region(&[0, 1], 10, 10, "import m\n"),
        region(&[0], 15, 16, "10"),
        region(&[1], 21, 22, "20"),
        region(&[4], 27, 28, "30"),
    ];
    let b = vec![
        region(&[2], 4, 5, "100"),
        region(&[3], 10, 11, "200"),
        region(&[5], 0, 0, "import n\n"),
    ];
    Review {
        changes,
        withheld: Vec::new(),
        files: vec![file("/r/a.py", A, a), file("/r/b.py", B, b)],
    }
}

fn ids(ids: &[ChangeId]) -> BTreeSet<ChangeId> {
    ids.iter().copied().collect()
}

/// Press the keys of `keys`; gives where the walk stands and what is accepted.
fn walked(review: &Review, keys: &str) -> (Option<ChangeId>, Vec<ChangeId>) {
    let mut walk = Walk::new(review, &BTreeSet::new());
    for key in keys.chars() {
        press(&mut walk, key);
    }
    (walk.current(), walk.accepted().into_iter().collect())
}

fn press(walk: &mut Walk<'_>, key: char) -> Done {
    match key {
        'y' => return walk.accept(Reach::One),
        'a' => return walk.accept(Reach::File),
        'c' => return walk.accept(Reach::Codemod),
        'n' => return walk.reject(Reach::One),
        'd' => return walk.reject(Reach::File),
        'e' => return walk.reject(Reach::Codemod),
        'u' => walk.undo(),
        'j' => walk.later(),
        _ => walk.earlier(),
    };
    Done::default()
}

#[test]
fn one_by_one_in_order() {
    let review = review();
    assert_eq!(walked(&review, ""), (Some(0), vec![]));
    assert_eq!(walked(&review, "y"), (Some(1), vec![0]));
    assert_eq!(walked(&review, "yn"), (Some(2), vec![0]));
    assert_eq!(walked(&review, "ynynyy"), (None, vec![0, 2, 4, 5]));
    // Keys after the end do nothing.
    assert_eq!(walked(&review, "ynynyyynad"), (None, vec![0, 2, 4, 5]));
}

#[test]
fn wide_answers_reach_the_later_ones_of_the_codemod() {
    let review = review();
    assert_eq!(walked(&review, "a"), (Some(2), vec![0, 1]));
    assert_eq!(walked(&review, "d"), (Some(2), vec![]));
    assert_eq!(walked(&review, "nnd"), (None, vec![]));
    assert_eq!(walked(&review, "ye"), (Some(4), vec![0]));
    assert_eq!(walked(&review, "yec"), (None, vec![0, 4, 5]));
}

/// Nobody has seen the unsafe change, so `c` does not accept it; whoever has seen it may.
#[test]
fn nothing_less_safe_is_accepted_unseen() {
    let mut review = review();
    let mut walk = Walk::new(&review, &BTreeSet::new());
    let done = walk.accept(Reach::Codemod);
    assert_eq!(
        (done.decided, done.along, done.still_open),
        (ids(&[0, 1, 2]), ids(&[]), 1)
    );
    assert_eq!(walk.current(), Some(3));
    review.changes[2].safety = Safety::Unsafe;
    assert_eq!(walked(&review, "nnc"), (None, vec![2, 3]));
}

/// A change that needs an unsafe one, or one that was left alone, is not swept along either.
#[test]
fn wide_answers_take_nothing_that_needs_others() {
    let mut review = review();
    review.changes[2].needs = ids(&[3]);
    assert_eq!(walked(&review, "c"), (Some(2), vec![0, 1]));
    assert_eq!(walked(&review, "cy"), (Some(4), vec![0, 1, 2, 3]));
}

#[test]
fn what_needs_others_takes_them_along_both_ways() {
    let review = review();
    let mut walk = Walk::new(&review, &BTreeSet::new());
    let done = walk.reject(Reach::One);
    assert_eq!((done.decided, done.along), (ids(&[0]), ids(&[4, 5])));
    // 1, 2 and 3 are left; from there back to 0, and accepted again: the others stay left alone.
    press(&mut walk, 'k');
    assert_eq!(walk.current(), Some(0));
    assert_eq!(walk.overturned(), ids(&[]));
    press(&mut walk, 'n');
    for _ in 0..3 {
        press(&mut walk, 'y');
    }
    assert_eq!(walk.current(), None);
    // From the end back to 5, which needs 4 and 0.
    press(&mut walk, 'k');
    assert_eq!(walk.current(), Some(5));
    assert_eq!(walk.overturned(), ids(&[0, 4]));
    let done = press(&mut walk, 'y');
    assert_eq!((done.decided, done.along), (ids(&[5]), ids(&[0, 4])));
    assert_eq!(walk.accepted(), ids(&[0, 1, 2, 3, 4, 5]));
    press(&mut walk, 'u');
    assert_eq!(walk.accepted(), ids(&[1, 2, 3]));
}

/// Tied changes need each other.
#[test]
fn tied_changes_go_together() {
    let mut review = review();
    review.changes[1].needs = ids(&[2]);
    review.changes[2].needs = ids(&[1]);
    let walk = Walk::new(&review, &BTreeSet::new());
    let shown = screen().change(&walk, 1);
    assert!(
        shown.contains("goes only together with:\n  [3/6] one"),
        "{shown}"
    );
    assert_eq!(walked(&review, "ny"), (Some(3), vec![1, 2]));
    assert_eq!(walked(&review, "yn"), (Some(3), vec![0]));
}

#[test]
fn every_answer_can_be_taken_back() {
    let review = review();
    for keys in [
        "y", "n", "a", "d", "c", "e", "yn", "ca", "yyyyyy", "nnyc", "jjyk",
    ] {
        let answers = keys.chars().filter(|key| !"jk".contains(*key)).count();
        let back = "u".repeat(answers);
        let (_, accepted) = walked(&review, &format!("{keys}{back}"));
        assert!(accepted.is_empty(), "{keys}");
        let first = if keys.starts_with('j') {
            Some(2)
        } else {
            Some(0)
        };
        assert_eq!(walked(&review, &format!("{keys}{back}")).0, first, "{keys}");
        // And no further.
        assert_eq!(
            walked(&review, &format!("{keys}{back}uu")).0,
            first,
            "{keys}"
        );
    }
}

#[test]
fn what_is_put_off_comes_again() {
    let review = review();
    assert_eq!(walked(&review, "jj"), (Some(2), vec![]));
    assert_eq!(walked(&review, "jjyyn"), (Some(0), vec![2, 3]));
    assert_eq!(walked(&review, "jjyynn"), (Some(1), vec![2, 3]));
    // What comes along with another need not come again.
    assert_eq!(walked(&review, "jjyyy"), (Some(5), vec![0, 2, 3, 4]));
    assert_eq!(walked(&review, "jjyyyy"), (Some(1), vec![0, 2, 3, 4, 5]));
    // The last open one cannot be put off.
    assert_eq!(walked(&review, "jyyyyyj"), (None, vec![0, 1, 2, 3, 4, 5]));
    assert_eq!(walked(&review, "yjyyyyj"), (Some(1), vec![0, 2, 3, 4, 5]));
}

#[test]
fn nobody_is_asked_about_what_cannot_be_made() {
    let review = review();
    let mut walk = Walk::new(&review, &ids(&[0]));
    assert_eq!(walk.current(), Some(1));
    assert_eq!(walk.asked().collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!((walk.number(1), walk.number(3)), (1, 3));
    assert!(!walk.earlier());
    walk.accept(Reach::Codemod);
    walk.accept(Reach::One);
    assert_eq!((walk.current(), walk.accepted()), (None, ids(&[1, 2, 3])));
    assert_eq!(walk.verdict(4), Verdict::Barred);
    let files = BTreeSet::from([Utf8Path::new("/r/a.py")]);
    assert_eq!(touching(&review, &files), ids(&[0, 1, 4, 5]));
}

fn screen() -> Screen<'static> {
    Screen {
        cwd: Utf8Path::new("/r"),
        look: Look::Visible,
    }
}

/// The import that two changes share is shown with the one that brings it, and comes with either.
#[test]
fn a_shared_import_is_shown_once() {
    let review = review();
    let mut walk = Walk::new(&review, &BTreeSet::new());
    let import = "+import m\n";
    let first = screen().change(&walk, 0);
    assert!(
        first.starts_with("\n[1/6] one  a.py:3:1  safe\nchange line 3\n@@ "),
        "{first}"
    );
    assert!(
        first.contains(import) && first.contains("-x = 1\n+x = 10\n"),
        "{first}"
    );
    walk.reject(Reach::One);
    let second = screen().change(&walk, 1);
    assert!(
        second.contains(import) && second.contains("+y = 20\n"),
        "{second}"
    );
    walk.undo();
    walk.accept(Reach::One);
    let second = screen().change(&walk, 1);
    assert!(!second.contains(import), "{second}");
    assert!(second.contains(" x = 10\n-y = 2\n+y = 20\n"), "{second}");
    walk.accept(Reach::One);
    let after = review.compose(&walk.accepted());
    assert_eq!(
        &*after[0].after,
        "import os\nimport m\n\nx = 10\ny = 20\nz = 3\n"
    );
}

#[test]
fn needs_are_named_and_shown_in_other_files() {
    let review = review();
    let mut walk = Walk::new(&review, &BTreeSet::new());
    walk.later();
    let last = screen().change(&walk, 5);
    let with = "needs these, which come along:\n\
                \x20 [1/6] one  a.py:3:1  change line 3\n\
                \x20 [5/6] two  a.py:5:1  change line 5\n";
    assert!(last.contains(with), "{last}");
    assert!(
        last.contains("+import n\n b = 1\n") && last.contains("in a.py\n@@"),
        "{last}"
    );
    press(&mut walk, 'k');
    press(&mut walk, 'y');
    let last = screen().change(&walk, 5);
    assert!(
        last.contains("needs these, which are accepted:\n  [1/6] one"),
        "{last}"
    );
    assert!(!last.contains("x = 10\n+"), "{last}");
}

#[test]
fn why_it_is_not_safe_is_said_and_steers_nothing() {
    let review = review();
    let walk = Walk::new(&review, &BTreeSet::new());
    let shown = screen().change(&walk, 3);
    assert!(shown.contains("b.py:2:1  unsafe\n"), "{shown}");
    assert!(shown.contains("not safe: it may \\x1b[2J\n"), "{shown}");
    assert!(!shown.contains(|c| is_hidden(c) && c != '\n'));
}

#[test]
fn the_end_counts_by_codemod() {
    let review = review();
    let mut walk = Walk::new(&review, &BTreeSet::new());
    let done = walk.accept(Reach::Codemod);
    assert_eq!(
        screen().done(&walk, &done, Verdict::Accepted),
        "3 changes accepted\n1 more still to be asked about, unsafe or in need of others\n"
    );
    let done = walk.reject(Reach::Codemod);
    assert_eq!(screen().done(&walk, &done, Verdict::Rejected), "");
    assert_eq!(
        screen().accepted(&walk),
        "\nAccepted 3 of 6 changes\n  one  3 of 4\n  two  0 of 2\n"
    );
    assert!(screen().so_far(&walk, 2).contains("-b = 1\n+b = 100\n"));
    let help = screen().help(&walk, 0);
    assert!(help.lines().all(|line| line.len() < 80), "{help}");
}
