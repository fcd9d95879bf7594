//! Which answers leave a function, as it was worked out for one module: the next one need not go down there again.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, RwLock};

use codemend_engine::semantic::Lineage;

/// The answers that leave functions, by what counts as an answer beside the two classes.
#[derive(Default)]
pub struct Solved(RwLock<HashMap<Vec<String>, Arc<Answers>>>);

/// The answers that leave functions, by file and first byte.
#[derive(Default)]
pub struct Answers(RwLock<HashMap<String, HashMap<u32, BTreeSet<Lineage>>>>);

impl Solved {
    /// Those where `extras` count as answers, too.
    pub fn with(&self, extras: &[String]) -> Arc<Answers> {
        let known = self.0.read().ok();
        if let Some(known) = known.and_then(|known| known.get(extras).cloned()) {
            return known;
        }
        let known = self.0.write().ok();
        let entry = known.map(|mut known| known.entry(extras.to_vec()).or_default().clone());
        entry.unwrap_or_default()
    }
}

impl Answers {
    /// The answers that leave the function at the byte `start` of the file at `path`, if they are known.
    pub fn of(&self, path: &str, start: u32) -> Option<BTreeSet<Lineage>> {
        self.0.read().ok()?.get(path)?.get(&start).cloned()
    }

    pub fn note(&self, path: &str, start: u32, answers: &BTreeSet<Lineage>) {
        if let Ok(mut known) = self.0.write() {
            let file = known.entry(path.to_owned()).or_default();
            file.insert(start, answers.clone());
        }
    }
}
