//! Writes down what one run asks the disk.
//!
//! The looks at the disk are many and deep, some inside of ty; to hand all of them a notebook would bend every
//! signature. There is one notebook for the process, open while a run is to be remembered. A second run at that time is
//! written down as well: too much is asked again then, never too little.

use std::hash::BuildHasher;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::question::{Answer, Question};

/// Questions with their answers, sorted.
pub(crate) type Traced = Vec<(Question, Answer)>;

/// How many notebooks there are, so that threads seldom wait for each other.
const PARTS: usize = 64;

static OPEN: AtomicBool = AtomicBool::new(false);
/// The disk has given two answers to one question, or one that cannot be asked for again.
static SPOILT: AtomicBool = AtomicBool::new(false);
static NOTES: [Mutex<FxHashMap<Question, Answer>>; PARTS] =
    [const { Mutex::new(FxHashMap::with_hasher(FxBuildHasher)) }; PARTS];

/// As long as it lives, every question is written down.
pub(crate) struct Recording(());

impl Recording {
    /// Begin. `None` while another run is written down.
    pub(crate) fn begin() -> Option<Self> {
        if OPEN.swap(true, Ordering::SeqCst) {
            return None;
        }
        SPOILT.store(false, Ordering::SeqCst);
        clear();
        Some(Self(()))
    }

    /// What was asked, and answered. `None` when that does not tell what the run rests on.
    pub(crate) fn finish(self) -> Option<Traced> {
        let mut all = Traced::new();
        for part in &NOTES {
            let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
            all.extend(part.drain());
        }
        if SPOILT.load(Ordering::SeqCst) {
            return None;
        }
        all.sort_by(|one, other| one.0.cmp(&other.0));
        Some(all)
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        clear();
        OPEN.store(false, Ordering::SeqCst);
    }
}

fn clear() {
    for part in &NOTES {
        *part.lock().unwrap_or_else(PoisonError::into_inner) = FxHashMap::default();
    }
}

/// Note that the disk answers `question` with `answer`, if anyone wants to know.
pub(crate) fn note(question: impl FnOnce() -> Question, answer: impl FnOnce() -> Answer) {
    if !OPEN.load(Ordering::Relaxed) {
        return;
    }
    let (question, answer) = (question(), answer());
    let part = usize::try_from(FxBuildHasher.hash_one(&question) >> 32).unwrap_or(0) % PARTS;
    let mut notes = NOTES[part].lock().unwrap_or_else(PoisonError::into_inner);
    let known = notes.entry(question).or_insert_with(|| answer.clone());
    if *known != answer {
        spoil();
    }
}

/// Something was asked that cannot be asked again, or whose answer says nothing: the run is not to be remembered.
pub(crate) fn spoil() {
    if OPEN.load(Ordering::Relaxed) {
        SPOILT.store(true, Ordering::SeqCst);
    }
}
