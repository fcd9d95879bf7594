//! What a block of code does with a container that has a name: whether it only reads it, or may put something else in.

use codemend_engine::semantic::{Names, Where};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{
    Comprehension, Expr, ExprCall, FStringPart, InterpolatedStringElement, Keyword, Stmt,
};

/// Builtins that look at a container, or copy it.
const LOOKING: &[&str] = &[
    "all",
    "any",
    "bool",
    "dict",
    "enumerate",
    "frozenset",
    "isinstance",
    "len",
    "list",
    "max",
    "min",
    "print",
    "range",
    "repr",
    "reversed",
    "set",
    "sorted",
    "str",
    "sum",
    "tuple",
    "zip",
];

/// Methods that change neither what a container holds nor how much.
const READING: &[&str] = &[
    "copy",
    "count",
    "difference",
    "get",
    "index",
    "intersection",
    "isdisjoint",
    "issubset",
    "issuperset",
    "items",
    "keys",
    "symmetric_difference",
    "union",
    "values",
];

/// Methods that take something out, or move it.
const TAKING: &[&str] = &[
    "clear", "discard", "pop", "popitem", "remove", "reverse", "sort",
];

/// Which change counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Something is put in that was not there.
    Content,
    /// It becomes larger or smaller.
    Size,
}

/// Whether `block` may change the container `name`, or hands it to somebody who may.
pub fn changes(names: &Names<'_>, block: &[Stmt], name: &str, change: Change) -> bool {
    let mut uses = Uses::new(names, name, change);
    uses.visit_body(block);
    uses.found
}

/// The same of expressions.
pub fn exprs_change(names: &Names<'_>, exprs: &[&Expr], name: &str, change: Change) -> bool {
    let mut uses = Uses::new(names, name, change);
    exprs.iter().for_each(|one| uses.visit_expr(one));
    uses.found
}

struct Uses<'n, 'db> {
    names: &'n Names<'db>,
    name: &'n str,
    change: Change,
    found: bool,
}

impl<'n, 'db> Uses<'n, 'db> {
    fn new(names: &'n Names<'db>, name: &'n str, change: Change) -> Self {
        Self {
            names,
            name,
            change,
            found: false,
        }
    }

    fn is_it(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Name(name) if name.id == self.name)
    }

    /// `expr`, where the container itself does no harm.
    fn look(&mut self, expr: &Expr) {
        if !self.is_it(expr) {
            self.visit_expr(expr);
        }
    }

    fn call(&mut self, call: &ExprCall) {
        let method = match &*call.func {
            Expr::Attribute(method) => Some(method),
            _ => None,
        };
        let reads = |name: &str| {
            READING.contains(&name) || self.change == Change::Content && TAKING.contains(&name)
        };
        match method {
            Some(method) if self.is_it(&method.value) => self.found |= !reads(&method.attr),
            _ => self.visit_expr(&call.func),
        }
        let called = self.names.qualified_name(&call.func, Where::default());
        let builtin = called
            .as_deref()
            .and_then(|name| name.strip_prefix("builtins."));
        // `",".join(rows)`
        let joins = method.is_some_and(|method| &method.attr == "join");
        let looks = joins || builtin.is_some_and(|name| LOOKING.contains(&name));
        for argument in call.arguments.iter_source_order() {
            match looks {
                true => self.look(argument.value()),
                false => self.visit_expr(argument.value()),
            }
        }
    }
}

impl<'a> Visitor<'a> for Uses<'_, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::AugAssign(one) if self.is_it(&one.target) => self.found = true,
            Stmt::Return(one) => one.value.iter().for_each(|value| self.look(value)),
            Stmt::For(each) => {
                self.look(&each.iter);
                self.visit_expr(&each.target);
                self.visit_body(&each.body);
                self.visit_body(&each.orelse);
            }
            Stmt::If(branch) => {
                self.look(&branch.test);
                self.visit_body(&branch.body);
                for clause in &branch.elif_else_clauses {
                    clause.test.iter().for_each(|test| self.look(test));
                    self.visit_body(&clause.body);
                }
            }
            Stmt::While(turn) => {
                self.look(&turn.test);
                self.visit_body(&turn.body);
                self.visit_body(&turn.orelse);
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => self.found |= name.ctx.is_load() && name.id == self.name,
            Expr::Subscript(subscript) if self.is_it(&subscript.value) => {
                self.found |= match self.change {
                    Change::Content => subscript.ctx.is_store(),
                    Change::Size => !subscript.ctx.is_load(),
                };
                self.visit_expr(&subscript.slice);
            }
            Expr::Call(call) => self.call(call),
            Expr::Compare(comparison) => {
                self.look(&comparison.left);
                comparison.comparators.iter().for_each(|one| self.look(one));
            }
            Expr::BinOp(operation) => {
                self.look(&operation.left);
                self.look(&operation.right);
            }
            Expr::UnaryOp(operation) => self.look(&operation.operand),
            Expr::If(choice) => {
                self.look(&choice.test);
                self.visit_expr(&choice.body);
                self.visit_expr(&choice.orelse);
            }
            Expr::Starred(starred) => self.look(&starred.value),
            Expr::FString(text) => {
                for part in text.value.iter() {
                    let FStringPart::FString(part) = part else {
                        continue;
                    };
                    for element in &part.elements {
                        if let InterpolatedStringElement::Interpolation(one) = element {
                            self.look(&one.expression);
                        }
                    }
                }
            }
            _ => walk_expr(self, expr),
        }
    }

    fn visit_keyword(&mut self, keyword: &'a Keyword) {
        match keyword.arg {
            Some(_) => self.visit_expr(&keyword.value),
            None => self.look(&keyword.value),
        }
    }

    fn visit_comprehension(&mut self, one: &'a Comprehension) {
        self.look(&one.iter);
        one.ifs.iter().for_each(|test| self.look(test));
    }
}
