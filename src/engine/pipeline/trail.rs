//! Where a place of a later round was before the codemod's own edits: what is said to people is about the text that
//! they have before them.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};

use camino::{Utf8Path, Utf8PathBuf};
use ruff_text_size::{TextRange, TextSize};

use super::Text;
use crate::kept::Kept;
use crate::problem::{LineColumn, Positions};

/// The edits that one codemod has made, round by round.
#[derive(Debug, Default)]
pub(super) struct Trail {
    files: BTreeMap<Utf8PathBuf, Steps>,
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
        let steps = self.files.entry(path.to_owned()).or_insert_with(|| Steps {
            first: before,
            positions: OnceLock::new(),
            rounds: Vec::new(),
        });
        steps.rounds.push(placed(edits));
    }

    /// What of the first text of the file at `path` survives in the text that it has now. Nothing is known of a file
    /// that no edit was recorded for.
    pub(super) fn kept(&self, path: &Utf8Path) -> Kept {
        let Some(steps) = self.files.get(path) else {
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
        let Some(steps) = self.files.get(path) else {
            return self.position_now(now, offset.to_usize());
        };
        let rounds = steps.rounds.iter().rev();
        let first = rounds.fold(offset, |offset, edits| back(offset, edits));
        let positions = steps.positions.get_or_init(|| Positions::of(&steps.first));
        positions.at(&steps.first, first.to_usize())
    }

    fn position_now(&self, text: &Text, offset: usize) -> LineColumn {
        let Ok(mut last) = self.last.lock() else {
            return LineColumn::of(text, offset);
        };
        match &*last {
            Some((known, positions)) if Text::ptr_eq(known, text) => positions.at(text, offset),
            _ => {
                let positions = Positions::of(text);
                let at = positions.at(text, offset);
                *last = Some((text.clone(), positions));
                at
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
    }
}
