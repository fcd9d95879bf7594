//! From ty's types to codemend's.
//!
//! ty keeps the parts of most types to itself, but prints them as Python and says which type each printed name stands
//! for. So what is not a plain class is read back from its printed form.

use ruff_python_ast::{Expr, Operator};
use ruff_python_parser::parse_expression;
use ruff_text_size::{Ranged, TextRange};
use ty_module_resolver::file_to_module;
use ty_python_core::definition as core;
use ty_python_semantic::types::{Type as TyType, TypeDefinition, TypeDetail};

use super::{Class, Definition, Names, Type};

impl<'db> Names<'db> {
    pub(super) fn convert(&self, given: TyType<'db>) -> Type<'db> {
        match given {
            TyType::Never => Type::Never,
            TyType::Dynamic(_) | TyType::Divergent(_) => Type::Unknown,
            TyType::Union(union) => {
                let members = union.elements(self.database).iter();
                Type::union(members.map(|member| self.convert(*member)))
            }
            // `if store:` leaves a store that is true.
            TyType::Intersection(parts) => {
                let mut members = parts.iter_positive(self.database);
                match (members.next(), members.next()) {
                    (Some(one), None) => self.convert(one),
                    _ => Type::Unknown,
                }
            }
            TyType::ModuleLiteral(_) => Type::Module,
            TyType::FunctionLiteral(_) | TyType::BoundMethod(_) | TyType::KnownBoundMethod(_) => {
                Type::Function
            }
            TyType::ClassLiteral(_) | TyType::GenericAlias(_) => {
                self.class_of(given).map_or(Type::Unknown, Type::Class)
            }
            TyType::NominalInstance(instance) => {
                let environment = self.environment();
                let module = instance.class_module_name(self.database, &environment);
                let name = instance.class_name(self.database, &environment);
                match (module.map(|module| module.as_str()), name.as_str()) {
                    // ty prints the class and what an annotation lets pass for it in the same way.
                    (Some("builtins"), "float") => Type::Float,
                    _ => self.printed(given),
                }
            }
            TyType::LiteralValue(_) => self.printed(given),
            _ if given.is_none(self.database) => Type::None,
            _ => Type::Unknown,
        }
    }

    /// The class that `given` is, or that it is an instance of.
    fn class_of(&self, given: TyType<'db>) -> Option<Class<'db>> {
        match given.definition(self.database, &self.environment())? {
            TypeDefinition::StaticClass(definition) => self.class_at(definition),
            _ => None,
        }
    }

    fn class_at(&self, definition: core::Definition<'db>) -> Option<Class<'db>> {
        let file = definition.program_file(self.database);
        let module = file_to_module(self.database, file.resolver_file(self.database))?;
        let name = definition.name(self.database)?;
        Some(Class {
            name: format!("{}.{name}", module.name(self.database)),
            definition: Some(Definition::new(self.database, definition, self.project)),
        })
    }

    /// An instance or a literal, by what ty prints for it.
    fn printed(&self, given: TyType<'db>) -> Type<'db> {
        if given.is_none(self.database) {
            return Type::None;
        }
        let environment = self.environment();
        let printed = given.display(self.database, &environment).to_string_parts();
        let Ok(parsed) = parse_expression(&printed.label) else {
            return Type::Unknown;
        };
        let named = |range: TextRange| {
            let at = printed.targets.iter().position(|target| *target == range)?;
            match printed.details.get(at)? {
                TypeDetail::Type(named) => Some(*named),
                _ => None,
            }
        };
        self.read(parsed.expr(), &named)
    }

    fn read(&self, expr: &Expr, named: &dyn Fn(TextRange) -> Option<TyType<'db>>) -> Type<'db> {
        match expr {
            Expr::NoneLiteral(_) => Type::None,
            Expr::BinOp(binary) if binary.op == Operator::BitOr => Type::union([
                self.read(&binary.left, named),
                self.read(&binary.right, named),
            ]),
            Expr::Name(name) if name.id == "LiteralString" => Type::Str,
            Expr::Name(_) | Expr::Attribute(_) => self.read_class(expr, named),
            Expr::Subscript(subscript) => {
                let arguments: &[Expr] = match &*subscript.slice {
                    Expr::Tuple(tuple) => &tuple.elts,
                    one => std::slice::from_ref(one),
                };
                if matches!(&*subscript.value, Expr::Name(name) if name.id == "Literal") {
                    return Type::union(arguments.iter().map(|one| self.read_literal(one, named)));
                }
                let arguments: Vec<_> = arguments
                    .iter()
                    .filter(|one| !one.is_ellipsis_literal_expr())
                    .map(|one| self.read(one, named))
                    .collect();
                let Type::Instance(class) = self.read_class(&subscript.value, named) else {
                    return Type::Unknown;
                };
                generic(class, arguments)
            }
            _ => Type::Unknown,
        }
    }

    fn read_literal(
        &self,
        expr: &Expr,
        named: &dyn Fn(TextRange) -> Option<TyType<'db>>,
    ) -> Type<'db> {
        match expr {
            Expr::StringLiteral(_) => Type::Str,
            Expr::BytesLiteral(_) => Type::Bytes,
            Expr::BooleanLiteral(_) => Type::Bool,
            Expr::NumberLiteral(_) | Expr::UnaryOp(_) => Type::Int,
            Expr::NoneLiteral(_) => Type::None,
            // `Color.RED`
            Expr::Attribute(member) => self.read_class(&member.value, named),
            _ => Type::Unknown,
        }
    }

    fn read_class(
        &self,
        expr: &Expr,
        named: &dyn Fn(TextRange) -> Option<TyType<'db>>,
    ) -> Type<'db> {
        // ty marks `Color.RED` as a whole, and `json.JSONDecoder` by its last part.
        let marked = named(expr.range()).or_else(|| match expr {
            Expr::Attribute(attribute) => named(attribute.attr.range()),
            _ => None,
        });
        let known = marked.and_then(|marked| self.class_of(marked));
        let name = match (&known, expr) {
            (Some(class), _) => class.name.clone(),
            (None, Expr::Name(name)) => format!("builtins.{}", name.id),
            _ => return Type::Unknown,
        };
        match &*name {
            "builtins.str" => Type::Str,
            "builtins.int" => Type::Int,
            "builtins.float" => Type::Float,
            "builtins.bool" => Type::Bool,
            "builtins.bytes" => Type::Bytes,
            "types.NoneType" => Type::None,
            "builtins.object" => Type::Unknown,
            _ => known.map_or(Type::Unknown, Type::Instance),
        }
    }
}

/// `class[arguments]`.
fn generic<'db>(class: Class<'db>, mut arguments: Vec<Type<'db>>) -> Type<'db> {
    match (&*class.name, arguments.len()) {
        ("builtins.list", 1) => Type::List(Box::new(arguments.remove(0))),
        ("builtins.set" | "builtins.frozenset", 1) => Type::Set(Box::new(arguments.remove(0))),
        ("builtins.dict", 2) => {
            let value = arguments.remove(1);
            Type::Dict(Box::new(arguments.remove(0)), Box::new(value))
        }
        ("builtins.tuple", _) => {
            let unknown = arguments.contains(&Type::Unknown);
            Type::Tuple(Box::new(match unknown {
                true => Type::Unknown,
                false => Type::union(arguments),
            }))
        }
        _ => Type::Instance(class),
    }
}
