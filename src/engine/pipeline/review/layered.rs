//! Put changes of several codemods together at once, the way that the codemods one after the other do: what a later one
//! imports stands behind what an earlier one has imported.

use std::collections::BTreeMap;

use ruff_text_size::TextRange;

use crate::change::Change;
use crate::imports::{self, Import, Placed, TextEdit};
use crate::module::Module;
use crate::resolve;
use crate::review::ChangeId;

/// A change of one file, with its place in the texts on disk.
#[derive(Clone, Copy)]
pub(super) struct Numbered<'c> {
    pub(super) id: ChangeId,
    /// The place of its codemod in the run.
    pub(super) layer: usize,
    pub(super) change: &'c Change,
}

/// What some changes ask of the imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked<'c> {
    Needed(&'c Import),
    Released(TextRange),
    Placed(&'c Placed),
}

/// What `change` asks of the imports of its own file.
pub(super) fn asked_by(change: &Change) -> impl Iterator<Item = Asked<'_>> {
    let needed = change.requires.iter().map(Asked::Needed);
    let released = change.releases.iter().map(|range| Asked::Released(*range));
    let placed = change.places.iter().map(Asked::Placed);
    needed.chain(released).chain(placed)
}

/// The edits for `asked`, each with its layer, when `gone` (sorted) is taken out; sorted, one a place.
pub(super) fn import_edits<'c>(
    module: &Module<'_>,
    asked: impl Iterator<Item = (usize, Asked<'c>)>,
    gone: &[TextRange],
    elsewhere: &dyn Fn(&str) -> bool,
) -> Vec<TextEdit> {
    let mut released = Vec::new();
    let mut layers: BTreeMap<usize, (imports::Wanted, Vec<&Placed>)> = BTreeMap::new();
    for (layer, one) in asked {
        let (wanted, places) = layers.entry(layer).or_default();
        match one {
            Asked::Needed(import) => drop(wanted.insert(import.clone())),
            Asked::Released(range) => released.push(range),
            Asked::Placed(placed) => places.push(placed),
        }
    }
    let mut parts = vec![imports::removals(module, &released, gone, elsewhere)];
    for (wanted, places) in layers.values() {
        parts.push(imports::insertions(module, wanted));
        parts.push(imports::placements(module, places));
    }
    let parts: Vec<&[TextEdit]> = parts.iter().map(Vec::as_slice).collect();
    merged(&parts)
}

/// The edits of `changes` in `module`, with their imports; `None` when some overlap. Sorted.
pub(super) fn compose(
    module: &Module<'_>,
    changes: &[Numbered<'_>],
    elsewhere: &dyn Fn(&str) -> bool,
) -> Option<Vec<TextEdit>> {
    let own = resolve::edits_of(changes.iter().map(|one| one.change), module.path());
    let gone = taken_out(&own);
    let here = changes
        .iter()
        .filter(|one| one.change.at.path == module.path());
    let asked: Vec<(usize, Asked<'_>)> = here
        .flat_map(|one| asked_by(one.change).map(|asked| (one.layer, asked)))
        .collect();
    let places = asked
        .iter()
        .any(|(_, asked)| matches!(asked, Asked::Placed(_)));
    let imports = import_edits(module, asked.into_iter(), &gone, elsewhere);
    let mut edits = merged(&[&imports, &own]);
    if places {
        imports::keep_separators(module, &mut edits);
    }
    resolve::is_disjoint(&edits).then_some(edits)
}

/// The ranges that `edits` replace or delete.
pub(super) fn taken_out(edits: &[TextEdit]) -> Vec<TextRange> {
    let ranges = edits.iter().map(|(range, _)| *range);
    ranges.filter(|range| !range.is_empty()).collect()
}

/// The edits of `parts`, sorted; those that insert at one place as one, in the order of the parts. Equal ones that
/// replace are one.
pub(super) fn merged(parts: &[&[TextEdit]]) -> Vec<TextEdit> {
    let mut all: Vec<TextEdit> = parts.iter().flat_map(|part| part.iter().cloned()).collect();
    all.sort_by_key(|(range, _)| (range.start(), range.end()));
    all.dedup_by(|next, last| {
        let same = next.0 == last.0;
        if same && next.0.is_empty() {
            last.1.push_str(&next.1);
        }
        same && (next.0.is_empty() || next.1 == last.1)
    });
    all
}
