//! What gives a session a timeout behind the back of its calls: an adapter, or a method of another kind.

use codemend_engine::bindings::{Bindings, Bound, of_body, of_function};
use codemend_engine::semantic::{Definition, DefinitionKind, Meaning, Names, Where};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{
    Expr, ExprCall, Stmt, StmtAssign, StmtClassDef, StmtFunctionDef,
};

use super::altered::keeps_timeouts;
use super::find::Site;
use super::origin::Values;
use super::table::{Table, holds};

/// How far classes are followed to their bases.
const DEPTH: usize = 8;

/// A place where something gets an adapter that may set a timeout, or another method.
pub struct Wrap<'a> {
    pub owner: &'a Expr,
    /// The functions around it, outermost first.
    functions: Vec<&'a StmtFunctionDef>,
    class: Option<&'a StmtClassDef>,
}

/// All such places in `suite`, the statements of the file of `names`.
pub fn wraps<'a>(names: &Names<'_>, suite: &'a [Stmt]) -> Vec<Wrap<'a>> {
    let mut finder = Finder {
        names,
        found: Vec::new(),
        functions: Vec::new(),
        class: None,
    };
    finder.visit_body(suite);
    finder.found
}

/// Whether `name` is a method of a session that sends.
pub fn sends(name: &str) -> bool {
    name == "send"
        || Table::shipped()
            .session
            .methods
            .iter()
            .any(|one| one == name)
}

impl Wrap<'_> {
    /// Whether it is of `receiver`, the session of the call at `site`.
    pub fn is_of(&self, receiver: &Expr, site: &Site<'_>) -> bool {
        match (receiver, self.owner) {
            (Expr::Name(name), Expr::Name(own)) if name.id == own.id => {
                let binds =
                    |one: &&StmtFunctionDef| of_function(one).contains_key(name.id.as_str());
                match site.functions().find(binds) {
                    Some(home) => self.functions.iter().any(|one| one.range == home.range),
                    None => !self.functions.iter().any(binds),
                }
            }
            (Expr::Attribute(one), Expr::Attribute(own))
                if one.attr.as_str() == own.attr.as_str() =>
            {
                let is_self = matches!(&*own.value, Expr::Name(name) if &name.id == "self");
                let stranger = self.class.is_some_and(|class| {
                    let same = site
                        .owner()
                        .is_some_and(|(mine, ..)| mine.range == class.range);
                    !same && class.bases().is_empty()
                });
                !(is_self && stranger)
            }
            // `session.mount(...)`, and then `self.http = session`
            (Expr::Attribute(one), Expr::Name(own)) => site.owner().is_some_and(|(class, ..)| {
                let values = Values::of(&one.attr, &class.body);
                let mut values = values.iter().map(|(value, _)| value);
                values.any(|value| matches!(value, Expr::Name(name) if name.id == own.id))
            }),
            _ => false,
        }
    }

    /// Whether what is wrapped may be a session that other code uses too: not one that is made right there, and
    /// nothing that is known to be something else.
    pub fn may_be_shared(&self, names: &Names<'_>) -> bool {
        match self.owner {
            Expr::Name(name) => {
                let name = name.id.as_str();
                if matches!(name, "self" | "cls" | "request") {
                    return false;
                }
                for function in self.functions.iter().rev() {
                    if let Some(bounds) = of_function(function).get(name) {
                        return !self.are_own(names, bounds);
                    }
                }
                let level: Bindings<'_> = of_body(names.suite());
                !level
                    .get(name)
                    .is_some_and(|bounds| self.are_own(names, bounds))
            }
            Expr::Attribute(attribute) => {
                let is_self = matches!(&*attribute.value, Expr::Name(name) if &name.id == "self");
                let class = self.class.filter(|_| is_self);
                let values = class.map(|class| Values::of(&attribute.attr, &class.body));
                !values.is_some_and(|values| {
                    !values.is_empty() && values.iter().all(|(value, _)| is_new(names, value))
                })
            }
            Expr::Call(_) => !is_new(names, self.owner),
            _ => true,
        }
    }

    /// Whether all of `bounds` bind something that is made right there, or is no session.
    fn are_own(&self, names: &Names<'_>, bounds: &[Bound<'_>]) -> bool {
        bounds.iter().all(|bound| match bound {
            Bound::Value(value) | Bound::With(value) | Bound::Annotated(_, Some(value)) => {
                is_new(names, value)
            }
            Bound::Parameter(Some(annotation)) => is_other_class(names, annotation, DEPTH),
            _ => false,
        })
    }
}

/// Whether `value` makes something new.
fn is_new(names: &Names<'_>, value: &Expr) -> bool {
    let Expr::Call(call) = value else {
        return false;
    };
    let name = names.qualified_name(&call.func, Where::default());
    let is_session = name.is_some_and(|name| holds(&Table::shipped().session.classes, &name));
    is_session || is_other_class(names, &call.func, DEPTH)
}

/// Whether `class` is a class whose instances are no sessions.
fn is_other_class(names: &Names<'_>, class: &Expr, depth: usize) -> bool {
    if let Some(name) = names.qualified_name(class, Where::default()) {
        let library = name.split('.').next().unwrap_or_default();
        let is_class = name
            .rsplit('.')
            .next()
            .is_some_and(|last| last.starts_with(char::is_uppercase));
        return is_class && !matches!(library, "requests" | "typing");
    }
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    let Some(definition) = only_definition(names, class) else {
        return false;
    };
    match definition.kind() {
        DefinitionKind::Class(class) => {
            let mut bases = class.bases().iter();
            bases.all(|base| is_other_class(definition.names(), base, depth))
        }
        _ => false,
    }
}

fn only_definition<'db>(names: &Names<'db>, expr: &Expr) -> Option<Definition<'db>> {
    let mut meanings = names.meanings(expr, Where::default()).into_iter();
    match (meanings.next(), meanings.next()) {
        (Some(Meaning::Definition(definition)), None) => Some(definition),
        _ => None,
    }
}

struct Finder<'a, 'n, 'd> {
    names: &'n Names<'d>,
    found: Vec<Wrap<'a>>,
    functions: Vec<&'a StmtFunctionDef>,
    class: Option<&'a StmtClassDef>,
}

impl<'a> Finder<'a, '_, '_> {
    fn add(&mut self, owner: &'a Expr) {
        self.found.push(Wrap {
            owner,
            functions: self.functions.clone(),
            class: self.class,
        });
    }
}

impl<'a> Visitor<'a> for Finder<'a, '_, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                self.functions.push(function);
                walk_stmt(self, statement);
                self.functions.pop();
            }
            Stmt::ClassDef(class) => {
                let around = self.class.replace(class);
                walk_stmt(self, statement);
                self.class = around;
            }
            Stmt::Assign(one) if keeps_all(self.names, one) => self.visit_expr(&one.value),
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Attribute(one) if !one.ctx.is_load() && sends(&one.attr) => self.add(&one.value),
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(method) if &method.attr == "mount" && mounts(self.names, call) => {
                    self.add(&method.value);
                }
                Expr::Name(name) if &name.id == "setattr" => {
                    if let [owner, Expr::StringLiteral(what), ..] = &*call.arguments.args
                        && sends(what.value.to_str())
                    {
                        self.add(owner);
                    }
                }
                _ => {}
            },
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// Whether all that `assign` sets are functions of requests, and what it sets them to leaves timeouts alone.
fn keeps_all(names: &Names<'_>, assign: &StmtAssign) -> bool {
    assign.targets.iter().all(|target| match target {
        Expr::Attribute(target) if sends(&target.attr) => {
            keeps_timeouts(names, target, &assign.value)
        }
        _ => false,
    })
}

/// Whether `call`, of a method `mount`, mounts an adapter that may set a timeout. A path is what applications mount to.
fn mounts(names: &Names<'_>, call: &ExprCall) -> bool {
    let is_path =
        |it: &Expr| matches!(it, Expr::StringLiteral(text) if text.value.to_str().starts_with('/'));
    if call
        .arguments
        .find_argument_value("prefix", 0)
        .is_some_and(is_path)
    {
        return false;
    }
    match call.arguments.find_argument_value("adapter", 1) {
        Some(adapter) => !is_plain_adapter(names, adapter),
        None => true,
    }
}

/// Whether `adapter` is one that sets no timeout: of requests itself, or of a class of the project without `send`.
fn is_plain_adapter(names: &Names<'_>, adapter: &Expr) -> bool {
    match adapter {
        Expr::Call(call) => is_plain_class(names, &call.func, DEPTH),
        Expr::Name(_) => {
            let Some(definition) = only_definition(names, adapter) else {
                return false;
            };
            match definition.kind() {
                DefinitionKind::Assignment(Expr::Call(call)) => {
                    is_plain_class(definition.names(), &call.func, DEPTH)
                }
                _ => false,
            }
        }
        _ => false,
    }
}

fn is_plain_class(names: &Names<'_>, class: &Expr, depth: usize) -> bool {
    if let Some(name) = names.qualified_name(class, Where::default()) {
        return holds(&Table::shipped().adapter.classes, &name);
    }
    let Some(definition) = only_definition(names, class) else {
        return false;
    };
    let DefinitionKind::Class(class) = definition.kind() else {
        return false;
    };
    let sends = class.body.iter().any(|one| match one {
        Stmt::FunctionDef(method) => method.name.as_str() == "send",
        Stmt::Pass(_) | Stmt::Expr(_) => false,
        _ => true,
    });
    let mut bases = class.bases().iter();
    let plain = |base: &Expr| is_plain_class(definition.names(), base, depth - 1);
    !sends && depth > 0 && !class.bases().is_empty() && bases.all(plain)
}

/// Whether the variable `name` of `function` gets to other code, which may wrap what it holds: it is passed on, stored
/// or yielded. Attributes of it, `with` and tests of its truth aside.
pub fn escapes(function: &StmtFunctionDef, name: &str) -> bool {
    let mut uses = Escapes {
        name,
        depth: 0,
        found: false,
    };
    uses.visit_body(&function.body);
    uses.found
}

struct Escapes<'n> {
    name: &'n str,
    depth: usize,
    found: bool,
}

impl Escapes<'_> {
    fn is_it(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Name(one) if one.id == self.name && one.ctx.is_load())
    }
}

impl<'a> Visitor<'a> for Escapes<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::With(with) => {
                for item in &with.items {
                    let plain = item.optional_vars.is_none() && self.is_it(&item.context_expr);
                    if !plain {
                        self.visit_with_item(item);
                    }
                }
                self.visit_body(&with.body);
            }
            // Nobody has it before the function is done.
            Stmt::Return(one)
                if self.depth == 0 && one.value.as_deref().is_some_and(|it| self.is_it(it)) => {}
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {
                self.depth += 1;
                walk_stmt(self, statement);
                self.depth -= 1;
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Attribute(one) if self.is_it(&one.value) => {}
            Expr::Compare(one) if self.is_it(&one.left) => {
                one.comparators.iter().for_each(|it| self.visit_expr(it));
            }
            Expr::UnaryOp(one) if self.is_it(&one.operand) => {}
            _ if self.is_it(expr) => self.found = true,
            _ => walk_expr(self, expr),
        }
    }
}
