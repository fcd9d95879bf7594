//! Whether a file still uses a name that an import binds, once some ranges of it are gone.

use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprStringLiteral, Stmt};
use ruff_python_parser::typing::parse_type_annotation;
use ruff_python_parser::{parse_expression, parse_module};
use ruff_text_size::{Ranged, TextRange};

use crate::module::Module;
use crate::semantic::FileScope;

/// Whether anything of `module` outside `gone` (sorted, bytes) uses `name` as `scope` binds it: code, a string that
/// holds an expression with the name (an annotation, `__all__`, `eval`), a type comment, or a doctest.
/// Prose is no use.
pub(super) fn is_used(
    module: &Module<'_>,
    name: &str,
    scope: FileScope,
    gone: &[TextRange],
) -> bool {
    let mut finder = Finder {
        module,
        name,
        scope,
        gone,
        docstring: None,
        in_text: 0,
        found: false,
    };
    finder.block(module.suite());
    for statement in module.suite() {
        finder.visit_stmt(statement);
    }
    finder.found || in_type_comment(module, name)
}

struct Finder<'a> {
    module: &'a Module<'a>,
    name: &'a str,
    scope: FileScope,
    gone: &'a [TextRange],
    docstring: Option<TextRange>,
    /// Inside something that reads names out of any text: `__all__`, `eval`.
    in_text: usize,
    found: bool,
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

    fn visit_string(&mut self, literal: &ExprStringLiteral) {
        let text = literal.value.to_str();
        if !contains_word(text, self.name) {
            return;
        }
        if self.docstring == Some(literal.range()) {
            self.found |= text
                .lines()
                .map(str::trim_start)
                .filter(|line| line.starts_with(">>>") || line.starts_with("..."))
                .any(|line| contains_word(line, self.name));
            return;
        }
        self.found |= match parse_type_annotation(literal, self.module.text()) {
            Ok(parsed) if parsed.kind().is_simple() => self.names_remain(parsed.expression()),
            Ok(_) => true,
            Err(_) => parse_expression(text.trim()).is_ok() || parse_module(text).is_ok(),
        };
    }

    /// Whether the name stands in `expr`, which was read out of a string in place, and is not gone.
    fn names_remain(&self, expr: &Expr) -> bool {
        let mut names = NamesIn {
            name: self.name,
            ranges: Vec::new(),
        };
        names.visit_expr(expr);
        names.ranges.into_iter().any(|range| !self.is_gone(range))
    }
}

impl<'a> SourceOrderVisitor<'a> for Finder<'_> {
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
            Stmt::Global(global) if global.names.iter().any(|name| name == self.name) => {
                self.found = true;
            }
            _ => {}
        }
        if !self.found {
            walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if self.found {
            return;
        }
        match expr {
            Expr::Name(name) if name.id == self.name && !self.is_gone(name.range()) => {
                self.found = self
                    .module
                    .names()
                    .is_bound_with(expr, self.name, self.scope);
            }
            Expr::Call(call) if is_evaluation(&call.func) => {
                self.in_text += 1;
                walk_expr(self, expr);
                self.in_text -= 1;
            }
            Expr::StringLiteral(literal) if self.in_text > 0 => {
                self.found = contains_word(literal.value.to_str(), self.name);
            }
            Expr::FString(_) if self.in_text > 0 => {
                self.found = contains_word(self.module.slice(expr.range()), self.name);
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

struct NamesIn<'a> {
    name: &'a str,
    ranges: Vec<TextRange>,
}

impl<'a> SourceOrderVisitor<'a> for NamesIn<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if name.id == self.name => self.ranges.push(name.range()),
            Expr::StringLiteral(literal) if contains_word(literal.value.to_str(), self.name) => {
                self.ranges.push(literal.range());
            }
            _ => walk_expr(self, expr),
        }
    }
}

/// PEP 484: `x = []  # type: Optional[int]`.
fn in_type_comment(module: &Module<'_>, name: &str) -> bool {
    module.comments().iter().any(|&range| {
        let comment = module.slice(range).trim_start_matches('#').trim_start();
        comment.strip_prefix("type:").is_some_and(|hint| {
            !hint.trim_start().starts_with("ignore") && contains_word(hint, name)
        })
    })
}

/// Whether `word` stands in `text` with no letter, digit or underscore beside it.
pub(crate) fn contains_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(part) && !text[at + word.len()..].starts_with(part))
}
