//! A text as what it keeps of the one before it and what is new in it.
//!
//! The text before is on disk anyway, and its digest is known. So a memory of a run over thousands of files stays small.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::kept::{Kept, Run};

/// How a text comes from the one before it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Pieces {
    /// The bytes that survive, as [`Kept`] says: where before, where after, how many.
    kept: Vec<(usize, usize, usize)>,
    /// What stands between them, one behind the other; the whole text, when `kept` does not say the truth.
    new: String,
    /// Whether `new` is the whole text.
    is_whole: bool,
}

impl Pieces {
    /// How `after` comes from `before`.
    pub(super) fn of(before: &str, after: &str, kept: &Kept) -> Self {
        let runs = kept.runs();
        let new = between(before, after, runs);
        Self {
            kept: runs
                .iter()
                .map(|run| (run.before, run.after, run.length))
                .collect(),
            is_whole: new.is_none(),
            new: new.unwrap_or_else(|| after.to_owned()),
        }
    }

    /// The text that comes from `before`, and what of that survives. `None` when nothing can come from that.
    pub(super) fn apply(&self, before: &str) -> Option<(Arc<str>, Kept)> {
        let runs = self.kept.iter().map(|&(before, after, length)| Run {
            before,
            after,
            length,
        });
        let runs: Vec<Run> = runs.collect();
        if self.is_whole {
            return Some((self.new.as_str().into(), Kept::of(runs)));
        }
        let mut text = String::with_capacity(before.len() + self.new.len());
        let mut used = 0_usize;
        for run in &runs {
            let gap = run.after.checked_sub(text.len())?;
            text.push_str(self.new.get(used..used.checked_add(gap)?)?);
            used += gap;
            text.push_str(before.get(run.before..run.before.checked_add(run.length)?)?);
        }
        text.push_str(self.new.get(used..)?);
        Some((text.into(), Kept::of(runs)))
    }
}

/// What of `after` stands between `runs`; `None` when those are not the same bytes in both texts.
fn between(before: &str, after: &str, runs: &[Run]) -> Option<String> {
    let (mut new, mut at) = (String::new(), 0);
    for run in runs {
        let end = run.after.checked_add(run.length)?;
        let old = before.get(run.before..run.before.checked_add(run.length)?)?;
        if after.get(run.after..end)? != old {
            return None;
        }
        new.push_str(after.get(at..run.after)?);
        at = end;
    }
    new.push_str(after.get(at..)?);
    Some(new)
}

#[cfg(test)]
mod tests {
    use super::Pieces;
    use crate::kept::{Kept, Run};

    fn runs(all: &[(usize, usize, usize)]) -> Kept {
        let run = |&(before, after, length)| Run {
            before,
            after,
            length,
        };
        Kept::of(all.iter().map(run).collect())
    }

    #[test]
    fn a_text_comes_back_whatever_is_said_to_survive() {
        let (before, after) = ("abcdef\nü", "XYabZef\nü");
        for (kept, stored) in [
            (runs(&[(0, 2, 2), (4, 5, 5)]), "XYZ"),
            (runs(&[]), after),
            // Not the truth: not the same bytes, out of order, beyond the end, inside of a character.
            (runs(&[(0, 0, 2)]), after),
            (runs(&[(4, 5, 2), (0, 2, 2)]), after),
            (runs(&[(0, 2, 900)]), after),
            (runs(&[(0, 2, usize::MAX)]), after),
            (runs(&[(8, 9, 1)]), after),
        ] {
            let pieces = Pieces::of(before, after, &kept);
            assert_eq!(pieces.new, stored, "{kept:?}");
            let (text, again) = pieces.apply(before).unwrap();
            assert_eq!((&*text, again), (after, kept));
        }
    }

    #[test]
    fn pieces_of_another_text_give_nothing() {
        let pieces = Pieces::of("abcdef", "abXef", &runs(&[(0, 0, 2), (4, 3, 2)]));
        assert!(pieces.apply("abc").is_none());
    }
}
