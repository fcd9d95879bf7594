//! Candidates whose module is an installed package.

use codemend_engine::manifests::Declared;
use codemend_engine::project::{ImportRef, Need};
use codemend_engine::syntax::ast::Stmt;
use codemend_engine::syntax::ast::statement_visitor::{StatementVisitor, walk_stmt};
use codemend_engine::syntax::{Ranged, TextRange, TextSize};

use super::candidate::Candidate;
use super::origin::Verdict;
use super::surroundings::Surroundings;

/// # Errors
/// The reason why the import stays.
pub(super) fn judge(
    surroundings: &Surroundings<'_>,
    candidate: &Candidate<'_>,
    import: &ImportRef,
) -> Result<Verdict, String> {
    let top = import.module.split('.').next().unwrap_or_default();
    let heavy = surroundings
        .rules
        .heavy
        .contains(top)
        .then(|| format!("`{top}` is on the list of heavy packages"));
    if let Some(exit) = early_exit(candidate) {
        return Err(format!(
            "the function may leave on line {} before it needs `{top}`",
            surroundings.line(exit.start())
        ));
    }
    let wanted = distributions(surroundings, import);
    let loaded = surroundings.imports_plainly(|module| {
        let other = surroundings.facts.distributions().of_import(module);
        other.iter().any(|name| wanted.contains(name))
    });
    let verdict = match loaded {
        true => Verdict::default(),
        false => declared(surroundings, &wanted, top)?,
    };
    if let Some(change) = surroundings.skipped_change(candidate) {
        return Err(format!(
            "it would be imported before `{}` on line {}",
            change.what,
            surroundings.line(change.range.start())
        ));
    }
    Ok(Verdict {
        lazy: heavy,
        ..verdict
    })
}

fn declared(
    surroundings: &Surroundings<'_>,
    wanted: &[String],
    top: &str,
) -> Result<Verdict, String> {
    let path = surroundings.module.path();
    match surroundings.facts.manifests().declared(path, wanted) {
        Declared::Runtime { .. } => Ok(Verdict::unsafe_because(format!(
            "`{top}` is loaded at start, and fails there if it fails"
        ))),
        Declared::Limited { marker, .. } => {
            Err(format!("`{top}` is installed only where `{marker}` holds"))
        }
        Declared::Extra(name) => Err(format!("`{top}` comes only with the extra `{name}`")),
        Declared::Group(name) => Err(format!("`{top}` comes only with the group `{name}`")),
        Declared::Undeclared => Err(format!("no manifest declares `{top}`")),
        Declared::NoManifest => Err(format!("there is no manifest that declares `{top}`")),
        Declared::Unknown(reason) => Err(reason),
    }
}

/// What a module of the project that would be loaded earlier needs: a reason for doubt, if any.
///
/// # Errors
/// The reason why nothing may load it earlier.
pub(super) fn need(surroundings: &Surroundings<'_>, need: &Need) -> Result<Option<String>, String> {
    let project = surroundings.project;
    let wanted = surroundings.facts.distributions().of_import(&need.import);
    let top = need.import.split('.').next().unwrap_or_default();
    let place = format!("{}:{}", project.file(need.module), need.line);
    let declared = surroundings
        .facts
        .manifests()
        .declared(project.path(need.module), &wanted);
    Ok(match declared {
        Declared::Extra(name) => {
            return Err(format!(
                "{place} needs `{top}`, which comes only with the extra `{name}`"
            ));
        }
        Declared::Group(name) => {
            return Err(format!(
                "{place} needs `{top}`, which comes only with the group `{name}`"
            ));
        }
        Declared::Limited { marker, .. } => {
            return Err(format!(
                "{place} needs `{top}`, which is installed only where `{marker}` holds"
            ));
        }
        Declared::Undeclared if !COMES_ALONG.contains(&top) => {
            Some(format!("{place} needs `{top}`, which no manifest declares"))
        }
        _ => None,
    })
}

/// Packages that others of this field always bring with them.
const COMES_ALONG: [&str; 16] = [
    "annotated_types",
    "anyio",
    "click",
    "dateutil",
    "greenlet",
    "h11",
    "httpcore",
    "idna",
    "jinja2",
    "markupsafe",
    "pydantic",
    "pydantic_core",
    "sniffio",
    "starlette",
    "typing_extensions",
    "werkzeug",
];

fn distributions(surroundings: &Surroundings<'_>, import: &ImportRef) -> Vec<String> {
    let distributions = surroundings.facts.distributions();
    let deepest = import
        .names
        .first()
        .map(|name| format!("{}.{name}", import.module));
    distributions.of_import(deepest.as_deref().unwrap_or(&import.module))
}

/// The first statement in the function, above the candidate, that leaves it or the round of a loop.
fn early_exit(candidate: &Candidate<'_>) -> Option<TextRange> {
    let mut exits = Exits {
        until: candidate.range().start(),
        first: None,
    };
    for statement in candidate.block {
        exits.visit_stmt(statement);
    }
    exits.first
}

struct Exits {
    until: TextSize,
    first: Option<TextRange>,
}

impl<'a> StatementVisitor<'a> for Exits {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if statement.start() >= self.until || self.first.is_some() {
            return;
        }
        match statement {
            Stmt::Return(_) | Stmt::Raise(_) | Stmt::Continue(_) | Stmt::Break(_) => {
                self.first = Some(statement.range());
            }
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            _ => walk_stmt(self, statement),
        }
    }
}
