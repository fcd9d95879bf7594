//! The classes that make applications and routers: FastAPI's two, and subclasses of them in the project.
//!
//! A subclass that only adds things of its own makes routes as FastAPI does. One that touches what routes are made
//! with may do anything, so it says what it touches.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_keyword, walk_stmt};
use ruff_python_ast::{Expr, Keyword, Stmt, StmtClassDef};

use super::receiver::{Class, Kind};
use crate::frameworks::DEPTH;
use crate::semantic::{DefinitionKind, Meaning, Names, Where};

/// Options that change what routes are made with.
pub(super) const OPTIONS: [&str; 3] =
    ["route_class", "default_response_class", "include_in_schema"];

/// Members of FastAPI's two classes and of Starlette's, by which a subclass may change routes.
pub(super) const MEMBERS: [&str; 35] = [
    "__call__",
    "__getattr__",
    "__getattribute__",
    "__init_subclass__",
    "__new__",
    "__setattr__",
    "add_api_route",
    "add_api_websocket_route",
    "add_route",
    "add_websocket_route",
    "api_route",
    "app",
    "build_middleware_stack",
    "default_response_class",
    "delete",
    "dependency_overrides_provider",
    "get",
    "handle",
    "head",
    "include_in_schema",
    "include_router",
    "matches",
    "mount",
    "options",
    "patch",
    "post",
    "put",
    "route",
    "route_class",
    "router",
    "routes",
    "setup",
    "trace",
    "websocket",
    "websocket_route",
];

/// What the expression `class` in the file of `names` makes when it is called; `None` for anything but an application
/// or a router.
pub(super) fn class_of(names: &Names<'_>, class: &Expr, place: Where<'_>) -> Option<(Kind, Class)> {
    follow(names, class, place, DEPTH)
}

/// The same for a class definition in the file of `names`.
pub(super) fn of_class(names: &Names<'_>, class: &StmtClassDef) -> Option<(Kind, Class)> {
    subclass(names, class, DEPTH)
}

fn follow(
    names: &Names<'_>,
    class: &Expr,
    place: Where<'_>,
    depth: usize,
) -> Option<(Kind, Class)> {
    let mut agreed: Option<(Kind, Class)> = None;
    if let Expr::Name(name) = class
        && names.rebinds_from_inside(&name.id)
    {
        return None;
    }
    for meaning in names.meanings(class, place) {
        let one = match meaning {
            Meaning::Outside { name, .. } => (kind_of(&name)?, Class::Own),
            Meaning::Definition(definition) if definition.is_rebound_from_inside() => return None,
            Meaning::Definition(definition) if depth > 0 => match definition.kind() {
                DefinitionKind::Class(class) => subclass(definition.names(), class, depth - 1)?,
                DefinitionKind::Assignment(value) => {
                    follow(definition.names(), value, Where::default(), depth - 1)?
                }
                _ => return None,
            },
            _ => return None,
        };
        match &agreed {
            Some(first) if *first != one => return None,
            _ => agreed = Some(one),
        }
    }
    agreed
}

fn kind_of(qualified: &str) -> Option<Kind> {
    match qualified {
        "fastapi.FastAPI" | "fastapi.applications.FastAPI" => Some(Kind::Application),
        "fastapi.APIRouter" | "fastapi.routing.APIRouter" => Some(Kind::Router),
        _ => None,
    }
}

fn subclass(names: &Names<'_>, class: &StmtClassDef, depth: usize) -> Option<(Kind, Class)> {
    let mut found: Option<(Kind, Class)> = None;
    let mut beside = None;
    for base in class.bases() {
        match (follow(names, base, Where::default(), depth), &found) {
            (Some(one), None) => found = Some(one),
            (Some(_), Some(_)) => beside = Some("two bases that make routes".to_owned()),
            (None, _) => beside = beside.or_else(|| touched_by_mixin(names, base)),
        }
    }
    let (kind, inherited) = found?;
    let custom = match inherited {
        Class::Custom(what) => Some(what),
        Class::Own | Class::Plain => beside.or_else(|| touched(class)),
    };
    Some((kind, custom.map_or(Class::Plain, Class::Custom)))
}

/// What a base that makes no routes by itself may change about them.
fn touched_by_mixin(names: &Names<'_>, base: &Expr) -> Option<String> {
    let named = names.qualified_name(base, Where::default());
    if matches!(named.as_deref(), Some("builtins.object" | "abc.ABC")) {
        return None;
    }
    let unknown = Some("a base that is not known".to_owned());
    let meanings = names.meanings(base, Where::default());
    let [Meaning::Definition(definition)] = &meanings[..] else {
        return unknown;
    };
    match definition.kind() {
        DefinitionKind::Class(class) if class.bases().is_empty() => touched(class),
        _ => unknown,
    }
}

/// What the body of `class` touches.
fn touched(class: &StmtClassDef) -> Option<String> {
    if let Some(keyword) = class.keywords().first() {
        let name = keyword.arg.as_ref().map_or("**", |name| name.as_str());
        return Some(name.to_owned());
    }
    if !class.decorator_list.is_empty() {
        return Some("a decorator".to_owned());
    }
    let mut touches = Touches {
        found: None,
        inside: 0,
    };
    touches.visit_body(&class.body);
    touches.found
}

struct Touches {
    found: Option<String>,
    /// How many functions stand around: names that are bound there are no members.
    inside: usize,
}

impl Touches {
    fn name(&mut self, name: &str, known: &[&str]) {
        if self.found.is_none() && known.contains(&name) {
            self.found = Some(name.to_owned());
        }
    }

    fn member(&mut self, name: &str) {
        if self.inside == 0 {
            self.name(name, &MEMBERS);
        }
    }
}

impl<'a> Visitor<'a> for Touches {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(method) => {
                self.member(&method.name);
                self.inside += 1;
                walk_stmt(self, statement);
                self.inside -= 1;
            }
            Stmt::ClassDef(inner) => {
                self.member(&inner.name);
                walk_stmt(self, statement);
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if !name.ctx.is_load() => self.member(&name.id),
            Expr::Attribute(attribute) if !attribute.ctx.is_load() => {
                self.name(&attribute.attr, &MEMBERS);
            }
            // `kwargs.setdefault("route_class", Enveloped)`
            Expr::StringLiteral(literal) => self.name(literal.value.to_str(), &OPTIONS),
            _ => {}
        }
        walk_expr(self, expr);
    }

    fn visit_keyword(&mut self, keyword: &'a Keyword) {
        // `super().__init__(route_class=Enveloped)`
        if let Some(name) = &keyword.arg {
            self.name(name, &OPTIONS);
        }
        walk_keyword(self, keyword);
    }
}
