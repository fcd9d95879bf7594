//! Follow an import statement to the files of the project.

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashSet;

use super::digest::ImportRef;
use super::layout::{Imported, Layout, ModuleId, Targets, is_standard};

/// What becomes of a symbolic link on the way to a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Links {
    Stop,
    Follow,
}

impl Layout {
    /// Where `import`, written in the file at `from`, leads to.
    pub(super) fn resolve(&self, from: &Utf8Path, import: &ImportRef) -> Imported {
        let parts: Vec<&str> = import.module.split('.').filter(|p| !p.is_empty()).collect();
        if import.level > 0 {
            return match self.base(from, import.level) {
                Some(base) => self.below(base, &parts, import, from, Links::Stop),
                None => Imported::Beyond,
            };
        }
        let Some(first) = parts.first() else {
            return Imported::Beyond;
        };
        // What stands above the file counts before what stands beside it.
        let mut above = self.above(from);
        if parts.len() == 1 && from.file_stem() == Some(*first) {
            // No file means itself: `import posthog` in posthog.py shows that its directory is not on the path.
            let is_root =
                |root: &Utf8Path| root == self.top || self.roots.iter().any(|one| one == root);
            above.retain(|root| Some(*root) != from.parent() || is_root(root));
        }
        for roots in [above, self.elsewhere(from)] {
            if let Some(found) = self.in_roots(&roots, &parts, import, from) {
                return found;
            }
        }
        let roots = [self.above(from), self.elsewhere(from)].concat();
        let link = roots.iter().find_map(|root| self.link_on(root, &parts));
        match link {
            Some(link) => Imported::Linked(link),
            None if is_standard(first) => Imported::Standard,
            None => Imported::ThirdParty,
        }
    }

    /// What an absolute import gives that is looked for in `roots`; `None` when none of them has its first package.
    fn in_roots(
        &self,
        roots: &[&Utf8Path],
        parts: &[&str],
        import: &ImportRef,
        from: &Utf8Path,
    ) -> Option<Imported> {
        let first = parts.first()?;
        let whole: Vec<&Utf8Path> = roots
            .iter()
            .copied()
            .filter(|root| self.has_whole(root, parts, import))
            .collect();
        // A directory without `__init__.py` gives way to a package of that name, wherever that is installed.
        let regular = roots.iter().copied().find(|root| {
            let place = self.place(root, first);
            place.package.is_some() || place.module.is_some()
        });
        let root = whole.first().copied().or(regular)?;
        if is_standard(first) {
            return Some(Imported::Shadows(self.claim(root, first)));
        }
        if let [one, rival, ..] = whole[..] {
            return Some(Imported::Ambiguous(
                self.claim(one, first),
                self.claim(rival, first),
            ));
        }
        Some(match self.below(root, parts, import, from, Links::Stop) {
            Imported::Project(mut targets) => {
                targets.via = Some(root.to_owned());
                Imported::Project(targets)
            }
            other => other,
        })
    }

    /// What `import` in the file at `from` may lead to, in whatever directory it is found and behind whatever link.
    pub(super) fn resolve_all(&self, from: &Utf8Path, import: &ImportRef) -> Vec<Targets> {
        let parts: Vec<&str> = import.module.split('.').filter(|p| !p.is_empty()).collect();
        let roots = match import.level {
            0 => [self.above(from), self.elsewhere(from)].concat(),
            level => self.base(from, level).into_iter().collect(),
        };
        let found = roots.into_iter().filter_map(|root| {
            match self.below(root, &parts, import, from, Links::Follow) {
                Imported::Project(targets) => Some(targets),
                _ => None,
            }
        });
        found.collect()
    }

    /// The directories above the file at `from` that its modules may be imported from, nearest first.
    fn above<'a>(&'a self, from: &'a Utf8Path) -> Vec<&'a Utf8Path> {
        from.ancestors()
            .skip(1)
            .take_while(|directory| directory.starts_with(&self.top))
            .filter(|directory| *directory == self.top || !self.is_package(directory))
            .collect()
    }

    /// The other roots of the project. What stands below `tests/` is imported by tests only.
    fn elsewhere<'a>(&'a self, from: &'a Utf8Path) -> Vec<&'a Utf8Path> {
        let mut roots: Vec<&Utf8Path> = Vec::new();
        for root in &self.roots {
            let is_above = from.starts_with(root) && !self.is_package(root);
            let is_open = self
                .tests_around(root)
                .is_none_or(|tests| from.starts_with(tests));
            if !is_above && is_open && !roots.contains(&root.as_path()) {
                roots.push(root);
            }
        }
        roots
    }

    /// The directory `tests` or `test` that `root` is, or stands in.
    fn tests_around<'a>(&self, root: &'a Utf8Path) -> Option<&'a Utf8Path> {
        root.ancestors()
            .take_while(|directory| directory.starts_with(&self.top) && **directory != self.top)
            .filter(|directory| matches!(directory.file_name(), Some("tests" | "test")))
            .last()
    }

    /// Whether all that `import` names, `parts` below `root`, stands there and is a module.
    fn has_whole(&self, root: &Utf8Path, parts: &[&str], import: &ImportRef) -> bool {
        let Some((last, packages)) = parts.split_last() else {
            return false;
        };
        let mut directory = root.to_owned();
        for part in packages {
            if !self.has(&directory, part) {
                return false;
            }
            directory.push(part);
        }
        let place = self.place(&directory, last);
        if place.link.is_some() {
            return false;
        }
        let is_module = place.package.is_some() || place.module.is_some();
        let has_one = |name: &String| {
            let inside = self.place(&place.directory, name);
            inside.package.is_some() || inside.module.is_some()
        };
        is_module || place.has_directory && import.names.iter().any(has_one)
    }

    /// The first symbolic link on the way from `root` along `parts`.
    fn link_on(&self, root: &Utf8Path, parts: &[&str]) -> Option<Utf8PathBuf> {
        let mut directory = root.to_owned();
        for part in parts {
            let place = self.place(&directory, part);
            if let Some(link) = place.link {
                return Some(link.path);
            }
            directory = place.directory;
        }
        None
    }

    fn has(&self, root: &Utf8Path, name: &str) -> bool {
        self.directories
            .get(root)
            .is_some_and(|one| one.modules.contains_key(name) || one.below.contains(name))
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

    /// The directory that the `level` dots of a relative import stand for.
    fn base<'a>(&self, from: &'a Utf8Path, level: u32) -> Option<&'a Utf8Path> {
        let mut base = from.parent();
        for _ in 1..level {
            base = base.and_then(Utf8Path::parent);
        }
        base.filter(|base| base.starts_with(&self.top))
    }

    /// What `import` gives when its module is `parts` below the directory `base`.
    fn below(
        &self,
        base: &Utf8Path,
        parts: &[&str],
        import: &ImportRef,
        from: &Utf8Path,
        links: Links,
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
            let place = self.place(&directory, part);
            if let (Some(link), Links::Stop) = (&place.link, links) {
                return Imported::Linked(link.path.clone());
            }
            let one = match (place.package, place.module) {
                (Some(_), Some(_)) if links == Links::Stop => {
                    let file = directory.join(format!("{part}.py"));
                    return Imported::Ambiguous(place.directory, file);
                }
                (Some(package), beside) => {
                    targets.named.extend(beside);
                    Some(package)
                }
                (None, Some(module)) => {
                    is_directory = false;
                    Some(module)
                }
                (None, None) if place.has_directory => None,
                (None, None) => return missing(),
            };
            let is_last = at + 1 == parts.len();
            if !is_last && !is_directory {
                return missing();
            }
            last = one;
            if !is_last {
                targets.parents.extend(one);
            }
            directory = place.directory;
        }
        if import.names.is_empty() && !import.star {
            targets.named.extend(last);
            return self.done(targets, from);
        }
        let mut submodules = Vec::new();
        for name in &import.names {
            match self
                .submodule(&directory, name, links)
                .filter(|_| is_directory)
            {
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
        links: Links,
    ) -> Option<Result<Option<ModuleId>, Imported>> {
        let place = self.place(directory, name);
        if let (Some(link), Links::Stop) = (&place.link, links) {
            return Some(Err(Imported::Linked(link.path.clone())));
        }
        match (place.package, place.module) {
            (Some(_), Some(_)) if links == Links::Stop => Some(Err(Imported::Ambiguous(
                place.directory,
                directory.join(format!("{name}.py")),
            ))),
            (Some(module), _) | (None, Some(module)) => Some(Ok(Some(module))),
            (None, None) => place.has_directory.then_some(Ok(None)),
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
