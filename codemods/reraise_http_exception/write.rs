//! The new clause: where it goes, and what stands in it.

use codemend_engine::change::{Change, Changes};
use codemend_engine::module::Module;
use codemend_engine::syntax::ast::Stmt;
use codemend_engine::syntax::{Ranged, TextRange, TextSize};

use super::sites::Site;

/// A change that puts `except {class}:` with `cleanup` and `raise` above the handler of `site`.
pub fn drafted(
    module: &Module<'_>,
    changes: &Changes,
    site: &Site<'_>,
    title: String,
    class: &str,
    cleanup: &[&Stmt],
) -> Change {
    let at = above(module, site);
    let newline = module.newline_at(at);
    let outer = module.indentation(site.handler.start());
    let inner = body_indentation(module, site);
    let mut text = format!("{outer}except {class}:{newline}");
    for statement in cleanup {
        text.push_str(&inner);
        text.push_str(module.slice(statement.range()));
        text.push_str(newline);
    }
    text.push_str(&inner);
    text.push_str("raise");
    text.push_str(newline);
    let mut change = changes.draft(site.head(), title);
    change.insert(at, text);
    change
}

/// The line of the handler, or the first of the comment lines right above it in its column.
fn above(module: &Module<'_>, site: &Site<'_>) -> TextSize {
    let handler = site.handler.start();
    let indentation = module.indentation(handler);
    let mut at = module.line_start(handler);
    while at > TextSize::default() {
        let line = module.line_start(at - TextSize::new(1));
        let start = line + TextSize::of(module.indentation(line));
        let is_comment = start < at && !comments_at(module, start, at).is_empty();
        if line >= at || !is_comment || module.indentation(line) != indentation {
            break;
        }
        at = line;
    }
    at
}

/// The comment that begins at `start`, before `end`.
fn comments_at(module: &Module<'_>, start: TextSize, end: TextSize) -> TextRange {
    let comments = module.comments();
    let found = comments.comments_in_range(TextRange::new(start, end));
    let first = found.first().filter(|one| one.start() == start);
    first.copied().unwrap_or_default()
}

/// The indentation of the handler's body; where that stands on one line, of the body of the `try`.
fn body_indentation(module: &Module<'_>, site: &Site<'_>) -> String {
    let outer = module.indentation(site.handler.start());
    let bodies = [&site.handler.body, &site.attempt.body];
    let first = bodies.into_iter().filter_map(|body| body.first());
    let mut own_lines = first.map(|one| {
        let line = module.line_start(one.start());
        let before = module.slice(TextRange::new(line, one.start()));
        before.trim().is_empty().then_some(before)
    });
    match own_lines.find_map(|before| before) {
        Some(before) => before.to_owned(),
        None if outer.contains('\t') => format!("{outer}\t"),
        None => format!("{outer}    "),
    }
}
