//! Text in styles, broken into lines.
//!
//! A word is what no line break may part: `(` and a code span behind it are one word. A long code span breaks at its
//! blanks like other text.

use anstyle::Style;
use terminal_size::{Width, terminal_size_of};
use unicode_width::UnicodeWidthStr;

use super::terminal::Look;

/// Columns that a line of text may have at most: longer ones are hard to read.
const WIDEST: usize = 100;

/// Columns where no terminal says how many it has.
const USUAL: usize = 80;

/// Code spans up to this many columns stay on one line.
const WHOLE: usize = 32;

/// The columns to fill with text: those of the terminal that shows it, or that a pager will show it in.
pub fn columns() -> usize {
    let size = terminal_size_of(std::io::stdout()).or_else(|| terminal_size_of(std::io::stderr()));
    size.map_or(USUAL, |(Width(columns), _)| usize::from(columns))
        .clamp(20, WIDEST)
}

/// Words in a row.
#[derive(Debug, Default)]
pub struct Words {
    words: Vec<Word>,
    /// A blank has been read since the last word.
    apart: bool,
}

#[derive(Debug, Default, Clone)]
struct Word {
    pieces: Vec<(Style, String)>,
    width: usize,
}

impl Words {
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Add `text`. It continues the last word unless there is a blank between them.
    pub fn push(&mut self, style: Style, text: &str) {
        for (at, part) in text.split(char::is_whitespace).enumerate() {
            self.apart |= at > 0;
            if !part.is_empty() {
                self.append(style, part);
            }
        }
    }

    /// Add the code span `text`.
    pub fn push_code(&mut self, style: Style, text: &str) {
        match text.width() <= WHOLE {
            true => self.append(style, text),
            false => self.push(style, text),
        }
    }

    /// What follows does not continue the last word.
    pub fn part(&mut self) {
        self.apart = true;
    }

    fn append(&mut self, style: Style, text: &str) {
        if std::mem::take(&mut self.apart) || self.words.is_empty() {
            self.words.push(Word::default());
        }
        if let Some(word) = self.words.last_mut() {
            word.width += text.width();
            word.pieces.push((style, text.to_owned()));
        }
    }

    /// Columns of all words in one line.
    pub fn width(&self) -> usize {
        let words: usize = self.words.iter().map(|word| word.width).sum();
        words + self.words.len().saturating_sub(1)
    }

    /// Columns of the longest word.
    pub fn longest(&self) -> usize {
        self.words.iter().map(|word| word.width).max().unwrap_or(0)
    }

    /// Lines of at most `width` columns, a word that is longer apart, each with its own width.
    pub fn lines(&self, width: usize, look: Look) -> Vec<(String, usize)> {
        let mut lines: Vec<(String, usize)> = Vec::new();
        for word in &self.words {
            match lines.last_mut() {
                Some((line, used)) if *used + 1 + word.width <= width => {
                    line.push(' ');
                    line.push_str(&word.painted(look));
                    *used += 1 + word.width;
                }
                _ => lines.push((word.painted(look), word.width)),
            }
        }
        lines
    }
}

impl Word {
    fn painted(&self, look: Look) -> String {
        let pieces = self.pieces.iter();
        pieces
            .map(|(style, text)| match *style == Style::new() {
                true => look.text(text).into_owned(),
                false => look.paint(*style, text),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::terminal::BOLD;
    use super::{Look, Style, Words};

    fn lines(words: &Words, width: usize) -> Vec<String> {
        let lines = words.lines(width, Look::Visible).into_iter();
        lines.map(|(line, _)| line).collect()
    }

    #[test]
    fn what_belongs_together_stays_together() {
        let mut words = Words::default();
        words.push(Style::new(), "a word (");
        words.push_code(BOLD, "some code");
        words.push(Style::new(), "), then more");
        assert_eq!(lines(&words, 14), ["a word", "(some code),", "then more"]);
        assert_eq!(
            lines(&words, 1),
            ["a", "word", "(some code),", "then", "more"]
        );
        assert_eq!(words.width(), 29);
        assert_eq!(words.longest(), 12);
    }

    #[test]
    fn wide_letters_count_twice() {
        let mut words = Words::default();
        words.push(Style::new(), "日本 語\u{1b}");
        assert_eq!(lines(&words, 7), ["日本", "語\\x1b"]);
    }
}
