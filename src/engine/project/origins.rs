//! What the names of a module stand for, as far as its own statements tell.
//!
//! Cruder than a semantic index, and enough for questions to thousands of modules whose answers only keep things as
//! they are.

use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{Expr, Stmt};
use rustc_hash::FxHashMap;

use super::digest::ImportRef;

/// The prefix of the qualified name of what the module itself defines.
pub(super) const HERE: &str = "<here>.";

/// What a name of a module stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// The module defines it itself.
    Here,
    /// An import statement gives it: the dotted name, `.a.b` for a relative one.
    Import(String),
    /// Several statements give it; qualified names, each once.
    Several(Vec<String>),
}

/// What the names of a module stand for, as far as the statements at module level tell.
pub(super) type Origins = FxHashMap<String, Origin>;

pub(super) fn origins(suite: &[Stmt]) -> Origins {
    let mut origins = Origins::default();
    note_origins(suite, &mut origins);
    origins
}

/// Take the imports and definitions of `body` into `origins`, those below conditions too.
pub(super) fn note_origins(body: &[Stmt], origins: &mut Origins) {
    for statement in body {
        match statement {
            Stmt::Import(_) | Stmt::ImportFrom(_) => note_imports(statement, origins),
            Stmt::FunctionDef(function) => note(&function.name, Origin::Here, origins),
            Stmt::ClassDef(class) => note(&class.name, Origin::Here, origins),
            Stmt::Assign(assignment) => {
                let module = module_by_string(&assignment.value);
                for target in &assignment.targets {
                    match (target, &module) {
                        (Expr::Name(name), Some(module)) => {
                            note(&name.id, Origin::Import(module.clone()), origins);
                        }
                        _ => note_target(target, origins),
                    }
                }
            }
            Stmt::AnnAssign(assignment) if assignment.value.is_some() => {
                note_target(&assignment.target, origins);
            }
            Stmt::For(one) => note_target(&one.target, origins),
            Stmt::With(one) => {
                let targets = one
                    .items
                    .iter()
                    .filter_map(|item| item.optional_vars.as_deref());
                targets.for_each(|target| note_target(target, origins));
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

/// Take what an import statement binds into `origins`.
pub(super) fn note_imports(statement: &Stmt, origins: &mut Origins) {
    match statement {
        Stmt::Import(import) => {
            for alias in &import.names {
                match &alias.asname {
                    Some(name) => note(name, Origin::Import(alias.name.to_string()), origins),
                    None => {
                        let first = alias.name.split('.').next().unwrap_or_default();
                        note(first, Origin::Import(first.to_owned()), origins);
                    }
                }
            }
        }
        Stmt::ImportFrom(import) => {
            let dots = ".".repeat(import.level as usize);
            let module = import.module.as_deref().unwrap_or_default();
            let separator = if module.is_empty() { "" } else { "." };
            for alias in import.names.iter().filter(|alias| &alias.name != "*") {
                let name = alias.asname.as_ref().unwrap_or(&alias.name);
                let origin = format!("{dots}{module}{separator}{}", alias.name);
                note(name, Origin::Import(origin), origins);
            }
        }
        _ => {}
    }
}

/// What import statements anywhere in `suite` bind, those in functions too.
pub(super) fn imports_inside(suite: &[Stmt]) -> Origins {
    struct Inside(Origins);
    impl<'a> Visitor<'a> for Inside {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            note_imports(statement, &mut self.0);
            walk_stmt(self, statement);
        }
        fn visit_expr(&mut self, _expr: &'a Expr) {}
    }
    let mut inside = Inside(Origins::default());
    inside.visit_body(suite);
    inside.0
}

pub(super) fn note(name: &str, origin: Origin, origins: &mut Origins) {
    let Some(known) = origins.get_mut(name) else {
        origins.insert(name.to_owned(), origin);
        return;
    };
    if *known == origin {
        return;
    }
    let mut all = written(known, name);
    for one in written(&origin, name) {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    *known = Origin::Several(all);
}

fn note_target(target: &Expr, origins: &mut Origins) {
    match target {
        Expr::Name(name) => note(&name.id, Origin::Here, origins),
        Expr::Tuple(tuple) => tuple.elts.iter().for_each(|one| note_target(one, origins)),
        Expr::List(list) => list.elts.iter().for_each(|one| note_target(one, origins)),
        Expr::Starred(starred) => note_target(&starred.value, origins),
        _ => {}
    }
}

/// The qualified names that `origin`, of the name `name`, stands for.
fn written(origin: &Origin, name: &str) -> Vec<String> {
    match origin {
        Origin::Here => vec![format!("{HERE}{name}")],
        Origin::Import(origin) => vec![origin.clone()],
        Origin::Several(all) => all.clone(),
    }
}

/// The module in `importlib.import_module("a.b")`, `sys.modules["a.b"]`; by spelling, names are not known yet.
pub(super) fn module_by_string(value: &Expr) -> Option<String> {
    let literal = match value {
        Expr::Call(call) if ends_with(&call.func, "import_module") => {
            call.arguments.find_positional(0)?
        }
        Expr::Subscript(one) if ends_with(&one.value, "modules") => &one.slice,
        _ => return None,
    };
    match literal {
        Expr::StringLiteral(literal) if !literal.value.to_str().starts_with('.') => {
            Some(literal.value.to_str().to_owned())
        }
        _ => None,
    }
}

/// Whether `expr` is `name` or `anything.name`.
fn ends_with(expr: &Expr, name: &str) -> bool {
    match expr {
        Expr::Name(one) => one.id == name,
        Expr::Attribute(one) => one.attr.as_str() == name,
        _ => false,
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

/// The qualified name of `expr`, a name or a dotted attribute, as far as `origins` tell. `None` when it may be several.
pub(super) fn qualified(expr: &Expr, origins: &Origins) -> Option<String> {
    match expr {
        Expr::Name(name) => match origins.get(name.id.as_str()) {
            Some(Origin::Here) => Some(format!("{HERE}{}", name.id)),
            Some(Origin::Import(origin)) => Some(origin.clone()),
            Some(Origin::Several(_)) => None,
            None if is_builtin(&name.id) => Some(format!("builtins.{}", name.id)),
            None => None,
        },
        Expr::Attribute(attribute) => {
            let mut owner = qualified(&attribute.value, origins)?;
            owner.push('.');
            owner.push_str(&attribute.attr);
            Some(owner)
        }
        Expr::StringLiteral(_) | Expr::FString(_) => Some("builtins.str".to_owned()),
        _ => None,
    }
}

/// The same where functions have imports of their own, `inner`. A name that means different things is not known.
pub(super) fn qualified_within(expr: &Expr, outer: &Origins, inner: &Origins) -> Option<String> {
    let mut root = expr;
    while let Expr::Attribute(attribute) = root {
        root = &attribute.value;
    }
    let Expr::Name(name) = root else {
        return qualified(expr, outer);
    };
    match (outer.get(name.id.as_str()), inner.get(name.id.as_str())) {
        (Some(one), Some(other)) if one != other => None,
        (None, Some(_)) => qualified(expr, inner),
        _ => qualified(expr, outer),
    }
}

/// Whether `target`, which is assigned to, is a part of something that an import may give.
pub(super) fn is_part_of_import(target: &Expr, outer: &Origins, inner: &Origins) -> bool {
    let mut root = target;
    loop {
        root = match root {
            Expr::Attribute(one) => &one.value,
            Expr::Subscript(one) => &one.value,
            // `vars(mail)["send"]`
            Expr::Call(call) => match call.arguments.args.first() {
                Some(first) => first,
                None => return false,
            },
            Expr::Starred(one) => &one.value,
            Expr::Tuple(tuple) => {
                let mut parts = tuple.elts.iter();
                return parts.any(|one| is_part_of_import(one, outer, inner));
            }
            Expr::List(list) => {
                let mut parts = list.elts.iter();
                return parts.any(|one| is_part_of_import(one, outer, inner));
            }
            Expr::Name(name) => {
                let of_import = |origins: &Origins| {
                    let origin = origins.get(name.id.as_str());
                    origin.is_some_and(|origin| *origin != Origin::Here)
                };
                let is_part = !std::ptr::eq(root, target);
                return is_part && (of_import(outer) || of_import(inner));
            }
            _ => return false,
        };
    }
}

pub(super) fn is_builtin(name: &str) -> bool {
    ruff_python_stdlib::builtins::is_python_builtin(name, 15, false)
}

/// The qualified names of all that may run when `callee` is called: where `origins` leave it open, each possibility.
/// Names of `inner`, the imports of a function, hide those of `outer`. Builtins are left out.
pub(super) fn callees(callee: &Expr, outer: &Origins, inner: &Origins, found: &mut Vec<String>) {
    match callee {
        Expr::Name(name) => {
            let origin = inner.get(name.id.as_str());
            let origin = origin.or_else(|| outer.get(name.id.as_str()));
            found.extend(origin.map(|one| written(one, &name.id)).unwrap_or_default());
        }
        Expr::Attribute(attribute) => {
            let is_dotted = is_dotted(&attribute.value);
            let from = found.len();
            callees(&attribute.value, outer, inner, found);
            for owner in found.iter_mut().skip(from).filter(|_| is_dotted) {
                owner.push('.');
                owner.push_str(&attribute.attr);
            }
        }
        Expr::Subscript(one) => callees(&one.value, outer, inner, found),
        Expr::BoolOp(one) => {
            let values = one.values.iter();
            values.for_each(|value| callees(value, outer, inner, found));
        }
        Expr::If(one) => {
            callees(&one.body, outer, inner, found);
            callees(&one.orelse, outer, inner, found);
        }
        _ => {}
    }
}

/// Whether `expr` is `a.b.c`.
pub(super) fn is_dotted(expr: &Expr) -> bool {
    match expr {
        Expr::Name(_) => true,
        Expr::Attribute(attribute) => is_dotted(&attribute.value),
        _ => false,
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
        Expr::BoolOp(one) if one.op == ruff_python_ast::BoolOp::And => {
            one.values.iter().any(is_type_checking)
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
