//! Names that only type checkers see.

use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};
use ruff_python_ast::{Alias, Expr, Stmt};

use crate::module::Module;
use crate::semantic::{Meaning, Where};

/// Names that only `if TYPE_CHECKING:` imports: at run time they are not there.
pub(super) struct OnlyTyped<'m, 'a> {
    module: &'m Module<'a>,
    names: Vec<&'m str>,
}

impl<'m, 'a> OnlyTyped<'m, 'a> {
    pub(super) fn of(module: &'m Module<'a>) -> Self {
        let mut imports = Imports {
            module,
            typed: Vec::new(),
            others: Vec::new(),
            in_type_checking: false,
        };
        imports.visit_body(module.suite());
        let others = imports.others;
        let mut names = imports.typed;
        names.retain(|name| !others.contains(name));
        Self { module, names }
    }

    /// Whether the name at the root of `expr` is one of them. A parameter or a local of that name is none.
    pub(super) fn has(&self, expr: &Expr) -> bool {
        let mut root = expr;
        while let Expr::Attribute(attribute) = root {
            root = &attribute.value;
        }
        let is_typed = root
            .as_name_expr()
            .is_some_and(|name| self.names.contains(&name.id.as_str()));
        is_typed && !self.is_bound_here(root)
    }

    /// Whether everything that binds the name `root` stands in this file, so that no import does.
    fn is_bound_here(&self, root: &Expr) -> bool {
        let names = self.module.names();
        let meanings = names.meanings(root, Where::default());
        meanings.iter().all(|meaning| match meaning {
            Meaning::Definition(definition) => definition.names().path() == names.path(),
            _ => false,
        })
    }
}

struct Imports<'m, 'a> {
    module: &'m Module<'a>,
    typed: Vec<&'m str>,
    others: Vec<&'m str>,
    in_type_checking: bool,
}

impl<'m> Imports<'m, '_> {
    fn bind(&mut self, aliases: &'m [Alias]) {
        let names = aliases.iter().map(|alias| {
            let whole = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
            whole.split('.').next().unwrap_or(whole)
        });
        match self.in_type_checking {
            true => self.typed.extend(names),
            false => self.others.extend(names),
        }
    }
}

impl<'m> StatementVisitor<'m> for Imports<'m, '_> {
    fn visit_stmt(&mut self, statement: &'m Stmt) {
        match statement {
            Stmt::Import(import) => self.bind(&import.names),
            Stmt::ImportFrom(import) => self.bind(&import.names),
            Stmt::If(branch) => {
                let test = self
                    .module
                    .names()
                    .qualified_name(&branch.test, Where::default());
                let outer = self.in_type_checking;
                self.in_type_checking |= test.as_deref() == Some("typing.TYPE_CHECKING");
                self.visit_body(&branch.body);
                self.in_type_checking = outer;
                for clause in &branch.elif_else_clauses {
                    self.visit_body(&clause.body);
                }
            }
            _ => walk_stmt(self, statement),
        }
    }
}
