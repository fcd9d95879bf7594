//! Calls some of whose arguments are types: `cast(Optional[int], x)`, `isinstance(x, int | str)`.

use std::collections::BTreeMap;

use ruff_python_ast::{Expr, ExprCall, Stmt};

use super::Position;
use super::fastapi;
use crate::imports::{bound_name, statements};
use crate::module::Module;

/// Functions of `typing` that take types.
const FUNCTIONS: [&str; 8] = [
    "cast",
    "assert_type",
    "TypeVar",
    "NewType",
    "NamedTuple",
    "TypedDict",
    "ParamSpec",
    "TypeVarTuple",
];

/// The local names under which a module may know such functions. A first look; bindings decide.
#[derive(Debug, Default)]
pub(super) struct Constructs {
    functions: BTreeMap<String, &'static str>,
    modules: Vec<String>,
}

impl Constructs {
    pub(super) fn of(module: &Module<'_>) -> Self {
        let mut found = Self::default();
        for import in statements(module.suite()) {
            for alias in import.names {
                let bound = bound_name(import.statement, alias).to_owned();
                match import.statement {
                    Stmt::ImportFrom(from)
                        if is_typing(from.module.as_deref()) && &alias.name == "*" =>
                    {
                        let all = FUNCTIONS.iter().map(|name| ((*name).to_owned(), *name));
                        found.functions.extend(all);
                    }
                    Stmt::ImportFrom(from) if is_typing(from.module.as_deref()) => {
                        let function = FUNCTIONS.iter().find(|name| alias.name.as_str() == **name);
                        found.functions.extend(function.map(|name| (bound, *name)));
                    }
                    Stmt::Import(_) if is_typing(Some(&alias.name)) => found.modules.push(bound),
                    _ => {}
                }
            }
        }
        found
    }

    /// The arguments of `call`, or expressions inside them, that are types.
    pub(super) fn type_arguments<'e>(
        &self,
        module: &Module<'_>,
        call: &'e ExprCall,
    ) -> Vec<(&'e Expr, Position)> {
        let arguments = &call.arguments;
        match self.function(module, &call.func) {
            Some("cast") => typing(arguments.find_argument_value("typ", 0)),
            Some("assert_type") => typing(arguments.find_argument_value("typ", 1)),
            Some("NewType") => typing(arguments.find_argument_value("tp", 1)),
            Some("TypeVar" | "ParamSpec" | "TypeVarTuple") => {
                let keywords = ["bound", "default"];
                let named = keywords
                    .iter()
                    .filter_map(|name| arguments.find_keyword(name));
                typing(
                    arguments
                        .args
                        .iter()
                        .skip(1)
                        .chain(named.map(|keyword| &keyword.value)),
                )
            }
            Some("NamedTuple") => {
                let fields = arguments
                    .find_argument_value("fields", 1)
                    .map_or(&[][..], elements);
                typing(fields.iter().filter_map(|field| elements(field).get(1)))
            }
            Some("TypedDict") => match arguments.find_argument_value("fields", 1) {
                Some(Expr::Dict(dict)) => typing(dict.items.iter().map(|item| &item.value)),
                _ => Vec::new(),
            },
            Some("isinstance") => arguments.args.get(1).map_or_else(Vec::new, checked),
            Some(_) => Vec::new(),
            None => fastapi::response_model(module, call)
                .map(|expr| vec![(expr, Position::ResponseModel)])
                .unwrap_or_default(),
        }
    }

    fn function(&self, module: &Module<'_>, function: &Expr) -> Option<&'static str> {
        let (name, qualified) = match function {
            Expr::Name(name) if matches!(name.id.as_str(), "isinstance" | "issubclass") => {
                ("isinstance", format!("builtins.{}", name.id))
            }
            Expr::Name(name) => {
                let name = *self.functions.get(name.id.as_str())?;
                (name, format!("typing.{name}"))
            }
            Expr::Attribute(attribute) => {
                let owner = attribute.value.as_name_expr()?;
                let known = self.modules.iter().any(|module| owner.id == *module);
                let name = FUNCTIONS
                    .iter()
                    .find(|name| known && attribute.attr.as_str() == **name)?;
                (*name, format!("typing.{name}"))
            }
            _ => return None,
        };
        let meant = module.names().qualified_name(function, Default::default());
        (meant.as_deref() == Some(&*qualified)).then_some(name)
    }
}

fn is_typing(module: Option<&str>) -> bool {
    matches!(module, Some("typing" | "typing_extensions"))
}

fn typing<'e>(arguments: impl IntoIterator<Item = &'e Expr>) -> Vec<(&'e Expr, Position)> {
    arguments
        .into_iter()
        .map(|one| (one, Position::TypingArgument))
        .collect()
}

/// The classes of `isinstance(x, (A, B | C))`.
fn checked(argument: &Expr) -> Vec<(&Expr, Position)> {
    match argument {
        Expr::Tuple(tuple) => tuple.elts.iter().flat_map(checked).collect(),
        Expr::Subscript(_) | Expr::BinOp(_) => vec![(argument, Position::InstanceCheck)],
        _ => Vec::new(),
    }
}

fn elements(expr: &Expr) -> &[Expr] {
    match expr {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        _ => &[],
    }
}
