//! What is known of a project by the paths, the imports and the names of its modules alone. It stays true while a run
//! changes other things in the files, and is worked out again only when one of these changes.

use std::sync::{Arc, Mutex, OnceLock};

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::digest::Digest;
use super::layout::{DirId, Layout, ModuleId};
use super::users::{Leading, Reachable, Users};
use super::{Project, Roots};

/// How the modules of a project get to each other.
#[derive(Debug, Default)]
pub(super) struct Ways {
    pub(super) by_path: FxHashMap<String, ModuleId>,
    /// The dotted names of the modules, by their numbers.
    pub(super) names: Vec<String>,
    pub(super) layout: Layout,
    /// Directories on the path, by what the project is told and by the imports that run.
    pub(super) given: FxHashSet<DirId>,
    pub(super) proven: FxHashSet<DirId>,
    /// Who uses what is defined.
    pub(super) users: OnceLock<Users>,
    /// For each module those that it imports, those that a call may get into it from, and all that it gets to.
    pub(super) imported: OnceLock<Vec<Vec<ModuleId>>>,
    pub(super) users_of: OnceLock<Vec<Vec<ModuleId>>>,
    pub(super) reachable: OnceLock<Reachable>,
    /// The modules that lead somewhere.
    pub(super) leading: Mutex<Leading>,
}

/// The ways of the last project, and what they were worked out for.
#[derive(Debug)]
pub(super) struct Kept {
    top: Utf8PathBuf,
    roots: Roots,
    ways: Arc<Ways>,
}

impl Kept {
    /// The ways, when they hold for a project below `top` that is imported from `roots` too.
    pub(super) fn of(&self, top: &Utf8Path, roots: &Roots) -> Option<Arc<Ways>> {
        (self.top == top && self.roots == *roots).then(|| self.ways.clone())
    }
}

impl Project {
    /// Whether `parts` behind `level` dots may lead into the project.
    pub(super) fn may_be_ours(&self, level: usize, parts: &[&str]) -> bool {
        level > 0
            || parts
                .first()
                .is_some_and(|first| self.layout().knows(first))
    }

    /// What has to be kept for the next project of these roots.
    pub(super) fn kept(&self, roots: Roots) -> Kept {
        Kept {
            top: self.top.clone(),
            roots,
            ways: self.ways.clone(),
        }
    }

    /// The ways of modules whose digests are known, imported from `roots`.
    pub(super) fn find_ways(&mut self, roots: &Roots) {
        let paths: Vec<&Utf8Path> = self.modules.iter().map(|one| one.path.as_path()).collect();
        let layout = Layout::new(&self.top, paths.iter().copied(), &roots.all);
        let number = |at: usize| ModuleId(u32::try_from(at).unwrap_or(u32::MAX));
        let numbered = paths.iter().enumerate();
        let by_path = numbered.map(|(at, path)| (path.to_string(), number(at)));
        let given = roots.given.iter().filter_map(|root| layout.find(root));
        let mut ways = Ways {
            by_path: by_path.collect(),
            given: given.collect(),
            layout,
            ..Ways::default()
        };
        ways.proven = self.proven_roots(&ways.layout);
        ways.names = ways.layout.module_names(&paths, &roots.all, &ways.proven);
        self.ways = Arc::new(ways);
    }

    /// The directories that imports which surely run are found from. One import of a package is enough for all files of
    /// a directory.
    fn proven_roots(&self, layout: &Layout) -> FxHashSet<DirId> {
        let all: Vec<ModuleId> = self.modules().collect();
        let proven = all
            .par_chunks(PART)
            .map(|part| self.proven_by(part, layout));
        proven.flatten_iter().collect()
    }

    /// The same by the imports of `modules`.
    fn proven_by(&self, modules: &[ModuleId], layout: &Layout) -> FxHashSet<DirId> {
        let mut proven = FxHashSet::default();
        let mut seen: FxHashSet<(DirId, &str)> = FxHashSet::default();
        for module in modules {
            let home = layout.home(*module);
            let digest = self.digest(*module);
            let imports = digest.into_iter().flat_map(|digest| &digest.imports);
            for import in imports
                .filter(|one| one.surely_runs())
                .map(|one| &one.import)
            {
                let first = import.module.split('.').next().unwrap_or_default();
                if import.level > 0 || seen.contains(&(home, first)) || !layout.knows(first) {
                    continue;
                }
                if self.is_test(self.path(*module)) {
                    break;
                }
                if let super::Imported::Project(targets) = layout.resolve(*module, import) {
                    proven.extend(targets.via);
                    seen.insert((home, first));
                }
            }
        }
        proven
    }
}

/// How many modules are asked one after the other what they prove.
const PART: usize = 512;

impl Digest {
    /// Whether `other` leads to the same ways: it imports and binds the same, whatever else its functions do.
    pub(super) fn leads_like(&self, other: &Self) -> bool {
        let imports = |it: &Self| {
            let imports = it.imports.iter();
            let parts = imports.map(|one| (one.import.clone(), one.runs, one.guarded, one.lazy));
            parts.collect::<Vec<_>>()
        };
        let inside = |it: &Self| {
            let bodies = it.bodies.iter();
            let bodies = bodies.filter(|(_, body)| !body.imports.is_empty());
            let imports = bodies.map(|(path, body)| (path.clone(), body.imports.clone()));
            imports.collect::<Vec<_>>()
        };
        self.broken == other.broken
            && self.origins == other.origins
            && self.bindings == other.bindings
            && self.has_all == other.has_all
            && self.exports == other.exports
            && self.has_getattr == other.has_getattr
            && self.rebinds.keys().eq(other.rebinds.keys())
            && self.rebinds_any.is_some() == other.rebinds_any.is_some()
            && self.made_by == other.made_by
            && self.made_from == other.made_from
            && self.values == other.values
            && self.functions == other.functions
            && self.depends == other.depends
            && self.worn == other.worn
            && self.replaced == other.replaced
            && self.stubbed == other.stubbed
            && self.classes == other.classes
            && imports(self) == imports(other)
            && inside(self) == inside(other)
    }
}
