//! A new string in brackets: arrays of TOML, lists and tuples of Python. One line stays one line, several stay several.

use std::ops::Range;

use super::addition::{Beside, Edits, above_first, beside, quote};
use super::model::Entry;
use super::text::{indentation, line_end, line_start, newline_at};

/// The edits that bring `new` into the brackets `outer`. `None` when what stands between the entries is more than
/// commas, blanks and comments.
pub(super) fn edits(
    text: &str,
    outer: &Range<usize>,
    entries: &[Entry],
    name: &str,
    new: &str,
) -> Option<Edits> {
    let ranges: Vec<_> = entries.iter().map(|entry| entry.range.clone()).collect();
    let quote = quote(text, &ranges);
    let list = Brackets {
        text,
        outer,
        entries: &ranges,
        item: format!("{quote}{new}{quote}"),
    };
    if entries.is_empty() {
        return list.first();
    }
    match beside(text, entries, name, new) {
        Beside::Before(index) => list.before(index),
        Beside::After(index) => list.after(index),
    }
}

struct Brackets<'a> {
    text: &'a str,
    outer: &'a Range<usize>,
    entries: &'a [Range<usize>],
    /// The new entry, quoted.
    item: String,
}

/// What stands between two entries.
#[derive(Default)]
struct Gap {
    comma: Option<usize>,
    /// The first newline.
    line_end: Option<usize>,
}

impl Brackets<'_> {
    /// The only entry of all.
    fn first(&self) -> Option<Edits> {
        let inside = self.outer.start + 1..self.outer.end - 1;
        self.gap(inside.clone()).filter(|gap| gap.comma.is_none())?;
        let content = &self.text[inside.clone()];
        if !content.contains(['\n', '\r']) {
            return Some(vec![(inside, self.item.clone())]);
        }
        let at = inside.start + content.trim_end().len();
        let comment = content.trim_start().starts_with('#');
        let indent = match comment && at > line_end(self.text, inside.start) {
            true => indentation(self.text, at).to_owned(),
            false => format!("{}    ", indentation(self.text, self.outer.start)),
        };
        let (item, newline) = (&self.item, newline_at(self.text, at));
        Some(vec![(at..at, format!("{newline}{indent}{item},"))])
    }

    fn after(&self, index: usize) -> Option<Edits> {
        let item = &self.item;
        let end = self.entries[index].end;
        let newline = newline_at(self.text, end);
        let gap = self.gap(end..self.next_start(index))?;
        let is_last = index + 1 == self.entries.len();
        let indent = self.indent(index);
        Some(match (gap.line_end, gap.comma) {
            (Some(line), Some(comma)) if comma < line => {
                vec![(line..line, format!("{newline}{indent}{item},"))]
            }
            // Two insertions at one place have no order.
            (Some(line), None) if line == end => {
                vec![(end..end, format!(",{newline}{indent}{item}"))]
            }
            (Some(line), None) => vec![
                (end..end, ",".to_owned()),
                (line..line, format!("{newline}{indent}{item}")),
            ],
            // The closing bracket stands on the line of the last entry, which starts that line.
            (None, Some(comma)) if is_last && self.starts_line(index) => {
                vec![(comma + 1..comma + 1, format!("{newline}{indent}{item},"))]
            }
            (None, None) if is_last && self.starts_line(index) => {
                vec![(end..end, format!(",{newline}{indent}{item}"))]
            }
            _ => vec![(end..end, format!("{}{item}", self.separator()))],
        })
    }

    fn before(&self, index: usize) -> Option<Edits> {
        let item = &self.item;
        let start = self.entries[index].start;
        self.gap(self.outer.start + 1..start)?;
        let gap = self.gap(self.entries[index].end..self.next_start(index))?;
        if self.starts_line(index) {
            let line = line_start(self.text, start);
            let floor = self.line_below(self.outer.start);
            let others: Vec<usize> = (0..self.entries.len())
                .filter(|other| *other != index)
                .map(|other| line_start(self.text, self.entries[other].start))
                .filter(|other| *other > line)
                .collect();
            let at = above_first(self.text, line, floor.min(line), &others);
            let indent = indentation(self.text, start);
            let newline = newline_at(self.text, at);
            return Some(vec![(at..at, format!("{indent}{item},{newline}"))]);
        }
        let below = (0..self.entries.len()).find(|other| self.starts_line(*other));
        Some(match (below, gap.line_end) {
            (Some(_), Some(_)) => {
                let indent = self.indent(index);
                let newline = newline_at(self.text, start);
                vec![(start..start, format!("{item},{newline}{indent}"))]
            }
            _ => vec![(start..start, format!("{item}{}", self.separator()))],
        })
    }

    /// Where the entry behind the one at `index` starts, or the closing bracket.
    fn next_start(&self, index: usize) -> usize {
        let next = self.entries.get(index + 1);
        next.map_or(self.outer.end - 1, |next| next.start)
    }

    fn gap(&self, range: Range<usize>) -> Option<Gap> {
        let mut gap = Gap::default();
        let mut in_comment = false;
        for (at, c) in self.text.get(range.clone())?.char_indices() {
            let at = range.start + at;
            match c {
                '\n' | '\r' => {
                    in_comment = false;
                    gap.line_end.get_or_insert(at);
                }
                _ if in_comment => {}
                '#' => in_comment = true,
                ',' if gap.comma.is_none() => gap.comma = Some(at),
                c if c.is_whitespace() => {}
                _ => return None,
            }
        }
        Some(gap)
    }

    /// The comma and the blanks between entries on one line.
    fn separator(&self) -> &str {
        let between = self
            .entries
            .windows(2)
            .map(|pair| &self.text[pair[0].end..pair[1].start])
            .find(|between| !between.contains(['\n', '\r', '#']));
        between.unwrap_or(", ")
    }

    fn starts_line(&self, index: usize) -> bool {
        let start = self.entries[index].start;
        self.text[line_start(self.text, start)..start]
            .trim()
            .is_empty()
    }

    fn line_below(&self, offset: usize) -> usize {
        let end = line_end(self.text, offset);
        let rest = &self.text[end..];
        end + match rest.starts_with("\r\n") {
            true => 2,
            false => 1.min(rest.len()),
        }
    }

    /// The blanks before a new line next to the entry at `index`.
    fn indent(&self, index: usize) -> String {
        let mut candidates = std::iter::once(index).chain(0..self.entries.len());
        match candidates.find(|candidate| self.starts_line(*candidate)) {
            Some(entry) => indentation(self.text, self.entries[entry].start).to_owned(),
            None => format!("{}    ", indentation(self.text, self.outer.start)),
        }
    }
}
