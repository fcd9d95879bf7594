//! The salsa database that ty's queries run on, and the file system that they see.
//!
//! The texts of this run lie over the disk: what an earlier codemod has changed is what ty reads,
//! so facts are always those of the text being edited. Of the disk below only what is within reach is there, and no
//! pipe or endless file is opened.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock, Weak};

use camino::{Utf8Path, Utf8PathBuf};
use ruff_db::diagnostic::Diagnostic;
use ruff_db::file_revision::FileRevision;
use ruff_db::files::{File, Files};
use ruff_db::system::{
    DirectoryEntry, FileType, Metadata, OsSystem, Result, System, SystemPath, SystemPathBuf,
    SystemVirtualPath, WhichResult, WritableSystem, walk_directory::WalkDirectoryBuilder,
};
use ruff_db::vendored::VendoredFileSystem;
use ruff_notebook::{Notebook, NotebookError};
use rustc_hash::FxHashMap;
use ty_python_core::ProgramFile;
use ty_python_core::program::{Program, ProgramSettings};
use ty_python_semantic::lint::{LintRegistry, RuleSelection};
use ty_python_semantic::{AnalysisSettings, PythonVersionWithSource};

use super::asked;
use super::reach::Reach;
use crate::disk;
use crate::nesting;
use crate::source::{SizeLimit, read_regular};
use crate::tree::real;

/// A text of this run, with a number that grows whenever it is replaced.
#[derive(Debug, Clone)]
struct Overlaid {
    text: Arc<str>,
    revision: u128,
}

type Texts = Arc<RwLock<HashMap<Utf8PathBuf, Overlaid>>>;

/// The disk with the texts of this run over it. Read only.
#[derive(Debug, Clone)]
pub(super) struct OverlaySystem {
    disk: OsSystem,
    texts: Texts,
    reach: Reach,
    limit: SizeLimit,
    /// Bytes that were read through this system.
    given: Arc<AtomicUsize>,
    shallow: Shallow,
}

/// Texts that nest nowhere too deeply, by their addresses, which stay theirs as long as they are here.
#[derive(Debug, Clone, Default)]
struct Shallow(Arc<Mutex<FxHashMap<usize, Weak<str>>>>);

impl Shallow {
    /// The byte offset and the reason, when `text` nests too deeply to be parsed. Each text is looked through once.
    fn too_deep(&self, text: &Arc<str>) -> Option<(usize, &'static str)> {
        let address = text.as_ptr().addr();
        let known = self.0.lock().ok();
        if known.is_some_and(|known| known.contains_key(&address)) {
            return None;
        }
        let found = nesting::too_deep(text);
        if let (None, Ok(mut known)) = (found, self.0.lock()) {
            known.insert(address, Arc::downgrade(text));
        }
        found
    }
}

impl OverlaySystem {
    fn overlaid(&self, path: &SystemPath) -> Option<Overlaid> {
        let texts = self.texts.read().ok()?;
        texts.get(path.as_utf8_path()).cloned()
    }

    /// # Errors
    /// `path` is neither within reach nor on the way to what is.
    fn pass(&self, path: &SystemPath) -> Result<()> {
        match self.reach.passes(path.as_utf8_path()) {
            true => Ok(()),
            false => Err(ErrorKind::NotFound.into()),
        }
    }

    /// # Errors
    /// `path` is not within reach, a symbolic link leads from it out to what is no module, or it is no regular
    /// file.
    fn may_read(&self, path: &SystemPath) -> Result<()> {
        let real = real(path.as_utf8_path());
        let is_module = matches!(real.extension(), Some("py" | "pyi"));
        if !self.reach.holds(path.as_utf8_path()) || !(is_module || self.reach.holds(&real)) {
            return Err(ErrorKind::NotFound.into());
        }
        match disk::metadata(path.as_utf8_path())?.is_file() {
            true => Ok(()),
            false => Err(ErrorKind::InvalidInput.into()),
        }
    }
}

impl System for OverlaySystem {
    fn path_metadata(&self, path: &SystemPath) -> Result<Metadata> {
        match self.overlaid(path) {
            Some(text) => Ok(Metadata::new(
                FileRevision::new(text.revision),
                None,
                FileType::File,
            )),
            None => {
                self.pass(path)?;
                asked::kind(path, self.disk.path_metadata(path))
            }
        }
    }

    fn canonicalize_path(&self, path: &SystemPath) -> Result<SystemPathBuf> {
        asked::real(path, self.disk.canonicalize_path(path))
    }

    fn is_same_file(&self, first: &SystemPath, second: &SystemPath) -> Result<bool> {
        disk::spoil();
        self.disk.is_same_file(first, second)
    }

    fn which(&self, name: &str) -> WhichResult {
        disk::spoil();
        self.disk.which(name)
    }

    fn read_to_string(&self, path: &SystemPath) -> Result<String> {
        let (text, fault) = match self.overlaid(path) {
            Some(text) => {
                let fault = self.shallow.too_deep(&text.text);
                (text.text.to_string(), fault)
            }
            None => {
                self.may_read(path)?;
                let bytes = read_regular(path.as_utf8_path(), self.limit)?;
                let text = String::from_utf8(bytes)
                    .map_err(|error| std::io::Error::new(ErrorKind::InvalidData, error))?;
                let fault = nesting::too_deep(&text);
                (text, fault)
            }
        };
        self.given.fetch_add(text.len(), Ordering::Relaxed);
        // Its syntax would overflow the stack or keep ty busy for ever: to ty it cannot be read, whoever imports it.
        // Nothing is known of its names then.
        match fault {
            Some((_, reason)) => Err(std::io::Error::other(reason)),
            None => Ok(text),
        }
    }

    fn read_to_notebook(&self, path: &SystemPath) -> std::result::Result<Notebook, NotebookError> {
        disk::spoil();
        self.may_read(path)?;
        self.disk.read_to_notebook(path)
    }

    fn read_virtual_path_to_string(&self, path: &SystemVirtualPath) -> Result<String> {
        self.disk.read_virtual_path_to_string(path)
    }

    fn read_virtual_path_to_notebook(
        &self,
        path: &SystemVirtualPath,
    ) -> std::result::Result<Notebook, NotebookError> {
        self.disk.read_virtual_path_to_notebook(path)
    }

    fn current_directory(&self) -> &SystemPath {
        self.disk.current_directory()
    }

    fn user_config_directory(&self) -> Option<SystemPathBuf> {
        None
    }

    fn cache_dir(&self) -> Option<SystemPathBuf> {
        None
    }

    fn read_directory<'a>(
        &'a self,
        path: &SystemPath,
    ) -> Result<Box<dyn Iterator<Item = Result<DirectoryEntry>> + 'a>> {
        self.pass(path)?;
        let within = |entry: &Result<DirectoryEntry>| {
            let path = entry.as_ref().map(|entry| entry.path().as_utf8_path());
            path.is_ok_and(|path| self.reach.passes(path))
        };
        let entries = asked::entries(path, self.disk.read_directory(path)?);
        Ok(Box::new(entries.into_iter().filter(within)))
    }

    fn walk_directory(&self, path: &SystemPath) -> WalkDirectoryBuilder {
        disk::spoil();
        self.disk.walk_directory(path)
    }

    fn as_writable(&self) -> Option<&dyn WritableSystem> {
        None
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn std::any::Any {
        self
    }

    fn dyn_clone(&self) -> Box<dyn System> {
        Box::new(self.clone())
    }
}

/// ty's database. Cheap to clone: each worker thread has a clone of its own.
#[salsa::db]
#[derive(Clone)]
pub(crate) struct Database {
    storage: salsa::Storage<Self>,
    files: Files,
    system: OverlaySystem,
    checking: Arc<Checking>,
}

/// What ty's type checker asks for beyond the files. No diagnostic of it is ever shown, so its rules are all off.
struct Checking {
    /// For files that nobody names a program for. ty's queries name one.
    settings: ProgramSettings,
    rules: RuleSelection,
    analysis: AnalysisSettings,
}

impl Database {
    /// A database whose relative paths start at `root` (absolute), and that sees what is within `reach`. Files with
    /// more bytes than `limit` are not read.
    pub(super) fn new(root: &Utf8Path, reach: Reach, limit: SizeLimit) -> Self {
        Self {
            storage: salsa::Storage::new(None),
            files: Files::default(),
            system: OverlaySystem {
                disk: OsSystem::new(SystemPath::new(root.as_str())),
                texts: Texts::default(),
                reach,
                limit,
                given: Arc::default(),
                shallow: Shallow::default(),
            },
            checking: Arc::new(Checking {
                settings: ProgramSettings::empty(ty_vendored::file_system()),
                rules: RuleSelection::default(),
                analysis: AnalysisSettings::default(),
            }),
        }
    }

    /// Bytes of the files that this database has read so far.
    pub(super) fn weight(&self) -> usize {
        self.system.given.load(Ordering::Relaxed)
    }

    /// The byte offset and the reason, when `text` nests too deeply to be parsed.
    pub(super) fn too_deep(&self, text: &Arc<str>) -> Option<(usize, &'static str)> {
        self.system.shallow.too_deep(text)
    }

    /// A database that sees the same and knows nothing yet.
    pub(super) fn renewed(&self) -> Self {
        let system = OverlaySystem {
            given: Arc::default(),
            ..self.system.clone()
        };
        Self {
            storage: salsa::Storage::new(None),
            files: Files::default(),
            system,
            checking: self.checking.clone(),
        }
    }

    /// Lay `texts` over the disk. Needs every clone of this database to be gone.
    pub(super) fn overlay(&mut self, texts: impl IntoIterator<Item = (Utf8PathBuf, Arc<str>)>) {
        let mut touched = Vec::new();
        if let Ok(mut overlaid) = self.system.texts.write() {
            for (path, text) in texts {
                let revision = overlaid.get(&path).map_or(1, |old| old.revision + 1);
                touched.push((path.clone(), revision > 1));
                overlaid.insert(path, Overlaid { text, revision });
            }
        }
        for (path, _) in touched {
            File::sync_path_only(self, SystemPath::new(path.as_str()));
        }
    }
}

#[salsa::db]
impl salsa::Database for Database {}

#[salsa::db]
impl ruff_db::Db for Database {
    fn vendored(&self) -> &VendoredFileSystem {
        ty_vendored::file_system()
    }

    fn system(&self) -> &dyn System {
        &self.system
    }

    fn files(&self) -> &Files {
        &self.files
    }
}

#[salsa::db]
impl ty_module_resolver::Db for Database {}

#[salsa::db]
impl ty_python_core::Db for Database {
    fn should_check_file(&self, _file: File) -> bool {
        false
    }
}

#[salsa::db]
impl ty_python_semantic::Db for Database {
    fn check_file(&self, _file: File) -> Vec<Diagnostic> {
        Vec::new()
    }

    fn program_file(&self, file: File) -> ProgramFile<'_> {
        Program::from_settings(self, &self.checking.settings).program_file(self, file)
    }

    fn python_version_with_source(&self, _file: File) -> &PythonVersionWithSource {
        &self.checking.settings.python_version
    }

    fn rule_selection(&self, _file: File) -> &RuleSelection {
        &self.checking.rules
    }

    fn lint_registry(&self) -> &LintRegistry {
        ty_python_semantic::default_lint_registry()
    }

    fn analysis_settings(&self, _file: File) -> &AnalysisSettings {
        &self.checking.analysis
    }

    fn verbose(&self) -> bool {
        false
    }

    fn is_open_file(&self, _file: File) -> bool {
        false
    }

    fn dyn_clone(&self) -> Box<dyn ty_python_semantic::Db> {
        Box::new(self.clone())
    }
}
