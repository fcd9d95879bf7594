//! Let the codemods look at the texts on disk, to see which changes do not rest on those of the codemods before.
//!
//! An import that was moved out of a `try` changes what its handler has to catch: a change may be right only after
//! another one, although the two touch no common byte.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::super::look::Seen;
use super::super::make::Proof;
use super::super::pass::Pass;
use super::super::tell::Told;
use super::super::workspace::Workspace;
use super::super::{Request, Unwatched};
use crate::change::{Change, FileEdit, Safety, Span};
use crate::codemod::{Codemod, Scope};
use crate::semantic::Semantics;

/// A change in the texts on disk.
pub(super) struct OnDisk {
    /// `None` when it edits what an earlier one has written.
    pub(super) change: Option<Change>,
    /// Its codemod proposes it there.
    pub(super) stands_alone: bool,
}

/// Each of `told`, which are sorted by codemod, for the texts that `workspace` and `semantics` hold: those on disk.
pub(super) fn on_disk(
    request: &Request<'_>,
    workspace: &mut Workspace,
    semantics: &mut Semantics,
    told: &mut [Told],
) -> Vec<OnDisk> {
    let first = told.first().map(|one| one.made.codemod);
    let mut found: Vec<OnDisk> = told
        .iter_mut()
        .map(|one| OnDisk {
            // Nothing was changed when the first codemod looked. A later round rests on those before, and says so
            // elsewhere.
            stands_alone: Some(one.made.codemod) == first || one.round > 0,
            change: one.change.take(),
        })
        .collect();
    for codemod in request.catalogue {
        let name = codemod.about().name;
        let its = |one: &Told| one.made.codemod == name && Some(name) != first;
        let its_files = told.iter().filter(|one| its(one));
        let files: BTreeSet<&Utf8PathBuf> = its_files.flat_map(|one| &one.files).collect();
        if files.is_empty() {
            continue;
        }
        let proposed = look_again(*codemod, request, &files, workspace, semantics);
        let proposed: BTreeMap<Idea<'_>, &Change> =
            proposed.iter().map(|one| (idea(one), one)).collect();
        for (one, found) in told.iter().zip(&mut found).filter(|(one, _)| its(one)) {
            let same = found
                .change
                .as_ref()
                .and_then(|change| proposed.get(&idea(change)));
            if let Some(same) = same.filter(|_| one.round == 0) {
                // Its imports are those that it needs when no other codemod has brought them.
                found.change = Some((*same).clone());
                found.stands_alone = true;
            }
        }
    }
    found
}

/// What `codemod` proposes in `files`, and in the project as a whole.
fn look_again(
    codemod: &dyn Codemod,
    request: &Request<'_>,
    files: &BTreeSet<&Utf8PathBuf>,
    workspace: &mut Workspace,
    semantics: &mut Semantics,
) -> Vec<Change> {
    let pass = Pass {
        codemod,
        request,
        progress: &Unwatched,
        proof: Proof::Gate,
    };
    let root = workspace.bounds.project.clone();
    let mut candidates = pass.candidates(workspace);
    if codemod.about().scope == Scope::File {
        candidates.retain(|path| files.contains(path));
    }
    let mut facts = pass.facts(&root, workspace, semantics);
    pass.scout(&candidates, &[], workspace, semantics, &facts);
    let mut seen: Vec<Seen> = pass.look(&candidates, workspace, semantics, &facts);
    let whole = pass.look_at_project(&mut seen, workspace, &mut facts);
    let seen = seen.into_iter().chain(whole);
    seen.flat_map(|one| one.proposed).collect()
}

/// What a change is about: less its imports, which may be there already.
type Idea<'c> = (
    &'c Utf8Path,
    &'c str,
    Safety,
    Vec<(&'c Utf8Path, Option<Span>, &'c str)>,
);

fn idea(change: &Change) -> Idea<'_> {
    let span = |edit: &FileEdit| match edit {
        FileEdit::Text { range, .. } => Some(Span::from(*range)),
        FileEdit::Create { .. } => None,
    };
    let edits = change.edits.iter();
    let mut edits: Vec<_> = edits
        .map(|one| (one.path(), span(one), one.content()))
        .collect();
    edits.sort();
    (&change.at.path, &change.title, change.safety, edits)
}
