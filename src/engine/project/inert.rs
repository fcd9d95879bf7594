//! Whether values, classes and modules stay quiet when another module works with them while it is imported.

use super::Project;
use super::digest::{Effect, ImportRef, Kind, Runs};
use super::layout::{Imported, ModuleId};
use super::members::Member;
use super::origins::{HERE, Origin};

/// How many names are followed to what they stand for.
const DEPTH: usize = 8;

/// Values that ask a type for another type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Operator,
    Subscript,
}

impl Project {
    /// What is not plain about `effect`, which `module` has when it is imported; `None` for nothing.
    pub(super) fn disturbance(&self, module: ModuleId, effect: &Effect) -> Option<String> {
        let shown = |name: &str| name.strip_prefix(HERE).unwrap_or(name).to_owned();
        match effect {
            Effect::Operand(name) => (!self.is_inert(module, name, By::Operator, DEPTH))
                .then(|| format!("computes with `{}`", shown(name))),
            Effect::Result(callee) => (!self.gives_foreign(module, callee))
                .then(|| format!("computes with what `{}` gives", shown(callee))),
            Effect::Subscript(name) => (!self.is_inert(module, name, By::Subscript, DEPTH))
                .then(|| format!("looks something up in `{}`", shown(name))),
            Effect::Attribute(name) => self.looks_into(module, name),
            Effect::Derives(base) => (!self.derives_quietly(module, base, DEPTH))
                .then(|| format!("derives from `{}`, which runs code then", shown(base))),
            Effect::EnumHooks(base) => self
                .is_enum(module, base, DEPTH)
                .then(|| "makes members of an enum that runs code then".to_owned()),
            Effect::Descriptor(name) => (!self.is_inert(module, name, By::Operator, DEPTH)
                && !self.is_function(module, name))
            .then(|| format!("tells `{}` its name in a class", shown(name))),
            _ => None,
        }
    }

    /// Whether `name` stands for something that is not of the project.
    fn is_foreign(&self, module: ModuleId, name: &str) -> bool {
        self.canonical(module, name, DEPTH).is_some()
    }

    fn homes(&self, module: ModuleId, name: &str) -> Vec<(ModuleId, String)> {
        let mut all = Vec::new();
        for (home, path) in self.definitions(module, name) {
            all.extend(self.through_stars(home, &path));
        }
        all
    }

    /// Whether the callee is no thing of the project.
    fn gives_foreign(&self, module: ModuleId, callee: &str) -> bool {
        self.is_foreign(module, callee)
            || callee
                .strip_prefix(HERE)
                .and_then(|own| own.split_once('.'))
                .is_some_and(|(name, _)| {
                    let maker = self
                        .digest(module)
                        .and_then(|digest| digest.made_by.get(name));
                    maker.is_some_and(|maker| self.is_foreign(module, maker))
                })
    }

    /// Whether operators or subscripts of `name`, as written in `module`, run no code of the project, and find what
    /// they look for.
    fn is_inert(&self, module: ModuleId, name: &str, by: By, depth: usize) -> bool {
        if let Some(name) = self.canonical(module, name, DEPTH) {
            return !(name == "sys.argv" && by == By::Subscript);
        }
        if depth == 0 {
            return false;
        }
        if !self.modules_named(module, name).is_empty() {
            return by == By::Operator;
        }
        let homes = self.homes(module, name);
        !homes.is_empty()
            && homes
                .iter()
                .all(|(home, path)| self.is_inert_at(*home, path, by, depth - 1))
    }

    fn is_inert_at(&self, home: ModuleId, path: &str, by: By, depth: usize) -> bool {
        let Some(digest) = self.digest(home) else {
            return false;
        };
        if let Some((owner, _)) = path.split_once('.') {
            let is_member = digest.classes.contains_key(owner)
                && self.is_enum(home, &format!("{HERE}{owner}"), depth);
            let is_plain = digest.values.get(path) == Some(&Kind::Plain);
            return by == By::Operator
                && (is_member && !self.has_operators(home, owner) || is_plain);
        }
        if digest.classes.contains_key(path) {
            return self.is_quiet_class(home, path, by, depth);
        }
        match digest.values.get(path) {
            Some(Kind::Plain) => by == By::Operator,
            // `Ids = list[Id]`, `Id = int | str`
            Some(Kind::Built) => {
                let from = digest.made_from.get(path).into_iter().flatten();
                from.into_iter()
                    .filter(|one| **one != format!("{HERE}{path}"))
                    .all(|one| self.is_inert(home, one, By::Operator, depth))
            }
            Some(Kind::Made) => {
                let maker = digest.made_by.get(path);
                maker.is_some_and(|maker| {
                    // `T = TypeVar("T")` may stand in brackets; `TABLE = dict(a=1)` may lack a key.
                    let is_type = by == By::Operator
                        || maker.starts_with("typing")
                        || maker == "collections.namedtuple";
                    is_type && self.is_foreign(home, maker)
                })
            }
            _ => false,
        }
    }

    fn has_operators(&self, home: ModuleId, class: &str) -> bool {
        let class = self.digest(home).and_then(|one| one.classes.get(class));
        class.is_none_or(|class| class.has_operators)
    }

    /// Whether a class may stand in brackets, before them, and between `|`.
    fn is_quiet_class(&self, home: ModuleId, name: &str, by: By, depth: usize) -> bool {
        let Some(class) = self.digest(home).and_then(|one| one.classes.get(name)) else {
            return false;
        };
        let is_metaclass_foreign = match &class.metaclass {
            None => true,
            Some(Some(name)) => self.is_foreign(home, name),
            Some(None) => false,
        };
        is_metaclass_foreign
            && depth > 0
            && !(by == By::Subscript && class.has_class_getitem)
            && class.bases.iter().all(|base| {
                base.as_deref().is_some_and(|base| {
                    self.is_foreign(home, base)
                        || self
                            .homes(home, base)
                            .iter()
                            .all(|(home, path)| self.is_inert_at(*home, path, by, depth - 1))
                })
            })
    }

    /// Whether nothing of the project runs when a class is derived from `base`.
    fn derives_quietly(&self, module: ModuleId, base: &str, depth: usize) -> bool {
        if self.is_foreign(module, base) {
            return true;
        }
        if depth == 0 {
            return false;
        }
        let homes = self.homes(module, base);
        !homes.is_empty()
            && homes.iter().all(|(home, path)| {
                let Some(digest) = self.digest(*home) else {
                    return false;
                };
                if let Some(class) = digest.classes.get(path) {
                    let is_own = class.metaclass.as_ref().is_some_and(|one| {
                        one.as_ref().is_none_or(|one| !self.is_foreign(*home, one))
                    });
                    let hooks = class.has_enum_hooks && self.is_enum(module, base, depth);
                    let runs = is_own || class.on_derive || hooks;
                    let mut bases = class.bases.iter();
                    return !runs
                        && bases.all(|base| {
                            let base = base.as_deref();
                            base.is_some_and(|base| self.derives_quietly(*home, base, depth - 1))
                        });
                }
                match digest.values.get(path) {
                    // `Base = declarative_base()`
                    Some(Kind::Made) => {
                        let maker = digest.made_by.get(path);
                        maker.is_some_and(|maker| self.is_foreign(*home, maker))
                    }
                    Some(Kind::Built) => {
                        let mut from = digest.made_from.get(path).into_iter().flatten();
                        from.all(|one| self.derives_quietly(*home, one, depth - 1))
                    }
                    _ => false,
                }
            })
    }

    /// Whether `name` is an enum, as far as names tell.
    pub(super) fn is_enum(&self, module: ModuleId, name: &str, depth: usize) -> bool {
        if self.is_foreign(module, name) {
            let last = name.rsplit('.').next().unwrap_or(name);
            return ["Enum", "Flag", "Choices"]
                .iter()
                .any(|end| last.ends_with(end));
        }
        depth > 0
            && self.homes(module, name).iter().any(|(home, path)| {
                let class = self.digest(*home).and_then(|one| one.classes.get(path));
                let mut bases = class
                    .into_iter()
                    .flat_map(|class| class.bases.iter().flatten());
                bases.any(|base| self.is_enum(*home, base, depth - 1))
            })
    }

    fn is_function(&self, module: ModuleId, name: &str) -> bool {
        let homes = self.homes(module, name);
        !homes.is_empty()
            && homes.iter().all(|(home, path)| {
                self.digest(*home)
                    .is_some_and(|digest| digest.functions.contains(path))
            })
    }

    /// What is not plain about reading `name`, an attribute.
    fn looks_into(&self, module: ModuleId, name: &str) -> Option<String> {
        let shown = name.strip_prefix(HERE).unwrap_or(name);
        if self.is_foreign(module, name) || !self.modules_named(module, name).is_empty() {
            return None;
        }
        let (owner, attribute) = name.rsplit_once('.')?;
        let modules = self.modules_named(module, owner);
        if !modules.is_empty() {
            return modules
                .into_iter()
                .find_map(|home| self.takes(module, home, attribute));
        }
        let is_special = attribute.starts_with("__") && attribute.ends_with("__");
        let is_plain = |(home, path): &(ModuleId, String)| {
            let Some(digest) = self.digest(*home) else {
                return false;
            };
            let (first, rest) = path.split_once('.').unwrap_or((path, ""));
            if digest.classes.contains_key(first) {
                return match rest {
                    "" => {
                        self.is_quiet_class(*home, first, By::Operator, DEPTH)
                            && self.may_have(*home, first, attribute, DEPTH)
                    }
                    _ => {
                        matches!(attribute, "value" | "name")
                            && self.is_enum(*home, &format!("{HERE}{first}"), DEPTH)
                    }
                };
            }
            let is_made = digest.values.get(first) == Some(&Kind::Made);
            let maker = digest.made_by.get(first).filter(|_| is_made);
            is_special || maker.is_some_and(|maker| self.is_foreign(*home, maker))
        };
        let homes = self.homes(module, owner);
        let is_quiet = !homes.is_empty() && homes.iter().all(is_plain);
        (!is_quiet).then(|| format!("looks into `{shown}`"))
    }

    /// Whether a class may have an attribute.
    fn may_have(&self, home: ModuleId, class: &str, attribute: &str, depth: usize) -> bool {
        let Some(class) = self.digest(home).and_then(|one| one.classes.get(class)) else {
            return true;
        };
        let is_special = attribute.starts_with("__");
        is_special
            || class.names.contains(attribute)
            || class.bases.iter().any(|base| {
                let Some(base) = base.as_deref().filter(|_| depth > 0) else {
                    return true;
                };
                self.is_foreign(home, base) && base != "builtins.object"
                    || self
                        .homes(home, base)
                        .iter()
                        .any(|(home, path)| self.may_have(*home, path, attribute, depth - 1))
            })
    }

    /// What is not plain about taking `name` out of the module `home` once.
    fn takes(&self, module: ModuleId, home: ModuleId, name: &str) -> Option<String> {
        let file = self.file(home);
        match self.member(home, name) {
            Member::Replaced(..) => Some(format!(
                "takes `{name}` of {file}, which changes at run time"
            )),
            Member::Absent => Some(format!("takes `{name}` of {file}, which does not bind it")),
            _ if self.asks_for(home, name) && !self.has_submodule(home, name) => {
                Some(format!("asks `__getattr__` of {file} for `{name}`"))
            }
            _ => {
                let (by, _) = self.assigned(home, name)?;
                (by != module)
                    .then(|| format!("takes `{name}` of {file}, which changes at run time"))
            }
        }
    }

    /// What is not plain about the names that the imports of `module` take, with the line.
    pub(super) fn taken(&self, module: ModuleId) -> Option<(u32, String)> {
        let digest = self.digest(module)?;
        let runs = digest.imports.iter();
        let runs = runs.filter(|one| one.runs != Runs::Never && !one.lazy);
        for one in runs {
            let Imported::Project(targets) = self.resolve(module, &one.import) else {
                continue;
            };
            for (home, name) in &targets.members {
                // A package takes its own submodules.
                if *home == module || one.guarded && self.member(*home, name) == Member::Absent {
                    continue;
                }
                if let Some(what) = self.takes(module, *home, name) {
                    return Some((one.line, what));
                }
            }
        }
        None
    }

    /// The package that binds the name of its submodule `module` to something else, and does not load that itself: until
    /// somebody does.
    pub(super) fn hides_in(&self, module: ModuleId) -> Option<ModuleId> {
        let path = self.path(module);
        let package = *self.packages(module).first()?;
        let name = match path.file_stem()? {
            "__init__" => path.parent()?.file_name()?,
            stem => stem,
        };
        let digest = self.digest(package)?;
        let is_itself = match digest.origins.get(name) {
            Some(Origin::Import(origin)) => self.modules_named(package, origin) == [module],
            _ => false,
        };
        let is_bound = digest.bindings.contains_key(name) && !is_itself;
        let is_loaded = self.graph().loads(package).any(|one| one == module);
        (is_bound && !is_loaded).then_some(package)
    }

    /// Whether a name that `module` takes for a builtin may come from a star import.
    pub(super) fn hides_builtin(&self, module: ModuleId, name: &str) -> bool {
        let Some(digest) = self.digest(module) else {
            return false;
        };
        let stars = digest.imports.iter().filter(|one| one.import.star);
        let imports: Vec<&ImportRef> = stars.map(|one| &one.import).collect();
        let is_unknown = |import: &&ImportRef| {
            !matches!(
                self.resolve(module, import),
                Imported::Project(_) | Imported::Standard
            )
        };
        imports.iter().any(is_unknown) || !self.star_sources(module, name).is_empty()
    }
}
