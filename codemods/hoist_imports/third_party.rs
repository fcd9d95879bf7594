//! Candidates whose module is an installed package.

use std::collections::BTreeSet;

use codemend_engine::manifests::Declared;
use codemend_engine::project::{ImportRef, ModuleSet, Need};
use codemend_engine::syntax::ast::statement_visitor::{StatementVisitor, walk_stmt};
use codemend_engine::syntax::ast::{Expr, Stmt};
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
    let written = deepest(import);
    let loaded = surroundings.imports_plainly(|module| {
        let other = surroundings.facts.distributions().of_import(module);
        other.iter().any(|name| wanted.contains(name)) && !share_a_name(module, &written)
    });
    if let Some(module) = NEED_MORE
        .iter()
        .find(|module| written.starts_with(**module))
    {
        return Err(format!("`{module}` needs another package"));
    }
    let verdict = match loaded {
        true => Verdict::default(),
        false => declared(surroundings, &wanted, top)?,
    };
    if let Some(change) = surroundings.skipped_change(candidate) {
        return Err(format!(
            "at the top it would be imported before `{}` on line {}, on which it may depend",
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

/// Top-level names of packages that are there for sure: modules that are loaded by then import them.
pub(super) struct Present(BTreeSet<String>);

impl Present {
    pub(super) fn of(surroundings: &Surroundings<'_>, loaded: &ModuleSet) -> Self {
        let own = surroundings.id;
        let modules = loaded.iter().chain(own);
        let needs = modules.flat_map(|module| surroundings.project.needs(module));
        Self(needs.map(|need| top(&need.import).to_owned()).collect())
    }
}

/// Whether what a module of the project needs, that would be loaded earlier, is there.
///
/// # Errors
/// The reason why nothing may load it earlier.
pub(super) fn need(
    surroundings: &Surroundings<'_>,
    need: &Need,
    present: &Present,
) -> Result<(), String> {
    let project = surroundings.project;
    let top = top(&need.import);
    if present.0.contains(top) || COMES_ALONG.contains(&top) {
        return Ok(());
    }
    let wanted = surroundings.facts.distributions().of_import(&need.import);
    let place = format!("{}:{}", project.file(need.module), need.line);
    let declared = surroundings
        .facts
        .manifests()
        .declared(project.path(need.module), &wanted);
    let reason = match declared {
        Declared::Runtime { .. } => return Ok(()),
        Declared::Limited { marker, .. } => format!("is installed only where `{marker}` holds"),
        Declared::Extra(name) => format!("comes only with the extra `{name}`"),
        Declared::Group(name) => format!("comes only with the group `{name}`"),
        Declared::Undeclared | Declared::NoManifest => "no manifest declares".to_owned(),
        Declared::Unknown(reason) => return Err(format!("{place} needs `{top}`: {reason}")),
    };
    Err(format!("{place} needs `{top}`, which {reason}"))
}

/// Packages that the frameworks of this field always bring with them, and these themselves.
const COMES_ALONG: [&str; 12] = [
    "annotated_types",
    "anyio",
    "fastapi",
    "h11",
    "idna",
    "pydantic",
    "pydantic_core",
    "sniffio",
    "starlette",
    "typing_extensions",
    "typing_inspection",
    "_pytest",
];

/// Modules of a package that need another one, which does not come with it.
const NEED_MORE: [&str; 4] = [
    "fastapi.templating",
    "fastapi.testclient",
    "starlette.templating",
    "starlette.testclient",
];

/// Top-level names that many distributions share.
const SHARED: [&str; 12] = [
    "airflow",
    "azure",
    "backports",
    "google",
    "jaraco",
    "langgraph",
    "opentelemetry",
    "paste",
    "ruamel",
    "sphinxcontrib",
    "zc",
    "zope",
];

fn top(import: &str) -> &str {
    import.split('.').next().unwrap_or_default()
}

/// Whether the two imports may come from different distributions that share a top-level name.
fn share_a_name(one: &str, other: &str) -> bool {
    let second = |import: &str| import.split('.').nth(1).map(str::to_owned);
    SHARED.contains(&top(one)) && second(one) != second(other)
}

/// The line of an exit above the candidate that hangs on the platform or the version of Python.
pub(super) fn platform_exit(
    surroundings: &Surroundings<'_>,
    candidate: &Candidate<'_>,
) -> Option<usize> {
    let exit = early_exit(candidate)?;
    let function = candidate.function()?;
    let above = TextRange::new(function.start(), exit.start());
    let text = surroundings.module.slice(above);
    ["platform", "version_info", "os.name"]
        .iter()
        .any(|word| text.contains(word))
        .then(|| surroundings.line(exit.start()))
}

fn distributions(surroundings: &Surroundings<'_>, import: &ImportRef) -> Vec<String> {
    let distributions = surroundings.facts.distributions();
    distributions.of_import(&deepest(import))
}

/// The longest dotted name that the import writes.
fn deepest(import: &ImportRef) -> String {
    match import.names.first() {
        Some(name) => format!("{}.{name}", import.module),
        None => import.module.clone(),
    }
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
            Stmt::Assert(_) => self.first = Some(statement.range()),
            Stmt::Expr(one) if may_leave(&one.value) => self.first = Some(statement.range()),
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            _ => walk_stmt(self, statement),
        }
    }
}

/// `yield`, and calls of what ends a program or a test.
fn may_leave(expr: &Expr) -> bool {
    let name = match expr {
        Expr::Yield(_) | Expr::YieldFrom(_) => return true,
        Expr::Await(one) => return may_leave(&one.value),
        Expr::Call(call) => match &*call.func {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return false,
        },
        _ => return false,
    };
    matches!(
        name,
        "exit" | "_exit" | "quit" | "abort" | "skip" | "importorskip" | "fail"
    )
}
