//! The attributes that a file binds, of anything: worked out once, for hundreds of places ask.

use ruff_db::parsed::parsed_module;
use ruff_python_ast::Expr;
use ruff_python_ast::visitor::{Visitor, walk_expr};
use rustc_hash::FxHashSet;
use ty_python_core::{Db, ProgramFile};

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
