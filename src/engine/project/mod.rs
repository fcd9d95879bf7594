//! What a codemod may know of a whole project: its modules, which of them load which, and what each does then.
//!
//! Each file is read into one small digest, in parallel; syntax trees are not kept. Names are followed by import
//! statements alone here, which is enough for modules and cheap for ten thousand of them. What an expression means in
//! the file being edited is a matter of [`crate::semantic`].

mod bodies;
mod bound;
mod by_string;
mod calls;
mod classes;
mod converted;
mod digest;
mod effects;
mod entry;
mod exports;
mod gate;
mod graph;
mod inert;
mod inspected;
mod layout;
mod loads;
mod lookup;
mod members;
mod memo;
mod modules;
mod nearby;
mod notes;
mod operands;
mod origins;
mod purity;
mod reach;
mod replaced;
mod run;
mod scan;
mod spelled;
mod stubbed;
mod substitutes;
mod test_files;
#[cfg(test)]
mod tests;
mod users;
mod ways;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock};

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::disk::{self, Listing};

use digest::Digest;
pub use digest::ImportRef;
pub use graph::ImportGraph;
pub(crate) use graph::Loads;

use layout::Layout;
pub use layout::{Imported, ModuleId, Targets, is_standard, is_standard_in};
pub use loads::{Load, LoadKind};
pub use members::Member;
use memo::Answers;
pub use modules::ModuleSet;
pub use notes::{Note, NoteKind};
use origins::Origin;
pub use purity::{Impurity, PurityRules};
pub use reach::Need;
use substitutes::Substitutes;
pub use test_files::is_for_tests;
pub use users::{Goal, Spread, Tasks};
use ways::{Kept, Ways};

/// A module's text at the time its digest was made, and the digest.
type Known = FxHashMap<String, (Arc<str>, Arc<Digest>)>;

/// Digests of files whose text has not changed since, and the ways of the project that they were made for last.
#[derive(Debug, Default)]
pub(crate) struct Digests {
    known: Known,
    kept: Option<Kept>,
}

impl Digests {
    /// The digests of `files`, those that are new or have changed made now, in parallel.
    fn of(&mut self, files: &[(Utf8PathBuf, Arc<str>)]) -> Vec<Arc<Digest>> {
        let known = &self.known;
        let digests: Vec<Arc<Digest>> = files
            .par_iter()
            .with_max_len(32)
            .map(|(path, text)| match known.get(path.as_str()) {
                Some((old, digest)) if Arc::ptr_eq(old, text) => digest.clone(),
                _ => {
                    let digest = crate::semantic::quietly(|| scan::digest(text));
                    Arc::new(digest.unwrap_or_else(scan::broken))
                }
            })
            .collect();
        let is_like = |(path, digest): (&str, &Arc<Digest>)| {
            let before = known.get(path);
            before.is_some_and(|(_, it)| Arc::ptr_eq(it, digest) || it.leads_like(digest))
        };
        let mut all = files.iter().zip(&digests);
        let is_like =
            known.len() == files.len() && all.all(|((path, _), it)| is_like((path.as_str(), it)));
        self.kept = self.kept.take().filter(|_| is_like);
        let all = files.iter().zip(&digests);
        self.known = all
            .map(|((path, text), digest)| (path.to_string(), (text.clone(), digest.clone())))
            .collect();
        digests
    }

    /// Keep the ways of `project`, which is imported from `roots`, for the next one.
    pub(crate) fn keep(&mut self, project: &Project, roots: Roots) {
        self.kept = Some(project.kept(roots));
    }
}

/// Where modules are imported from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Roots {
    /// Every directory to look in, in order.
    pub(crate) all: Vec<Utf8PathBuf>,
    /// Those that are on the path for sure: the project, its `src`, what the configuration names.
    pub(crate) given: Vec<Utf8PathBuf>,
}

/// The modules of a project and how they hang together.
#[derive(Debug, Default)]
pub struct Project {
    top: Utf8PathBuf,
    modules: Vec<Module>,
    /// How they get to each other; what other projects of the run know too, as long as that is the same.
    ways: Arc<Ways>,
    graph: OnceLock<ImportGraph>,
    /// Impurities of all modules, by the rules that were asked for.
    judged: Mutex<BTreeMap<PurityRules, Arc<Vec<Option<Impurity>>>>>,
    cycles: OnceLock<Vec<Vec<ModuleId>>>,
    /// For each module those that load it directly.
    importers: OnceLock<Vec<Vec<ModuleId>>>,
    substitutes: OnceLock<Substitutes>,
    /// For modules whose names a star import takes, the first that does.
    star_importers: OnceLock<FxHashMap<ModuleId, ModuleId>>,
    /// For modules that some file looks at as a whole, the first that does, and the line.
    inspectors: OnceLock<FxHashMap<ModuleId, (ModuleId, u32)>>,
    /// What was worked out of this before.
    known: Answers,
}

#[derive(Debug)]
struct Module {
    path: Utf8PathBuf,
    digest: Arc<Digest>,
}

impl Project {
    /// The project of texts that have been read: absolute paths and texts below `top`, imported from `roots`. What
    /// [`crate::pipeline::survey`] makes, without the disk.
    pub fn of_texts(
        top: &Utf8Path,
        files: &[(Utf8PathBuf, Arc<str>)],
        roots: Vec<Utf8PathBuf>,
    ) -> Self {
        let given = roots.clone();
        let roots = Roots { all: roots, given };
        Self::new(top, files.iter().cloned(), &roots, &mut Digests::default())
    }

    /// The project of `files` (absolute path and text; stubs are left out) below `top`, whose modules are imported from
    /// `roots`.
    pub(crate) fn new(
        top: &Utf8Path,
        files: impl IntoIterator<Item = (Utf8PathBuf, Arc<str>)>,
        roots: &Roots,
        digests: &mut Digests,
    ) -> Self {
        let mut files: Vec<(Utf8PathBuf, Arc<str>)> = files
            .into_iter()
            .filter(|(path, _)| path.extension() != Some("pyi"))
            .collect();
        files.par_sort_by(|a, b| a.0.as_str().cmp(b.0.as_str()));
        files.dedup_by(|a, b| a.0 == b.0);
        let made = digests.of(&files);
        let modules = files.into_iter().zip(made);
        let modules = modules.map(|((path, _), digest)| Module { path, digest });
        let mut project = Self {
            top: top.to_owned(),
            modules: modules.collect(),
            ..Self::default()
        };
        let kept = digests.kept.as_ref();
        match kept.and_then(|kept| kept.of(top, roots)) {
            Some(ways) => project.ways = ways,
            None => project.find_ways(roots),
        }
        project
    }

    /// Draw the graph now, on all processors. Who asks for it in one of many jobs draws it alone, and the others wait.
    pub(crate) fn draw(&self) {
        if self.graph.get().is_none() {
            let edges = (0..self.modules.len()).into_par_iter().with_max_len(16);
            let graph = ImportGraph::new(edges.map(|at| self.edges_from(at)).collect());
            self.graph.get_or_init(|| graph);
        }
    }

    fn edges_from(&self, at: usize) -> BTreeSet<ModuleId> {
        let loads = self.loads(ModuleId::of(at)).into_iter();
        let loads = loads.filter(|one| one.kind.is_at_import());
        loads.map(|one| one.to).collect()
    }

    /// Note symbolic links, which the walk does not follow: what is imported through one is another module to Python,
    /// with the same text.
    pub(crate) fn note_links(&mut self) {
        // What was known before has them.
        let Some(ways) = Arc::get_mut(&mut self.ways) else {
            return;
        };
        let directories: Vec<&Utf8Path> = ways.layout.directories().collect();
        let links: BTreeMap<Utf8PathBuf, Utf8PathBuf> = directories
            .into_par_iter()
            .flat_map_iter(|directory| {
                let links = disk::names(Listing::Links, directory).into_iter();
                links.filter_map(move |link| {
                    let (name, real) = link.split_once('\0')?;
                    Some((directory.join(name), Utf8PathBuf::from(real)))
                })
            })
            .collect();
        if !links.is_empty() {
            ways.layout.note_links(links);
            self.known = Answers::default();
        }
    }

    /// All modules, sorted by path.
    pub fn modules(&self) -> impl Iterator<Item = ModuleId> + '_ {
        (0..self.modules.len()).map(ModuleId::of)
    }

    /// The module of the file at `path` (absolute).
    pub fn module(&self, path: &Utf8Path) -> Option<ModuleId> {
        self.ways.by_path.get(path.as_str()).copied()
    }

    /// The absolute path of a module's file.
    pub fn path(&self, module: ModuleId) -> &Utf8Path {
        self.modules
            .get(module.index())
            .map_or(Utf8Path::new(""), |one| one.path.as_path())
    }

    /// The path of a module's file from the top of the repository.
    pub fn file(&self, module: ModuleId) -> &Utf8Path {
        self.inside(self.path(module))
    }

    /// `path` from the top of the repository.
    pub fn inside<'p>(&self, path: &'p Utf8Path) -> &'p Utf8Path {
        path.strip_prefix(&self.top).unwrap_or(path)
    }

    /// The dotted name by which a module is imported.
    pub fn name(&self, module: ModuleId) -> &str {
        let names = &self.ways.names;
        names.get(module.index()).map_or("", String::as_str)
    }

    /// The names of the modules on a cycle, whose last is its first: all of a short one, both ends of a long one.
    pub fn way_round(&self, cycle: &[ModuleId]) -> String {
        let names: Vec<&str> = cycle.iter().map(|module| self.name(*module)).collect();
        match &names[..] {
            [a, b, c, .., y, z] if names.len() > 7 => {
                let modules = names.len() - 1;
                format!("{a} -> {b} -> {c} -> … -> {y} -> {z} ({modules} modules)")
            }
            names => names.join(" -> "),
        }
    }

    pub fn graph(&self) -> &ImportGraph {
        let edges = || (0..self.modules.len()).map(|at| self.edges_from(at));
        self.graph
            .get_or_init(|| ImportGraph::new(edges().collect()))
    }

    fn layout(&self) -> &Layout {
        &self.ways.layout
    }

    fn digest(&self, module: ModuleId) -> Option<&Digest> {
        self.modules.get(module.index()).map(|one| &*one.digest)
    }

    /// Whether the file at `path` is there for tests, by its name and the folders of the project above it.
    pub fn is_test(&self, path: &Utf8Path) -> bool {
        is_for_tests(self.inside(path))
    }

    /// Whether the module's file says in its head that a program wrote it.
    pub fn is_generated(&self, module: ModuleId) -> bool {
        self.digest(module).is_some_and(|digest| digest.generated)
    }

    /// What `import`, written in `module`, leads to.
    pub fn resolve(&self, module: ModuleId, import: &ImportRef) -> Imported {
        let mut imported = self.layout().resolve(module, import);
        if let Imported::Project(targets) = &mut imported
            && !import.names.is_empty()
        {
            self.note_hidden(module, import, targets);
        }
        imported
    }

    /// A package may bind the name of a submodule to something else: `from .send import send`. Then the statement takes
    /// that, or the submodule, depending on how far the package is loaded. So it counts as both.
    fn note_hidden(&self, module: ModuleId, import: &ImportRef, targets: &mut Targets) {
        for submodule in targets.named.clone() {
            let around = self.layout().around(submodule);
            let package = around.and_then(|around| Some((around, self.layout().at(around).init?)));
            let Some((around, package)) = package.filter(|(_, package)| *package != submodule)
            else {
                continue;
            };
            let name = import.names.iter().find(|name| {
                let place = self.layout().place(around, name);
                place.package == Some(submodule) || place.module == Some(submodule)
            });
            let (Some(name), Some(digest)) = (name, self.digest(package)) else {
                continue;
            };
            let is_module = match digest.origins.get(name) {
                Some(Origin::Import(origin)) => self.modules_named(package, origin) == [submodule],
                _ => !digest.bindings.contains_key(name),
            };
            if !is_module && package != module {
                targets.members.push((package, name.clone()));
                targets.parents.retain(|parent| *parent != package);
                if !targets.named.contains(&package) {
                    targets.named.push(package);
                }
            }
        }
    }

    /// Modules of `__init__.py` files around the module, innermost first.
    pub fn packages(&self, module: ModuleId) -> Vec<ModuleId> {
        self.layout().packages(module)
    }

    /// Whether the package whose `__init__.py` is `module` has a module `name` in it.
    pub fn has_submodule(&self, module: ModuleId, name: &str) -> bool {
        self.layout().inside(module).is_some_and(|directory| {
            let place = self.layout().place(directory, name);
            place.is_module() || place.directory.is_some() || place.link.is_some()
        })
    }

    /// What importing `module` brings with it beyond definitions, by `rules`: what it does itself, or a module that
    /// it loads.
    pub fn impurity(&self, module: ModuleId, rules: &PurityRules) -> Option<Impurity> {
        let loaded = self.newly_loaded([module], &ModuleSet::new());
        self.impurity_among(std::iter::once(module).chain(loaded.iter()), rules)
    }

    /// The first of `modules` that does more than define things when it is imported itself, by `rules`.
    pub fn impurity_among(
        &self,
        modules: impl IntoIterator<Item = ModuleId>,
        rules: &PurityRules,
    ) -> Option<Impurity> {
        let judged = self.judged(rules);
        let of = |module: ModuleId| judged.get(module.index()).cloned().flatten();
        modules.into_iter().find_map(of)
    }

    /// What each module does itself when it is imported, if that is more than `rules` allow.
    fn judged(&self, rules: &PurityRules) -> Arc<Vec<Option<Impurity>>> {
        let known = self.judged.lock().ok();
        if let Some(judged) = known.and_then(|judged| judged.get(rules).cloned()) {
            return judged;
        }
        let all: Vec<ModuleId> = self.modules().collect();
        let judge = |module: &ModuleId| self.own_impurity(*module, rules);
        let made = Arc::new(all.par_iter().map(judge).collect::<Vec<_>>());
        if let Ok(mut judged) = self.judged.lock() {
            judged.insert(rules.clone(), made.clone());
        }
        made
    }
}
