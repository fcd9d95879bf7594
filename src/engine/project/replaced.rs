//! What a file replaces in other modules at run time: by `mock.patch`, `monkeypatch`, assignment, or `sys.modules`.
//!
//! Found by spelling, on purpose: a fixture may be called anything, and what is found too often only keeps an import
//! where it is.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_source_file::LineIndex;
use ruff_text_size::{Ranged, TextSize};

use super::digest::{Digest, Replaced};
use super::origins::{HERE, Origins, note_origins, qualified};
use super::scan::line_of;

/// Methods and functions that replace an attribute of their first argument, or what a dotted string names.
const REPLACING: [&str; 11] = [
    "patch",
    "object",
    "setattr",
    "delattr",
    "multiple",
    "spy",
    "stub",
    "patch_object",
    "setattr_path",
    "replace",
    "when",
];

/// Note what `suite` replaces.
pub(super) fn collect(suite: &[Stmt], origins: &Origins, text: &str, digest: &mut Digest) {
    let calls = ["patch", "setattr", "delattr", "mocker", "sys.modules"];
    let may_call = calls.iter().any(|word| text.contains(word));
    let mut finder = Finder {
        origins: origins.clone(),
        text,
        lines: None,
        digest,
        may_call,
        in_modules: 0,
        computed: false,
    };
    if may_call {
        // Tests import inside functions what they patch.
        let mut inside = Inside(&mut finder.origins);
        inside.visit_body(suite);
    }
    finder.visit_body(suite);
    if finder.computed {
        // `for name in NAMES: sys.modules[name] = fake`: any string of the file may be the name.
        finder.in_modules = 1;
        finder.visit_body(suite);
    }
}

struct Inside<'o>(&'o mut Origins);

impl<'a> Visitor<'a> for Inside<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::FunctionDef(function) = statement {
            let imports: Vec<Stmt> = function
                .body
                .iter()
                .filter(|one| matches!(one, Stmt::Import(_) | Stmt::ImportFrom(_)))
                .cloned()
                .collect();
            note_origins(&imports, self.0);
        }
        walk_stmt(self, statement);
    }
}

struct Finder<'a> {
    origins: Origins,
    text: &'a str,
    lines: Option<LineIndex>,
    digest: &'a mut Digest,
    may_call: bool,
    /// Inside a statement that deals with `sys.modules`.
    in_modules: usize,
    /// Such a statement names no module.
    computed: bool,
}

impl<'a> Finder<'a> {
    fn replaces(&mut self, module: Option<String>, name: &str, at: TextSize) {
        let line = line_of(&mut self.lines, self.text, at);
        self.digest.replaced.push(Replaced {
            module,
            name: name.to_owned(),
            line,
        });
    }

    fn path(&mut self, path: &str, at: TextSize) {
        if let Some((module, name)) = path.rsplit_once('.') {
            self.replaces(Some(module.to_owned()), name, at);
        }
    }

    /// Assignment to an attribute of what an import gave.
    fn target(&mut self, target: &'a Expr) {
        if let Expr::Attribute(attribute) = target
            && let Some(owner) = qualified(&attribute.value, &self.origins)
            && !owner.starts_with(HERE)
            && !owner.starts_with("builtins.")
        {
            self.replaces(Some(owner), &attribute.attr, target.start());
        }
    }

    fn call(&mut self, call: &'a ExprCall) {
        let name = match &*call.func {
            Expr::Name(name) => match self.origins.get(name.id.as_str()) {
                Some(Some(origin)) => origin.rsplit('.').next().unwrap_or(origin).to_owned(),
                _ => name.id.to_string(),
            },
            Expr::Attribute(attribute) => attribute.attr.to_string(),
            _ => return,
        };
        if !REPLACING.contains(&name.as_str()) {
            return;
        }
        let target = call.arguments.find_argument_value("target", 0);
        match target {
            Some(Expr::StringLiteral(literal)) => {
                let path = literal.value.to_str().to_owned();
                self.path(&path, call.start());
                self.keywords(Some(path), call);
            }
            Some(Expr::FString(_)) | Some(Expr::BinOp(_)) => self.computed(target, call),
            Some(owner) => {
                let module = qualified(owner, &self.origins);
                let named = call.arguments.args.get(1).or_else(|| {
                    call.arguments
                        .find_keyword("attribute")
                        .or(call.arguments.find_keyword("name"))
                        .map(|k| &k.value)
                });
                if let Some(Expr::StringLiteral(literal)) = named {
                    let name = literal.value.to_str().to_owned();
                    self.replaces(module.clone(), &name, call.start());
                }
                if name == "multiple" {
                    self.keywords(module, call);
                }
            }
            None => {}
        }
    }

    /// `patch.multiple("app.mail", send=fake)`
    fn keywords(&mut self, module: Option<String>, call: &'a ExprCall) {
        for keyword in &call.arguments.keywords {
            if let Some(name) = &keyword.arg {
                self.replaces(module.clone(), name, call.start());
            }
        }
    }

    /// `patch(f"{HERE}.send")`, `patch(MODULE + ".send")`: only the end is known.
    fn computed(&mut self, target: Option<&'a Expr>, call: &'a ExprCall) {
        let Some(target) = target else { return };
        let text = self
            .text
            .get(std::ops::Range::<usize>::from(target.range()));
        let text = text.unwrap_or_default().trim_end_matches(['"', '\'', ')']);
        let last = text
            .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
            .next();
        if let Some(name) = last.filter(|name| !name.is_empty()) {
            let name = name.to_owned();
            self.replaces(None, &name, call.start());
        }
    }

    /// Whether `statement`, without the blocks in it, puts something into `sys.modules` or takes it out.
    fn deals_with_modules(&self, statement: &'a Stmt) -> bool {
        let mut changes = Changes {
            origins: &self.origins,
            found: false,
        };
        match statement {
            Stmt::With(one) => one
                .items
                .iter()
                .for_each(|item| changes.visit_expr(&item.context_expr)),
            Stmt::FunctionDef(one) => one
                .decorator_list
                .iter()
                .for_each(|one| changes.visit_expr(&one.expression)),
            Stmt::ClassDef(one) => one
                .decorator_list
                .iter()
                .for_each(|one| changes.visit_expr(&one.expression)),
            Stmt::If(_) | Stmt::Try(_) | Stmt::While(_) | Stmt::For(_) | Stmt::Match(_) => {}
            _ => walk_stmt(&mut changes, statement),
        }
        changes.found
    }
}

/// Finds a change of `sys.modules`. Asking what is there is none.
struct Changes<'o> {
    origins: &'o Origins,
    found: bool,
}

impl Changes<'_> {
    fn is_modules(&self, expr: &Expr) -> bool {
        match expr {
            Expr::StringLiteral(literal) => literal.value.to_str() == "sys.modules",
            _ => qualified(expr, self.origins).as_deref() == Some("sys.modules") || spelled(expr),
        }
    }
}

/// `sys.modules`, whatever `sys` is in this scope.
fn spelled(expr: &Expr) -> bool {
    matches!(expr, Expr::Attribute(one) if one.attr.as_str() == "modules"
        && matches!(&*one.value, Expr::Name(name) if name.id.as_str() == "sys"))
}

impl<'a> Visitor<'a> for Changes<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Subscript(one) if !one.ctx.is_load() => self.found |= self.is_modules(&one.value),
            Expr::Call(call) => {
                let (owner, name) = match &*call.func {
                    Expr::Attribute(one) => (Some(&*one.value), one.attr.as_str()),
                    Expr::Name(name) => (None, name.id.as_str()),
                    _ => (None, ""),
                };
                let changes = matches!(
                    name,
                    "pop" | "popitem" | "setdefault" | "update" | "clear" | "__setitem__"
                );
                self.found |= changes && owner.is_some_and(|owner| self.is_modules(owner));
                let replaces = matches!(
                    name,
                    "dict" | "patch" | "setitem" | "delitem" | "setattr" | "object"
                );
                self.found |=
                    replaces && call.arguments.args.iter().any(|one| self.is_modules(one));
            }
            _ => {}
        }
        walk_expr(self, expr);
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
        let before = self.digest.stubbed.len();
        self.in_modules += usize::from(deals);
        walk_stmt(self, statement);
        self.in_modules -= usize::from(deals);
        self.computed |= deals && self.digest.stubbed.len() == before;
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if !self.may_call {
            return;
        }
        match expr {
            Expr::Call(call) => self.call(call),
            Expr::StringLiteral(literal) if self.in_modules > 0 => {
                let line = line_of(&mut self.lines, self.text, literal.start());
                self.digest
                    .stubbed
                    .push((literal.value.to_str().to_owned(), line));
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}
