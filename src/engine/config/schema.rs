//! The keys of a configuration: from a TOML table to what it sets, or the error that shows the nearest valid key.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use toml_edit::{Item, TableLike};

use super::discover::absolute;
use super::globs;
use super::origin::{Origin, Place};
use super::suggest::{did_you_mean, listed, nearest};
use super::value::Entry;
use super::{ConfigError, OptionValue};
use crate::about::About;
use crate::target::PythonVersion;
use crate::tree::Tree;

/// The keys that are not names of codemods.
pub const KEYS: [&str; 10] = [
    "cache",
    "cache-dir",
    "exclude",
    "extend-exclude",
    "ignore",
    "per-file-ignores",
    "select",
    "src",
    "target-version",
    "unsafe-fixes",
];

/// Stands for every codemod in `select`, `ignore` and `per-file-ignores`.
pub const ALL: &str = "all";

/// What one document sets. `None` is what it leaves alone.
#[derive(Debug, Default)]
pub struct Layer {
    pub cache: Option<bool>,
    pub cache_dir: Option<Utf8PathBuf>,
    pub select: Option<Vec<String>>,
    pub ignore: Option<Vec<String>>,
    pub exclude: Option<Vec<String>>,
    pub extend_exclude: Vec<String>,
    pub target_version: Option<PythonVersion>,
    pub src: Option<Vec<Utf8PathBuf>>,
    pub unsafe_fixes: Option<bool>,
    /// In the order of the document.
    pub per_file_ignores: Vec<(String, Vec<String>)>,
    pub options: BTreeMap<&'static str, BTreeMap<&'static str, OptionValue>>,
}

/// Read `table`, the settings of the document `origin`.
///
/// # Errors
/// The first key that is unknown or whose value is of the wrong kind.
pub fn read(
    origin: Origin<'_>,
    table: &dyn TableLike,
    catalogue: &[About],
) -> Result<Layer, ConfigError> {
    let mut layer = Layer::default();
    for (key, item) in table.iter() {
        let entry = Entry { origin, key, item };
        match catalogue.iter().find(|about| about.name == key) {
            Some(about) => {
                let options = read_options(entry, about)?;
                layer.options.insert(about.name, options);
            }
            None if KEYS.contains(&key) => layer.read_key(entry, catalogue)?,
            None => return Err(unknown_key(origin, table, key, catalogue)),
        }
    }
    Ok(layer)
}

/// What to say of `name` where the name of a codemod (or `all`) must stand; `None` when it is one.
pub fn unknown_codemod(name: &str, catalogue: &[About]) -> Option<String> {
    let names = catalogue.iter().map(|about| about.name);
    if name == ALL || names.clone().any(|known| known == name) {
        return None;
    }
    let near = did_you_mean(name, names.chain([ALL]));
    Some(format!(
        "no codemod is called '{name}'{near} (`codemend list` names them all)"
    ))
}

impl Layer {
    fn read_key(&mut self, entry: Entry<'_>, catalogue: &[About]) -> Result<(), ConfigError> {
        match entry.key {
            "cache" => self.cache = Some(entry.boolean()?),
            "cache-dir" => self.cache_dir = Some(read_directory(entry)?),
            "exclude" => self.exclude = Some(read_globs(entry)?),
            "extend-exclude" => self.extend_exclude = read_globs(entry)?,
            "ignore" => self.ignore = Some(read_codemods(entry, catalogue)?),
            "per-file-ignores" => self.per_file_ignores = read_per_file_ignores(entry, catalogue)?,
            "select" => self.select = Some(read_codemods(entry, catalogue)?),
            "src" => self.src = Some(read_directories(entry)?),
            "target-version" => self.target_version = Some(entry.python()?),
            "unsafe-fixes" => self.unsafe_fixes = Some(entry.boolean()?),
            _ => {}
        }
        Ok(())
    }
}

fn read_codemods(entry: Entry<'_>, catalogue: &[About]) -> Result<Vec<String>, ConfigError> {
    let strings = entry.strings()?;
    for (name, value) in &strings {
        if let Some(message) = unknown_codemod(name, catalogue) {
            return Err(entry
                .origin
                .error(value.span(), format!("'{}': {message}", entry.key)));
        }
    }
    Ok(strings
        .into_iter()
        .map(|(name, _)| name.to_owned())
        .collect())
}

/// Directories, as they are written. Those of a file must not lead out of the repository that the file lies in: what
/// is below them is read. On the command line they are the user's own word.
fn read_directories(entry: Entry<'_>) -> Result<Vec<Utf8PathBuf>, ConfigError> {
    let strings = entry.strings()?;
    let out = strings
        .iter()
        .find_map(|(path, value)| Some((value, leads_out(&entry, path)?)));
    if let Some((value, message)) = out {
        return Err(entry.origin.error(value.span(), message));
    }
    let paths = strings.into_iter().map(|(path, _)| path.into());
    Ok(paths.collect())
}

/// A directory, likewise: what codemend remembers is written there.
fn read_directory(entry: Entry<'_>) -> Result<Utf8PathBuf, ConfigError> {
    let path = entry.text()?;
    match leads_out(&entry, path) {
        Some(message) => Err(entry.error(message)),
        None => Ok(path.into()),
    }
}

/// What to say of `path` when a file names it and it leads out of the repository of that file.
fn leads_out(entry: &Entry<'_>, path: &str) -> Option<String> {
    let Place::File { file, .. } = entry.origin.place else {
        return None;
    };
    let start = file.parent().unwrap_or(file);
    let tree = Tree::around(start);
    let is_out = !tree.holds(&absolute(path.into(), start));
    is_out.then(|| {
        format!(
            "'{}': '{path}' leads out of the repository `{}`; --config can name it",
            entry.key,
            tree.top()
        )
    })
}

fn read_globs(entry: Entry<'_>) -> Result<Vec<String>, ConfigError> {
    let strings = entry.strings()?;
    for (glob, value) in &strings {
        if let Err(why) = globs::check(glob) {
            let message = format!("'{}': '{glob}' is not a glob: {why}", entry.key);
            return Err(entry.origin.error(value.span(), message));
        }
    }
    Ok(strings
        .into_iter()
        .map(|(glob, _)| glob.to_owned())
        .collect())
}

/// `"tests/**" = ["x"]`; with a leading `!` the codemods are ignored everywhere else.
fn read_per_file_ignores(
    entry: Entry<'_>,
    catalogue: &[About],
) -> Result<Vec<(String, Vec<String>)>, ConfigError> {
    let table = entry.table("a table of globs")?;
    let mut ignores = Vec::new();
    for (glob, item) in table.iter() {
        if let Err(why) = globs::check(glob.strip_prefix('!').unwrap_or(glob)) {
            let message = format!("'per-file-ignores': '{glob}' is not a glob: {why}");
            return Err(entry.origin.error(key_span(table, glob, item), message));
        }
        let key = format!("per-file-ignores.\"{glob}\"");
        let names = Entry {
            key: &key,
            item,
            ..entry
        };
        ignores.push((glob.to_owned(), read_codemods(names, catalogue)?));
    }
    Ok(ignores)
}

fn read_options(
    entry: Entry<'_>,
    about: &About,
) -> Result<BTreeMap<&'static str, OptionValue>, ConfigError> {
    let table = entry.table("a table of options")?;
    let mut options = BTreeMap::new();
    for (name, item) in table.iter() {
        let Some(option) = about.options.iter().find(|option| option.name == name) else {
            return Err(unknown_option(entry.origin, table, name, about));
        };
        let key = format!("{}.{name}", about.name);
        let value = Entry {
            key: &key,
            item,
            ..entry
        }
        .option(option.kind)?;
        options.insert(option.name, value);
    }
    Ok(options)
}

fn unknown_key(
    origin: Origin<'_>,
    table: &dyn TableLike,
    key: &str,
    catalogue: &[About],
) -> ConfigError {
    let names = KEYS
        .into_iter()
        .chain(catalogue.iter().map(|about| about.name));
    let near = match nearest(key, names) {
        Some(name) => format!("; did you mean '{name}'?"),
        None => format!(
            "; it has {}, and a table per codemod (`codemend list`)",
            listed(KEYS)
        ),
    };
    let span = table.get(key).and_then(|item| key_span(table, key, item));
    origin.error(
        span,
        format!("unknown key '{key}'{}{near}", origin.within("")),
    )
}

fn unknown_option(
    origin: Origin<'_>,
    table: &dyn TableLike,
    name: &str,
    about: &About,
) -> ConfigError {
    let names = about.options.iter().map(|option| option.name);
    let near = match nearest(name, names.clone()) {
        Some(near) => format!("; did you mean '{near}'?"),
        None if about.options.is_empty() => format!("; '{}' has no options", about.name),
        None => format!("; it has {}", listed(names)),
    };
    let span = table.get(name).and_then(|item| key_span(table, name, item));
    let within = origin.within(about.name);
    origin.error(span, format!("unknown key '{name}'{within}{near}"))
}

/// Where a key stands; where its value stands when the parser does not know.
fn key_span(table: &dyn TableLike, key: &str, item: &Item) -> Option<std::ops::Range<usize>> {
    table
        .key(key)
        .and_then(|key| key.span())
        .or_else(|| item.span())
}
