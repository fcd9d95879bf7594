//! The names that a scope binds itself, and not the scopes in it.

use std::collections::BTreeMap;

use codemend_engine::syntax::ast::visitor::{
    Visitor, walk_except_handler, walk_expr, walk_pattern, walk_stmt,
};
use codemend_engine::syntax::ast::{Alias, ExceptHandler, Expr, Pattern, Stmt, StmtFunctionDef};

use super::site::{Around, Site};

/// Whether a function around `site`, or the class body that it stands in directly, binds `name`: there it does not mean
/// what the module binds.
pub fn hides(site: &Site<'_>, name: &str) -> bool {
    let last = site.around.len().saturating_sub(1);
    let mut around = site.around.iter().enumerate();
    around.any(|(at, one)| match one {
        Around::Function(function) => is_bound_in(function, name),
        Around::Class(class) => at == last && bound(&class.body).contains_key(name),
    })
}

/// Whether `function` has a local `name`, or a parameter.
fn is_bound_in(function: &StmtFunctionDef, name: &str) -> bool {
    let mut parameters = function.parameters.iter();
    parameters.any(|one| one.name().as_str() == name) || bound(&function.body).contains_key(name)
}

/// The names that `body`, of one scope, binds, and how often.
pub fn bound(body: &[Stmt]) -> BTreeMap<&str, usize> {
    let mut finder = Finder::default();
    finder.visit_body(body);
    for name in finder.elsewhere {
        finder.bound.remove(name);
    }
    finder.bound
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

#[derive(Default)]
struct Finder<'a> {
    bound: BTreeMap<&'a str, usize>,
    /// What `global` and `nonlocal` say of.
    elsewhere: Vec<&'a str>,
}

impl<'a> Finder<'a> {
    fn bind(&mut self, name: &'a str) {
        *self.bound.entry(name).or_default() += 1;
    }
}

impl<'a> Visitor<'a> for Finder<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => return self.bind(&function.name),
            Stmt::ClassDef(class) => return self.bind(&class.name),
            Stmt::Global(one) => self
                .elsewhere
                .extend(one.names.iter().map(|it| it.as_str())),
            Stmt::Nonlocal(one) => self
                .elsewhere
                .extend(one.names.iter().map(|it| it.as_str())),
            // Without a value it binds nothing, and the name belongs to the scope all the same.
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_alias(&mut self, alias: &'a Alias) {
        let name = match &alias.asname {
            Some(name) => name.as_str(),
            None => alias.name.split('.').next().unwrap_or_default(),
        };
        self.bind(name);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if !name.ctx.is_load() => self.bind(&name.id),
            Expr::Lambda(_) => {}
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {}
            _ => walk_expr(self, expr),
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(one) = handler;
        if let Some(name) = &one.name {
            self.bind(name);
        }
        walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(one) => one.name.as_ref(),
            Pattern::MatchStar(one) => one.name.as_ref(),
            Pattern::MatchMapping(one) => one.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.bind(name);
        }
        walk_pattern(self, pattern);
    }
}

#[cfg(test)]
mod tests {
    use super::bound;

    #[test]
    fn a_scope_binds_what_stands_in_it() {
        let text = "import a.b, c as d\nfor e in f:\n    with g as h: pass\ndef i(j):\n    k = 1\ntry: pass\nexcept L as m: pass\nn: int = 1\nglobal o\no = 2\nmatch p:\n    case {'q': r, **s}: pass\nprint(t := 1)\nn = 2\n";
        let parsed = ruff_python_parser::parse_module(text).unwrap();
        let names = bound(&parsed.syntax().body);
        let found: Vec<&str> = names.keys().copied().collect();
        assert_eq!(found, ["a", "d", "e", "h", "i", "m", "n", "r", "s", "t"]);
        assert_eq!(names["n"], 2);
    }
}
