//! What a module loads while it is imported, by which line: its own imports, the packages above what they name, and what
//! the functions import that it calls then (`app = create_app()`).

use rustc_hash::FxHashSet;

use super::Project;
use super::calls::Callee;
use super::digest::{ImportRef, LoadImport, Runs};
use super::layout::{DirId, Imported, ModuleId, Targets};

/// The function of a module that is asked for names that it does not have.
pub(super) const GETATTR: &str = "__getattr__";

/// That a module loads another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    pub to: ModuleId,
    /// The line of the import, or of the call, from 1.
    pub line: u32,
    pub kind: LoadKind,
    /// What is written there: the module as the import names it, or the function that is called.
    pub by: String,
}

/// Why a module loads another one, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LoadKind {
    /// By an import statement that runs whenever the module is imported.
    Always,
    /// By one below `if`, `try`, `with`, a loop or `match`.
    Conditional,
    /// By what a call runs while the module is imported.
    Call,
    /// It is a package above what an import names.
    Parent,
    /// By an import by a computed name, which may be any of the modules in a package.
    Computed,
    /// `lazy import` (PEP 810): on first use.
    Lazy,
    /// Below `if TYPE_CHECKING`: never at run time.
    TypeChecking,
}

impl LoadKind {
    /// Whether it happens while the module is imported.
    pub fn is_at_import(self) -> bool {
        !matches!(self, Self::Lazy | Self::TypeChecking)
    }
}

impl Project {
    /// What `module` loads, by line; each module once for each kind.
    pub fn loads(&self, module: ModuleId) -> Vec<Load> {
        let Some(digest) = self.digest(module) else {
            return Vec::new();
        };
        let mut loads = Loads {
            known: FxHashSet::default(),
            found: Vec::new(),
        };
        for one in &digest.imports {
            self.loaded_by_import(module, one, &mut loads);
        }
        for (package, line) in &digest.computed {
            for to in self.perhaps_named(module, package.as_ref()) {
                loads.add(to, *line, LoadKind::Computed, "a computed name");
            }
        }
        for (callee, line) in &digest.calls {
            for to in self.loaded_by_call(module, callee) {
                let shown = callee.strip_prefix(super::origins::HERE).unwrap_or(callee);
                if to != module {
                    loads.add(to, *line, LoadKind::Call, shown);
                }
            }
        }
        loads.found.sort_by_key(|one| (one.line, one.kind, one.to));
        loads.found
    }

    fn loaded_by_import(&self, module: ModuleId, one: &LoadImport, loads: &mut Loads) {
        let kind = match (one.lazy, one.runs) {
            (_, Runs::Never) => LoadKind::TypeChecking,
            (true, _) => LoadKind::Lazy,
            (_, Runs::Perhaps) => LoadKind::Conditional,
            (_, Runs::Always) => LoadKind::Always,
        };
        let by = one.import.written();
        for targets in self.leads_to(module, &one.import) {
            for to in &targets.named {
                loads.add(*to, one.line, kind, &by);
            }
            if !kind.is_at_import() {
                continue;
            }
            for to in &targets.parents {
                loads.add(*to, one.line, LoadKind::Parent, &by);
            }
            for to in self.exported_submodules(&one.import, &targets.named) {
                loads.add(to, one.line, kind, &by);
            }
            for (home, name) in &targets.members {
                if self.asks_for(*home, name) {
                    for to in self.loaded_by(vec![(*home, GETATTR.to_owned())]) {
                        loads.add(to, one.line, LoadKind::Call, &format!("{by}.{GETATTR}"));
                    }
                }
            }
        }
    }

    /// `from package import *` loads the submodules in its `__all__`.
    pub(super) fn exported_submodules(
        &self,
        import: &ImportRef,
        named: &[ModuleId],
    ) -> Vec<ModuleId> {
        let mut found = Vec::new();
        for package in named.iter().filter(|_| import.star) {
            let exports = self
                .digest(*package)
                .and_then(|digest| digest.exports.as_ref());
            let (Some(exports), Some(directory)) = (exports, self.layout().inside(*package)) else {
                continue;
            };
            for name in exports {
                let place = self.layout().place(directory, name);
                found.extend(place.package.into_iter().chain(place.module));
            }
        }
        found
    }

    /// Whether `from home import name` runs the `__getattr__` of `home`, which may import what is asked for (PEP 562).
    pub(super) fn asks_for(&self, home: ModuleId, name: &str) -> bool {
        self.digest(home)
            .is_some_and(|digest| digest.has_getattr && !digest.bindings.contains_key(name))
    }

    /// The modules that an import by a computed name may load: those in `package`, or without it those beside the
    /// `__init__.py` that does it. Elsewhere nobody knows.
    pub(super) fn perhaps_named(
        &self,
        module: ModuleId,
        package: Option<&ImportRef>,
    ) -> Vec<ModuleId> {
        let Some(package) = package else {
            let own = self.layout().inside(module);
            return own.map_or_else(Vec::new, |own| self.besides(own, module));
        };
        if package.level > 0 && package.module.is_empty() {
            let base = self.layout().base(module, package.level);
            return base.map_or_else(Vec::new, |base| self.besides(base, module));
        }
        let targets = self.layout().resolve_all(module, package);
        let named = targets
            .into_iter()
            .filter_map(|one| one.named.last().copied());
        let directories = named.filter_map(|one| self.layout().inside(one));
        directories
            .flat_map(|one| self.besides(one, module))
            .collect()
    }

    fn besides(&self, directory: DirId, module: ModuleId) -> Vec<ModuleId> {
        let mut all = self.layout().children(directory);
        all.retain(|one| *one != module);
        all
    }

    /// The modules that a call of `callee`, as written in `module`, loads.
    fn loaded_by_call(&self, module: ModuleId, callee: &str) -> Vec<ModuleId> {
        let homes = self.definitions(module, callee).into_iter();
        let homes = homes.flat_map(|(home, path)| self.through_stars(home, &path));
        self.loaded_by(homes.collect())
    }

    /// The modules that calls of `roots` load, with all that these call in their turn.
    fn loaded_by(&self, roots: Vec<(ModuleId, String)>) -> Vec<ModuleId> {
        let roots = roots.iter().map(|(home, path)| self.callee(*home, path));
        let roots: Vec<Callee> = roots.collect();
        if let Some(known) = self.known.runs.get(&roots) {
            return known;
        }
        let loaded = self.loaded_by_all(&roots);
        self.known.runs.note(roots, &loaded);
        loaded
    }

    /// Every module that `import` in `module` may load. What two files claim counts as both.
    pub(super) fn targets(&self, module: ModuleId, import: &ImportRef) -> Vec<ModuleId> {
        let targets = self.leads_to(module, import);
        targets.iter().flat_map(Targets::all).collect()
    }

    /// The imports of `module` that run with it, and cannot be followed: the line, the name, and what it leads to.
    pub(super) fn lost_imports(
        &self,
        module: ModuleId,
    ) -> impl Iterator<Item = (&LoadImport, Imported)> {
        let imports = self
            .digest(module)
            .map_or(&[][..], |digest| &digest.imports);
        let run = imports
            .iter()
            .filter(|one| one.runs != Runs::Never && !one.lazy);
        run.filter_map(move |one| match self.resolve(module, &one.import) {
            Imported::Standard | Imported::ThirdParty | Imported::Project(_) => None,
            other => Some((one, other)),
        })
    }
}

struct Loads {
    known: FxHashSet<(ModuleId, LoadKind)>,
    found: Vec<Load>,
}

impl Loads {
    fn add(&mut self, to: ModuleId, line: u32, kind: LoadKind, by: &str) {
        if self.known.insert((to, kind)) {
            self.found.push(Load {
                to,
                line,
                kind,
                by: by.to_owned(),
            });
        }
    }
}
