//! What the functions and classes of a module do when they are called: which modules they import, what they call, and
//! which names of the module they bind anew.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt};
use ruff_source_file::LineIndex;
use ruff_text_size::Ranged;
use rustc_hash::FxHashSet;

use super::digest::{Body, Digest, ImportRef};
use super::origins::{HERE, Origins, blocks, from_import, imported_by_string, qualified};
use super::scan::line_of;

/// Collect the bodies of the functions and classes at the module level of `suite`.
pub(super) fn collect(suite: &[Stmt], origins: &Origins, text: &str, digest: &mut Digest) {
    let mut lines = None;
    walk(suite, origins, text, &mut lines, digest);
}

fn walk(
    suite: &[Stmt],
    origins: &Origins,
    text: &str,
    lines: &mut Option<LineIndex>,
    digest: &mut Digest,
) {
    for statement in suite {
        let (name, body) = match statement {
            Stmt::FunctionDef(function) => (&function.name, &function.body),
            Stmt::ClassDef(class) => (&class.name, &class.body),
            _ => {
                for block in blocks(statement) {
                    walk(block, origins, text, lines, digest);
                }
                continue;
            }
        };
        let mut finder = Finder {
            origins,
            body: Body::default(),
            globals: FxHashSet::default(),
            dynamic: None,
            by_string: Vec::new(),
            rebinds: Vec::new(),
        };
        finder.visit_body(body);
        for (name, at) in finder.rebinds {
            let line = line_of(lines, text, at);
            digest.rebinds.entry(name.to_owned()).or_insert(line);
        }
        if let Some(at) = finder.dynamic {
            let line = line_of(lines, text, at);
            digest.dynamic.get_or_insert(line);
        }
        for (module, at) in finder.by_string {
            let line = line_of(lines, text, at);
            digest.by_string.push((module, line));
        }
        let Body { imports, calls } = finder.body;
        if !imports.is_empty() || !calls.is_empty() {
            let known = digest.bodies.entry(name.to_string()).or_default();
            known.imports.extend(imports);
            known.calls.extend(calls);
        }
    }
}

struct Finder<'a> {
    origins: &'a Origins,
    body: Body,
    /// Names that a `global` statement has declared so far.
    globals: FxHashSet<&'a str>,
    dynamic: Option<ruff_text_size::TextSize>,
    by_string: Vec<(String, ruff_text_size::TextSize)>,
    rebinds: Vec<(&'a str, ruff_text_size::TextSize)>,
}

impl<'a> Visitor<'a> for Finder<'a> {
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
            Stmt::ImportFrom(import) => self.body.imports.push(from_import(import)),
            Stmt::Global(global) => {
                for name in &global.names {
                    self.globals.insert(name.as_str());
                    self.rebinds.push((name.as_str(), global.start()));
                }
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            if let Some(module) = imported_by_string(call, self.origins) {
                match module {
                    Some(module) => self.by_string.push((module, call.start())),
                    None => drop(self.dynamic.get_or_insert(call.start())),
                }
            }
            let callee = qualified(&call.func, self.origins);
            let followable = callee
                .filter(|name| !name.starts_with("builtins.") && !self.body.calls.contains(name));
            if let Some(name) = followable {
                let root = name.strip_prefix(HERE).unwrap_or(&name);
                if !super::layout::is_standard(root.split('.').next().unwrap_or(root)) {
                    self.body.calls.push(name);
                }
            }
        }
        walk_expr(self, expr);
    }
}
