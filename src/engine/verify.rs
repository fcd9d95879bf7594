//! The gate between a codemod and the patch: what comes out must parse, keep its comments, and bind its names.
//!
//! It looks at the syntax alone. What binds a name in which scope was settled before the edit; the gate only makes sure
//! that no edit was wrong about it in a way that shows.

mod names;
mod tree;

use std::collections::BTreeMap;

use camino::Utf8Path;
use ruff_python_ast::{ModModule, PySourceType, PythonVersion};
use ruff_python_parser::{ParseOptions, Parsed, parse_unchecked};
use ruff_python_trivia::CommentRanges;
use ruff_text_size::TextRange;

use crate::module::Module;
use names::Loose;
use tree::Read;

/// What must still hold of a module after it was changed.
pub(crate) struct Before {
    comments: BTreeMap<String, usize>,
    loose: Loose,
    kind: PySourceType,
    target: PythonVersion,
}

impl Before {
    pub(crate) fn of(module: &Module<'_>) -> Self {
        let target = module.target();
        let kind = match module.is_stub() {
            true => PySourceType::Stub,
            false => PySourceType::Python,
        };
        Self {
            comments: comments(module.text(), module.comments()),
            loose: Loose::of(module.suite(), kind, target),
            kind,
            target,
        }
    }

    /// Check `text`, the new text of the module, which `edits` (sorted, without overlaps) have made. Gives it read.
    ///
    /// # Errors
    /// The reason why it must not be written.
    pub(crate) fn check<'t>(
        &self,
        text: &'t str,
        _edits: &[(TextRange, String)],
    ) -> Result<After<'t>, String> {
        if let Some((_, message)) = crate::nesting::too_deep(text) {
            return Err(format!("the result would not parse: {message}"));
        }
        let options = ParseOptions::from(self.kind).with_target_version(self.target);
        let Some(parsed) = parse_unchecked(text, options).try_into_module() else {
            return Err("the result would not parse".to_owned());
        };
        if let Some(error) = parsed.errors().first() {
            return Err(format!("the result would not parse: {}", error.error));
        }
        let kept = comments(text, &CommentRanges::from(parsed.tokens()));
        for (comment, count) in &self.comments {
            if kept.get(comment).copied().unwrap_or(0) < *count {
                return Err(format!("the comment `{comment}` would be lost"));
            }
        }
        let loose = Loose::of(parsed.suite(), self.kind, self.target);
        match loose.new_since(&self.loose) {
            Some(reason) => Err(reason),
            None => Ok(After { text, parsed }),
        }
    }
}

/// A new text that has passed the gate.
pub(crate) struct After<'t> {
    text: &'t str,
    parsed: Parsed<ModModule>,
}

impl After<'_> {
    /// Check that `module` reads the same as this, which `edits` have made of it, outside of the edits and of `places`.
    ///
    /// # Errors
    /// The first place that does not, as a reason.
    pub(crate) fn reads_like(
        &self,
        module: &Module<'_>,
        edits: &[(TextRange, String)],
        places: &[TextRange],
    ) -> Result<(), String> {
        let before = Read {
            text: module.text(),
            tokens: module.tokens(),
            suite: module.suite(),
        };
        let after = Read {
            text: self.text,
            tokens: self.parsed.tokens(),
            suite: self.parsed.suite(),
        };
        tree::unchanged_around(before, after, edits, places)
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

/// The comments of a module, with how often each stands there.
fn comments(text: &str, ranges: &CommentRanges) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for range in ranges {
        let comment = text
            .get(std::ops::Range::<usize>::from(range))
            .unwrap_or_default();
        *all.entry(comment.trim_end().to_owned()).or_default() += 1;
    }
    all
}
