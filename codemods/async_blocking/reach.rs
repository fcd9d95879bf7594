//! Plain functions of the project that end in a call that blocks.
//!
//! Which names come into question the whole project says beforehand. Only calls of such a name are followed, by their
//! bindings: functions, and methods of classes that are named, or of the class that the call stands in.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use codemend_engine::facts::Facts;
use codemend_engine::message::Message;
use codemend_engine::problem::LineColumn;
use codemend_engine::semantic::{DefinitionKind, Meaning, Names, Where};
use codemend_engine::syntax::ast::helpers::ReturnStatementVisitor;
use codemend_engine::syntax::ast::visitor::Visitor;
use codemend_engine::syntax::ast::{Expr, Stmt, StmtClassDef, StmtFunctionDef};
use codemend_engine::syntax::{Ranged, TextSize};

use super::blocks::{Blocks, Looker, last_name, shown};
use super::outline::{self, REACH};
use super::sites::{Place, Sites};
use super::table::Active;
use super::wishes::Wishes;

/// How a call comes to one that blocks.
#[derive(Debug, Clone)]
pub struct Trail {
    /// Functions on the way, and the call at its end.
    pub path: Vec<String>,
    /// That call: its file, its first byte and its line there.
    pub place: (Utf8PathBuf, TextSize, usize),
    pub blocks: Blocks,
}

/// A function: its file and its place there.
type Key = (String, u32);

/// What is known of functions.
#[derive(Default)]
struct Known {
    settled: BTreeMap<Key, Option<Trail>>,
    /// Functions that are being worked out, the outermost first.
    open: Vec<Key>,
    /// Functions that lead nowhere, as far as one can see while the one at this place of `open` is open.
    pending: Vec<(Key, usize)>,
    /// The outermost open function that was met.
    met: usize,
}

impl Known {
    /// What is known of `key`; none when it has to be worked out.
    fn of(&mut self, key: &Key) -> Option<Option<Trail>> {
        if let Some(trail) = self.settled.get(key) {
            return Some(trail.clone());
        }
        let open = self.open.iter().position(|one| one == key);
        let pending = self.pending.iter().find(|(one, _)| one == key);
        let around = open.or(pending.map(|(_, around)| *around))?;
        self.met = self.met.min(around);
        Some(None)
    }

    /// Remember the `trail` of the innermost open function, below which there are pending functions from `first` on, and
    /// before which the open function `outer` had been met.
    fn close(&mut self, trail: Option<&Trail>, first: usize, outer: usize) {
        let Some(key) = self.open.pop() else {
            return;
        };
        let met = std::mem::replace(&mut self.met, outer);
        match trail {
            Some(_) => {
                self.pending.truncate(first);
                self.settled.insert(key, trail.cloned());
            }
            // Nothing around it can change that.
            None if met >= self.open.len() => {
                let below = self.pending.drain(first..).map(|(key, _)| (key, None));
                self.settled.extend(below);
                self.settled.insert(key, None);
            }
            None => {
                self.pending.push((key, met));
                self.met = outer.min(met);
            }
        }
    }
}

/// A function with its class, if it is a method, in the file of `names`.
#[derive(Clone, Copy)]
pub struct Owned<'s, 'db> {
    pub names: &'s Names<'db>,
    pub class: Option<&'s StmtClassDef>,
}

/// What a method of a class leads to.
enum Method {
    /// It is there.
    Leads(Option<Trail>),
    Absent,
    /// Nobody knows which one is meant.
    Unknown,
}

/// Follows calls of functions of the project.
pub struct Reach<'r, 'w> {
    facts: &'r Facts<'w>,
    list: Option<&'r BTreeSet<String>>,
    wishes: &'r Wishes,
    known: RefCell<Known>,
}

/// How many functions a trail may lead through.
const DEPTH: usize = 32;

/// How many bases are followed.
const BASES: usize = 8;

/// Bases that bring no methods.
const BARE: &[&str] = &[
    "abc.ABC",
    "builtins.object",
    "typing.Generic",
    "typing.Protocol",
];

impl<'r, 'w> Reach<'r, 'w> {
    /// With what the project lists.
    pub fn of(facts: &'r Facts<'w>, wishes: &'r Wishes) -> Self {
        let known = Known {
            met: usize::MAX,
            ..Known::default()
        };
        Self {
            facts,
            list: facts.gathered(&REACH),
            wishes,
            known: RefCell::new(known),
        }
    }

    /// Whether a call of `name` may lead to one that blocks.
    pub fn may(&self, name: &str) -> bool {
        let short = self.wishes.short();
        self.list.is_none_or(|list| outline::has(list, name, short))
    }

    /// `message` with the way of `trail`, which begins in `function`.
    pub fn told(&self, message: String, function: &str, trail: Trail) -> Message {
        let Trail { path, place, .. } = trail;
        let (file, start, line) = place;
        let (path, shown) = (path.join(" -> "), self.facts.shown(&file));
        Message::from(format!("{message}: {function} -> {path} ({shown}:"))
            .line(&file, start, line)
            .words(")")
    }

    /// Where a call of `callee` in a function of `own` leads to.
    pub fn follow(&self, own: Owned<'_, '_>, callee: &Expr) -> Option<Trail> {
        self.step(own, callee, DEPTH)
    }

    fn step(&self, own: Owned<'_, '_>, callee: &Expr, depth: usize) -> Option<Trail> {
        let names = own.names;
        if let Expr::Attribute(method) = callee {
            let found = match own.class.map(|class| (class, owner(&method.value))) {
                Some((class, Owner::Object)) => {
                    self.method(names, class, &method.attr, (depth, BASES))
                }
                Some((class, Owner::Super)) => {
                    self.inherited(names, class, &method.attr, (depth, BASES))
                }
                _ => self.of_class(names, &method.value, &method.attr, depth),
            };
            match found {
                Method::Leads(trail) => return trail,
                Method::Absent => return None,
                Method::Unknown => {}
            }
        }
        if !names.may_be_defined(callee) {
            return None;
        }
        let meanings = names.meanings(callee, Where::default());
        let [Meaning::Definition(definition)] = &meanings[..] else {
            return None;
        };
        let DefinitionKind::Function(function) = definition.kind() else {
            return None;
        };
        let there = Owned {
            names: definition.names(),
            class: None,
        };
        match definition.in_class_body() {
            false => self.function(there, function, depth),
            true => None,
        }
    }

    /// Where `method` of the class that `owner` names leads to.
    fn of_class(&self, names: &Names<'_>, owner: &Expr, method: &str, depth: usize) -> Method {
        if !names.may_lead_out(owner) {
            return Method::Unknown;
        }
        match &names.meanings(owner, Where::default())[..] {
            [Meaning::Definition(one)] => match one.kind() {
                DefinitionKind::Class(class) => {
                    self.method(one.names(), class, method, (depth, BASES))
                }
                _ => Method::Unknown,
            },
            _ => Method::Unknown,
        }
    }

    /// Where the method `name` of `class` leads to, its own or one that it inherits. `left` says how many functions and
    /// bases may be followed.
    fn method(
        &self,
        names: &Names<'_>,
        class: &StmtClassDef,
        name: &str,
        left: (usize, usize),
    ) -> Method {
        let own = Owned {
            names,
            class: Some(class),
        };
        match &bindings(&class.body, name)[..] {
            [] => self.inherited(names, class, name, left),
            [Stmt::FunctionDef(function)] => Method::Leads(self.function(own, function, left.0)),
            _ => Method::Unknown,
        }
    }

    /// The same of the first base of `class` that has it.
    fn inherited(
        &self,
        names: &Names<'_>,
        class: &StmtClassDef,
        name: &str,
        (depth, bases): (usize, usize),
    ) -> Method {
        let Some(bases) = bases.checked_sub(1) else {
            return Method::Unknown;
        };
        for base in class.bases() {
            let base = match base {
                Expr::Subscript(one) => &one.value,
                other => other,
            };
            if let Some(outside) = names.qualified_name(base, Where::default()) {
                match BARE.contains(&outside.as_str()) {
                    true => continue,
                    false => return Method::Unknown,
                }
            }
            let meanings = names.meanings(base, Where::default());
            let [Meaning::Definition(definition)] = &meanings[..] else {
                return Method::Unknown;
            };
            let DefinitionKind::Class(class) = definition.kind() else {
                return Method::Unknown;
            };
            match self.method(definition.names(), class, name, (depth, bases)) {
                Method::Absent => {}
                found => return found,
            }
        }
        Method::Absent
    }

    fn function(
        &self,
        own: Owned<'_, '_>,
        function: &StmtFunctionDef,
        depth: usize,
    ) -> Option<Trail> {
        let key = (own.names.path().to_owned(), function.start().to_u32());
        let (first, outer) = {
            let mut known = self.known.borrow_mut();
            if let Some(trail) = known.of(&key) {
                return trail;
            }
            let Some(depth) = depth.checked_sub(1) else {
                known.met = 0;
                return None;
            };
            known.open.push(key);
            let outer = std::mem::replace(&mut known.met, usize::MAX);
            (known.pending.len(), (outer, depth))
        };
        let (outer, depth) = outer;
        let trail = match runs_when_called(own.names, function) {
            true => self.inside(own, function, depth),
            false => None,
        };
        let mut known = self.known.borrow_mut();
        known.close(trail.as_ref(), first, outer);
        trail
    }

    fn inside(
        &self,
        own: Owned<'_, '_>,
        function: &StmtFunctionDef,
        depth: usize,
    ) -> Option<Trail> {
        let names = own.names;
        let text = names.whole_text();
        let sites = Sites::of(function);
        let active = Active::of(&text);
        let looker = Looker::of(names, &active, self.wishes, &sites, own.class);
        for site in &sites.calls {
            let Some(last) = last_name(&site.call.func) else {
                continue;
            };
            let blocks = looker.look(site, last);
            if let Some(blocks) = blocks.filter(|it| !matches!(it, Blocks::Idle(_))) {
                let start = site.call.start();
                let line = LineColumn::of(&text, start.to_usize()).line;
                let called = shown(&site.call.func);
                return Some(Trail {
                    path: vec![function.name.to_string(), called],
                    place: (names.path().into(), start, line),
                    blocks,
                });
            }
            if site.place == Place::Awaited || !self.may(last) || sites.has_inner(last) {
                continue;
            }
            if let Some(mut trail) = self.step(own, &site.call.func, depth) {
                trail.path.insert(0, function.name.to_string());
                return Some(trail);
            }
        }
        None
    }
}

/// Whose method is called.
enum Owner {
    /// The object's own, or that of its class.
    Object,
    Super,
    Other,
}

fn owner(value: &Expr) -> Owner {
    let is = |expr: &Expr, name: &str| matches!(expr, Expr::Name(it) if it.id == name);
    match value {
        Expr::Name(_) if is(value, "self") || is(value, "cls") => Owner::Object,
        Expr::Call(call) if is(&call.func, "super") && call.arguments.is_empty() => Owner::Super,
        _ => Owner::Other,
    }
}

/// The statements of the `body` of a class that bind `name`.
fn bindings<'c>(body: &'c [Stmt], name: &str) -> Vec<&'c Stmt> {
    let is_it = |target: &Expr| matches!(target, Expr::Name(it) if it.id == name);
    let binds = |statement: &&Stmt| match statement {
        Stmt::FunctionDef(one) => one.name.as_str() == name,
        Stmt::ClassDef(one) => one.name.as_str() == name,
        Stmt::Assign(one) => one.targets.iter().any(is_it),
        Stmt::AnnAssign(one) => is_it(&one.target),
        _ => false,
    };
    body.iter().filter(binds).collect()
}

/// Decorators below which a call of the function still runs its body, and at once.
const TRANSPARENT: &[&str] = &[
    "builtins.classmethod",
    "builtins.staticmethod",
    "functools.cache",
    "functools.lru_cache",
    "typing.final",
    "typing.no_type_check",
    "typing.override",
];

/// Whether a call of `function` runs its body there and then.
fn runs_when_called(names: &Names<'_>, function: &StmtFunctionDef) -> bool {
    let transparent = function.decorator_list.iter().all(|decorator| {
        let made = match &decorator.expression {
            Expr::Call(call) => &*call.func,
            other => other,
        };
        let name = names.qualified_name(made, Where::default());
        name.is_some_and(|name| TRANSPARENT.contains(&name.as_str()))
    });
    let mut returns = ReturnStatementVisitor::default();
    returns.visit_body(&function.body);
    transparent && !function.is_async && !returns.is_generator
}
