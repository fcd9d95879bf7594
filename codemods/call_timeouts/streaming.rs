//! Clients of httpx that read answers bit by bit: their `timeout=None` is meant.
//!
//! Who makes the calls of a client is followed. Where it is a local variable or an attribute, that is seen; for a client
//! that any file may use, any file that reads so counts.

use codemend_engine::bindings::of_function;
use codemend_engine::facts::Facts;
use codemend_engine::module::Module;
use codemend_engine::semantic::Where;
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, ExprCall, Stmt, StmtClassDef, StmtFunctionDef};

use super::attributes::streamed_elsewhere;
use super::find::Site;
use super::project::STREAMS;
use super::slow::is_off;
use super::table::{Client, holds};
use super::wraps::escapes;

/// Who has the client that a `None` is given to.
enum Holder<'a> {
    /// Nobody: it is for one call.
    Call,
    /// A variable of a function.
    Local(&'a str, &'a StmtFunctionDef),
    /// An attribute of the instances of a class.
    Own(&'a str, &'a StmtClassDef),
    Anybody,
}

/// Why the client of the call at `site`, which means `qualified`, may read answers bit by bit.
pub fn trouble(
    module: &Module<'_>,
    facts: &Facts<'_>,
    client: &Client,
    site: &Site<'_>,
    qualified: Option<&str>,
) -> Option<String> {
    let own = "the client reads answers bit by bit".to_owned();
    match holder(module, client, site, qualified) {
        Holder::Call => None,
        Holder::Local(name, function) => {
            let reads = uses(
                &function.body,
                |owner| matches!(owner, Expr::Name(it) if it.id == name),
            );
            match reads {
                true => Some(own),
                false => escapes(function, name)
                    .then(|| anywhere(module, facts, client))
                    .flatten(),
            }
        }
        Holder::Own(name, class) => {
            let is_it = |owner: &Expr| matches!(owner, Expr::Attribute(it) if &it.attr == name);
            match uses(&class.body, is_it) || streamed_elsewhere(facts, class, name) {
                true => Some(own),
                false => passes(class, name)
                    .then(|| anywhere(module, facts, client))
                    .flatten(),
            }
        }
        Holder::Anybody => anywhere(module, facts, client),
    }
}

fn anywhere(module: &Module<'_>, facts: &Facts<'_>, client: &Client) -> Option<String> {
    match facts.answer(&STREAMS) {
        Some(path) => Some(format!("`{path}` reads answers bit by bit")),
        None => of_file(module, client).then(|| "the file reads answers bit by bit".to_owned()),
    }
}

fn holder<'a>(
    module: &'a Module<'_>,
    client: &Client,
    site: &Site<'a>,
    qualified: Option<&str>,
) -> Holder<'a> {
    match qualified {
        Some(name) if holds(&client.classes, name) => of_constructor(module, site, site.call),
        Some(name) if holds(&client.limits, name) => {
            let Some(call) = timed(module, site.call) else {
                return Holder::Anybody;
            };
            match module.qualified_name(&call.func, Where::default()) {
                Some(name) if holds(&client.classes, &name) => of_constructor(module, site, call),
                Some(name) if holds(&client.functions, &name) => Holder::Call,
                _ => Holder::Anybody,
            }
        }
        Some(_) => Holder::Call,
        None => match &*site.call.func {
            Expr::Attribute(method) if method.value.is_call_expr() => Holder::Call,
            Expr::Attribute(method) => of_target(site, &method.value),
            _ => Holder::Anybody,
        },
    }
}

/// Who has the client that `call` makes: what the statement around it binds it to.
fn of_constructor<'a>(module: &'a Module<'_>, site: &Site<'a>, call: &ExprCall) -> Holder<'a> {
    let body = match site.functions().next() {
        Some(function) => &function.body,
        None => module.suite(),
    };
    let mut bound = Bound { call, target: None };
    bound.visit_body(body);
    bound
        .target
        .map_or(Holder::Anybody, |target| of_target(site, target))
}

/// Who has what `target` means at `site`.
fn of_target<'a>(site: &Site<'a>, target: &'a Expr) -> Holder<'a> {
    match target {
        Expr::Name(name) if !site.clouds(&name.id) => {
            let mut functions = site.functions();
            let home = functions.find(|one| of_function(one).contains_key(name.id.as_str()));
            home.map_or(Holder::Anybody, |home| Holder::Local(&name.id, home))
        }
        Expr::Attribute(attribute) => match site.owner() {
            Some((class, _, own)) if matches!(&*attribute.value, Expr::Name(name) if name.id == own) => {
                Holder::Own(&attribute.attr, class)
            }
            _ => Holder::Anybody,
        },
        _ => Holder::Anybody,
    }
}

/// What the client that `call` makes is bound to.
struct Bound<'c, 'a> {
    call: &'c ExprCall,
    target: Option<&'a Expr>,
}

impl<'a> Visitor<'a> for Bound<'_, 'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let is_it = |value: &Expr| value.range() == self.call.range();
        match statement {
            Stmt::Assign(one) if is_it(&one.value) => {
                if let [target] = one.targets.as_slice() {
                    self.target = Some(target);
                }
            }
            Stmt::AnnAssign(one) if one.value.as_deref().is_some_and(is_it) => {
                self.target = Some(&one.target);
            }
            Stmt::With(with) => {
                let item = with.items.iter().find(|item| is_it(&item.context_expr));
                self.target = item
                    .and_then(|item| item.optional_vars.as_deref())
                    .or(self.target);
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}

/// The call that is given `limit` as its `timeout`.
fn timed<'a>(module: &'a Module<'_>, limit: &ExprCall) -> Option<&'a ExprCall> {
    let mut timed = Timed { limit, found: None };
    timed.visit_body(module.suite());
    timed.found
}

struct Timed<'c, 'a> {
    limit: &'c ExprCall,
    found: Option<&'a ExprCall>,
}

impl<'a> Visitor<'a> for Timed<'_, 'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && let Some(given) = call.arguments.find_keyword("timeout")
            && given.value.range() == self.limit.range()
        {
            self.found = Some(call);
        }
        walk_expr(self, expr);
    }
}

/// Whether instances of `class` give their attribute `name` to other code.
fn passes(class: &StmtClassDef, name: &str) -> bool {
    let mut passes = Passes { name, found: false };
    passes.visit_body(&class.body);
    passes.found
}

struct Passes<'n> {
    name: &'n str,
    found: bool,
}

impl<'a> Visitor<'a> for Passes<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            // `if self.http:` and `async with self.http:` give it to nobody.
            Stmt::If(one) if self.is_it(&one.test) => self.visit_body(&one.body),
            Stmt::With(with) => {
                for item in &with.items {
                    let plain = item.optional_vars.is_none() && self.is_it(&item.context_expr);
                    if !plain {
                        self.visit_with_item(item);
                    }
                }
                self.visit_body(&with.body);
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Attribute(one) if self.is_it(&one.value) => {}
            Expr::Compare(one) if self.is_it(&one.left) => {}
            _ if self.is_it(expr) => self.found = true,
            _ => walk_expr(self, expr),
        }
    }
}

impl Passes<'_> {
    fn is_it(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Attribute(one) if &one.attr == self.name && one.ctx.is_load())
    }
}

/// Whether `module` streams: it calls a function that does, or imports a library for that.
pub fn of_file(module: &Module<'_>, client: &Client) -> bool {
    let is_function = |call: &ExprCall| {
        let name = module.qualified_name(&call.func, Where::default());
        name.is_some_and(|name| holds(&client.streams, &name))
    };
    imports_library(module, client) || {
        let mut finder = Streams {
            fits: |call: &ExprCall| {
                reads(call) || module.could_mean(&call.func, &["stream"]) && is_function(call)
            },
            found: false,
        };
        finder.visit_body(module.suite());
        finder.found
    }
}

/// Whether `module` imports a library that reads answers bit by bit.
pub fn imports_library(module: &Module<'_>, client: &Client) -> bool {
    let libraries = client
        .streams
        .iter()
        .filter_map(|one| one.split('.').next());
    let mut libraries = libraries.filter(|one| !matches!(*one, "httpx" | "aiohttp"));
    libraries.any(|library| {
        let text = module.text();
        text.contains(&format!("import {library}")) || text.contains(&format!("from {library}"))
    })
}

/// Whether `body` lets what `fits` read answers bit by bit.
fn uses(body: &[Stmt], fits: impl Fn(&Expr) -> bool) -> bool {
    let mut finder = Streams {
        fits: |call: &ExprCall| {
            let owner = match &*call.func {
                Expr::Attribute(method) if &method.attr == "stream" => return fits(&method.value),
                Expr::Attribute(method) => &method.value,
                _ => return false,
            };
            reads(call) && fits(owner)
        },
        found: false,
    };
    finder.visit_body(body);
    finder.found
}

/// Whether `call` reads bit by bit if it is one of a client: `client.stream("GET", url)`, `client.send(it, stream=True)`.
fn reads(call: &ExprCall) -> bool {
    let Expr::Attribute(method) = &*call.func else {
        return false;
    };
    let arguments = &call.arguments;
    match method.attr.as_str() {
        "send" => {
            let stream = arguments.find_keyword("stream");
            stream.is_some_and(|one| !is_off(&one.value))
        }
        "stream" => {
            let spreads = arguments.args.iter().any(Expr::is_starred_expr)
                || arguments.keywords.iter().any(|one| one.arg.is_none());
            let is_verb = |it: &Expr| match it {
                Expr::StringLiteral(text) => VERBS
                    .iter()
                    .any(|verb| text.value.to_str().eq_ignore_ascii_case(verb)),
                _ => true,
            };
            let by_place = arguments.args.first().is_none_or(is_verb);
            let number = arguments
                .args
                .get(1)
                .is_some_and(Expr::is_number_literal_expr);
            spreads || arguments.len() >= 2 && by_place && !number
        }
        _ => false,
    }
}

const VERBS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

struct Streams<F> {
    fits: F,
    found: bool,
}

impl<'a, F: Fn(&ExprCall) -> bool> Visitor<'a> for Streams<F> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            self.found |= (self.fits)(call);
        }
        if !self.found {
            walk_expr(self, expr);
        }
    }
}
