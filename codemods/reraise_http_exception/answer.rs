//! What a handler answers: how it leaves.

use codemend_engine::frameworks::fastapi::Status;
use codemend_engine::semantic::{
    DefinitionKind, FASTAPI_ERROR, Lineage, Meaning, Names, STARLETTE_ERROR, Where, named,
};
use codemend_engine::syntax::ast::{Arguments, ExceptHandlerExceptHandler, Expr, Number, Stmt};

use super::errors::Answered;
use super::known::Known;

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
    if !lineage.is_some_and(|one| answered.has(&one)) {
        return Answer::Raises(format!("raises `{}`", one_line(&name)));
    }
    let position = has_own_first(names, class, BASES).then_some(0);
    let given = arguments.and_then(|arguments| status_given(arguments, position));
    match given.map(|given| literal_status(names, given)) {
        Some(Some(status)) if (500..600).contains(&status) => Answer::Failure(status),
        Some(Some(status)) => Answer::Raises(format!("answers {status}")),
        _ => Answer::Raises(format!("raises `{}`", one_line(&name))),
    }
}

/// How far bases are followed.
const BASES: usize = 8;

/// Whether the status is the first argument of `class`: the framework's own, or one of the project that takes over how
/// it is made.
fn has_own_first(names: &Names<'_>, class: &Expr, depth: usize) -> bool {
    let meanings = names.meanings(class, Where::default());
    let [meaning] = meanings.as_slice() else {
        let lineage = names.lineage(class);
        return lineage.is_some_and(|one| matches!(one.class(), FASTAPI_ERROR | STARLETTE_ERROR));
    };
    match (meaning, depth.checked_sub(1)) {
        (Meaning::Outside { name, .. }, _) => matches!(
            Lineage::of_outside(name).class(),
            FASTAPI_ERROR | STARLETTE_ERROR
        ),
        (Meaning::Definition(definition), Some(below)) => match definition.kind() {
            DefinitionKind::Class(class) => {
                let mut methods = class.body.iter().filter_map(Stmt::as_function_def_stmt);
                let is_made = methods.any(|one| matches!(&*one.name, "__init__" | "__new__"));
                matches!((class.bases(), is_made), ([base], false)
                    if has_own_first(definition.names(), named(base), below))
            }
            _ => definition
                .lineage()
                .is_some_and(|one| matches!(one.class(), FASTAPI_ERROR | STARLETTE_ERROR)),
        },
        _ => false,
    }
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

/// `text` on one line, and not too long.
fn one_line(text: &str) -> String {
    let joined: Vec<&str> = text.split_whitespace().collect();
    let joined = joined.join(" ");
    match joined.char_indices().nth(60) {
        Some((at, _)) => format!("{}...", &joined[..at]),
        None => joined,
    }
}
