//! What the names of a module stand for, as far as its own statements tell.
//!
//! Cruder than a semantic index, and enough for questions to thousands of modules whose answers only keep things as
//! they are.

use ruff_python_ast::{Expr, Stmt};
use rustc_hash::FxHashMap;

use super::digest::ImportRef;

/// The prefix of the qualified name of what the module itself defines.
pub(super) const HERE: &str = "<here>.";

/// What the names of a module stand for, as far as its import statements at module level tell: the dotted name, `.a.b`
/// for a relative one. Names that it defines itself stand for `<here>.name`. `None` for one that stands for several.
pub(super) type Origins = FxHashMap<String, Option<String>>;

pub(super) fn origins(suite: &[Stmt]) -> Origins {
    let mut origins = Origins::default();
    note_origins(suite, &mut origins);
    origins
}

/// Take the imports and definitions of `body` into `origins`, those below conditions too.
pub(super) fn note_origins(body: &[Stmt], origins: &mut Origins) {
    let mut note = |name: &str, origin: String| {
        let entry = origins.entry(name.to_owned());
        entry
            .and_modify(|known| {
                if known.as_ref() != Some(&origin) {
                    *known = None;
                }
            })
            .or_insert(Some(origin));
    };
    for statement in body {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    match &alias.asname {
                        Some(name) => note(name, alias.name.to_string()),
                        None => {
                            let first = alias.name.split('.').next().unwrap_or_default();
                            note(first, first.to_owned());
                        }
                    }
                }
            }
            Stmt::ImportFrom(import) => {
                let dots = ".".repeat(import.level as usize);
                let module = import.module.as_deref().unwrap_or_default();
                let separator = if module.is_empty() { "" } else { "." };
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    note(name, format!("{dots}{module}{separator}{}", alias.name));
                }
            }
            Stmt::FunctionDef(function) => note(&function.name, format!("{HERE}{}", function.name)),
            Stmt::ClassDef(class) => note(&class.name, format!("{HERE}{}", class.name)),
            Stmt::Assign(assignment) => {
                for target in &assignment.targets {
                    if let Expr::Name(name) = target {
                        note(&name.id, format!("{HERE}{}", name.id));
                    }
                }
            }
            Stmt::AnnAssign(assignment) => {
                if let (Expr::Name(name), Some(_)) = (&*assignment.target, &assignment.value) {
                    note(&name.id, format!("{HERE}{}", name.id));
                }
            }
            _ => {}
        }
    }
    for statement in body {
        for block in blocks(statement) {
            note_origins(block, origins);
        }
    }
}

/// The blocks of a compound statement that run with it: not those of functions and classes.
pub(super) fn blocks(statement: &Stmt) -> Vec<&[Stmt]> {
    match statement {
        Stmt::If(one) => {
            let mut blocks = vec![one.body.as_slice()];
            blocks.extend(
                one.elif_else_clauses
                    .iter()
                    .map(|clause| clause.body.as_slice()),
            );
            blocks
        }
        Stmt::Try(one) => {
            let mut blocks = vec![one.body.as_slice()];
            for handler in &one.handlers {
                let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
                blocks.push(&handler.body);
            }
            blocks.extend([one.orelse.as_slice(), one.finalbody.as_slice()]);
            blocks
        }
        Stmt::With(one) => vec![&one.body],
        Stmt::For(one) => vec![&one.body, &one.orelse],
        Stmt::While(one) => vec![&one.body, &one.orelse],
        Stmt::Match(one) => one.cases.iter().map(|case| case.body.as_slice()).collect(),
        _ => Vec::new(),
    }
}

/// The qualified name of `expr`, a name or a dotted attribute, as far as `origins` tell.
pub(super) fn qualified(expr: &Expr, origins: &Origins) -> Option<String> {
    match expr {
        Expr::Name(name) => match origins.get(name.id.as_str()) {
            Some(origin) => origin.clone(),
            None if ruff_python_stdlib::builtins::is_python_builtin(&name.id, 15, false) => {
                Some(format!("builtins.{}", name.id))
            }
            None => None,
        },
        Expr::Attribute(attribute) => {
            let owner = qualified(&attribute.value, origins)?;
            Some(format!("{owner}.{}", attribute.attr))
        }
        Expr::StringLiteral(_) | Expr::FString(_) => Some("builtins.str".to_owned()),
        _ => None,
    }
}

/// Whether `test` holds for type checkers only.
pub(super) fn is_type_checking(test: &Expr) -> bool {
    match test {
        Expr::Name(name) => name.id == "TYPE_CHECKING",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "TYPE_CHECKING",
        Expr::BooleanLiteral(literal) => !literal.value,
        Expr::NumberLiteral(literal) => {
            matches!(&literal.value, ruff_python_ast::Number::Int(number) if *number == 0)
        }
        _ => false,
    }
}

/// The import that `statement` writes.
pub(super) fn from_import(statement: &ruff_python_ast::StmtImportFrom) -> ImportRef {
    let star = statement.names.iter().any(|alias| &alias.name == "*");
    let names = statement.names.iter().map(|alias| alias.name.to_string());
    ImportRef {
        module: statement.module.as_deref().unwrap_or_default().to_owned(),
        level: statement.level,
        names: if star { Vec::new() } else { names.collect() },
        star,
    }
}

/// The module that `importlib.import_module("m")` or `__import__("m")` imports; `Some(None)` for a computed name.
pub(super) fn imported_by_string(
    call: &ruff_python_ast::ExprCall,
    origins: &Origins,
) -> Option<Option<String>> {
    let callee = qualified(&call.func, origins)?;
    if !matches!(
        callee.as_str(),
        "importlib.import_module" | "builtins.__import__"
    ) {
        return None;
    }
    Some(match call.arguments.find_positional(0) {
        Some(Expr::StringLiteral(literal)) => Some(literal.value.to_str().to_owned()),
        _ => None,
    })
}
