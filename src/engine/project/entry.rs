//! How a group of modules that load each other is entered. What works from one side may fail from another: there is no
//! order in which all of them are complete when they are asked.

use super::Project;
use super::digest::{ImportRef, Runs};
use super::layout::{Imported, ModuleId};
use super::modules::ModuleSet;

impl Project {
    /// A cycle among the modules `new`, which `from` would load, that could be entered from another side than now: its
    /// modules. One that lies in a package which is part of it is always entered through that package.
    pub fn entered_cycle(&self, new: &ModuleSet, from: ModuleId) -> Option<&[ModuleId]> {
        let around = self.packages(from);
        self.cycles()
            .iter()
            .filter(|cycle| cycle.len() > 1 && cycle.iter().any(|module| new.contains(*module)))
            .find(|cycle| {
                !cycle.iter().any(|door| {
                    let others = cycle.iter().filter(|module| *module != door);
                    !around.contains(door)
                        && others
                            .into_iter()
                            .all(|module| self.packages(*module).contains(door))
                })
            })
            .map(Vec::as_slice)
    }

    /// The groups of modules that load each other.
    fn cycles(&self) -> &[Vec<ModuleId>] {
        self.cycles.get_or_init(|| self.graph().cycles())
    }

    /// The imports out of the standard library that run whenever `module` is imported, without a guard, with their lines.
    pub fn library_imports(&self, module: ModuleId) -> &[(ImportRef, u32)] {
        let work_out = || self.work_out_library_imports(module);
        let known = &self.known.library;
        let known = known.get_or(self.modules.len(), module, work_out);
        known.map_or(&[], Vec::as_slice)
    }

    fn work_out_library_imports(&self, module: ModuleId) -> Vec<(ImportRef, u32)> {
        let imports = self
            .digest(module)
            .map_or(&[][..], |digest| &digest.imports);
        imports
            .iter()
            .filter(|one| one.runs == Runs::Always && !one.guarded && !one.lazy)
            .filter(|one| one.import.level == 0 && one.import.module != "__future__")
            .filter(|one| self.resolve(module, &one.import) == Imported::Standard)
            .map(|one| (one.import.clone(), one.line))
            .collect()
    }

    /// The modules that load `module` when they are imported themselves, however far: while it runs, they may be running.
    pub(super) fn loaders(&self, module: ModuleId) -> ModuleSet {
        let mut found = ModuleSet::new();
        self.follow_loaders(vec![module], &mut found);
        found
    }

    /// `modules`, and those that load one of them when they are imported themselves, however far.
    pub fn reaching(&self, modules: impl IntoIterator<Item = ModuleId>) -> ModuleSet {
        let mut found: ModuleSet = modules.into_iter().collect();
        self.follow_loaders(found.iter().collect(), &mut found);
        found
    }

    /// Put those that load the modules `next`, however far, to those that are `found`.
    fn follow_loaders(&self, mut next: Vec<ModuleId>, found: &mut ModuleSet) {
        let importers = self.importers.get_or_init(|| {
            let mut importers = vec![Vec::new(); self.modules.len()];
            for from in self.modules() {
                for to in self.graph().loads(from) {
                    if let Some(known) = importers.get_mut(to.index()) {
                        known.push(from);
                    }
                }
            }
            importers
        });
        while let Some(one) = next.pop() {
            for from in importers.get(one.index()).into_iter().flatten() {
                if found.insert(*from) {
                    next.push(*from);
                }
            }
        }
    }
}
