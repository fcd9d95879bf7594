//! Names across modules: who binds a name, who replaces it at run time, who takes all of them.

use super::Project;
use super::digest::{Bound, ImportRef, LoadImport, Runs};
use super::layout::{Imported, ModuleId};
use super::origins::HERE;

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
        let Some(digest) = self.digest(module) else {
            return Member::Absent;
        };
        if let Some(line) = digest.rebinds.get(name) {
            return Member::Replaced(module, *line);
        }
        match digest.bindings.get(name) {
            Some(Bound::Surely) => Member::Bound,
            Some(Bound::Perhaps) => Member::Perhaps,
            None if digest.has_getattr => Member::Perhaps,
            None if matches!(name, "__name__" | "__doc__" | "__file__") => Member::Bound,
            None => {
                let mut stars = digest
                    .imports
                    .iter()
                    .filter(|one| one.import.star && one.runs == Runs::Always);
                match stars.any(|star| self.star_gives(module, star, name)) {
                    true => Member::Bound,
                    false => Member::Absent,
                }
            }
        }
    }

    fn star_gives(&self, module: ModuleId, star: &LoadImport, name: &str) -> bool {
        let Imported::Project(targets) = self.resolve(module, &star.import) else {
            return false;
        };
        targets.named.iter().any(|one| {
            *one != module
                && !name.starts_with('_')
                && self
                    .digest(*one)
                    .is_some_and(|digest| digest.bindings.get(name) == Some(&Bound::Surely))
        })
    }

    /// Where some file of the project replaces `name` of one of `modules` at run time (`mock.patch`, assignment): its
    /// module and the line. `written` is the dotted name of the module as the import writes it.
    pub fn replaced(
        &self,
        modules: &[ModuleId],
        written: &str,
        name: &str,
    ) -> Option<(ModuleId, u32)> {
        self.modules().find_map(|from| {
            let digest = self.digest(from)?;
            let hit = digest.replaced.iter().find(|one| {
                one.name == name
                    && match &one.module {
                        None => true,
                        Some(module) if module == written => true,
                        Some(module) => self
                            .module_named(from, module)
                            .is_some_and(|module| modules.contains(&module)),
                    }
            })?;
            Some((from, hit.line))
        })
    }

    /// Where some file puts `module` (dotted), one of its parents or one of its submodules into `sys.modules`.
    pub fn stubbed(&self, module: &str) -> Option<(ModuleId, u32)> {
        let related = |name: &str| {
            name == module
                || module
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with('.'))
                || name
                    .strip_prefix(module)
                    .is_some_and(|rest| rest.starts_with('.'))
        };
        self.modules().find_map(|from| {
            let digest = self.digest(from)?;
            let hit = digest.stubbed.iter().find(|(name, _)| related(name))?;
            Some((from, hit.1))
        })
    }

    /// A module that takes all names of `module` by a star import; none when `__all__` says which those are.
    pub fn star_importer(&self, module: ModuleId) -> Option<ModuleId> {
        if self.digest(module)?.has_all {
            return None;
        }
        self.modules().find(|from| {
            self.digest(*from).is_some_and(|digest| {
                digest.imports.iter().any(|one| {
                    one.import.star && self.targets(*from, &one.import).contains(&module)
                })
            })
        })
    }

    /// The module of the project that `dotted`, as written in `from`, names.
    pub(super) fn module_named(&self, from: ModuleId, dotted: &str) -> Option<ModuleId> {
        let import = reference(dotted)?;
        match self.resolve(from, &import) {
            Imported::Project(targets) if import.names.is_empty() => targets.named.last().copied(),
            Imported::Project(targets) if targets.members.is_empty() => {
                targets.named.last().copied()
            }
            _ => None,
        }
    }

    /// Whether `dotted`, as written in `from`, is a module of the project.
    pub(super) fn find_module(&self, from: ModuleId, dotted: &str) -> bool {
        self.module_named(from, dotted).is_some()
    }

    /// The module that defines what the dotted path names, and the path in it; from-imports are followed.
    pub(super) fn find_member(
        &self,
        from: ModuleId,
        dotted: &str,
        depth: usize,
    ) -> Option<(ModuleId, String)> {
        if depth == 0 {
            return None;
        }
        let level = dotted.len() - dotted.trim_start_matches('.').len();
        let parts: Vec<&str> = dotted.trim_start_matches('.').split('.').collect();
        for split in (0..parts.len()).rev() {
            let (module, rest) = parts.split_at(split);
            if level == 0 && module.is_empty() {
                return None;
            }
            let import = ImportRef {
                module: module.join("."),
                level: u32::try_from(level).unwrap_or(u32::MAX),
                names: vec![(*rest.first()?).to_owned()],
                star: false,
            };
            let Imported::Project(targets) = self.resolve(from, &import) else {
                continue;
            };
            let Some((home, name)) = targets.members.first() else {
                continue;
            };
            let path = rest.join(".");
            let digest = self.digest(*home)?;
            let passed_on = digest
                .imports
                .iter()
                .find(|one| one.import.names.contains(name));
            let is_own = digest.classes.contains_key(name)
                || digest.made_by.contains_key(name)
                || digest.bodies.contains_key(name);
            return match passed_on.filter(|_| !is_own) {
                Some(one) => {
                    let separator = if one.import.module.is_empty() {
                        ""
                    } else {
                        "."
                    };
                    let next = format!("{}{separator}{path}", one.import.written());
                    self.find_member(*home, &next, depth - 1)
                        .or(Some((*home, path)))
                }
                None => Some((*home, path)),
            };
        }
        None
    }
}

/// The import that leads to the module `dotted`, which may begin with dots.
fn reference(dotted: &str) -> Option<ImportRef> {
    if dotted.starts_with(HERE) {
        return None;
    }
    let module = dotted.trim_start_matches('.');
    let level = u32::try_from(dotted.len() - module.len()).ok()?;
    if level == 0 {
        return Some(ImportRef {
            module: module.to_owned(),
            level,
            names: Vec::new(),
            star: false,
        });
    }
    let (module, name) = module.rsplit_once('.').unwrap_or(("", module));
    Some(ImportRef {
        module: module.to_owned(),
        level,
        names: vec![name.to_owned()],
        star: false,
    })
}
