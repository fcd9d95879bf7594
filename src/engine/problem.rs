//! What went wrong with one file. A problem never stops the run: the other files go on.

use camino::Utf8PathBuf;
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

#[cfg(test)]
mod tests {
    use super::LineColumn;

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
