//! A new entry in a list with one entry per line: files for pip, values in INI files, tables of names in TOML.

use super::addition::{Beside, Edits, NewRequirement, above_first, beside, quote};
use super::model::{Entry, LineStyle};
use super::text::{indentation, line_end, line_start, lines, newline_at};

pub(super) fn edits(
    text: &str,
    entries: &[Entry],
    empty_at: usize,
    style: &LineStyle,
    wanted: &NewRequirement<'_>,
) -> Edits {
    let new = written(text, entries, style, wanted);
    if entries.is_empty() {
        return vec![first(text, empty_at, style, &new)];
    }
    match beside(text, entries, wanted.name, &new) {
        Beside::After(index) => {
            let at = entry_end(text, &entries[index], style);
            let indent = indent(text, entries, index, style);
            let newline = newline_at(text, at);
            vec![(at..at, format!("{newline}{indent}{new}"))]
        }
        Beside::Before(index) => {
            let entry = &entries[index];
            let indent = indent(text, entries, index, style);
            if !starts_line(text, entry) {
                let at = entry.range.start;
                let newline = newline_at(text, at);
                return vec![(at..at, format!("{new}{newline}{indent}"))];
            }
            let others: Vec<usize> = entries
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != index)
                .map(|(_, entry)| line_start(text, entry.range.start))
                .collect();
            let floor = match style {
                LineStyle::Requirement => line_start(text, 0),
                _ => next_line(text, empty_at),
            };
            let line = line_start(text, entry.range.start);
            let at = above_first(text, line, floor.min(line), &others);
            let newline = newline_at(text, at);
            vec![(at..at, format!("{indent}{new}{newline}"))]
        }
    }
}

fn written(
    text: &str,
    entries: &[Entry],
    style: &LineStyle,
    wanted: &NewRequirement<'_>,
) -> String {
    let NewRequirement { name, specifier } = wanted;
    let LineStyle::KeyValue { optional } = style else {
        return format!("{name}{specifier}");
    };
    let ranges: Vec<_> = entries.iter().map(|entry| entry.range.clone()).collect();
    let quote = quote(text, &ranges);
    match optional {
        false => format!("{name} = {quote}{specifier}{quote}"),
        true => format!("{name} = {{version = {quote}{specifier}{quote}, optional = true}}"),
    }
}

/// The first entry of a list without any.
fn first(
    text: &str,
    empty_at: usize,
    style: &LineStyle,
    new: &str,
) -> (std::ops::Range<usize>, String) {
    if *style != LineStyle::Requirement {
        let indent = match style {
            LineStyle::Indented => any_indentation(text),
            _ => indentation(text, empty_at),
        };
        let newline = newline_at(text, empty_at);
        return (empty_at..empty_at, format!("{newline}{indent}{new}"));
    }
    let end = text.trim_end().len();
    let start = line_start(text, 0);
    let newline = newline_at(text, end.max(start));
    match end <= start {
        true => (start..start, format!("{new}{newline}")),
        false => (end..end, format!("{newline}{new}")),
    }
}

/// Where the last line of an entry ends. The indented comments below a requirement belong to it: `    # via fastapi`.
fn entry_end(text: &str, entry: &Entry, style: &LineStyle) -> usize {
    let mut end = line_end(text, entry.range.end);
    let flush = indentation(text, entry.range.start).is_empty();
    if *style != LineStyle::Requirement || !flush {
        return end;
    }
    let own = end;
    for line in lines(text).into_iter().filter(|line| line.start > own) {
        let content = &text[line.start..line.end];
        let belongs = content.starts_with([' ', '\t']) && content.trim_start().starts_with('#');
        if !belongs {
            break;
        }
        end = line.end;
    }
    end
}

fn next_line(text: &str, offset: usize) -> usize {
    let end = line_end(text, offset);
    let rest = &text[end..];
    let newline = match rest.starts_with("\r\n") {
        true => 2,
        false => 1.min(rest.len()),
    };
    end + newline
}

fn starts_line(text: &str, entry: &Entry) -> bool {
    text[line_start(text, entry.range.start)..entry.range.start]
        .trim()
        .is_empty()
}

/// The blanks before a new entry next to the one at `index`.
fn indent<'t>(text: &'t str, entries: &[Entry], index: usize, style: &LineStyle) -> &'t str {
    let own = std::iter::once(&entries[index]).chain(entries);
    let mut on_lines = own.filter(|entry| starts_line(text, entry));
    match (on_lines.next(), style) {
        (Some(entry), _) => indentation(text, entry.range.start),
        (None, LineStyle::Indented) => any_indentation(text),
        (None, _) => "",
    }
}

/// The blanks that a value of an INI file gets: those of the first indented line, else four.
pub(super) fn any_indentation(text: &str) -> &str {
    let indented = lines(text)
        .into_iter()
        .map(|line| indentation(text, line.start))
        .find(|blanks| !blanks.is_empty());
    indented.unwrap_or("    ")
}
