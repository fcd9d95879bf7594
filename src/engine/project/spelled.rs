//! Other spellings of replacing a name of a module: by its namespace, by another name for what replaces, by what
//! describes the target.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;

use super::gate::REPLACING;
use super::origins::{
    HERE, Origin, Origins, callees, is_dotted, module_by_string, note, qualified,
};
use super::replaced::Finder;

/// Methods that change a dictionary.
const CHANGING: [&str; 8] = [
    "update",
    "pop",
    "popitem",
    "clear",
    "setdefault",
    "__setitem__",
    "__delitem__",
    "__ior__",
];

impl<'a> Finder<'a> {
    /// The dotted names that `owner` may be, beside things of this file.
    pub(super) fn owners(&self, owner: &Expr) -> Vec<String> {
        let mut names = Vec::new();
        match is_dotted(owner) {
            true => callees(owner, &self.origins, &Origins::default(), &mut names),
            false => names.extend(module_by_string(owner)),
        }
        names.retain(|name| !name.starts_with(HERE) && !name.starts_with("builtins."));
        names
    }

    /// `patch.dict(mail.__dict__, send=fake)`, `vars(mail).update(send=fake)`, `mail.__setattr__("send", fake)`
    pub(super) fn namespace(&mut self, call: &'a ExprCall) {
        let Expr::Attribute(method) = &*call.func else {
            return;
        };
        let at = call.start();
        let first = call.arguments.args.first();
        let second = call.arguments.args.get(1);
        match method.attr.as_str() {
            "dict" | "setitem" | "delitem" => match first {
                Some(Expr::StringLiteral(literal)) => {
                    let text = literal.value.to_str();
                    if let Some(module) = text.strip_suffix(".__dict__") {
                        self.replaces(Some(module.to_owned()), None, at);
                    }
                }
                Some(first) => self.members(first, second.and_then(literal), at),
                None => {}
            },
            "__setattr__" | "__delattr__" => {
                for owner in self.owners(&method.value) {
                    self.replaces(Some(owner), first.and_then(literal), at);
                }
            }
            name if CHANGING.contains(&name) => self.members(&method.value, None, at),
            _ => {}
        }
    }

    fn members(&mut self, namespace: &Expr, name: Option<&str>, at: ruff_text_size::TextSize) {
        let owner = match namespace {
            Expr::Attribute(one) if one.attr.as_str() == "__dict__" => &*one.value,
            Expr::Call(call) => match (&*call.func, &*call.arguments.args) {
                (Expr::Name(name), [owner]) if name.id == "vars" => owner,
                _ => return,
            },
            _ => return,
        };
        for owner in self.owners(owner) {
            self.replaces(Some(owner), name, at);
        }
    }

    /// `patch.multiple("app.mail", send=fake)`
    pub(super) fn keywords(&mut self, module: Option<String>, call: &'a ExprCall) {
        for keyword in &call.arguments.keywords {
            match (&keyword.arg, &module) {
                (Some(name), _) => self.replaces(module.clone(), Some(name), call.start()),
                (None, Some(_)) => self.replaces(module.clone(), None, call.start()),
                (None, None) => self.computed(call.start()),
            }
        }
    }

    /// `patch(send.__module__ + "." + send.__qualname__)` replaces `send`.
    pub(super) fn described(&mut self, target: &'a Expr) {
        if !target.is_bin_op_expr() && !target.is_f_string_expr() {
            return;
        }
        let mut names = Vec::new();
        Described(&self.origins, &mut names).visit_expr(target);
        for name in names {
            if let Some((path, _)) = name.split_once(".__") {
                self.path(path, target.start());
            }
        }
    }
}

fn literal(expr: &Expr) -> Option<&str> {
    expr.as_string_literal_expr().map(|one| one.value.to_str())
}

struct Described<'o, 'n>(&'o Origins, &'n mut Vec<String>);

impl<'a> Visitor<'a> for Described<'_, '_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if expr.is_attribute_expr() && is_dotted(expr) {
            self.1.extend(qualified(expr, self.0));
        }
        walk_expr(self, expr);
    }
}

/// `"{}.send".format(name)`
pub(super) fn is_format(call: &ExprCall) -> bool {
    literal_of(&call.func).is_some()
}

/// The literal whose method `format` is.
pub(super) fn literal_of(callee: &Expr) -> Option<&str> {
    let Expr::Attribute(one) = callee else {
        return None;
    };
    literal(&one.value).filter(|_| one.attr.as_str() == "format")
}

/// Take other names of modules into `origins` (`m = app.mail`), and give those of what replaces.
pub(super) fn aliases(suite: &[Stmt], origins: &mut Origins) -> FxHashMap<String, &'static str> {
    let mut finder = Aliases {
        origins,
        found: FxHashMap::default(),
    };
    finder.visit_body(suite);
    finder.found
}

struct Aliases<'o> {
    origins: &'o mut Origins,
    found: FxHashMap<String, &'static str>,
}

impl<'a> Visitor<'a> for Aliases<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(one) => {
                for target in &one.targets {
                    self.alias(target, &one.value);
                }
            }
            Stmt::AnnAssign(one) => {
                if let Some(value) = &one.value {
                    self.alias(&one.target, value);
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Named(one) = expr {
            self.alias(&one.target, &one.value);
        }
        walk_expr(self, expr);
    }
}

impl Aliases<'_> {
    fn alias(&mut self, target: &Expr, value: &Expr) {
        let Expr::Name(name) = target else { return };
        let last = match value {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(one) => one.attr.as_str(),
            _ => "",
        };
        if let Some(word) = REPLACING.iter().find(|word| **word == last) {
            self.found.insert(name.id.to_string(), word);
        }
        let module = match is_dotted(value) {
            true => qualified(value, self.origins),
            false => module_by_string(value),
        };
        if let Some(module) = module
            && !module.starts_with(HERE)
            && !module.starts_with("builtins.")
        {
            note(&name.id, Origin::Import(module), self.origins);
        }
    }
}
