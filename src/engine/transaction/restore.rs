//! Take one file back, from nothing but the record and what is on the disk.
//!
//! The same for a run that sees its own failure and for one that finds the record of a run that was ended. Each step
//! can be cut short and taken again.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::check::{stands_where_it_says, unwritten};
use super::commit::{overwrite, put_back};
use super::disk::{Disk, Mode, beside};
use super::record::{Fingerprint, How, Stage, Written};
use crate::problem::Problem;

/// A file of a run whose names may have changed places.
pub(super) struct Restoring<'a> {
    pub(super) path: &'a Utf8Path,
    pub(super) written: &'a Written,
    pub(super) before: Option<&'a [u8]>,
    /// Only of a file that is written over in place.
    pub(super) after: Option<&'a [u8]>,
    /// How far the run had come.
    pub(super) stage: Stage,
}

/// What taking back came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Restored {
    /// It was as before already.
    Untouched,
    TakenBack,
    /// It is neither as before nor as the run left it: somebody else's, and left alone.
    Foreign,
}

impl Restoring<'_> {
    /// Remove the file beside the target, of a run that has not touched the target.
    ///
    /// # Errors
    /// It cannot be removed.
    pub(super) fn drop_aside(&self, disk: &dyn Disk) -> Result<(), Problem> {
        stands_where_it_says(self.path)?;
        let aside = self.aside();
        remove_if_there(disk, &aside).map_err(|error| stuck(&aside, &error))
    }

    /// The run is over: remove the old file. Somebody may have had it open, and have written to it since: then it takes
    /// its place again.
    ///
    /// # Errors
    /// It cannot be removed, or has taken its place again.
    pub(super) fn clean(&self, disk: &dyn Disk) -> Result<(), Problem> {
        stands_where_it_says(self.path)?;
        let aside = self.aside();
        let cannot = |error: io::Error| stuck(&aside, &error);
        let Standing::File(old) = standing(disk, &aside).map_err(cannot)? else {
            return Ok(());
        };
        let is = |print: &Option<Fingerprint>| print.as_ref().is_none_or(|print| print.is_of(&old));
        if is(&self.written.before) || is(&self.written.after) {
            return remove_if_there(disk, &aside).map_err(cannot);
        }
        match standing(disk, self.path).map_err(cannot)? {
            Standing::File(now)
                if self
                    .written
                    .after
                    .as_ref()
                    .is_some_and(|print| print.is_of(&now)) =>
            {
                put_back(disk, self.path, &aside, now, old).map_err(cannot)?;
                Err(Problem::new(
                    self.path,
                    "was saved while codemend wrote; it holds what was saved, and nothing of this run",
                ))
            }
            _ => {
                let message = "holds what somebody saved while codemend wrote";
                Err(Problem::new(&aside, message).help("look at it, then remove it"))
            }
        }
    }

    /// Let the file be as it was before the run.
    ///
    /// # Errors
    /// The disk does not let it.
    pub(super) fn restore(&self, disk: &dyn Disk) -> Result<Restored, Problem> {
        // A directory may have become a symbolic link that leads anywhere.
        stands_where_it_says(self.path)?;
        let restored = match (&self.written.before, &self.written.after, self.written.how) {
            (_, _, How::Overwritten) => self.write_back(disk),
            (Some(before), Some(after), _) => self.change_back(before, after, disk),
            (None, Some(after), _) => self.unmake(after, disk),
            (Some(before), None, _) => self.bring_back(before, disk),
            (None, None, _) => Ok(Restored::Untouched),
        };
        restored.map_err(|error| unwritten(self.path, &error))
    }

    fn aside(&self) -> Utf8PathBuf {
        beside(self.path, &self.written.aside)
    }

    /// Where a file is made anew: cut short, it is half of one, which the file beside the target never is.
    fn half(&self) -> Utf8PathBuf {
        beside(self.path, &format!("{}.half", self.written.aside))
    }

    fn change_back(
        &self,
        before: &Fingerprint,
        after: &Fingerprint,
        disk: &dyn Disk,
    ) -> io::Result<Restored> {
        let aside = self.aside();
        remove_if_there(disk, &self.half())?;
        let (now, old) = (standing(disk, self.path)?, standing(disk, &aside)?);
        if now.is(after) {
            let was_saved = match (now, old) {
                // Whatever it is, it was the target until the names changed places.
                (Standing::File(now), Standing::File(old)) => self.exchange_back(now, old, disk)?,
                (_, Standing::Nothing) if self.stage == Stage::Replace => {
                    self.put_back(after, disk)?;
                    false
                }
                // The old file went by another hand, or somebody wrote the same as the run would have.
                _ => return Ok(Restored::Foreign),
            };
            return Ok(match was_saved {
                false => Restored::TakenBack,
                true => Restored::Foreign,
            });
        }
        if old.is(before) || old.is(after) {
            disk.remove(&aside)?;
        }
        Ok(match now.is(before) {
            true => Restored::Untouched,
            false => Restored::Foreign,
        })
    }

    /// Whether something stands beside the file that is neither its text from before nor the new one: somebody has
    /// saved it in the moment when names changed places.
    pub(super) fn saved_beside(&self, disk: &dyn Disk) -> Option<Problem> {
        let aside = self.aside();
        disk.look(&aside).ok()?;
        let message = "holds what somebody saved while codemend wrote";
        Some(Problem::new(&aside, message).help("look at it, then remove it"))
    }

    /// The target was not touched: remove what was prepared beside it.
    ///
    /// # Errors
    /// Something else stands there.
    pub(super) fn drop_unused(&self, disk: &dyn Disk) -> Result<Restored, Problem> {
        let aside = self.aside();
        let cannot = |error: io::Error| stuck(&aside, &error);
        let found = standing(disk, &aside).map_err(cannot)?;
        let is_ours = self
            .written
            .after
            .as_ref()
            .is_some_and(|after| found.is(after));
        match found {
            Standing::Nothing => Ok(Restored::Untouched),
            _ if is_ours => {
                remove_if_there(disk, &aside).map_err(cannot)?;
                Ok(Restored::Untouched)
            }
            _ => match self.saved_beside(disk) {
                Some(problem) => Err(problem),
                None => Ok(Restored::Untouched),
            },
        }
    }

    /// Gives whether somebody saved the file meanwhile.
    fn exchange_back(&self, now: Vec<u8>, old: Vec<u8>, disk: &dyn Disk) -> io::Result<bool> {
        let aside = self.aside();
        match put_back(disk, self.path, &aside, now, old) {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                disk.rename(&aside, self.path).map(|()| false)
            }
            done => done,
        }
    }

    /// Make the old file anew, from the record.
    fn put_back(&self, after: &Fingerprint, disk: &dyn Disk) -> io::Result<()> {
        let Some(before) = self.before else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let half = self.half();
        let made = disk.create(&half, Mode::Private).and_then(|mut file| {
            disk.write(&mut file, before)?;
            disk.dress(&file, self.path)?;
            disk.sync(&[file])
        });
        let renamed = made.and_then(|()| match standing(disk, self.path)?.is(after) {
            true => disk.rename(&half, self.path),
            false => Err(io::Error::other("somebody writes to it")),
        });
        if renamed.is_err() {
            let _ = disk.remove(&half);
        }
        renamed
    }

    /// Remove a file that the run has made.
    fn unmake(&self, after: &Fingerprint, disk: &dyn Disk) -> io::Result<Restored> {
        let aside = self.aside();
        let (now, new) = (standing(disk, self.path)?, standing(disk, &aside)?);
        let is_ours = match new {
            Standing::Nothing => now.is(after),
            _ => is_same(disk, self.path, &aside),
        };
        if is_ours {
            disk.remove(self.path)?;
        }
        if new.is(after) {
            disk.remove(&aside)?;
        }
        Ok(match (is_ours, now) {
            (true, _) => Restored::TakenBack,
            (false, Standing::Nothing) => Restored::Untouched,
            (false, _) => Restored::Foreign,
        })
    }

    /// Give a file that the run has taken away its place again.
    fn bring_back(&self, before: &Fingerprint, disk: &dyn Disk) -> io::Result<Restored> {
        let aside = self.aside();
        let (now, old) = (standing(disk, self.path)?, standing(disk, &aside)?);
        match (now, old) {
            (Standing::Nothing, Standing::File(_)) => {
                disk.rename_to_new(&aside, self.path)?;
                Ok(Restored::TakenBack)
            }
            (Standing::Nothing, _) => Ok(Restored::Foreign),
            (now, old) => {
                if old.is(before) {
                    disk.remove(&aside)?;
                }
                Ok(match now.is(before) {
                    true => Restored::Untouched,
                    false => Restored::Foreign,
                })
            }
        }
    }

    /// Write the old bytes over the new ones, or over what is half of both.
    fn write_back(&self, disk: &dyn Disk) -> io::Result<Restored> {
        let (Some(before), Some(after)) = (self.before, self.after) else {
            return Ok(Restored::Foreign);
        };
        match standing(disk, self.path)? {
            Standing::File(now) if now == before => Ok(Restored::Untouched),
            Standing::File(now) if is_mix(&now, before, after) => {
                overwrite(disk, self.path, before)?;
                Ok(Restored::TakenBack)
            }
            _ => Ok(Restored::Foreign),
        }
    }
}

/// What is found at a path.
enum Standing {
    Nothing,
    File(Vec<u8>),
    /// A directory, a link, a pipe.
    Other,
}

impl Standing {
    fn is(&self, print: &Fingerprint) -> bool {
        matches!(self, Self::File(bytes) if print.is_of(bytes))
    }
}

fn standing(disk: &dyn Disk, path: &Utf8Path) -> io::Result<Standing> {
    match disk.look(path) {
        Ok(found) if found.is_file() => Ok(Standing::File(disk.read(path)?)),
        Ok(_) => Ok(Standing::Other),
        Err(error) if is_absent(&error) => Ok(Standing::Nothing),
        Err(error) => Err(error),
    }
}

/// Whether two names lead to one file: a rename that was cut short where it is made of a link and a removal.
#[cfg(unix)]
fn is_same(disk: &dyn Disk, one: &Utf8Path, other: &Utf8Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let of = |path| disk.look(path).map(|found| (found.dev(), found.ino())).ok();
    of(one).is_some() && of(one) == of(other)
}

#[cfg(not(unix))]
fn is_same(_disk: &dyn Disk, _one: &Utf8Path, _other: &Utf8Path) -> bool {
    false
}

/// Whether `now` may come from writing `after` over `before`, stopped anywhere: the disk takes blocks in any order.
fn is_mix(now: &[u8], before: &[u8], after: &[u8]) -> bool {
    let longest = before.len().max(after.len());
    let shortest = before.len().min(after.len());
    (shortest..=longest).contains(&now.len())
        && now.iter().enumerate().all(|(at, byte)| {
            before.get(at) == Some(byte) || after.get(at) == Some(byte) || *byte == 0
        })
}

pub(super) fn remove_if_there(disk: &dyn Disk, path: &Utf8Path) -> io::Result<()> {
    // A read-only file system refuses to remove what is not there.
    match (disk.remove(path), disk.look(path)) {
        (Err(_), Err(absent)) if is_absent(&absent) => Ok(()),
        (done, _) => done,
    }
}

fn is_absent(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidFilename, NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory | InvalidFilename)
}

/// The problem of a file of ours that does not go away.
pub(super) fn stuck(path: &Utf8Path, error: &io::Error) -> Problem {
    let message = format!(
        "is a file of codemend that cannot be removed: {}",
        crate::source::reason(error)
    );
    Problem::new(path, message).help("the next run tries again")
}
