//! The lines of a text as Python sees them, without a syntax tree: a first look that clears most files.
//!
//! Strings and brackets are read by their signs alone. An f-string that nests its own quotes (PEP 701) is read as several
//! strings, which may put the end of its line wrong.

/// A line with code, as Python sees it: it may go on over several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Its column, from 0. A tab leads to the next multiple of 8.
    pub indent: usize,
    /// Where its code begins, and where the line ends, as bytes of the text. A comment behind it is left out.
    pub start: usize,
    pub end: usize,
    /// The byte of the first colon outside of brackets.
    pub colon: Option<usize>,
    pub has_semicolon: bool,
}

impl Line {
    /// The first line with code at or behind the byte `at` of `text`, which is behind another.
    pub fn behind(text: &str, mut at: usize) -> Option<Self> {
        let bytes = text.as_bytes();
        if at == 0 && text.starts_with('\u{feff}') {
            at = '\u{feff}'.len_utf8();
        }
        let mut indent = 0;
        loop {
            match bytes.get(at)? {
                b' ' => indent += 1,
                b'\t' => indent = (indent / 8 + 1) * 8,
                b'\n' | b'\r' | b'\x0c' => indent = 0,
                b'#' => {
                    at += memchr::memchr2(b'\n', b'\r', &bytes[at..])?;
                    continue;
                }
                // The line before ends here.
                b'\\' if matches!(bytes.get(at + 1), Some(b'\n' | b'\r')) => at += 1,
                _ => break,
            }
            at += 1;
        }
        let mut line = Self {
            indent,
            start: at,
            end: at,
            colon: None,
            has_semicolon: false,
        };
        line.walk(bytes);
        Some(line)
    }

    /// Go on to the end of the line.
    fn walk(&mut self, bytes: &[u8]) {
        let mut depth = 0_usize;
        let mut at = self.start;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'#' => {
                    let rest = memchr::memchr2(b'\n', b'\r', &bytes[at..]);
                    match rest {
                        Some(length) if depth > 0 => at += length,
                        _ => break,
                    }
                    continue;
                }
                b'"' | b'\'' => {
                    at = behind_string(bytes, at);
                    continue;
                }
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                b'\\' => at += 1,
                b'\n' | b'\r' if depth == 0 => break,
                b':' if depth == 0 && self.colon.is_none() => self.colon = Some(at),
                b';' if depth == 0 => self.has_semicolon = true,
                _ => {}
            }
            at += 1;
        }
        self.end = at.min(bytes.len());
    }
}

/// Where the string literal ends that begins with a quote at the byte `at`.
fn behind_string(bytes: &[u8], at: usize) -> usize {
    let quote = bytes[at];
    let is_triple = bytes[at..].starts_with(&[quote; 3]);
    let mut at = at + if is_triple { 3 } else { 1 };
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' | b'\r' if !is_triple => return at,
            _ if *byte == quote && !is_triple => return at + 1,
            _ if is_triple && bytes[at..].starts_with(&[quote; 3]) => return at + 3,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// The lines of `text` that have code, in order.
pub fn lines(text: &str) -> impl Iterator<Item = Line> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let line = Line::behind(text, at)?;
        at = line.end;
        Some(line)
    })
}

/// The rows of `text`, as an editor shows them, without their ends. A Windows newline gives an empty row more.
pub fn rows(text: &str) -> impl Iterator<Item = &str> {
    let ends = memchr::memchr2_iter(b'\n', b'\r', text.as_bytes());
    let mut start = 0;
    ends.chain([text.len()])
        .map(move |end| &text[std::mem::replace(&mut start, end + 1)..end])
}

/// The word that `code` begins with; nothing when it begins with something else.
pub fn first_word(code: &str) -> &str {
    let end = code.find(|c: char| !c.is_alphanumeric() && c != '_');
    &code[..end.unwrap_or(code.len())]
}

#[cfg(test)]
mod tests {
    use super::{first_word, lines, rows};

    #[test]
    fn rows_end_at_each_newline() {
        let of = |text| rows(text).collect::<Vec<_>>();
        assert_eq!(of("a\r\n\té\nb"), ["a", "", "\té", "b"]);
        assert_eq!(of("a\n"), ["a", ""]);
    }

    #[test]
    fn a_line_goes_on_as_far_as_python_reads_it() {
        let text =
            "x = (1,  # )\n  2)\n\n  # c\n\tif a: b()  # d\ny = '''\n;'''; z\\\n = 3\r\nlast";
        let all: Vec<(usize, &str)> = lines(text)
            .map(|one| (one.indent, &text[one.start..one.end]))
            .collect();
        assert_eq!(
            all,
            [
                (0, "x = (1,  # )\n  2)"),
                (8, "if a: b()  "),
                (0, "y = '''\n;'''; z\\\n = 3"),
                (0, "last"),
            ]
        );
        let marked: Vec<usize> = lines("\u{feff}x\n").map(|one| one.start).collect();
        assert_eq!(marked, [3]);
        let marks: Vec<(bool, bool)> = lines(text)
            .map(|one| (one.colon.is_some(), one.has_semicolon))
            .collect();
        assert_eq!(
            marks,
            [(false, false), (true, false), (false, true), (false, false)]
        );
        assert_eq!((first_word("if a:"), first_word("(a)")), ("if", ""));
    }
}
