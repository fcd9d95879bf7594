//! What the bodies of functions enter and take, by syntax alone, and the functions of one name.

use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, Stmt, StmtFunctionDef};

/// What a function enters, or returns.
#[derive(Default)]
pub struct Body<'a> {
    pub contexts: Vec<&'a Expr>,
    /// Whether it takes a lock by hand.
    pub takes: bool,
}

impl<'a> Visitor<'a> for Body<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            Stmt::With(one) if !one.is_async => {
                let items = one.items.iter().map(|item| &item.context_expr);
                self.contexts.extend(items);
            }
            Stmt::Return(one) => {
                let value = one.value.as_deref();
                let value = value.filter(|it| it.is_call_expr() || it.is_name_expr());
                self.contexts.extend(value.filter(|it| !is_self(it)));
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && let Expr::Attribute(method) = &*call.func
        {
            match method.attr.as_str() {
                "acquire" | "flock" => self.takes = true,
                "__enter__" => self.contexts.push(&method.value),
                "enter_context" => self.contexts.extend(call.arguments.args.first()),
                _ => {}
            }
        }
        walk_expr(self, expr);
    }
}

fn is_self(expr: &Expr) -> bool {
    matches!(expr, Expr::Name(name) if name.id == "self")
}

/// The functions called `name` in `body`, at any depth.
pub fn functions<'a>(body: &'a [Stmt], name: &str) -> Vec<&'a StmtFunctionDef> {
    let mut named = Named {
        name,
        found: Vec::new(),
    };
    named.visit_body(body);
    named.found
}

/// Finds the functions of one name.
struct Named<'n, 'a> {
    name: &'n str,
    found: Vec<&'a StmtFunctionDef>,
}

impl<'a> Visitor<'a> for Named<'_, 'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::FunctionDef(function) = statement
            && function.name.as_str() == self.name
        {
            self.found.push(function);
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, _expr: &'a Expr) {}
}
