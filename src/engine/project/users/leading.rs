//! Which modules can reach something at all: by what they import, at any depth, and by what hangs on their classes and
//! decorators.
//!
//! A codemod that follows calls asks here first, and spares itself all modules that cannot lead anywhere.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::Utf8Path;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::project::Project;
use crate::project::digest::ImportRef;
use crate::project::layout::ModuleId;

use super::reachable::Reachable;

/// The modules that lead to the goals that were asked for.
pub(in crate::project) type Leading = BTreeMap<Goal, Arc<Leaders>>;

/// What modules are to lead to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Goal {
    /// Packages from outside of the project: `fastapi`.
    pub packages: Vec<String>,
    /// What of them counts: `HTTPException`. A package that is imported as a whole counts as well.
    pub names: Vec<String>,
    /// Modules of the project, by their dotted names.
    pub modules: Vec<String>,
}

/// The modules that lead to a goal.
#[derive(Debug, Default)]
pub struct Leaders {
    modules: FxHashSet<ModuleId>,
    /// Those that import the goal themselves.
    pub(super) starts: Vec<ModuleId>,
}

impl Leaders {
    /// Whether `module` may get to the goal.
    pub fn contains(&self, module: ModuleId) -> bool {
        self.modules.contains(&module)
    }
}

impl Goal {
    fn is_met(&self, import: &ImportRef) -> bool {
        let top = import.module.split('.').next().unwrap_or_default();
        if import.level > 0 || !self.packages.iter().any(|one| one == top) {
            return false;
        }
        let mut taken = import.names.iter();
        import.star || import.names.is_empty() || taken.any(|name| self.names.contains(name))
    }
}

impl Project {
    /// Whether the file at `path` (absolute) may get to `goal`, or cannot be told: it is no module, or does not parse.
    pub fn may_lead(&self, path: &Utf8Path, goal: &Goal) -> bool {
        let Some(module) = self.module(path) else {
            return true;
        };
        let is_broken = self.digest(module).is_none_or(|digest| digest.broken);
        is_broken || self.leading_to(goal).contains(module)
    }

    /// The modules that import what `goal` says, or use a module that does, however far away: what none of them defines
    /// never gets there.
    pub fn leading_to(&self, goal: &Goal) -> Arc<Leaders> {
        let known = self.ways.leading.lock().ok();
        if let Some(known) = known.and_then(|known| known.get(goal).cloned()) {
            return known;
        }
        let made = Arc::new(self.find_leading(goal));
        if let Ok(mut known) = self.ways.leading.lock() {
            known.insert(goal.clone(), made.clone());
        }
        made
    }

    fn find_leading(&self, goal: &Goal) -> Leaders {
        let all: Vec<ModuleId> = self.modules().collect();
        let is_named = |module: &ModuleId| goal.modules.iter().any(|one| one == self.name(*module));
        let is_start = |module: &&ModuleId| {
            is_named(module) || self.all_imports(**module).any(|one| goal.is_met(one))
        };
        let starts: Vec<ModuleId> = all.par_iter().filter(is_start).copied().collect();
        let mut modules: FxHashSet<ModuleId> = starts.iter().copied().collect();
        let mut waiting = starts.clone();
        let users = match starts.is_empty() {
            true => &[],
            false => self.users_of(),
        };
        while let Some(module) = waiting.pop() {
            for user in &users[module.index()] {
                if modules.insert(*user) {
                    waiting.push(*user);
                }
            }
        }
        Leaders { modules, starts }
    }

    /// For each module those from which a call may get into it.
    fn users_of(&self) -> &[Vec<ModuleId>] {
        let all = self.imported();
        self.users();
        self.ways.users_of.get_or_init(|| {
            let mut users = vec![Vec::new(); self.modules().count()];
            for (imported, module) in all.iter().zip(self.modules()) {
                imported
                    .iter()
                    .for_each(|one| users[one.index()].push(module));
            }
            for (used, user) in self.used_by() {
                users[user.index()].push(used);
            }
            users
        })
    }

    /// For each module those that it imports, in its functions too. Worked out on all processors, and only then kept: who
    /// waits for what others work out must not begin something that waits for the same.
    fn imported(&self) -> &[Vec<ModuleId>] {
        let known = &self.ways.imported;
        match known.get() {
            Some(imported) => imported,
            None => {
                let imported = self.find_imported();
                known.get_or_init(|| imported)
            }
        }
    }

    fn find_imported(&self) -> Vec<Vec<ModuleId>> {
        let all: Vec<ModuleId> = self.modules().collect();
        let imported = |module: &ModuleId| {
            let imports = self.all_imports(*module);
            let targets = imports.flat_map(|one| self.leads_to(*module, one));
            let mut all: Vec<ModuleId> = targets
                .flat_map(|one| one.all().collect::<Vec<_>>())
                .collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        all.par_iter().map(imported).collect()
    }

    pub(super) fn reachable(&self) -> &Reachable {
        let imported = self.imported();
        let known = &self.ways.reachable;
        known.get_or_init(|| Reachable::new(imported))
    }

    /// The imports of `module`, those in its functions too.
    fn all_imports(&self, module: ModuleId) -> impl Iterator<Item = &ImportRef> {
        let digest = self.digest(module);
        let top = digest.into_iter().flat_map(|one| &one.imports);
        let bodies = digest.into_iter().flat_map(|one| one.bodies.values());
        let inside = bodies.flat_map(|body| &body.imports);
        top.map(|one| &one.import).chain(inside)
    }
}
