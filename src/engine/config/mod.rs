//! The settings that hold for a file: `[tool.codemend]` of the nearest `pyproject.toml`, or the nearest
//! `codemend.toml`, under what the command line says.

mod answers;
mod discover;
mod error;
mod globs;
mod json_schema;
mod merge;
mod origin;
mod schema;
mod settings;
pub mod suggest;
#[cfg(test)]
mod tests;
mod upward;
mod value;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashMap;

use self::discover::{Found, Reader};
pub use self::error::ConfigError;
pub use self::json_schema::json_schema;
use self::merge::Sources;
use self::origin::{Origin, Place};
use self::schema::Layer;
pub use self::settings::{DEFAULT_EXCLUDE, OptionValue, Settings};
use self::upward::Upward;
use crate::about::About;
use crate::problem::Problem;
use crate::source::SizeLimit;
use crate::target::{self, PythonVersion, Says, TargetPython};

/// What the command line says. It wins over every file.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// Instead of what the files select. A codemod named here runs even where a file ignores it.
    pub select: Option<Vec<String>>,
    /// Added to what the files ignore.
    pub ignore: Vec<String>,
    /// Added to what the files exclude.
    pub exclude: Vec<String>,
    pub unsafe_fixes: Option<bool>,
    pub target_version: Option<PythonVersion>,
    /// Larger files are left alone. [`SizeLimit::default`] when nothing is said.
    pub max_file_size: Option<SizeLimit>,
    /// The one file to use instead of the nearest.
    pub file: Option<Utf8PathBuf>,
    /// Inline TOML, each applied over the file: `target-version = "3.11"`.
    pub inline: Vec<String>,
}

/// Finds the settings and the target Python of a path. Looks at each directory once; safe to share between threads.
#[derive(Debug)]
pub struct Configuration {
    overrides: Overrides,
    catalogue: Vec<About>,
    /// The current directory: what relative paths start at and messages leave out.
    here: Utf8PathBuf,
    inline: Vec<Layer>,
    /// The settings of `--config FILE`, for every path.
    only: Option<Arc<Settings>>,
    /// What the nearest file gives.
    nearest: Upward<Result<Arc<Settings>, ConfigError>>,
    /// What holds where there is no file, by root.
    fileless: Mutex<HashMap<Utf8PathBuf, Arc<Settings>>>,
    /// What manifests say, by directory.
    says: RwLock<FxHashMap<Box<str>, SaidAbove>>,
}

/// What the manifests of a directory and of those above it say, up to the top of the repository.
type SaidAbove = Arc<[Arc<Says>]>;

impl Configuration {
    /// Take over what the command line says. `catalogue` is every codemod, in its order.
    ///
    /// # Errors
    /// A file or an inline override that is no TOML, or that holds an unknown key or a value of the wrong kind; an
    /// unknown codemod in `select` or `ignore`; an `exclude` that is no glob.
    pub fn new(overrides: Overrides, catalogue: Vec<About>) -> Result<Self, ConfigError> {
        check(&overrides, &catalogue)?;
        let inline = overrides
            .inline
            .iter()
            .map(|text| read_inline(text, &catalogue));
        let mut configuration = Self {
            inline: inline.collect::<Result<_, _>>()?,
            here: current_directory(),
            overrides,
            catalogue,
            only: None,
            nearest: Upward::default(),
            fileless: Mutex::default(),
            says: RwLock::default(),
        };
        if let Some(file) = &configuration.overrides.file {
            let found = discover::named(file, &configuration.reader())?;
            configuration.only = Some(Arc::new(configuration.with_file(&found)));
        }
        Ok(configuration)
    }

    /// The settings of the file or directory `path` (absolute).
    ///
    /// # Errors
    /// As [`Configuration::settings`].
    pub fn settings_at(&self, path: &Utf8Path) -> Result<Arc<Settings>, ConfigError> {
        self.settings(directory_of(path))
    }

    /// The settings of the directory `directory` (absolute), and of the files in it.
    ///
    /// # Errors
    /// As [`Configuration::new`], for the nearest file there or above it.
    pub fn settings(&self, directory: &Utf8Path) -> Result<Arc<Settings>, ConfigError> {
        if let Some(only) = &self.only {
            return Ok(only.clone());
        }
        let look = |above: &Utf8Path| {
            let found = discover::in_directory(above, &self.reader());
            let settings = found.map(|found| found.map(|found| Arc::new(self.with_file(&found))));
            settings.transpose()
        };
        let found = self.nearest.find(directory, look, |_| false);
        found.unwrap_or_else(|| Ok(self.without_file(directory)))
    }

    /// The lowest Python that the file `path` (absolute) must run on: what the command line says, what its settings
    /// say, what its project says (see [`target`]), else [`target::DEFAULT`].
    ///
    /// A file with settings that cannot be used says nothing here: [`Configuration::settings`] reports them.
    pub fn target(&self, path: &Utf8Path) -> TargetPython {
        let directory = path.parent().unwrap_or(path);
        self.target_given(&self.settings(directory))
            .or_else(|| self.project_target(directory))
            .unwrap_or_else(TargetPython::by_default)
    }

    /// The most bytes that a file may have to be read, whatever it is read for.
    pub fn size_limit(&self) -> SizeLimit {
        self.overrides.max_file_size.unwrap_or_default()
    }

    fn reader(&self) -> Reader<'_> {
        Reader {
            here: &self.here,
            catalogue: &self.catalogue,
            limit: self.size_limit(),
        }
    }

    /// The settings where no file has any. All directories below the current one share them.
    fn without_file(&self, directory: &Utf8Path) -> Arc<Settings> {
        let in_here = directory.starts_with(&self.here) && self.here.is_absolute();
        let root = if in_here { &self.here } else { directory };
        let mut cache = self.fileless.lock().unwrap_or_else(PoisonError::into_inner);
        let settings = cache.entry(root.to_owned());
        settings
            .or_insert_with(|| Arc::new(merge::settings(&self.sources(None), root.to_owned())))
            .clone()
    }

    fn with_file(&self, found: &Found) -> Settings {
        let root = found.file.parent().unwrap_or(&found.file).to_owned();
        merge::settings(&self.sources(Some((&found.file, &found.layer))), root)
    }

    fn sources<'a>(&'a self, file: Option<(&'a Utf8Path, &'a Layer)>) -> Sources<'a> {
        Sources {
            file,
            inline: &self.inline,
            overrides: &self.overrides,
            catalogue: &self.catalogue,
            here: &self.here,
        }
    }

    /// The target that the command line or these settings of a directory give, whatever the project says.
    fn target_given(&self, settings: &Result<Arc<Settings>, ConfigError>) -> Option<TargetPython> {
        match settings {
            Ok(settings) => settings.target.clone(),
            Err(_) => merge::target(&self.sources(None)),
        }
    }

    /// What the manifests above `directory` say, up to the top of the repository.
    fn project_target(&self, directory: &Utf8Path) -> Option<TargetPython> {
        let says = self.says_above(directory);
        target::in_directories(says.iter().map(|one| &**one))
    }

    /// What the manifests in `directory` and above it say, nearest first.
    fn says_above(&self, directory: &Utf8Path) -> SaidAbove {
        let known = {
            let says = self.says.read().unwrap_or_else(PoisonError::into_inner);
            says.get(directory.as_str()).cloned()
        };
        known.unwrap_or_else(|| {
            let own = Arc::new(target::says(directory, &self.here, self.size_limit()));
            let above = match directory.parent() {
                Some(above) if !directory.join(".git").exists() => self.says_above(above),
                _ => Arc::default(),
            };
            let all: SaidAbove = std::iter::once(own).chain(above.iter().cloned()).collect();
            let mut says = self.says.write().unwrap_or_else(PoisonError::into_inner);
            says.entry(directory.as_str().into()).or_insert(all).clone()
        })
    }

    /// The manifest above the file `path` (absolute) that cannot be read, when the target Python of the file depends on
    /// it: neither the command line nor the settings give one.
    pub fn broken_manifest(&self, path: &Utf8Path) -> Option<Problem> {
        let directory = path.parent().unwrap_or(path);
        let given = self.target_given(&self.settings(directory));
        if given.is_some() {
            return None;
        }
        let says = self.says_above(directory);
        says.iter().find_map(|one| one.broken.clone())
    }
}

/// The directory whose settings hold for `path`: itself when it is one. A path that is not there is taken for a file.
fn directory_of(path: &Utf8Path) -> &Utf8Path {
    match path.parent() {
        Some(parent) if !path.is_dir() => parent,
        _ => path,
    }
}

fn current_directory() -> Utf8PathBuf {
    let here = std::env::current_dir().ok();
    here.and_then(|here| Utf8PathBuf::from_path_buf(here).ok())
        .unwrap_or_default()
}

fn read_inline(text: &str, catalogue: &[About]) -> Result<Layer, ConfigError> {
    let origin = Origin {
        text,
        place: Place::Inline,
    };
    let document = origin.parse()?;
    schema::read(origin, document.as_table(), catalogue)
}

/// What the options of the command line may hold.
fn check(overrides: &Overrides, catalogue: &[About]) -> Result<(), ConfigError> {
    let selected = overrides
        .select
        .iter()
        .flatten()
        .map(|name| ("--select", name));
    let ignored = overrides.ignore.iter().map(|name| ("--ignore", name));
    for (option, name) in selected.chain(ignored) {
        if let Some(why) = schema::unknown_codemod(name, catalogue) {
            return Err(ConfigError::of_option(option, why));
        }
    }
    for glob in &overrides.exclude {
        if let Err(why) = globs::check(glob) {
            let message = format!("'{glob}' is not a glob: {why}");
            return Err(ConfigError::of_option("--exclude", message));
        }
    }
    Ok(())
}
