//! Places where a log call would call itself, or run when logging is half gone.

use codemend_engine::semantic::{DefinitionKind, Meaning, Names, Where};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr};
use codemend_engine::syntax::ast::{Expr, StmtClassDef, StmtFunctionDef};

use super::elsewhere::Elsewhere;
use super::glance::{Glance, entry};
use super::reached::Reached;
use super::site::{Around, Site};
use super::table::Table;
use super::trace::is_name;

/// How far bases are followed.
const DEPTH: usize = 8;

/// Methods that take a log record, by the name of its parameter.
const RECORDS: &[&str] = &["emit", "filter", "format", "handle"];

/// What classes are called that log records run through.
const SINKS: &[&str] = &["Handler", "Filter", "Formatter"];

/// Why no log call must be added to `site`.
pub fn danger(
    names: &Names<'_>,
    table: &Table,
    glance: &Glance<'_>,
    elsewhere: Elsewhere<'_>,
    site: &Site<'_>,
) -> Option<String> {
    for (at, around) in site.around.iter().enumerate() {
        let name = around.name();
        let owner = at.checked_sub(1).map(|at| &site.around[at]);
        if glance.registered.contains(&entry(names, name, owner))
            || is_registered(names, elsewhere, name, owner)
        {
            return Some(format!(
                "`{name}` is registered to run at the end, in a signal or for each log record: logging may not work there"
            ));
        }
        let through = || {
            Some(format!(
                "log records run through `{name}`: it would call itself"
            ))
        };
        match around {
            Around::Function(_) if name == "__del__" => {
                return Some(format!("`{name}` may run when logging is gone"));
            }
            Around::Function(function) if takes_records(names, function, owner) => {
                return through();
            }
            Around::Function(function) if is_apart(names, table, function) => {
                return Some(format!(
                    "the decorator of `{name}` takes it out of its file: it has no logger there"
                ));
            }
            Around::Function(function) if is_signal_handler(function) => {
                return Some(format!(
                    "`{name}` looks like a signal handler: logging may not work there"
                ));
            }
            Around::Class(class)
                if is_sink(names, table, class) || elsewhere.mixes_into_sink(name) =>
            {
                return through();
            }
            _ => {}
        }
    }
    None
}

/// Why no log call must be added to `site`: it stands in a function that is `reached` by log records.
pub fn runs_through(site: &Site<'_>, reached: &Reached) -> Option<String> {
    let mut functions = site.around.iter().filter_map(|around| match around {
        Around::Function(function) => Some(function),
        Around::Class(_) => None,
    });
    let function = functions.find(|function| reached.has(function))?;
    let name = &function.name;
    Some(format!(
        "a handler or a filter of log records may call `{name}`: it would call itself"
    ))
}

fn is_registered(
    names: &Names<'_>,
    elsewhere: Elsewhere<'_>,
    name: &str,
    owner: Option<&Around<'_>>,
) -> bool {
    match owner {
        Some(Around::Class(class)) => elsewhere.registers_method(&class.name, name),
        _ => elsewhere.registers(names.path(), name),
    }
}

/// `emit(self, record)` of a class that may be a handler of log records, and a processor of structlog:
/// `add_user(logger, name, event_dict)`.
fn takes_records(
    names: &Names<'_>,
    function: &StmtFunctionDef,
    owner: Option<&Around<'_>>,
) -> bool {
    let parameters = function.parameters.iter_non_variadic_params();
    let parameters: Vec<&str> = parameters.map(|one| one.name().as_str()).collect();
    if is_processor(function) {
        return true;
    }
    let takes = parameters.contains(&"record") && RECORDS.contains(&function.name.as_str());
    let is_method =
        takes && matches!(owner, Some(Around::Class(class)) if may_be_sink(names, class));
    // The other end of a queue of log records.
    is_method || handles_records(function)
}

/// `add_user(logger, name, event_dict)`, a processor of structlog.
pub fn is_processor(function: &StmtFunctionDef) -> bool {
    let mut parameters = function.parameters.iter_non_variadic_params();
    parameters
        .nth(2)
        .is_some_and(|third| third.name() == "event_dict")
}

/// Whether `class` is called like a handler of log records, or derives from one, or from a class that nobody can read.
fn may_be_sink(names: &Names<'_>, class: &StmtClassDef) -> bool {
    let is_called = |name: &str| SINKS.iter().any(|end| name.ends_with(end));
    is_called(&class.name)
        || class.bases().iter().any(|base| {
            let meanings = names.meanings(base, Where::default());
            meanings.is_empty()
                || meanings.iter().any(|meaning| match meaning {
                    Meaning::Unknown => true,
                    Meaning::Outside { name, .. } => is_called(name),
                    Meaning::Definition(definition) => match definition.kind() {
                        DefinitionKind::Class(class) => is_called(&class.name),
                        _ => true,
                    },
                    _ => false,
                })
        })
}

/// Whether `function` hands a `record` on to a logger: `logger.handle(record)`.
fn handles_records(function: &StmtFunctionDef) -> bool {
    let mut handles = Handles(false);
    handles.visit_body(&function.body);
    handles.0
}

struct Handles(bool);

impl<'a> Visitor<'a> for Handles {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && let Expr::Attribute(method) = &*call.func
            && matches!(method.attr.as_str(), "handle" | "emit")
            && let [record] = &*call.arguments.args
            && is_name(record, "record")
            && is_log_end(&method.value)
        {
            self.0 = true;
        }
        walk_expr(self, expr);
    }
}

/// `logger`, `self.handler`, `logging.getLogger(record.name)`
fn is_log_end(receiver: &Expr) -> bool {
    let last = match receiver {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        Expr::Call(call) => return is_log_end(&call.func),
        _ => return false,
    };
    let last = last.to_lowercase();
    ["logger", "handler", "root"]
        .iter()
        .any(|end| last.ends_with(end))
}

/// Whether a decorator compiles `function`, or runs its source elsewhere: `@numba.njit`, `@dsl.component`.
fn is_apart(names: &Names<'_>, table: &Table, function: &StmtFunctionDef) -> bool {
    function.decorator_list.iter().any(|decorator| {
        let called = match &decorator.expression {
            Expr::Call(call) => &*call.func,
            other => other,
        };
        let name = names.qualified_name(called, Where::default());
        name.is_some_and(|name| table.takes_apart(&name))
    })
}

/// `stop(signum, frame)`
fn is_signal_handler(function: &StmtFunctionDef) -> bool {
    let mut names = function.parameters.iter_non_variadic_params();
    names.any(|one| one.name().trim_matches('_') == "signum")
}

/// Whether `class` derives from a class that log records run through.
pub fn is_sink(names: &Names<'_>, table: &Table, class: &StmtClassDef) -> bool {
    is_sink_within(names, table, class, DEPTH)
}

fn is_sink_within(names: &Names<'_>, table: &Table, class: &StmtClassDef, depth: usize) -> bool {
    class
        .bases()
        .iter()
        .any(|base| is_sink_base(names, table, base, depth))
}

fn is_sink_base(names: &Names<'_>, table: &Table, base: &Expr, depth: usize) -> bool {
    let meanings = names.meanings(base, Where::default());
    meanings.iter().any(|meaning| match meaning {
        Meaning::Outside { name, .. } => table.is_sink(name) || is_like_a_sink(name),
        Meaning::Definition(definition) if depth > 0 => match definition.kind() {
            DefinitionKind::Class(class) => {
                is_sink_within(definition.names(), table, class, depth - 1)
            }
            _ => false,
        },
        _ => false,
    })
}

/// Whether `qualified`, a class of a library, is a handler, filter or formatter of log records by its name:
/// `pythonjsonlogger.jsonlogger.JsonFormatter`.
fn is_like_a_sink(qualified: &str) -> bool {
    let is_one = SINKS.iter().any(|end| qualified.ends_with(end));
    is_one && qualified.to_lowercase().contains("log")
}
