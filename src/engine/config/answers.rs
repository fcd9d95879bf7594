//! What a configuration has answered so far, in few bytes: two configurations that answer alike lead to the same run.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Configuration, Settings};
use crate::disk::Digest;

impl Configuration {
    /// What the command line says, spelled out, and where it was said.
    pub(crate) fn request(&self) -> String {
        let only = self.only.as_deref().map(spelled);
        format!("{:?}\n{}\n{only:?}", self.overrides, self.here)
    }

    /// The directories (absolute) that it was asked about, sorted.
    pub(crate) fn asked(&self) -> Vec<Utf8PathBuf> {
        let mut all = self.nearest.directories();
        let says = self.says.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend(says.keys().cloned());
        all.sort();
        all.dedup();
        all
    }

    /// What it answers for `directories` (absolute): the settings, the target Python and the manifest that cannot be
    /// read.
    pub(crate) fn answers(&self, directories: &[Utf8PathBuf]) -> Digest {
        let mut hasher = blake3::Hasher::new();
        // Directories of one file of settings share them.
        let mut known = BTreeMap::<usize, Digest>::new();
        for directory in directories {
            // Any file in it will do.
            let file = directory.join("_.py");
            hasher.update(directory.as_str().as_bytes());
            match self.settings(directory) {
                Ok(settings) => {
                    let address = std::sync::Arc::as_ptr(&settings).addr();
                    let digest = known.entry(address).or_insert_with(|| {
                        let text = spelled(&settings);
                        *blake3::hash(text.as_bytes()).as_bytes()
                    });
                    hasher.update(&*digest);
                }
                Err(error) => drop(hasher.update(format!("\0{error:?}").as_bytes())),
            }
            let rest = (self.target(&file), self.broken_manifest(&file));
            hasher.update(format!("\0{rest:?}\0").as_bytes());
        }
        *hasher.finalize().as_bytes()
    }
}

/// All of `settings` that a run rests on.
fn spelled(settings: &Settings) -> String {
    let Settings {
        file,
        root,
        codemods,
        exclude,
        target_version,
        src,
        unsafe_fixes,
        per_file_ignores,
        options,
        target,
        excluded: _,
        ignored: _,
        // Where a run is remembered changes nothing of what it finds.
        cache: _,
        cache_dir: _,
    } = settings;
    let src: Vec<&Utf8Path> = src.iter().map(Utf8PathBuf::as_path).collect();
    format!(
        "{file:?}{root:?}{codemods:?}{exclude:?}{target_version:?}{src:?}{unsafe_fixes}{per_file_ignores:?}{options:?}{target:?}"
    )
}
