//! What accepting one change of a review does: its own edits, or, where others have to be accepted with it, those of all
//! of them together.
//!
//! Edits of several changes cannot just be added up: two changes that need the same import share one statement. So they
//! are composed, as a review page does. Changes that go only together have one set of edits between them; a copy for
//! each would grow with the square of their number.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use codemend_engine::problem::{LineColumn, Positions};
use codemend_engine::review::{ChangeId, Review, ReviewedFile};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

/// The files of a review with their lines, and which of its changes go only together.
pub struct Choices<'r> {
    review: &'r Review,
    files: BTreeMap<&'r Utf8Path, Lined<'r>>,
    /// For a change that goes only together with others, the one of them that has the edits of all.
    same_as: BTreeMap<ChangeId, ChangeId>,
}

/// A file and where its lines begin.
struct Lined<'r> {
    file: &'r ReviewedFile,
    positions: Positions,
}

/// An edit that a choice of changes comes to, in the text on disk.
pub struct Chosen<'r> {
    pub file: &'r ReviewedFile,
    pub from: (usize, LineColumn),
    pub to: (usize, LineColumn),
    pub text: &'r str,
}

impl<'r> Choices<'r> {
    pub fn of(review: &'r Review) -> Self {
        let lined = review.files.iter().map(|file| {
            let positions = Positions::of(file.before.as_deref().unwrap_or_default());
            (file.path.as_path(), Lined { file, positions })
        });
        Self {
            review,
            files: lined.collect(),
            same_as: same_as(review),
        }
    }

    /// The change that has the edits of `change`, which goes only together with it, when that is another one.
    pub fn same_as(&self, change: ChangeId) -> Option<ChangeId> {
        self.same_as.get(&change).copied()
    }

    /// What accepting `change` and all that it needs does. Sorted by path and place.
    pub fn accepting(&self, change: ChangeId) -> Vec<Chosen<'r>> {
        let accepted = self.review.accepting(change);
        let changes = accepted
            .iter()
            .filter_map(|id| self.review.changes.get(*id));
        let edits = changes.flat_map(|change| &change.edits);
        let paths: BTreeSet<&Utf8Path> = edits.map(|edit| edit.path.as_path()).collect();
        let files = paths.into_iter().filter_map(|path| self.files.get(path));
        files.flat_map(|one| one.chosen(&accepted)).collect()
    }

    /// What accepting all changes does to each file that it changes. Sorted.
    pub fn all(&self) -> impl Iterator<Item = (&'r ReviewedFile, Vec<Chosen<'r>>)> {
        let all: BTreeSet<ChangeId> = (0..self.review.changes.len()).collect();
        self.files.values().filter_map(move |one| {
            // What one change does another may undo.
            one.file.compose(&all)?;
            Some((one.file, one.chosen(&all)))
        })
    }
}

impl<'r> Lined<'r> {
    fn chosen(&self, accepted: &BTreeSet<ChangeId>) -> Vec<Chosen<'r>> {
        let text = self.file.before.as_deref().unwrap_or_default();
        let place = |byte| (byte, self.positions.at(text, byte));
        let edits = self.file.edits(accepted).into_iter();
        let chosen = edits.map(|edit| Chosen {
            file: self.file,
            from: place(edit.from),
            to: place(edit.to),
            text: &edit.text,
        });
        chosen.collect()
    }
}

/// For each change of a ring of needs but one, that one: the least safe, and of several such the first. Nobody who takes
/// safe changes only gets the edits of others with them.
fn same_as(review: &Review) -> BTreeMap<ChangeId, ChangeId> {
    if review.changes.iter().all(|change| change.needs.is_empty()) {
        return BTreeMap::new();
    }
    let mut graph = DiGraph::<(), ()>::with_capacity(review.changes.len(), 0);
    let nodes: Vec<NodeIndex> = review.changes.iter().map(|_| graph.add_node(())).collect();
    for (change, node) in review.changes.iter().zip(&nodes) {
        for need in change.needs.iter().filter_map(|need| nodes.get(*need)) {
            graph.add_edge(*node, *need, ());
        }
    }
    let rings = kosaraju_scc(&graph).into_iter();
    let pairs = rings.flat_map(|ring| {
        let first = ring.iter().map(|node| node.index());
        let first = first.min_by_key(|id| {
            let safety = review.changes.get(*id).map(|change| change.safety);
            (Reverse(safety), *id)
        });
        let others = ring.into_iter().map(NodeIndex::index);
        others.filter_map(move |one| first.map(|first| (one, first)))
    });
    pairs.filter(|(one, first)| one != first).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use codemend_engine::change::Safety;
    use codemend_engine::problem::LineColumn;
    use codemend_engine::review::{
        DiskEdit, Region, Replacement, Review, Reviewed, ReviewedFile, When,
    };

    use super::Choices;

    const AT: LineColumn = LineColumn { line: 1, column: 1 };

    fn change(needs: &[usize]) -> Reviewed {
        Reviewed {
            codemod: "mend-it",
            title: "mend".into(),
            safety: Safety::Safe,
            why: None,
            path: "/a.py".into(),
            start: AT,
            end: AT,
            fingerprint: "0".repeat(32),
            edits: vec![DiskEdit {
                path: "/a.py".into(),
                from: 0,
                to: 0,
                start: AT,
                end: AT,
                replacement: String::new(),
                creates: false,
            }],
            needs: needs.iter().copied().collect(),
        }
    }

    fn insertion(when: When, text: &str) -> Region {
        let text = text.to_owned();
        let (from, to) = (2, 2);
        Region {
            when: vec![when],
            table: vec![vec![], vec![Replacement { from, to, text }]],
        }
    }

    /// 0 alone; 1 and 2 a ring that needs 0.
    fn review() -> Review {
        let only = |id| When::All(vec![id]);
        Review {
            changes: vec![change(&[]), change(&[2]), change(&[0, 1])],
            withheld: Vec::new(),
            files: vec![ReviewedFile {
                path: "/a.py".into(),
                before: Some("é\n".into()),
                regions: vec![
                    insertion(only(0), "0"),
                    insertion(only(1), "1"),
                    insertion(When::All(vec![1, 2]), "12"),
                ],
            }],
        }
    }

    #[test]
    fn a_change_comes_with_what_it_needs_and_a_ring_has_one_set_of_edits() {
        let review = review();
        let choices = Choices::of(&review);
        let same: Vec<_> = (0..3).map(|id| choices.same_as(id)).collect();
        assert_eq!(same, [None, None, Some(1)]);
        let texts = |id| {
            let chosen = choices.accepting(id).into_iter();
            chosen.map(|one| one.text.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(texts(0), ["0"]);
        assert_eq!(texts(1), ["0", "1", "12"]);
        assert_eq!(texts(1), texts(2));
    }

    #[test]
    fn all_changes_come_to_what_is_composed() {
        let review = review();
        let choices = Choices::of(&review);
        let all: Vec<_> = choices.all().collect();
        let [(file, edits)] = &all[..] else {
            panic!("one file")
        };
        let written: String = edits.iter().map(|edit| edit.text).collect();
        let composed = file.compose(&BTreeSet::from([0, 1, 2])).unwrap();
        assert_eq!(*composed.after, format!("é{written}\n"));
        assert_eq!(edits[0].from, (2, LineColumn { line: 1, column: 2 }));
    }
}
