//! The places of a run that count, given changed lines and a baseline.
//!
//! What is asked may be asked again, in a later round of a codemod: so sets are kept and not counts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use camino::Utf8PathBuf;
use codemend_engine::pipeline::{Candidate, Places};

use super::baseline::{Baseline, Entry};
use super::lines::Lines;

/// What is known of places that were there before.
#[derive(Debug)]
pub enum Known {
    /// They stand in a baseline.
    Read(Baseline),
    /// All are to be known from now on: none counts in this run.
    Recorded,
}

/// Chooses places by their lines and by a baseline.
#[derive(Debug)]
pub struct Chosen {
    /// The changed lines of each file.
    lines: Option<BTreeMap<Utf8PathBuf, Lines>>,
    known: Option<Known>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    recorded: BTreeMap<String, Entry>,
    /// Fingerprints of the baseline that have been met.
    met: BTreeSet<String>,
    /// What was left out because of its lines alone.
    elsewhere: BTreeSet<(String, Utf8PathBuf, String, usize)>,
}

/// What a run has met of a baseline.
#[derive(Debug)]
pub struct Met<'b> {
    pub baseline: &'b Baseline,
    /// Fingerprints.
    pub met: BTreeSet<String>,
    /// How many places that is.
    pub here: usize,
}

impl Chosen {
    pub fn new(lines: Option<BTreeMap<Utf8PathBuf, Lines>>, known: Option<Known>) -> Self {
        Self {
            lines,
            known,
            seen: Mutex::default(),
        }
    }

    /// How many changes and reports stand on lines that have not changed.
    pub fn on_other_lines(&self) -> usize {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.elsewhere.len()
    }

    /// What the run has met of the baseline, if it has one.
    pub fn of_baseline(&self) -> Option<Met<'_>> {
        let Some(Known::Read(baseline)) = &self.known else {
            return None;
        };
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Met {
            baseline,
            met: seen.met.clone(),
            here: seen.met.len(),
        })
    }

    /// All that was met, for a baseline; each once.
    pub fn recorded(&self) -> Vec<Entry> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.recorded.values().cloned().collect()
    }

    fn has_changed(&self, candidate: &Candidate<'_>) -> bool {
        let Some(files) = &self.lines else {
            return true;
        };
        let lines = files.get(candidate.path);
        lines.is_some_and(|lines| lines.touch(candidate.first_line, candidate.last_line))
    }
}

impl Places for Chosen {
    fn want(&self, candidate: &Candidate<'_>) -> bool {
        let is_refusal = candidate.fingerprint.is_empty();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match &self.known {
            Some(Known::Recorded) => {
                if !is_refusal {
                    let entry = Entry::of(candidate);
                    seen.recorded.insert(entry.fingerprint.clone(), entry);
                }
                return false;
            }
            Some(Known::Read(baseline)) if baseline.holds(candidate.fingerprint) => {
                seen.met.insert(candidate.fingerprint.to_owned());
                return false;
            }
            _ => {}
        }
        let changed = self.has_changed(candidate);
        if !changed && !is_refusal {
            seen.elsewhere.insert((
                candidate.codemod.to_owned(),
                candidate.path.to_owned(),
                candidate.what.to_owned(),
                candidate.first_line,
            ));
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use camino::Utf8Path;
    use codemend_engine::pipeline::{Candidate, Places};

    use super::super::lines::Lines;
    use super::{Chosen, Known};

    fn candidate(line: usize, fingerprint: &'static str) -> Candidate<'static> {
        Candidate {
            codemod: "mend-it",
            path: Utf8Path::new("/p/a.py"),
            what: "mend",
            first_line: line,
            last_line: line + 1,
            fingerprint,
        }
    }

    #[test]
    fn a_change_counts_when_one_of_its_lines_has_changed() {
        let lines = BTreeMap::from([("/p/a.py".into(), Lines::of(&[(3, 4)]))]);
        let chosen = Chosen::new(Some(lines), None);
        for (line, wanted) in [(1, false), (2, true), (4, true), (5, false)] {
            assert_eq!(chosen.want(&candidate(line, "f")), wanted, "{line}");
            // Asked again, it is still one place.
            assert_eq!(chosen.want(&candidate(line, "f")), wanted, "{line}");
        }
        let elsewhere = Candidate {
            path: Utf8Path::new("/p/b.py"),
            ..candidate(3, "f")
        };
        assert!(!chosen.want(&elsewhere));
        assert!(!chosen.want(&candidate(9, "")));
        assert_eq!(chosen.on_other_lines(), 3);
    }

    #[test]
    fn what_is_recorded_does_not_count_and_refusals_are_not_recorded() {
        let chosen = Chosen::new(None, Some(Known::Recorded));
        for fingerprint in ["b", "a", "b", ""] {
            assert!(!chosen.want(&candidate(1, fingerprint)));
        }
        let recorded = chosen.recorded();
        let recorded: Vec<_> = recorded.iter().map(|one| &*one.fingerprint).collect();
        assert_eq!(recorded, ["a", "b"]);
    }
}
