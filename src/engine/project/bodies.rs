//! What the functions and classes of a module do when they are called: which modules they import, what they call, and
//! which names of the module they bind anew.

use std::hash::BuildHasher;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt, StmtClassDef};
use ruff_text_size::{Ranged, TextSize};
use rustc_hash::{FxBuildHasher, FxHashSet};

use super::by_string::{ByString, imported_by_string};
use super::digest::{Body, Digest, ImportRef};
use super::gate::{is_replacing, may_replace};
use super::layout::is_standard;
use super::origins::{
    HERE, Origins, blocks, callees, from_import, is_part_of_import, note_imports, qualified,
};
use super::scan::{Counted, line_of};

/// The method that runs when a class is derived from the one that defines it.
pub(super) const ON_SUBCLASS: &str = "__init_subclass__";

/// Collect the bodies of the functions and classes at the module level of `suite`.
pub(super) fn collect(suite: &[Stmt], origins: &Origins, text: &str, digest: &mut Digest) {
    let mut bodies = Bodies {
        origins,
        text,
        lines: None,
        digest,
    };
    bodies.walk(suite);
    bodies.own(suite);
}

/// What stands for the name of a method in [`Body::methods`].
pub(super) fn method_key(name: &str) -> u64 {
    FxBuildHasher.hash_one(name)
}

/// Whether `name`, a qualified one, may be something of the project.
pub(super) fn is_followable(name: &str) -> bool {
    name.starts_with(HERE)
        || name.starts_with('.')
        || !is_standard(name.split('.').next().unwrap_or(name))
}

struct Bodies<'a, 'd> {
    origins: &'a Origins,
    text: &'a str,
    lines: Option<Counted>,
    digest: &'d mut Digest,
}

impl<'a> Bodies<'a, '_> {
    fn walk(&mut self, suite: &'a [Stmt]) {
        for statement in suite {
            match statement {
                Stmt::FunctionDef(function) => {
                    let body = self.body(&function.body);
                    if !is_idle(&body) {
                        self.keep(function.name.to_string(), body);
                    }
                }
                Stmt::ClassDef(class) => self.class(class),
                _ => {
                    let targets = match statement {
                        Stmt::Assign(one) => one.targets.as_slice(),
                        Stmt::Delete(one) => &one.targets,
                        Stmt::AugAssign(one) => std::slice::from_ref(&*one.target),
                        Stmt::AnnAssign(one) => std::slice::from_ref(&*one.target),
                        _ => &[],
                    };
                    let none = Origins::default();
                    let mut targets = targets.iter();
                    self.digest.assigns_parts |=
                        targets.any(|one| is_part_of_import(one, self.origins, &none));
                    blocks(statement)
                        .into_iter()
                        .for_each(|block| self.walk(block));
                }
            }
        }
    }

    /// The module level may bind names that cannot be told: `globals()[name] = value`.
    fn own(&mut self, suite: &'a [Stmt]) {
        let words = ["globals()", "__name__]", "vars("];
        if !words.iter().any(|word| self.text.contains(word)) {
            return;
        }
        for statement in suite {
            if !matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
                self.body(std::slice::from_ref(statement));
            }
        }
    }

    /// The body of each method by itself, and what else is in the class under its name.
    fn class(&mut self, class: &'a StmtClassDef) {
        for statement in &class.body {
            let (method, body) = match statement {
                Stmt::FunctionDef(function) => (Some(&function.name), self.body(&function.body)),
                other => (None, self.body(std::slice::from_ref(other))),
            };
            if !is_idle(&body) {
                let name = match method {
                    Some(method) => format!("{}.{method}", class.name),
                    None => class.name.to_string(),
                };
                self.keep(name, body);
            }
        }
    }

    fn body(&mut self, body: &'a [Stmt]) -> Body {
        let mut finder = Finder {
            outer: self.origins,
            inner: Origins::default(),
            body: Body::default(),
            known: FxHashSet::default(),
            dynamic: None,
            rebinds: Vec::new(),
            rebinds_any: None,
            assigns_parts: false,
            may_replace: false,
            own: FxHashSet::default(),
            aliases: FxHashSet::default(),
        };
        finder.visit_body(body);
        self.digest.assigns_parts |= finder.assigns_parts;
        self.digest.may_replace |= finder.may_replace;
        for (name, at) in finder.rebinds {
            let line = line_of(&mut self.lines, self.text, at);
            self.digest.rebinds.entry(name.to_owned()).or_insert(line);
        }
        if let Some(at) = finder.dynamic {
            let line = line_of(&mut self.lines, self.text, at);
            self.digest.dynamic.get_or_insert(line);
        }
        if let Some(at) = finder.rebinds_any {
            let line = line_of(&mut self.lines, self.text, at);
            self.digest.rebinds_any.get_or_insert(line);
        }
        finder.body
    }

    fn keep(&mut self, name: String, body: Body) {
        let known = self.digest.bodies.entry(name).or_default();
        known.imports.extend(body.imports);
        known.calls.extend(body.calls);
        known.methods.extend(body.methods);
        known.computed.extend(body.computed);
    }
}

fn is_idle(body: &Body) -> bool {
    let is_closed = body.imports.is_empty() && body.computed.is_empty();
    is_closed && body.calls.is_empty() && body.methods.is_empty()
}

struct Finder<'a> {
    outer: &'a Origins,
    /// What imports inside the body bind, wherever they stand in it.
    inner: Origins,
    body: Body,
    known: FxHashSet<String>,
    dynamic: Option<TextSize>,
    rebinds: Vec<(&'a str, TextSize)>,
    rebinds_any: Option<TextSize>,
    assigns_parts: bool,
    may_replace: bool,
    /// Names that stand for the module itself, or for its names: `me = sys.modules[__name__]`, `g = globals()`.
    own: FxHashSet<&'a str>,
    /// Names that stand for modules: `s = state`.
    aliases: FxHashSet<&'a str>,
}

impl<'a> Finder<'a> {
    fn call(&mut self, call: &'a ruff_python_ast::ExprCall) {
        self.may_replace |= may_replace(&call.func) || self.is_renamed(&call.func);
        match imported_by_string(call, self.outer, &self.inner) {
            Some(ByString::Module(import)) => self.body.imports.push(import),
            Some(ByString::Computed(package)) => {
                self.dynamic.get_or_insert(call.start());
                self.body.computed.push(package);
            }
            None => {}
        }
        let mut found = Vec::new();
        callees(&call.func, self.outer, &self.inner, &mut found);
        if let (true, Expr::Attribute(method)) = (found.is_empty(), &*call.func) {
            let method = method_key(&method.attr);
            if !self.body.methods.contains(&method) {
                self.body.methods.push(method);
            }
        }
        for name in found {
            if is_followable(&name) && self.known.insert(name.clone()) {
                self.body.calls.push(name);
            }
        }
        // `globals().update(names)`, `setattr(sys.modules[__name__], name, value)`
        let updates = matches!(&*call.func, Expr::Attribute(one) if one.attr.as_str() == "update" && self.is_namespace(&one.value));
        let sets = matches!(&*call.func, Expr::Name(name) if name.id == "setattr")
            && call
                .arguments
                .args
                .first()
                .is_some_and(|one| self.is_own_module(one));
        if updates || sets {
            let name = call.arguments.args.get(1).filter(|_| sets);
            self.rebinds_by(name, call.start());
        }
    }

    /// `from unittest.mock import patch as p`
    fn is_renamed(&self, function: &Expr) -> bool {
        let Expr::Name(name) = function else {
            return false;
        };
        let origin = self.inner.get(name.id.as_str());
        let origin = origin.or_else(|| self.outer.get(name.id.as_str()));
        origin.is_some_and(is_replacing)
    }

    /// `globals()`, `sys.modules[__name__].__dict__`
    fn is_namespace(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Call(call) => {
                let callee = qualified(&call.func, self.outer);
                let asks_for_own = callee.as_deref() == Some("builtins.vars")
                    && call
                        .arguments
                        .args
                        .first()
                        .is_some_and(|one| self.is_own_module(one));
                callee.as_deref() == Some("builtins.globals") || asks_for_own
            }
            Expr::Name(name) => self.own.contains(name.id.as_str()),
            Expr::Attribute(one) => {
                one.attr.as_str() == "__dict__" && self.is_own_module(&one.value)
            }
            _ => false,
        }
    }

    /// `sys.modules[__name__]`
    fn is_own_module(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Subscript(one) => {
                matches!(&*one.slice, Expr::Name(name) if name.id == "__name__")
            }
            Expr::Name(name) => self.own.contains(name.id.as_str()),
            // `importlib.import_module(__name__)`
            Expr::Call(call) => {
                let imports = qualified(&call.func, self.outer);
                imports.as_deref() == Some("importlib.import_module")
                    && matches!(&*call.arguments.args, [Expr::Name(name)] if name.id == "__name__")
            }
            _ => false,
        }
    }

    fn rebinds_by(&mut self, name: Option<&'a Expr>, at: TextSize) {
        match name {
            Some(Expr::StringLiteral(literal)) if !literal.value.is_implicit_concatenated() => {
                self.rebinds.push((literal.value.to_str(), at));
            }
            _ => drop(self.rebinds_any.get_or_insert(at)),
        }
    }

    /// `state`, `app.state`, `import_module("state")`: what is assigned to a part of it is assigned to a module.
    fn gives_module(&self, value: &Expr) -> bool {
        match value {
            Expr::Name(_) | Expr::Attribute(_) => is_part_of_import(value, self.outer, &self.inner),
            Expr::Call(call) => match &*call.func {
                Expr::Name(name) => name.id.ends_with("import_module"),
                Expr::Attribute(attribute) => attribute.attr.as_str() == "import_module",
                _ => false,
            },
            _ => false,
        }
    }

    fn target(&mut self, target: &'a Expr) {
        let mut root = target;
        while let Expr::Attribute(attribute) = root {
            root = &attribute.value;
        }
        let is_alias = matches!(root, Expr::Name(name) if self.aliases.contains(name.id.as_str()));
        self.assigns_parts |= is_alias
            || self.gives_module(root)
            || is_part_of_import(target, self.outer, &self.inner);
        match target {
            Expr::Subscript(one) if self.is_namespace(&one.value) => {
                self.rebinds_by(Some(&one.slice), one.start());
            }
            Expr::Attribute(one) if self.is_own_module(&one.value) => {
                self.rebinds.push((one.attr.as_str(), one.start()));
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|one| self.target(one)),
            _ => {}
        }
    }
}

impl<'a> Visitor<'a> for Finder<'a> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        // A function may stand above the import that it uses.
        body.iter()
            .for_each(|statement| note_imports(statement, &mut self.inner));
        body.iter().for_each(|statement| self.visit_stmt(statement));
    }

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    self.body.imports.push(ImportRef {
                        module: alias.name.to_string(),
                        level: 0,
                        names: Vec::new(),
                        star: false,
                    });
                }
            }
            Stmt::ImportFrom(import) => {
                // `from sys import modules`
                self.may_replace |= import.module.as_deref() == Some("sys");
                self.body.imports.push(from_import(import));
            }
            Stmt::Global(global) => {
                for name in &global.names {
                    self.rebinds.push((name.as_str(), global.start()));
                }
            }
            Stmt::Assign(one) => {
                if self.is_own_module(&one.value) || self.is_namespace(&one.value) {
                    let names = one.targets.iter().filter_map(|one| one.as_name_expr());
                    self.own.extend(names.map(|name| name.id.as_str()));
                }
                if self.gives_module(&one.value) {
                    let names = one.targets.iter().filter_map(|one| one.as_name_expr());
                    self.aliases.extend(names.map(|name| name.id.as_str()));
                }
                one.targets.iter().for_each(|target| self.target(target));
                walk_stmt(self, statement);
            }
            Stmt::AugAssign(one) => {
                self.target(&one.target);
                walk_stmt(self, statement);
            }
            Stmt::AnnAssign(one) => {
                self.target(&one.target);
                walk_stmt(self, statement);
            }
            Stmt::Delete(one) => {
                one.targets.iter().for_each(|target| self.target(target));
                walk_stmt(self, statement);
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => self.call(call),
            Expr::Attribute(attribute)
                if matches!(attribute.attr.as_str(), "modules" | "__dict__" | "patch") =>
            {
                self.may_replace = true;
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}
