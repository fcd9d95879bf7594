//! The gate between a codemod and the patch: what comes out must parse, keep its comments, and bind its names.
//!
//! It looks at the syntax alone. What binds a name in which scope was settled before the edit; the gate only makes sure
//! that no edit was wrong about it in a way that shows.

mod tree;

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{
    Visitor, walk_alias, walk_except_handler, walk_expr, walk_parameter, walk_pattern, walk_stmt,
    walk_type_param,
};
use ruff_python_ast::{
    Alias, ExceptHandler, Expr, ModModule, Parameter, Pattern, PySourceType, PythonVersion, Stmt,
    TypeParam,
};
use ruff_python_parser::{ParseOptions, Parsed, parse_unchecked};
use ruff_python_trivia::CommentRanges;
use ruff_text_size::TextRange;

use camino::Utf8Path;
use rustc_hash::FxHashSet;

use crate::module::Module;
use tree::Read;

/// What must still hold of a module after it was changed.
pub(crate) struct Before {
    comments: BTreeMap<String, usize>,
    loose: BTreeSet<String>,
    kind: PySourceType,
    target: PythonVersion,
}

impl Before {
    pub(crate) fn of(module: &Module<'_>) -> Self {
        let target = module.target();
        Self {
            comments: comments(module.text(), module.comments()),
            loose: loose_names(module.suite(), target.minor),
            kind: match module.is_stub() {
                true => PySourceType::Stub,
                false => PySourceType::Python,
            },
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
        match loose_names(parsed.suite(), self.target.minor)
            .difference(&self.loose)
            .next()
        {
            Some(name) => Err(format!("nothing would bind the name `{name}`")),
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

/// Names that the module loads and that neither a statement of it nor a builtin binds.
fn loose_names(suite: &[Stmt], minor: u8) -> BTreeSet<String> {
    let mut finder = Finder::default();
    finder.visit_body(suite);
    finder
        .loaded
        .difference(&finder.bound)
        .filter(|name| !ruff_python_stdlib::builtins::is_python_builtin(name, minor, false))
        .map(|name| (*name).to_owned())
        .collect()
}

#[derive(Default)]
struct Finder<'a> {
    loaded: FxHashSet<&'a str>,
    bound: FxHashSet<&'a str>,
}

impl<'a> Visitor<'a> for Finder<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => drop(self.bound.insert(&function.name)),
            Stmt::ClassDef(class) => drop(self.bound.insert(&class.name)),
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr {
            match name.ctx.is_load() {
                true => self.loaded.insert(&name.id),
                false => self.bound.insert(&name.id),
            };
        }
        walk_expr(self, expr);
    }

    fn visit_alias(&mut self, alias: &'a Alias) {
        let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
        self.bound.insert(name.split('.').next().unwrap_or(name));
        walk_alias(self, alias);
    }

    fn visit_parameter(&mut self, parameter: &'a Parameter) {
        self.bound.insert(&parameter.name);
        walk_parameter(self, parameter);
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(one) = handler;
        self.bound
            .extend(one.name.as_ref().map(|name| name.as_str()));
        walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(one) => one.name.as_ref(),
            Pattern::MatchStar(one) => one.name.as_ref(),
            Pattern::MatchMapping(one) => one.rest.as_ref(),
            _ => None,
        };
        self.bound.extend(name.map(|name| name.as_str()));
        walk_pattern(self, pattern);
    }

    fn visit_type_param(&mut self, parameter: &'a TypeParam) {
        self.bound.insert(parameter.name());
        walk_type_param(self, parameter);
    }
}
