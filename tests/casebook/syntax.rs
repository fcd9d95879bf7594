//! Reading Python the way the oracles need it: does it parse, which comments does it hold.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{ModModule, PySourceType};
use ruff_python_parser::{Parsed, parse_unchecked_source};

use super::tree::{Tree, is_python};

/// The module, or the first syntax error. A byte order mark is left out.
pub fn parse(path: &str, bytes: &[u8]) -> Result<(String, Parsed<ModModule>), String> {
    let text = std::str::from_utf8(bytes).map_err(|error| format!("{path}: {error}"))?;
    let text = text.trim_start_matches('\u{feff}').to_owned();
    let kind = if path.ends_with(".pyi") {
        PySourceType::Stub
    } else {
        PySourceType::Python
    };
    let parsed = parse_unchecked_source(&text, kind);
    match parsed.errors().first() {
        Some(error) => Err(format!("{path}: does not parse: {error}")),
        None => Ok((text, parsed)),
    }
}

/// One line for every Python file of `got` that does not parse although its `before` does.
pub fn newly_broken(before: &Tree, got: &Tree) -> Vec<String> {
    got.iter()
        .filter(|(path, _)| is_python(path))
        .filter(|(path, _)| before.get(*path).is_none_or(|old| parse(path, old).is_ok()))
        .filter_map(|(path, bytes)| parse(path, bytes).err())
        .collect()
}

/// All comments, sorted, with runs of blanks as one.
pub fn comments(text: &str, parsed: &Parsed<ModModule>) -> Vec<String> {
    let mut comments: Vec<String> = parsed
        .tokens()
        .iter()
        .filter(|token| token.kind() == TokenKind::Comment)
        .map(|token| {
            let words: Vec<&str> = text[token.as_tuple_range()].split_whitespace().collect();
            words.join(" ")
        })
        .collect();
    comments.sort();
    comments
}

/// The range of a token as plain numbers, so that the tests need no `ruff_text_size` of their own.
trait AsTupleRange {
    fn as_tuple_range(&self) -> std::ops::Range<usize>;
}

impl AsTupleRange for ruff_python_ast::token::Token {
    fn as_tuple_range(&self) -> std::ops::Range<usize> {
        let (_, range) = self.as_tuple();
        range.start().to_usize()..range.end().to_usize()
    }
}
