//! Objects of the framework that a parameter gets by its annotation.

use ruff_python_ast::Expr;

use crate::frameworks::DEPTH;
use crate::semantic::{DefinitionKind, Meaning, Names, Where};

/// A class that FastAPI passes an object of, without asking the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Special {
    Request,
    WebSocket,
    HttpConnection,
    Response,
    BackgroundTasks,
    SecurityScopes,
    /// A file that the client sends.
    UploadFile,
}

const CLASSES: [(&str, Special); 19] = [
    ("fastapi.Request", Special::Request),
    ("fastapi.requests.Request", Special::Request),
    ("starlette.requests.Request", Special::Request),
    ("fastapi.WebSocket", Special::WebSocket),
    ("fastapi.websockets.WebSocket", Special::WebSocket),
    ("starlette.websockets.WebSocket", Special::WebSocket),
    ("fastapi.requests.HTTPConnection", Special::HttpConnection),
    ("starlette.requests.HTTPConnection", Special::HttpConnection),
    ("fastapi.Response", Special::Response),
    ("fastapi.responses.Response", Special::Response),
    ("starlette.responses.Response", Special::Response),
    ("fastapi.BackgroundTasks", Special::BackgroundTasks),
    (
        "fastapi.background.BackgroundTasks",
        Special::BackgroundTasks,
    ),
    (
        "starlette.background.BackgroundTasks",
        Special::BackgroundTasks,
    ),
    ("fastapi.security.SecurityScopes", Special::SecurityScopes),
    (
        "fastapi.security.oauth2.SecurityScopes",
        Special::SecurityScopes,
    ),
    ("fastapi.UploadFile", Special::UploadFile),
    ("fastapi.datastructures.UploadFile", Special::UploadFile),
    ("starlette.datastructures.UploadFile", Special::UploadFile),
];

/// What the type `expr` makes of a parameter; subclasses in the project count like their bases.
pub(super) fn special(names: &Names<'_>, expr: &Expr, place: Where<'_>) -> Option<Special> {
    follow(names, expr, place, DEPTH)
}

fn follow(names: &Names<'_>, expr: &Expr, place: Where<'_>, depth: usize) -> Option<Special> {
    let mut agreed = None;
    for meaning in names.meanings(expr, place) {
        let one = match meaning {
            Meaning::Outside { name, .. } => {
                let known = CLASSES.iter().find(|(class, _)| *class == name);
                known.map(|(_, special)| *special)?
            }
            Meaning::Definition(definition) if depth > 0 => match definition.kind() {
                DefinitionKind::Class(class) => class.bases().iter().find_map(|base| {
                    follow(definition.names(), base, Where::default(), depth - 1)
                })?,
                DefinitionKind::Assignment(value) => {
                    follow(definition.names(), value, Where::default(), depth - 1)?
                }
                _ => return None,
            },
            _ => return None,
        };
        if agreed.is_some_and(|first| first != one) {
            return None;
        }
        agreed = Some(one);
    }
    agreed
}
