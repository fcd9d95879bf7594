//! What runs when some functions are called, and what that loads.
//!
//! A method is followed when its class has come up, itself or as a base, and something that runs calls a method of that
//! name: nothing is known of the types of values here, and it is better to follow too much.

use fixedbitset::FixedBitSet;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Project;
use super::calls::{Callee, Steps, Use};
use super::layout::ModuleId;
use super::modules::ModuleSet;

impl Project {
    /// The modules that calls of `roots` load, with all that these call in their turn, sorted.
    pub(super) fn loaded_by_all(&self, roots: &[Callee]) -> Vec<ModuleId> {
        let mut run = Run::default();
        roots.iter().for_each(|root| run.meet(*root));
        while let Some(callee) = run.next.pop() {
            if let Some(steps) = self.steps(callee) {
                run.take(self, steps);
            }
        }
        run.loaded.iter().collect()
    }
}

/// Calls that are being followed.
#[derive(Default)]
struct Run {
    /// Still to be looked at.
    next: Vec<Callee>,
    seen: FixedBitSet,
    classes: FxHashSet<(Callee, Use)>,
    /// The names of methods that something calls, by number.
    methods: FixedBitSet,
    /// Methods of classes that have come up, by the name that nothing has called yet.
    waiting: FxHashMap<u32, Vec<Callee>>,
    loaded: ModuleSet,
}

impl Run {
    fn meet(&mut self, callee: Callee) {
        if add(&mut self.seen, callee.index()) {
            self.next.push(callee);
        }
    }

    fn take(&mut self, project: &Project, steps: &Steps) {
        for module in &steps.loads {
            self.loaded.insert(*module);
        }
        for callee in &steps.calls {
            self.meet(*callee);
        }
        for method in &steps.methods {
            if add(&mut self.methods, *method as usize) {
                let waiting = self.waiting.remove(method).unwrap_or_default();
                waiting.into_iter().for_each(|body| self.meet(body));
            }
        }
        for (class, how) in &steps.classes {
            if self.classes.insert((*class, *how)) {
                self.note_methods(project, *class, *how);
            }
        }
    }

    /// Follow those methods of `class` that something calls, or Python, and let the others wait.
    fn note_methods(&mut self, project: &Project, class: Callee, how: Use) {
        for method in project.methods_of(class) {
            let by_python = how == Use::Called && method.by_python;
            match by_python || self.methods.contains(method.name as usize) {
                true => self.meet(method.body),
                false => self
                    .waiting
                    .entry(method.name)
                    .or_default()
                    .push(method.body),
            }
        }
    }
}

/// Whether `set` has got `one` by this.
fn add(set: &mut FixedBitSet, one: usize) -> bool {
    let is_new = !set.contains(one);
    if is_new {
        set.grow_and_insert(one);
    }
    is_new
}
