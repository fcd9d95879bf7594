//! Paths between the user and the engine: absolute on the way in, relative to the current directory on the way out.

use std::collections::HashSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use codemend_engine::own_path;
pub use codemend_engine::paths::relative;
use codemend_engine::problem::Problem;
use codemend_engine::source::reason;

/// The current directory.
///
/// # Errors
/// It is gone, or its name is no UTF-8.
pub fn current_directory() -> anyhow::Result<Utf8PathBuf> {
    let directory = env::current_dir().context("cannot find the current directory")?;
    Utf8PathBuf::from_path_buf(directory).map_err(|directory| {
        let shown = directory.to_string_lossy();
        anyhow::anyhow!("the current directory `{shown}` is not UTF-8")
    })
}

/// The paths that exist, absolute and without symbolic links, in order, each once; and a problem for each of the
/// others, and for those that a link of a project leads out of it from.
pub fn existing(paths: &[PathBuf], cwd: &Utf8Path) -> (Vec<Utf8PathBuf>, Vec<Problem>) {
    let mut found = Vec::new();
    let mut known = HashSet::new();
    let mut problems = Vec::new();
    for path in paths {
        match exists(path, cwd) {
            Ok(path) if !known.insert(path.clone()) => {}
            Ok(path) => found.push(path),
            Err(problem) => problems.push(problem),
        }
    }
    (found, problems)
}

fn exists(path: &Path, cwd: &Utf8Path) -> Result<Utf8PathBuf, Problem> {
    let path = utf8(path)?;
    match fs::metadata(path) {
        Ok(_) => own_path(&absolute(path, cwd)).map_err(|problem| Problem {
            path: path.to_owned(),
            ..problem
        }),
        Err(error) => Err(Problem::new(path, reason(&error))),
    }
}

/// `path` as text.
///
/// # Errors
/// It is no UTF-8.
pub fn utf8(path: &Path) -> Result<&Utf8Path, Problem> {
    Utf8Path::from_path(path).ok_or_else(|| {
        let problem = Problem::new(&*path.to_string_lossy(), "file name is not UTF-8");
        problem.help("rename it, or name its directory")
    })
}

/// `path` from the root directory on, without `.` and `..`. Symbolic links stay, save where a `..` follows them: there
/// the system would follow them too.
pub fn absolute(path: &Utf8Path, cwd: &Utf8Path) -> Utf8PathBuf {
    let mut absolute = Utf8PathBuf::new();
    for part in cwd.join(path).components() {
        match part {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir => {
                absolute = absolute.canonicalize_utf8().unwrap_or(absolute);
                absolute.pop();
            }
            part => absolute.push(part),
        }
    }
    absolute
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::{absolute, existing};

    #[test]
    fn parents_of_links_are_those_of_the_system() {
        let dir = tempfile::tempdir().unwrap();
        let cwd = Utf8Path::from_path(dir.path())
            .unwrap()
            .canonicalize_utf8()
            .unwrap();
        std::fs::create_dir_all(cwd.join("real/deep")).unwrap();
        std::os::unix::fs::symlink("real/deep", cwd.join("link")).unwrap();
        assert_eq!(absolute("link/../x.py".into(), &cwd), cwd.join("real/x.py"));
        assert_eq!(absolute("./link/x.py".into(), &cwd), cwd.join("link/x.py"));
        assert_eq!(absolute(".".into(), &cwd), cwd);
    }

    #[test]
    fn missing_and_unreadable_names_are_problems() {
        use std::os::unix::ffi::OsStringExt;
        let dir = tempfile::tempdir().unwrap();
        let cwd = Utf8Path::from_path(dir.path()).unwrap();
        let odd = std::ffi::OsString::from_vec(b"caf\xe9.py".to_vec());
        let given = [
            dir.path().into(),
            dir.path().into(),
            "/nowhere.py".into(),
            odd.into(),
        ];
        let (found, problems) = existing(&given, cwd);
        assert_eq!(found, [cwd]);
        assert_eq!(problems[0].message, "no such file or directory");
        assert_eq!(problems[1].message, "file name is not UTF-8");
    }
}
