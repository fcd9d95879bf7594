//! Where the modules of a project are: which file a dotted name leads to, seen from which file.
//!
//! Nobody can tell from a tree what stands on `sys.path`. So a name is looked for as a person would: in the directories
//! above the importing file that are no packages, nearest first, then in the other roots of the project. What two
//! places could give is not decided, it is ambiguous.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::{FxHashMap, FxHashSet};

/// A module of the project: its place in the list of modules, which is sorted by path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub(super) u32);

impl ModuleId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
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
    pub(super) via: Option<Utf8PathBuf>,
}

impl Targets {
    pub fn all(&self) -> impl Iterator<Item = ModuleId> + '_ {
        self.parents.iter().chain(&self.named).copied()
    }
}

/// One directory that holds modules, itself or below.
#[derive(Debug, Default)]
pub(super) struct Directory {
    pub(super) modules: FxHashMap<String, ModuleId>,
    /// Directories in it that hold modules at any depth.
    pub(super) below: FxHashSet<String>,
    pub(super) init: Option<ModuleId>,
}

/// A symbolic link to a directory or to a Python file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) path: Utf8PathBuf,
    pub(super) target: Utf8PathBuf,
}

/// What stands under one name in one directory.
#[derive(Debug, Default)]
pub(super) struct Place {
    pub(super) link: Option<Link>,
    /// Where its submodules are.
    pub(super) directory: Utf8PathBuf,
    pub(super) has_directory: bool,
    /// `name/__init__.py`
    pub(super) package: Option<ModuleId>,
    /// `name.py`
    pub(super) module: Option<ModuleId>,
}

/// The directories of a project and what can be imported from them.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) directories: FxHashMap<Utf8PathBuf, Directory>,
    /// The names of all modules and of all directories that hold some.
    pub(super) names: FxHashSet<String>,
    /// Where else to look, in order.
    pub(super) roots: Vec<Utf8PathBuf>,
    /// Nothing above it is looked at.
    pub(super) top: Utf8PathBuf,
    /// Symbolic links that stand where a module could, by directory and name: the link, and what it leads to.
    pub(super) links: BTreeMap<(Utf8PathBuf, String), Link>,
}

impl Layout {
    /// The layout of `paths` (absolute, of Python modules, in the order of their ids) below `top`.
    pub(super) fn new<'p>(
        top: &Utf8Path,
        paths: impl Iterator<Item = &'p Utf8Path>,
        roots: Vec<Utf8PathBuf>,
    ) -> Self {
        let mut layout = Self {
            roots,
            top: top.to_owned(),
            ..Self::default()
        };
        for (at, path) in paths.enumerate() {
            let (Some(directory), Some(stem)) = (path.parent(), path.file_stem()) else {
                continue;
            };
            let id = ModuleId(u32::try_from(at).unwrap_or(u32::MAX));
            if !layout.directories.contains_key(directory) {
                layout.make(directory);
            }
            if let Some(one) = layout.directories.get_mut(directory) {
                match stem {
                    "__init__" => one.init = Some(id),
                    _ => drop(one.modules.insert(stem.to_owned(), id)),
                }
            }
        }
        let directories = layout.directories.values();
        let names = directories.flat_map(|one| one.modules.keys().chain(&one.below));
        layout.names = names.cloned().collect();
        layout
    }

    fn make(&mut self, directory: &Utf8Path) {
        let mut at = directory;
        self.directories.entry(at.to_owned()).or_default();
        while let (Some(above), Some(name)) = (at.parent(), at.file_name()) {
            if !at.starts_with(&self.top) || at == self.top {
                return;
            }
            let known = self.directories.contains_key(above);
            let one = self.directories.entry(above.to_owned()).or_default();
            one.below.insert(name.to_owned());
            if known {
                // The directories above it know of it already.
                return;
            }
            at = above;
        }
    }

    /// Note symbolic links, which the walk does not follow, and what they lead to.
    pub(super) fn note_links(&mut self, links: BTreeMap<Utf8PathBuf, Utf8PathBuf>) {
        for (path, target) in links {
            let name = match path.extension() {
                Some("py") => path.file_stem(),
                _ => path.file_name(),
            };
            if let (Some(directory), Some(name)) = (path.parent(), name) {
                let key = (directory.to_owned(), name.to_owned());
                let is_known = self.directories.get(directory).is_some_and(|one| {
                    path.extension() == Some("py") && one.modules.contains_key(name)
                });
                if !is_known {
                    self.links.insert(key, Link { path, target });
                }
            }
        }
    }

    /// What stands under `name` in `directory`; symbolic links are followed.
    pub(super) fn place(&self, directory: &Utf8Path, name: &str) -> Place {
        let here = self.directories.get(directory);
        let mut place = Place {
            directory: directory.join(name),
            has_directory: here.is_some_and(|one| one.below.contains(name)),
            module: here.and_then(|one| one.modules.get(name).copied()),
            ..Place::default()
        };
        if !self.links.is_empty() {
            let key = (directory.to_owned(), name.to_owned());
            place.link = self.links.get(&key).cloned();
        }
        if let Some(link) = &place.link {
            match (link.target.parent(), link.target.file_stem()) {
                (Some(parent), Some(stem)) if link.target.extension() == Some("py") => {
                    let there = self.directories.get(parent);
                    place.module = there.and_then(|one| one.modules.get(stem).copied());
                }
                _ => {
                    place.has_directory = self.directories.contains_key(&link.target);
                    place.directory = link.target.clone();
                }
            }
        }
        place.package = match place.has_directory {
            true => self
                .directories
                .get(&place.directory)
                .and_then(|one| one.init),
            false => None,
        };
        place
    }

    /// Whether anything is called `name`, in whatever directory.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.names.contains(name) || self.links.keys().any(|(_, link)| link == name)
    }

    /// The modules directly in `directory`, and the packages.
    pub(super) fn children(&self, directory: &Utf8Path) -> Vec<ModuleId> {
        let Some(here) = self.directories.get(directory) else {
            return Vec::new();
        };
        let packages = here.below.iter().filter_map(|name| {
            let package = self.directories.get(&directory.join(name))?;
            package.init
        });
        let mut all: Vec<ModuleId> = here.modules.values().copied().chain(packages).collect();
        all.sort();
        all
    }

    pub(super) fn directories(&self) -> impl Iterator<Item = &Utf8Path> {
        self.directories.keys().map(Utf8PathBuf::as_path)
    }

    pub(super) fn is_package(&self, directory: &Utf8Path) -> bool {
        self.directories
            .get(directory)
            .is_some_and(|one| one.init.is_some())
    }

    /// The directory that the file at `path` is imported from: the nearest above it that is no package, or one of the
    /// roots above that.
    fn home<'a>(&'a self, path: &'a Utf8Path) -> &'a Utf8Path {
        let directory = path.parent().unwrap_or(path);
        let own = directory
            .ancestors()
            .find(|above| !self.is_package(above))
            .unwrap_or(directory);
        own.ancestors()
            .take_while(|above| above.starts_with(&self.top))
            .find(|above| self.roots.iter().any(|root| root == above))
            .unwrap_or(own)
    }

    /// The dotted name by which the file at `path` is imported: from its own home, or from the nearest directory above
    /// it that is `proven` to be on the path.
    pub(super) fn name(&self, path: &Utf8Path, proven: &BTreeSet<Utf8PathBuf>) -> String {
        let own = self.home(path);
        let home = own
            .ancestors()
            .take_while(|directory| directory.starts_with(&self.top))
            .find(|directory| proven.contains(*directory))
            .unwrap_or(own);
        let inside = path.strip_prefix(home).unwrap_or(path);
        let mut parts: Vec<&str> = inside.parent().map_or_else(Vec::new, |directory| {
            directory.components().map(|part| part.as_str()).collect()
        });
        match inside.file_stem() {
            Some("__init__") if !parts.is_empty() => {}
            Some(stem) => parts.push(stem),
            None => {}
        }
        parts.join(".")
    }

    /// The outermost regular package that the file at `path` stands in.
    pub(super) fn outermost_package<'a>(&self, path: &'a Utf8Path) -> Option<&'a Utf8Path> {
        let around = path.ancestors().skip(1);
        around
            .take_while(|directory| self.is_package(directory))
            .last()
    }

    /// The packages around the file at `path`, innermost first; the file itself is not one of them.
    pub(super) fn packages(&self, path: &Utf8Path) -> Vec<ModuleId> {
        let skip = if path.file_stem() == Some("__init__") {
            2
        } else {
            1
        };
        path.ancestors()
            .skip(skip)
            .map_while(|directory| self.directories.get(directory)?.init)
            .collect()
    }
}

/// Whether some Python has a top-level module `name` in its standard library.
pub fn is_standard(name: &str) -> bool {
    (7..=15).any(|minor| is_standard_in(name, minor))
}

/// Whether Python 3.`minor` has a top-level module `name` in its standard library.
pub fn is_standard_in(name: &str, minor: u8) -> bool {
    ruff_python_stdlib::sys::is_known_standard_library(minor, name)
}
