//! What a command has seen, so that a reader can tell that it did its work.

use std::ops::Add;

/// Counts of Python files. `lines` are newlines, and counted by `count` only; `parsed` is how many files were parsed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    pub files: u64,
    pub lines: u64,
    pub bytes: u64,
    pub parsed: u64,
}

impl Seen {
    /// One file of `bytes` bytes.
    pub fn file(bytes: usize) -> Self {
        Self {
            files: 1,
            bytes: bytes as u64,
            ..Self::default()
        }
    }
}

impl Add for Seen {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            files: self.files + other.files,
            lines: self.lines + other.lines,
            bytes: self.bytes + other.bytes,
            parsed: self.parsed + other.parsed,
        }
    }
}
