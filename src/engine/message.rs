//! What a report says: its words, and lines of files among them.
//!
//! A codemod counts lines in the text that the ones before it left; a person has the text on disk. So a line in a message
//! is a place until the message is told.

use camino::Utf8Path;
use ruff_text_size::{TextRange, TextSize};

use crate::change::Place;

/// The words of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    text: String,
    lines: Vec<Line>,
}

/// The number of a line, to be put into a message.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    /// Where it belongs in the words.
    before: usize,
    at: Place,
    /// Its number in the text that the codemod saw.
    seen: usize,
}

impl Message {
    /// Add `words`.
    pub fn words(mut self, words: &str) -> Self {
        self.text.push_str(words);
        self
    }

    /// Add the number of the line on which the byte `at` of the file at `path` stands: `seen` in the text that the
    /// codemod saw.
    pub fn line(mut self, path: &Utf8Path, at: TextSize, seen: usize) -> Self {
        self.lines.push(Line {
            before: self.text.len(),
            at: Place::new(path, TextRange::empty(at)),
            seen,
        });
        self
    }

    /// The words with the lines that `number` gives for places, the one that the codemod saw where it gives none.
    pub(crate) fn told(self, number: impl Fn(&Place) -> Option<usize>) -> String {
        let mut text = self.text;
        for line in self.lines.iter().rev() {
            let number = number(&line.at).unwrap_or(line.seen);
            text.insert_str(line.before, &number.to_string());
        }
        text
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self {
            text,
            lines: Vec::new(),
        }
    }
}

impl From<&String> for Message {
    fn from(text: &String) -> Self {
        text.clone().into()
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_put_where_they_belong() {
        let (one, other) = (Utf8Path::new("a.py"), Utf8Path::new("b.py"));
        let message = Message::from("a (a.py:")
            .line(one, TextSize::new(70), 12)
            .words("), é (b.py:")
            .line(other, TextSize::new(3), 9)
            .words(")");
        let number = |place: &Place| (place.path == one).then_some(7);
        assert_eq!(message.told(number), "a (a.py:7), é (b.py:9)");
        assert_eq!(Message::from("none").told(|_| Some(1)), "none");
    }
}
