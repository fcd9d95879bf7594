//! What must hold of the resolver for any changes: checked over some thousand made-up ones, the same at every run.

use std::collections::BTreeMap;

use camino::Utf8Path;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use ruff_text_size::{TextRange, TextSize};

use super::{apply, edits_of, is_disjoint, resolve};
use crate::change::{Change, Changes, FileEdit};

const PATHS: [&str; 3] = ["/p/a.py", "/p/b.py", "/p/new.py"];
/// Every character once, so that it can be told which are left, and one of more than one byte.
const TEXT: &str = "0123456789abcdefghijklmnopqrstuvwxyz-ü";
/// No offset is larger: the last character stays whole.
const END: u32 = 37;

/// One edit: the file, where it starts, how long it is, what is put there. The third file is one that is created.
type Draft = (usize, u32, u32, String);

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(5),
        ..ProptestConfig::default()
    }
}

fn edit() -> impl Strategy<Value = Draft> {
    let file = prop_oneof![8 => Just(0usize), 3 => Just(1), 1 => Just(2)];
    // Few texts, so that identical edits come up.
    let text = prop_oneof![Just(String::new()), "[X-Z]{1,2}"];
    (file, 0..END, prop_oneof![Just(0u32), 0u32..6], text)
}

fn drafts() -> impl Strategy<Value = Vec<(u32, Vec<Draft>)>> {
    vec((0..END, vec(edit(), 1..4)), 0..9)
}

fn change(at: u32, drafts: &[Draft]) -> Change {
    let changes = Changes::new("test", Utf8Path::new(PATHS[0]));
    let mut change = changes.draft(TextRange::empty(TextSize::new(at / 4)), "t");
    for (file, start, length, text) in drafts {
        let path = PATHS[*file].into();
        let end = (start + length).min(END);
        change.edits.push(match file {
            2 => FileEdit::Create {
                path,
                content: text.clone(),
            },
            _ => FileEdit::Text {
                path,
                range: TextRange::new(TextSize::new(*start), TextSize::new(end)),
                replacement: text.clone(),
            },
        });
    }
    change
}

fn changes(drafts: &[(u32, Vec<Draft>)]) -> Vec<Change> {
    let one = |(at, edits): &(u32, Vec<Draft>)| change(*at, edits);
    drafts.iter().map(one).collect()
}

/// Every file with the text that `changes` make of it.
fn texts(changes: &[Change]) -> BTreeMap<&'static str, String> {
    let text = |path: &&'static str| (*path, apply(TEXT, &edits_of(changes, Utf8Path::new(path))));
    PATHS[..2].iter().map(text).collect()
}

fn edits(changes: &[Change]) -> Vec<&FileEdit> {
    changes.iter().flat_map(|change| &change.edits).collect()
}

/// Whether the two cannot be made together.
fn clash(a: &FileEdit, b: &FileEdit) -> bool {
    if a.path() != b.path() {
        return false;
    }
    let (
        FileEdit::Text {
            range: one,
            replacement: text,
            ..
        },
        FileEdit::Text {
            range: two,
            replacement: other,
            ..
        },
    ) = (a, b)
    else {
        return true;
    };
    let inside = one.start() < two.end() && two.start() < one.end();
    let within = |point: &TextRange, range: &TextRange| {
        point.is_empty() && range.start() < point.start() && point.start() < range.end()
    };
    match one == two {
        true => text != other,
        false => inside || within(one, two) || within(two, one),
    }
}

fn clashes_with_itself(change: &Change) -> bool {
    let edits = &change.edits;
    let pairs = (0..edits.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
    let mut pairs = pairs.map(|(a, b)| (&edits[a], &edits[b]));
    pairs.any(|(a, b)| a != b && clash(a, b))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_order_of_proposals_matters(drafts in drafts(), turn in 0usize..9, back in any::<bool>()) {
        let first = resolve(changes(&drafts));
        let mut other = changes(&drafts);
        let by = turn.min(other.len());
        other.rotate_left(by);
        if back {
            other.reverse();
        }
        let second = resolve(other);
        prop_assert_eq!(edits(&first.accepted), edits(&second.accepted));
        prop_assert_eq!(edits(&first.deferred), edits(&second.deferred));
        prop_assert_eq!(texts(&first.accepted), texts(&second.accepted));
    }

    #[test]
    fn a_change_is_taken_whole_or_not_at_all(drafts in drafts()) {
        let all = changes(&drafts);
        let resolution = resolve(all.clone());
        prop_assert_eq!(resolution.accepted.len() + resolution.deferred.len(), all.len());
        let whole: Vec<_> = all.iter().map(|change| &change.edits).collect();
        for change in resolution.accepted.iter().chain(&resolution.deferred) {
            prop_assert!(whole.contains(&&change.edits));
        }
        // In no file does an edit of a waiting change show that is not one of an accepted change as well.
        let accepted = edits(&resolution.accepted);
        for path in PATHS {
            let made = edits_of(&resolution.accepted, Utf8Path::new(path));
            prop_assert!(is_disjoint(&made));
            for (range, text) in made {
                let is_it = |edit: &&&FileEdit| matches!(edit, FileEdit::Text { path: file, range: at, replacement }
                    if file == path && *at == range && *replacement == text);
                prop_assert!(accepted.iter().any(|edit| is_it(&edit)));
            }
        }
    }

    #[test]
    fn what_waits_clashes_and_what_is_taken_does_not(drafts in drafts()) {
        let resolution = resolve(changes(&drafts));
        let accepted = edits(&resolution.accepted);
        for (at, one) in accepted.iter().enumerate() {
            for other in &accepted[..at] {
                prop_assert!(one == other || !clash(one, other), "{:?} {:?}", one, other);
            }
        }
        for change in &resolution.accepted {
            prop_assert!(!clashes_with_itself(change));
        }
        for change in &resolution.deferred {
            let clashing = change.edits.iter().any(|edit| accepted.iter().any(|taken| clash(edit, taken)));
            prop_assert!(clashing || clashes_with_itself(change), "{:?}", change);
        }
    }

    #[test]
    fn text_outside_of_edits_is_untouched(drafts in drafts()) {
        let resolution = resolve(changes(&drafts));
        for (path, text) in texts(&resolution.accepted) {
            let made = edits_of(&resolution.accepted, Utf8Path::new(path));
            let touched = |at: usize| made.iter().any(|(range, _)| range.to_std_range().contains(&at));
            let kept = TEXT.char_indices().filter(|(at, _)| !touched(*at));
            let kept: String = kept.map(|(_, c)| c).collect();
            let left: String = text.chars().filter(|c| !('X'..='Z').contains(c)).collect();
            prop_assert_eq!(left, kept);
            let put: usize = made.iter().map(|(_, text)| text.len()).sum();
            prop_assert_eq!(text.chars().filter(|c| ('X'..='Z').contains(c)).count(), put);
        }
    }

    #[test]
    fn together_is_one_by_one(drafts in drafts()) {
        let resolution = resolve(changes(&drafts));
        for (path, together) in texts(&resolution.accepted) {
            let mut text = TEXT.to_owned();
            let mut made: Vec<(TextRange, String)> = Vec::new();
            for change in &resolution.accepted {
                for (range, new) in edits_of([change], Utf8Path::new(path)) {
                    if made.contains(&(range, new.clone())) {
                        continue;
                    }
                    let place = shifted(range, &made);
                    text.replace_range(place, &new);
                    made.push((range, new));
                }
            }
            prop_assert_eq!(text, together);
        }
    }

    #[test]
    fn the_same_change_twice_is_the_same_change(drafts in drafts()) {
        let once: Vec<_> = drafts.into_iter().filter(|(_, edits)| edits.iter().all(|edit| edit.0 < 2)).collect();
        let twice = [once.clone(), once.clone()].concat();
        let (once, twice) = (resolve(changes(&once)), resolve(changes(&twice)));
        prop_assert_eq!(texts(&once.accepted), texts(&twice.accepted));
        prop_assert_eq!(once.accepted.len() * 2, twice.accepted.len());
    }
}

/// Where `range` of the text before stands when `made` have been made: an insertion at a place goes before what
/// replaces the text there.
fn shifted(range: TextRange, made: &[(TextRange, String)]) -> std::ops::Range<usize> {
    let mut by = 0isize;
    for (other, text) in made {
        let is_before = other.end() <= range.start()
            && (other.start(), other.end()) < (range.start(), range.end());
        if is_before {
            by += text.len() as isize - usize::from(other.len()) as isize;
        }
    }
    let at = |offset: TextSize| (offset.to_usize() as isize + by) as usize;
    at(range.start())..at(range.end())
}
