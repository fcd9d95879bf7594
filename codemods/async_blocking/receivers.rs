//! What class of the table a value is of.
//!
//! Libraries are rarely there to be read, so their types are mostly not known. What made the value is: the call that a
//! name is bound to, or the annotation of a parameter.

use std::collections::BTreeMap;

use codemend_engine::semantic::{DefinitionKind, Meaning, Names, Type, Where};
use codemend_engine::syntax::ast::statement_visitor::{StatementVisitor, walk_stmt};
use codemend_engine::syntax::ast::{Expr, ExprCall, Operator, Stmt, StmtClassDef};
use codemend_engine::syntax::parse_expression;

use super::table::{Class, Table};

/// How far values are followed.
const DEPTH: usize = 8;

/// Sees values of one function.
#[derive(Clone, Copy)]
pub struct Receivers<'r, 'db, 'a> {
    pub names: &'r Names<'db>,
    /// What plain `with` statements of the function bind.
    pub bound: &'r BTreeMap<&'a str, &'a Expr>,
    /// The class that the function is a method of.
    pub class: Option<&'a StmtClassDef>,
}

impl Receivers<'_, '_, '_> {
    /// The class of the table that `value` is an instance of.
    pub fn class_of(self, value: &Expr) -> Option<&'static Class> {
        self.follow(value, DEPTH)
    }

    fn follow(self, value: &Expr, depth: usize) -> Option<&'static Class> {
        let depth = depth.checked_sub(1)?;
        match value {
            Expr::Call(call) => self.of_call(call, depth),
            Expr::BinOp(one) if one.op == Operator::Div => self.follow(&one.left, depth),
            Expr::Name(name) => match self.bound.get(name.id.as_str()) {
                Some(context) => self.follow(context, depth),
                None => self.of_name(value, depth),
            },
            Expr::Attribute(attribute) => {
                if let Expr::Name(owner) = &*attribute.value
                    && owner.id == "self"
                    && let Some(class) = self.class
                {
                    return self.of_member(class, &attribute.attr, depth);
                }
                self.of_name(value, depth)
            }
            _ => None,
        }
    }

    /// The class of the table that the type of `value` is.
    pub fn type_of(self, value: &Expr) -> Option<&'static Class> {
        // A module, or a member of one.
        if value.is_name_expr() && self.names.qualified_name(value, Where::default()).is_some() {
            return None;
        }
        match self.names.type_of(value).kind {
            Type::Instance(class) => Table::shipped().class(&class.name),
            _ => None,
        }
    }

    fn of_call(self, call: &ExprCall, depth: usize) -> Option<&'static Class> {
        let table = Table::shipped();
        if let Some(name) = self.names.qualified_name(&call.func, Where::default()) {
            return table.made_by(&name);
        }
        if let Expr::Attribute(method) = &*call.func
            && let Some(class) = self.follow(&method.value, depth)
        {
            return table.given(class, &method.attr);
        }
        self.factory(&call.func, depth)
    }

    /// The class of what `callee`, itself made by a call, gives: `SessionLocal = sessionmaker(...)`.
    fn factory(self, callee: &Expr, depth: usize) -> Option<&'static Class> {
        depth.checked_sub(1)?;
        let meanings = self.names.meanings(callee, Where::default());
        all_agree(meanings.iter().map(|meaning| {
            let Meaning::Definition(definition) = meaning else {
                return None;
            };
            let DefinitionKind::Assignment(Expr::Call(call)) = definition.kind() else {
                return None;
            };
            let maker = definition
                .names()
                .qualified_name(&call.func, Where::default())?;
            Table::shipped().made_by_factory(&maker)
        }))
    }

    /// What the name or the member of a module `value` is bound to.
    fn of_name(self, value: &Expr, depth: usize) -> Option<&'static Class> {
        let meanings = self.names.meanings(value, Where::default());
        all_agree(meanings.iter().map(|meaning| {
            let Meaning::Definition(definition) = meaning else {
                return None;
            };
            let names = definition.names();
            let there = Receivers { names, ..self };
            match definition.kind() {
                DefinitionKind::Assignment(value) => there.follow(value, depth),
                DefinitionKind::Annotated {
                    annotation,
                    value: _,
                }
                | DefinitionKind::Parameter(Some(annotation)) => {
                    annotated(names, annotation, depth)
                }
                _ => None,
            }
        }))
    }

    /// What the methods of `class` put into `self.name`.
    fn of_member(self, class: &StmtClassDef, name: &str, depth: usize) -> Option<&'static Class> {
        let mut stores = Stores {
            name,
            annotations: Vec::new(),
            values: Vec::new(),
        };
        stores.visit_body(&class.body);
        if let [annotation] = stores.annotations[..] {
            return annotated(self.names, annotation, depth);
        }
        let values = stores.values.iter().filter(|it| !it.is_none_literal_expr());
        all_agree(values.map(|value| self.follow(value, depth)))
    }
}

fn all_agree(mut found: impl Iterator<Item = Option<&'static Class>>) -> Option<&'static Class> {
    let first = found.next()??;
    found
        .all(|one| one.is_some_and(|one| std::ptr::eq(one, first)))
        .then_some(first)
}

/// The class that `annotation` names, of a file whose names are `names`.
fn annotated(names: &Names<'_>, annotation: &Expr, depth: usize) -> Option<&'static Class> {
    named_at(names, annotation, Where::default(), depth)
}

/// The same of an annotation that is meant at `place`.
fn named_at(
    names: &Names<'_>,
    annotation: &Expr,
    place: Where<'_>,
    depth: usize,
) -> Option<&'static Class> {
    let depth = depth.checked_sub(1)?;
    match annotation {
        Expr::StringLiteral(text) => {
            let parsed = parse_expression(text.value.to_str()).ok()?;
            let place = Where {
                witness: Some(annotation),
                deferred: true,
            };
            named_at(names, parsed.expr(), place, depth)
        }
        Expr::Subscript(one) => {
            let around = names.qualified_name(&one.value, place)?;
            match around.as_str() {
                "typing.Annotated" => match &*one.slice {
                    Expr::Tuple(tuple) => named_at(names, tuple.elts.first()?, place, depth),
                    _ => None,
                },
                "typing.Optional" => named_at(names, &one.slice, place, depth),
                // `scoped_session[Session]`
                name => Table::shipped().class(name),
            }
        }
        Expr::BinOp(one) if one.op == Operator::BitOr => match (&*one.left, &*one.right) {
            (class, Expr::NoneLiteral(_)) | (Expr::NoneLiteral(_), class) => {
                named_at(names, class, place, depth)
            }
            _ => None,
        },
        Expr::Name(_) | Expr::Attribute(_) => {
            if let Some(name) = names.qualified_name(annotation, place) {
                return Table::shipped().class(&name);
            }
            let meanings = names.meanings(annotation, place);
            let [Meaning::Definition(alias)] = &meanings[..] else {
                return None;
            };
            match alias.kind() {
                DefinitionKind::Assignment(value) => annotated(alias.names(), value, depth),
                DefinitionKind::Annotated {
                    value: Some(value), ..
                } => annotated(alias.names(), value, depth),
                _ => None,
            }
        }
        _ => None,
    }
}

/// What a class stores in one attribute of its objects.
struct Stores<'n, 'a> {
    name: &'n str,
    annotations: Vec<&'a Expr>,
    values: Vec<&'a Expr>,
}

impl<'a> StatementVisitor<'a> for Stores<'_, 'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let is_it = |target: &Expr| match target {
            Expr::Attribute(one) => {
                one.attr.as_str() == self.name
                    && matches!(&*one.value, Expr::Name(owner) if owner.id == "self")
            }
            _ => false,
        };
        match statement {
            Stmt::Assign(one) if one.targets.iter().any(is_it) => self.values.push(&one.value),
            Stmt::AnnAssign(one) => {
                let in_body = matches!(&*one.target, Expr::Name(name) if name.id == self.name);
                if in_body || is_it(&one.target) {
                    self.annotations.push(&one.annotation);
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }
}
