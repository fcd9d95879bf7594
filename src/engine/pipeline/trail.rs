//! Where a place of a later round was before the codemod's own edits: what is said to people is about the text that
//! they have before them.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::Text;
use crate::kept::Kept;
use crate::problem::LineColumn;

/// The edits that one codemod has made, round by round.
#[derive(Debug, Default)]
pub(super) struct Trail(BTreeMap<Utf8PathBuf, Steps>);

#[derive(Debug)]
struct Steps {
    first: Text,
    /// For each round the edits, sorted.
    rounds: Vec<Vec<(TextRange, String)>>,
}

impl Trail {
    /// Note that `edits` (sorted) are made to `before`, the text of the file at `path`.
    pub(super) fn record(
        &mut self,
        path: &Utf8Path,
        before: Text,
        edits: Vec<(TextRange, String)>,
    ) {
        let steps = self.0.entry(path.to_owned()).or_insert_with(|| Steps {
            first: before,
            rounds: Vec::new(),
        });
        steps.rounds.push(edits);
    }

    /// What of the first text of the file at `path` survives in the text that it has now. Nothing is known of a file
    /// that no edit was recorded for.
    pub(super) fn kept(&self, path: &Utf8Path) -> Kept {
        let Some(steps) = self.0.get(path) else {
            return Kept::default();
        };
        let mut length = steps.first.len();
        let mut whole = Kept::by_edits(length, &[]);
        for edits in &steps.rounds {
            whole = whole.then(&Kept::by_edits(length, edits));
            let removed: usize = edits.iter().map(|(range, _)| range.len().to_usize()).sum();
            let added: usize = edits.iter().map(|(_, text)| text.len()).sum();
            length = length - removed + added;
        }
        whole
    }

    /// The position that the byte `offset` of the file at `path`, whose text is `now`, had in the first text.
    pub(super) fn position(&self, path: &Utf8Path, now: &str, offset: TextSize) -> LineColumn {
        let Some(steps) = self.0.get(path) else {
            return LineColumn::of(now, offset.to_usize());
        };
        let rounds = steps.rounds.iter().rev();
        let first = rounds.fold(offset, |offset, edits| back(offset, edits));
        LineColumn::of(&steps.first, first.to_usize())
    }
}

/// Where the byte `offset` of a text was before `edits` (sorted) made that text. What an edit has written was where
/// the edit begins.
fn back(offset: TextSize, edits: &[(TextRange, String)]) -> TextSize {
    let (mut old, mut new) = (TextSize::default(), TextSize::default());
    for (range, replacement) in edits {
        let start = new + (range.start() - old);
        if offset < start {
            break;
        }
        let end = start + TextSize::of(replacement.as_str());
        if offset < end {
            return range.start();
        }
        (old, new) = (Ranged::end(range), end);
    }
    old + (offset - new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_led_back_through_edits() {
        let range = |start: u32, end: u32| TextRange::new(start.into(), end.into());
        // "abcdef" -> "XYabef"
        let edits = [(range(0, 0), "XY".to_owned()), (range(2, 4), String::new())];
        let old: Vec<u32> = (0..6)
            .map(|at| back(TextSize::new(at), &edits).to_u32())
            .collect();
        assert_eq!(old, [0, 0, 0, 1, 4, 5]);
    }
}
