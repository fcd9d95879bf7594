//! FastAPI routes, as far as types need them: which calls declare one.

use ruff_python_ast::{Expr, ExprCall};

use crate::module::Module;
use crate::semantic::{Definition, DefinitionKind, Meaning, Names, Where};

/// Methods of an application or a router that declare a route.
const ROUTES: [&str; 10] = [
    "get",
    "post",
    "put",
    "delete",
    "patch",
    "options",
    "head",
    "trace",
    "api_route",
    "add_api_route",
];

const ROUTERS: [&str; 4] = [
    "fastapi.FastAPI",
    "fastapi.APIRouter",
    "fastapi.applications.FastAPI",
    "fastapi.routing.APIRouter",
];

/// The `response_model=` of `call`, when it declares a route.
pub(super) fn response_model<'e>(module: &Module<'_>, call: &'e ExprCall) -> Option<&'e Expr> {
    let keyword = call.arguments.find_keyword("response_model")?;
    let attribute = call.func.as_attribute_expr()?;
    let is_route = ROUTES.contains(&attribute.attr.as_str());
    (is_route && is_router(module.names(), &attribute.value)).then_some(&keyword.value)
}

/// Whether every binding of `expr` is a FastAPI application or router: made by a call of the class or of a subclass in
/// the project, or a parameter that is annotated so.
pub fn is_router(names: &Names<'_>, expr: &Expr) -> bool {
    let meanings = names.meanings(expr, Where::default());
    !meanings.is_empty()
        && meanings.iter().all(|meaning| match meaning {
            Meaning::Definition(definition) => match definition.kind() {
                DefinitionKind::Assignment(Expr::Call(call))
                | DefinitionKind::Annotated {
                    value: Some(Expr::Call(call)),
                    ..
                } => is_router_class(definition.names(), &call.func, 8),
                DefinitionKind::Parameter(Some(annotation))
                | DefinitionKind::Annotated {
                    annotation,
                    value: None,
                } => is_router_class(definition.names(), annotation, 8),
                _ => false,
            },
            _ => false,
        })
}

fn is_router_class(names: &Names<'_>, class: &Expr, depth: usize) -> bool {
    let meanings = names.meanings(class, Where::default());
    !meanings.is_empty()
        && meanings.iter().all(|meaning| match meaning {
            Meaning::Outside { name, .. } => ROUTERS.contains(&name.as_str()),
            Meaning::Definition(definition) => derives(definition, depth),
            _ => false,
        })
}

fn derives(definition: &Definition<'_>, depth: usize) -> bool {
    match definition.kind() {
        DefinitionKind::Class(class) if depth > 0 => class
            .bases()
            .iter()
            .any(|base| is_router_class(definition.names(), base, depth - 1)),
        _ => false,
    }
}
