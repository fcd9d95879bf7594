//! Functions and classes that any file of the project makes WebSocket endpoints, middleware or exception handlers, by
//! their names; and what a module itself does so.

use std::collections::BTreeSet;

use codemend_engine::codemod::{Gathering, List};
use codemend_engine::module::Module;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_body, walk_expr};
use codemend_engine::syntax::ast::{Expr, ExprCall, StmtFunctionDef};

use super::exempt::method_of;

/// What the files of the project register.
pub const REGISTERED: Gathering = Gathering {
    key: "sockets-and-middleware",
    may: |text| {
        let words = [
            "websocket_route",
            "WebSocketRoute",
            "iddleware(",
            "exception_handler",
        ];
        words.iter().any(|word| text.contains(word)) || text.contains("add_middleware")
    },
    list: List::OfModule(registered),
    fold: |all| all,
};

/// What [`REGISTERED`] has found.
#[derive(Clone, Copy)]
pub struct Elsewhere<'f>(pub Option<&'f BTreeSet<String>>);

impl Elsewhere<'_> {
    pub fn serves_socket(self, name: &str) -> bool {
        self.has("socket", name)
    }

    pub fn is_middleware(self, name: &str) -> bool {
        self.has("middleware", name)
    }

    pub fn handles_exceptions(self, name: &str) -> bool {
        self.has("handler", name)
    }

    fn has(self, kind: &str, name: &str) -> bool {
        self.0
            .is_some_and(|all| all.contains(&format!("{kind} {name}")))
    }
}

fn registered(module: &Module<'_>) -> Vec<String> {
    let mut finder = Finder(Vec::new());
    walk_body(&mut finder, module.suite());
    finder.0
}

struct Finder(Vec<String>);

impl Finder {
    fn note(&mut self, kind: &str, given: Option<&Expr>) {
        let name = given.and_then(last_name);
        self.0.extend(name.map(|name| format!("{kind} {name}")));
    }

    fn call(&mut self, call: &ExprCall) {
        let maker = last_name(&call.func).unwrap_or_default();
        let given = |name, at| call.arguments.find_argument_value(name, at);
        match maker {
            "add_api_websocket_route" | "WebSocketRoute" | "APIWebSocketRoute" => {
                self.note("socket", given("endpoint", 1));
            }
            "add_websocket_route" => {
                self.note("socket", given("route", 1));
            }
            "add_middleware" | "Middleware" => {
                self.note("middleware", given("middleware_class", 0));
                self.note("middleware", given("dispatch", usize::MAX));
            }
            "BaseHTTPMiddleware" => self.note("middleware", given("dispatch", 1)),
            "add_exception_handler" => self.note("handler", given("handler", 1)),
            _ => {}
        }
        // `FastAPI(exception_handlers={KeyError: on_key_error})`
        let handlers = call.arguments.find_keyword("exception_handlers");
        if let Some(Expr::Dict(all)) = handlers.map(|one| &one.value) {
            all.iter_values()
                .for_each(|one| self.note("handler", Some(one)));
        }
        // `app.middleware("http")(function)`
        if let Expr::Call(inner) = &*call.func
            && last_name(&inner.func) == Some("middleware")
        {
            self.note("middleware", call.arguments.args.first());
        }
    }
}

impl<'a> Visitor<'a> for Finder {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            self.call(call);
        }
        walk_expr(self, expr);
    }
}

fn last_name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(one) => Some(one.attr.as_str()),
        _ => None,
    }
}

/// Whether the module gives `function` to one of `methods`: `app.middleware("http")(function)`,
/// `app.add_middleware(BaseHTTPMiddleware, dispatch=function)`.
pub fn registers(module: &Module<'_>, function: &StmtFunctionDef, methods: &[&str]) -> bool {
    if !methods.iter().any(|one| module.text().contains(one)) {
        return false;
    }
    let mut finder = Registers {
        name: function.name.as_str(),
        methods,
        found: false,
    };
    finder.visit_body(module.suite());
    finder.found
}

struct Registers<'n> {
    name: &'n str,
    methods: &'n [&'n str],
    found: bool,
}

impl<'a> Visitor<'a> for Registers<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            let maker = match &*call.func {
                Expr::Call(inner) => inner,
                _ => call,
            };
            let is_made = method_of(maker).is_some_and(|name| self.methods.contains(&name));
            let is_given = |one: &Expr| match one {
                Expr::Name(name) => name.id == *self.name,
                Expr::Attribute(one) => one.attr.as_str() == self.name,
                _ => false,
            };
            let given = call.arguments.args.iter();
            let named = call.arguments.keywords.iter().map(|one| &one.value);
            self.found |= is_made && given.chain(named).any(is_given);
        }
        walk_expr(self, expr);
    }
}
