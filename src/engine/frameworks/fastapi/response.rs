//! Response classes, and whether a route is shown in the schema.

use ruff_python_ast::{Expr, ExprCall};

use crate::frameworks::constants::{boolean, constant};
use crate::semantic::{Meaning, Names, Where};

/// What a response class makes of the value that a route returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseClass {
    /// Not given: JSON, unless something around says otherwise.
    Absent,
    /// One of FastAPI's or Starlette's that write JSON: `JSONResponse`, `ORJSONResponse`, `UJSONResponse`.
    Json,
    /// Another one of FastAPI's or Starlette's: `HTMLResponse`.
    Other,
    /// A class of the project or of a library, or a value that cannot be followed.
    Unknown,
}

/// Whether a route is listed in the schema of the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    Yes,
    /// `include_in_schema=False`
    No,
    Unknown,
}

const MODULES: [&str; 4] = [
    "fastapi.responses.",
    "starlette.responses.",
    "fastapi.sse.",
    "fastapi.",
];
const JSON: [&str; 3] = ["JSONResponse", "ORJSONResponse", "UJSONResponse"];
const OTHER: [&str; 7] = [
    "EventSourceResponse",
    "Response",
    "HTMLResponse",
    "PlainTextResponse",
    "RedirectResponse",
    "StreamingResponse",
    "FileResponse",
];

impl ResponseClass {
    /// The class that the argument `value` is.
    pub(super) fn of(names: &Names<'_>, value: Option<&Expr>) -> Self {
        match value {
            None => Self::Absent,
            Some(value) => constant(names, value, &Self::read).unwrap_or(Self::Unknown),
        }
    }

    /// The same for two values that one name may have.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            _ if self == other => self,
            (Self::Absent | Self::Json, Self::Absent | Self::Json) => Self::Json,
            _ => Self::Unknown,
        }
    }

    /// A class from outside of the project; `None` for a name of the project, which may be bound to one.
    fn read(names: &Names<'_>, expr: &Expr) -> Option<Self> {
        if let Expr::Call(call) = expr {
            return Self::of_default(names, call);
        }
        let meanings = names.meanings(expr, Where::default());
        let classes: Option<Vec<Self>> = meanings.iter().map(Self::of_outside).collect();
        classes?.into_iter().reduce(Self::or)
    }

    /// `Default(JSONResponse)`: FastAPI's own way to say that a value was not given.
    fn of_default(names: &Names<'_>, call: &ExprCall) -> Option<Self> {
        let named = names.qualified_name(&call.func, Where::default());
        match (named.as_deref(), &*call.arguments.args) {
            (Some("fastapi.datastructures.Default"), [inner]) => Self::read(names, inner),
            _ => None,
        }
    }

    fn of_outside(meaning: &Meaning<'_>) -> Option<Self> {
        let Meaning::Outside { name, .. } = meaning else {
            return None;
        };
        let known = MODULES.iter().find_map(|module| name.strip_prefix(module));
        Some(match known {
            Some(class) if JSON.contains(&class) => Self::Json,
            Some(class) if OTHER.contains(&class) => Self::Other,
            _ => Self::Unknown,
        })
    }
}

impl Listed {
    /// What `include_in_schema=value` says; `yes` when it is not given.
    pub(super) fn of(names: &Names<'_>, value: Option<&Expr>) -> Self {
        match value.map(|value| boolean(names, value)) {
            None | Some(Some(true)) => Self::Yes,
            Some(Some(false)) => Self::No,
            Some(None) => Self::Unknown,
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        match self == other {
            true => self,
            false => Self::Unknown,
        }
    }
}
