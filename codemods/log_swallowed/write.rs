//! The edits that put a call into a handler.

use codemend_engine::module::Module;
use codemend_engine::syntax::ast::{Expr, Stmt};
use codemend_engine::syntax::{Ranged, TextRange, TextSize};

use super::site::Site;

/// One edit.
type Edit = (TextRange, String);

/// Whether `body` does nothing: `pass`, `...`, a string, `continue`, `break`.
pub fn is_quiet(body: &[Stmt]) -> bool {
    body.iter()
        .all(|one| is_filler(one) || is_jump(one) || is_string(one))
}

/// Whether a string stands in `body`.
pub fn has_string(body: &[Stmt]) -> bool {
    body.iter().any(is_string)
}

/// The edit that puts `call` into the handler of `site`: in place of `pass` or `...`, else before its first statement,
/// or, where it does nothing, before the jump or behind the string.
pub fn edit(module: &Module<'_>, site: &Site<'_>, call: &str) -> Option<Edit> {
    let body = &site.handler.body;
    let first = body.first()?;
    if !is_quiet(body) {
        return Some(before(module, site, first, call));
    }
    if let Some(filler) = body.iter().find(|one| is_filler(one)) {
        return Some((filler.range(), call.to_owned()));
    }
    match body.iter().find(|one| is_jump(one)) {
        Some(jump) => Some(before(module, site, jump, call)),
        None => body.last().map(|string| behind(module, string, call)),
    }
}

fn is_filler(statement: &Stmt) -> bool {
    match statement {
        Stmt::Pass(_) => true,
        Stmt::Expr(one) => one.value.is_ellipsis_literal_expr(),
        _ => false,
    }
}

fn is_jump(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Continue(_) | Stmt::Break(_))
}

fn is_string(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Expr(one) if matches!(*one.value, Expr::StringLiteral(_)))
}

/// Before `statement`, on a line of its own above the comments that belong to it; on its line where other code shares
/// that.
fn before(module: &Module<'_>, site: &Site<'_>, statement: &Stmt, call: &str) -> Edit {
    let start = statement.start();
    let line = module.line_start(start);
    let indentation = module.slice(TextRange::new(line, start));
    let above = module.text()[..line.to_usize()].trim_end_matches(['\r', '\n']);
    if !indentation.trim().is_empty() || above.ends_with('\\') {
        return (TextRange::empty(start), format!("{call}; "));
    }
    let at = above_comments(module, site.handler.start(), line, indentation);
    let indentation = columns(indentation);
    let newline = module.newline_at(line);
    (
        TextRange::empty(at),
        format!("{indentation}{call}{newline}"),
    )
}

/// What counts of an indentation: a form feed begins it anew, and is not to be repeated.
fn columns(indentation: &str) -> &str {
    indentation.rsplit('\x0c').next().unwrap_or_default()
}

/// The start of `line`, or of the comment lines in its column that touch it from above, below the line of `from`.
fn above_comments(
    module: &Module<'_>,
    from: TextSize,
    line: TextSize,
    indentation: &str,
) -> TextSize {
    let head = module.line_start(from);
    let mut at = line;
    while at > head {
        let above = module.line_start(at - TextSize::from(1));
        let text = module.slice(TextRange::new(above, at));
        let rest = text.strip_prefix(indentation).unwrap_or_default();
        if above <= head || !rest.starts_with('#') || rest.contains("codemend:") {
            break;
        }
        at = above;
    }
    at
}

/// Behind `statement`, on a line of its own, or on the same where other code shares it.
fn behind(module: &Module<'_>, statement: &Stmt, call: &str) -> Edit {
    let line = module.line_start(statement.start());
    let indentation = columns(module.slice(TextRange::new(line, statement.start())));
    let above = module.text()[..line.to_usize()].trim_end_matches(['\r', '\n']);
    let end = module.line_end(statement.end());
    let rest = module
        .slice(TextRange::new(statement.end(), end))
        .trim_start();
    let is_alone = rest.is_empty() || rest.starts_with('#');
    if !indentation.trim().is_empty() || above.ends_with('\\') || !is_alone {
        return (TextRange::empty(statement.end()), format!("; {call}"));
    }
    let newline = module.newline_at(end);
    let ends = module
        .slice(TextRange::new(statement.end(), end))
        .ends_with(['\n', '\r']);
    let text = match ends {
        true => format!("{indentation}{call}{newline}"),
        false => format!("{newline}{indentation}{call}"),
    };
    (TextRange::empty(end), text)
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn a_form_feed_is_not_repeated() {
        assert_eq!(columns("\x0c    "), "    ");
        assert_eq!(columns("  \x0c\t"), "\t");
        assert_eq!(columns("  "), "  ");
    }
}
