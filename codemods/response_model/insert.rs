//! Where the new text goes: the argument of a decorator, the classes above a function.

use codemend_engine::module::Module;
use codemend_engine::syntax::ast::{ExprCall, Stmt};
use codemend_engine::syntax::{Ranged, TextRange, TextSize, TokenKind, UniversalNewlines};

/// The edits that add `arguments`, each `name=value`, to a call that has at least one argument. They join its style: in
/// a row, or each on a line of its own.
pub(super) fn arguments(
    module: &Module<'_>,
    call: &ExprCall,
    arguments: &[String],
) -> Vec<(TextSize, String)> {
    let close = call.end() - TextSize::from(1);
    let inside = module
        .tokens()
        .in_range(TextRange::new(call.arguments.start(), call.end()));
    let mut real = inside
        .iter()
        .filter(|token| !token.kind().is_trivia() && token.end() <= close)
        .rev();
    let Some(mut last) = real.next() else {
        return Vec::new();
    };
    let mut comma = None;
    if last.kind() == TokenKind::Comma {
        comma = Some(last.end());
        let Some(before) = real.next() else {
            return Vec::new();
        };
        last = before;
    }
    let first_of_last = call
        .arguments
        .iter_source_order()
        .last()
        .map_or(last.start(), |argument| argument.range().start());
    let line = module.line_start(first_of_last);
    let indentation = module.indentation(first_of_last);
    let starts_line = module
        .slice(TextRange::new(line, first_of_last))
        .trim()
        .is_empty();
    let ends_line = module
        .slice(TextRange::new(comma.unwrap_or(last.end()), close))
        .contains(['\n', '\r']);
    if !starts_line || !ends_line {
        let text: String = arguments.iter().map(|one| format!(", {one}")).collect();
        return vec![(last.end(), text)];
    }
    let mut edits = Vec::new();
    if comma.is_none() {
        edits.push((last.end(), ",".to_owned()));
    }
    let below = module.line_end(comma.unwrap_or(last.end()));
    let newline = module.newline_at(below);
    let lines: String = arguments
        .iter()
        .map(|one| format!("{indentation}{one},{newline}"))
        .collect();
    edits.push((below, lines));
    edits
}

/// The byte at which classes go that stand above `outermost`, a statement at module level: before its decorators and
/// the comments right above them.
pub(super) fn above(module: &Module<'_>, outermost: &Stmt) -> TextSize {
    let start = match outermost {
        Stmt::FunctionDef(function) => function
            .decorator_list
            .first()
            .map_or(function.start(), Ranged::start),
        other => other.start(),
    };
    let mut at = module.line_start(start);
    while at > TextSize::from(0) {
        let above = module.line_start(at - TextSize::from(1));
        let is_comment = module.slice(TextRange::new(above, at)).starts_with('#');
        // The first lines belong to the file: `#!/usr/bin/env python`, `# coding: utf-8`.
        if !is_comment || above >= at || above == module.line_start(TextSize::from(0)) {
            break;
        }
        at = above;
    }
    at
}

/// `classes`, each its lines without indentation of their own, as text to insert at `at`: two blank lines around each.
pub(super) fn classes(module: &Module<'_>, at: TextSize, classes: &[String]) -> String {
    let newline = module.newline_at(at);
    let before = &module.text()[..at.to_usize()];
    let body = before.trim_end_matches([' ', '\t', '\r', '\n']);
    let blank = before[body.len()..].universal_newlines();
    let blank = blank
        .filter(|line| line.as_full_str().ends_with(['\n', '\r']))
        .count();
    let missing = match body.trim_start_matches('\u{feff}').is_empty() {
        true => 0,
        false => 3usize.saturating_sub(blank),
    };
    let mut text = newline.repeat(missing);
    for class in classes {
        text.push_str(&class.replace('\n', newline));
        text.push_str(&newline.repeat(3));
    }
    text
}

/// What one level of indentation is in `module`: that of the function, else a tab where the file has tabs.
pub(super) fn indentation<'m>(module: &'m Module<'_>, outermost: &Stmt) -> &'m str {
    let inner = match outermost {
        Stmt::FunctionDef(function) => function.body.first(),
        _ => None,
    };
    match inner.map(|inner| module.indentation(inner.start())) {
        None | Some("") => match module.text().contains("\n\t") || module.text().contains("\r\t") {
            true => "\t",
            false => "    ",
        },
        Some(own) => own,
    }
}
