//! Where edits put things: ranges of the old text and of the new one.

use ruff_text_size::{TextRange, TextSize};

use crate::imports::TextEdit;

/// `ranges` sorted, those that overlap as one.
pub(super) fn merged(ranges: impl Iterator<Item = TextRange>) -> Vec<TextRange> {
    let mut all: Vec<TextRange> = ranges.collect();
    all.sort_by_key(|range| (range.start(), range.end()));
    let mut merged: Vec<TextRange> = Vec::with_capacity(all.len());
    for range in all {
        match merged.last_mut() {
            Some(last) if range.start() < last.end() => *last = last.cover(range),
            _ => merged.push(range),
        }
    }
    merged
}

/// Where the text of each of `edits` stands once all of them are made.
pub(super) fn written(edits: &[TextEdit]) -> Vec<TextRange> {
    let (mut old, mut new) = (TextSize::default(), TextSize::default());
    let mut place = |(range, text): &TextEdit| {
        let written = TextRange::at(new + (range.start() - old), TextSize::of(text.as_str()));
        (old, new) = (range.end(), written.end());
        written
    };
    edits.iter().map(&mut place).collect()
}

/// Where `range` stands once `edits`, whose texts then stand at `written`, are made. An end of it that lies within an
/// edit goes to that end of what the edit has written.
pub(super) fn moved(edits: &[TextEdit], written: &[TextRange], range: TextRange) -> TextRange {
    let place = |at: TextSize| {
        let before = edits.partition_point(|(edit, _)| edit.end() <= at);
        if let Some((_, new)) = edits
            .get(before)
            .zip(written.get(before))
            .filter(|(edit, _)| edit.0.start() < at)
        {
            return *new;
        }
        let last = before
            .checked_sub(1)
            .and_then(|last| edits.get(last).zip(written.get(last)));
        let shifted = last.map_or(at, |((old, _), new)| new.end() + (at - old.end()));
        TextRange::empty(shifted)
    };
    let (start, end) = (place(range.start()).start(), place(range.end()).end());
    TextRange::new(start.min(end), end)
}

/// Whether one of `ranges` (sorted, without overlaps) overlaps `range`, or stands within it.
pub(super) fn touches(ranges: &[TextRange], range: TextRange) -> bool {
    let before = ranges.partition_point(|one| one.start() < range.end());
    ranges[..before]
        .last()
        .is_some_and(|one| one.end() > range.start())
}
