//! The statements of an `else`, one level out.

use codemend_engine::module::Module;
use codemend_engine::syntax::ast::Stmt;
use codemend_engine::syntax::{Ranged, TextRange, TextSize, TokenKind, UniversalNewlines};

use super::extent::kept;

/// `body`, the statements of the `else` of `statement`, as they stand in its place: without the indentation of its
/// first line. Lines that begin inside of a string stay as they are.
pub fn dedented(module: &Module<'_>, statement: &Stmt, body: &[Stmt]) -> Option<String> {
    let range = kept(module, body);
    let first = body.first()?;
    let outer = module.indentation(statement.start());
    if range.start() == first.start() {
        return Some(module.slice(range).to_owned());
    }
    let inner = module.indentation(first.start());
    inner.strip_prefix(outer).filter(|more| !more.is_empty())?;
    let frozen = strings(module, range);
    let mut at = range.start();
    let mut text = String::new();
    for line in module.slice(range).universal_newlines() {
        let line = line.as_full_str();
        let in_string = frozen.iter().any(|it| it.start() < at && at < it.end());
        match line.strip_prefix(inner) {
            Some(rest) if !in_string => {
                text.push_str(outer);
                text.push_str(rest);
            }
            _ => text.push_str(line),
        }
        at += TextSize::of(line);
    }
    let begins = text
        .trim_start_matches([' ', '\t', '\x0c', '\r', '\n'])
        .len();
    Some(text.split_off(text.len() - begins))
}

/// The strings in `range` that go over several lines, f-strings and t-strings whole.
fn strings(module: &Module<'_>, range: TextRange) -> Vec<TextRange> {
    let (mut found, mut open) = (Vec::new(), Vec::new());
    for token in module.tokens().in_range(range) {
        match token.kind() {
            TokenKind::String => found.push(token.range()),
            TokenKind::FStringStart | TokenKind::TStringStart => open.push(token.start()),
            TokenKind::FStringEnd | TokenKind::TStringEnd => {
                let start = open.pop();
                found.extend(start.map(|start| TextRange::new(start, token.end())));
            }
            _ => {}
        }
    }
    found.retain(|it| module.slice(*it).contains(['\n', '\r']));
    found
}
