//! Frameworks that evaluate annotations at run time, and so need a Python that knows `|`.

use codemend_engine::module::Module;
use codemend_engine::semantic::{DefinitionKind, Meaning, Names, Origin, Where};
use codemend_engine::syntax::ast::{Decorator, Expr, StmtClassDef};
use codemend_engine::typing::{Evaluation, TypePlace};

const DEPTH: usize = 12;

/// Why the annotation at `place` is evaluated although it is postponed; `None` when nothing is known to do so.
///
/// Pydantic and SQLAlchemy read the annotations of a class body, FastAPI and typer those of a function that they
/// decorate. What a third-party base class or decorator does cannot be seen, so it counts as well.
pub(super) fn evaluates(module: &Module<'_>, place: &TypePlace<'_>) -> Option<String> {
    if place.evaluation == Evaluation::Never {
        return None;
    }
    let names = module.names();
    if let Some(name) = place.within.and_then(|generic| foreign(names, generic)) {
        return Some(format!("`{name}` may evaluate its arguments"));
    }
    let decorators = place
        .function
        .into_iter()
        .flat_map(|function| &function.decorator_list);
    if let Some(name) = decorators
        .filter_map(|one| foreign_decorator(names, one))
        .next()
    {
        return Some(format!(
            "`{name}` may evaluate the annotations of what it decorates"
        ));
    }
    place.classes.iter().find_map(|class| {
        let decorated = class
            .decorator_list
            .iter()
            .find_map(|one| foreign_decorator(names, one));
        let base = decorated.or_else(|| foreign_base(names, class, DEPTH))?;
        Some(format!(
            "`{base}` may evaluate the annotations of `{}`",
            class.name
        ))
    })
}

/// The third-party name behind a decorator, or the object of the project that it is a method of.
fn foreign_decorator(names: &Names<'_>, decorator: &Decorator) -> Option<String> {
    let mut expr = match &decorator.expression {
        Expr::Call(call) => &*call.func,
        other => other,
    };
    if let Some(name) = foreign(names, expr) {
        return Some(name);
    }
    while let Expr::Attribute(attribute) = expr {
        expr = &attribute.value;
    }
    names
        .meanings(expr, Where::default())
        .iter()
        .find_map(|meaning| match meaning {
            Meaning::Definition(definition) => match definition.kind() {
                DefinitionKind::Assignment(Expr::Call(call))
                | DefinitionKind::Annotated {
                    value: Some(Expr::Call(call)),
                    ..
                } => foreign(definition.names(), &call.func).map(|name| format!("{name}(...)")),
                DefinitionKind::Assignment(_)
                | DefinitionKind::Annotated { .. }
                | DefinitionKind::Parameter(_)
                | DefinitionKind::Other => Some(definition_name(expr)),
                _ => None,
            },
            Meaning::Unknown => Some(definition_name(expr)),
            _ => None,
        })
}

fn definition_name(expr: &Expr) -> String {
    expr.as_name_expr()
        .map_or_else(|| "it".to_owned(), |name| name.id.to_string())
}

/// The third-party class that `class` derives from, through classes of the project.
fn foreign_base(names: &Names<'_>, class: &StmtClassDef, depth: usize) -> Option<String> {
    class.bases().iter().find_map(|base| {
        let head = match base {
            Expr::Subscript(subscript) => &subscript.value,
            other => other,
        };
        if let Some(name) = foreign(names, head) {
            return Some(name);
        }
        names
            .meanings(head, Where::default())
            .iter()
            .find_map(|meaning| match meaning {
                Meaning::Definition(definition) => match definition.kind() {
                    DefinitionKind::Class(class) if depth > 0 => {
                        foreign_base(definition.names(), class, depth - 1)
                    }
                    DefinitionKind::Class(_) => None,
                    _ => Some(definition_name(head)),
                },
                Meaning::Unknown => Some(definition_name(head)),
                _ => None,
            })
    })
}

fn foreign(names: &Names<'_>, expr: &Expr) -> Option<String> {
    names
        .meanings(expr, Where::default())
        .into_iter()
        .find_map(|meaning| match meaning {
            Meaning::Outside {
                name,
                origin: Origin::ThirdParty,
            } => Some(name),
            _ => None,
        })
}
