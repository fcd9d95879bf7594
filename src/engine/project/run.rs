//! What runs when some functions are called, and what that loads.
//!
//! A method is followed when its class has come up, itself or as a base, and something that runs calls a method of that
//! name: nothing is known of the types of values here, and it is better to follow too much.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::Project;
use super::bodies::{ON_SUBCLASS, method_key};
use super::digest::Body;
use super::layout::ModuleId;
use super::loads::GETATTR;
use super::origins::HERE;

/// What is done with a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Use {
    Called,
    Named,
}

/// Calls that are being followed.
pub(super) struct Run<'p> {
    project: &'p Project,
    /// Functions, classes and values that are called, still to be looked at: the module and the path in it.
    pub(super) next: Vec<(ModuleId, String)>,
    seen: FxHashSet<(ModuleId, String)>,
    /// Classes of which instances are made; and those that are only derived from, or whose methods are called.
    classes: Vec<(ModuleId, String, Use)>,
    known: FxHashSet<(ModuleId, String, Use)>,
    /// Methods that something calls, by name.
    methods: FxHashSet<u64>,
    loaded: BTreeSet<ModuleId>,
}

impl<'p> Run<'p> {
    pub(super) fn new(project: &'p Project) -> Self {
        Self {
            project,
            next: Vec::new(),
            seen: FxHashSet::default(),
            classes: Vec::new(),
            known: FxHashSet::default(),
            methods: FxHashSet::default(),
            loaded: BTreeSet::new(),
        }
    }

    /// Follow all, and give what is loaded, sorted.
    pub(super) fn finish(mut self) -> Vec<ModuleId> {
        loop {
            while let Some((home, path)) = self.next.pop() {
                if self.seen.insert((home, path.clone())) {
                    self.called(home, &path);
                }
            }
            self.run_methods();
            if self.next.is_empty() {
                return self.loaded.into_iter().collect();
            }
        }
    }

    /// `path`, a name of `home` or an attribute of one, is called.
    fn called(&mut self, home: ModuleId, path: &str) {
        let project = self.project;
        let Some(digest) = project.digest(home) else {
            return;
        };
        let (name, rest) = path.split_once('.').unwrap_or((path, ""));
        let dot = if rest.is_empty() { "" } else { "." };
        if let Some(class) = digest.classes.get(name) {
            let is_derived = rest == ON_SUBCLASS;
            let key = (
                home,
                name.to_owned(),
                if is_derived { Use::Named } else { Use::Called },
            );
            if self.known.insert(key.clone()) {
                self.classes.push(key);
            }
            self.methods.extend(rest.split('.').map(method_key));
            for base in class.bases.iter().flatten() {
                self.call(home, &format!("{base}{dot}{rest}"));
            }
        }
        let maker = digest.made_by.get(name).filter(|_| !rest.is_empty());
        let makers = match (maker, digest.made_from.get(name)) {
            (Some(maker), _) => std::slice::from_ref(maker),
            (None, Some(from)) => from,
            (None, None) => &[],
        };
        // Values may be made of each other; then paths would grow for ever, and only the end of one is a method.
        let rest = match rest.matches('.').count() {
            0..=2 => rest,
            _ => rest.rsplit('.').next().unwrap_or(rest),
        };
        for one in makers {
            let is_itself =
                one.strip_prefix(HERE).and_then(|own| own.split('.').next()) == Some(name);
            if !is_itself {
                self.call(home, &format!("{one}{dot}{rest}"));
            }
        }
        if let Some(body) = digest.bodies.get(name) {
            self.run(home, body);
        }
    }

    fn call(&mut self, home: ModuleId, callee: &str) {
        let found = self.project.definitions(home, callee);
        self.next.extend(found);
    }

    /// Run the methods of the classes that have come up: those that are called, and those that Python calls.
    fn run_methods(&mut self) {
        let project = self.project;
        for (home, class, how) in self.classes.clone() {
            let Some(digest) = project.digest(home) else {
                continue;
            };
            let start = format!("{class}.");
            for (name, body) in digest.bodies.range(start.clone()..) {
                let Some(method) = name.strip_prefix(&start) else {
                    break;
                };
                let by_python = how == Use::Called && method.starts_with("__");
                let runs = by_python || self.methods.contains(&method_key(method));
                // Not as a name: a function of the module may be called like the class.
                if runs && self.seen.insert((home, format!("{name}()"))) {
                    self.run(home, body);
                    // Bodies may ask for more methods of classes that were passed already.
                    self.next.push((home, class.clone()));
                }
            }
        }
    }

    fn run(&mut self, home: ModuleId, body: &Body) {
        let project = self.project;
        for import in &body.imports {
            for targets in project.leads_to(home, import) {
                self.loaded.extend(targets.all());
                self.loaded
                    .extend(project.exported_submodules(import, &targets.named));
                let members = targets.members.into_iter();
                let asked = members.filter(|(home, name)| project.asks_for(*home, name));
                self.next
                    .extend(asked.map(|(home, _)| (home, GETATTR.to_owned())));
            }
        }
        for package in &body.computed {
            self.loaded
                .extend(project.perhaps_named(home, package.as_ref()));
        }
        for callee in &body.calls {
            self.call(home, callee);
        }
        self.methods.extend(&body.methods);
    }
}
