//! Take away imports that the accepted changes leave without a use.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Alias, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxHashSet;

use super::uses::Uses;
use super::{ImportStatement, TextEdit, bound_name, statements};
use crate::module::Module;

/// The edits that remove those aliases of `released` (ranges of aliases) that nothing uses once `gone` (sorted) is
/// gone. `elsewhere` says whether another file of the project takes a name from this one.
///
/// An import stays when it stands below a `try` or in a class, is a re-export (`X as X`), is kept by a comment, or
/// when a comment would be lost with it.
pub(crate) fn removals(
    module: &Module<'_>,
    released: &[TextRange],
    gone: &[TextRange],
    elsewhere: &dyn Fn(&str) -> bool,
) -> Vec<TextEdit> {
    let mut edits = Vec::new();
    if released.is_empty() {
        return edits;
    }
    let released: FxHashSet<TextRange> = released.iter().copied().collect();
    let imports = statements(module.suite());
    let names = imports.iter().flat_map(|import| {
        let aliases = import.names.iter();
        let aliases = aliases.filter(|alias| released.contains(&alias.range()));
        aliases.map(|alias| bound_name(import.statement, alias))
    });
    let uses = Uses::of(module, names, gone);
    for import in imports {
        let doomed: Vec<usize> = (0..import.names.len())
            .filter(|&at| released.contains(&import.names[at].range()))
            .filter(|&at| may_go(module, &import, &import.names[at], &uses, elsewhere))
            .collect();
        let planned = match doomed.len() {
            0 => None,
            all if all == import.names.len() => whole_statement(module, &import),
            _ => some_names(module, import.names, &doomed),
        };
        edits.extend(planned.into_iter().flatten());
    }
    edits
}

fn may_go(
    module: &Module<'_>,
    import: &ImportStatement<'_>,
    alias: &Alias,
    uses: &Uses<'_>,
    elsewhere: &dyn Fn(&str) -> bool,
) -> bool {
    let name = bound_name(import.statement, alias);
    let reexported = alias
        .asname
        .as_ref()
        .is_some_and(|asname| asname.as_str() == alias.name.as_str());
    if import.guarded || import.in_class || reexported {
        return false;
    }
    let suppressions = module.suppressions();
    if suppressions
        .keeping(
            module,
            import.statement.range(),
            "unused-import",
            &["F401", "unused-import", "W0611"],
        )
        .is_some()
    {
        return false;
    }
    let Some(scope) = module.names().scope_of_alias(alias) else {
        return false;
    };
    let taken = scope.is_module() && elsewhere(name);
    !taken && !uses.remain(name, scope, alias.start())
}

/// Remove the physical lines of a statement; a `pass` takes its place when it is alone in its block.
fn whole_statement(module: &Module<'_>, import: &ImportStatement<'_>) -> Option<Vec<TextEdit>> {
    let range = import.statement.range();
    let line = TextRange::new(
        module.line_start(range.start()),
        module.line_end(range.end()),
    );
    let alone = module
        .slice(TextRange::new(line.start(), range.start()))
        .trim()
        .is_empty()
        && module
            .tokens()
            .after(range.end())
            .first()
            .is_none_or(|token| matches!(token.kind(), TokenKind::Newline | TokenKind::EndOfFile));
    if module.comments().intersects(line) && alone || module.comments().intersects(range) {
        return None;
    }
    if import.block.len() == 1 && !module.suite().iter().any(|top| top.range() == range) {
        return Some(vec![(range, "pass".to_owned())]);
    }
    if alone {
        return Some(vec![(line, String::new())]);
    }
    share_of_line(module, range).map(|range| vec![(range, String::new())])
}

/// The bytes of a statement that shares its line with others, with one semicolon.
fn share_of_line(module: &Module<'_>, range: TextRange) -> Option<TextRange> {
    let next = module.tokens().after(range.end());
    if next
        .first()
        .is_some_and(|token| token.kind() == TokenKind::Semi)
    {
        return match next.get(1) {
            Some(token) if !matches!(token.kind(), TokenKind::Newline | TokenKind::Comment) => {
                Some(TextRange::new(range.start(), token.start()))
            }
            _ => before_semicolon(module, range)
                .or_else(|| Some(TextRange::new(range.start(), next[0].end()))),
        };
    }
    before_semicolon(module, range)
}

fn before_semicolon(module: &Module<'_>, range: TextRange) -> Option<TextRange> {
    let previous = module.tokens().before(range.start()).last()?;
    (previous.kind() == TokenKind::Semi).then(|| TextRange::new(previous.start(), range.end()))
}

/// Remove the names at `doomed` (sorted) from a list that keeps others.
fn some_names(module: &Module<'_>, names: &[Alias], doomed: &[usize]) -> Option<Vec<TextEdit>> {
    let mut edits = Vec::new();
    let mut at = 0;
    while at < doomed.len() {
        let first = doomed[at];
        let mut last = first;
        while doomed.get(at + 1) == Some(&(last + 1)) {
            at += 1;
            last += 1;
        }
        at += 1;
        let range = list_range(module, names, first, last);
        if module.comments().intersects(range) {
            return None;
        }
        edits.push((range, String::new()));
    }
    Some(edits)
}

/// The bytes of `names[first..=last]` with the comma and the white space that go with them.
fn list_range(module: &Module<'_>, names: &[Alias], first: usize, last: usize) -> TextRange {
    let (start, end) = (names[first].start(), names[last].end());
    let after_comma = match module.token_after(end) {
        Some((TokenKind::Comma, range)) => range.end(),
        _ => end,
    };
    let line = module.line_start(start);
    let opens_line = module.slice(TextRange::new(line, start)).trim().is_empty();
    let tail_end = module.line_end(after_comma);
    let tail = module.slice(TextRange::new(after_comma, tail_end));
    let closes_line = tail.trim().is_empty() || tail.trim_start().starts_with('#');
    if opens_line && closes_line && tail.ends_with(['\n', '\r']) {
        return TextRange::new(line, tail_end);
    }
    match (names.get(last + 1), first.checked_sub(1)) {
        (Some(next), before) => {
            let wraps = closes_line && before.is_some();
            match before.filter(|_| wraps) {
                Some(before) => TextRange::new(end_with_comma(module, &names[before]), after_comma),
                None => TextRange::new(start, next.start()),
            }
        }
        (None, Some(before)) => TextRange::new(names[before].end(), end),
        (None, None) => TextRange::new(start, end),
    }
}

fn end_with_comma(module: &Module<'_>, alias: &Alias) -> TextSize {
    match module.token_after(alias.end()) {
        Some((TokenKind::Comma, range)) => range.end(),
        _ => alias.end(),
    }
}

/// Whether `statement` imports under a future flag; never touched.
pub(super) fn is_future(statement: &Stmt) -> bool {
    matches!(statement, Stmt::ImportFrom(import) if import.module.as_deref() == Some("__future__"))
}
