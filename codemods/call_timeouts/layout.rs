//! Where a new argument goes: behind the last one, in the layout of the call.

use codemend_engine::module::Module;
use codemend_engine::syntax::ast::ExprCall;
use codemend_engine::syntax::{Ranged, TextRange, TextSize, TokenKind};

/// The insertions that give `call` the argument `text`.
pub fn insertions(module: &Module<'_>, call: &ExprCall, text: &str) -> Vec<(TextSize, String)> {
    let open = call.arguments.start() + TextSize::from(1);
    let close = call.arguments.end() - TextSize::from(1);
    let inside = module.tokens().in_range(TextRange::new(open, close));
    let mut real = inside
        .iter()
        .rev()
        .filter(|token| !token.kind().is_trivia());
    let Some(last) = real.next() else {
        return vec![(open, text.to_owned())];
    };
    let comma = (last.kind() == TokenKind::Comma).then(|| last.end());
    let end = match comma {
        Some(_) => real.next().map_or(last.end(), Ranged::end),
        None => last.end(),
    };
    let arguments = call.arguments.iter_source_order();
    let start = arguments.last().map_or(end, |argument| {
        parenthesis_before(module, open, argument.range().start())
    });
    let line = module.line_start(start);
    let indentation = module.indentation(start);
    let own = line + TextSize::of(indentation);
    if own < open || own != start {
        return vec![match comma {
            Some(comma) => (comma, format!(" {text},")),
            None => (end, format!(", {text}")),
        }];
    }
    let from = comma.unwrap_or(end);
    let newline = module.newline_at(from);
    let behind = behind_comment(module, from);
    let below = format!("{newline}{indentation}{text}");
    match (comma, behind == end) {
        (Some(_), _) => vec![(behind, format!("{below},"))],
        (None, true) => vec![(end, format!(",{below}"))],
        (None, false) => vec![(end, ",".to_owned()), (behind, below)],
    }
}

/// Where the argument at `start` of the call with its arguments from `open` on begins: it may stand in parentheses.
fn parenthesis_before(module: &Module<'_>, open: TextSize, start: TextSize) -> TextSize {
    let before = module.tokens().in_range(TextRange::new(open, start));
    let real = before
        .iter()
        .rev()
        .filter(|token| !token.kind().is_trivia());
    let mut open = real.take_while(|token| token.kind() == TokenKind::Lpar);
    open.by_ref().last().map_or(start, Ranged::start)
}

/// Behind the comment that follows `offset` on its line.
fn behind_comment(module: &Module<'_>, offset: TextSize) -> TextSize {
    let line = TextRange::new(offset, module.line_end(offset));
    let comments = module.comments().comments_in_range(line);
    comments.first().map_or(offset, |comment| comment.end())
}
