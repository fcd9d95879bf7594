//! Signatures of the standard library whose result is exactly the class that they name.

use ruff_db::files::FilePath;
use ruff_python_ast::{Expr, ExprCall};
use ty_python_core::definition::DefinitionKind as TyKind;
use ty_python_semantic::{
    ImportAliasResolution, ResolvedDefinition, definitions_for_attribute, definitions_for_name,
};

use super::{Definition, Names, Type};

/// Where the definition of something that is called or read stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    Typeshed,
    Project,
    ThirdParty,
}

impl<'db> Names<'db> {
    /// The definitions of the name or attribute `expr`, through imports.
    pub(super) fn definitions_of(&self, expr: &Expr) -> Vec<Definition<'db>> {
        let model = self.model();
        let resolved = match expr {
            Expr::Name(name) => definitions_for_name(
                &model,
                name.id.as_str(),
                name.into(),
                ImportAliasResolution::ResolveAliases,
            ),
            Expr::Attribute(attribute) => definitions_for_attribute(&model, attribute),
            _ => Vec::new(),
        };
        let definitions = resolved.into_iter().filter_map(|one| match one {
            ResolvedDefinition::Definition(definition) => Some(definition),
            ResolvedDefinition::Module(_) | ResolvedDefinition::FileWithRange(_) => None,
        });
        definitions
            .map(|definition| Definition::new(self.database, definition, self.project))
            .collect()
    }

    pub(super) fn home(&self, definition: &Definition<'db>) -> Home {
        match definition.names.file_path() {
            FilePath::Vendored(_) => Home::Typeshed,
            FilePath::System(path) if self.in_project(path.as_utf8_path()) => Home::Project,
            _ => Home::ThirdParty,
        }
    }

    /// What `call` gives back when every definition of the function is a signature of typeshed that names one builtin
    /// class: `time.time() -> float` is a float, not the `int` that an annotation `float` would let pass.
    pub(super) fn exact_result(&self, call: &ExprCall) -> Option<Type<'db>> {
        let definitions = self.definitions_of(&call.func);
        let mut found = definitions.iter().map(|definition| {
            let inner = definition.ty().map(|inner| inner.kind(self.database));
            let Some(TyKind::Function(function)) = inner else {
                return None;
            };
            let function = function.node(&definition.names.syntax);
            (self.home(definition) == Home::Typeshed).then_some(())?;
            plain(function.returns.as_deref()?)
        });
        let first = found.next()??;
        found
            .all(|one| one.as_ref() == Some(&first))
            .then_some(first)
    }
}

/// The type that a result annotation of typeshed names, when nothing else can come back.
fn plain<'db>(annotation: &Expr) -> Option<Type<'db>> {
    let Expr::Name(name) = annotation else {
        return annotation.is_none_literal_expr().then_some(Type::None);
    };
    match name.id.as_str() {
        "str" | "LiteralString" => Some(Type::Str),
        "int" => Some(Type::Int),
        "float" => Some(Type::Float),
        "bool" => Some(Type::Bool),
        "bytes" => Some(Type::Bytes),
        _ => None,
    }
}

/// Whether what a result annotation of typeshed names is exactly what comes back, given arguments that are known.
/// Type variables are not: `statistics.mean` of integers may be a float.
pub(super) fn is_exact(annotation: &Expr) -> bool {
    match annotation {
        Expr::Name(name) => {
            let name = name.id.as_str();
            let is_variable = name.starts_with('_') || matches!(name, "Any" | "AnyStr" | "T");
            !is_variable && name != "Incomplete"
        }
        Expr::NoneLiteral(_) | Expr::StringLiteral(_) => true,
        Expr::Attribute(_) => true,
        Expr::BinOp(binary) => is_exact(&binary.left) && is_exact(&binary.right),
        Expr::Subscript(subscript) => is_exact(&subscript.value) && is_exact(&subscript.slice),
        Expr::Tuple(tuple) => tuple.elts.iter().all(is_exact),
        Expr::EllipsisLiteral(_) => true,
        _ => false,
    }
}
