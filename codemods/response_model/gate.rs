//! Which routes are open to a model: what their decorators, their receivers and their place allow.

use codemend_engine::facts::Facts;
use codemend_engine::frameworks::fastapi::{
    ALTERS_ROUTE_CLASS, ANSWERS_OTHERWISE, Around, Class, Construction, Decorated, Given, Kind,
    Listed, Method, ResponseClass, Route, RouteDecorator, Shape as Shapeless, Status,
    annotation_shape,
};
use codemend_engine::module::Module;
use codemend_engine::semantic::{Meaning, Where};
use codemend_engine::syntax::ast::{Expr, StmtFunctionDef};
use codemend_engine::syntax::{Ranged, TextRange};

/// A route that lacks a model, as far as its decorators tell.
pub(super) struct Open<'m> {
    pub(super) function: &'m StmtFunctionDef,
    /// The decorators that get the argument.
    pub(super) decorators: Vec<(RouteDecorator<'m>, Option<TextRange>)>,
    /// The return annotation, when it is there and says nothing.
    pub(super) annotation: Option<TextRange>,
    /// What FastAPI validates the answer by today.
    pub(super) validated: Validated,
}

/// What a route's answer goes through today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Validated {
    /// `jsonable_encoder` alone.
    No,
    /// A field of type `Any`.
    ByAny,
    /// A field that only lets dicts pass.
    ByDict,
}

/// What the decorators say.
pub(super) enum Gate<'m> {
    Open(Open<'m>),
    /// A reason why the route stays as it is.
    Shut(String),
    /// It has a model, or is no route with an answer: nothing to say.
    Settled,
}

pub(super) fn gate<'m>(module: &'m Module<'_>, facts: &Facts<'_>, route: &Route<'m>) -> Gate<'m> {
    let annotated = match route.function.returns.as_deref() {
        Some(returns) => annotation_shape(module, returns),
        None => Given::Absent,
    };
    let mut decorators = Vec::new();
    let mut validated = Vec::new();
    for decorator in route.routes() {
        if decorator.method == Method::Websocket || is_hidden(module, decorator) {
            continue;
        }
        let shapeless = match decorator.response_model(module) {
            Given::Absent => None,
            Given::Shapeless(shape, range) => Some((shape, range)),
            Given::None | Given::Other => continue,
        };
        if shapeless.is_none() && matches!(annotated, Given::None | Given::Other) {
            continue;
        }
        let by = shapeless.map(|(shape, _)| shape).or(match annotated {
            Given::Shapeless(shape, _) => Some(shape),
            _ => None,
        });
        validated.push(match by {
            None => Validated::No,
            Some(Shapeless::Any) => Validated::ByAny,
            Some(Shapeless::Dict | Shapeless::DictStrAny) => Validated::ByDict,
        });
        decorators.push((decorator.clone(), shapeless.map(|(_, range)| range)));
    }
    let Some(&first) = validated.first() else {
        return Gate::Settled;
    };
    if matches!(annotated, Given::None | Given::Other) {
        return Gate::Settled;
    }
    if facts.project().is_test(module.path()) {
        return Gate::Shut("the module is a test".to_owned());
    }
    if let Some(reason) = shut_by_place(route).or_else(|| shut_by_decorators(module, route)) {
        return Gate::Shut(reason);
    }
    let shut = decorators
        .iter()
        .find_map(|(decorator, _)| shut_by_options(module, facts, decorator));
    if let Some(reason) = shut {
        return Gate::Shut(reason);
    }
    if validated.iter().any(|one| *one != first) {
        return Gate::Shut("its decorators give different models".to_owned());
    }
    if super::follow::yields(route.function) {
        return Gate::Shut("a generator streams its answer".to_owned());
    }
    Gate::Open(Open {
        function: route.function,
        decorators,
        annotation: route
            .function
            .returns
            .as_deref()
            .map(codemend_engine::syntax::Ranged::range),
        validated: first,
    })
}

fn is_hidden(module: &Module<'_>, decorator: &RouteDecorator<'_>) -> bool {
    let by_receiver = match decorator.receiver.construction {
        Construction::Known { listed, .. } => listed == Listed::No,
        Construction::Unknown => false,
    };
    by_receiver || decorator.listed(module) == Listed::No
}

fn shut_by_place(route: &Route<'_>) -> Option<String> {
    route.surroundings.iter().find_map(|around| match around {
        Around::Class(class) => Some(format!("the route stands in the class `{}`", class.name)),
        Around::Block(_) => Some("the route is made under a condition".to_owned()),
        Around::Function(_) => None,
    })
}

fn shut_by_decorators(module: &Module<'_>, route: &Route<'_>) -> Option<String> {
    let mut below = route
        .decorators
        .iter()
        .skip_while(|one| !matches!(one, Decorated::Route(_)));
    below.find_map(|one| match one {
        Decorated::Other(decorator) => Some(format!(
            "`@{}` below the route may change what is returned",
            first_line(module.slice(decorator.expression.range()))
        )),
        Decorated::Route(_) => None,
    })
}

/// Whether the receiver of `decorator` is made in `module`, by a call that is seen: what other modules do to it comes
/// after its routes.
fn is_made_here(module: &Module<'_>, decorator: &RouteDecorator<'_>) -> bool {
    let mut root = &*decorator.call.func;
    while let Expr::Attribute(attribute) = root {
        root = &attribute.value;
    }
    let names = module.names();
    let meanings = names.meanings(root, Where::default());
    let is_here = |one: &Meaning<'_>| matches!(one, Meaning::Definition(one) if one.names().path() == names.path());
    matches!(decorator.receiver.construction, Construction::Known { .. })
        && !meanings.is_empty()
        && meanings.iter().all(is_here)
}

fn first_line(text: &str) -> &str {
    text.split(['\n', '\r']).next().unwrap_or_default()
}

fn shut_by_options(
    module: &Module<'_>,
    facts: &Facts<'_>,
    decorator: &RouteDecorator<'_>,
) -> Option<String> {
    let receiver = &decorator.receiver;
    if let Class::Custom(what) = &receiver.class {
        return Some(format!("the class of the router has `{what}`"));
    }
    if receiver.altered {
        return Some("the router is altered after it was made".to_owned());
    }
    let mut answers = ResponseClass::Absent;
    if let Construction::Known {
        route_class,
        default_response_class,
        listed,
        spread,
    } = receiver.construction
    {
        if route_class {
            return Some("the router has a `route_class` of its own".to_owned());
        }
        if spread {
            return Some("the router is made with `**` options".to_owned());
        }
        if listed == Listed::Unknown {
            return Some("whether the router is in the schema is not known".to_owned());
        }
        answers = default_response_class;
    }
    if decorator.has_spread() {
        return Some("`**` in the decorator may carry a model already".to_owned());
    }
    if decorator.has_more_positional() || decorator.path().is_none() {
        return Some("the decorator has no plain path".to_owned());
    }
    if let Some(option) = decorator.response_model_options().next() {
        let name = option.arg.as_deref().unwrap_or_default();
        return Some(format!("`{name}` would begin to act"));
    }
    if decorator.listed(module) == Listed::Unknown {
        return Some("whether the route is in the schema is not known".to_owned());
    }
    match decorator.status_code(module) {
        Status::Known(code) if code < 200 || matches!(code, 204 | 205 | 304) => {
            return Some(format!("status {code} has no body"));
        }
        Status::Unknown => return Some("the status code is not known".to_owned()),
        Status::Known(_) | Status::Absent => {}
    }
    let own_receiver = is_made_here(module, decorator);
    if !own_receiver && let Some(path) = facts.answer(&ALTERS_ROUTE_CLASS) {
        return Some(format!(
            "`{path}` sets a `route_class` after a router was made"
        ));
    }
    // An application answers as it was made; a router also as it is included.
    let is_settled = own_receiver && receiver.kind == Kind::Application;
    let own = decorator.response_class(module);
    if own == ResponseClass::Absent {
        if let Some(path) = facts.answer(&ANSWERS_OTHERWISE)
            && !is_settled
            && answers != ResponseClass::Json
        {
            return Some(format!("`{path}` sets the response class of other routes"));
        }
    } else {
        answers = own;
    }
    match answers {
        ResponseClass::Absent | ResponseClass::Json => None,
        ResponseClass::Other => Some("its response class is not JSON".to_owned()),
        ResponseClass::Unknown => Some("its response class is not known".to_owned()),
    }
}
