//! Whether a place of a Python text lies in a string of several lines: a page that shows lines from there on has to know.
//!
//! For colours only, so a plain walk over the characters is enough.

/// For each of `offsets` (bytes of `text`, sorted) the quotes of the triple-quoted string around it, if there is one.
pub fn around(text: &str, offsets: &[usize]) -> Vec<Option<&'static str>> {
    let bytes = text.as_bytes();
    let mut found = Vec::with_capacity(offsets.len());
    let mut open = None;
    let mut at = 0;
    for &offset in offsets {
        while at < offset.min(bytes.len()) {
            at = step(bytes, at, &mut open);
        }
        found.push(open);
    }
    found
}

/// Go on from `at`, over one character, one comment or one short string; `open` follows.
fn step(bytes: &[u8], at: usize, open: &mut Option<&'static str>) -> usize {
    let rest = &bytes[at..];
    if let Some(quotes) = open {
        return match rest[0] {
            b'\\' => at + 2,
            _ if rest.starts_with(quotes.as_bytes()) => {
                *open = None;
                at + 3
            }
            _ => at + 1,
        };
    }
    for quotes in ["\"\"\"", "'''"] {
        if rest.starts_with(quotes.as_bytes()) {
            *open = Some(quotes);
            return at + 3;
        }
    }
    match rest[0] {
        b'#' => at + line(rest),
        quote @ (b'"' | b'\'') => at + short(rest, quote),
        _ => at + 1,
    }
}

/// The length of the line up to its end.
fn line(rest: &[u8]) -> usize {
    let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    end.unwrap_or(rest.len())
}

/// The length of the string that begins here; it ends with its line at the latest.
fn short(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(&byte) = rest.get(at) {
        match byte {
            b'\\' => at += 2,
            b'\n' | b'\r' => return at,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::around;

    #[test]
    fn strings_of_several_lines() {
        let text = concat!(
            "a = \"it's '''\"  # \"\"\"\n",
            "b = '''x \\''' y\n",
            "\"\"\"\n",
            "'''\n",
            "c = r\"\"\"\n",
            "#\n",
            "\"\"\"; '\n",
            "d\n"
        );
        let starts: Vec<usize> = text.match_indices('\n').map(|(at, _)| at + 1).collect();
        let none = None;
        assert_eq!(
            around(text, &starts),
            [
                none,
                Some("'''"),
                Some("'''"),
                none,
                Some("\"\"\""),
                Some("\"\"\""),
                none,
                none
            ]
        );
    }

    #[test]
    fn ends_of_the_text() {
        assert_eq!(around("'\\", &[0, 2, 9]), [None, None, None]);
        assert_eq!(around("'''\\", &[3, 4]), [Some("'''"), Some("'''")]);
    }
}
