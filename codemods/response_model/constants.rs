//! Whether a list or dict of a module is left as it was made.

use codemend_engine::semantic::Names;
use codemend_engine::syntax::ast::helpers::any_over_body;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr};
use codemend_engine::syntax::ast::{CmpOp, Comprehension, Expr, ExprContext, Stmt};

use super::scan::LOOKS;

/// Builtins that only look at what they are given.
const LOOKING: [&str; 16] = [
    "len",
    "sorted",
    "list",
    "sum",
    "min",
    "max",
    "any",
    "all",
    "enumerate",
    "zip",
    "str",
    "print",
    "set",
    "tuple",
    "reversed",
    "dict",
];

/// Whether the file of `names` binds `name`, a list or dict, once, and nothing in it may change what it holds: every
/// use is iterated over, looked into, measured, joined.
pub(super) fn is_only_read(names: &Names<'_>, name: &str) -> bool {
    let mut uses = Uses {
        name,
        suite: names.suite(),
        harmless: 0,
        all: 0,
        stores: 0,
        in_decorated: false,
    };
    uses.visit_body(names.suite());
    uses.stores == 1 && uses.harmless == uses.all
}

struct Uses<'n> {
    name: &'n str,
    suite: &'n [Stmt],
    harmless: usize,
    all: usize,
    stores: usize,
    in_decorated: bool,
}

impl Uses<'_> {
    fn is_it(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Name(name) if name.id == self.name)
    }

    fn look_at_returned(&mut self, value: &Expr) {
        match value {
            Expr::Dict(dict) => dict
                .iter_values()
                .for_each(|one| self.look_at_returned(one)),
            Expr::List(list) => list.elts.iter().for_each(|one| self.look_at_returned(one)),
            one => self.look(one),
        }
    }

    fn look(&mut self, expr: &Expr) {
        if self.is_it(expr) {
            self.harmless += 1;
        }
    }
}

impl<'a> Visitor<'a> for Uses<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::For(one) => self.look(&one.iter),
            // What a route returns is written down and let go.
            Stmt::Return(one) if self.in_decorated => {
                if let Some(value) = &one.value {
                    self.look_at_returned(value);
                }
            }
            Stmt::FunctionDef(function) => {
                let outer = self.in_decorated;
                let called = any_over_body(self.suite, |one| {
                    matches!(one, Expr::Name(name) if name.id == function.name.id && name.ctx.is_load())
                        || matches!(one, Expr::Attribute(one) if one.attr.id == function.name.id)
                });
                self.in_decorated = !function.decorator_list.is_empty() && !called;
                codemend_engine::syntax::ast::visitor::walk_stmt(self, statement);
                self.in_decorated = outer;
                return;
            }
            _ => {}
        }
        codemend_engine::syntax::ast::visitor::walk_stmt(self, statement);
    }

    fn visit_comprehension(&mut self, comprehension: &'a Comprehension) {
        self.look(&comprehension.iter);
        codemend_engine::syntax::ast::visitor::walk_comprehension(self, comprehension);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if name.id == self.name => match name.ctx {
                ExprContext::Load => self.all += 1,
                _ => self.stores += 1,
            },
            Expr::Subscript(one) if one.ctx.is_load() => self.look(&one.value),
            Expr::Compare(compare) => {
                let membership = |op: &CmpOp| matches!(op, CmpOp::In | CmpOp::NotIn);
                if compare.ops.iter().all(membership) {
                    compare.comparators.iter().for_each(|one| self.look(one));
                }
            }
            Expr::UnaryOp(unary) => self.look(&unary.operand),
            Expr::Call(call) => match &*call.func {
                Expr::Name(func) if LOOKING.contains(&func.id.as_str()) => {
                    call.arguments.args.iter().for_each(|one| self.look(one));
                }
                Expr::Attribute(method) => {
                    if LOOKS.contains(&method.attr.as_str()) {
                        self.look(&method.value);
                    }
                    if &method.attr == "join" {
                        call.arguments.args.iter().for_each(|one| self.look(one));
                    }
                }
                _ => {}
            },
            _ => {}
        }
        walk_expr(self, expr);
    }
}
