//! Bodies that are meant to be left by an exception that is no `Exception`: Ctrl-C, `sys.exit`, a closed generator.
//!
//! `except Exception:` would let it through, and whether that is wanted cannot be read off the code.

use codemend_engine::flow::is_endless;
use codemend_engine::module::Module;
use codemend_engine::semantic::Where;
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, ExprCall, Stmt};

use super::clause::Clause;
use super::exits::{EXITS, called, counts_on, is_base_only, owner, raised_by};

/// Functions that run until the program is interrupted, or wait for a person.
const LOOPS: &[&str] = &[
    "aiohttp.web.run_app",
    "anyio.run",
    "asyncio.run",
    "builtins.input",
    "getpass.getpass",
    "hypercorn.run",
    "signal.pause",
    "signal.sigwait",
    "sys.stdin.read",
    "sys.stdin.readline",
    "trio.run",
    "uvicorn.run",
    "waitress.serve",
];

/// Methods of servers, event loops and consumers that do, whatever they are called on.
const LOOPING_METHODS: &[&str] = &[
    "cmdloop",
    "infinity_polling",
    "mainloop",
    "run_forever",
    "run_polling",
    "run_until_complete",
    "serve_forever",
    "start_consuming",
    "start_polling",
];

/// Classes whose `run` does.
const APPLICATIONS: &[&str] = &["flask.Flask", "sanic.Sanic", "bottle.Bottle"];

/// Exceptions of libraries that derive from `BaseException` alone, and what raises them.
const OUTCOMES: &[&str] = &[
    "_pytest.outcomes",
    "asyncio.CancelledError",
    "asyncio.exceptions.CancelledError",
    "eventlet.Timeout",
    "eventlet.timeout.Timeout",
    "gevent.GreenletExit",
    "gevent.Timeout",
    "gevent.timeout.Timeout",
    "gevent.timeout.with_timeout",
    "gevent.with_timeout",
    "pytest.deprecated_call",
    "pytest.exit",
    "pytest.fail",
    "pytest.importorskip",
    "pytest.outcomes",
    "pytest.raises",
    "pytest.skip",
    "pytest.warns",
    "pytest.xfail",
    "trio.Cancelled",
];

/// How many names an exception that is raised may go by.
const ALIASES: usize = 3;

/// Why the body of `clause` is left by something that is no `Exception`, if it is.
pub fn reason(module: &Module<'_>, clause: &Clause<'_>) -> Option<String> {
    let mut finder = Finder {
        module,
        found: None,
    };
    finder.visit_body(&clause.attempt.body);
    finder.found.or_else(|| started_before(module, clause))
}

/// Whether `body` holds a `yield` of its own.
pub fn yields(body: &[Stmt]) -> bool {
    let mut finder = Yields(false);
    finder.visit_body(body);
    finder.0
}

/// `timeout = gevent.Timeout(5)` above the `try` goes off in it.
fn started_before(module: &Module<'_>, clause: &Clause<'_>) -> Option<String> {
    let mut timeouts = Timeouts {
        module,
        found: None,
    };
    let above = clause.function_body().iter();
    for statement in above.take_while(|one| one.start() < clause.start()) {
        timeouts.visit_stmt(statement);
    }
    timeouts.found
}

struct Finder<'m, 'a> {
    module: &'m Module<'a>,
    found: Option<String>,
}

impl Finder<'_, '_> {
    fn find(&mut self, reason: impl Into<String>) {
        self.found.get_or_insert_with(|| reason.into());
    }

    /// A function of the project that raises it.
    fn followed(&mut self, call: &ExprCall) {
        let raised = raised_by(self.module.names(), call);
        if let Some(class) = raised {
            let text = one_line(self.module.slice(call.range()));
            self.find(format!(
                "`{text}` raises `{class}`, which is no `Exception`"
            ));
        }
    }

    fn call(&mut self, call: &ExprCall) {
        self.followed(call);
        let name = called(self.module.names(), &call.func);
        let text = || one_line(self.module.slice(call.func.range()));
        match name.as_deref() {
            Some(name) if EXITS.contains(&name) => {
                return self.find(format!("the try body calls `{}`", text()));
            }
            Some(name) if LOOPS.contains(&name) => {
                return self.find(format!("the try body runs `{}`, which Ctrl-C ends", text()));
            }
            _ => {}
        }
        let Expr::Attribute(method) = &*call.func else {
            return;
        };
        let is_one_of = |classes: &[&str]| {
            let class = owner(self.module.names(), &method.value);
            class.is_some_and(|class| classes.contains(&class.as_str()))
        };
        match method.attr.as_str() {
            "parse_args" | "parse_known_args" => {
                self.find(format!("the try body calls `{}`, which exits", text()));
            }
            name if LOOPING_METHODS.contains(&name) => {
                self.find(format!("the try body runs `{}`, which Ctrl-C ends", text()));
            }
            "error" | "exit" if is_one_of(&["argparse.ArgumentParser"]) => {
                self.find(format!("the try body calls `{}`, which exits", text()));
            }
            "run" if is_one_of(APPLICATIONS) => {
                self.find(format!("the try body runs `{}`, which Ctrl-C ends", text()));
            }
            _ => {}
        }
    }

    fn raise(&mut self, raised: &Expr) {
        if is_base_only(self.module.names(), raised, ALIASES) {
            let text = one_line(self.module.slice(raised.range()));
            self.find(format!(
                "the try body raises `{text}`, which is no `Exception`"
            ));
        }
    }

    fn outcome(&mut self, expr: &Expr) {
        let name = match expr {
            Expr::Name(name) if name.ctx.is_load() => expr,
            Expr::Attribute(attribute) if attribute.ctx.is_load() => expr,
            _ => return,
        };
        let Some(qualified) = self.module.names().qualified_name(name, Where::default()) else {
            return;
        };
        if is_outcome(&qualified) {
            let text = one_line(self.module.slice(expr.range()));
            self.find(format!(
                "the try body uses `{text}`, which raises what is no `Exception`"
            ));
        }
    }
}

impl<'a> Visitor<'a> for Finder<'_, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            Stmt::While(turn) if is_endless(turn) => {
                self.find("the try body is an endless loop, which Ctrl-C ends");
            }
            Stmt::For(each) if counts_on(self.module.names(), each) => {
                self.find("the try body is an endless loop, which Ctrl-C ends");
            }
            Stmt::Raise(raise) => {
                if let Some(raised) = &raise.exc {
                    self.raise(raised);
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Lambda(_) => return,
            Expr::Call(call) => self.call(call),
            _ => {}
        }
        self.outcome(expr);
        walk_expr(self, expr);
    }
}

struct Timeouts<'m, 'a> {
    module: &'m Module<'a>,
    found: Option<String>,
}

impl<'a> Visitor<'a> for Timeouts<'_, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if !matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
            walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && let Some(name) = self
                .module
                .names()
                .qualified_name(&call.func, Where::default())
            && (name.ends_with(".Timeout") || name.ends_with(".Timeout.start_new"))
            && is_outcome(&name)
        {
            let text = one_line(self.module.slice(call.func.range()));
            self.found.get_or_insert_with(|| {
                format!("a `{text}` started above raises what is no `Exception`")
            });
        }
        walk_expr(self, expr);
    }
}

struct Yields(bool);

impl<'a> Visitor<'a> for Yields {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if !matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
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

fn is_outcome(qualified: &str) -> bool {
    OUTCOMES.iter().any(|outcome| {
        let rest = qualified.strip_prefix(outcome);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

/// `text` on one line, cut where it gets long.
pub fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(60) {
        Some((at, _)) => format!("{}...", &line[..at]),
        None => line,
    }
}
