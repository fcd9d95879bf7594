//! Which lines of a file on disk have changed.
//!
//! The bytes that git holds are compared with those on disk as they are; only the ends of lines count for nothing, so a
//! checkout with other line ends has not changed. No filter of the repository is asked.

use std::collections::BTreeMap;
use std::fs;

use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::source::{SizeLimit, reason};
use git2::{DiffOptions, Patch};

use super::changed::{Before, Changed};

/// A larger file, in bytes, is not read to see whether it differs: it is no source text.
const LARGE: u64 = 64 * 1024 * 1024;

/// Ranges of lines, from 1, both ends included; sorted and disjoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lines {
    All,
    These(Vec<(usize, usize)>),
}

impl Lines {
    #[cfg(test)]
    pub fn of(ranges: &[(usize, usize)]) -> Self {
        Self::These(ranges.to_vec())
    }

    /// Whether one of the lines from `first` to `last`, that included, has changed.
    pub fn touch(&self, first: usize, last: usize) -> bool {
        match self {
            Self::All => true,
            Self::These(ranges) => {
                let at = ranges.partition_point(|(_, end)| *end < first);
                ranges.get(at).is_some_and(|(start, _)| *start <= last)
            }
        }
    }

    /// The lines of `after` that `before` does not have.
    ///
    /// # Errors
    /// libgit2 cannot compare them.
    pub fn between(before: &[u8], after: &[u8]) -> Result<Self, git2::Error> {
        let (before, after) = (plain(before), plain(after));
        let mut options = DiffOptions::new();
        options.context_lines(0).interhunk_lines(0).force_text(true);
        let patch = Patch::from_buffers(&before, None, &after, None, Some(&mut options))?;
        let mut ranges = Vec::new();
        for index in 0..patch.num_hunks() {
            let (hunk, _) = patch.hunk(index)?;
            let (start, lines) = (hunk.new_start() as usize, hunk.new_lines() as usize);
            // Where lines are only gone there is no line of the new text.
            if lines > 0 {
                ranges.push((start, start + lines - 1));
            }
        }
        Ok(Self::These(ranges))
    }
}

/// Whether the text at `path` is another one than before; so it is where that cannot be told. That of git's own mind is
/// not enough: to it a file has changed with its mode, with its line ends, and when it was changed and changed back.
pub fn differs(path: &Utf8Path, one: &Changed) -> bool {
    let Some(Before { repository, blob }) = &one.before else {
        return true;
    };
    if fs::metadata(path).is_ok_and(|found| found.len() > LARGE) {
        return true;
    }
    let (Ok(blob), Ok(after)) = (repository.find_blob(*blob), fs::read(path)) else {
        return true;
    };
    plain(blob.content()) != plain(&after)
}

/// The changed lines of each of `files`, less those above `limit`, which no codemod looks at.
///
/// # Errors
/// A file or what git holds of it cannot be read.
pub fn changed(
    files: &BTreeMap<Utf8PathBuf, Changed>,
    limit: SizeLimit,
) -> anyhow::Result<BTreeMap<Utf8PathBuf, Lines>> {
    let is_small = |path: &Utf8Path| {
        let size = fs::metadata(path).map_or(0, |found| found.len());
        limit.check(path, size).is_ok()
    };
    let files = files.iter().filter(|(path, _)| is_small(path));
    let lines = files.map(|(path, one)| {
        let lines = lines_of(path, one)?;
        Ok((path.clone(), lines))
    });
    lines.collect()
}

fn lines_of(path: &Utf8Path, one: &Changed) -> anyhow::Result<Lines> {
    let Some(Before { repository, blob }) = &one.before else {
        return Ok(Lines::All);
    };
    let read = fs::read(path).map_err(|error| anyhow::anyhow!(reason(&error)));
    let after = read.with_context(|| path.to_string())?;
    let of_git = |error: git2::Error| anyhow::anyhow!("{}", error.message());
    let compared = repository
        .find_blob(*blob)
        .and_then(|blob| Lines::between(blob.content(), &after));
    compared
        .map_err(of_git)
        .with_context(|| format!("{path}: what git holds of it cannot be read"))
}

/// `text` without a byte order mark, with each line ended by a line feed.
fn plain(text: &[u8]) -> Vec<u8> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut plain = Vec::with_capacity(text.len() + 1);
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' if bytes.peek() == Some(&b'\n') => {}
            b'\r' => plain.push(b'\n'),
            byte => plain.push(byte),
        }
    }
    if plain.last().is_some_and(|last| *last != b'\n') {
        plain.push(b'\n');
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::Lines;

    fn between(before: &str, after: &str) -> Vec<(usize, usize)> {
        match Lines::between(before.as_bytes(), after.as_bytes()).unwrap() {
            Lines::These(ranges) => ranges,
            Lines::All => panic!("some text stood there before"),
        }
    }

    #[test]
    fn lines_that_are_new_or_other() {
        assert_eq!(between("a\nb\nc\n", "a\nX\nc\n"), [(2, 2)]);
        assert_eq!(
            between("a\nb\nc\nd\n", "0\na\nb\nc\nX\nY\n"),
            [(1, 1), (5, 6)]
        );
        assert_eq!(between("a\nb\nc\n", "a\nc\n"), []);
        assert_eq!(between("", "a\n"), [(1, 1)]);
        assert_eq!(between("a\n", ""), []);
        assert_eq!(between("a\0b\n", "a\0c\nd\n"), [(1, 2)]);
    }

    #[test]
    fn the_ends_of_lines_count_for_nothing() {
        for other in ["a\r\nb\r\n", "a\rb\r", "\u{feff}a\nb\n", "a\nb"] {
            assert_eq!(between("a\nb\n", other), [], "{other:?}");
        }
        // Lines are counted as the engine counts them.
        assert_eq!(between("a\nb\n", "a\rX\rb\r\nY"), [(2, 2), (4, 4)]);
    }

    #[test]
    fn ranges_touch() {
        let lines = Lines::of(&[(3, 4), (8, 8)]);
        for (first, last, touch) in [
            (1, 2, false),
            (1, 3, true),
            (4, 9, true),
            (5, 7, false),
            (8, 8, true),
            (9, 20, false),
        ] {
            assert_eq!(lines.touch(first, last), touch, "{first}-{last}");
        }
    }
}
