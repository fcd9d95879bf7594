//! The arguments that an application or a router is made with.

use ruff_python_ast::{Expr, ExprCall};

use super::receiver::Construction;
use super::response::{Listed, ResponseClass};
use crate::semantic::{Names, Where};

/// What the call `FastAPI(...)` or `APIRouter(...)`, in the file of `names`, gives.
pub(super) fn construction(names: &Names<'_>, call: &ExprCall) -> Construction {
    let given = |name: &str| {
        let keyword = call.arguments.find_keyword(name);
        keyword.map(|keyword| &keyword.value)
    };
    Construction::Known {
        route_class: given("route_class").is_some_and(|class| !is_usual(names, class)),
        default_response_class: ResponseClass::of(names, given("default_response_class")),
        listed: Listed::of(names, given("include_in_schema")),
        spread: call.arguments.keywords.iter().any(|one| one.arg.is_none()),
    }
}

/// `APIRoute`, the route class that FastAPI takes without being told.
fn is_usual(names: &Names<'_>, class: &Expr) -> bool {
    let named = names.qualified_name(class, Where::default());
    named.as_deref() == Some("fastapi.routing.APIRoute")
}
