//! Handlers that must stay: those that let the answer through themselves or look at it, and functions in which nobody
//! would answer it.

use codemend_engine::flow::falls_through;
use codemend_engine::module::Module;
use codemend_engine::semantic::{Names, Where, named};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_pattern, walk_stmt};
use codemend_engine::syntax::ast::{
    ExceptHandlerExceptHandler, Expr, ExprCall, Pattern, Stmt, StmtClassDef, StmtFunctionDef,
};

use super::elsewhere::{Elsewhere, registers};
use super::errors::Answered;
use super::frames::{caught_names, is_caught, is_cut};
use super::sites::{Around, Site};

/// Why the handler of `site` stays as it is.
pub fn exempt(
    module: &Module<'_>,
    answered: &Answered,
    elsewhere: Elsewhere<'_>,
    site: &Site<'_>,
) -> Option<String> {
    if reraises(site.handler) {
        return Some("the handler re-raises".to_owned());
    }
    if is_cut(site.attempt) {
        return Some("the `finally` below lets nothing through".to_owned());
    }
    if names_it(module.names(), answered, site.handler) {
        return Some("the handler names it itself".to_owned());
    }
    if site.handler.name.is_some() {
        let mut asks = Asks {
            names: module.names(),
            answered,
            caught: caught_names(site.handler),
            found: None,
        };
        asks.visit_body(&site.handler.body);
        if let Some(why) = asks.found {
            return Some(why.to_owned());
        }
    }
    unanswered(module, elsewhere, site).map(str::to_owned)
}

/// `except (HTTPException, Exception):`
fn names_it(names: &Names<'_>, answered: &Answered, handler: &ExceptHandlerExceptHandler) -> bool {
    let Some(Expr::Tuple(tuple)) = handler.type_.as_deref() else {
        return false;
    };
    tuple.elts.iter().any(|class| {
        let lineage = names.lineage(class);
        lineage.is_some_and(|one| answered.has(&one))
    })
}

/// Whether every way out of `handler` raises again what it has caught.
pub fn reraises(handler: &ExceptHandlerExceptHandler) -> bool {
    let mut exits = Exits {
        caught: caught_names(handler),
        loops: 0,
        all: true,
    };
    exits.visit_body(&handler.body);
    exits.all && !falls_through(&handler.body)
}

/// The statements by which control leaves a handler.
struct Exits<'n> {
    caught: Vec<&'n str>,
    loops: usize,
    all: bool,
}

impl<'a> Visitor<'a> for Exits<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::Raise(raise) => {
                let raised = raise.exc.as_deref();
                self.all &= raised.is_none_or(|raised| is_caught(raised, &self.caught));
            }
            Stmt::Return(_) => self.all = false,
            Stmt::Break(_) | Stmt::Continue(_) => self.all &= self.loops > 0,
            Stmt::For(_) | Stmt::While(_) => {
                self.loops += 1;
                walk_stmt(self, statement);
                self.loops -= 1;
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}

/// Whether a handler looks at the answer that it has caught.
struct Asks<'n, 'db> {
    names: &'n Names<'db>,
    answered: &'n Answered,
    caught: Vec<&'n str>,
    found: Option<&'static str>,
}

impl Asks<'_, '_> {
    fn is_caught(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Name(name) if self.caught.contains(&name.id.as_str()))
    }

    fn names_answer(&self, class: &Expr) -> bool {
        match class {
            Expr::Tuple(tuple) => tuple.elts.iter().any(|one| self.names_answer(one)),
            other => {
                let lineage = self.names.lineage(other);
                lineage.is_some_and(|one| self.answered.has(&one))
            }
        }
    }

    fn call(&mut self, call: &ExprCall) {
        if let [one] = &*call.arguments.args
            && self.is_caught(one)
            && matches!(&*call.func, Expr::Name(name) if name.id == "vars")
        {
            self.found = Some("the handler takes over the status or the detail");
        }
        let [first, second, ..] = &*call.arguments.args else {
            return;
        };
        let of_caught = self.is_caught(first)
            || matches!(first, Expr::Call(one) if one.arguments.args.iter().any(|one| self.is_caught(one)));
        if !of_caught {
            return;
        }
        match self
            .names
            .qualified_name(&call.func, Where::default())
            .as_deref()
        {
            Some("builtins.isinstance" | "builtins.issubclass") if self.names_answer(second) => {
                self.found = Some("the handler asks whether it is an HTTP error");
            }
            Some("builtins.getattr" | "builtins.hasattr")
                if matches!(second, Expr::StringLiteral(name)
                    if matches!(name.value.to_str(), "status_code" | "detail")) =>
            {
                self.found = Some("the handler takes over the status or the detail");
            }
            _ => {}
        }
    }
}

impl<'a> Visitor<'a> for Asks<'_, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::Match(choice) = statement
            && self.is_caught(&choice.subject)
        {
            choice
                .cases
                .iter()
                .for_each(|case| self.visit_pattern(&case.pattern));
        }
        walk_stmt(self, statement);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        if let Pattern::MatchClass(one) = pattern
            && self.names_answer(&one.cls)
        {
            self.found = Some("the handler asks whether it is an HTTP error");
        }
        walk_pattern(self, pattern);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => self.call(call),
            Expr::Attribute(one)
                if matches!(one.attr.as_str(), "status_code" | "detail" | "__dict__")
                    && self.is_caught(&one.value) =>
            {
                self.found = Some("the handler takes over the status or the detail");
            }
            // `type(e) is HTTPException`
            Expr::Compare(one) => {
                let mut others = one.comparators.iter();
                if is_type_of(&one.left, &self.caught) && others.any(|one| self.names_answer(one)) {
                    self.found = Some("the handler asks whether it is an HTTP error");
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// `type(e)`, `e.__class__`
fn is_type_of(expr: &Expr, caught: &[&str]) -> bool {
    match expr {
        Expr::Call(call) => {
            matches!(&*call.arguments.args, [Expr::Name(name)] if caught.contains(&name.id.as_str()))
        }
        Expr::Attribute(one) => {
            one.attr.as_str() == "__class__"
                && matches!(&*one.value, Expr::Name(name) if caught.contains(&name.id.as_str()))
        }
        _ => false,
    }
}

/// Where an HTTP error that leaves the function is no answer.
fn unanswered(
    module: &Module<'_>,
    elsewhere: Elsewhere<'_>,
    site: &Site<'_>,
) -> Option<&'static str> {
    for (at, around) in site.around.iter().enumerate() {
        let Around::Function(function) = around else {
            continue;
        };
        let owner = at
            .checked_sub(1)
            .and_then(|above| match site.around[above] {
                Around::Class(class) => Some(class),
                Around::Function(_) => None,
            });
        if serves_socket(module, function)
            || owner.is_some_and(|class| is_socket(module.names(), class, function))
            || elsewhere.serves_socket(&function.name)
        {
            return Some("in a WebSocket endpoint nobody answers an HTTP error");
        }
        let is_entry = matches!(function.name.as_str(), "__call__" | "dispatch");
        if is_middleware(module, function, owner)
            || owner.is_none() && elsewhere.is_middleware(&function.name)
            || owner.is_some_and(|class| is_entry && elsewhere.is_middleware(&class.name))
        {
            return Some("in middleware nobody answers an HTTP error");
        }
        if has_decorator(
            function,
            |decorator| matches!(decorator, Expr::Call(call) if method_of(call) == Some("exception_handler")),
        ) || registers(module, function, &["add_exception_handler"])
            || owner.is_none() && elsewhere.handles_exceptions(&function.name)
        {
            return Some("in an exception handler nobody answers an HTTP error");
        }
    }
    None
}

pub fn method_of(call: &ExprCall) -> Option<&str> {
    call.func
        .as_attribute_expr()
        .map(|method| method.attr.as_str())
}

fn has_decorator(function: &StmtFunctionDef, is_wanted: impl Fn(&Expr) -> bool) -> bool {
    let mut decorators = function.decorator_list.iter();
    decorators.any(|one| is_wanted(&one.expression))
}

fn serves_socket(module: &Module<'_>, function: &StmtFunctionDef) -> bool {
    let by_decorator = has_decorator(function, |decorator| {
        matches!(decorator, Expr::Call(call)
            if matches!(method_of(call), Some("websocket" | "websocket_route")))
    });
    let makers = ["add_api_websocket_route", "add_websocket_route"];
    by_decorator
        || takes(module.names(), function, &["WebSocket"])
        || registers(module, function, &makers)
}

/// Whether `function` is what a `WebSocketEndpoint` calls.
fn is_socket(names: &Names<'_>, class: &StmtClassDef, function: &StmtFunctionDef) -> bool {
    matches!(
        function.name.as_str(),
        "on_connect" | "on_receive" | "on_disconnect" | "dispatch" | "decode"
    ) && class.bases().iter().any(|base| {
        let lineage = names.lineage(named(base));
        lineage.is_some_and(|one| one.derives_from("starlette.endpoints.WebSocketEndpoint"))
    })
}

/// Whether a parameter of `function` is of one of `classes` of Starlette.
fn takes(names: &Names<'_>, function: &StmtFunctionDef, classes: &[&str]) -> bool {
    function.parameters.iter_non_variadic_params().any(|one| {
        let Some(annotation) = one.parameter.annotation.as_deref() else {
            return false;
        };
        // An annotation in quotes counts by what it says.
        if let Expr::StringLiteral(text) = annotation {
            let said = text.value.to_str().rsplit('.').next().unwrap_or_default();
            return classes.contains(&said.trim());
        }
        let name = names
            .qualified_name(annotation, Where::default())
            .unwrap_or_default();
        let (module, class) = name.rsplit_once('.').unwrap_or_default();
        classes.contains(&class)
            && (module.starts_with("starlette") || module.starts_with("fastapi"))
    })
}

/// `dispatch` of a `BaseHTTPMiddleware`, the `__call__` of ASGI, `@app.middleware("http")`.
fn is_middleware(
    module: &Module<'_>,
    function: &StmtFunctionDef,
    owner: Option<&StmtClassDef>,
) -> bool {
    let names = module.names();
    let by_decorator = has_decorator(
        function,
        |decorator| matches!(decorator, Expr::Call(call) if method_of(call) == Some("middleware")),
    );
    let by_class = owner.is_some_and(|class| match function.name.as_str() {
        "dispatch" => class.bases().iter().any(|base| {
            let lineage = names.lineage(named(base));
            let bases = [
                "starlette.middleware.base.BaseHTTPMiddleware",
                "fastapi.middleware.base.BaseHTTPMiddleware",
            ];
            lineage.is_some_and(|one| bases.iter().any(|base| one.derives_from(base)))
        }),
        "__call__" => is_asgi(names, function),
        "authenticate" => class.bases().iter().any(|base| {
            let lineage = names.lineage(named(base));
            let base = "starlette.authentication.AuthenticationBackend";
            lineage.is_some_and(|one| one.derives_from(base))
        }),
        _ => false,
    });
    let passes_on = || {
        let mut all = function.parameters.iter_non_variadic_params();
        all.any(|one| &one.parameter.name == "call_next")
    };
    by_decorator
        || by_class
        || passes_on()
        || registers(module, function, &["middleware", "add_middleware"])
}

/// `async def __call__(self, scope, receive, send)`
fn is_asgi(names: &Names<'_>, function: &StmtFunctionDef) -> bool {
    let parameters: Vec<&str> = function
        .parameters
        .iter_non_variadic_params()
        .map(|one| one.parameter.name.as_str())
        .collect();
    ["scope", "receive", "send"]
        .iter()
        .all(|one| parameters.contains(one))
        || function.is_async && parameters.len() == 4 && !is_filled_in(function)
        || takes(names, function, &["Scope", "Receive", "Send"])
}

/// Whether a framework fills in what `function` takes, by defaults and types, as it does for a dependency.
fn is_filled_in(function: &StmtFunctionDef) -> bool {
    let mut all = function.parameters.iter_non_variadic_params();
    all.any(|one| {
        let kind = one.parameter.annotation.as_deref().map(named);
        let kind = match kind {
            Some(Expr::Name(name)) => name.id.as_str(),
            Some(Expr::Attribute(one)) => one.attr.as_str(),
            _ => "",
        };
        one.default.is_some() || matches!(kind, "Annotated" | "Request" | "str" | "int")
    })
}
