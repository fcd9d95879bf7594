//! The commands that read: each does one thing more than the one before.
//!
//! A file that cannot be read or is no UTF-8 is passed over, as every tool has to.

use std::cell::RefCell;
use std::fs::File;
use std::hint::black_box;
use std::io::Read;
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;
use anyhow::Result;
use rayon::prelude::*;
use ruff_python_ast::PySourceType;
use ruff_python_parser::parse_unchecked_source;

use crate::seen::Seen;
use crate::walk;

/// Deep syntax needs a deep stack.
const STACK: usize = 256 * 1024 * 1024;

thread_local! {
    /// What a thread reads files into, one after the other.
    static ROOM: RefCell<Vec<u8>> = RefCell::new(vec![0; 1024 * 1024]);
}

/// Find and read every Python file below `root`, and count its lines.
pub fn count(root: &Path) -> Seen {
    over_bytes(root, |bytes| Seen {
        lines: bytes.iter().filter(|byte| **byte == b'\n').count() as u64,
        ..Seen::file(bytes.len())
    })
}

/// Find and read every Python file below `root`.
pub fn read(root: &Path) -> Seen {
    over_bytes(root, |bytes| Seen::file(black_box(bytes).len()))
}

/// Find, read and hash every Python file below `root`.
pub fn hash(root: &Path) -> Seen {
    over_bytes(root, |bytes| {
        black_box(blake3::hash(bytes));
        Seen::file(bytes.len())
    })
}

/// Find, read and parse every Python file below `root`.
///
/// # Errors
/// No threads.
pub fn parse(root: &Path) -> Result<Seen> {
    parse_where(root, |_| true)
}

/// Find and read every Python file below `root`, and parse those in which one of `literals` stands.
///
/// # Errors
/// No threads, or literals that cannot be searched for.
pub fn parse_gated(root: &Path, literals: &[&str]) -> Result<Seen> {
    let search = AhoCorasick::new(literals)?;
    parse_where(root, |bytes| search.is_match(bytes))
}

fn over_bytes(root: &Path, look: impl Fn(&[u8]) -> Seen + Sync) -> Seen {
    walk::each(root, || {
        let look = &look;
        move |path: &Path| {
            ROOM.with_borrow_mut(|room| read_into(path, room).map_or(Seen::default(), look))
        }
    })
}

fn parse_where(root: &Path, is_wanted: impl Fn(&[u8]) -> bool + Sync) -> Result<Seen> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(walk::threads())
        .stack_size(STACK)
        .build()?;
    let files = walk::files(root);
    let one = |path: &PathBuf| {
        ROOM.with_borrow_mut(|room| {
            let bytes = read_into(path, room);
            bytes.map_or(Seen::default(), |bytes| parsed(path, bytes, &is_wanted))
        })
    };
    let each = || files.par_iter().map(one);
    Ok(pool.install(|| each().reduce(Seen::default, |one, other| one + other)))
}

fn parsed(path: &Path, bytes: &[u8], is_wanted: impl Fn(&[u8]) -> bool) -> Seen {
    let mut seen = Seen::file(bytes.len());
    if !is_wanted(bytes) {
        return seen;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let kind = PySourceType::from(path);
        black_box(parse_unchecked_source(text, kind));
        seen.parsed = 1;
    }
    seen
}

/// The bytes of the file at `path`, in `buffer`, which grows when it has to. `None` when it cannot be read.
fn read_into<'b>(path: &Path, buffer: &'b mut Vec<u8>) -> Option<&'b [u8]> {
    let mut file = File::open(path).ok()?;
    let mut length = 0;
    loop {
        if length == buffer.len() {
            buffer.resize(buffer.len() * 2, 0);
        }
        match file.read(&mut buffer[length..]).ok()? {
            0 => return Some(&buffer[..length]),
            more => length += more,
        }
    }
}
