//! What a handler does: how it leaves, and what else stands in it.

use codemend_engine::frameworks::fastapi::Status;
use codemend_engine::semantic::{FASTAPI_ERROR, Lineage, Names, STARLETTE_ERROR, Where};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr};
use codemend_engine::syntax::ast::{
    Arguments, ExceptHandlerExceptHandler, Expr, Number, Stmt, StmtFunctionDef,
};

use super::errors::Answered;
use super::known::{Known, Tells};

/// How the last statement of a handler leaves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// With an answer whose status is a 5xx, written out.
    Failure(u16),
    /// With another exception; in words, what it does.
    Raises(String),
    /// Control goes on, or something is returned.
    Swallows,
}

/// The answer of `handler`, in the file of `names`.
pub fn answer(
    names: &Names<'_>,
    answered: &Answered,
    handler: &ExceptHandlerExceptHandler,
) -> Answer {
    match handler.body.last() {
        Some(Stmt::Raise(raise)) => match raise.exc.as_deref() {
            Some(raised) => raises(names, answered, handler, raised),
            None => Answer::Raises("re-raises on some paths only".to_owned()),
        },
        Some(Stmt::Return(one)) => {
            let value = one.value.as_deref().map(|value| made_here(handler, value));
            let status = value.and_then(|value| status_of_response(names, value));
            status.map_or(Answer::Swallows, Answer::Failure)
        }
        _ => Answer::Swallows,
    }
}

fn raises(
    names: &Names<'_>,
    answered: &Answered,
    handler: &ExceptHandlerExceptHandler,
    raised: &Expr,
) -> Answer {
    let raised = made_here(handler, raised);
    let (class, arguments) = match raised {
        Expr::Call(call) => (&*call.func, Some(&call.arguments)),
        other => (other, None),
    };
    let lineage = names.lineage(class);
    let name = names.text_at(codemend_engine::syntax::Ranged::range(class));
    let Some(lineage) = lineage.filter(|one| answered.has(one)) else {
        return Answer::Raises(format!("raises `{}`", one_line(&name)));
    };
    let given = arguments.and_then(|arguments| status_given(arguments, first_of(&lineage)));
    match given.map(|given| literal_status(names, given)) {
        Some(Some(status)) if (500..600).contains(&status) => Answer::Failure(status),
        Some(Some(status)) => Answer::Raises(format!("answers {status}")),
        _ => Answer::Raises(format!("raises `{}`", one_line(&name))),
    }
}

/// The position of the status among the arguments; none for a class of the project, which may have its own.
fn first_of(lineage: &Lineage) -> Option<usize> {
    matches!(lineage.class(), FASTAPI_ERROR | STARLETTE_ERROR).then_some(0)
}

/// The status of a response that `value` makes, when that is a 5xx.
fn status_of_response(names: &Names<'_>, value: &Expr) -> Option<u16> {
    let call = value.as_call_expr()?;
    let lineage = names.lineage(&call.func)?;
    let responses = &Known::shipped().responses;
    let is_shipped = responses.iter().any(|one| one == lineage.class());
    if !responses.iter().any(|one| lineage.derives_from(one)) {
        return None;
    }
    let given = status_given(&call.arguments, is_shipped.then_some(1))?;
    literal_status(names, given).filter(|status| (500..600).contains(status))
}

fn status_given(arguments: &Arguments, position: Option<usize>) -> Option<&Expr> {
    let keyword = arguments.find_keyword("status_code");
    if let Some(keyword) = keyword {
        return Some(&keyword.value);
    }
    let given = arguments.args.get(..=position?)?;
    let starred = given.iter().any(Expr::is_starred_expr);
    given.last().filter(|_| !starred)
}

/// A status that is written out: a number, `status.HTTP_500_INTERNAL_SERVER_ERROR`, `HTTPStatus.BAD_GATEWAY`.
fn literal_status(names: &Names<'_>, value: &Expr) -> Option<u16> {
    if let Expr::NumberLiteral(number) = value {
        return match &number.value {
            Number::Int(number) => number.as_u16(),
            _ => None,
        };
    }
    // A constant of the project is not written out here, and may change.
    names.qualified_name(value, Where::default())?;
    match Status::of(names, Some(value)) {
        Status::Known(status) => Some(status),
        Status::Absent | Status::Unknown => None,
    }
}

/// What the name `value` is bound to, when the statements of `handler` itself do that once.
fn made_here<'a>(handler: &'a ExceptHandlerExceptHandler, value: &'a Expr) -> &'a Expr {
    let Expr::Name(name) = value else {
        return value;
    };
    let mut found = handler.body.iter().filter_map(|statement| match statement {
        Stmt::Assign(one) => match one.targets.as_slice() {
            [Expr::Name(target)] if target.id == name.id => Some(&*one.value),
            _ => None,
        },
        _ => None,
    });
    match (found.next(), found.next()) {
        (Some(made), None) => made,
        _ => value,
    }
}

/// What stands in a handler above its answer.
pub struct Rest<'a> {
    /// Calls that clean up, in order.
    pub cleanup: Vec<&'a Stmt>,
}

/// The statements of `handler` above its last one.
///
/// # Errors
/// What of them can neither be left out nor copied.
pub fn rest<'a>(
    names: &Names<'_>,
    tells: &Tells<'_>,
    function: Option<&StmtFunctionDef>,
    handler: &'a ExceptHandlerExceptHandler,
) -> Result<Rest<'a>, &'static str> {
    let caught = handler.name.as_ref().map(|name| name.as_str());
    let mut taken: Vec<&str> = caught.into_iter().collect();
    let mut rest = Rest {
        cleanup: Vec::new(),
    };
    let mut has_told = false;
    let above = handler
        .body
        .split_last()
        .map_or(&[][..], |(_, above)| above);
    for statement in above {
        if let Some(bound) = bound_locals(statement, function) {
            taken.extend(bound);
            continue;
        }
        let Stmt::Expr(one) = statement else {
            match statement {
                Stmt::Pass(_) | Stmt::Import(_) | Stmt::ImportFrom(_) => continue,
                _ => return Err("the handler does more than answer"),
            }
        };
        let call = match &*one.value {
            Expr::Await(waiting) => waiting.value.as_call_expr(),
            other => other.as_call_expr(),
        };
        match call {
            Some(call) if tells.is_one(names, call) => has_told = true,
            None if one.value.is_literal_expr() => {}
            None => return Err("the handler does more than answer"),
            Some(_) if has_told => return Err("the handler does something after it has logged"),
            Some(_) if uses(&one.value, &taken) => {
                return Err("the handler does something with the exception");
            }
            Some(_) => rest.cleanup.push(statement),
        }
    }
    Ok(rest)
}

/// The names of `function` that `statement` binds, when it does nothing but that.
fn bound_locals<'a>(
    statement: &'a Stmt,
    function: Option<&StmtFunctionDef>,
) -> Option<Vec<&'a str>> {
    let mut bound = Vec::new();
    let plain = match statement {
        Stmt::Assign(one) => one
            .targets
            .iter()
            .all(|target| names_in(target, &mut bound)),
        Stmt::AnnAssign(one) => names_in(&one.target, &mut bound),
        Stmt::AugAssign(one) => names_in(&one.target, &mut bound),
        _ => false,
    };
    let function = function.filter(|_| plain)?;
    let declared = declared(&function.body);
    let is_local = |name: &&str| !declared.contains(name);
    bound.iter().all(is_local).then_some(bound)
}

fn names_in<'a>(target: &'a Expr, bound: &mut Vec<&'a str>) -> bool {
    match target {
        Expr::Name(name) => {
            bound.push(name.id.as_str());
            true
        }
        Expr::Tuple(tuple) => tuple.elts.iter().all(|one| names_in(one, bound)),
        _ => false,
    }
}

/// The names that `body` declares `global` or `nonlocal`.
fn declared(body: &[Stmt]) -> Vec<&str> {
    use codemend_engine::syntax::ast::statement_visitor::{StatementVisitor, walk_stmt};
    struct Declared<'a>(Vec<&'a str>);
    impl<'a> StatementVisitor<'a> for Declared<'a> {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            match statement {
                Stmt::Global(one) => self.0.extend(one.names.iter().map(|name| name.as_str())),
                Stmt::Nonlocal(one) => self.0.extend(one.names.iter().map(|name| name.as_str())),
                _ => walk_stmt(self, statement),
            }
        }
    }
    let mut declared = Declared(Vec::new());
    declared.visit_body(body);
    declared.0
}

/// Whether `expr` mentions one of `wanted`.
pub fn uses(expr: &Expr, wanted: &[&str]) -> bool {
    struct Uses<'w>(&'w [&'w str], bool);
    impl<'a> Visitor<'a> for Uses<'_> {
        fn visit_expr(&mut self, expr: &'a Expr) {
            if let Expr::Name(name) = expr {
                self.1 |= self.0.contains(&name.id.as_str());
            }
            walk_expr(self, expr);
        }
    }
    let mut found = Uses(wanted, false);
    found.visit_expr(expr);
    found.1
}

/// `text` on one line, and not too long.
fn one_line(text: &str) -> String {
    let joined: Vec<&str> = text.split_whitespace().collect();
    let joined = joined.join(" ");
    match joined.char_indices().nth(60) {
        Some((at, _)) => format!("{}...", &joined[..at]),
        None => joined,
    }
}
