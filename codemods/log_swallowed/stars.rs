//! Names that a star import brings to the module level.

use codemend_engine::bindings::Bindings;
use codemend_engine::module::Module;
use codemend_engine::semantic::{Meaning, Where};
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::{Expr, Stmt};

use super::candidates::is_like;
use super::glance::Glance;
use super::logger::{Judged, Logger, all_of, at_top, of_meaning};
use super::table::Table;

/// The logger that a star import brings.
pub fn of_stars(
    module: &Module<'_>,
    table: &Table,
    glance: &Glance<'_>,
    all: &Bindings<'_>,
) -> Option<Logger> {
    let star = module.suite().iter().rev().find(|one| is_star(one))?;
    let used = glance
        .receivers
        .keys()
        .copied()
        .filter(|name| is_like(name));
    let mut names = used.chain(["logger", "log", "LOG", "LOGGER"]);
    names.find_map(|name| {
        if all.contains_key(name) {
            return None;
        }
        let meanings = starred(module, glance, name)?;
        let judged = meanings.iter().map(|one| of_meaning(table, one)).collect();
        let Judged::Logger(style) = all_of(judged) else {
            return None;
        };
        Some(Logger {
            text: name.to_owned(),
            name: name.to_owned(),
            style,
            ready: star.end(),
        })
    })
}

/// What `name` means that nothing but a star import can bind, seen from a place where it is used, or from the first
/// expression of the module level.
fn starred<'m>(
    module: &'m Module<'_>,
    glance: &Glance<'_>,
    name: &str,
) -> Option<Vec<Meaning<'m>>> {
    let names = module.names();
    if let Some(one) = glance.receivers.get(name).and_then(|all| all.first()) {
        return Some(names.meanings(&Expr::Name((*one).clone()), Where::default()));
    }
    let place = Where {
        witness: Some(witness(module)?),
        deferred: true,
    };
    Some(names.meanings(&at_top(name), place))
}

/// An expression of the module level.
fn witness<'m>(module: &'m Module<'_>) -> Option<&'m Expr> {
    let first = module.suite().iter().find_map(|statement| match statement {
        Stmt::Assign(one) => Some(&*one.value),
        Stmt::Expr(one) => Some(&*one.value),
        Stmt::FunctionDef(one) => one.decorator_list.first().map(|it| &it.expression),
        Stmt::ClassDef(one) => one.bases().first(),
        _ => None,
    });
    first.filter(|it| matches!(it, Expr::Name(_) | Expr::Attribute(_) | Expr::Call(_)))
}

/// `from module import *`
pub fn is_star(statement: &Stmt) -> bool {
    matches!(statement, Stmt::ImportFrom(import)
        if import.names.iter().any(|alias| &alias.name == "*"))
}

/// Whether no star import brings `name`, as seen from the first expression of the module level.
pub fn comes_by_no_star(module: &Module<'_>, name: &str) -> bool {
    let Some(witness) = witness(module) else {
        return name.starts_with('_');
    };
    let place = Where {
        witness: Some(witness),
        deferred: true,
    };
    let meanings = module.names().meanings(&at_top(name), place);
    let unseen = |meaning: &Meaning<'_>| matches!(meaning, Meaning::Unknown);
    meanings.is_empty() || name.starts_with('_') && meanings.iter().all(unseen)
}
