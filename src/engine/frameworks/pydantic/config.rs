//! The configuration of a model: `model_config`, `class Config`, keywords of the class.

use std::collections::BTreeMap;

use ruff_python_ast::{Expr, Stmt, StmtClassDef};

use crate::frameworks::constants::constant;
use crate::semantic::{Names, Where};

/// The settings of a model, its bases' first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    /// By the name that Pydantic has for them: `revalidate_instances`, `from_attributes`, `orm_mode`.
    pub settings: BTreeMap<String, Setting>,
    /// A part cannot be read, so any setting may have any value: `model_config = make()`, `class Config(Base)`.
    pub is_incomplete: bool,
}

/// The value of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    Flag(bool),
    Text(String),
    None,
    /// Anything else: a function, a dict, a name that cannot be followed.
    Other,
}

impl Config {
    /// Whether `name` may be set to something: to anything but `False` and `None`, or nobody can tell.
    pub fn may_set(&self, name: &str) -> bool {
        self.is_incomplete
            || !matches!(
                self.settings.get(name),
                None | Some(Setting::Flag(false) | Setting::None)
            )
    }

    /// Take over what `class`, in the file of `names`, says on top. Whether it names a metaclass.
    pub(super) fn read(&mut self, names: &Names<'_>, class: &StmtClassDef) -> bool {
        let mut metaclass = false;
        for statement in &class.body {
            match statement {
                Stmt::Assign(assign) => {
                    for target in &assign.targets {
                        self.assigned(names, target, &assign.value);
                    }
                }
                Stmt::AnnAssign(assign) => {
                    if let Some(value) = &assign.value {
                        self.assigned(names, &assign.target, value);
                    }
                }
                Stmt::ClassDef(inner) if &inner.name == "Config" => self.inner(names, inner),
                _ => {}
            }
        }
        for keyword in class.keywords() {
            match keyword.arg.as_deref() {
                Some("metaclass") => metaclass = true,
                Some(name) => self.set(names, name, &keyword.value),
                None => self.is_incomplete = true,
            }
        }
        metaclass
    }

    /// `model_config = value`, and `model_config["name"] = value`.
    fn assigned(&mut self, names: &Names<'_>, target: &Expr, value: &Expr) {
        let target_name = |expr: &Expr| {
            let name = expr.as_name_expr();
            name.is_some_and(|name| matches!(name.id.as_str(), "model_config" | "Config"))
        };
        match target {
            Expr::Subscript(part) if target_name(&part.value) => self.is_incomplete = true,
            _ if !target_name(target) => {}
            Expr::Name(name) if &name.id == "model_config" => self.whole(names, value),
            _ => self.is_incomplete = true,
        }
    }

    /// `ConfigDict(frozen=True)`, `{"frozen": True}`, or a constant that is one of them.
    fn whole(&mut self, names: &Names<'_>, value: &Expr) {
        let read = |names: &Names<'_>, expr: &Expr| {
            let mut config = Self::default();
            match expr {
                Expr::Call(call) => {
                    config.is_incomplete |= !call.arguments.args.is_empty();
                    for keyword in &call.arguments.keywords {
                        match &keyword.arg {
                            Some(name) => config.set(names, name, &keyword.value),
                            None => config.is_incomplete = true,
                        }
                    }
                }
                Expr::Dict(dict) => {
                    for item in &dict.items {
                        match &item.key {
                            Some(Expr::StringLiteral(key)) => {
                                config.set(names, key.value.to_str(), &item.value);
                            }
                            _ => config.is_incomplete = true,
                        }
                    }
                }
                _ => return None,
            }
            is_config_call(names, expr).then_some(config)
        };
        match constant(names, value, &read) {
            Some(config) => {
                self.is_incomplete |= config.is_incomplete;
                self.settings.extend(config.settings);
            }
            None => self.is_incomplete = true,
        }
    }

    /// `class Config:`
    fn inner(&mut self, names: &Names<'_>, class: &StmtClassDef) {
        self.is_incomplete |= class.arguments.as_ref().is_some_and(|all| !all.is_empty());
        for statement in &class.body {
            match statement {
                Stmt::Assign(assign) => match &assign.targets[..] {
                    [Expr::Name(target)] => self.set(names, &target.id, &assign.value),
                    _ => self.is_incomplete = true,
                },
                Stmt::AnnAssign(assign) => match (&*assign.target, &assign.value) {
                    (Expr::Name(target), Some(value)) => self.set(names, &target.id, value),
                    _ => self.is_incomplete = true,
                },
                // `def alias_generator(cls, name):`, `def schema_extra(schema):`
                Stmt::FunctionDef(function) => {
                    let name = function.name.to_string();
                    self.settings.insert(name, Setting::Other);
                }
                Stmt::Pass(_) | Stmt::Expr(_) => {}
                _ => self.is_incomplete = true,
            }
        }
    }

    fn set(&mut self, names: &Names<'_>, name: &str, value: &Expr) {
        let setting = constant(names, value, &|names, expr| match expr {
            Expr::BooleanLiteral(literal) => Some(Setting::Flag(literal.value)),
            Expr::StringLiteral(literal) => Some(Setting::Text(literal.value.to_str().to_owned())),
            Expr::NoneLiteral(_) => Some(Setting::None),
            // `Extra.allow` of Pydantic 1 is the text `allow`.
            Expr::Attribute(_) => {
                let named = names.qualified_name(expr, Where::default())?;
                let member = named.strip_prefix("pydantic.Extra.")?;
                Some(Setting::Text(member.to_owned()))
            }
            _ => None,
        });
        let setting = setting.unwrap_or(Setting::Other);
        self.settings.insert(name.to_owned(), setting);
    }
}

/// A dict, or a call of one of the classes that are nothing but dicts.
fn is_config_call(names: &Names<'_>, expr: &Expr) -> bool {
    let Expr::Call(call) = expr else {
        return true;
    };
    let named = names.qualified_name(&call.func, Where::default());
    matches!(
        named.as_deref(),
        Some(
            "pydantic.ConfigDict"
                | "pydantic.config.ConfigDict"
                | "pydantic_settings.SettingsConfigDict"
                | "sqlmodel.main.SQLModelConfig"
                | "builtins.dict"
        )
    )
}
