//! What a clause catches: everything, what is part of the plan, or an error that nobody plans for.

use std::collections::BTreeMap;

use codemend_engine::semantic::{Definition, DefinitionKind, Meaning, Names, Type, Where};
use codemend_engine::syntax::ast::{Expr, StmtClassDef};
use codemend_engine::syntax::{Ranged, TextSize};

use super::table::Table;

/// How far names of classes are followed.
const DEPTH: usize = 8;

/// How far up the bases of a class are followed, and the names on the way.
const LEVELS: usize = 40;

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
        _ => {
            let meanings = names.meanings(class, Where::default());
            match tuple_among(&meanings) {
                Some(tuple) => match tuple.kind() {
                    DefinitionKind::Assignment(Expr::Tuple(value)) => {
                        value.elts.iter().any(|one| {
                            matches!(one, Expr::Name(_))
                                && is_broad_name(tuple.names(), table, one, DEPTH)
                        })
                    }
                    _ => false,
                },
                None => is_broad_name_of(class, &meanings, table, DEPTH),
            }
        }
    }
}

fn is_broad_name(names: &Names<'_>, table: &Table, class: &Expr, depth: usize) -> bool {
    is_name(class)
        && is_broad_name_of(
            class,
            &names.meanings(class, Where::default()),
            table,
            depth,
        )
}

fn is_broad_name_of(class: &Expr, meanings: &[Meaning<'_>], table: &Table, depth: usize) -> bool {
    is_name(class)
        && meanings.iter().any(|meaning| match meaning {
            Meaning::Builtin(name) => of_name(table, &format!("builtins.{name}")) == Kind::Broad,
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

fn is_name(class: &Expr) -> bool {
    matches!(class, Expr::Name(_) | Expr::Attribute(_))
}

/// What the clause `class` catches, an expression of the file of `names`; a tuple, or the name of one, is taken apart.
pub fn caught(names: &Names<'_>, table: &Table, class: Option<&Expr>) -> Vec<Caught> {
    let mut found = Vec::new();
    let mut classes = Classes {
        table,
        known: BTreeMap::new(),
    };
    match class {
        Some(class) => classes.take_apart(names, class, DEPTH, &mut found),
        None => found.push(Caught {
            kind: Kind::Broad,
            name: "BaseException".to_owned(),
        }),
    }
    found
}

/// The assignment of a tuple, `ERRORS = (KeyError, ValueError)`, when `meanings`, of a name, are that.
fn tuple_among<'m, 'db>(meanings: &'m [Meaning<'db>]) -> Option<&'m Definition<'db>> {
    let [Meaning::Definition(definition)] = meanings else {
        return None;
    };
    let is_tuple = matches!(
        definition.kind(),
        DefinitionKind::Assignment(Expr::Tuple(_))
    );
    (is_tuple && !definition.is_rebound_from_inside()).then_some(definition)
}

/// The classes of one clause and those above them.
struct Classes<'t> {
    table: &'t Table,
    /// What is known of a class, by its file and place. Of one that is being looked at nobody can tell: a class that is
    /// above itself ends there.
    known: BTreeMap<(String, TextSize), Kind>,
}

impl Classes<'_> {
    fn take_apart(
        &mut self,
        names: &Names<'_>,
        class: &Expr,
        depth: usize,
        found: &mut Vec<Caught>,
    ) {
        match class {
            Expr::Tuple(tuple) => {
                let members = tuple.elts.iter();
                return members.for_each(|one| self.take_apart(names, one, depth, found));
            }
            Expr::Starred(starred) => {
                return self.take_apart(names, &starred.value, depth, found);
            }
            _ => {}
        }
        if let Some(tuple) =
            tuple_among(&names.meanings(class, Where::default())).filter(|_| depth > 0)
        {
            let DefinitionKind::Assignment(value) = tuple.kind() else {
                return;
            };
            return self.take_apart(tuple.names(), value, depth - 1, found);
        }
        found.push(Caught {
            kind: self.of_expr(names, class, LEVELS),
            name: last_name(class).to_owned(),
        });
    }

    /// What all meanings of `class` agree on.
    fn of_expr(&mut self, names: &Names<'_>, class: &Expr, levels: usize) -> Kind {
        if self.table.is_named(last_name(class)) {
            return Kind::Expected;
        }
        if let Expr::Call(call) = class {
            // `anyio.get_cancelled_exc_class()`
            let maker = names.qualified_name(&call.func, Where::default());
            let is_expected = maker.is_some_and(|name| self.table.is_expected(&name));
            return if is_expected {
                Kind::Expected
            } else {
                Kind::Unknown
            };
        }
        let meanings = names.meanings(class, Where::default());
        let mut kinds = meanings
            .iter()
            .map(|meaning| self.of_meaning(names, class, meaning, levels));
        let Some(first) = kinds.next() else {
            return Kind::Unknown;
        };
        match kinds.all(|kind| kind == first) {
            true => first,
            false => Kind::Unknown,
        }
    }

    fn of_meaning(
        &mut self,
        names: &Names<'_>,
        class: &Expr,
        meaning: &Meaning<'_>,
        levels: usize,
    ) -> Kind {
        match meaning {
            Meaning::Builtin(name) => of_name(self.table, &format!("builtins.{name}")),
            Meaning::Outside { name, .. } => match of_name(self.table, name) {
                // The library may be there to be read.
                Kind::Unexpected if names.is_at_hand(name) => match names.type_of(class).kind {
                    Type::Class(found) => match found.definition.as_ref() {
                        Some(definition) => self.of_definition(definition, levels),
                        None => Kind::Unexpected,
                    },
                    _ => Kind::Unexpected,
                },
                kind => kind,
            },
            Meaning::Definition(definition) => self.of_definition(definition, levels),
            _ => Kind::Unknown,
        }
    }

    /// A class by its bases; a name that is bound to another class by that.
    fn of_definition(&mut self, definition: &Definition<'_>, levels: usize) -> Kind {
        let names = definition.names();
        match definition.kind() {
            // In typeshed the builtins are classes like any other.
            DefinitionKind::Class(class) if names.path().ends_with("builtins.pyi") => {
                of_name(self.table, &format!("builtins.{}", class.name))
            }
            DefinitionKind::Class(class) => {
                let key = (names.path().to_owned(), class.start());
                if let Some(known) = self.known.get(&key) {
                    return *known;
                }
                self.known.insert(key.clone(), Kind::Unknown);
                let kind = self.of_class(names, class, levels);
                self.known.insert(key, kind);
                kind
            }
            DefinitionKind::Assignment(value @ (Expr::Name(_) | Expr::Attribute(_)))
                if levels > 0 && !definition.is_rebound_from_inside() =>
            {
                self.of_expr(names, value, levels - 1)
            }
            _ => Kind::Unknown,
        }
    }

    fn of_class(&mut self, names: &Names<'_>, class: &StmtClassDef, levels: usize) -> Kind {
        if self.table.is_named(&class.name) || self.table.expects(names.path(), &class.name) {
            return Kind::Expected;
        }
        let bases = class.bases().iter();
        let kinds: Vec<Kind> = bases
            .map(|base| match levels {
                0 => Kind::Unknown,
                _ => self.of_expr(names, base, levels - 1),
            })
            .collect();
        match kinds.contains(&Kind::Expected) {
            true => Kind::Expected,
            false if kinds.contains(&Kind::Unknown) => Kind::Unknown,
            false => Kind::Unexpected,
        }
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
