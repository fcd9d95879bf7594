//! What went wrong with one file. A problem never stops the run: the other files go on.

use camino::Utf8PathBuf;
use memchr::memchr2_iter;
use serde::Serialize;

/// A file that could not be read, decoded, parsed or written, or a fact that could not be found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// The file, as an absolute path or as the user named it.
    pub path: Utf8PathBuf,
    /// Where in the file, when that is known.
    pub at: Option<LineColumn>,
    /// What is wrong, one line, lower case, no full stop.
    pub message: String,
    /// The way out, one line, when there is one.
    pub help: Option<String>,
}

impl Problem {
    pub fn new(path: impl Into<Utf8PathBuf>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            at: None,
            message: message.into(),
            help: None,
        }
    }

    pub fn at(mut self, at: LineColumn) -> Self {
        self.at = Some(at);
        self
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// A position as people count: line and column from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LineColumn {
    pub line: usize,
    pub column: usize,
}

impl LineColumn {
    /// The position of the byte `offset` in `text`. A byte order mark is no character.
    /// An offset beyond the end, or inside a character, is moved back to the nearest start.
    pub fn of(text: &str, offset: usize) -> Self {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let head = text[..offset].trim_start_matches('\u{feff}');
        let line_start = head.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let crlf = head.matches("\r\n").count();
        let line = 1 + head.matches(['\n', '\r']).count() - crlf;
        Self {
            line,
            column: 1 + head[line_start..].chars().count(),
        }
    }
}

/// Where the lines of one text begin, for many positions in it: each takes no longer for a long text or a long line.
#[derive(Debug, Clone)]
pub struct Positions {
    /// The first byte of each line.
    starts: Vec<usize>,
    /// For each [`BLOCK`] bytes the characters before it.
    characters: Vec<usize>,
}

/// Bytes whose characters are counted for each position.
const BLOCK: usize = 512;

impl Positions {
    pub fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        let mut characters = Vec::with_capacity(bytes.len() / BLOCK + 1);
        let mut count = 0;
        for block in bytes.chunks(BLOCK) {
            characters.push(count);
            // A block has fewer bytes than this can count: so they are counted many at once.
            let begun = block.iter().map(|byte| u16::from(begins_character(*byte)));
            count += usize::from(begun.sum::<u16>());
        }
        starts.extend(memchr2_iter(b'\n', b'\r', bytes).filter_map(|at| {
            let is_half = bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
            (!is_half).then_some(at + 1)
        }));
        Self { starts, characters }
    }

    /// The position of the byte `offset` of `text`, the one that `self` was made of: what [`LineColumn::of`] says.
    pub fn at(&self, text: &str, offset: usize) -> LineColumn {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let mut line = self.line(offset);
        let mut start = self.starts.get(line - 1).copied().unwrap_or(0);
        if offset > 0 && text.as_bytes().get(offset) == Some(&b'\n') {
            // Between the two bytes of a newline: the first of them has ended its line.
            let between = text.as_bytes()[offset - 1] == b'\r';
            (line, start) = if between {
                (line + 1, offset)
            } else {
                (line, start)
            };
        }
        let marks = match line {
            1 => text[..offset]
                .chars()
                .take_while(|&one| one == '\u{feff}')
                .count(),
            _ => 0,
        };
        LineColumn {
            line,
            column: 1 + self.characters_before(text, offset)
                - self.characters_before(text, start)
                - marks,
        }
    }

    /// The byte of `text`, the one that `self` was made of, at the position `at`: what [`Positions::at`] leads back
    /// from. A position behind the end of its line is moved back to that.
    pub fn offset(&self, text: &str, at: LineColumn) -> usize {
        let start = self.starts.get(at.line.saturating_sub(1)).copied();
        let start = start.unwrap_or(text.len());
        let end = self.starts.get(at.line).copied().unwrap_or(text.len());
        let line = &text[start..end];
        let marks = match at.line {
            1 => line.len() - line.trim_start_matches('\u{feff}').len(),
            _ => 0,
        };
        let start = start + marks;
        let end = start + line[marks..].trim_end_matches(['\n', '\r']).len();
        // Characters before the one that is looked for, and the last block that begins before it.
        let before = self.characters_before(text, start) + at.column.saturating_sub(1);
        let block = self.characters.partition_point(|&count| count <= before);
        let from = (block.saturating_sub(1) * BLOCK).clamp(start, end);
        let from = text.ceil_char_boundary(from);
        let left = before.saturating_sub(self.characters_before(text, from));
        let rest = text.get(from..end).unwrap_or_default();
        rest.char_indices()
            .nth(left)
            .map_or(end, |(at, _)| from + at)
    }

    /// The line of the byte `offset`, from 1.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset).max(1)
    }

    fn characters_before(&self, text: &str, offset: usize) -> usize {
        let block = offset / BLOCK;
        let known = self.characters.get(block).copied();
        let (known, from) = known.map_or((0, 0), |known| (known, block * BLOCK));
        let rest = &text.as_bytes()[from..offset];
        known + rest.iter().filter(|&&byte| begins_character(byte)).count()
    }
}

/// Whether `byte`, one of UTF-8, is the first of its character.
fn begins_character(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

#[cfg(test)]
mod tests {
    use super::{LineColumn, Positions};

    #[test]
    fn many_positions_are_those_of_one() {
        let long =
            "\u{feff}é = 1\r\nü = x\rz\n\r\n".to_owned() + &"aü\u{feff}".repeat(900) + "\r\n\n€";
        for text in [&long, "", "\u{feff}", "a", "\r", "\r\n", "\n\r"] {
            let positions = Positions::of(text);
            for offset in 0..text.len() + 2 {
                let one = LineColumn::of(text, offset);
                assert_eq!(positions.at(text, offset), one, "{offset}");
                let rest = text.get(offset..);
                let next = rest.and_then(|rest| rest.chars().next());
                if rest.is_some() && next.is_none_or(|one| !"\n\r\u{feff}".contains(one)) {
                    assert_eq!(positions.offset(text, one), offset, "{offset}");
                }
            }
        }
    }

    #[test]
    fn counts_characters_from_one() {
        let text = "\u{feff}a = 1\r\nü = x\rz";
        let at = |needle: &str| {
            let p = LineColumn::of(text, text.find(needle).unwrap());
            (p.line, p.column)
        };
        assert_eq!(at("a"), (1, 1));
        assert_eq!(at("x"), (2, 5));
        assert_eq!(at("z"), (3, 1));
    }
}
