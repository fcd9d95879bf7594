//! Which of the proposed changes can be made together.
//!
//! Changes are taken in the order of their places, whatever the order they were proposed in. A change is all or
//! nothing: if one of its edits overlaps an edit of a change taken before, the whole change waits for the next round.
//! Identical edits are one edit.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use camino::Utf8Path;
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxHashMap;

use crate::change::{Change, FileEdit, Span};

/// Changes that go together, and those that have to wait.
#[derive(Debug, Default)]
pub(crate) struct Resolution {
    pub(crate) accepted: Vec<Change>,
    pub(crate) deferred: Vec<Change>,
}

/// The edits of one file, by start. At one place an insertion comes before a replacement.
#[derive(Debug, Default)]
struct Intervals(BTreeMap<(TextSize, TextSize), String>);

impl Intervals {
    /// Whether an edit of `range` by `text` can stand beside what is there. Touching is no overlap, except that two
    /// insertions at one place have no order.
    fn admits(&self, range: TextRange, text: &str) -> bool {
        let before = self
            .0
            .range(..(range.start(), TextSize::default()))
            .next_back();
        if before.is_some_and(|((_, end), _)| *end > range.start()) {
            return false;
        }
        let last = TextSize::new(u32::MAX);
        for ((start, end), other) in self
            .0
            .range((range.start(), TextSize::default())..=(range.end(), last))
        {
            let same = (*start, *end) == (range.start(), range.end());
            let touches = *start == range.end() || *end == range.start();
            match same {
                true if other == text => {}
                true => return false,
                false if touches => {}
                false => return false,
            }
        }
        true
    }

    fn insert(&mut self, range: TextRange, text: &str) {
        self.0.insert((range.start(), range.end()), text.to_owned());
    }
}

/// What is done to one file.
#[derive(Debug)]
enum Taken {
    Edits(Intervals),
    Creation,
}

/// Take as many of `changes` as go together.
pub(crate) fn resolve(mut changes: Vec<Change>) -> Resolution {
    changes.sort_by(order);
    let mut taken: FxHashMap<String, Taken> = FxHashMap::default();
    let mut resolution = Resolution::default();
    for change in changes {
        let known = |edit: &FileEdit| taken.get(edit.path().as_str());
        let free = change.edits.iter().all(|edit| match (edit, known(edit)) {
            (_, None) => true,
            (
                FileEdit::Text {
                    range, replacement, ..
                },
                Some(Taken::Edits(intervals)),
            ) => intervals.admits(*range, replacement),
            (_, Some(_)) => false,
        });
        if !free || overlaps_itself(&change) {
            resolution.deferred.push(change);
            continue;
        }
        take(&change, &mut taken);
        resolution.accepted.push(change);
    }
    resolution
}

fn take(change: &Change, taken: &mut FxHashMap<String, Taken>) {
    for edit in &change.edits {
        let path = edit.path().to_string();
        match edit {
            FileEdit::Create { .. } => drop(taken.insert(path, Taken::Creation)),
            FileEdit::Text {
                range, replacement, ..
            } => {
                let known = taken.entry(path);
                let known = known.or_insert_with(|| Taken::Edits(Intervals::default()));
                if let Taken::Edits(intervals) = known {
                    intervals.insert(*range, replacement);
                }
            }
        }
    }
}

/// By place, then by title; what still is equal, by the edits, so that no order of proposals decides.
fn order(a: &Change, b: &Change) -> Ordering {
    let places = (&a.at, &a.title).cmp(&(&b.at, &b.title));
    places.then_with(|| a.edits.iter().map(key).cmp(b.edits.iter().map(key)))
}

fn key(edit: &FileEdit) -> (&str, Option<Span>, &str) {
    match edit {
        FileEdit::Text {
            path,
            range,
            replacement,
        } => (path.as_str(), Some((*range).into()), replacement),
        FileEdit::Create { path, content } => (path.as_str(), None, content),
    }
}

/// Whether two edits of `change` cannot stand beside each other: nobody could say what it asks for.
fn overlaps_itself(change: &Change) -> bool {
    if change.edits.len() < 2 {
        return false;
    }
    let mut keys: Vec<_> = change.edits.iter().map(key).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.windows(2).any(|pair| {
        let [(path, before, _), (other, after, _)] = pair else {
            return false;
        };
        let beside = match (before, after) {
            (Some(before), Some(after)) => before.end <= after.start && before != after,
            _ => false,
        };
        path == other && !beside
    })
}

/// The edits that `changes` make to the file at `path`: sorted, each once.
pub(crate) fn edits_of<'a>(
    changes: impl IntoIterator<Item = &'a Change>,
    path: &Utf8Path,
) -> Vec<(TextRange, String)> {
    let mut edits: Vec<(TextRange, String)> = changes
        .into_iter()
        .flat_map(|change| &change.edits)
        .filter_map(|edit| match edit {
            FileEdit::Text {
                path: file,
                range,
                replacement,
            } if file.as_str() == path.as_str() => Some((*range, replacement.clone())),
            _ => None,
        })
        .collect();
    sort(&mut edits);
    edits
}

/// Sort `edits` by place and drop repeated ones.
pub(crate) fn sort(edits: &mut Vec<(TextRange, String)>) {
    edits.sort_by(|a, b| (a.0.start(), a.0.end(), &a.1).cmp(&(b.0.start(), b.0.end(), &b.1)));
    edits.dedup();
}

/// `text` with `edits` (sorted, without overlaps) made.
pub(crate) fn apply(text: &str, edits: &[(TextRange, String)]) -> String {
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    for (range, replacement) in edits {
        let (start, end) = (range.start().to_usize(), range.end().to_usize());
        result.push_str(&text[at..start.max(at)]);
        result.push_str(replacement);
        at = end.max(at);
    }
    result.push_str(&text[at..]);
    result
}

/// Whether a CR and an LF that were apart in `text` stand side by side when `edits` (sorted, without overlaps) are made:
/// two newlines would become one.
pub(crate) fn joins_newlines(text: &str, edits: &[(TextRange, String)]) -> bool {
    let mut ends_with_cr = false;
    let mut at = 0;
    let mut joins = |piece: &str| {
        let joined = ends_with_cr && piece.starts_with('\n');
        ends_with_cr = piece.ends_with('\r') || piece.is_empty() && ends_with_cr;
        joined
    };
    for (range, replacement) in edits {
        let kept = text.get(at..range.start().to_usize()).unwrap_or_default();
        if joins(kept) || joins(replacement) {
            return true;
        }
        at = range.end().to_usize();
    }
    joins(text.get(at..).unwrap_or_default())
}

/// Whether no two of `edits` (sorted) overlap.
pub(crate) fn is_disjoint(edits: &[(TextRange, String)]) -> bool {
    edits
        .windows(2)
        .all(|pair| pair[0].end() <= pair[1].start())
}

trait End {
    fn end(&self) -> TextSize;
    fn start(&self) -> TextSize;
}

impl End for (TextRange, String) {
    fn end(&self) -> TextSize {
        Ranged::end(&self.0)
    }
    fn start(&self) -> TextSize {
        Ranged::start(&self.0)
    }
}

#[cfg(test)]
mod properties;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::Changes;

    fn change(edits: &[(u32, u32, &str)]) -> Change {
        let changes = Changes::new("test", Utf8Path::new("/a.py"));
        let range = |start, end| TextRange::new(TextSize::new(start), TextSize::new(end));
        let mut change = changes.draft(range(edits[0].0, edits[0].1), "t");
        for &(start, end, text) in edits {
            change.replace(range(start, end), text);
        }
        change
    }

    fn counts(changes: Vec<Change>) -> (usize, usize) {
        let resolution = resolve(changes);
        (resolution.accepted.len(), resolution.deferred.len())
    }

    #[test]
    fn overlapping_changes_wait_whole() {
        assert_eq!(
            counts(vec![
                change(&[(0, 4, "x"), (9, 9, "y")]),
                change(&[(2, 6, "z"), (20, 21, "")])
            ]),
            (1, 1)
        );
        assert_eq!(
            counts(vec![change(&[(0, 9, "x")]), change(&[(3, 3, "y")])]),
            (1, 1)
        );
        assert_eq!(
            counts(vec![change(&[(5, 5, "a")]), change(&[(5, 5, "b")])]),
            (1, 1)
        );
    }

    #[test]
    fn newlines_that_would_become_one_are_found() {
        let joins = |text: &str, edits: &[(u32, u32, &str)]| {
            let change = change(edits);
            joins_newlines(text, &edits_of([&change], Utf8Path::new("/a.py")))
        };
        assert!(joins("a\rb\n\nc", &[(2, 4, "")]));
        assert!(joins("a\rb\n\nc", &[(2, 3, ""), (3, 4, "")]));
        assert!(joins("ab\n", &[(1, 2, "\r")]));
        assert!(!joins("a\r\nb\r\nc", &[(3, 6, "")]));
        assert!(!joins("a\rb\r\rc", &[(2, 4, "")]));
        assert!(!joins("a\nb\r\r\nc", &[(2, 4, "")]));
        assert!(!joins("a\r\nb", &[(1, 1, "x"), (3, 4, "y")]));
    }

    #[test]
    fn touching_and_identical_edits_go_together() {
        assert_eq!(
            counts(vec![change(&[(0, 4, "x")]), change(&[(4, 6, "y")])]),
            (2, 0)
        );
        assert_eq!(
            counts(vec![
                change(&[(0, 1, ""), (9, 9, "i")]),
                change(&[(3, 4, ""), (9, 9, "i")])
            ]),
            (2, 0)
        );
        let all = resolve(vec![
            change(&[(0, 1, "A"), (3, 3, "i")]),
            change(&[(2, 3, "B"), (3, 3, "i")]),
        ]);
        let edits = edits_of(&all.accepted, Utf8Path::new("/a.py"));
        assert!(is_disjoint(&edits));
        assert_eq!(apply("abcd", &edits), "AbBid");
    }
}
