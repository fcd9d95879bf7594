//! The edits: brackets and commas go, bars come, and everything between them stays as it is.
//!
//! A union is taken as the row of its operands: between two of them stands one comma or bar, whatever brackets open and
//! close there. So nesting needs no case of its own.

use codemend_engine::change::Change;
use codemend_engine::module::Module;
use codemend_engine::syntax::ast::{Expr, ExprStringLiteral, ExprSubscript};
use codemend_engine::syntax::{Ranged, TextRange, TextSize, TokenKind};
use codemend_engine::typing::TypePlace;

use super::layout::{Layout, layout, outer_range};
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
    let mut subscripts = Vec::new();
    for (subscript, head) in union.subscripts() {
        let layout = layout(place.tokens, subscript).ok_or_else(lost)?;
        subscripts.push((subscript, head, layout));
    }
    let operands: Vec<(&Expr, TextRange)> = union
        .operands()
        .map(|operand| (operand, outer_range(place.tokens, operand.range())))
        .collect();
    let mut writer = Writer {
        module,
        place,
        change,
    };
    let wrap = writer.wrap(expr, &union.root, &subscripts, &operands);
    if quotes == Quotes::Whole {
        writer.quote_whole(union, expr, wrap)?;
    }
    if wrap == Wrap::Around {
        writer.change.insert(expr.start(), "(");
        writer.change.insert(expr.end(), ")");
    }
    writer.separators(&operands, expr.end())?;
    let last = operands.last().map_or(expr.end(), |(_, range)| range.end());
    let mut owes_none = !union.operands().any(Expr::is_none_literal_expr);
    for (at, (subscript, head, layout)) in subscripts.iter().enumerate() {
        let wrap = if at == 0 { wrap } else { Wrap::Bare };
        let none = *head == Head::Optional && std::mem::take(&mut owes_none);
        writer.brackets(subscript, layout, wrap, none.then_some(last));
    }
    if quotes != Quotes::Keep {
        for literal in union.operands().filter_map(Expr::as_string_literal_expr) {
            writer.unquote(literal);
        }
    }
    Ok(())
}

fn lost() -> Refused {
    Refused("its brackets could not be found".into())
}

/// What becomes of the brackets of the outermost subscript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrap {
    /// They go.
    Bare,
    /// They become parentheses, because line breaks between them need some.
    Parentheses,
    /// The union is a chain of bars: parentheses come around it.
    Around,
}

struct Writer<'w, 'a> {
    module: &'w Module<'a>,
    place: &'w TypePlace<'w>,
    change: &'w mut Change,
}

impl Writer<'_, '_> {
    /// Turn the commas between operands into bars; drop trailing commas, and every `None` but the first.
    fn separators(
        &mut self,
        operands: &[(&Expr, TextRange)],
        end: TextSize,
    ) -> Result<(), Refused> {
        let mut seen_none = false;
        for (at, (operand, range)) in operands.iter().enumerate() {
            let next = operands.get(at + 1).map_or(end, |(_, next)| next.start());
            let mut commas = self.commas(TextRange::new(range.end(), next));
            let separator = match at + 1 < operands.len() {
                true => Some(commas.pop().ok_or_else(lost)?),
                false => None,
            };
            for (_, trailing) in commas {
                self.change.delete(trailing);
            }
            let drops_next = operands.get(at + 1).is_some_and(|(next, _)| {
                next.is_none_literal_expr() && (seen_none || operand.is_none_literal_expr())
            });
            seen_none |= operand.is_none_literal_expr();
            match separator {
                Some((_, separator)) if drops_next => {
                    self.drop_none(separator, operands[at + 1].1)?;
                }
                Some((TokenKind::Comma, comma)) => self.bar(comma),
                _ => {}
            }
        }
        Ok(())
    }

    /// Commas and bars in `gap`, which holds no operand.
    fn commas(&self, gap: TextRange) -> Vec<(TokenKind, TextRange)> {
        let tokens: &[_] = self.place.tokens;
        let from = tokens.partition_point(|token| token.start() < gap.start());
        tokens[from..]
            .iter()
            .take_while(|token| token.end() <= gap.end())
            .filter(|token| matches!(token.kind(), TokenKind::Comma | TokenKind::Vbar))
            .map(|token| (token.kind(), token.range()))
            .collect()
    }

    /// Take a repeated `None` away, with the separator before it.
    fn drop_none(&mut self, separator: TextRange, none: TextRange) -> Result<(), Refused> {
        let start = self.place.last_token(separator.start());
        if self.has_comment(TextRange::new(start, none.end())) {
            return Err(Refused("a comment stands before a repeated `None`".into()));
        }
        let next = self.place.first_token(separator.end());
        match next == none.start() {
            true => self.change.delete(TextRange::new(start, none.end())),
            false => {
                self.change.delete(TextRange::new(start, next));
                self.change.delete(none);
            }
        }
        Ok(())
    }

    /// A comma becomes ` |`, with a space behind it unless the line ends there.
    fn bar(&mut self, comma: TextRange) {
        let before = self.place.last_token(comma.start());
        let start = match self.has_comment(TextRange::new(before, comma.start())) {
            true => comma.start(),
            false => before,
        };
        let behind = self.module.text()[comma.end().to_usize()..].chars().next();
        let bar = match behind {
            Some(' ' | '\t' | '\n' | '\r') => " |",
            _ => " | ",
        };
        self.change.replace(TextRange::new(start, comma.end()), bar);
    }

    /// Take the name and the brackets of a subscript away, or put parentheses in their place, and write the `None`
    /// that it still owes: behind `none`, the end of the last operand.
    fn brackets(
        &mut self,
        subscript: &ExprSubscript,
        layout: &Layout,
        wrap: Wrap,
        none: Option<TextSize>,
    ) {
        let first = self.place.first_token(layout.open);
        let gap = TextRange::new(layout.open, first);
        if wrap == Wrap::Parentheses {
            self.change
                .replace(TextRange::new(subscript.start(), layout.open), "(");
        } else {
            let end = if self.has_comment(gap) {
                layout.open
            } else {
                first
            };
            self.change.delete(TextRange::new(subscript.start(), end));
        }
        let end = self.place.last_token(layout.close);
        let gap = TextRange::new(end, layout.close);
        let close = TextRange::new(layout.close, subscript.end());
        let at = layout
            .trailing
            .map_or(end, |comma| self.place.last_token(comma.start()));
        if wrap == Wrap::Parentheses {
            match none {
                Some(last) if self.breaks_line(TextRange::new(last, layout.close)) => {
                    let line = self.module.line_start(layout.close);
                    let indentation = self.module.indentation(last).to_owned();
                    let newline = self.module.newline_at(line);
                    self.change
                        .insert(line, format!("{indentation}| None{newline}"));
                }
                Some(_) => self.change.insert(at, " | None"),
                None => {}
            }
            self.change.replace(close, ")");
        } else if self.has_comment(gap) {
            if none.is_some() {
                self.change.insert(at, " | None");
            }
            self.change.delete(self.whole_line(close).unwrap_or(close));
        } else {
            let text = if none.is_some() { " | None" } else { "" };
            self.change.replace(TextRange::new(end, close.end()), text);
        }
    }

    /// The line of `range` with its newline, when nothing else stands on it.
    fn whole_line(&self, range: TextRange) -> Option<TextRange> {
        let line = TextRange::new(
            self.module.line_start(range.start()),
            self.module.line_end(range.end()),
        );
        let rest = self.module.slice(line).len() - self.module.slice(line).trim().len();
        let alone = self.module.slice(line).len() - rest == self.module.slice(range).len();
        (alone && self.breaks_line(line)).then_some(line)
    }

    /// What becomes of the outermost brackets.
    fn wrap(
        &self,
        expr: &Expr,
        root: &Node<'_>,
        subscripts: &[(&ExprSubscript, Head, Layout)],
        operands: &[(&Expr, TextRange)],
    ) -> Wrap {
        let breaks =
            || self.has_bare_break(expr.range(), operands) && !self.in_brackets(expr.start());
        match (root, subscripts.first()) {
            (Node::Typing { .. }, Some((_, _, layout))) => {
                let first = self.place.first_token(layout.open);
                match self.breaks_line(TextRange::new(layout.open, first)) || breaks() {
                    true => Wrap::Parentheses,
                    false => Wrap::Bare,
                }
            }
            _ if breaks() => Wrap::Around,
            _ => Wrap::Bare,
        }
    }

    fn breaks_line(&self, gap: TextRange) -> bool {
        self.module.slice(gap).contains(['\n', '\r'])
    }

    /// Whether a line breaks outside the operands.
    fn has_bare_break(&self, range: TextRange, operands: &[(&Expr, TextRange)]) -> bool {
        let mut at = range.start();
        let inner = operands.iter().any(|(_, operand)| {
            let gap = TextRange::new(at, operand.start().max(at));
            at = operand.end();
            self.breaks_line(gap)
        });
        inner || self.breaks_line(TextRange::new(at, range.end()))
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
        if wrap != Wrap::Bare || text.contains(['\n', '\r', '\\', '#']) {
            let reason = "a quoted member has no `|`, and the annotation does not fit one string";
            return Err(Refused(reason.into()));
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
            .find(|quote| !inner.contains(*quote));
        let Some(quote) = quote else {
            let reason =
                "a quoted member has no `|`, and the annotation holds both kinds of quotes";
            return Err(Refused(reason.into()));
        };
        self.change.insert(expr.start(), quote);
        self.change.insert(expr.end(), quote);
        Ok(())
    }
}
