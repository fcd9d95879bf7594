//! A map from paths, in the order of paths, that is asked far more often than it is filled.
//!
//! Paths compare part by part, which is slow: in a tree of ten thousand files a lookup costs more than the work that it
//! serves. Here a lookup hashes the bytes; the order is made once.

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Values by path, sorted as [`Utf8Path`] sorts.
#[derive(Debug, Clone)]
pub(crate) struct PathMap<T> {
    entries: Vec<(Utf8PathBuf, T)>,
    /// The number of each path in `entries`.
    numbers: FxHashMap<Box<str>, usize>,
}

impl<T> Default for PathMap<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            numbers: FxHashMap::default(),
        }
    }
}

impl<T> FromIterator<(Utf8PathBuf, T)> for PathMap<T> {
    /// Of several values of one path the last counts.
    fn from_iter<I: IntoIterator<Item = (Utf8PathBuf, T)>>(values: I) -> Self {
        let mut entries: Vec<(Utf8PathBuf, T)> = values.into_iter().collect();
        if !entries.is_sorted_by(|a, b| a.0 < b.0) {
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            entries.reverse();
            entries.dedup_by(|a, b| a.0 == b.0);
            entries.reverse();
        }
        let numbers = entries.iter().enumerate();
        Self {
            numbers: numbers
                .map(|(at, (path, _))| (path.as_str().into(), at))
                .collect(),
            entries,
        }
    }
}

impl<T> PathMap<T> {
    pub(crate) fn get(&self, path: &Utf8Path) -> Option<&T> {
        let at = *self.numbers.get(path.as_str())?;
        self.entries.get(at).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, path: &Utf8Path) -> Option<&mut T> {
        let at = *self.numbers.get(path.as_str())?;
        self.entries.get_mut(at).map(|(_, value)| value)
    }

    pub(crate) fn contains_key(&self, path: &Utf8Path) -> bool {
        self.numbers.contains_key(path.as_str())
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &Utf8PathBuf> {
        self.entries.iter().map(|(path, _)| path)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().map(|(_, value)| value)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Utf8PathBuf, &T)> {
        self.entries.iter().map(|(path, value)| (path, value))
    }

    /// The first path that is not below `path`, and its value.
    pub(crate) fn first_from(&self, path: &Utf8Path) -> Option<(&Utf8PathBuf, &T)> {
        let at = self
            .entries
            .partition_point(|(other, _)| other.as_path() < path);
        self.entries.get(at).map(|(path, value)| (path, value))
    }
}

impl<T: Sync> PathMap<T> {
    pub(crate) fn par_iter(&self) -> impl IndexedParallelIterator<Item = (&Utf8PathBuf, &T)> {
        self.entries.par_iter().map(|(path, value)| (path, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_sorted_by_part_and_found_by_their_bytes() {
        let paths = ["a.b/x", "a/b", "a", "a/b", "b"];
        let map: PathMap<usize> = paths
            .iter()
            .enumerate()
            .map(|(at, path)| (Utf8PathBuf::from(path), at))
            .collect();
        let all: Vec<(&str, usize)> = map.iter().map(|(path, at)| (path.as_str(), *at)).collect();
        assert_eq!(all, [("a", 2), ("a/b", 3), ("a.b/x", 0), ("b", 4)]);
        assert_eq!(
            (map.get("a/b".into()), map.get("a/c".into())),
            (Some(&3), None)
        );
        let from = |path: &str| map.first_from(path.into()).map(|(path, _)| path.as_str());
        assert_eq!((from("a/a"), from("c")), (Some("a/b"), None));
    }
}
