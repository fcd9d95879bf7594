//! Which functions of the project let an answer out, worked out before a handler is looked at.
//!
//! It begins with those that raise one in plain sight. What calls one of them is looked at next, and what calls those,
//! until nothing more comes out. So only functions near an answer are ever looked at.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use camino::Utf8PathBuf;
use codemend_engine::module::Module;
use codemend_engine::project::{ModuleId, Project, Spread, Tasks};
use codemend_engine::semantic::Lineage;
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::statement_visitor::{StatementVisitor, walk_stmt};
use codemend_engine::syntax::ast::{Stmt, StmtFunctionDef};

use super::Look;
use super::calls::{Scene, functions_in, wrapper};
use super::errors::Answered;
use super::events::events;
use super::goals;
use super::graph::{Graph, Stage, World};

/// What is known of a project, by what counts as an answer beside the two classes.
#[derive(Default)]
pub struct Scouts(RwLock<HashMap<Vec<String>, Arc<RwLock<Scouted>>>>);

/// The functions that let an answer out.
#[derive(Default)]
pub struct Scouted {
    pub spread: Spread,
    /// What leaves functions, by file and first byte.
    answers: HashMap<String, HashMap<u32, Leaving>>,
    /// The same by path, as it was before files were changed, too.
    known: HashMap<(ModuleId, String), BTreeSet<Lineage>>,
    /// Decorators that put something around functions that lets answers out.
    worn: HashSet<(ModuleId, String)>,
    /// What is being looked at, and what that has told so far.
    tasks: Tasks,
    news: Mutex<Vec<News>>,
    /// Modules that were looked at for this project.
    seen: HashSet<ModuleId>,
    /// What is let through now may arrive at another handler.
    leads_on: AtomicBool,
}

/// What leaves one function.
#[derive(Debug, Clone)]
struct Leaving {
    /// Its path in its module.
    path: String,
    answers: BTreeSet<Lineage>,
}

/// What was found out of one function.
struct News {
    module: ModuleId,
    start: u32,
    leaving: Leaving,
    /// An answer is raised in it, or comes out of what it calls, whether it leaves it or not.
    has_any: bool,
    /// What it puts around functions as a decorator lets answers out.
    wraps_any: bool,
}

impl Scouts {
    /// What is known where `extras` count as answers, too.
    pub fn of(&self, extras: &[String]) -> Option<Arc<RwLock<Scouted>>> {
        self.0.read().ok()?.get(extras).cloned()
    }

    /// Whether what is let through now may arrive at another handler.
    pub fn leads_on(&self) -> bool {
        let known = self.0.read();
        let mut all = known.iter().flat_map(|known| known.values());
        all.any(|one| {
            one.read()
                .is_ok_and(|one| one.leads_on.load(Ordering::Relaxed))
        })
    }

    /// The modules to look at next. `asked`: the files with handlers to decide about; `extras`: what counts as an answer in
    /// one of them.
    pub fn next(
        &self,
        project: &Project,
        asked: &[Utf8PathBuf],
        extras: impl Fn(&Utf8PathBuf) -> Vec<String>,
        changed: &[Utf8PathBuf],
    ) -> Vec<Utf8PathBuf> {
        let Ok(mut known) = self.0.write() else {
            return Vec::new();
        };
        if known.is_empty() {
            let before = project.recalled::<Self>();
            let all: BTreeSet<Vec<String>> = asked.iter().map(extras).collect();
            for extras in all {
                let before = before.as_ref().and_then(|before| before.of(&extras));
                let spread = project.spread(&goals::of_answers(&extras));
                let mut scouted = Scouted {
                    spread,
                    ..Scouted::default()
                };
                let before = before.as_ref().and_then(|before| before.read().ok());
                if let Some(before) = before {
                    scouted.take_over(&before, project, changed);
                }
                known.insert(extras, Arc::new(RwLock::new(scouted)));
            }
        }
        let mut paths = BTreeSet::new();
        for scouted in known.values() {
            if let Ok(mut scouted) = scouted.write() {
                scouted.learn(project);
                let modules = scouted.tasks.keys();
                paths.extend(modules.map(|one| project.path(*one).to_owned()));
            }
        }
        paths.into_iter().collect()
    }

    /// Look at what is to be looked at in `module`.
    pub fn scout(&self, module: &Module<'_>, project: &Project) {
        let Some(own) = project.module(module.path()) else {
            return;
        };
        let all = self.0.read().map(|known| known.clone()).unwrap_or_default();
        for (extras, scouted) in all {
            let Ok(scouted) = scouted.read() else {
                continue;
            };
            let Some(paths) = scouted.tasks.get(&own) else {
                continue;
            };
            let answered = Answered::new(&extras, module.names(), project);
            let world = World {
                project,
                answered,
                scouted: &scouted,
                stage: Stage::Scouting,
            };
            let mut graph = Graph::new(&world);
            let mut news = Vec::new();
            for path in paths {
                let mut at = At {
                    wanted: path,
                    prefix: String::new(),
                    found: Vec::new(),
                };
                at.visit_body(module.suite());
                for (path, function) in at.found {
                    news.push(look(&mut graph, module, own, path, function));
                }
            }
            if let Ok(mut known) = scouted.news.lock() {
                known.append(&mut news);
            }
        }
    }
}

impl Scouted {
    /// The answers that leave the function at the byte `start` of the file at `path`, if they are known.
    pub fn answers(&self, path: &str, start: u32) -> Option<BTreeSet<Lineage>> {
        let leaving = self.answers.get(path)?.get(&start)?;
        Some(leaving.answers.clone())
    }

    /// Note that what is let through from now on may arrive at another handler.
    pub fn lead_on(&self) {
        self.leads_on.store(true, Ordering::Relaxed);
    }

    /// Whether something may have come to light about `module` since it was looked at.
    pub fn has_seen(&self, module: ModuleId) -> bool {
        self.seen.contains(&module)
    }

    /// Take over what was known before the files at `changed` were changed. What leaves their functions has to be found
    /// out again; what let an answer out before still does.
    fn take_over(&mut self, before: &Self, project: &Project, changed: &[Utf8PathBuf]) {
        self.known.clone_from(&before.known);
        for ((module, path), answers) in &before.known {
            if !answers.is_empty() {
                self.spread.found(project, *module, path);
            }
        }
        for (module, path) in &before.worn {
            self.worn.insert((*module, path.clone()));
            self.spread.worn(project, *module, path);
        }
        // All those callers were looked at before.
        self.spread.tasks();
        for (file, functions) in &before.answers {
            if !changed.iter().any(|one| one == file.as_str()) {
                self.answers.insert(file.clone(), functions.clone());
                continue;
            }
            if let Some(module) = project.module(file.as_str().into()) {
                let paths = functions.values().map(|one| &one.path);
                paths.for_each(|path| self.spread.ask(module, path));
            }
        }
    }

    /// Take in what was found out; what it leads to is looked at next.
    fn learn(&mut self, project: &Project) {
        let news = self.news.get_mut().map(std::mem::take).unwrap_or_default();
        for one in news {
            let place = (one.module, one.leaving.path.clone());
            if one.has_any {
                self.spread.concern(one.module);
            }
            if one.wraps_any && self.worn.insert(place.clone()) {
                self.spread.worn(project, one.module, &place.1);
            }
            let known = self.known.entry(place).or_default();
            if !one.leaving.answers.is_subset(known) {
                known.extend(one.leaving.answers.iter().cloned());
                self.spread.found(project, one.module, &one.leaving.path);
            }
            let file = project.path(one.module).to_string();
            let functions = self.answers.entry(file).or_default();
            functions.insert(one.start, one.leaving);
        }
        self.tasks = self.spread.tasks();
        for (module, paths) in &mut self.tasks {
            if paths.remove("") {
                self.spread.concern(*module);
            }
        }
        self.tasks.retain(|_, paths| !paths.is_empty());
        self.seen.extend(self.tasks.keys());
    }
}

/// What there is to find out of `function`, which stands at `path` in `module`.
fn look<'db>(
    graph: &mut Graph<'_, 'db>,
    module: &Module<'db>,
    own: ModuleId,
    path: String,
    function: &StmtFunctionDef,
) -> News {
    let mut arrivals = |function: &StmtFunctionDef| {
        let scene = Scene {
            wrapped: None,
            suite: module.suite(),
            at: function.start(),
            is_dependency: false,
            look: Look::Calls,
            same: None,
        };
        let found = events(graph, module.names(), &scene, &function.body);
        (graph.has_any(&found), graph.arrivals(&found))
    };
    let (has_any, leaving) = arrivals(function);
    // `@checked` and `@checked(role)`
    let makers = std::iter::once(function).chain(functions_in(&function.body));
    let wrappers = makers.filter_map(wrapper).map(|(_, wrapper)| wrapper);
    let wraps_any = wrappers.into_iter().any(|one| arrivals(one).0);
    News {
        module: own,
        start: function.start().to_u32(),
        leaving: Leaving {
            path,
            answers: leaving.into_iter().map(|one| one.lineage).collect(),
        },
        has_any,
        wraps_any,
    }
}

/// The functions of a module at `wanted`, or in the class there, with their paths.
struct At<'w, 'a> {
    wanted: &'w str,
    /// Of the class around, with a dot behind it.
    prefix: String,
    found: Vec<(String, &'a StmtFunctionDef)>,
}

impl<'a> StatementVisitor<'a> for At<'_, 'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                let path = format!("{}{}", self.prefix, function.name);
                let below = path.strip_prefix(self.wanted);
                if below.is_some_and(|rest| rest.is_empty() || rest.starts_with('.')) {
                    self.found.push((path, function));
                }
            }
            Stmt::ClassDef(class) => {
                let inner = format!("{}{}.", self.prefix, class.name);
                let outer = std::mem::replace(&mut self.prefix, inner);
                walk_stmt(self, statement);
                self.prefix = outer;
            }
            _ => walk_stmt(self, statement),
        }
    }
}
