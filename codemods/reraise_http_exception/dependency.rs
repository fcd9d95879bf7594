//! Generators that routes depend on: what an endpoint raises arrives at their `yield`.
//!
//! A route may depend on a function, on a method of an instance, on an instance that is called, and on what a call makes:
//! `Depends(get_db)`, `Depends(store.session)`, `Depends(store)`, `Depends(Store("a"))`.

use codemend_engine::module::Module;
use codemend_engine::project::{ModuleId, Project};
use codemend_engine::syntax::ast::{Expr, Stmt};

use super::graph::{is_context_manager, is_generator};
use super::sites::{Around, Site};

/// Whether `site` stands in a generator that a route depends on.
pub fn is_dependency(module: &Module<'_>, project: &Project, site: &Site<'_>) -> bool {
    let Some(function) = site.function().filter(|one| is_generator(one)) else {
        return false;
    };
    let Some(own) = project.module(module.path()) else {
        return false;
    };
    let given = match site.path() {
        Some(path) => {
            project.is_dependency(own, &path)
                || instances(module, site).any(|name| is_instance_given(project, own, name, &path))
        }
        // A function that another one makes: `Depends(session_of("a"))`.
        None => match site.around.as_slice() {
            [Around::Function(maker), Around::Function(_)] => {
                project.is_dependency(own, &format!("{}.__call__", maker.name))
            }
            _ => false,
        },
    };
    given && !is_context_manager(module.names(), function)
}

/// Whether the method at `path` of the instance `name` is given, or the instance itself, where the method is `__call__`.
fn is_instance_given(project: &Project, own: ModuleId, name: &str, path: &str) -> bool {
    let method = path.rsplit('.').next().unwrap_or(path);
    method == "__call__" && project.is_dependency(own, name)
        || project.is_dependency(own, &format!("{name}.{method}"))
}

/// The names that the module gives instances of the class around `site`: `store = Store()`.
fn instances<'a>(module: &'a Module<'_>, site: &Site<'a>) -> impl Iterator<Item = &'a str> {
    let class = match site.around.as_slice() {
        [Around::Class(class), Around::Function(_)] => Some(class.name.as_str()),
        _ => None,
    };
    let bound = module
        .suite()
        .iter()
        .filter_map(|statement| match statement {
            Stmt::Assign(one) => Some((one.targets.first()?, &*one.value)),
            Stmt::AnnAssign(one) => Some((&*one.target, one.value.as_deref()?)),
            _ => None,
        });
    bound.filter_map(move |(target, value)| {
        let made = value.as_call_expr()?.func.as_name_expr()?;
        let Expr::Name(name) = target else {
            return None;
        };
        (class == Some(made.id.as_str())).then_some(name.id.as_str())
    })
}
