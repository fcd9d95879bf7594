//! Names through ty, behind one facade. No other module of codemend knows ty.
//!
//! ty's semantic index says which definitions a name may have; this module follows them through imports, in the
//! project and out of it, and answers in codemend's own small types. A panic inside ty never leaves it.

mod asked;
mod database;
mod definition;
mod elsewhere;
mod kinds;
mod lineage;
mod modules;
mod names;
mod outline;
mod plain;
mod reach;
mod reading;
mod scopes;
mod shadowed;
mod standard;
mod stars;
mod stores;
mod taken;
mod trees;
mod types;
mod visits;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, Once};

use camino::{Utf8Path, Utf8PathBuf};
use ruff_db::files::{File, system_path_to_file};
use ruff_db::parsed::{ParsedModule, ParsedModuleRef};
use ruff_db::system::{SystemPath, SystemPathBuf};
use ruff_python_ast::{PySourceType, PythonVersion};
use ruff_python_parser::{ParseOptions, parse_unchecked};
use rustc_hash::FxHashMap;
use ty_module_resolver::{FallibleStrategy, SearchPathSettings, SearchPaths, UseDefaultStrategy};
use ty_python_core::ProgramFile;
use ty_python_core::platform::PythonPlatform;
use ty_python_core::program::{Program, ProgramSettings};
use ty_site_packages::{
    PythonEnvironment, PythonVersionSource, PythonVersionWithSource, SysPrefixPathOrigin,
};

use crate::discover::site_packages;
use crate::source::SizeLimit;
use crate::typing::Support;
pub(crate) use database::Database;
pub use definition::{Definition, DefinitionKind};
pub use kinds::Kind;
pub use lineage::{FASTAPI_ERROR, Lineage, STARLETTE_ERROR};
pub(crate) use names::Tree;
pub use names::{Meaning, Names, Origin, Where};
pub(crate) use reach::Reach;
pub use reading::named;
pub(crate) use scopes::FileScope;
pub(crate) use taken::{Taken, is_given};
use trees::Trees;
pub use types::{Annotated, Class, Declared, Provenance, Type, TypeFact};

/// The project as ty sees it. Cheap to clone; every worker thread has its own clone.
#[derive(Clone)]
pub struct Semantics {
    database: Database,
    project: Arc<Project>,
}

/// What the clones share.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) root: Utf8PathBuf,
    search_paths: SearchPaths,
    /// The files whose types were asked for.
    typed: Mutex<BTreeSet<Utf8PathBuf>>,
    /// Trees of other modules that were looked into.
    trees: Mutex<Trees>,
    /// Whether what modules of the project pass on supports `|`, in the texts of the moment: a model of one module is a
    /// member of unions in hundreds.
    supports: Mutex<FxHashMap<Passed, Support>>,
}

/// What a from-import takes out of a file of the project, and the name that it gets.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Passed {
    pub(super) file: File,
    pub(super) target: PythonVersion,
    pub(super) member: String,
    pub(super) name: String,
}

impl Project {
    /// Let the tree of `module`, whose text has `bytes` bytes, be the latest.
    pub(crate) fn hold(&self, module: &ParsedModule, bytes: usize) {
        if let Ok(mut trees) = self.trees.lock() {
            trees.hold(module, bytes);
        }
    }
}

/// Bytes of the files that ty may know something of. What it keeps of one is ten times as much and more.
const MOST: usize = 10 * 1024 * 1024;

/// A file as ty parsed it, with its errors.
pub(crate) struct Parsed<'db> {
    pub(crate) syntax: ParsedModuleRef,
    pub(crate) names: Names<'db>,
}

impl Semantics {
    /// A project at `root` (absolute) whose modules are found from `import_roots`, in that order, and after them in
    /// the virtual environment `python`, if that is one. Nothing in either is executed, and no file with more bytes
    /// than `limit` is read.
    pub fn new(
        root: &Utf8Path,
        import_roots: Vec<Utf8PathBuf>,
        python: Option<&Utf8Path>,
        limit: SizeLimit,
    ) -> Self {
        Self::reaching(root, import_roots, python, Reach::anywhere(), limit)
    }

    /// The same, where no file is read that is not within `reach`.
    pub(crate) fn reaching(
        root: &Utf8Path,
        import_roots: Vec<Utf8PathBuf>,
        python: Option<&Utf8Path>,
        reach: Reach,
        limit: SizeLimit,
    ) -> Self {
        let database = Database::new(root, reach, limit);
        let vendored = ty_vendored::file_system();
        let system = ruff_db::Db::system(&database);
        let found = python
            .and_then(|path| {
                let origin = SysPrefixPathOrigin::LocalVenv;
                PythonEnvironment::new(SystemPath::new(path.as_str()), origin, system).ok()
            })
            .and_then(|environment| environment.site_packages_paths(system).ok())
            .map(|paths| paths.into_vec());
        // One that wants the packages of a Python out of reach still has its own.
        let own = || python.map(site_packages).unwrap_or_default().into_iter();
        let own = || own().map(SystemPathBuf::from_utf8_path_buf).collect();
        let site_packages = found.unwrap_or_else(own);
        let settings = SearchPathSettings {
            src_roots: import_roots
                .into_iter()
                .map(SystemPathBuf::from_utf8_path_buf)
                .collect(),
            site_packages_paths: site_packages,
            ..SearchPathSettings::empty()
        };
        let search_paths = settings
            .to_search_paths(system, vendored, &FallibleStrategy)
            .unwrap_or_else(|_| {
                let Ok(paths) = settings.to_search_paths(system, vendored, &UseDefaultStrategy);
                paths
            });
        search_paths.try_register_static_roots(&database);
        Self {
            database,
            project: Arc::new(Project {
                root: root.to_owned(),
                search_paths,
                typed: Mutex::default(),
                trees: Mutex::default(),
                supports: Mutex::default(),
            }),
        }
    }

    /// The byte offset and the reason, when `text` nests too deeply to be parsed. Codemods ask one after the other.
    pub(crate) fn too_deep(&self, text: &Arc<str>) -> Option<(usize, &'static str)> {
        self.database.too_deep(text)
    }

    /// How many files have had types inferred for them so far.
    pub fn typed_files(&self) -> usize {
        self.project.typed.lock().map_or(0, |typed| typed.len())
    }

    /// The files that have had types inferred for them so far.
    pub(crate) fn typed(&self) -> BTreeSet<Utf8PathBuf> {
        let typed = self.project.typed.lock();
        typed.map_or_else(|_| BTreeSet::new(), |typed| typed.clone())
    }

    /// Let go of what ty knows, once that is a lot: it never forgets a file by itself. Every clone of this value must be
    /// gone, and all names, types and trees that came of it.
    pub(crate) fn relieve(&mut self) {
        if self.database.weight() < MOST {
            return;
        }
        let fresh = self.database.renewed();
        self.project.search_paths.try_register_static_roots(&fresh);
        let old = std::mem::replace(&mut self.database, fresh);
        // It is made of very many pieces; nobody has to wait until they are gone.
        rayon::spawn(move || drop(old));
        if let Ok(mut supports) = self.project.supports.lock() {
            supports.clear();
        }
        if let Ok(mut trees) = self.project.trees.lock() {
            trees.clear();
        }
    }

    /// Lay `texts` (absolute path, whole text) over the disk. Every clone of this value must be gone.
    pub fn overlay(&mut self, texts: impl IntoIterator<Item = (Utf8PathBuf, Arc<str>)>) {
        self.database.overlay(texts);
        if let Ok(mut supports) = self.project.supports.lock() {
            supports.clear();
        }
    }

    fn program_file(&self, path: &Utf8Path, target: PythonVersion) -> Option<ProgramFile<'_>> {
        let file = system_path_to_file(&self.database, SystemPath::new(path.as_str())).ok()?;
        let program = Program::from_settings(
            &self.database,
            &ProgramSettings {
                python_version: PythonVersionWithSource {
                    version: target,
                    source: PythonVersionSource::default(),
                },
                python_platform: PythonPlatform::All,
                search_paths: self.project.search_paths.clone(),
            },
        );
        Some(program.program_file(&self.database, file))
    }

    /// Parse `text`, which the file at `path` has here, for `target`. `None` when the file is not there, or when ty
    /// panicked on it.
    ///
    /// ty does not keep this tree: it goes with the module. Should ty need one of the file, it parses it itself, and
    /// numbers the nodes alike.
    pub(crate) fn parse(
        &self,
        path: &Utf8Path,
        text: &str,
        target: PythonVersion,
    ) -> Option<Parsed<'_>> {
        quietly(|| {
            let file = self.program_file(path, target)?;
            let kind = match path.extension() {
                Some("pyi") => PySourceType::Stub,
                _ => PySourceType::Python,
            };
            let options = ParseOptions::from(kind).with_target_version(target);
            let parsed = parse_unchecked(text, options).try_into_module()?;
            let module = ParsedModule::new(file.file(&self.database), target, parsed);
            let syntax = module.load(&self.database);
            let names = Names::of_own(&self.database, file, syntax.clone(), &self.project);
            Some(Parsed { syntax, names })
        })
        .flatten()
    }

    /// The file at `path` with the `tree` that was parsed of it for `target`.
    pub(crate) fn again(
        &self,
        path: &Utf8Path,
        target: PythonVersion,
        tree: Tree,
    ) -> Option<Parsed<'_>> {
        quietly(|| {
            let file = self.program_file(path, target)?;
            let syntax = tree.syntax.clone();
            let names = Names::with_tree(&self.database, file, tree, &self.project);
            Some(Parsed { syntax, names })
        })
        .flatten()
    }
}

/// Run `ask`, which calls ty or a codemod. `None` when it panicked; nothing is printed then.
pub(crate) fn quietly<T>(ask: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if ASKING.get() == 0 {
                usual(panic);
            }
        }));
    });
    ASKING.set(ASKING.get() + 1);
    let answer = catch_unwind(AssertUnwindSafe(ask)).ok();
    ASKING.set(ASKING.get() - 1);
    if answer.is_none() {
        // Nobody knows whether that happens again.
        crate::disk::spoil();
    }
    answer
}

thread_local! {
    /// How many calls of ty are under way on this thread.
    static ASKING: Cell<usize> = const { Cell::new(0) };
}
