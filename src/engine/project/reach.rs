//! What is loaded when: by a module while it is imported, and by the time a place in it is reached.

use ruff_text_size::TextSize;

use super::Project;
use super::layout::{Imported, ModuleId, Targets};
use super::modules::ModuleSet;

/// A third-party package that a module imports without a guard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    pub module: ModuleId,
    /// From 1.
    pub line: u32,
    /// The dotted name that is imported.
    pub import: String,
}

impl Project {
    /// The modules of the project that are surely loaded when `module` has run its imports up to the byte `until`, and
    /// those that these load. A module that loads this one may be running still: what it loads is not counted.
    pub fn loaded_before(&self, module: ModuleId, until: TextSize) -> ModuleSet {
        let mut loaded = ModuleSet::new();
        let mut next = self.runs_before(module, Some(until));
        next.extend(self.packages(module));
        let running = self.loaders(module);
        while let Some(one) = next.pop() {
            if one != module && !running.contains(one) && loaded.insert(one) {
                next.extend(self.surely_loads(one));
                next.extend(self.packages(one));
            }
        }
        loaded
    }

    /// Whether the directory that an import of `module` was found from is on its path: the module itself is imported
    /// from there, or imports that run show it. A directory that merely holds a file of that name proves nothing.
    pub fn is_on_path(&self, module: ModuleId, targets: &Targets) -> bool {
        let Some(via) = targets.via else {
            return true;
        };
        if self.ways.proven.contains(&via) {
            return true;
        }
        match self.layout().outermost_package(module) {
            Some(package) => self.layout().at(package).parent == Some(via),
            None => self.layout().home(module) == via || self.ways.given.contains(&via),
        }
    }

    /// How many directories are on the path because imports that run were found from them.
    pub fn proven_directories(&self) -> usize {
        self.ways.proven.len()
    }

    fn surely_loads(&self, module: ModuleId) -> &[ModuleId] {
        let work_out = || self.runs_before(module, None);
        let known = &self.known.surely;
        let known = known.get_or(self.modules.len(), module, work_out);
        known.map_or(&[], Vec::as_slice)
    }

    fn runs_before(&self, module: ModuleId, until: Option<TextSize>) -> Vec<ModuleId> {
        let imports = self
            .digest(module)
            .map_or(&[][..], |digest| &digest.imports);
        imports
            .iter()
            .filter(|one| one.surely_runs() && !one.lazy)
            .filter(|one| until.is_none_or(|until| one.at < until))
            .filter_map(|one| match self.resolve(module, &one.import) {
                Imported::Project(targets) => Some(targets),
                _ => None,
            })
            .flat_map(|targets| targets.all().collect::<Vec<_>>())
            .collect()
    }

    /// `modules` and all that they load, but nothing out of `loaded`.
    pub fn newly_loaded(
        &self,
        modules: impl IntoIterator<Item = ModuleId>,
        loaded: &ModuleSet,
    ) -> ModuleSet {
        let mut new = ModuleSet::new();
        let mut next: Vec<ModuleId> = modules.into_iter().collect();
        while let Some(one) = next.pop() {
            if !loaded.contains(one) && new.insert(one) {
                next.extend(self.graph().loads(one));
            }
        }
        new
    }

    /// The third-party packages that `module` imports whenever it is imported itself, without a guard.
    pub fn needs(&self, module: ModuleId) -> &[Need] {
        let work_out = || self.work_out_needs(module);
        let known = &self.known.needs;
        let known = known.get_or(self.modules.len(), module, work_out);
        known.map_or(&[], Vec::as_slice)
    }

    fn work_out_needs(&self, module: ModuleId) -> Vec<Need> {
        let imports = self
            .digest(module)
            .map_or(&[][..], |digest| &digest.imports);
        imports
            .iter()
            .filter(|one| one.surely_runs() && !one.lazy)
            .filter(|one| one.import.level == 0)
            .filter(|one| self.resolve(module, &one.import) == Imported::ThirdParty)
            .map(|one| Need {
                module,
                line: one.line,
                import: one.import.module.clone(),
            })
            .collect()
    }

    /// The first line on which `module` imports something by a name that is worked out at run time.
    pub fn dynamic_import(&self, module: ModuleId) -> Option<u32> {
        self.digest(module)?.dynamic
    }
}
