//! Writes the files of a run to disk: each one whole or not at all.
//!
//! The new bytes go into a hidden temporary file beside the target, are flushed to the disk and renamed over it. A file
//! that is no longer what the run has read, or that a rename would harm, is refused; the others go on.

#[cfg(unix)]
use std::fs::Permissions;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
#[cfg(unix)]
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::NamedTempFile;

use crate::patch::FilePatch;
use crate::problem::Problem;
use crate::source::reason;

/// What any program asks for a new file; the umask takes its part.
const NEW_MODE: u32 = 0o666;

/// What was written, and what was not.
#[derive(Debug, Default)]
pub struct Applied {
    /// Files that now hold their new text.
    pub written: usize,
    /// One for each file that was left as it was.
    pub problems: Vec<Problem>,
}

/// Write `files`. `root` is the directory of the project: a symbolic link that leads out of it is not followed.
///
/// Refused, with a [`Problem`] each: a file that changed or vanished since it was read, that is no regular file,
/// that the system does not let this user write, or that has several hard links (a rename would part them); a new
/// file whose path exists.
pub fn apply(files: &[FilePatch], root: &Utf8Path) -> Applied {
    let root = root.canonicalize_utf8().unwrap_or_else(|_| root.to_owned());
    let mut applied = Applied::default();
    for file in files {
        let done = match &file.before {
            Some(before) => rewrite(file, before.as_bytes(), &root),
            None => create(file, &root),
        };
        match done {
            Ok(()) => applied.written += 1,
            Err(problem) => applied.problems.push(problem),
        }
    }
    applied
}

/// The problem of a file `path` that is really `target`, which is not below `root`.
pub fn leads_outside(path: &Utf8Path, target: &Utf8Path, root: &Utf8Path) -> Problem {
    let message =
        format!("leads through a symbolic link to `{target}`, outside the project `{root}`");
    Problem::new(path, message).help("run codemend on the linked file itself")
}

fn rewrite(file: &FilePatch, before: &[u8], root: &Utf8Path) -> Result<(), Problem> {
    let target = file
        .path
        .canonicalize_utf8()
        .map_err(|e| unread(file, &e))?;
    stays_inside(file, &target, root)?;
    let metadata = fs::symlink_metadata(&target).map_err(|e| unread(file, &e))?;
    may_be_replaced(file, &target, &metadata)?;
    let parent = parent_of(file, &target)?;
    if read(file, &target)? == file.after.as_bytes() {
        return Ok(()); // the same file came under another name
    }
    unchanged(file, &target, before)?;
    let temporary = beside(parent, None)
        .and_then(|temporary| filled(temporary, file, Some(&metadata)))
        .map_err(|e| unwritten(file, &e))?;
    // Once more: the closer to the rename, the less can slip between.
    unchanged(file, &target, before)?;
    temporary
        .persist(&target)
        .map_err(|e| unwritten(file, &e.error))?;
    remember(parent);
    Ok(())
}

fn create(file: &FilePatch, root: &Utf8Path) -> Result<(), Problem> {
    if fs::symlink_metadata(&file.path).is_ok() {
        return Err(exists(file));
    }
    let parent = parent_of(file, &file.path)?;
    let standing = parent
        .ancestors()
        .find_map(|dir| dir.canonicalize_utf8().ok());
    stays_inside(file, &standing.unwrap_or_default(), root)?;
    fs::create_dir_all(parent).map_err(|e| unwritten(file, &e))?;
    let temporary = beside(parent, Some(NEW_MODE))
        .and_then(|temporary| filled(temporary, file, None))
        .map_err(|e| unwritten(file, &e))?;
    match temporary.persist_noclobber(&file.path) {
        Ok(_) => remember(parent),
        Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => return Err(exists(file)),
        Err(e) => return Err(unwritten(file, &e.error)),
    }
    Ok(())
}

/// A hidden file in `parent`. It goes away by itself unless it is renamed. Without a `mode` only its owner may read it.
fn beside(parent: &Utf8Path, mode: Option<u32>) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".codemend-").suffix(".tmp");
    #[cfg(unix)]
    if let Some(mode) = mode {
        builder.permissions(Permissions::from_mode(mode));
    }
    builder.tempfile_in(parent)
}

/// `temporary` with the new text on disk, and the owner and mode of the file that it will replace.
fn filled(
    mut temporary: NamedTempFile,
    file: &FilePatch,
    old: Option<&Metadata>,
) -> io::Result<NamedTempFile> {
    temporary.write_all(file.after.as_bytes())?;
    if let Some(old) = old {
        keep_owner(temporary.as_file(), old);
        // After the owner: a new owner clears the set-user-id bit. The umask has no say here.
        temporary.as_file().set_permissions(old.permissions())?;
    }
    temporary.as_file().sync_all()?;
    Ok(temporary)
}

/// Only root may give a file away, and others may choose among their own groups: what is not permitted is left.
#[cfg(unix)]
fn keep_owner(new: &File, old: &Metadata) {
    let Ok(now) = new.metadata() else { return };
    if now.gid() != old.gid() {
        let _ = fchown(new, None, Some(old.gid()));
    }
    if now.uid() != old.uid() {
        let _ = fchown(new, Some(old.uid()), None);
    }
}

#[cfg(not(unix))]
fn keep_owner(_new: &File, _old: &Metadata) {}

/// Make the rename itself outlive a power cut. Not every file system can; the file is whole either way.
fn remember(parent: &Utf8Path) {
    let _ = File::open(parent).and_then(|dir| dir.sync_all());
}

fn stays_inside(file: &FilePatch, target: &Utf8Path, root: &Utf8Path) -> Result<(), Problem> {
    match target.starts_with(root) {
        true => Ok(()),
        false => Err(leads_outside(&file.path, target, root)),
    }
}

fn may_be_replaced(file: &FilePatch, target: &Utf8Path, old: &Metadata) -> Result<(), Problem> {
    if !old.is_file() {
        return Err(refused(file, "is no longer a regular file"));
    }
    // A rename asks only the directory. What may not be written in place is not replaced either.
    if let Err(error) = OpenOptions::new().write(true).open(target) {
        let help = "make it writable, then run again";
        return Err(refused(file, format!("cannot be written: {}", reason(&error))).help(help));
    }
    #[cfg(unix)]
    if old.nlink() > 1 {
        let message = format!("has {} hard links, which a rewrite would part", old.nlink());
        let help = "use `--patch FILE` and patch(1), or replace the links by symbolic links";
        return Err(refused(file, message).help(help));
    }
    Ok(())
}

fn unchanged(file: &FilePatch, target: &Utf8Path, before: &[u8]) -> Result<(), Problem> {
    if read(file, target)? == before {
        return Ok(());
    }
    Err(refused(file, "changed on disk since it was read").help("run again"))
}

fn read(file: &FilePatch, target: &Utf8Path) -> Result<Vec<u8>, Problem> {
    fs::read(target).map_err(|e| unread(file, &e))
}

fn parent_of<'p>(file: &FilePatch, path: &'p Utf8Path) -> Result<&'p Utf8Path, Problem> {
    path.parent().ok_or_else(|| refused(file, "is a directory"))
}

fn exists(file: &FilePatch) -> Problem {
    refused(file, "was to be created, but exists").help("run again")
}

fn unread(file: &FilePatch, error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::NotFound => refused(file, "vanished since it was read").help("run again"),
        _ => refused(file, format!("cannot be read again: {}", cause(error))),
    }
}

fn unwritten(file: &FilePatch, error: &io::Error) -> Problem {
    refused(file, format!("cannot be written: {}", cause(error)))
}

fn refused(file: &FilePatch, message: impl Into<String>) -> Problem {
    Problem::new(Utf8PathBuf::clone(&file.path), message)
}

/// The kind of failure, without the name of the temporary file, which says nothing to the reader.
fn cause(error: &io::Error) -> String {
    match error.kind().to_string() {
        kind if kind.contains("uncategorized") || kind == "other error" => error.to_string(),
        kind => kind,
    }
}

#[cfg(test)]
mod tests;
