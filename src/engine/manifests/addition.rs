//! A new requirement in a manifest: the few bytes that bring it in, checked by reading the result.

use std::ops::Range;

use camino::Utf8PathBuf;
use ruff_text_size::{TextRange, TextSize};

use super::homes::{Home, Refused};
use super::model::{Closed, Entry, Kind, LineStyle, Manifest, MissingStyle, Shape, Wanted};
use super::requirement::normalise;
use super::text::newline_at;
use super::{Manifests, brackets, directory, line_list, pyproject};

/// A requirement to add: `email-validator` and `>=2.0.0`.
#[derive(Debug, Clone, Copy)]
pub struct NewRequirement<'a> {
    pub name: &'a str,
    pub specifier: &'a str,
}

/// The edits of one manifest that add a requirement to it: ranges of its text, in order, and what stands there then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    pub path: Utf8PathBuf,
    pub edits: Vec<(TextRange, String)>,
}

/// Edits by plain offsets.
pub(super) type Edits = Vec<(Range<usize>, String)>;

impl Manifests {
    /// How `wanted` comes into the list `home`.
    ///
    /// # Errors
    /// Why the manifest must not be edited, or cannot be.
    pub fn addition(
        &self,
        home: &Home<'_>,
        wanted: &NewRequirement<'_>,
    ) -> Result<Addition, Refused> {
        let manifest = home.manifest;
        let refuse = |closed: &Closed| Refused::new(manifest, closed);
        if let Some(closed) = manifest.closed.as_ref().or(home.list.closed()) {
            return Err(refuse(closed));
        }
        let line = home.list.requirements.first().map_or(1, |one| one.line);
        let edits = compose(manifest, home, wanted)
            .filter(|edits| adds_only(manifest, edits, wanted))
            .ok_or_else(|| {
                let reason = "is laid out in a way that codemend cannot edit";
                refuse(&Closed::new(line, reason))
            })?;
        let size = |at: usize| TextSize::try_from(at).unwrap_or_default();
        let edits = edits
            .into_iter()
            .map(|(range, text)| (TextRange::new(size(range.start), size(range.end)), text));
        Ok(Addition {
            path: manifest.path.clone(),
            edits: edits.collect(),
        })
    }
}

fn compose(manifest: &Manifest, home: &Home<'_>, wanted: &NewRequirement<'_>) -> Option<Edits> {
    let text: &str = &manifest.text;
    let mut edits = edits(text, &home.list.shape, wanted)?;
    if let (
        Kind::Extra(extra),
        Shape::Lines {
            style: LineStyle::KeyValue { optional: true },
            ..
        },
    ) = (home.kind, &home.list.shape)
    {
        let names = pyproject::poetry_extra(manifest, extra)?;
        edits.extend(self::edits(text, &names, wanted)?);
        edits.sort_by_key(|(range, _)| range.start);
    }
    Some(edits)
}

fn edits(text: &str, shape: &Shape, wanted: &NewRequirement<'_>) -> Option<Edits> {
    let NewRequirement { name, specifier } = wanted;
    match shape {
        Shape::Brackets {
            outer,
            entries,
            what,
        } => {
            let new = match what {
                Wanted::Requirement => format!("{name}{specifier}"),
                Wanted::Name => (*name).to_owned(),
            };
            brackets::edits(text, outer, entries, name, &new)
        }
        Shape::Lines {
            entries,
            empty_at,
            style,
        } => Some(line_list::edits(text, entries, *empty_at, style, wanted)),
        Shape::Missing { at, style } => {
            let quote = quote(text, &[]);
            let newline = newline_at(text, *at);
            let new = match style {
                MissingStyle::Toml => {
                    format!("{newline}dependencies = [{quote}{name}{specifier}{quote}]")
                }
                MissingStyle::Ini => {
                    let indent = line_list::any_indentation(text);
                    format!("{newline}install_requires ={newline}{indent}{name}{specifier}")
                }
            };
            Some(vec![(*at..*at, new)])
        }
        Shape::Closed(_) => None,
    }
}

/// Whether the edited text asks for what it asked for before, and for `wanted`, and for nothing else.
fn adds_only(manifest: &Manifest, edits: &Edits, wanted: &NewRequirement<'_>) -> bool {
    // As the pipeline makes them: sorted by place, then by text.
    let mut edits = edits.clone();
    edits.sort_by(|a, b| (a.0.start, a.0.end, &a.1).cmp(&(b.0.start, b.0.end, &b.1)));
    let mut text = manifest.text.to_string();
    for (range, new) in edits.iter().rev() {
        text.replace_range(range.clone(), new);
    }
    let Ok(edited) = directory::parse(&manifest.path, manifest.format, text.into()) else {
        return false;
    };
    let before = manifest.signature();
    let mut after = edited.signature();
    let start = format!("{} ", normalise(wanted.name));
    let is_new = |line: &String| {
        let (_, requirement) = split_kind(line);
        requirement.starts_with(&start)
    };
    let count = |lines: &[String]| lines.iter().filter(|line| is_new(line)).count();
    if count(&after) != count(&before) + 1 {
        return false;
    }
    let added = after
        .iter()
        .position(|line| is_new(line) && !before.contains(line));
    let Some(added) = added else {
        return false;
    };
    after.remove(added);
    after == before && edited.closed == manifest.closed
}

/// The kind and the requirement of a line of [`Manifest::signature`].
fn split_kind(line: &str) -> (&str, &str) {
    let end = match line.find("\") ") {
        Some(at) => at + 2,
        None => line.find(' ').unwrap_or(0),
    };
    (&line[..end], line[end..].trim_start())
}

/// Beside which entry the new one goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    Before(usize),
    After(usize),
}

/// Where `new`, a requirement on `name`, goes among `entries`, of which there is one at least. Two or more that are
/// sorted stay sorted, whatever people sort by: the names as written, the names as compared, or whole entries.
pub(super) fn beside(text: &str, entries: &[Entry], name: &str, new: &str) -> Beside {
    let named: Vec<(usize, &str, &str)> = entries
        .iter()
        .enumerate()
        .filter_map(|(index, entry)| {
            let whole = text[entry.range.clone()].trim_start_matches(['"', '\'']);
            Some((index, entry.name.as_deref()?, whole))
        })
        .collect();
    let keys: [fn(&str, &str) -> String; 3] = [
        |name, _| name.to_lowercase(),
        |name, _| normalise(name),
        |_, whole| whole.to_lowercase(),
    ];
    let sorted = keys.iter().find(|key| {
        named
            .windows(2)
            .all(|pair| key(pair[0].1, pair[0].2) <= key(pair[1].1, pair[1].2))
    });
    let last = Beside::After(entries.len() - 1);
    let Some(key) = sorted.filter(|_| named.len() >= 2) else {
        return last;
    };
    let wanted = key(name, new);
    let above = named
        .iter()
        .rev()
        .find(|(_, name, whole)| key(name, whole) <= wanted);
    match (above, named.first()) {
        (Some((index, ..)), _) => Beside::After(*index),
        (None, Some((0, ..)) | None) => Beside::Before(0),
        // `python` of Poetry stays on top.
        (None, Some((index, ..))) => Beside::After(index - 1),
    }
}

/// The quotation mark that the entries use; where there are none, the one that the text uses most.
pub(super) fn quote(text: &str, entries: &[Range<usize>]) -> char {
    let of_entries = entries.iter().find_map(|range| {
        text[range.clone()]
            .chars()
            .find(|c| matches!(c, '"' | '\''))
    });
    of_entries.unwrap_or_else(
        || match text.matches('\'').count() > text.matches('"').count() {
            true => '\'',
            false => '"',
        },
    )
}

/// The start of the comment lines right above the line that starts at `line`, and not above `floor`.
pub(super) fn comments_above(text: &str, line: usize, floor: usize) -> usize {
    let mut start = line;
    while start > floor {
        let head = &text[floor..start];
        let body = head.strip_suffix('\n').unwrap_or(head);
        let body = body.strip_suffix('\r').unwrap_or(body);
        let above = floor + body.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        if !text[above..start].trim_start().starts_with(['#', ';']) {
            break;
        }
        start = above;
    }
    start
}

/// Where a new first line goes whose successor's line starts at `line`: above the comments that belong to it. A comment
/// at the top of a list whose other entries have none is the list's.
pub(super) fn above_first(text: &str, line: usize, floor: usize, others: &[usize]) -> usize {
    let comments = comments_above(text, line, floor);
    let top = text[floor..comments].trim().is_empty();
    let has_own = |line: &usize| comments_above(text, *line, floor) < *line;
    match top && !others.iter().any(has_own) {
        true => line,
        false => comments,
    }
}

/// `text` with the edits of `addition`.
#[cfg(test)]
pub(super) fn apply(text: &str, addition: &Addition) -> String {
    let mut text = text.to_owned();
    for (range, new) in addition.edits.iter().rev() {
        text.replace_range(Range::<usize>::from(*range), new);
    }
    text
}
