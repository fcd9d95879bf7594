//! The project model on small trees, written to disk and read as a run reads them.

mod inert;
mod loads;
mod member;
mod names;
mod purity;
mod replaced;
mod resolve;
mod stubbed;
mod users;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

use super::digest::ImportRef;
use super::origins::from_import;
use super::{Imported, ModuleId, Project};
use crate::config::{Configuration, Overrides};
use crate::pipeline::{self, Narrowing, Request};

/// A project on disk.
pub(super) struct Tree {
    _guard: TempDir,
    pub(super) project: Project,
    pub(super) top: Utf8PathBuf,
}

/// The project of `files`, paths and texts. A path that ends in `->` is a symbolic link, its text the target.
pub(super) fn tree(files: &[(&str, &str)]) -> Tree {
    let guard = tempfile::Builder::new()
        .prefix("project-")
        .tempdir()
        .unwrap();
    let top = Utf8Path::from_path(guard.path()).unwrap();
    let top = top.canonicalize_utf8().unwrap();
    write(&top, "pyproject.toml", "");
    for (path, text) in files {
        write(&top, path, text);
    }
    let configuration = Configuration::new(Overrides::default(), Vec::new()).unwrap();
    let request = Request {
        paths: vec![top.clone()],
        catalogue: &[],
        configuration: &configuration,
        stdin: None,
        python: None,
        threads: Some(1),
        follow_hard_links: false,
        prefilter: true,
        narrowing: Narrowing::default(),
        review: false,
        in_parts: false,
        shard: None,
    };
    let (project, problems) = pipeline::survey(&request);
    assert!(problems.is_empty(), "{problems:?}");
    Tree {
        _guard: guard,
        project,
        top,
    }
}

fn write(top: &Utf8Path, path: &str, text: &str) {
    let link = path.strip_suffix("->");
    let file = top.join(link.unwrap_or(path).trim_end());
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    match link {
        Some(_) => std::os::unix::fs::symlink(text, file).unwrap(),
        None => std::fs::write(file, text).unwrap(),
    }
}

impl Tree {
    pub(super) fn id(&self, path: &str) -> ModuleId {
        let found = self.project.module(&self.top.join(path));
        found.unwrap_or_else(|| panic!("no module {path}"))
    }

    pub(super) fn name(&self, path: &str) -> &str {
        self.project.name(self.id(path))
    }

    fn files(&self, modules: &[ModuleId]) -> Vec<String> {
        modules
            .iter()
            .map(|one| self.project.file(*one).to_string())
            .collect()
    }

    /// What `statement`, written in the file at `path`, leads to, in a word and paths.
    pub(super) fn leads(&self, path: &str, statement: &str) -> String {
        let imported = self.project.resolve(self.id(path), &import(statement));
        let inside = |path: &Utf8Path| self.project.inside(path).to_string();
        match imported {
            Imported::Standard => "standard".to_owned(),
            Imported::ThirdParty => "third party".to_owned(),
            Imported::Missing(name) => format!("missing {name}"),
            Imported::Beyond => "beyond".to_owned(),
            Imported::Shadows(path) => format!("shadows {}", inside(&path)),
            Imported::Linked(path) => format!("linked {}", inside(&path)),
            Imported::Ambiguous(one, other) => {
                format!("ambiguous {} {}", inside(&one), inside(&other))
            }
            Imported::Project(targets) => {
                let mut shown = self.files(&targets.named).join(" ");
                if !targets.parents.is_empty() {
                    shown += &format!(" below {}", self.files(&targets.parents).join(" "));
                }
                for (home, name) in &targets.members {
                    shown += &format!(" {}:{name}", self.project.file(*home));
                }
                shown
            }
        }
    }

    /// The files that the one at `path` loads when it is imported, with the line and the kind of each.
    pub(super) fn loads(&self, path: &str) -> Vec<String> {
        let loads = self.project.loads(self.id(path));
        let shown = loads
            .iter()
            .map(|one| format!("{} {:?} {}", one.line, one.kind, self.project.file(one.to)));
        shown.collect()
    }

    /// The cycles, by files.
    pub(super) fn cycles(&self) -> Vec<String> {
        let cycles = self.project.graph().cycles();
        cycles
            .iter()
            .map(|cycle| self.files(cycle).join(" "))
            .collect()
    }
}

/// The import that `statement` writes.
pub(super) fn import(statement: &str) -> ImportRef {
    let parsed = ruff_python_parser::parse_module(statement).unwrap();
    match &parsed.suite()[0] {
        ruff_python_ast::Stmt::Import(import) => ImportRef {
            module: import.names[0].name.to_string(),
            level: 0,
            names: Vec::new(),
            star: false,
        },
        ruff_python_ast::Stmt::ImportFrom(import) => from_import(import),
        _ => panic!("no import: {statement}"),
    }
}
