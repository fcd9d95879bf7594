//! Real files in a temporary project. After each run the project holds nothing that codemend left lying about.

/// Say something that is seen also when the test passes: the test harness keeps what `println!` says.
macro_rules! announce {
    ($($part:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stderr(), $($part)*);
    }};
}

mod crash;
mod faults;
mod faulty;
mod files;
mod undoing;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::sync::atomic::AtomicBool;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

use super::{
    Applied, Disk, End, FileWrite, HardLinks, OnFailure, Recovered, Store, System, Terms, recover,
    write,
};
use crate::problem::Problem;

/// A project in a folder of its own. What lies beside it is `../`.
struct Project {
    _guard: TempDir,
    root: Utf8PathBuf,
    on_failure: OnFailure,
    hard_links: HardLinks,
    together: Vec<BTreeSet<Utf8PathBuf>>,
    stop: AtomicBool,
}

/// A file to write: name, text before, text after.
type Wish<'a> = (&'a str, Option<&'a str>, Option<&'a str>);

/// What a tree holds: for each path its mode and its bytes (of a link where it leads).
type Tree = BTreeMap<Utf8PathBuf, (u32, Vec<u8>)>;

impl Project {
    fn new() -> Self {
        let guard = tempfile::tempdir().unwrap();
        let top = Utf8Path::from_path(guard.path()).unwrap();
        let root = top.canonicalize_utf8().unwrap().join("project");
        fs::create_dir(&root).unwrap();
        Self {
            _guard: guard,
            root,
            on_failure: OnFailure::TakeBack,
            hard_links: HardLinks::Refuse,
            together: Vec::new(),
            stop: AtomicBool::new(false),
        }
    }

    fn of(files: &[(&str, &str)]) -> Self {
        let project = Self::new();
        for (name, text) in files {
            project.put(name, text);
        }
        project
    }

    fn keeping_going(mut self) -> Self {
        self.on_failure = OnFailure::KeepGoing;
        self
    }

    fn put(&self, name: &str, text: &str) -> Utf8PathBuf {
        let path = self.root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.root.join(name)).unwrap()
    }

    fn mode(&self, name: &str) -> u32 {
        fs::metadata(self.root.join(name)).unwrap().mode() & 0o7777
    }

    fn set_mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.root.join(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    fn store(&self) -> Store {
        Store::at(&self.root)
    }

    /// Call `use_it` with the terms of this project.
    fn with_terms<T>(&self, use_it: impl FnOnce(&Terms<'_>) -> T) -> T {
        let store = self.store();
        use_it(&Terms {
            store: &store,
            on_failure: self.on_failure,
            hard_links: self.hard_links,
            together: &self.together,
            stop: &self.stop,
            waits: &|| {},
            codemods: vec![("mend-it".to_owned(), 1)],
            time: 7,
        })
    }

    fn write_on(&self, wishes: &[Wish<'_>], disk: &dyn Disk) -> Applied {
        let paths: Vec<Utf8PathBuf> = wishes.iter().map(|wish| self.root.join(wish.0)).collect();
        let files: Vec<FileWrite<'_>> = wishes
            .iter()
            .zip(&paths)
            .map(|((_, before, after), path)| FileWrite {
                path,
                before: before.map(str::as_bytes),
                after: after.map(str::as_bytes),
                mode: None,
            })
            .collect();
        self.with_terms(|terms| write(&files, terms, disk))
    }

    /// Write on the real disk; nothing may be left lying about.
    fn write(&self, wishes: &[Wish<'_>]) -> Applied {
        let applied = self.write_on(wishes, &System);
        self.insist_tidy();
        applied
    }

    fn undo(&self, number: u32, changed: super::Changed) -> Applied {
        let applied = self.with_terms(|terms| super::undo(number, changed, terms, &System));
        self.insist_tidy();
        applied
    }

    fn recover(&self) -> (Vec<Recovered>, Vec<Problem>) {
        recover(&self.store(), &|| {}, &System)
    }

    fn runs(&self) -> usize {
        self.store().runs(&System).unwrap().len()
    }

    /// All but the cache folder.
    fn tree(&self) -> Tree {
        let mut tree = Tree::new();
        collect(&self.root, &mut tree);
        tree.retain(|path, _| !path.starts_with(self.store().cache()));
        tree
    }

    /// No temporary file anywhere, and every record is of a run that is over.
    fn insist_tidy(&self) {
        let mut tree = Tree::new();
        collect(self.root.parent().unwrap(), &mut tree);
        for path in tree.keys() {
            let name = path.file_name().unwrap();
            assert!(!name.starts_with(super::ASIDE), "{path} is left");
            let is_record = path.starts_with(self.store().folder()) && path.is_file();
            assert!(
                !is_record || path.extension() == Some("db"),
                "{path} is left"
            );
        }
    }
}

fn collect(directory: &Utf8Path, tree: &mut Tree) {
    for entry in directory.read_dir_utf8().unwrap() {
        let entry = entry.unwrap();
        let (path, kind) = (entry.path().to_owned(), entry.file_type().unwrap());
        let mode = fs::symlink_metadata(&path).unwrap().mode();
        let bytes = match () {
            () if kind.is_dir() => {
                collect(&path, tree);
                Vec::new()
            }
            () if kind.is_symlink() => path.read_link_utf8().unwrap().into_string().into_bytes(),
            () if kind.is_file() => fs::read(&path).unwrap(),
            () => b"neither".to_vec(),
        };
        tree.insert(path, (mode, bytes));
    }
}

fn messages(applied: &Applied) -> Vec<String> {
    let problems = applied.problems.iter();
    problems
        .map(|problem| format!("{}: {}", problem.path, problem.message))
        .collect()
}
