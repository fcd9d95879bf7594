//! Names of one module: who binds them, and what they stand for in other modules.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Project;
use super::digest::{Bound, ImportRef, LoadImport, Runs};
use super::layout::{Imported, ModuleId, Targets};
use super::origins::{HERE, Origin};

/// What one question has come by already. Names may be passed on in circles.
type Seen<T> = FxHashSet<T>;

/// Names may even grow on the way (`from .b import b`); nobody means one that is passed on this often.
const MOST: usize = 64;

/// Names that every module has.
const IMPLICIT: [&str; 7] = [
    "__name__",
    "__doc__",
    "__file__",
    "__spec__",
    "__loader__",
    "__package__",
    "__dict__",
];

/// Whether `from module import name` finds the name once the module is imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Member {
    Bound,
    /// Only under a condition.
    Perhaps,
    /// By nothing that can be seen.
    Absent,
    /// Something binds it anew at run time: the module, the line, and how.
    Replaced(ModuleId, u32),
}

impl Project {
    /// What the name `name` of `module` is, once the module is imported.
    pub fn member(&self, module: ModuleId, name: &str) -> Member {
        self.member_unseen(module, name, &mut Seen::default())
    }

    /// Whether another module than `module` that imports FastAPI defines a function `name` at its level.
    pub fn is_other_endpoint(&self, module: Option<ModuleId>, name: &str) -> bool {
        self.modules()
            .filter(|other| Some(*other) != module)
            .any(|other| {
                self.digest(other).is_some_and(|digest| {
                    let mut imports = digest.imports.iter().map(|one| &one.import.module);
                    digest.bodies.contains_key(name)
                        && imports.any(|from| from.split('.').next() == Some("fastapi"))
                })
            })
    }

    /// How many modules bind `name` by a statement at their level. What star imports bring is not looked at.
    pub fn binding_modules(&self, name: &str) -> usize {
        let binds = |module: &ModuleId| {
            let digest = self.digest(*module);
            digest.is_some_and(|digest| digest.bindings.contains_key(name))
        };
        self.modules().filter(binds).count()
    }

    /// Whether a from-import somewhere in the project, at any depth of a module, takes the name `name` out of anything,
    /// or a star import may.
    pub fn is_taken_somewhere(&self, name: &str) -> bool {
        self.modules().any(|module| {
            self.digest(module).is_some_and(|digest| {
                let mut imports = digest.imports.iter().map(|one| &one.import);
                imports.any(|one| one.names.iter().any(|taken| taken == name))
            })
        })
    }

    fn member_unseen(&self, module: ModuleId, name: &str, seen: &mut Seen<ModuleId>) -> Member {
        let (Some(digest), true) = (self.digest(module), seen.insert(module)) else {
            return Member::Absent;
        };
        let rebound = digest.rebinds.get(name).copied();
        if let Some(line) = rebound.or(digest.rebinds_any) {
            return Member::Replaced(module, line);
        }
        match digest.bindings.get(name) {
            Some(Bound::Surely) => return Member::Bound,
            Some(Bound::Perhaps) => return Member::Perhaps,
            None if IMPLICIT.contains(&name) => return Member::Bound,
            None if digest.has_getattr || digest.broken => return Member::Perhaps,
            None => {}
        }
        let stars = digest.imports.iter().filter(|one| one.import.star);
        let given = stars
            .filter(|one| one.runs != Runs::Never)
            .map(|star| self.star_gives(module, star, name, seen));
        match given.min_by_key(rank) {
            // A submodule becomes an attribute of its package when anything imports it.
            None | Some(Member::Absent) if self.has_submodule(module, name) => Member::Perhaps,
            given => given.unwrap_or(Member::Absent),
        }
    }

    /// What `star`, a star import in `module`, makes of the name `name`.
    fn star_gives(
        &self,
        module: ModuleId,
        star: &LoadImport,
        name: &str,
        seen: &mut Seen<ModuleId>,
    ) -> Member {
        let targets = match self.resolve(module, &star.import) {
            Imported::Project(targets) => targets,
            Imported::Standard | Imported::ThirdParty if name.starts_with('_') => {
                return Member::Absent;
            }
            _ => return Member::Perhaps,
        };
        let is_sure = star.runs == Runs::Always && !star.guarded;
        let given = targets
            .named
            .iter()
            .filter(|one| **one != module)
            .map(|one| {
                let Some(digest) = self.digest(*one) else {
                    return Member::Absent;
                };
                let is_taken = match (&digest.exports, digest.bindings.contains_key("__all__")) {
                    (Some(exports), _) if !exports.contains(name) => return Member::Absent,
                    (Some(_), _) => true,
                    (None, true) => false,
                    (None, false) if name.starts_with('_') => return Member::Absent,
                    (None, false) => true,
                };
                match self.member_unseen(*one, name, seen) {
                    Member::Bound if is_sure && is_taken => Member::Bound,
                    Member::Bound => Member::Perhaps,
                    other => other,
                }
            });
        given.min_by_key(rank).unwrap_or(Member::Absent)
    }

    /// A module that takes all names of `module` by a star import; none when `__all__` says which those are.
    pub fn star_importer(&self, module: ModuleId) -> Option<ModuleId> {
        if self.digest(module)?.has_all {
            return None;
        }
        let importers = self.star_importers.get_or_init(|| {
            let mut importers = FxHashMap::default();
            for from in self.modules() {
                let imports = self.digest(from).map_or(&[][..], |digest| &digest.imports);
                for star in imports.iter().filter(|one| one.import.star) {
                    for taken in self.targets(from, &star.import) {
                        importers.entry(taken).or_insert(from);
                    }
                }
            }
            importers
        });
        importers.get(&module).copied()
    }

    /// The modules that `dotted`, as written in `from`, may name: by their own names, or by a name that another module
    /// has for them (`app.main.mail` where `app/main.py` says `from app import mail`).
    pub(super) fn modules_named(&self, from: ModuleId, dotted: &str) -> Vec<ModuleId> {
        self.modules_unseen(from, dotted, &mut Seen::default())
    }

    fn modules_unseen(
        &self,
        from: ModuleId,
        dotted: &str,
        seen: &mut Seen<(ModuleId, String)>,
    ) -> Vec<ModuleId> {
        if dotted.starts_with(HERE) || !is_new(seen, (from, dotted.to_owned())) {
            return Vec::new();
        }
        let (level, parts) = parts(dotted);
        if !self.may_be_ours(level, &parts) {
            return Vec::new();
        }
        let named = last_named(self.layout().resolve_all(from, &reference(level, &parts)));
        if !named.is_empty() || parts.is_empty() {
            return named;
        }
        let passed_on = self.passed_on(from, level, &parts).into_iter();
        passed_on
            .flat_map(|(home, name)| self.modules_unseen(home, &name, seen))
            .collect()
    }

    /// Names outside of the project that `dotted`, as written in `from`, may stand for: `app.main.time` is `time` where
    /// `app/main.py` imports that.
    pub(super) fn also_named(&self, from: ModuleId, dotted: &str) -> Vec<String> {
        self.names_unseen(from, dotted, &mut Seen::default())
    }

    fn names_unseen(
        &self,
        from: ModuleId,
        dotted: &str,
        seen: &mut Seen<(ModuleId, String)>,
    ) -> Vec<String> {
        let (level, parts) = parts(dotted);
        let is_known = self.may_be_ours(level, &parts);
        if dotted.starts_with(HERE) || !is_known || !is_new(seen, (from, dotted.to_owned())) {
            return Vec::new();
        }
        let passed_on = self.passed_on(from, level, &parts).into_iter();
        let names = passed_on.flat_map(|(home, name)| {
            let mut names = self.names_unseen(home, &name, seen);
            names.push(name);
            names
        });
        names.collect()
    }

    /// What the module at the beginning of `parts` says of the name behind it: the module, and the dotted name there.
    fn passed_on(&self, from: ModuleId, level: usize, parts: &[&str]) -> Vec<(ModuleId, String)> {
        for split in (1..parts.len()).rev() {
            let (module, rest) = parts.split_at(split);
            let homes = self.layout().resolve_all(from, &reference(level, module));
            let homes = last_named(homes);
            if homes.is_empty() {
                continue;
            }
            let (name, rest) = (rest[0], &rest[1..]);
            let found = homes.into_iter().flat_map(|home| {
                let origin = self
                    .digest(home)
                    .and_then(|digest| digest.origins.get(name));
                let names = match origin {
                    Some(Origin::Import(one)) => vec![one.clone()],
                    Some(Origin::Several(all)) => all.clone(),
                    _ => Vec::new(),
                };
                names.into_iter().map(move |one| (home, joined(&one, rest)))
            });
            return found.collect();
        }
        Vec::new()
    }

    /// The modules that may define what `dotted`, as written in `from`, names, each with the path in it. Names that a
    /// module passes on are followed to where they come from.
    pub(super) fn definitions(&self, from: ModuleId, dotted: &str) -> Vec<(ModuleId, String)> {
        let unseen = || self.definitions_unseen(from, dotted, &mut Seen::default());
        self.known.definitions.get_or(from, dotted, unseen)
    }

    fn definitions_unseen(
        &self,
        from: ModuleId,
        dotted: &str,
        seen: &mut Seen<(ModuleId, String)>,
    ) -> Vec<(ModuleId, String)> {
        if let Some(path) = dotted.strip_prefix(HERE) {
            return vec![(from, path.to_owned())];
        }
        let (level, parts) = parts(dotted);
        if !self.may_be_ours(level, &parts) {
            return Vec::new();
        }
        let shortest = usize::from(level == 0);
        for split in (shortest..parts.len()).rev() {
            let (module, rest) = parts.split_at(split);
            let import = ImportRef {
                names: vec![rest[0].to_owned()],
                ..reference(level, module)
            };
            let targets = self.leads_to(from, &import);
            let mut homes: Vec<ModuleId> = Vec::new();
            for (home, _) in targets.into_iter().flat_map(|one| one.members) {
                if !homes.contains(&home) {
                    homes.push(home);
                }
            }
            if !homes.is_empty() {
                let path = rest.join(".");
                return homes
                    .into_iter()
                    .flat_map(|home| self.followed(home, &path, seen))
                    .collect();
            }
        }
        Vec::new()
    }

    /// Where the name at the beginning of `path` in `home` comes from.
    fn followed(
        &self,
        home: ModuleId,
        path: &str,
        seen: &mut Seen<(ModuleId, String)>,
    ) -> Vec<(ModuleId, String)> {
        let here = (home, path.to_owned());
        let (Some(digest), true) = (self.digest(home), is_new(seen, here.clone())) else {
            return vec![here];
        };
        let (name, rest) = path.split_once('.').unwrap_or((path, ""));
        let rest: Vec<&str> = rest.split('.').filter(|part| !part.is_empty()).collect();
        let mut found = Vec::new();
        let origins = match digest.origins.get(name) {
            Some(Origin::Here) => return vec![here],
            Some(Origin::Import(origin)) => std::slice::from_ref(origin),
            Some(Origin::Several(all)) => all,
            None => {
                for source in self.star_sources(home, name) {
                    found.extend(self.followed(source, path, seen));
                }
                &[]
            }
        };
        for origin in origins {
            match origin.starts_with(HERE) {
                true => found.push(here.clone()),
                false => found.extend(self.definitions_unseen(home, &joined(origin, &rest), seen)),
            }
        }
        match found.is_empty() {
            true => vec![here],
            false => found,
        }
    }

    /// `path` in `home`, or where a star import takes it from.
    pub(super) fn through_stars(&self, home: ModuleId, path: &str) -> Vec<(ModuleId, String)> {
        self.followed(home, path, &mut Seen::default())
    }

    /// The modules that star imports in `home` may take `name` from.
    pub(super) fn star_sources(&self, home: ModuleId, name: &str) -> Vec<ModuleId> {
        let imports = self.digest(home).map_or(&[][..], |digest| &digest.imports);
        let stars = imports.iter().filter(|one| one.import.star);
        let targets = stars.flat_map(|star| self.leads_to(home, &star.import));
        let sources = targets.flat_map(|one| one.named).filter(|one| *one != home);
        sources
            .filter(|one| self.member(*one, name) != Member::Absent)
            .collect()
    }

    /// All that `import` in `module` may lead to.
    pub(super) fn leads_to(&self, module: ModuleId, import: &ImportRef) -> Vec<Targets> {
        match self.resolve(module, import) {
            Imported::Project(targets) => vec![targets],
            Imported::Standard | Imported::ThirdParty | Imported::Beyond => Vec::new(),
            _ => self.layout().resolve_all(module, import),
        }
    }
}

fn is_new(seen: &mut Seen<(ModuleId, String)>, one: (ModuleId, String)) -> bool {
    seen.len() < MOST && seen.insert(one)
}

/// The surest first.
fn rank(member: &Member) -> u8 {
    match member {
        Member::Replaced(..) => 0,
        Member::Bound => 1,
        Member::Perhaps => 2,
        Member::Absent => 3,
    }
}

fn last_named(targets: Vec<Targets>) -> Vec<ModuleId> {
    targets
        .into_iter()
        .filter_map(|one| one.named.last().copied())
        .collect()
}

/// The dots at the beginning of `dotted`, and the names behind them.
fn parts(dotted: &str) -> (usize, Vec<&str>) {
    let names = dotted.trim_start_matches('.');
    let parts = names.split('.').filter(|part| !part.is_empty()).collect();
    (dotted.len() - names.len(), parts)
}

fn joined(dotted: &str, rest: &[&str]) -> String {
    let mut all = dotted.to_owned();
    for part in rest {
        all.push('.');
        all.push_str(part);
    }
    all
}

/// The import of the module `parts`, behind `level` dots.
fn reference(level: usize, parts: &[&str]) -> ImportRef {
    ImportRef {
        module: parts.join("."),
        level: u32::try_from(level).unwrap_or(u32::MAX),
        names: Vec::new(),
        star: false,
    }
}
