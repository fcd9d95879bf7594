//! Names that mean one thing in a whole file, since one statement at its top binds them: what [`Outline`] tells of.

use ruff_db::parsed::parsed_module;
use ruff_python_ast::{Alias, Expr, ExprAttribute, Stmt, StmtImportFrom};
use ruff_text_size::{Ranged, TextRange};
use ty_python_core::definition::DefinitionKind as TyKind;
use ty_python_core::{Db, ProgramFile};

use super::definition::Definition;
use super::names::{Meaning, Names, Tree, Where};
use super::outline::{Bound, Outline, Site};
use super::quietly;

impl<'db> Names<'db> {
    /// The file's tree, without the project around it.
    pub(crate) fn tree(&self) -> Tree {
        Tree {
            syntax: self.syntax.clone(),
            outline: self.outline.clone(),
        }
    }

    /// The names that the file binds.
    pub(super) fn outline(&self) -> &Outline {
        match &self.outline {
            Some(own) => {
                own.get_or_init(|| outlined(self.database, self.file, self.syntax.suite()))
            }
            None => outline_of(self.database, self.file),
        }
    }

    /// The statement that binds `name` when that means one thing in the whole file, if it is an import. `None` when it
    /// may mean several.
    pub(crate) fn only_import(&self, name: &str) -> Option<Option<&Stmt>> {
        match self.outline().bound(name) {
            Bound::Once(site) => Some(
                self.statement_at(site)
                    .filter(|one| matches!(one, Stmt::Import(_) | Stmt::ImportFrom(_))),
            ),
            Bound::Never => Some(None),
            Bound::Otherwise => None,
        }
    }

    /// The from-import that alone binds `name` in the file, and what it takes.
    pub fn only_member(&self, name: &str) -> Option<(&StmtImportFrom, &str)> {
        let Bound::Once(site) = self.outline().bound(name) else {
            return None;
        };
        let import = self.statement_at(site)?.as_import_from_stmt()?;
        Some((import, import.names.get(site.alias)?.name.as_str()))
    }

    /// Whether `name` means the same wherever it stands in the file: one statement at its top binds it, or none at all.
    pub fn means_one_thing(&self, name: &str) -> bool {
        self.outline().bound(name) != Bound::Otherwise
    }

    /// Whether `expr` may have a qualified name: only what is imported has one, a member of a class that imports it, and
    /// a builtin.
    pub fn may_lead_out(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Name(name) => self.outline().may_lead_out(&name.id) || self.is_builtin(&name.id),
            Expr::Attribute(attribute) => self.may_lead_out(&attribute.value),
            _ => false,
        }
    }

    /// Whether the name or dotted name `expr` may lead to something that a statement of its own defines: a function, a
    /// class, or what an import binds.
    pub fn may_be_defined(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Name(name) => self.outline().may_be_defined(&name.id),
            other => self.may_lead_out(other),
        }
    }

    /// Whether `attribute` is one of a variable that nothing in the file binds by an import or a class statement: so
    /// nothing is known of it without types.
    pub(super) fn is_of_value(&self, attribute: &ExprAttribute, place: Where<'_>) -> bool {
        let mut root = &*attribute.value;
        while let Expr::Attribute(inner) = root {
            root = &inner.value;
        }
        let Expr::Name(name) = root else {
            return false;
        };
        let outline = self.outline();
        let at = place.witness.unwrap_or(root).start();
        !outline.may_lead_out(&name.id) && outline.bound_at(&name.id, at) == Bound::Otherwise
    }

    pub(super) fn statement_at(&self, site: Site) -> Option<&Stmt> {
        site.of(self.syntax.suite())
    }

    /// The name that is bound at `site`.
    pub(super) fn bound_at(&self, site: Site) -> Option<&str> {
        Some(match self.statement_at(site)? {
            Stmt::ClassDef(class) => class.name.as_str(),
            Stmt::FunctionDef(function) => function.name.as_str(),
            Stmt::Assign(assignment) => assignment.targets.first()?.as_name_expr()?.id.as_str(),
            Stmt::AnnAssign(assignment) => assignment.target.as_name_expr()?.id.as_str(),
            _ => return None,
        })
    }

    /// The meanings of what is bound at `site`, and nowhere else in the file.
    pub(super) fn resolve_site(&self, site: Site, depth: usize) -> Vec<Meaning<'db>> {
        match self.statement_at(site) {
            Some(Stmt::Import(import)) => {
                let alias = import.names.get(site.alias);
                vec![alias.map_or(Meaning::Unknown, module_of)]
            }
            Some(Stmt::ImportFrom(import)) => match import.names.get(site.alias) {
                Some(alias) => self.imported(import, &alias.name, depth),
                None => vec![Meaning::Unknown],
            },
            Some(_) => vec![Meaning::Definition(Definition::top(self, site))],
            None => vec![Meaning::Unknown],
        }
    }

    /// The aliases (their bytes) of this file's statements `import m` and `from m import name` that may bind the name at
    /// the root of `expr`, for `m` in `modules`. Imports of other modules may do more than bind a name.
    pub fn import_aliases(
        &self,
        expr: &Expr,
        place: Where<'_>,
        modules: &[&str],
    ) -> Vec<TextRange> {
        let mut root = expr;
        while let Expr::Attribute(attribute) = root {
            root = &attribute.value;
        }
        let Expr::Name(name) = root else {
            return Vec::new();
        };
        let witness = place.witness.unwrap_or(root);
        let outside = |module: Option<&str>| module.is_some_and(|it| modules.contains(&it));
        if let Bound::Once(site) = self.outline().bound_at(&name.id, witness.start()) {
            let alias = match self.statement_at(site) {
                Some(Stmt::Import(import)) => {
                    let alias = import.names.get(site.alias);
                    alias.filter(|alias| outside(Some(&alias.name)))
                }
                Some(Stmt::ImportFrom(import)) => {
                    let module = import.module.as_deref().filter(|_| import.level == 0);
                    let alias = import.names.get(site.alias);
                    alias.filter(|_| outside(module))
                }
                _ => None,
            };
            return alias.map(Ranged::range).into_iter().collect();
        }
        quietly(|| {
            self.bindings_seen(&name.id, witness, place.deferred)
                .0
                .into_iter()
                .filter_map(|definition| match definition.kind(self.database) {
                    TyKind::Import(import) => {
                        let alias = import.alias(&self.syntax);
                        modules
                            .contains(&alias.name.as_str())
                            .then(|| alias.range())
                    }
                    TyKind::ImportFrom(import) => {
                        let statement = import.import(&self.syntax);
                        let module = statement.module.as_deref().filter(|_| statement.level == 0);
                        let alias = import.alias(&self.syntax);
                        module
                            .is_some_and(|module| modules.contains(&module))
                            .then(|| alias.range())
                    }
                    _ => None,
                })
                .collect()
        })
        .unwrap_or_default()
    }
}

/// The outline of `file`, whose tree ty's database keeps.
#[salsa::tracked(returns(ref))]
fn outline_of<'db>(db: &'db dyn Db, file: ProgramFile<'db>) -> Outline {
    let syntax = parsed_module(db, file.python_file(db)).load(db);
    outlined(db, file, syntax.suite())
}

fn outlined<'db>(db: &'db dyn Db, file: ProgramFile<'db>, suite: &[Stmt]) -> Outline {
    let path = file.file(db).path(db).as_str();
    let name = path.rsplit(['/', '\\']).next();
    Outline::of(
        suite,
        name.is_some_and(|name| name.starts_with("__init__.")),
    )
}

/// What `import m.n` and `import m.n as name` bind.
pub(super) fn module_of(alias: &Alias) -> Meaning<'static> {
    Meaning::Module(match &alias.asname {
        Some(_) => alias.name.to_string(),
        None => alias.name.split('.').next().unwrap_or_default().to_owned(),
    })
}
