//! Locks of threads that are held where a call stands.
//!
//! While a coroutine waits, another task of the same thread may ask for the lock. It then blocks the loop, and the first
//! one never gets back to release it.

use codemend_engine::codemod::{Gathering, List};
use codemend_engine::facts::Facts;
use codemend_engine::module::Module;
use codemend_engine::syntax::ast::statement_visitor::{StatementVisitor, walk_stmt};
use codemend_engine::syntax::ast::{Expr, ExprCall, Stmt, StmtFunctionDef, UnaryOp};
use codemend_engine::syntax::{Ranged, TextRange};

use super::blocks::last_name;
use super::bodies::functions;
use super::holds::Holds;
use super::sites::{Place, Site, Sites};

/// Whether the project has threads, and so locks of them.
pub const THREADS: Gathering = Gathering {
    key: "async-blocking/threads",
    may: |text| text.contains("threading") || text.contains("multiprocessing"),
    list: List::OfText(|text| {
        let words = ["import threading", "import multiprocessing"];
        let from = ["from threading ", "from multiprocessing"];
        let mut all = words.iter().chain(&from);
        let has = all.any(|words| text.contains(words));
        has.then(|| "threads".to_owned()).into_iter().collect()
    }),
    fold: std::convert::identity,
};

/// The lock that is held at `site`, one of `sites` of `function`, as it is written. With `threads` the project has some.
pub fn held<'m>(
    module: &'m Module<'_>,
    function: &StmtFunctionDef,
    sites: &Sites<'_>,
    site: &Site<'_>,
    threads: Threads,
) -> Option<&'m str> {
    let holds = Holds {
        names: module.names(),
        function: Some(function),
        threads,
    };
    let around = site.within.iter().find(|context| holds.is_lock(context));
    if let Some(lock) = around {
        return Some(module.slice(lock.range()));
    }
    let by_function = || taken_by_function(module, sites, site);
    let by_call = sites.calls.iter().find_map(|one| {
        let is_before = one.call.start() < site.call.start() && one.place == Place::Body;
        let (lock, taken) = taken(one).filter(|_| is_before)?;
        if is_refused(function, one.call, site.call) {
            return None;
        }
        let text = module.slice(lock.range());
        let is_held = match taken {
            Taken::ByStack(stack) => is_open(sites, site, stack),
            Taken::ByHand => !is_free_again(module, sites, one, site, text),
        };
        (is_held && holds.is_lock(lock)).then_some(text)
    });
    by_call.or_else(by_function)
}

/// The call before `site` of a function of the file that takes a lock and does not give it back, when no call between
/// them does.
fn taken_by_function<'m>(
    module: &'m Module<'_>,
    sites: &Sites<'_>,
    site: &Site<'_>,
) -> Option<&'m str> {
    if !module.text().contains(".acquire(") {
        return None;
    }
    let before = |one: &&Site<'_>| one.call.start() < site.call.start() && one.place == Place::Body;
    let mut held = None;
    for one in sites.calls.iter().filter(before) {
        let Some(name) = last_name(&one.call.func) else {
            continue;
        };
        if PAIRS
            .iter()
            .any(|(take, leave)| name == *take || name == *leave)
        {
            continue;
        }
        let bodies = functions(module.suite(), name);
        let calls = |method: &str| {
            let call = format!(".{method}(");
            bodies
                .iter()
                .any(|it| module.slice(it.range()).contains(&call))
        };
        match (calls("acquire"), calls("release")) {
            (true, false) => held = Some(module.slice(one.call.range())),
            (_, true) => held = None,
            (false, false) => {}
        }
    }
    held
}

/// Where the project has locks of threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threads {
    /// In this file.
    Here,
    Elsewhere,
    None,
}

/// Who has threads, as far as one can see.
pub fn threads(module: &Module<'_>, facts: &Facts<'_>) -> Threads {
    let listed = facts
        .gathered(&THREADS)
        .is_some_and(|list| !list.is_empty());
    match (THREADS.may)(module.text()) {
        true => Threads::Here,
        false if listed => Threads::Elsewhere,
        false => Threads::None,
    }
}

/// Whether `at` stands where `acquire` did not get the lock: `while not lock.acquire(blocking=False):`
fn is_refused(function: &StmtFunctionDef, acquire: &ExprCall, at: &ExprCall) -> bool {
    let mut branches = Branches {
        acquire,
        at: at.range(),
        found: false,
    };
    branches.visit_body(&function.body);
    branches.found
}

struct Branches<'a> {
    acquire: &'a ExprCall,
    at: TextRange,
    found: bool,
}

impl<'a> StatementVisitor<'a> for Branches<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let (test, body) = match statement {
            Stmt::While(one) => (&one.test, &one.body),
            Stmt::If(one) => (&one.test, &one.body),
            _ => return walk_stmt(self, statement),
        };
        let is_negated = matches!(&**test, Expr::UnaryOp(not)
            if not.op == UnaryOp::Not && not.operand.range() == self.acquire.range());
        let holds = |one: &Stmt| one.range().contains_range(self.at);
        self.found |= is_negated && body.iter().any(holds);
        walk_stmt(self, statement);
    }
}

/// How a lock is taken by a call.
#[derive(Clone, Copy)]
enum Taken<'a> {
    /// Until it is given back.
    ByHand,
    /// By this `ExitStack`.
    ByStack(&'a Expr),
}

const PAIRS: [(&str, &str); 2] = [("acquire", "release"), ("__enter__", "__exit__")];

/// What the call at `site` takes, and for how long.
fn taken<'a>(site: &Site<'a>) -> Option<(&'a Expr, Taken<'a>)> {
    let method = site.call.func.as_attribute_expr()?;
    if method.attr.as_str() == "enter_context" {
        let lock = site.call.arguments.args.first()?;
        return Some((lock, Taken::ByStack(&method.value)));
    }
    let takes = PAIRS.iter().any(|(take, _)| method.attr.as_str() == *take);
    takes.then_some((&*method.value, Taken::ByHand))
}

/// Whether `site` stands in the `with` that opens `stack`, or nobody knows when the stack is closed.
fn is_open(sites: &Sites<'_>, site: &Site<'_>, stack: &Expr) -> bool {
    let Expr::Name(name) = stack else {
        return true;
    };
    let opened = sites.bound.get(name.id.as_str());
    opened.is_none_or(|context| {
        let mut within = site.within.iter();
        within.any(|one| one.range() == context.range())
    })
}

/// Whether the lock `text`, taken at `one`, is given back between there and `site`.
fn is_free_again(
    module: &Module<'_>,
    sites: &Sites<'_>,
    one: &Site<'_>,
    site: &Site<'_>,
    text: &str,
) -> bool {
    let mut between = 0_usize;
    let (mut releases, mut takes) = (0_usize, 0_usize);
    for other in &sites.calls {
        let Expr::Attribute(method) = &*other.call.func else {
            continue;
        };
        let name = method.attr.as_str();
        let leaves = PAIRS.iter().any(|(_, leave)| name == *leave);
        let takes_it = PAIRS.iter().any(|(take, _)| name == *take);
        if !(leaves || takes_it) || module.slice(method.value.range()) != text {
            continue;
        }
        let at = other.call.start();
        if at > site.call.start() {
            releases += usize::from(leaves);
            takes += usize::from(takes_it);
        } else if at > one.call.start() {
            between += usize::from(leaves);
        }
    }
    // A release on one branch, and another one below of the call: on the other branch it is still held.
    between > 0 && releases <= takes
}
