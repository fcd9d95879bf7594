//! Follow an import statement to the files of the project.

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashSet;

use super::digest::ImportRef;
use super::layout::{Imported, Layout, ModuleId, Targets, is_standard};

impl Layout {
    /// Where `import`, written in the file at `from`, leads to.
    pub(super) fn resolve(&self, from: &Utf8Path, import: &ImportRef) -> Imported {
        let parts: Vec<&str> = import.module.split('.').filter(|p| !p.is_empty()).collect();
        if import.level > 0 {
            return self.relative(from, &parts, import);
        }
        let Some(first) = parts.first() else {
            return Imported::Beyond;
        };
        let is_standard = is_standard(first);
        let mut found: Vec<&Utf8Path> = Vec::new();
        for root in self.search(from) {
            if !found.contains(&root) && self.has(root, first) {
                found.push(root);
            }
        }
        let Some(&root) = found.first() else {
            let link = self.search(from).find_map(|root| {
                let key = (root.to_owned(), (*first).to_owned());
                self.links.get(&key)
            });
            return match link {
                Some(link) => Imported::Linked(link.clone()),
                None if is_standard => Imported::Standard,
                None => Imported::ThirdParty,
            };
        };
        if is_standard {
            return Imported::Shadows(self.claim(root, first));
        }
        let above = |root: &Utf8Path| from.starts_with(root);
        let rival = found.iter().skip(1).find(|rival| {
            // What stands beside the file's own home does not compete with it.
            above(rival) == above(root) && self.has_all(rival, &parts)
        });
        if let Some(rival) = rival.filter(|_| self.has_all(root, &parts)) {
            return Imported::Ambiguous(self.claim(root, first), self.claim(rival, first));
        }
        let root = match self.has_all(root, &parts) {
            true => root,
            // A namespace package may be spread over several roots.
            false => found
                .iter()
                .copied()
                .find(|root| self.has_all(root, &parts))
                .unwrap_or(root),
        };
        match self.below(root, &parts, import, from) {
            Imported::Project(mut targets) => {
                targets.via = Some(root.to_owned());
                Imported::Project(targets)
            }
            other => other,
        }
    }

    /// What `import` in the file at `from` may lead to, in whatever directory it is found.
    pub(super) fn resolve_all(&self, from: &Utf8Path, import: &ImportRef) -> Vec<Targets> {
        let parts: Vec<&str> = import.module.split('.').filter(|p| !p.is_empty()).collect();
        let mut seen = FxHashSet::default();
        self.search(from)
            .filter(|root| seen.insert(*root) && self.has_all(root, &parts))
            .filter_map(|root| match self.below(root, &parts, import, from) {
                Imported::Project(targets) => Some(targets),
                _ => None,
            })
            .collect()
    }

    /// The directories to look in from the file at `from`, best first; some come twice.
    fn search<'a>(&'a self, from: &'a Utf8Path) -> impl Iterator<Item = &'a Utf8Path> {
        let above = from
            .ancestors()
            .skip(1)
            .take_while(|directory| directory.starts_with(&self.top))
            .filter(|directory| *directory == self.top || !self.is_package(directory));
        above.chain(self.roots.iter().map(Utf8PathBuf::as_path))
    }

    fn has(&self, root: &Utf8Path, name: &str) -> bool {
        self.directories
            .get(root)
            .is_some_and(|one| one.modules.contains_key(name) || one.below.contains(name))
    }

    fn has_all(&self, root: &Utf8Path, parts: &[&str]) -> bool {
        let Some((last, packages)) = parts.split_last() else {
            return true;
        };
        let mut directory = root.to_owned();
        for part in packages {
            if !self
                .directories
                .get(&directory)
                .is_some_and(|one| one.below.contains(*part))
            {
                return false;
            }
            directory.push(part);
        }
        self.has(&directory, last)
    }

    /// The file or the directory that claims the module `name` in `root`.
    fn claim(&self, root: &Utf8Path, name: &str) -> Utf8PathBuf {
        let is_module = self
            .directories
            .get(root)
            .is_some_and(|one| one.modules.contains_key(name));
        let package = root.join(name);
        match is_module && !self.is_package(&package) {
            true => root.join(format!("{name}.py")),
            false => package,
        }
    }

    fn relative(&self, from: &Utf8Path, parts: &[&str], import: &ImportRef) -> Imported {
        let mut base = from.parent();
        for _ in 1..import.level {
            base = base.and_then(Utf8Path::parent);
        }
        let Some(base) = base.filter(|base| base.starts_with(&self.top)) else {
            return Imported::Beyond;
        };
        self.below(base, parts, import, from)
    }

    /// What `import` gives when its module is `parts` below the directory `base`.
    fn below(
        &self,
        base: &Utf8Path,
        parts: &[&str],
        import: &ImportRef,
        from: &Utf8Path,
    ) -> Imported {
        let mut targets = Targets::default();
        let mut directory = base.to_owned();
        let relative = import.level > 0;
        let above = match relative {
            true => self.directories.get(base).and_then(|one| one.init),
            false => None,
        };
        targets.parents.extend(above);
        let missing = || {
            let dots = ".".repeat(import.level as usize);
            Imported::Missing(format!("{dots}{}", parts.join(".")))
        };
        let mut last: Option<ModuleId> = above;
        let mut is_directory = true;
        for (at, part) in parts.iter().enumerate() {
            let key = (directory.clone(), (*part).to_owned());
            if let Some(link) = self.links.get(&key) {
                return Imported::Linked(link.clone());
            }
            let Some(here) = self.directories.get(&directory) else {
                return missing();
            };
            let package = directory.join(part);
            let has_directory = here.below.contains(*part);
            let module = here.modules.get(*part).copied();
            let regular = self.directories.get(&package).and_then(|one| one.init);
            let one = match (regular, module) {
                (Some(_), Some(_)) => {
                    let file = directory.join(format!("{part}.py"));
                    return Imported::Ambiguous(package, file);
                }
                (None, Some(module)) => {
                    is_directory = false;
                    Some(module)
                }
                (regular, None) if has_directory => regular,
                _ => return missing(),
            };
            let is_last = at + 1 == parts.len();
            if !is_last && !is_directory {
                return missing();
            }
            last = one;
            if !is_last {
                targets.parents.extend(one);
            }
            directory = package;
        }
        if import.names.is_empty() && !import.star {
            targets.named.extend(last);
            return self.done(targets, from);
        }
        let mut submodules = Vec::new();
        for name in &import.names {
            match self.submodule(&directory, name).filter(|_| is_directory) {
                Some(Ok(module)) => submodules.push((name, Some(module))),
                Some(Err(other)) => return other,
                None => submodules.push((name, None)),
            }
        }
        let all_are_modules = !import.star && submodules.iter().all(|(_, one)| one.is_some());
        match last {
            Some(last) if all_are_modules => targets.parents.push(last),
            Some(last) => targets.named.push(last),
            None if all_are_modules => {}
            None => return missing(),
        }
        for (name, module) in submodules {
            match (module, last) {
                (Some(module), _) => targets.named.extend(module),
                (None, Some(last)) => targets.members.push((last, name.clone())),
                (None, None) => {}
            }
        }
        self.done(targets, from)
    }

    /// The module `name` in `directory`: `Ok(None)` for a namespace package.
    fn submodule(
        &self,
        directory: &Utf8Path,
        name: &str,
    ) -> Option<Result<Option<ModuleId>, Imported>> {
        if let Some(link) = self.links.get(&(directory.to_owned(), name.to_owned())) {
            return Some(Err(Imported::Linked(link.clone())));
        }
        let here = self.directories.get(directory)?;
        let package = directory.join(name);
        let regular = self.directories.get(&package).and_then(|one| one.init);
        match (regular, here.modules.get(name)) {
            (Some(_), Some(_)) => Some(Err(Imported::Ambiguous(
                package,
                directory.join(format!("{name}.py")),
            ))),
            (Some(module), None) => Some(Ok(Some(module))),
            (None, Some(module)) => Some(Ok(Some(*module))),
            (None, None) => here.below.contains(name).then_some(Ok(None)),
        }
    }

    /// Drop from the parents what is named as well, and the packages that the importing file stands in: they are being
    /// loaded already.
    fn done(&self, mut targets: Targets, from: &Utf8Path) -> Imported {
        let own: Vec<ModuleId> = from
            .ancestors()
            .skip(1)
            .map_while(|directory| self.directories.get(directory)?.init)
            .collect();
        let named = &targets.named;
        targets
            .parents
            .retain(|parent| !own.contains(parent) && !named.contains(parent));
        targets.parents.dedup();
        let mut seen = FxHashSet::default();
        targets.named.retain(|one| seen.insert(*one));
        Imported::Project(targets)
    }
}
