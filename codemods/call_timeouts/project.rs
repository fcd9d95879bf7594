//! What other files of the project say about timeouts: a default for sockets, an adapter that sets one, commands that
//! block.

use codemend_engine::codemod::Question;
use codemend_engine::module::Module;
use codemend_engine::semantic::{DefinitionKind, Meaning, Where};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, ExprCall, Stmt};

use super::table::{Table, holds};

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
        any_store(module, |owner, attribute| {
            attribute == "request_timeout" && is_of(module, owner, "litellm")
        })
    },
};

/// `requests.Session.request = ...`: requests itself is altered.
pub const ALTERED: Question = Question {
    key: "call-timeouts-altered",
    words: &["requests"],
    may: |text| {
        let methods = Table::shipped().session.methods.iter().map(String::as_str);
        methods.chain(["send"]).any(|one| assigns(text, one))
    },
    ask: |module| {
        any_store(module, |owner, attribute| {
            let session = &Table::shipped().session;
            let sends = attribute == "send" || session.methods.iter().any(|one| one == attribute);
            sends && is_of(module, owner, "requests")
        })
    },
};

/// Some session gets an adapter or a method that may set a timeout.
pub const WRAPPED: Question = Question {
    key: "call-timeouts-wrapped",
    words: &[],
    may: |text| {
        let mounts = text.contains(".mount(") && text.contains("://");
        mounts || text.contains("ession") && (assigns(text, "request") || assigns(text, "send"))
    },
    ask: |module| any_wrap(module, |owner| may_be_session(module, owner)),
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
        let libraries = [
            "httpx_sse",
            "sseclient",
            "aiosseclient",
            "aiohttp_sse_client",
        ];
        text.contains(".stream(")
            || text.contains(".send(") && text.contains("stream")
            || libraries.iter().any(|library| text.contains(library))
    },
    ask: |module| {
        let mut clients = Table::shipped().client.values();
        clients.any(|client| super::clients::streams(module, client))
    },
};

/// Whether `text` seems to set an attribute `name`.
fn assigns(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let behind = text[at + name.len()..].trim_start_matches([' ', '\t', '\\', '\r', '\n']);
        text[..at].ends_with('.') && (behind.starts_with('=') || behind.starts_with(':'))
    })
}

/// Whether `module` gives a session whose name, or attribute, `is_it` an adapter or a method that may set a timeout.
pub fn any_wrap(module: &Module<'_>, is_it: impl Fn(&Expr) -> bool) -> bool {
    let methods = &Table::shipped().session.methods;
    any_store(module, |owner, attribute| {
        (attribute == "send" || methods.iter().any(|one| one == attribute)) && is_it(owner)
    }) || any_call(module, |call| match &*call.func {
        Expr::Attribute(method) if &method.attr == "mount" && is_it(&method.value) => {
            let given = call.arguments.find_argument_value("adapter", 1);
            given.is_some_and(|adapter| !is_plain_adapter(module, adapter, 3))
        }
        _ => false,
    })
}

/// Whether `owner`, which gets an adapter or a method, may be a session: not `self` of a class without bases, and not
/// the application that something is mounted to below a path.
fn may_be_session(module: &Module<'_>, owner: &Expr) -> bool {
    match owner {
        Expr::Name(name) if matches!(name.id.as_str(), "self" | "cls" | "request") => false,
        Expr::Name(_) | Expr::Attribute(_) => !matches!(
            module.names().meanings(owner, Where::default()).as_slice(),
            [Meaning::Builtin(_)]
        ),
        _ => true,
    }
}

/// Whether `adapter` is one that sets no timeout: of requests itself, or of a class of the project without `send`.
fn is_plain_adapter(module: &Module<'_>, adapter: &Expr, depth: usize) -> bool {
    let names = module.names();
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    match adapter {
        Expr::Call(call) => is_plain_class(names, &call.func, depth),
        Expr::Name(_) => {
            let meanings = names.meanings(adapter, Where::default());
            let [Meaning::Definition(definition)] = meanings.as_slice() else {
                return false;
            };
            match definition.kind() {
                DefinitionKind::Assignment(Expr::Call(call)) => {
                    is_plain_class(definition.names(), &call.func, depth)
                }
                _ => false,
            }
        }
        _ => false,
    }
}

fn is_plain_class(
    names: &codemend_engine::semantic::Names<'_>,
    class: &Expr,
    depth: usize,
) -> bool {
    if let Some(name) = names.qualified_name(class, Where::default()) {
        return holds(&Table::shipped().adapter.classes, &name);
    }
    let meanings = names.meanings(class, Where::default());
    let [Meaning::Definition(definition)] = meanings.as_slice() else {
        return false;
    };
    let DefinitionKind::Class(class) = definition.kind() else {
        return false;
    };
    let sends = class.body.iter().any(|one| match one {
        Stmt::FunctionDef(method) => method.name.as_str() == "send",
        Stmt::Pass(_) | Stmt::Expr(_) => false,
        _ => true,
    });
    let mut bases = class.bases().iter();
    !sends && depth > 0 && bases.all(|base| is_plain_class(definition.names(), base, depth - 1))
}

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

pub fn any_store(module: &Module<'_>, fits: impl Fn(&Expr, &str) -> bool) -> bool {
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

impl<'a, F: Fn(&Expr, &str) -> bool> Visitor<'a> for Stores<F> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let targets = match statement {
            Stmt::Assign(one) => one.targets.as_slice(),
            Stmt::AnnAssign(one) => std::slice::from_ref(&*one.target),
            _ => &[],
        };
        for target in targets {
            if let Expr::Attribute(attribute) = target {
                self.found |= (self.fits)(&attribute.value, &attribute.attr);
            }
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}
