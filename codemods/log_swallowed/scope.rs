//! Which names the scopes around a handler bind.

use codemend_engine::bindings::{of_body, of_function};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_stmt};
use codemend_engine::syntax::ast::{Alias, Expr, Stmt, TypeParams};

use super::site::{Around, Site};

/// Whether a function around `site`, or the class body that it stands in directly, binds `name`: there it does not mean
/// what the module binds.
pub fn hides(site: &Site<'_>, name: &str) -> bool {
    let last = site.around.len().saturating_sub(1);
    let mut around = site.around.iter().enumerate();
    around.any(|(at, one)| match one {
        Around::Function(function) => {
            has_type(function.type_params.as_deref(), name)
                || of_function(function).contains_key(name)
        }
        Around::Class(class) => {
            has_type(class.type_params.as_deref(), name)
                || at == last && of_body(&class.body).contains_key(name)
        }
    })
}

/// `def load[logger](...)`
fn has_type(parameters: Option<&TypeParams>, name: &str) -> bool {
    let mut parameters = parameters.into_iter().flat_map(|all| all.iter());
    parameters.any(|one| one.name().as_str() == name)
}

/// How often `body`, of a module or a class, binds `name`.
pub fn times_bound(body: &[Stmt], name: &str) -> usize {
    of_body(body).get(name).map_or(0, Vec::len)
}

/// How often `import {module}` or `import {module}.other` binds that name in the scope of `body`.
pub fn imports_of(body: &[Stmt], module: &str) -> usize {
    let mut finder = Imports { module, times: 0 };
    finder.visit_body(body);
    finder.times
}

struct Imports<'m> {
    module: &'m str,
    times: usize,
}

impl<'a> Visitor<'a> for Imports<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::Import(import) => {
                let is_it = |alias: &&Alias| {
                    let named = alias.asname.as_ref().is_none_or(|name| name == &alias.name);
                    named && alias.name.split('.').next() == Some(self.module)
                };
                self.times += import.names.iter().filter(is_it).count();
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}
