//! Which modules a file looks at as a whole: `vars(app)`, `dir(app)`, `inspect.getmembers(app)`, `app.__dict__`.
//! A name more in such a module is seen.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextSize};
use rustc_hash::FxHashMap;

use super::Project;
use super::digest::Digest;
use super::layout::ModuleId;
use super::origins::{HERE, Origins, imports_inside, qualified_within};
use super::scan::line_of;

/// Without one of these words a file looks at no module.
const WORDS: [&str; 4] = ["vars(", "dir(", "getmembers", "__dict__"];

/// Note the modules that `suite` looks at. `origins` know the imports of functions too.
pub(super) fn collect(suite: &[Stmt], origins: &Origins, text: &str, digest: &mut Digest) {
    if !WORDS.iter().any(|word| text.contains(word)) {
        return;
    }
    let inside = imports_inside(suite);
    let mut finder = Finder {
        origins,
        inside: &inside,
        found: Vec::new(),
    };
    finder.visit_body(suite);
    let mut lines = None;
    for (name, at) in finder.found {
        let line = line_of(&mut lines, text, at);
        digest.inspected.push((name, line));
    }
}

struct Finder<'a> {
    origins: &'a Origins,
    /// Those of functions.
    inside: &'a Origins,
    found: Vec<(String, TextSize)>,
}

impl Finder<'_> {
    fn looks_at(&mut self, expr: &Expr) {
        if let Some(name) =
            qualified_within(expr, self.origins, self.inside).filter(|name| !name.starts_with(HERE))
        {
            self.found.push((name, expr.start()));
        }
    }
}

impl<'a> Visitor<'a> for Finder<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => {
                let last = match &*call.func {
                    Expr::Name(name) => name.id.as_str(),
                    Expr::Attribute(attribute) => attribute.attr.as_str(),
                    _ => "",
                };
                if let ("vars" | "dir" | "getmembers" | "getmembers_static", Some(argument)) =
                    (last, call.arguments.args.first())
                {
                    self.looks_at(argument);
                }
            }
            Expr::Attribute(attribute) if attribute.attr.as_str() == "__dict__" => {
                self.looks_at(&attribute.value);
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

impl Project {
    /// Where some file looks at all names of `module`: its module and the line.
    pub fn inspected(&self, module: ModuleId) -> Option<(ModuleId, u32)> {
        let inspectors = self.inspectors.get_or_init(|| self.find_inspectors());
        inspectors.get(&module).copied()
    }

    /// For each module that some file looks at the first such file, and the line.
    fn find_inspectors(&self) -> FxHashMap<ModuleId, (ModuleId, u32)> {
        let mut found = FxHashMap::default();
        for from in self.modules() {
            let inspected = self.digest(from).map_or(&[][..], |one| &one.inspected);
            for (name, line) in inspected {
                for module in self.modules_named(from, name) {
                    found.entry(module).or_insert((from, *line));
                }
            }
        }
        found
    }
}
