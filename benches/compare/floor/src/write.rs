//! The commands that write: what `--apply` has to put on the disk, and nothing around it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rayon::prelude::*;

use crate::seen::Seen;

/// What a file is called until it is whole.
const UNFINISHED: &str = "floor-new";

/// Write the content of each file below `from` to the file of that name below `to`, over what is there.
///
/// # Errors
/// A file cannot be read or written.
pub fn over(from: &Path, to: &Path) -> Result<Seen> {
    each(from, to, |source, target| {
        let bytes = fs::read(source)?;
        fs::write(target, &bytes)?;
        Ok(Seen::file(bytes.len()))
    })
}

/// The same, so that a crash at any time leaves each file as it was or as it will be: first all of them beside what is
/// there and onto the disk, then in its place.
///
/// # Errors
/// A file cannot be read or written.
pub fn durably(from: &Path, to: &Path) -> Result<Seen> {
    let seen = each(from, to, |source, target| {
        let bytes = fs::read(source)?;
        fs::write(target.with_extension(UNFINISHED), &bytes)?;
        Ok(Seen::file(bytes.len()))
    })?;
    settle(to)?;
    each(from, to, |_, target| {
        fs::rename(target.with_extension(UNFINISHED), target)?;
        Ok(Seen::default())
    })?;
    settle(to)?;
    Ok(seen)
}

/// Do `work` with each file below `from` and its counterpart below `to`, on all cores.
fn each(
    from: &Path,
    to: &Path,
    work: impl Fn(&Path, &Path) -> io::Result<Seen> + Sync,
) -> Result<Seen> {
    let mut files = Vec::new();
    collect(from, &mut files).with_context(|| from.display().to_string())?;
    let done = files.par_iter().map(|source| {
        let target = to.join(source.strip_prefix(from)?);
        work(source, &target).with_context(|| target.display().to_string())
    });
    done.try_reduce(Seen::default, |one, other| Ok(one + other))
}

/// Wait until all that was written below `folder` is on the disk.
#[cfg(target_os = "linux")]
fn settle(folder: &Path) -> io::Result<()> {
    rustix::fs::syncfs(File::open(folder)?).map_err(io::Error::from)
}

#[cfg(not(target_os = "linux"))]
fn settle(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => collect(&entry.path(), files)?,
            false => files.push(entry.path()),
        }
    }
    Ok(())
}
