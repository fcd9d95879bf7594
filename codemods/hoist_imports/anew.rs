//! Which modules have to be looked at again once others have been changed.
//!
//! What is refused because of what other modules load or bind may go through when one of these has been changed. A
//! module whose refusals hang on none of them says the same again.

use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock};

use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::project::{ModuleId, ModuleSet, Project};
use rustc_hash::FxHashMap;

/// What the judgements on a module hang on.
#[derive(Debug, Clone, Default)]
pub(super) struct Hangs {
    /// The modules that its candidates load. Empty: what is refused stays so.
    pub(super) on: BTreeSet<ModuleId>,
    /// Something goes through that hangs on what else is done.
    pub(super) on_others: bool,
}

/// What is known of the modules that were looked at.
#[derive(Debug, Default)]
pub(super) struct Judged {
    modules: Mutex<FxHashMap<Utf8PathBuf, Hangs>>,
    /// The size of the project, and how many directories its imports prove to be on the path.
    shape: OnceLock<(usize, usize)>,
    /// The modules that load a changed one.
    around: OnceLock<ModuleSet>,
}

impl Judged {
    /// Remember what the judgements on the module at `path` hang on.
    pub(super) fn note(&self, path: &Utf8Path, hangs: Hangs, project: &Project) {
        self.shape.get_or_init(|| shape(project));
        if let Ok(mut modules) = self.modules.lock() {
            modules.insert(path.to_owned(), hangs);
        }
    }

    /// What is remembered of the module at `path`.
    fn of(&self, path: &Utf8Path) -> Option<Hangs> {
        self.modules.lock().ok()?.get(path).cloned()
    }
}

/// Whether anything new may be said of the module at `path`, now that those at `changed` are as they are in `project`.
pub(super) fn is_affected(path: &Utf8Path, changed: &[Utf8PathBuf], project: &Project) -> bool {
    let now = project.remembered::<Judged>();
    let around = now.around.get_or_init(|| {
        let modules = changed.iter().filter_map(|path| project.module(path));
        project.reaching(modules)
    });
    let (Some(before), Some(module)) = (project.recalled::<Judged>(), project.module(path)) else {
        return true;
    };
    if around.contains(module) && changed.iter().any(|one| one == path) {
        return true;
    }
    let is_like = |shape_before: &(usize, usize)| *shape_before == shape(project);
    let Some(hangs) = before
        .of(path)
        .filter(|_| before.shape.get().is_some_and(is_like))
    else {
        // It has no candidates, or nobody knows.
        return before.shape.get().is_none_or(|before| !is_like(before));
    };
    let is_near = || {
        let packages = project.packages(module).into_iter();
        let mut all = packages.chain([module]).chain(hangs.on.iter().copied());
        all.any(|one| around.contains(one))
    };
    let is_affected = hangs.on_others || !hangs.on.is_empty() && is_near();
    if !is_affected {
        now.note(path, hangs, project);
    }
    is_affected
}

fn shape(project: &Project) -> (usize, usize) {
    (project.modules().count(), project.proven_directories())
}
