//! The path that a path which the user names really is.
//!
//! A run works on real paths, so a file has one name whichever link was named. A shell that puts names in place of `*`
//! names links of a stranger's repository too: one that leads out of it is not the user's word.

use camino::{Utf8Path, Utf8PathBuf};

use super::bounds::Bounds;
use crate::problem::Problem;
use crate::source::reason;
use crate::tree::{Tree, real};

/// `path` (absolute; a file or a directory) without symbolic links.
///
/// A directory that is a symbolic link stands for the one that it leads to: what is walked is real files below that.
/// Links below it that are directories are not followed.
///
/// # Errors
/// It is not there, its real name is not UTF-8, or a symbolic link on the way leads out of the project that the link
/// stands in.
pub fn own_path(path: &Utf8Path) -> Result<Utf8PathBuf, Problem> {
    let own = path.canonicalize_utf8();
    let own = own.map_err(|error| Problem::new(path, reason(&error)))?;
    if own == path {
        return Ok(own);
    }
    let links = path.ancestors().filter(|above| above.is_symlink());
    for link in links {
        let Some(project) = link.parent().and_then(Bounds::surrounding) else {
            continue;
        };
        let tree = Tree::below(project);
        if !tree.holds(link) {
            return Err(leads_outside(path, &real(link), tree.top()));
        }
    }
    Ok(own)
}

/// The problem of `path`, which is really `target`, and so not below the project `top`.
pub fn leads_outside(path: &Utf8Path, target: &Utf8Path, top: &Utf8Path) -> Problem {
    let message =
        format!("leads through a symbolic link to `{target}`, outside the project `{top}`");
    Problem::new(path, message).help("name the linked file or directory itself")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use camino::Utf8Path;

    use super::own_path;

    #[test]
    fn links_of_a_project_stay_in_it_and_those_of_the_user_lead_anywhere() {
        let guard = tempfile::tempdir().unwrap();
        let top = Utf8Path::from_path(guard.path()).unwrap();
        let top = top.canonicalize_utf8().unwrap();
        for folder in ["repo/.git", "repo/real", "mine/.git"] {
            fs::create_dir_all(top.join(folder)).unwrap();
        }
        for file in ["repo/real/a.py", "mine/b.py"] {
            fs::write(top.join(file), "").unwrap();
        }
        symlink("real", top.join("repo/inside")).unwrap();
        symlink("../mine", top.join("repo/outside")).unwrap();
        symlink("../mine/b.py", top.join("repo/b.py")).unwrap();
        symlink("repo", top.join("work")).unwrap();
        let own = |path: &str| own_path(&top.join(path));
        assert_eq!(own("repo/inside/a.py"), Ok(top.join("repo/real/a.py")));
        assert_eq!(own("work/real"), Ok(top.join("repo/real")));
        assert_eq!(own("repo"), Ok(top.join("repo")));
        for out in [
            "repo/outside",
            "repo/outside/b.py",
            "repo/b.py",
            "work/b.py",
        ] {
            let problem = own(out).unwrap_err();
            assert_eq!(problem.path, top.join(out));
            assert!(
                problem.message.contains("outside the project"),
                "{problem:?}"
            );
        }
    }
}
