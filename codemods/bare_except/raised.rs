//! Exceptions: which one an expression names, and which one catches which.

use std::collections::BTreeSet;

use codemend_engine::semantic::{DefinitionKind, Meaning, Names, Where};
use codemend_engine::syntax::ast::{Arguments, Expr, Stmt, StmtClassDef};

use super::table::Table;

/// How far bases are followed.
const DEPTH: usize = 12;

/// What a class that is raised or caught derives from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ancestor {
    /// It is this exception of the table, or a class of the project that derives from it.
    Known(String),
    /// From `BaseException`, and not from `Exception`.
    BaseOnly,
    /// From nothing that can be raised: a class without bases.
    Plain,
    Unknown,
}

/// What `class`, an expression of the file of `names`, derives from.
pub fn ancestor(names: &Names<'_>, class: &Expr) -> Ancestor {
    of_expr(names, class, DEPTH)
}

/// The exception that `class` is itself: a class of the project that derives from one catches less than that.
pub fn itself(names: &Names<'_>, class: &Expr) -> Option<String> {
    let qualified = names.qualified_name(class, Where::default())?;
    match qualified.as_str() {
        "builtins.BaseException" => Some("BaseException".to_owned()),
        name => Table::shipped().exception(name).map(str::to_owned),
    }
}

/// Whether an instance of `class` is made without any code of the project.
pub fn is_plainly_made(names: &Names<'_>, class: &Expr) -> bool {
    no_constructor(names, class, DEPTH)
}

/// Whether a builtin exception `class` can be made of `arguments`: none takes a keyword, and `SyntaxError` takes its
/// second argument apart.
pub fn takes_any(arguments: &Arguments, class: &Expr) -> bool {
    let parts = match class {
        Expr::Name(name) if name.id == "SyntaxError" => 1,
        _ => 3,
    };
    arguments.keywords.is_empty() && arguments.args.len() <= parts
}

/// `raised` without those that another one of them catches, and with those joined that have a common name.
pub fn fold(table: &Table, raised: &BTreeSet<String>) -> BTreeSet<String> {
    let mut all = raised.clone();
    for join in &table.joins {
        if join.of.iter().all(|one| all.contains(one)) {
            all.insert(join.into.clone());
        }
    }
    let folded = all.iter().filter(|one| {
        let mut others = all.iter().filter(|other| other != one);
        !others.any(|other| table.catches(other, one))
    });
    folded.cloned().collect()
}

fn of_expr(names: &Names<'_>, class: &Expr, depth: usize) -> Ancestor {
    let meanings = names.meanings(class, Where::default());
    let mut found = meanings.iter().map(|meaning| of_meaning(meaning, depth));
    let Some(first) = found.next() else {
        return Ancestor::Unknown;
    };
    match found.all(|one| one == first) {
        true => first,
        false => Ancestor::Unknown,
    }
}

fn of_meaning(meaning: &Meaning<'_>, depth: usize) -> Ancestor {
    match meaning {
        Meaning::Builtin(name) => match name.as_str() {
            "object" => Ancestor::Plain,
            "BaseException" | "BaseExceptionGroup" | "KeyboardInterrupt" | "SystemExit"
            | "GeneratorExit" => Ancestor::BaseOnly,
            name => known(&format!("builtins.{name}")),
        },
        Meaning::Outside { name, .. } => match name.as_str() {
            "asyncio.CancelledError" | "asyncio.exceptions.CancelledError" => Ancestor::BaseOnly,
            name => known(name),
        },
        Meaning::Definition(definition) if depth > 0 => match definition.kind() {
            DefinitionKind::Class(class) => of_class(definition.names(), class, depth - 1),
            _ => Ancestor::Unknown,
        },
        _ => Ancestor::Unknown,
    }
}

fn known(name: &str) -> Ancestor {
    match Table::shipped().exception(name) {
        Some(name) => Ancestor::Known(name.to_owned()),
        None => Ancestor::Unknown,
    }
}

/// The first base that says something decides; one that says nothing may hide anything.
fn of_class(names: &Names<'_>, class: &StmtClassDef, depth: usize) -> Ancestor {
    let bases: Vec<Ancestor> = class
        .bases()
        .iter()
        .map(|base| of_expr(names, base, depth))
        .collect();
    let known = bases.iter().find(|one| matches!(one, Ancestor::Known(_)));
    match known {
        Some(known) => known.clone(),
        None if bases.contains(&Ancestor::BaseOnly) && !bases.contains(&Ancestor::Unknown) => {
            Ancestor::BaseOnly
        }
        None if bases.iter().all(|one| *one == Ancestor::Plain) => Ancestor::Plain,
        None => Ancestor::Unknown,
    }
}

fn no_constructor(names: &Names<'_>, class: &Expr, depth: usize) -> bool {
    let meanings = names.meanings(class, Where::default());
    !meanings.is_empty()
        && meanings.iter().all(|meaning| match meaning {
            Meaning::Builtin(name) => Table::shipped()
                .exception(&format!("builtins.{name}"))
                .is_some_and(|name| !name.starts_with("Unicode")),
            Meaning::Definition(definition) if depth > 0 => match definition.kind() {
                DefinitionKind::Class(class) => {
                    let bare = class.decorator_list.is_empty()
                        && class
                            .arguments
                            .as_deref()
                            .is_none_or(|all| all.keywords.is_empty());
                    bare && !binds(class, &["__init__", "__new__"])
                        && class
                            .bases()
                            .iter()
                            .all(|base| no_constructor(definition.names(), base, depth - 1))
                }
                _ => false,
            },
            _ => false,
        })
}

/// Whether the body of `class` binds one of `wanted`; a body that does more than define things may bind any.
pub fn binds(class: &StmtClassDef, wanted: &[&str]) -> bool {
    class.body.iter().any(|statement| match statement {
        Stmt::FunctionDef(function) => wanted.contains(&function.name.as_str()),
        Stmt::Assign(one) => one.targets.iter().any(|target| match target {
            Expr::Name(name) => wanted.contains(&name.id.as_str()),
            _ => true,
        }),
        Stmt::AnnAssign(one) => match &*one.target {
            Expr::Name(name) => wanted.contains(&name.id.as_str()),
            _ => true,
        },
        Stmt::Pass(_) | Stmt::Expr(_) | Stmt::ClassDef(_) => false,
        _ => true,
    })
}
