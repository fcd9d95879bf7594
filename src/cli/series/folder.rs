//! The directory of a series: its patches take the places of an earlier series all at once, or not at all.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use camino::Utf8Path;
use codemend_engine::own_path;
use codemend_engine::source::reason;
use tempfile::{Builder, NamedTempFile};

use super::super::paths;
use super::is_ours;

/// Put `patches` (name and text) into `directory` in place of those of an earlier run. Other files stay as they are.
/// Without patches the directory is not made.
///
/// # Errors
/// It cannot be written, or holds a numbered patch that is not codemend's; nothing has changed then.
pub fn replace(directory: &Path, patches: &[(String, String)]) -> anyhow::Result<()> {
    let shown = directory.display().to_string();
    let cannot = || format!("cannot write the series `{shown}`");
    stays_inside(directory).with_context(cannot)?;
    let standing = standing(directory).with_context(cannot)?;
    if patches.is_empty() && standing.is_empty() {
        return Ok(());
    }
    let made = make(directory).with_context(cannot)?;
    let placed = prepared(directory, patches)
        .map_err(|error| anyhow!(reason(&error)))
        .and_then(|prepared| exchange(directory, prepared, &standing));
    if placed.is_err() {
        // Only what is empty and was not there goes.
        for directory in made.iter().rev() {
            let _ = fs::remove_dir(directory);
        }
    }
    placed.with_context(cannot)
}

/// A stranger's repository may hold a link of that very name.
fn stays_inside(directory: &Path) -> anyhow::Result<()> {
    let Some(path) = Utf8Path::from_path(directory) else {
        return Ok(());
    };
    let absolute = paths::absolute(path, &paths::current_directory()?);
    let mut above = absolute.ancestors();
    // A link that leads nowhere would be followed by whoever makes the directory.
    let Some(nearest) = above.find(|path| path.symlink_metadata().is_ok()) else {
        return Ok(());
    };
    match own_path(nearest) {
        Ok(_) => Ok(()),
        Err(problem) => bail!("it {}", problem.message),
    }
}

/// The patches of an earlier run that lie in `directory`.
fn standing(directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| anyhow!(reason(&error)))?,
    };
    let mut standing = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| anyhow!(reason(&error)))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !is_numbered(&name) {
            continue;
        }
        let path = entry.path();
        let is_file = path.symlink_metadata().is_ok_and(|it| it.is_file());
        if !is_file || !fs::read(&path).is_ok_and(|text| is_ours(&String::from_utf8_lossy(&text))) {
            bail!("it holds `{name}`, which is not from codemend; name another directory");
        }
        standing.push(path);
    }
    standing.sort();
    Ok(standing)
}

/// `0001-what.patch`
fn is_numbered(name: &str) -> bool {
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    digits >= 4 && name[digits..].starts_with('-') && name.ends_with(".patch")
}

/// Make `directory` and what is missing above it; gives those that were made, the upper ones first.
fn make(directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let above = directory.ancestors().filter(|one| *one != Path::new(""));
    let mut missing: Vec<PathBuf> = above
        .take_while(|one| one.symlink_metadata().is_err())
        .map(Path::to_owned)
        .collect();
    missing.reverse();
    fs::create_dir_all(directory).map_err(|error| anyhow!(reason(&error)))?;
    Ok(missing)
}

/// The patches, written beside their places.
fn prepared(
    directory: &Path,
    patches: &[(String, String)],
) -> std::io::Result<Vec<(PathBuf, NamedTempFile)>> {
    let mut builder = Builder::new();
    builder.prefix(".codemend-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut prepared = Vec::new();
    for (name, text) in patches {
        let mut file = builder.tempfile_in(directory)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        prepared.push((directory.join(name), file));
    }
    Ok(prepared)
}

/// Move `standing` aside and `prepared` in; when that fails on the way, everything back.
fn exchange(
    directory: &Path,
    prepared: Vec<(PathBuf, NamedTempFile)>,
    standing: &[PathBuf],
) -> anyhow::Result<()> {
    let aside = Builder::new().prefix(".codemend-").tempdir_in(directory);
    let aside = aside.map_err(|error| anyhow!(reason(&error)))?;
    let mut moved = Vec::new();
    let mut placed = Vec::new();
    let mut done = Ok(());
    for old in standing {
        let kept = aside.path().join(old.file_name().unwrap_or_default());
        done = done.and_then(|()| fs::rename(old, &kept));
        if done.is_ok() {
            moved.push((kept, old));
        }
    }
    for (path, file) in prepared {
        done = done.and_then(|()| file.persist_noclobber(&path).map(drop).map_err(Into::into));
        if done.is_ok() {
            placed.push(path);
        }
    }
    let Err(error) = done else {
        return Ok(());
    };
    for path in placed {
        let _ = fs::remove_file(path);
    }
    let stuck = moved
        .iter()
        .filter(|(kept, old)| fs::rename(kept, old).is_err());
    if stuck.count() > 0 {
        let kept = aside.keep();
        bail!(
            "{}; the earlier patches are in `{}`",
            reason(&error),
            kept.display()
        );
    }
    bail!(reason(&error))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::super::mail::MAILER;
    use super::replace;

    fn patch(name: &str, text: &str) -> (String, String) {
        (name.into(), format!("From 0\n{MAILER}0.1.0\n\n{text}\n"))
    }

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap().flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_series_takes_the_place_of_an_earlier_one() {
        let dir = tempfile::tempdir().unwrap();
        let series = dir.path().join("a/series");
        replace(&series, &[]).unwrap();
        assert!(!dir.path().join("a").exists());
        let three = ["0001-a.patch", "0002-b.patch", "0003-c.patch"];
        replace(&series, &three.map(|name| patch(name, "old"))).unwrap();
        fs::write(series.join("notes.txt"), "mine").unwrap();
        fs::write(series.join("my.patch"), "mine").unwrap();
        replace(&series, &[patch("0001-b.patch", "new")]).unwrap();
        assert_eq!(names(&series), ["0001-b.patch", "my.patch", "notes.txt"]);
        replace(&series, &[]).unwrap();
        assert_eq!(names(&series), ["my.patch", "notes.txt"]);
    }

    #[test]
    fn patches_of_others_are_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let theirs = format!("From 1\nSubject: x\n\n{MAILER}0.1.0\n");
        fs::write(dir.path().join("0007-x.patch"), theirs).unwrap();
        let error = replace(dir.path(), &[patch("0001-a.patch", "")]).unwrap_err();
        let error = format!("{error:#}");
        assert!(
            error.contains("holds `0007-x.patch`, which is not from codemend"),
            "{error}"
        );
        assert_eq!(names(dir.path()), ["0007-x.patch"]);
    }

    /// What cannot be put in place leaves everything as it was.
    #[test]
    fn nothing_is_lost_on_the_way() {
        let dir = tempfile::tempdir().unwrap();
        replace(
            dir.path(),
            &[patch("0001-a.patch", "old"), patch("0002-b.patch", "old")],
        )
        .unwrap();
        fs::create_dir(dir.path().join("in-the-way")).unwrap();
        let new = [patch("0001-a.patch", "new"), patch("in-the-way", "new")];
        assert!(replace(dir.path(), &new).is_err());
        assert_eq!(
            names(dir.path()),
            ["0001-a.patch", "0002-b.patch", "in-the-way"]
        );
        let first = fs::read_to_string(dir.path().join("0001-a.patch")).unwrap();
        assert!(first.ends_with("old\n"), "{first}");
        // A directory that was made for nothing goes again.
        let fresh = dir.path().join("x/y");
        assert!(replace(&fresh, &[patch("no/0001-a.patch", "new")]).is_err());
        assert!(!dir.path().join("x").exists());
    }

    #[test]
    fn links_out_of_a_project_are_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().canonicalize().unwrap();
        fs::create_dir_all(top.join("repo/.git")).unwrap();
        fs::create_dir_all(top.join("mine")).unwrap();
        for (to, link) in [("../mine", "repo/out"), ("../gone", "repo/dangling")] {
            std::os::unix::fs::symlink(to, top.join(link)).unwrap();
        }
        for out in [
            "repo/out",
            "repo/out/series",
            "repo/dangling",
            "repo/dangling/x",
        ] {
            assert!(
                replace(&top.join(out), &[patch("0001-a.patch", "")]).is_err(),
                "{out}"
            );
        }
        assert!(names(&top.join("mine")).is_empty() && !top.join("gone").exists());
        replace(&top.join("repo/series"), &[patch("0001-a.patch", "")]).unwrap();
    }
}
