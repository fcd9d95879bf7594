//! Looking into other files: the names of a file by its path, and the functions and classes at a dotted path in one.
//!
//! Names lead from a use to its definition. Who derives from a class, or wears a decorator, is known of the project by
//! file and path, and these lead back to syntax.

use camino::Utf8Path;
use ruff_db::files::system_path_to_file;
use ruff_db::system::SystemPath;
use ruff_python_ast::{ExceptHandler, Expr, Stmt};
use ty_python_core::ProgramFile;

use super::definition::Definition;
use super::names::Names;
use super::quietly;

impl<'db> Names<'db> {
    /// The names of the file at `path` (absolute), when it is one of the project.
    pub fn of_file(&self, path: &Utf8Path) -> Option<Self> {
        if !self.in_project(path) {
            return None;
        }
        quietly(|| {
            let file = system_path_to_file(self.database, SystemPath::new(path.as_str())).ok()?;
            let program = self.file.program(self.database);
            Some(self.other(ProgramFile::new(self.database, file, program)))
        })
        .flatten()
    }

    /// The functions and classes of this file that `path` names: `load`, `Store.load`. More than one where conditions
    /// choose.
    pub fn defined_at(&self, path: &str) -> Vec<Definition<'db>> {
        let parts: Vec<&str> = path.split('.').collect();
        let mut found = Vec::new();
        collect(self.suite(), &parts, &mut found);
        let definitions = found.into_iter().filter_map(|one| match one {
            Stmt::FunctionDef(function) => self.definition_of_function(function),
            Stmt::ClassDef(class) => self.definition_of_class(class),
            _ => None,
        });
        definitions.collect()
    }
}

fn collect<'s>(body: &'s [Stmt], path: &[&str], found: &mut Vec<&'s Stmt>) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    for statement in body {
        match statement {
            Stmt::FunctionDef(function) if function.name == **first && rest.is_empty() => {
                found.push(statement);
            }
            Stmt::ClassDef(class) if class.name == **first => match rest.is_empty() {
                true => found.push(statement),
                false => collect(&class.body, rest, found),
            },
            Stmt::If(branch) => {
                collect(&branch.body, path, found);
                let clauses = branch.elif_else_clauses.iter();
                clauses.for_each(|clause| collect(&clause.body, path, found));
            }
            Stmt::Try(attempt) => {
                collect(&attempt.body, path, found);
                for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    collect(&handler.body, path, found);
                }
                collect(&attempt.orelse, path, found);
            }
            _ => {}
        }
    }
}

/// `a.b` of `a.b` and of `a.b(...)`: what a decorator or the base of a class names.
pub fn named(expr: &Expr) -> &Expr {
    match expr {
        Expr::Call(call) => named(&call.func),
        Expr::Subscript(one) => named(&one.value),
        other => other,
    }
}
