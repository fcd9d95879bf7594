//! Brings two modules into one form, so that what an oracle leaves free compares as equal.
//!
//! A union becomes a tuple that begins with a name no program can spell, followed by its members.

use std::collections::BTreeSet;

use ruff_python_ast::comparable::{ComparableExpr, ComparableStmt};
use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::transformer::{Transformer, walk_expr};
use ruff_python_ast::{Expr, ExprContext, ExprName, ExprTuple, Operator, Stmt};
use ruff_python_parser::parse_expression;

/// What of a union is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unions {
    AsWritten,
    /// In `A | B` the place of None is free. A second None still counts.
    NoneAnywhere,
    /// `Optional[Union[A, B]]`, `Union[A, None, B]`: all the same, also in quotes. `A | B` is another thing.
    OneSpelling,
}

/// Module, level, name and alias of an import; module `None` for `import x`.
type Import = (Option<String>, u32, String, Option<String>);

/// Take the imports of the module level out of `body`.
pub fn take_imports(body: &mut Vec<Stmt>, typing_is_free: bool) -> BTreeSet<Import> {
    let mut imports = BTreeSet::new();
    body.retain(|statement| match statement {
        Stmt::Import(import) => {
            imports.extend(import.names.iter().map(|alias| {
                (
                    None,
                    0,
                    alias.name.to_string(),
                    alias.asname.as_ref().map(ToString::to_string),
                )
            }));
            false
        }
        Stmt::ImportFrom(import) => {
            let module = import.module.as_ref().map(ToString::to_string);
            imports.extend(import.names.iter().map(|alias| {
                let asname = alias.asname.as_ref().map(ToString::to_string);
                (
                    Some(module.clone().unwrap_or_default()),
                    import.level,
                    alias.name.to_string(),
                    asname,
                )
            }));
            false
        }
        _ => true,
    });
    if typing_is_free {
        imports.retain(|(_, _, name, _)| !["Optional", "Union", "typing"].contains(&name.as_str()));
    }
    imports
}

/// Whether two bodies mean the same, in the eyes of `unions`.
pub fn same(mut want: Vec<Stmt>, mut got: Vec<Stmt>, unions: Unions) -> bool {
    let normal = Normal { unions };
    normal.visit_body(&mut want);
    normal.visit_body(&mut got);
    want.len() == got.len()
        && want
            .iter()
            .map(ComparableStmt::from)
            .eq(got.iter().map(ComparableStmt::from))
}

struct Normal {
    unions: Unions,
}

impl Transformer for Normal {
    fn visit_expr(&self, expr: &mut Expr) {
        let normal = match self.unions {
            Unions::AsWritten => None,
            Unions::NoneAnywhere => self.piped(expr).or_else(|| self.quoted(expr, &["|"])),
            Unions::OneSpelling => self
                .subscripted(expr)
                .or_else(|| self.quoted(expr, &["Optional", "Union"])),
        };
        match normal {
            Some(normal) => *expr = normal,
            None => walk_expr(self, expr),
        }
    }
}

impl Normal {
    fn piped(&self, expr: &Expr) -> Option<Expr> {
        let mut members = Vec::new();
        if !members_of_pipe(expr, &mut members) {
            return None;
        }
        Some(self.union("|", members))
    }

    /// `Optional[..]` and `Union[..]`, by their last name; a member stands once.
    fn subscripted(&self, expr: &Expr) -> Option<Expr> {
        let mut members = Vec::new();
        if !members_of_subscript(expr, &mut members) {
            return None;
        }
        let mut once: Vec<Expr> = Vec::new();
        for mut member in members {
            self.visit_expr(&mut member);
            if !once
                .iter()
                .any(|seen| ComparableExpr::from(seen) == ComparableExpr::from(&member))
            {
                once.push(member);
            }
        }
        if once.len() == 1 {
            return once.pop();
        }
        once.sort_by_key(Expr::is_none_literal_expr);
        Some(tagged("Union", once))
    }

    /// A string that holds one of `words` and parses as an expression: an annotation, most likely.
    fn quoted(&self, expr: &Expr, words: &[&str]) -> Option<Expr> {
        let text = expr.as_string_literal_expr()?.value.to_str();
        if text.len() >= 200 || !words.iter().any(|word| text.contains(word)) {
            return None;
        }
        let mut inner = parse_expression(text).ok()?.into_expr();
        self.visit_expr(&mut inner);
        Some(tagged("\"", vec![inner]))
    }

    fn union(&self, tag: &str, mut members: Vec<Expr>) -> Expr {
        for member in &mut members {
            self.visit_expr(member);
        }
        members.sort_by_key(Expr::is_none_literal_expr);
        tagged(tag, members)
    }
}

fn members_of_pipe(expr: &Expr, members: &mut Vec<Expr>) -> bool {
    let Expr::BinOp(operation) = expr else {
        return false;
    };
    if operation.op != Operator::BitOr {
        return false;
    }
    for side in [&*operation.left, &*operation.right] {
        if !members_of_pipe(side, members) {
            members.push(side.clone());
        }
    }
    true
}

fn members_of_subscript(expr: &Expr, members: &mut Vec<Expr>) -> bool {
    let Expr::Subscript(subscript) = expr else {
        return false;
    };
    let name = match &*subscript.value {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    let parts = match (&*subscript.slice, name) {
        (Expr::Tuple(tuple), "Union") => tuple.elts.as_slice(),
        (one, "Union" | "Optional") => std::slice::from_ref(one),
        _ => return false,
    };
    for part in parts {
        if !members_of_subscript(part, members) {
            members.push(part.clone());
        }
    }
    if name == "Optional" {
        members.push(Expr::NoneLiteral(
            ruff_python_ast::ExprNoneLiteral::default(),
        ));
    }
    true
}

fn tagged(tag: &str, members: Vec<Expr>) -> Expr {
    let tag = Expr::Name(ExprName {
        node_index: Default::default(),
        range: Default::default(),
        id: Name::new(tag),
        ctx: ExprContext::Load,
    });
    Expr::Tuple(ExprTuple {
        node_index: Default::default(),
        range: Default::default(),
        elts: std::iter::once(tag).chain(members).collect(),
        ctx: ExprContext::Load,
        parenthesized: true,
    })
}
