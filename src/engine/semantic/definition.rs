//! A definition in a file of the project or of a library that can be read, with its syntax at hand.

use ruff_db::files::FilePath;
use ruff_db::parsed::{ParsedModuleRef, parsed_module};
use ruff_python_ast::{Expr, ParameterWithDefault, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};
use ty_python_core::definition as ty;
use ty_python_core::scope::{FileScopeId, NodeWithScopeRef};
use ty_python_core::semantic_index;

use super::names::{Meaning, Names};
use super::outline::Site;
use super::{Database, Project};

/// One place that binds a name.
#[derive(Clone)]
pub struct Definition<'db> {
    inner: Inner<'db>,
    pub(super) names: Names<'db>,
}

/// Who knows it.
#[derive(Clone, Copy, PartialEq)]
enum Inner<'db> {
    Ty(ty::Definition<'db>),
    /// A statement at the top of the file, which alone binds the name: ty has not been asked.
    Top(Site),
}

/// What kind of statement binds the name, with the parts that codemods look at.
pub enum DefinitionKind<'a> {
    Class(&'a StmtClassDef),
    Function(&'a StmtFunctionDef),
    /// `name = value`, with one plain name as the target.
    Assignment(&'a Expr),
    /// `name: annotation = value`
    Annotated {
        annotation: &'a Expr,
        value: Option<&'a Expr>,
    },
    /// `type name = value`
    TypeAlias,
    /// A type parameter of PEP 695.
    TypeParameter,
    /// `name` as a parameter, with its annotation.
    Parameter(Option<&'a Expr>),
    Other,
}

impl<'db> Definition<'db> {
    pub(super) fn new(
        database: &'db Database,
        inner: ty::Definition<'db>,
        project: &'db Project,
    ) -> Self {
        let file = inner.program_file(database);
        let syntax: ParsedModuleRef =
            parsed_module(database, file.python_file(database)).load(database);
        Self {
            inner: Inner::Ty(inner),
            names: Names::new(database, file, syntax, project),
        }
    }

    /// The statement at `site` of the file that `names` are those of.
    pub(super) fn top(names: &Names<'db>, site: Site) -> Self {
        Self {
            inner: Inner::Top(site),
            names: names.clone(),
        }
    }

    /// Whether it is a statement at the top of its file, and nothing else there binds the name.
    pub(super) fn is_alone_at_top(&self) -> bool {
        matches!(self.inner, Inner::Top(_))
    }

    /// The same as ty has it; `None` for what can never be reached.
    pub(super) fn ty(&self) -> Option<ty::Definition<'db>> {
        match self.inner {
            Inner::Ty(inner) => Some(inner),
            Inner::Top(site) => {
                let name = self.names.bound_at(site)?;
                let all = self.names.bindings(FileScopeId::global(), name);
                all.into_iter().next()
            }
        }
    }

    /// The names of the file that the definition stands in.
    pub fn names(&self) -> &Names<'db> {
        &self.names
    }

    pub fn kind(&self) -> DefinitionKind<'_> {
        let syntax = &self.names.syntax;
        let inner = match self.inner {
            Inner::Ty(inner) => inner,
            Inner::Top(site) => return kind_of(self.names.statement_at(site)),
        };
        match inner.kind(self.names.database) {
            ty::DefinitionKind::Class(class) => DefinitionKind::Class(class.node(syntax)),
            ty::DefinitionKind::Function(function) => {
                DefinitionKind::Function(function.node(syntax))
            }
            ty::DefinitionKind::TypeAlias(_) => DefinitionKind::TypeAlias,
            ty::DefinitionKind::TypeVar(_) => DefinitionKind::TypeParameter,
            ty::DefinitionKind::Assignment(assignment)
                if assignment.unpack().is_none() && assignment.target(syntax).is_name_expr() =>
            {
                DefinitionKind::Assignment(assignment.value(syntax))
            }
            ty::DefinitionKind::AnnotatedAssignment(assignment) => DefinitionKind::Annotated {
                annotation: assignment.annotation(syntax),
                value: assignment.value(syntax),
            },
            ty::DefinitionKind::Parameter(parameter) => {
                DefinitionKind::Parameter(match parameter {
                    ty::ParameterDefinitionNodeKind::Parameter(node) => {
                        node.node(syntax).parameter.annotation.as_deref()
                    }
                    _ => None,
                })
            }
            _ => DefinitionKind::Other,
        }
    }

    /// The parameter that it is, unless that takes any number of arguments.
    pub(super) fn parameter(&self) -> Option<&ParameterWithDefault> {
        let Inner::Ty(inner) = self.inner else {
            return None;
        };
        match inner.kind(self.names.database) {
            ty::DefinitionKind::Parameter(ty::ParameterDefinitionNodeKind::Parameter(node)) => {
                Some(node.node(&self.names.syntax))
            }
            _ => None,
        }
    }

    /// The bytes of the whole statement, in its own file.
    pub fn range(&self) -> TextRange {
        match self.inner {
            Inner::Ty(inner) => inner
                .kind(self.names.database)
                .full_range(&self.names.syntax),
            Inner::Top(site) => {
                let statement = self.names.statement_at(site);
                statement.map_or_else(TextRange::default, Ranged::range)
            }
        }
    }

    /// What the attribute `name` of this definition means, if the definition is a class whose body binds it.
    pub(super) fn class_member(&self, name: &str, depth: usize) -> Vec<Meaning<'db>> {
        let DefinitionKind::Class(class) = self.kind() else {
            return vec![Meaning::Unknown];
        };
        let index = semantic_index(self.names.database, self.names.file);
        let node = NodeWithScopeRef::Class(class);
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

    /// Whether the name is bound in the body of a class.
    pub fn in_class_body(&self) -> bool {
        let Inner::Ty(inner) = self.inner else {
            return false;
        };
        let scope = inner.scope(self.names.database);
        scope.scope(self.names.database).kind().is_class()
    }

    /// Whether both are the same place.
    pub fn is(&self, other: &Self) -> bool {
        match (self.inner, other.inner) {
            (Inner::Top(one), Inner::Top(two)) => {
                one == two && self.names.is_same_file(&other.names)
            }
            (one, two) => one == two || self.ty().is_some() && self.ty() == other.ty(),
        }
    }

    /// Whether the definition stands in a stub (`.pyi`).
    pub fn in_stub(&self) -> bool {
        match self.names.file_path() {
            FilePath::System(path) => path.extension() == Some("pyi"),
            FilePath::Vendored(_) => true,
            FilePath::SystemVirtual(_) => false,
        }
    }
}

impl Ranged for Definition<'_> {
    fn range(&self) -> TextRange {
        Definition::range(self)
    }
}

/// What `statement`, which binds one name, binds it to.
fn kind_of(statement: Option<&Stmt>) -> DefinitionKind<'_> {
    match statement {
        Some(Stmt::ClassDef(class)) => DefinitionKind::Class(class),
        Some(Stmt::FunctionDef(function)) => DefinitionKind::Function(function),
        Some(Stmt::Assign(assignment)) => DefinitionKind::Assignment(&assignment.value),
        Some(Stmt::AnnAssign(assignment)) => DefinitionKind::Annotated {
            annotation: &assignment.annotation,
            value: assignment.value.as_deref(),
        },
        _ => DefinitionKind::Other,
    }
}
