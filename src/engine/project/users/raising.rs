//! Which functions may raise something at all, by their names alone.
//!
//! Crude on purpose: a method counts when any method of that name does. What is left out never raises it, so nobody has
//! to ask what its receiver is.

use rustc_hash::{FxHashMap, FxHashSet};

use super::last_of;
use super::leading::Goal;
use crate::project::Project;
use crate::project::bodies::method_key;
use crate::project::layout::ModuleId;

/// What runs when a class is called.
const MAKERS: [&str; 3] = ["__init__", "__new__", "__post_init__"];

/// Who leads where: keys of last names, from what is called to those that call it.
type Callers = FxHashMap<u64, Vec<u64>>;

impl Project {
    /// The last names of the functions and methods of `modules` that raise a class of `goal`, or call one that does.
    pub(super) fn leading_functions(
        &self,
        modules: &FxHashSet<ModuleId>,
        goal: &Goal,
    ) -> FxHashSet<String> {
        let classes = self.classes_of(modules, goal);
        let mut names: FxHashMap<u64, &str> = FxHashMap::default();
        let mut callers = Callers::default();
        let mut found: FxHashSet<u64> = FxHashSet::default();
        for digest in modules.iter().filter_map(|one| self.digest(*one)) {
            for (path, raised) in &digest.raisers {
                names.insert(method_key(last_of(path)), last_of(path));
                if raised.iter().any(|name| may_be(name, &classes)) {
                    found.extend(keys_of(path));
                }
            }
            for (path, body) in &digest.bodies {
                names.insert(method_key(last_of(path)), last_of(path));
                let called = body.calls.iter().map(|name| method_key(last_of(name)));
                for called in called.chain(body.methods.iter().copied()) {
                    callers.entry(called).or_default().extend(keys_of(path));
                }
            }
            for (decorator, wearer) in &digest.worn {
                let (decorator, wearer) =
                    (method_key(last_of(decorator)), method_key(last_of(wearer)));
                callers.entry(decorator).or_default().push(wearer);
                callers.entry(wearer).or_default().push(decorator);
            }
            for (name, class) in &digest.classes {
                for base in class.bases.iter().flatten() {
                    let base = callers.entry(method_key(last_of(base))).or_default();
                    base.push(method_key(name));
                }
            }
        }
        spread(&mut found, &callers);
        let all = found.iter().filter_map(|key| names.get(key));
        all.map(|&name| name.to_owned()).collect()
    }

    /// The last names of the classes of `goal` and of those in `modules` that derive from one of them.
    fn classes_of(&self, modules: &FxHashSet<ModuleId>, goal: &Goal) -> FxHashSet<String> {
        let mut found: FxHashSet<String> = goal.names.iter().cloned().collect();
        let digests = || modules.iter().filter_map(|one| self.digest(*one));
        loop {
            let classes = digests().flat_map(|digest| &digest.classes);
            let derived = classes.filter(|(name, class)| {
                let mut bases = class.bases.iter().flatten();
                !found.contains(*name) && bases.any(|base| found.contains(last_of(base)))
            });
            let derived: Vec<String> = derived.map(|(name, _)| name.clone()).collect();
            if derived.is_empty() {
                return found;
            }
            found.extend(derived);
        }
    }
}

/// Whether what is raised as `name` may be one of `classes`: also by another name for it, or out of a function.
fn may_be(name: &str, classes: &FxHashSet<String>) -> bool {
    let is_class = name.starts_with(|first: char| first.is_uppercase());
    !is_class || classes.contains(name) || name.chars().all(|one| !one.is_lowercase())
}

/// What `path` goes by when it is called: a constructor by the name of its class, too.
fn keys_of(path: &str) -> Vec<u64> {
    let name = last_of(path);
    let mut keys = vec![method_key(name)];
    if let Some((class, _)) = path.rsplit_once('.').filter(|_| MAKERS.contains(&name)) {
        keys.push(method_key(last_of(class)));
    }
    keys
}

fn spread(found: &mut FxHashSet<u64>, callers: &Callers) {
    let mut waiting: Vec<u64> = found.iter().copied().collect();
    while let Some(key) = waiting.pop() {
        for caller in callers.get(&key).into_iter().flatten() {
            if found.insert(*caller) {
                waiting.push(*caller);
            }
        }
    }
}
