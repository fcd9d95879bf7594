//! The words that differ between the lines that were and the lines that are. For the eye.
//!
//! Words are compared in small replacements only: nobody reads a long one word by word, and comparing takes up to the
//! square of the words. A larger replacement of as many lines as it removes is compared line by line.

use similar::{ChangeTag, DiffOp, InlineChangeOptions, TextDiff};

use super::{Line, LineKind, Part};

/// Bytes of both sides that are compared word by word.
const BYTES: usize = 2_048;

/// Lines of both sides that are compared at once.
const LINES: usize = 64;

/// The lines `old`, removed, and then `new`, added.
pub(super) fn marked<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Line<'t>> {
    if is_small(old, new) {
        return compared(old, new);
    }
    if old.len() != new.len() {
        return plain(old, new).collect();
    }
    let pairs = old.iter().zip(new);
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    for (old, new) in pairs {
        let (old, new) = (std::slice::from_ref(old), std::slice::from_ref(new));
        let lines = match is_small(old, new) {
            true => compared(old, new),
            false => plain(old, new).collect(),
        };
        for line in lines {
            match line.kind {
                LineKind::Added => added.push(line),
                _ => removed.push(line),
            }
        }
    }
    removed.append(&mut added);
    removed
}

fn is_small(old: &[&str], new: &[&str]) -> bool {
    let lines = old.len() + new.len();
    lines <= LINES && old.iter().chain(new).map(|line| line.len()).sum::<usize>() <= BYTES
}

fn plain<'t>(old: &[&'t str], new: &[&'t str]) -> impl Iterator<Item = Line<'t>> {
    let removed = old.iter().map(|text| Line::whole(LineKind::Removed, text));
    removed.chain(new.iter().map(|text| Line::whole(LineKind::Added, text)))
}

fn compared<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Line<'t>> {
    if old.is_empty() || new.is_empty() {
        return plain(old, new).collect();
    }
    let diff = TextDiff::from_slices(old, new);
    let whole = DiffOp::Replace {
        old_index: 0,
        old_len: old.len(),
        new_index: 0,
        new_len: new.len(),
    };
    let options = InlineChangeOptions::new();
    let changes = diff.iter_inline_changes_with_options_deadline(&whole, options, None);
    let lines = changes.filter_map(|change| {
        let (kind, text) = match change.tag() {
            ChangeTag::Insert => (LineKind::Added, new.get(change.new_index()?)?),
            _ => (LineKind::Removed, old.get(change.old_index()?)?),
        };
        let pieces = change.values().iter();
        let pieces = pieces.map(|(changed, piece)| (*changed, piece.len()));
        Some(Line {
            kind,
            parts: parts(text, pieces),
        })
    });
    lines.collect()
}

/// `text` cut into pieces of these lengths.
fn parts(mut text: &str, pieces: impl Iterator<Item = (bool, usize)>) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    for (changed, length) in pieces {
        let Some((piece, rest)) = text.split_at_checked(length) else {
            break;
        };
        parts.push(Part {
            text: piece,
            changed,
        });
        text = rest;
    }
    if !text.is_empty() {
        parts.push(Part {
            text,
            changed: false,
        });
    }
    parts
}
