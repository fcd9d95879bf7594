//! What may leave a block of statements: what is raised in it, and what it calls, each with the handlers around.

use std::collections::BTreeSet;

use codemend_engine::semantic::{Lineage, Meaning, Names, Where, named};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Comprehension, Expr, Stmt, StmtTry};
use codemend_engine::syntax::{Ranged, TextSize};

use super::Look;
use super::calls::Scene;
use super::errors::any_answer;
use super::frames::{Frames, of_body, of_rest, of_with};
use super::graph::{Graph, NodeId, Stage};
use super::sites::handlers;

/// Something in a block that may raise an answer.
#[derive(Debug)]
pub struct Event {
    pub what: What,
    pub frames: Frames,
}

#[derive(Debug)]
pub enum What {
    /// `raise` of an answer.
    Raise(Lineage),
    /// A call of a function of the project.
    Call(NodeId),
    /// The `yield` of a dependency, where the exception of the endpoint arrives.
    Yield(Lineage),
}

/// The events of `body`, which stands in the file of `names`.
pub fn events<'db>(
    graph: &mut Graph<'_, 'db>,
    names: &Names<'db>,
    scene: &Scene<'_>,
    body: &[Stmt],
) -> Vec<Event> {
    let mut walk = Walk {
        graph,
        names,
        scene,
        frames: None,
        found: Vec::new(),
        iterated: BTreeSet::new(),
    };
    walk.visit_body(body);
    walk.found
}

struct Walk<'g, 'w, 's, 'db> {
    graph: &'g mut Graph<'w, 'db>,
    names: &'s Names<'db>,
    scene: &'s Scene<'s>,
    frames: Frames,
    found: Vec<Event>,
    /// Where calls begin whose generators are run here: `for row in rows()`.
    iterated: BTreeSet<TextSize>,
}

impl Walk<'_, '_, '_, '_> {
    fn note(&mut self, what: What) {
        self.found.push(Event {
            what,
            frames: self.frames.clone(),
        });
    }

    fn within<'a>(&mut self, frames: Frames, body: &'a [Stmt])
    where
        Self: Visitor<'a>,
    {
        let outer = std::mem::replace(&mut self.frames, frames);
        self.visit_body(body);
        self.frames = outer;
    }

    fn attempt(&mut self, attempt: &StmtTry) {
        let rest = of_rest(attempt, &self.frames);
        self.within(of_body(self.names, attempt, &self.frames), &attempt.body);
        for handler in handlers(attempt) {
            self.within(rest.clone(), &handler.body);
        }
        self.within(rest, &attempt.orelse);
        self.visit_body(&attempt.finalbody);
    }

    fn raise(&mut self, raised: &Expr) {
        let is_scouting = self.graph.world.stage == Stage::Scouting;
        let is_same =
            matches!(raised, Expr::Name(name) if self.scene.same == Some(name.id.as_str()));
        if is_same || is_scouting && !self.may_raise(raised) {
            return;
        }
        for lineage in self.graph.world.answered.raised(self.names, raised) {
            self.note(What::Raise(lineage));
        }
    }

    /// Whether `raised` may be an answer, by the name of its class. What no name tells may be.
    fn may_raise(&self, raised: &Expr) -> bool {
        let name = match named(raised) {
            Expr::Name(name) => match self.names.only_member(&name.id) {
                Some((_, member)) => member,
                None => &name.id,
            },
            Expr::Attribute(attribute) => &attribute.attr,
            _ => return true,
        };
        self.graph.world.scouted.spread.may_raise(name)
    }

    fn call(&mut self, call: &codemend_engine::syntax::ast::ExprCall) {
        if self.runs_generators(&call.func) {
            let arguments = call.arguments.args.iter();
            self.iterated.extend(arguments.map(|one| bare(one).start()));
        }
        let is_iterated = self.iterated.contains(&call.start());
        let found = self.graph.called(self.names, self.scene, &call.func);
        for node in found {
            if is_iterated || !self.graph.is_generator(node) {
                self.note(What::Call(node));
            }
        }
    }

    /// `list`, `sum`, `next` and the like.
    fn runs_generators(&self, func: &Expr) -> bool {
        let meanings = match func {
            Expr::Name(_) => self.names.meanings(func, Where::default()),
            _ => return false,
        };
        matches!(meanings.as_slice(), [Meaning::Builtin(_)])
    }
}

/// `rows()` of `await rows()` and `*rows()`.
fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Await(waiting) => bare(&waiting.value),
        Expr::Starred(starred) => bare(&starred.value),
        other => other,
    }
}

impl<'a> Visitor<'a> for Walk<'_, '_, '_, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            // What is only defined here runs elsewhere.
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::With(with) => {
                for item in &with.items {
                    self.iterated.insert(bare(&item.context_expr).start());
                    self.visit_expr(&item.context_expr);
                }
                self.within(of_with(self.names, with, &self.frames), &with.body);
            }
            Stmt::Raise(raise) => {
                raise.exc.iter().for_each(|raised| self.raise(raised));
                walk_stmt(self, statement);
            }
            Stmt::For(each) => {
                self.iterated.insert(bare(&each.iter).start());
                walk_stmt(self, statement);
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Lambda(_) => return,
            Expr::Call(call) if self.scene.look == Look::Calls => self.call(call),
            Expr::Yield(_) if self.scene.is_dependency => {
                self.note(What::Yield(any_answer()));
            }
            Expr::YieldFrom(from) => {
                self.iterated.insert(bare(&from.value).start());
            }
            _ => {}
        }
        walk_expr(self, expr);
    }

    fn visit_comprehension(&mut self, comprehension: &'a Comprehension) {
        self.iterated.insert(bare(&comprehension.iter).start());
        codemend_engine::syntax::ast::visitor::walk_comprehension(self, comprehension);
    }
}
