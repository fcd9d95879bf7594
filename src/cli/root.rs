//! The directory that the names in a patch start at.
//!
//! `git apply` works in the root of the repository and follows no symbolic links, so a patch names the real files. A run
//! refuses changes of what lies outside of its project long before; here the same is made sure once more, of each file
//! and of its own project, whatever came before.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::leads_outside;
use codemend_engine::patch::FilePatch;
use codemend_engine::pipeline::project_of;
use codemend_engine::problem::Problem;

/// Files of a patch under the names they really have, and the directory that those start at.
pub struct Rooted {
    pub root: Utf8PathBuf,
    pub files: Vec<FilePatch>,
    /// One for each file that is left out: a symbolic link leads from it out of the project.
    pub problems: Vec<Problem>,
}

impl Rooted {
    /// `files` with symbolic links resolved, sorted; a file that was reached under several names stands there once.
    pub fn new(files: &[FilePatch], cwd: &Utf8Path) -> Self {
        let mut projects = BTreeMap::new();
        let mut inside = BTreeMap::new();
        let mut problems = Vec::new();
        for file in files {
            let path = real(&file.path);
            let directory = file.path.parent().unwrap_or(&file.path);
            let project = projects.entry(directory.to_owned());
            let project =
                project.or_insert_with(|| real(&project_of(std::slice::from_ref(&file.path))));
            if path.starts_with(&*project) {
                let named = || FilePatch {
                    path: path.clone(),
                    ..file.clone()
                };
                inside.entry(path.clone()).or_insert_with(named);
            } else {
                problems.push(leads_outside(&file.path, &path, project));
            }
        }
        let files: Vec<_> = inside.into_values().collect();
        let root = root(&files, cwd);
        Self {
            root,
            files,
            problems,
        }
    }
}

/// The nearest directory above all `files` that holds a `.git`; else `cwd`, when all are below it; else the nearest
/// directory above all of them.
fn root(files: &[FilePatch], cwd: &Utf8Path) -> Utf8PathBuf {
    let Some(common) = common_directory(files) else {
        return cwd.to_owned();
    };
    let mut above = common.ancestors();
    if let Some(repository) = above.find(|dir| dir.join(".git").exists()) {
        return repository.to_owned();
    }
    match common.starts_with(cwd) {
        true => cwd.to_owned(),
        false => common.to_owned(),
    }
}

fn common_directory(files: &[FilePatch]) -> Option<&Utf8Path> {
    let first = files.first()?.path.parent()?;
    let holds_all = |dir: &&Utf8Path| files.iter().all(|file| file.path.starts_with(dir));
    first.ancestors().find(holds_all)
}

/// `path` with its symbolic links resolved; of a file that is still to be made, those of its directory.
pub fn real(path: &Utf8Path) -> Utf8PathBuf {
    let real = path.ancestors().find_map(|standing| {
        let rest = path.strip_prefix(standing).ok()?;
        let standing = standing.canonicalize_utf8().ok()?;
        Some(if rest == "" {
            standing
        } else {
            standing.join(rest)
        })
    });
    real.unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use camino::{Utf8Path, Utf8PathBuf};
    use codemend_engine::patch::FilePatch;

    use super::{Rooted, root};

    fn files(paths: &[Utf8PathBuf]) -> Vec<FilePatch> {
        let file = |path: &Utf8PathBuf| FilePatch::new(path, Some("a\n".into()), "b\n");
        paths.iter().map(file).collect()
    }

    #[test]
    fn the_repository_then_here_then_what_holds_all() {
        let dir = tempfile::tempdir().unwrap();
        let top = Utf8Path::from_path(dir.path()).unwrap();
        fs::create_dir_all(top.join("repo/.git")).unwrap();
        let (a, b) = (top.join("repo/app/a.py"), top.join("other/b.py"));
        assert_eq!(
            root(&files(std::slice::from_ref(&a)), &top.join("repo/app")),
            top.join("repo")
        );
        assert_eq!(root(&files(&[a.clone(), b.clone()]), top), top);
        assert_eq!(root(&files(&[a, b.clone()]), &top.join("other")), top);
        assert_eq!(root(&files(std::slice::from_ref(&b)), top), top);
        assert_eq!(root(&files(&[b]), &top.join("repo")), top.join("other"));
        assert_eq!(root(&[], top), top);
    }

    #[test]
    fn links_stand_for_their_files() {
        let dir = tempfile::tempdir().unwrap();
        let top = Utf8Path::from_path(dir.path())
            .unwrap()
            .canonicalize_utf8()
            .unwrap();
        fs::create_dir_all(top.join("real")).unwrap();
        fs::write(top.join("real/a.py"), "a\n").unwrap();
        symlink("real", top.join("link")).unwrap();
        let named = [
            top.join("link/a.py"),
            top.join("real/a.py"),
            top.join("link/new.py"),
        ];
        let rooted = Rooted::new(&files(&named), &top);
        let names: Vec<_> = rooted.files.iter().map(|file| file.path.clone()).collect();
        assert_eq!(names, [top.join("real/a.py"), top.join("real/new.py")]);
    }

    /// One link out of the project must not move the names of all the others.
    #[test]
    fn links_out_of_the_project_are_left_out() {
        let dir = tempfile::tempdir().unwrap();
        let top = Utf8Path::from_path(dir.path())
            .unwrap()
            .canonicalize_utf8()
            .unwrap();
        fs::create_dir_all(top.join("repo/.git")).unwrap();
        fs::write(top.join("outside.py"), "a\n").unwrap();
        symlink("../outside.py", top.join("repo/link.py")).unwrap();
        let named = [top.join("repo/a.py"), top.join("repo/link.py")];
        let rooted = Rooted::new(&files(&named), &top);
        assert_eq!(rooted.root, top.join("repo"));
        assert_eq!(rooted.files.len(), 1);
        assert_eq!(rooted.problems[0].path, top.join("repo/link.py"));
    }
}
