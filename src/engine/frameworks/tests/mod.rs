//! Frameworks as facts, on small projects that are written to disk.

mod attributes;
mod factories;
mod far;
mod files;
mod generation;
mod hooks;
mod members;
mod models;
mod options;
mod parameters;
mod receivers;
mod settings;
mod subclasses;

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use ruff_python_ast::PythonVersion;
use tempfile::TempDir;

use super::fastapi::{Around, Class, Construction, Decorated, Kind, Route};
use crate::module::Module;
use crate::semantic::Semantics;
use crate::source::SizeLimit;

/// A project on disk, with ty's view of it.
pub(super) struct Tree {
    _guard: TempDir,
    top: Utf8PathBuf,
    semantics: Semantics,
}

/// The project of `files`, paths and texts.
pub(super) fn tree(files: &[(&str, &str)]) -> Tree {
    let guard = tempfile::Builder::new()
        .prefix("frameworks-")
        .tempdir()
        .unwrap();
    let top = Utf8Path::from_path(guard.path()).unwrap();
    let top = top.canonicalize_utf8().unwrap();
    for (path, text) in files {
        let file = top.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    let semantics = Semantics::new(&top, vec![top.clone()], None, SizeLimit::default());
    Tree {
        _guard: guard,
        top,
        semantics,
    }
}

impl Tree {
    /// The module at `path`.
    pub(super) fn module(&self, path: &str) -> Module<'_> {
        let path = self.top.join(path);
        let text: Arc<str> = std::fs::read_to_string(&path).unwrap().into();
        let parsed = Module::parse(&self.semantics, &path, text, PythonVersion::PY311);
        parsed.unwrap_or_else(|problem| panic!("{path}: {problem:?}"))
    }
}

/// The routes of a module that imports FastAPI's classes, runs `setup`, and ends with one route on `receiver`.
pub(super) fn on(setup: &str, receiver: &str) -> Vec<String> {
    let text = format!(
        "import fastapi\nfrom fastapi import APIRouter, FastAPI\n{setup}\n\n@{receiver}.get('/x')\ndef x():\n    return {{}}\n"
    );
    with_module(&text, shown)
}

/// The route of [`on`] is `expected`.
#[track_caller]
pub(super) fn is(setup: &str, receiver: &str, expected: &str) {
    assert_eq!(on(setup, receiver), [expected], "{setup}");
}

/// There is no route.
#[track_caller]
pub(super) fn is_none(setup: &str, receiver: &str) {
    assert_eq!(on(setup, receiver), [""; 0], "{setup}");
}

/// Ask `see` about the module `text`, the only one of a project.
pub(super) fn with_module<T>(text: &str, see: impl FnOnce(&Module<'_>) -> T) -> T {
    let tree = tree(&[("main.py", text)]);
    see(&tree.module("main.py"))
}

/// The routes of `module` in a few words: `name Kind Class`, what of the construction is unusual, what stands around.
pub(super) fn shown(module: &Module<'_>) -> Vec<String> {
    let routes = super::fastapi::routes(module);
    routes.iter().map(show).collect()
}

fn show(route: &Route<'_>) -> String {
    let mut words = vec![route.function.name.to_string()];
    for one in route.routes() {
        words.push(format!("{:?}", one.method).to_lowercase());
        words.push(
            match one.receiver.kind {
                Kind::Application => "app",
                Kind::Router => "router",
            }
            .to_owned(),
        );
        match &one.receiver.class {
            Class::Own => {}
            Class::Plain => words.push("plain".to_owned()),
            Class::Custom(what) => words.push(format!("custom({what})")),
        }
        if one.receiver.construction == Construction::Unknown {
            words.push("unseen".to_owned());
        }
        if one.receiver.altered {
            words.push("altered".to_owned());
        }
    }
    let others = route.decorators.len() - route.routes().count();
    if others > 0 {
        let below = route.below();
        assert!(below.iter().all(|one| matches!(one, Decorated::Other(_))));
        words.push(format!("others {others} below {}", below.len()));
    }
    for around in &route.surroundings {
        words.push(match around {
            Around::Function(function) => format!("in {}()", function.name),
            Around::Class(class) => format!("in class {}", class.name),
            Around::Block(_) => "in block".to_owned(),
        });
    }
    words.join(" ")
}
