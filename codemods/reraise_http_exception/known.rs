//! What the codemod knows of frameworks and of logging, read from `known.toml`, and what the configuration adds.

use std::sync::LazyLock;

use codemend_engine::semantic::{DefinitionKind, Meaning, Names, Origin, Type, Where};
use codemend_engine::syntax::ast::{Expr, ExprAttribute, ExprCall};
use serde::Deserialize;

/// The lists of `known.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    pub responses: Vec<String>,
    pub looks: Vec<String>,
    pub looking_methods: Vec<String>,
    tells: Vec<String>,
    loggers: Vec<String>,
    levels: Vec<String>,
}

impl Known {
    pub fn shipped() -> &'static Self {
        static KNOWN: LazyLock<Known> =
            LazyLock::new(|| toml::from_str(include_str!("known.toml")).unwrap_or_default());
        &KNOWN
    }
}

/// Calls that only tell somebody what happened.
pub struct Tells<'o> {
    /// Functions that the configuration names.
    pub own: &'o [String],
}

impl Tells<'_> {
    /// Whether `call`, in the file of `names`, logs or prints.
    pub fn is_one(&self, names: &Names<'_>, call: &ExprCall) -> bool {
        let func = &*call.func;
        if let Some(name) = names.qualified_name(func, Where::default())
            && is_listed(&Known::shipped().tells, &name)
        {
            return true;
        }
        self.is_own(names, func)
            || matches!(func, Expr::Attribute(method) if is_level(method) && is_logger(names, &method.value))
    }

    /// Whether the configuration names the function `func`.
    fn is_own(&self, names: &Names<'_>, func: &Expr) -> bool {
        if self.own.is_empty() {
            return false;
        }
        let dotted = |meaning: &Meaning<'_>| match meaning {
            Meaning::Outside { name, .. } => Some(name.clone()),
            Meaning::Definition(definition) => {
                let name = definition.name()?;
                Some(format!("{}.{name}", module_of(definition.names().path())))
            }
            _ => None,
        };
        let meanings = names.meanings(func, Where::default());
        meanings.iter().filter_map(dotted).any(|name| {
            let is_named = |own: &String| *own == name || name.ends_with(&format!(".{own}"));
            self.own.iter().any(is_named)
        })
    }
}

/// `a.b.c` of `/home/me/a/b/c.py`: whatever it is imported by, that ends so.
fn module_of(path: &str) -> String {
    let path = path.strip_suffix(".py").unwrap_or(path);
    let path = path.strip_suffix("/__init__").unwrap_or(path);
    path.trim_start_matches('/').replace('/', ".")
}

/// Whether `list` has `name`. A dot at the end of an entry: all that begins so.
pub fn is_listed(list: &[String], name: &str) -> bool {
    list.iter().any(|one| match one.ends_with('.') {
        true => name.starts_with(one.as_str()),
        false => name == one,
    })
}

fn is_level(method: &ExprAttribute) -> bool {
    let levels = &Known::shipped().levels;
    levels.iter().any(|one| *one == *method.attr)
}

/// Whether `expr` is a logger: by what it is bound to, by its type, and where neither can be told by its name.
fn is_logger(names: &Names<'_>, expr: &Expr) -> bool {
    match expr {
        // `logger.bind(user=user).error(...)`, `logging.getLogger(__name__).error(...)`
        Expr::Call(call) => {
            let made = names.qualified_name(&call.func, Where::default());
            if made.is_some_and(|name| is_listed(&Known::shipped().loggers, &name)) {
                return true;
            }
            matches!(&*call.func, Expr::Attribute(method) if is_logger(names, &method.value))
        }
        Expr::Name(_) | Expr::Attribute(_) => {
            by_binding(names, expr).unwrap_or_else(|| by_type(names, expr))
        }
        _ => false,
    }
}

/// What the assignment to the name `expr` says.
fn by_binding(names: &Names<'_>, expr: &Expr) -> Option<bool> {
    let meanings = names.meanings(expr, Where::default());
    let loggers = &Known::shipped().loggers;
    meanings.iter().find_map(|meaning| match meaning {
        Meaning::Outside { name, origin } => {
            let by_name = *origin == Origin::ThirdParty && looks_like_one(expr);
            Some(is_listed(loggers, name) || by_name)
        }
        Meaning::Definition(definition) => match definition.kind() {
            DefinitionKind::Assignment(value)
            | DefinitionKind::Annotated {
                value: Some(value), ..
            } => {
                let made = match value {
                    Expr::Call(call) => &call.func,
                    other => other,
                };
                let made = definition.names().qualified_name(made, Where::default());
                made.filter(|name| is_listed(loggers, name)).map(|_| true)
            }
            _ => None,
        },
        _ => None,
    })
}

fn by_type(names: &Names<'_>, expr: &Expr) -> bool {
    match names.inferred(expr) {
        Type::Instance(class) => {
            let lineage = class.definition.and_then(|one| one.lineage());
            let derives = |one: &String| lineage.as_ref().is_some_and(|it| it.derives_from(one));
            is_listed(&Known::shipped().loggers, &class.name)
                || Known::shipped().loggers.iter().any(derives)
        }
        Type::Unknown => looks_like_one(expr),
        _ => false,
    }
}

/// `log`, `logger`, `self._logger`, `app.state.access_log`
fn looks_like_one(expr: &Expr) -> bool {
    let name = match expr {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(one) => one.attr.as_str(),
        _ => return false,
    };
    let name = name.to_lowercase();
    ["log", "logger", "logging"]
        .iter()
        .any(|one| name.ends_with(one))
}
