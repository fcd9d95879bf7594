//! Whether a module reads the same before and after outside of what its changes declare.
//!
//! An edit can be right in itself and change how the text around it parses: `a * X` with `b + c` put for `X` multiplies
//! `b` alone, a swallowed newline joins two lines, a string that is not closed runs on, an indentation moves the next
//! statement into another block. All of this parses, binds the same names and keeps the comments. So both trees are
//! laid on the tokens that no change declares as its own: those must be the same tokens, and the nodes over them must
//! be of the same kinds, over the same tokens, one within the other as before. White space counts by what it does to
//! the tree.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, TraversalSignal};
use ruff_python_ast::{AnyNodeRef, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::edits;
use crate::imports::TextEdit;
use crate::problem::LineColumn;

/// A text with its tokens and its syntax tree.
#[derive(Clone, Copy)]
pub(crate) struct Read<'a> {
    pub(crate) text: &'a str,
    pub(crate) tokens: &'a Tokens,
    pub(crate) suite: &'a [Stmt],
}

/// Compare `before` with `after`, which `edits` (sorted, without overlaps, in bytes of `before`) have made of it.
/// `places` are the ranges of `before` that the changes declare as their own besides the edits.
///
/// # Errors
/// The first place that reads otherwise, as a reason.
pub(crate) fn unchanged_around(
    before: Read<'_>,
    after: Read<'_>,
    edits: &[TextEdit],
    places: &[TextRange],
) -> Result<(), String> {
    let here = edits.iter().map(|(range, _)| *range);
    let old = Outline::of(before, edits::merged(here.chain(places.iter().copied())));
    let written = edits::written(edits);
    let moved = places
        .iter()
        .map(|place| edits::moved(edits, &written, *place));
    let new = Outline::of(after, edits::merged(written.iter().copied().chain(moved)));
    let tokens = old.tokens.iter().zip(&new.tokens);
    let same = tokens
        .take_while(|(a, b)| a.0 == b.0 && before.text[a.1] == after.text[b.1])
        .count();
    if same < old.tokens.len().max(new.tokens.len()) {
        let at = old
            .tokens
            .get(same)
            .map_or(TextSize::of(before.text), |token| token.1.start());
        return Err(reason(before.text, at));
    }
    let nodes = old.nodes.iter().zip(&new.nodes);
    let same = nodes.take_while(|(a, b)| a == b).count();
    if same == old.nodes.len().max(new.nodes.len()) {
        return Ok(());
    }
    // Where the old tree ends first, the new one has a node too many.
    let node = old.nodes.get(same).or_else(|| new.nodes.get(same));
    let token = node.and_then(|node| old.tokens.get(node.first));
    Err(reason(
        before.text,
        token.map_or(TextSize::default(), |token| token.1.start()),
    ))
}

fn reason(text: &str, at: TextSize) -> String {
    let line = LineColumn::of(text, at.to_usize()).line;
    format!("the code around the edits would read otherwise (line {line})")
}

/// What a text holds outside of the declared ranges.
struct Outline {
    tokens: Vec<(TokenKind, TextRange)>,
    nodes: Vec<Node>,
}

/// A node over undeclared tokens.
#[derive(Debug, PartialEq, Eq)]
struct Node {
    kind: NodeKind,
    /// The indices of its first undeclared token and of the one behind its last.
    first: usize,
    end: usize,
    /// How many such nodes it stands within.
    depth: usize,
}

impl Outline {
    fn of(read: Read<'_>, declared: Vec<TextRange>) -> Self {
        let tokens = read.tokens.iter().filter(|token| is_code(token.kind()));
        let tokens = tokens.map(|token| (token.kind(), token.range()));
        let tokens = tokens
            .filter(|(_, range)| !edits::touches(&declared, *range))
            .collect();
        let mut tracer = Tracer {
            tokens,
            nodes: Vec::new(),
            open: Vec::new(),
            depth: 0,
        };
        for statement in read.suite {
            tracer.visit_stmt(statement);
        }
        Self {
            tokens: tracer.tokens,
            nodes: tracer.nodes,
        }
    }
}

/// Whether a token is more than layout, whose work the tree shows.
pub(super) fn is_code(kind: TokenKind) -> bool {
    !kind.is_trivia()
        && !matches!(
            kind,
            TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent | TokenKind::EndOfFile
        )
}

struct Tracer {
    tokens: Vec<(TokenKind, TextRange)>,
    nodes: Vec<Node>,
    /// For each node that is entered, whether it counts.
    open: Vec<usize>,
    depth: usize,
}

impl<'a> SourceOrderVisitor<'a> for Tracer {
    fn enter_node(&mut self, node: AnyNodeRef<'a>) -> TraversalSignal {
        let range = node.range();
        let first = self
            .tokens
            .partition_point(|token| token.1.start() < range.start());
        let end = self
            .tokens
            .partition_point(|token| token.1.start() < range.end());
        self.open.push(self.depth);
        if first >= end {
            return TraversalSignal::Skip;
        }
        self.nodes.push(Node {
            kind: node.kind(),
            first,
            end,
            depth: self.depth,
        });
        self.depth += 1;
        TraversalSignal::Traverse
    }

    fn leave_node(&mut self, _node: AnyNodeRef<'a>) {
        self.depth = self.open.pop().unwrap_or_default();
    }
}

#[cfg(test)]
mod tests;
