//! Which modules a file puts into `sys.modules` at run time, or takes out of it.

use ruff_python_ast::{Expr, ExprCall, ExprSubscript, Stmt};
use ruff_text_size::{Ranged, TextSize};

use super::origins::{Origin, Origins, callees};
use super::replaced::Finder;

impl<'a> Finder<'a> {
    /// Whether `statement`, without the blocks in it, deals with `sys.modules`. Then its strings may name modules; those
    /// of its blocks too, as they do below `for name in (...)`.
    pub(super) fn deals_with_modules(&self, statement: &Stmt) -> bool {
        let body = |body: &[Stmt]| body.first().map(Ranged::start);
        let end = match statement {
            Stmt::With(one) => body(&one.body),
            Stmt::For(one) => body(&one.body),
            Stmt::If(_) | Stmt::Try(_) | Stmt::While(_) | Stmt::Match(_) => return false,
            Stmt::ClassDef(one) => one.decorator_list.last().map(Ranged::end),
            Stmt::FunctionDef(one) => one.decorator_list.last().map(Ranged::end),
            _ => Some(statement.end()),
        };
        let Some(end) = end else { return false };
        let range = statement.start().to_usize()..end.to_usize();
        let text = self.text.get(range).unwrap_or_default();
        self.names_of_modules(text)
    }

    /// Whether `sys.modules` stands in `text`, beyond `sys.modules[__name__]`.
    fn names_of_modules(&self, text: &str) -> bool {
        let own = |rest: &str| rest.starts_with("[__name__]");
        let mut sys = text.match_indices("sys.modules");
        if sys.any(|(at, word)| !own(&text[at + word.len()..])) {
            return true;
        }
        // `from sys import modules`, `import sys as system`
        let aliases = self
            .origins
            .iter()
            .filter_map(|(name, origin)| match origin {
                Origin::Import(origin) if origin == "sys.modules" => Some(name.clone()),
                Origin::Import(origin) if origin == "sys" && name != "sys" => {
                    Some(format!("{name}.modules"))
                }
                Origin::Several(all) if all.iter().any(|one| one == "sys.modules") => {
                    Some(name.clone())
                }
                _ => None,
            });
        let mut aliases = aliases;
        aliases.any(|alias| stands_in(&alias, text))
    }

    /// `sys.modules[name] = fake`, `del sys.modules[name]`, where `name` is no string.
    pub(super) fn stubbing_subscript(&mut self, one: &'a ExprSubscript) {
        if !one.ctx.is_load() && self.is_modules(&one.value) {
            self.key(Some(&one.slice), one.start());
        }
    }

    /// `sys.modules.pop(name)`, `patch.dict(sys.modules, fakes)`, `monkeypatch.setitem(sys.modules, name, fake)`
    pub(super) fn stubbing_call(&mut self, call: &'a ExprCall) {
        let arguments = &call.arguments;
        if let Expr::Attribute(function) = &*call.func
            && self.is_modules(&function.value)
        {
            match function.attr.as_str() {
                "pop" | "setdefault" | "__setitem__" | "__delitem__" => {
                    self.key(arguments.args.first(), call.start());
                }
                "update" if arguments.args.is_empty() => {
                    arguments
                        .keywords
                        .iter()
                        .for_each(|keyword| match &keyword.arg {
                            Some(name) => self.stubs(name, keyword.start()),
                            None => self.key(Some(&keyword.value), call.start()),
                        });
                }
                "update" => self.key(arguments.args.first(), call.start()),
                "clear" | "popitem" => self.key(None, call.start()),
                _ => {}
            }
        }
        let place = arguments.args.iter().position(|one| {
            let is_named = matches!(one, Expr::StringLiteral(literal) if literal.value.to_str() == "sys.modules");
            is_named || self.is_modules(one)
        });
        if let (Some(at), Expr::Attribute(function)) = (place, &*call.func)
            && matches!(function.attr.as_str(), "dict" | "setitem" | "delitem")
        {
            let next = arguments.args.get(at + 1);
            let values = arguments
                .find_keyword("values")
                .or(arguments.find_keyword("name"));
            let next = next.or(values.map(|keyword| &keyword.value));
            match next {
                Some(next) => self.key(Some(next), call.start()),
                None => {
                    for keyword in &arguments.keywords {
                        match &keyword.arg {
                            Some(name) => self.stubs(name, keyword.start()),
                            None => self.key(Some(&keyword.value), keyword.start()),
                        }
                    }
                }
            }
        }
    }

    fn stubs(&mut self, name: &str, at: TextSize) {
        let line = self.line(at);
        self.digest.stubbed.push((name.to_owned(), line));
    }

    /// `key` is the name of a module, or a dictionary by names of modules. Strings in it are found as such.
    fn key(&mut self, key: Option<&'a Expr>, at: TextSize) {
        let is_plain = match key {
            Some(Expr::StringLiteral(_)) => true,
            Some(Expr::Name(name)) => name.id == "__name__",
            Some(Expr::Dict(dict)) => dict
                .items
                .iter()
                .all(|item| matches!(&item.key, Some(Expr::StringLiteral(_)))),
            _ => false,
        };
        if !is_plain {
            let line = self.line(at);
            self.digest.stubs_computed.get_or_insert(line);
        }
    }

    fn is_modules(&self, expr: &Expr) -> bool {
        let mut names = Vec::new();
        callees(expr, &self.origins, &Origins::default(), &mut names);
        names.iter().any(|name| name == "sys.modules")
    }
}

/// Whether `word` stands in `text`, and not as a part of another name.
fn stands_in(word: &str, text: &str) -> bool {
    let is_part = |one: char| one.is_alphanumeric() || one == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
    })
}

/// Where `text` replaces the import statement itself: `patch("builtins.__import__", fail)`. What it tells modules by
/// are strings that stand anywhere in the file.
pub(super) fn import_hook(text: &str) -> Option<usize> {
    let found = ["__import__\"", "__import__'"];
    found.iter().filter_map(|word| text.find(word)).min()
}
