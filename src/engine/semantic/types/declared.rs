//! What a value may be an instance of, where what binds it says so in plain words.
//!
//! `store: Store`, `Store()`, `"text"`: nothing has to be inferred for these. To infer the type of one expression takes
//! the types of all others in its function.

use ruff_python_ast::{Decorator, Expr, Operator, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::super::definition::{Definition, DefinitionKind};
use super::super::names::{Meaning, Names, Where};
use super::super::quietly;
use super::super::reading::named;

/// How far names are followed.
const DEPTH: usize = 6;

/// Builtins that give instances of builtin classes and nothing else when they are called.
const MAKERS: [&str; 22] = [
    "abs",
    "bool",
    "bytearray",
    "bytes",
    "dict",
    "float",
    "format",
    "frozenset",
    "hash",
    "id",
    "input",
    "int",
    "len",
    "list",
    "open",
    "range",
    "repr",
    "round",
    "set",
    "sorted",
    "str",
    "tuple",
];

/// What may tell more of a value than what binds it does.
const NARROWING: [&str; 6] = [
    "isinstance",
    "issubclass",
    "type",
    "match ",
    "hasattr",
    "callable",
];

/// What a value is an instance of, or is itself.
#[derive(Clone)]
pub enum Declared<'db> {
    /// A class of the project.
    Own(Definition<'db>),
    /// A class of a library, by its qualified name: `builtins.str`.
    Outside(String),
    /// Whatever a call of this function or class of a library gives, by its qualified name.
    MadeBy(String),
    /// Anything that nobody has declared, or something that has no class of its own: a function, a module.
    Other,
}

impl<'db> Names<'db> {
    /// What the value of `expr`, an expression of this file, may be, where plain words say so. `None` when only
    /// [`Names::inferred`] can tell.
    pub fn declared(&self, expr: &Expr) -> Option<Vec<Declared<'db>>> {
        quietly(|| self.plainly(expr, DEPTH)).flatten()
    }

    fn plainly(&self, expr: &Expr, depth: usize) -> Option<Vec<Declared<'db>>> {
        let below = depth.checked_sub(1)?;
        let builtin = |name: &str| Some(vec![Declared::Outside(format!("builtins.{name}"))]);
        match expr {
            Expr::Call(call) => {
                let method = call.func.as_attribute_expr();
                let method = method.and_then(|one| Some((self.class_of_self(&one.value)?, one)));
                match method {
                    Some((class, one)) => member(&class, &one.attr, below, |names, method| {
                        names.promised(method.as_function_def_stmt()?, below)
                    }),
                    None => self.given_by(&call.func, below),
                }
            }
            Expr::Attribute(attribute) => {
                if !matches!(self.only_meaning(expr), Some(Meaning::Unknown) | None) {
                    return None;
                }
                let class = match self.class_of_self(&attribute.value) {
                    Some(class) => class,
                    None => match self.plainly(&attribute.value, below)?.as_slice() {
                        [Declared::Own(class)] => class.clone(),
                        _ => return None,
                    },
                };
                member(&class, &attribute.attr, below, |names, field| {
                    names.annotated(&field.as_ann_assign_stmt()?.annotation, below)
                })
            }
            Expr::Name(_) => match &self.only_meaning(expr)? {
                Meaning::Module(_) | Meaning::Builtin(_) => Some(vec![Declared::Other]),
                Meaning::Definition(definition) => self.bound_by(expr, definition, below),
                Meaning::Outside { .. } | Meaning::Unknown => None,
            },
            Expr::BoolOp(choice) => {
                let all = choice.values.iter().map(|one| self.plainly(one, below));
                Some(all.collect::<Option<Vec<_>>>()?.concat())
            }
            Expr::If(choice) => {
                let mut found = self.plainly(&choice.body, below)?;
                found.extend(self.plainly(&choice.orelse, below)?);
                Some(found)
            }
            Expr::List(_) | Expr::ListComp(_) => builtin("list"),
            Expr::Dict(_) | Expr::DictComp(_) => builtin("dict"),
            Expr::Set(_) | Expr::SetComp(_) => builtin("set"),
            Expr::Tuple(_) => builtin("tuple"),
            Expr::FString(_) => builtin("str"),
            Expr::Generator(_) | Expr::Lambda(_) => Some(vec![Declared::Other]),
            other if other.is_literal_expr() => Some(vec![Declared::Other]),
            _ => None,
        }
    }

    /// The class around `expr`, when that is the first parameter of a method of it.
    fn class_of_self(&self, expr: &Expr) -> Option<Definition<'db>> {
        let Expr::Name(name) = expr else {
            return None;
        };
        if name.id != "self" {
            return None;
        }
        let (mut body, mut class) = (self.suite(), None);
        loop {
            let around = body
                .iter()
                .find(|one| one.range().contains_range(expr.range()))?;
            match around {
                Stmt::ClassDef(one) => {
                    (body, class) = (&one.body, Some(one));
                }
                Stmt::FunctionDef(method) => {
                    let first = method.parameters.iter_non_variadic_params().next()?;
                    let is_own = first.parameter.name.as_str() == "self";
                    return self.definition_of_class(class.filter(|_| is_own)?);
                }
                _ => return None,
            }
        }
    }

    fn only_meaning(&self, expr: &Expr) -> Option<Meaning<'db>> {
        let mut meanings = self.meanings(expr, Where::default());
        meanings.pop().filter(|_| meanings.is_empty())
    }

    /// What a call of `func` gives.
    fn given_by(&self, func: &Expr, depth: usize) -> Option<Vec<Declared<'db>>> {
        match self.only_meaning(func)? {
            Meaning::Outside { name, .. } => {
                // `copy.copy(store)` and `cast(Store, value)` give what they are given.
                let passes_on = matches!(
                    name.split('.').next(),
                    Some("copy" | "typing" | "functools" | "operator" | "itertools" | "asyncio")
                );
                (!passes_on).then(|| vec![Declared::MadeBy(name)])
            }
            Meaning::Builtin(name) => {
                let is_known = MAKERS.contains(&name.as_str());
                is_known.then(|| vec![Declared::MadeBy(format!("builtins.{name}"))])
            }
            Meaning::Definition(definition) => match definition.kind() {
                DefinitionKind::Class(class) if makes_itself(class) => {
                    Some(vec![Declared::Own(definition)])
                }
                DefinitionKind::Function(function) => definition.names().promised(function, depth),
                _ => None,
            },
            Meaning::Module(_) | Meaning::Unknown => None,
        }
    }

    /// What a call of `function`, of this file, gives by its annotation.
    fn promised(&self, function: &StmtFunctionDef, depth: usize) -> Option<Vec<Declared<'db>>> {
        // One that remembers its results gives the same.
        let remembers = |one: &Decorator| {
            let name = self.qualified_name(named(&one.expression), Where::default());
            let name = name.as_deref();
            matches!(name, Some("functools.lru_cache" | "functools.cache"))
        };
        let is_plain = !function.is_async && function.decorator_list.iter().all(remembers);
        let promised = function.returns.as_deref().filter(|_| is_plain)?;
        self.annotated(promised, depth)
    }

    /// What `expr`, a name of this file, stands for when `definition` binds it.
    fn bound_by(
        &self,
        expr: &Expr,
        definition: &Definition<'db>,
        depth: usize,
    ) -> Option<Vec<Declared<'db>>> {
        let names = definition.names();
        let found = match definition.kind() {
            DefinitionKind::Class(_) => return Some(vec![Declared::Own(definition.clone())]),
            DefinitionKind::Function(_) => return Some(vec![Declared::Other]),
            DefinitionKind::Assignment(value) => names.plainly(value, depth)?,
            DefinitionKind::Annotated { annotation, .. }
            | DefinitionKind::Parameter(Some(annotation)) => names.annotated(annotation, depth)?,
            DefinitionKind::Parameter(None) => {
                let default = definition.parameter()?.default.as_deref();
                let is_open = default.is_none_or(Expr::is_literal_expr);
                is_open.then(|| vec![Declared::Other])?
            }
            _ => return None,
        };
        let is_here = names.is_same_file(self);
        (!is_here || !self.is_narrowed(definition.range(), expr)).then_some(found)
    }

    /// Whether something between `definition` and `expr`, a name, tells more of its value.
    fn is_narrowed(&self, definition: TextRange, expr: &Expr) -> bool {
        let (start, end) = (definition.start(), expr.start());
        if end <= start {
            return true;
        }
        let between = self.text_at(TextRange::new(start, end));
        let name = self.text_at(expr.range());
        NARROWING.iter().any(|word| {
            let mut found = between.match_indices(word);
            found.any(|(at, _)| {
                let rest = between[at + word.len()..].trim_start_matches(['(', ' ', '\n']);
                rest.starts_with(&name)
            })
        })
    }

    /// What a value is that `annotation`, an expression of this file, is true of.
    fn annotated(&self, annotation: &Expr, depth: usize) -> Option<Vec<Declared<'db>>> {
        let below = depth.checked_sub(1)?;
        match annotation {
            Expr::NoneLiteral(_) => Some(vec![Declared::Other]),
            Expr::BinOp(union) if union.op == Operator::BitOr => {
                let mut found = self.annotated(&union.left, below)?;
                found.extend(self.annotated(&union.right, below)?);
                Some(found)
            }
            Expr::Subscript(subscript) => {
                let arguments: &[Expr] = match &*subscript.slice {
                    Expr::Tuple(tuple) => &tuple.elts,
                    one => std::slice::from_ref(one),
                };
                let head = self.qualified_name(&subscript.value, Where::default());
                match head.as_deref() {
                    Some("typing.Annotated" | "typing.Type" | "builtins.type") => {
                        self.annotated(arguments.first()?, below)
                    }
                    Some("typing.Optional" | "typing.Union") => {
                        let all = arguments.iter().map(|one| self.annotated(one, below));
                        Some(all.collect::<Option<Vec<_>>>()?.concat())
                    }
                    _ => self.annotated(&subscript.value, below),
                }
            }
            Expr::Name(_) | Expr::Attribute(_) => match self.only_meaning(annotation)? {
                Meaning::Builtin(name) => {
                    let is_open = matches!(name.as_str(), "object" | "type");
                    (!is_open).then(|| vec![Declared::Outside(format!("builtins.{name}"))])
                }
                Meaning::Outside { name, .. } => {
                    let is_open = matches!(name.rsplit('.').next(), Some("Self" | "Type"));
                    (!is_open).then(|| vec![Declared::Outside(name)])
                }
                Meaning::Definition(definition) => match definition.kind() {
                    DefinitionKind::Class(class) if !is_protocol(class) => {
                        Some(vec![Declared::Own(definition)])
                    }
                    _ => None,
                },
                Meaning::Module(_) | Meaning::Unknown => None,
            },
            _ => None,
        }
    }
}

/// What `tell` says, by the names of its file, of the one statement that binds the member `name` of `class`, in its body or
/// in that of a class above it.
fn member<'db>(
    class: &Definition<'db>,
    name: &str,
    depth: usize,
    tell: impl Fn(&Names<'db>, &Stmt) -> Option<Vec<Declared<'db>>>,
) -> Option<Vec<Declared<'db>>> {
    let home = home_of(class, name, depth)??;
    let DefinitionKind::Class(statement) = home.kind() else {
        return None;
    };
    let mut bindings = bindings(statement, name);
    let only = bindings.next().filter(|_| bindings.next().is_none())?;
    tell(home.names(), only)
}

/// The class whose body binds `name`: `class`, or the first one above it. `Some(None)` when none does, and `None` when a
/// class on the way is not known.
fn home_of<'db>(
    class: &Definition<'db>,
    name: &str,
    depth: usize,
) -> Option<Option<Definition<'db>>> {
    let below = depth.checked_sub(1)?;
    let DefinitionKind::Class(statement) = class.kind() else {
        return None;
    };
    if bindings(statement, name).next().is_some() {
        return Some(Some(class.clone()));
    }
    for base in statement.bases() {
        let Meaning::Definition(above) = class.names().only_meaning(named(base))? else {
            return None;
        };
        if let Some(home) = home_of(&above, name, below)? {
            return Some(Some(home));
        }
    }
    Some(None)
}

/// The statements in the body of `class` that bind `name`.
fn bindings<'c>(class: &'c StmtClassDef, name: &str) -> impl Iterator<Item = &'c Stmt> {
    let is_it = move |target: &Expr| matches!(target, Expr::Name(one) if one.id == name);
    class.body.iter().filter(move |statement| match statement {
        Stmt::AnnAssign(one) => is_it(&one.target),
        Stmt::Assign(one) => one.targets.iter().any(is_it),
        Stmt::FunctionDef(one) => one.name.as_str() == name,
        Stmt::ClassDef(one) => one.name.as_str() == name,
        _ => false,
    })
}

/// Whether a call of `class` can give nothing but an instance of it, by its own statement.
fn makes_itself(class: &StmtClassDef) -> bool {
    let arguments = class.arguments.iter();
    let mut keywords = arguments.flat_map(|arguments| &arguments.keywords);
    let is_new =
        |one: &Stmt| matches!(one, Stmt::FunctionDef(method) if method.name.as_str() == "__new__");
    class
        .decorator_list
        .iter()
        .all(|one| last_name(&one.expression) == "dataclass")
        && keywords.all(|keyword| keyword.arg.as_deref() != Some("metaclass"))
        && !class.body.iter().any(is_new)
}

/// Whether `class` may stand for classes that do not derive from it, or for plain dictionaries.
fn is_protocol(class: &StmtClassDef) -> bool {
    class
        .bases()
        .iter()
        .any(|base| matches!(last_name(base), "Protocol" | "TypedDict"))
}

/// `c` of `a.b.c`, `a.b.c(...)` and `a.b.c[...]`.
fn last_name(expr: &Expr) -> &str {
    match named(expr) {
        Expr::Name(name) => &name.id,
        Expr::Attribute(attribute) => &attribute.attr,
        _ => "",
    }
}
