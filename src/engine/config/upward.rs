//! Looking from a directory upwards, each directory once.

use std::sync::{PoisonError, RwLock};

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::FxHashMap;

/// What was found from each directory upwards. Safe to share: two threads may look at once, and find the same.
#[derive(Debug)]
pub struct Upward<T>(RwLock<FxHashMap<Box<str>, Option<T>>>);

impl<T> Default for Upward<T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<T: Clone> Upward<T> {
    /// What `look` finds in `directory`, else in the nearest directory above it, but not above one that is `top`.
    pub fn find(
        &self,
        directory: &Utf8Path,
        look: impl Fn(&Utf8Path) -> Option<T>,
        top: impl Fn(&Utf8Path) -> bool,
    ) -> Option<T> {
        let mut passed = Vec::new();
        let mut found = None;
        for above in directory.ancestors() {
            if let Some(known) = self.known(above) {
                found = known;
                break;
            }
            passed.push(above);
            found = look(above);
            if found.is_some() || top(above) {
                break;
            }
        }
        if !passed.is_empty() {
            let mut cache = self.0.write().unwrap_or_else(PoisonError::into_inner);
            let passed = passed.into_iter();
            cache.extend(passed.map(|above| (above.as_str().into(), found.clone())));
        }
        found
    }

    /// The directories that were looked at, or asked about.
    pub fn directories(&self) -> Vec<Utf8PathBuf> {
        let cache = self.0.read().unwrap_or_else(PoisonError::into_inner);
        cache
            .keys()
            .map(|path| Utf8PathBuf::from(&**path))
            .collect()
    }

    fn known(&self, directory: &Utf8Path) -> Option<Option<T>> {
        let cache = self.0.read().unwrap_or_else(PoisonError::into_inner);
        cache.get(directory.as_str()).cloned()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::Upward;

    #[test]
    fn looks_once_and_not_above_the_top() {
        let looks = Cell::new(0);
        let upward = Upward::default();
        let find = |path: &str| {
            let look = |above: &camino::Utf8Path| {
                looks.set(looks.get() + 1);
                (above == "/a" || above == "/r/x").then(|| above.to_owned())
            };
            upward.find(path.into(), look, |above| above == "/a/repo")
        };
        assert_eq!(find("/a/b/c").as_deref(), Some("/a".into()));
        assert_eq!(find("/a/b/d").as_deref(), Some("/a".into()));
        assert_eq!(looks.get(), 4);
        assert_eq!(find("/a/repo/b"), None);
        assert_eq!(find("/a/repo/c"), None);
        assert_eq!(find("/r/x/y").as_deref(), Some("/r/x".into()));
    }
}
