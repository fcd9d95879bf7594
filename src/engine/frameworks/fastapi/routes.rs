//! The routes of a module: functions with a decorator that is a call of a route method of a known receiver.

use std::collections::BTreeMap;

use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};
use ruff_python_ast::{Decorator, Expr, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::decorator::{Method, RouteDecorator};
use super::only_typed::OnlyTyped;
use super::receiver::Receiver;
use super::tracer::Tracer;
use crate::module::Module;

/// A function that is a route.
#[derive(Debug, Clone)]
pub struct Route<'m> {
    pub function: &'m StmtFunctionDef,
    /// Outermost first, as they are written. At least one is a route.
    pub decorators: Vec<Decorated<'m>>,
    /// The statement at module level that holds the function; the function itself, when it stands there.
    pub outermost: &'m Stmt,
    /// What stands around the function, outermost first; empty at module level.
    pub surroundings: Vec<Around<'m>>,
}

/// A decorator of a route function.
#[derive(Debug, Clone)]
pub enum Decorated<'m> {
    Route(RouteDecorator<'m>),
    /// Something else, or a route method of something that is not known.
    Other(&'m Decorator),
}

/// A statement around a function.
#[derive(Debug, Clone, Copy)]
pub enum Around<'m> {
    Function(&'m StmtFunctionDef),
    Class(&'m StmtClassDef),
    /// `if`, `for`, `while`, `try`, `with` or `match`.
    Block(&'m Stmt),
}

impl<'m> Route<'m> {
    /// The decorators that make routes, outermost first.
    pub fn routes(&self) -> impl Iterator<Item = &RouteDecorator<'m>> {
        self.decorators.iter().filter_map(|one| match one {
            Decorated::Route(route) => Some(route),
            Decorated::Other(_) => None,
        })
    }

    /// The decorators below the innermost route, which stand between FastAPI and the function.
    pub fn below(&self) -> &[Decorated<'m>] {
        let is_route = |one: &Decorated<'_>| matches!(one, Decorated::Route(_));
        let last = self.decorators.iter().rposition(is_route);
        &self.decorators[last.map_or(0, |last| last + 1)..]
    }
}

/// The routes of `module`, in source order, at any depth.
pub fn routes<'m>(module: &'m Module<'_>) -> Vec<Route<'m>> {
    let mut finder = Finder {
        module,
        outermost: None,
        around: Vec::new(),
        only_typed: OnlyTyped::of(module),
        known: BTreeMap::new(),
        altering: BTreeMap::new(),
        found: Vec::new(),
    };
    finder.visit_body(module.suite());
    finder.found
}

struct Finder<'m, 'a> {
    module: &'m Module<'a>,
    outermost: Option<&'m Stmt>,
    around: Vec<Around<'m>>,
    only_typed: OnlyTyped<'m, 'a>,
    /// Receivers by their spelling and the scope they stand in.
    known: BTreeMap<(&'m str, u32), Option<Receiver>>,
    /// Whether files assign what routes are made with, by path.
    altering: BTreeMap<String, bool>,
    found: Vec<Route<'m>>,
}

impl<'m> Finder<'m, '_> {
    fn function(&mut self, function: &'m StmtFunctionDef, outermost: &'m Stmt) {
        let decorators: Vec<Decorated<'m>> = function
            .decorator_list
            .iter()
            .map(|decorator| match self.route(decorator) {
                Some(route) => Decorated::Route(route),
                None => Decorated::Other(decorator),
            })
            .collect();
        let is_route = |one: &Decorated<'_>| matches!(one, Decorated::Route(_));
        if decorators.iter().any(is_route) {
            self.found.push(Route {
                function,
                decorators,
                outermost,
                surroundings: self.around.clone(),
            });
        }
    }

    fn route(&mut self, decorator: &'m Decorator) -> Option<RouteDecorator<'m>> {
        let call = decorator.expression.as_call_expr()?;
        let attribute = call.func.as_attribute_expr()?;
        let method = Method::spelled(&attribute.attr)?;
        let receiver = self.receiver(&attribute.value)?;
        Some(RouteDecorator {
            decorator,
            call,
            method,
            receiver,
        })
    }

    fn receiver(&mut self, expr: &'m Expr) -> Option<Receiver> {
        let scope = self.around.iter().rev().find_map(|around| match around {
            Around::Function(function) => Some(function.start().to_u32()),
            Around::Class(class) => Some(class.start().to_u32()),
            Around::Block(_) => None,
        });
        let in_class = matches!(
            self.around
                .iter()
                .rev()
                .find(|one| !matches!(one, Around::Block(_))),
            Some(Around::Class(_))
        );
        let key = (self.module.slice(expr.range()), scope.unwrap_or(u32::MAX));
        // The body of a class sees only what stands above, so a name may mean two things in one.
        if let Some(known) = self.known.get(&key).filter(|_| !in_class) {
            return known.clone();
        }
        let found = match self.only_typed.has(expr) {
            true => None,
            false => {
                let names = self.module.names();
                Tracer::default().trace_altered(names, expr, &mut self.altering)
            }
        };
        self.known.insert(key, found.clone());
        found
    }

    fn within(&mut self, around: Around<'m>, statement: &'m Stmt) {
        self.around.push(around);
        walk_stmt(self, statement);
        self.around.pop();
    }
}

impl<'m> StatementVisitor<'m> for Finder<'m, '_> {
    fn visit_stmt(&mut self, statement: &'m Stmt) {
        let is_outermost = self.outermost.is_none();
        let outermost = *self.outermost.get_or_insert(statement);
        match statement {
            Stmt::FunctionDef(function) => {
                self.function(function, outermost);
                self.within(Around::Function(function), statement);
            }
            Stmt::ClassDef(class) => self.within(Around::Class(class), statement),
            Stmt::If(_)
            | Stmt::For(_)
            | Stmt::While(_)
            | Stmt::Try(_)
            | Stmt::With(_)
            | Stmt::Match(_) => self.within(Around::Block(statement), statement),
            _ => {}
        }
        if is_outermost {
            self.outermost = None;
        }
    }
}
