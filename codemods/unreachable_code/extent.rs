//! Which bytes go with a dead part, and the comments among them.

use codemend_engine::module::Module;
use codemend_engine::syntax::ast::Stmt;
use codemend_engine::syntax::{Ranged, TextRange, TextSize, TokenKind};

use super::parts::{Kind, Part};

/// The bytes of a dead part.
pub struct Extent {
    /// What goes.
    pub gone: TextRange,
    /// Where a comment belongs to it: as much or more.
    pub owned: TextRange,
    /// Where the first line of it begins: a dead statement, or the keyword above.
    pub first: TextSize,
    /// Places whose lines speak for it: the jump, the keyword, the first dead statement.
    pub anchors: Vec<TextRange>,
}

impl Extent {
    /// That of `part`; none when the layout is not what it should be.
    pub fn of(module: &Module<'_>, part: &Part<'_>) -> Option<Self> {
        match part.kind {
            Kind::Behind(jump) => behind(module, jump, part.range()),
            Kind::Else(statement) => of_else(module, statement, part.range()),
            Kind::Never(statement, _) => Some(never(module, statement, part.range())),
        }
    }

    /// The first comment that would go.
    pub fn comment(&self, module: &Module<'_>) -> Option<TextRange> {
        let comments = module.comments().comments_in_range(self.owned);
        comments.first().copied()
    }
}

/// Where the logical line that `offset` is in ends: at its newline, behind comments.
fn end_of_line(module: &Module<'_>, offset: TextSize) -> TextSize {
    let mut tokens = module.tokens().after(offset).iter();
    let newline = tokens.find(|token| token.kind() == TokenKind::Newline);
    newline.map_or(TextSize::of(module.text()), Ranged::start)
}

/// The first token `kind` in `range`.
fn find(module: &Module<'_>, range: TextRange, kind: TokenKind) -> Option<TextRange> {
    let mut tokens = module.tokens().in_range(range).iter();
    let found = tokens.find(|token| token.kind() == kind);
    found.map(Ranged::range)
}

fn behind(module: &Module<'_>, jump: &Stmt, dead: TextRange) -> Option<Extent> {
    let between = TextRange::new(jump.end(), dead.start());
    let end = end_of_line(module, dead.end());
    let (start, owned_end) = match find(module, between, TokenKind::Newline) {
        Some(newline) => (newline.start(), end_of_block(module, dead.start(), end)),
        None => {
            let semicolon = find(module, between, TokenKind::Semi)?;
            let blanks = module.slice(TextRange::new(jump.end(), semicolon.start()));
            let is_blank = blanks.trim().is_empty();
            let start = if is_blank {
                jump.end()
            } else {
                semicolon.start()
            };
            (start, end)
        }
    };
    let is_simple = !is_compound(jump);
    let line = match is_simple {
        true => jump.range(),
        false => TextRange::empty(jump.end()),
    };
    Some(Extent {
        gone: TextRange::new(start, end),
        owned: TextRange::new(start, owned_end),
        first: dead.start(),
        anchors: vec![line, TextRange::empty(dead.start())],
    })
}

fn is_compound(statement: &Stmt) -> bool {
    matches!(
        statement,
        Stmt::If(_) | Stmt::While(_) | Stmt::Try(_) | Stmt::With(_) | Stmt::Match(_)
    )
}

/// The end of the comments behind `end`, that of a block at whose column `first` stands, that belong to the block: those
/// on lines of their own that stand no farther out.
fn end_of_block(module: &Module<'_>, first: TextSize, end: TextSize) -> TextSize {
    end_of_comments(module, width(module.indentation(first)), end)
}

/// The end of the comments behind `end` on lines of their own that stand at `column` or farther in.
fn end_of_comments(module: &Module<'_>, column: usize, end: TextSize) -> TextSize {
    let (mut last, mut at) = (end, module.line_end(end));
    let length = TextSize::of(module.text());
    while at < length {
        let next = module.line_end(at);
        let line = module.slice(TextRange::new(at, next));
        let text = line.trim_start_matches([' ', '\t', '\x0c']);
        let is_blank = text.trim().is_empty();
        let is_owned = text.starts_with('#') && width(module.indentation(at)) >= column;
        if !is_blank && !is_owned {
            break;
        }
        if !is_blank {
            last = next;
        }
        at = next;
    }
    last
}

/// The column behind `indentation`, as Python counts.
fn width(indentation: &str) -> usize {
    indentation.chars().fold(0, |column, char| match char {
        '\t' => (column / 8 + 1) * 8,
        '\x0c' => 0,
        _ => column + 1,
    })
}

fn of_else(module: &Module<'_>, statement: &Stmt, dead: TextRange) -> Option<Extent> {
    let above = match statement {
        Stmt::Try(one) => match one.handlers.last() {
            Some(handler) => handler.end(),
            None => one.body.last()?.end(),
        },
        Stmt::While(one) => one.body.last()?.end(),
        _ => return None,
    };
    let between = TextRange::new(above, dead.start());
    let keyword = find(module, between, TokenKind::Else)?;
    let gone = TextRange::new(
        above_blank_lines(module, keyword.start()),
        end_of_line(module, dead.end()),
    );
    let first = match module.line_start(dead.start()) == module.line_start(keyword.start()) {
        true => keyword.start(),
        false => dead.start(),
    };
    // A comment right above the keyword, at its column, is about it.
    let mut start = gone.start();
    let column = width(module.indentation(keyword.start()));
    let mut line = module.line_start(start);
    while line > above {
        let text = module.slice(TextRange::new(line, start)).trim_start();
        if !text.starts_with('#') || width(module.indentation(line)) != column {
            break;
        }
        start = line;
        line = module.line_start(line - TextSize::new(1));
    }
    Some(Extent {
        gone,
        owned: TextRange::new(start, end_of_block(module, first, gone.end())),
        first: keyword.start(),
        anchors: vec![keyword, TextRange::empty(dead.start())],
    })
}

/// Where the last line above that of `offset` ends that is not blank: at its newline.
fn above_blank_lines(module: &Module<'_>, offset: TextSize) -> TextSize {
    let line = module.line_start(offset);
    let head = module.slice(TextRange::up_to(line)).trim_end();
    TextSize::of(head)
}

fn never(module: &Module<'_>, statement: &Stmt, dead: TextRange) -> Extent {
    let end = match rest(statement) {
        Some(Rest::Elif(next)) => next,
        Some(Rest::Else(body)) => kept(module, body).start(),
        None => end_of_line(module, statement.end()),
    };
    let owned_end = match rest(statement) {
        // A comment in the column of the keyword is about what comes next.
        None => {
            let column = width(module.indentation(statement.start()));
            end_of_comments(module, column + 1, end)
        }
        Some(_) => end,
    };
    Extent {
        gone: TextRange::new(statement.start(), end),
        owned: TextRange::new(statement.start(), owned_end),
        first: statement.start(),
        anchors: vec![
            TextRange::empty(statement.start()),
            TextRange::empty(dead.start()),
        ],
    }
}

/// What takes the place of an `if` or `while` that is never true.
pub enum Rest<'a> {
    /// The `elif` that starts here.
    Elif(TextSize),
    /// The statements of its `else`.
    Else(&'a [Stmt]),
}

/// What takes the place of `statement`, if anything.
pub fn rest(statement: &Stmt) -> Option<Rest<'_>> {
    match statement {
        Stmt::If(one) => {
            let next = one.elif_else_clauses.first()?;
            Some(match next.test {
                Some(_) => Rest::Elif(next.start()),
                None => Rest::Else(&next.body),
            })
        }
        Stmt::While(one) if !one.orelse.is_empty() => Some(Rest::Else(&one.orelse)),
        _ => None,
    }
}

/// The bytes of the statements `body` of an `else` that take the place of the whole statement: with comments above of
/// the first one and below of the last.
pub fn kept(module: &Module<'_>, body: &[Stmt]) -> TextRange {
    let (Some(first), Some(last)) = (body.first(), body.last()) else {
        return TextRange::default();
    };
    let tokens: &[_] = module.tokens();
    let here = tokens.partition_point(|token| token.start() < first.start());
    let opening = tokens[..here]
        .iter()
        .rev()
        .find(|token| matches!(token.kind(), TokenKind::Newline | TokenKind::Colon));
    let end = end_of_line(module, last.end());
    match opening {
        Some(token) if token.kind() == TokenKind::Newline => {
            TextRange::new(token.end(), end_of_block(module, first.start(), end))
        }
        _ => TextRange::new(first.start(), end),
    }
}
