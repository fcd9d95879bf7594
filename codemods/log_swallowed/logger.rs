//! The logger of a module: a name at its level, or the functions of `logging`.
//!
//! What a name is bound to counts, in this file or in the project file that it is imported from. A name like a logger
//! that nobody can follow is neither used nor doubled.

use codemend_engine::bindings::of_body;
use codemend_engine::module::Module;
use codemend_engine::semantic::{DefinitionKind, Meaning, Names, Type, Where};
use codemend_engine::syntax::ast::name::Name;
use codemend_engine::syntax::ast::{AtomicNodeIndex, Expr, ExprContext, ExprName, Stmt};
use codemend_engine::syntax::{Ranged, TextRange, TextSize};

use super::glance::Glance;
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
    let mut candidates = candidates(module, table, glance);
    candidates.sort_by_key(|one| one.rank);
    let mut doubtful = None;
    for candidate in &candidates {
        match style_of(module, table, candidate) {
            Judged::Logger(style) => {
                return Found::Logger(Logger {
                    text: candidate.name.to_owned(),
                    name: candidate.name.to_owned(),
                    style,
                    ready: candidate.ready,
                });
            }
            Judged::Doubtful if is_written_to(glance, candidate.name) => {
                doubtful = doubtful.or(Some(candidate.name.to_owned()));
            }
            Judged::Doubtful | Judged::Other => {}
        }
    }
    match (doubtful, functions(module, glance)) {
        (_, Some(logger)) => Found::Logger(logger),
        (Some(name), None) => Found::Doubtful(name),
        (None, None) => Found::Nothing,
    }
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

/// A name of the module level that may be a logger.
struct Candidate<'a> {
    name: &'a str,
    /// What it is bound to here; nothing for an import.
    value: Option<&'a Expr>,
    /// How often the module level binds it.
    times: usize,
    ready: TextSize,
    rank: usize,
}

enum Judged {
    Logger(Style),
    Doubtful,
    Other,
}

fn candidates<'a>(
    module: &'a Module<'_>,
    table: &Table,
    glance: &Glance<'_>,
) -> Vec<Candidate<'a>> {
    let all = of_body(module.suite());
    let mut found = Vec::new();
    let mut add = |name: &'a str, value: Option<&'a Expr>, statement: &Stmt| {
        let rank = match name.trim_matches('_').to_lowercase().as_str() {
            _ if value.is_some_and(is_for_module) => 0,
            "logger" | "log" => 1,
            _ => 2,
        };
        found.push(Candidate {
            name,
            value,
            times: all.get(name).map_or(0, Vec::len),
            ready: statement.end(),
            rank,
        });
    };
    for statement in module.suite() {
        let (target, value) = match statement {
            Stmt::Assign(one) => match one.targets.as_slice() {
                [target] => (target, &*one.value),
                _ => continue,
            },
            Stmt::AnnAssign(one) => match &one.value {
                Some(value) => (&*one.target, &**value),
                None => continue,
            },
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    if is_like(name) || is_written_to(glance, name) {
                        add(name, None, statement);
                    }
                }
                continue;
            }
            _ => continue,
        };
        if let Expr::Name(name) = target
            && (is_like(&name.id) || maker(value).is_some_and(|it| may_make(module, table, it)))
        {
            add(&name.id, Some(value), statement);
        }
    }
    found
}

/// Whether `name` is one for a logger.
fn is_like(name: &str) -> bool {
    name.to_lowercase().contains("log")
}

fn is_written_to(glance: &Glance<'_>, name: &str) -> bool {
    glance.receivers.iter().any(|one| one.id == name)
}

/// The function that is called first in `make(...).bind(...)`.
fn maker(value: &Expr) -> Option<&Expr> {
    let Expr::Call(call) = value else {
        return None;
    };
    match &*call.func {
        Expr::Attribute(method) => match &*method.value {
            Expr::Call(_) => maker(&method.value),
            _ => Some(&call.func),
        },
        function => Some(function),
    }
}

fn may_make(module: &Module<'_>, table: &Table, function: &Expr) -> bool {
    match function {
        // `logger.bind(...)`, of loguru
        Expr::Attribute(method) => {
            table.may_make(&method.attr) || matches!(&*method.value, Expr::Name(_))
        }
        _ => module.could_mean(function, &["getLogger", "get_logger"]),
    }
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

/// What `candidate` is.
fn style_of(module: &Module<'_>, table: &Table, candidate: &Candidate<'_>) -> Judged {
    let names = module.names();
    if candidate.times != 1 || names.rebinds_from_inside(candidate.name) {
        return Judged::Other;
    }
    if let Some(value) = candidate.value {
        return of_value(names, table, value);
    }
    let meanings = names.meanings(&at_top(candidate.name), Where::default());
    let [meaning] = meanings.as_slice() else {
        return Judged::Doubtful;
    };
    match meaning {
        Meaning::Outside { name, .. } => table
            .style(name)
            .filter(|style| *style == Style::Loguru)
            .map_or(Judged::Doubtful, Judged::Logger),
        Meaning::Definition(definition) if definition.is_rebound_from_inside() => Judged::Doubtful,
        Meaning::Definition(definition) => match definition.kind() {
            DefinitionKind::Assignment(value)
            | DefinitionKind::Annotated {
                value: Some(value), ..
            } => of_value(definition.names(), table, value),
            DefinitionKind::Class(_) | DefinitionKind::Function(_) => Judged::Other,
            _ => Judged::Doubtful,
        },
        Meaning::Module(_) | Meaning::Builtin(_) => Judged::Other,
        Meaning::Unknown => Judged::Doubtful,
    }
}

/// What `value`, an expression of the file of `names`, is: made by a known function, else by its type.
fn of_value(names: &Names<'_>, table: &Table, value: &Expr) -> Judged {
    let made = maker(value).and_then(|function| {
        let owner = match function {
            // `logger.bind(...)` of loguru; `logging.getLogger`
            Expr::Attribute(method) => names.qualified_name(&method.value, Where::default()),
            _ => None,
        };
        let own = names.qualified_name(function, Where::default());
        own.and_then(|name| table.style(&name))
            .or_else(|| owner.and_then(|name| table.style(&name)))
            .or_else(|| of_project(names, table, function))
    });
    if let Some(style) = made {
        return Judged::Logger(style);
    }
    match names.type_of(value).kind {
        Type::Instance(class) => match class.name.as_str() {
            "logging.Logger" | "logging.RootLogger" | "logging.LoggerAdapter" => {
                Judged::Logger(Style::Logging)
            }
            name if name.starts_with("structlog.") => Judged::Logger(Style::Structlog),
            "loguru.Logger" | "loguru._logger.Logger" => Judged::Logger(Style::Loguru),
            _ => Judged::Other,
        },
        Type::Unknown => Judged::Doubtful,
        _ => Judged::Other,
    }
}

/// How the logger is written to that `function` makes, one of the project that the user has named.
fn of_project(names: &Names<'_>, table: &Table, function: &Expr) -> Option<Style> {
    let meanings = names.meanings(function, Where::default());
    let [Meaning::Definition(definition)] = meanings.as_slice() else {
        return None;
    };
    match definition.kind() {
        DefinitionKind::Function(function) => {
            table.style_at(definition.names().path(), &function.name)
        }
        _ => None,
    }
}

/// `logging`, as the module calls it, where its functions are called.
fn functions(module: &Module<'_>, glance: &Glance<'_>) -> Option<Logger> {
    let names = module.names();
    let receiver = glance.receivers.iter().find(|one| {
        is_logging(module, &one.id)
            && names
                .qualified_name(&Expr::Name((**one).clone()), Where::default())
                .as_deref()
                == Some("logging")
    })?;
    let name = receiver.id.to_string();
    let import = import_of(module, &name)?;
    Some(Logger {
        text: name.clone(),
        name,
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
