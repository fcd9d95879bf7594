//! What is written as the timeout: the user's setting, a constant of the file, or a number.

use std::collections::BTreeSet;

use codemend_engine::bindings::of_body;
use codemend_engine::change::Change;
use codemend_engine::facts::Facts;
use codemend_engine::imports::{Members, Placed};
use codemend_engine::module::Module;
use codemend_engine::project::{ModuleId, ModuleSet};
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::{Expr, Stmt, UnaryOp};

use super::find::{Site, rebinds};
use super::table::Number;

/// The numbers and the setting of the user.
pub struct Wishes {
    pub timeout: String,
    pub llm: String,
    pub redis: String,
    /// `module:expression`, or nothing.
    pub setting: String,
}

/// A value, and the import that it needs.
pub struct Value {
    pub text: String,
    place: Option<Placed>,
    loads: BTreeSet<ModuleId>,
}

impl Value {
    /// Let `change` import what it needs.
    pub fn add_to(&self, change: &mut Change) {
        change.places.extend(self.place.clone());
        change.loads.extend(self.loads.iter().copied());
    }
}

/// The value for the call at `site`, of the kind `number`: the first that there is.
pub fn value(
    module: &Module<'_>,
    facts: &Facts<'_>,
    wishes: &Wishes,
    site: &Site<'_>,
    number: Number,
) -> Value {
    if let Some(setting) = setting(module, facts, &wishes.setting, site) {
        return setting;
    }
    let constant = match number {
        Number::Timeout => constant(module, site),
        Number::Llm | Number::Redis => None,
    };
    let text = constant.map(str::to_owned).unwrap_or_else(|| match number {
        Number::Timeout => wishes.timeout.clone(),
        Number::Llm => wishes.llm.clone(),
        Number::Redis => wishes.redis.clone(),
    });
    Value {
        text,
        place: None,
        loads: BTreeSet::new(),
    }
}

/// The setting, unless its module loads this one, or the name means something else here.
fn setting(
    module: &Module<'_>,
    facts: &Facts<'_>,
    setting: &str,
    site: &Site<'_>,
) -> Option<Value> {
    let (from, expression) = setting.split_once(':')?;
    let (from, expression) = (from.trim(), expression.trim());
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let name = expression.split(|c: char| !is_name(c)).next()?;
    if from.is_empty() || name.is_empty() || site.hides(name) {
        return None;
    }
    let project = facts.project();
    let own = project.module(module.path())?;
    let home = project.modules().find(|one| project.name(*one) == from)?;
    if home == own
        || project
            .newly_loaded([home], &ModuleSet::new())
            .contains(own)
    {
        return None;
    }
    let times = of_body(module.suite()).get(name).map_or(0, Vec::len);
    let is_there = imports(module, from, name);
    if times > usize::from(is_there) || rebinds(module, name) {
        return None;
    }
    let place = (!is_there).then(|| Placed {
        text: format!("from {from} import {name}"),
        comments: Vec::new(),
        members: Some(Members {
            module: from.to_owned(),
            names: vec![name.to_owned()],
        }),
    });
    Some(Value {
        text: expression.to_owned(),
        loads: place.iter().map(|_| home).collect(),
        place,
    })
}

/// Whether the module level of `module` has `from {from} import {name}`.
fn imports(module: &Module<'_>, from: &str, name: &str) -> bool {
    module.suite().iter().any(|statement| match statement {
        Stmt::ImportFrom(import) => {
            import.level == 0
                && import.module.as_deref() == Some(from)
                && import
                    .names
                    .iter()
                    .any(|alias| alias.asname.is_none() && &alias.name == name)
        }
        _ => false,
    })
}

/// The only number at the level of the module whose name says that it is a timeout in seconds, bound above the call.
fn constant<'m>(module: &'m Module<'_>, site: &Site<'_>) -> Option<&'m str> {
    let all = of_body(module.suite());
    let mut found = None;
    let mut times = 0;
    for statement in module.suite() {
        let (targets, value) = match statement {
            Stmt::Assign(one) => (one.targets.as_slice(), &*one.value),
            Stmt::AnnAssign(one) => match &one.value {
                Some(value) => (std::slice::from_ref(&*one.target), &**value),
                None => continue,
            },
            _ => continue,
        };
        for target in targets {
            let Expr::Name(name) = target else {
                continue;
            };
            let ends = ["TIMEOUT", "TIMEOUT_SECONDS", "TIMEOUT_S"];
            if !ends.iter().any(|end| name.id.ends_with(end)) || !is_numeric(value) {
                continue;
            }
            times += 1;
            if targets.len() == 1 && is_number(value) {
                found = Some((name.id.as_str(), statement.end()));
            }
        }
    }
    if times > 1 {
        return None;
    }
    let (name, end) = found?;
    let once = all.get(name).is_some_and(|all| all.len() == 1);
    let holds = once && !rebinds(module, name) && !site.hides(name);
    (holds && end <= site.call.start()).then_some(name)
}

/// Whether `value` is a number, or arithmetic with numbers.
fn is_numeric(value: &Expr) -> bool {
    match value {
        Expr::NumberLiteral(_) => true,
        Expr::UnaryOp(one) => one.op != UnaryOp::Not && is_numeric(&one.operand),
        Expr::BinOp(one) => is_numeric(&one.left) || is_numeric(&one.right),
        _ => false,
    }
}

/// Whether `value` is a number above zero.
fn is_number(value: &Expr) -> bool {
    use codemend_engine::syntax::ast::Number;
    match value {
        Expr::NumberLiteral(one) => match &one.value {
            Number::Int(value) => value.as_i64().is_some_and(|value| value > 0),
            Number::Float(value) => *value > 0.0,
            Number::Complex { .. } => false,
        },
        Expr::UnaryOp(one) => one.op == UnaryOp::UAdd && is_number(&one.operand),
        _ => false,
    }
}
