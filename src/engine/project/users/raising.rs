//! Which functions may raise something at all, by their names alone.
//!
//! Crude on purpose: a method counts when any method of that name does. What is left out never raises it, so nobody has
//! to ask what its receiver is. What is called on a value of who knows which class is a method, never a function of a
//! module: hundreds of routes are called `get`, and every dictionary has a `get`.

use rustc_hash::{FxHashMap, FxHashSet};

use super::last_of;
use super::leading::Goal;
use crate::project::Project;
use crate::project::bodies::method_key;
use crate::project::layout::ModuleId;
use crate::project::origins::HERE;

/// What runs when a class is called.
const MAKERS: [&str; 3] = ["__init__", "__new__", "__post_init__"];

/// Who leads where: keys of last names, from what is called to those that call it.
type Callers = FxHashMap<u64, Vec<u64>>;

/// The last names of functions and of methods.
#[derive(Debug, Default)]
pub(super) struct Raising {
    pub(super) functions: FxHashSet<String>,
    pub(super) methods: FxHashSet<String>,
}

impl Project {
    /// The functions and methods of `modules` that raise a class of `goal`, or call what does.
    pub(super) fn leading_functions(&self, modules: &FxHashSet<ModuleId>, goal: &Goal) -> Raising {
        let classes = self.classes_of(modules, goal);
        let mut paths: Vec<&str> = Vec::new();
        let mut callers = Callers::default();
        let mut found: FxHashSet<u64> = FxHashSet::default();
        for digest in modules.iter().filter_map(|one| self.digest(*one)) {
            for (path, raised) in &digest.raisers {
                paths.push(path);
                if raised.iter().any(|name| may_be(name, &classes)) {
                    found.extend(keys_of(path));
                }
            }
            for (path, body) in &digest.bodies {
                paths.push(path);
                let calls = body.calls.iter().filter(|name| self.is_own(name));
                let called = calls.flat_map(|name| either(last_of(name)));
                let methods = body.methods.iter().map(|key| of_method(*key));
                for called in called.chain(methods) {
                    callers.entry(called).or_default().extend(keys_of(path));
                }
            }
            for (decorator, wearer) in &digest.worn {
                for decorator in either(last_of(decorator)) {
                    for wearer in either(last_of(wearer)) {
                        callers.entry(decorator).or_default().push(wearer);
                        callers.entry(wearer).or_default().push(decorator);
                    }
                }
            }
            for (name, class) in &digest.classes {
                for base in class.bases.iter().flatten() {
                    let base = callers.entry(method_key(last_of(base))).or_default();
                    base.push(method_key(name));
                }
            }
        }
        spread(&mut found, &callers);
        let mut raising = Raising::default();
        for path in paths {
            let name = last_of(path);
            let [function, method] = either(name);
            let is_method = path.contains('.');
            if !is_method && found.contains(&function) {
                raising.functions.insert(name.to_owned());
            }
            if is_method && found.contains(&method) {
                raising.methods.insert(name.to_owned());
            }
        }
        raising
    }

    /// Whether `name`, as it is called somewhere, may be something of the project.
    fn is_own(&self, name: &str) -> bool {
        let first = name.split('.').next().unwrap_or_default();
        name.starts_with(HERE) || first.is_empty() || self.layout.knows(first)
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

/// What stands for the method with this [`method_key`], which alone stands for a function or a class.
fn of_method(key: u64) -> u64 {
    key.rotate_left(1) ^ 1
}

/// What stands for the function, and what for the method `name`.
fn either(name: &str) -> [u64; 2] {
    let key = method_key(name);
    [key, of_method(key)]
}

/// What `path` goes by when it is called: a constructor by the name of its class, too.
fn keys_of(path: &str) -> Vec<u64> {
    let name = last_of(path);
    let [function, method] = either(name);
    let Some((class, _)) = path.rsplit_once('.') else {
        return vec![function];
    };
    let mut keys = vec![method];
    if MAKERS.contains(&name) {
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
