//! Context managers that pass on whatever is raised in their block.
//!
//! `__exit__` swallows what was raised when it gives something true. So it has to be known to give None: by the table,
//! or by its own body.

use codemend_engine::module::Module;
use codemend_engine::semantic::{Class, DefinitionKind, Type};
use codemend_engine::syntax::ast::helpers::ReturnStatementVisitor;
use codemend_engine::syntax::ast::visitor::Visitor;
use codemend_engine::syntax::ast::{Expr, StmtFunctionDef, StmtWith};

use super::calls::find_method;
use super::table::Table;

/// Whether no context manager of `with` swallows anything.
pub fn pass_all_on(module: &Module<'_>, with: &StmtWith) -> bool {
    let exit = match with.is_async {
        true => "__aexit__",
        false => "__exit__",
    };
    with.items.iter().all(|item| {
        let kind = module.names().type_of(&item.context_expr).kind;
        kind.members().iter().all(|one| match one {
            Type::Instance(class) => gives_none(class, exit),
            _ => false,
        })
    })
}

fn gives_none(class: &Class<'_>, exit: &str) -> bool {
    if Table::shipped().managers.contains(&class.name) {
        return true;
    }
    let Some(definition) = &class.definition else {
        return false;
    };
    let DefinitionKind::Class(statement) = definition.kind() else {
        return false;
    };
    find_method(&statement.body, exit).is_some_and(|method| match definition.in_stub() {
        true => says_none(method),
        false => (method.returns.is_none() || says_none(method)) && returns_none(method),
    })
}

fn says_none(method: &StmtFunctionDef) -> bool {
    let returns = method.returns.as_deref();
    method.decorator_list.is_empty() && returns.is_some_and(Expr::is_none_literal_expr)
}

fn returns_none(method: &StmtFunctionDef) -> bool {
    let mut returns = ReturnStatementVisitor::default();
    returns.visit_body(&method.body);
    let mut values = returns
        .returns
        .iter()
        .filter_map(|one| one.value.as_deref());
    method.decorator_list.is_empty()
        && !returns.is_generator
        && values.all(Expr::is_none_literal_expr)
}
