//! The parameters of a route function or of a dependency: where each value comes from.
//!
//! FastAPI reads the default (`= Query(1)`) and the metadata of `Annotated`, also through an alias:
//! `SessionDep = Annotated[Session, Depends(get_session)]`. What the client sends is validated by the annotation;
//! defaults are not, and what a dependency gives is not either.

use ruff_python_ast::{Expr, ExprCall, Parameter as Node, StmtFunctionDef};

use super::special::{Special, special};
use crate::frameworks::peel::peel;
use crate::module::{Module, postpones_annotations};
use crate::semantic::{Meaning, Names, Where};

/// A parameter.
pub struct Parameter<'m, 'db> {
    pub node: &'m Node,
    pub source: Source<'db>,
    pub default: Default<'m>,
    names: &'m Names<'db>,
    place: Where<'m>,
}

/// Where the value comes from.
#[derive(Clone)]
pub enum Source<'db> {
    /// No marker says it: the path, the query or the body, by name and type. Validated.
    Implied,
    /// `Path()`, `Query()`, `Header()`, `Cookie()`, `Form()`, `Body()`. Validated.
    Request(Part),
    /// `File()`, or a parameter of type `UploadFile`.
    File,
    /// `Depends()`: what another function returns. Not validated.
    Depends(Provider<'db>),
    /// `Security()`, which is `Depends()` with scopes.
    Security(Provider<'db>),
    /// An object of the framework, by its annotation.
    Special(Special),
    /// `*args`, `**kwargs`: FastAPI takes them for parameters of the query.
    Variadic,
    /// Several markers, or one that cannot be read.
    Unknown,
}

/// A part of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Path,
    Query,
    Header,
    Cookie,
    Form,
    Body,
}

/// What FastAPI calls for a dependency.
#[derive(Clone)]
pub enum Provider<'db> {
    /// `Depends()`: the class that the annotation names.
    Annotation,
    /// The meanings of its argument; one of them unknown when it is no name: `Depends(make())`.
    Named(Vec<Meaning<'db>>),
}

/// The value of a parameter for which the client sends nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Default<'m> {
    /// The client has to send one.
    Required,
    /// This, as it is: defaults are not validated.
    Value(&'m Expr),
    /// The client has no say: a dependency, an object of the framework.
    Injected,
    /// A factory, or a marker that cannot be read.
    Unknown,
}

/// The parameters of `function`, a function of `module`, in order.
pub fn parameters<'m, 'db>(
    module: &'m Module<'db>,
    function: &'m StmtFunctionDef,
) -> Vec<Parameter<'m, 'db>> {
    parameters_in(module.names(), function)
}

/// The same for a function of any file: that of `names`.
pub fn parameters_in<'m, 'db>(
    names: &'m Names<'db>,
    function: &'m StmtFunctionDef,
) -> Vec<Parameter<'m, 'db>> {
    let place = Where {
        witness: None,
        deferred: postpones_annotations(names.suite()),
    };
    let listed = &function.parameters;
    let plain = listed.iter_non_variadic_params().map(|one| {
        let (source, default) = read(names, &one.parameter, one.default.as_deref(), place);
        (&one.parameter, source, default)
    });
    let variadic = [listed.vararg.as_deref(), listed.kwarg.as_deref()]
        .into_iter()
        .flatten()
        .map(|node| (node, Source::Variadic, Default::Unknown));
    plain
        .chain(variadic)
        .map(|(node, source, default)| Parameter {
            node,
            source,
            default,
            names,
            place,
        })
        .collect()
}

impl<'db> Parameter<'_, 'db> {
    /// What stands behind the type in `Annotated`, by qualified name: `pydantic.AfterValidator`; `None` for what has no
    /// name.
    pub fn metadata(&self) -> Vec<Option<String>> {
        let mut found = Vec::new();
        let Some(annotation) = self.node.annotation.as_deref() else {
            return found;
        };
        let mut see = |names: &Names<'db>, expr: &Expr, place: Where<'_>| {
            let head = match expr {
                Expr::Call(call) => &*call.func,
                other => other,
            };
            found.push(names.qualified_name(head, place));
        };
        peel(
            self.names,
            annotation,
            self.place,
            &mut see,
            &mut |_, _, _| {},
        );
        found
    }

    /// Call `see` with the type of the annotation, quotes, aliases and `Annotated` off: the names of the file that it
    /// stands in, the type, and how its names are looked up. `None` without an annotation.
    pub fn with_type<T>(&self, see: impl FnOnce(&Names<'db>, &Expr, Where<'_>) -> T) -> Option<T> {
        let annotation = self.node.annotation.as_deref()?;
        let mut see = Some(see);
        let mut seen = None;
        peel(
            self.names,
            annotation,
            self.place,
            &mut |_, _, _| {},
            &mut |names, expr, place| {
                seen = see.take().map(|see| see(names, expr, place));
            },
        );
        seen
    }
}

/// What `Depends(x)` or `Security(x)`, an expression in the file of `names`, calls.
pub(super) fn dependency<'db>(names: &Names<'db>, expr: &Expr) -> Option<Provider<'db>> {
    match marker(names, expr, Where::default())?.0 {
        Source::Depends(provider) | Source::Security(provider) => Some(provider),
        _ => None,
    }
}

fn read<'m, 'db>(
    names: &Names<'db>,
    node: &'m Node,
    default: Option<&'m Expr>,
    place: Where<'_>,
) -> (Source<'db>, Default<'m>) {
    let mut markers: Vec<Marker<'db>> = Vec::new();
    let mut implied = Source::Implied;
    if let Some(annotation) = &node.annotation {
        let mut metadata = |names: &Names<'db>, expr: &Expr, place: Where<'_>| {
            markers.extend(marker(names, expr, place));
        };
        peel(
            names,
            annotation,
            place,
            &mut metadata,
            &mut |names, expr, place| {
                implied = match special(names, expr, place) {
                    Some(Special::UploadFile) => Source::File,
                    Some(special) => Source::Special(special),
                    None => Source::Implied,
                };
            },
        );
    }
    let written = default.and_then(|default| marker(names, default, Where::default()));
    let is_default = written.is_some();
    markers.extend(written);
    let (source, factory) = match markers.len() {
        0 => (implied, false),
        1 => markers.remove(0),
        _ => (Source::Unknown, true),
    };
    let value = match &source {
        Source::Depends(_) | Source::Security(_) | Source::Special(_) => Default::Injected,
        _ if factory => Default::Unknown,
        _ => match default {
            Some(Expr::Call(call)) if is_default => first_argument(call),
            Some(Expr::EllipsisLiteral(_)) | None => Default::Required,
            Some(value) => Default::Value(value),
        },
    };
    (source, value)
}

/// What a marker says: the source, and whether it makes its default in a way of its own.
type Marker<'db> = (Source<'db>, bool);

/// The default of `Query(1)` and `Query(default=1)`.
fn first_argument(call: &ExprCall) -> Default<'_> {
    match call.arguments.find_argument_value("default", 0) {
        None | Some(Expr::EllipsisLiteral(_)) => Default::Required,
        Some(Expr::Starred(_)) => Default::Unknown,
        Some(value) => Default::Value(value),
    }
}

fn marker<'db>(names: &Names<'db>, expr: &Expr, place: Where<'_>) -> Option<Marker<'db>> {
    // `Annotated[Session, Depends]` is no marker, but a mistake.
    let call = expr.as_call_expr()?;
    let named = names.qualified_name(&call.func, place)?;
    let modules = ["fastapi.param_functions.", "fastapi.params.", "fastapi."];
    let name = modules
        .iter()
        .find_map(|module| named.strip_prefix(module))?;
    let keywords = &call.arguments.keywords;
    let spread = keywords.iter().any(|one| one.arg.is_none());
    let factory = call.arguments.find_keyword("default_factory").is_some();
    let source = match name {
        "Depends" => Source::Depends(provider(names, call, place)),
        "Security" => Source::Security(provider(names, call, place)),
        "Path" => Source::Request(Part::Path),
        "Query" => Source::Request(Part::Query),
        "Header" => Source::Request(Part::Header),
        "Cookie" => Source::Request(Part::Cookie),
        "Form" => Source::Request(Part::Form),
        "Body" => Source::Request(Part::Body),
        "File" => Source::File,
        _ => return None,
    };
    Some((source, factory || spread))
}

fn provider<'db>(names: &Names<'db>, call: &ExprCall, place: Where<'_>) -> Provider<'db> {
    let spread = call.arguments.keywords.iter().any(|one| one.arg.is_none());
    match call.arguments.find_argument_value("dependency", 0) {
        None | Some(Expr::NoneLiteral(_)) if !spread => Provider::Annotation,
        Some(expr) => {
            let meanings = names.meanings(expr, place);
            Provider::Named(match meanings.is_empty() {
                true => vec![Meaning::Unknown],
                false => meanings,
            })
        }
        None => Provider::Named(vec![Meaning::Unknown]),
    }
}
