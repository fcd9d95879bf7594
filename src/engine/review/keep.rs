//! Reduce a run to the changes that a person has accepted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::Utf8PathBuf;

use super::ChangeId;
use crate::patch::{FilePatch, Outcome};

impl Outcome {
    /// Keep `accepted` of the changes in [`Outcome::review`], without those whose needs are not accepted. Steps, patch
    /// and counts are then as if only these had been made. Nothing happens without a review.
    pub fn keep(&mut self, accepted: &BTreeSet<ChangeId>) {
        let Some(review) = &self.review else {
            return;
        };
        let accepted = review.closed(accepted);
        let whole = review.compose(&accepted);
        let mut last = BTreeMap::new();
        let mut first = 0;
        let mut so_far: BTreeSet<ChangeId> = BTreeSet::new();
        for step in &mut self.steps {
            let ids = first..first + step.changes.len();
            first = ids.end;
            let mut id = ids.start;
            step.changes.retain(|_| {
                id += 1;
                accepted.contains(&(id - 1))
            });
            so_far.extend(ids.filter(|id| accepted.contains(id)));
            step.files = next_patch(review.compose(&so_far), &mut last);
        }
        self.chosen = Some(whole);
        self.rejected = first - accepted.len();
    }
}

/// A file between two steps: its text on disk, and the one that it has now.
type Between = (Option<Arc<str>>, Arc<str>);

/// The step from the texts `last` to those of `now`, a patch on the texts on disk.
fn next_patch(now: Vec<FilePatch>, last: &mut BTreeMap<Utf8PathBuf, Between>) -> Vec<FilePatch> {
    let mut files = Vec::new();
    let written: BTreeSet<Utf8PathBuf> = now.iter().map(|file| file.path.clone()).collect();
    for (path, (disk, text)) in last.iter_mut() {
        // A later codemod has taken back what an earlier one did.
        if let Some(disk) = disk
            .clone()
            .filter(|disk| !written.contains(path) && disk != text)
        {
            let before = std::mem::replace(text, disk.clone());
            files.push(FilePatch::new(path, Some(before), disk));
        }
    }
    for file in now {
        let after = file.after.clone();
        let Some((_, text)) = last.get_mut(&file.path) else {
            last.insert(file.path.clone(), (file.before.clone(), after));
            files.push(file);
            continue;
        };
        let before = std::mem::replace(text, after.clone());
        if before != after {
            // Nobody knows what survives between two choices; the texts are compared.
            files.push(FilePatch::new(file.path, Some(before), after));
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, after: &str) -> FilePatch {
        FilePatch::new(path, Some("disk".into()), after)
    }

    fn texts(files: &[FilePatch]) -> Vec<(&str, &str, &str)> {
        let files = files.iter();
        let texts = files.map(|file| {
            let before = file.before.as_deref().unwrap_or_default();
            (file.path.as_str(), before, &*file.after)
        });
        texts.collect()
    }

    #[test]
    fn each_step_begins_where_the_last_one_ended() {
        let mut last = BTreeMap::new();
        let first = next_patch(vec![file("/a.py", "1"), file("/b.py", "1")], &mut last);
        assert_eq!(
            texts(&first),
            [("/a.py", "disk", "1"), ("/b.py", "disk", "1")]
        );
        let second = next_patch(vec![file("/b.py", "2"), file("/c.py", "2")], &mut last);
        assert_eq!(
            texts(&second),
            [
                ("/a.py", "1", "disk"),
                ("/b.py", "1", "2"),
                ("/c.py", "disk", "2")
            ]
        );
        let third = next_patch(vec![file("/b.py", "2"), file("/c.py", "2")], &mut last);
        assert_eq!(texts(&third), []);
    }
}
