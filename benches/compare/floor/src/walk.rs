//! The Python files below a folder, found the way codemend finds them.
//!
//! Whoever finds a file works on it at once, in the same thread: nobody waits until the last one is found.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::seen::Seen;

/// Folders that codemend leaves out unless it is told otherwise, less the hidden ones, which nobody walks.
const LEFT_OUT: &[&str] = &[
    "__pycache__",
    "__pypackages__",
    "_build",
    "buck-out",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
];

/// Hand every Python file below `root` to a worker, and add up what they say. Each thread makes one by `worker`.
pub fn each<W>(root: &Path, worker: impl Fn() -> W + Sync) -> Seen
where
    W: FnMut(&Path) -> Seen + Send,
{
    let total = Mutex::new(Seen::default());
    let walker = WalkBuilder::new(root)
        .threads(threads())
        .require_git(false)
        .filter_entry(is_walked)
        .build_parallel();
    walker.run(|| {
        let mut account = Account {
            worker: worker(),
            seen: Seen::default(),
            total: &total,
        };
        Box::new(move |entry| {
            if let Ok(entry) = entry
                && is_python(&entry)
            {
                account.seen = account.seen + (account.worker)(entry.path());
            }
            WalkState::Continue
        })
    });
    total.into_inner().unwrap_or_default()
}

/// The Python files below `root`, in no order.
pub fn files(root: &Path) -> Vec<PathBuf> {
    let found = Mutex::new(Vec::new());
    each(root, || {
        |path: &Path| {
            if let Ok(mut found) = found.lock() {
                found.push(path.to_owned());
            }
            Seen::default()
        }
    });
    found.into_inner().unwrap_or_default()
}

/// One for each core.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A worker and what it has seen so far, which goes into the total when its thread ends.
struct Account<'t, W> {
    worker: W,
    seen: Seen,
    total: &'t Mutex<Seen>,
}

impl<W> Drop for Account<'_, W> {
    fn drop(&mut self) {
        if let Ok(mut total) = self.total.lock() {
            *total = *total + self.seen;
        }
    }
}

fn is_walked(entry: &DirEntry) -> bool {
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    let name = entry.file_name().to_str();
    !is_folder || entry.depth() == 0 || !name.is_some_and(|name| LEFT_OUT.contains(&name))
}

fn is_python(entry: &DirEntry) -> bool {
    let ending = entry.path().extension().and_then(|ending| ending.to_str());
    let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
    is_file && matches!(ending, Some("py" | "pyi" | "pyw"))
}
