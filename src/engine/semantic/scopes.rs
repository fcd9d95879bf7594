//! Which scope of a file binds a name.

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;
use ty_python_core::scope::{FileScopeId, ScopeKind};
use ty_python_core::semantic_index;

use super::names::{Meaning, Names};
use super::outline::Bound;
use super::quietly;

impl Names<'_> {
    /// The scope that binds `name` as seen from `scope`.
    pub(super) fn owner(&self, scope: FileScopeId, name: &str) -> Option<FileScopeId> {
        let index = semantic_index(self.database, self.file);
        for (visible, _) in index.visible_ancestor_scopes(scope) {
            let table = index.place_table(visible);
            let Some(symbol) = table.symbol_by_name(name) else {
                continue;
            };
            if symbol.is_global() {
                return Some(FileScopeId::global());
            }
            if symbol.is_local() {
                return Some(visible);
            }
        }
        None
    }

    /// Whether the name `expr`, an expression of this file, is bound by the scope that the statement holding
    /// `binding` stands in. A name that the same class body also binds may fall through to the module, so it counts.
    pub(crate) fn is_bound_with(&self, expr: &Expr, name: &str, binding: FileScope) -> bool {
        if let Bound::Once(_) = self.outline().bound_at(name, expr.start())
            && binding.is_module()
        {
            return true;
        }
        quietly(|| {
            let index = semantic_index(self.database, self.file);
            let Some(scope) = index.try_expression_scope_id(expr) else {
                return true;
            };
            match self.owner(scope, name) {
                Some(owner) if owner == binding.0 => true,
                Some(owner) => index.scope(owner).kind() == ScopeKind::Class,
                None => true,
            }
        })
        .unwrap_or(true)
    }

    /// Whether the name `expr` means what the import of `alias` binds: both belong to one scope.
    pub fn is_bound_by(&self, expr: &Expr, name: &str, alias: &ruff_python_ast::Alias) -> bool {
        let outline = self.outline();
        let import = outline.function_binding(name, alias.start());
        let seen = outline.function_binding(name, expr.start());
        if let (Some(import), Some(seen)) = (import, seen) {
            return import == seen;
        }
        let scope = match alias.name.as_str() {
            "*" => Some(FileScope(FileScopeId::global())),
            _ => self.scope_of_alias(alias),
        };
        scope.is_some_and(|scope| self.is_bound_with(expr, name, scope))
    }

    /// The scope that an import statement's alias binds its name in.
    pub(crate) fn scope_of_alias(&self, alias: &ruff_python_ast::Alias) -> Option<FileScope> {
        if self.is_alone_at_top(alias) {
            return Some(FileScope(FileScopeId::global()));
        }
        quietly(|| {
            let index = semantic_index(self.database, self.file);
            let definition = index.try_definition(alias)?;
            Some(FileScope(definition.file_scope(self.database)))
        })
        .flatten()
    }

    /// Whether `alias` belongs to an import at the top of the file, and nothing else there binds its name.
    fn is_alone_at_top(&self, alias: &ruff_python_ast::Alias) -> bool {
        let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
        let name = name.split('.').next().unwrap_or_default();
        let Bound::Once(site) = self.outline().bound_by_module(name) else {
            return false;
        };
        let names = match self.statement_at(site) {
            Some(Stmt::Import(import)) => &import.names,
            Some(Stmt::ImportFrom(import)) => &import.names,
            _ => return false,
        };
        let known = names.get(site.alias);
        known.is_some_and(|known| known.range() == alias.range())
    }

    /// Whether the module level binds `name` once and no other scope binds it.
    pub(crate) fn is_bound_once(&self, name: &str) -> bool {
        quietly(|| {
            let index = semantic_index(self.database, self.file);
            index.scope_ids().all(|scope| {
                let scope = scope.file_scope_id(self.database);
                match index.place_table(scope).symbol_by_name(name) {
                    Some(symbol) if scope.is_global() => !symbol.is_reassigned(),
                    Some(symbol) => !symbol.is_local() && !symbol.is_global(),
                    None => !scope.is_global(),
                }
            })
        })
        .unwrap_or(false)
    }

    /// Whether any scope binds `name`, to whatever.
    pub fn is_bound_anywhere(&self, name: &str) -> bool {
        quietly(|| {
            let index = semantic_index(self.database, self.file);
            index.scope_ids().any(|scope| {
                let table = index.place_table(scope.file_scope_id(self.database));
                let symbol = table.symbol_by_name(name);
                symbol.is_some_and(|symbol| symbol.is_local() || symbol.is_global())
            })
        })
        .unwrap_or(true)
    }

    /// Whether the module level binds or uses `name`.
    pub fn is_mentioned_at_module_level(&self, name: &str) -> bool {
        quietly(|| {
            let index = semantic_index(self.database, self.file);
            let table = index.place_table(FileScopeId::global());
            table.symbol_by_name(name).is_some()
        })
        .unwrap_or(true)
    }

    /// Whether any scope binds `name` to something that is not `{from}.{name}`.
    pub(crate) fn is_bound_to_other(&self, from: &str, name: &str) -> bool {
        let wanted = format!("{from}.{name}");
        quietly(|| {
            let index = semantic_index(self.database, self.file);
            index.scope_ids().any(|scope| {
                let scope = scope.file_scope_id(self.database);
                let local = index
                    .place_table(scope)
                    .symbol_by_name(name)
                    .is_some_and(|symbol| symbol.is_local() || symbol.is_global());
                local
                    && self.meanings_in(scope, name).iter().any(|meaning| {
                        !matches!(meaning, Meaning::Outside { name, .. } if *name == wanted)
                    })
            })
        })
        .unwrap_or(true)
    }
}

/// A scope of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileScope(FileScopeId);

impl FileScope {
    /// Whether it is the module level.
    pub(crate) fn is_module(self) -> bool {
        self.0.is_global()
    }
}
