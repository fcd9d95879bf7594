//! What one scope binds its names to, read off its statements alone: which calls a variable may come from, and whether a
//! function has a local of some name.
//!
//! ty says what a name means where it stands; it does not list what a variable is bound to by `with`, or in how many
//! ways. This does, for one scope at a time and without the scopes in it.

use std::collections::BTreeMap;

use ruff_python_ast::visitor::{Visitor, walk_except_handler, walk_expr, walk_pattern, walk_stmt};
use ruff_python_ast::{Alias, ExceptHandler, Expr, Pattern, Stmt, StmtFunctionDef};

/// One way in which a scope binds a name.
#[derive(Debug, Clone, Copy)]
pub enum Bound<'a> {
    /// `name = value`, or `(name := value)`
    Value(&'a Expr),
    /// `with value as name`
    With(&'a Expr),
    /// `name: annotation = value`
    Annotated(&'a Expr, Option<&'a Expr>),
    /// A parameter, with its annotation.
    Parameter(Option<&'a Expr>),
    /// By an import statement.
    Import,
    /// A loop, a function, a class, a pattern, a part of a tuple, a `del`.
    Otherwise,
}

/// The names of a scope, each with all that binds it, in source order.
pub type Bindings<'a> = BTreeMap<&'a str, Vec<Bound<'a>>>;

/// What `body`, the statements of a module or a class, binds.
pub fn of_body(body: &[Stmt]) -> Bindings<'_> {
    let mut finder = Finder::default();
    finder.visit_body(body);
    finder.done()
}

/// What `function` binds, parameters included. What it says by `global` or `nonlocal` belongs to another scope.
pub fn of_function(function: &StmtFunctionDef) -> Bindings<'_> {
    let mut finder = Finder::default();
    for parameter in function.parameters.iter() {
        let bound = Bound::Parameter(parameter.annotation());
        finder.bind(parameter.name(), bound);
    }
    finder.visit_body(&function.body);
    finder.done()
}

#[derive(Default)]
struct Finder<'a> {
    found: Bindings<'a>,
    elsewhere: Vec<&'a str>,
    /// How many comprehensions deep: their variables are their own, what `:=` binds there is not.
    comprehensions: usize,
}

impl<'a> Finder<'a> {
    fn done(mut self) -> Bindings<'a> {
        for name in self.elsewhere {
            self.found.remove(name);
        }
        self.found
    }

    fn bind(&mut self, name: &'a str, bound: Bound<'a>) {
        self.found.entry(name).or_default().push(bound);
    }

    /// `target`, if it is a plain name, is bound so; else what is in it is bound otherwise.
    fn target(&mut self, target: &'a Expr, bound: Bound<'a>) {
        match target {
            Expr::Name(name) => self.bind(&name.id, bound),
            _ => self.visit_expr(target),
        }
    }
}

impl<'a> Visitor<'a> for Finder<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                for decorator in &function.decorator_list {
                    self.visit_expr(&decorator.expression);
                }
                return self.bind(&function.name, Bound::Otherwise);
            }
            Stmt::ClassDef(class) => return self.bind(&class.name, Bound::Otherwise),
            Stmt::Global(one) => self
                .elsewhere
                .extend(one.names.iter().map(|it| it.as_str())),
            Stmt::Nonlocal(one) => self
                .elsewhere
                .extend(one.names.iter().map(|it| it.as_str())),
            Stmt::Assign(one) => {
                self.visit_expr(&one.value);
                for target in &one.targets {
                    self.target(target, Bound::Value(&one.value));
                }
                return;
            }
            Stmt::AnnAssign(one) => {
                let value = one.value.as_deref();
                value.into_iter().for_each(|value| self.visit_expr(value));
                return self.target(&one.target, Bound::Annotated(&one.annotation, value));
            }
            Stmt::With(with) => {
                for item in &with.items {
                    self.visit_expr(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        self.target(target, Bound::With(&item.context_expr));
                    }
                }
                return self.visit_body(&with.body);
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_alias(&mut self, alias: &'a Alias) {
        let name = match &alias.asname {
            Some(name) => name.as_str(),
            None => alias.name.split('.').next().unwrap_or_default(),
        };
        self.bind(name, Bound::Import);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if !name.ctx.is_load() && self.comprehensions == 0 => {
                self.bind(&name.id, Bound::Otherwise);
            }
            Expr::Named(named) => {
                self.target(&named.target, Bound::Value(&named.value));
                self.visit_expr(&named.value);
            }
            Expr::Lambda(_) => {}
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                self.comprehensions += 1;
                walk_expr(self, expr);
                self.comprehensions -= 1;
            }
            _ => walk_expr(self, expr),
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(one) = handler;
        if let Some(name) = &one.name {
            self.bind(name, Bound::Otherwise);
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
            self.bind(name, Bound::Otherwise);
        }
        walk_pattern(self, pattern);
    }
}

#[cfg(test)]
mod tests {
    use ruff_python_ast::Stmt;

    use super::{Bound, of_body, of_function};

    fn parsed(text: &str) -> Vec<Stmt> {
        ruff_python_parser::parse_module(text)
            .unwrap()
            .into_suite()
            .to_vec()
    }

    #[test]
    fn a_scope_binds_what_stands_in_it() {
        let body = parsed(
            "import a.b, c as d\nfor e in f:\n    with g as h: pass\ndef i(j):\n    k = 1\ntry: pass\nexcept L as m: pass\nn: int = 1\nglobal o\no = 2\nmatch p:\n    case {'q': r, **s}: pass\nprint(t := 1)\nn = 2\n",
        );
        let names = of_body(&body);
        let found: Vec<&str> = names.keys().copied().collect();
        assert_eq!(found, ["a", "d", "e", "h", "i", "m", "n", "r", "s", "t"]);
        assert!(matches!(names["h"][..], [Bound::With(_)]));
        assert_eq!(names["n"].len(), 2);
    }

    #[test]
    fn a_function_binds_its_parameters_and_not_what_is_global() {
        let body = parsed(
            "def f(a: int, *b, **c):\n    global d\n    d = e = a\n    a = [x for x in b if (f := x)]\n",
        );
        let Stmt::FunctionDef(function) = &body[0] else {
            unreachable!()
        };
        let names = of_function(function);
        let found: Vec<&str> = names.keys().copied().collect();
        assert_eq!(found, ["a", "b", "c", "e", "f"]);
        assert!(matches!(
            names["a"][..],
            [Bound::Parameter(Some(_)), Bound::Value(_)]
        ));
    }
}
