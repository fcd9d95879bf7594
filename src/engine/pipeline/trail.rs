//! Where a place of a later round was before the codemod's own edits: what is said to people is about the text that
//! they have before them.

use std::sync::{Mutex, OnceLock};

use camino::Utf8Path;
use ruff_text_size::{TextRange, TextSize};
use rustc_hash::FxHashMap;

use super::Text;
use crate::kept::Kept;
use crate::problem::{LineColumn, Positions};

/// The edits that one codemod has made, round by round.
#[derive(Debug, Default)]
pub(super) struct Trail {
    files: FxHashMap<Box<str>, Steps>,
    /// The text that was asked about last, of a file that no edit was recorded for.
    last: Mutex<Option<(Text, Positions)>>,
}

#[derive(Debug)]
struct Steps {
    first: Text,
    positions: OnceLock<Positions>,
    /// For each round the edits, sorted.
    rounds: Vec<Vec<Edit>>,
}

/// One edit: what it replaced, and what it wrote in the text after it.
#[derive(Debug)]
struct Edit {
    old: TextRange,
    new: TextRange,
}

impl Trail {
    /// Note that `edits` (sorted) are made to `before`, the text of the file at `path`.
    pub(super) fn record(&mut self, path: &Utf8Path, before: Text, edits: &[(TextRange, String)]) {
        let steps = self.files.entry(path.as_str().into());
        let steps = steps.or_insert_with(|| Steps {
            first: before,
            positions: OnceLock::new(),
            rounds: Vec::new(),
        });
        steps.rounds.push(placed(edits));
    }

    /// What of the first text of the file at `path` survives in the text that it has now. Nothing is known of a file
    /// that no edit was recorded for.
    pub(super) fn kept(&self, path: &Utf8Path) -> Kept {
        let Some(steps) = self.files.get(path.as_str()) else {
            return Kept::default();
        };
        let mut length = steps.first.len();
        let mut whole = Kept::beside(length, std::iter::empty());
        for edits in &steps.rounds {
            let sizes = edits
                .iter()
                .map(|edit| (edit.old, edit.new.len().to_usize()));
            whole = whole.then(&Kept::beside(length, sizes));
            length = edits.iter().fold(length, |length, edit| {
                length - edit.old.len().to_usize() + edit.new.len().to_usize()
            });
        }
        whole
    }

    /// The position that the byte `offset` of the file at `path`, whose text is `now`, had in the first text.
    pub(super) fn position(&self, path: &Utf8Path, now: &Text, offset: TextSize) -> LineColumn {
        let Some(steps) = self.files.get(path.as_str()) else {
            return self.position_now(now, offset.to_usize());
        };
        let rounds = steps.rounds.iter().rev();
        let first = rounds.fold(offset, |offset, edits| back(offset, edits));
        let positions = steps.positions.get_or_init(|| Positions::of(&steps.first));
        positions.at(&steps.first, first.to_usize())
    }

    /// Where the byte `offset` of the file at `path` was in the first text; what an edit has written was where the edit
    /// begins.
    pub(super) fn origin(&self, path: &Utf8Path, offset: TextSize) -> TextSize {
        let rounds = self
            .files
            .get(path.as_str())
            .map_or(&[][..], |steps| &steps.rounds);
        let rounds = rounds.iter().rev();
        rounds.fold(offset, |offset, edits| back(offset, edits))
    }

    /// Where `range` of the file at `path` was in the first text; `None` when an edit has written in it, or so close
    /// that nobody can say which comes first.
    pub(super) fn untouched(&self, path: &Utf8Path, range: TextRange) -> Option<TextRange> {
        let rounds = self
            .files
            .get(path.as_str())
            .map_or(&[][..], |steps| &steps.rounds);
        let mut rounds = rounds.iter().rev();
        rounds.try_fold(range, |range, edits| back_untouched(range, edits))
    }

    /// The first text of the file at `path`; `None` when no edit was recorded for it.
    pub(super) fn first_text(&self, path: &Utf8Path) -> Option<&Text> {
        self.files.get(path.as_str()).map(|steps| &steps.first)
    }

    /// The first texts of the files that were edited, in no order.
    pub(super) fn first_texts(&self) -> impl Iterator<Item = (&Utf8Path, &Text)> {
        let files = self.files.iter();
        files.map(|(path, steps)| (Utf8Path::new(&**path), &steps.first))
    }

    /// The byte of the position `at` in `text`.
    pub(super) fn offset_of(&self, text: &Text, at: LineColumn) -> usize {
        self.with_positions(text, |positions| positions.offset(text, at))
    }

    /// The position of the byte `offset` in `text`.
    pub(super) fn position_now(&self, text: &Text, offset: usize) -> LineColumn {
        self.with_positions(text, |positions| positions.at(text, offset))
    }

    fn with_positions<T>(&self, text: &Text, ask: impl FnOnce(&Positions) -> T) -> T {
        let Ok(mut last) = self.last.lock() else {
            return ask(&Positions::of(text));
        };
        match &*last {
            Some((known, positions)) if Text::ptr_eq(known, text) => ask(positions),
            _ => {
                let positions = Positions::of(text);
                let answer = ask(&positions);
                *last = Some((text.clone(), positions));
                answer
            }
        }
    }
}

/// `edits` (sorted) with the places of what they wrote.
fn placed(edits: &[(TextRange, String)]) -> Vec<Edit> {
    let (mut old, mut new) = (TextSize::default(), TextSize::default());
    let edits = edits.iter().map(|(range, replacement)| {
        let start = new + (range.start() - old);
        let written = TextRange::at(start, TextSize::of(replacement.as_str()));
        (old, new) = (range.end(), written.end());
        Edit {
            old: *range,
            new: written,
        }
    });
    edits.collect()
}

/// Where the byte `offset` of a text was before `edits` (sorted) made that text. What an edit has written was where
/// the edit begins.
fn back(offset: TextSize, edits: &[Edit]) -> TextSize {
    let behind = edits.partition_point(|edit| edit.new.start() <= offset);
    let Some(edit) = behind.checked_sub(1).map(|last| &edits[last]) else {
        return offset;
    };
    match offset < edit.new.end() {
        true => edit.old.start(),
        false => edit.old.end() + (offset - edit.new.end()),
    }
}

/// Where `range` was before `edits` (sorted) made the text; `None` when it touches what they have written.
fn back_untouched(range: TextRange, edits: &[Edit]) -> Option<TextRange> {
    let touches = |edit: &Edit| {
        let (start, end) = (edit.new.start(), edit.new.end());
        match range.is_empty() {
            // Nobody can say on which side of what was written, or taken out, it would stand.
            true => start <= range.end() && range.start() <= end,
            false => start < range.end() && range.start() < end,
        }
    };
    let first = edits.partition_point(|edit| edit.new.end() < range.start());
    let mut near = edits[first..]
        .iter()
        .take_while(|edit| edit.new.start() <= range.end());
    if near.any(touches) {
        return None;
    }
    let start = back(range.start(), edits);
    Some(TextRange::at(start, range.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_led_back_through_edits() {
        let range = |start: u32, end: u32| TextRange::new(start.into(), end.into());
        // "abcdef" -> "XYabef"
        let edits = placed(&[(range(0, 0), "XY".to_owned()), (range(2, 4), String::new())]);
        let old: Vec<u32> = (0..6)
            .map(|at| back(TextSize::new(at), &edits).to_u32())
            .collect();
        assert_eq!(old, [0, 0, 0, 1, 4, 5]);
        let untouched = |start, end| {
            let range = back_untouched(range(start, end), &edits)?;
            Some((range.start().to_u32(), range.end().to_u32()))
        };
        assert_eq!(untouched(2, 3), Some((0, 1)));
        assert_eq!(untouched(3, 3), Some((1, 1)));
        assert_eq!(untouched(5, 6), Some((5, 6)));
        assert_eq!(untouched(2, 4), Some((0, 2)));
        assert_eq!(untouched(4, 5), Some((4, 5)));
        for (start, end) in [(0, 3), (1, 1), (2, 2), (3, 5), (4, 4)] {
            assert_eq!(untouched(start, end), None, "{start}..{end}");
        }
    }
}
