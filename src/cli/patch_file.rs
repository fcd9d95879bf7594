//! `--patch FILE`: the patch of the whole run in one file.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Context;

use codemend_engine::source::reason;

/// Put `patch` into the file `path`: whole or not at all. A device or a pipe is written to.
///
/// # Errors
/// The file cannot be written; the message names it.
pub fn write(path: &Path, patch: &[u8]) -> anyhow::Result<()> {
    let written = match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => fs::write(path, patch),
        _ => replace(path, patch),
    };
    let written = written.map_err(|error| anyhow::anyhow!(reason(&error)));
    written.with_context(|| format!("cannot write the patch `{}`", path.display()))
}

fn replace(path: &Path, patch: &[u8]) -> std::io::Result<()> {
    // A symbolic link stays one.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let directory = match target.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".codemend-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut temporary = builder.tempfile_in(directory)?;
    temporary.write_all(patch)?;
    temporary.as_file().sync_all()?;
    temporary.persist(&target).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::write;

    #[test]
    fn replaces_files_and_writes_to_devices() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.patch");
        write(&path, b"old").unwrap();
        write(&path, b"").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        write("/dev/null".as_ref(), b"x").unwrap();
        assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
        let error = write(&dir.path().join("no/x.patch"), b"").unwrap_err();
        assert!(format!("{error:#}").ends_with("no/x.patch`: no such file or directory"));
    }
}
