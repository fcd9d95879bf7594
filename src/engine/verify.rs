//! The gate between a codemod and the patch: what comes out must parse, keep its comments, and bind its names.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::Utf8Path;
use ruff_python_ast::PythonVersion;

use crate::module::Module;
use crate::semantic::Semantics;

/// What must still hold of a module after it was changed.
pub(crate) struct Before {
    comments: BTreeMap<String, usize>,
    unresolved: std::collections::BTreeSet<String>,
}

impl Before {
    pub(crate) fn of(module: &Module<'_>) -> Self {
        Self {
            comments: comments(module),
            unresolved: module.names().unresolved(),
        }
    }

    /// Check the text that `semantics` has for `path` now.
    ///
    /// # Errors
    /// The reason why the new text must not be written.
    pub(crate) fn check(
        &self,
        semantics: &Semantics,
        path: &Utf8Path,
        text: Arc<str>,
        target: PythonVersion,
    ) -> Result<(), String> {
        let module = Module::parse(semantics, path, text, target)
            .map_err(|problem| format!("the result would not parse: {}", problem.message))?;
        let kept = comments(&module);
        for (comment, count) in &self.comments {
            if kept.get(comment).copied().unwrap_or(0) < *count {
                return Err(format!("the comment `{comment}` would be lost"));
            }
        }
        match module
            .names()
            .unresolved()
            .difference(&self.unresolved)
            .next()
        {
            Some(name) => Err(format!("nothing would bind the name `{name}` any more")),
            None => Ok(()),
        }
    }
}

/// The comments of a module, with how often each stands there.
fn comments(module: &Module<'_>) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for range in module.comments() {
        *all.entry(module.slice(range).trim_end().to_owned())
            .or_default() += 1;
    }
    all
}
