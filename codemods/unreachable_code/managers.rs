//! Context managers that pass on whatever is raised in their block.
//!
//! `__exit__` swallows what was raised when it gives something true. So it has to be known to give None: by the table,
//! or by its own body. What a context manager is, the call that makes it says; types are asked where that is not seen,
//! and only for what is spelled like a file or a lock.

use codemend_engine::module::Module;
use codemend_engine::semantic::{Class, Definition, DefinitionKind, Meaning, Names, Type, Where};
use codemend_engine::syntax::ast::helpers::ReturnStatementVisitor;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Alias, Expr, Stmt, StmtClassDef, StmtFunctionDef, StmtWith};

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
            // `IO[str]`
            let class = match annotation {
                Expr::Subscript(one) => &one.value,
                other => other,
            };
            let class = names.qualified_name(class, Where::default())?;
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

/// Whether the objects of `class` give None. An object of a class of the project may be one of a class that derives from
/// it, whose `__exit__` is another.
fn gives_none(class: &Class<'_>, exit: &str) -> bool {
    if Table::shipped().managers.contains(&class.name) {
        return true;
    }
    class
        .definition
        .as_ref()
        .is_some_and(|definition| match definition.kind() {
            DefinitionKind::Class(it) if definition.in_stub() => {
                has_such_exit(definition, it, exit)
            }
            _ => false,
        })
}

fn has_such_exit(definition: &Definition<'_>, class: &StmtClassDef, exit: &str) -> bool {
    let is_async = exit == "__aexit__";
    if !definition.in_stub() && gives_others(class) {
        return false;
    }
    find_method(&class.body, exit).is_some_and(|method| {
        if method.is_async != is_async || binds_times(&class.body, exit) != 1 {
            return false;
        }
        match definition.in_stub() {
            true => says_none(method),
            false => (method.returns.is_none() || says_none(method)) && returns_none(method),
        }
    })
}

/// Whether a call of `class` may give an object of another class: it says itself what it gives, or a metaclass or a
/// decorator does.
fn gives_others(class: &StmtClassDef) -> bool {
    let is_plain = |decorator: &Expr| {
        let name = match decorator {
            Expr::Call(call) => &*call.func,
            other => other,
        };
        match name {
            Expr::Name(name) => name.id == "dataclass",
            Expr::Attribute(one) => one.attr.as_str() == "dataclass",
            _ => false,
        }
    };
    let keywords = class.arguments.iter().flat_map(|it| &it.keywords);
    let is_metaclass = |name: Option<&str>| name.is_none_or(|name| name == "metaclass");
    keywords
        .map(|it| it.arg.as_ref().map(|arg| arg.as_str()))
        .any(is_metaclass)
        || !class
            .decorator_list
            .iter()
            .all(|it| is_plain(&it.expression))
        || binds_times(&class.body, "__new__") > 0
}

/// How often the `body` of a class binds `name`, below conditions too.
fn binds_times(body: &[Stmt], name: &str) -> usize {
    let mut bindings = Bindings { name, times: 0 };
    bindings.visit_body(body);
    bindings.times
}

struct Bindings<'n> {
    name: &'n str,
    times: usize,
}

impl<'a> Visitor<'a> for Bindings<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(one) => self.times += usize::from(one.name.as_str() == self.name),
            Stmt::ClassDef(one) => self.times += usize::from(one.name.as_str() == self.name),
            // A name that an import binds stands in no expression.
            Stmt::Import(_) | Stmt::ImportFrom(_) => {
                let names = match statement {
                    Stmt::Import(one) => &one.names,
                    Stmt::ImportFrom(one) => &one.names,
                    _ => return,
                };
                let is_it = |alias: &&Alias| {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                    matches!(bound.as_str(), "*") || bound.as_str() == self.name
                };
                self.times += names.iter().filter(is_it).count();
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if name.id == self.name && !name.ctx.is_load() => self.times += 1,
            _ => walk_expr(self, expr),
        }
    }
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
