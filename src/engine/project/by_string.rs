//! Imports by a string: `importlib.import_module("app.plugins")`, and what can be told when the name is computed.

use ruff_python_ast::{Expr, ExprCall};

use super::digest::ImportRef;
use super::origins::{Origin, Origins};

const IMPORTING: [&str; 2] = ["importlib.import_module", "runpy.run_module"];

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
    let may_import = match &*call.func {
        Expr::Name(name) => {
            let is_imported = |origins: &Origins| match origins.get(name.id.as_str()) {
                Some(Origin::Import(origin)) => IMPORTING.contains(&origin.as_str()),
                Some(Origin::Several(all)) => all
                    .iter()
                    .any(|origin| IMPORTING.contains(&origin.as_str())),
                _ => false,
            };
            name.id == "__import__" || is_imported(outer) || is_imported(inner)
        }
        // `importlib.import_module`, whatever `importlib` is called here
        Expr::Attribute(attribute) => {
            matches!(
                attribute.attr.as_str(),
                "import_module" | "__import__" | "run_module"
            )
        }
        _ => false,
    };
    if !may_import {
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
