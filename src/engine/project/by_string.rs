//! Imports by a string: `importlib.import_module("app.plugins")`, and what can be told when the name is computed.

use ruff_python_ast::{Expr, ExprCall};

use super::digest::ImportRef;
use super::origins::{Origins, callees, is_builtin};

/// What `importlib.import_module(...)` or `__import__(...)` imports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ByString {
    Module(ImportRef),
    /// A computed name; the package that it is below, where its beginning says that.
    Computed(Option<ImportRef>),
}

/// What `call` imports, if it is `importlib.import_module("m")` or `__import__("m")`.
pub(super) fn imported_by_string(
    call: &ExprCall,
    outer: &Origins,
    inner: &Origins,
) -> Option<ByString> {
    let last = match &*call.func {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return None,
    };
    let callee = match is_builtin(last) {
        true => last == "__import__",
        false => {
            let mut found = Vec::new();
            callees(&call.func, outer, inner, &mut found);
            found
                .iter()
                .any(|name| name == "importlib.import_module" || name == "runpy.run_module")
        }
    };
    if !callee {
        return None;
    }
    let package = call.arguments.find_argument_value("package", 1);
    let name = call.arguments.find_argument_value("name", 0);
    let name = name.or(call
        .arguments
        .find_keyword("mod_name")
        .map(|one| &one.value));
    Some(match name {
        Some(Expr::StringLiteral(literal)) => module_in(literal.value.to_str(), package),
        Some(computed) => ByString::Computed(beginning(computed)),
        None => ByString::Computed(None),
    })
}

/// `import_module("..a.b", package)`
fn module_in(name: &str, package: Option<&Expr>) -> ByString {
    let module = name.trim_start_matches('.');
    let level = name.len() - module.len();
    let reference = |module: String, level: usize| ImportRef {
        module,
        level: u32::try_from(level).unwrap_or(u32::MAX),
        names: Vec::new(),
        star: false,
    };
    match package {
        Some(Expr::StringLiteral(package)) if level > 0 => {
            let package = package.value.to_str();
            let above = (1..level).try_fold(package, |at, _| Some(at.rsplit_once('.')?.0));
            match above {
                Some(above) => ByString::Module(reference(format!("{above}.{module}"), 0)),
                None => ByString::Computed(None),
            }
        }
        _ => ByString::Module(reference(module.to_owned(), level)),
    }
}

/// The package at the beginning of a computed name: `f"app.plugins.{name}"`, `__name__ + "." + name`.
fn beginning(name: &Expr) -> Option<ImportRef> {
    let text = match name {
        Expr::StringLiteral(literal) => literal.value.to_str().to_owned(),
        Expr::FString(string) => match string.value.elements().next()? {
            ruff_python_ast::InterpolatedStringElement::Literal(literal) => {
                literal.value.to_string()
            }
            ruff_python_ast::InterpolatedStringElement::Interpolation(one) => {
                return beginning(&one.expression);
            }
        },
        Expr::BinOp(one) => return beginning(&one.left),
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(attribute) => return beginning(&attribute.value),
            _ => return None,
        },
        Expr::Name(name) if matches!(name.id.as_str(), "__name__" | "__package__") => {
            ".".to_owned()
        }
        _ => return None,
    };
    let text = text.split(['%', '{']).next().unwrap_or_default();
    let module = text.trim_start_matches('.');
    let level = text.len() - module.len();
    let package = module.rsplit_once('.').map_or("", |(package, _)| package);
    let is_known = level > 0 || !package.is_empty();
    is_known.then(|| ImportRef {
        module: package.to_owned(),
        level: u32::try_from(level).unwrap_or(u32::MAX),
        names: Vec::new(),
        star: false,
    })
}
