//! What a codemod must have listed by all modules of the project before it looks at one.
//!
//! A question has one answer for the project. Where thousands of places ask about names, a list of the names that come
//! into question spares nearly all of them the closer look.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::TEXTS_AT_ONCE;
use super::pass::Pass;
use super::workspace::Workspace;
use crate::codemod::{Gathering, List};
use crate::module::Module;
use crate::semantic::{Semantics, quietly};

impl Pass<'_> {
    /// What the modules of the project list for the codemod.
    pub(super) fn gathered(
        &self,
        workspace: &mut Workspace,
        semantics: &Semantics,
    ) -> BTreeMap<&'static str, BTreeSet<String>> {
        let gatherings = self.codemod.gatherings();
        if gatherings.is_empty() {
            return BTreeMap::new();
        }
        let project = workspace.project(self.request);
        let list = |gathering: &Gathering| {
            let lists = project.par_iter().with_max_len(TEXTS_AT_ONCE).map_with(
                semantics.clone(),
                |semantics, (path, text, target)| {
                    if !(gathering.may)(text) {
                        return Vec::new();
                    }
                    let listed = quietly(|| match gathering.list {
                        List::OfText(list) => list(text),
                        List::OfModule(list) => {
                            let module =
                                Module::parse(semantics, path, text.clone(), target.version);
                            module.map_or_else(|_| Vec::new(), |module| list(&module))
                        }
                    });
                    listed.unwrap_or_default()
                },
            );
            let mut listed: Vec<String> = lists.flatten_iter().collect();
            listed.par_sort_unstable();
            (
                gathering.key,
                (gathering.fold)(listed.into_iter().collect()),
            )
        };
        gatherings.iter().map(list).collect()
    }
}
