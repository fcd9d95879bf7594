//! The parameters of route functions.

use super::{tree, with_module};
use crate::frameworks::fastapi::{Default, Provider, Source, parameters};
use crate::module::Module;
use crate::semantic::Meaning;

const HEAD: &str = "import typing as t
from typing import Annotated, Optional
import fastapi
from fastapi import (BackgroundTasks, Body, Cookie, Depends, File, Form, Header, Path, Query, Request, Response,
    Security, UploadFile, WebSocket)
from fastapi import params
from fastapi.security import SecurityScopes
class Session: pass
class MyRequest(Request): pass
def get_db(): ...
SessionDep = Annotated[Session, Depends(get_db)]
Limit = Annotated[int, Query(ge=1)]
";

/// `name: source = default (type)` of each parameter of the last function of `module`.
fn shown(module: &Module<'_>) -> Vec<String> {
    let functions = module.suite().iter().rev();
    let function = functions
        .filter_map(|one| one.as_function_def_stmt())
        .next()
        .unwrap();
    let parameters = parameters(module, function);
    let all = parameters.iter().map(|one| {
        let provider = |provider: &Provider<'_>| match provider {
            Provider::Annotation => "its class".to_owned(),
            Provider::Named(meanings) => meanings.iter().map(meaning).collect(),
        };
        let source = match &one.source {
            Source::Implied => "implied".to_owned(),
            Source::Request(part) => format!("{part:?}"),
            Source::File => "File".to_owned(),
            Source::Depends(one) => format!("Depends on {}", provider(one)),
            Source::Security(one) => format!("Security of {}", provider(one)),
            Source::Special(special) => format!("{special:?}"),
            Source::Variadic => "variadic".to_owned(),
            Source::Unknown => "unknown".to_owned(),
        };
        let default = match one.default {
            Default::Required => "required".to_owned(),
            Default::Value(value) => module
                .slice(ruff_text_size::Ranged::range(value))
                .to_owned(),
            Default::Injected => "injected".to_owned(),
            Default::Unknown => "unknown".to_owned(),
        };
        let typed = one.with_type(|names, expr, place| {
            names
                .qualified_name(expr, place)
                .unwrap_or_else(|| names.text_at(ruff_text_size::Ranged::range(expr)))
        });
        format!(
            "{}: {source} = {default} ({})",
            one.node.name,
            typed.unwrap_or_default()
        )
    });
    all.collect()
}

fn meaning(meaning: &Meaning<'_>) -> String {
    match meaning {
        Meaning::Definition(definition) => definition.name().unwrap_or_default(),
        Meaning::Outside { name, .. } => name.clone(),
        _ => "?".to_owned(),
    }
}

#[track_caller]
fn is(parameter: &str, expected: &str) {
    let text = format!("{HEAD}\ndef x({parameter}): pass\n");
    assert_eq!(with_module(&text, shown), [expected], "{parameter}");
}

#[test]
fn markers_in_defaults() {
    is("a", "a: implied = required ()");
    is("a: int", "a: implied = required (builtins.int)");
    is("a: int = 1", "a: implied = 1 (builtins.int)");
    is("a: int = None", "a: implied = None (builtins.int)");
    is("a: int = Query(1)", "a: Query = 1 (builtins.int)");
    is(
        "a: int = Query(default=1, ge=0)",
        "a: Query = 1 (builtins.int)",
    );
    is("a: int = Query(...)", "a: Query = required (builtins.int)");
    is("a: int = Query()", "a: Query = required (builtins.int)");
    is(
        "a: int = Query(default_factory=f)",
        "a: Query = unknown (builtins.int)",
    );
    is(
        "a: int = Query(**more)",
        "a: Query = unknown (builtins.int)",
    );
    is("a: int = Path(ge=1)", "a: Path = required (builtins.int)");
    is("a: str = Header(None)", "a: Header = None (builtins.str)");
    is("a: str = Cookie('x')", "a: Cookie = 'x' (builtins.str)");
    is("a: str = Form()", "a: Form = required (builtins.str)");
    is("a: dict = Body(...)", "a: Body = required (builtins.dict)");
    is(
        "a: bytes = File(...)",
        "a: File = required (builtins.bytes)",
    );
    is("a: int = fastapi.Query(2)", "a: Query = 2 (builtins.int)");
    is(
        "a: int = fastapi.param_functions.Query(2)",
        "a: Query = 2 (builtins.int)",
    );
    is("a: int = params.Query(2)", "a: Query = 2 (builtins.int)");
    is(
        "a: int = other.Query(2)",
        "a: implied = other.Query(2) (builtins.int)",
    );
    is("a: int = ...", "a: implied = required (builtins.int)");
}

#[test]
fn dependencies() {
    is(
        "a: Session = Depends(get_db)",
        "a: Depends on get_db = injected (Session)",
    );
    is(
        "a: Session = Depends()",
        "a: Depends on its class = injected (Session)",
    );
    is(
        "a: Session = Depends(dependency=get_db)",
        "a: Depends on get_db = injected (Session)",
    );
    is(
        "a: Session = Depends(None)",
        "a: Depends on its class = injected (Session)",
    );
    is("a=Depends(make())", "a: Depends on ? = injected ()");
    is("a=Depends(lambda: 1)", "a: Depends on ? = injected ()");
    is("a=Depends(nowhere)", "a: Depends on ? = injected ()");
    is("a=Depends(**more)", "a: Depends on ? = injected ()");
    is(
        "a=Depends(t.cast)",
        "a: Depends on typing.cast = injected ()",
    );
    is(
        "a=Security(get_db, scopes=['x'])",
        "a: Security of get_db = injected ()",
    );
    is("a: int = Depends", "a: implied = Depends (builtins.int)");
}

#[test]
fn markers_in_annotations() {
    is(
        "a: Annotated[int, Query()]",
        "a: Query = required (builtins.int)",
    );
    is(
        "a: Annotated[int, Query()] = 1",
        "a: Query = 1 (builtins.int)",
    );
    is(
        "a: 'Annotated[int, Query()]' = 1",
        "a: Query = 1 (builtins.int)",
    );
    is(
        "a: Annotated['int', Query()] = 1",
        "a: Query = 1 (builtins.int)",
    );
    is(
        "a: t.Annotated[Session, Depends(get_db)]",
        "a: Depends on get_db = injected (Session)",
    );
    is(
        "a: 'Annotated[Session, Depends(get_db)]'",
        "a: Depends on get_db = injected (Session)",
    );
    is("a: SessionDep", "a: Depends on get_db = injected (Session)");
    is(
        "a: 'SessionDep'",
        "a: Depends on get_db = injected (Session)",
    );
    is("a: Limit = 10", "a: Query = 10 (builtins.int)");
    is(
        "a: Annotated[Limit, Query(le=9)]",
        "a: unknown = unknown (builtins.int)",
    );
    is(
        "a: Annotated[int, 'doc']",
        "a: implied = required (builtins.int)",
    );
    is(
        "a: Optional[int] = None",
        "a: implied = None (Optional[int])",
    );
}

#[test]
fn objects_of_the_framework() {
    is("a: Request", "a: Request = injected (fastapi.Request)");
    is("a: 'Request'", "a: Request = injected (fastapi.Request)");
    is("a: MyRequest", "a: Request = injected (MyRequest)");
    is("a: Response", "a: Response = injected (fastapi.Response)");
    is(
        "a: WebSocket",
        "a: WebSocket = injected (fastapi.WebSocket)",
    );
    is(
        "a: BackgroundTasks",
        "a: BackgroundTasks = injected (fastapi.BackgroundTasks)",
    );
    is(
        "a: SecurityScopes",
        "a: SecurityScopes = injected (fastapi.security.SecurityScopes)",
    );
    is("a: UploadFile", "a: File = required (fastapi.UploadFile)");
    is(
        "a: UploadFile = File(None)",
        "a: File = None (fastapi.UploadFile)",
    );
    is("a: Session", "a: implied = required (Session)");
}

#[test]
fn every_kind_of_parameter() {
    let text = format!("{HEAD}\ndef x(a, /, b: int = 1, *args: int, c: Request, **kwargs): pass\n");
    assert_eq!(
        with_module(&text, shown),
        [
            "a: implied = required ()",
            "b: implied = 1 (builtins.int)",
            "c: Request = injected (fastapi.Request)",
            "args: variadic = unknown (builtins.int)",
            "kwargs: variadic = unknown ()",
        ]
    );
}

#[test]
fn aliases_of_other_files() {
    let tree = tree(&[
        (
            "deps.py",
            &format!(
                "{HEAD}\ndef get_user() -> Session: ...\nCurrentUser = Annotated[Session, Depends(get_user)]\n"
            ),
        ),
        (
            "main.py",
            "import deps\nfrom deps import CurrentUser\ndef x(a: CurrentUser, b: 'deps.SessionDep', c: deps.Session): pass\n",
        ),
    ]);
    assert_eq!(
        shown(&tree.module("main.py")),
        [
            "a: Depends on get_user = injected (Session)",
            "b: Depends on get_db = injected (Session)",
            "c: implied = required (deps.Session)",
        ]
    );
}

#[test]
fn shadowed_markers_are_none() {
    let text = "from fastapi import Depends\ndef Depends(x): ...\ndef x(a=Depends(1)): pass\n";
    assert_eq!(with_module(text, shown), ["a: implied = Depends(1) ()"]);
    let text = "def x(a=Depends(1)): pass\n";
    assert_eq!(with_module(text, shown), ["a: implied = Depends(1) ()"]);
}
