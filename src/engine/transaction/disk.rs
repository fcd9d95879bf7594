//! Every call to the system that the write path makes, one method each.
//!
//! A trait, so that a test can let any single call fail, or end the world at it, and look at what is left.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Write};

use camino::{Utf8Path, Utf8PathBuf};

/// What the write path asks of the system. Paths are absolute; no method follows a symbolic link in the last part of
/// its path, except those that say so.
pub trait Disk {
    /// What stands at `path`.
    fn look(&self, path: &Utf8Path) -> io::Result<Metadata>;
    /// The bytes of the regular file at `path`. Anything else is an error: opening a pipe would block.
    fn read(&self, path: &Utf8Path) -> io::Result<Vec<u8>>;
    /// Whether this user may write to the file at `path`.
    fn may_write(&self, path: &Utf8Path) -> io::Result<()>;
    /// Make a new file. Fails when `path` exists.
    fn create(&self, path: &Utf8Path, mode: Mode) -> io::Result<File>;
    /// Open the file at `path` for writing over its bytes, from the first on.
    fn open_to_overwrite(&self, path: &Utf8Path) -> io::Result<File>;
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()>;
    fn set_length(&self, file: &File, length: u64) -> io::Result<()>;
    /// Give `file` the owner, the group and the extended attributes of the file at `like`, as far as this user may,
    /// and its mode.
    fn dress(&self, file: &File, like: &Utf8Path) -> io::Result<()>;
    /// Give `file` this mode.
    fn set_mode(&self, file: &File, mode: u32) -> io::Result<()>;
    /// Wait until the bytes of `files` are on the disk.
    fn sync(&self, files: &[File]) -> io::Result<()>;
    /// Wait until the names in the directory at `path` are on the disk.
    fn sync_directory(&self, path: &Utf8Path) -> io::Result<()>;
    /// Let two names change places in one step. `Unsupported` where the system or the file system cannot.
    fn exchange(&self, one: &Utf8Path, other: &Utf8Path) -> io::Result<()>;
    /// Rename over what may stand at `to`.
    fn rename(&self, from: &Utf8Path, to: &Utf8Path) -> io::Result<()>;
    /// Rename; fails when `to` exists.
    fn rename_to_new(&self, from: &Utf8Path, to: &Utf8Path) -> io::Result<()>;
    fn remove(&self, path: &Utf8Path) -> io::Result<()>;
    fn make_directory(&self, path: &Utf8Path) -> io::Result<()>;
    /// Remove an empty directory.
    fn remove_directory(&self, path: &Utf8Path) -> io::Result<()>;
    /// The names in the directory at `path`, sorted; none when there is no such directory.
    fn list(&self, path: &Utf8Path) -> io::Result<Vec<String>>;
}

/// Who may do what with a file that is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Only its owner, until it is dressed.
    Private,
    /// What any program asks for a new file; the umask takes its part.
    Usual,
}

impl Mode {
    #[cfg(unix)]
    fn bits(self) -> u32 {
        match self {
            Self::Private => 0o600,
            Self::Usual => 0o666,
        }
    }
}

/// The disk itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Disk for System {
    fn look(&self, path: &Utf8Path) -> io::Result<Metadata> {
        fs::symlink_metadata(path)
    }

    fn read(&self, path: &Utf8Path) -> io::Result<Vec<u8>> {
        match fs::symlink_metadata(path)?.is_file() {
            true => fs::read(path),
            false => Err(io::Error::other("is not a regular file")),
        }
    }

    fn may_write(&self, path: &Utf8Path) -> io::Result<()> {
        #[cfg(unix)]
        {
            use rustix::fs::{Access, AtFlags, CWD, accessat};
            accessat(CWD, path.as_std_path(), Access::WRITE_OK, AtFlags::EACCESS)?;
            Ok(())
        }
        #[cfg(not(unix))]
        OpenOptions::new().write(true).open(path).map(drop)
    }

    fn create(&self, path: &Utf8Path, mode: Mode) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode.bits());
        #[cfg(not(unix))]
        let _ = mode;
        options.open(path)
    }

    fn open_to_overwrite(&self, path: &Utf8Path) -> io::Result<File> {
        OpenOptions::new().write(true).open(path)
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn set_length(&self, file: &File, length: u64) -> io::Result<()> {
        file.set_len(length)
    }

    fn dress(&self, file: &File, like: &Utf8Path) -> io::Result<()> {
        let old = fs::symlink_metadata(like)?;
        let permissions = keep_owner(file, &old)?;
        keep_attributes(file, like);
        // After the owner: a new owner clears the set-user-id bit. The umask has no say here.
        file.set_permissions(permissions)
    }

    #[cfg(unix)]
    fn set_mode(&self, file: &File, mode: u32) -> io::Result<()> {
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))
    }

    #[cfg(not(unix))]
    fn set_mode(&self, _file: &File, _mode: u32) -> io::Result<()> {
        Ok(())
    }

    fn sync(&self, files: &[File]) -> io::Result<()> {
        if files.len() > FEW && sync_file_systems(files).is_ok() {
            return Ok(());
        }
        files.iter().try_for_each(File::sync_all)
    }

    fn sync_directory(&self, path: &Utf8Path) -> io::Result<()> {
        match File::open(path).and_then(|directory| directory.sync_all()) {
            // Not every file system can; its files are whole either way.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            done => done,
        }
    }

    #[cfg(any(target_os = "linux", target_os = "macos"))]
    fn exchange(&self, one: &Utf8Path, other: &Utf8Path) -> io::Result<()> {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        let (one, other) = (one.as_std_path(), other.as_std_path());
        renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).map_err(unsupported)
    }

    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    fn exchange(&self, _one: &Utf8Path, _other: &Utf8Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn rename(&self, from: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn rename_to_new(&self, from: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
        #[cfg(any(target_os = "linux", target_os = "macos"))]
        {
            use rustix::fs::{CWD, RenameFlags, renameat_with};
            let (from, to) = (from.as_std_path(), to.as_std_path());
            let renamed = renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE);
            match renamed.map_err(unsupported) {
                Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
                done => return done,
            }
        }
        // A hard link fails where the name is taken.
        fs::hard_link(from, to)?;
        fs::remove_file(from)
    }

    fn remove(&self, path: &Utf8Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn make_directory(&self, path: &Utf8Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    fn remove_directory(&self, path: &Utf8Path) -> io::Result<()> {
        fs::remove_dir(path)
    }

    fn list(&self, path: &Utf8Path) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let names: io::Result<Vec<OsString>> =
            entries.map(|entry| Ok(entry?.file_name())).collect();
        // What is no UTF-8 is none of ours.
        let names = names?
            .into_iter()
            .filter_map(|name| name.into_string().ok());
        let mut names: Vec<String> = names.collect();
        names.sort();
        Ok(names)
    }
}

/// So many files are waited for one by one. For more, the disk writes all that it has at once.
const FEW: usize = 16;

/// Wait for everything on the file systems of `files`: one wait, where a thousand files would be a thousand.
#[cfg(target_os = "linux")]
fn sync_file_systems(files: &[File]) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let mut seen = std::collections::BTreeSet::new();
    for file in files {
        if seen.insert(file.metadata()?.dev()) {
            rustix::fs::syncfs(file)?;
        }
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn sync_file_systems(_files: &[File]) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// What the system says when it, or the file system, knows no exchange of names.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn unsupported(error: rustix::io::Errno) -> io::Error {
    use rustix::io::Errno;
    match error {
        Errno::INVAL | Errno::NOSYS | Errno::NOTSUP => io::ErrorKind::Unsupported.into(),
        error => error.into(),
    }
}

/// Only root may give a file away, and others may choose among their own groups: what is not permitted is left. Gives
/// the permissions that the file is to have: nobody gets more than before, because the owner or the group is another.
#[cfg(unix)]
fn keep_owner(new: &File, old: &Metadata) -> io::Result<Permissions> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let is = |found: io::Result<Metadata>, of: fn(&Metadata) -> u32| {
        found.is_ok_and(|found| of(&found) == of(old))
    };
    if !is(new.metadata(), MetadataExt::gid) {
        permitted(fchown(new, None, Some(old.gid())))?;
    }
    if !is(new.metadata(), MetadataExt::uid) {
        permitted(fchown(new, Some(old.uid()), None))?;
    }
    let mut mode = old.permissions().mode();
    let (same_user, same_group) = (
        is(new.metadata(), MetadataExt::uid),
        is(new.metadata(), MetadataExt::gid),
    );
    if !same_group {
        // Another group may do what everybody may.
        mode = (mode & !0o070) | ((mode & 0o007) << 3);
    }
    if !same_user || !same_group {
        mode &= !0o6000;
    }
    Ok(Permissions::from_mode(mode))
}

/// What the system does not permit is left.
#[cfg(unix)]
fn permitted(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        done => done,
    }
}

#[cfg(not(unix))]
fn keep_owner(_new: &File, old: &Metadata) -> io::Result<Permissions> {
    Ok(old.permissions())
}

/// Extended attributes, among them access control lists: those of the old file, and none that the directory gives to
/// new ones. What the system keeps for itself is left.
#[cfg(unix)]
fn keep_attributes(new: &File, old: &Utf8Path) {
    use xattr::FileExt;
    let Ok(names) = xattr::list(old) else { return };
    let names: Vec<OsString> = names.collect();
    for inherited in new.list_xattr().into_iter().flatten() {
        if !names.contains(&inherited) {
            let _ = new.remove_xattr(&inherited);
        }
    }
    for name in names {
        if let Ok(Some(value)) = xattr::get(old, &name) {
            let _ = new.set_xattr(&name, &value);
        }
    }
}

#[cfg(not(unix))]
fn keep_attributes(_new: &File, _old: &Utf8Path) {}

/// The directory that holds `path`.
pub(super) fn parent(path: &Utf8Path) -> &Utf8Path {
    path.parent().unwrap_or(Utf8Path::new("/"))
}

/// `name` in the directory that holds `path`.
pub(super) fn beside(path: &Utf8Path, name: &str) -> Utf8PathBuf {
    parent(path).join(name)
}
