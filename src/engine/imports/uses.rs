//! Whether a file still uses the names that imports bind, once some ranges of it are gone.
//!
//! The file is walked once for all names: generated modules import by the thousand.

use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprStringLiteral, Stmt};
use ruff_python_parser::{parse_expression, parse_module};
use ruff_source_file::UniversalNewlines;
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxHashMap;

use crate::module::Module;
use crate::semantic::FileScope;
use crate::syntax::parse_type_annotation;

/// What is left of the uses of some names.
pub(super) struct Uses<'a> {
    module: &'a Module<'a>,
    left: FxHashMap<&'a str, Left<'a>>,
}

/// What is left of the uses of one name.
#[derive(Default)]
struct Left<'a> {
    /// Something uses it, whatever scope binds it.
    certain: bool,
    /// Names in the code, in source order.
    names: Vec<&'a Expr>,
}

impl<'a> Uses<'a> {
    /// The uses of `names` in all of `module` but `gone` (sorted, bytes): code, a string that holds an expression
    /// with the name (an annotation, `__all__`, `eval`), a type comment, or a doctest. Prose is no use.
    pub(super) fn of(
        module: &'a Module<'a>,
        names: impl IntoIterator<Item = &'a str>,
        gone: &'a [TextRange],
    ) -> Self {
        let left = names.into_iter().map(|name| (name, Left::default()));
        let mut finder = Finder {
            module,
            gone,
            docstring: None,
            in_text: 0,
            left: left.collect(),
        };
        finder.block(module.suite());
        for statement in module.suite() {
            finder.visit_stmt(statement);
        }
        finder.type_comments();
        Self {
            module,
            left: finder.left,
        }
    }

    /// Whether a use of `name` is left that `scope` binds, by an import at `at`.
    pub(super) fn remain(&self, name: &str, scope: FileScope, at: TextSize) -> bool {
        let Some(left) = self.left.get(name) else {
            return true;
        };
        // Most uses follow their import.
        let (above, below) = left
            .names
            .split_at(left.names.partition_point(|expr| expr.start() < at));
        let names = self.module.names();
        left.certain
            || below
                .iter()
                .chain(above)
                .any(|expr| names.is_bound_with(expr, name, scope))
    }
}

struct Finder<'a> {
    module: &'a Module<'a>,
    gone: &'a [TextRange],
    docstring: Option<TextRange>,
    /// Inside something that reads names out of any text: `__all__`, `eval`.
    in_text: usize,
    left: FxHashMap<&'a str, Left<'a>>,
}

impl Finder<'_> {
    fn is_gone(&self, range: TextRange) -> bool {
        let next = self.gone.partition_point(|gone| gone.end() < range.end());
        self.gone
            .get(next)
            .is_some_and(|gone| gone.contains_range(range))
    }

    /// Note the docstring that opens `body`.
    fn block(&mut self, body: &[Stmt]) {
        if let Some(Stmt::Expr(statement)) = body.first()
            && statement.value.is_string_literal_expr()
        {
            self.docstring = Some(statement.value.range());
        }
    }

    /// The words of `text` are used.
    fn mark(&mut self, text: &str) {
        for word in words(text) {
            if let Some(left) = self.left.get_mut(word) {
                left.certain = true;
            }
        }
    }

    fn visit_string(&mut self, literal: &ExprStringLiteral) {
        let text = literal.value.to_str();
        if !words(text).any(|word| self.left.contains_key(word)) {
            return;
        }
        if self.docstring == Some(literal.range()) {
            text.universal_newlines()
                .map(|line| line.as_str().trim_start())
                .filter(|line| line.starts_with(">>>") || line.starts_with("..."))
                .for_each(|line| self.mark(line));
            return;
        }
        match parse_type_annotation(literal, self.module.text()) {
            Ok(parsed) if parsed.kind().is_simple() => {
                let mut inside = Inside(Vec::new());
                inside.visit_expr(parsed.expression());
                for (range, words) in inside.0 {
                    if !self.is_gone(range) {
                        self.mark(&words);
                    }
                }
            }
            Ok(_) => self.mark(text),
            Err(_) if parse_expression(text.trim()).is_ok() || parse_module(text).is_ok() => {
                self.mark(text);
            }
            Err(_) => {}
        }
    }

    /// PEP 484: `x = []  # type: Optional[int]`.
    fn type_comments(&mut self) {
        let module = self.module;
        for range in module.comments() {
            let comment = module.slice(range).trim_start_matches('#').trim_start();
            match comment.strip_prefix("type:") {
                Some(hint) if !hint.trim_start().starts_with("ignore") => self.mark(hint),
                _ => {}
            }
        }
    }
}

impl<'a> SourceOrderVisitor<'a> for Finder<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.block(&function.body),
            Stmt::ClassDef(class) => self.block(&class.body),
            _ if is_about_all(statement) => {
                self.in_text += 1;
                walk_stmt(self, statement);
                self.in_text -= 1;
                return;
            }
            Stmt::Global(global) => global.names.iter().for_each(|name| self.mark(name)),
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => {
                if self.left.contains_key(name.id.as_str()) && !self.is_gone(name.range()) {
                    let left = self.left.get_mut(name.id.as_str());
                    left.into_iter().for_each(|left| left.names.push(expr));
                }
            }
            Expr::Call(call) if is_evaluation(&call.func) => {
                self.in_text += 1;
                walk_expr(self, expr);
                self.in_text -= 1;
            }
            Expr::StringLiteral(literal) if self.in_text > 0 => self.mark(literal.value.to_str()),
            Expr::FString(_) if self.in_text > 0 => {
                let module = self.module;
                self.mark(module.slice(expr.range()));
            }
            Expr::StringLiteral(literal) => self.visit_string(literal),
            _ => walk_expr(self, expr),
        }
    }
}

/// Whether `statement` makes or changes `__all__`, in whatever way.
fn is_about_all(statement: &Stmt) -> bool {
    let is_all = |expr: &Expr| match expr {
        Expr::Name(name) => name.id == "__all__",
        Expr::Attribute(attribute) => {
            matches!(&*attribute.value, Expr::Name(name) if name.id == "__all__")
        }
        _ => false,
    };
    match statement {
        Stmt::Assign(assignment) => assignment.targets.iter().any(is_all),
        Stmt::AugAssign(assignment) => is_all(&assignment.target),
        Stmt::AnnAssign(assignment) => is_all(&assignment.target),
        Stmt::Expr(expr) => matches!(&*expr.value, Expr::Call(call) if is_all(&call.func)),
        _ => false,
    }
}

/// Whether a call of `function` runs the text that it is given.
fn is_evaluation(function: &Expr) -> bool {
    matches!(function, Expr::Name(name) if matches!(name.id.as_str(), "eval" | "exec" | "compile"))
}

/// The names and the strings in an expression that was read out of a string, with their places in the file.
struct Inside(Vec<(TextRange, String)>);

impl<'a> SourceOrderVisitor<'a> for Inside {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => self.0.push((name.range(), name.id.to_string())),
            Expr::StringLiteral(literal) => {
                let text = literal.value.to_str().to_owned();
                self.0.push((literal.range(), text));
            }
            _ => walk_expr(self, expr),
        }
    }
}

/// The runs of letters, digits and underscores in `text`.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}

/// Whether `word` stands in `text` with no letter, digit or underscore beside it.
pub(crate) fn contains_word(text: &str, word: &str) -> bool {
    words(text).any(|one| one == word)
}
