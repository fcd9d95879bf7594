//! What the last class of a module derives from.

use camino::Utf8PathBuf;
use ruff_python_ast::{PythonVersion, Stmt};

use super::{FASTAPI_ERROR, Lineage, STARLETTE_ERROR};
use crate::semantic::Semantics;
use crate::source::SizeLimit;

/// The lineage of what the last statement of `main.py`, an expression, names.
fn last(files: &[(&str, &str)]) -> Option<Lineage> {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(folder.path().canonicalize().unwrap()).unwrap();
    for (path, text) in files {
        std::fs::write(root.join(path), text).unwrap();
    }
    let semantics = Semantics::new(&root, vec![root.clone()], None, SizeLimit::default());
    let main = root.join("main.py");
    let text = std::fs::read_to_string(&main).unwrap();
    let parsed = semantics.parse(&main, &text, PythonVersion::PY310).unwrap();
    match parsed.syntax.suite().last() {
        Some(Stmt::Expr(one)) => parsed.names.lineage(&one.value),
        _ => None,
    }
}

fn of(text: &str) -> Option<Lineage> {
    last(&[("main.py", text)])
}

#[test]
fn fastapis_error_derives_from_starlettes() {
    let lineage = of("from fastapi import HTTPException as E\nE\n").unwrap();
    assert_eq!(lineage.class(), FASTAPI_ERROR);
    assert!(lineage.derives_from(STARLETTE_ERROR) && lineage.is_exception());
    let lineage = of("import starlette.exceptions\nstarlette.exceptions.HTTPException\n").unwrap();
    assert!(lineage.is_http_error() && !lineage.derives_from(FASTAPI_ERROR));
}

#[test]
fn classes_of_the_project_are_followed_through_files_and_aliases() {
    let errors = "import fastapi\nclass A(fastapi.HTTPException): pass\nB = A\n";
    let main = "from errors import B\nclass C(B, KeyError): pass\nC\n";
    let lineage = last(&[("errors.py", errors), ("main.py", main)]).unwrap();
    assert!(lineage.derives_from(FASTAPI_ERROR) && lineage.derives_from("builtins.KeyError"));
}

#[test]
fn other_classes_of_that_name_are_none() {
    let lineage = of("from http.client import HTTPException\nHTTPException\n").unwrap();
    assert!(!lineage.is_http_error());
    assert!(of("def f(): pass\nf\n").is_none());
    assert!(of("E = KeyError if x else ValueError\nE\n").is_none());
}

#[test]
fn a_class_that_derives_from_itself_ends() {
    let lineage = of("class A(A): pass\nA\n").unwrap();
    assert!(!lineage.is_exception());
}
