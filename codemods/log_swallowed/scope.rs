//! Which names the scopes around a handler bind.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use codemend_engine::bindings::{of_body, of_function};
use codemend_engine::syntax::TextSize;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_stmt};
use codemend_engine::syntax::ast::{Alias, Expr, Stmt};

use super::site::{Around, Site};

/// What is the same for all that belongs to the function or class that starts at some byte: worked out once.
pub struct ByStart<T>(RefCell<BTreeMap<Option<TextSize>, T>>);

impl<T> Default for ByStart<T> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<T: Clone> ByStart<T> {
    pub fn of(&self, start: Option<TextSize>, work_out: impl FnOnce() -> T) -> T {
        if let Some(known) = self.0.borrow().get(&start) {
            return known.clone();
        }
        let worked_out = work_out();
        self.0.borrow_mut().insert(start, worked_out.clone());
        worked_out
    }
}

/// The same for all handlers that stand directly in one function or class, or at module level.
pub struct ByPlace<T>(ByStart<T>);

impl<T> Default for ByPlace<T> {
    fn default() -> Self {
        Self(ByStart::default())
    }
}

impl<T: Clone> ByPlace<T> {
    pub fn of(&self, site: &Site<'_>, work_out: impl FnOnce() -> T) -> T {
        let last = site.around.last();
        self.0.of(last.map(|one| one.range().start()), work_out)
    }
}

/// The names that the scopes around handlers bind.
#[derive(Default)]
pub struct Hidden<'a>(ByPlace<Rc<BTreeSet<&'a str>>>);

impl<'a> Hidden<'a> {
    /// Whether a function around `site`, or the class body that it stands in directly, binds `name`: there it does not
    /// mean what the module binds. Nor does `__log` in a class, which is `_Hub__log` there.
    pub fn hides(&self, site: &Site<'a>, name: &str) -> bool {
        let mut around = site.around.iter();
        if is_private(name) && around.any(|one| matches!(one, Around::Class(_))) {
            return true;
        }
        self.0
            .of(site, || Rc::new(bound_around(site)))
            .contains(name)
    }
}

/// Whether `name` is another in each class: `__log`.
pub fn is_private(name: &str) -> bool {
    name.starts_with("__") && !name.ends_with("__")
}

fn bound_around<'a>(site: &Site<'a>) -> BTreeSet<&'a str> {
    let last = site.around.len().saturating_sub(1);
    let mut names = BTreeSet::new();
    for (at, one) in site.around.iter().enumerate() {
        let (parameters, bound) = match one {
            Around::Function(function) => (&function.type_params, Some(of_function(function))),
            Around::Class(class) => (
                &class.type_params,
                (at == last).then(|| of_body(&class.body)),
            ),
        };
        // `def load[logger](...)`
        let parameters = parameters.iter().flat_map(|all| all.iter());
        names.extend(parameters.map(|one| one.name().as_str()));
        names.extend(bound.into_iter().flat_map(BTreeMap::into_keys));
    }
    names
}

/// How often `body`, of a module or a class, binds `name`.
pub fn times_bound(body: &[Stmt], name: &str) -> usize {
    of_body(body).get(name).map_or(0, Vec::len)
}

/// How often `import {module}` or `import {module}.other` binds that name in the scope of `body`.
pub fn imports_of(body: &[Stmt], module: &str) -> usize {
    let mut finder = Imports { module, times: 0 };
    finder.visit_body(body);
    finder.times
}

struct Imports<'m> {
    module: &'m str,
    times: usize,
}

impl<'a> Visitor<'a> for Imports<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::Import(import) => {
                let is_it = |alias: &&Alias| {
                    let named = alias
                        .asname
                        .as_ref()
                        .is_none_or(|name| name.as_str() == alias.name.as_str());
                    named && alias.name.split('.').next() == Some(self.module)
                };
                self.times += import.names.iter().filter(is_it).count();
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}
