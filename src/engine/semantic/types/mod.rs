//! What the value of an expression is, and why that is believed.
//!
//! ty infers the type. That alone is no ground for a rewrite: an annotation may promise a class and the value be of a
//! subclass. So every answer comes with its [`Provenance`], the weakest link of what led to it.

mod convert;
mod declared;
mod evidence;
mod results;
mod signature;
#[cfg(test)]
mod tests;

use std::fmt;

use ruff_db::files::FilePath;
use ruff_python_ast::Expr;
use ty_python_semantic::{HasType, ProgramEnvironment, SemanticModel};

pub use declared::Declared;

use super::definition::Definition;
use super::names::{DEPTH, Meaning, Names, Origin, Where};
use super::quietly;

/// The type of an expression, and why it is believed.
#[derive(Clone)]
pub struct TypeFact<'db> {
    pub kind: Type<'db>,
    pub provenance: Provenance,
}

impl TypeFact<'_> {
    /// Nothing is known.
    pub fn unknown() -> Self {
        Self {
            kind: Type::Unknown,
            provenance: Provenance::Unknown,
        }
    }
}

/// A type, as far as codemods care.
#[derive(Clone, PartialEq)]
pub enum Type<'db> {
    Unknown,
    /// No value: a call that does not come back, an element of an empty list.
    Never,
    None,
    Bool,
    Int,
    /// An annotation `float` lets an `int` pass, and is the union of both.
    Float,
    Str,
    Bytes,
    List(Box<Self>),
    Set(Box<Self>),
    Dict(Box<Self>, Box<Self>),
    /// The types of all elements together.
    Tuple(Box<Self>),
    /// An instance of a class.
    Instance(Class<'db>),
    /// A class itself.
    Class(Class<'db>),
    Module,
    Function,
    /// At least two members, none of them a union.
    Union(Vec<Self>),
}

/// A class.
#[derive(Clone)]
pub struct Class<'db> {
    /// `datetime.datetime`: the module that defines it, and its name there.
    pub name: String,
    /// Where its statement stands, in the project, in a library, or in a stub.
    pub definition: Option<Definition<'db>>,
}

impl PartialEq for Class<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (&self.definition, &other.definition) {
            (Some(own), Some(other)) => own.is(other),
            (None, None) => self.name == other.name,
            _ => false,
        }
    }
}

/// Why a type is believed, from the strongest ground to the weakest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Provenance {
    /// The code itself shows it: a literal, an operator, a constructor, the returns of a function of the project.
    Inferred,
    /// A signature of the standard library says so, and what it names is exactly what comes back.
    Typeshed,
    /// An annotation says so. A value of a subclass keeps that promise too.
    Annotated {
        what: Annotated,
        name: String,
    },
    Unknown,
}

/// What carries an annotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Annotated {
    Parameter,
    Variable,
    Attribute,
    /// The result of a function.
    Return,
}

impl Provenance {
    /// The weaker ground of the two.
    pub fn and(self, other: Self) -> Self {
        self.max(other)
    }
}

impl<'db> Names<'db> {
    /// What the value of `expr` is, an expression of this file as it was parsed. Unknown when ty cannot say, when it
    /// panics, and for what was parsed out of a string.
    pub fn type_of(&self, expr: &Expr) -> TypeFact<'db> {
        self.note_typed();
        if self.leads_nowhere(expr) {
            return TypeFact::unknown();
        }
        quietly(|| self.infer(expr, DEPTH)).unwrap_or_else(TypeFact::unknown)
    }

    /// The same without the ground: for a question whose answer a subclass does not change.
    pub fn inferred(&self, expr: &Expr) -> Type<'db> {
        self.note_typed();
        if self.leads_nowhere(expr) {
            return Type::Unknown;
        }
        let inferred = || {
            let inferred = expr.inferred_type(&self.model())?;
            Some(match self.convert(inferred) {
                Type::Unknown => self.result_of_call(expr, DEPTH),
                known => known,
            })
        };
        quietly(inferred).flatten().unwrap_or(Type::Unknown)
    }

    /// Whether `expr` is something of a library that is not there to be read, or made by it: nothing is known of that.
    fn leads_nowhere(&self, expr: &Expr) -> bool {
        let meanings = match expr {
            Expr::Call(call) => self.meanings(&call.func, Where::default()),
            Expr::Name(_) | Expr::Attribute(_) => self.meanings(expr, Where::default()),
            _ => return false,
        };
        match meanings.as_slice() {
            [Meaning::Outside { name, origin }] => {
                *origin == Origin::ThirdParty && !self.is_at_hand(name)
            }
            _ => false,
        }
    }

    fn infer(&self, expr: &Expr, depth: usize) -> TypeFact<'db> {
        let model = self.model();
        let Some(inferred) = expr.inferred_type(&model) else {
            return TypeFact::unknown();
        };
        let mut kind = self.convert(inferred);
        if kind == Type::Unknown && depth > 0 {
            kind = self.result_of_call(expr, depth - 1);
        }
        if kind == Type::Unknown {
            return TypeFact::unknown();
        }
        let provenance = self.evidence(expr, depth);
        if let (Expr::Call(call), Provenance::Inferred | Provenance::Typeshed) = (expr, &provenance)
        {
            kind = self.exact_result(call).unwrap_or(kind);
        }
        TypeFact { kind, provenance }
    }

    /// Remember that this file was looked at by the type checker.
    fn note_typed(&self) {
        let FilePath::System(path) = self.file_path() else {
            return;
        };
        if let Ok(mut typed) = self.project.typed.lock()
            && !typed.contains(path.as_utf8_path())
        {
            typed.insert(path.as_utf8_path().to_owned());
        }
    }

    fn model(&self) -> SemanticModel<'db> {
        SemanticModel::new(self.database, self.file)
    }

    fn environment(&self) -> ProgramEnvironment<'db> {
        ProgramEnvironment::from_program(self.file.program(self.database))
    }
}

impl Type<'_> {
    /// The union of `members`, flat, without repetitions; a member that is unknown makes all unknown.
    pub fn union(members: impl IntoIterator<Item = Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        for member in members {
            let parts = match member {
                Self::Union(parts) => parts,
                Self::Never => continue,
                Self::Unknown => return Self::Unknown,
                one => vec![one],
            };
            for part in parts {
                if !flat.contains(&part) {
                    flat.push(part);
                }
            }
        }
        match flat.len() {
            0 => Self::Never,
            1 => flat.remove(0),
            _ => Self::Union(flat),
        }
    }

    /// The members of a union, or the type itself.
    pub fn members(&self) -> &[Self] {
        match self {
            Self::Union(members) => members,
            one => std::slice::from_ref(one),
        }
    }
}

impl fmt::Display for Type<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("unknown"),
            Self::Never => f.write_str("Never"),
            Self::None => f.write_str("None"),
            Self::Bool => f.write_str("bool"),
            Self::Int => f.write_str("int"),
            Self::Float => f.write_str("float"),
            Self::Str => f.write_str("str"),
            Self::Bytes => f.write_str("bytes"),
            Self::List(element) => write!(f, "list[{element}]"),
            Self::Set(element) => write!(f, "set[{element}]"),
            Self::Dict(key, value) => write!(f, "dict[{key}, {value}]"),
            Self::Tuple(element) => write!(f, "tuple[{element}, ...]"),
            Self::Instance(class) => f.write_str(&class.name),
            Self::Class(class) => write!(f, "type[{}]", class.name),
            Self::Module => f.write_str("module"),
            Self::Function => f.write_str("function"),
            Self::Union(members) => {
                let members: Vec<_> = members.iter().map(ToString::to_string).collect();
                f.write_str(&members.join(" | "))
            }
        }
    }
}

impl fmt::Debug for Type<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for TypeFact<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:?})", self.kind, self.provenance)
    }
}
