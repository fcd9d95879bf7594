//! Which members of modules are being followed, so that none is followed round a circle.
//!
//! Modules that take all names of each other have as many ways to a name as there are paths between them.

use std::cell::{Cell, RefCell};
use std::hash::{BuildHasher, Hash};

use rustc_hash::FxBuildHasher;

/// The most members that are followed for one name.
const MOST: usize = 2_000;

thread_local! {
    /// Digests of the members that are being followed, the outermost first.
    static OPEN: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
    /// How many have been followed since the outermost.
    static STEPS: Cell<usize> = const { Cell::new(0) };
}

/// As long as it lives, a member is being followed. It ends however the work ends.
pub(super) struct Visit(());

impl Visit {
    /// Begin to follow `member` of `file`. `None` when that is being done already, or too much was.
    pub(super) fn begin(file: impl Hash, member: &str) -> Option<Self> {
        let key = FxBuildHasher.hash_one((file, member));
        OPEN.with_borrow_mut(|open| {
            if open.is_empty() {
                STEPS.set(0);
            }
            if open.contains(&key) || STEPS.get() >= MOST {
                return None;
            }
            STEPS.set(STEPS.get() + 1);
            open.push(key);
            Some(Self(()))
        })
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        OPEN.with_borrow_mut(|open| open.pop());
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Visit};

    #[test]
    fn nothing_is_followed_round_a_circle() {
        let first = Visit::begin(1, "a");
        assert!(first.is_some());
        assert!(Visit::begin(1, "a").is_none());
        assert!(Visit::begin(1, "b").is_some());
        assert!(Visit::begin(2, "a").is_some());
        drop(first);
        assert!(Visit::begin(1, "a").is_some());
    }

    #[test]
    fn much_is_followed_and_then_no_more() {
        let outer = Visit::begin(0, "a");
        let count = (1..10_000).filter(|file| Visit::begin(file, "a").is_some());
        assert_eq!(count.count(), MOST - 1);
        drop(outer);
        assert!(Visit::begin(0, "a").is_some());
    }
}
