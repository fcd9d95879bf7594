//! A function, studied statement by statement: what its local names hold, and what it returns on each path.
//!
//! Both arms of a branch are followed and meet again. A loop is followed until nothing new turns up. A handler starts
//! from anything that its `try` may have left. So a dict that gains a key under a condition is known as exactly that.

use std::collections::{BTreeMap, BTreeSet};

use codemend_engine::semantic::Names;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, Stmt, StmtFunctionDef};

use super::shape::Shape;
use super::value::{Fact, Locals};
use super::world::World;

/// A function under study, or the module level when only an expression of it is asked for.
pub(super) struct Study<'a, 'db> {
    pub(super) world: &'a World<'a, 'db>,
    /// The names of the file that the function stands in.
    pub(super) names: &'a Names<'db>,
    pub(super) locals: Locals<'db>,
    pub(super) returned: Vec<Fact<'db>>,
    pub(super) yielded: Vec<Fact<'db>>,
    /// Names that inner functions use.
    captured: BTreeSet<String>,
    /// Names that an inner function may bind, or that are not the function's own.
    foreign: BTreeSet<String>,
    pub(super) loops: Vec<Exits<'db>>,
    /// For each `try` around: everything that may hold when something is raised in it.
    pub(super) tries: Vec<Locals<'db>>,
    /// Names that comprehensions around the expression bind.
    pub(super) inner: Vec<Inside<'db>>,
    /// How many calls may still be followed.
    pub(super) depth: usize,
    /// Parameters, and whether a library made what they hold, by their annotations.
    pub(super) of_library: BTreeMap<String, bool>,
}

/// A name that a comprehension binds.
pub(super) struct Inside<'db> {
    pub(super) name: String,
    pub(super) fact: Fact<'db>,
    /// A model that nobody has had in hands since it was validated.
    pub(super) pristine: bool,
}

/// Where a loop is left.
#[derive(Default)]
pub(super) struct Exits<'db> {
    pub(super) breaks: Vec<Locals<'db>>,
    pub(super) continues: Vec<Locals<'db>>,
}

impl<'a, 'db> Study<'a, 'db> {
    pub(super) fn new(world: &'a World<'a, 'db>, names: &'a Names<'db>, depth: usize) -> Self {
        Self {
            world,
            names,
            locals: Locals::default(),
            returned: Vec::new(),
            yielded: Vec::new(),
            captured: BTreeSet::new(),
            foreign: BTreeSet::new(),
            loops: Vec::new(),
            tries: Vec::new(),
            inner: Vec::new(),
            depth,
            of_library: BTreeMap::new(),
        }
    }

    /// Follow `function`, whose parameters are bound already. What falls off the end returns `None`.
    pub(super) fn function(&mut self, function: &StmtFunctionDef) {
        let mut inner = Inner::default();
        inner.visit_body(&function.body);
        if inner.reflects {
            let reason = "the function looks at its own names, or runs text";
            self.returned.push(Fact::unknown(reason));
        }
        self.captured = inner.used;
        self.foreign = inner.foreign;
        self.block(&function.body);
        if !self.locals.dead {
            let fact = Fact::shown(Shape::None);
            self.returned.push(fact);
        }
    }

    /// Everything that the function returns, joined.
    pub(super) fn result(self) -> Fact<'db> {
        Fact::join_all(self.returned)
    }

    pub(super) fn block(&mut self, body: &[Stmt]) {
        self.note_state();
        for statement in body {
            if self.locals.dead {
                break;
            }
            if !self.world.burn() {
                let reason = "the function is too long to follow".to_owned();
                self.returned.push(Fact::unknown(reason));
                self.locals.dead = true;
                break;
            }
            self.statement(statement);
            self.note_state();
        }
    }

    /// What holds now may be what a handler around starts with.
    pub(super) fn note_state(&mut self) {
        if self.locals.dead {
            return;
        }
        for around in &mut self.tries {
            let known = std::mem::take(around);
            *around = known.join(self.locals.clone());
        }
    }

    /// What the local `name` holds. `None` when it is no local of the function.
    pub(super) fn local(&self, name: &str) -> Option<Fact<'db>> {
        let inner = self.inner.iter().rev().find(|one| one.name == name);
        if let Some(inner) = inner {
            return Some(inner.fact.clone());
        }
        if self.foreign.contains(name) {
            return Some(Fact::unknown(format!("`{name}` is set in another scope")));
        }
        let binding = self.locals.names.get(name)?;
        if binding.fact.shape.is_mutable() && self.captured.contains(name) {
            return Some(Fact::unknown(format!(
                "`{name}` is used in an inner function, which may change it"
            )));
        }
        Some(binding.fact.clone())
    }

    /// Return `value` here.
    pub(super) fn give_back(&mut self, value: Option<&Expr>) {
        let in_other_hands = self.captured.iter().any(|name| {
            let binding = self.locals.names.get(name);
            binding.is_some_and(|binding| binding.shared || binding.fact.shape.is_mutable())
        });
        if in_other_hands && self.locals.share() {
            self.spoil("an object that an inner function has");
        }
        let fact = match value {
            Some(value) => {
                self.scan(value, super::scan::Use::Hold);
                self.eval(value)
            }
            None => Fact::shown(Shape::None),
        };
        self.returned.push(fact);
        self.locals.dead = true;
    }

    /// Something is changed that may be a part of anything that two names hold: these are no longer known.
    pub(super) fn spoil(&mut self, name: &str) {
        for (own, binding) in &mut self.locals.names {
            if !binding.shared && !binding.parts_shared {
                continue;
            }
            binding.touched = true;
            let again = self.world.is_first_generation();
            let is_model = matches!(binding.fact.shape, Shape::Model(_));
            if binding.fact.shape.is_mutable() || (is_model && again) {
                binding.lost = true;
                binding.fact = Fact::unknown(match own == name {
                    true => format!("`{own}` may be changed while another name holds it"),
                    false => format!("`{own}` may be changed through `{name}`"),
                });
            }
        }
    }
}

/// The names that inner functions, lambdas and classes use or bind.
#[derive(Default)]
struct Inner {
    used: BTreeSet<String>,
    foreign: BTreeSet<String>,
    depth: usize,
    /// `locals()`, `exec()` and the like.
    reflects: bool,
}

impl<'a> Visitor<'a> for Inner {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Global(global) => {
                self.foreign
                    .extend(global.names.iter().map(ToString::to_string));
            }
            Stmt::Nonlocal(nonlocal) => {
                self.foreign
                    .extend(nonlocal.names.iter().map(ToString::to_string));
            }
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {
                self.depth += 1;
                walk_stmt(self, statement);
                self.depth -= 1;
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr {
            let reflecting = ["exec", "eval", "locals", "vars", "globals"];
            self.reflects |= reflecting.contains(&name.id.as_str());
        }
        match expr {
            Expr::Name(name) if self.depth > 0 => {
                self.used.insert(name.id.to_string());
            }
            Expr::Lambda(_) => {
                self.depth += 1;
                walk_expr(self, expr);
                self.depth -= 1;
            }
            _ => walk_expr(self, expr),
        }
    }
}

/// The name at the root of `a.b[c].d`.
pub(super) fn root(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => root(&attribute.value),
        Expr::Subscript(subscript) => root(&subscript.value),
        Expr::Call(call) => root(&call.func),
        Expr::Await(waiting) => root(&waiting.value),
        _ => None,
    }
}
