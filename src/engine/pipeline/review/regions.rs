//! The places of one module that a choice decides about, and what becomes of each under every choice.
//!
//! An edit of a change depends on that change alone. Imports do not: one statement may serve several changes, and goes
//! only when all that released it are accepted. So the imports are asked for by facts (one import is needed, one is
//! released, one statement is placed); facts that meet at one place share a [`Region`], whose table is filled by asking
//! for each combination. What was worked out that way is proven by the caller.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use ruff_text_size::TextRange;

use super::layered::{Asked, Numbered, asked_by, import_edits, merged};
use crate::change::FileEdit;
use crate::imports::{self, TextEdit};
use crate::module::Module;
use crate::resolve;
use crate::review::{ChangeId, Region, Replacement, When};

/// A fact, the first layer of the changes behind it, and what it asks for.
type Fact<'c> = (When, usize, Asked<'c>);

/// The regions of a file, and changes that go only together.
pub(super) struct Apart {
    pub(super) regions: Vec<Region>,
    pub(super) tied: Vec<Vec<ChangeId>>,
}

impl Apart {
    /// `regions` without those that nothing can be said of: with more facts than a table takes. Their changes are tied.
    fn of(found: Vec<Found>) -> Option<Self> {
        let mut apart = Self {
            regions: Vec::new(),
            tied: Vec::new(),
        };
        for one in found {
            match one {
                Found::Region(region) => apart.regions.push(region),
                Found::Crowd(ids, edits) => {
                    apart.regions.push(tied(ids.clone(), edits));
                    apart.tied.push(ids);
                }
            }
        }
        is_apart(&apart.regions).then_some(apart)
    }
}

/// What was found of a group of facts.
enum Found {
    Region(Region),
    /// Too many facts: the changes behind them, and what all of them make.
    Crowd(Vec<ChangeId>, Vec<Replacement>),
}

/// The changes behind some facts, sorted.
pub(super) fn behind<'w>(when: impl Iterator<Item = &'w When>) -> Vec<ChangeId> {
    let ids: BTreeSet<ChangeId> = when
        .flat_map(|(When::Any(ids) | When::All(ids))| ids)
        .copied()
        .collect();
    ids.into_iter().collect()
}

/// The regions of `module` for `changes`; `None` when they overlap. `elsewhere` says whether another file takes a name
/// from this one.
pub(super) fn regions(
    module: &Module<'_>,
    changes: &[Numbered<'_>],
    elsewhere: &dyn Fn(&str) -> bool,
) -> Option<Apart> {
    let own = own_edits(module, changes);
    let gone = own.iter().map(|(range, ..)| *range);
    let gone: Vec<TextRange> = gone.filter(|range| !range.is_empty()).collect();
    let desk = Desk {
        module,
        facts: facts(module, changes),
        gone,
        elsewhere,
    };
    let groups = desk.groups();
    let mut found: Vec<Found> = groups.iter().map(|group| desk.region(group)).collect();
    found.extend(own_regions(module, own));
    Apart::of(found)
}

/// The regions of a file that is no module, at `path`.
pub(super) fn plain(path: &Utf8Path, changes: &[Numbered<'_>]) -> Option<Apart> {
    let mut regions = Vec::new();
    for Numbered { id, change, .. } in changes {
        for edit in change.edits.iter().filter(|edit| edit.path() == path) {
            let replacement = match edit {
                FileEdit::Create { content, .. } => Replacement {
                    from: 0,
                    to: 0,
                    text: content.clone(),
                },
                FileEdit::Text {
                    range, replacement, ..
                } => Replacement {
                    from: range.start().to_usize(),
                    to: range.end().to_usize(),
                    text: replacement.clone(),
                },
            };
            let table = vec![Vec::new(), vec![replacement]];
            let same = regions
                .iter_mut()
                .find(|one: &&mut Region| one.table == table);
            match same.map(|one| one.when.as_mut_slice()) {
                Some([When::Any(ids)]) => ids.push(*id),
                _ => regions.push(Region {
                    when: vec![When::Any(vec![*id])],
                    table,
                }),
            }
        }
    }
    Apart::of(regions.into_iter().map(Found::Region).collect())
}

/// The facts about the imports of `module`.
fn facts<'c>(module: &Module<'_>, changes: &[Numbered<'c>]) -> Vec<Fact<'c>> {
    let mut facts: Vec<Fact<'c>> = Vec::new();
    let own = changes
        .iter()
        .filter(|one| one.change.at.path == module.path());
    for Numbered { id, layer, change } in own.copied() {
        for asked in asked_by(change) {
            let known = facts.iter_mut().find(|(.., other)| *other == asked);
            match known {
                Some((When::Any(ids) | When::All(ids), first, _)) => {
                    ids.push(id);
                    *first = layer.min(*first);
                }
                None => {
                    let when = match asked {
                        Asked::Released(_) => When::All(vec![id]),
                        _ => When::Any(vec![id]),
                    };
                    facts.push((when, layer, asked));
                }
            }
        }
    }
    for (When::Any(ids) | When::All(ids), ..) in &mut facts {
        ids.dedup();
    }
    facts
}

/// Where the import edits of one module are asked for.
struct Desk<'a, 'm, 'c> {
    module: &'a Module<'m>,
    facts: Vec<Fact<'c>>,
    /// What all changes together take away.
    gone: Vec<TextRange>,
    elsewhere: &'a dyn Fn(&str) -> bool,
}

impl Desk<'_, '_, '_> {
    /// The import edits when just the facts `some` (sorted) hold.
    fn ask(&self, some: &[usize]) -> Vec<TextEdit> {
        let asked = some.iter().map(|at| (self.facts[*at].1, self.facts[*at].2));
        import_edits(self.module, asked, &self.gone, self.elsewhere)
    }

    /// The facts in groups that do not touch each other, in the order of what they write at one place.
    fn groups(&self) -> Vec<Vec<usize>> {
        let alone: Vec<Vec<TextEdit>> = (0..self.facts.len()).map(|at| self.ask(&[at])).collect();
        let mut leader: Vec<usize> = (0..alone.len()).collect();
        let mut after: Vec<(usize, usize)> = Vec::new();
        for first in 0..alone.len() {
            for second in first + 1..alone.len() {
                if !meet(&alone[first], &alone[second]) {
                    continue;
                }
                let both = self.ask(&[first, second]);
                if both == merged(&[&alone[first], &alone[second]]) {
                    after.push((first, second));
                } else if both == merged(&[&alone[second], &alone[first]]) {
                    after.push((second, first));
                } else {
                    let (from, to) = (leader[second], leader[first]);
                    leader
                        .iter_mut()
                        .filter(|one| **one == from)
                        .for_each(|one| *one = to);
                }
            }
        }
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, leader) in leader.into_iter().enumerate() {
            groups.entry(leader).or_default().push(at);
        }
        let mut groups: Vec<Vec<usize>> = groups.into_values().collect();
        in_order(&mut groups, &after);
        groups
    }

    /// The region of the facts `group`.
    fn region(&self, group: &[usize]) -> Found {
        if group.len() > Region::MOST {
            let ids = behind(group.iter().map(|at| &self.facts[*at].0));
            return Found::Crowd(ids, replacements(&self.ask(group)));
        }
        let chosen = |bits: usize| -> Vec<usize> {
            let some = group.iter().enumerate();
            let some = some.filter(|(bit, _)| bits >> bit & 1 == 1);
            some.map(|(_, at)| *at).collect()
        };
        let table = (0..1_usize << group.len()).map(|bits| replacements(&self.ask(&chosen(bits))));
        Found::Region(Region {
            when: group.iter().map(|at| self.facts[*at].0.clone()).collect(),
            table: table.collect(),
        })
    }
}

/// Put `groups` into an order that `after` asks for: pairs of facts, of which the first one writes first.
fn in_order(groups: &mut [Vec<usize>], after: &[(usize, usize)]) {
    // Bubbles: there are few groups, and a circle must not keep this going for ever.
    for _ in 0..groups.len() {
        for at in 1..groups.len() {
            let (before, behind) = (&groups[at - 1], &groups[at]);
            let is_wrong = after
                .iter()
                .any(|(first, second)| behind.contains(first) && before.contains(second));
            if is_wrong {
                groups.swap(at - 1, at);
            }
        }
    }
}

/// Whether an edit of `one` overlaps or touches one of `other`.
fn meet(one: &[TextEdit], other: &[TextEdit]) -> bool {
    let touch = |a: TextRange, b: TextRange| a.start() <= b.end() && b.start() <= a.end();
    one.iter()
        .any(|(a, _)| other.iter().any(|(b, _)| touch(*a, *b)))
}

fn replacements(edits: &[TextEdit]) -> Vec<Replacement> {
    let edits = edits.iter().map(|(range, text)| Replacement {
        from: range.start().to_usize(),
        to: range.end().to_usize(),
        text: text.clone(),
    });
    edits.collect()
}

/// An edit that is a change's own, the changes that make it, and whether one of them places imports.
type Own = (TextRange, String, Vec<ChangeId>, bool);

/// The own edits of `changes` in `module`, sorted; identical ones are one.
fn own_edits(module: &Module<'_>, changes: &[Numbered<'_>]) -> Vec<Own> {
    let mut all: BTreeMap<(u32, u32, String), (Vec<ChangeId>, bool)> = BTreeMap::new();
    for Numbered { id, change, .. } in changes {
        for (range, text) in resolve::edits_of([*change], module.path()) {
            let key = (range.start().to_u32(), range.end().to_u32(), text);
            let (ids, places) = all.entry(key).or_default();
            ids.push(*id);
            *places |= !change.places.is_empty();
        }
    }
    let all = all.into_iter().map(|((start, end, text), (ids, places))| {
        let range = TextRange::new(start.into(), end.into());
        (range, text, ids, places)
    });
    all.collect()
}

/// The regions of `own` edits. Imports that are taken out side by side look at each other: a blank line below them stays
/// when one above it does.
fn own_regions(module: &Module<'_>, own: Vec<Own>) -> Vec<Found> {
    let mut clusters: Vec<Vec<Own>> = Vec::new();
    for edit in own {
        match clusters.last_mut() {
            Some(cluster)
                if cluster
                    .last()
                    .is_some_and(|last| last.3 && edit.3 && last.0.end() == edit.0.start()) =>
            {
                cluster.push(edit);
            }
            _ => clusters.push(vec![edit]),
        }
    }
    let regions = clusters
        .into_iter()
        .map(|cluster| own_region(module, &cluster));
    regions.collect()
}

fn own_region(module: &Module<'_>, cluster: &[Own]) -> Found {
    let edits_of = |is_chosen: &dyn Fn(usize) -> bool| {
        let some = cluster.iter().enumerate();
        let some = some.filter(|(bit, _)| is_chosen(*bit));
        let mut edits: Vec<TextEdit> = some
            .map(|(_, (range, text, ..))| (*range, text.clone()))
            .collect();
        if cluster.iter().any(|(.., places)| *places) {
            imports::keep_separators(module, &mut edits);
        }
        replacements(&edits)
    };
    let when: Vec<When> = cluster
        .iter()
        .map(|(_, _, ids, _)| When::Any(ids.clone()))
        .collect();
    if cluster.len() > Region::MOST {
        return Found::Crowd(behind(when.iter()), edits_of(&|_| true));
    }
    let table = (0..1_usize << cluster.len()).map(|bits| edits_of(&|bit| bits >> bit & 1 == 1));
    let table = table.collect();
    Found::Region(Region { when, table })
}

/// Whether no two of `regions` can ever overlap.
fn is_apart(regions: &[Region]) -> bool {
    let mut spans: Vec<(usize, usize, usize)> = Vec::new();
    for (at, region) in regions.iter().enumerate() {
        let all = region.table.iter().flatten();
        spans.extend(all.map(|edit| (edit.from, edit.to, at)));
    }
    spans.sort_unstable();
    let mut end = 0;
    let mut owner = usize::MAX;
    for (from, to, at) in spans {
        if from < end && at != owner {
            return false;
        }
        if to >= end {
            (end, owner) = (to, at);
        }
    }
    true
}

/// The region of changes that are tied: all of `edits`, or none.
pub(super) fn tied(ids: Vec<ChangeId>, edits: Vec<Replacement>) -> Region {
    Region {
        when: vec![When::All(ids)],
        table: vec![Vec::new(), edits],
    }
}
