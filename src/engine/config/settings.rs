//! What holds for the files of one directory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use camino::{Utf8Path, Utf8PathBuf};

use super::globs::{Globs, Kind};
use crate::about::{About, OptionKind};
use crate::target::{PythonVersion, TargetPython};

/// What is left out when no `exclude` says otherwise: ruff's list, and Python's caches.
pub const DEFAULT_EXCLUDE: &[&str] = &[
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".git-rewrite",
    ".hg",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pants.d",
    ".pyenv",
    ".pytest_cache",
    ".pytype",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    ".vscode",
    "__pycache__",
    "__pypackages__",
    "_build",
    "buck-out",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
];

/// The settings of one directory.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The file they come from.
    pub file: Option<Utf8PathBuf>,
    /// The directory that its relative paths and globs start at. Without a file: the current directory, or that of
    /// the path that was asked for when it lies elsewhere.
    pub root: Utf8PathBuf,
    /// Codemods to run, in catalogue order: `select` less `ignore`.
    pub codemods: Vec<&'static str>,
    /// Globs, see [`Settings::is_excluded`].
    pub exclude: Vec<String>,
    /// What the command line or the file says. [`super::Configuration::target`] knows the other sources.
    pub target_version: Option<PythonVersion>,
    /// Absolute. Empty when nobody said.
    pub src: Vec<Utf8PathBuf>,
    pub unsafe_fixes: bool,
    /// Glob and the codemods ignored there, in the order of the file; `all` is spelled out.
    pub per_file_ignores: Vec<(String, Vec<String>)>,
    /// Whether runs are remembered. It changes nothing of what a run finds.
    pub cache: bool,
    /// Where, when somebody says so. Absolute.
    pub cache_dir: Option<Utf8PathBuf>,
    /// Codemod name, option name, value; only what somebody set.
    pub options: BTreeMap<&'static str, BTreeMap<&'static str, OptionValue>>,
    /// `target_version` and who says so.
    pub(crate) target: Option<TargetPython>,
    /// `exclude`, compiled when first asked for.
    pub(crate) excluded: OnceLock<Globs>,
    /// The globs of `per_file_ignores`, likewise and in the same order.
    pub(crate) ignored: OnceLock<Vec<Globs>>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum OptionValue {
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<String>),
}

impl Settings {
    /// Whether `path` (absolute) is left out, by its own name or path or by that of a directory above it.
    ///
    /// A glob without `/` is held against each name from the root down to `path`. One with `/` is held against paths
    /// relative to the root. `is_dir` says what `path` is: `build/` matches directories only.
    pub fn is_excluded(&self, path: &Utf8Path, is_dir: bool) -> bool {
        self.globs().is_match(&self.root, path, kind(is_dir))
    }

    /// Whether `path` (absolute) is left out by its own name or path. For a walk, which never enters a directory that
    /// is left out: somebody who names a directory below one wants it walked.
    pub fn excludes_itself(&self, path: &Utf8Path, is_dir: bool) -> bool {
        self.globs().is_match_itself(&self.root, path, kind(is_dir))
    }

    fn globs(&self) -> &Globs {
        self.excluded
            .get_or_init(|| Globs::new(self.exclude.iter().map(String::as_str)))
    }

    /// The codemods that `per-file-ignores` keeps away from the file `path` (absolute).
    ///
    /// Globs match as in [`Settings::is_excluded`]; with a leading `!` those that match are the ones not ignored.
    pub fn ignores_for(&self, path: &Utf8Path) -> BTreeSet<&str> {
        let globs = self.ignored.get_or_init(|| {
            let plain = |glob: &str| Globs::new([glob.strip_prefix('!').unwrap_or(glob)]);
            self.per_file_ignores
                .iter()
                .map(|(glob, _)| plain(glob))
                .collect()
        });
        let mut names = BTreeSet::new();
        for ((glob, ignored), compiled) in self.per_file_ignores.iter().zip(globs) {
            if compiled.is_match(&self.root, path, Kind::File) != glob.starts_with('!') {
                names.extend(ignored.iter().map(String::as_str));
            }
        }
        names
    }

    /// The option `name` of a codemod: what is set, else its default.
    ///
    /// An option that `about` does not have is a mistake of the codemod; it reads as `false`.
    pub fn option(&self, about: &About, name: &str) -> OptionValue {
        let set = self
            .options
            .get(about.name)
            .and_then(|options| options.get(name));
        if let Some(value) = set {
            return value.clone();
        }
        let option = about.options.iter().find(|option| option.name == name);
        debug_assert!(option.is_some(), "{} has no option '{name}'", about.name);
        option.map_or(OptionValue::Boolean(false), |option| {
            OptionValue::default_of(option.kind)
        })
    }
}

impl OptionValue {
    /// What an option of this kind is when nobody set it.
    pub fn default_of(kind: OptionKind) -> Self {
        match kind {
            OptionKind::Boolean { default } => Self::Boolean(default),
            OptionKind::Integer { default } => Self::Integer(default),
            OptionKind::Float { default } => Self::Float(default),
            OptionKind::Choice(words) => {
                Self::Text(words.first().copied().unwrap_or_default().to_owned())
            }
            OptionKind::Text { default } => Self::Text(default.to_owned()),
            OptionKind::List { default } => {
                Self::List(default.iter().map(|word| (*word).to_owned()).collect())
            }
        }
    }
}

fn kind(is_dir: bool) -> Kind {
    match is_dir {
        true => Kind::Directory,
        false => Kind::File,
    }
}
