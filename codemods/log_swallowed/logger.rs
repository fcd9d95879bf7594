//! The logger of a module: a name at its level, or the functions of `logging`.
//!
//! What a name is bound to counts, in this file or in the project file that it is imported from. A name like a logger
//! that nobody can follow is neither used nor doubled.

use std::collections::BTreeSet;

use codemend_engine::bindings::of_body;
use codemend_engine::module::Module;
use codemend_engine::semantic::{Definition, DefinitionKind, Meaning, Where};
use codemend_engine::syntax::ast::name::Name;
use codemend_engine::syntax::ast::{AtomicNodeIndex, Expr, ExprContext, ExprName, Stmt};
use codemend_engine::syntax::{Ranged, TextRange, TextSize};

use super::candidates::{Candidate, candidates, is_like};
use super::glance::Glance;
use super::made::{maker, of_value};
use super::stars::of_stars;
use super::table::{Style, Table};

/// A logger that can be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logger {
    /// As it is written: `logger`, `logging`, `self.log`.
    pub text: String,
    /// The name at the root of it that a scope may hide.
    pub name: String,
    pub style: Style,
    /// Where the module has bound it. Nothing for an attribute.
    pub ready: TextSize,
}

/// What a module logs with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Logger(Logger),
    /// A name that may be a logger, and nobody can tell.
    Doubtful(String),
    Nothing,
}

impl Logger {
    /// The call that says `message` at `level`.
    pub fn call(&self, level: &str, message: &str) -> String {
        let text = &self.text;
        match (self.style, level) {
            (_, "exception") => format!("{text}.exception({message})"),
            (Style::Loguru, _) => format!("{text}.opt(exception=True).{level}({message})"),
            _ => format!("{text}.{level}({message}, exc_info=True)"),
        }
    }
}

/// The logger that `module` has at its level: a name of its own, else `logging` itself where its functions are called.
pub fn of_module(module: &Module<'_>, table: &Table, glance: &Glance<'_>) -> Found {
    let all = of_body(module.suite());
    let mut candidates = candidates(module.suite(), &all);
    candidates.retain(|one| may_be(module, table, glance, one));
    candidates.sort_by_key(rank);
    let mut doubtful = None;
    for candidate in &candidates {
        let name = candidate.name;
        let is_used =
            glance.receivers.contains_key(name) || is_logger(name) && !glance.called.contains(name);
        match (style_of(module, table, candidate), candidate.ready) {
            (Judged::Logger(style), Some(ready)) => {
                return Found::Logger(Logger {
                    text: name.to_owned(),
                    name: name.to_owned(),
                    style,
                    ready,
                });
            }
            (Judged::Logger(_) | Judged::Unusable, _) => {
                doubtful = doubtful.or(Some(name.to_owned()));
            }
            (Judged::Doubtful, _) if candidate.is_like() && is_used => {
                doubtful = doubtful.or(Some(name.to_owned()));
            }
            (Judged::Doubtful | Judged::Other, _) => {}
        }
    }
    if let Some(logger) = of_stars(module, table, glance, &all) {
        return Found::Logger(logger);
    }
    match (doubtful, functions(module, glance)) {
        (_, Some(logger)) => Found::Logger(logger),
        (Some(name), None) => Found::Doubtful(name),
        (None, None) => Found::Nothing,
    }
}

/// Whether `name` can be nothing but a logger.
fn is_logger(name: &str) -> bool {
    let lower = name.trim_matches('_').to_lowercase();
    is_like(name) && (lower == "log" || lower.ends_with("logger"))
}

/// Loggers that are made for the module by its name come first, then those with the usual names.
fn rank(candidate: &Candidate<'_>) -> usize {
    match candidate.name.trim_matches('_').to_lowercase().as_str() {
        _ if candidate.values.iter().any(|it| is_for_module(it)) => 0,
        "logger" | "log" => 1,
        _ => 2,
    }
}

/// A first look: whether `candidate` is worth to be followed.
fn may_be(
    module: &Module<'_>,
    table: &Table,
    glance: &Glance<'_>,
    candidate: &Candidate<'_>,
) -> bool {
    let is_called = glance.receivers.contains_key(candidate.name);
    let may_make = |it: &Expr| match it {
        // `logger.bind(...)`, of loguru; a maker of the project's own
        Expr::Attribute(method) => {
            table.may_make(&method.attr) || is_called && method.value.is_name_expr()
        }
        _ => module.could_mean(it, &["getLogger", "get_logger"]),
    };
    let mut values = candidate.values.iter();
    candidate.is_like()
        || candidate.imports > 0 && is_called
        || values.any(|value| maker(value).is_some_and(may_make))
}

/// `name`, as if it stood at the beginning of the file.
pub fn at_top(name: &str) -> Expr {
    Expr::Name(ExprName {
        node_index: AtomicNodeIndex::NONE,
        range: TextRange::default(),
        id: Name::new(name),
        ctx: ExprContext::Load,
    })
}

/// Whether the name `name` of the module level is the module `logging` of the standard library, whatever runs.
pub fn is_logging(module: &Module<'_>, name: &str) -> bool {
    let names = module.names();
    let meanings = names.meanings(&at_top(name), Where::default());
    matches!(meanings.as_slice(), [Meaning::Module(one)] if one == "logging")
        && names.loads_standard("logging")
        && !names.rebinds_from_inside(name)
}

/// What something that may be a logger is.
pub enum Judged {
    Logger(Style),
    /// A logger and something else: neither used nor doubled.
    Unusable,
    Doubtful,
    Other,
}

/// Whether a logger is made for the module by its name: `getLogger(__name__)`.
fn is_for_module(value: &Expr) -> bool {
    let Expr::Call(call) = value else {
        return false;
    };
    let mut arguments = call.arguments.args.iter();
    let by_name = |it: &Expr| matches!(it, Expr::Name(name) if name.id == "__name__");
    arguments.any(by_name)
        || matches!(&*call.func, Expr::Attribute(method) if is_for_module(&method.value))
}

/// What `candidate` is: what all that binds it agrees on.
fn style_of(module: &Module<'_>, table: &Table, candidate: &Candidate<'_>) -> Judged {
    let names = module.names();
    let mut judged: Vec<Judged> = match candidate.imports {
        0 => {
            let values = candidate.values.iter();
            values.map(|value| of_value(names, table, value)).collect()
        }
        _ => {
            let meanings = names.meanings(&at_top(candidate.name), Where::default());
            let meanings = meanings.iter();
            meanings.map(|it| of_meaning(table, it)).collect()
        }
    };
    if candidate.is_mixed {
        judged.push(Judged::Other);
    }
    if names.rebinds_at_module_level(candidate.name) {
        judged.push(Judged::Doubtful);
    }
    all_of(judged)
}

/// What `judged` agree on. `logging` and `structlog` are written to in the same way.
pub fn all_of(judged: Vec<Judged>) -> Judged {
    let mut styles = BTreeSet::new();
    let (mut doubts, mut others) = (judged.is_empty(), false);
    for one in judged {
        match one {
            Judged::Logger(style) => drop(styles.insert(style)),
            Judged::Doubtful | Judged::Unusable => doubts = true,
            Judged::Other => others = true,
        }
    }
    let is_mixed = styles.contains(&Style::Loguru) && styles.len() > 1;
    match styles.first() {
        Some(style) if !doubts && !others && !is_mixed => Judged::Logger(*style),
        Some(_) => Judged::Unusable,
        None if doubts => Judged::Doubtful,
        None => Judged::Other,
    }
}

/// What a name is that means `meaning`.
pub fn of_meaning(table: &Table, meaning: &Meaning<'_>) -> Judged {
    match meaning {
        // `from math import log`
        Meaning::Outside { name, .. }
            if name
                .strip_suffix(".log")
                .is_some_and(|it| table.is_plain(it)) =>
        {
            Judged::Other
        }
        Meaning::Outside { name, .. } => table
            .style(name)
            .filter(|style| *style == Style::Loguru)
            .map_or(Judged::Doubtful, Judged::Logger),
        Meaning::Definition(definition) => match definition.kind() {
            DefinitionKind::Assignment(value)
            | DefinitionKind::Annotated {
                value: Some(value), ..
            } => match of_value(definition.names(), table, value) {
                Judged::Logger(_) if is_rebound(definition) => Judged::Unusable,
                judged => judged,
            },
            DefinitionKind::Class(_) | DefinitionKind::Function(_) => Judged::Other,
            _ => Judged::Doubtful,
        },
        Meaning::Module(_) | Meaning::Builtin(_) => Judged::Other,
        Meaning::Unknown => Judged::Doubtful,
    }
}

/// Whether a function of its file binds the name of `definition` by `global`.
fn is_rebound(definition: &Definition<'_>) -> bool {
    let name = definition.name();
    name.is_none_or(|name| definition.names().rebinds_at_module_level(&name))
}

/// `logging`, as the module calls it, where its functions are called.
fn functions(module: &Module<'_>, glance: &Glance<'_>) -> Option<Logger> {
    let names = module.names();
    let is_it = |one: &&ExprName| {
        let expr = Expr::Name((*one).clone());
        names.qualified_name(&expr, Where::default()).as_deref() == Some("logging")
    };
    let mut receivers = glance.receivers.iter();
    let (name, _) =
        receivers.find(|(name, places)| is_logging(module, name) && places.iter().any(&is_it))?;
    let import = import_of(module, name)?;
    Some(Logger {
        text: (*name).to_owned(),
        name: (*name).to_owned(),
        style: Style::Logging,
        ready: import.end(),
    })
}

/// The import statement of the module level, unguarded, that binds `name` to `logging`.
pub fn import_of<'m>(module: &'m Module<'_>, name: &str) -> Option<&'m Stmt> {
    module.suite().iter().find(|statement| match statement {
        Stmt::Import(import) => import.names.iter().any(|alias| match &alias.asname {
            Some(asname) => asname.as_str() == name && alias.name.as_str() == "logging",
            None => name == "logging" && alias.name.split('.').next() == Some("logging"),
        }),
        _ => false,
    })
}
