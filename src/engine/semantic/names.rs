//! What a name or an attribute means where it stands.
//!
//! Python binds names by scope and by assignment, never by spelling: `Optional` may be typing's, a class of the
//! project, or both in turn. A lookup gives every meaning that the name may have there; a codemod goes on only when
//! all of them agree.

use std::sync::{Arc, OnceLock};

use ruff_db::files::FilePath;
use ruff_db::parsed::ParsedModuleRef;
use ruff_python_ast::{Expr, ExprContext};
use ruff_text_size::{Ranged, TextRange, TextSize};
use ty_module_resolver::{ImportingFile, Module, ModuleName, resolve_module};
use ty_python_core::definition::{Definition as TyDefinition, DefinitionKind as TyKind};
use ty_python_core::scope::{FileScopeId, ScopeKind};
use ty_python_core::{ProgramFile, semantic_index};

use super::definition::{Definition, DefinitionKind};
use super::{Database, Project, quietly};

/// How far imports and aliases are followed before the answer is «unknown».
const DEPTH: usize = 24;

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

/// What a name stands for at run time, as far as its definitions tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Class,
    Function,
    /// Bound to something else.
    Value,
    Unknown,
}

/// The names of one file.
#[derive(Clone)]
pub struct Names<'db> {
    pub(super) database: &'db Database,
    pub(super) file: ProgramFile<'db>,
    pub(super) syntax: ParsedModuleRef,
    pub(super) project: &'db Project,
    stars: Arc<OnceLock<Vec<TextSize>>>,
}

impl<'db> Names<'db> {
    pub(super) fn new(
        database: &'db Database,
        file: ProgramFile<'db>,
        syntax: ParsedModuleRef,
        project: &'db Project,
    ) -> Self {
        Self {
            database,
            file,
            syntax,
            project,
            stars: Arc::default(),
        }
    }

    pub(super) fn file_path(&self) -> &'db FilePath {
        self.file.file(self.database).path(self.database)
    }

    /// Every meaning of `expr`, a name or a dotted attribute; empty when nothing binds it or it is something else.
    pub fn meanings(&self, expr: &Expr, place: Where<'_>) -> Vec<Meaning<'db>> {
        quietly(|| self.follow(expr, place, DEPTH)).unwrap_or_else(|| vec![Meaning::Unknown])
    }

    /// The qualified name that all meanings of `expr` agree on: `typing.Optional`, `builtins.isinstance`.
    /// What `typing_extensions` offers under a name of `typing` counts as typing's, as it is the same object there
    /// or stands in for it.
    pub fn qualified_name(&self, expr: &Expr, place: Where<'_>) -> Option<String> {
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
        text.get(std::ops::Range::<usize>::from(range)).unwrap_or_default().to_owned()
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
    fn bindings_seen(
        &self,
        name: &str,
        witness: &Expr,
        deferred: bool,
    ) -> (Vec<TyDefinition<'db>>, Option<FileScopeId>) {
        let index = semantic_index(self.database, self.file);
        let Some(start) = index.try_expression_scope_id(witness) else {
            return (Vec::new(), None);
        };
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
            let in_order =
                !deferred && index.scope(scope).kind() == ScopeKind::Class && scope == start;
            let mut bindings = self.bindings(scope, name);
            bindings.retain(|one| !in_order || self.binds_before(*one, witness.start()));
            if !bindings.is_empty() {
                return (bindings, Some(scope));
            }
        }
        (Vec::new(), Some(FileScopeId::global()))
    }

    /// Whether `definition` has bound its name when the class body reaches `at`. `date: Optional[date] = None` binds
    /// the default first and evaluates the annotation after it.
    fn binds_before(&self, definition: TyDefinition<'db>, at: TextSize) -> bool {
        let kind = definition.kind(self.database);
        let range = kind.full_range(&self.syntax);
        match kind {
            TyKind::AnnotatedAssignment(_) => range.start() <= at,
            _ => range.end() <= at,
        }
    }

    fn is_builtin(&self, name: &str) -> bool {
        let minor = self.file.python_version(self.database).minor;
        ruff_python_stdlib::builtins::is_python_builtin(name, minor, false)
            || matches!(name, "__name__" | "__file__" | "__doc__" | "__class__")
    }

    /// The meanings of a binding: itself, or what it imports.
    fn resolve(
        &self,
        definition: TyDefinition<'db>,
        name: &str,
        depth: usize,
    ) -> Vec<Meaning<'db>> {
        let syntax = &self.syntax;
        match definition.kind(self.database) {
            TyKind::Import(import) => {
                let alias = import.alias(syntax);
                let module = match &alias.asname {
                    Some(_) => alias.name.as_str(),
                    None => alias.name.split('.').next().unwrap_or_default(),
                };
                vec![Meaning::Module(module.to_owned())]
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

    fn imported(
        &self,
        statement: &ruff_python_ast::StmtImportFrom,
        member: &str,
        depth: usize,
    ) -> Vec<Meaning<'db>> {
        match self.absolute(statement.module.as_deref(), statement.level) {
            Some(module) => self.member(&module, member, depth),
            None => vec![Meaning::Unknown],
        }
    }

    fn importing_file(&self) -> ImportingFile<'db> {
        ImportingFile::ResolverFile(self.file.resolver_file(self.database))
    }

    pub(super) fn absolute(&self, module: Option<&str>, level: u32) -> Option<ModuleName> {
        ModuleName::from_identifier_parts(self.database, self.importing_file(), module, level).ok()
    }

    fn module(&self, name: &ModuleName) -> Option<Module<'db>> {
        resolve_module(self.database, self.importing_file(), name)
    }

    pub(super) fn origin(&self, name: &ModuleName) -> Place<'db> {
        if matches!(name.first_component(), "typing" | "typing_extensions") {
            return Place::Outside(Origin::StandardLibrary);
        }
        let Some(module) = self.module(name) else {
            let minor = self.file.python_version(self.database).minor;
            let first = name.first_component();
            return Place::Outside(
                match ruff_python_stdlib::sys::is_known_standard_library(minor, first) {
                    true => Origin::StandardLibrary,
                    false => Origin::ThirdParty,
                },
            );
        };
        match module.file(self.database) {
            None => Place::Namespace,
            Some(file) => match file.path(self.database) {
                FilePath::Vendored(_) => Place::Outside(Origin::StandardLibrary),
                FilePath::System(path) if self.in_project(path.as_utf8_path()) => Place::Project(
                    ProgramFile::new(self.database, file, self.file.program(self.database)),
                ),
                _ => Place::Outside(Origin::ThirdParty),
            },
        }
    }

    fn in_project(&self, path: &camino::Utf8Path) -> bool {
        path.strip_prefix(&self.project.root).is_ok_and(|inside| {
            !inside
                .components()
                .any(|part| matches!(part.as_str(), "site-packages" | ".venv" | "venv"))
        })
    }

    /// What `from module import member` gives.
    fn member(&self, module: &ModuleName, member: &str, depth: usize) -> Vec<Meaning<'db>> {
        if depth == 0 {
            return vec![Meaning::Unknown];
        }
        let qualified = format!("{module}.{member}");
        let found = match self.origin(module) {
            Place::Outside(origin) => {
                return vec![Meaning::Outside {
                    name: qualified,
                    origin,
                }];
            }
            Place::Namespace => Vec::new(),
            Place::Project(file) => self.other(file).globals(member, depth - 1),
        };
        if !found.is_empty() {
            return found;
        }
        match ModuleName::new(&qualified).filter(|name| self.module(name).is_some()) {
            Some(_) => vec![Meaning::Module(qualified)],
            None => vec![Meaning::Unknown],
        }
    }

    pub(super) fn other(&self, file: ProgramFile<'db>) -> Names<'db> {
        let syntax = ruff_db::parsed::parsed_module(self.database, file.python_file(self.database))
            .load(self.database);
        Names::new(self.database, file, syntax, self.project)
    }

    /// Everything that this file's module level binds `name` to.
    fn globals(&self, name: &str, depth: usize) -> Vec<Meaning<'db>> {
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

    /// Whether a star import at module level, from a module that cannot be read, comes behind every binding of `name`
    /// and so may bind it anew.
    fn hidden_by_star(&self, scope: FileScopeId, name: &str) -> bool {
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
                    ruff_python_ast::Stmt::ImportFrom(statement) => Some(statement),
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

    /// The aliases of this file's import statements that may bind the name at the root of `expr`.
    pub fn import_aliases(&self, expr: &Expr, place: Where<'_>) -> Vec<TextRange> {
        let mut root = expr;
        while let Expr::Attribute(attribute) = root {
            root = &attribute.value;
        }
        let Expr::Name(name) = root else {
            return Vec::new();
        };
        let witness = place.witness.unwrap_or(root);
        quietly(|| {
            self.bindings_seen(&name.id, witness, place.deferred)
                .0
                .into_iter()
                .filter_map(|definition| match definition.kind(self.database) {
                    TyKind::Import(import) => Some(import.alias(&self.syntax).range()),
                    TyKind::ImportFrom(import) => Some(import.alias(&self.syntax).range()),
                    _ => None,
                })
                .collect()
        })
        .unwrap_or_default()
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

    /// What the outside name `qualified` (`datetime.date`) stands for, read from typeshed or from the environment.
    pub fn outside_kind(&self, qualified: &str) -> Kind {
        quietly(|| self.kind_of_path(qualified, DEPTH)).unwrap_or(Kind::Unknown)
    }

    fn kind_of_path(&self, qualified: &str, depth: usize) -> Kind {
        let parts: Vec<&str> = qualified.split('.').collect();
        if let ["typing" | "typing_extensions", name] = parts[..] {
            return match name.starts_with(|c: char| c.is_uppercase()) {
                true => Kind::Class,
                false => Kind::Function,
            };
        }
        for split in (1..parts.len()).rev() {
            let Some(module) = ModuleName::new(&parts[..split].join(".")) else {
                continue;
            };
            let Some(file) = self.module(&module).and_then(|m| m.file(self.database)) else {
                continue;
            };
            let file = ProgramFile::new(self.database, file, self.file.program(self.database));
            let names = self.other(file);
            let scope = FileScopeId::global();
            return names.kind_in(scope, &parts[split..], depth);
        }
        Kind::Unknown
    }

    /// The kind of `path` (a name, and names below it) bound in `scope`; `Unknown` when bindings disagree.
    fn kind_in(&self, scope: FileScopeId, path: &[&str], depth: usize) -> Kind {
        let Some((name, below)) = path.split_first() else {
            return Kind::Unknown;
        };
        if depth == 0 {
            return Kind::Unknown;
        }
        let kinds = self
            .bindings(scope, name)
            .into_iter()
            .map(|definition| self.kind_of(definition, name, below, depth - 1));
        agreed(kinds)
    }

    fn kind_of(
        &self,
        definition: TyDefinition<'db>,
        name: &str,
        below: &[&str],
        depth: usize,
    ) -> Kind {
        let through = |module: Option<ModuleName>, member: &str| match module {
            Some(module) => {
                let rest = below
                    .iter()
                    .fold(member.to_owned(), |path, part| format!("{path}.{part}"));
                self.kind_of_path(&format!("{module}.{rest}"), depth)
            }
            None => Kind::Unknown,
        };
        let syntax = &self.syntax;
        match definition.kind(self.database) {
            TyKind::ImportFrom(import) => {
                let statement = import.import(syntax);
                let module = self.absolute(statement.module.as_deref(), statement.level);
                through(module, import.alias(syntax).name.as_str())
            }
            TyKind::StarImport(import) => {
                let statement = import.import(syntax);
                through(
                    self.absolute(statement.module.as_deref(), statement.level),
                    name,
                )
            }
            TyKind::Class(class) => match below {
                [] => Kind::Class,
                _ => {
                    let index = semantic_index(self.database, self.file);
                    let node = class.node(syntax);
                    let scope =
                        index.try_node_scope(ty_python_core::scope::NodeWithScopeRef::Class(node));
                    scope.map_or(Kind::Unknown, |scope| self.kind_in(scope, below, depth))
                }
            },
            TyKind::Function(_) if below.is_empty() => Kind::Function,
            TyKind::Assignment(assignment) if below.is_empty() => {
                self.kind_of_value(assignment.value(syntax), depth)
            }
            TyKind::AnnotatedAssignment(assignment) if below.is_empty() => {
                match last_part(assignment.annotation(syntax)) {
                    Some("TypeAlias" | "Type" | "type" | "_SpecialForm") => Kind::Unknown,
                    _ => Kind::Value,
                }
            }
            _ => Kind::Unknown,
        }
    }

    /// `X = Y` and `X = module.Y` are what `Y` is; a type alias or a new type is something else than a value.
    fn kind_of_value(&self, value: &Expr, depth: usize) -> Kind {
        let maker = match value {
            Expr::Call(call) => last_part(&call.func),
            Expr::Subscript(_) | Expr::BinOp(_) => return Kind::Unknown,
            _ => None,
        };
        if matches!(maker, Some("NewType" | "TypeVar" | "namedtuple" | "NamedTuple" | "TypedDict" | "Enum")) {
            return Kind::Unknown;
        }
        let mut path = Vec::new();
        let mut expr = value;
        while let Expr::Attribute(attribute) = expr {
            path.push(attribute.attr.as_str());
            expr = &attribute.value;
        }
        let Expr::Name(name) = expr else {
            return Kind::Value;
        };
        path.push(name.id.as_str());
        path.reverse();
        self.kind_in_or_module(&path, depth)
    }

    fn kind_in_or_module(&self, path: &[&str], depth: usize) -> Kind {
        let scope = FileScopeId::global();
        let module =
            self.bindings(scope, path[0])
                .into_iter()
                .find_map(|d| match d.kind(self.database) {
                    TyKind::Import(import) => Some(import.alias(&self.syntax).name.to_string()),
                    _ => None,
                });
        match module {
            Some(module) => {
                let rest = path[1..].join(".");
                self.kind_of_path(&format!("{module}.{rest}"), depth)
            }
            None => self.kind_in(scope, path, depth),
        }
    }
}

/// Where a module lives.
pub(super) enum Place<'db> {
    Outside(Origin),
    Namespace,
    Project(ProgramFile<'db>),
}

impl<'db> Definition<'db> {
    /// What the attribute `name` of this definition means, if the definition is a class whose body binds it.
    fn class_member(&self, name: &str, depth: usize) -> Vec<Meaning<'db>> {
        let DefinitionKind::Class(class) = self.kind() else {
            return vec![Meaning::Unknown];
        };
        let index = semantic_index(self.names.database, self.names.file);
        let node = ty_python_core::scope::NodeWithScopeRef::Class(class);
        let Some(scope) = index.try_node_scope(node) else {
            return vec![Meaning::Unknown];
        };
        let found: Vec<_> = self
            .names
            .bindings(scope, name)
            .into_iter()
            .flat_map(|definition| self.names.resolve(definition, name, depth))
            .collect();
        match found.is_empty() {
            true => vec![Meaning::Unknown],
            false => found,
        }
    }
}

/// `c` of `a.b.c` and of `a.b.c[...]`.
fn last_part(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(&attribute.attr),
        Expr::Subscript(subscript) => last_part(&subscript.value),
        _ => None,
    }
}

/// The kind that all agree on.
fn agreed(mut kinds: impl Iterator<Item = Kind>) -> Kind {
    let Some(first) = kinds.next() else {
        return Kind::Unknown;
    };
    match kinds.all(|kind| kind == first) {
        true => first,
        false => Kind::Unknown,
    }
}
