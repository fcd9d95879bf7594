//! Comments that an edit would lose, or take away from what they are about.
//!
//! Comments are counted by their text, over the module and in what each change takes out and puts in: one that is lost
//! is not made good by an equal one that another change writes twice. A comment that tools act on (`# noqa`, `# type:`)
//! is about the code on its line, so that code stays there: what no edit touches of the line is the same as before.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_trivia::CommentRanges;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::edits;
use super::tree::{Read, is_code};
use crate::change::{Change, FileEdit};
use crate::imports::TextEdit;

/// What the comments of tools begin with, behind `#` and white space.
const TOOLS: &[&str] = &[
    "flake8:", "fmt:", "isort:", "mypy:", "noqa", "nosec", "pragma", "pylint:", "pyre-",
    "pyright:", "ruff:", "type:", "yapf:",
];

/// The comments of a module before and after `edits` (sorted, without overlaps).
pub(super) struct Comments<'a> {
    before: Side<'a>,
    after: Side<'a>,
    edits: &'a [TextEdit],
    /// What they replace.
    replaced: Vec<TextRange>,
    /// Where the edits' texts stand in the new text.
    written: Vec<TextRange>,
}

#[derive(Clone, Copy)]
struct Side<'a> {
    read: Read<'a>,
    ranges: &'a CommentRanges,
}

impl<'a> Side<'a> {
    /// The comment at `range`, without white space behind it.
    fn text(&self, range: TextRange) -> &'a str {
        self.read.text[range].trim_end()
    }

    /// How often each comment stands in `ranges`.
    fn count(&self, ranges: impl Iterator<Item = TextRange>) -> BTreeMap<&'a str, usize> {
        let mut all = BTreeMap::new();
        for range in ranges {
            *all.entry(self.text(range)).or_default() += 1;
        }
        all
    }

    /// The comments that overlap `range`.
    fn within(&self, range: TextRange) -> impl Iterator<Item = TextRange> + use<'a> {
        let comments: &'a [TextRange] = self.ranges;
        let first = comments.partition_point(|comment| comment.end() <= range.start());
        let overlapping = comments[first..].iter().copied();
        overlapping.take_while(move |comment| comment.start() < range.end())
    }

    /// The code in front of the comment that starts at `at`, on its line.
    fn code_before(&self, at: TextSize) -> Vec<TextRange> {
        let head = &self.read.text[..at.to_usize()];
        let line = TextSize::of(&head[..head.rfind(['\n', '\r']).map_or(0, |newline| newline + 1)]);
        let tokens: &[_] = self.read.tokens;
        let until = tokens.partition_point(|token| token.start() < at);
        let on_line = tokens[..until]
            .iter()
            .rev()
            .take_while(|token| token.end() > line);
        let code = on_line.filter(|token| is_code(token.kind()));
        code.map(Ranged::range).collect()
    }
}

impl<'a> Comments<'a> {
    pub(super) fn of(
        (before, old): (Read<'a>, &'a CommentRanges),
        (after, new): (Read<'a>, &'a CommentRanges),
        edits: &'a [TextEdit],
    ) -> Self {
        Self {
            before: Side {
                read: before,
                ranges: old,
            },
            after: Side {
                read: after,
                ranges: new,
            },
            edits,
            replaced: edits.iter().map(|edit| edit.0).collect(),
            written: edits::written(edits),
        }
    }

    /// Check the comments of the module whose changes are `changes`.
    ///
    /// # Errors
    /// The first comment that is lost or leaves its code, as a reason.
    pub(super) fn check(&self, changes: &[&Change]) -> Result<(), String> {
        let kept = self.after.count(self.after.ranges.iter().copied());
        lost(
            &self.before.count(self.before.ranges.iter().copied()),
            &kept,
        )?;
        for change in changes {
            self.exchanged(change)?;
        }
        let after: BTreeSet<TextSize> = self.after.ranges.iter().map(Ranged::start).collect();
        for comment in self.before.ranges {
            self.stays(comment, &after)?;
        }
        Ok(())
    }

    /// Check that `change` itself puts in what it takes out. Imports that it moves are put in by an edit that changes
    /// share; what those hold is only counted over the module.
    fn exchanged(&self, change: &Change) -> Result<(), String> {
        if !change.places.is_empty() {
            return Ok(());
        }
        let (mut taken, mut put) = (Vec::new(), Vec::new());
        for edit in &change.edits {
            let FileEdit::Text { range, .. } = edit else {
                continue;
            };
            let order = |other: &TextEdit| {
                (other.0.start(), other.0.end()).cmp(&(range.start(), range.end()))
            };
            if let Ok(at) = self.edits.binary_search_by(order) {
                taken.extend(self.before.within(*range));
                put.extend(self.after.within(self.written[at]));
            }
        }
        lost(
            &self.before.count(taken.into_iter()),
            &self.after.count(put.into_iter()),
        )
    }

    /// Check that `comment`, unless an edit touches it, is a comment afterwards (they start at `after`), and behind
    /// the same code when tools act on it.
    fn stays(&self, comment: TextRange, after: &BTreeSet<TextSize>) -> Result<(), String> {
        if edits::touches(&self.replaced, comment) {
            return Ok(());
        }
        let text = self.before.text(comment);
        let start =
            edits::moved(self.edits, &self.written, TextRange::empty(comment.start())).end();
        if !after.contains(&start) {
            return Err(format!("the comment `{text}` would be lost"));
        }
        if !is_for_tools(text) {
            return Ok(());
        }
        let old = self.before.code_before(comment.start());
        let new = self.after.code_before(start);
        let untouched = old
            .iter()
            .filter(|token| !edits::touches(&self.replaced, **token));
        let there = new
            .iter()
            .filter(|token| !edits::touches(&self.written, **token));
        let same = old.is_empty() == new.is_empty()
            && untouched
                .map(|token| &self.before.read.text[*token])
                .eq(there.map(|token| &self.after.read.text[*token]));
        match same {
            true => Ok(()),
            false => Err(format!(
                "the comment `{text}` would stand behind other code"
            )),
        }
    }
}

/// # Errors
/// The first comment that stands more often in `before` than in `after`.
fn lost(before: &BTreeMap<&str, usize>, after: &BTreeMap<&str, usize>) -> Result<(), String> {
    let mut lost = before.iter();
    match lost.find(|(comment, count)| after.get(*comment).unwrap_or(&0) < count) {
        Some((comment, _)) => Err(format!("the comment `{comment}` would be lost")),
        None => Ok(()),
    }
}

fn is_for_tools(comment: &str) -> bool {
    let mut parts = comment.split('#').map(str::trim_start);
    parts.any(|part| {
        TOOLS
            .iter()
            .any(|tool| part.to_ascii_lowercase().starts_with(tool))
    })
}

#[cfg(test)]
mod tests;
