//! The folder that memories lie in.
//!
//! It is a folder of codemend's own: new, empty, or marked as one of its. Nothing is read or written through a symbolic
//! link, nothing that belongs to another user counts, and nothing that goes wrong here is worth a word: a run without
//! its memory is only slower.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::time::{Duration, SystemTime};

use camino::{Utf8Path, Utf8PathBuf};

use crate::transaction::CACHE;

/// The folder of memories beside the records of runs, which are worth keeping.
const OWN: &str = "memory";

/// See <https://bford.info/cachedir/>.
const TAG: &str = "CACHEDIR.TAG";
const SIGNATURE: &str = "Signature: 8a477f597d28d172789f06886806bc55
# What codemend remembers of runs. It may be removed at any time: `codemend clean`.
";

/// The most memories, and the most bytes of them all. One alone may have half of that.
const MEMORIES: usize = 32;
const BYTES: u64 = 128 * 1024 * 1024;

/// A file that another run is writing is not older.
const WRITING: Duration = Duration::from_secs(3600);

/// A memory whose date is younger is not dated anew.
const USED: Duration = Duration::from_secs(600);

/// A folder for memories. It need not be there.
#[derive(Debug, Clone)]
pub struct Folder {
    path: Utf8PathBuf,
}

/// What became of a folder that was to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// So many memories went.
    Gone(usize),
    /// There was none.
    Absent,
    /// What is there is no folder of memories; it was left alone.
    Foreign,
}

impl Folder {
    /// The one in the project whose home is `home`: see [`crate::pipeline::home_of`].
    pub fn of_project(home: &Utf8Path) -> Self {
        Self {
            path: home.join(CACHE).join(OWN),
        }
    }

    /// The one that somebody names: a directory for nothing else (absolute).
    pub fn named(path: &Utf8Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// The bytes of the memory `name`.
    pub(super) fn read(&self, name: &str) -> Option<Vec<u8>> {
        self.is_own().then_some(())?;
        let mut bytes = Vec::new();
        let file = open(&self.file(name))?;
        file.take(BYTES / 2).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// Keep `bytes` as the memory `name`, whole or not at all, and let old ones go.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) {
        if bytes.len() as u64 >= BYTES / 2 || self.make().is_none() {
            return;
        }
        let temporary = tempfile::Builder::new()
            .prefix("new-")
            .tempfile_in(&self.path);
        let Ok(mut temporary) = temporary else {
            return;
        };
        if temporary.write_all(bytes).is_ok() && temporary.persist(self.file(name)).is_ok() {
            self.prune();
        }
    }

    /// Note that the memory `name` was of use.
    pub(super) fn touch(&self, name: &str) {
        let file = self.file(name);
        let is_young = age(&file).is_none_or(|age| age < USED);
        if !is_young && let Some(file) = open(&file) {
            let _ = file.set_modified(SystemTime::now());
        }
    }

    /// Remove the folder with all memories. What is not codemend's stays.
    pub fn remove(&self) -> Removed {
        if fs::symlink_metadata(&self.path).is_err() {
            return Removed::Absent;
        }
        if !self.is_own() {
            return Removed::Foreign;
        }
        let mut gone = 0;
        for name in self.names() {
            let is_memory = is_memory(&name);
            let removed = fs::remove_file(self.path.join(&name)).is_ok();
            gone += usize::from(is_memory && removed);
        }
        for name in [TAG, ".gitignore"] {
            let _ = fs::remove_file(self.path.join(name));
        }
        if fs::remove_dir(&self.path).is_ok()
            && self.path.file_name() == Some(OWN)
            && let Some(cache) = self
                .path
                .parent()
                .filter(|it| it.file_name() == Some(CACHE))
        {
            // Only when nothing else is in it.
            let _ = fs::remove_dir(cache);
        }
        Removed::Gone(gone)
    }

    fn file(&self, name: &str) -> Utf8PathBuf {
        self.path.join(format!("{name}{ENDING}"))
    }

    /// Whether the folder is there and is one of codemend's.
    fn is_own(&self) -> bool {
        if !self.parts().all(is_plain) {
            return false;
        }
        let tag = open(&self.path.join(TAG));
        let text = tag.and_then(|tag| {
            let mut text = String::new();
            let length = SIGNATURE.len() as u64 + 1;
            tag.take(length).read_to_string(&mut text).ok()?;
            Some(text)
        });
        text.as_deref() == Some(SIGNATURE)
    }

    /// The directories that have to be real ones: a link out of a project would be followed there.
    fn parts(&self) -> impl Iterator<Item = &Utf8Path> {
        let above = self.path.parent();
        let cache = above.filter(|above| above.file_name() == Some(CACHE));
        cache.into_iter().chain([self.path.as_path()])
    }

    /// Make the folder when it is not there; `None` when what is there is none of codemend's.
    fn make(&self) -> Option<()> {
        if self.is_own() {
            return Some(());
        }
        let own = self.parts().count() > 1;
        for part in self.parts() {
            match fs::symlink_metadata(part) {
                Ok(_) if is_plain(part) => {}
                Ok(_) => return None,
                Err(_) if own => fs::create_dir(part).ok()?,
                Err(_) => fs::create_dir_all(part).ok()?,
            }
        }
        if self.names_of_all()?.iter().any(|name| name != ".gitignore") {
            return None;
        }
        // git must not see it before it is marked.
        put(&self.path.join(".gitignore"), "*\n")?;
        put(&self.path.join(TAG), SIGNATURE)?;
        self.is_own().then_some(())
    }

    fn names_of_all(&self) -> Option<Vec<String>> {
        let entries = self.path.read_dir_utf8().ok()?.flatten();
        Some(entries.map(|entry| entry.file_name().to_owned()).collect())
    }

    /// The names of memories, finished or not.
    fn names(&self) -> Vec<String> {
        let all = self.names_of_all().unwrap_or_default().into_iter();
        all.filter(|name| is_memory(name) || name.starts_with("new-"))
            .collect()
    }

    /// Let go what is too old or too much.
    fn prune(&self) {
        let (memories, unfinished): (Vec<String>, Vec<String>) =
            self.names().into_iter().partition(|name| is_memory(name));
        for name in unfinished {
            let path = self.path.join(name);
            if age(&path).is_some_and(|age| age > WRITING) {
                let _ = fs::remove_file(path);
            }
        }
        let mut dated: Vec<(SystemTime, u64, String)> = memories
            .into_iter()
            .filter_map(|name| {
                let metadata = fs::symlink_metadata(self.path.join(&name)).ok()?;
                Some((metadata.modified().ok()?, metadata.len(), name))
            })
            .collect();
        dated.sort_by(|one, other| other.cmp(one));
        let mut bytes = 0;
        for (at, (_, size, name)) in dated.into_iter().enumerate() {
            bytes += size;
            if at >= MEMORIES || bytes > BYTES {
                let _ = fs::remove_file(self.path.join(name));
            }
        }
    }
}

const ENDING: &str = ".run";

fn is_memory(name: &str) -> bool {
    let stem = name.strip_suffix(ENDING);
    stem.is_some_and(|stem| stem.len() == 32 && stem.bytes().all(|one| one.is_ascii_hexdigit()))
}

/// How long ago the file at `path` was written.
fn age(path: &Utf8Path) -> Option<Duration> {
    let written = fs::symlink_metadata(path).ok()?.modified().ok()?;
    SystemTime::now().duration_since(written).ok()
}

/// Write a file that is not there yet. One that is there stays as it is.
fn put(path: &Utf8Path, text: &str) -> Option<()> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).ok(),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Some(()),
        Err(_) => None,
    }
}

/// Whether `path` is a directory of this user, and no symbolic link.
#[cfg(unix)]
fn is_plain(path: &Utf8Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let own = rustix::process::geteuid().as_raw();
    fs::symlink_metadata(path).is_ok_and(|it| it.is_dir() && it.uid() == own)
}

#[cfg(not(unix))]
fn is_plain(path: &Utf8Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|it| it.is_dir())
}

/// Open the regular file at `path`, which is no symbolic link. A pipe keeps nobody waiting.
#[cfg(unix)]
fn open(path: &Utf8Path) -> Option<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let flags = i32::try_from(flags.bits()).ok()?;
    let mut options = OpenOptions::new();
    let file = options.read(true).custom_flags(flags).open(path).ok()?;
    file.metadata().is_ok_and(|it| it.is_file()).then_some(file)
}

#[cfg(not(unix))]
fn open(path: &Utf8Path) -> Option<File> {
    fs::symlink_metadata(path).ok()?.is_file().then_some(())?;
    File::open(path).ok()
}
