//! The classes of a module, and what the values at its module level are made by.

use ruff_python_ast::{Expr, Stmt, StmtClassDef};

use super::digest::{Class, Digest};
use super::origins::{Origins, blocks, qualified};

/// Methods that run when an instance is made.
const HOOKS: [&str; 7] = [
    "__init__",
    "__new__",
    "__post_init__",
    "__attrs_post_init__",
    "model_post_init",
    "__setattr__",
    "__set_name__",
];

/// Decorators of methods that run when an instance is made.
const VALIDATORS: [&str; 6] = [
    "validator",
    "root_validator",
    "field_validator",
    "model_validator",
    "field_serializer",
    "computed_field",
];

/// Factories that make something plain.
const PLAIN: [&str; 6] = ["list", "dict", "set", "tuple", "str", "frozenset"];

/// Note the classes at the module level of `suite`, and `name = call(...)`.
pub(super) fn collect(suite: &[Stmt], origins: &Origins, digest: &mut Digest) {
    for statement in suite {
        match statement {
            Stmt::ClassDef(class) => {
                digest
                    .classes
                    .insert(class.name.to_string(), read(class, origins));
            }
            Stmt::Assign(one) => {
                if let [Expr::Name(name)] = one.targets.as_slice() {
                    made(&name.id, &one.value, origins, digest);
                }
            }
            Stmt::AnnAssign(one) => {
                if let (Expr::Name(name), Some(value)) = (&*one.target, &one.value) {
                    made(&name.id, value, origins, digest);
                }
            }
            _ => {
                for block in blocks(statement) {
                    collect(block, origins, digest);
                }
            }
        }
    }
}

fn made(name: &str, value: &Expr, origins: &Origins, digest: &mut Digest) {
    if let Expr::Call(call) = value
        && let Some(callee) = qualified(&call.func, origins)
    {
        digest.made_by.insert(name.to_owned(), callee);
    }
}

fn read(class: &StmtClassDef, origins: &Origins) -> Class {
    let arguments = class.arguments.as_deref();
    let bases = arguments.map_or(&[][..], |arguments| &arguments.args);
    let base = |expr: &Expr| match expr {
        Expr::Subscript(one) => qualified(&one.value, origins),
        _ => qualified(expr, origins),
    };
    let decorator = |expr: &Expr| match expr {
        Expr::Call(call) => qualified(&call.func, origins),
        _ => qualified(expr, origins),
    };
    Class {
        bases: bases.iter().filter_map(base).collect(),
        decorators: class
            .decorator_list
            .iter()
            .filter_map(|one| decorator(&one.expression))
            .collect(),
        has_hooks: class.body.iter().any(has_hook)
            || arguments.is_some_and(|arguments| arguments.find_keyword("metaclass").is_some()),
    }
}

fn has_hook(statement: &Stmt) -> bool {
    match statement {
        Stmt::FunctionDef(function) => {
            let validates = function.decorator_list.iter().any(|decorator| {
                let callee = match &decorator.expression {
                    Expr::Call(call) => &*call.func,
                    other => other,
                };
                let name = match callee {
                    Expr::Name(name) => name.id.as_str(),
                    Expr::Attribute(attribute) => attribute.attr.as_str(),
                    _ => "",
                };
                VALIDATORS.contains(&name)
            });
            validates || HOOKS.contains(&function.name.as_str())
        }
        Stmt::AnnAssign(one) => one.value.as_deref().is_some_and(makes_by_factory),
        Stmt::Assign(one) => makes_by_factory(&one.value),
        _ => false,
    }
}

/// `field(default_factory=connect)`
fn makes_by_factory(value: &Expr) -> bool {
    let Expr::Call(call) = value else {
        return false;
    };
    let factory = call.arguments.find_keyword("default_factory");
    factory.is_some_and(
        |factory| !matches!(&factory.value, Expr::Name(name) if PLAIN.contains(&name.id.as_str())),
    )
}
