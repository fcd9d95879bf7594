//! What a name or an attribute means where it stands.
//!
//! Python binds names by scope and by assignment, never by spelling: `Optional` may be typing's, a class of the
//! project, or both in turn. A lookup gives every meaning that the name may have there; a codemod goes on only when
//! all of them agree.

use std::sync::{Arc, OnceLock};

use ruff_db::files::FilePath;
use ruff_db::parsed::ParsedModuleRef;
use ruff_python_ast::{Expr, ExprContext, StmtImportFrom};
use ruff_text_size::{Ranged, TextRange, TextSize};
use ty_module_resolver::ModuleName;
use ty_python_core::definition::{Definition as TyDefinition, DefinitionKind as TyKind};
use ty_python_core::scope::{FileScopeId, ScopeKind};
use ty_python_core::{ProgramFile, semantic_index};

use super::definition::Definition;
use super::outline::{Bound, Outline};
use super::plain::module_of;
use super::{Database, Project, quietly};

/// How far imports and aliases are followed before the answer is «unknown».
pub(super) const DEPTH: usize = 24;

/// Where something outside the project comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    StandardLibrary,
    ThirdParty,
}

/// One meaning of a name.
#[derive(Clone)]
pub enum Meaning<'db> {
    /// Something outside the project, by its qualified name as it is imported: `typing.Optional`.
    Outside { name: String, origin: Origin },
    /// A module, by its absolute name.
    Module(String),
    /// A builtin that nothing shadows.
    Builtin(String),
    /// A definition in a file of the project.
    Definition(Definition<'db>),
    /// Bound, but not in a way that can be followed: a loop variable, a name out of a dynamic module.
    Unknown,
}

/// Where a lookup happens, beyond the place of the expression itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Where<'a> {
    /// The expression of the module whose scope counts, for an expression that was parsed out of a string.
    pub witness: Option<&'a Expr>,
    /// Evaluated only after the scope is complete, if at all: a class's later bindings count as well.
    pub deferred: bool,
}

/// A file's syntax tree, and the names that it binds.
#[derive(Clone)]
pub(crate) struct Tree {
    pub(super) syntax: ParsedModuleRef,
    /// `None` when ty's database keeps it.
    pub(super) outline: Option<Arc<OnceLock<Outline>>>,
}

/// The names of one file.
#[derive(Clone)]
pub struct Names<'db> {
    pub(super) database: &'db Database,
    pub(super) file: ProgramFile<'db>,
    pub(super) syntax: ParsedModuleRef,
    pub(super) project: &'db Project,
    pub(super) outline: Option<Arc<OnceLock<Outline>>>,
}

impl<'db> Names<'db> {
    pub(super) fn new(
        database: &'db Database,
        file: ProgramFile<'db>,
        syntax: ParsedModuleRef,
        project: &'db Project,
    ) -> Self {
        let tree = Tree {
            syntax,
            outline: None,
        };
        Self::with_tree(database, file, tree, project)
    }

    /// Those of a file whose tree, `syntax`, is not the one that ty's database keeps.
    pub(super) fn of_own(
        database: &'db Database,
        file: ProgramFile<'db>,
        syntax: ParsedModuleRef,
        project: &'db Project,
    ) -> Self {
        let tree = Tree {
            syntax,
            outline: Some(Arc::default()),
        };
        Self::with_tree(database, file, tree, project)
    }

    pub(super) fn with_tree(
        database: &'db Database,
        file: ProgramFile<'db>,
        tree: Tree,
        project: &'db Project,
    ) -> Self {
        Self {
            database,
            file,
            syntax: tree.syntax,
            project,
            outline: tree.outline,
        }
    }

    pub(super) fn file_path(&self) -> &'db FilePath {
        self.file.file(self.database).path(self.database)
    }

    /// Whether both are the names of one file.
    pub fn is_same_file(&self, other: &Self) -> bool {
        self.file == other.file
    }

    /// Every meaning of `expr`, a name or a dotted attribute; empty when nothing binds it or it is something else.
    pub fn meanings(&self, expr: &Expr, place: Where<'_>) -> Vec<Meaning<'db>> {
        quietly(|| self.follow(expr, place, DEPTH)).unwrap_or_else(|| vec![Meaning::Unknown])
    }

    /// The qualified name that all meanings of `expr` agree on: `typing.Optional`, `builtins.isinstance`.
    /// What `typing_extensions` offers under a name of `typing` counts as typing's, as it is the same object there
    /// or stands in for it.
    pub fn qualified_name(&self, expr: &Expr, place: Where<'_>) -> Option<String> {
        if !self.may_lead_out(expr) {
            return None;
        }
        let mut names = self
            .meanings(expr, place)
            .into_iter()
            .map(|meaning| match meaning {
                Meaning::Outside { name, .. } => {
                    Some(match name.strip_prefix("typing_extensions.") {
                        Some(rest) => format!("typing.{rest}"),
                        None => name,
                    })
                }
                Meaning::Module(name) => Some(name),
                Meaning::Builtin(name) => Some(format!("builtins.{name}")),
                Meaning::Definition(_) | Meaning::Unknown => None,
            });
        let first = names.next()??;
        names
            .all(|name| name.as_deref() == Some(&*first))
            .then_some(first)
    }

    /// The text of the file that these names belong to, at `range`.
    pub fn text_at(&self, range: TextRange) -> String {
        let text = ruff_db::source::source_text(self.database, self.file.file(self.database));
        text.get(std::ops::Range::<usize>::from(range))
            .unwrap_or_default()
            .to_owned()
    }

    fn follow(&self, expr: &Expr, place: Where<'_>, depth: usize) -> Vec<Meaning<'db>> {
        if depth == 0 {
            return vec![Meaning::Unknown];
        }
        match expr {
            Expr::Name(name) => {
                let witness = place.witness.unwrap_or(expr);
                self.look_up(&name.id, witness, place.deferred, depth)
            }
            Expr::Attribute(attribute) if self.is_of_value(attribute, place) => {
                vec![Meaning::Unknown]
            }
            Expr::Attribute(attribute) if attribute.ctx == ExprContext::Load => self
                .follow(&attribute.value, place, depth - 1)
                .into_iter()
                .flat_map(|owner| self.attribute(owner, &attribute.attr, depth - 1))
                .collect(),
            _ => vec![Meaning::Unknown],
        }
    }

    /// The meanings of `name` in the scope of `witness`, outwards from there.
    fn look_up(
        &self,
        name: &str,
        witness: &Expr,
        deferred: bool,
        depth: usize,
    ) -> Vec<Meaning<'db>> {
        match self.outline().bound_at(name, witness.start()) {
            Bound::Once(site) => return self.resolve_site(site, depth - 1),
            Bound::Never if self.is_builtin(name) => {
                return vec![Meaning::Builtin(name.to_owned())];
            }
            Bound::Never => return Vec::new(),
            Bound::Otherwise => {}
        }
        let (bindings, scope) = self.bindings_seen(name, witness, deferred);
        let Some(scope) = scope else {
            return vec![Meaning::Unknown];
        };
        let mut found: Vec<_> = bindings
            .into_iter()
            .flat_map(|definition| self.resolve(definition, name, depth - 1))
            .collect();
        if self.hidden_by_star(scope, name) {
            found.push(Meaning::Unknown);
        }
        if found.is_empty() && self.is_builtin(name) {
            found.push(Meaning::Builtin(name.to_owned()));
        }
        found
    }

    /// The bindings of `name` as seen from `witness`, in the innermost scope that has any, and that scope: the module
    /// level when none has. No scope at all when ty does not know the expression.
    pub(super) fn bindings_seen(
        &self,
        name: &str,
        witness: &Expr,
        deferred: bool,
    ) -> (Vec<TyDefinition<'db>>, Option<FileScopeId>) {
        let index = semantic_index(self.database, self.file);
        let Some(start) = index.try_expression_scope_id(witness) else {
            return (Vec::new(), None);
        };
        let before = (!deferred).then_some(witness.start());
        let (bindings, scope) = self.bindings_from(name, start, before);
        (bindings, Some(scope))
    }

    /// The bindings of `name` as seen from the scope `start`, in the innermost scope that has any, and that scope. Of a
    /// class body those count that stand before `before`.
    pub(super) fn bindings_from(
        &self,
        name: &str,
        start: FileScopeId,
        before: Option<TextSize>,
    ) -> (Vec<TyDefinition<'db>>, FileScopeId) {
        let index = semantic_index(self.database, self.file);
        let mut scopes: Vec<FileScopeId> = index
            .visible_ancestor_scopes(start)
            .map(|(scope, _)| scope)
            .collect();
        scopes.reverse();
        while let Some(scope) = scopes.pop() {
            let Some(symbol) = index.place_table(scope).symbol_by_name(name) else {
                continue;
            };
            if symbol.is_global() {
                scopes.truncate(1);
                continue;
            }
            if !symbol.is_local() {
                continue;
            }
            let mut bindings = self.bindings(scope, name);
            if let (Some(before), ScopeKind::Class) = (before, index.scope(scope).kind()) {
                bindings.retain(|one| self.binds_before(*one, before));
            }
            if !bindings.is_empty() {
                return (bindings, scope);
            }
        }
        (Vec::new(), FileScopeId::global())
    }

    /// Whether `definition` has bound its name when the class body reaches `at`. `date: Optional[date] = None` binds
    /// the default first and evaluates the annotation after it.
    fn binds_before(&self, definition: TyDefinition<'db>, at: TextSize) -> bool {
        let kind = definition.kind(self.database);
        let range = kind.full_range(&self.syntax);
        match kind {
            TyKind::AnnotatedAssignment(_) => range.start() <= at,
            TyKind::NamedExpression(_) => true,
            _ => range.end() <= at,
        }
    }

    pub(super) fn is_builtin(&self, name: &str) -> bool {
        let minor = self.file.python_version(self.database).minor;
        ruff_python_stdlib::builtins::is_python_builtin(name, minor, false)
            || matches!(name, "__name__" | "__file__" | "__doc__" | "__class__")
    }

    /// The meanings of a binding: itself, or what it imports.
    pub(super) fn resolve(
        &self,
        definition: TyDefinition<'db>,
        name: &str,
        depth: usize,
    ) -> Vec<Meaning<'db>> {
        let syntax = &self.syntax;
        match definition.kind(self.database) {
            TyKind::Import(import) => {
                vec![module_of(import.alias(syntax))]
            }
            TyKind::ImportFrom(import) => {
                let member = import.alias(syntax).name.as_str();
                self.imported(import.import(syntax), member, depth)
            }
            TyKind::StarImport(import) => self.imported(import.import(syntax), name, depth),
            TyKind::ImportFromSubmodule(import) => {
                let statement = import.import(syntax);
                match self.absolute(statement.module.as_deref(), statement.level) {
                    Some(module) => vec![Meaning::Module(module.to_string())],
                    None => vec![Meaning::Unknown],
                }
            }
            TyKind::NestedBindings(_) => vec![Meaning::Unknown],
            _ => vec![Meaning::Definition(Definition::new(
                self.database,
                definition,
                self.project,
            ))],
        }
    }

    pub(super) fn imported(
        &self,
        statement: &StmtImportFrom,
        member: &str,
        depth: usize,
    ) -> Vec<Meaning<'db>> {
        match self.absolute(statement.module.as_deref(), statement.level) {
            Some(module) if self.is_own(&module) => vec![self.submodule(&module, member)],
            Some(module) => self.member(&module, member, depth),
            None => vec![Meaning::Unknown],
        }
    }

    /// Everything that this file's module level binds `name` to.
    pub(super) fn globals(&self, name: &str, depth: usize) -> Vec<Meaning<'db>> {
        match self.outline().bound_by_module(name) {
            Bound::Once(site) => return self.resolve_site(site, depth),
            Bound::Never => return Vec::new(),
            Bound::Otherwise => {}
        }
        let mut found: Vec<_> = self
            .bindings(FileScopeId::global(), name)
            .into_iter()
            .flat_map(|definition| self.resolve(definition, name, depth))
            .collect();
        if self.hidden_by_star(FileScopeId::global(), name) {
            found.push(Meaning::Unknown);
        }
        found
    }

    /// What `scope` itself binds `name` to. A scope that binds it without a definition gives «unknown».
    pub(super) fn meanings_in(&self, scope: FileScopeId, name: &str) -> Vec<Meaning<'db>> {
        let bindings = self.bindings(scope, name);
        match bindings.is_empty() {
            true => vec![Meaning::Unknown],
            false => bindings
                .into_iter()
                .flat_map(|definition| self.resolve(definition, name, DEPTH))
                .collect(),
        }
    }

    pub(super) fn bindings(&self, scope: FileScopeId, name: &str) -> Vec<TyDefinition<'db>> {
        let index = semantic_index(self.database, self.file);
        let Some(symbol) = index.place_table(scope).symbol_id(name) else {
            return Vec::new();
        };
        index
            .use_def_map(scope)
            .reachable_symbol_bindings(symbol)
            .filter_map(|binding| binding.binding.definition())
            .filter(|definition| !definition.kind(self.database).is_loop_header())
            .collect()
    }

    fn attribute(&self, owner: Meaning<'db>, name: &str, depth: usize) -> Vec<Meaning<'db>> {
        match owner {
            Meaning::Module(module) => match ModuleName::new(&module) {
                Some(module) => self.member(&module, name, depth),
                None => vec![Meaning::Unknown],
            },
            Meaning::Outside {
                name: owner,
                origin,
            } => vec![Meaning::Outside {
                name: format!("{owner}.{name}"),
                origin,
            }],
            Meaning::Definition(definition) => definition.class_member(name, depth),
            Meaning::Builtin(_) | Meaning::Unknown => vec![Meaning::Unknown],
        }
    }
}
