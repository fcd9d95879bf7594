//! What whole directories of manifests say, and what an addition makes of them.

use camino::{Utf8Path, Utf8PathBuf};

use super::addition::apply;
use super::{Declared, Kind, Manifests, NewRequirement};
use crate::source::SizeLimit;

const WANTED: NewRequirement<'static> = NewRequirement {
    name: "email-validator",
    specifier: ">=2.0.0",
};

/// Files on disk, gone with the value.
pub(super) struct Tree {
    _folder: tempfile::TempDir,
    root: Utf8PathBuf,
}

impl Tree {
    pub(super) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().canonicalize().unwrap()).unwrap();
        let tree = Self {
            _folder: folder,
            root,
        };
        for (path, text) in files {
            tree.write(path, text.as_bytes());
        }
        tree
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn read(&self) -> Manifests {
        let mut directories = vec![self.root.clone()];
        let mut at = 0;
        while at < directories.len() {
            let entries = directories[at].read_dir_utf8().unwrap().flatten();
            let below: Vec<_> = entries.filter(|it| it.path().is_dir()).collect();
            directories.extend(below.iter().map(|it| it.path().to_owned()));
            at += 1;
        }
        Manifests::read(directories, &self.root, SizeLimit::default())
    }

    fn name(&self, path: &Utf8Path) -> String {
        path.strip_prefix(&self.root).unwrap().to_string()
    }

    /// What an addition beside pydantic or fastapi makes of every file of the root that it changes, and the refusals.
    fn add(&self) -> (Vec<(String, String)>, Vec<String>) {
        let manifests = self.read();
        let directory = manifests.nearest(&self.root.join("app.py")).unwrap();
        let (mut made, mut refused) = (Vec::new(), Vec::new());
        let homes = match manifests.homes(directory, &["pydantic", "fastapi"]) {
            Ok(homes) => homes,
            Err(refusal) => {
                refused.push(refusal);
                Vec::new()
            }
        };
        for home in homes {
            match manifests.addition(&home, &WANTED) {
                Ok(addition) => {
                    let text = apply(&home.manifest.text, &addition);
                    made.push((self.name(&addition.path), text));
                }
                Err(refusal) => refused.push(refusal),
            }
        }
        let refused = refused.iter().map(|one| {
            let path = self.name(&one.path);
            format!("{path}:{}: {}", one.line, one.reason)
        });
        (made, refused.collect())
    }

    fn problems(&self) -> Vec<String> {
        let manifests = self.read();
        let problems = manifests.problems().iter().map(|one| {
            let at = one.at.map(|at| format!(":{}:{}", at.line, at.column));
            let help = one.help.as_deref().unwrap_or("no help");
            let (path, at) = (self.name(&one.path), at.unwrap_or_default());
            format!("{path}{at}: {} ({help})", one.message)
        });
        problems.collect()
    }

    fn declared(&self, file: &str, name: &str) -> Declared {
        self.read().declared(&self.root.join(file), &[name])
    }
}

/// The one file changes from `before` to `after`, whatever its newline, with a byte order mark and without.
fn becomes(name: &str, before: &str, after: &str) {
    let variants: [fn(&str) -> String; 4] = [
        str::to_owned,
        |text| text.replace('\n', "\r\n"),
        |text| format!("\u{feff}{text}"),
        |text| text.strip_suffix('\n').unwrap_or(text).to_owned(),
    ];
    for variant in variants {
        let before = variant(before);
        let (made, refused) = Tree::new(&[(name, &before)]).add();
        assert_eq!(refused, Vec::<String>::new(), "{before}");
        let after = variant(after);
        assert_eq!(made, [(name.to_owned(), after)], "{before}");
    }
}

/// Nothing is done to `files`, for `reason`.
fn refuses(files: &[(&str, &str)], reason: &str) {
    let (made, refused) = Tree::new(files).add();
    assert_eq!((made, refused), (Vec::new(), vec![reason.to_owned()]));
}

/// The files that an addition to `files` changes.
fn homes(files: &[(&str, &str)]) -> Vec<String> {
    let (made, refused) = Tree::new(files).add();
    assert_eq!(refused, Vec::<String>::new());
    made.into_iter().map(|(path, _)| path).collect()
}

mod additions;
mod facts;
mod homes;
