//! What other files of the project say about timeouts: a default for sockets, an adapter that sets one, commands that
//! block.

use codemend_engine::codemod::Question;
use codemend_engine::module::Module;
use codemend_engine::semantic::Where;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, ExprAttribute, ExprCall, Stmt};

use super::altered::keeps_timeouts;
use super::streaming;
use super::table::Table;
use super::words::{is_test, sets_attribute};
use super::wraps::{sends, wraps};

/// `socket.setdefaulttimeout(8)`
pub const SOCKETS: Question = Question {
    key: "call-timeouts-sockets",
    words: &["setdefaulttimeout"],
    may: |_| true,
    ask: |module| {
        any_call(module, |call| {
            let given = call.arguments.args.first();
            module.could_mean(&call.func, &["setdefaulttimeout"])
                && !matches!(given, None | Some(Expr::NoneLiteral(_)))
        })
    },
};

/// `litellm.request_timeout = 60`
pub const LITELLM: Question = Question {
    key: "call-timeouts-litellm",
    words: &["litellm", "request_timeout"],
    may: |_| true,
    ask: |module| {
        any_store(module, |target, _| {
            let (owner, attribute) = (&target.value, target.attr.as_str());
            attribute == "request_timeout" && is_of(module, owner, "litellm")
        })
    },
};

/// `requests.Session.request = ...`, `requests.Session = ...`: requests itself is altered. What tests do is undone there, and
/// what leaves timeouts alone says nothing of them.
pub const ALTERED: Question = Question {
    key: "call-timeouts-altered",
    words: &["requests"],
    may: |text| sets_attribute(text, is_part),
    ask: |module| {
        !is_test(module.path(), module.text())
            && any_store(module, |target, value| {
                is_part(&target.attr)
                    && is_of(module, &target.value, "requests")
                    && !value.is_some_and(|value| keeps_timeouts(module.names(), target, value))
            })
    },
};

/// Whether `name` is one of requests that its calls go through.
fn is_part(name: &str) -> bool {
    sends(name) || matches!(name, "Session" | "session" | "HTTPAdapter")
}

/// Some session, which other code may use too, gets an adapter or a method that may set a timeout.
pub const WRAPPED: Question = Question {
    key: "call-timeouts-wrapped",
    words: &[],
    may: |text| {
        let speaks = || text.contains("ession") || text.contains("requests");
        let fits = |name: &str| matches!(name, "send" | "request") || sends(name) && speaks();
        text.contains(".mount(") || sets_attribute(text, fits)
    },
    ask: |module| {
        let names = module.names();
        !is_test(module.path(), module.text())
            && wraps(names, module.suite())
                .iter()
                .any(|wrap| wrap.may_be_shared(names))
    },
};

/// A command that blocks on purpose.
pub const BLOCKS: Question = Question {
    key: "call-timeouts-blocks",
    words: &[],
    may: |text| {
        BLOCKING
            .iter()
            .chain(&["xread"])
            .any(|name| text.contains(name))
    },
    ask: |module| {
        any_call(module, |call| match &*call.func {
            Expr::Attribute(method) => match method.attr.as_str() {
                "xread" => waits(call, 2),
                "xreadgroup" => waits(call, 4),
                name => BLOCKING.contains(&name),
            },
            _ => false,
        })
    },
};

/// Whether `call` is given `block`, by name, at `position`, or perhaps by a spread.
fn waits(call: &ExprCall, position: usize) -> bool {
    let arguments = &call.arguments;
    let spreads = arguments.args.iter().any(Expr::is_starred_expr)
        || arguments.keywords.iter().any(|one| one.arg.is_none());
    let block = arguments.find_argument_value("block", position);
    spreads || block.is_some_and(|value| !value.is_none_literal_expr())
}

const BLOCKING: &[&str] = &[
    "blpop",
    "brpop",
    "brpoplpush",
    "blmove",
    "blmpop",
    "bzpopmin",
    "bzpopmax",
    "bzmpop",
    "pubsub",
];

/// `client.stream("GET", url)`
pub const STREAMS: Question = Question {
    key: "call-timeouts-streams",
    words: &[],
    may: |text| {
        let libraries = ["httpx_sse", "sseclient", "aiosseclient"];
        text.contains(".stream(")
            || text.contains(".send(") && text.contains("stream")
            || text.contains("sse") && libraries.iter().any(|library| text.contains(library))
    },
    ask: |module| {
        let client = Table::shipped().client.get("httpx");
        client.is_some_and(|client| streaming::of_file(module, client))
    },
};

/// Whether `owner` is `library`, or something of it.
fn is_of(module: &Module<'_>, owner: &Expr, library: &str) -> bool {
    let name = module.qualified_name(owner, Where::default());
    name.is_some_and(|name| name.split('.').next() == Some(library))
}

fn any_call(module: &Module<'_>, fits: impl Fn(&ExprCall) -> bool) -> bool {
    let mut calls = Calls { fits, found: false };
    calls.visit_body(module.suite());
    calls.found
}

/// Whether `module` assigns to an attribute that `fits`, with the value.
pub fn any_store(
    module: &Module<'_>,
    fits: impl Fn(&ExprAttribute, Option<&Expr>) -> bool,
) -> bool {
    let mut stores = Stores { fits, found: false };
    stores.visit_body(module.suite());
    stores.found
}

struct Calls<F> {
    fits: F,
    found: bool,
}

impl<'a, F: Fn(&ExprCall) -> bool> Visitor<'a> for Calls<F> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            self.found |= (self.fits)(call);
        }
        if !self.found {
            walk_expr(self, expr);
        }
    }
}

/// Attributes that are assigned to.
struct Stores<F> {
    fits: F,
    found: bool,
}

impl<'a, F: Fn(&ExprAttribute, Option<&Expr>) -> bool> Visitor<'a> for Stores<F> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let (targets, value) = match statement {
            Stmt::Assign(one) => (one.targets.as_slice(), Some(&*one.value)),
            Stmt::AnnAssign(one) => (std::slice::from_ref(&*one.target), one.value.as_deref()),
            _ => (&[][..], None),
        };
        for target in targets {
            if let Expr::Attribute(attribute) = target {
                self.found |= (self.fits)(attribute, value);
            }
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}
