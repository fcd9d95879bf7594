//! Who uses what a module defines, as far as that hides in syntax: the dependencies of routes, the functions that wear
//! a decorator, the classes that derive from one.

mod leading;
mod reachable;
mod spread;

use rayon::prelude::*;
use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt as walk_block};
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtFunctionDef};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Project;
use super::bodies::is_followable;
use super::digest::Digest;
use super::layout::ModuleId;
use super::origins::{Origins, callees, imports_inside, qualified_within};
pub use leading::Goal;
pub(super) use leading::Leading;
pub(super) use reachable::Reachable;
pub use spread::{Spread, Tasks};

/// FastAPI's markers of a dependency.
const MARKERS: [&str; 6] = [
    "fastapi.Depends",
    "fastapi.Security",
    "fastapi.param_functions.Depends",
    "fastapi.param_functions.Security",
    "fastapi.params.Depends",
    "fastapi.params.Security",
];

/// Something at a path in a module: `Store.load`.
pub(super) type Place = (ModuleId, String);

/// Uses, by what is used.
#[derive(Debug, Default)]
pub(super) struct Users {
    dependencies: FxHashMap<Place, Vec<Place>>,
    wearers: FxHashMap<Place, Vec<Place>>,
    /// The same the other way round.
    decorators: FxHashMap<Place, Vec<Place>>,
    subclasses: FxHashMap<Place, Vec<Place>>,
    /// The same the other way round.
    bases: FxHashMap<Place, Vec<Place>>,
}

impl Users {
    /// `class`, and the classes that it derives from, however far.
    fn ancestors(&self, class: &Place) -> Vec<Place> {
        closure(&self.bases, class)
    }

    /// `class`, and the classes that derive from it, however far.
    fn descendants(&self, class: &Place) -> Vec<Place> {
        closure(&self.subclasses, class)
    }
}

/// `start`, and what one gets to from there.
fn closure(next: &FxHashMap<Place, Vec<Place>>, start: &Place) -> Vec<Place> {
    let mut found = vec![start];
    let mut seen: FxHashSet<&Place> = found.iter().copied().collect();
    let mut at = 0;
    while let Some(one) = found.get(at) {
        let others = next.get(*one).into_iter().flatten();
        found.extend(others.filter(|other| seen.insert(other)));
        at += 1;
    }
    found.into_iter().cloned().collect()
}

impl Project {
    /// Whether a module of the project gives what stands at `path` in `module` to `Depends` or `Security`.
    pub fn is_dependency(&self, module: ModuleId, path: &str) -> bool {
        let users = self.users();
        users.dependencies.contains_key(&(module, path.to_owned()))
    }

    /// The functions and methods at the module level of the project that wear the decorator at `path` in `module`.
    pub fn wearers(&self, module: ModuleId, path: &str) -> &[(ModuleId, String)] {
        let found = self.users().wearers.get(&(module, path.to_owned()));
        found.map_or(&[], Vec::as_slice)
    }

    /// The classes at module level that derive directly from the class at `path` in `module`.
    pub fn subclasses(&self, module: ModuleId, path: &str) -> &[(ModuleId, String)] {
        let found = self.users().subclasses.get(&(module, path.to_owned()));
        found.map_or(&[], Vec::as_slice)
    }

    /// What leads from a module to others besides imports: to those that derive from its classes, to those whose
    /// functions wear its decorators, and to those whose routes depend on its functions.
    pub(super) fn used_by(&self) -> impl Iterator<Item = (ModuleId, ModuleId)> + '_ {
        let users = self.users();
        let all = users.wearers.iter().chain(&users.subclasses);
        let all = all.chain(&users.dependencies);
        all.flat_map(|((used, _), users)| users.iter().map(|(user, _)| (*used, *user)))
    }

    /// Worked out on all processors, and only then kept: see [`Project::imported`].
    fn users(&self) -> &Users {
        let known = &self.ways.users;
        match known.get() {
            Some(users) => users,
            None => {
                let users = self.find_users();
                known.get_or_init(|| users)
            }
        }
    }

    fn find_users(&self) -> Users {
        let all: Vec<ModuleId> = self.modules().collect();
        let uses = all.par_iter().map(|module| self.uses_of(*module));
        let uses: Vec<Vec<Use>> = uses.collect();
        let mut users = Users::default();
        for Use { how, used, user } in uses.into_iter().flatten() {
            let (uses, back) = match how {
                How::Depends => (&mut users.dependencies, None),
                How::Wears => (&mut users.wearers, Some(&mut users.decorators)),
                How::Derives => (&mut users.subclasses, Some(&mut users.bases)),
            };
            if let Some(back) = back {
                let known = back.entry(user.clone()).or_default();
                known.extend(used.iter().cloned());
            }
            note(uses, used, user);
        }
        users
    }

    /// What `module` uses of the project.
    fn uses_of(&self, module: ModuleId) -> Vec<Use> {
        let Some(digest) = self.digest(module) else {
            return Vec::new();
        };
        let mut uses = Vec::new();
        let mut add = |how, name: &str, user: &str| {
            let used = self.definitions(module, name);
            if !used.is_empty() {
                let user = (module, user.to_owned());
                uses.push(Use { how, used, user });
            }
        };
        for name in &digest.depends {
            add(How::Depends, name, "");
        }
        for (decorator, wearer) in &digest.worn {
            add(How::Wears, decorator, wearer);
        }
        for (name, class) in &digest.classes {
            let bases = class.bases.iter().flatten();
            for base in bases.filter(|base| is_followable(base)) {
                add(How::Derives, base, name);
            }
        }
        uses
    }
}

/// One use.
struct Use {
    how: How,
    used: Vec<Place>,
    user: Place,
}

#[derive(Clone, Copy)]
enum How {
    Depends,
    Wears,
    Derives,
}

fn note(uses: &mut FxHashMap<Place, Vec<Place>>, used: Vec<Place>, user: Place) {
    for one in used {
        let known = uses.entry(one).or_default();
        if !known.contains(&user) {
            known.push(user.clone());
        }
    }
}

/// Note what `suite` gives to `Depends`, the decorators that its functions wear, and what these raise.
pub(super) fn collect(suite: &[Stmt], origins: &Origins, text: &str, digest: &mut Digest) {
    let mut functions = Functions {
        origins,
        path: String::new(),
        digest,
    };
    functions.visit_body(suite);
    if text.contains("Depends") || text.contains("Security") {
        let mut markers = Markers {
            outer: origins,
            inner: imports_inside(suite),
            found: Vec::new(),
        };
        markers.visit_body(suite);
        markers.found.sort_unstable();
        markers.found.dedup();
        digest.depends = markers.found;
    }
}

/// The functions at module level and the methods of classes there.
struct Functions<'o, 'd> {
    origins: &'o Origins,
    /// Of the class around, with a dot behind it.
    path: String,
    digest: &'d mut Digest,
}

impl<'a> StatementVisitor<'a> for Functions<'_, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                let path = format!("{}{}", self.path, function.name);
                for name in decorators(function, self.origins) {
                    self.digest.worn.push((name, path.clone()));
                }
                let raised = raised(function, self.origins);
                if !raised.is_empty() {
                    self.digest.raisers.push((path, raised));
                }
            }
            Stmt::ClassDef(class) => {
                let outer = format!("{}{}.", self.path, class.name);
                let outer = std::mem::replace(&mut self.path, outer);
                walk_block(self, statement);
                self.path = outer;
            }
            _ => walk_block(self, statement),
        }
    }
}

/// The qualified names of the decorators of `function` that may be functions of the project.
fn decorators(function: &StmtFunctionDef, origins: &Origins) -> Vec<String> {
    let mut names = Vec::new();
    for decorator in &function.decorator_list {
        let worn = crate::semantic::named(&decorator.expression);
        callees(worn, origins, &Origins::default(), &mut names);
    }
    names.retain(|name| is_followable(name));
    names
}

/// The last names of what `function` raises, that of functions in it too. What a handler has caught is not among them.
fn raised(function: &StmtFunctionDef, origins: &Origins) -> Vec<String> {
    let mut raises = Raises::default();
    raises.visit_body(&function.body);
    let Raises { found, caught } = raises;
    let mut names = Vec::new();
    for raised in found {
        if matches!(raised, Expr::Name(name) if caught.contains(&name.id.as_str())) {
            continue;
        }
        let class = crate::semantic::named(raised);
        let mut qualified = Vec::new();
        callees(class, origins, &Origins::default(), &mut qualified);
        match (qualified.is_empty(), class) {
            (false, _) => names.extend(qualified.iter().map(|name| last_of(name).to_owned())),
            (true, Expr::Name(name)) => names.push(name.id.to_string()),
            (true, _) => names.push(String::new()),
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

#[derive(Default)]
struct Raises<'a> {
    found: Vec<&'a Expr>,
    /// The names of handlers.
    caught: FxHashSet<&'a str>,
}

impl<'a> StatementVisitor<'a> for Raises<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::Raise(raise) = statement {
            self.found.extend(raise.exc.as_deref());
        }
        walk_block(self, statement);
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(one) = handler;
        self.caught
            .extend(one.name.as_ref().map(|name| name.as_str()));
        self.visit_body(&one.body);
    }
}

/// `c` of `a.b.c`.
fn last_of(dotted: &str) -> &str {
    dotted.rsplit('.').next().unwrap_or(dotted)
}

/// What stands in `Depends(...)`.
struct Markers<'o> {
    outer: &'o Origins,
    inner: Origins,
    found: Vec<String>,
}

impl<'a> Visitor<'a> for Markers<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && let Some(given) = call.arguments.find_argument_value("dependency", 0)
            && qualified_within(&call.func, self.outer, &self.inner)
                .is_some_and(|name| MARKERS.contains(&name.as_str()))
        {
            match given {
                // `Checker("admin")`: what is made is called.
                Expr::Call(made) => {
                    let mut makers = Vec::new();
                    callees(&made.func, self.outer, &self.inner, &mut makers);
                    let called = makers.into_iter().map(|maker| format!("{maker}.__call__"));
                    self.found.extend(called);
                }
                _ => callees(given, self.outer, &self.inner, &mut self.found),
            }
        }
        walk_expr(self, expr);
    }
}
