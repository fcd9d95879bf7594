//! Where the brackets of a subscript stand, and the parentheses around an operand.

use codemend_engine::syntax::ast::ExprSubscript;
use codemend_engine::syntax::{Ranged, TextRange, TextSize, TokenKind, Tokens};

/// The brackets of a subscript.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// Behind the opening bracket, or behind the parenthesis of `Union[(A, B)]`.
    pub(super) open: TextSize,
    /// Before the closing bracket, or before that parenthesis.
    pub(super) close: TextSize,
    /// The comma behind the last member.
    pub(super) trailing: Option<TextRange>,
}

/// The layout of `subscript`, which is made of `tokens`; `None` when they do not fit.
pub(super) fn layout(tokens: &Tokens, subscript: &ExprSubscript) -> Option<Layout> {
    let tuple = subscript
        .slice
        .as_tuple_expr()
        .filter(|tuple| tuple.parenthesized);
    let tokens: &[_] = tokens;
    let from = tokens.partition_point(|token| token.start() < subscript.value.end());
    let inside = tokens[from..]
        .iter()
        .take_while(|token| token.end() <= subscript.end())
        .skip_while(|token| token.kind() != TokenKind::Lsqb);
    let wanted = 1 + usize::from(tuple.is_some());
    let (mut depth, mut open, mut close, mut trailing) = (0usize, None, None, None);
    for token in inside {
        match token.kind() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                depth += 1;
                let starts = tuple.is_none_or(|tuple| token.start() == tuple.start());
                if depth == wanted && open.is_none() && starts {
                    open = Some(token.end());
                }
                trailing = None;
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                let ends = tuple.is_none_or(|tuple| token.end() == tuple.end());
                if depth == wanted && ends {
                    close = Some(token.start());
                    break;
                }
                depth = depth.checked_sub(1)?;
                trailing = None;
            }
            TokenKind::Comma if depth == wanted => trailing = Some(token.range()),
            kind if kind.is_trivia() => {}
            _ => trailing = None,
        }
    }
    Some(Layout {
        open: open?,
        close: close?,
        trailing,
    })
}

/// `range` with the parentheses directly around it.
pub(super) fn outer_range(tokens: &Tokens, range: TextRange) -> TextRange {
    let tokens: &[_] = tokens;
    let mut outer = range;
    loop {
        let until = tokens.partition_point(|token| token.end() <= outer.start());
        let from = tokens.partition_point(|token| token.start() < outer.end());
        let before = tokens[..until]
            .iter()
            .rfind(|token| !token.kind().is_trivia());
        let behind = tokens[from..]
            .iter()
            .find(|token| !token.kind().is_trivia());
        match (before, behind) {
            (Some(open), Some(close))
                if open.kind() == TokenKind::Lpar && close.kind() == TokenKind::Rpar =>
            {
                outer = TextRange::new(open.start(), close.end());
            }
            _ => return outer,
        }
    }
}
