//! What a codemod must know about the other modules of the project.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use rayon::prelude::*;

use super::Request;
use super::pass::Pass;
use super::workspace::Workspace;
use crate::codemod::Question;
use crate::module::Module;
use crate::semantic::{Semantics, Taken};

impl Pass<'_> {
    /// Answer the codemod's questions about the project.
    pub(super) fn answers(
        &self,
        workspace: &mut Workspace,
        semantics: &Semantics,
    ) -> BTreeMap<&'static str, Utf8PathBuf> {
        let questions = self.codemod.questions();
        if questions.is_empty() {
            return BTreeMap::new();
        }
        let project = workspace.project(self.request);
        let answer = |question: &Question| {
            let yes = project.par_iter().map_with(
                semantics.clone(),
                |semantics, (path, text, target)| {
                    let has_words = question.words.iter().all(|word| text.contains(word));
                    let module = has_words
                        .then(|| Module::parse(semantics, path, text.clone(), target.version));
                    matches!(module, Some(Ok(module)) if (question.ask)(&module))
                        .then(|| path.clone())
                },
            );
            yes.flatten().min().map(|path| (question.key, path))
        };
        questions.iter().filter_map(answer).collect()
    }
}

/// Which of the names in `released` another file of the project takes, and from which file.
pub(super) fn taken_elsewhere(
    request: &Request<'_>,
    released: &BTreeSet<String>,
    workspace: &mut Workspace,
    semantics: &Semantics,
) -> Taken {
    let mut taken = Taken::default();
    if released.is_empty() {
        return taken;
    }
    let repository = workspace.repository(request);
    let found = repository
        .par_iter()
        .filter(|(_, text, _)| released.iter().any(|name| text.contains(name.as_str())))
        .map_with(semantics.clone(), |semantics, (path, text, target)| {
            let module = Module::parse(semantics, path, text.clone(), target.version);
            match module {
                Ok(module) => module.names().taken(released),
                Err(_) => {
                    let mut taken = Taken::default();
                    taken.suspect(text, released);
                    taken
                }
            }
        })
        .reduce(Taken::default, |mut all, some| {
            all.extend(some);
            all
        });
    taken.extend(found);
    if workspace.has_unseen {
        taken.fear(released);
    }
    for text in workspace.opaque() {
        taken.suspect(text, released);
    }
    taken
}
