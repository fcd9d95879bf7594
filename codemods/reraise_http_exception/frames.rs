//! What keeps an exception inside: the handlers of the `try` statements around the place where it is raised.

use std::rc::Rc;

use codemend_engine::flow::falls_through;
use codemend_engine::semantic::{DefinitionKind, Lineage, Meaning, Names, Where};
use codemend_engine::syntax::ast::statement_visitor::{StatementVisitor, walk_stmt};
use codemend_engine::syntax::ast::visitor::{
    Visitor, walk_expr, walk_stmt as walk_stmt_and_expressions,
};
use codemend_engine::syntax::ast::{ExceptHandlerExceptHandler, Expr, Stmt, StmtTry, StmtWith};

use super::sites::{handlers, is_broad};

/// How many names a class that is caught may go by.
const ALIASES: usize = 6;

/// One `try` around a place, and those around it.
#[derive(Debug)]
pub struct Frame {
    clauses: Vec<Clause>,
    /// Its `finally` leaves the function, and nothing gets out.
    is_cut: bool,
    outer: Frames,
}

/// The frames around a place, the innermost first.
pub type Frames = Option<Rc<Frame>>;

/// One handler.
#[derive(Debug)]
pub struct Clause {
    caught: Caught,
    /// It raises again what it has caught, or may do so.
    lets_out: bool,
}

/// What a handler catches.
#[derive(Debug, PartialEq, Eq)]
pub enum Caught {
    Everything,
    /// Classes, as [`Lineage::class`] has them.
    These(Vec<String>),
    /// Classes that cannot be told.
    Unknown,
}

impl Caught {
    /// What a handler with `class`, in the file of `names`, catches.
    pub fn by(names: &Names<'_>, class: Option<&Expr>) -> Self {
        let Some(class) = class.filter(|class| !is_broad(names, Some(class))) else {
            return Self::Everything;
        };
        let mut classes = Vec::new();
        match collect(names, class, ALIASES, &mut classes) {
            true => Self::These(classes),
            false => Self::Unknown,
        }
    }

    pub fn has(&self, raised: &Lineage) -> bool {
        match self {
            Self::Everything | Self::Unknown => true,
            Self::These(classes) => classes.iter().any(|one| raised.derives_from(one)),
        }
    }
}

/// Whether `class` could be told: a class, a tuple of them, or a name of either (`ERRORS = (KeyError, ValueError)`).
fn collect(names: &Names<'_>, class: &Expr, depth: usize, classes: &mut Vec<String>) -> bool {
    if let Expr::Tuple(tuple) = class {
        let mut all = tuple.elts.iter();
        return all.all(|one| collect(names, one, depth, classes));
    }
    if let Some(lineage) = names.lineage(class) {
        classes.push(lineage.class().to_owned());
        return true;
    }
    let meanings = names.meanings(class, Where::default());
    let [Meaning::Definition(definition)] = meanings.as_slice() else {
        return false;
    };
    match definition.kind() {
        DefinitionKind::Assignment(value) if depth > 0 => {
            !definition.is_rebound_from_inside()
                && collect(definition.names(), value, depth - 1, classes)
        }
        _ => false,
    }
}

/// The frame that `attempt` puts around its body.
pub fn of_body(names: &Names<'_>, attempt: &StmtTry, outer: &Frames) -> Frames {
    let clauses = handlers(attempt).map(|handler| Clause {
        caught: Caught::by(names, handler.type_.as_deref()),
        lets_out: lets_out(handler),
    });
    Some(Rc::new(Frame {
        clauses: clauses.collect(),
        is_cut: is_cut(attempt),
        outer: outer.clone(),
    }))
}

/// The frame that `attempt` puts around its handlers and what follows them.
pub fn of_rest(attempt: &StmtTry, outer: &Frames) -> Frames {
    if !is_cut(attempt) {
        return outer.clone();
    }
    Some(Rc::new(Frame {
        clauses: Vec::new(),
        is_cut: true,
        outer: outer.clone(),
    }))
}

/// `with contextlib.suppress(...)`
pub fn of_with(names: &Names<'_>, with: &StmtWith, outer: &Frames) -> Frames {
    let mut frames = outer.clone();
    for item in &with.items {
        let Expr::Call(call) = &item.context_expr else {
            continue;
        };
        let name = names.qualified_name(&call.func, Where::default());
        if matches!(
            name.as_deref(),
            Some("contextlib.suppress" | "pytest.raises")
        ) {
            let classes = call.arguments.args.iter();
            let clauses = classes.map(|class| Clause {
                caught: Caught::by(names, Some(class)),
                lets_out: false,
            });
            frames = Some(Rc::new(Frame {
                clauses: clauses.collect(),
                is_cut: false,
                outer: frames,
            }));
        }
    }
    frames
}

/// Whether `raised`, within `frames`, leaves the outermost of them.
pub fn gets_out(raised: &Lineage, frames: &Frames) -> bool {
    let mut next = frames;
    while let Some(frame) = next {
        let clause = frame.clauses.iter().find(|one| one.caught.has(raised));
        if frame.is_cut || clause.is_some_and(|one| !one.lets_out) {
            return false;
        }
        next = &frame.outer;
    }
    true
}

/// Whether a `finally` of `attempt` returns, or raises something else.
pub fn is_cut(attempt: &StmtTry) -> bool {
    !attempt.finalbody.is_empty() && !falls_through(&attempt.finalbody)
}

/// Whether `handler` raises again what it has caught, on some path.
fn lets_out(handler: &ExceptHandlerExceptHandler) -> bool {
    let mut finder = Reraises {
        names: caught_names(handler),
        is_inner: false,
        found: false,
    };
    finder.visit_body(&handler.body);
    finder.found
}

struct Reraises<'n> {
    names: Vec<&'n str>,
    /// In a handler below: a bare `raise` belongs to that one.
    is_inner: bool,
    found: bool,
}

impl<'a> StatementVisitor<'a> for Reraises<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::Raise(raise) => {
                self.found |= match raise.exc.as_deref() {
                    None => !self.is_inner,
                    Some(raised) => is_caught(raised, &self.names),
                };
            }
            Stmt::Try(attempt) => {
                self.visit_body(&attempt.body);
                let outer = std::mem::replace(&mut self.is_inner, true);
                handlers(attempt).for_each(|one| self.visit_body(&one.body));
                self.is_inner = outer;
                self.visit_body(&attempt.orelse);
                self.visit_body(&attempt.finalbody);
            }
            _ => walk_stmt(self, statement),
        }
    }
}

/// The names of what `handler` has caught: its own, and those that its statements give it (`err = e`).
pub fn caught_names(handler: &ExceptHandlerExceptHandler) -> Vec<&str> {
    struct Names<'a>(Vec<&'a str>);
    impl<'a> Names<'a> {
        fn bind(&mut self, target: &'a Expr, value: &'a Expr) {
            match (target, value) {
                (Expr::Tuple(targets), Expr::Tuple(values)) => {
                    let both = targets.elts.iter().zip(&values.elts);
                    both.for_each(|(target, value)| self.bind(target, value));
                }
                (Expr::Name(name), _) if is_caught(value, &self.0) => self.0.push(&name.id),
                _ => {}
            }
        }
    }
    impl<'a> Visitor<'a> for Names<'a> {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            match statement {
                Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
                Stmt::Assign(one) => {
                    let targets = one.targets.iter();
                    targets.for_each(|target| self.bind(target, &one.value));
                }
                Stmt::AnnAssign(one) => {
                    let value = one.value.as_deref();
                    value
                        .into_iter()
                        .for_each(|value| self.bind(&one.target, value));
                }
                _ => {}
            }
            walk_stmt_and_expressions(self, statement);
        }
        fn visit_expr(&mut self, expr: &'a Expr) {
            if let Expr::Named(one) = expr {
                self.bind(&one.target, &one.value);
            }
            walk_expr(self, expr);
        }
    }
    let Some(own) = &handler.name else {
        return Vec::new();
    };
    let mut names = Names(vec![own.as_str()]);
    names.visit_body(&handler.body);
    names.0
}

/// `e`, `e.with_traceback(...)`
pub fn is_caught(raised: &Expr, names: &[&str]) -> bool {
    match raised {
        Expr::Name(one) => names.contains(&one.id.as_str()),
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(method) => {
                method.attr.as_str() == "with_traceback" && is_caught(&method.value, names)
            }
            _ => false,
        },
        _ => false,
    }
}
