//! What a bare name means where a clause is going to stand, whatever other scopes of the file make of it.

use codemend_engine::module::Module;
use codemend_engine::semantic::{Lineage, Meaning, Where};
use codemend_engine::syntax::ast::statement_visitor::{StatementVisitor, walk_stmt};
use codemend_engine::syntax::ast::{Alias, AtomicNodeIndex, Expr, ExprContext, ExprName, Stmt};
use codemend_engine::syntax::{Ranged, TextRange};

use super::sites::Site;

/// What the bare `name` means as seen from `site`. `None` when that cannot be told.
pub fn meanings<'db>(
    module: &Module<'db>,
    site: &Site<'_>,
    name: &str,
) -> Option<Vec<Meaning<'db>>> {
    let witness = site.handler.type_.as_deref();
    let place = Where {
        witness: Some(witness.or_else(|| first_expression(&site.attempt.body))?),
        ..Where::default()
    };
    let name = Expr::Name(ExprName {
        node_index: AtomicNodeIndex::NONE,
        range: TextRange::default(),
        id: name.into(),
        ctx: ExprContext::Load,
    });
    Some(module.names().meanings(&name, place))
}

/// An expression in the scope of `body`.
fn first_expression(body: &[Stmt]) -> Option<&Expr> {
    body.iter().find_map(|statement| match statement {
        Stmt::Expr(one) => Some(&*one.value),
        Stmt::Return(one) => one.value.as_deref(),
        Stmt::Raise(one) => one.exc.as_deref(),
        Stmt::Assign(one) => Some(&*one.value),
        Stmt::If(one) => Some(&*one.test),
        _ => None,
    })
}

/// Whether the bare `name`, as seen from `site`, is `class`, as a lineage has it, and nothing else.
pub fn means(module: &Module<'_>, site: &Site<'_>, name: &str, class: &str) -> bool {
    let found = meanings(module, site, name).unwrap_or_default();
    let is_it = |meaning: &Meaning<'_>| {
        let lineage = match meaning {
            Meaning::Outside { name, .. } => Some(Lineage::of_outside(name)),
            Meaning::Definition(definition) => definition.lineage(),
            _ => None,
        };
        lineage.is_some_and(|one| one.class() == class)
    };
    !found.is_empty() && found.iter().all(is_it)
}

/// Whether `name`, as seen from `site`, is what the import of `alias` binds.
pub fn is_seen(module: &Module<'_>, site: &Site<'_>, name: &str, alias: &Alias) -> bool {
    let witness = site.handler.type_.as_deref();
    let witness = witness.or_else(|| first_expression(&site.attempt.body));
    witness.is_some_and(|witness| module.names().is_bound_by(witness, name, alias))
}

/// The imports of the module level, those under `try` too.
pub fn module_imports<'a>(module: &'a Module<'_>) -> Vec<&'a Stmt> {
    struct Imports<'a>(Vec<&'a Stmt>);
    impl<'a> StatementVisitor<'a> for Imports<'a> {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            match statement {
                Stmt::Import(_) | Stmt::ImportFrom(_) => self.0.push(statement),
                // What stands under `if TYPE_CHECKING` is not there at run time.
                Stmt::FunctionDef(_) | Stmt::ClassDef(_) | Stmt::If(_) => {}
                _ => walk_stmt(self, statement),
            }
        }
    }
    let mut imports = Imports(Vec::new());
    imports.visit_body(module.suite());
    imports.0
}

/// Whether the module can do without the package of `home`: it imports it in a `try` alone.
pub fn is_guarded(module: &Module<'_>, home: &str) -> bool {
    let package = home.split('.').next().unwrap_or_default();
    let all = module_imports(module);
    let of_package = all.iter().filter(|one| is_of(one, package));
    let mut has_any = false;
    for import in of_package {
        if module
            .suite()
            .iter()
            .any(|one| one.range() == import.range())
        {
            return false;
        }
        has_any = true;
    }
    has_any
}

fn is_of(import: &Stmt, package: &str) -> bool {
    let top = |name: &str| name.split('.').next() == Some(package);
    match import {
        Stmt::Import(import) => import.names.iter().any(|one| top(&one.name)),
        Stmt::ImportFrom(import) => import.level == 0 && import.module.as_deref().is_some_and(top),
        _ => false,
    }
}
