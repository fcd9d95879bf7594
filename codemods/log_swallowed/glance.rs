//! A look at all expressions of a module: who is logged to, and which functions are registered to run at the end, in a
//! signal, or for each log record.

use std::collections::{BTreeMap, BTreeSet};

use codemend_engine::module::Module;
use codemend_engine::semantic::{Definition, DefinitionKind, Meaning, Names, Type, Where};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, ExprAttribute, ExprCall, ExprName, Stmt};

use super::danger::{is_processor, is_sink};
use super::reached::{Own, calls_in, calls_of_class};
use super::site::Around;
use super::table::{Style, Table};
use super::trace::{is_name, own_name};

/// What is seen.
#[derive(Default)]
pub struct Glance<'a> {
    /// The names that methods like `info` are called on, with all the places.
    pub receivers: BTreeMap<&'a str, Vec<&'a ExprName>>,
    /// Names that are called themselves: no loggers.
    pub called: BTreeSet<&'a str>,
    /// What is registered, as [`super::elsewhere::REGISTERED`] lists it.
    pub registered: BTreeSet<String>,
}

/// The methods of a logger, and the functions of `logging`.
pub const METHODS: &[&str] = &[
    "critical",
    "debug",
    "error",
    "exception",
    "info",
    "log",
    "warn",
    "warning",
];

/// Last names of functions that register something: a cheap first look.
const REGISTERING: &[&str] = &[
    "ProcessorFormatter",
    "add",
    "addFilter",
    "addaudithook",
    "configure",
    "configure_once",
    "finalize",
    "patch",
    "redirect_stderr",
    "redirect_stdout",
    "register",
    "setLogRecordFactory",
    "setprofile",
    "settrace",
    "signal",
    "wrap_logger",
];

/// Attributes of `sys` and `threading` that are called when an exception has reached the top.
const HOOKS: &[&str] = &["excepthook", "unraisablehook"];

/// Attributes of `sys` that log records are written to.
const STREAMS: &[&str] = &["stderr", "stdout"];

/// Look at all of `module`.
pub fn glance<'a>(module: &'a Module<'_>, table: &'a Table) -> Glance<'a> {
    let mut looker = Looker {
        module,
        table,
        seen: Glance::default(),
        around: Vec::new(),
    };
    looker.visit_body(module.suite());
    looker.seen
}

/// What `module` registers.
pub fn registered_in(module: &Module<'_>) -> Vec<String> {
    let seen = glance(module, Table::shipped());
    seen.registered.into_iter().collect()
}

struct Looker<'a, 'm> {
    module: &'a Module<'m>,
    table: &'a Table,
    seen: Glance<'a>,
    around: Vec<Around<'a>>,
}

impl<'a> Looker<'a, '_> {
    fn call(&mut self, call: &'a ExprCall) {
        if let Expr::Attribute(method) = &*call.func
            && METHODS.contains(&method.attr.as_str())
            && let Expr::Name(name) = &*method.value
        {
            self.seen.receivers.entry(&name.id).or_default().push(name);
        }
        if let Expr::Name(name) = &*call.func {
            self.seen.called.insert(&name.id);
        }
        if let Some(runs) = self.registers(&call.func) {
            for argument in call.arguments.iter_source_order() {
                self.given(argument.value(), runs);
            }
        }
    }

    /// When what is given to `function` runs, if that registers it.
    fn registers(&self, function: &Expr) -> Option<Runs> {
        if !self.module.could_mean(function, REGISTERING) {
            return None;
        }
        match self.module.qualified_name(function, Where::default()) {
            Some(name) => {
                let is_late = LATE.iter().any(|module| name.starts_with(module));
                let runs = if is_late { Runs::Late } else { Runs::Records };
                self.table.registers(&name).then_some(runs)
            }
            None => match function {
                // Whatever is a filter, records run through it.
                Expr::Attribute(method) => (method.attr.as_str() == "addFilter"
                    || self.is_loguru(&method.value))
                .then_some(Runs::Records),
                _ => None,
            },
        }
    }

    fn is_loguru(&self, receiver: &Expr) -> bool {
        let qualified = self.module.qualified_name(receiver, Where::default());
        qualified.is_some_and(|name| self.table.style(&name) == Some(Style::Loguru))
    }

    /// Note all that `expr`, an argument of a function that registers it, leads to.
    fn given(&mut self, expr: &'a Expr, runs: Runs) {
        let mut mentions = Mentions {
            names: self.module.names(),
            own: self.own(),
            runs,
            depth: DEPTH,
            found: &mut self.seen.registered,
        };
        mentions.visit_expr(expr);
    }

    /// What the method around is called on, and its class.
    fn own(&self) -> Option<(&'a str, &'a str)> {
        self.around.windows(2).rev().find_map(|pair| match pair {
            [Around::Class(class), Around::Function(method)] => {
                Some((own_name(method)?, class.name.as_str()))
            }
            _ => None,
        })
    }

    fn within(&mut self, around: Around<'a>, statement: &'a Stmt) {
        self.around.push(around);
        walk_stmt(self, statement);
        self.around.pop();
    }
}

impl<'a> Visitor<'a> for Looker<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                let registers = function.decorator_list.iter().any(|decorator| {
                    let called = match &decorator.expression {
                        Expr::Call(call) => &*call.func,
                        other => other,
                    };
                    self.registers(called).is_some()
                });
                if registers {
                    let one = entry(self.module.names(), &function.name, self.around.last());
                    self.seen.registered.insert(one);
                }
                if is_processor(function) {
                    let found = &mut self.seen.registered;
                    calls_in(self.module.names(), &function.body, Own::LeftOut, found);
                }
                return self.within(Around::Function(function), statement);
            }
            Stmt::ClassDef(class) => {
                if is_sink(self.module.names(), self.table, class) {
                    let found = &mut self.seen.registered;
                    calls_of_class(self.module.names(), &class.body, found);
                }
                return self.within(Around::Class(class), statement);
            }
            Stmt::Assign(one) => {
                if one.targets.iter().any(is_hook) {
                    let runs = match one.targets.iter().any(is_stream) {
                        true => Runs::Records,
                        false => Runs::Late,
                    };
                    self.given(&one.value, runs);
                }
                if let (Expr::Name(value), Some((own, class))) = (&*one.value, self.own())
                    && value.id == own
                    && one.targets.iter().any(is_hook)
                {
                    let class = entry(self.module.names(), class, None);
                    self.seen.registered.insert(class);
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            self.call(call);
        }
        walk_expr(self, expr);
    }
}

/// `sys.excepthook`, `sys.stderr`
fn is_hook(target: &Expr) -> bool {
    let is_one = |it: &ExprAttribute| HOOKS.contains(&it.attr.as_str());
    target.as_attribute_expr().is_some_and(is_one) || is_stream(target)
}

/// `sys.stderr`, which log records are written to.
fn is_stream(target: &Expr) -> bool {
    let is_one =
        |it: &ExprAttribute| STREAMS.contains(&it.attr.as_str()) && is_name(&it.value, "sys");
    target.as_attribute_expr().is_some_and(is_one)
}

/// When something that is registered runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Runs {
    /// For each log record.
    Records,
    /// At the end, in a signal, or whenever.
    Late,
}

/// How names of functions begin that register what runs at the end, in a signal, or whenever.
const LATE: [&str; 5] = ["atexit.", "signal.", "sys.", "threading.", "weakref."];

/// How far values of variables are followed.
const DEPTH: usize = 3;

/// How the function `name` that stands in `around` is listed.
pub fn entry(names: &Names<'_>, name: &str, around: Option<&Around<'_>>) -> String {
    match around {
        Some(Around::Class(class)) => format!("{}.{name}", class.name),
        _ => format!("{} {name}", names.path()),
    }
}

/// The functions, classes and methods that an expression mentions.
struct Mentions<'s, 'n, 'db> {
    names: &'n Names<'db>,
    own: Option<(&'s str, &'s str)>,
    runs: Runs,
    depth: usize,
    found: &'s mut BTreeSet<String>,
}

impl Mentions<'_, '_, '_> {
    fn name(&mut self, expr: &Expr, name: &str) {
        let meanings = self.names.meanings(expr, Where::default());
        for meaning in &meanings {
            match meaning {
                Meaning::Definition(definition) => self.definition(definition, name),
                Meaning::Unknown => {
                    self.found.insert(entry(self.names, name, None));
                }
                Meaning::Outside { .. } | Meaning::Module(_) | Meaning::Builtin(_) => {}
            }
        }
    }

    fn definition(&mut self, definition: &Definition<'_>, name: &str) {
        let names = definition.names();
        match definition.kind() {
            DefinitionKind::Function(function) => {
                self.found.insert(entry(names, &function.name, None));
                if self.runs == Runs::Records {
                    calls_in(names, &function.body, Own::LeftOut, self.found);
                }
            }
            DefinitionKind::Class(class) => {
                self.found.insert(entry(names, &class.name, None));
                if self.runs == Runs::Records {
                    calls_of_class(names, &class.body, self.found);
                }
            }
            DefinitionKind::Assignment(value) if self.depth > 0 => Mentions {
                names,
                own: None,
                runs: self.runs,
                depth: self.depth - 1,
                found: self.found,
            }
            .visit_expr(value),
            _ => {
                self.found.insert(entry(self.names, name, None));
            }
        }
    }

    /// `self.close`, `pool.close`, `module.close`
    fn attribute(&mut self, expr: &Expr, attribute: &ExprAttribute) {
        let method = attribute.attr.as_str();
        if let Some((own, class)) = self.own
            && is_name(&attribute.value, own)
        {
            self.found.insert(format!("{class}.{method}"));
            return;
        }
        let meanings = self.names.meanings(expr, Where::default());
        let is_known = |one: &Meaning<'_>| !matches!(one, Meaning::Unknown);
        if !meanings.is_empty() && meanings.iter().all(is_known) {
            return self.name(expr, method);
        }
        let owner = match self.names.type_of(&attribute.value).kind {
            Type::Instance(class) | Type::Class(class) => class.name,
            _ => String::new(),
        };
        let owner = owner.rsplit('.').next().unwrap_or_default();
        self.found.insert(format!("{owner}.{method}"));
    }
}

impl<'a> Visitor<'a> for Mentions<'_, '_, '_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => self.name(expr, &name.id),
            Expr::Attribute(attribute) => self.attribute(expr, attribute),
            _ => walk_expr(self, expr),
        }
    }
}
