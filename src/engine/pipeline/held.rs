//! Files of a run that are read but must not be written.
//!
//! A change over several files is made as a whole or not at all, so what cannot be written has to be known before a
//! change is accepted, not when half of it is on disk.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashMap;

use super::Request;
use super::workspace::Workspace;
use crate::change::Change;
#[cfg(unix)]
use crate::disk;
use crate::paths::relative;
use crate::problem::Problem;

/// What keeps files from being written. A file's links are counted when a change first wants it: one look at the disk
/// for each file that is to change, none for the others.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// What a message says of a file behind its name; `None` for one that may be written.
    known: FxHashMap<Box<str>, Option<String>>,
    /// Files with several hard links may be written too.
    follows_hard_links: bool,
}

impl Held {
    /// Nothing is held yet, for `request`. Standard input is not written to a file, so its other names do not matter.
    pub(super) fn of(request: &Request<'_>) -> Self {
        Self {
            known: FxHashMap::default(),
            follows_hard_links: request.follow_hard_links || request.stdin.is_some(),
        }
    }

    /// Hold `files`, each for the reason that stands with it.
    pub(super) fn extend(&mut self, files: BTreeMap<Utf8PathBuf, String>) {
        let files = files.into_iter();
        let files = files.map(|(path, why)| (path.as_str().into(), Some(why)));
        self.known.extend(files);
    }

    /// Why the file at `path` must not be written: a few words behind its name.
    fn why(&mut self, path: &Utf8Path) -> Option<&str> {
        let follows = self.follows_hard_links;
        if !self.known.contains_key(path.as_str()) {
            let why = if follows { None } else { hard_links(path) };
            self.known.insert(path.as_str().into(), why);
        }
        self.known.get(path.as_str())?.as_deref()
    }
}

/// That the file at `path` has other names: a rewrite would part them. A file that is not there has none.
#[cfg(unix)]
fn hard_links(path: &Utf8Path) -> Option<String> {
    let names = disk::hard_links(path).ok()?;
    (names > 1)
        .then(|| format!("has {names} hard links; --follow-hard-links rewrites them in place"))
}

#[cfg(not(unix))]
fn hard_links(_path: &Utf8Path) -> Option<String> {
    None
}

impl Workspace {
    /// Why `change` cannot be made as a whole, and the problem of the file that is in its way, if one is.
    pub(super) fn hold(&mut self, change: &Change) -> Option<(String, Problem)> {
        let edits = change.edits.iter().map(|edit| edit.path());
        // Its imports come and go in the file that it stands in.
        let imports = change.requires.len() + change.releases.len() + change.places.len();
        let own = (imports > 0).then_some(change.at.path.as_path());
        for path in edits.chain(own) {
            if let Some(why) = self.held.why(path) {
                let shown = relative(path, &self.bounds.project);
                let problem = Problem::new(path, format!("{why}; left alone"));
                return Some((format!("`{shown}` {why}"), problem));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use camino::Utf8Path;

    use super::Held;

    #[test]
    fn links_are_counted_once_and_only_where_that_matters() {
        let guard = tempfile::tempdir().unwrap();
        let top = Utf8Path::from_path(guard.path()).unwrap();
        let [one, two, alone] = ["one.py", "two.py", "alone.py"].map(|name| top.join(name));
        fs::write(&one, "").unwrap();
        fs::write(&alone, "").unwrap();
        fs::hard_link(&one, &two).unwrap();
        let mut held = Held::default();
        let why = "has 2 hard links; --follow-hard-links rewrites them in place";
        assert_eq!(held.why(&one), Some(why));
        assert_eq!(held.why(&alone), None);
        assert_eq!(held.why(&top.join("new.py")), None);
        // What is known is not looked up again.
        fs::remove_file(&two).unwrap();
        assert_eq!(held.why(&one), Some(why));

        let follows = || Held {
            follows_hard_links: true,
            ..Held::default()
        };
        fs::hard_link(&one, &two).unwrap();
        assert_eq!(follows().why(&one), None);
        let mut held = follows();
        held.extend([(alone.clone(), "leads away".to_owned())].into());
        assert_eq!(held.why(&alone), Some("leads away"));
    }
}
