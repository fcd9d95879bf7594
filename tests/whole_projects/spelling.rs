//! Brings the spellings of a union into one form, so that modules can be compared without them.
//!
//! `Optional[X]`, `Union[X, None]`, `X | None`, `"X | None"` and `Optional["X"]` all become the same tuple.

use std::collections::BTreeMap;

use ruff_python_ast::comparable::{ComparableExpr, ComparableStmt};
use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::transformer::{Transformer, walk_expr};
use ruff_python_ast::{Expr, ExprContext, ExprName, ExprNoneLiteral, ExprTuple, Operator, Stmt};
use ruff_python_parser::{parse_expression, parse_module};

/// Why `want` and `got` are not the same module; `None` when they are. The order of the imports at the top, and
/// whether typing's two names are among them, is free.
pub fn difference(want: &str, got: &str) -> Option<String> {
    let (a, b) = (Plain::of(want), Plain::of(got));
    if a.imports != b.imports {
        return Some(format!("imports {:?}, not {:?}", b.imports, a.imports));
    }
    if a.body.len() != b.body.len() {
        return Some("another number of statements".into());
    }
    let same = |(a, b): &(&Stmt, &Stmt)| ComparableStmt::from(*a) == ComparableStmt::from(*b);
    let at = a.body.iter().zip(&b.body).position(|pair| !same(&pair))?;
    Some(format!(
        "statement {} below the imports is another one",
        at + 1
    ))
}

struct Plain {
    /// `import a`, `from a import b as c`: one entry a name, sorted.
    imports: Vec<String>,
    body: Vec<Stmt>,
}

impl Plain {
    fn of(text: &str) -> Self {
        let parsed = parse_module(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let mut body = parsed.into_syntax().body.to_vec();
        let (mut imports, mut spelling) = (Vec::new(), OneSpelling::default());
        body.retain(|statement| !spelling.take_import(statement, &mut imports));
        imports.sort();
        spelling.visit_body(&mut body);
        Self { imports, body }
    }
}

/// Knows under which names the module has `Optional` and `Union`.
#[derive(Default)]
struct OneSpelling {
    aliases: BTreeMap<String, String>,
}

impl OneSpelling {
    /// Note the names of an import, but typing's two; `false` when `statement` is none.
    fn take_import(&mut self, statement: &Stmt, imports: &mut Vec<String>) -> bool {
        let (names, from) = match statement {
            Stmt::Import(import) => (&import.names, String::new()),
            Stmt::ImportFrom(import) => {
                let dots = ".".repeat(usize::try_from(import.level).unwrap_or(0));
                let module = import.module.as_deref().unwrap_or_default();
                (&import.names, format!("from {dots}{module} "))
            }
            _ => return false,
        };
        for alias in names {
            let (name, bound) = (alias.name.as_str(), alias.asname.as_deref());
            if from.starts_with("from typing") && ["Optional", "Union"].contains(&name) {
                let bound = bound.unwrap_or(name).to_owned();
                self.aliases.insert(bound, name.to_owned());
            } else if !(from.is_empty() && name == "typing") {
                imports.push(format!("{from}import {name} as {bound:?}"));
            }
        }
        true
    }

    /// The members of a union, however it is written; `false` when `expr` is none.
    fn flatten(&self, expr: &Expr, members: &mut Vec<Expr>) -> bool {
        let parts = match expr {
            Expr::BinOp(operation) if operation.op == Operator::BitOr => {
                vec![(*operation.left).clone(), (*operation.right).clone()]
            }
            Expr::Subscript(subscript) => match (self.name(&subscript.value), &*subscript.slice) {
                (Some("Union"), Expr::Tuple(tuple)) => tuple.elts.to_vec(),
                (Some("Union"), one) => vec![one.clone()],
                (Some("Optional"), one) => {
                    vec![one.clone(), Expr::NoneLiteral(ExprNoneLiteral::default())]
                }
                _ => return false,
            },
            _ => return false,
        };
        for part in parts {
            if !self.flatten(&part, members) {
                members.push(part);
            }
        }
        true
    }

    /// `Optional` or `Union`, when `expr` names one of them.
    fn name<'a>(&'a self, expr: &'a Expr) -> Option<&'a str> {
        match expr {
            Expr::Name(name) => self.aliases.get(name.id.as_str()).map(String::as_str),
            Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
            _ => None,
        }
    }
}

impl Transformer for OneSpelling {
    fn visit_expr(&self, expr: &mut Expr) {
        // A string that reads as an expression may be a quoted type: taken out of its quotes on both sides.
        if let Expr::StringLiteral(literal) = expr
            && let Ok(inner) = parse_expression(literal.value.to_str())
        {
            *expr = inner.into_expr();
        }
        let mut members = Vec::new();
        if !self.flatten(expr, &mut members) {
            walk_expr(self, expr);
            return;
        }
        let mut once: Vec<Expr> = Vec::new();
        for mut member in members {
            self.visit_expr(&mut member);
            let known = |seen: &Expr| ComparableExpr::from(seen) == ComparableExpr::from(&member);
            if !once.iter().any(known) {
                once.push(member);
            }
        }
        once.sort_by_key(Expr::is_none_literal_expr);
        *expr = tagged(once);
    }
}

/// A tuple that begins with a name which no program can spell.
fn tagged(members: Vec<Expr>) -> Expr {
    let tag = Expr::Name(ExprName {
        node_index: Default::default(),
        range: Default::default(),
        id: Name::new("|"),
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
