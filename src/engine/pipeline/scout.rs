//! What a codemod must find out about modules of the project, time and again, before it looks at one.
//!
//! What a function does depends on those that it calls: facts that spread from module to module are worked out round by
//! round, each of them over those modules only that the last one has led to.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::AT_ONCE;
use super::abreast::BATCH;
use super::pass::Pass;
use super::workspace::Workspace;
use crate::facts::Facts;
use crate::module::Module;
use crate::semantic::{Semantics, quietly};

impl Pass<'_> {
    /// Let the codemod find out what it needs for `candidates`, since `changed` were changed.
    pub(super) fn scout(
        &self,
        candidates: &[Utf8PathBuf],
        changed: &[Utf8PathBuf],
        workspace: &mut Workspace,
        semantics: &mut Semantics,
        facts: &Facts<'_>,
    ) {
        let mut paths = self.codemod.scouts(candidates, changed, facts);
        if paths.is_empty() {
            return;
        }
        let known = workspace.repository(self.request);
        while !paths.is_empty() {
            let wanted: BTreeSet<&Utf8Path> = paths.iter().map(AsRef::as_ref).collect();
            let files: Vec<_> = known
                .iter()
                .filter(|(path, ..)| wanted.contains(path.as_path()))
                .collect();
            let mut size = 0;
            let parts = files.chunk_by(|(_, text, _), _| {
                size += text.len();
                let is_full = size >= BATCH;
                size *= usize::from(!is_full);
                !is_full
            });
            for part in parts {
                semantics.relieve();
                part.par_iter().with_max_len(AT_ONCE).for_each_with(
                    semantics.clone(),
                    |semantics, (path, text, target)| {
                        // What cannot be read leads nowhere.
                        quietly(|| {
                            let module =
                                Module::parse(semantics, path, text.clone(), target.version);
                            module.iter().for_each(|one| self.codemod.scout(one, facts));
                        });
                    },
                );
            }
            paths = self.codemod.scouts(candidates, changed, facts);
        }
    }
}
