//! Plain functions of the project that end in a call that blocks.
//!
//! Which names come into question the whole project says beforehand: those of functions in which such a call may stand,
//! of functions that call one of these, and so on. Only calls of such a name are followed, by their bindings.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use codemend_engine::codemod::Gathering;
use codemend_engine::facts::Facts;
use codemend_engine::module::Module;
use codemend_engine::semantic::{DefinitionKind, Meaning, Names, Where};
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::helpers::ReturnStatementVisitor;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, Stmt, StmtClassDef, StmtFunctionDef};

use super::blocks::{Blocks, Looker, Wishes, last_name, shown};
use super::sites::{Place, Sites};
use super::table::Table;

/// Names of functions that may end in a call that blocks.
pub const REACH: Gathering = Gathering {
    key: "async-blocking/reach",
    may: |text| text.contains("def "),
    list: calls_by_function,
    fold: closure,
};

/// Stands for a call that may block, in a list of calls.
const BLOCKS: &str = "!";

/// For each plain function its name and the names that it calls, with spaces between.
fn calls_by_function(module: &Module<'_>) -> Vec<String> {
    let mut outline = Outline {
        module,
        open: Vec::new(),
        imported: HashSet::new(),
        lines: Vec::new(),
    };
    outline.visit_body(module.suite());
    outline.lines
}

struct Outline<'m, 'a> {
    module: &'m Module<'a>,
    /// What the functions around call; none for a coroutine.
    open: Vec<Option<BTreeSet<String>>>,
    imported: HashSet<String>,
    lines: Vec<String>,
}

impl Outline<'_, '_> {
    fn note(&mut self, name: &str) {
        if let Some(Some(calls)) = self.open.last_mut() {
            calls.insert(name.to_owned());
        }
    }

    fn call(&mut self, callee: &Expr) {
        let Some(last) = last_name(callee) else {
            return;
        };
        let text = self.module.text();
        let table = Table::shipped();
        let member = match callee {
            Expr::Name(_) => self.module.member_of(last),
            _ => last,
        };
        if member == "sleep"
            || table.may_be_function(member, text)
            || callee.is_attribute_expr() && table.may_be_method(last, text)
        {
            self.note(BLOCKS);
        }
        match callee {
            Expr::Name(_) => self.note(last),
            Expr::Attribute(attribute) => {
                let mut root = &*attribute.value;
                while let Expr::Attribute(inner) = root {
                    root = &inner.value;
                }
                let is_known = |name: &str| name == "self" || self.imported.contains(name);
                if matches!(root, Expr::Name(name) if is_known(&name.id)) {
                    self.note(last);
                }
            }
            _ => {}
        }
    }
}

impl<'a> Visitor<'a> for Outline<'_, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                self.open.push((!function.is_async).then(BTreeSet::new));
                walk_stmt(self, statement);
                if let Some(Some(calls)) = self.open.pop()
                    && !calls.is_empty()
                {
                    let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
                    self.lines
                        .push(format!("{} {}", function.name, calls.join(" ")));
                }
                return;
            }
            Stmt::Import(one) => {
                for alias in &one.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    let name = name.split('.').next().unwrap_or_default();
                    self.imported.insert(name.to_owned());
                }
            }
            Stmt::ImportFrom(one) => {
                for alias in &one.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    self.imported.insert(name.to_string());
                    if name != &alias.name {
                        self.lines.push(format!("{name} {}", alias.name));
                    }
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && !self.open.is_empty()
        {
            self.call(&call.func);
        }
        walk_expr(self, expr);
    }
}

/// The names from which one comes to a call that may block, by `lines` of a name and the names that it calls.
fn closure(lines: BTreeSet<String>) -> BTreeSet<String> {
    let mut callers: HashMap<&str, Vec<&str>> = HashMap::new();
    for line in &lines {
        let mut words = line.split(' ');
        let name = words.next().unwrap_or_default();
        for callee in words {
            callers.entry(callee).or_default().push(name);
        }
    }
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    let mut open = vec![BLOCKS];
    while let Some(name) = open.pop() {
        for caller in callers.get(name).into_iter().flatten() {
            if reached.insert(caller) {
                open.push(caller);
            }
        }
    }
    reached.into_iter().map(str::to_owned).collect()
}

/// How a call comes to one that blocks.
#[derive(Debug, Clone)]
pub struct Trail {
    /// Functions on the way, and the call at its end.
    pub path: Vec<String>,
    /// The file and the line of that call.
    pub place: String,
    pub blocks: Blocks,
}

/// Follows calls of functions of the project.
pub struct Reach<'r, 'w> {
    facts: &'r Facts<'w>,
    names: Option<&'r BTreeSet<String>>,
    wishes: &'r Wishes,
    /// By file and place; none while it is being worked out.
    known: RefCell<BTreeMap<(String, u32), Option<Trail>>>,
}

/// How many functions a trail may lead through.
const DEPTH: usize = 32;

impl<'r, 'w> Reach<'r, 'w> {
    /// With what the project lists.
    pub fn of(facts: &'r Facts<'w>, wishes: &'r Wishes) -> Self {
        Self {
            facts,
            names: facts.gathered(&REACH),
            wishes,
            known: RefCell::default(),
        }
    }

    /// Whether a call of `name` may lead to one that blocks.
    pub fn may(&self, name: &str) -> bool {
        self.names.is_none_or(|names| names.contains(name))
    }

    /// Where a call of `callee` leads to, in a file whose names are `names`, in a method of `class` or none.
    pub fn follow(
        &self,
        names: &Names<'_>,
        callee: &Expr,
        class: Option<&StmtClassDef>,
    ) -> Option<Trail> {
        self.step(names, callee, class, DEPTH)
    }

    fn step(
        &self,
        names: &Names<'_>,
        callee: &Expr,
        class: Option<&StmtClassDef>,
        depth: usize,
    ) -> Option<Trail> {
        if let Expr::Attribute(method) = callee
            && matches!(&*method.value, Expr::Name(owner) if owner.id == "self")
            && let Some(class) = class
        {
            let function = method_of(class, &method.attr)?;
            return self.function(names, function, Some(class), depth);
        }
        let meanings = names.meanings(callee, Where::default());
        let [Meaning::Definition(definition)] = &meanings[..] else {
            return None;
        };
        let DefinitionKind::Function(function) = definition.kind() else {
            return None;
        };
        match definition.is_at_module_level() {
            true => self.function(definition.names(), function, None, depth),
            false => None,
        }
    }

    fn function(
        &self,
        names: &Names<'_>,
        function: &StmtFunctionDef,
        class: Option<&StmtClassDef>,
        depth: usize,
    ) -> Option<Trail> {
        let depth = depth.checked_sub(1)?;
        let key = (names.path().to_owned(), function.start().to_u32());
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        self.known.borrow_mut().insert(key.clone(), None);
        let trail = match runs_when_called(names, function) {
            true => self.inside(names, function, class, depth),
            false => None,
        };
        self.known.borrow_mut().insert(key, trail.clone());
        trail
    }

    fn inside(
        &self,
        names: &Names<'_>,
        function: &StmtFunctionDef,
        class: Option<&StmtClassDef>,
        depth: usize,
    ) -> Option<Trail> {
        let text = names.whole_text();
        let sites = Sites::of(function);
        let looker = Looker::of(names, &text, self.wishes, &sites, class);
        for site in &sites.calls {
            let Some(last) = last_name(&site.call.func) else {
                continue;
            };
            let blocks = looker.look(site, last);
            if let Some(blocks) = blocks.filter(|it| !matches!(it, Blocks::Idle)) {
                let line = text[..site.call.start().to_usize()].lines_before() + 1;
                let file = self.facts.shown(names.path().into());
                let called = shown(&site.call.func);
                return Some(Trail {
                    path: vec![function.name.to_string(), called],
                    place: format!("{file}:{line}"),
                    blocks,
                });
            }
            if site.place == Place::Awaited || !self.may(last) || sites.has_inner(last) {
                continue;
            }
            if let Some(mut trail) = self.step(names, &site.call.func, class, depth) {
                trail.path.insert(0, function.name.to_string());
                return Some(trail);
            }
        }
        None
    }
}

/// Counts lines.
trait LinesBefore {
    fn lines_before(&self) -> usize;
}

impl LinesBefore for str {
    fn lines_before(&self) -> usize {
        let breaks = self.matches('\n').count();
        let old = self.matches('\r').count() - self.matches("\r\n").count();
        breaks + old
    }
}

fn method_of<'c>(class: &'c StmtClassDef, name: &str) -> Option<&'c StmtFunctionDef> {
    let mut methods = class.body.iter().filter_map(|statement| match statement {
        Stmt::FunctionDef(method) if method.name.as_str() == name => Some(method),
        _ => None,
    });
    let first = methods.next()?;
    methods.next().is_none().then_some(first)
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::closure;

    #[test]
    fn names_lead_to_what_blocks() {
        let lines = [
            "fetch backoff log",
            "backoff !",
            "log print",
            "refresh fetch",
            "a b",
            "b a",
        ];
        let lines: BTreeSet<String> = lines.map(str::to_owned).into();
        let reached = closure(lines);
        let reached: Vec<&str> = reached.iter().map(String::as_str).collect();
        assert_eq!(reached, ["backoff", "fetch", "refresh"]);
    }
}
