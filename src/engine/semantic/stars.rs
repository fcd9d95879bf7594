//! Star imports from modules that cannot be read: they may bind any name.

use ruff_db::parsed::parsed_module;
use ruff_python_ast::Stmt;
use ruff_text_size::Ranged;
use ty_module_resolver::{ImportingFile, ModuleName, resolve_module};
use ty_python_core::scope::FileScopeId;
use ty_python_core::{Db, ProgramFile};

use super::names::Names;
use super::quietly;

impl Names<'_> {
    /// Whether the file imports all names of a module that cannot be read: they may be any.
    pub(crate) fn has_unreadable_stars(&self) -> bool {
        quietly(|| !unreadable_stars(self.database, self.file).is_empty()).unwrap_or(true)
    }

    /// Whether a star import at module level, from a module that cannot be read, comes behind every binding of `name`
    /// and so may bind it anew.
    pub(super) fn hidden_by_star(&self, scope: FileScopeId, name: &str) -> bool {
        if !scope.is_global() || name.starts_with('_') {
            return false;
        }
        let Some(&star) = unreadable_stars(self.database, self.file).last() else {
            return false;
        };
        let last = self
            .bindings(scope, name)
            .into_iter()
            .map(|definition| {
                let range = definition.kind(self.database).full_range(&self.syntax);
                range.start().to_u32()
            })
            .max();
        last.is_none_or(|last| last < star)
    }
}

/// The offsets of star imports from modules that cannot be read, in source order.
#[salsa::tracked(returns(deref))]
fn unreadable_stars<'db>(db: &'db dyn Db, file: ProgramFile<'db>) -> Vec<u32> {
    let syntax = parsed_module(db, file.python_file(db)).load(db);
    let importing = ImportingFile::ResolverFile(file.resolver_file(db));
    crate::imports::statements(syntax.suite())
        .into_iter()
        .filter(|import| import.names.iter().any(|alias| &alias.name == "*"))
        .filter_map(|import| match import.statement {
            Stmt::ImportFrom(statement) => Some(statement),
            _ => None,
        })
        .filter(|statement| {
            let module = statement.module.as_deref();
            ModuleName::from_identifier_parts(db, importing, module, statement.level)
                .ok()
                .and_then(|name| resolve_module(db, importing, &name))
                .is_none()
        })
        .map(|statement| statement.start().to_u32())
        .collect()
}
