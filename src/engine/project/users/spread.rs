//! Who has to be asked whether it raises something, when others are known to: functions that may call them.
//!
//! Calls are told by names here, and by the modules in which they stand: a method that is called on who knows what
//! may be one of a class that the calling module can get to, or of one that derives from such a class. That is cheap
//! and crude, so a codemod looks at each function that is named here, and says which of them really raise something.
//! Only their callers come next.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use super::leading::{Goal, Leaders};
use super::reachable::{Circle, Reachable};
use super::{Place, Users, last_of};
use crate::project::Project;
use crate::project::bodies::method_key;
use crate::project::digest::Digest;
use crate::project::layout::ModuleId;
use crate::project::origins::HERE;

/// What runs when a class is called.
const MAKERS: [&str; 3] = ["__init__", "__new__", "__post_init__"];

/// What runs when an instance is called.
const CALL: &str = "__call__";

/// What stands for a function, or for a method, of a name.
type Key = u64;

/// Functions to look at, by their module: `load`, `Store.load`; `Store` for what else is in the class, and nothing for
/// the module level.
pub type Tasks = BTreeMap<ModuleId, BTreeSet<String>>;

/// The calls of a project, by names, and what is known to raise something.
#[derive(Debug, Default)]
pub struct Spread {
    nodes: Vec<Node>,
    known: FxHashMap<Place, usize>,
    /// By what is called.
    callers: FxHashMap<Key, Vec<usize>>,
    /// Methods that do anything, by their modules.
    methods: FxHashSet<(ModuleId, Key)>,
    /// Functions and methods that are known to raise something, by their modules.
    defined: FxHashSet<(ModuleId, Key)>,
    /// Where a value may come from whose function or method of this name raises something.
    homes: FxHashMap<Key, FxHashSet<Circle>>,
    /// The last names of the classes of the goal, and of those that derive from one.
    classes: FxHashSet<String>,
    /// Modules that deal with the goal whatever their functions do.
    concerned: FxHashSet<ModuleId>,
    tasks: Tasks,
}

#[derive(Debug)]
struct Node {
    place: Place,
    /// It is no function, but another name for something, or made by it.
    is_alias: bool,
    /// There is something to look at.
    is_function: bool,
}

impl Project {
    /// The calls of the modules that may get to `goal`. The functions that raise it in plain sight are to be looked at
    /// first.
    pub fn spread(&self, goal: &Goal) -> Spread {
        let leaders = self.leading_to(goal);
        let mut spread = Spread::default();
        if leaders.starts.is_empty() {
            return spread;
        }
        let classes = self.classes_of(&leaders, goal);
        for module in self.modules().filter(|one| leaders.contains(*one)) {
            let Some(digest) = self.digest(module) else {
                continue;
            };
            self.add(module, digest, &mut spread);
            if self.gets_to_start(&leaders, module) {
                for (path, raised) in &digest.raisers {
                    if raised.iter().any(|name| may_be(name, &classes)) {
                        spread.ask(module, path);
                    }
                }
            }
        }
        spread.classes = classes;
        spread.concerned.extend(&leaders.starts);
        let users = self.users();
        let given = users.dependencies.keys().map(|(module, _)| *module);
        let given = given.filter(|module| leaders.contains(*module));
        spread.concerned.extend(given);
        spread
    }

    /// Note the calls in `module`.
    fn add(&self, module: ModuleId, digest: &Digest, spread: &mut Spread) {
        for (path, body) in &digest.bodies {
            let calls = body.calls.iter().filter(|name| self.is_own(name));
            let called = calls.flat_map(|name| either(last_of(name)));
            let methods = body.methods.iter().map(|key| of_method(*key));
            let node = spread.calls(module, path, called.chain(methods));
            spread.nodes[node].is_function = true;
        }
        for (path, _) in &digest.raisers {
            let node = spread.node(module, path);
            spread.nodes[node].is_function = true;
        }
        let calls = digest.calls.iter().filter(|(name, _)| self.is_own(name));
        let called = calls.flat_map(|(name, _)| either(last_of(name)));
        let node = spread.calls(module, "", called);
        spread.nodes[node].is_function = true;
        for (name, origin) in &digest.made_by {
            if self.is_own(origin) {
                let node = spread.calls(module, name, either(last_of(origin)));
                spread.nodes[node].is_alias = true;
            }
        }
    }

    fn gets_to_start(&self, leaders: &Leaders, module: ModuleId) -> bool {
        let reachable = self.reachable();
        let from = reachable.circle(module);
        let mut starts = leaders.starts.iter();
        starts.any(|to| reachable.gets(from, reachable.circle(*to)))
    }

    /// Whether `name`, as it is called somewhere, may be something of the project.
    fn is_own(&self, name: &str) -> bool {
        let first = name.split('.').next().unwrap_or_default();
        name.starts_with(HERE) || first.is_empty() || self.layout().knows(first)
    }

    /// The last names of the classes of `goal` and of those in the modules of `leaders` that derive from one of them.
    fn classes_of(&self, leaders: &Leaders, goal: &Goal) -> FxHashSet<String> {
        let mut found: FxHashSet<String> = goal.names.iter().cloned().collect();
        let modules = || self.modules().filter(|one| leaders.contains(*one));
        loop {
            let digests = || modules().filter_map(|one| self.digest(one));
            let classes = digests().flat_map(|digest| &digest.classes);
            let derived = classes.filter(|(_, class)| {
                let mut bases = class.bases.iter().flatten();
                bases.any(|base| found.contains(last_of(base)))
            });
            // `NotFound = HTTPException`
            let aliases = digests().flat_map(|digest| &digest.made_by);
            let aliases = aliases.filter(|(_, origin)| found.contains(last_of(origin)));
            let names = derived.map(|(name, _)| name);
            let names = names.chain(aliases.map(|(name, _)| name));
            let derived: Vec<String> = names
                .filter(|name| !found.contains(*name))
                .cloned()
                .collect();
            if derived.is_empty() {
                return found;
            }
            found.extend(derived);
        }
    }
}

impl Spread {
    /// What is to be looked at now. Gives nothing once nothing is left.
    pub fn tasks(&mut self) -> Tasks {
        std::mem::take(&mut self.tasks)
    }

    /// The function at `path` in `module` has to be looked at.
    pub fn ask(&mut self, module: ModuleId, path: &str) {
        let paths = self.tasks.entry(module).or_default();
        paths.insert(path.to_owned());
    }

    /// The function at `path` in `module` raises something, or more than was known: its callers have to be looked at.
    pub fn found(&mut self, project: &Project, module: ModuleId, path: &str) {
        let first = self.node(module, path);
        let mut waiting = vec![first];
        let mut seen = FxHashSet::default();
        while let Some(node) = waiting.pop() {
            if !seen.insert(node) {
                continue;
            }
            let place = self.nodes[node].place.clone();
            // A decorator calls what wears it.
            let decorators = project.users().decorators.get(&place);
            for (module, path) in decorators.into_iter().flatten() {
                self.concerned.insert(*module);
                self.ask(*module, path);
            }
            self.note_defined(&place);
            for (key, home) in homes_of(project.users(), project.reachable(), &place) {
                self.homes.entry(key).or_default().insert(home);
                let callers = self.callers.get(&key);
                for caller in callers.into_iter().flatten() {
                    let Node {
                        place: (module, path),
                        is_alias,
                        is_function,
                    } = &self.nodes[*caller];
                    let reachable = project.reachable();
                    if !reachable.gets(reachable.circle(*module), home) {
                        continue;
                    }
                    if *is_alias {
                        waiting.push(*caller);
                    }
                    if *is_function {
                        let paths = self.tasks.entry(*module).or_default();
                        paths.insert(path.clone());
                    }
                }
            }
        }
    }

    /// The decorator at `path` in `module` puts something around functions that raises: so do all that wear it.
    pub fn worn(&mut self, project: &Project, module: ModuleId, path: &str) {
        let wearers = project.wearers(module, path);
        for (module, path) in wearers {
            self.found(project, *module, path);
        }
    }

    /// Whether what is raised as `name`, the last name that its class has where it is defined, may be of the goal.
    pub fn may_raise(&self, name: &str) -> bool {
        may_be(name, &self.classes)
    }

    /// `module` deals with the goal somewhere.
    pub fn concern(&mut self, module: ModuleId) {
        self.concerned.insert(module);
    }

    /// Whether `module` deals with the goal somewhere, as far as is known.
    pub fn concerns(&self, module: ModuleId) -> bool {
        self.concerned.contains(&module)
    }

    /// Whether a function `name` at the level of `module` is known to raise something.
    pub fn has_function(&self, module: ModuleId, name: &str) -> bool {
        self.defined.contains(&(module, method_key(name)))
    }

    /// Whether a method `name` of a class of `module` is known to raise something.
    pub fn has_method(&self, module: ModuleId, name: &str) -> bool {
        self.defined
            .contains(&(module, of_method(method_key(name))))
    }

    /// Whether a class at the level of `module` may have a method `name` that does something at all.
    pub fn knows_method(&self, module: ModuleId, name: &str) -> bool {
        self.methods
            .contains(&(module, of_method(method_key(name))))
    }

    /// Whether the method `name` of some value that `module` deals with is known to raise something.
    pub fn may_get_to(&self, project: &Project, module: ModuleId, name: &str) -> bool {
        let [_, method] = either(name);
        self.is_home_near(project, module, method)
    }

    /// The same of anything that is called `name` where it is defined.
    pub fn may_call(&self, project: &Project, module: ModuleId, name: &str) -> bool {
        let mut keys = either(name).into_iter();
        keys.any(|key| self.is_home_near(project, module, key))
    }

    /// The same of an object of the class at `class` in `module`, by the classes that it derives from, and those that
    /// derive from it.
    pub fn has_near(&self, project: &Project, module: ModuleId, class: &str, name: &str) -> bool {
        let class = (module, class.to_owned());
        let users = project.users();
        let mut near = users.ancestors(&class);
        near.extend(users.descendants(&class));
        near.iter()
            .any(|(module, _)| self.has_method(*module, name))
    }

    fn is_home_near(&self, project: &Project, module: ModuleId, key: Key) -> bool {
        let Some(homes) = self.homes.get(&key) else {
            return false;
        };
        let reachable = project.reachable();
        let from = reachable.circle(module);
        homes.iter().any(|to| reachable.gets(from, *to))
    }

    fn node(&mut self, module: ModuleId, path: &str) -> usize {
        let place = (module, path.to_owned());
        if path.contains('.') {
            let [_, method] = either(last_of(path));
            self.methods.insert((module, method));
        }
        let nodes = &mut self.nodes;
        *self.known.entry(place).or_insert_with_key(|place| {
            nodes.push(Node {
                place: place.clone(),
                is_alias: false,
                is_function: false,
            });
            nodes.len() - 1
        })
    }

    /// What stands at `path` in `module` calls `called`.
    fn calls(
        &mut self,
        module: ModuleId,
        path: &str,
        called: impl IntoIterator<Item = Key>,
    ) -> usize {
        let node = self.node(module, path);
        for key in called {
            self.callers.entry(key).or_default().push(node);
        }
        node
    }

    /// Note that `place` is known to raise something.
    fn note_defined(&mut self, (module, path): &Place) {
        let [function, method] = either(last_of(path));
        let key = match path.contains('.') {
            true => method,
            false => function,
        };
        self.defined.insert((*module, key));
    }

    /// Whether the project may call what stands at `path` in `module`, or wear it, or whether that is a class: as far as
    /// names tell.
    pub fn is_called(&self, project: &Project, module: ModuleId, path: &str) -> bool {
        let digest = project.digest(module);
        if digest.is_some_and(|digest| digest.classes.contains_key(path)) {
            return true;
        }
        let place = (module, path.to_owned());
        let users = project.users();
        let homes = homes_of(users, project.reachable(), &place);
        users.decorators.contains_key(&place)
            || users.wearers.contains_key(&place)
            || homes.iter().any(|(key, _)| self.callers.contains_key(key))
    }
}

/// What `place` goes by when it is called, and where the values come from that it is called on: a constructor goes by the
/// name of its class and of those that derive from it, and so does what runs when an instance is called.
fn homes_of(users: &Users, reachable: &Reachable, place: &Place) -> Vec<(Key, Circle)> {
    let (module, path) = place;
    let name = last_of(path);
    let [function, method] = either(name);
    let Some((class, _)) = path.rsplit_once('.') else {
        return vec![(function, reachable.circle(*module))];
    };
    let class = (*module, class.to_owned());
    let ancestors = users.ancestors(&class).into_iter();
    let mut homes: Vec<(Key, Circle)> = ancestors
        .map(|(home, _)| (method, reachable.circle(home)))
        .collect();
    if MAKERS.contains(&name) || name == CALL {
        for (home, derived) in users.descendants(&class) {
            homes.push((method_key(last_of(&derived)), reachable.circle(home)));
        }
    }
    homes.sort_unstable();
    homes.dedup();
    homes
}

/// Whether what is raised as `name` may be one of `classes`: also by another name for it, or out of a function.
fn may_be(name: &str, classes: &FxHashSet<String>) -> bool {
    let is_class = name.starts_with(|first: char| first.is_uppercase());
    !is_class || classes.contains(name) || name.chars().all(|one| !one.is_lowercase())
}

/// What stands for the method with this [`method_key`], which alone stands for a function or a class.
fn of_method(key: u64) -> Key {
    key.rotate_left(1) ^ 1
}

/// What stands for the function, and what for the method `name`.
fn either(name: &str) -> [Key; 2] {
    let key = method_key(name);
    [key, of_method(key)]
}
