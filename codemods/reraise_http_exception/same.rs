//! A handler that raises the very exception that arrives: for the client nothing would change.

use codemend_engine::semantic::{DefinitionKind, Meaning, Names, Where};
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::Stmt;

use super::answer::Answer;
use super::known::Tells;
use super::rest::rest;
use super::sites::Site;

/// The name that the handler of `site` raises, when that holds one object alone and the handler always gets there.
pub fn raised_again<'a>(
    names: &Names<'_>,
    tells: &Tells<'_>,
    site: &Site<'a>,
    answer: &Answer,
) -> Option<&'a str> {
    let Answer::Raises(_) = answer else {
        return None;
    };
    let raised = match site.handler.body.last()? {
        Stmt::Raise(raise) => raise.exc.as_deref()?,
        _ => return None,
    };
    let name = raised.as_name_expr()?;
    let meanings = names.meanings(raised, Where::default());
    let [Meaning::Definition(definition)] = meanings.as_slice() else {
        return None;
    };
    let is_object = match definition.kind() {
        DefinitionKind::Parameter(_) => true,
        DefinitionKind::Assignment(value)
        | DefinitionKind::Annotated {
            value: Some(value), ..
        } => value.is_call_expr(),
        _ => false,
    };
    let is_own = site.handler.range().contains_range(definition.range());
    let is_same = is_object && !is_own && !definition.is_rebound_from_inside();
    (is_same && rest(names, tells, site).is_ok()).then_some(name.id.as_str())
}
