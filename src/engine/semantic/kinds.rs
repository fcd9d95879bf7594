//! What a name of the standard library or of an installed package stands for: a class, a function, a value.

use ruff_python_ast::{Expr, Stmt, StmtClassDef, StmtImportFrom};
use ty_module_resolver::ModuleName;
use ty_python_core::definition::{Definition as TyDefinition, DefinitionKind as TyKind};
use ty_python_core::scope::{FileScopeId, NodeWithScopeRef};
use ty_python_core::{ProgramFile, semantic_index};

use super::modules::Place;
use super::names::{DEPTH, Names};
use super::outline::{Bound, Site};
use super::quietly;

/// What a name stands for at run time, as far as its definitions tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Class,
    Function,
    /// Bound to something else.
    Value,
    Unknown,
}

impl<'db> Names<'db> {
    /// What the outside name `qualified` (`datetime.date`) stands for, read from typeshed or from the environment.
    pub fn outside_kind(&self, qualified: &str) -> Kind {
        quietly(|| self.kind_of_path(qualified, DEPTH)).unwrap_or(Kind::Unknown)
    }

    /// Whether the module that the outside name `qualified` leads to can be read.
    pub fn is_at_hand(&self, qualified: &str) -> bool {
        let parts: Vec<&str> = qualified.split('.').collect();
        let mut modules = (1..=parts.len()).rev().filter_map(|split| {
            let module = ModuleName::new(&parts[..split].join("."))?;
            self.module(&module).is_some().then_some(module)
        });
        // What is missing in a package of the project is nowhere.
        let is_outside = |module| matches!(self.origin(&module), Place::Outside(_));
        quietly(|| modules.next().is_some_and(is_outside)).unwrap_or(true)
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
        if let (true, Bound::Once(site)) = (scope.is_global(), self.outline().bound_by_module(name))
        {
            return self.kind_at(site, below, depth - 1);
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
        let syntax = &self.syntax;
        match definition.kind(self.database) {
            TyKind::ImportFrom(import) => {
                let member = import.alias(syntax).name.as_str();
                self.kind_through(import.import(syntax), member, below, depth)
            }
            TyKind::StarImport(import) => {
                self.kind_through(import.import(syntax), name, below, depth)
            }
            TyKind::Class(class) => self.kind_in_class(class.node(syntax), below, depth),
            TyKind::Function(_) if below.is_empty() => Kind::Function,
            TyKind::Assignment(assignment) if below.is_empty() => {
                self.kind_of_value(assignment.value(syntax), depth)
            }
            TyKind::AnnotatedAssignment(assignment) if below.is_empty() => {
                kind_of_annotated(assignment.annotation(syntax))
            }
            _ => Kind::Unknown,
        }
    }

    /// The same of what is bound at `site` of this file, and nowhere else at its top.
    fn kind_at(&self, site: Site, below: &[&str], depth: usize) -> Kind {
        match self.statement_at(site) {
            Some(Stmt::ImportFrom(import)) => match import.names.get(site.alias) {
                Some(alias) => self.kind_through(import, &alias.name, below, depth),
                None => Kind::Unknown,
            },
            Some(Stmt::ClassDef(class)) => self.kind_in_class(class, below, depth),
            Some(Stmt::FunctionDef(_)) if below.is_empty() => Kind::Function,
            Some(Stmt::Assign(assignment)) if below.is_empty() => {
                self.kind_of_value(&assignment.value, depth)
            }
            Some(Stmt::AnnAssign(assignment)) if below.is_empty() => {
                kind_of_annotated(&assignment.annotation)
            }
            _ => Kind::Unknown,
        }
    }

    /// The kind of `member`, or of what is `below` it, that `import` takes.
    fn kind_through(
        &self,
        import: &StmtImportFrom,
        member: &str,
        below: &[&str],
        depth: usize,
    ) -> Kind {
        let Some(module) = self.absolute(import.module.as_deref(), import.level) else {
            return Kind::Unknown;
        };
        let rest = below
            .iter()
            .fold(member.to_owned(), |path, part| format!("{path}.{part}"));
        self.kind_of_path(&format!("{module}.{rest}"), depth)
    }

    fn kind_in_class(&self, class: &StmtClassDef, below: &[&str], depth: usize) -> Kind {
        if below.is_empty() {
            return Kind::Class;
        }
        let index = semantic_index(self.database, self.file);
        let scope = index.try_node_scope(NodeWithScopeRef::Class(class));
        scope.map_or(Kind::Unknown, |scope| self.kind_in(scope, below, depth))
    }

    /// `X = Y` and `X = module.Y` are what `Y` is; a type alias or a new type is something else than a value.
    fn kind_of_value(&self, value: &Expr, depth: usize) -> Kind {
        let maker = match value {
            Expr::Call(call) => last_part(&call.func),
            Expr::Subscript(_) | Expr::BinOp(_) => return Kind::Unknown,
            _ => None,
        };
        if matches!(
            maker,
            Some("NewType" | "TypeVar" | "namedtuple" | "NamedTuple" | "TypedDict" | "Enum")
        ) {
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
        if let Bound::Once(site) = self.outline().bound_by_module(path[0])
            && !matches!(self.statement_at(site), Some(Stmt::Import(_)))
        {
            return self.kind_in(scope, path, depth);
        }
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
            None if self.bindings(scope, path[0]).is_empty() => {
                self.kind_of_path(&format!("builtins.{}", path.join(".")), depth)
            }
            None => self.kind_in(scope, path, depth),
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

/// The kind of what is assigned to a name with this annotation.
fn kind_of_annotated(annotation: &Expr) -> Kind {
    match last_part(annotation) {
        Some("TypeAlias" | "Type" | "type" | "_SpecialForm") => Kind::Unknown,
        _ => Kind::Value,
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
