//! The gate between a codemod and the patch. Every change passes it, alone or with others; nothing that fails is made.
//!
//! What it checks of the new text of a module:
//!
//! - It parses, nests no deeper than Python reads, and has no syntax that the target Python lacks and the old text did
//!   not have. `from __future__` comes first.
//! - No name is newly loose: by scope, at run time, in order (`names.rs` says what that means and what it does not see).
//! - Each comment is there, in each change that takes it away too; and those that tools act on, `# noqa` and `# type:`,
//!   stand behind the code that they stood behind (`comments.rs`).
//!
//! With `--verify` also that the syntax tree differs only where the changes say (`tree.rs`). Of other files it checks
//! that TOML parses.
//!
//! It looks at the syntax alone, and not at what the edits were worked out from: it is to be wrong in other ways than
//! the codemods.

mod comments;
mod edits;
#[cfg(test)]
mod marked_tests;
mod names;
mod tree;

use std::collections::BTreeMap;

use camino::Utf8Path;
use ruff_python_ast::{ModModule, PySourceType, Stmt};
use ruff_python_parser::{ParseOptions, Parsed, UnsupportedSyntaxError, parse_unchecked};
use ruff_python_trivia::CommentRanges;
use ruff_text_size::TextRange;

use crate::change::Change;
use crate::imports::TextEdit;
use crate::module::Module;
use comments::Comments;
use names::Loose;
use tree::Read;

/// What must still hold of a module after it was changed.
pub(crate) struct Before<'m, 'a> {
    module: &'m Module<'a>,
    kind: PySourceType,
    loose: Loose,
}

impl<'m, 'a> Before<'m, 'a> {
    pub(crate) fn of(module: &'m Module<'a>) -> Self {
        let kind = match module.is_stub() {
            true => PySourceType::Stub,
            false => PySourceType::Python,
        };
        Self {
            module,
            kind,
            loose: Loose::of(module.suite(), kind, module.target()),
        }
    }

    /// Check `text`, the new text of the module: `edits` (sorted, without overlaps) have made it, those of `changes` and
    /// of their imports. Gives it read.
    ///
    /// # Errors
    /// The reason why it must not be written.
    pub(crate) fn check<'t>(
        &self,
        text: &'t str,
        edits: &'t [TextEdit],
        changes: &[&Change],
    ) -> Result<After<'t>, String> {
        let after = After {
            text,
            edits,
            parsed: self.parse(text)?,
        };
        let ranges = CommentRanges::from(after.parsed.tokens());
        let before = (read(self.module), self.module.comments());
        Comments::of(before, (after.read(), &ranges), edits).check(changes)?;
        let loose = Loose::of(after.parsed.suite(), self.kind, self.module.target());
        match loose.new_since(&self.loose) {
            Some(reason) => Err(reason),
            None => Ok(after),
        }
    }

    fn parse(&self, text: &str) -> Result<Parsed<ModModule>, String> {
        let broken = |message: String| Err(format!("the result would not parse: {message}"));
        if let Some((_, message)) = crate::nesting::too_deep(text) {
            return broken(message.to_owned());
        }
        let target = self.module.target();
        let options = ParseOptions::from(self.kind).with_target_version(target);
        let Some(parsed) = parse_unchecked(text, options).try_into_module() else {
            return Err("the result would not parse".to_owned());
        };
        if let Some(error) = parsed.errors().first() {
            return broken(error.error.to_string());
        }
        if has_late_future(parsed.suite()) && !has_late_future(self.module.suite()) {
            return broken("`from __future__` must come first".to_owned());
        }
        let old = count(self.module.unsupported_syntax());
        let new = count(parsed.unsupported_syntax_errors());
        let mut newer = new.into_iter();
        match newer.find(|(message, times)| old.get(message).unwrap_or(&0) < times) {
            Some((message, _)) => broken(message),
            None => Ok(parsed),
        }
    }
}

/// How often each kind of syntax that the target lacks stands in a module.
fn count(errors: &[UnsupportedSyntaxError]) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for error in errors {
        *all.entry(error.to_string()).or_default() += 1;
    }
    all
}

/// Whether a `from __future__ import` stands behind other statements than the docstring: a syntax error to Python.
fn has_late_future(suite: &[Stmt]) -> bool {
    let is_future = |statement: &Stmt| {
        matches!(statement, Stmt::ImportFrom(import)
            if import.level == 0 && import.module.as_deref() == Some("__future__"))
    };
    let is_docstring = |statement: &Stmt| matches!(statement, Stmt::Expr(expr) if expr.value.is_string_literal_expr());
    let start = usize::from(suite.first().is_some_and(is_docstring));
    let rest = suite[start..]
        .iter()
        .skip_while(|statement| is_future(statement));
    rest.filter(|statement| is_future(statement)).count() > 0
}

fn read<'m>(module: &'m Module<'_>) -> Read<'m> {
    Read {
        text: module.text(),
        tokens: module.tokens(),
        suite: module.suite(),
    }
}

/// A new text that has passed the gate, read.
pub(crate) struct After<'t> {
    text: &'t str,
    edits: &'t [TextEdit],
    parsed: Parsed<ModModule>,
}

impl After<'_> {
    fn read(&self) -> Read<'_> {
        Read {
            text: self.text,
            tokens: self.parsed.tokens(),
            suite: self.parsed.suite(),
        }
    }

    /// Check that this reads the same as `module`, which the edits were made to, outside of them and of `places`.
    ///
    /// # Errors
    /// The first place that does not, as a reason.
    pub(crate) fn reads_like(
        &self,
        module: &Module<'_>,
        places: &[TextRange],
    ) -> Result<(), String> {
        tree::unchanged_around(read(module), self.read(), self.edits, places)
    }
}

/// Check `text`, the new text of a file that is no module: what is TOML by its name must parse.
///
/// # Errors
/// The reason why it must not be written.
pub(crate) fn document(path: &Utf8Path, text: &str) -> Result<(), String> {
    let is_toml = path.extension() == Some("toml") || path.file_name() == Some("Pipfile");
    if !is_toml {
        return Ok(());
    }
    let text = text.trim_start_matches('\u{feff}');
    match text.parse::<toml_edit::DocumentMut>() {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("the result would not parse: {}", error.message())),
    }
}
