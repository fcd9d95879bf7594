//! What a `setup.py` says in literals. It is parsed, never executed.

use std::collections::HashMap;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_python_parser::parse_module;

/// Keywords of the `setup(...)` call, as far as they are literals.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SetupCall {
    pub python_requires: Option<String>,
    pub classifiers: Vec<String>,
}

/// Read the first `setup(...)` or `setuptools.setup(...)` of a module. `None` when there is none, or no parse, or when
/// brackets nest so deep that a parser would run out of stack.
pub fn read(text: &str) -> Option<SetupCall> {
    if crate::nesting::too_deep(text).is_some() {
        return None;
    }
    let module = parse_module(text).ok()?.into_syntax();
    let call = setup_call(&module.body)?;
    let constants = constants(&module.body);
    let keyword = |name: &str| {
        let value = &call.arguments.find_keyword(name)?.value;
        Some(resolve(value, &constants))
    };
    Some(SetupCall {
        python_requires: keyword("python_requires").and_then(literal),
        classifiers: keyword("classifiers").map(literals).unwrap_or_default(),
    })
}

/// The first call of `setup` in `body`.
pub(crate) fn setup_call(body: &[Stmt]) -> Option<&ExprCall> {
    let mut finder = Finder::default();
    finder.visit_body(body);
    finder.call
}

#[derive(Default)]
struct Finder<'a> {
    call: Option<&'a ExprCall>,
}

impl<'a> Visitor<'a> for Finder<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if self.call.is_none() {
            walk_stmt(self, stmt);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) if self.call.is_none() && is_setup(&call.func) => {
                self.call = Some(call)
            }
            _ => walk_expr(self, expr),
        }
    }
}

fn is_setup(function: &Expr) -> bool {
    match function {
        Expr::Name(name) => name.id.as_str() == "setup",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "setup",
        _ => false,
    }
}

/// Names that the module assigns exactly once at its top level, with their values: `REQUIRES = ">=3.8"`.
pub(crate) fn constants(body: &[Stmt]) -> HashMap<&str, Option<&Expr>> {
    let mut constants = HashMap::new();
    for stmt in body {
        let (target, value) = match stmt {
            Stmt::Assign(assign) => match assign.targets.as_slice() {
                [target] => (target, &*assign.value),
                _ => continue,
            },
            Stmt::AnnAssign(assign) => match &assign.value {
                Some(value) => (&*assign.target, &**value),
                None => continue,
            },
            _ => continue,
        };
        if let Expr::Name(name) = target {
            let entry = constants.entry(name.id.as_str());
            entry
                .and_modify(|known| *known = None)
                .or_insert(Some(value));
        }
    }
    constants
}

/// What the name `value` is bound to at the top level, or `value` itself.
pub(crate) fn resolve<'a>(
    value: &'a Expr,
    constants: &HashMap<&str, Option<&'a Expr>>,
) -> &'a Expr {
    let Expr::Name(name) = value else {
        return value;
    };
    constants
        .get(name.id.as_str())
        .copied()
        .flatten()
        .unwrap_or(value)
}

fn literal(value: &Expr) -> Option<String> {
    let text = value.as_string_literal_expr()?;
    Some(text.value.to_str().to_owned())
}

/// The strings of a list or tuple; what is no literal is passed over.
fn literals(value: &Expr) -> Vec<String> {
    let elements = match value {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        _ => return Vec::new(),
    };
    elements.iter().filter_map(literal).collect()
}

#[cfg(test)]
mod tests {
    use super::read;

    fn requires(text: &str) -> Option<String> {
        read(text).and_then(|call| call.python_requires)
    }

    #[test]
    fn literals_and_constants() {
        assert_eq!(
            requires("setup(python_requires='>=3.8')").as_deref(),
            Some(">=3.8")
        );
        let main = "import setuptools\nif __name__ == '__main__':\n    setuptools.setup(python_requires=('>=3' '.8'))\n";
        assert_eq!(requires(main).as_deref(), Some(">=3.8"));
        assert_eq!(
            requires("R = '>=3.9'\nsetup(python_requires=R)").as_deref(),
            Some(">=3.9")
        );
    }

    #[test]
    fn what_is_no_literal_says_nothing() {
        assert_eq!(
            requires("R = '>=3.9'\nR = '>=3.8'\nsetup(python_requires=R)"),
            None
        );
        assert_eq!(requires("setup(python_requires=f'>={x}')"), None);
        assert_eq!(requires("setup(python_requires=read())"), None);
        assert_eq!(requires("other(python_requires='>=3.8')"), None);
        assert_eq!(requires("setup(python_requires="), None);
        assert_eq!(requires("setup(**kwargs)"), None);
    }

    #[test]
    fn deep_nesting_says_nothing() {
        let deep = "(".repeat(1_000_000);
        assert_eq!(requires(&format!("setup(python_requires={deep}")), None);
    }

    #[test]
    fn classifiers() {
        let call = read("C = ['a', b, 'c']\nsetup(classifiers=C)").unwrap();
        assert_eq!(call.classifiers, ["a", "c"]);
        assert_eq!(
            read("setup(classifiers=('a',))").unwrap().classifiers,
            ["a"]
        );
    }
}
