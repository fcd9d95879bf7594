//! Types that rest on what a container holds which the program fills with other things, or on what nobody promises.
//!
//! `CACHE = {"a": "1"}` is a dict of strings for ty, and stays one however many `CACHE[key] = None` stand in the program:
//! without an annotation nothing says what may be put in.

use codemend_engine::semantic::{Definition, DefinitionKind, Meaning, Type, Where};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, Stmt, UnaryOp};
use codemend_engine::syntax::{Ranged, TextRange};

use super::kind::Kind;
use super::proven::Scene;
use super::uses::{Change, changes};

/// How many values one question may lead to.
const LIMIT: usize = 40;

/// How much of the type of a name can be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Belief {
    All,
    /// It is this container, and may hold anything.
    Outside,
    None,
}

impl Kind {
    /// The same container, of whatever.
    pub fn of_anything(self) -> Self {
        let unknown = || Box::new(Self::Unknown);
        match self {
            Self::List(_) => Self::List(unknown()),
            Self::Set(_) => Self::Set(unknown()),
            Self::Tuple(_) => Self::Tuple(unknown()),
            Self::Dict(..) => Self::Dict(unknown(), unknown()),
            other => other,
        }
    }

    fn is_mutable(&self) -> bool {
        matches!(self, Self::List(_) | Self::Set(_) | Self::Dict(..))
    }

    /// Whether it holds containers that somebody may change.
    fn is_nested(&self) -> bool {
        let deep = |one: &Self| one.is_mutable() || one.is_nested();
        match self {
            Self::List(element) | Self::Set(element) | Self::Tuple(element) => deep(element),
            Self::Dict(key, value) => deep(key) || deep(value),
            _ => false,
        }
    }
}

impl<'db> Scene<'_, 'db> {
    /// How much of the type that ty gives for `expr` can be believed.
    pub fn belief(&self, expr: &Expr) -> Belief {
        self.belief_within(expr, &mut Vec::new())
    }

    /// `seen` are the values that the question has led to already: `raw = raw.strip()` says nothing new of `raw`.
    fn belief_within(&self, expr: &Expr, seen: &mut Vec<TextRange>) -> Belief {
        if seen.contains(&expr.range()) {
            return Belief::All;
        }
        if seen.len() >= LIMIT {
            return Belief::None;
        }
        seen.push(expr.range());
        if let Expr::Name(_) = expr {
            return self.belief_in_name(expr, seen);
        }
        let mut parts = Parts { found: Vec::new() };
        parts.visit_expr(expr);
        let doubtful = parts.found.into_iter().any(|part| match part {
            Expr::Subscript(subscript) => self.is_strange(&subscript.value),
            part => self.belief_in_name(part, seen) != Belief::All,
        });
        match doubtful {
            true => Belief::None,
            false => Belief::All,
        }
    }

    /// The least that any meaning of the name, or of the attribute, `name` leaves.
    fn belief_in_name(&self, name: &Expr, seen: &mut Vec<TextRange>) -> Belief {
        let meanings = self.names.meanings(name, Where::default());
        let beliefs = meanings.iter().map(|meaning| match meaning {
            Meaning::Definition(definition) => self.belief_in(definition, name, seen),
            _ => Belief::All,
        });
        beliefs.max().unwrap_or(Belief::All)
    }

    fn belief_in(
        &self,
        definition: &Definition<'db>,
        name: &Expr,
        seen: &mut Vec<TextRange>,
    ) -> Belief {
        let is_here = definition.names().is_same_file(self.names);
        if let Expr::Attribute(attribute) = name
            && self.names.stores_attribute(&attribute.attr)
        {
            return Belief::None;
        }
        let (value, held) = match definition.kind() {
            DefinitionKind::Assignment(value) => {
                (value, Kind::of(&definition.names().type_of(value).kind))
            }
            DefinitionKind::Other if is_here => match self.bound_to(definition.range()) {
                Some(value) => (value, Kind::of(&self.names.type_of(name).kind)),
                None => return Belief::All,
            },
            _ => return Belief::All,
        };
        if definition.is_at_module_level() && definition.is_rebound_from_inside() {
            return Belief::None;
        }
        let shared = || shares_target(definition.names().suite(), value.range());
        let altered = held.is_mutable() && (shared() || self.is_altered(definition, name));
        let own = match altered || held.is_nested() {
            true => Belief::Outside,
            false => Belief::All,
        };
        let there = definition.names();
        let of_value = match is_here {
            true => self.belief_within(value, seen),
            // The values of another file have other ranges; modules may import one another in a circle.
            false => {
                let mut steps = vec![TextRange::default(); seen.len() + 1];
                Scene::of_file(there, self.table).belief_within(value, &mut steps)
            }
        };
        match of_value {
            Belief::All => own,
            Belief::Outside => Belief::Outside,
            Belief::None => Belief::None,
        }
    }

    /// Whether the file of `definition`, or the function that it stands in, changes what it binds; and this file, when it
    /// has the name from there.
    fn is_altered(&self, definition: &Definition<'db>, name: &Expr) -> bool {
        let Some(own) = definition.name().filter(|_| !definition.in_class_body()) else {
            return true;
        };
        let there = definition.names();
        let outer = self.functions.first();
        if let Some(function) = outer.filter(|_| !definition.is_at_module_level()) {
            return changes(there, &function.body, &own, Change::Content);
        }
        if changes(there, there.suite(), &own, Change::Content) {
            return true;
        }
        match name {
            Expr::Name(here) => changes(self.names, self.names.suite(), &here.id, Change::Content),
            _ => true,
        }
    }

    /// Whether brackets behind `owner` call a method of a class that is no builtin: what it gives is promised by a stub
    /// alone.
    fn is_strange(&self, owner: &Expr) -> bool {
        let fact = self.names.type_of(owner);
        match &fact.kind {
            Type::Instance(class) => {
                !class.name.starts_with("builtins.") && !class.name.starts_with("os.")
            }
            _ => false,
        }
    }
}

/// Whether `suite` binds the value at `range` to more than one name: `one = other = []`.
fn shares_target(suite: &[Stmt], range: TextRange) -> bool {
    let mut finder = Shared {
        range,
        found: false,
    };
    finder.visit_body(suite);
    finder.found
}

struct Shared {
    range: TextRange,
    found: bool,
}

impl<'a> Visitor<'a> for Shared {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::Assign(one) = statement {
            self.found |= one.value.range() == self.range && one.targets.len() > 1;
        }
        if statement.range().contains_range(self.range) {
            walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}

/// The names, attributes and lookups that the type of an expression may rest on.
struct Parts<'a> {
    found: Vec<&'a Expr>,
}

impl<'a> Visitor<'a> for Parts<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(_) => self.found.push(expr),
            Expr::Attribute(attribute) => {
                self.found.push(expr);
                self.visit_expr(&attribute.value);
            }
            Expr::Subscript(subscript) => {
                self.found.push(expr);
                self.visit_expr(&subscript.value);
            }
            Expr::Call(call) => {
                self.visit_expr(&call.func);
                let arguments = call.arguments.iter_source_order();
                arguments.for_each(|one| self.visit_expr(one.value()));
            }
            // What stands in them decides nothing about the type.
            Expr::FString(_) | Expr::Compare(_) | Expr::Lambda(_) => {}
            Expr::UnaryOp(one) if one.op == UnaryOp::Not => {}
            _ => walk_expr(self, expr),
        }
    }
}
