//! Which lines of two texts are the same, in time linear in the lines.
//!
//! First the lines that the edits left alone. What lies between them is a gap: its common head and tail are cut off,
//! a small gap is compared by Myers' algorithm, a large one by the lines that stand once on either side (patience
//! diff), a few levels deep. What is left then is one replacement. Nothing here looks at a clock, so the same texts
//! give the same lines everywhere.

use std::collections::HashMap;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::kept::{self, Kept, Run};

/// Lines, both sides together, that Myers' algorithm is let loose on: it takes up to the square of them.
const SMALL: usize = 256;

/// How often a large gap is cut up by the lines that stand in it once.
const LEVELS: usize = 8;

/// The lines that two texts share, and what it took to find them.
pub(super) struct Alignment<'l, 't> {
    before: &'l [&'t str],
    after: &'l [&'t str],
    runs: Vec<Run>,
    /// Lines looked at; for a small comparison its worst case.
    steps: usize,
}

/// Lines of both texts: the first of each and their numbers.
#[derive(Clone, Copy)]
struct Gap {
    before: usize,
    after: usize,
    removed: usize,
    added: usize,
}

impl<'l, 't> Alignment<'l, 't> {
    /// Align `before` and `after`, lines with their ends, with the help of the bytes that were kept.
    pub(super) fn of(before: &'l [&'t str], after: &'l [&'t str], kept: &Kept) -> Self {
        let mut alignment = Self {
            before,
            after,
            runs: Vec::new(),
            steps: 0,
        };
        let whole = alignment.lines_in(kept);
        let end = Run {
            before: before.len(),
            after: after.len(),
            length: 0,
        };
        let (mut old, mut new) = (0, 0);
        for run in whole.into_iter().chain([end]) {
            let gap = Gap {
                before: old,
                after: new,
                removed: run.before - old,
                added: run.after - new,
            };
            alignment.fill(gap, LEVELS);
            kept::push(&mut alignment.runs, run);
            (old, new) = (run.before + run.length, run.after + run.length);
        }
        alignment
    }

    /// Equal lines and what stands between them, from the first line to the last.
    pub(super) fn operations(&self) -> Vec<DiffOp> {
        let mut operations = Vec::new();
        let (mut old_index, mut new_index) = (0, 0);
        let end = Run {
            before: self.before.len(),
            after: self.after.len(),
            length: 0,
        };
        for run in self.runs.iter().chain([&end]) {
            let (old_len, new_len) = (run.before - old_index, run.after - new_index);
            operations.extend(difference(old_index, old_len, new_index, new_len));
            if run.length > 0 {
                operations.push(DiffOp::Equal {
                    old_index: run.before,
                    new_index: run.after,
                    len: run.length,
                });
            }
            (old_index, new_index) = (run.before + run.length, run.after + run.length);
        }
        operations
    }

    /// The lines that lie wholly in a kept run and are lines on both sides.
    fn lines_in(&mut self, kept: &Kept) -> Vec<Run> {
        let (mut old, mut new) = (Cursor::default(), Cursor::default());
        let mut lines = Vec::new();
        for run in kept.runs() {
            old.go_to(run.before, self.before);
            while let Some(line) = self.before.get(old.line) {
                self.steps += 1;
                if old.offset + line.len() > run.before + run.length {
                    break;
                }
                let target = run.after + (old.offset - run.before);
                new.go_to(target, self.after);
                if new.offset == target && self.after.get(new.line) == Some(line) {
                    let pair = Run {
                        before: old.line,
                        after: new.line,
                        length: 1,
                    };
                    kept::push(&mut lines, pair);
                    new.step(line);
                }
                old.step(line);
            }
        }
        lines
    }

    /// Find equal lines in `gap`; those before it are known.
    fn fill(&mut self, gap: Gap, levels: usize) {
        let gap = self.cut_head(gap);
        let (gap, tail) = self.cut_tail(gap);
        let lines = gap.removed + gap.added;
        if gap.removed > 0 && gap.added > 0 {
            match lines <= SMALL {
                true => self.compare(gap),
                false if levels > 0 => self.cut_up(gap, levels - 1),
                false => {}
            }
        }
        kept::push(&mut self.runs, tail);
    }

    fn cut_head(&mut self, gap: Gap) -> Gap {
        let (old, new) = (self.removed(gap), self.added(gap));
        let same = old.iter().zip(new).take_while(|(old, new)| old == new);
        let length = same.count();
        self.steps += length + 1;
        let head = Run {
            before: gap.before,
            after: gap.after,
            length,
        };
        kept::push(&mut self.runs, head);
        Gap {
            before: gap.before + length,
            after: gap.after + length,
            removed: gap.removed - length,
            added: gap.added - length,
        }
    }

    fn cut_tail(&mut self, gap: Gap) -> (Gap, Run) {
        let (old, new) = (self.removed(gap), self.added(gap));
        let same = old.iter().rev().zip(new.iter().rev());
        let length = same.take_while(|(old, new)| old == new).count();
        self.steps += length + 1;
        let gap = Gap {
            removed: gap.removed - length,
            added: gap.added - length,
            ..gap
        };
        let tail = Run {
            before: gap.before + gap.removed,
            after: gap.after + gap.added,
            length,
        };
        (gap, tail)
    }

    /// The shortest difference of a small gap.
    fn compare(&mut self, gap: Gap) {
        self.steps += (gap.removed + gap.added).pow(2);
        let (old, new) = (self.removed(gap), self.added(gap));
        for operation in capture_diff_slices(Algorithm::Myers, old, new) {
            if let DiffOp::Equal {
                old_index,
                new_index,
                len,
            } = operation
            {
                let run = Run {
                    before: gap.before + old_index,
                    after: gap.after + new_index,
                    length: len,
                };
                kept::push(&mut self.runs, run);
            }
        }
    }

    /// Cut a large gap at the lines that stand in it once on either side, and fill what is between them.
    fn cut_up(&mut self, gap: Gap, levels: usize) {
        let pairs = unique_pairs(self.removed(gap), self.added(gap));
        self.steps += gap.removed + gap.added;
        let pairs = longest_rise(&pairs);
        if pairs.is_empty() {
            return;
        }
        let (mut before, mut after) = (gap.before, gap.after);
        let (old_end, new_end) = (gap.before + gap.removed, gap.after + gap.added);
        let places = pairs
            .iter()
            .map(|&(old, new)| (gap.before + old, gap.after + new));
        for (old, new) in places.chain([(old_end, new_end)]) {
            let part = Gap {
                before,
                after,
                removed: old - before,
                added: new - after,
            };
            self.fill(part, levels);
            let length = usize::from(old < old_end && new < new_end);
            let run = Run {
                before: old,
                after: new,
                length,
            };
            kept::push(&mut self.runs, run);
            (before, after) = (old + length, new + length);
        }
    }

    fn removed(&self, gap: Gap) -> &'l [&'t str] {
        &self.before[gap.before..gap.before + gap.removed]
    }

    fn added(&self, gap: Gap) -> &'l [&'t str] {
        &self.after[gap.after..gap.after + gap.added]
    }
}

/// A line of a text and the byte that it starts at.
#[derive(Default)]
struct Cursor {
    line: usize,
    offset: usize,
}

impl Cursor {
    /// To the first line from here on that starts at the byte `offset` or behind it.
    fn go_to(&mut self, offset: usize, lines: &[&str]) {
        while let Some(line) = lines.get(self.line)
            && self.offset < offset
        {
            self.step(line);
        }
    }

    fn step(&mut self, line: &str) {
        self.offset += line.len();
        self.line += 1;
    }
}

/// The operation for lines of which none is equal.
fn difference(
    old_index: usize,
    old_len: usize,
    new_index: usize,
    new_len: usize,
) -> Option<DiffOp> {
    match (old_len, new_len) {
        (0, 0) => None,
        (_, 0) => Some(DiffOp::Delete {
            old_index,
            old_len,
            new_index,
        }),
        (0, _) => Some(DiffOp::Insert {
            old_index,
            new_index,
            new_len,
        }),
        _ => Some(DiffOp::Replace {
            old_index,
            old_len,
            new_index,
            new_len,
        }),
    }
}

/// The lines that stand once in `old` and once in `new`: their indexes, by the first.
fn unique_pairs(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let (once, there) = (once(old), once(new));
    let pairs = old.iter().enumerate().filter_map(|(at, line)| {
        once.get(line).copied().flatten()?;
        Some((at, there.get(line).copied().flatten()?))
    });
    pairs.collect()
}

/// The index of each line; `None` for one that stands there more than once.
fn once<'t>(lines: &[&'t str]) -> HashMap<&'t str, Option<usize>> {
    let mut places = HashMap::with_capacity(lines.len());
    for (at, &line) in lines.iter().enumerate() {
        places
            .entry(line)
            .and_modify(|place| *place = None)
            .or_insert(Some(at));
    }
    places
}

/// The longest part of `pairs` (sorted by the first) whose second indexes rise too.
fn longest_rise(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // For each length the pair that ends the rise of that length with the smallest second index.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (at, &(_, new)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|&end| pairs[end].1 < new);
        before.push(length.checked_sub(1).map(|length| ends[length]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut rise = Vec::with_capacity(ends.len());
    let mut next = ends.last().copied();
    while let Some(at) = next {
        rise.push(pairs[at]);
        next = before[at];
    }
    rise.reverse();
    rise
}

#[cfg(test)]
impl Alignment<'_, '_> {
    pub(super) fn steps(&self) -> usize {
        self.steps
    }
}
