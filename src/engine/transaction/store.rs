//! The folder that keeps the records of runs: `.codemend_cache/undo` in the root of a project.
//!
//! One run at a time: the folder is locked while a run writes. The lock goes with the process, however it ends.

use std::fs::{File, TryLockError};
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::disk::{Disk, Mode};
use super::record::{Birth, Journal, Record, Stage};
use crate::problem::Problem;
use crate::source::reason;

/// The name of the folder in the root of a project.
pub const CACHE: &str = ".codemend_cache";

/// How many finished runs are kept.
const RUNS: usize = 20;

/// How many bytes of finished runs are kept, the newest run aside.
const BYTES: u64 = 256 * 1024 * 1024;

/// The records below one directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// The directory that holds the cache folder.
    base: Utf8PathBuf,
}

/// A run in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run {
    pub number: u32,
    pub stage: Stage,
}

impl Store {
    /// The store of the project at `base`, which is absolute and real. Nothing is made.
    pub fn at(base: &Utf8Path) -> Self {
        Self {
            base: base.to_owned(),
        }
    }

    /// The stores at and above `directory` (absolute), the nearest first. Nothing behind a symbolic link counts.
    pub fn above(directory: &Utf8Path, disk: &dyn Disk) -> Vec<Self> {
        let real = directory.canonicalize_utf8();
        let real = real.unwrap_or_else(|_| directory.to_owned());
        let stores = real.ancestors().map(Self::at);
        let stands = |store: &Self| {
            let paths = [store.cache(), store.folder()];
            let is_directory = |path: &Utf8PathBuf| disk.look(path).is_ok_and(|it| it.is_dir());
            paths.iter().all(is_directory)
        };
        stores.filter(stands).collect()
    }

    /// The directory that paths in records start at.
    pub fn base(&self) -> &Utf8Path {
        &self.base
    }

    pub fn cache(&self) -> Utf8PathBuf {
        self.base.join(CACHE)
    }

    /// The directory of the records.
    pub fn folder(&self) -> Utf8PathBuf {
        self.cache().join("undo")
    }

    /// The file of `run`.
    pub fn file(&self, run: Run) -> Utf8PathBuf {
        let name = format!("{:06}.{}", run.number, run.stage.extension());
        self.folder().join(name)
    }

    /// All runs, oldest first.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn runs(&self, disk: &dyn Disk) -> io::Result<Vec<Run>> {
        let names = disk.list(&self.folder())?;
        let mut runs: Vec<Run> = names.iter().filter_map(|name| run_of(name)).collect();
        runs.sort();
        Ok(runs)
    }

    /// Make the folder, and keep git out of it where there is a git tree.
    ///
    /// # Errors
    /// It cannot be made, or something else has its name.
    pub fn make(&self, disk: &dyn Disk) -> io::Result<()> {
        for path in [self.cache(), self.folder()] {
            match disk.look(&path) {
                Ok(found) if found.is_dir() => {}
                Ok(_) => return Err(io::ErrorKind::NotADirectory.into()),
                Err(_) => disk.make_directory(&path)?,
            }
        }
        let ignore = self.cache().join(".gitignore");
        let mut above = self.base.ancestors();
        if above.any(|path| disk.look(&path.join(".git")).is_ok()) && disk.look(&ignore).is_err() {
            let mut file = disk.create(&ignore, Mode::Usual)?;
            disk.write(&mut file, b"*\n")?;
        }
        Ok(())
    }

    /// Remove the folder when nothing is in it that counts. What stands in the way stays.
    pub fn tidy(&self, disk: &dyn Disk) {
        if disk.remove_directory(&self.folder()).is_ok() {
            let only = [".gitignore".to_owned()];
            if disk.list(&self.cache()).is_ok_and(|names| names == only) {
                let _ = disk.remove(&self.cache().join(".gitignore"));
            }
            let _ = disk.remove_directory(&self.cache());
        }
    }

    /// Keep other processes out until the file is dropped; `None` where the file system knows no locks. Waits for
    /// another codemend that writes here, after a call of `waits`. The folder is made when it is not there.
    ///
    /// # Errors
    /// The folder cannot be made or opened.
    pub fn lock(&self, waits: &dyn Fn(), disk: &dyn Disk) -> io::Result<Option<File>> {
        loop {
            self.make(disk)?;
            let folder = File::open(self.folder())?;
            match folder.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    waits();
                    folder.lock()?;
                }
                Err(TryLockError::Error(_)) => return Ok(None),
            }
            // Who had the lock may have removed the folder at the end, and a third one made it anew.
            let standing = disk.look(&self.folder()).map(|found| Birth::of(&found));
            if standing
                .is_ok_and(|found| folder.metadata().is_ok_and(|own| found == Birth::of(&own)))
            {
                return Ok(Some(folder));
            }
        }
    }

    /// The number of the next run.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn next(&self, disk: &dyn Disk) -> io::Result<u32> {
        let last = self.runs(disk)?.last().map_or(0, |run| run.number);
        Ok(last.saturating_add(1))
    }

    /// Put the record of a new run on the disk, whole, in the stage [`Stage::Prepare`].
    ///
    /// # Errors
    /// It cannot be written. What was begun of it is gone, or goes with the next run.
    pub fn begin<'b>(
        &self,
        number: u32,
        journal: &mut Journal,
        texts: impl Iterator<Item = &'b [u8]>,
        disk: &dyn Disk,
    ) -> io::Result<Run> {
        let run = |stage| Run { number, stage };
        let new = self.file(run(Stage::New));
        let written = disk.create(&new, Mode::Private).and_then(|mut file| {
            journal.own = Birth::of(&file.metadata()?);
            let bytes = Record::encode(journal, texts)?;
            disk.write(&mut file, &bytes)?;
            disk.sync(&[file])?;
            self.advance(run(Stage::New), Stage::Prepare, disk)
        });
        if written.is_err() {
            let _ = disk.remove(&new);
        }
        written
    }

    /// Let `run` be in `stage` from now on, also after a power cut.
    ///
    /// # Errors
    /// Its record cannot be renamed.
    pub fn advance(&self, run: Run, stage: Stage, disk: &dyn Disk) -> io::Result<Run> {
        let next = Run {
            number: run.number,
            stage,
        };
        disk.rename(&self.file(run), &self.file(next))?;
        if let Err(error) = disk.sync_directory(&self.folder()) {
            // Whoever hears of the failure goes on from the stage before.
            let _ = disk.rename(&self.file(next), &self.file(run));
            return Err(error);
        }
        Ok(next)
    }

    /// The record of `run`.
    ///
    /// # Errors
    /// A [`Problem`] when it cannot be read, or was not written here.
    pub fn read(&self, run: Run, disk: &dyn Disk) -> Result<Record, Problem> {
        let path = self.file(run);
        let broken = |why: String| {
            let help = "look at it, then remove it";
            let message = format!("is no usable record of a run: {why}");
            Problem::new(path.clone(), message).help(help)
        };
        let metadata = disk.look(&path).map_err(|error| broken(reason(&error)))?;
        let bytes = disk.read(&path).map_err(|error| broken(reason(&error)))?;
        let record = Record::decode(bytes).map_err(broken)?;
        if record.journal.own != Birth::of(&metadata) {
            return Err(broken(
                "it was not written here, but copied, or came with the project".to_owned(),
            ));
        }
        match record.journal.files.iter().all(is_harmless) {
            true => Ok(record),
            false => Err(broken("it names files outside of the project".to_owned())),
        }
    }

    /// Remove the record of `run`.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn forget(&self, run: Run, disk: &dyn Disk) -> io::Result<()> {
        disk.remove(&self.file(run))
    }

    /// Remove the oldest finished runs beyond what is kept. What cannot be removed stays for the next time.
    pub fn prune(&self, disk: &dyn Disk) {
        let runs = self.runs(disk).unwrap_or_default();
        let done = runs
            .into_iter()
            .rev()
            .filter(|run| run.stage == Stage::Done);
        let mut bytes = 0;
        for (newer, run) in done.enumerate() {
            let size = disk.look(&self.file(run)).map_or(0, |found| found.len());
            bytes += if newer == 0 { 0 } else { size };
            if newer >= RUNS || bytes > BYTES {
                let _ = self.forget(run, disk);
            }
        }
    }

    /// `path` of a record, absolute.
    pub fn absolute(&self, path: &Utf8Path) -> Utf8PathBuf {
        self.base.join(path)
    }
}

fn run_of(name: &str) -> Option<Run> {
    let (number, extension) = name.split_once('.')?;
    let mut stages = Stage::ALL.into_iter();
    Some(Run {
        number: number.parse().ok()?,
        stage: stages.find(|stage| stage.extension() == extension)?,
    })
}

/// Whether a file of a record lies below the project, outside of git's own folder, and its second name is one of ours.
fn is_harmless(file: &super::record::Written) -> bool {
    use camino::Utf8Component::Normal;
    let is_plain = |part| matches!(part, Normal(name) if !name.eq_ignore_ascii_case(".git"));
    let ours = file.aside.starts_with(super::ASIDE) && !file.aside.contains(['/', '\\']);
    ours && file.path.components().all(is_plain)
}
