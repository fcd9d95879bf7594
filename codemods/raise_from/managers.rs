//! Context managers made of generators: `contextlib` looks at the cause of a `RuntimeError` that leaves one.
//!
//! When the block under `with` raises a `StopIteration` and the generator answers with a `RuntimeError`, the cause tells
//! whether Python itself has made it (PEP 479). Then `with` raises the `StopIteration` again.

use codemend_engine::semantic::{Lineage, Names, Where};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, Stmt, StmtFunctionDef};

use super::made::Raised;
use super::sites::Site;

/// Whether `contextlib` looks at the cause of what is raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watched {
    No,
    /// The clause catches every exception, a `StopIteration` among them.
    Perhaps,
    /// The clause names a `StopIteration`.
    ByName,
}

/// Of `raised`, which `site` raises.
pub fn watched(names: &Names<'_>, site: &Site<'_>, raised: &Raised) -> Watched {
    let Some(function) = site.function else {
        return Watched::No;
    };
    let caught = caught(names, site.handler.type_.as_deref());
    let is_made = caught != Watched::No
        && raised.classes.iter().any(is_runtime_error)
        && yields(&site.attempt.body)
        && is_manager(names, function);
    match is_made {
        true => caught,
        false => Watched::No,
    }
}

/// How a clause with `class` catches a `StopIteration`.
fn caught(names: &Names<'_>, class: Option<&Expr>) -> Watched {
    let of = |one: &Expr| {
        let lineage = names.lineage(one);
        match lineage.as_ref().map(Lineage::class) {
            Some("builtins.StopIteration" | "builtins.StopAsyncIteration") => Watched::ByName,
            Some("builtins.Exception" | "builtins.BaseException") => Watched::Perhaps,
            _ => Watched::No,
        }
    };
    match class {
        Some(Expr::Tuple(tuple)) => {
            let all: Vec<Watched> = tuple.elts.iter().map(of).collect();
            let kinds = [Watched::ByName, Watched::Perhaps];
            let first = kinds.into_iter().find(|kind| all.contains(kind));
            first.unwrap_or(Watched::No)
        }
        Some(one) => of(one),
        None => Watched::Perhaps,
    }
}

fn is_runtime_error(raised: &Lineage) -> bool {
    let names = ["RuntimeError", "NotImplementedError", "RecursionError"];
    names
        .iter()
        .any(|one| raised.derives_from(&format!("builtins.{one}")))
}

/// `@contextmanager`, `@asynccontextmanager`
fn is_manager(names: &Names<'_>, function: &StmtFunctionDef) -> bool {
    function.decorator_list.iter().any(|decorator| {
        let name = names.qualified_name(&decorator.expression, Where::default());
        matches!(
            name.as_deref(),
            Some("contextlib.contextmanager" | "contextlib.asynccontextmanager")
        )
    })
}

/// Whether `body` yields, which is where the block under `with` raises.
fn yields(body: &[Stmt]) -> bool {
    struct Yields(bool);
    impl<'a> Visitor<'a> for Yields {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            if !matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
                walk_stmt(self, statement);
            }
        }
        fn visit_expr(&mut self, expr: &'a Expr) {
            match expr {
                Expr::Lambda(_) => {}
                Expr::Yield(_) | Expr::YieldFrom(_) => self.0 = true,
                _ => walk_expr(self, expr),
            }
        }
    }
    let mut yields = Yields(false);
    yields.visit_body(body);
    yields.0
}
