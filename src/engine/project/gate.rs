//! Which modules are worth a search for what they replace at run time.
//!
//! Most replace nothing. That is seen while they are read for other things, so that only few are read once more.

use ruff_python_ast::{Expr, Stmt};

use super::origins::{Origin, Origins};

/// Methods and functions that replace an attribute of their first argument, or what a dotted string names.
#[rustfmt::skip]
pub(super) const REPLACING: [&str; 15] = [
    "patch", "object", "setattr", "delattr", "multiple", "spy", "patch_object", "setattr_path", "replace", "when",
    "reload", "flexmock", "when2", "expect", "allow",
];

/// Whether a call of `function` may be one of those that are looked for here, or deal with `sys.modules`. In files that
/// are about tests all calls are looked at.
pub(super) fn may_replace(function: &Expr) -> bool {
    match function {
        Expr::Name(name) => is_telling(&name.id),
        Expr::Attribute(attribute) => match attribute.attr.as_str() {
            // `patch.object`, and not the like of every library.
            "object" | "multiple" | "dict" => match &*attribute.value {
                Expr::Name(name) => name.id.ends_with("patch"),
                Expr::Attribute(owner) => owner.attr.as_str() == "patch",
                _ => false,
            },
            "setitem" | "delitem" => true,
            // `vars(mail).update(...)`, `mail.__dict__.update(...)`, `sys.modules.pop(...)`
            "update" | "pop" | "setdefault" | "clear" | "__setitem__" | "__delitem__"
            | "__setattr__" => match &*attribute.value {
                Expr::Call(call) => may_replace(&call.func),
                Expr::Attribute(owner) => matches!(owner.attr.as_str(), "__dict__" | "modules"),
                Expr::Name(name) => name.id == "modules",
                _ => false,
            },
            name => is_telling(name),
        },
        _ => false,
    }
}

/// Strings and times have a `replace` as well. Those that look at a module as a whole are searched for too.
fn is_telling(name: &str) -> bool {
    let looks = matches!(
        name,
        "vars" | "dir" | "getmembers" | "getmembers_static" | "__import__"
    );
    looks || name != "replace" && REPLACING.contains(&name)
}

/// Whether a name stands for one of them.
pub(super) fn is_replacing(origin: &Origin) -> bool {
    matches!(origin, Origin::Import(origin)
        if origin.rsplit('.').next().is_some_and(is_telling))
}

/// Whether the module is about tests, by its functions and what it imports.
pub(super) fn is_about_tests(suite: &[Stmt], origins: &Origins) -> bool {
    let is_test = |statement: &Stmt| match statement {
        Stmt::FunctionDef(function) => function.name.starts_with("test"),
        Stmt::ClassDef(class) => class.name.starts_with("Test"),
        _ => false,
    };
    let is_tool = |origin: &Origin| match origin {
        Origin::Import(origin) => {
            matches!(
                origin.split('.').next(),
                Some("pytest" | "unittest" | "mock")
            )
        }
        _ => false,
    };
    suite.iter().any(is_test) || origins.values().any(is_tool)
}
