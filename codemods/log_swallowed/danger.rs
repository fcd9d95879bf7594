//! Places where a log call would call itself, or run when logging is half gone.

use codemend_engine::semantic::{DefinitionKind, Meaning, Names, Where};
use codemend_engine::syntax::ast::{Expr, StmtClassDef, StmtFunctionDef};

use super::glance::Glance;
use super::scope::times_bound;
use super::site::{Around, Site};
use super::table::Table;

/// How far bases are followed.
const DEPTH: usize = 8;

/// Methods that take a log record, by the name of its parameter.
const RECORDS: &[&str] = &["emit", "filter", "format", "handle"];

/// Why no log call must be added to `site`.
pub fn danger(
    names: &Names<'_>,
    table: &Table,
    glance: &Glance<'_>,
    site: &Site<'_>,
) -> Option<String> {
    for around in &site.around {
        let name = around.name();
        if glance.registered.contains(name) {
            return Some(format!(
                "`{name}` is registered to run at the end, in a signal or for each log record: logging may not work there"
            ));
        }
        match around {
            Around::Function(function) if name == "__del__" => {
                let name = &function.name;
                return Some(format!("`{name}` may run when logging is gone"));
            }
            Around::Function(function) if takes_records(function) => {
                return Some(format!(
                    "log records run through `{name}`: it would call itself"
                ));
            }
            Around::Function(function) if is_signal_handler(function) => {
                return Some(format!(
                    "`{name}` looks like a signal handler: logging may not work there"
                ));
            }
            Around::Class(class) if is_sink(names, table, class, DEPTH) => {
                return Some(format!(
                    "log records run through `{name}`: it would call itself"
                ));
            }
            _ => {}
        }
    }
    None
}

/// `emit(self, record)`, and a processor of structlog: `add_user(logger, name, event_dict)`.
fn takes_records(function: &StmtFunctionDef) -> bool {
    let parameters = &function.parameters;
    let names = parameters
        .iter_non_variadic_params()
        .map(|one| one.name().as_str());
    let names: Vec<&str> = names.collect();
    let takes_record = names.contains(&"record") && RECORDS.contains(&function.name.as_str());
    // The other end of a queue of log records.
    let gets_records = name_has_log(&function.name) && times_bound(&function.body, "record") > 0;
    takes_record || gets_records || names.get(2) == Some(&"event_dict")
}

/// `stop(signum, frame)`
fn is_signal_handler(function: &StmtFunctionDef) -> bool {
    let mut names = function.parameters.iter_non_variadic_params();
    names.any(|one| one.name().trim_matches('_') == "signum")
}

fn name_has_log(name: &str) -> bool {
    name.to_lowercase().contains("log")
}

/// Whether `class` derives from a class that log records run through.
fn is_sink(names: &Names<'_>, table: &Table, class: &StmtClassDef, depth: usize) -> bool {
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
            DefinitionKind::Class(class) => is_sink(definition.names(), table, class, depth - 1),
            _ => false,
        },
        _ => false,
    })
}

/// Whether `qualified`, a class of a library, is a handler, filter or formatter of log records by its name:
/// `pythonjsonlogger.jsonlogger.JsonFormatter`.
fn is_like_a_sink(qualified: &str) -> bool {
    let ends = ["Handler", "Filter", "Formatter"];
    let is_one = ends.iter().any(|end| qualified.ends_with(end));
    is_one && qualified.to_lowercase().contains("log")
}
