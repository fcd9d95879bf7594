//! What else a file does with the names that it binds: inner scopes that rebind them, and the tree that they stand in.

use ruff_python_ast::{Stmt, StmtClassDef, StmtFunctionDef};
use ty_python_core::place::ScopedPlaceId;
use ty_python_core::semantic_index;

use super::definition::Definition;
use super::names::Names;
use super::quietly;
use super::stores::rebindings;

impl<'db> Names<'db> {
    /// The statements of the file that these names belong to.
    pub fn suite(&self) -> &[Stmt] {
        self.syntax.suite()
    }

    /// The definition that `class`, a statement of the file, is.
    pub fn definition_of_class(&self, class: &StmtClassDef) -> Option<Definition<'db>> {
        quietly(|| {
            let index = semantic_index(self.database, self.file);
            let inner = index.try_definition(class)?;
            Some(Definition::new(self.database, inner, self.project))
        })
        .flatten()
    }

    /// The definition that `function`, a statement of the file, is.
    pub fn definition_of_function(&self, function: &StmtFunctionDef) -> Option<Definition<'db>> {
        quietly(|| {
            let index = semantic_index(self.database, self.file);
            let inner = index.try_definition(function)?;
            Some(Definition::new(self.database, inner, self.project))
        })
        .flatten()
    }

    /// Whether some scope of the file binds the variable `name` of a scope around it, by `global` or `nonlocal`.
    pub fn rebinds_from_inside(&self, name: &str) -> bool {
        quietly(|| {
            let (globals, nonlocals) = rebindings(self.database, self.file);
            globals.contains(name) || nonlocals.contains_key(name)
        })
        .unwrap_or(true)
    }

    /// Whether some scope of the file binds the variable `name` of the module level: by `global`, or by `:=` in a
    /// comprehension that stands there.
    pub fn rebinds_at_module_level(&self, name: &str) -> bool {
        if !self.outline().is_bound_otherwise(name) {
            return false;
        }
        quietly(|| {
            let (globals, nonlocals) = rebindings(self.database, self.file);
            let mut scopes = nonlocals.get(name).into_iter().flatten();
            let is_module = |scope: &_| self.owner(*scope, name).is_none_or(|it| it.is_global());
            globals.contains(name) || scopes.any(is_module)
        })
        .unwrap_or(true)
    }

    /// The whole text of the file that these names belong to.
    pub fn whole_text(&self) -> impl std::ops::Deref<Target = str> {
        let file = self.file.file(self.database);
        ruff_db::source::source_text(self.database, file)
    }

    /// The dotted name by which the file is imported.
    pub fn module_name(&self) -> Option<String> {
        let module = quietly(|| {
            let file = self.file.resolver_file(self.database);
            let module = ty_module_resolver::file_to_module(self.database, file)?;
            Some(module.name(self.database).to_string())
        });
        module.flatten()
    }

    /// The path of the file that these names belong to, as ty has it: absolute, or below typeshed.
    pub fn path(&self) -> &str {
        self.file_path().as_str()
    }
}

impl Definition<'_> {
    /// The name that it binds; `None` for what binds something else than a name.
    pub fn name(&self) -> Option<String> {
        quietly(|| self.symbol()).flatten()
    }

    /// Whether the name is bound at the module level of its file.
    pub fn is_at_module_level(&self) -> bool {
        self.is_alone_at_top()
            || quietly(|| Some(self.ty()?.file_scope(self.names.database).is_global()))
                .flatten()
                .unwrap_or(false)
    }

    /// Whether another scope of the file binds the same variable by `global` or `nonlocal`. When that happens nobody
    /// can tell, so every use of the name may see either.
    pub fn is_rebound_from_inside(&self) -> bool {
        !self.is_alone_at_top() && quietly(|| self.find_rebinding()).unwrap_or(true)
    }

    fn symbol(&self) -> Option<String> {
        let names = &self.names;
        let index = semantic_index(names.database, names.file);
        let inner = self.ty()?;
        let scope = inner.file_scope(names.database);
        match inner.place(names.database) {
            ScopedPlaceId::Symbol(symbol) => {
                Some(index.place_table(scope).symbol(symbol).name().to_string())
            }
            ScopedPlaceId::Member(_) => None,
        }
    }

    fn find_rebinding(&self) -> bool {
        let Some(name) = self.symbol() else {
            return false;
        };
        let names = &self.names;
        let index = semantic_index(names.database, names.file);
        let Some(own) = self.ty().map(|inner| inner.file_scope(names.database)) else {
            return true;
        };
        let (globals, nonlocals) = rebindings(names.database, names.file);
        if own.is_global() {
            return globals.contains(&name);
        }
        let scopes = nonlocals.get(&name).into_iter().flatten();
        let mut around = scopes.flat_map(|&scope| index.ancestor_scopes(scope));
        around.any(|it| it.0 == own)
    }
}
