//! What a clause catches: everything, what is part of the plan, or an error that nobody plans for.

use codemend_engine::semantic::{Definition, DefinitionKind, Meaning, Names, Type, Where};
use codemend_engine::syntax::ast::{Expr, StmtClassDef};

use super::table::Table;

/// How far names and bases are followed.
const DEPTH: usize = 8;

/// What one member of a clause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `Exception` or `BaseException`.
    Broad,
    Expected,
    Unexpected,
    /// Nobody can tell.
    Unknown,
}

/// One class of a clause, and its last name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caught {
    pub kind: Kind,
    pub name: String,
}

/// Whether `class` may be `Exception` or `BaseException`, or a tuple with one of them: what its names mean.
pub fn is_broad(names: &Names<'_>, class: Option<&Expr>) -> bool {
    let Some(class) = class else {
        return true;
    };
    let table = Table::shipped();
    match class {
        Expr::Tuple(tuple) => tuple.elts.iter().any(|one| is_broad(names, Some(one))),
        Expr::Starred(starred) => is_broad(names, Some(&starred.value)),
        _ => match tuple_behind(names, class) {
            Some(tuple) => match tuple.kind() {
                DefinitionKind::Assignment(Expr::Tuple(value)) => value.elts.iter().any(|one| {
                    matches!(one, Expr::Name(_)) && is_broad_name(tuple.names(), table, one, DEPTH)
                }),
                _ => false,
            },
            None => is_broad_name(names, table, class, DEPTH),
        },
    }
}

fn is_broad_name(names: &Names<'_>, table: &Table, class: &Expr, depth: usize) -> bool {
    matches!(class, Expr::Name(_) | Expr::Attribute(_))
        && names
            .meanings(class, Where::default())
            .iter()
            .any(|meaning| match meaning {
                Meaning::Builtin(name) => {
                    of_name(table, &format!("builtins.{name}")) == Kind::Broad
                }
                Meaning::Outside { name, .. } => of_name(table, name) == Kind::Broad,
                // `Anything = Exception`
                Meaning::Definition(definition) if depth > 0 => match definition.kind() {
                    DefinitionKind::Assignment(value) => {
                        !definition.is_rebound_from_inside()
                            && is_broad_name(definition.names(), table, value, depth - 1)
                    }
                    _ => false,
                },
                _ => false,
            })
}

/// What the clause `class` catches, an expression of the file of `names`; a tuple, or the name of one, is taken apart.
pub fn caught(names: &Names<'_>, table: &Table, class: Option<&Expr>) -> Vec<Caught> {
    let mut found = Vec::new();
    match class {
        Some(class) => of_expr(names, table, class, DEPTH, &mut found),
        None => found.push(Caught {
            kind: Kind::Broad,
            name: "BaseException".to_owned(),
        }),
    }
    found
}

fn of_expr(names: &Names<'_>, table: &Table, class: &Expr, depth: usize, found: &mut Vec<Caught>) {
    match class {
        Expr::Tuple(tuple) => {
            let mut members = tuple.elts.iter();
            return members
                .by_ref()
                .for_each(|one| of_expr(names, table, one, depth, found));
        }
        Expr::Starred(starred) => return of_expr(names, table, &starred.value, depth, found),
        _ => {}
    }
    if let Some(tuple) = tuple_behind(names, class).filter(|_| depth > 0) {
        let DefinitionKind::Assignment(value) = tuple.kind() else {
            return;
        };
        return of_expr(tuple.names(), table, value, depth - 1, found);
    }
    found.push(Caught {
        kind: kind_of(names, table, class, depth),
        name: last_name(class).to_owned(),
    });
}

/// The assignment of a tuple, `ERRORS = (KeyError, ValueError)`, that `class` is the name of.
fn tuple_behind<'db>(names: &Names<'db>, class: &Expr) -> Option<Definition<'db>> {
    let mut meanings = names.meanings(class, Where::default());
    let Some(Meaning::Definition(definition)) = meanings.pop().filter(|_| meanings.is_empty())
    else {
        return None;
    };
    let is_tuple = matches!(
        definition.kind(),
        DefinitionKind::Assignment(Expr::Tuple(_))
    );
    (is_tuple && !definition.is_rebound_from_inside()).then_some(definition)
}

/// What all meanings of `class` agree on.
fn kind_of(names: &Names<'_>, table: &Table, class: &Expr, depth: usize) -> Kind {
    if table.is_named(last_name(class)) {
        return Kind::Expected;
    }
    if let Expr::Call(call) = class {
        // `anyio.get_cancelled_exc_class()`
        let maker = names.qualified_name(&call.func, Where::default());
        let is_expected = maker.is_some_and(|name| table.is_expected(&name));
        return if is_expected {
            Kind::Expected
        } else {
            Kind::Unknown
        };
    }
    let meanings = names.meanings(class, Where::default());
    let mut kinds = meanings
        .iter()
        .map(|meaning| of_meaning(names, table, class, meaning, depth));
    let Some(first) = kinds.next() else {
        return Kind::Unknown;
    };
    match kinds.all(|kind| kind == first) {
        true => first,
        false => Kind::Unknown,
    }
}

fn of_meaning(
    names: &Names<'_>,
    table: &Table,
    class: &Expr,
    meaning: &Meaning<'_>,
    depth: usize,
) -> Kind {
    match meaning {
        Meaning::Builtin(name) => of_name(table, &format!("builtins.{name}")),
        Meaning::Outside { name, .. } => match of_name(table, name) {
            // The library may be there to be read.
            Kind::Unexpected if depth > 0 => match names.type_of(class).kind {
                Type::Class(found) => match found.definition.as_ref() {
                    Some(definition) => of_definition(table, definition, depth - 1),
                    None => Kind::Unexpected,
                },
                _ => Kind::Unexpected,
            },
            kind => kind,
        },
        Meaning::Definition(definition) if depth > 0 => of_definition(table, definition, depth - 1),
        _ => Kind::Unknown,
    }
}

/// A class by its bases; a name that is bound to another class by that.
fn of_definition(table: &Table, definition: &Definition<'_>, depth: usize) -> Kind {
    match definition.kind() {
        // In typeshed the builtins are classes like any other.
        DefinitionKind::Class(class) if definition.names().path().ends_with("builtins.pyi") => {
            of_name(table, &format!("builtins.{}", class.name))
        }
        DefinitionKind::Class(class) => of_class(table, definition.names(), class, depth),
        DefinitionKind::Assignment(value @ (Expr::Name(_) | Expr::Attribute(_)))
            if !definition.is_rebound_from_inside() =>
        {
            kind_of(definition.names(), table, value, depth)
        }
        _ => Kind::Unknown,
    }
}

fn of_class(table: &Table, names: &Names<'_>, class: &StmtClassDef, depth: usize) -> Kind {
    if table.is_named(&class.name) || table.expects(names.path(), &class.name) {
        return Kind::Expected;
    }
    let kinds: Vec<Kind> = class
        .bases()
        .iter()
        .map(|base| match depth {
            0 => Kind::Unknown,
            _ => kind_of(names, table, base, depth - 1),
        })
        .collect();
    match kinds.contains(&Kind::Expected) {
        true => Kind::Expected,
        false if kinds.contains(&Kind::Unknown) => Kind::Unknown,
        false => Kind::Unexpected,
    }
}

fn of_name(table: &Table, qualified: &str) -> Kind {
    match qualified {
        "builtins.Exception" | "builtins.BaseException" => Kind::Broad,
        name if table.is_expected(name) => Kind::Expected,
        _ => Kind::Unexpected,
    }
}

/// `c` of `a.b.c`.
fn last_name(class: &Expr) -> &str {
    match class {
        Expr::Name(name) => &name.id,
        Expr::Attribute(attribute) => &attribute.attr,
        Expr::Call(call) => last_name(&call.func),
        _ => "",
    }
}
