//! What a person decides about the changes of a review: decisions in, a choice out, and no terminal anywhere.
//!
//! What is accepted is complete at every moment: a change is never accepted without those that it needs, and goes when
//! one of them goes. So what is shown next, and what is written at the end, follows from the choice alone.
//! Nothing is accepted unseen that is less safe than what was seen: the wide answers stop at such changes.

use std::collections::BTreeSet;

use codemend_engine::review::{ChangeId, Review};

/// What has been said about a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing yet. Such a change is left alone at the end.
    Open,
    Accepted,
    Rejected,
    /// It cannot be made, so nobody is asked.
    Barred,
}

/// How far an answer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The change that is shown.
    One,
    /// It and the later ones of its codemod in its file.
    File,
    /// It and the later ones of its codemod.
    Codemod,
}

/// What an answer did.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// The change that was shown, and those that the answer reached.
    pub decided: BTreeSet<ChangeId>,
    /// Others that went the same way, as one needs the other.
    pub along: BTreeSet<ChangeId>,
    /// Those in reach that are still to be asked about.
    pub still_open: usize,
}

/// A walk over the changes of a review, in their order.
#[derive(Debug)]
pub struct Walk<'r> {
    review: &'r Review,
    verdicts: Vec<Verdict>,
    at: Option<ChangeId>,
    past: Vec<Step>,
}

/// A decision, so that it can be taken back: where it was taken, and what the verdicts were.
#[derive(Debug)]
struct Step {
    at: ChangeId,
    before: Vec<(ChangeId, Verdict)>,
}

impl<'r> Walk<'r> {
    /// Begin at the first change. Nobody is asked about those of `barred`, nor about those that need one of them.
    pub fn new(review: &'r Review, barred: &BTreeSet<ChangeId>) -> Self {
        let mut verdicts = vec![Verdict::Open; review.changes.len()];
        for id in dragged_out(review, barred) {
            if let Some(verdict) = verdicts.get_mut(id) {
                *verdict = Verdict::Barred;
            }
        }
        let at = verdicts.iter().position(|one| *one == Verdict::Open);
        Self {
            review,
            verdicts,
            at,
            past: Vec::new(),
        }
    }

    pub fn review(&self) -> &'r Review {
        self.review
    }

    /// The change to ask about; `None` when all are decided.
    pub fn current(&self) -> Option<ChangeId> {
        self.at
    }

    pub fn verdict(&self, id: ChangeId) -> Verdict {
        self.verdicts.get(id).copied().unwrap_or(Verdict::Barred)
    }

    pub fn accepted(&self) -> BTreeSet<ChangeId> {
        self.with(Verdict::Accepted).collect()
    }

    /// Those that a person is asked about.
    pub fn asked(&self) -> impl Iterator<Item = ChangeId> {
        let is_asked = |id: &ChangeId| self.verdict(*id) != Verdict::Barred;
        (0..self.verdicts.len()).filter(is_asked)
    }

    /// The place of `id` among those that are asked about, from 1.
    pub fn number(&self, id: ChangeId) -> usize {
        self.asked().take_while(|one| *one < id).count() + 1
    }

    /// Those that were rejected, and would be accepted with the current change as it needs them.
    pub fn overturned(&self) -> BTreeSet<ChangeId> {
        let Some(at) = self.at else {
            return BTreeSet::new();
        };
        let mut needed = self.review.accepting(at);
        needed.retain(|id| *id != at && self.verdict(*id) == Verdict::Rejected);
        needed
    }

    /// What is accepted without the current change and what is with it, all else as it is now.
    pub fn choices(&self, id: ChangeId) -> (BTreeSet<ChangeId>, BTreeSet<ChangeId>) {
        let out = self.review.rejecting(id);
        let mut without = self.accepted();
        without.retain(|one| !out.contains(one));
        let mut with = self.review.accepting(id);
        with.extend(&without);
        (without, with)
    }

    /// Accept the current change with all that it needs; and those in reach that are no less safe, and need nothing that
    /// is not accepted with them.
    pub fn accept(&mut self, reach: Reach) -> Done {
        let Some(at) = self.at else {
            return Done::default();
        };
        let mut taken = self.review.accepting(at);
        taken.extend(self.accepted());
        let reached = self.reached(at, reach);
        let mut wide: BTreeSet<ChangeId> = reached
            .iter()
            .copied()
            .filter(|id| self.is_as_safe(*id, at))
            .collect();
        loop {
            let known = wide.len();
            let all: BTreeSet<ChangeId> = wide.union(&taken).copied().collect();
            wide.retain(|id| self.needs(*id).is_subset(&all));
            if wide.len() == known {
                break;
            }
        }
        taken.extend(&wide);
        let still_open = reached.difference(&taken).count();
        wide.insert(at);
        self.decide(at, &taken, wide, Verdict::Accepted, still_open)
    }

    /// Reject the current change and those in reach, and all that need one of them.
    pub fn reject(&mut self, reach: Reach) -> Done {
        let Some(at) = self.at else {
            return Done::default();
        };
        let mut wide = self.reached(at, reach);
        wide.insert(at);
        let out = dragged_out(self.review, &wide);
        self.decide(at, &out, wide, Verdict::Rejected, 0)
    }

    /// Leave the current change open and go to the next open one, after the last from the first on. Whether there is one.
    pub fn later(&mut self) -> bool {
        let next = self.at.and_then(|at| self.next_open(at));
        self.go(next)
    }

    /// Go to the change before, whatever was said about it. Whether there is one.
    pub fn earlier(&mut self) -> bool {
        let at = self.at.unwrap_or(self.verdicts.len());
        let before = self.asked().take_while(|id| *id < at).last();
        self.go(before)
    }

    /// Take the last decision back, and go to where it was taken. Whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(step) = self.past.pop() else {
            return false;
        };
        for (id, verdict) in step.before {
            self.verdicts[id] = verdict;
        }
        self.at = Some(step.at);
        true
    }

    fn go(&mut self, to: Option<ChangeId>) -> bool {
        let moves = to.is_some() && to != self.at;
        if moves {
            self.at = to;
        }
        moves
    }

    fn decide(
        &mut self,
        at: ChangeId,
        all: &BTreeSet<ChangeId>,
        decided: BTreeSet<ChangeId>,
        verdict: Verdict,
        still_open: usize,
    ) -> Done {
        let mut before = Vec::new();
        for id in all {
            let old = self.verdict(*id);
            if old != verdict && old != Verdict::Barred {
                before.push((*id, old));
                self.verdicts[*id] = verdict;
            }
        }
        let changed = before.iter().map(|(id, _)| *id);
        let along = changed.filter(|id| !decided.contains(id)).collect();
        self.past.push(Step { at, before });
        self.at = self.next_open(at);
        Done {
            decided,
            along,
            still_open,
        }
    }

    /// The next open change after `at`, and after the last from the first on.
    fn next_open(&self, at: ChangeId) -> Option<ChangeId> {
        let after = self.with(Verdict::Open).find(|id| *id > at);
        after.or_else(|| self.with(Verdict::Open).next())
    }

    /// Open changes after `at` that an answer reaches.
    fn reached(&self, at: ChangeId, reach: Reach) -> BTreeSet<ChangeId> {
        let Some(shown) = self.review.changes.get(at) else {
            return BTreeSet::new();
        };
        let in_reach = |id: &ChangeId| {
            let one = &self.review.changes[*id];
            *id > at
                && one.codemod == shown.codemod
                && match reach {
                    Reach::One => false,
                    Reach::File => one.path == shown.path,
                    Reach::Codemod => true,
                }
        };
        self.with(Verdict::Open).filter(in_reach).collect()
    }

    fn is_as_safe(&self, id: ChangeId, at: ChangeId) -> bool {
        self.review.changes[id].safety <= self.review.changes[at].safety
    }

    fn needs(&self, id: ChangeId) -> &BTreeSet<ChangeId> {
        &self.review.changes[id].needs
    }

    fn with(&self, verdict: Verdict) -> impl Iterator<Item = ChangeId> {
        let verdicts = self.verdicts.iter().enumerate();
        verdicts
            .filter(move |(_, one)| **one == verdict)
            .map(|(id, _)| id)
    }
}

/// `ids` and all that need one of them.
fn dragged_out(review: &Review, ids: &BTreeSet<ChangeId>) -> BTreeSet<ChangeId> {
    let mut all = BTreeSet::new();
    for id in ids {
        if !all.contains(id) {
            all.extend(review.rejecting(*id));
        }
    }
    all
}
