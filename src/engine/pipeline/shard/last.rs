//! What the last codemod of a run has to look at for a shard.
//!
//! What a codemod leaves is read by those after it, so all but the last one look at all files. The last one may look at
//! the shard's own files only, where the following holds, and each shard finds the same before that codemod begins:
//!
//! - It looks at one module at a time, so its changes, refusals and reports in a file are the same without the others.
//! - Which files belong to the shard is known before: only names that one file takes from another can still bind files
//!   together, and all that could are counted as bound.
//! - Nobody asks for more than the patch: a review, a baseline and `--verify` look at the run as a whole.
//!
//! A second round of the codemod sees what the first did to other files: uses of a name may be gone, and with them what
//! keeps its import. So where a change of the shard has to wait for one, the codemod looks at all files after all.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;

use super::super::look::{Seen, is_wanted};
use super::super::make::Proof;
use super::super::pass::Pass;
use super::super::together::Bonds;
use super::super::workspace::Workspace;
use super::Ties;
use crate::codemod::Scope;
use crate::facts::Facts;
use crate::resolve;
use crate::semantic::Semantics;

/// Files that are looked at before what ty has learned of them may be let go.
const AT_ONCE: usize = 256;

/// Say in `workspace` which files `pass` has to look at, when it is the last one and need not look at all.
pub(in super::super) fn set_apart(pass: &Pass<'_>, workspace: &mut Workspace) {
    let request = pass.request;
    let Some(shard) = request.shard else {
        return;
    };
    let looks_at_whole =
        request.review || request.narrowing.places.is_some() || pass.proof != Proof::Gate;
    let is_apart = pass.codemod.about().scope == Scope::File && is_last(pass, workspace);
    if looks_at_whole || !is_apart || !workspace.bonds.is_only_of_names() {
        return;
    }
    let changed = workspace
        .whole
        .first_texts()
        .map(|(path, _)| path.to_owned());
    let mut paths: BTreeSet<Utf8PathBuf> = changed.collect();
    paths.extend(pass.candidates(workspace));
    let texts = paths.into_iter().map(|path| {
        let text = workspace.disk_text(&path);
        (path, text)
    });
    let sets = Bonds::of_names(texts.collect());
    let ties = Ties::of_changes(workspace);
    workspace.portion = Some(ties.portion_with(sets, shard, &workspace.bounds.repository));
}

/// Whether the codemod of `pass` is chosen, and none after it is anywhere, whatever its triggers: what `pass` writes may
/// hold some.
fn is_last(pass: &Pass<'_>, workspace: &Workspace) -> bool {
    let own = pass.codemod.about().name;
    let chosen = workspace.files.values();
    let chosen = chosen.flat_map(|file| file.settings.codemods.iter().copied());
    let chosen: BTreeSet<&str> = chosen.collect();
    let mut names = pass.request.catalogue.iter().map(|one| one.about().name);
    names.rfind(|name| chosen.contains(name)) == Some(own)
}

impl Pass<'_> {
    /// Let the codemod look at each of `paths`, or at those that belong to the shard, where that is enough. Sorted, as
    /// `paths` are.
    pub(in super::super) fn look_at_portion(
        &self,
        paths: &[Utf8PathBuf],
        workspace: &Workspace,
        semantics: &mut Semantics,
        facts: &Facts<'_>,
    ) -> Vec<Seen> {
        let Some(portion) = &workspace.portion else {
            return self.look_at_all(paths, workspace, semantics, facts);
        };
        let all = paths.iter().cloned();
        let (own, others): (Vec<_>, Vec<_>) = all.partition(|path| portion.holds(path));
        let mut seen = self.look_at_all(&own, workspace, semantics, facts);
        if self.has_to_wait(&seen, workspace) {
            seen.extend(self.look_at_all(&others, workspace, semantics, facts));
            seen.sort_by(|one, other| one.path.cmp(&other.path));
        }
        seen
    }

    /// Let the codemod look at each of `paths`, some at a time. What only has to be seen leaves nothing behind.
    fn look_at_all(
        &self,
        paths: &[Utf8PathBuf],
        workspace: &Workspace,
        semantics: &mut Semantics,
        facts: &Facts<'_>,
    ) -> Vec<Seen> {
        if self.codemod.about().scope == Scope::File {
            return self.look(paths, workspace, semantics, facts);
        }
        let some = paths.chunks(AT_ONCE);
        some.flat_map(|paths| {
            semantics.relieve();
            self.look(paths, workspace, semantics, facts)
        })
        .collect()
    }

    /// Whether one of the changes in `seen` cannot be made together with the others.
    fn has_to_wait(&self, seen: &[Seen], workspace: &Workspace) -> bool {
        let changes = seen.iter().flat_map(|one| &one.proposed);
        let wanted = changes
            .filter(|change| is_wanted(change, self.wants_unsafe(&change.at.path, workspace)));
        let resolution = resolve::resolve(wanted.cloned().collect());
        !resolution.deferred.is_empty()
    }
}
