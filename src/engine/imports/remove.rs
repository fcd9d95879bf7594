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
    if released.is_empty() {
        return Vec::new();
    }
    let released: FxHashSet<TextRange> = released.iter().copied().collect();
    let imports = statements(module.suite());
    let names = imports.iter().flat_map(|import| {
        let aliases = import.names.iter();
        let aliases = aliases.filter(|alias| released.contains(&alias.range()));
        aliases.map(|alias| bound_name(import.statement, alias))
    });
    let uses = Uses::of(module, names, gone);
    let doomed: Vec<(&ImportStatement<'_>, Vec<usize>)> = imports
        .iter()
        .map(|import| {
            let going = (0..import.names.len())
                .filter(|&at| released.contains(&import.names[at].range()))
                .filter(|&at| may_go(module, import, &import.names[at], &uses, elsewhere));
            (import, going.collect())
        })
        .filter(|(_, going): &(_, Vec<usize>)| !going.is_empty())
        .collect();
    let whole: Vec<&ImportStatement<'_>> = doomed
        .iter()
        .filter(|(import, going)| going.len() == import.names.len() && is_bare(module, import))
        .map(|(import, _)| *import)
        .collect();
    let mut edits = whole_statements(module, &whole);
    for (import, going) in &doomed {
        let stays = !whole
            .iter()
            .any(|one| one.statement.range() == import.statement.range());
        if stays {
            edits.extend(some_names(module, import.names, going));
        }
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

/// Whether no comment would be lost with the statement.
fn is_bare(module: &Module<'_>, import: &ImportStatement<'_>) -> bool {
    let range = import.statement.range();
    let lines = TextRange::new(
        module.line_start(range.start()),
        module.line_end(range.end()),
    );
    // A comment at the very start of the line below touches these lines, and is not on them.
    let has_none = module.comments().comments_in_range(lines).is_empty();
    if module.comments().intersects(range) || has_none {
        return !module.comments().intersects(range);
    }
    // The comment stays with what else stands on the line: another statement, or the header of the block.
    let before = TextRange::new(lines.start(), range.start());
    let opens_block = import
        .block
        .first()
        .is_some_and(|first| first.range() == range);
    opens_block && !module.slice(before).trim().is_empty()
        || import.block.iter().any(|mate| {
            let import = matches!(mate, Stmt::Import(_) | Stmt::ImportFrom(_));
            !import && lines.contains_range(mate.range())
        })
}

/// Remove whole statements with their physical lines; what shares a line with a statement that stays leaves the line
/// to it, and a block that would be empty gets a `pass`.
pub(super) fn whole_statements(
    module: &Module<'_>,
    doomed: &[&ImportStatement<'_>],
) -> Vec<TextEdit> {
    let goes = |statement: &Stmt| {
        doomed
            .iter()
            .any(|one| one.statement.range() == statement.range())
    };
    let mut edits = Vec::new();
    for import in doomed {
        let range = import.statement.range();
        let top = module
            .suite()
            .iter()
            .any(|statement| statement.range() == range);
        let empties = !top && import.block.iter().all(goes);
        let first = import
            .block
            .first()
            .is_some_and(|first| first.range() == range);
        let Some(at) = import.block.iter().position(|one| one.range() == range) else {
            continue;
        };
        if empties && first {
            edits.push((range, "pass".to_owned()));
            continue;
        }
        let on_line = |gap: TextRange| !module.slice(gap).contains(['\n', '\r']);
        let previous = at.checked_sub(1).map(|before| &import.block[before]);
        let previous = previous.filter(|one| on_line(TextRange::new(one.end(), range.start())));
        let next = import.block.get(at + 1);
        let next = next.filter(|one| on_line(TextRange::new(range.end(), one.start())));
        let line_goes =
            line_mates(import.block, at, &on_line).all(|mate| goes(&import.block[mate]));
        edits.push(match (previous, next) {
            _ if line_goes && !empties => {
                let line = TextRange::new(
                    module.line_start(range.start()),
                    module.line_end(range.end()),
                );
                (line, String::new())
            }
            (None, None) => {
                let line = TextRange::new(
                    module.line_start(range.start()),
                    module.line_end(range.end()),
                );
                (line, String::new())
            }
            (_, Some(next)) if !goes(next) => {
                (TextRange::new(range.start(), next.start()), String::new())
            }
            (Some(previous), _) => (TextRange::new(previous.end(), range.end()), String::new()),
            (None, Some(next)) => (TextRange::new(range.start(), next.start()), String::new()),
        });
    }
    crate::resolve::sort(&mut edits);
    edits
}

/// The statements of `block` that stand on one line with the one `at`, itself included.
fn line_mates<'b>(
    block: &'b [Stmt],
    at: usize,
    on_line: &'b dyn Fn(TextRange) -> bool,
) -> impl Iterator<Item = usize> + 'b {
    let joined =
        move |left: usize| on_line(TextRange::new(block[left].end(), block[left + 1].start()));
    let mut first = at;
    while first > 0 && joined(first - 1) {
        first -= 1;
    }
    let mut last = at;
    while last + 1 < block.len() && joined(last) {
        last += 1;
    }
    first..=last
}

/// Remove the names at `doomed` (sorted) from a list, but those whose comment would go with them.
fn some_names(module: &Module<'_>, names: &[Alias], doomed: &[usize]) -> Vec<TextEdit> {
    let commented = |at: &usize| {
        let own_line = list_range(module, names, *at, *at);
        module.comments().intersects(own_line)
    };
    let doomed: Vec<usize> = doomed.iter().copied().filter(|at| !commented(at)).collect();
    if doomed.len() == names.len() {
        return Vec::new();
    }
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
        if !module.comments().intersects(range) {
            edits.push((range, String::new()));
        }
    }
    edits
}

/// The bytes of `names[first..=last]` with the comma and the white space that go with them.
fn list_range(module: &Module<'_>, names: &[Alias], first: usize, last: usize) -> TextRange {
    let (start, end) = (names[first].start(), names[last].end());
    let after_comma = match module.token_after(end) {
        Some((TokenKind::Comma, range)) => range.end(),
        _ => end,
    };
    let line = module.line_start(start);
    let above = module.text()[..line.to_usize()].trim_end_matches(['\r', '\n']);
    let opens_line =
        module.slice(TextRange::new(line, start)).trim().is_empty() && !above.ends_with('\\');
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
