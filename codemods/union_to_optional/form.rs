//! The edits: bars become commas, and brackets go around them.

use codemend_engine::change::Change;
use codemend_engine::module::Module;
use codemend_engine::syntax::ast::{Expr, ExprBinOp};
use codemend_engine::syntax::{Ranged, TextRange, TokenKind};
use codemend_engine::typing::TypePlace;

use super::Wanted;

/// Put the edits that rewrite `union` with its `members` into `change`.
pub(super) fn edit(
    module: &Module<'_>,
    union: &ExprBinOp,
    members: &[&Expr],
    place: &TypePlace<'_>,
    wanted: Wanted,
    change: &mut Change,
) -> Result<(), String> {
    let mut writer = Writer {
        module,
        place,
        change,
    };
    let layout = writer.layout(union, members)?;
    let (open, close, import) = match wanted {
        Wanted::Optional(spelling) => match writer.without_none(members, &layout) {
            true => (format!("{}[", spelling.text), "]", spelling.import),
            false => {
                let spelling = super::spelling(module, "Union");
                writer.commas(members, &layout);
                (format!("{}[", spelling.text), "]", spelling.import)
            }
        },
        Wanted::Union(spelling) => {
            writer.commas(members, &layout);
            (format!("{}[", spelling.text), "]", spelling.import)
        }
        Wanted::Tuple => {
            writer.commas(members, &layout);
            for none in members.iter().filter(|one| one.is_none_literal_expr()) {
                writer.change.replace(none.range(), "type(None)");
            }
            ("(".to_owned(), ")", None)
        }
    };
    writer.brackets(union, &layout, &open, close);
    writer.change.requires.extend(import);
    Ok(())
}

struct Writer<'w, 'a> {
    module: &'w Module<'a>,
    place: &'w TypePlace<'w>,
    change: &'w mut Change,
}

struct Layout {
    /// The bar behind each member but the last.
    bars: Vec<TextRange>,
    /// Parentheses around members or around inner unions.
    inner: Vec<TextRange>,
    /// The parentheses around the whole union.
    outer: Option<(TextRange, TextRange)>,
}

impl Writer<'_, '_> {
    fn layout(&self, union: &ExprBinOp, members: &[&Expr]) -> Result<Layout, String> {
        let tokens: &[_] = self.place.tokens;
        let from = tokens.partition_point(|token| token.start() < union.start());
        let (mut bars, mut inner) = (Vec::new(), Vec::new());
        for token in tokens[from..]
            .iter()
            .take_while(|token| token.end() <= union.end())
        {
            if members
                .iter()
                .any(|member| member.range().contains_range(token.range()))
            {
                continue;
            }
            match token.kind() {
                TokenKind::Vbar => bars.push(token.range()),
                TokenKind::Lpar | TokenKind::Rpar => inner.push(token.range()),
                _ => {}
            }
        }
        if bars.len() + 1 != members.len() {
            return Err("its members could not be told apart".into());
        }
        Ok(Layout {
            bars,
            inner,
            outer: self.outer(union.range()),
        })
    }

    /// The parentheses directly around `range`, if they are no call's.
    fn outer(&self, range: TextRange) -> Option<(TextRange, TextRange)> {
        let tokens: &[_] = self.place.tokens;
        let until = tokens.partition_point(|token| token.end() <= range.start());
        let mut before = tokens[..until]
            .iter()
            .rev()
            .filter(|token| !token.kind().is_trivia());
        let open = before
            .next()
            .filter(|token| token.kind() == TokenKind::Lpar)?;
        let is_call = before.next().is_some_and(|token| {
            matches!(
                token.kind(),
                TokenKind::Name
                    | TokenKind::Rpar
                    | TokenKind::Rsqb
                    | TokenKind::Rbrace
                    | TokenKind::String
            )
        });
        let from = tokens.partition_point(|token| token.start() < range.end());
        let close = tokens[from..]
            .iter()
            .find(|token| !token.kind().is_trivia())?;
        (!is_call && close.kind() == TokenKind::Rpar).then(|| (open.range(), close.range()))
    }

    fn brackets(&mut self, union: &ExprBinOp, layout: &Layout, open: &str, close: &str) {
        for &parenthesis in &layout.inner {
            self.change.delete(parenthesis);
        }
        match layout.outer {
            Some((left, right)) => {
                self.change.replace(left, open);
                self.change.replace(right, close);
            }
            None => {
                self.change.insert(union.start(), open);
                self.change.insert(union.end(), close);
            }
        }
    }

    /// Take the one `None` away, with its bar. Not when a comment stands there: then nothing is edited.
    fn without_none(&mut self, members: &[&Expr], layout: &Layout) -> bool {
        let [first, second] = members else {
            return false;
        };
        let range = match first.is_none_literal_expr() {
            true => TextRange::new(first.start(), self.place.first_token(layout.bars[0].end())),
            false => TextRange::new(self.place.last_token(layout.bars[0].start()), second.end()),
        };
        let crosses = layout.inner.iter().any(|one| range.contains_range(*one));
        if crosses || self.place.string.is_none() && self.module.comments().intersects(range) {
            return false;
        }
        self.change.delete(range);
        true
    }

    /// Every bar becomes a comma behind the member before it.
    fn commas(&mut self, members: &[&Expr], layout: &Layout) {
        for &bar in &layout.bars {
            let before = self.place.last_token(bar.start());
            let gap = TextRange::new(before, bar.start());
            if self.module.slice(gap).contains(['\n', '\r']) {
                self.change.insert(before, ",");
                let next = self.place.first_token(bar.end());
                let behind = TextRange::new(bar.end(), next);
                let spaces = self
                    .module
                    .slice(behind)
                    .trim_matches([' ', '\t'])
                    .is_empty();
                self.change.delete(TextRange::new(
                    bar.start(),
                    if spaces { next } else { bar.end() },
                ));
                continue;
            }
            let spaced =
                self.module.text()[bar.end().to_usize()..].starts_with([' ', '\t', '\n', '\r']);
            self.change.replace(
                TextRange::new(before, bar.end()),
                if spaced { "," } else { ", " },
            );
        }
        let Some((last, (open, close))) = members.last().zip(layout.outer) else {
            return;
        };
        let opens_line = self
            .module
            .slice(TextRange::new(
                open.end(),
                self.place.first_token(open.end()),
            ))
            .contains(['\n', '\r']);
        let end = self.place.last_token(close.start()).max(last.end());
        let closes_line = self
            .module
            .slice(TextRange::new(end, close.start()))
            .contains(['\n', '\r']);
        if opens_line && closes_line {
            self.change.insert(end, ",");
        }
    }
}
