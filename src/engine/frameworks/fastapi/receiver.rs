//! What a route hangs on: an application or a router, with what is known of how it was made.

use std::collections::BTreeMap;

use ruff_python_ast::Expr;

use super::response::{Listed, ResponseClass};
use super::tracer::Tracer;
use crate::semantic::Names;

/// An application or a router. Everything here holds on every path that binds the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    pub kind: Kind,
    pub class: Class,
    pub construction: Construction,
    /// An assignment somewhere in the files that were looked at changes what its routes are made with, or may do so:
    /// `router.route_class = X`, `app.router.default_response_class = X`, `app.get = X`.
    pub altered: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `FastAPI()`
    Application,
    /// `APIRouter()`, and the `router` of an application.
    Router,
}

/// The class of a receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Class {
    /// FastAPI's own.
    Own,
    /// A class of the project that changes nothing about routes.
    Plain,
    /// A class of the project that may change what routes do; what it has, in a few words: `route_class`.
    Custom(String),
}

/// How a receiver was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Construction {
    /// By a call that was found.
    Known {
        /// `route_class=` of something else than FastAPI's own.
        route_class: bool,
        /// `default_response_class=`
        default_response_class: ResponseClass,
        /// `include_in_schema=`
        listed: Listed,
        /// The call has `**options`, which may be anything.
        spread: bool,
    },
    /// Out of sight: a parameter, or only an annotation tells.
    Unknown,
}

/// What `expr`, a name or an attribute in the file of `names`, is, when it is an application or a router for sure.
///
/// Followed are assignments, imports from other files of the project, attributes of modules, classes and `self`,
/// annotations of parameters and variables, functions of the project that return one, conditional expressions. A name
/// that several places bind counts when all of them agree on the kind.
pub fn receiver(names: &Names<'_>, expr: &Expr) -> Option<Receiver> {
    Tracer::default().trace_altered(names, expr, &mut BTreeMap::new())
}

impl Receiver {
    /// Both of two, which the same name may be: the less certain of each fact. `None` when they differ in kind.
    pub(super) fn or(self, other: Self) -> Option<Self> {
        if self.kind != other.kind {
            return None;
        }
        Some(Self {
            kind: self.kind,
            class: match (self.class, other.class) {
                (Class::Custom(what), _) | (_, Class::Custom(what)) => Class::Custom(what),
                (Class::Own, Class::Own) => Class::Own,
                _ => Class::Plain,
            },
            construction: self.construction.or(other.construction),
            altered: self.altered || other.altered,
        })
    }
}

impl Construction {
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (
                Self::Known {
                    route_class,
                    default_response_class,
                    listed,
                    spread,
                },
                Self::Known {
                    route_class: other_route_class,
                    default_response_class: other_class,
                    listed: other_listed,
                    spread: other_spread,
                },
            ) => Self::Known {
                route_class: route_class || other_route_class,
                default_response_class: default_response_class.or(other_class),
                listed: listed.or(other_listed),
                spread: spread || other_spread,
            },
            _ => Self::Unknown,
        }
    }
}
