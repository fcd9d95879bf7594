//! Context managers that pass on whatever is raised in their block.
//!
//! `__exit__` swallows what was raised when it gives something true. So it has to be known to give None: by the table,
//! or by its own body. What a context manager is, the call that makes it says; types are asked where that is not seen,
//! and only for what is spelled like a file or a lock.

use codemend_engine::module::Module;
use codemend_engine::semantic::{Class, Definition, DefinitionKind, Meaning, Names, Type, Where};
use codemend_engine::syntax::ast::helpers::ReturnStatementVisitor;
use codemend_engine::syntax::ast::visitor::Visitor;
use codemend_engine::syntax::ast::{Expr, StmtClassDef, StmtFunctionDef, StmtWith};

use super::calls::find_method;
use super::table::Table;

/// How far names are followed.
const DEPTH: usize = 6;

/// Whether no context manager of `with` swallows anything.
pub fn pass_all_on(module: &Module<'_>, with: &StmtWith) -> bool {
    let exit = match with.is_async {
        true => "__aexit__",
        false => "__exit__",
    };
    with.items.iter().all(|item| {
        let context = &item.context_expr;
        let made = is_made_so(module.names(), context, exit, DEPTH);
        made.unwrap_or_else(|| sounds_so(context) && is_typed_so(module, context, exit))
    })
}

/// Whether what makes `context`, an expression of the file of `names`, shows that it passes all on; none when it is not
/// seen what makes it.
fn is_made_so(names: &Names<'_>, context: &Expr, exit: &str, depth: usize) -> Option<bool> {
    let depth = depth.checked_sub(1)?;
    let (maker, is_call) = match context {
        Expr::Call(call) => (&*call.func, true),
        other => (other, false),
    };
    let meanings = names.meanings(maker, Where::default());
    let mut all = None;
    for meaning in &meanings {
        let one = match meaning {
            Meaning::Outside { name, .. } => is_call && Table::shipped().managers.contains(name),
            Meaning::Builtin(name) => is_call && name == "open",
            Meaning::Definition(definition) => match is_call {
                true => gives_such(definition, exit),
                false => is_bound_so(definition, exit, depth)?,
            },
            Meaning::Module(_) => false,
            Meaning::Unknown => return None,
        };
        all = Some(all.unwrap_or(true) && one);
    }
    all
}

/// Whether a call of `definition` gives a context manager that passes all on.
fn gives_such(definition: &Definition<'_>, exit: &str) -> bool {
    match definition.kind() {
        DefinitionKind::Class(statement) => has_such_exit(definition, statement, exit),
        _ => false,
    }
}

/// Whether the name that `definition` binds is of one; none when it is not seen.
fn is_bound_so(definition: &Definition<'_>, exit: &str, depth: usize) -> Option<bool> {
    let names = definition.names();
    match definition.kind() {
        DefinitionKind::Assignment(value) if value.is_call_expr() => {
            is_made_so(names, value, exit, depth)
        }
        DefinitionKind::Annotated { annotation, .. }
        | DefinitionKind::Parameter(Some(annotation)) => {
            let class = names.qualified_name(annotation, Where::default())?;
            Some(Table::shipped().managers.contains(&class))
        }
        _ => None,
    }
}

/// Whether `context` is spelled like a file that is opened, or like a lock.
fn sounds_so(context: &Expr) -> bool {
    let name = match context {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(method) => return method.attr.as_str() == "open",
            _ => return false,
        },
        _ => return false,
    };
    let name = name.to_ascii_lowercase();
    let words = ["lock", "mutex", "sem", "cond", "file"];
    words.iter().any(|word| name.contains(word))
}

fn is_typed_so(module: &Module<'_>, context: &Expr, exit: &str) -> bool {
    let kind = module.names().type_of(context).kind;
    kind.members().iter().all(|one| match one {
        Type::Instance(class) => gives_none(class, exit),
        _ => false,
    })
}

fn gives_none(class: &Class<'_>, exit: &str) -> bool {
    if Table::shipped().managers.contains(&class.name) {
        return true;
    }
    class.definition.as_ref().is_some_and(|definition| {
        matches!(definition.kind(), DefinitionKind::Class(it) if has_such_exit(definition, it, exit))
    })
}

fn has_such_exit(definition: &Definition<'_>, class: &StmtClassDef, exit: &str) -> bool {
    find_method(&class.body, exit).is_some_and(|method| match definition.in_stub() {
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
    let values = returns.returns.iter();
    let mut values = values.filter_map(|one| one.value.as_deref());
    method.decorator_list.is_empty()
        && !returns.is_generator
        && values.all(Expr::is_none_literal_expr)
}
