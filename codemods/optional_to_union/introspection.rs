//! Code that looks at annotations and knows only one spelling.
//!
//! Before Python 3.14 `get_origin(int | None)` is `types.UnionType`, so `get_origin(hint) is Union` no longer finds
//! what was rewritten.

use codemend_engine::codemod::Question;
use codemend_engine::module::Module;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr};
use codemend_engine::syntax::ast::{CmpOp, Expr};

/// Does the module compare with bare `Union` without a word about `types.UnionType`?
pub(super) const QUESTION: Question = Question {
    key: "optional-to-union/introspection",
    words: &["Union"],
    ask: compares_with_union,
};

fn compares_with_union(module: &Module<'_>) -> bool {
    if module.text().contains("UnionType") || module.is_stub() {
        return false;
    }
    let mut finder = Finder {
        module,
        found: false,
    };
    finder.visit_body(module.suite());
    finder.found
}

struct Finder<'f, 'a> {
    module: &'f Module<'a>,
    found: bool,
}

impl Finder<'_, '_> {
    fn is_union(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Name(_) | Expr::Attribute(_) => {
                self.module.could_mean(expr, &["Union"])
                    && self
                        .module
                        .names()
                        .qualified_name(expr, Default::default())
                        .as_deref()
                        == Some("typing.Union")
            }
            Expr::Tuple(tuple) => tuple.elts.iter().any(|one| self.is_union(one)),
            Expr::List(list) => list.elts.iter().any(|one| self.is_union(one)),
            Expr::Set(set) => set.elts.iter().any(|one| self.is_union(one)),
            _ => false,
        }
    }
}

impl<'e> Visitor<'e> for Finder<'_, '_> {
    fn visit_expr(&mut self, expr: &'e Expr) {
        if let Expr::Compare(comparison) = expr
            && comparison.ops.iter().any(|operator| {
                matches!(
                    operator,
                    CmpOp::Is | CmpOp::IsNot | CmpOp::Eq | CmpOp::NotEq | CmpOp::In | CmpOp::NotIn
                )
            })
        {
            self.found |= self.is_union(&comparison.left)
                || comparison.comparators.iter().any(|one| self.is_union(one));
        }
        walk_expr(self, expr);
    }
}
