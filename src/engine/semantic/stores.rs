//! What a file binds from afar: attributes of anything, and variables of the scopes around by `global` and `nonlocal`.
//! Worked out once for the file: thousands of places ask.

use ruff_db::parsed::parsed_module;
use ruff_python_ast::Expr;
use ruff_python_ast::visitor::{Visitor, walk_expr};
use rustc_hash::{FxHashMap, FxHashSet};
use ty_python_core::scope::FileScopeId;
use ty_python_core::{Db, ProgramFile, semantic_index};

use super::names::Names;
use super::quietly;

impl Names<'_> {
    /// Whether the file binds or deletes an attribute `name` of anything: `conf.PORT = None`.
    pub fn stores_attribute(&self, name: &str) -> bool {
        quietly(|| stored(self.database, self.file).contains(name)).unwrap_or(true)
    }
}

/// The names of the attributes that the file binds or deletes.
#[salsa::tracked(returns(ref))]
fn stored<'db>(db: &'db dyn Db, file: ProgramFile<'db>) -> FxHashSet<String> {
    let syntax = parsed_module(db, file.python_file(db)).load(db);
    let mut stores = Stores::default();
    stores.visit_body(syntax.suite());
    stores.0
}

/// The names that scopes bind by `global`, and those that they bind by `nonlocal`, with these scopes.
type Rebindings = (FxHashSet<String>, FxHashMap<String, Vec<FileScopeId>>);

/// What scopes of the file bind of the scopes around them.
#[salsa::tracked(returns(ref))]
pub(super) fn rebindings<'db>(db: &'db dyn Db, file: ProgramFile<'db>) -> Rebindings {
    let index = semantic_index(db, file);
    let (mut globals, mut nonlocals) = Rebindings::default();
    for scope in index.scope_ids() {
        let scope = scope.file_scope_id(db);
        for symbol in index
            .place_table(scope)
            .symbols()
            .filter(|it| it.is_bound())
        {
            if symbol.is_global() {
                globals.insert(symbol.name().to_string());
            }
            if symbol.is_nonlocal() {
                let scopes = nonlocals.entry(symbol.name().to_string());
                scopes.or_insert_with(Vec::new).push(scope);
            }
        }
    }
    (globals, nonlocals)
}

#[derive(Default)]
struct Stores(FxHashSet<String>);

impl<'a> Visitor<'a> for Stores {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Attribute(attribute) = expr
            && !attribute.ctx.is_load()
        {
            self.0.insert(attribute.attr.to_string());
        }
        walk_expr(self, expr);
    }
}
