//! Where the modules that a file imports live, and what their members are.

use camino::Utf8Path;
use ruff_db::files::FilePath;
use ruff_db::parsed::parsed_module;
use ruff_python_ast::Stmt;
use ty_module_resolver::{ImportingFile, Module, ModuleName, resolve_module};
use ty_python_core::ProgramFile;

use super::names::{Meaning, Names, Origin};
use super::visits::Visit;
use super::{Passed, quietly};
use crate::typing::Support;

/// Where a module lives.
pub(super) enum Place<'db> {
    Outside(Origin),
    Namespace,
    Project(ProgramFile<'db>),
}

impl<'db> Names<'db> {
    fn importing_file(&self) -> ImportingFile<'db> {
        ImportingFile::ResolverFile(self.file.resolver_file(self.database))
    }

    pub(super) fn absolute(&self, module: Option<&str>, level: u32) -> Option<ModuleName> {
        ModuleName::from_identifier_parts(self.database, self.importing_file(), module, level).ok()
    }

    pub(super) fn module(&self, name: &ModuleName) -> Option<Module<'db>> {
        resolve_module(self.database, self.importing_file(), name)
    }

    pub(super) fn origin(&self, name: &ModuleName) -> Place<'db> {
        if matches!(name.first_component(), "typing" | "typing_extensions") {
            return Place::Outside(Origin::StandardLibrary);
        }
        let Some(module) = self.module(name) else {
            let minor = self.file.python_version(self.database).minor;
            let first = name.first_component();
            return Place::Outside(
                match ruff_python_stdlib::sys::is_known_standard_library(minor, first) {
                    true => Origin::StandardLibrary,
                    false => Origin::ThirdParty,
                },
            );
        };
        match module.file(self.database) {
            None => Place::Namespace,
            Some(file) => match file.path(self.database) {
                FilePath::Vendored(_) => Place::Outside(Origin::StandardLibrary),
                FilePath::System(path) if self.in_project(path.as_utf8_path()) => Place::Project(
                    ProgramFile::new(self.database, file, self.file.program(self.database)),
                ),
                _ => Place::Outside(Origin::ThirdParty),
            },
        }
    }

    /// Whether the file at `path` (absolute) is the project's own.
    pub(super) fn in_project(&self, path: &Utf8Path) -> bool {
        path.strip_prefix(&self.project.root).is_ok_and(|inside| {
            !inside
                .components()
                .any(|part| matches!(part.as_str(), "site-packages" | ".venv" | "venv"))
        })
    }

    /// What `from module import member` gives.
    pub(super) fn member(
        &self,
        module: &ModuleName,
        member: &str,
        depth: usize,
    ) -> Vec<Meaning<'db>> {
        if depth == 0 {
            return vec![Meaning::Unknown];
        }
        let qualified = format!("{module}.{member}");
        let found = match self.origin(module) {
            Place::Outside(origin) => {
                return vec![Meaning::Outside {
                    name: qualified,
                    origin,
                }];
            }
            Place::Namespace => Vec::new(),
            Place::Project(file) => match Visit::begin(file, member) {
                Some(_visit) => self.other(file).globals(member, depth - 1),
                None => Vec::new(),
            },
        };
        if !found.is_empty() {
            return found;
        }
        vec![self.submodule(module, member)]
    }

    /// Whether what `name` means supports `|`: worked out once for all modules that import it from one of the project.
    pub(crate) fn support(&self, name: &str, work_out: impl FnOnce() -> Support) -> Support {
        let Some(passed) = quietly(|| self.passed(name)).flatten() else {
            return work_out();
        };
        let known = self.project.supports.lock().ok();
        if let Some(known) = known.and_then(|known| known.get(&passed).cloned()) {
            return known;
        }
        let support = work_out();
        if let Ok(mut supports) = self.project.supports.lock() {
            supports.insert(passed, support.clone());
        }
        support
    }

    /// What `name` takes out of another file of the project, when a from-import alone binds it.
    fn passed(&self, name: &str) -> Option<Passed> {
        let (import, member) = self.only_member(name)?;
        let module = self.absolute(import.module.as_deref(), import.level)?;
        match self.origin(&module) {
            Place::Project(file) if file != self.file => Some(Passed {
                file: file.file(self.database),
                target: self.file.python_version(self.database),
                member: member.to_owned(),
                name: name.to_owned(),
            }),
            _ => None,
        }
    }

    /// Whether `statement` is a from-import out of a module of the project.
    pub(crate) fn imports_from_project(&self, statement: &Stmt) -> bool {
        let Stmt::ImportFrom(import) = statement else {
            return false;
        };
        quietly(|| {
            let module = self.absolute(import.module.as_deref(), import.level)?;
            matches!(self.origin(&module), Place::Project(_)).then_some(())
        })
        .flatten()
        .is_some()
    }

    /// Where the module lives that `from module import ...` with `level` dots reads, or `import module`; `None` for one
    /// of the project, or when it cannot be told.
    pub fn origin_of_module(&self, module: Option<&str>, level: u32) -> Option<Origin> {
        quietly(|| {
            let module = self.absolute(module, level)?;
            match self.origin(&module) {
                Place::Outside(origin) => Some(origin),
                Place::Namespace | Place::Project(_) => None,
            }
        })
        .flatten()
    }

    /// Whether `module` is the file itself: `from . import routes` in a package's `__init__.py`.
    pub(super) fn is_own(&self, module: &ModuleName) -> bool {
        matches!(self.origin(module), Place::Project(file) if file == self.file)
    }

    /// The module `name` below `module`, when there is one.
    pub(super) fn submodule(&self, module: &ModuleName, name: &str) -> Meaning<'db> {
        let qualified = format!("{module}.{name}");
        match ModuleName::new(&qualified).filter(|name| self.module(name).is_some()) {
            Some(_) => Meaning::Module(qualified),
            None => Meaning::Unknown,
        }
    }

    pub(super) fn other(&self, file: ProgramFile<'db>) -> Names<'db> {
        let module = parsed_module(self.database, file.python_file(self.database));
        let syntax = module.load(self.database);
        let text = ruff_db::source::source_text(self.database, file.file(self.database));
        self.project.hold(module, text.len());
        Names::new(self.database, file, syntax, self.project)
    }
}
