//! The calls of a module that are spelled like one of the table, each with what stands around it.

use codemend_engine::module::Module;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, ExprCall, Stmt, StmtClassDef, StmtFunctionDef};

/// A call.
#[derive(Clone)]
pub struct Site<'a> {
    pub call: &'a ExprCall,
    /// The functions and classes that it stands in, outermost first.
    pub around: Vec<Around<'a>>,
}

/// A function or a class around a call.
#[derive(Clone, Copy)]
pub enum Around<'a> {
    Function(&'a StmtFunctionDef),
    Class(&'a StmtClassDef),
}

impl<'a> Site<'a> {
    /// The functions around it, innermost first.
    pub fn functions(&self) -> impl Iterator<Item = &'a StmtFunctionDef> {
        self.around.iter().rev().filter_map(|one| match one {
            Around::Function(function) => Some(*function),
            Around::Class(_) => None,
        })
    }

    /// The class whose method it stands in, and the name of that method's first parameter.
    pub fn owner(&self) -> Option<(&'a StmtClassDef, &'a str)> {
        let mut pairs = self.around.windows(2).rev();
        pairs.find_map(|pair| match pair {
            [Around::Class(class), Around::Function(method)] => {
                let mut parameters = method.parameters.iter_non_variadic_params();
                Some((*class, parameters.next()?.name().as_str()))
            }
            _ => None,
        })
    }
}

/// The calls of `module` whose function is spelled with one of `names`, in source order.
pub fn sites<'a>(module: &'a Module<'_>, names: &[&str]) -> Vec<Site<'a>> {
    let mut finder = Finder {
        module,
        names,
        found: Vec::new(),
        around: Vec::new(),
    };
    finder.visit_body(module.suite());
    finder.found
}

struct Finder<'n, 'a, 'm> {
    module: &'a Module<'m>,
    names: &'n [&'n str],
    found: Vec<Site<'a>>,
    around: Vec<Around<'a>>,
}

impl<'a> Finder<'_, 'a, '_> {
    fn within(&mut self, around: Around<'a>, statement: &'a Stmt) {
        self.around.push(around);
        walk_stmt(self, statement);
        self.around.pop();
    }
}

impl<'a> Visitor<'a> for Finder<'_, 'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.within(Around::Function(function), statement),
            Stmt::ClassDef(class) => self.within(Around::Class(class), statement),
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && self.module.could_mean(&call.func, self.names)
        {
            self.found.push(Site {
                call,
                around: self.around.clone(),
            });
        }
        walk_expr(self, expr);
    }
}
