//! What is counted token by token: brackets, indentation, operators, and how often the flow of control parts.
//!
//! Names are followed by ty, whose work grows with a power of the branches that are open at once: quadratically along a
//! chain of `elif`, worse along `a and b and c`. No clock is asked; the work is estimated from these counts, and a file
//! has a budget of it.

use ruff_python_ast::token::TokenKind;

/// CPython's tokenizer gives up at this many open brackets (`MAXLEVEL` in `Parser/lexer/state.h`).
pub(super) const BRACKETS: usize = 200;

/// CPython's tokenizer gives up at this many levels of indentation (`MAXINDENT` in the same file).
pub(super) const INDENTS: usize = 100;

/// Operators, keywords and opening brackets in one run, without a comma between them at the same depth. CPython's
/// compiler gives up at about as many.
pub(super) const OPERATORS: usize = 3_000;

/// What a file may cost: a chain of 2 800 `elif`, or an expression of 280 `and`, or many shorter ones.
const BUDGET: usize = 40_000_000;

/// Assignments of one scope. What ty does for each grows with those before it.
pub(super) const ASSIGNMENTS: usize = 60_000;

/// What stands between two commas of one bracket, or in one statement.
#[derive(Default, Clone, Copy)]
struct Stretch {
    operators: usize,
    /// `and` and `or`, those in brackets included.
    connected: usize,
    /// `if` in an expression.
    conditions: usize,
    /// The attributes of the moment: `a.b.c`.
    attributes: usize,
}

/// The counts at one token.
pub(super) struct Depth {
    /// For each open bracket, the statement first.
    stretches: Vec<Stretch>,
    /// For each level of indentation the `elif` or `case` so far.
    chains: Vec<usize>,
    /// The commas of the `with` statement of the moment.
    items: Option<usize>,
    starts_statement: bool,
    spent: usize,
    /// For each scope that is open, the module first: the level of indentation of its statements, and the assignments
    /// so far.
    scopes: Vec<(usize, usize)>,
    /// Whether the statement of the moment is the header of a function or a class.
    opens_scope: bool,
    /// Whether the statement of the moment begins with a name: a colon in it is that of an annotation.
    begins_with_name: bool,
    is_annotated: bool,
}

impl Default for Depth {
    fn default() -> Self {
        Self {
            stretches: vec![Stretch::default()],
            chains: vec![0],
            items: None,
            starts_statement: true,
            spent: 0,
            scopes: vec![(1, 0)],
            opens_scope: false,
            begins_with_name: false,
            is_annotated: false,
        }
    }
}

impl Depth {
    /// Count `kind`, the next token. Gives the reason, when that is too much.
    pub(super) fn take(&mut self, kind: TokenKind) -> Option<&'static str> {
        match kind {
            TokenKind::Comment | TokenKind::NonLogicalNewline => return None,
            TokenKind::Indent => self.indent(),
            TokenKind::Dedent if self.chains.len() > 1 => self.dedent(),
            _ if self.starts_statement => self.begin(kind),
            _ => {}
        }
        self.assign(kind);
        self.bracket(kind);
        self.expression(kind);
        self.starts_statement = match kind {
            TokenKind::Newline | TokenKind::Semi | TokenKind::Indent | TokenKind::Dedent => true,
            // `async with`
            TokenKind::Async => self.starts_statement,
            _ => false,
        };
        self.verdict()
    }

    fn verdict(&self) -> Option<&'static str> {
        if self.stretches.len() > BRACKETS {
            return Some("syntax error: too many nested parentheses");
        }
        if self.chains.len() > INDENTS {
            return Some("syntax error: too many levels of indentation");
        }
        let operators = self.stretches.last().map_or(0, |last| last.operators);
        if operators > OPERATORS {
            return Some("syntax error: expression is nested too deeply");
        }
        let assignments = self.scopes.last().map_or(0, |(_, count)| *count);
        if assignments > ASSIGNMENTS {
            return Some("assigns too often to be analysed; left alone");
        }
        (self.spent > BUDGET).then_some("branches too often to be analysed; left alone")
    }

    fn indent(&mut self) {
        self.chains.push(0);
        if self.opens_scope {
            self.scopes.push((self.chains.len(), 0));
        }
    }

    fn dedent(&mut self) {
        let ended = self.scopes.last().map(|(level, _)| *level) == Some(self.chains.len());
        if ended && self.scopes.len() > 1 {
            self.scopes.pop();
        }
        self.chains.pop();
    }

    /// `x = 1`, `x: int` and `x: int = 1` are one each.
    fn assign(&mut self, kind: TokenKind) {
        if self.stretches.len() > 1 {
            return;
        }
        let Some((_, count)) = self.scopes.last_mut() else {
            return;
        };
        match kind {
            TokenKind::Equal if !self.is_annotated => *count += 1,
            TokenKind::Colon if self.begins_with_name => {
                *count += 1;
                (self.is_annotated, self.begins_with_name) = (true, false);
            }
            _ => {}
        }
    }

    /// The first token of a statement.
    fn begin(&mut self, kind: TokenKind) {
        self.items = (kind == TokenKind::With).then_some(0);
        self.opens_scope = matches!(kind, TokenKind::Def | TokenKind::Class);
        (self.is_annotated, self.begins_with_name) = (false, kind == TokenKind::Name);
        let Some(chain) = self.chains.last_mut() else {
            return;
        };
        match kind {
            TokenKind::Elif | TokenKind::Case => {
                *chain += 1;
                self.spent += 10 * *chain;
            }
            TokenKind::If => *chain = 0,
            _ => {}
        }
    }

    fn bracket(&mut self, kind: TokenKind) {
        match kind {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                // A chain of calls and subscripts nests as well.
                if let Some(last) = self.stretches.last_mut() {
                    last.operators += 1;
                }
                self.stretches.push(Stretch::default());
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace if self.stretches.len() > 1 => {
                let inner = self.stretches.pop().unwrap_or_default();
                if let Some(last) = self.stretches.last_mut() {
                    last.connected += inner.connected;
                    last.conditions += inner.conditions;
                }
            }
            TokenKind::Comma | TokenKind::Newline | TokenKind::Semi => {
                if let Some(last) = self.stretches.last_mut() {
                    *last = Stretch::default();
                }
                if let (TokenKind::Comma, Some(items)) = (kind, &mut self.items) {
                    *items += 1;
                    self.spent += 10 * *items;
                }
            }
            _ => {}
        }
    }

    fn expression(&mut self, kind: TokenKind) {
        let Some(last) = self.stretches.last_mut() else {
            return;
        };
        if kind == TokenKind::Dot {
            last.attributes += 1;
            self.spent += last.attributes.pow(2) / 40;
        } else if kind != TokenKind::Name {
            last.attributes = 0;
        }
        if !kind.is_operator() && !kind.is_keyword() || ends_stretch(kind) {
            return;
        }
        last.operators += 1;
        match kind {
            TokenKind::And | TokenKind::Or => {
                last.connected += 1;
                self.spent += last.connected.pow(3) / 40;
            }
            TokenKind::If => {
                last.conditions += 1;
                self.spent += 4 * last.conditions;
            }
            _ => {}
        }
    }
}

/// Brackets and separators, which are operators to the parser.
fn ends_stretch(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::Rpar
            | TokenKind::Rsqb
            | TokenKind::Rbrace
            | TokenKind::Comma
            | TokenKind::Semi
    )
}
