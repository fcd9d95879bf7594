//! The functions of the project that a `try` reaches, and the answers that leave each.
//!
//! Functions call each other in circles, so what leaves them is worked out together: from nothing, over and over, until
//! no more comes out.

use std::collections::{BTreeSet, HashMap};

use codemend_engine::project::{ModuleId, Project};
use codemend_engine::semantic::{Definition, DefinitionKind, Lineage, Names, Where};
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, Stmt, StmtFunctionDef};

use super::Look;
use super::calls::{Scene, Wrapped};
use super::errors::Answered;
use super::events::{Event, What, events};
use super::frames::gets_out;
use super::scout::Scouted;

/// How many functions are looked at for one module. No module reaches more that matter.
const MOST: usize = 3000;

/// What all files have in common.
pub struct World<'w> {
    pub project: &'w Project,
    pub answered: Answered,
    /// The functions that let an answer out; the others never do.
    pub scouted: &'w Scouted,
    pub stage: Stage,
}

/// What functions are looked at for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// To find those that let answers out.
    Scouting,
    /// To decide about handlers.
    Deciding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(usize);

/// A function, or the wrapper that a decorator puts around one.
struct Node<'db> {
    definition: Definition<'db>,
    /// Of the function, also for a wrapper around it.
    name: String,
    /// For a wrapper, the name of the parameter that is wrapped, and what stands there.
    wraps: Option<(String, NodeId)>,
    /// What happens in it; `None` until somebody asks.
    events: Option<Vec<Event>>,
    /// The answers that leave it, as far as they are known.
    out: BTreeSet<Lineage>,
    is_solved: bool,
}

/// A function by its file and place, and what it wraps.
type Key = (String, u32, Option<NodeId>);

pub struct Graph<'w, 'db> {
    pub world: &'w World<'w>,
    nodes: Vec<Node<'db>>,
    known: HashMap<Key, NodeId>,
}

/// What is known to leave a function.
enum Known {
    Answers(BTreeSet<Lineage>),
    /// It lets no answer out.
    Nothing,
    NotYet,
}

/// An answer that arrives at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    pub lineage: Lineage,
    pub by: By,
}

/// The way an answer comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// It is raised in plain sight.
    Raise,
    /// Out of a function, by its name.
    Call(String),
    /// Out of an endpoint.
    Yield,
}

impl<'w, 'db> Graph<'w, 'db> {
    pub fn new(world: &'w World<'w>) -> Self {
        Self {
            world,
            nodes: Vec::new(),
            known: HashMap::new(),
        }
    }

    /// The answers that leave the block with `events`, in the order of their places.
    pub fn arrivals(&mut self, events: &[Event]) -> Vec<Arrival> {
        let reached = self.reached(events);
        self.solve(&reached);
        let mut found = Vec::new();
        for event in events {
            let (by, raised) = match &event.what {
                What::Raise(lineage) => (By::Raise, vec![lineage.clone()]),
                What::Yield(lineage) => (By::Yield, vec![lineage.clone()]),
                What::Call(node) => {
                    let node = &self.nodes[node.0];
                    (
                        By::Call(node.name.clone()),
                        node.out.iter().cloned().collect(),
                    )
                }
            };
            let out = raised
                .into_iter()
                .filter(|one| gets_out(one, &event.frames));
            let arrivals = out.map(|lineage| Arrival {
                lineage,
                by: by.clone(),
            });
            for arrival in arrivals {
                if !found.contains(&arrival) {
                    found.push(arrival);
                }
            }
        }
        found
    }

    /// The node of the function `definition`, behind the wrappers that its decorators put around it. `None` for what
    /// never raises an answer.
    pub fn function(&mut self, definition: &Definition<'db>) -> Option<NodeId> {
        let DefinitionKind::Function(function) = definition.kind() else {
            return None;
        };
        let mut node = self.node(definition, None)?;
        for decorator in function.decorator_list.iter().rev() {
            node = self.wrapped(definition.names(), &decorator.expression, node);
        }
        Some(node)
    }

    /// The node of the function `definition` itself, which wraps `wraps`.
    pub fn node(
        &mut self,
        definition: &Definition<'db>,
        wraps: Option<(String, NodeId)>,
    ) -> Option<NodeId> {
        let path = definition.names().path();
        let module = self.world.project.module(path.into())?;
        let name = match definition.kind() {
            DefinitionKind::Function(function) => function.name.to_string(),
            _ => return None,
        };
        if definition.in_stub() {
            return None;
        }
        let start = definition.range().start().to_u32();
        let known = match &wraps {
            Some(_) => None,
            None => match self.known_answers(definition, module, &name, start) {
                Known::Answers(answers) => Some(answers),
                Known::Nothing => return None,
                Known::NotYet => None,
            },
        };
        let key = (
            path.to_owned(),
            start,
            wraps.as_ref().map(|(_, node)| *node),
        );
        if let Some(node) = self.known.get(&key) {
            return Some(*node);
        }
        if self.nodes.len() >= MOST {
            return None;
        }
        let name = match &wraps {
            Some((_, inner)) => self.nodes[inner.0].name.clone(),
            None => name,
        };
        let node = NodeId(self.nodes.len());
        self.nodes.push(Node {
            definition: definition.clone(),
            name,
            wraps,
            events: None,
            is_solved: known.is_some(),
            out: known.unwrap_or_default(),
        });
        self.known.insert(key, node);
        Some(node)
    }

    /// What is known to leave the function `definition`, called `name`, at the byte `start` of `module`.
    fn known_answers(
        &self,
        definition: &Definition<'db>,
        module: ModuleId,
        name: &str,
        start: u32,
    ) -> Known {
        let scouted = self.world.scouted;
        if let Some(answers) = scouted.answers(definition.names().path(), start) {
            return Known::Answers(answers);
        }
        let (is_method, has) = match definition.in_class_body() {
            true => (true, scouted.spread.has_method(module, name)),
            false => (false, scouted.spread.has_function(module, name)),
        };
        if has {
            return Known::Answers(BTreeSet::new());
        }
        // What is defined in functions nobody has looked at.
        let is_inside = match is_method {
            true => !scouted.spread.knows_method(module, name),
            false => !definition.is_at_module_level(),
        };
        match is_inside {
            true => Known::NotYet,
            false => Known::Nothing,
        }
    }

    /// Whether any of `events` raises an answer, whoever catches it.
    pub fn has_any(&mut self, events: &[Event]) -> bool {
        let reached = self.reached(events);
        self.solve(&reached);
        events.iter().any(|event| match &event.what {
            What::Raise(_) | What::Yield(_) => true,
            What::Call(node) => !self.nodes[node.0].out.is_empty(),
        })
    }

    /// Whether `node` is a generator function: calling it runs nothing of it yet.
    pub fn is_generator(&self, node: NodeId) -> bool {
        let node = &self.nodes[node.0];
        match node.definition.kind() {
            DefinitionKind::Function(function) => {
                is_generator(function) && !is_context_manager(node.definition.names(), function)
            }
            _ => false,
        }
    }

    /// All nodes that `events` lead to and that are not solved yet.
    fn reached(&mut self, events: &[Event]) -> Vec<NodeId> {
        let mut waiting = called(events);
        let mut reached = Vec::new();
        let mut seen = BTreeSet::new();
        while let Some(node) = waiting.pop() {
            if self.nodes[node.0].is_solved || !seen.insert(node) {
                continue;
            }
            reached.push(node);
            self.look_into(node);
            let events = self.nodes[node.0].events.as_deref();
            waiting.extend(called(events.unwrap_or_default()));
        }
        reached
    }

    fn look_into(&mut self, node: NodeId) {
        if self.nodes[node.0].events.is_some() {
            return;
        }
        let definition = self.nodes[node.0].definition.clone();
        let wraps = self.nodes[node.0].wraps.clone();
        let found = match definition.kind() {
            DefinitionKind::Function(function) => {
                let scene = Scene {
                    wrapped: wraps.map(|(name, node)| (name, Wrapped::One(node))),
                    suite: definition.names().suite(),
                    at: function.start(),
                    is_dependency: false,
                    look: Look::Calls,
                    same: None,
                };
                events(self, definition.names(), &scene, &function.body)
            }
            _ => Vec::new(),
        };
        self.nodes[node.0].events = Some(found);
    }

    fn solve(&mut self, reached: &[NodeId]) {
        let mut changed = true;
        while changed {
            changed = false;
            for node in reached {
                let out = self.leaving(*node);
                changed |= out.len() > self.nodes[node.0].out.len();
                self.nodes[node.0].out = out;
            }
        }
        for node in reached {
            self.nodes[node.0].is_solved = true;
        }
    }

    fn leaving(&self, node: NodeId) -> BTreeSet<Lineage> {
        let mut out = self.nodes[node.0].out.clone();
        let events = self.nodes[node.0].events.as_deref();
        for event in events.unwrap_or_default() {
            let mut add = |lineage: &Lineage| {
                if !out.contains(lineage) && gets_out(lineage, &event.frames) {
                    out.insert(lineage.clone());
                }
            };
            match &event.what {
                What::Raise(lineage) | What::Yield(lineage) => add(lineage),
                What::Call(callee) => self.nodes[callee.0].out.iter().for_each(add),
            }
        }
        out
    }
}

fn called(events: &[Event]) -> Vec<NodeId> {
    let called = events.iter().filter_map(|event| match event.what {
        What::Call(node) => Some(node),
        _ => None,
    });
    called.collect()
}

/// `@contextmanager`: its first half runs when the `with` begins.
pub fn is_context_manager(names: &Names<'_>, function: &StmtFunctionDef) -> bool {
    function.decorator_list.iter().any(|decorator| {
        let name = names.qualified_name(&decorator.expression, Where::default());
        matches!(
            name.as_deref(),
            Some("contextlib.contextmanager" | "contextlib.asynccontextmanager")
        )
    })
}

/// Whether `function` yields.
pub fn is_generator(function: &StmtFunctionDef) -> bool {
    let mut yields = Yields(false);
    yields.visit_body(&function.body);
    yields.0
}

struct Yields(bool);

impl<'a> Visitor<'a> for Yields {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if !self.0 && !matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
            walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Lambda(_) => {}
            Expr::Yield(_) | Expr::YieldFrom(_) => self.0 = true,
            _ => walk_expr(self, expr),
        }
    }
}
