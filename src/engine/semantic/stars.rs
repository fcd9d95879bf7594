//! Star imports from modules that cannot be read: they may bind any name.

use ruff_python_ast::Stmt;
use ruff_text_size::{Ranged, TextSize};
use ty_python_core::scope::FileScopeId;

use super::names::Names;

impl Names<'_> {
    /// Whether a star import at module level, from a module that cannot be read, comes behind every binding of `name`
    /// and so may bind it anew.
    pub(super) fn hidden_by_star(&self, scope: FileScopeId, name: &str) -> bool {
        if !scope.is_global() || name.starts_with('_') {
            return false;
        }
        let Some(&star) = self.unreadable_stars().last() else {
            return false;
        };
        let last = self
            .bindings(scope, name)
            .into_iter()
            .map(|definition| {
                definition
                    .kind(self.database)
                    .full_range(&self.syntax)
                    .start()
            })
            .max();
        last.is_none_or(|last| last < star)
    }

    /// The offsets of star imports from modules that cannot be read, in source order.
    fn unreadable_stars(&self) -> &[TextSize] {
        self.stars.get_or_init(|| {
            crate::imports::statements(self.syntax.suite())
                .into_iter()
                .filter(|import| import.names.iter().any(|alias| &alias.name == "*"))
                .filter_map(|import| match import.statement {
                    Stmt::ImportFrom(statement) => Some(statement),
                    _ => None,
                })
                .filter(|statement| {
                    self.absolute(statement.module.as_deref(), statement.level)
                        .and_then(|name| self.module(&name))
                        .is_none()
                })
                .map(Ranged::start)
                .collect()
        })
    }
}
