//! The classes of a module, and what the values at its module level are made by.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Arguments, Expr, Stmt, StmtClassDef, StmtFunctionDef};

use super::bodies::{ON_SUBCLASS, is_followable};
use super::digest::{Class, Digest, Kind};
use super::origins::{Origins, blocks, callees, is_dotted, qualified};

/// Methods that run when an instance is made.
const HOOKS: [&str; 9] = [
    "__init__",
    "__new__",
    "__post_init__",
    "__attrs_post_init__",
    "model_post_init",
    "__setattr__",
    "__set_name__",
    "__get_validators__",
    "__get_pydantic_core_schema__",
];

/// Methods that run when the members of an enum are made.
pub(super) const ENUM_HOOKS: [&str; 7] = [
    "__init__",
    "__new__",
    "__init_subclass__",
    "__set_name__",
    "__setattr__",
    "_generate_next_value_",
    "_missing_",
];

/// Decorators of methods that run when an instance is made.
const VALIDATORS: [&str; 6] = [
    "validator",
    "root_validator",
    "field_validator",
    "model_validator",
    "field_serializer",
    "computed_field",
];

/// Arguments of a field that are called when an instance is made.
const FACTORIES: [&str; 4] = ["default_factory", "factory", "converter", "validator"];

/// Factories that make something plain.
const PLAIN: [&str; 6] = ["list", "dict", "set", "tuple", "str", "frozenset"];

/// Note the classes at the module level of `suite`, and `name = call(...)`.
pub(super) fn collect(suite: &[Stmt], origins: &Origins, digest: &mut Digest) {
    let mut several = Vec::new();
    walk(suite, origins, digest, &mut several);
    for name in several {
        digest.made_by.remove(&name);
    }
}

/// What `value` is, at a glance.
pub(super) fn kind(value: &Expr) -> Kind {
    match value {
        value if value.is_literal_expr() => Kind::Plain,
        Expr::List(_) | Expr::Tuple(_) | Expr::Set(_) | Expr::Dict(_) | Expr::FString(_) => {
            Kind::Plain
        }
        Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Lambda(_) => Kind::Plain,
        Expr::Compare(_) => Kind::Plain,
        Expr::UnaryOp(one) if one.op == ruff_python_ast::UnaryOp::Not => Kind::Plain,
        Expr::UnaryOp(one) => kind(&one.operand),
        Expr::BinOp(one) => match kind(&one.left).max(kind(&one.right)) {
            Kind::Plain => Kind::Plain,
            Kind::Built => Kind::Built,
            _ => Kind::Other,
        },
        Expr::Name(_) | Expr::Attribute(_) if is_dotted(value) => Kind::Built,
        Expr::Subscript(one) if is_dotted(&one.value) => Kind::Built,
        Expr::Call(call) if is_dotted(&call.func) => Kind::Made,
        _ => Kind::Other,
    }
}

fn note_value(name: String, value: &Expr, digest: &mut Digest) {
    let new = kind(value);
    let known = digest.values.entry(name).or_insert(new);
    *known = match (*known, new) {
        // Two calls: nobody knows which.
        (Kind::Made, Kind::Plain | Kind::Built) | (Kind::Plain | Kind::Built, Kind::Made) => {
            Kind::Other
        }
        (one, other) => one.max(other),
    };
}

fn walk(suite: &[Stmt], origins: &Origins, digest: &mut Digest, several: &mut Vec<String>) {
    for statement in suite {
        match statement {
            Stmt::FunctionDef(function) => {
                digest.functions.insert(function.name.to_string());
            }
            Stmt::ClassDef(class) => {
                for statement in &class.body {
                    let (target, value) = match statement {
                        Stmt::Assign(one) => (one.targets.first(), Some(&one.value)),
                        Stmt::AnnAssign(one) => (Some(&*one.target), one.value.as_ref()),
                        _ => (None, None),
                    };
                    if let (Some(Expr::Name(name)), Some(value)) = (target, value) {
                        note_value(format!("{}.{}", class.name, name.id), value, digest);
                    }
                }
                let read = read(class, origins);
                if digest
                    .classes
                    .insert(class.name.to_string(), read)
                    .is_some()
                    && let Some(class) = digest.classes.get_mut(class.name.as_str())
                {
                    // Two classes of one name, below conditions: nobody knows which it is.
                    class.bases.push(None);
                }
            }
            Stmt::Assign(one) => {
                for target in &one.targets {
                    if let Expr::Name(name) = target {
                        made(&name.id, &one.value, origins, digest, several);
                    }
                }
            }
            Stmt::AnnAssign(one) => {
                if let (Expr::Name(name), Some(value)) = (&*one.target, &one.value) {
                    made(&name.id, value, origins, digest, several);
                }
            }
            _ => {
                for block in blocks(statement) {
                    walk(block, origins, digest, several);
                }
            }
        }
    }
}

fn made(
    name: &str,
    value: &Expr,
    origins: &Origins,
    digest: &mut Digest,
    several: &mut Vec<String>,
) {
    note_value(name.to_owned(), value, digest);
    let maker = match value {
        Expr::Call(call) => qualified(&call.func, origins),
        value if is_dotted(value) => qualified(value, origins),
        _ => None,
    };
    let known = digest.made_by.contains_key(name) || digest.made_from.contains_key(name);
    if known && digest.made_by.get(name) != maker.as_ref() {
        several.push(name.to_owned());
    }
    let mut names = NamesIn {
        origins,
        found: Vec::new(),
    };
    names.visit_expr(value);
    if !names.found.is_empty() || maker.is_some() {
        let from = digest.made_from.entry(name.to_owned()).or_default();
        from.append(&mut names.found);
    }
    if let Some(maker) = maker {
        digest.made_by.insert(name.to_owned(), maker);
    }
}

/// The qualified names in an expression that may be things of the project.
struct NamesIn<'o> {
    origins: &'o Origins,
    found: Vec<String>,
}

impl<'a> Visitor<'a> for NamesIn<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if !is_dotted(expr) {
            return walk_expr(self, expr);
        }
        let mut names = Vec::new();
        callees(expr, self.origins, &Origins::default(), &mut names);
        names.retain(|name| is_followable(name));
        self.found.append(&mut names);
    }
}

fn read(class: &StmtClassDef, origins: &Origins) -> Class {
    let arguments = class.arguments.as_deref();
    let bases = arguments.map_or(&[][..], |arguments| &arguments.args);
    let base = |expr: &Expr| match expr {
        Expr::Subscript(one) => qualified(&one.value, origins),
        _ => qualified(expr, origins),
    };
    let decorator = |expr: &Expr| match expr {
        Expr::Call(call) => qualified(&call.func, origins),
        _ => qualified(expr, origins),
    };
    let names: BTreeSet<String> = super::bound::bindings(&class.body).into_keys().collect();
    let has = |wanted: &[&str]| wanted.iter().any(|name| names.contains(*name));
    let metaclass = arguments.and_then(|arguments| arguments.find_keyword("metaclass"));
    Class {
        metaclass: metaclass.map(|keyword| qualified(&keyword.value, origins)),
        on_derive: has(&[ON_SUBCLASS]),
        has_class_getitem: has(&["__class_getitem__"]),
        has_enum_hooks: has(&ENUM_HOOKS),
        has_operators: names.iter().any(|name| {
            name.starts_with("__")
                && name.ends_with("__")
                && !matches!(
                    name.as_str(),
                    "__doc__" | "__slots__" | "__module__" | "__init_subclass__" | "__order__"
                )
        }),
        bases: bases.iter().map(base).collect(),
        decorators: class
            .decorator_list
            .iter()
            .map(|one| decorator(&one.expression))
            .collect(),
        has_hooks: has_hook(&class.body)
            || arguments.is_some_and(|arguments| arguments.find_keyword("metaclass").is_some()),
        names,
    }
}

fn has_hook(body: &[Stmt]) -> bool {
    body.iter().any(|statement| match statement {
        Stmt::FunctionDef(function) => is_hook(function),
        Stmt::AnnAssign(one) => {
            validates(&one.annotation) || one.value.as_deref().is_some_and(makes_by_factory)
        }
        // `__init__ = make_init()`
        Stmt::Assign(one) => {
            let targets = one.targets.iter();
            let mut names = targets.filter_map(|target| target.as_name_expr());
            names.any(|name| HOOKS.contains(&name.id.as_str())) || makes_by_factory(&one.value)
        }
        _ => blocks(statement).into_iter().any(has_hook),
    })
}

fn is_hook(function: &StmtFunctionDef) -> bool {
    let validates = function.decorator_list.iter().any(|decorator| {
        let callee = match &decorator.expression {
            Expr::Call(call) => &*call.func,
            // `@field.validator`, `@field.default` of attrs
            Expr::Attribute(one) if matches!(one.attr.as_str(), "default") => return true,
            other => other,
        };
        VALIDATORS.contains(&last_name(callee))
    });
    validates || HOOKS.contains(&function.name.as_str())
}

fn last_name(expr: &Expr) -> &str {
    match expr {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => "",
    }
}

/// `field(default_factory=connect)`
fn makes_by_factory(value: &Expr) -> bool {
    matches!(value, Expr::Call(call) if has_factory(&call.arguments))
}

fn has_factory(arguments: &Arguments) -> bool {
    let factories = arguments.keywords.iter().filter(|keyword| {
        let name = keyword.arg.as_deref();
        name.is_some_and(|name| FACTORIES.contains(&name))
    });
    let mut values = factories.map(|keyword| &keyword.value);
    values.any(|factory| !matches!(factory, Expr::Name(name) if PLAIN.contains(&name.id.as_str())))
}

/// `Annotated[str, AfterValidator(check)]`, `Annotated[list, Field(default_factory=load)]`
fn validates(annotation: &Expr) -> bool {
    struct Finder(bool);
    impl<'a> Visitor<'a> for Finder {
        fn visit_expr(&mut self, expr: &'a Expr) {
            if let Expr::Call(call) = expr {
                self.0 |=
                    last_name(&call.func).ends_with("Validator") || has_factory(&call.arguments);
            }
            walk_expr(self, expr);
        }
    }
    let mut finder = Finder(false);
    finder.visit_expr(annotation);
    finder.0
}
