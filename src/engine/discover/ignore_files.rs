//! Files that say what a walk leaves out, looked at before the walk reads them.
//!
//! The walk opens whatever is called `.gitignore`: a pipe of that name would block it for ever, a link to `/dev/zero`
//! would fill the memory, and a link to a file of the user would be read. git does not follow such links either.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};

use crate::problem::Problem;
use crate::tree::{Tree, admit_named};

/// A list of what to leave out that a person wrote is not larger, in bytes. It is compiled for each directory.
const LARGEST: u64 = 256 * 1024;

/// What git writes into a `.git` that is a file, and into `commondir`: one path.
const LONGEST_PATH: u64 = 8 * 1024;

/// What is wrong with a file, if it is there, and which one it is.
type Check = fn(&Utf8Path, u64) -> Option<(Utf8PathBuf, &'static str)>;

/// Why the directory `directory` (absolute) cannot be walked: one of its files that say what to leave out is none that
/// can be read, or a symbolic link leads from it out of its repository.
pub(super) fn unusable(directory: &Utf8Path) -> Option<Problem> {
    told(directory, fault)
}

/// The same of a directory above those that are walked, whose links may be the user's own and lead anywhere.
pub(super) fn unusable_above(directory: &Utf8Path) -> Option<Problem> {
    told(directory, fault_of)
}

fn told(directory: &Utf8Path, check: Check) -> Option<Problem> {
    let own = [".gitignore", ".ignore"].map(|name| directory.join(name));
    let fault = own.iter().find_map(|file| check(file, LARGEST));
    let (file, fault) = fault.or_else(|| faulty_repository(directory, check))?;
    let message = format!("{fault}; its folder is left alone");
    Some(Problem::new(file, message).help("mend or remove it"))
}

/// The same for what the walk reads of a repository: `info/exclude`, wherever a `.git` that is a file says that it is.
fn faulty_repository(directory: &Utf8Path, check: Check) -> Option<(Utf8PathBuf, &'static str)> {
    let git = directory.join(".git");
    // Nearly always it is not there, which one look says.
    fs::symlink_metadata(&git).ok()?;
    if git.is_dir() {
        return check(&git.join("info/exclude"), LARGEST);
    }
    if let Some(fault) = check(&git, LONGEST_PATH) {
        return Some(fault);
    }
    let line = first_line(&git)?;
    let pointer = Utf8Path::new(line.strip_prefix("gitdir: ")?);
    // git starts at the directory of the file, the walk at the current one.
    let mut admins = [directory.join(pointer), pointer.to_owned()].into_iter();
    let fault = admins.find_map(|admin| faulty_admin(&admin))?;
    Some((git, fault))
}

fn faulty_admin(admin: &Utf8Path) -> Option<&'static str> {
    let common = admin.join("commondir");
    if let Some((_, fault)) = fault_of(&common, LONGEST_PATH) {
        return Some(fault);
    }
    let common = admin.join(first_line(&common)?);
    fault_of(&common.join("info/exclude"), LARGEST).map(|(_, fault)| fault)
}

fn first_line(file: &Utf8Path) -> Option<String> {
    admit_named(file).ok()?;
    let text = fs::read_to_string(file).ok()?;
    text.lines().next().map(str::to_owned)
}

/// What is wrong with `file`, if it is there: also that a symbolic link leads from it out of its repository.
fn fault(file: &Utf8Path, largest: u64) -> Option<(Utf8PathBuf, &'static str)> {
    if !fs::symlink_metadata(file).ok()?.is_symlink() {
        return fault_of(file, largest);
    }
    let inside = Tree::around(file.parent()?).holds(file);
    match inside {
        true => fault_of(file, largest),
        false => Some((file.to_owned(), "is a symbolic link out of the repository")),
    }
}

fn fault_of(file: &Utf8Path, largest: u64) -> Option<(Utf8PathBuf, &'static str)> {
    let metadata = fs::metadata(file).ok()?;
    let fault = match metadata.is_file() {
        true if metadata.len() > largest => "is too large",
        true => return None,
        // Opening a directory neither blocks nor gives anything.
        false if metadata.is_dir() => return None,
        false => "is not a regular file",
    };
    Some((file.to_owned(), fault))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use camino::{Utf8Path, Utf8PathBuf};

    use super::{unusable, unusable_above};

    fn fault(make: impl FnOnce(&Utf8Path)) -> Option<String> {
        let guard = tempfile::tempdir().unwrap();
        let top = Utf8Path::from_path(guard.path()).unwrap();
        let repo: Utf8PathBuf = top.canonicalize_utf8().unwrap().join("repo");
        fs::create_dir_all(&repo).unwrap();
        make(&repo);
        unusable(&repo).map(|problem| {
            let name = problem.path.strip_prefix(&repo).unwrap().to_owned();
            format!("{name} {}", problem.message)
        })
    }

    fn pipe(path: &Utf8Path) {
        let made = std::process::Command::new("mkfifo").arg(path).status();
        assert!(made.unwrap().success());
    }

    #[test]
    fn plain_lists_are_fine() {
        assert_eq!(fault(|_| {}), None);
        let plain = |repo: &Utf8Path| {
            fs::create_dir_all(repo.join(".git/info")).unwrap();
            fs::write(repo.join(".git/info/exclude"), "x").unwrap();
            fs::write(repo.join("list"), "build/").unwrap();
            symlink("list", repo.join(".gitignore")).unwrap();
            symlink("nowhere", repo.join(".ignore")).unwrap();
        };
        assert_eq!(fault(plain), None);
    }

    #[test]
    fn what_would_block_or_never_end_is_named() {
        let left = "its folder is left alone";
        let zero = fault(|repo| symlink("/dev/zero", repo.join(".gitignore")).unwrap());
        let out = format!(".gitignore is a symbolic link out of the repository; {left}");
        assert_eq!(zero, Some(out));
        let piped = fault(|repo| pipe(&repo.join(".ignore")));
        assert_eq!(
            piped,
            Some(format!(".ignore is not a regular file; {left}"))
        );
        let large = |repo: &Utf8Path| {
            let hole = fs::File::create(repo.join(".gitignore")).unwrap();
            hole.set_len(2_000_000).unwrap();
        };
        assert_eq!(
            fault(large),
            Some(format!(".gitignore is too large; {left}"))
        );
        let exclude = |repo: &Utf8Path| {
            fs::create_dir_all(repo.join(".git/info")).unwrap();
            pipe(&repo.join(".git/info/exclude"));
        };
        let want = format!(".git/info/exclude is not a regular file; {left}");
        assert_eq!(fault(exclude), Some(want));
    }

    #[test]
    fn above_the_walk_links_are_the_users_own() {
        let guard = tempfile::tempdir().unwrap();
        let top = Utf8Path::from_path(guard.path()).unwrap();
        let (above, list) = (top.join("above"), top.join("list"));
        fs::create_dir(&above).unwrap();
        fs::write(&list, "").unwrap();
        symlink(&list, above.join(".gitignore")).unwrap();
        assert!(unusable(&above).is_some());
        assert_eq!(unusable_above(&above), None);
        pipe(&above.join(".ignore"));
        assert!(unusable_above(&above).is_some());
    }

    #[test]
    fn a_git_file_leads_to_plain_files_only() {
        let left = "its folder is left alone";
        let common = |repo: &Utf8Path| {
            fs::create_dir_all(repo.join("admin")).unwrap();
            pipe(&repo.join("admin/commondir"));
            fs::write(repo.join(".git"), "gitdir: admin\n").unwrap();
        };
        assert_eq!(
            fault(common),
            Some(format!(".git is not a regular file; {left}"))
        );
        let piped = fault(|repo| pipe(&repo.join(".git")));
        assert_eq!(piped, Some(format!(".git is not a regular file; {left}")));
        let module = |repo: &Utf8Path| {
            fs::create_dir_all(repo.join("admin/info")).unwrap();
            fs::write(repo.join("admin/commondir"), ".\n").unwrap();
            fs::write(repo.join(".git"), "gitdir: admin\n").unwrap();
        };
        assert_eq!(fault(module), None);
    }
}
