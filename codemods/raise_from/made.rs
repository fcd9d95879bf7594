//! What is raised: a new exception, one that lives longer, or something nobody can tell.

use codemend_engine::semantic::{
    Definition, DefinitionKind, Kind, Lineage, Meaning, Names, Type, Where,
};
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::helpers::ReturnStatementVisitor;
use codemend_engine::syntax::ast::visitor::Visitor as _;
use codemend_engine::syntax::ast::{Expr, ExprCall, StmtFunctionDef};

use super::again::Clause;
use super::cause::{is_no_exception, makes_its_own, sets_cause};
use super::classes::Classes;
use super::kept::Uses;

/// How far functions and names are followed.
const DEPTH: usize = 6;

/// What an expression that is raised gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    /// An exception that is made here and now.
    New(Raised),
    /// An exception for sure, and perhaps not a new one; why.
    Perhaps(Raised, &'static str),
    /// Left alone, for this reason.
    No(String),
    /// What the handler has caught.
    Caught,
}

/// The class that is raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    pub is_http_error: bool,
    /// What may be raised; none where that is not known.
    pub classes: Vec<Lineage>,
    /// It is no subclass of these.
    pub is_exact: bool,
}

impl Raised {
    fn new(class: Lineage) -> Self {
        Self {
            is_http_error: class.is_http_error(),
            classes: vec![class],
            is_exact: true,
        }
    }

    fn or(mut self, other: Self) -> Self {
        self.is_http_error |= other.is_http_error;
        self.is_exact &= other.is_exact;
        self.classes.extend(other.classes);
        self
    }
}

/// Looks at what is raised in one handler.
pub struct Look<'l> {
    pub classes: &'l Classes<'l>,
    pub function: Option<&'l StmtFunctionDef>,
    /// The name that the handler gives what it has caught.
    pub caught: Option<&'l str>,
    /// The classes that it catches.
    pub catches: Option<&'l Expr>,
    /// The clause that it stands in, and the function around.
    pub clause: Option<Clause<'l>>,
}

impl Look<'_> {
    pub fn at(&self, names: &Names<'_>, raised: &Expr) -> Made {
        self.follow(names, raised, DEPTH)
    }

    fn follow(&self, names: &Names<'_>, raised: &Expr, depth: usize) -> Made {
        let Some(below) = depth.checked_sub(1) else {
            return no("it cannot be followed that far");
        };
        match raised {
            Expr::Call(call) => match chained(call) {
                Some(inner) => self.follow(names, inner, below),
                None => self.called(names, call, raised, below),
            },
            Expr::Name(name) if self.caught == Some(name.id.as_str()) => Made::Caught,
            Expr::Name(_) | Expr::Attribute(_) => {
                if let Some(made) = self.class(names, raised) {
                    return made;
                }
                self.named(names, raised, below)
            }
            Expr::If(_) | Expr::BoolOp(_) => no("it may be one of several"),
            _ => no("what is raised cannot be told"),
        }
    }

    /// What `class`, which is called or raised as it is, gives when it is a class.
    fn class(&self, names: &Names<'_>, class: &Expr) -> Option<Made> {
        let lineage = names.lineage(class)?;
        let meanings = names.meanings(class, Where::default());
        let is_class = match meanings.first()? {
            Meaning::Builtin(name) => lineage.is_exception() || OS_ERRORS.contains(&name.as_str()),
            Meaning::Outside { name, .. } => {
                self.classes.has(name) || names.outside_kind(name) == Kind::Class
            }
            Meaning::Definition(definition) => !is_no_exception(definition),
            Meaning::Module(_) | Meaning::Unknown => false,
        };
        if !is_class {
            return match meanings.first()? {
                Meaning::Outside { .. } => None,
                _ => Some(no("it is no exception")),
            };
        }
        let sources = sources(names, class, &meanings);
        if sources.iter().any(|one| sets_cause(one)) {
            return Some(no("the class sets its cause itself"));
        }
        let is_odd = sources.iter().any(makes_its_own);
        let raised = Raised::new(lineage);
        match is_odd {
            true => Some(Made::Perhaps(
                Raised {
                    is_exact: false,
                    ..raised
                },
                "the class may give an exception that is there",
            )),
            false => Some(Made::New(raised)),
        }
    }

    fn called(&self, names: &Names<'_>, call: &ExprCall, whole: &Expr, depth: usize) -> Made {
        if let Some(made) = self.class(names, generic(&call.func)) {
            return made;
        }
        if let Some(cast) = cast(names, call) {
            return self.follow(names, cast, depth);
        }
        let meanings = names.meanings(&call.func, Where::default());
        if let [Meaning::Definition(definition)] = meanings.as_slice()
            && let DefinitionKind::Function(function) = definition.kind()
            && is_plain(definition, function)
        {
            return match self.returned(definition, function, depth) {
                Made::Caught => no("the function gives back what it is given"),
                made => made,
            };
        }
        let mut given = call.arguments.args.iter();
        let is_given =
            given.any(|one| matches!(one, Expr::Name(name) if self.caught == Some(&name.id)));
        inferred(names, whole, self.catches.filter(|_| is_given))
    }

    /// What all returns of `function` give.
    fn returned(
        &self,
        definition: &Definition<'_>,
        function: &StmtFunctionDef,
        depth: usize,
    ) -> Made {
        let mut returns = ReturnStatementVisitor::default();
        returns.visit_body(&function.body);
        let inner = Look {
            classes: self.classes,
            function: Some(function),
            caught: None,
            catches: None,
            clause: None,
        };
        let mut all = None;
        for one in &returns.returns {
            let Some(value) = one.value.as_deref() else {
                return no("the function may give nothing");
            };
            if let Expr::Name(name) = value
                && Uses::of(function, &name.id) != Uses::default()
            {
                return no("the function may give an exception that is there");
            }
            let made = match inner.follow(definition.names(), value, depth) {
                // A local that is bound once, in a function that runs anew each time.
                Made::Perhaps(raised, LOCAL) => Made::New(raised),
                Made::No(_) => return no("the function may give an exception that is there"),
                made => made,
            };
            all = match (all, made) {
                (Some(Made::Perhaps(one, why)), _) | (_, Made::Perhaps(one, why)) => {
                    Some(Made::Perhaps(one, why))
                }
                (Some(Made::New(one)), Made::New(other)) => Some(Made::New(one.or(other))),
                (_, made) => Some(made),
            };
        }
        all.unwrap_or_else(|| no("the function gives nothing"))
    }

    /// A name or an attribute that is no class.
    fn named(&self, names: &Names<'_>, name: &Expr, depth: usize) -> Made {
        if name.is_attribute_expr() {
            return no("an attribute may live longer, and would keep the cause");
        }
        let meanings = names.meanings(name, Where::default());
        let [Meaning::Definition(definition)] = meanings.as_slice() else {
            return no("the name may be bound to several things");
        };
        let is_local = self
            .function
            .is_some_and(|function| function.range().contains_range(definition.range()));
        match definition.kind() {
            DefinitionKind::Parameter(_) => {
                no("a parameter may live longer, and would keep the cause")
            }
            _ if !is_local || definition.is_rebound_from_inside() => {
                no("it is made elsewhere, and would keep the cause")
            }
            DefinitionKind::Assignment(value)
            | DefinitionKind::Annotated {
                value: Some(value), ..
            } => match self.follow(names, value, depth) {
                Made::New(raised) => self.local(names, name, raised, LOCAL),
                Made::Perhaps(raised, why) => self.local(names, name, raised, why),
                made => made,
            },
            _ => no("what is raised cannot be told"),
        }
    }

    /// An exception that the local `name` holds, and that is perhaps not a new one; `why`.
    fn local(&self, names: &Names<'_>, name: &Expr, raised: Raised, why: &'static str) -> Made {
        let (Expr::Name(name), Some(function)) = (name, self.function) else {
            return no("what is raised cannot be told");
        };
        if Uses::of(function, &name.id).sets_cause {
            return no("its cause is set by hand");
        }
        let may_have = |one: Clause<'_>| one.may_have(names, function, &name.id, &raised);
        match self.clause.is_some_and(may_have) {
            true => no("the body of the `try` may raise it too, and it would be its own cause"),
            false => Made::Perhaps(raised, why),
        }
    }
}

/// Other names of `OSError`.
const OS_ERRORS: [&str; 3] = ["EnvironmentError", "IOError", "WindowsError"];

/// Why a local is no new exception for sure.
const LOCAL: &str = "the exception was made before, and other places may raise it";

fn no(why: &str) -> Made {
    Made::No(why.to_owned())
}

/// `X(...)` of `X(...).with_traceback(...)`.
fn chained(call: &ExprCall) -> Option<&Expr> {
    let method = call.func.as_attribute_expr()?;
    // `BaseException.with_traceback(e, None)` gives `e`.
    let is_one = matches!(method.attr.as_str(), "with_traceback" | "add_note");
    (is_one && call.arguments.len() == 1).then_some(&*method.value)
}

/// A function of the project, or a static method: calling it runs just what it says.
fn is_plain(definition: &Definition<'_>, function: &StmtFunctionDef) -> bool {
    let decorators = function.decorator_list.as_slice();
    let is_static = |names: &Names<'_>| {
        decorators.len() == 1
            && decorators.iter().all(|one| {
                let name = names.qualified_name(&one.expression, Where::default());
                name.as_deref() == Some("builtins.staticmethod")
            })
    };
    let plain = match definition.in_class_body() {
        true => is_static(definition.names()),
        false => decorators.is_empty(),
    };
    plain && !function.is_async && !definition.in_stub() && !yields(function)
}

fn yields(function: &StmtFunctionDef) -> bool {
    use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
    struct Yields(bool);
    impl<'a> Visitor<'a> for Yields {
        fn visit_stmt(&mut self, statement: &'a codemend_engine::syntax::ast::Stmt) {
            if !statement.is_function_def_stmt() {
                walk_stmt(self, statement);
            }
        }
        fn visit_expr(&mut self, expr: &'a Expr) {
            self.0 |= expr.is_yield_expr() || expr.is_yield_from_expr();
            walk_expr(self, expr);
        }
    }
    let mut yields = Yields(false);
    yields.visit_body(&function.body);
    yields.0
}

/// `Problem` of `Problem[int]`
fn generic(class: &Expr) -> &Expr {
    match class {
        Expr::Subscript(one) => &one.value,
        other => other,
    }
}

/// `e` of `typing.cast(Problem, e)`
fn cast<'a>(names: &Names<'_>, call: &'a ExprCall) -> Option<&'a Expr> {
    let name = names.qualified_name(&call.func, Where::default())?;
    let second = || call.arguments.find_argument_value("val", 1);
    (name == "typing.cast").then(second)?
}

/// Whether a clause with `class` may catch what `raised` is.
fn overlaps(names: &Names<'_>, class: &Expr, raised: &Lineage) -> bool {
    match class {
        Expr::Tuple(tuple) => tuple.elts.iter().any(|one| overlaps(names, one, raised)),
        one => names.lineage(one).is_none_or(|caught| {
            raised.derives_from(caught.class()) || caught.derives_from(raised.class())
        }),
    }
}

/// What ty says of the call `whole`, which is given what a clause with `caught` has caught.
fn inferred(names: &Names<'_>, whole: &Expr, caught: Option<&Expr>) -> Made {
    let kind = names.inferred(whole);
    let mut raised = Raised {
        is_http_error: false,
        classes: Vec::new(),
        is_exact: false,
    };
    for one in kind.members() {
        let Type::Instance(class) = one else {
            return no("what the call gives cannot be told");
        };
        let lineage = match &class.definition {
            Some(definition) => definition.lineage(),
            None => Some(Lineage::of_outside(&class.name)),
        };
        let by_name = Lineage::of_outside(&class.name);
        let Some(lineage) = lineage.filter(|one| one.is_exception() || by_name.is_exception())
        else {
            return no("what the call gives cannot be told");
        };
        if caught.is_some_and(|caught| overlaps(names, caught, &lineage)) {
            return no("the call may give back what was caught");
        }
        if class.definition.as_ref().is_some_and(sets_cause) {
            return no("the class sets its cause itself");
        }
        raised.is_http_error |= lineage.is_http_error() || by_name.is_http_error();
        raised.classes.push(lineage);
    }
    Made::Perhaps(raised, "the call may give an exception that is there")
}

/// The statements of the class that `class` names, where they can be read.
fn sources<'db>(
    names: &Names<'db>,
    class: &Expr,
    meanings: &[Meaning<'db>],
) -> Vec<Definition<'db>> {
    let mut found = Vec::new();
    for meaning in meanings {
        match meaning {
            Meaning::Definition(definition) => found.push(definition.clone()),
            Meaning::Outside { .. } => {
                if let Type::Class(class) = names.inferred(class) {
                    found.extend(class.definition);
                }
            }
            _ => {}
        }
    }
    found
}
