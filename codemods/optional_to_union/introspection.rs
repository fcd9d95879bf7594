//! Code that looks at annotations and knows only one spelling.
//!
//! Before Python 3.14 `get_origin(int | None)` is `types.UnionType`, so `get_origin(hint) is Union` no longer finds
//! what was rewritten.

use codemend_engine::codemod::Question;
use codemend_engine::imports::import_lists;
use codemend_engine::module::Module;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr};
use codemend_engine::syntax::ast::{CmpOp, Expr};

/// Does the module compare with bare `Union` without a word about `types.UnionType`?
pub(super) const QUESTION: Question = Question {
    key: "optional-to-union/introspection",
    words: &["Union"],
    may: may_compare,
    ask: compares_with_union,
};

/// Whether `Union` stands in `text` bare, without brackets behind it, and not just in an import, or under another name.
fn may_compare(text: &str) -> bool {
    let imports: Vec<(usize, &str)> = import_lists(text)
        .filter(|(_, list)| lists_names(list))
        .collect();
    let imported = |at: usize| {
        let before = imports.partition_point(|(start, _)| *start <= at);
        let last = before.checked_sub(1).map(|last| imports[last]);
        last.is_some_and(|(start, list)| at < start + list.len())
    };
    let is_renamed = |list: &str| {
        let mut words = words(list);
        words.any(|word| word == "Union") && words.next() == Some("as")
    };
    !text.contains("UnionType")
        && (imports.iter().any(|(_, list)| is_renamed(list))
            || text.match_indices("Union").any(|(at, word)| {
                let behind = text[at + word.len()..].trim_start();
                !behind.starts_with('[') && !imported(at)
            }))
}

/// Whether `list` is nothing but names: words that only look like an import may stand before code.
fn lists_names(list: &str) -> bool {
    let is_code = |word: &str| matches!(word, "is" | "in" | "not" | "if" | "else" | "and" | "or");
    !list.contains(['"', '\'', ';', '=', '[', '{', ':', '<', '>', '!']) && !words(list).any(is_code)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}

fn compares_with_union(module: &Module<'_>) -> bool {
    if module.is_stub() {
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

#[cfg(test)]
mod tests {
    use super::may_compare;

    #[test]
    fn only_where_the_bare_name_stands_a_module_is_asked() {
        for text in [
            "from typing import Union\nx: Union[int, str]\n",
            "from typing import (\n    Any,\n    Union,\n)\nx: Union [int, str]\n",
            "import typing\nx: typing.Union[int, str]\n",
            "from typing import Union\nfrom types import UnionType\norigin in (Union, UnionType)\n",
        ] {
            assert!(!may_compare(text), "{text}");
        }
        for text in [
            "from typing import Union\nget_origin(x) is Union\n",
            "from typing import Union as U\nget_origin(x) is U\n",
            "from typing import (\n    Any,\n    Union\n    as U,\n)\nget_origin(x) is U\n",
            "import typing\nget_origin(x) in (\n    typing.Union,\n    list,\n)\n",
            "from typing import *\nget_origin(x) == Union\n",
            "importlib.load() is Union\n",
            "import x; get_origin(x) is Union\n",
            "y = 'import ' if x is Union else 1\n",
            "\"\"\"import (\"\"\"\nget_origin(x) == Union\n",
        ] {
            assert!(may_compare(text), "{text}");
        }
    }
}
