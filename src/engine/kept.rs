//! Which bytes of a text survive in its successor, as the edits that made it say.
//!
//! A difference then falls out of what was done, in time linear in the edits: nobody has to find it by comparing. What
//! is said here is a hint all the same: whoever shows a difference compares the bytes before calling them equal.

use ruff_text_size::TextRange;

/// `length` items (bytes, or lines) that stand at `before` in the first text and at `after` in the second. From 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    pub before: usize,
    pub after: usize,
    pub length: usize,
}

/// The bytes that survive: runs in the order of both texts, none touching the next one on both sides. Empty when
/// nothing is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept(Vec<Run>);

impl Kept {
    /// What edits (sorted, without overlaps) leave of a text of `length` bytes: of each its range, and how many bytes it
    /// writes.
    pub(crate) fn beside(length: usize, edits: impl Iterator<Item = (TextRange, usize)>) -> Self {
        let mut kept = Self::default();
        let (mut before, mut after) = (0, 0);
        for (range, written) in edits {
            let start = range.start().to_usize().max(before);
            kept.push(before, after, start - before);
            after += start - before + written;
            before = range.end().to_usize().max(start);
        }
        kept.push(before, after, length.saturating_sub(before));
        kept
    }

    /// What survives of the first text in the last one, when `self` leads to the text that `next` begins with.
    pub(crate) fn then(&self, next: &Self) -> Self {
        let mut kept = Self::default();
        let (mut first, mut second) = (self.0.iter().peekable(), next.0.iter().peekable());
        while let (Some(one), Some(two)) = (first.peek(), second.peek()) {
            let start = one.after.max(two.before);
            let (one_end, two_end) = (one.after + one.length, two.before + two.length);
            let length = one_end.min(two_end).saturating_sub(start);
            if length > 0 {
                let before = one.before + (start - one.after);
                kept.push(before, two.after + (start - two.before), length);
            }
            match one_end <= two_end {
                true => drop(first.next()),
                false => drop(second.next()),
            }
        }
        kept
    }

    /// These `runs`, in the order of both texts.
    pub(crate) fn of(runs: Vec<Run>) -> Self {
        Self(runs)
    }

    /// In the order of both texts.
    pub(crate) fn runs(&self) -> &[Run] {
        &self.0
    }

    fn push(&mut self, before: usize, after: usize, length: usize) {
        push(
            &mut self.0,
            Run {
                before,
                after,
                length,
            },
        );
    }
}

/// Put `run` behind `runs`, or let the last of them grow where it touches that one in both texts.
pub(crate) fn push(runs: &mut Vec<Run>, run: Run) {
    if run.length == 0 {
        return;
    }
    match runs.last_mut() {
        Some(last)
            if last.before + last.length == run.before && last.after + last.length == run.after =>
        {
            last.length += run.length;
        }
        _ => runs.push(run),
    }
}

#[cfg(test)]
impl Kept {
    /// The same of `edits` with their texts.
    pub(crate) fn by_edits(length: usize, edits: &[(TextRange, String)]) -> Self {
        let sizes = edits.iter().map(|(range, text)| (*range, text.len()));
        Self::beside(length, sizes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: u32, end: u32, text: &str) -> (TextRange, String) {
        (TextRange::new(start.into(), end.into()), text.to_owned())
    }

    fn triples(kept: &Kept) -> Vec<(usize, usize, usize)> {
        let runs = kept.runs().iter();
        runs.map(|run| (run.before, run.after, run.length))
            .collect()
    }

    #[test]
    fn edits_leave_what_they_do_not_touch() {
        // "abcdef" -> "XYabef"
        let kept = Kept::by_edits(6, &[edit(0, 0, "XY"), edit(2, 4, "")]);
        assert_eq!(triples(&kept), [(0, 2, 2), (4, 4, 2)]);
        assert_eq!(triples(&Kept::by_edits(3, &[])), [(0, 0, 3)]);
        assert_eq!(triples(&Kept::by_edits(3, &[edit(0, 3, "x")])), []);
    }

    #[test]
    fn two_steps_keep_what_both_keep() {
        // "abcdef" -> "XYabef" -> "XYZbf"
        let first = Kept::by_edits(6, &[edit(0, 0, "XY"), edit(2, 4, "")]);
        let second = Kept::by_edits(6, &[edit(2, 3, "Z"), edit(4, 5, "")]);
        assert_eq!(triples(&first.then(&second)), [(1, 3, 1), (5, 4, 1)]);
        assert_eq!(triples(&first.then(&Kept::default())), []);
    }
}
