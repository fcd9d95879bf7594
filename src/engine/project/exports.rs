//! What a module's `__all__` says.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Stmt};

use super::origins::blocks;

/// Whether `__all__` says which names a star import takes, whatever else the module binds; and these names, where it is
/// one plain list of strings.
pub(super) fn read(suite: &[Stmt]) -> (bool, Option<BTreeSet<String>>) {
    let mut all = All::default();
    all.walk(suite, true);
    let names = all.names.filter(|_| all.count == 1 && all.is_plain);
    (all.count > 0 && !all.is_computed, names)
}

#[derive(Default)]
struct All {
    count: usize,
    is_plain: bool,
    names: Option<BTreeSet<String>>,
    /// `[name for name in dir() if ...]`
    is_computed: bool,
}

impl All {
    fn walk(&mut self, body: &[Stmt], is_top: bool) {
        for statement in body {
            let value = match statement {
                Stmt::Assign(one) if one.targets.iter().any(is_all) => Some(&*one.value),
                Stmt::AnnAssign(one) if is_all(&one.target) => one.value.as_deref(),
                Stmt::AugAssign(one) if is_all(&one.target) => Some(&*one.value),
                // `__all__.extend(...)`
                Stmt::Expr(one) if changes_all(&one.value) => Some(&*one.value),
                _ => None,
            };
            if let Some(value) = value {
                self.take(value, is_top);
            }
            for block in blocks(statement) {
                self.walk(block, false);
            }
        }
    }

    fn take(&mut self, value: &Expr, is_top: bool) {
        self.count += 1;
        self.is_plain = is_top;
        self.names = strings(value);
        self.visit_expr(value);
    }
}

impl<'a> Visitor<'a> for All {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr {
            self.is_computed |= matches!(name.id.as_str(), "dir" | "globals" | "locals" | "vars");
        }
        walk_expr(self, expr);
    }
}

fn is_all(target: &Expr) -> bool {
    matches!(target, Expr::Name(name) if name.id == "__all__")
}

fn changes_all(value: &Expr) -> bool {
    matches!(value, Expr::Call(call)
        if matches!(&*call.func, Expr::Attribute(attribute) if is_all(&attribute.value)))
}

fn strings(value: &Expr) -> Option<BTreeSet<String>> {
    let elements = match value {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        _ => return None,
    };
    let string = |one: &Expr| Some(one.as_string_literal_expr()?.value.to_str().to_owned());
    elements.iter().map(string).collect()
}
