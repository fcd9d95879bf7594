//! What `self` and `cls` are: the classes of a file by the first parameters of their methods.

use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{Expr, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextSize};

use crate::semantic::{DefinitionKind, Meaning, Names, Where};

/// The classes of a file by their methods' first parameters: `self` and `cls`.
pub(super) struct Selves<'a, 'db> {
    names: &'a Names<'db>,
    found: Vec<(TextSize, &'a StmtClassDef)>,
}

impl<'a, 'db> Selves<'a, 'db> {
    pub(super) fn of(names: &'a Names<'db>) -> Self {
        let found = Vec::new();
        let mut selves = Self { names, found };
        selves.visit_body(names.suite());
        selves
    }

    /// The class that `expr`, a name in the file, is the `self` or `cls` of.
    pub(super) fn class(&self, expr: &Expr) -> Option<&'a StmtClassDef> {
        let start = parameter(self.names, expr)?;
        let found = self.found.iter().find(|(at, _)| *at == start);
        found.map(|(_, class)| *class)
    }

    fn method(&mut self, class: &'a StmtClassDef, method: &StmtFunctionDef) {
        let is_static = method.decorator_list.iter().any(|decorator| {
            let named = self
                .names
                .qualified_name(&decorator.expression, Where::default());
            named.as_deref() == Some("builtins.staticmethod")
        });
        let first = method.parameters.iter_non_variadic_params().next();
        if let Some(first) = first.filter(|_| !is_static) {
            self.found.push((first.parameter.start(), class));
        }
    }
}

impl<'a> Visitor<'a> for Selves<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::ClassDef(class) = statement {
            for inner in &class.body {
                if let Stmt::FunctionDef(method) = inner {
                    self.method(class, method);
                }
            }
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}

/// The class that `expr`, a name in the file of `names`, is the `self` or `cls` of. For one look: it reads the whole
/// file, when the name is a parameter at all.
pub(super) fn class_of_self<'a>(names: &'a Names<'_>, expr: &Expr) -> Option<&'a StmtClassDef> {
    parameter(names, expr)?;
    Selves::of(names).class(expr)
}

/// Where the parameter stands that `expr` is, when it is nothing else.
fn parameter(names: &Names<'_>, expr: &Expr) -> Option<TextSize> {
    expr.as_name_expr()?;
    let meanings = names.meanings(expr, Where::default());
    let [Meaning::Definition(definition)] = &meanings[..] else {
        return None;
    };
    match definition.kind() {
        DefinitionKind::Parameter(_) => Some(definition.range().start()),
        _ => None,
    }
}
