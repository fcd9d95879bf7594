//! Types as far as the table speaks of them.

use codemend_engine::semantic::Type;

/// The proven type of an operand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Unknown,
    None,
    Bool,
    Int,
    /// A float, or an int that passes for one.
    Float,
    Str,
    Bytes,
    /// One of those above, and nobody knows which: `str | None`.
    Scalar,
    List(Box<Kind>),
    Tuple(Box<Kind>),
    Set(Box<Kind>),
    Dict(Box<Kind>, Box<Kind>),
    /// An instance of a class of the table, by its qualified name; `file.text`, `file.binary`.
    Object(String),
}

/// Classes of the standard library whose instances ty knows, as the table calls them.
const CLASSES: &[&str] = &[
    "datetime.date",
    "datetime.datetime",
    "datetime.time",
    "decimal.Decimal",
    "logging.Logger",
    "pathlib.Path",
    "subprocess.CompletedProcess",
    "uuid.UUID",
];

impl Kind {
    /// The kind that `given` is, `Unknown` when the table does not speak of it.
    pub fn of(given: &Type<'_>) -> Self {
        let boxed = |one: &Type<'_>| Box::new(Self::of(one));
        match given {
            Type::None => Self::None,
            Type::Bool => Self::Bool,
            Type::Int => Self::Int,
            Type::Float => Self::Float,
            Type::Str => Self::Str,
            Type::Bytes => Self::Bytes,
            Type::List(element) => Self::List(boxed(element)),
            Type::Tuple(element) => Self::Tuple(boxed(element)),
            Type::Set(element) => Self::Set(boxed(element)),
            Type::Dict(key, value) => Self::Dict(boxed(key), boxed(value)),
            Type::Instance(class) if CLASSES.contains(&class.name.as_str()) => {
                Self::Object(class.name.clone())
            }
            // `list` and `dict` without brackets.
            Type::Instance(class) => match class.name.as_str() {
                "builtins.list" => Self::List(Box::new(Self::Unknown)),
                "builtins.dict" => Self::Dict(Box::new(Self::Unknown), Box::new(Self::Unknown)),
                "builtins.tuple" => Self::Tuple(Box::new(Self::Unknown)),
                "builtins.set" | "builtins.frozenset" => Self::Set(Box::new(Self::Unknown)),
                _ => Self::Unknown,
            },
            Type::Union(members) => Self::of_union(members),
            _ => Self::Unknown,
        }
    }

    /// `int | float` is a number; any other union is one of builtins at best.
    fn of_union(members: &[Type<'_>]) -> Self {
        let kinds: Vec<Self> = members.iter().map(Self::of).collect();
        if kinds.iter().all(Self::is_number) {
            return Self::Float;
        }
        match kinds.iter().all(Self::is_scalar) {
            true => Self::Scalar,
            false => Self::Unknown,
        }
    }

    /// What a word of a row calls it: `str` of `str.strip`.
    pub fn name(&self) -> &str {
        match self {
            Self::Unknown => "unknown",
            Self::None => "none",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "float",
            Self::Str => "str",
            Self::Bytes => "bytes",
            Self::Scalar => "scalar",
            Self::List(_) => "list",
            Self::Tuple(_) => "tuple",
            Self::Set(_) => "set",
            Self::Dict(..) => "dict",
            Self::Object(class) => class,
        }
    }

    pub fn is_known(&self) -> bool {
        *self != Self::Unknown
    }

    /// Whether what it holds is known as well, however deep.
    pub fn is_complete(&self) -> bool {
        match self {
            Self::List(element) | Self::Set(element) => element.is_complete(),
            Self::Dict(key, value) => key.is_complete() && value.is_complete(),
            Self::Tuple(_) | Self::Unknown => false,
            _ => true,
        }
    }

    pub fn is_number(&self) -> bool {
        matches!(self, Self::Bool | Self::Int | Self::Float)
    }

    /// An `int`, or a `bool` that is one.
    pub fn is_integer(&self) -> bool {
        matches!(self, Self::Bool | Self::Int)
    }

    /// One of the builtins that compare, hash and print without any code of the program.
    pub fn is_scalar(&self) -> bool {
        matches!(
            self,
            Self::None
                | Self::Bool
                | Self::Int
                | Self::Float
                | Self::Str
                | Self::Bytes
                | Self::Scalar
        )
    }

    /// Whether a value of kind `given` keeps an annotation of this kind.
    pub fn accepts(&self, given: &Self) -> bool {
        match (self, given) {
            (Self::Unknown, _) => true,
            (Self::Float, given) => given.is_number(),
            (Self::Int, given) => given.is_integer(),
            (Self::List(own), Self::List(other))
            | (Self::Set(own), Self::Set(other))
            | (Self::Tuple(own), Self::Tuple(other)) => own.accepts(other),
            (Self::Dict(key, value), Self::Dict(other, held)) => {
                key.accepts(other) && value.accepts(held)
            }
            (own, given) => own == given,
        }
    }

    /// What `for` takes out of it; `None` when it is not known to be a builtin container.
    pub fn element(&self) -> Option<&Self> {
        match self {
            Self::List(element) | Self::Tuple(element) | Self::Set(element) => Some(element),
            Self::Dict(key, _) => Some(key),
            Self::Str => Some(self),
            Self::Bytes => Some(&Self::Int),
            _ => None,
        }
    }

    /// Whether `str()`, `repr()` and `==` run no code of the program.
    pub fn is_plain(&self) -> bool {
        match self {
            Self::List(element) | Self::Tuple(element) | Self::Set(element) => element.is_plain(),
            Self::Dict(key, value) => key.is_plain() && value.is_plain(),
            Self::Object(class) => class.starts_with("datetime.") || class == "uuid.UUID",
            other => other.is_scalar(),
        }
    }

    /// Whether it can be a key of a dict, and hashes without any code of the program.
    pub fn is_key(&self) -> bool {
        match self {
            Self::Tuple(element) => element.is_key(),
            Self::Object(class) => class.starts_with("datetime.") || class == "uuid.UUID",
            other => other.is_scalar(),
        }
    }
}

/// What the word `gives` of a row stands for, with the receiver that it is a method of.
pub fn given(word: &str, receiver: &Kind) -> Kind {
    let list = |element| Kind::List(Box::new(element));
    match word {
        "none" => Kind::None,
        "bool" => Kind::Bool,
        "int" => Kind::Int,
        "float" => Kind::Float,
        "str" => Kind::Str,
        "bytes" => Kind::Bytes,
        "list[str]" => list(Kind::Str),
        "list[bytes]" => list(Kind::Bytes),
        "tuple[str]" => Kind::Tuple(Box::new(Kind::Str)),
        "dict" => Kind::Dict(Box::new(Kind::Unknown), Box::new(Kind::Unknown)),
        "self" => receiver.clone(),
        "item" => receiver.element().cloned().unwrap_or(Kind::Unknown),
        "value" => match receiver {
            Kind::Dict(_, value) => (**value).clone(),
            _ => Kind::Unknown,
        },
        word if word.contains('.') => Kind::Object(word.to_owned()),
        _ => Kind::Unknown,
    }
}
