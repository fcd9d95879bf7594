//! FastAPI: applications and routers, the routes that hang on them, and what a route is given.
//!
//! Everything is known by binding. `app` is an application because `FastAPI()` is bound to it, on every path that binds
//! it, and not because of its name; what cannot be followed is no receiver, and a decorator of it is no route.

mod altered;
mod attributes;
mod classes;
mod construction;
mod decorator;
mod far;
mod given;
mod hooks;
mod members;
mod only_typed;
mod parameters;
mod receiver;
mod response;
mod routes;
mod selves;
mod special;
mod status;
mod tracer;

pub use decorator::{Method, RouteDecorator};
pub use far::{
    ALTERS_RESPONSE_CLASS, ALTERS_ROUTE_CLASS, ANSWERS_OTHERWISE, FarEffects, HIDES_ROUTES,
    far_effects,
};
pub use given::{Given, Shape, annotation_shape};

pub use hooks::{Hook, HookKind, hooks};
pub use parameters::{Default, Parameter, Part, Provider, Source, parameters, parameters_in};
pub use receiver::{Class, Construction, Kind, Receiver, receiver};
pub use response::{Listed, ResponseClass};
pub use routes::{Around, Decorated, Route, routes};
pub use special::Special;
pub use status::Status;
