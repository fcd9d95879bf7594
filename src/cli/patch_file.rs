//! `--patch FILE`: the patch of the whole run in one file.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};
use camino::Utf8Path;
use codemend_engine::own_path;
use codemend_engine::source::reason;

use super::paths;

/// Put `patch` into the file `path`: whole or not at all. A device or a pipe is written to.
///
/// # Errors
/// The file cannot be written, or a symbolic link of a project leads from it out of that; the message names it.
pub fn write(path: &Path, patch: &[u8]) -> anyhow::Result<()> {
    write_named("patch", path, patch)
}

/// The same for other things that a person asked for; messages call it `what`.
///
/// # Errors
/// As [`write`].
pub fn write_named(what: &str, path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    stays_inside(what, path)?;
    let written = match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => fs::write(path, bytes),
        _ => replace(path, bytes),
    };
    let written = written.map_err(|error| anyhow::anyhow!(reason(&error)));
    written.with_context(|| format!("cannot write the {what} `{}`", path.display()))
}

/// A stranger's repository may hold a link of that very name: what it leads to is not to be written over.
fn stays_inside(what: &str, path: &Path) -> anyhow::Result<()> {
    let Some(path) = Utf8Path::from_path(path) else {
        return Ok(());
    };
    let absolute = paths::absolute(path, &paths::current_directory()?);
    let directory = absolute.parent().unwrap_or(&absolute);
    for standing in [absolute.as_path(), directory] {
        if standing.exists()
            && let Err(problem) = own_path(standing)
        {
            bail!("cannot write the {what} `{path}`: it {}", problem.message);
        }
    }
    Ok(())
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

    #[test]
    fn links_out_of_a_project_are_not_written_through() {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().canonicalize().unwrap();
        std::fs::create_dir_all(top.join("repo/.git")).unwrap();
        std::fs::create_dir_all(top.join("mine")).unwrap();
        std::fs::write(top.join("mine/rc"), "old").unwrap();
        std::fs::write(top.join("repo/real.patch"), "old").unwrap();
        for (to, link) in [
            ("../mine/rc", "repo/out.patch"),
            ("../mine", "repo/folder"),
            ("/dev/null", "repo/device.patch"),
            ("real.patch", "repo/in.patch"),
        ] {
            std::os::unix::fs::symlink(to, top.join(link)).unwrap();
        }
        for out in [
            "repo/out.patch",
            "repo/folder/new.patch",
            "repo/device.patch",
        ] {
            let error = write(&top.join(out), b"new").unwrap_err();
            assert!(
                format!("{error:#}").contains("outside the project"),
                "{error:#}"
            );
        }
        assert_eq!(std::fs::read(top.join("mine/rc")).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(top.join("mine")).unwrap().count(), 1);
        write(&top.join("repo/in.patch"), b"new").unwrap();
        assert_eq!(std::fs::read(top.join("repo/real.patch")).unwrap(), b"new");
        assert!(top.join("repo/in.patch").is_symlink());
    }
}
