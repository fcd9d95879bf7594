//! The folder that keeps the records of runs: `.codemend_cache/undo` in the root of a project.
//!
//! One run at a time: the folder is locked while a run writes. The lock goes with the process, however it ends.

use std::fs::{File, TryLockError};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use super::disk::{Disk, Mode};
use super::record::{Birth, Journal, Record, Stage};
use super::trust::{is_harmless, is_inside, is_ours};
use crate::problem::Problem;
use crate::source::reason;

/// The name of the folder in the root of a project.
pub const CACHE: &str = ".codemend_cache";

/// Why a store is not used.
pub(super) const OTHERS: &str = "it belongs to another user";

/// How many finished runs are kept.
const RUNS: usize = 20;

/// How long to wait before another look whether a lock is free.
const PATIENCE: Duration = Duration::from_millis(50);

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

    /// The stores at and above `directory` (absolute), the nearest first. Nothing behind a symbolic link counts, and
    /// nothing that belongs to another user: who may make a folder above could otherwise have files written.
    pub fn above(directory: &Utf8Path, disk: &dyn Disk) -> Vec<Self> {
        let real = directory.canonicalize_utf8();
        let real = real.unwrap_or_else(|_| directory.to_owned());
        let stores = real.ancestors().map(Self::at);
        let stands = |store: &Self| {
            let paths = [store.cache(), store.folder()];
            let is_ours =
                |path: &Utf8PathBuf| disk.look(path).is_ok_and(|it| it.is_dir() && is_ours(&it));
            paths.iter().all(is_ours)
        };
        stores.filter(stands).collect()
    }

    /// Folders at and above `directory` where another user's run was cut short. It is not ours to put in order.
    pub fn of_others(directory: &Utf8Path, disk: &dyn Disk) -> Vec<Problem> {
        let real = directory.canonicalize_utf8();
        let real = real.unwrap_or_else(|_| directory.to_owned());
        let is_of_others = |store: &Self| {
            let paths = [store.cache(), store.folder()];
            let mut found = paths.iter().map(|path| disk.look(path));
            found.any(|found| found.is_ok_and(|it| it.is_dir() && !is_ours(&it)))
        };
        let is_cut_short = |store: &Self| {
            let runs = store.runs(disk).unwrap_or_default();
            runs.iter().any(|run| run.stage != Stage::Done)
        };
        let stores = real.ancestors().map(Self::at);
        let stores = stores.filter(|store| is_of_others(store) && is_cut_short(store));
        let problem = |store: Self| {
            let message = "holds a run of another user that was cut short";
            Problem::new(store.folder(), message).help("let that user run codemend here")
        };
        stores.map(problem).collect()
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
                Ok(found) if found.is_dir() && is_ours(&found) => {}
                Ok(found) if found.is_dir() => {
                    return Err(io::Error::other(OTHERS));
                }
                Ok(_) => return Err(io::ErrorKind::NotADirectory.into()),
                Err(_) => disk.make_directory(&path)?,
            }
        }
        let mut above = self.base.ancestors();
        if above.any(|path| disk.look(&path.join(".git")).is_ok()) {
            self.hide(disk)?;
        }
        Ok(())
    }

    /// Keep git out of the folder, whatever it says about itself so far.
    fn hide(&self, disk: &dyn Disk) -> io::Result<()> {
        const ALL: &[u8] = b"*\n";
        let ignore = self.cache().join(".gitignore");
        if disk.read(&ignore).is_ok_and(|bytes| bytes == ALL) {
            return Ok(());
        }
        if disk.look(&ignore).is_ok() {
            disk.remove(&ignore)?;
        }
        let mut file = disk.create(&ignore, Mode::Usual)?;
        disk.write(&mut file, ALL)
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
    /// another codemend that writes here, after a call of `waits`, until `stop` is set. The folder is made when it is
    /// not there.
    ///
    /// # Errors
    /// The folder cannot be made or opened; `Interrupted` when `stop` was set.
    pub fn lock(
        &self,
        waits: &dyn Fn(),
        stop: &AtomicBool,
        disk: &dyn Disk,
    ) -> io::Result<Option<File>> {
        let mut told = false;
        loop {
            self.make(disk)?;
            let folder = File::open(self.folder())?;
            match folder.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    if stop.load(Ordering::SeqCst) {
                        return Err(io::ErrorKind::Interrupted.into());
                    }
                    if !std::mem::replace(&mut told, true) {
                        waits();
                    }
                    std::thread::sleep(PATIENCE);
                    continue;
                }
                Err(TryLockError::Error(_)) => return Ok(None),
            }
            // Who had the lock may have removed the folder at the end, and a third one made it anew.
            let standing = disk.look(&self.folder()).map(|found| Birth::of(&found));
            let own = folder.metadata().map(|found| Birth::of(&found));
            if standing.is_ok_and(|standing| own.is_ok_and(|own| standing == own)) {
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
        let next = last.checked_add(1);
        next.ok_or_else(|| io::Error::other("there are no numbers left for a run"))
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
        let written = self.put_new(&new, journal, texts, disk);
        let written = written.and_then(|()| self.advance(run(Stage::New), Stage::Prepare, disk));
        if written.is_err() {
            let _ = disk.remove(&new);
        }
        written
    }

    /// Let the record of `run` say this instead, in one step.
    ///
    /// # Errors
    /// It cannot be written; the record is then as it was.
    pub fn rewrite<'b>(
        &self,
        run: Run,
        journal: &mut Journal,
        texts: impl Iterator<Item = &'b [u8]>,
        disk: &dyn Disk,
    ) -> io::Result<()> {
        let new = self.file(Run {
            number: run.number,
            stage: Stage::New,
        });
        let written = self.put_new(&new, journal, texts, disk);
        let renamed = written.and_then(|()| disk.rename(&new, &self.file(run)));
        if renamed.is_err() {
            let _ = disk.remove(&new);
        }
        renamed?;
        disk.sync_directory(&self.folder())
    }

    fn put_new<'b>(
        &self,
        new: &Utf8Path,
        journal: &mut Journal,
        texts: impl Iterator<Item = &'b [u8]>,
        disk: &dyn Disk,
    ) -> io::Result<()> {
        let mut file = disk.create(new, Mode::Private)?;
        journal.own = Birth::of(&file.metadata()?);
        let bytes = Record::encode(journal, texts)?;
        disk.write(&mut file, &bytes)?;
        disk.sync(&[file])
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
        let broken = |why: String, help: &str| {
            let message = format!("is no usable record of a run: {why}");
            Problem::new(path.clone(), message).help(help)
        };
        let unread = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => {
                let message = "is gone: another codemend has taken the run back";
                Problem::new(path.clone(), message)
            }
            _ => broken(
                reason(&error),
                "it may hold texts from before: leave it, and let codemend read it",
            ),
        };
        let metadata = disk.look(&path).map_err(unread)?;
        let bytes = disk.read(&path).map_err(unread)?;
        let faulty = |why: String| {
            broken(
                why,
                "look at it: texts from before stand in it, as they are",
            )
        };
        if !is_ours(&metadata) {
            return Err(broken(
                "it belongs to another user".to_owned(),
                "let that user run codemend here",
            ));
        }
        let record = Record::decode(bytes).map_err(faulty)?;
        if record.journal.own != Birth::of(&metadata) {
            let why = "it was not written here, but copied, or came with the project".to_owned();
            let help = "where it was written it can still be used; here, remove it when nothing is missing";
            return Err(broken(why, help));
        }
        let journal = &record.journal;
        let directories = journal.directories.iter().chain(&journal.abandons);
        match journal.files.iter().all(is_harmless)
            && directories.into_iter().all(|path| is_inside(path))
        {
            true => Ok(record),
            false => Err(faulty("it names files outside of the project".to_owned())),
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
    let run = Run {
        number: number.parse().ok()?,
        stage: stages.find(|stage| stage.extension() == extension)?,
    };
    // Each run has one name.
    (format!("{:06}", run.number) == number).then_some(run)
}
