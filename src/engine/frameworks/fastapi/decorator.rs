//! A decorator that makes a route, and its options.

use ruff_python_ast::{Decorator, Expr, ExprCall, Keyword};

use super::given::{Given, annotation_shape};
use super::parameters::{Provider, dependency};
use super::receiver::Receiver;
use super::response::{Listed, ResponseClass};
use super::status::Status;
use crate::module::Module;

/// `@router.get("/items", status_code=201)`
#[derive(Debug, Clone)]
pub struct RouteDecorator<'m> {
    pub decorator: &'m Decorator,
    pub call: &'m ExprCall,
    pub method: Method,
    pub receiver: Receiver,
}

/// The method of the receiver that makes the route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
    Options,
    Head,
    Trace,
    /// `api_route`, whose methods are an option.
    ApiRoute,
    /// Not answered with a body: what the function returns goes nowhere.
    Websocket,
}

impl Method {
    /// The method that is spelled `name`: they are attributes of FastAPI's classes.
    pub(super) fn spelled(name: &str) -> Option<Self> {
        Some(match name {
            "get" => Self::Get,
            "post" => Self::Post,
            "put" => Self::Put,
            "patch" => Self::Patch,
            "delete" => Self::Delete,
            "options" => Self::Options,
            "head" => Self::Head,
            "trace" => Self::Trace,
            "api_route" => Self::ApiRoute,
            "websocket" => Self::Websocket,
            _ => return None,
        })
    }
}

impl<'m> RouteDecorator<'m> {
    /// The keyword argument `name=`, when it is written out.
    pub fn option(&self, name: &str) -> Option<&'m Keyword> {
        self.call.arguments.find_keyword(name)
    }

    /// Whether `**options` or `*arguments` may bring more than what is written out.
    pub fn has_spread(&self) -> bool {
        let arguments = &self.call.arguments;
        arguments.keywords.iter().any(|one| one.arg.is_none())
            || arguments.args.iter().any(Expr::is_starred_expr)
    }

    /// The path, by position or by name.
    pub fn path(&self) -> Option<&'m Expr> {
        self.call.arguments.find_argument_value("path", 0)
    }

    /// Whether more than the path is given by position. FastAPI takes nothing else so.
    pub fn has_more_positional(&self) -> bool {
        self.call.arguments.args.len() > 1
    }

    /// `response_model=`. Look at [`Self::has_spread`] too.
    pub fn response_model(&self, module: &Module<'_>) -> Given {
        match self.value("response_model") {
            // A value is no annotation: nobody takes its quotes off.
            Some(Expr::StringLiteral(_)) => Given::Other,
            Some(value) => annotation_shape(module, value),
            None => Given::Absent,
        }
    }

    /// The options that only matter with a response model: `response_model_exclude_none=` and its like.
    pub fn response_model_options(&self) -> impl Iterator<Item = &'m Keyword> {
        self.call.arguments.keywords.iter().filter(|keyword| {
            let name = keyword.arg.as_ref();
            name.is_some_and(|name| name.starts_with("response_model_"))
        })
    }

    /// `status_code=`
    pub fn status_code(&self, module: &Module<'_>) -> Status {
        Status::of(module.names(), self.value("status_code"))
    }

    /// `response_class=`
    pub fn response_class(&self, module: &Module<'_>) -> ResponseClass {
        ResponseClass::of(module.names(), self.value("response_class"))
    }

    /// `include_in_schema=`
    pub fn listed(&self, module: &Module<'_>) -> Listed {
        Listed::of(module.names(), self.value("include_in_schema"))
    }

    /// What `dependencies=[Depends(x)]` calls before the function. `None` when it is no list that is written out.
    pub fn dependencies<'db>(&self, module: &Module<'db>) -> Option<Vec<Provider<'db>>> {
        let elements = match self.value("dependencies") {
            None | Some(Expr::NoneLiteral(_)) => return Some(Vec::new()),
            Some(Expr::List(list)) => &list.elts,
            Some(Expr::Tuple(tuple)) => &tuple.elts,
            Some(_) => return None,
        };
        let all = elements.iter();
        all.map(|one| dependency(module.names(), one)).collect()
    }

    fn value(&self, name: &str) -> Option<&'m Expr> {
        self.option(name).map(|keyword| &keyword.value)
    }
}
