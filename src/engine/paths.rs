//! Paths as people see them: from the current directory on. Every message names a file in this way.

use camino::{Utf8Path, Utf8PathBuf};

/// `path` as seen from `cwd`. A path that shares no directory with it stays absolute.
pub fn relative(path: &Utf8Path, cwd: &Utf8Path) -> Utf8PathBuf {
    let first = |path: &Utf8Path| path.components().nth(1).map(|part| part.to_string());
    if path.is_absolute() && !path.starts_with(cwd) && first(path) != first(cwd) {
        return path.to_owned();
    }
    match pathdiff::diff_utf8_paths(path, cwd) {
        Some(relative) if path.is_absolute() && relative != "" => relative,
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::relative;

    #[test]
    fn paths_as_seen_from_here() {
        let seen = |path: &str, cwd: &str| relative(path.into(), cwd.into()).into_string();
        assert_eq!(seen("/repo/app/x.py", "/repo"), "app/x.py");
        assert_eq!(seen("/repo/lib/x.py", "/repo/app"), "../lib/x.py");
        assert_eq!(seen("/other/x.py", "/repo/app"), "/other/x.py");
        assert_eq!(seen("/other/x.py", "/"), "other/x.py");
        assert_eq!(seen("as/given.py", "/repo"), "as/given.py");
    }
}
