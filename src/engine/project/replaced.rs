//! What a file replaces in other modules at run time: by `mock.patch`, `monkeypatch` or assignment.
//!
//! Found by spelling, on purpose: a fixture may be called anything, and what is found too often only keeps an import
//! where it is.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, InterpolatedStringElement, Stmt};
use ruff_text_size::{Ranged, TextSize};
use rustc_hash::FxHashMap;

use super::digest::{Digest, Replaced};
use super::gate::{REPLACING, is_about_tests, is_replacing};
use super::inspected;
use super::origins::{HERE, Origin, Origins, is_builtin, note_imports, qualified};
use super::scan::{Counted, line_of};
use super::spelled::{aliases, is_format, literal_of};
use super::stubbed::import_hook;

/// Note what `suite` replaces.
pub(super) fn collect(suite: &[Stmt], origins: &Origins, text: &str, digest: &mut Digest) {
    let is_about_tests = is_about_tests(suite, origins);
    let imports_it = || origins.values().any(is_replacing);
    let may_call = is_about_tests || digest.may_replace || imports_it();
    if !may_call && !digest.assigns_parts {
        return;
    }
    inspected::collect(suite, origins, text, digest);
    let mut finder = Finder {
        origins: origins.clone(),
        text,
        lines: None,
        digest,
        may_call,
        is_about_tests,
        in_modules: 0,
        any_name: false,
        aliases: FxHashMap::default(),
    };
    // Tests import inside functions what they patch.
    Inside(&mut finder.origins).visit_body(suite);
    finder.aliases = aliases(suite, &mut finder.origins);
    finder.visit_body(suite);
    if let Some(at) = import_hook(text).and_then(|at| TextSize::try_from(at).ok()) {
        let line = finder.line(at);
        finder.digest.stubs_computed.get_or_insert(line);
    }
    let stubs = finder.digest.stubs_computed.is_some();
    if stubs || finder.digest.replaces_computed.is_some() {
        // `for name in NAMES: sys.modules[name] = fake`: any string of the file may be the name.
        finder.in_modules = usize::from(stubs);
        finder.any_name = finder.digest.replaces_computed.is_some();
        finder.is_about_tests = true;
        finder.may_call = true;
        finder.visit_body(suite);
    }
}

/// Takes in the imports of functions.
struct Inside<'o>(&'o mut Origins);

impl<'a> Visitor<'a> for Inside<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        note_imports(statement, self.0);
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, _expr: &'a Expr) {}
}

pub(super) struct Finder<'a> {
    pub(super) origins: Origins,
    pub(super) text: &'a str,
    pub(super) lines: Option<Counted>,
    pub(super) digest: &'a mut Digest,
    may_call: bool,
    is_about_tests: bool,
    /// Inside a statement that deals with `sys.modules`.
    in_modules: usize,
    /// Any string may be the name of something that is replaced.
    any_name: bool,
    /// Other names for what replaces: `p = mock.patch`.
    aliases: FxHashMap<String, &'static str>,
}

impl<'a> Finder<'a> {
    pub(super) fn line(&mut self, at: TextSize) -> u32 {
        line_of(&mut self.lines, self.text, at)
    }

    pub(super) fn replaces(&mut self, module: Option<String>, name: Option<&str>, at: TextSize) {
        let one = Replaced {
            module,
            name: name.map(str::to_owned),
            line: self.line(at),
        };
        if !self.digest.replaced.contains(&one) {
            self.digest.replaced.push(one);
        }
    }

    pub(super) fn computed(&mut self, at: TextSize) {
        let line = self.line(at);
        self.digest.replaces_computed.get_or_insert(line);
    }

    pub(super) fn path(&mut self, path: &str, at: TextSize) {
        if let Some((module, name)) = path.rsplit_once('.') {
            self.replaces(Some(module.to_owned()), Some(name), at);
        }
    }

    /// Assignment to an attribute of what an import gave, or to its namespace.
    fn target(&mut self, target: &'a Expr) {
        let (owner, name) = match target {
            Expr::Attribute(one) => (&*one.value, Some(one.attr.as_str())),
            Expr::Subscript(one) => {
                let owner = match &*one.value {
                    Expr::Attribute(namespace) if namespace.attr.as_str() == "__dict__" => {
                        &*namespace.value
                    }
                    Expr::Call(call) => match (&*call.func, &*call.arguments.args) {
                        (Expr::Name(name), [owner]) if name.id == "vars" => owner,
                        _ => return,
                    },
                    _ => return,
                };
                let name = one.slice.as_string_literal_expr();
                (owner, name.map(|literal| literal.value.to_str()))
            }
            Expr::Tuple(tuple) => return tuple.elts.iter().for_each(|one| self.target(one)),
            Expr::List(list) => return list.elts.iter().for_each(|one| self.target(one)),
            _ => return,
        };
        for owner in self.owners(owner) {
            self.replaces(Some(owner), name, target.start());
        }
    }

    /// The dotted name of what `owner` is: `Some(None)` when that is not known, `None` when it is no module.
    fn owner(&self, owner: &Expr) -> Option<Option<String>> {
        match qualified(owner, &self.origins) {
            Some(name) if name.starts_with("builtins.") => None,
            Some(name) => match name.strip_prefix(HERE) {
                Some(own) if self.digest.classes.contains_key(own) => None,
                Some(_) => Some(None),
                None => Some(Some(name)),
            },
            None => Some(None),
        }
    }

    fn call(&mut self, call: &'a ExprCall) {
        self.namespace(call);
        let alias = match &*call.func {
            Expr::Name(name) => self.aliases.get(name.id.as_str()).copied(),
            _ => None,
        };
        let (name, is_plain) = match &*call.func {
            Expr::Name(_) if let Some(alias) = alias => (alias.to_owned(), false),
            Expr::Name(name) => match self.origins.get(name.id.as_str()) {
                Some(Origin::Import(origin)) => (
                    origin.rsplit('.').next().unwrap_or(origin).to_owned(),
                    false,
                ),
                _ => (name.id.to_string(), is_builtin(&name.id)),
            },
            Expr::Attribute(attribute) => (attribute.attr.to_string(), false),
            _ => return,
        };
        if !REPLACING.contains(&name.as_str()) {
            return;
        }
        let at = call.start();
        match call.arguments.find_argument_value("target", 0) {
            Some(Expr::StringLiteral(literal)) => {
                let path = literal.value.to_str();
                self.path(path, at);
                if name == "multiple" {
                    self.keywords(Some(path.to_owned()), call);
                }
            }
            Some(Expr::FString(string)) => {
                let elements: Vec<_> = string.value.elements().collect();
                let first = elements.first().and_then(|one| one.as_literal());
                let last = elements.last().and_then(|one| one.as_literal());
                let text = |one: &'a ruff_python_ast::InterpolatedStringLiteralElement| &*one.value;
                self.parts(first.map(text), last.map(text), elements.len(), at);
            }
            Some(Expr::BinOp(one)) => {
                if one.op == ruff_python_ast::Operator::Mod {
                    // `"app.%s.send" % name`
                    let text = one
                        .left
                        .as_string_literal_expr()
                        .map(|one| one.value.to_str());
                    let last = text.filter(|text| {
                        !text
                            .rsplit('.')
                            .next()
                            .is_none_or(|last| last.contains('%'))
                    });
                    return self.parts(None, last, 2, at);
                }
                let left = one
                    .left
                    .as_string_literal_expr()
                    .map(|one| one.value.to_str());
                let right = one
                    .right
                    .as_string_literal_expr()
                    .map(|one| one.value.to_str());
                self.parts(left, right, 2, at);
            }
            Some(Expr::Call(format)) if is_format(format) => {
                let text = literal_of(&format.func);
                let last = text.and_then(|text| text.rsplit_once('.'));
                match last.filter(|(_, name)| !name.contains('{')) {
                    Some((_, name)) => self.replaces(None, Some(name), at),
                    None => self.computed(at),
                }
            }
            Some(owner) => self.attribute(&name, is_plain, owner, call),
            None => {}
        }
        if let Some(target) = call.arguments.find_argument_value("target", 0) {
            self.described(target);
        }
    }

    /// A target that is put together, of which the first and the last part may be known.
    fn parts(&mut self, first: Option<&str>, last: Option<&str>, count: usize, at: TextSize) {
        let module = first
            .and_then(|first| first.rsplit_once('.'))
            .map(|(module, _)| module);
        let module = module.filter(|module| !module.is_empty() && !module.contains(['%', '{']));
        let name = last
            .and_then(|last| last.rsplit_once('.'))
            .map(|(_, name)| name);
        match (module, name) {
            (_, Some(name)) => self.replaces(None, Some(name), at),
            // `f"app.mail.{name}"`
            (Some(module), None) if count == 2 => self.replaces(Some(module.to_owned()), None, at),
            _ => self.computed(at),
        }
    }

    /// `patch.object(mail, "send")`, `monkeypatch.setattr(mail, "send", fake)`, `setattr(mail, "send", fake)`
    fn attribute(&mut self, function: &str, is_plain: bool, owner: &'a Expr, call: &'a ExprCall) {
        let at = call.start();
        let arguments = &call.arguments;
        let keyword = |name| arguments.find_keyword(name).map(|keyword| &keyword.value);
        let named = arguments
            .args
            .get(1)
            .or_else(|| keyword("attribute").or(keyword("name")));
        // `patch(TARGET)`, `monkeypatch.setattr(TARGET, fake)`: the first argument is the whole path.
        let is_path = match function {
            "patch" => true,
            "setattr" if !is_plain => arguments.len() == 2 || keyword("raising").is_some(),
            "delattr" if !is_plain => arguments.len() == 1,
            _ => false,
        };
        if is_path {
            self.computed(at);
        }
        let Some(module) = self.owner(owner) else {
            return;
        };
        if function == "multiple" {
            return self.keywords(module, call);
        }
        let literal = named.and_then(|named| named.as_string_literal_expr());
        match (literal, named) {
            (Some(literal), _) if function != "replace" || module.is_some() => {
                self.replaces(module, Some(literal.value.to_str()), at);
            }
            _ if matches!(function, "replace" | "patch") => {}
            // `setattr(row, field, value)` is what every second backend does; `setattr(mail, name, fake)` is not.
            (None, Some(_)) if !is_path && (module.is_some() || !is_plain) => match module {
                Some(module) => self.replaces(Some(module), None, at),
                None => self.computed(at),
            },
            (None, None)
                if matches!(
                    function,
                    "spy" | "when" | "when2" | "expect" | "allow" | "flexmock" | "reload"
                ) && module.is_some() =>
            {
                self.replaces(module, None, at);
            }
            _ => {}
        }
    }

    fn string(&mut self, text: &str, at: TextSize) {
        if self.in_modules > 0 {
            let line = self.line(at);
            self.digest.stubbed.push((text.to_owned(), line));
        }
        let is_name = |part: &str| {
            !part.starts_with(|c: char| c.is_ascii_digit())
                && !part.is_empty()
                && part.chars().all(|c| c.is_alphanumeric() || c == '_')
        };
        if !text.split('.').all(is_name) {
            return;
        }
        if text.contains('.') && self.is_about_tests {
            let line = self.line(at);
            let one = (text.to_owned(), line);
            if !self.digest.mentions.contains(&one) {
                self.digest.mentions.push(one);
            }
        } else if self.any_name {
            self.replaces(None, Some(text), at);
        }
    }
}

impl<'a> Visitor<'a> for Finder<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(one) => one.targets.iter().for_each(|target| self.target(target)),
            Stmt::AugAssign(one) => self.target(&one.target),
            Stmt::AnnAssign(one) => self.target(&one.target),
            Stmt::Delete(one) => one.targets.iter().for_each(|target| self.target(target)),
            _ => {}
        }
        let deals = self.may_call && self.deals_with_modules(statement);
        self.in_modules += usize::from(deals);
        walk_stmt(self, statement);
        self.in_modules -= usize::from(deals);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if !self.may_call {
            return;
        }
        match expr {
            Expr::Call(call) => {
                self.call(call);
                self.stubbing_call(call);
            }
            Expr::Subscript(one) => self.stubbing_subscript(one),
            Expr::StringLiteral(literal) => {
                self.string(literal.value.to_str(), literal.start());
            }
            _ => {}
        }
        walk_expr(self, expr);
    }

    fn visit_interpolated_string_element(&mut self, element: &'a InterpolatedStringElement) {
        if let Some(literal) = element.as_literal() {
            self.string(literal.value.trim_matches('.'), literal.start());
        }
        ruff_python_ast::visitor::walk_interpolated_string_element(self, element);
    }
}
