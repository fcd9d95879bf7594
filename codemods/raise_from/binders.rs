//! Names in a piece of code: which it binds, and which it reads.

use codemend_engine::syntax::ast::visitor::{
    Visitor, walk_except_handler, walk_expr, walk_parameter, walk_pattern, walk_stmt,
    walk_type_param,
};
use codemend_engine::syntax::ast::{
    Alias, Comprehension, ExceptHandler, Expr, ExprContext, Parameter, Pattern, Stmt, TypeParam,
};
use codemend_engine::syntax::{Ranged, TextRange};

use super::sites::Site;

/// Why the name of the clause may not hold the exception any more at the `raise`, in a module with this `suite`.
pub fn lost(suite: &[Stmt], site: &Site<'_>, name: &str) -> Option<&'static str> {
    let is_shared = match site.function {
        // A function within may bind it, or it is no name of this one alone.
        Some(function) => rebinds(&function.body, name),
        None => rebinds(suite, name),
    };
    if is_shared {
        return Some("another function may bind the name of the exception");
    }
    let mut finder = Finder {
        name,
        loops: Vec::new(),
        found: Vec::new(),
    };
    finder.visit_body(&site.handler.body);
    let raise = site.raise.range();
    finder
        .found
        .iter()
        .any(|(at, around)| {
            at.start() < raise.end() || around.iter().any(|one| one.contains_range(raise))
        })
        .then_some("the handler binds the name of the exception anew")
}

/// Whether `name` is bound or read anywhere in `body`, in functions and classes too.
pub fn mentions(body: &[Stmt], name: &str) -> bool {
    let mut mentions = Mentions { name, found: false };
    mentions.visit_body(body);
    mentions.found
}

/// The same of a whole statement, its parameters included.
pub fn mentions_in(statement: &codemend_engine::syntax::ast::StmtFunctionDef, name: &str) -> bool {
    let parameters = statement.parameters.iter().any(|one| one.name() == name);
    parameters || mentions(&statement.body, name)
}

/// Places that bind or delete one name.
struct Finder<'n> {
    name: &'n str,
    /// The loops around.
    loops: Vec<TextRange>,
    found: Vec<(TextRange, Vec<TextRange>)>,
}

impl Finder<'_> {
    fn note(&mut self, at: TextRange) {
        self.found.push((at, self.loops.clone()));
    }
}

impl<'a> Visitor<'a> for Finder<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                // It may bind the name of the function around.
                if &function.name == self.name || rebinds(&function.body, self.name) {
                    self.note(function.range());
                }
            }
            Stmt::ClassDef(class) if &class.name == self.name => self.note(class.range()),
            Stmt::ClassDef(_) => {}
            Stmt::For(_) | Stmt::While(_) => {
                self.loops.push(statement.range());
                walk_stmt(self, statement);
                self.loops.pop();
            }
            Stmt::Global(one) if one.names.iter().any(|name| name == self.name) => {
                self.note(one.range());
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr
            && name.ctx != ExprContext::Load
            && name.id == self.name
        {
            self.note(name.range());
        }
        walk_expr(self, expr);
    }

    /// The target is a name of the comprehension's own.
    fn visit_comprehension(&mut self, comprehension: &'a Comprehension) {
        self.visit_expr(&comprehension.iter);
        comprehension
            .ifs
            .iter()
            .for_each(|one| self.visit_expr(one));
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(one) = handler;
        if one.name.as_ref().is_some_and(|name| name == self.name) {
            self.note(one.range());
        }
        walk_except_handler(self, handler);
    }

    fn visit_alias(&mut self, alias: &'a Alias) {
        let name = alias.asname.as_ref().unwrap_or(&alias.name);
        if name.split('.').next() == Some(self.name) {
            self.note(alias.range());
        }
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        if captures(pattern, self.name) {
            self.note(pattern.range());
        }
        walk_pattern(self, pattern);
    }
}

/// Whether `pattern` itself binds `name`.
fn captures(pattern: &Pattern, name: &str) -> bool {
    let bound = match pattern {
        Pattern::MatchAs(one) => one.name.as_ref(),
        Pattern::MatchStar(one) => one.name.as_ref(),
        Pattern::MatchMapping(one) => one.rest.as_ref(),
        _ => None,
    };
    bound.is_some_and(|bound| bound == name)
}

/// Whether `body`, of an inner function, declares `name` to be one of the scope around.
fn rebinds(body: &[Stmt], name: &str) -> bool {
    struct Declares<'n>(&'n str, bool);
    impl<'a> Visitor<'a> for Declares<'_> {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            match statement {
                Stmt::Nonlocal(one) => self.1 |= one.names.iter().any(|name| name == self.0),
                Stmt::Global(one) => self.1 |= one.names.iter().any(|name| name == self.0),
                _ => walk_stmt(self, statement),
            }
        }
        fn visit_expr(&mut self, _: &'a Expr) {}
    }
    let mut declares = Declares(name, false);
    declares.visit_body(body);
    declares.1
}

struct Mentions<'n> {
    name: &'n str,
    found: bool,
}

impl<'a> Visitor<'a> for Mentions<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let own = self.name;
        self.found |= match statement {
            Stmt::FunctionDef(function) => &function.name == own,
            Stmt::ClassDef(class) => &class.name == own,
            Stmt::Global(one) => one.names.iter().any(|name| name == own),
            Stmt::Nonlocal(one) => one.names.iter().any(|name| name == own),
            _ => false,
        };
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr {
            self.found |= name.id == self.name;
        }
        walk_expr(self, expr);
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(one) = handler;
        self.found |= one.name.as_ref().is_some_and(|name| name == self.name);
        walk_except_handler(self, handler);
    }

    fn visit_alias(&mut self, alias: &'a Alias) {
        let name = alias.asname.as_ref().unwrap_or(&alias.name);
        self.found |= name.split('.').next() == Some(self.name);
    }

    fn visit_parameter(&mut self, parameter: &'a Parameter) {
        self.found |= &parameter.name == self.name;
        walk_parameter(self, parameter);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        self.found |= captures(pattern, self.name);
        walk_pattern(self, pattern);
    }

    fn visit_type_param(&mut self, parameter: &'a TypeParam) {
        self.found |= parameter.name() == self.name;
        walk_type_param(self, parameter);
    }
}
