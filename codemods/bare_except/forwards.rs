//! Handlers that must go on seeing every exception, whatever they do with it.
//!
//! `os._exit` keeps a forked child out of the parent's code; `sys.exc_info()` and `sys.exception()` hand the exception to
//! somebody else, unless they only feed a log line.

use codemend_engine::module::Module;
use codemend_engine::semantic::{DefinitionKind, Meaning, Type, Where};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, ExprCall, Stmt};
use codemend_engine::syntax::{Ranged, TextSize};

use super::clause::Clause;

/// Why the handler of `clause` needs every exception, if it does.
pub fn needs_all(module: &Module<'_>, clause: &Clause<'_>) -> Option<String> {
    let body = &clause.handler.body;
    let mut finder = Finder {
        module,
        names: Vec::new(),
        sink: Sink::Away,
        found: None,
    };
    // A name that is bound to the information may be used above of where it is bound, in a loop.
    loop {
        let known = finder.names.len();
        finder.sink = Sink::Away;
        finder.visit_body(body);
        if finder.found.is_some() {
            return finder.found;
        }
        if finder.names.len() == known {
            let kept = finder
                .names
                .iter()
                .find(|name| outlives(module, clause, name));
            return kept.map(|name| format!("the handler keeps the exception in `{name}`"));
        }
    }
}

/// Whether `name`, bound in the handler of `clause`, is read behind it, or is the module's.
fn outlives(module: &Module<'_>, clause: &Clause<'_>, name: &str) -> bool {
    let scope = match clause.functions.last() {
        Some(function) if !clause.in_class => function.body.as_slice(),
        _ => module.suite(),
    };
    let mut reads = Reads {
        name,
        behind: clause.handler.end(),
        found: false,
    };
    reads.visit_body(scope);
    reads.found
}

struct Reads<'n> {
    name: &'n str,
    behind: TextSize,
    found: bool,
}

impl<'a> Visitor<'a> for Reads<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let outer = match statement {
            Stmt::Global(one) => one.names.as_slice(),
            Stmt::Nonlocal(one) => one.names.as_slice(),
            _ => &[],
        };
        self.found |= outer.iter().any(|one| one.as_str() == self.name);
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr {
            self.found |= name.ctx.is_load() && name.id == self.name && name.start() >= self.behind;
        }
        walk_expr(self, expr);
    }
}

/// Where the value of the expression that is looked at goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sink {
    /// Nowhere: it is dropped, or written down.
    Dropped,
    /// Into whatever takes it.
    Away,
}

struct Finder<'m, 'a> {
    module: &'m Module<'a>,
    /// Names of the handler that hold the exception.
    names: Vec<String>,
    sink: Sink,
    found: Option<String>,
}

impl Finder<'_, '_> {
    fn into(&mut self, sink: Sink, expr: &Expr) {
        let outer = std::mem::replace(&mut self.sink, sink);
        self.visit_expr(expr);
        self.sink = outer;
    }

    /// Whether `expr` takes the exception, or is made of a name that has it.
    fn holds(&self, expr: &Expr) -> bool {
        let mut holder = Holder {
            finder: self,
            found: false,
        };
        holder.visit_expr(expr);
        holder.found
    }

    fn is_source(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Call(call) => matches!(
                qualified(self.module, &call.func).as_deref(),
                Some("sys.exc_info" | "sys.exception")
            ),
            Expr::Name(name) => name.ctx.is_load() && self.names.iter().any(|one| *one == *name.id),
            _ => false,
        }
    }

    fn assigned(&mut self, targets: &[Expr], value: &Expr) {
        if !self.holds(value) {
            return self.into(Sink::Dropped, value);
        }
        let mut bound = Vec::new();
        if !targets.iter().all(|target| plain_names(target, &mut bound)) {
            return self.into(Sink::Away, value);
        }
        bound.retain(|name| !self.names.contains(name));
        self.names.extend(bound);
        self.into(Sink::Dropped, value);
    }

    fn call(&mut self, call: &ExprCall) {
        let sink = match writes(self.module, call) {
            true => Sink::Dropped,
            // What is made of the exception goes where the result goes.
            false if is_formatting(self.module, call) => self.sink,
            false => Sink::Away,
        };
        self.into(Sink::Dropped, &call.func);
        if let Expr::Attribute(attribute) = &*call.func
            && sink == Sink::Away
        {
            self.into(Sink::Away, &attribute.value);
        }
        for argument in &call.arguments.args {
            self.into(sink, argument);
        }
        for keyword in &call.arguments.keywords {
            // Only what logs takes it under that name.
            let logged = keyword.arg.as_deref() == Some("exc_info");
            self.into(if logged { Sink::Dropped } else { sink }, &keyword.value);
        }
    }
}

impl<'a> Visitor<'a> for Finder<'_, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::Expr(one) => self.into(Sink::Dropped, &one.value),
            Stmt::Assign(one) => self.assigned(&one.targets, &one.value),
            Stmt::AnnAssign(one) => {
                if let Some(value) = &one.value {
                    self.assigned(std::slice::from_ref(&one.target), value);
                }
            }
            Stmt::AugAssign(one) => self.assigned(std::slice::from_ref(&one.target), &one.value),
            _ => {
                let outer = std::mem::replace(&mut self.sink, Sink::Away);
                walk_stmt(self, statement);
                self.sink = outer;
            }
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && qualified(self.module, &call.func).as_deref() == Some("os._exit")
        {
            self.found
                .get_or_insert_with(|| "the handler calls `os._exit`".to_owned());
        }
        if self.is_source(expr) {
            if self.sink == Sink::Away {
                let text = self
                    .module
                    .slice(codemend_engine::syntax::Ranged::range(expr));
                self.found
                    .get_or_insert_with(|| format!("the handler hands on what `{text}` is"));
            }
            return;
        }
        match expr {
            Expr::Call(call) => self.call(call),
            Expr::Lambda(_) => {}
            Expr::Named(named) => {
                if let Expr::Name(name) = &*named.target
                    && self.holds(&named.value)
                    && !self.names.contains(&name.id.to_string())
                {
                    self.names.push(name.id.to_string());
                }
                self.visit_expr(&named.value);
            }
            _ => walk_expr(self, expr),
        }
    }
}

struct Holder<'f, 'm, 'a> {
    finder: &'f Finder<'m, 'a>,
    found: bool,
}

impl<'e> Visitor<'e> for Holder<'_, '_, '_> {
    fn visit_expr(&mut self, expr: &'e Expr) {
        self.found |= self.finder.is_source(expr);
        match expr {
            Expr::Lambda(_) => {}
            Expr::Call(call) if writes(self.finder.module, call) => {}
            _ => walk_expr(self, expr),
        }
    }
}

/// Whether `target` binds nothing but names of the handler's own scope; they are added to `bound`.
fn plain_names(target: &Expr, bound: &mut Vec<String>) -> bool {
    match target {
        Expr::Name(name) => {
            bound.push(name.id.to_string());
            true
        }
        Expr::Tuple(tuple) => tuple.elts.iter().all(|one| plain_names(one, bound)),
        Expr::List(list) => list.elts.iter().all(|one| plain_names(one, bound)),
        Expr::Starred(starred) => plain_names(&starred.value, bound),
        _ => false,
    }
}

/// Whether `call` writes its arguments down: logging, traceback, print.
fn writes(module: &Module<'_>, call: &ExprCall) -> bool {
    if let Some(name) = qualified(module, &call.func) {
        return name == "builtins.print"
            || name.starts_with("logging.")
            || name.starts_with("traceback.");
    }
    let Expr::Attribute(method) = &*call.func else {
        return false;
    };
    is_logger(module, &method.value)
}

/// Whether `expr` is bound to what `logging.getLogger` gives, wherever that stands.
fn is_logger(module: &Module<'_>, expr: &Expr) -> bool {
    let gives_logger = |expr: &Expr, names: &codemend_engine::semantic::Names<'_>| match expr {
        Expr::Call(call) => {
            let name = names.qualified_name(&call.func, Where::default());
            matches!(
                name.as_deref(),
                Some("logging.getLogger" | "logging.Logger")
            )
        }
        _ => false,
    };
    if gives_logger(expr, module.names()) {
        return true;
    }
    if let Type::Instance(class) = module.names().type_of(expr).kind
        && class.name == "logging.Logger"
    {
        return true;
    }
    let meanings = module.names().meanings(expr, Where::default());
    !meanings.is_empty()
        && meanings.iter().all(|meaning| match meaning {
            Meaning::Definition(definition) => match definition.kind() {
                DefinitionKind::Assignment(value)
                | DefinitionKind::Annotated {
                    value: Some(value), ..
                } => gives_logger(value, definition.names()),
                _ => false,
            },
            _ => false,
        })
}

/// `str(...)`, `"...".format(...)`: the result is made of the arguments.
fn is_formatting(module: &Module<'_>, call: &ExprCall) -> bool {
    match &*call.func {
        Expr::Attribute(method) => {
            &method.attr == "format" && method.value.is_string_literal_expr()
        }
        callee => matches!(
            qualified(module, callee).as_deref(),
            Some("builtins.str" | "builtins.repr")
        ),
    }
}

fn qualified(module: &Module<'_>, callee: &Expr) -> Option<String> {
    module.names().qualified_name(callee, Where::default())
}
