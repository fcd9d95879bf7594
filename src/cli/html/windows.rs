//! The parts of a text that a page needs: lines around what may change, with offsets as a browser counts them.
//!
//! A page of 2 000 changes must stay small, so a file is not taken whole. Lines end at `\n` only, as in a patch. A
//! browser counts UTF-16 units, so every offset is turned into them here, in one walk over the text.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;

/// Neighbouring lines of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Window {
    /// The number of its first line, from 1.
    pub line: usize,
    /// With all line ends as they are.
    pub text: String,
    /// The quotes of the string that it begins in the middle of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quotes: Option<&'static str>,
}

/// The windows of one text, and the offsets in them.
#[derive(Debug, Default)]
pub struct Windows {
    ranges: Vec<Range<usize>>,
    /// The first line of each, from 0, and the line behind its last.
    lines: Vec<Range<usize>>,
    /// For each byte that was asked about: its UTF-16 units from the start of its window.
    units: BTreeMap<usize, (usize, usize)>,
}

impl Windows {
    /// The lines of `text` that hold one of `spans` (bytes, in any order), and `around` lines before and behind.
    pub fn around(text: &str, spans: &[Range<usize>], around: usize) -> Self {
        let starts: Vec<usize> = line_starts(text);
        let line_of = |at: usize| starts.partition_point(|&start| start <= at).max(1) - 1;
        let mut wanted: Vec<Range<usize>> = spans
            .iter()
            .map(|span| {
                let last = line_of(span.end) + 1 + around;
                line_of(span.start).saturating_sub(around)..last.min(starts.len())
            })
            .collect();
        wanted.sort_by_key(|lines| (lines.start, lines.end));
        let mut lines: Vec<Range<usize>> = Vec::new();
        for next in wanted {
            match lines.last_mut() {
                Some(last) if next.start <= last.end => last.end = last.end.max(next.end),
                _ => lines.push(next),
            }
        }
        let byte = |line: usize| starts.get(line).copied().unwrap_or(text.len());
        let ranges = lines.iter().map(|lines| byte(lines.start)..byte(lines.end));
        let mut windows = Self {
            ranges: ranges.collect(),
            lines,
            units: BTreeMap::new(),
        };
        windows.count(text, spans);
        windows
    }

    fn count(&mut self, text: &str, spans: &[Range<usize>]) {
        let mut offsets: Vec<usize> = spans.iter().flat_map(|it| [it.start, it.end]).collect();
        offsets.sort_unstable();
        offsets.dedup();
        let mut offsets = offsets.into_iter().peekable();
        for (index, range) in self.ranges.iter().enumerate() {
            let (mut at, mut units) = (range.start, 0);
            while let Some(offset) = offsets.next_if(|offset| *offset <= range.end) {
                let passed = text.get(at..offset).unwrap_or_default();
                units += passed.encode_utf16().count();
                at = offset;
                self.units.insert(offset, (index, units));
            }
        }
    }

    /// The window that the byte `offset` of the text lies in, and its UTF-16 units from there: for the ends of the
    /// spans that the windows were made around.
    pub fn place(&self, offset: usize) -> Option<(usize, usize)> {
        self.units.get(&offset).copied()
    }

    /// The bytes that each begins at.
    pub fn starts(&self) -> Vec<usize> {
        self.ranges.iter().map(|range| range.start).collect()
    }

    /// Whether `count` lines from `line` on (from 0) lie in one window.
    pub fn hold(&self, line: usize, count: usize) -> bool {
        let mut lines = self.lines.iter();
        lines.any(|lines| lines.start <= line && line + count <= lines.end)
    }

    /// Their texts. `quotes` says for each what string it begins in.
    pub fn cut(&self, text: &str, quotes: &[Option<&'static str>]) -> Vec<Window> {
        let both = self.ranges.iter().zip(&self.lines).enumerate();
        let window = |(index, (range, lines)): (usize, (&Range<usize>, &Range<usize>))| Window {
            line: lines.start + 1,
            text: text.get(range.clone()).unwrap_or_default().to_owned(),
            quotes: quotes.get(index).copied().flatten(),
        };
        both.map(window).collect()
    }
}

/// The byte that each line begins at; at least one.
fn line_starts(text: &str) -> Vec<usize> {
    let ends = text.match_indices('\n').map(|(at, _)| at + 1);
    std::iter::once(0)
        .chain(ends.filter(|&start| start < text.len()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Windows;

    #[test]
    fn lines_around_what_changes() {
        let text = "0\n1\n2\n3\n4\n5\n6\n7\n8\n9";
        // `2`, and the end of the last line.
        let windows = Windows::around(text, &[4..5, 19..19], 1);
        let cut = windows.cut(text, &[None, Some("'''")]);
        let shown: Vec<_> = cut.iter().map(|one| (one.line, &*one.text)).collect();
        assert_eq!(shown, [(2, "1\n2\n3\n"), (9, "8\n9")]);
        assert_eq!((cut[0].quotes, cut[1].quotes), (None, Some("'''")));
        assert_eq!(windows.place(4), Some((0, 2)));
        assert_eq!(windows.place(19), Some((1, 3)));
        assert_eq!(windows.place(6), None);
        assert!(windows.hold(1, 3) && !windows.hold(1, 4) && !windows.hold(5, 0));
    }

    #[test]
    fn neighbours_are_one_window() {
        let text = "0\n1\n2\n3\n4\n";
        let windows = Windows::around(text, &[0..1, 6..7], 1);
        assert_eq!(windows.starts(), [0]);
        assert_eq!(windows.place(7), Some((0, 7)));
    }

    #[test]
    fn counts_as_a_browser_does() {
        let text = "\u{feff}a\r\n\u{1f40d}é\r\nb";
        let at = text.find('b').unwrap();
        let windows = Windows::around(text, std::slice::from_ref(&(at..at + 1)), 5);
        assert_eq!(windows.place(at), Some((0, 9)));
        assert_eq!(windows.place(at + 1), Some((0, 10)));
        assert_eq!(windows.cut(text, &[])[0].text, text);
    }

    #[test]
    fn no_text_has_one_line() {
        let windows = Windows::around("", std::slice::from_ref(&(0..0)), 3);
        assert_eq!(windows.cut("", &[]).len(), 1);
        assert_eq!(windows.place(0), Some((0, 0)));
    }
}
