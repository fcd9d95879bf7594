//! Where runs are remembered, and whether: the options, the environment and the settings say it.

use std::path::PathBuf;

use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::cache::{self, Folder, Memory, Secret};
use codemend_engine::config::Configuration;
use codemend_engine::pipeline;

use super::paths;

/// The folder to use, for all projects. It is the user's word: it may lie anywhere.
const FOLDER: &str = "CODEMEND_CACHE_DIR";
/// A secret in place of the key of this machine.
const KEY: &str = "CODEMEND_CACHE_KEY";
/// Remember nothing, when it holds anything.
const NOTHING: &str = "CODEMEND_NO_CACHE";

/// Which codemend this is: its version and what it was built from.
const BUILD: &str = concat!(env!("CARGO_PKG_VERSION"), " ", env!("CODEMEND_SOURCES"));

/// The memory of runs over `paths` (absolute). `None` when nothing is to be remembered, or there is no place for it.
pub fn of(paths: &[Utf8PathBuf], cwd: &Utf8Path, configuration: &Configuration) -> Option<Memory> {
    if std::env::var_os(NOTHING).is_some_and(|value| !value.is_empty()) {
        return None;
    }
    let project = pipeline::project_of(paths);
    let settings = configuration.settings(&project).ok()?;
    if !settings.cache {
        return None;
    }
    let folder = folder(paths, cwd, configuration)?;
    let secret = match variable(KEY) {
        Some(words) => Secret::of_words(words.as_str())?,
        None => Secret::at(&key()?, &[project])?,
    };
    Some(Memory::new(folder, secret, BUILD))
}

/// The folder of memories for `paths` (absolute); `None` when they belong to no repository and nobody
/// names a folder.
pub fn folder(
    paths: &[Utf8PathBuf],
    cwd: &Utf8Path,
    configuration: &Configuration,
) -> Option<Folder> {
    if let Some(given) = variable(FOLDER) {
        return Some(Folder::named(&paths::absolute(&given, cwd)));
    }
    let project = pipeline::project_of(paths);
    let settings = configuration.settings(&project).ok();
    match settings.and_then(|settings| settings.cache_dir.clone()) {
        Some(given) => Some(Folder::named(&given)),
        None => cache::home(paths).map(|home| Folder::of_project(&home)),
    }
}

/// The file of this user's key.
fn key() -> Option<Utf8PathBuf> {
    let state = variable("XDG_STATE_HOME").filter(|path| path.is_absolute());
    let home = || variable("HOME").map(|home| home.join(".local/state"));
    let state = state.or_else(home).filter(|path| path.is_absolute())?;
    Some(state.join("codemend").join("cache.key"))
}

fn variable(name: &str) -> Option<Utf8PathBuf> {
    let value = std::env::var_os(name).filter(|value| !value.is_empty())?;
    Utf8PathBuf::from_path_buf(PathBuf::from(value)).ok()
}
