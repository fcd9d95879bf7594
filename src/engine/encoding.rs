//! Which encoding bytes are in: by their byte order mark, by where their NUL bytes stand, by their PEP 263 cookie.
//!
//! Only UTF-8 is rewritten. Whatever says or shows that it is something else is left alone, also when its bytes happen
//! to be valid UTF-8: Python reads such a file in the encoding that the cookie names, and other tools go by it too.

use std::ops::Range;

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Why bytes are not taken for UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Foreign {
    /// The byte that shows it; `None` when all do.
    pub(crate) at: Option<usize>,
    /// What they are, one line, beginning with a verb: `is UTF-16 (little-endian)`.
    pub(crate) message: String,
    /// The way out.
    pub(crate) help: &'static str,
}

const SAVE: &str = "save it as UTF-8";
const DECLARE: &str = "save it as UTF-8, and declare that or nothing";

impl Foreign {
    fn whole(message: impl Into<String>) -> Self {
        Self {
            at: None,
            message: message.into(),
            help: SAVE,
        }
    }

    fn at(at: usize, message: impl Into<String>) -> Self {
        Self {
            at: Some(at),
            ..Self::whole(message)
        }
    }
}

/// Why `bytes` are no UTF-8 text; `None` when they are, and say nothing else of themselves.
pub(crate) fn foreign(bytes: &[u8]) -> Option<Foreign> {
    if let Some(wide) = Wide::of(bytes) {
        return Some(Foreign::whole(wide.message()));
    }
    if let Some(at) = memchr::memchr(0, bytes) {
        return Some(Foreign::at(at, "is binary (it holds a NUL byte)"));
    }
    if let Some(foreign) = other_cookie(bytes) {
        return Some(foreign);
    }
    let at = std::str::from_utf8(bytes).err()?.valid_up_to();
    Some(Foreign::at(
        at,
        format!("is not UTF-8 (byte 0x{:02x})", bytes[at]),
    ))
}

fn other_cookie(bytes: &[u8]) -> Option<Foreign> {
    let range = cookie(bytes)?;
    let name = String::from_utf8_lossy(&bytes[range.clone()]);
    let marked = bytes.starts_with(MARK);
    let message = match marked {
        _ if is_utf8_for_python(&name) => return None,
        false if names_utf8(&name) => return None,
        true => format!("begins with a byte order mark, but declares the encoding {name}"),
        false => format!("declares the encoding {name}"),
    };
    Some(Foreign {
        help: DECLARE,
        ..Foreign::at(range.start, message)
    })
}

/// Where the name stands in the encoding declaration of `bytes` ([PEP 263](https://peps.python.org/pep-0263/)): in a
/// comment that is all of the first line, or of the second below a line that is blank or a comment.
pub(crate) fn cookie(bytes: &[u8]) -> Option<Range<usize>> {
    let mut start = if bytes.starts_with(MARK) { 3 } else { 0 };
    for _ in 0..2 {
        let rest = &bytes[start..];
        let length = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let line = &rest[..length.unwrap_or(rest.len())];
        let blanks = line.iter().take_while(|byte| b" \t\x0c".contains(byte));
        let body = blanks.count();
        match line.get(body) {
            Some(b'#') => {}
            Some(_) => return None,
            None => {
                start += next_line(rest, line.len())?;
                continue;
            }
        }
        if let Some(name) = name_in(&line[body..]) {
            let offset = start + body;
            return Some(offset + name.start..offset + name.end);
        }
        start += next_line(rest, line.len())?;
    }
    None
}

/// How far the line behind the newline at `end` is; `None` when there is no newline.
fn next_line(rest: &[u8], end: usize) -> Option<usize> {
    match rest.get(end..)? {
        [] => None,
        [b'\r', b'\n', ..] => Some(end + 2),
        _ => Some(end + 1),
    }
}

/// `coding[:=][ \t]*([-_.a-zA-Z0-9]+)`, the first match.
fn name_in(comment: &[u8]) -> Option<Range<usize>> {
    const WORD: &[u8] = b"coding";
    let starts = (0..comment.len()).filter(|at| comment[*at..].starts_with(WORD));
    starts
        .filter_map(|at| {
            let after = at + WORD.len();
            matches!(comment.get(after), Some(b':' | b'=')).then_some(after + 1)
        })
        .find_map(|at| {
            let blanks = comment[at..].iter();
            let start = at + blanks.take_while(|byte| b" \t".contains(byte)).count();
            let name = comment[start..].iter();
            let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
            let end = start + name.take_while(is_part).count();
            (end > start).then_some(start..end)
        })
}

/// Whether Python's tokenizer takes `name` for UTF-8 without asking a codec: the only names that it accepts behind a
/// byte order mark. `UTF_8`, `utf-8-sig`, `utf-8-unix`, but not `utf8`.
fn is_utf8_for_python(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', "-");
    name == "utf-8" || name.starts_with("utf-8-")
}

/// Whether the codec of that name is UTF-8: Python's aliases, with its way to compare them.
fn names_utf8(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words: Vec<&str> = name
        .split(['-', '_'])
        .filter(|word| !word.is_empty())
        .collect();
    let known = [
        "utf_8",
        "utf_8_sig",
        "utf8",
        "u8",
        "utf",
        "utf8_ucs2",
        "utf8_ucs4",
        "cp65001",
    ];
    known.contains(&words.join("_").as_str())
}

/// An encoding with units of two or four bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wide {
    bits: u8,
    little: bool,
    marked: bool,
}

impl Wide {
    /// By the byte order mark; without one, by the NUL bytes, of which text of the West is half full.
    fn of(bytes: &[u8]) -> Option<Self> {
        let (bits, little, marked) = match bytes {
            [0xff, 0xfe, 0, 0, ..] => (32, true, true),
            [0, 0, 0xfe, 0xff, ..] => (32, false, true),
            [0xff, 0xfe, ..] => (16, true, true),
            [0xfe, 0xff, ..] => (16, false, true),
            _ if !bytes.contains(&0) => return None,
            _ if all(bytes, 4, |unit| matches!(unit, [1..=255, _, 0, 0])) => (32, true, false),
            _ if all(bytes, 4, |unit| matches!(unit, [0, 0, _, 1..=255])) => (32, false, false),
            _ if all(bytes, 2, |unit| matches!(unit, [1..=255, 0])) => (16, true, false),
            _ if all(bytes, 2, |unit| matches!(unit, [0, 1..=255])) => (16, false, false),
            _ => return None,
        };
        Some(Self {
            bits,
            little,
            marked,
        })
    }

    fn message(self) -> String {
        let Self { bits, .. } = self;
        let order = if self.little { "little" } else { "big" };
        match self.marked {
            true => format!("is UTF-{bits} ({order}-endian)"),
            false => format!("looks like UTF-{bits} ({order}-endian, without a byte order mark)"),
        }
    }

    fn text(self, bytes: &[u8]) -> String {
        let units = bytes.chunks_exact(usize::from(self.bits / 8)).map(|unit| {
            let digits = unit.iter();
            let add = |sum: u32, byte: &u8| sum << 8 | u32::from(*byte);
            match self.little {
                true => digits.rev().fold(0, add),
                false => digits.fold(0, add),
            }
        });
        if self.bits == 32 {
            let chars =
                units.map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
            return chars.collect();
        }
        let units: Vec<u16> = units
            .map(|unit| u16::try_from(unit).unwrap_or_default())
            .collect();
        String::from_utf16_lossy(&units)
    }
}

/// Whether `bytes` are units of `size` bytes, nearly all of them as `is_letter` wants.
fn all(bytes: &[u8], size: usize, is_letter: fn(&[u8]) -> bool) -> bool {
    let units = bytes.len() / size;
    let letters = bytes.chunks_exact(size).filter(|unit| is_letter(unit));
    units > 1 && bytes.len().is_multiple_of(size) && letters.count() * 10 >= units * 9
}

/// Check `text`, the new text of a file: the bytes of UTF-8 must still be read as UTF-8. Where a line goes, a comment in
/// the third line comes to stand where a cookie is looked for.
///
/// # Errors
/// The reason why it must not be written.
pub(crate) fn stays(text: &str) -> Result<(), String> {
    match foreign(text.as_bytes()) {
        None => Ok(()),
        Some(_) => Err("a comment would become a declaration of another encoding".to_owned()),
    }
}

/// The text of a module that Python reads in the encoding that its cookie names: good enough to draw facts from, never
/// to write. What ASCII has is right in it; offsets are not those of the file. `None` without such a cookie.
pub(crate) fn declared_text(bytes: &[u8]) -> Option<String> {
    if bytes.contains(&0) || other_cookie(bytes).is_none() {
        return None;
    }
    Some(match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    })
}

/// What can be read of `bytes` in whatever encoding, with marks for the rest: words still count.
pub(crate) fn words(bytes: &[u8]) -> String {
    match Wide::of(bytes) {
        Some(wide) => wide.text(bytes),
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}

#[cfg(test)]
mod tests;
