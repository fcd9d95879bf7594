//! Who calls whom: what is called, by number, and what each call does. Many runs follow the same calls, so names are
//! looked up once for all of them.

use std::sync::{OnceLock, RwLock};

use rustc_hash::FxHashMap;

use super::Project;
use super::bodies::{ON_SUBCLASS, method_key};
use super::digest::{Body, Digest};
use super::layout::ModuleId;
use super::loads::GETATTR;
use super::origins::HERE;

/// A name of a module, or an attribute of one, that something calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Callee(u32);

impl Callee {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// What is done with a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Use {
    Called,
    /// It is only derived from.
    Named,
}

/// What one call does, without what it calls in its turn.
#[derive(Debug, Default)]
pub(super) struct Steps {
    pub(super) calls: Vec<Callee>,
    /// Classes that come up.
    pub(super) classes: Vec<(Callee, Use)>,
    /// Methods that it calls of who knows what, by number.
    pub(super) methods: Vec<u32>,
    pub(super) loads: Vec<ModuleId>,
}

/// A method of a class.
#[derive(Debug)]
pub(super) struct Method {
    /// The number of its name.
    pub(super) name: u32,
    /// Python calls it by itself on instances: `__init__`.
    pub(super) by_python: bool,
    pub(super) body: Callee,
}

/// What is behind the path of a method where its body is meant, and not an attribute of that name.
const BODY: &str = "()";

/// What a project calls, as far as somebody has asked.
#[derive(Debug, Default)]
pub(super) struct Calls {
    callees: boxcar::Vec<Known>,
    numbers: RwLock<FxHashMap<ModuleId, FxHashMap<Box<str>, Callee>>>,
    /// Numbers of the names of methods, by [`method_key`].
    methods: RwLock<FxHashMap<u64, u32>>,
}

#[derive(Debug)]
struct Known {
    home: ModuleId,
    path: Box<str>,
    steps: OnceLock<Steps>,
    /// The methods of the class that this is.
    methods: OnceLock<Vec<Method>>,
}

impl Calls {
    /// `path`, a name of `home` or an attribute of one.
    fn callee(&self, home: ModuleId, path: &str) -> Callee {
        let known = self.numbers.read().ok();
        let known = known.and_then(|all| all.get(&home)?.get(path).copied());
        known.unwrap_or_else(|| self.new_callee(home, path))
    }

    fn new_callee(&self, home: ModuleId, path: &str) -> Callee {
        let mut numbers = self.numbers.write().unwrap_or_else(|all| all.into_inner());
        let number = numbers.entry(home).or_default().entry(path.into());
        *number.or_insert_with_key(|path| {
            let at = self.callees.push(Known {
                home,
                path: path.clone(),
                steps: OnceLock::new(),
                methods: OnceLock::new(),
            });
            Callee(u32::try_from(at).unwrap_or(u32::MAX))
        })
    }

    /// The number of the name with this [`method_key`].
    fn method(&self, key: u64) -> u32 {
        let known = self.methods.read().ok();
        let known = known.and_then(|all| all.get(&key).copied());
        known.unwrap_or_else(|| {
            let mut all = self.methods.write().unwrap_or_else(|all| all.into_inner());
            let next = u32::try_from(all.len()).unwrap_or(u32::MAX);
            *all.entry(key).or_insert(next)
        })
    }
}

impl Project {
    /// `path`, a name of `home` or an attribute of one, to follow with [`Project::steps`].
    pub(super) fn callee(&self, home: ModuleId, path: &str) -> Callee {
        self.known.calls.callee(home, path)
    }

    /// What a call of `callee` does.
    pub(super) fn steps(&self, callee: Callee) -> Option<&Steps> {
        let known = self.known.calls.callees.get(callee.index())?;
        Some(
            known
                .steps
                .get_or_init(|| self.work_out(known.home, &known.path)),
        )
    }

    /// The methods of the class `callee`.
    pub(super) fn methods_of(&self, callee: Callee) -> &[Method] {
        let Some(known) = self.known.calls.callees.get(callee.index()) else {
            return &[];
        };
        known.methods.get_or_init(|| {
            let bodies = self.digest(known.home).map(|digest| &digest.bodies);
            let start = format!("{}.", known.path);
            let bodies = bodies
                .into_iter()
                .flat_map(|all| all.range(start.clone()..));
            let names = bodies.map_while(|(name, _)| Some((name, name.strip_prefix(&start)?)));
            let calls = &self.known.calls;
            let methods = names.map(|(name, method)| Method {
                name: calls.method(method_key(method)),
                by_python: method.starts_with("__"),
                // Not as a name: a function of the module may be called like the class.
                body: calls.callee(known.home, &format!("{name}{BODY}")),
            });
            methods.collect()
        })
    }

    fn work_out(&self, home: ModuleId, path: &str) -> Steps {
        let mut steps = Steps::default();
        let Some(digest) = self.digest(home) else {
            return steps;
        };
        match path.strip_suffix(BODY) {
            Some(method) => {
                // It may be called on an instance.
                let class = method.split('.').next().unwrap_or(method);
                steps.calls.push(self.callee(home, class));
                if let Some(body) = digest.bodies.get(method) {
                    self.run(home, body, &mut steps);
                }
            }
            None => self.called(home, digest, path, &mut steps),
        }
        steps
    }

    fn called(&self, home: ModuleId, digest: &Digest, path: &str, steps: &mut Steps) {
        let (name, rest) = path.split_once('.').unwrap_or((path, ""));
        let dot = if rest.is_empty() { "" } else { "." };
        if let Some(class) = digest.classes.get(name) {
            let how = match rest == ON_SUBCLASS {
                true => Use::Named,
                false => Use::Called,
            };
            steps.classes.push((self.callee(home, name), how));
            let methods = rest.split('.').map(method_key);
            steps
                .methods
                .extend(methods.map(|key| self.known.calls.method(key)));
            for base in class.bases.iter().flatten() {
                self.call(home, &format!("{base}{dot}{rest}"), steps);
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
                self.call(home, &format!("{one}{dot}{rest}"), steps);
            }
        }
        if let Some(body) = digest.bodies.get(name) {
            self.run(home, body, steps);
        }
    }

    fn call(&self, home: ModuleId, callee: &str, steps: &mut Steps) {
        let found = self.definitions(home, callee).into_iter();
        steps
            .calls
            .extend(found.map(|(home, path)| self.callee(home, &path)));
    }

    fn run(&self, home: ModuleId, body: &Body, steps: &mut Steps) {
        for import in &body.imports {
            for targets in self.leads_to(home, import) {
                steps.loads.extend(targets.all());
                steps
                    .loads
                    .extend(self.exported_submodules(import, &targets.named));
                let members = targets.members.into_iter();
                let asked = members.filter(|(home, name)| self.asks_for(*home, name));
                steps
                    .calls
                    .extend(asked.map(|(home, _)| self.callee(home, GETATTR)));
            }
        }
        for package in &body.computed {
            steps
                .loads
                .extend(self.perhaps_named(home, package.as_ref()));
        }
        for callee in &body.calls {
            self.call(home, callee, steps);
        }
        let methods = body.methods.iter();
        steps
            .methods
            .extend(methods.map(|key| self.known.calls.method(*key)));
    }
}
