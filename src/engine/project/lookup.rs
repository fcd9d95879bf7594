//! Follow an import statement to the files of the project.

use camino::Utf8PathBuf;

use super::digest::ImportRef;
use super::layout::{DirId, Imported, Layout, ModuleId, Targets, is_standard};

/// What becomes of a symbolic link on the way to a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Links {
    Stop,
    Follow,
}

impl Layout {
    /// Where `import`, written in the module `from`, leads to.
    pub(super) fn resolve(&self, from: ModuleId, import: &ImportRef) -> Imported {
        let search = Search {
            layout: self,
            from,
            import,
            parts: parts(import),
            links: Links::Stop,
        };
        if import.level > 0 {
            return match self.base(from, import.level) {
                Some(base) => search.below(base),
                None => Imported::Beyond,
            };
        }
        let Some(first) = search.parts.first() else {
            return Imported::Beyond;
        };
        if self.knows(first) {
            // What stands above the file counts before what stands beside it.
            let own = self.home(from);
            let home = self.at(own);
            // No file means itself: `import posthog` in posthog.py shows that its directory is not on the path.
            let is_itself = search.parts.len() == 1
                && home.modules.get(*first) == Some(&from)
                && !self.is_root(own);
            let above = match is_itself {
                true => home
                    .above
                    .iter()
                    .copied()
                    .filter(|one| *one != own)
                    .collect(),
                false => home.above.clone(),
            };
            let found = search
                .in_roots(&above)
                .or_else(|| search.in_roots(&home.elsewhere));
            let mut roots = home.above.iter().chain(&home.elsewhere);
            let mut link = || roots.find_map(|root| search.link_on(*root));
            if let Some(found) = found.or_else(|| link().map(Imported::Linked)) {
                return found;
            }
        }
        match is_standard(first) {
            true => Imported::Standard,
            false => Imported::ThirdParty,
        }
    }

    /// What `import` in the module `from` may lead to, in whatever directory it is found and behind whatever link.
    pub(super) fn resolve_all(&self, from: ModuleId, import: &ImportRef) -> Vec<Targets> {
        let first = import.module.split('.').find(|part| !part.is_empty());
        if import.level == 0 && first.is_some_and(|first| !self.knows(first)) {
            return Vec::new();
        }
        let search = Search {
            layout: self,
            from,
            import,
            parts: parts(import),
            links: Links::Follow,
        };
        let home = self.at(self.home(from));
        let roots = match import.level {
            0 => [&home.above[..], &home.elsewhere].concat(),
            level => self.base(from, level).into_iter().collect(),
        };
        let found = roots
            .into_iter()
            .filter_map(|root| match search.below(root) {
                Imported::Project(targets) => Some(targets),
                _ => None,
            });
        found.collect()
    }

    /// The directory that the `level` dots of a relative import stand for.
    pub(super) fn base(&self, from: ModuleId, level: u32) -> Option<DirId> {
        self.ancestors(self.home(from)).nth(level as usize - 1)
    }
}

fn parts(import: &ImportRef) -> Vec<&str> {
    let parts = import.module.split('.');
    parts.filter(|part| !part.is_empty()).collect()
}

/// One import that is looked for.
struct Search<'s> {
    layout: &'s Layout,
    from: ModuleId,
    import: &'s ImportRef,
    /// Of its module.
    parts: Vec<&'s str>,
    links: Links,
}

impl Search<'_> {
    /// What an absolute import gives that is looked for in `roots`; `None` when none of them has its first package.
    fn in_roots(&self, roots: &[DirId]) -> Option<Imported> {
        let first = self.parts.first()?;
        let mut whole = roots.iter().copied().filter(|root| self.has_whole(*root));
        let (one, rival) = (whole.next(), whole.next());
        // A directory without `__init__.py` gives way to a package of that name, wherever that is installed.
        let regular = || {
            let mut roots = roots.iter().copied();
            roots.find(|root| self.layout.place(*root, first).is_module())
        };
        let root = one.or_else(regular)?;
        if is_standard(first) {
            return Some(Imported::Shadows(self.claim(root)));
        }
        if let Some(rival) = rival {
            return Some(Imported::Ambiguous(self.claim(root), self.claim(rival)));
        }
        Some(match self.below(root) {
            Imported::Project(mut targets) => {
                targets.via = Some(root);
                Imported::Project(targets)
            }
            other => other,
        })
    }

    /// Whether all that the import names stands below `root`, and is a module.
    fn has_whole(&self, root: DirId) -> bool {
        let Some((last, packages)) = self.parts.split_last() else {
            return false;
        };
        let mut directory = root;
        for part in packages {
            match self.layout.at(directory).below.get(*part) {
                Some(below) => directory = *below,
                None => return false,
            }
        }
        let place = self.layout.place(directory, last);
        if place.link.is_some() {
            return false;
        }
        let has_one = |directory: DirId| {
            let mut names = self.import.names.iter();
            names.any(|name| self.layout.place(directory, name).is_module())
        };
        place.is_module() || place.directory.is_some_and(has_one)
    }

    /// The first symbolic link on the way from `root` to the module.
    fn link_on(&self, root: DirId) -> Option<Utf8PathBuf> {
        let mut directory = root;
        for part in &self.parts {
            let place = self.layout.place(directory, part);
            if let Some(link) = place.link {
                return Some(link.path.clone());
            }
            directory = place.directory?;
        }
        None
    }

    /// The file or the directory in `root` that claims the first package of the import.
    fn claim(&self, root: DirId) -> Utf8PathBuf {
        let first = self.parts.first().copied().unwrap_or_default();
        let place = self.layout.place(root, first);
        let path = &self.layout.at(root).path;
        match place.module.is_some() && place.package.is_none() {
            true => path.join(format!("{first}.py")),
            false => path.join(first),
        }
    }

    /// The two that claim `name` in `directory`.
    fn both(&self, directory: DirId, name: &str) -> Imported {
        let path = &self.layout.at(directory).path;
        Imported::Ambiguous(path.join(name), path.join(format!("{name}.py")))
    }

    fn missing(&self) -> Imported {
        Imported::Missing(self.import.written())
    }

    /// What the import gives when its module is looked for in `base`.
    fn below(&self, base: DirId) -> Imported {
        let mut targets = Targets::default();
        let mut last = match self.import.level {
            0 => None,
            _ => self.layout.at(base).init,
        };
        targets.parents.extend(last);
        // Where submodules are, and in vain when the module is a file.
        let mut directory = Some(base);
        for (at, part) in self.parts.iter().enumerate() {
            let Some(here) = directory else {
                return self.missing();
            };
            let place = self.layout.place(here, part);
            if let (Some(link), Links::Stop) = (place.link, self.links) {
                return Imported::Linked(link.path.clone());
            }
            last = match (place.package, place.module) {
                (Some(_), Some(_)) if self.links == Links::Stop => return self.both(here, part),
                (Some(package), beside) => {
                    targets.named.extend(beside);
                    Some(package)
                }
                (None, Some(module)) => Some(module),
                (None, None) if place.directory.is_some() => None,
                (None, None) => return self.missing(),
            };
            let is_file = place.package.is_none() && place.module.is_some();
            directory = place.directory.filter(|_| !is_file);
            if at + 1 < self.parts.len() {
                targets.parents.extend(last);
            }
        }
        if self.import.names.is_empty() && !self.import.star {
            targets.named.extend(last);
            return self.done(targets);
        }
        self.take_names(targets, directory, last)
    }

    /// Add what the names of a from-import are: submodules in `directory`, or names of `module`.
    fn take_names(
        &self,
        mut targets: Targets,
        directory: Option<DirId>,
        module: Option<ModuleId>,
    ) -> Imported {
        let mut submodules = Vec::new();
        let mut are_all_modules = !self.import.star;
        for name in &self.import.names {
            let Some(directory) = directory else {
                are_all_modules = false;
                targets
                    .members
                    .extend(module.map(|one| (one, name.clone())));
                continue;
            };
            let place = self.layout.place(directory, name);
            if let (Some(link), Links::Stop) = (place.link, self.links) {
                return Imported::Linked(link.path.clone());
            }
            if place.package.is_some() && place.module.is_some() && self.links == Links::Stop {
                return self.both(directory, name);
            }
            submodules.extend(place.package.or(place.module));
            if !place.is_module() && place.directory.is_none() {
                are_all_modules = false;
                targets
                    .members
                    .extend(module.map(|one| (one, name.clone())));
            }
        }
        match module {
            Some(module) if are_all_modules => targets.parents.push(module),
            Some(module) => targets.named.push(module),
            None if are_all_modules => {}
            None => return self.missing(),
        }
        targets.named.extend(submodules);
        self.done(targets)
    }

    /// Drop from the parents what is named as well, and the packages that the importing file stands in: they are being
    /// loaded already.
    fn done(&self, mut targets: Targets) -> Imported {
        let Targets { named, parents, .. } = &mut targets;
        let own = |parent: ModuleId| {
            let mut above = self.layout.ancestors(self.layout.home(self.from));
            let own = above.by_ref().map_while(|one| self.layout.at(one).init);
            own.into_iter().any(|one| one == parent)
        };
        parents.retain(|parent| !named.contains(parent) && !own(*parent));
        parents.dedup();
        for at in (1..named.len()).rev() {
            if named[..at].contains(&named[at]) {
                named.remove(at);
            }
        }
        Imported::Project(targets)
    }
}
