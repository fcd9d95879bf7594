//! A parsed module, as a codemod sees it: its text, its tokens, its syntax tree, and what its names mean.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use camino::{Utf8Path, Utf8PathBuf};
use ruff_db::parsed::ParsedModuleRef;
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_ast::{Expr, ExprStringLiteral, PythonVersion, Stmt};
use ruff_python_parser::UnsupportedSyntaxError;
use ruff_python_trivia::CommentRanges;
use ruff_source_file::{LineEnding, find_newline};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::change::Refusal;
use crate::imports::{Asked, Spelling};
use crate::problem::{LineColumn, Positions, Problem};
use crate::semantic::{Names, Parsed, Semantics, Tree, Where};
use crate::suppress::Suppressions;
use crate::typing::Support;

/// One module. All offsets are bytes from the start of [`Module::text`], which is the whole file, byte order mark
/// included.
pub struct Module<'a> {
    path: Utf8PathBuf,
    text: Arc<str>,
    target: PythonVersion,
    syntax: ParsedModuleRef,
    names: Names<'a>,
    comments: OnceLock<CommentRanges>,
    renamed: OnceLock<HashMap<String, String>>,
    /// Names out of other modules of the project.
    passed_on: OnceLock<HashSet<String>>,
    positions: OnceLock<Positions>,
    suppressions: OnceLock<Suppressions>,
    /// What [`crate::imports::spell`] has said: it looks at every scope, and thousands of places ask the same.
    spellings: RefCell<HashMap<Asked, Spelling>>,
    /// What names that mean one thing in the whole file mean.
    qualified: RefCell<HashMap<String, Option<String>>>,
    /// Whether names that mean one thing in the whole file support `|`: a file names few types many times.
    supports: RefCell<HashMap<String, Support>>,
}

/// A module without the project around it.
pub(crate) struct Kept {
    tree: Tree,
    text: Arc<str>,
    target: PythonVersion,
    suppressions: OnceLock<Suppressions>,
    comments: OnceLock<CommentRanges>,
}

impl Kept {
    /// Whether it is the module with this `text`, the very same.
    pub(crate) fn is_of(&self, text: &Arc<str>) -> bool {
        Arc::ptr_eq(&self.text, text)
    }
}

impl<'a> Module<'a> {
    /// Parse `text`, which `semantics` has for `path`.
    ///
    /// # Errors
    /// A [`Problem`] with the place when the text has a syntax error in every Python, or nests so deeply that no
    /// Python reads it.
    pub(crate) fn parse(
        semantics: &'a Semantics,
        path: &Utf8Path,
        text: Arc<str>,
        target: PythonVersion,
    ) -> Result<Self, Problem> {
        if let Some((offset, message)) = semantics.too_deep(&text) {
            return Err(Problem::new(path, message).at(LineColumn::of(&text, offset)));
        }
        let Some(parsed) = semantics.parse(path, &text, target) else {
            return Err(Problem::new(path, "could not be analysed; left alone"));
        };
        if let Some(error) = parsed.syntax.errors().first() {
            let at = LineColumn::of(&text, error.location.start().to_usize());
            let message = format!("syntax error: {}", lower_first(&error.error.to_string()));
            return Err(Problem::new(path, message).at(at));
        }
        Ok(Self::of(path, text, target, parsed))
    }

    /// The module that was kept as `kept`.
    pub(crate) fn again(semantics: &'a Semantics, path: &Utf8Path, kept: Kept) -> Option<Self> {
        let parsed = semantics.again(path, kept.target, kept.tree)?;
        let module = Self::of(path, kept.text, kept.target, parsed);
        Some(Self {
            suppressions: kept.suppressions,
            comments: kept.comments,
            ..module
        })
    }

    /// What it takes to have the module again, with another [`Semantics`] of the same project, without parsing it.
    pub(crate) fn keep(self) -> Kept {
        Kept {
            tree: self.names.tree(),
            text: self.text,
            target: self.target,
            suppressions: self.suppressions,
            comments: self.comments,
        }
    }

    fn of(path: &Utf8Path, text: Arc<str>, target: PythonVersion, parsed: Parsed<'a>) -> Self {
        Self {
            path: path.to_owned(),
            text,
            target,
            syntax: parsed.syntax,
            names: parsed.names,
            comments: OnceLock::new(),
            renamed: OnceLock::new(),
            passed_on: OnceLock::new(),
            positions: OnceLock::new(),
            suppressions: OnceLock::new(),
            spellings: RefCell::default(),
            supports: RefCell::default(),
            qualified: RefCell::default(),
        }
    }

    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The lowest Python that the module must run on.
    pub fn target(&self) -> PythonVersion {
        self.target
    }

    pub fn suite(&self) -> &[Stmt] {
        self.syntax.suite()
    }

    pub fn tokens(&self) -> &Tokens {
        self.syntax.tokens()
    }

    /// What the names of the module mean.
    pub fn names(&self) -> &Names<'a> {
        &self.names
    }

    pub fn is_stub(&self) -> bool {
        self.path.extension() == Some("pyi")
    }

    /// Whether `from __future__ import annotations` postpones the evaluation of annotations (PEP 563).
    pub fn postpones_annotations(&self) -> bool {
        postpones_annotations(self.suite())
    }

    /// Syntax of the module that its target Python does not have: its place, and what it is, in lower case.
    pub fn newer_syntax(&self) -> impl Iterator<Item = (TextRange, String)> + '_ {
        self.syntax
            .unsupported_syntax_errors()
            .iter()
            .map(|error| (error.range, lower_first(&error.to_string())))
    }

    pub(crate) fn unsupported_syntax(&self) -> &[UnsupportedSyntaxError] {
        self.syntax.unsupported_syntax_errors()
    }

    pub fn comments(&self) -> &CommentRanges {
        self.comments
            .get_or_init(|| CommentRanges::from(self.tokens()))
    }

    /// The text at `range`.
    pub fn slice(&self, range: TextRange) -> &str {
        self.text
            .get(std::ops::Range::<usize>::from(range))
            .unwrap_or_default()
    }

    /// The newline that text inserted at `offset` gets: that of the line it joins, or, at the start of a line and where
    /// the last line has none, that of the line above. A file may mix them.
    pub fn newline_at(&self, offset: TextSize) -> &'static str {
        let at = offset.to_usize().min(self.text.len());
        let above = match self.line_start(offset) == offset {
            true => last_newline(&self.text[..at]),
            false => None,
        };
        let here = || find_newline(&self.text[at..]).map(|(_, ending)| ending);
        let found = above.or_else(here);
        let found = found.or_else(|| last_newline(&self.text[..at]));
        found.map_or("\n", |ending| ending.as_str())
    }

    /// The offset of the first byte of the line that `offset` is on.
    pub fn line_start(&self, offset: TextSize) -> TextSize {
        let mut at = offset.to_usize().min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let (mut head, tail) = self.text.split_at(at);
        if tail.starts_with('\n') {
            head = head.strip_suffix('\r').unwrap_or(head);
        }
        let start = head.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let bom = if start == 0 && self.text.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        };
        TextSize::try_from(start + bom).unwrap_or(offset)
    }

    /// The offset behind the newline of the line that `offset` is on, or the end of the text.
    pub fn line_end(&self, offset: TextSize) -> TextSize {
        let tail = &self.text[offset.to_usize()..];
        let length = find_newline(tail).map_or(tail.len(), |(at, ending)| at + ending.len());
        offset + TextSize::try_from(length).unwrap_or_default()
    }

    /// The white space that the line of `offset` starts with.
    pub fn indentation(&self, offset: TextSize) -> &str {
        let line = &self.text[self.line_start(offset).to_usize()..];
        let body = line.trim_start_matches([' ', '\t', '\x0c']);
        &line[..line.len() - body.len()]
    }

    /// The first token at or behind `offset` that is no white space, newline inside brackets, or comment.
    pub fn token_after(&self, offset: TextSize) -> Option<(TokenKind, TextRange)> {
        self.tokens()
            .after(offset)
            .iter()
            .find(|token| !token.kind().is_trivia())
            .map(|token| (token.kind(), token.range()))
    }

    /// Whether `expr` may mean one of `members` of another module, by its spelling and the import statements: a cheap
    /// first look, so that only few names are resolved. A name that is bound to such a member in another way is missed.
    pub fn could_mean(&self, expr: &Expr, members: &[&str]) -> bool {
        match expr {
            Expr::Name(name) => {
                let member = self.member_of(&name.id);
                members.contains(&member) || members.contains(&name.id.as_str())
            }
            Expr::Attribute(attribute) => members.contains(&attribute.attr.as_str()),
            _ => false,
        }
    }

    /// The member that an import gives `name` to, `exit` for `leave` of `from sys import exit as leave`; else `name`.
    pub fn member_of<'n>(&'n self, name: &'n str) -> &'n str {
        let renamed = self.renamed.get_or_init(|| renamed(self.suite()));
        renamed.get(name).map_or(name, String::as_str)
    }

    /// Whether `expr` is a name that a from-import takes out of another module of the project, which may have it from
    /// anywhere under any name.
    pub fn is_from_project(&self, expr: &Expr) -> bool {
        let Expr::Name(name) = expr else {
            return false;
        };
        if let Some(import) = self.names.only_import(&name.id) {
            return import.is_some_and(|import| self.names.imports_from_project(import));
        }
        let passed_on = || {
            let imports = crate::imports::statements(self.suite()).into_iter();
            let from_project =
                imports.filter(|import| self.names.imports_from_project(import.statement));
            from_project
                .flat_map(|import| import.names)
                .map(|alias| alias.asname.as_ref().unwrap_or(&alias.name).to_string())
                .collect()
        };
        let is_passed_on = || self.passed_on.get_or_init(passed_on).contains(&*name.id);
        self.names.may_lead_out(expr) && is_passed_on()
    }

    /// Whether `literal` can be edited in place: one literal on one line, without a prefix, escapes or triple quotes.
    pub fn is_plain_string(&self, literal: &ExprStringLiteral) -> bool {
        let text = self.slice(literal.range());
        let Some(quote) = text
            .chars()
            .next()
            .filter(|quote| matches!(quote, '"' | '\''))
        else {
            return false;
        };
        let triple = text.starts_with(&quote.to_string().repeat(3)) && text.len() >= 6;
        !literal.value.is_implicit_concatenated() && !triple && !text.contains(['\\', '\n', '\r'])
    }

    pub(crate) fn suppressions(&self) -> &Suppressions {
        self.suppressions.get_or_init(|| Suppressions::of(self))
    }

    /// The answer to `asked`, worked out once.
    pub(crate) fn spelling(&self, asked: Asked, work_out: impl FnOnce() -> Spelling) -> Spelling {
        if let Some(known) = self.spellings.borrow().get(&asked) {
            return known.clone();
        }
        let spelling = work_out();
        self.spellings.borrow_mut().insert(asked, spelling.clone());
        spelling
    }

    /// What [`Names::qualified_name`] says of `expr`, worked out once for a name that means one thing in the whole file.
    pub fn qualified_name(&self, expr: &Expr, place: Where<'_>) -> Option<String> {
        let name = match expr {
            Expr::Name(name) if self.names.means_one_thing(&name.id) => name.id.as_str(),
            _ => return self.names.qualified_name(expr, place),
        };
        if let Some(known) = self.qualified.borrow().get(name) {
            return known.clone();
        }
        let qualified = self.names.qualified_name(expr, place);
        self.qualified
            .borrow_mut()
            .insert(name.to_owned(), qualified.clone());
        qualified
    }

    /// Whether `name`, which means one thing in the whole file, supports `|`: worked out once.
    pub(crate) fn support(&self, name: &str, work_out: impl FnOnce() -> Support) -> Support {
        if let Some(known) = self.supports.borrow().get(name) {
            return known.clone();
        }
        let support = work_out();
        self.supports
            .borrow_mut()
            .insert(name.to_owned(), support.clone());
        support
    }

    pub(crate) fn position(&self, offset: TextSize) -> LineColumn {
        let positions = self.positions.get_or_init(|| Positions::of(&self.text));
        positions.at(&self.text, offset.to_usize())
    }

    pub(crate) fn refusal(
        &self,
        codemod: &'static str,
        at: TextRange,
        reason: impl Into<String>,
    ) -> Refusal {
        Refusal {
            codemod,
            path: self.path.clone(),
            at: self.position(at.start()),
            reason: reason.into(),
        }
    }
}

fn last_newline(text: &str) -> Option<LineEnding> {
    let at = text.rfind(['\n', '\r'])?;
    let start = at - usize::from(text[..at].ends_with('\r') && text[at..].starts_with('\n'));
    find_newline(&text[start..]).map(|(_, ending)| ending)
}

/// Whether `suite`, a whole file, has `from __future__ import annotations`.
pub(crate) fn postpones_annotations(suite: &[Stmt]) -> bool {
    suite.iter().any(|statement| {
        matches!(statement, Stmt::ImportFrom(import)
            if import.level == 0
                && import.module.as_deref() == Some("__future__")
                && import.names.iter().any(|alias| &alias.name == "annotations"))
    })
}

/// Whether some Python has a builtin `name`.
pub fn is_builtin(name: &str) -> bool {
    (8..=15).any(|minor| ruff_python_stdlib::builtins::is_python_builtin(name, minor, false))
}

/// `message` as messages of ours begin: the parser's own start with a capital.
fn lower_first(message: &str) -> String {
    let mut rest = message.chars();
    match rest.next() {
        Some(first) => first.to_lowercase().chain(rest).collect(),
        None => String::new(),
    }
}

/// The names of `from m import member as name`, with the members that they stand for.
fn renamed(suite: &[Stmt]) -> HashMap<String, String> {
    crate::imports::statements(suite)
        .into_iter()
        .flat_map(|import| import.names)
        .filter_map(|alias| {
            let name = alias.asname.as_ref()?;
            Some((name.to_string(), alias.name.to_string()))
        })
        .collect()
}
