//! Plain functions of the project that end in a call that blocks.
//!
//! Which names come into question the whole project says beforehand: those of functions in which such a call may stand,
//! of functions that call one of these, and so on. Only calls of such a name are followed, by their bindings.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use codemend_engine::codemod::{Gathering, List};
use codemend_engine::facts::Facts;
use codemend_engine::imports::import_lists;
use codemend_engine::semantic::{DefinitionKind, Meaning, Names, Where};
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::helpers::ReturnStatementVisitor;
use codemend_engine::syntax::ast::visitor::Visitor;
use codemend_engine::syntax::ast::{Expr, Stmt, StmtClassDef, StmtFunctionDef};

use super::blocks::{Blocks, Looker, Wishes, last_name, shown};
use super::sites::{Place, Sites};
use super::table::Active;

/// Names of functions that may end in a call that blocks.
pub const REACH: Gathering = Gathering {
    key: "async-blocking/reach",
    may: |text| text.contains("def "),
    list: List::OfText(calls_by_function),
    fold: closure,
};

/// Stands for a call that may block, in a list of calls.
const BLOCKS: &str = "!";

/// For each function its name and the names that it calls, with spaces between: by the words alone, so that strings and
/// comments count, and what follows an inner function counts for that too.
fn calls_by_function(text: &str) -> Vec<String> {
    let active = Active::of(text);
    let mut outline = Outline {
        imported: imported(text),
        ..Outline::default()
    };
    for line in text.split(['\n', '\r']) {
        let code = line.trim_start_matches([' ', '\t', '\x0c']);
        let indent = line.len() - code.len();
        let code = code.strip_prefix("async ").map_or(code, str::trim_start);
        if let Some(rest) = code.strip_prefix("def ") {
            let name = rest.trim_start();
            let end = name.find(|c: char| !is_part(c)).unwrap_or(name.len());
            outline.open(indent, &name[..end]);
        }
        outline.renamed(code);
        outline.calls(code, &active);
    }
    outline.close(0);
    outline.lines
}

/// The words behind `import`.
fn imported(text: &str) -> HashSet<&str> {
    let lists = import_lists(text);
    let words = lists.flat_map(|(_, list)| list.split(|c: char| !is_part(c)));
    words.filter(|word| !word.is_empty()).collect()
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A function that is open: its column, its name, and what it calls.
type Open<'t> = (usize, &'t str, BTreeSet<&'t str>);

#[derive(Default)]
struct Outline<'t> {
    /// Words in imports.
    imported: HashSet<&'t str>,
    open: Vec<Open<'t>>,
    lines: Vec<String>,
}

impl<'t> Outline<'t> {
    fn open(&mut self, indent: usize, name: &'t str) {
        self.close(indent);
        self.open.push((indent, name, BTreeSet::new()));
    }

    /// Close what stands at the column `indent` or farther in.
    fn close(&mut self, indent: usize) {
        while self.open.last().is_some_and(|(at, ..)| *at >= indent) {
            let Some((_, name, calls)) = self.open.pop() else {
                return;
            };
            if !calls.is_empty() {
                let calls: Vec<&str> = calls.into_iter().collect();
                self.lines.push(format!("{name} {}", calls.join(" ")));
            }
        }
    }

    /// Names that an import gives to others: a call of one is a call of the other.
    fn renamed(&mut self, code: &'t str) {
        for (at, word) in code.match_indices(" as ") {
            let before = code[..at].rsplit(|c: char| !is_part(c)).next();
            let behind = code[at + word.len()..].trim_start();
            let behind = behind.split(|c: char| !is_part(c)).next();
            if let (Some(member), Some(name)) = (before, behind)
                && !member.is_empty()
                && !name.is_empty()
            {
                self.lines.push(format!("{name} {member}"));
            }
        }
    }

    fn calls(&mut self, code: &'t str, active: &Active) {
        for (at, _) in code.match_indices('(') {
            let head = code[..at].trim_end();
            let start = head.rfind(|c: char| !is_part(c));
            let start = start.map_or(0, |it| {
                it + head[it..].chars().next().map_or(1, char::len_utf8)
            });
            let name = &head[start..];
            if name.is_empty() {
                continue;
            }
            let is_method = head[..start].ends_with('.');
            let blocks =
                name == "sleep" || active.is_function(name) || is_method && active.is_method(name);
            let root = head[..start]
                .rsplit(|c: char| !is_part(c) && c != '.')
                .next();
            let root = root.and_then(|chain| chain.split('.').next());
            // What is called on a value is not followed, but for `self`.
            let is_followed =
                !is_method || root.is_some_and(|it| it == "self" || self.imported.contains(it));
            for (_, _, calls) in &mut self.open {
                if is_followed {
                    calls.insert(name);
                }
                if blocks {
                    calls.insert(BLOCKS);
                }
            }
        }
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
        let active = Active::of(&text);
        let looker = Looker::of(names, &active, self.wishes, &sites, class);
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

    use super::{calls_by_function, closure};

    #[test]
    fn calls_are_listed_by_function() {
        let text = "import time as t\ndef a():\n    def b(): t.sleep(1)\n    c ()\nasync def d():\n    e()\n";
        let lines = calls_by_function(text);
        assert_eq!(
            lines,
            ["t time", "b ! b c sleep", "a ! a b c sleep", "d d e"]
        );
    }

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
