//! What a configuration has answered so far, in few bytes: two configurations that answer alike lead to the same run.

use std::sync::{Arc, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{Configuration, Settings};
use crate::disk::Digest;
use crate::target;

impl Configuration {
    /// What the command line says, spelled out, and where it was said.
    pub(crate) fn request(&self) -> String {
        let only = self.only.as_deref().map(spelled);
        format!("{:?}\n{}\n{only:?}", self.overrides, self.here)
    }

    /// The directories (absolute) that it was asked about, sorted.
    pub(crate) fn asked(&self) -> Vec<Utf8PathBuf> {
        let mut all = self.nearest.directories();
        let says = self.says.read().unwrap_or_else(PoisonError::into_inner);
        all.extend(says.keys().map(|path| Utf8PathBuf::from(&**path)));
        all.sort();
        all.dedup();
        all
    }

    /// What it answers for `directories` (absolute): the settings, and what the manifests say. Everything else that it
    /// answers follows from that.
    pub(crate) fn answers(&self, directories: &[Utf8PathBuf]) -> Digest {
        let answers = directories.par_iter().map(|directory| {
            let settings = self.settings(directory);
            // Where the version is given nobody asks the manifests.
            let says = match self.target_given(&settings) {
                Some(_) => Arc::default(),
                None => self.says_above(directory),
            };
            let target = target::in_directories(says.iter().map(|one| &**one));
            let broken = says.iter().find_map(|one| one.broken.as_ref());
            (settings, format!("{directory}\0{target:?}{broken:?}\0"))
        });
        let answers: Vec<_> = answers.collect();
        let mut hasher = blake3::Hasher::new();
        // Directories of one file of settings share them.
        let mut known = FxHashMap::<usize, Digest>::default();
        for (settings, rest) in &answers {
            match settings {
                Ok(settings) => {
                    let address = Arc::as_ptr(settings).addr();
                    let digest = known.entry(address).or_insert_with(|| {
                        let text = spelled(settings);
                        *blake3::hash(text.as_bytes()).as_bytes()
                    });
                    hasher.update(&*digest);
                }
                Err(error) => drop(hasher.update(format!("\0{error:?}").as_bytes())),
            }
            hasher.update(rest.as_bytes());
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
