//! How a function of a library is written at one place of a module.

use codemend_engine::imports::Import;
use codemend_engine::module::Module;
use codemend_engine::semantic::{Meaning, Where};
use codemend_engine::syntax::ast::statement_visitor::{StatementVisitor, walk_stmt};
use codemend_engine::syntax::ast::{Alias, Expr, Stmt, StmtFunctionDef};
use codemend_engine::syntax::{Ranged, TextSize, parse_expression};

/// How a function is written, and the import that it needs for that.
#[derive(Debug, Clone)]
pub struct Spelled {
    pub text: String,
    pub import: Option<Import>,
}

/// A place in a function of a module.
#[derive(Clone, Copy)]
pub struct Spot<'m, 'a, 'f> {
    pub module: &'m Module<'a>,
    pub function: &'f StmtFunctionDef,
    /// An expression that stands there.
    pub witness: &'f Expr,
}

impl Spot<'_, '_, '_> {
    /// How `member` of one of `homes` (modules) is written here with the imports that are there.
    pub fn there(self, homes: &[&str], member: &str) -> Option<String> {
        let mut texts = Vec::new();
        let own = self.module.suite().iter().chain(self.above());
        for statement in own.chain(self.around()) {
            names_of(statement, homes, member, &mut texts);
        }
        texts.into_iter().find(|text| {
            let means = self.qualified(text);
            let is_it = |home: &str| means.as_deref() == Some(&*format!("{home}.{member}"));
            homes.iter().any(|home| is_it(home)) && self.is_bound_before(text)
        })
    }

    /// The statements of the function's own block above this place.
    fn above(&self) -> impl Iterator<Item = &Stmt> {
        let end = self.witness.start();
        let body = self.function.body.iter();
        body.take_while(move |statement| statement.end() <= end)
    }

    /// The statements of the functions around, above the one that this place is in.
    fn around(&self) -> Vec<&Stmt> {
        let at = self.function.start();
        let (mut body, mut found) = (self.module.suite(), Vec::new());
        while let Some(outer) = body.iter().find(|it| it.start() < at && at < it.end()) {
            body = match outer {
                Stmt::FunctionDef(one) => {
                    found.extend(one.body.iter().take_while(|it| it.end() <= at));
                    &one.body
                }
                Stmt::ClassDef(one) => &one.body,
                _ => return found,
            };
        }
        found
    }

    /// Whether the module imports anything of the `package`.
    pub fn imports(self, package: &str) -> bool {
        let is_in = |name: &str| {
            let rest = name.strip_prefix(package);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.module.suite().iter().any(|statement| match statement {
            Stmt::Import(one) => one.names.iter().any(|alias| is_in(&alias.name)),
            Stmt::ImportFrom(one) => one.level == 0 && one.module.as_deref().is_some_and(is_in),
            _ => false,
        })
    }

    /// Whether nothing binds `name` here.
    pub fn is_free(self, name: &str) -> bool {
        let Ok(parsed) = parse_expression(name) else {
            return false;
        };
        let place = Where {
            witness: Some(self.witness),
            deferred: false,
        };
        self.module
            .names()
            .meanings(parsed.expr(), place)
            .is_empty()
            && self.local(name).is_none()
    }

    /// Whether `name` means the module of that name here, wherever it is bound: its import may stand below a condition
    /// (`if __name__ == "__main__":`), and another one at the top changes nothing.
    pub fn means_module(self, name: &str) -> bool {
        let Ok(parsed) = parse_expression(name) else {
            return false;
        };
        let place = Where {
            witness: Some(self.witness),
            deferred: true,
        };
        let meanings = self.module.names().meanings(parsed.expr(), place);
        let is_it = |one: &Meaning<'_>| matches!(one, Meaning::Module(module) if module == name);
        !meanings.is_empty() && meanings.iter().all(is_it) && self.local(name).is_none()
    }

    fn qualified(self, text: &str) -> Option<String> {
        let parsed = parse_expression(text).ok()?;
        let place = Where {
            witness: Some(self.witness),
            deferred: false,
        };
        self.module.names().qualified_name(parsed.expr(), place)
    }

    /// Whether the first name in `text`, if the function imports it itself, is imported above of this place for sure.
    fn is_bound_before(self, text: &str) -> bool {
        let name = text.split('.').next().unwrap_or(text);
        match self.local(name) {
            None => true,
            Some(_) => self.above().any(|statement| binds(statement, name)),
        }
    }

    /// Where the function itself imports `name`, at any depth.
    fn local(self, name: &str) -> Option<TextSize> {
        let mut finder = Local { name, found: None };
        finder.visit_body(&self.function.body);
        finder.found
    }
}

struct Local<'n> {
    name: &'n str,
    found: Option<TextSize>,
}

impl<'a> StatementVisitor<'a> for Local<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if binds(statement, self.name) {
            self.found = Some(statement.start());
        }
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            _ => walk_stmt(self, statement),
        }
    }
}

fn bound(alias: &Alias) -> &str {
    alias.asname.as_ref().unwrap_or(&alias.name).as_str()
}

fn binds(statement: &Stmt, name: &str) -> bool {
    match statement {
        Stmt::Import(one) => one.names.iter().any(|alias| {
            let bound = bound(alias);
            bound == name || alias.asname.is_none() && bound.split('.').next() == Some(name)
        }),
        Stmt::ImportFrom(one) => one.names.iter().any(|alias| bound(alias) == name),
        _ => false,
    }
}

/// How `member` of one of `homes` may be written below the import `statement`.
fn names_of(statement: &Stmt, homes: &[&str], member: &str, texts: &mut Vec<String>) {
    match statement {
        Stmt::Import(one) => {
            for alias in &one.names {
                for home in homes {
                    let is_root = alias.asname.is_none()
                        && alias.name.split('.').next() == home.split('.').next();
                    if alias.name.as_str() == *home {
                        texts.push(format!("{}.{member}", bound(alias)));
                    } else if is_root {
                        texts.push(format!("{home}.{member}"));
                    }
                }
            }
        }
        Stmt::ImportFrom(one) if one.level == 0 => {
            let Some(from) = one.module.as_deref() else {
                return;
            };
            for alias in &one.names {
                let whole = format!("{from}.{}", alias.name);
                if homes.contains(&from) && alias.name.as_str() == member {
                    texts.push(bound(alias).to_owned());
                } else if homes.contains(&whole.as_str()) {
                    texts.push(format!("{}.{member}", bound(alias)));
                }
            }
        }
        _ => {}
    }
}
