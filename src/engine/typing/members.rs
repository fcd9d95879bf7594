//! Whether a member of a union supports `|` when Python evaluates it.
//!
//! `typing.Union` takes any callable for a type; `|` asks the object itself. A builtin function, an instance, a factory
//! and a string have no `|`, and a metaclass may give it another meaning.

use ruff_python_ast::{Expr, Operator, PythonVersion, StmtClassDef};
use ruff_text_size::Ranged;

use super::TypePlace;
use super::classes::{overloads_brackets, overloads_or, replaced_by};
use crate::module::Module;
use crate::semantic::{Definition, DefinitionKind, Kind, Meaning, Names, Origin, Where};
use crate::syntax::parse_type_annotation;

/// How sure it is that a member supports `|`. Of several meanings of a name the greatest counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Support {
    /// It does: a class, an alias, something of `typing`.
    Fine,
    /// By its name it is a class of a third-party package that cannot be read.
    Likely,
    /// It may not; why.
    Doubtful(String),
    /// It does not, or nobody can tell; why.
    Missing(String),
    /// A metaclass of the project gives `|` another meaning; which class.
    Overloaded(String),
}

use Support::{Doubtful, Fine, Likely, Missing, Overloaded};

const DEPTH: usize = 12;

/// Members of `typing` that are functions at run time.
const TYPING_FUNCTIONS: [&str; 2] = ["NamedTuple", "TypedDict"];

/// Callables that make a name which `|` knows.
const MAKERS: [&str; 14] = [
    "typing.NewType",
    "typing.TypeVar",
    "typing.TypeAliasType",
    "typing.NamedTuple",
    "typing.TypedDict",
    "collections.namedtuple",
    "enum.Enum",
    "enum.IntEnum",
    "enum.StrEnum",
    "enum.Flag",
    "enum.IntFlag",
    "typing.Annotated",
    "typing.Literal",
    "typing.ParamSpec",
];

/// Factories that typeshed shows as classes, or that are methods: up to which Python (`None`: all so far).
const FACTORIES: [(&str, Option<PythonVersion>); 8] = [
    ("threading.Lock", Some(PythonVersion::PY313)),
    ("threading.RLock", None),
    ("multiprocessing.dummy.Lock", Some(PythonVersion::PY313)),
    ("multiprocessing.dummy.RLock", None),
    ("select.poll", None),
    ("dataclasses.KW_ONLY", None),
    ("typing.NoDefault", None),
    ("typing_extensions.NoDefault", None),
];

/// Names of `multiprocessing` that are methods of its default context.
const MULTIPROCESSING: [&str; 17] = [
    "Array",
    "Barrier",
    "BoundedSemaphore",
    "Condition",
    "Event",
    "JoinableQueue",
    "Lock",
    "Manager",
    "Pipe",
    "Pool",
    "Queue",
    "RLock",
    "RawArray",
    "RawValue",
    "Semaphore",
    "SimpleQueue",
    "Value",
];

/// Whether `operand`, a member of a union at `place`, supports `|`.
pub fn support(module: &Module<'_>, operand: &Expr, place: &TypePlace<'_>) -> Support {
    let checker = Checker {
        target: module.target(),
    };
    if let Expr::StringLiteral(literal) = operand {
        return match parse_type_annotation(literal, module.text()) {
            Ok(parsed) => {
                let witness = place.string.unwrap_or(operand);
                let lookup = Where {
                    witness: Some(witness),
                    deferred: true,
                };
                checker.expr(module.names(), parsed.expression(), lookup, DEPTH)
            }
            Err(_) => Missing("a quoted member is no type".into()),
        };
    }
    let work_out = || checker.expr(module.names(), operand, place.lookup(), DEPTH);
    match operand {
        Expr::Name(name) if module.names().means_one_thing(&name.id) => {
            module.support(&name.id, || module.names().support(&name.id, work_out))
        }
        _ => work_out(),
    }
}

struct Checker {
    target: PythonVersion,
}

impl Checker {
    fn expr(&self, names: &Names<'_>, expr: &Expr, place: Where<'_>, depth: usize) -> Support {
        if depth == 0 {
            return Missing("its definition is too far away".into());
        }
        match expr {
            Expr::NoneLiteral(_) => Fine,
            Expr::Name(_) | Expr::Attribute(_) => self.named(names, expr, place, depth),
            Expr::Subscript(subscript) => self.subscript(names, &subscript.value, place, depth),
            Expr::BinOp(operation) if operation.op == Operator::BitOr => self
                .expr(names, &operation.left, place, depth - 1)
                .max(self.expr(names, &operation.right, place, depth - 1)),
            Expr::StringLiteral(_) => Missing("a string has no `|`".into()),
            _ => Missing("a member is no plain type, and nobody can tell what it is".into()),
        }
    }

    fn named(&self, names: &Names<'_>, expr: &Expr, place: Where<'_>, depth: usize) -> Support {
        let shown = shown(expr);
        let meanings = names.meanings(expr, place);
        if meanings.is_empty() {
            return Missing(format!(
                "cannot tell what `{shown}` is: nothing binds the name"
            ));
        }
        meanings
            .iter()
            .map(|meaning| self.meaning(names, meaning, &shown, depth))
            .max()
            .unwrap_or(Fine)
    }

    fn meaning(
        &self,
        names: &Names<'_>,
        meaning: &Meaning<'_>,
        shown: &str,
        depth: usize,
    ) -> Support {
        match meaning {
            Meaning::Builtin(name) => match names.outside_kind(&format!("builtins.{name}")) {
                Kind::Class => Fine,
                Kind::Function => Missing(format!("`{shown}` is a function, which has no `|`")),
                Kind::Value | Kind::Unknown => Missing(format!("`{shown}` is no class")),
            },
            Meaning::Outside { name, origin } => self.outside(names, name, *origin, shown),
            Meaning::Module(_) => Missing(format!("`{shown}` is a module")),
            Meaning::Definition(definition) => match self.definition(definition, shown, depth) {
                Missing(_) if definition.in_class_body() && !shown.contains('.') => Missing(
                    format!("the same class body binds `{shown}` to something else"),
                ),
                support => support,
            },
            Meaning::Unknown => Missing(format!("cannot tell what `{shown}` is")),
        }
    }

    fn outside(&self, names: &Names<'_>, name: &str, origin: Origin, shown: &str) -> Support {
        if self.is_factory(name) {
            return Missing(format!(
                "`{shown}` is a function on Python {}, which has no `|`",
                self.target
            ));
        }
        if let Some(member) = typing_member(name) {
            let is_type = member.starts_with(|c: char| c.is_uppercase())
                && !TYPING_FUNCTIONS.contains(&member);
            return match is_type && member != "TYPE_CHECKING" {
                true => Fine,
                false => Missing(format!(
                    "`{shown}` is a function at run time, which has no `|`"
                )),
            };
        }
        let kind = names.outside_kind(name);
        match (kind, origin) {
            (Kind::Function, _) => Missing(format!("`{shown}` is a function, which has no `|`")),
            (Kind::Class, _) => Fine,
            (Kind::Value, Origin::StandardLibrary) => Missing(format!("`{shown}` is no class")),
            (Kind::Value, Origin::ThirdParty) => {
                Missing(format!("`{shown}` is an instance, which has no `|`"))
            }
            (Kind::Unknown, Origin::StandardLibrary) => {
                Missing(format!("cannot tell what `{shown}` is"))
            }
            (Kind::Unknown, Origin::ThirdParty) if is_cap_words(name) => Likely,
            (Kind::Unknown, Origin::ThirdParty) => Doubtful(format!(
                "`{shown}` comes from a third-party package and may be a function"
            )),
        }
    }

    fn is_factory(&self, name: &str) -> bool {
        let listed = FACTORIES.iter().any(|(factory, until)| {
            *factory == name && until.is_none_or(|until| self.target < until)
        });
        listed
            || name
                .strip_prefix("multiprocessing.")
                .is_some_and(|name| MULTIPROCESSING.contains(&name))
    }

    fn definition(&self, definition: &Definition<'_>, shown: &str, depth: usize) -> Support {
        match definition.kind() {
            DefinitionKind::Class(class) => class_support(definition.names(), class, shown),
            DefinitionKind::TypeAlias | DefinitionKind::TypeParameter => Fine,
            DefinitionKind::Function(_) => {
                Missing(format!("`{shown}` is a function, which has no `|`"))
            }
            DefinitionKind::Assignment(value) => {
                self.bound_to(definition.names(), value, shown, depth)
            }
            DefinitionKind::Annotated {
                value: Some(value), ..
            } => self.bound_to(definition.names(), value, shown, depth),
            DefinitionKind::Annotated { value: None, .. }
            | DefinitionKind::Parameter(_)
            | DefinitionKind::Other => Missing(format!("cannot tell what `{shown}` is")),
        }
    }

    /// `X = value`: what `X | None` does is up to the value.
    fn bound_to(&self, names: &Names<'_>, value: &Expr, shown: &str, depth: usize) -> Support {
        if depth == 0 {
            return Missing(format!("cannot tell what `{shown}` is"));
        }
        match value {
            Expr::NoneLiteral(_) => Missing(format!("`{shown}` may be `None`")),
            Expr::StringLiteral(_) => {
                Missing(format!("`{shown}` is bound to a string, which has no `|`"))
            }
            Expr::Call(call) => match names.qualified_name(&call.func, Where::default()) {
                Some(maker) if MAKERS.contains(&maker.as_str()) => Fine,
                _ => Missing(format!(
                    "cannot tell what `{shown}` is: it is bound to the result of a call"
                )),
            },
            Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_) | Expr::BinOp(_) => {
                match self.expr(names, value, Where::default(), depth - 1) {
                    Fine => Fine,
                    Likely => Likely,
                    Doubtful(why) => Doubtful(why),
                    Overloaded(why) => Overloaded(why),
                    Missing(_) => Missing(format!(
                        "`{shown}` is bound to `{}`, which is no known type",
                        brief(names, value)
                    )),
                }
            }
            _ => Missing(format!("`{shown}` is bound to a value")),
        }
    }

    /// `Head[...]`: what the head is decides, and what it makes of the brackets.
    fn subscript(&self, names: &Names<'_>, head: &Expr, place: Where<'_>, depth: usize) -> Support {
        let shown = shown(head);
        let odd = names
            .meanings(head, place)
            .iter()
            .any(|meaning| match meaning {
                Meaning::Outside { name, .. } => name == "dataclasses.InitVar",
                Meaning::Definition(definition) => match definition.kind() {
                    DefinitionKind::Class(class) => overloads_brackets(definition.names(), class),
                    _ => false,
                },
                _ => false,
            });
        match odd {
            true => Missing(format!("`{shown}[...]` is no type at run time")),
            false => self.expr(names, head, place, depth - 1),
        }
    }
}

fn class_support(names: &Names<'_>, class: &StmtClassDef, shown: &str) -> Support {
    if let Some(decorator) = replaced_by(names, class) {
        return Missing(format!(
            "the decorator `{decorator}` may turn `{shown}` into something else"
        ));
    }
    match overloads_or(names, class) {
        true => Overloaded(format!(
            "the metaclass of `{shown}` defines `__or__`, so `|` means something else there"
        )),
        false => Fine,
    }
}

/// Whether `head` of `head[...]` is a type as far as its bindings tell, not a table that is looked up.
pub(super) fn is_generic(module: &Module<'_>, head: &Expr) -> bool {
    let checker = Checker {
        target: module.target(),
    };
    !matches!(
        checker.expr(module.names(), head, Where::default(), DEPTH),
        Missing(_) | Overloaded(_)
    )
}

fn typing_member(name: &str) -> Option<&str> {
    let member = name
        .strip_prefix("typing.")
        .or_else(|| name.strip_prefix("typing_extensions."))?;
    (!member.contains('.')).then_some(member)
}

/// `Client`, `URL`; neither `client` nor `MAX_SIZE`.
fn is_cap_words(qualified: &str) -> bool {
    let name = qualified
        .rsplit('.')
        .next()
        .unwrap_or(qualified)
        .trim_start_matches('_');
    name.starts_with(|c: char| c.is_uppercase())
        && !(name.contains('_') && name == name.to_uppercase())
}

/// A name as it is written.
fn shown(expr: &Expr) -> String {
    match expr {
        Expr::Name(name) => name.id.to_string(),
        Expr::Attribute(attribute) => format!("{}.{}", shown(&attribute.value), attribute.attr),
        _ => "…".to_owned(),
    }
}

fn brief(names: &Names<'_>, expr: &Expr) -> String {
    let text = names.text_at(expr.range());
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
