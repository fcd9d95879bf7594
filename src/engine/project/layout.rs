//! Where the modules of a project are: which file a dotted name leads to, seen from which file.
//!
//! Nobody can tell from a tree what stands on `sys.path`. So a name is looked for as a person would: in the directories
//! above the importing file that are no packages, nearest first, then in the other roots of the project. What two
//! places could give is not decided, it is ambiguous.

use std::cell::RefCell;
use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::{FxHashMap, FxHashSet};

/// A module of the project: its place in the list of modules, which is sorted by path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub(super) u32);

impl ModuleId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }

    /// The module at `index` of the modules of its project.
    pub(super) fn of(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }
}

/// What an import statement leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// A module of the standard library.
    Standard,
    /// Neither of the project nor of the standard library.
    ThirdParty,
    /// Modules of the project.
    Project(Targets),
    /// Two files claim the module.
    Ambiguous(Utf8PathBuf, Utf8PathBuf),
    /// A file of the project is named like a module of the standard library.
    Shadows(Utf8PathBuf),
    /// Below a package of the project, but no file of it; its dotted name.
    Missing(String),
    /// Behind a symbolic link.
    Linked(Utf8PathBuf),
    /// A relative import that leaves the package.
    Beyond,
}

/// Modules of the project that an import statement runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Targets {
    /// What the statement names, submodules that it takes as names included.
    pub named: Vec<ModuleId>,
    /// The packages above them, outermost first.
    pub parents: Vec<ModuleId>,
    /// Names of a from-import that are no submodules: where they come from, and the name.
    pub members: Vec<(ModuleId, String)>,
    /// The directory that an absolute import was found from.
    pub(super) via: Option<DirId>,
}

impl Targets {
    pub fn all(&self) -> impl Iterator<Item = ModuleId> + '_ {
        self.parents.iter().chain(&self.named).copied()
    }
}

/// A directory: its place in the list of directories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct DirId(u32);

/// One directory that holds modules, itself or below.
#[derive(Debug, Default)]
pub(super) struct Directory {
    pub(super) path: Utf8PathBuf,
    /// The one that it stands in, unless it is the topmost.
    pub(super) parent: Option<DirId>,
    pub(super) modules: FxHashMap<String, ModuleId>,
    /// Directories in it that hold modules at any depth.
    pub(super) below: FxHashMap<String, DirId>,
    pub(super) init: Option<ModuleId>,
    /// Symbolic links in it, by the module that they could be.
    pub(super) links: BTreeMap<String, Link>,
    /// Where its files look for modules: in the directories above them, nearest first, and in the other roots.
    pub(super) above: Vec<DirId>,
    pub(super) elsewhere: Vec<DirId>,
}

/// A symbolic link, and what it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) path: Utf8PathBuf,
    pub(super) directory: Option<DirId>,
    pub(super) module: Option<ModuleId>,
}

/// What stands under one name in one directory. Symbolic links have been followed.
#[derive(Debug, Default)]
pub(super) struct Place<'l> {
    pub(super) link: Option<&'l Link>,
    /// Where its submodules are.
    pub(super) directory: Option<DirId>,
    /// `name/__init__.py`
    pub(super) package: Option<ModuleId>,
    /// `name.py`
    pub(super) module: Option<ModuleId>,
}

impl Place<'_> {
    pub(super) fn is_module(&self) -> bool {
        self.package.is_some() || self.module.is_some()
    }
}

/// The directories of a project and what can be imported from them.
#[derive(Debug, Default)]
pub(super) struct Layout {
    directories: Vec<Directory>,
    by_path: FxHashMap<String, DirId>,
    /// The directory of each module.
    homes: Vec<DirId>,
    /// The names of all modules, of all directories that hold some, and of links.
    names: FxHashSet<String>,
    /// The roots that hold modules, and the topmost directory.
    roots: FxHashSet<DirId>,
}

impl Layout {
    /// The layout of `paths` (absolute, of Python modules, in the order of their ids) below `top`. Modules are also
    /// looked for in `roots`, in that order.
    pub(super) fn new<'p>(
        top: &Utf8Path,
        paths: impl Iterator<Item = &'p Utf8Path>,
        roots: &[Utf8PathBuf],
    ) -> Self {
        let mut layout = Self::default();
        for (at, path) in paths.enumerate() {
            let directory = path.parent().unwrap_or(path);
            let known = layout.by_path.get(directory.as_str()).copied();
            let home = known.unwrap_or_else(|| layout.make(directory, top));
            layout.homes.push(home);
            let id = ModuleId(u32::try_from(at).unwrap_or(u32::MAX));
            let stem = path.file_stem().unwrap_or_default();
            let one = &mut layout.directories[home.0 as usize];
            match stem {
                "__init__" => one.init = Some(id),
                _ => drop(one.modules.insert(stem.to_owned(), id)),
            }
        }
        let directories = layout.directories.iter();
        let names = directories.flat_map(|one| one.modules.keys().chain(one.below.keys()));
        layout.names = names.cloned().collect();
        layout.note_roots(top, roots);
        layout
    }

    fn make(&mut self, directory: &Utf8Path, top: &Utf8Path) -> DirId {
        let id = DirId(u32::try_from(self.directories.len()).unwrap_or(u32::MAX));
        self.by_path.insert(directory.to_string(), id);
        self.directories.push(Directory {
            path: directory.to_owned(),
            ..Directory::default()
        });
        let above = directory.parent().filter(|above| above.starts_with(top));
        if let (Some(above), Some(name)) = (above, directory.file_name()) {
            let known = self.by_path.get(above.as_str()).copied();
            let parent = known.unwrap_or_else(|| self.make(above, top));
            self.directories[id.0 as usize].parent = Some(parent);
            let one = &mut self.directories[parent.0 as usize];
            one.below.insert(name.to_owned(), id);
        }
        id
    }

    /// Work out where the files of each directory look for modules.
    fn note_roots(&mut self, top: &Utf8Path, roots: &[Utf8PathBuf]) {
        let known = roots
            .iter()
            .filter_map(|root| self.by_path.get(root.as_str()));
        let mut roots: Vec<DirId> = Vec::new();
        for root in known {
            if !roots.contains(root) {
                roots.push(*root);
            }
        }
        self.roots = roots.iter().copied().collect();
        self.roots.extend(self.find(top));
        // What stands below `tests/` is imported by tests only.
        let tests: Vec<Option<DirId>> = roots.iter().map(|root| self.tests_around(*root)).collect();
        for at in 0..self.directories.len() {
            let own = DirId(u32::try_from(at).unwrap_or(u32::MAX));
            if !self.at(own).path.starts_with(top) {
                self.directories[at].elsewhere.clone_from(&roots);
                continue;
            }
            let ancestors: Vec<DirId> = self.ancestors(own).collect();
            let is_open = |one: &DirId| self.at(*one).init.is_none() || self.at(*one).path == top;
            let above: Vec<DirId> = ancestors.iter().copied().filter(is_open).collect();
            let others = roots.iter().zip(&tests).filter(|(root, tests)| {
                let is_for_all = tests.is_none_or(|tests| ancestors.contains(&tests));
                is_for_all && !above.contains(root)
            });
            let elsewhere = others.map(|(root, _)| *root).collect();
            self.directories[at].elsewhere = elsewhere;
            self.directories[at].above = above;
        }
    }

    /// The outermost directory `tests` or `test` that `root` is, or stands in.
    fn tests_around(&self, root: DirId) -> Option<DirId> {
        self.ancestors(root)
            .filter(|one| self.at(*one).parent.is_some())
            .filter(|one| matches!(self.at(*one).path.file_name(), Some("tests" | "test")))
            .last()
    }

    /// Note symbolic links, which the walk does not follow, and what they lead to.
    pub(super) fn note_links(&mut self, links: BTreeMap<Utf8PathBuf, Utf8PathBuf>) {
        for (path, target) in links {
            let is_file = path.extension() == Some("py");
            let name = if is_file {
                path.file_stem()
            } else {
                path.file_name()
            };
            let directory = path.parent().and_then(|one| self.find(one));
            let (Some(directory), Some(name)) = (directory, name.map(str::to_owned)) else {
                continue;
            };
            let there = target.parent().and_then(|parent| self.find(parent));
            let module = there.zip(target.file_stem()).filter(|_| is_file);
            let module = module.and_then(|(there, stem)| self.at(there).modules.get(stem).copied());
            let link = Link {
                directory: self.find(&target),
                module,
                path,
            };
            let one = &mut self.directories[directory.0 as usize];
            // The walk may have kept this very name for the file.
            if !is_file || !one.modules.contains_key(&name) {
                one.links.insert(name.clone(), link);
                self.names.insert(name);
            }
        }
    }

    pub(super) fn at(&self, directory: DirId) -> &Directory {
        &self.directories[directory.0 as usize]
    }

    pub(super) fn find(&self, path: &Utf8Path) -> Option<DirId> {
        self.by_path.get(path.as_str()).copied()
    }

    /// The directory of a module.
    pub(super) fn home(&self, module: ModuleId) -> DirId {
        self.homes[module.index()]
    }

    /// The directory of the submodules of `module`, if it is a package.
    pub(super) fn inside(&self, module: ModuleId) -> Option<DirId> {
        let home = self.home(module);
        (self.at(home).init == Some(module)).then_some(home)
    }

    /// The directory that the file of a module stands in, or that of its package, if it is one.
    pub(super) fn around(&self, module: ModuleId) -> Option<DirId> {
        match self.inside(module) {
            Some(package) => self.at(package).parent,
            None => Some(self.home(module)),
        }
    }

    /// `directory`, and those that it stands in, innermost first.
    pub(super) fn ancestors(&self, directory: DirId) -> impl Iterator<Item = DirId> + '_ {
        std::iter::successors(Some(directory), |one| self.at(*one).parent)
    }

    pub(super) fn directories(&self) -> impl Iterator<Item = &Utf8Path> {
        self.directories.iter().map(|one| one.path.as_path())
    }

    /// What stands under `name` in `directory`.
    pub(super) fn place(&self, directory: DirId, name: &str) -> Place<'_> {
        let here = self.at(directory);
        let link = here.links.get(name);
        let directory = link.map_or_else(|| here.below.get(name).copied(), |link| link.directory);
        let module = here.modules.get(name).copied();
        Place {
            link,
            directory,
            package: directory.and_then(|one| self.at(one).init),
            module: module.or_else(|| link.and_then(|link| link.module)),
        }
    }

    /// Whether anything is called `name`, in whatever directory.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// The modules directly in `directory`, and the packages.
    pub(super) fn children(&self, directory: DirId) -> Vec<ModuleId> {
        let here = self.at(directory);
        let packages = here.below.values().filter_map(|one| self.at(*one).init);
        let mut all: Vec<ModuleId> = here.modules.values().copied().chain(packages).collect();
        all.sort();
        all
    }

    /// The directory that the files in `directory` are imported from: the nearest above them that is no package, or a
    /// root above that, or one above that again which is `proven` to be on the path.
    fn root_of(
        &self,
        directory: DirId,
        roots: &FxHashSet<DirId>,
        proven: &FxHashSet<DirId>,
    ) -> DirId {
        let mut above = self.ancestors(directory);
        let own = above.find(|one| self.at(*one).init.is_none());
        let own = own.unwrap_or(directory);
        let home = self
            .ancestors(own)
            .find(|one| roots.contains(one))
            .unwrap_or(own);
        let mut above = self.ancestors(home);
        above.find(|one| proven.contains(one)).unwrap_or(home)
    }

    /// The dotted names by which modules are imported, in their order.
    pub(super) fn module_names(
        &self,
        paths: &[&Utf8Path],
        roots: &[Utf8PathBuf],
        proven: &FxHashSet<DirId>,
    ) -> Vec<String> {
        let roots = roots.iter().filter_map(|root| self.find(root)).collect();
        let start = |at: usize| {
            let directory = DirId(u32::try_from(at).unwrap_or(u32::MAX));
            let root = self.root_of(directory, &roots, proven);
            let above = self.ancestors(directory).take_while(|one| *one != root);
            let names = above.filter_map(|one| self.at(one).path.file_name());
            let mut names: Vec<&str> = names.collect();
            names.reverse();
            names.join(".")
        };
        let starts: Vec<String> = (0..self.directories.len()).map(start).collect();
        let name = |(path, home): (&&Utf8Path, &DirId)| {
            let start = &starts[home.0 as usize];
            match (start.as_str(), path.file_stem().unwrap_or_default()) {
                ("", stem) => stem.to_owned(),
                (start, "__init__") => start.to_owned(),
                (start, stem) => format!("{start}.{stem}"),
            }
        };
        paths.iter().zip(&self.homes).map(name).collect()
    }

    /// Whether modules are looked for in `directory`, wherever they are imported.
    pub(super) fn is_root(&self, directory: DirId) -> bool {
        self.roots.contains(&directory)
    }

    /// The outermost regular package that a module stands in.
    pub(super) fn outermost_package(&self, module: ModuleId) -> Option<DirId> {
        let around = self.ancestors(self.home(module));
        around.take_while(|one| self.at(*one).init.is_some()).last()
    }

    /// The packages around a module, innermost first; the module itself is not one of them.
    pub(super) fn packages(&self, module: ModuleId) -> Vec<ModuleId> {
        let around = self.around(module).into_iter();
        let above = around.flat_map(|one| self.ancestors(one));
        above.map_while(|one| self.at(one).init).collect()
    }
}

/// Whether some Python has a top-level module `name` in its standard library.
pub fn is_standard(name: &str) -> bool {
    thread_local! {
        /// The same names are asked for again and again, and a list for each Python has to be searched.
        static KNOWN: RefCell<FxHashMap<String, bool>> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| {
        if let Some(known) = known.get(name) {
            return *known;
        }
        let is_standard = (7..=15).any(|minor| is_standard_in(name, minor));
        known.insert(name.to_owned(), is_standard);
        is_standard
    })
}

/// Whether Python 3.`minor` has a top-level module `name` in its standard library.
pub fn is_standard_in(name: &str, minor: u8) -> bool {
    name == "__future__" || ruff_python_stdlib::sys::is_known_standard_library(minor, name)
}
