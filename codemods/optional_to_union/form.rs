//! The edits: brackets and commas go, bars come, and everything between them stays as it is.

use codemend_engine::change::Change;
use codemend_engine::module::Module;
use codemend_engine::syntax::ast::{Expr, ExprStringLiteral, ExprSubscript};
use codemend_engine::syntax::{Ranged, TextRange, TextSize, TokenKind};
use codemend_engine::typing::TypePlace;

use super::union::{Head, Node, Refused, Union};

/// What happens to operands in quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// There are none.
    Keep,
    /// They lose them.
    Drop,
    /// They lose them, and the whole union gets a pair.
    Whole,
}

/// Put the edits that rewrite `union`, which is `expr`, into `change`.
pub(super) fn edit(
    module: &Module<'_>,
    union: &Union<'_>,
    expr: &Expr,
    place: &TypePlace<'_>,
    quotes: Quotes,
    change: &mut Change,
) -> Result<(), Refused> {
    let explicit_none = union.operands().any(Expr::is_none_literal_expr);
    let mut writer = Writer {
        module,
        place,
        change,
        seen_none: false,
        implied_none: !explicit_none,
    };
    let wrap = writer.wrap(expr, &union.root);
    if quotes == Quotes::Whole {
        writer.quote_whole(union, expr, wrap)?;
    }
    writer.node(&union.root, wrap)?;
    if quotes != Quotes::Keep {
        for literal in union.operands().filter_map(Expr::as_string_literal_expr) {
            writer.unquote(literal);
        }
    }
    Ok(())
}

/// What becomes of the brackets of the outermost subscript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrap {
    /// They go.
    Bare,
    /// They become parentheses, because line breaks between them need some.
    Parentheses,
}

struct Writer<'w, 'a> {
    module: &'w Module<'a>,
    place: &'w TypePlace<'w>,
    change: &'w mut Change,
    /// An explicit `None` was written already.
    seen_none: bool,
    /// `Optional` still owes a `None`.
    implied_none: bool,
}

/// The brackets of a subscript, and the commas between its members.
struct Layout {
    /// Through the bracket, and through the parenthesis of `Union[(A, B)]`.
    open: TextRange,
    close: TextRange,
    commas: Vec<TextRange>,
}

impl Writer<'_, '_> {
    fn node(&mut self, node: &Node<'_>, wrap: Wrap) -> Result<(), Refused> {
        match node {
            Node::Operand(expr) => {
                self.seen_none |= expr.is_none_literal_expr();
                Ok(())
            }
            Node::Bar(left, right) => {
                self.node(left, Wrap::Bare)?;
                self.node(right, Wrap::Bare)
            }
            Node::Typing {
                subscript,
                head,
                members,
            } => self.typing(subscript, *head, members, wrap),
        }
    }

    fn typing(
        &mut self,
        subscript: &ExprSubscript,
        head: Head,
        members: &[Node<'_>],
        wrap: Wrap,
    ) -> Result<(), Refused> {
        let layout = self
            .layout(subscript)
            .ok_or_else(|| Refused("its brackets could not be found".into()))?;
        let (first, last) = (
            self.place.first_token(layout.open.end()),
            self.place.last_token(layout.close.start()),
        );
        let open = TextRange::new(subscript.start(), layout.open.end());
        match wrap {
            Wrap::Parentheses => self.change.replace(open, "("),
            Wrap::Bare => {
                let gap = TextRange::new(layout.open.end(), first);
                let end = if self.has_comment(gap) {
                    layout.open.end()
                } else {
                    first
                };
                self.change.delete(TextRange::new(open.start(), end));
            }
        }
        self.members(members, &layout)?;
        let trailing = layout.commas.get(members.len() - 1).copied();
        if let Some(comma) = trailing {
            self.change.delete(comma);
        }
        let end_of_members = trailing.map_or(last, |comma| comma.end());
        let none = head == Head::Optional && std::mem::take(&mut self.implied_none);
        self.close(&layout, end_of_members, wrap, none, trailing);
        Ok(())
    }

    /// Turn the commas between members into bars; drop every `None` but the first.
    fn members(&mut self, members: &[Node<'_>], layout: &Layout) -> Result<(), Refused> {
        for (at, member) in members.iter().enumerate() {
            let comma = at
                .checked_sub(1)
                .and_then(|before| layout.commas.get(before));
            let repeated = self.seen_none && matches!(member, Node::Operand(Expr::NoneLiteral(_)));
            if repeated {
                let Node::Operand(none) = member else {
                    continue;
                };
                let Some(comma) = comma else {
                    return Err(Refused("a repeated `None` comes first".into()));
                };
                let range = TextRange::new(comma.start(), none.end());
                if self.has_comment(range) {
                    return Err(Refused("a comment stands before a repeated `None`".into()));
                }
                self.change.delete(range);
                continue;
            }
            if let Some(&comma) = comma {
                self.bar(comma);
            }
            self.node(member, Wrap::Bare)?;
        }
        Ok(())
    }

    /// A comma becomes ` |`, with a space behind it unless the line ends there.
    fn bar(&mut self, comma: TextRange) {
        let before = self.place.last_token(comma.start());
        let start = if self.has_comment(TextRange::new(before, comma.start())) {
            comma.start()
        } else {
            before
        };
        let behind = self.module.text()[comma.end().to_usize()..].chars().next();
        let bar = match behind {
            Some(' ' | '\t' | '\n' | '\r') => " |",
            _ => " | ",
        };
        self.change.replace(TextRange::new(start, comma.end()), bar);
    }

    /// Close the brackets, with the `None` that `Optional` stands for.
    fn close(
        &mut self,
        layout: &Layout,
        end: TextSize,
        wrap: Wrap,
        none: bool,
        trailing: Option<TextRange>,
    ) {
        let gap = TextRange::new(end, layout.close.start());
        let own_line = self.module.slice(gap).contains(['\n', '\r']);
        let newline = self.module.newline();
        match wrap {
            Wrap::Parentheses => {
                if none && own_line {
                    let line = self.module.line_start(layout.close.start());
                    let indentation = self
                        .module
                        .indentation(self.place.first_token(layout.open.end()))
                        .to_owned();
                    self.change
                        .insert(line, format!("{indentation}| None{newline}"));
                } else if none {
                    self.insert_none(end, trailing);
                }
                self.change.replace(layout.close, ")");
            }
            Wrap::Bare if self.has_comment(gap) => {
                if none {
                    self.insert_none(end, trailing);
                }
                self.change.delete(layout.close);
            }
            Wrap::Bare => {
                let text = if none { " | None" } else { "" };
                self.change
                    .replace(TextRange::new(end, layout.close.end()), text);
            }
        }
    }

    fn insert_none(&mut self, end: TextSize, trailing: Option<TextRange>) {
        let at = trailing.map_or(end, |comma| comma.start());
        self.change.insert(at, " | None");
    }

    /// Whether the outermost brackets must become parentheses.
    fn wrap(&self, expr: &Expr, root: &Node<'_>) -> Wrap {
        let Node::Typing { subscript, .. } = root else {
            return Wrap::Bare;
        };
        let Some(layout) = self.layout(subscript) else {
            return Wrap::Bare;
        };
        let first = self.place.first_token(layout.open.end());
        let breaks_first = self.breaks_line(TextRange::new(layout.open.end(), first));
        if breaks_first || self.has_bare_break(root) && !self.in_brackets(expr.start()) {
            return Wrap::Parentheses;
        }
        Wrap::Bare
    }

    fn breaks_line(&self, gap: TextRange) -> bool {
        self.module.slice(gap).contains(['\n', '\r'])
    }

    /// Whether a line breaks between brackets that go.
    fn has_bare_break(&self, node: &Node<'_>) -> bool {
        let Node::Typing {
            subscript, members, ..
        } = node
        else {
            return false;
        };
        let mut at = subscript.value.end();
        let mut inner = false;
        for member in members {
            let range = range_of(member);
            let nested = matches!(member, Node::Typing { .. });
            inner |= nested && self.has_bare_break(member);
            inner |= self.breaks_line(TextRange::new(at, range.start().max(at)));
            at = range.end();
        }
        inner || self.breaks_line(TextRange::new(at, subscript.end()))
    }

    /// Whether brackets of the same statement are open at `offset`.
    fn in_brackets(&self, offset: TextSize) -> bool {
        let mut depth = 0usize;
        let tokens: &[_] = self.module.tokens();
        let until = tokens.partition_point(|token| token.end() <= offset);
        for token in tokens[..until].iter().rev() {
            match token.kind() {
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => depth += 1,
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace if depth == 0 => return true,
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => depth -= 1,
                TokenKind::Newline => return false,
                _ => {}
            }
        }
        false
    }

    fn layout(&self, subscript: &ExprSubscript) -> Option<Layout> {
        let inside = TextRange::new(subscript.value.end(), subscript.end());
        let tuple = subscript
            .slice
            .as_tuple_expr()
            .filter(|tuple| tuple.parenthesized);
        let wanted_depth = 1 + usize::from(tuple.is_some());
        let (mut depth, mut open, mut close, mut commas) = (0, None, None, Vec::new());
        let tokens: &[_] = self.place.tokens;
        let from = tokens.partition_point(|token| token.start() < inside.start());
        for token in tokens[from..]
            .iter()
            .take_while(|token| token.end() <= inside.end())
        {
            match token.kind() {
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                    depth += 1;
                    if depth == wanted_depth
                        && open.is_none()
                        && tuple.is_none_or(|tuple| token.start() == tuple.start())
                    {
                        open = Some(token.end());
                    }
                }
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                    if depth == wanted_depth && tuple.is_none_or(|tuple| token.end() == tuple.end())
                    {
                        close = Some(token.start());
                    }
                    depth -= 1;
                }
                TokenKind::Comma if depth == wanted_depth => commas.push(token.range()),
                _ => {}
            }
        }
        Some(Layout {
            open: TextRange::new(subscript.value.end(), open?),
            close: TextRange::new(close?, subscript.end()),
            commas,
        })
    }

    fn has_comment(&self, range: TextRange) -> bool {
        self.place.string.is_none() && self.module.comments().intersects(range)
    }

    /// Take the quotes of an operand away.
    fn unquote(&mut self, literal: &ExprStringLiteral) {
        let (range, one) = (literal.range(), TextSize::new(1));
        self.change.delete(TextRange::at(range.start(), one));
        self.change.delete(TextRange::at(range.end() - one, one));
    }

    /// Put the whole union between quotes that nothing in it uses.
    fn quote_whole(&mut self, union: &Union<'_>, expr: &Expr, wrap: Wrap) -> Result<(), Refused> {
        let text = self.module.slice(expr.range());
        if wrap == Wrap::Parentheses || text.contains(['\n', '\r', '\\', '#']) {
            return Err(Refused(
                "a quoted member has no `|`, and the annotation does not fit one string".into(),
            ));
        }
        let mut inner = text.to_owned();
        for literal in union.operands().filter_map(Expr::as_string_literal_expr) {
            inner = inner.replacen(
                self.module.slice(literal.range()),
                literal.value.to_str(),
                1,
            );
        }
        let first = union.operands().find_map(Expr::as_string_literal_expr);
        let preferred = first.and_then(|literal| self.module.slice(literal.range()).chars().next());
        let quote = preferred
            .into_iter()
            .chain(['"', '\''])
            .find(|quote| !inner.contains(*quote))
            .ok_or_else(|| {
                Refused(
                    "a quoted member has no `|`, and the annotation holds both kinds of quotes"
                        .into(),
                )
            })?;
        self.change.insert(expr.start(), quote);
        self.change.insert(expr.end(), quote);
        Ok(())
    }
}

fn range_of(node: &Node<'_>) -> TextRange {
    match node {
        Node::Typing { subscript, .. } => subscript.range(),
        Node::Bar(left, right) => TextRange::new(range_of(left).start(), range_of(right).end()),
        Node::Operand(expr) => expr.range(),
    }
}
