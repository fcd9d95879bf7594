//! Whether a clause may have caught the very object that it raises: a local that the body of its `try` raises, too.
//!
//! `raise err from e` would make such an exception its own cause. Where the classes of the clause are known, and what is
//! raised is none of them, it never gets there.

use std::collections::BTreeSet;

use codemend_engine::semantic::{DefinitionKind, Lineage, Meaning, Names, Where};
use codemend_engine::syntax::ast::{
    ExceptHandler, ExceptHandlerExceptHandler, Expr, StmtFunctionDef, StmtTry,
};

use super::made::Raised;
use super::other_names::{leads_to, other_names, raises_anything_new};

/// How many names a tuple of classes may go by.
const ALIASES: usize = 6;

/// A clause, and the `try` that it belongs to.
#[derive(Clone, Copy)]
pub struct Clause<'a> {
    pub attempt: &'a StmtTry,
    pub handler: &'a ExceptHandlerExceptHandler,
}

impl Clause<'_> {
    /// Whether it may have caught the object that the local `name` of `function` holds, one of `raised`.
    pub fn may_have(
        &self,
        names: &Names<'_>,
        function: &StmtFunctionDef,
        name: &str,
        raised: &Raised,
    ) -> bool {
        let keys: BTreeSet<String> = other_names(function, name);
        let places = leads_to(&self.attempt.body, &keys);
        places.iter().any(|around| {
            let is_wrapped = || around.iter().any(|inner| wraps(names, inner, raised));
            self.is_reached(names, raised) || is_wrapped()
        })
    }

    /// Whether one of `raised`, in the body of the `try`, may arrive here.
    fn is_reached(&self, names: &Names<'_>, raised: &Raised) -> bool {
        let mut above = handlers(self.attempt).take_while(|one| *one != self.handler);
        let class = self.handler.type_.as_deref();
        may_catch(names, class, raised, ALIASES)
            && !above.any(|one| surely_catches(names, one.type_.as_deref(), raised))
    }
}

fn handlers(attempt: &StmtTry) -> impl Iterator<Item = &ExceptHandlerExceptHandler> {
    let all = attempt.handlers.iter();
    all.map(|ExceptHandler::ExceptHandler(handler)| handler)
}

/// Whether a handler of `attempt` may catch one of `raised`, and raise something else that has it for a cause.
fn wraps(names: &Names<'_>, attempt: &StmtTry, raised: &Raised) -> bool {
    handlers(attempt).any(|one| {
        raises_anything_new(&one.body) && may_catch(names, one.type_.as_deref(), raised, ALIASES)
    })
}

/// Whether a clause with `class` catches all of `raised`.
fn surely_catches(names: &Names<'_>, class: Option<&Expr>, raised: &Raised) -> bool {
    match class {
        None => true,
        Some(Expr::Tuple(tuple)) => {
            let mut all = tuple.elts.iter();
            all.any(|one| surely_catches(names, Some(one), raised))
        }
        Some(one) => names.lineage(one).is_some_and(|caught| {
            let mut all = raised.classes.iter();
            !raised.classes.is_empty() && all.all(|one| one.derives_from(caught.class()))
        }),
    }
}

/// Whether a clause with `class` may catch one of `raised`.
fn may_catch(names: &Names<'_>, class: Option<&Expr>, raised: &Raised, depth: usize) -> bool {
    let Some(class) = class else {
        return true;
    };
    if let Expr::Tuple(tuple) = class {
        let mut all = tuple.elts.iter();
        return all.any(|one| may_catch(names, Some(one), raised, depth));
    }
    if let Some(caught) = names.lineage(class) {
        let mut all = raised.classes.iter();
        return raised.classes.is_empty() || all.any(|one| may_be(one, &caught, raised.is_exact));
    }
    let meanings = names.meanings(class, Where::default());
    let (Some(below), [Meaning::Definition(definition)]) =
        (depth.checked_sub(1), meanings.as_slice())
    else {
        return true;
    };
    match definition.kind() {
        DefinitionKind::Assignment(value) if !definition.is_rebound_from_inside() => {
            may_catch(definition.names(), Some(value), raised, below)
        }
        _ => true,
    }
}

/// Whether what is `raised` may be a `caught`. It is no subclass of its class where that `is_exact`.
fn may_be(raised: &Lineage, caught: &Lineage, is_exact: bool) -> bool {
    let is_known =
        raised.derives_from(caught.class()) || !is_exact && caught.derives_from(raised.class());
    is_known || !raised.is_exception() || may_be_alias(raised, caught.class())
}

/// Whether `class` may be another name of a class of `raised`, or a builtin base that nobody has noted.
fn may_be_alias(raised: &Lineage, class: &str) -> bool {
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let word = last(class);
    // `socket.error` is `OSError`.
    word == "error"
        || raised.classes().iter().any(|one| {
            let own = last(one);
            own == word
                || FAMILIES
                    .iter()
                    .any(|all| all.contains(&&*own) && all.contains(&&*word))
        })
}

/// Builtin exceptions that derive from each other.
const FAMILIES: [&[&str]; 9] = [
    &["LookupError", "IndexError", "KeyError"],
    &[
        "ArithmeticError",
        "FloatingPointError",
        "OverflowError",
        "ZeroDivisionError",
    ],
    &[
        "ValueError",
        "UnicodeError",
        "UnicodeDecodeError",
        "UnicodeEncodeError",
        "UnicodeTranslateError",
    ],
    &["RuntimeError", "NotImplementedError", "RecursionError"],
    &["ImportError", "ModuleNotFoundError"],
    &["NameError", "UnboundLocalError"],
    &["SyntaxError", "IndentationError", "TabError"],
    &["BaseExceptionGroup", "ExceptionGroup"],
    &[
        "OSError",
        "EnvironmentError",
        "IOError",
        "WindowsError",
        "BlockingIOError",
        "BrokenPipeError",
        "ChildProcessError",
        "ConnectionAbortedError",
        "ConnectionError",
        "ConnectionRefusedError",
        "ConnectionResetError",
        "FileExistsError",
        "FileNotFoundError",
        "InterruptedError",
        "IsADirectoryError",
        "NotADirectoryError",
        "PermissionError",
        "ProcessLookupError",
        "TimeoutError",
    ],
];
