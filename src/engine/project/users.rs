//! Who uses what a module defines, as far as that hides in syntax: the dependencies of routes, the functions that wear
//! a decorator, the classes that derive from one.

mod leading;

use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt as walk_block};
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Stmt};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Project;
use super::bodies::is_followable;
use super::digest::Digest;
use super::layout::ModuleId;
use super::origins::{Origins, callees, imports_inside, qualified_within};
pub(super) use leading::Leading;
pub use leading::{Goal, Leaders};

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
    dependencies: FxHashSet<Place>,
    wearers: FxHashMap<Place, Vec<Place>>,
    subclasses: FxHashMap<Place, Vec<Place>>,
}

impl Project {
    /// Whether a module of the project gives what stands at `path` in `module` to `Depends` or `Security`.
    pub fn is_dependency(&self, module: ModuleId, path: &str) -> bool {
        let users = self.users();
        users.dependencies.contains(&(module, path.to_owned()))
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

    /// What leads from a module to others besides imports: to those that derive from its classes, and to those whose
    /// functions wear its decorators.
    pub(super) fn used_by(&self) -> impl Iterator<Item = (ModuleId, ModuleId)> + '_ {
        let users = self.users();
        let all = users.wearers.iter().chain(&users.subclasses);
        all.flat_map(|((used, _), users)| users.iter().map(|(user, _)| (*used, *user)))
    }

    fn users(&self) -> &Users {
        self.known.users.get_or_init(|| self.find_users())
    }

    fn find_users(&self) -> Users {
        let mut users = Users::default();
        for module in self.modules() {
            let Some(digest) = self.digest(module) else {
                continue;
            };
            for name in &digest.depends {
                users.dependencies.extend(self.definitions(module, name));
            }
            for (decorator, wearer) in &digest.worn {
                let wearer = (module, wearer.clone());
                note(
                    &mut users.wearers,
                    self.definitions(module, decorator),
                    wearer,
                );
            }
            for (name, class) in &digest.classes {
                let bases = class.bases.iter().flatten();
                for base in bases.filter(|base| is_followable(base)) {
                    let subclass = (module, name.clone());
                    note(
                        &mut users.subclasses,
                        self.definitions(module, base),
                        subclass,
                    );
                }
            }
        }
        users
    }
}

fn note(uses: &mut FxHashMap<Place, Vec<Place>>, used: Vec<Place>, user: Place) {
    for one in used {
        let known = uses.entry(one).or_default();
        if !known.contains(&user) {
            known.push(user.clone());
        }
    }
}

/// Note what `suite` gives to `Depends`, and the decorators that its functions wear.
pub(super) fn collect(suite: &[Stmt], origins: &Origins, text: &str, digest: &mut Digest) {
    let mut path = Vec::new();
    note_worn(suite, origins, &mut path, digest);
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

fn note_worn<'a>(
    suite: &'a [Stmt],
    origins: &Origins,
    path: &mut Vec<&'a str>,
    digest: &mut Digest,
) {
    struct Worn<'o, 'p, 'a> {
        origins: &'o Origins,
        path: &'p mut Vec<&'a str>,
        digest: &'p mut Digest,
    }
    impl<'a> StatementVisitor<'a> for Worn<'_, '_, 'a> {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            match statement {
                Stmt::FunctionDef(function) => {
                    let mut names = Vec::new();
                    for decorator in &function.decorator_list {
                        let worn = crate::semantic::named(&decorator.expression);
                        callees(worn, self.origins, &Origins::default(), &mut names);
                    }
                    names.retain(|name| is_followable(name));
                    for name in names {
                        let mut wearer = self.path.join(".");
                        if !wearer.is_empty() {
                            wearer.push('.');
                        }
                        wearer.push_str(&function.name);
                        self.digest.worn.push((name, wearer));
                    }
                }
                Stmt::ClassDef(class) => {
                    self.path.push(&class.name);
                    walk_block(self, statement);
                    self.path.pop();
                }
                _ => walk_block(self, statement),
            }
        }
    }
    Worn {
        origins,
        path,
        digest,
    }
    .visit_body(suite);
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
            callees(given, self.outer, &self.inner, &mut self.found);
        }
        walk_expr(self, expr);
    }
}
