//! Imports that the author has put where they are on purpose.

use codemend_engine::module::Module;
use codemend_engine::syntax::ast::{Expr, Stmt};
use codemend_engine::syntax::{Ranged, TextRange, TextSize, UniversalNewlines};

use super::candidate::{Candidate, names};

/// Words, or beginnings of words, by which a comment says that an import is late on purpose.
const WORDS: [&str; 13] = [
    "circular",
    "cyclic",
    "cycle",
    "lazy",
    "lazily",
    "defer",
    "delay",
    "optional",
    "heavy",
    "slow",
    "expensive",
    "startup",
    "start-up",
];

/// # Errors
/// The reason, when the author wants `candidate` where it is.
pub(super) fn check(module: &Module<'_>, candidate: &Candidate<'_>) -> Result<(), String> {
    if let Some(comment) = telling_comment(module, candidate) {
        return Err(format!(
            "the comment `{comment}` says that it is here on purpose"
        ));
    }
    if let Some(comment) = comment_about_import(module, candidate) {
        return Err(format!(
            "the comment `{comment}` is about this import and would stay behind"
        ));
    }
    if let Some(function) = candidate
        .functions
        .first()
        .filter(|function| is_module_hook(module, &function.name))
    {
        return Err(format!(
            "stands in the module's `{}`, which exists to load late (PEP 562)",
            function.name
        ));
    }
    if makes_docstring(candidate) {
        return Err("the text below it would become the docstring".to_owned());
    }
    if is_app_ready(module, candidate) {
        return Err(
            "stands in `ready()` of a Django app, which runs when all apps are loaded".to_owned(),
        );
    }
    Ok(())
}

/// The comment on one of the statement's lines, or right above it, that tells of a reason.
fn telling_comment<'m>(module: &'m Module<'_>, candidate: &Candidate<'_>) -> Option<&'m str> {
    let range = candidate.range();
    let own = TextRange::new(
        module.line_start(range.start()),
        module.line_end(range.end()),
    );
    let mut first = own.start();
    // A comment stands above its import, and above the imports that follow that one line by line.
    let mut at = candidate.at;
    while at > 0 {
        let above = &candidate.block[at - 1];
        let gap = TextRange::new(above.end(), candidate.block[at].start());
        let lines = module.slice(gap).universal_newlines();
        let ends = lines.filter(|line| line.as_full_str().ends_with(['\n', '\r']));
        let touches = ends.count() <= 1 && !is_stdlib_line(candidate);
        if !matches!(above, Stmt::Import(_) | Stmt::ImportFrom(_)) || !touches {
            break;
        }
        at -= 1;
        first = module.line_start(above.start());
    }
    let mut first = comment_block_above(module, first);
    if first > TextSize::default() && first == module.line_start(range.start()) {
        // A comment behind the code of the line above.
        first = module.line_start(first - TextSize::new(1));
    }
    let comments = module.comments();
    let lines = comments.comments_in_range(TextRange::new(first, own.end()));
    lines
        .iter()
        .map(|range| module.slice(*range))
        .find(|comment| is_telling(comment))
}

/// A comment right above the statement that speaks of importing.
fn comment_about_import<'m>(module: &'m Module<'_>, candidate: &Candidate<'_>) -> Option<&'m str> {
    let start = module.line_start(candidate.range().start());
    let first = comment_block_above(module, start);
    let comments = module.comments();
    let above = comments.comments_in_range(TextRange::new(first, start));
    above
        .iter()
        .map(|range| module.slice(*range))
        .find(|comment| comment.to_lowercase().contains("import"))
}

/// A comment above a group of imports is about those of the project and of packages, hardly about `json`.
fn is_stdlib_line(candidate: &Candidate<'_>) -> bool {
    names(candidate.statement).iter().all(|alias| {
        let module = match candidate.statement {
            Stmt::ImportFrom(import) if import.level > 0 => return false,
            Stmt::ImportFrom(import) => import.module.as_deref().unwrap_or_default(),
            _ => alias.name.as_str(),
        };
        super::standard::is_standard(module)
    })
}

/// The start of the comment lines that touch the line at `start` from above.
fn comment_block_above(module: &Module<'_>, start: TextSize) -> TextSize {
    let mut first = start;
    while first > TextSize::default() {
        let above = module.line_start(first - TextSize::new(1));
        let line = module.slice(TextRange::new(above, first));
        if above == first || !line.trim_start().starts_with('#') {
            break;
        }
        first = above;
    }
    first
}

fn is_telling(comment: &str) -> bool {
    let comment = comment.to_lowercase();
    let words = comment.split(|c: char| !c.is_alphanumeric() && c != '-');
    let mut words = words.filter(|word| !word.is_empty());
    words.any(|word| WORDS.iter().any(|telling| word.starts_with(telling)))
        || comment.contains("start up")
}

/// Whether a function of this name at module level is, or becomes, its `__getattr__` or `__dir__`.
fn is_module_hook(module: &Module<'_>, name: &str) -> bool {
    const HOOKS: [&str; 2] = ["__getattr__", "__dir__"];
    HOOKS.contains(&name)
        || module.suite().iter().any(|statement| {
            let Stmt::Assign(one) = statement else {
                return false;
            };
            let is_hook = one.targets.iter().any(
                |target| matches!(target, Expr::Name(one) if HOOKS.contains(&one.id.as_str())),
            );
            is_hook && matches!(&*one.value, Expr::Name(value) if value.id.as_str() == name)
        })
}

/// Whether the candidate opens its function and a bare string follows.
fn makes_docstring(candidate: &Candidate<'_>) -> bool {
    let before = candidate.block[..candidate.at].iter();
    let only_imports = before
        .into_iter()
        .all(|one| matches!(one, Stmt::Import(_) | Stmt::ImportFrom(_)));
    let next = candidate.block[candidate.at..]
        .iter()
        .find(|one| !matches!(one, Stmt::Import(_) | Stmt::ImportFrom(_)));
    only_imports && matches!(next, Some(Stmt::Expr(one)) if one.value.is_string_literal_expr())
}

/// Whether the candidate stands in `ready()`, of a class or below one, in a file about Django apps.
fn is_app_ready(module: &Module<'_>, candidate: &Candidate<'_>) -> bool {
    let is_ready = candidate
        .functions
        .iter()
        .any(|function| function.name.as_str() == "ready");
    is_ready
        && (module.path().file_name() == Some("apps.py") || module.text().contains("AppConfig"))
}
