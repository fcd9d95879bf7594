//! Calls that may take their time: answers that are read bit by bit, and uploads.

use codemend_engine::bindings::{Bound, of_body, of_function};
use codemend_engine::module::Module;
use codemend_engine::semantic::{DefinitionKind, Meaning, Type, Where};
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, ExprCall, Stmt, StmtFunctionDef};

use super::arguments::named;
use super::find::Site;
use super::project::any_store;

/// Said of answers.
pub const SLOW_ANSWER: &str = "the answer is read bit by bit, and may pause";

/// The place of `files` in `Session.request`.
const FILES: usize = 6;

/// How many names of an upload are followed.
const DEPTH: usize = 3;

/// Why the answer, or what is sent, may take its time.
pub fn takes_time(module: &Module<'_>, site: &Site<'_>) -> Option<&'static str> {
    if named(module, site, "stream").is_some_and(|value| !is_off(value)) {
        return Some(SLOW_ANSWER);
    }
    let by_place = &site.call.arguments.args;
    if named(module, site, "files").is_some_and(|value| !is_off(value)) || by_place.len() > FILES {
        return Some("the upload of files may take its time");
    }
    let data = named(module, site, "data");
    // The first one is the URL, or the method.
    let mut sent = by_place.iter().skip(1).chain(data);
    let asked = Asked { module, site };
    sent.any(|value| asked.is_long(value, DEPTH))
        .then_some("the upload of a file or a generator may take its time")
}

/// Whether `value` is `False` or `None`.
pub fn is_off(value: &Expr) -> bool {
    match value {
        Expr::BooleanLiteral(it) => !it.value,
        other => other.is_none_literal_expr(),
    }
}

/// Whether `module` lets the session `receiver` read its answers bit by bit: `session.stream = True`.
pub fn streams(module: &Module<'_>, receiver: &Expr) -> bool {
    let own = module.slice(receiver.range());
    any_store(module, |target, _| {
        &target.attr == "stream" && module.slice(target.value.range()) == own
    })
}

struct Asked<'q, 'm> {
    module: &'q Module<'m>,
    site: &'q Site<'q>,
}

impl Asked<'_, '_> {
    /// Whether `value` is an open file or a generator.
    fn is_long(&self, value: &Expr, depth: usize) -> bool {
        match value {
            Expr::Generator(_) => true,
            Expr::Call(call) => {
                opens(call)
                    || !gives_text(call) && (self.generates(call) || self.has_long_type(value))
            }
            Expr::If(one) => self.is_long(&one.body, depth) || self.is_long(&one.orelse, depth),
            Expr::BoolOp(one) => one.values.iter().any(|it| self.is_long(it, depth)),
            Expr::Named(one) => self.is_long(&one.value, depth),
            Expr::Name(name) if depth > 0 => self.name_is_long(&name.id, depth - 1),
            Expr::Attribute(_) => self.has_long_type(value),
            _ => false,
        }
    }

    fn name_is_long(&self, name: &str, depth: usize) -> bool {
        let is_long = |all: &Vec<Bound<'_>>| {
            all.iter().any(|bound| match bound {
                Bound::Value(value) | Bound::With(value) | Bound::Annotated(_, Some(value)) => {
                    self.is_long(value, depth)
                }
                _ => false,
            })
        };
        for function in self.site.functions() {
            if let Some(all) = of_function(function).get(name) {
                return is_long(all);
            }
        }
        of_body(self.module.suite()).get(name).is_some_and(is_long)
    }

    /// Whether `call` is one of a function that yields.
    fn generates(&self, call: &ExprCall) -> bool {
        if let (Expr::Attribute(method), Some((class, _, own))) = (&*call.func, self.site.owner())
            && matches!(&*method.value, Expr::Name(name) if name.id == own)
        {
            return class.body.iter().any(|one| match one {
                Stmt::FunctionDef(function) => {
                    function.name.as_str() == method.attr.as_str() && yields(function)
                }
                _ => false,
            });
        }
        let names = self.module.names();
        let meanings = names.meanings(&call.func, Where::default());
        meanings.iter().any(|meaning| match meaning {
            Meaning::Definition(definition) => match definition.kind() {
                DefinitionKind::Function(function) => yields(function),
                _ => false,
            },
            _ => false,
        })
    }

    fn has_long_type(&self, value: &Expr) -> bool {
        match self.module.names().type_of(value).kind {
            Type::Instance(class) => LONG.contains(&class.name.as_str()),
            _ => false,
        }
    }
}

/// Classes of open files and generators.
const LONG: &[&str] = &[
    "_io.BufferedReader",
    "_io.FileIO",
    "_io.TextIOWrapper",
    "io.BufferedReader",
    "io.FileIO",
    "io.TextIOWrapper",
    "types.GeneratorType",
    "typing.BinaryIO",
    "typing.Generator",
    "typing.IO",
    "typing.TextIO",
];

/// Functions that give an open file, or something that is worked out as it is read, wherever they come from.
const OPENING: &[&str] = &[
    "NamedTemporaryFile",
    "SpooledTemporaryFile",
    "TemporaryFile",
    "fdopen",
    "open",
];

/// Functions of Python whose results are worked out as they are read.
const LAZY: &[&str] = &["enumerate", "filter", "iter", "map", "zip"];

/// `open(...)`, `path.open(...)`, `map(...)`
fn opens(call: &ExprCall) -> bool {
    match &*call.func {
        Expr::Name(name) => OPENING.contains(&name.id.as_str()) || LAZY.contains(&name.id.as_str()),
        Expr::Attribute(method) => OPENING.contains(&method.attr.as_str()),
        _ => false,
    }
}

/// `json.dumps(...)`, `text.encode()`: what has these names gives text or bytes.
fn gives_text(call: &ExprCall) -> bool {
    let texts = ["dumps", "encode", "urlencode", "format", "join", "strip"];
    matches!(&*call.func, Expr::Attribute(method) if texts.contains(&method.attr.as_str()))
}

fn yields(function: &StmtFunctionDef) -> bool {
    let mut finder = Yields(false);
    finder.visit_body(&function.body);
    finder.0
}

struct Yields(bool);

impl<'a> Visitor<'a> for Yields {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if !matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
            walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.0 |= matches!(expr, Expr::Yield(_) | Expr::YieldFrom(_));
        if !expr.is_lambda_expr() {
            walk_expr(self, expr);
        }
    }
}
