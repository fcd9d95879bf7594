//! Follows an expression to the calls that make applications and routers.
//!
//! Every place that may have bound the value is followed, each once; one that cannot be followed makes the whole value
//! unknown. So loops of names end, and the work grows with the number of places only.

use ruff_python_ast::{BoolOp, Expr, ExprAttribute, ExprCall, StmtClassDef, StmtFunctionDef};

use super::altered::alters;
use super::attributes::{Bound, Selves, Value, bindings};
use super::classes::{self, class_of};
use super::construction::construction;
use super::receiver::{Construction, Kind, Receiver};
use crate::frameworks::DEPTH;
use crate::frameworks::annotations::{annotated, unquoted, without_none};
use crate::frameworks::own_returns::own_returns;
use crate::semantic::{Definition, DefinitionKind, Meaning, Names, Where};

/// What has been followed so far.
#[derive(Default)]
pub(super) struct Tracer<'db> {
    seen: Vec<Definition<'db>>,
    found: Option<Receiver>,
    /// The files in which something was found.
    files: Vec<Names<'db>>,
    depth: usize,
}

/// Whether a call is awaited, which decides what a coroutine function gives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Call {
    Plain,
    Awaited,
}

impl<'db> Tracer<'db> {
    /// What `expr`, an expression in the file of `names`, is. Assignments to attributes of it are not looked at.
    pub(super) fn trace(mut self, names: &Names<'db>, expr: &Expr) -> Option<Receiver> {
        self.value(names, expr)?;
        self.found
    }

    /// The same, with assignments in the file of `names` and in those that make the receiver.
    pub(super) fn trace_altered(mut self, names: &Names<'db>, expr: &Expr) -> Option<Receiver> {
        self.value(names, expr)?;
        let receiver = self.found?;
        let others = self.files.iter().filter(|file| file.path() != names.path());
        let altered = alters(names) || others.into_iter().any(alters);
        Some(Receiver {
            altered,
            ..receiver
        })
    }

    /// Follow a part of the way anew, for what it leads to.
    fn apart(&mut self, names: &Names<'db>, expr: &Expr) -> Option<Receiver> {
        let mut inner = Self {
            seen: self.seen.clone(),
            found: None,
            files: Vec::new(),
            depth: self.depth,
        };
        inner.value(names, expr)?;
        self.files.append(&mut inner.files);
        inner.found
    }

    fn make(&mut self, names: &Names<'db>, receiver: Receiver) -> Option<()> {
        if self.files.iter().all(|file| file.path() != names.path()) {
            self.files.push(names.clone());
        }
        self.take(receiver)
    }

    fn take(&mut self, receiver: Receiver) -> Option<()> {
        self.found = Some(match self.found.take() {
            Some(first) => first.or(receiver)?,
            None => receiver,
        });
        Some(())
    }

    fn value(&mut self, names: &Names<'db>, expr: &Expr) -> Option<()> {
        if self.depth >= DEPTH {
            return None;
        }
        self.depth += 1;
        let followed = match expr {
            Expr::Name(_) => self.name(names, expr),
            Expr::Attribute(attribute) => self.attribute(names, expr, attribute),
            Expr::Call(call) => self.call(names, call, Call::Plain),
            Expr::Await(awaited) => match &*awaited.value {
                Expr::Call(call) => self.call(names, call, Call::Awaited),
                _ => None,
            },
            Expr::If(choice) => self
                .value(names, &choice.body)
                .and_then(|()| self.value(names, &choice.orelse)),
            // `app = app or FastAPI()`
            Expr::BoolOp(either) if either.op == BoolOp::Or => either
                .values
                .iter()
                .try_for_each(|value| self.value(names, value)),
            Expr::Named(named) => self.value(names, &named.value),
            _ => None,
        };
        self.depth -= 1;
        followed
    }

    fn name(&mut self, names: &Names<'db>, expr: &Expr) -> Option<()> {
        if let Some(class) = Selves::of(names).class(expr) {
            // `self` in a method of `class App(FastAPI)`
            let (kind, class) = classes::of_class(names, class)?;
            return self.take(Receiver {
                kind,
                class,
                construction: Construction::Unknown,
                altered: false,
            });
        }
        self.meanings(names.meanings(expr, Where::default()))
    }

    fn meanings(&mut self, meanings: Vec<Meaning<'db>>) -> Option<()> {
        if meanings.is_empty() {
            return None;
        }
        meanings.into_iter().try_for_each(|meaning| match meaning {
            Meaning::Definition(definition) => self.definition(definition),
            _ => None,
        })
    }

    fn definition(&mut self, definition: Definition<'db>) -> Option<()> {
        if self.seen.iter().any(|seen| seen.is(&definition)) {
            return Some(());
        }
        if definition.is_rebound_from_inside() {
            return None;
        }
        self.seen.push(definition.clone());
        let names = definition.names();
        match definition.kind() {
            DefinitionKind::Assignment(value) => self.value(names, value),
            DefinitionKind::Annotated { annotation, value } => {
                self.annotated(names, annotation, value)
            }
            DefinitionKind::Parameter(Some(annotation)) => self.promised(names, annotation),
            _ => None,
        }
    }

    /// `app: FastAPI = value`: what the value is, else what the annotation says of it.
    fn annotated(
        &mut self,
        names: &Names<'db>,
        annotation: &Expr,
        value: Option<&Expr>,
    ) -> Option<()> {
        match value.and_then(|value| self.apart(names, value)) {
            Some(receiver) => self.take(receiver),
            None => self.promised(names, annotation),
        }
    }

    /// What an annotation says: `FastAPI`, `"FastAPI"`, `Optional[FastAPI]`, `Annotated[FastAPI, ...]`.
    fn promised(&mut self, names: &Names<'db>, annotation: &Expr) -> Option<()> {
        let (kind, class) = unquoted(names, annotation, Where::default(), |annotation, place| {
            let inner = annotated(names, annotation, place).map_or(annotation, |(inner, _)| inner);
            match &without_none(names, inner, place)[..] {
                [class] => class_of(names, class, place),
                _ => None,
            }
        })
        .flatten()?;
        self.take(Receiver {
            kind,
            class,
            construction: Construction::Unknown,
            altered: false,
        })
    }

    fn call(&mut self, names: &Names<'db>, call: &ExprCall, how: Call) -> Option<()> {
        if let Some((kind, class)) = class_of(names, &call.func, Where::default()) {
            let construction = construction(names, call);
            let receiver = Receiver {
                kind,
                class,
                construction,
                altered: false,
            };
            return self.make(names, receiver);
        }
        let meanings = names.meanings(&call.func, Where::default());
        if meanings.is_empty() {
            return None;
        }
        meanings.into_iter().try_for_each(|meaning| match meaning {
            Meaning::Definition(definition) => match definition.kind() {
                DefinitionKind::Function(function) if !definition.is_rebound_from_inside() => {
                    self.factory(&definition, function, how)
                }
                _ => None,
            },
            _ => None,
        })
    }

    /// What a function of the project gives: what it returns, else what its annotation says.
    fn factory(
        &mut self,
        definition: &Definition<'db>,
        function: &StmtFunctionDef,
        how: Call,
    ) -> Option<()> {
        if self.seen.iter().any(|seen| seen.is(definition)) {
            return Some(());
        }
        self.seen.push(definition.clone());
        let names = definition.names();
        if function.is_async != (how == Call::Awaited)
            || !function
                .decorator_list
                .iter()
                .all(|one| keeps_result(names, &one.expression))
        {
            return None;
        }
        self.returned(names, function)
    }

    fn returned(&mut self, names: &Names<'db>, function: &StmtFunctionDef) -> Option<()> {
        let returns = own_returns(function);
        if returns.is_generator {
            return None;
        }
        let known: Option<Vec<Receiver>> = returns
            .values
            .iter()
            .map(|value| self.apart(names, (*value)?))
            .collect();
        match (known, &function.returns) {
            (Some(known), _) if !known.is_empty() => {
                known.into_iter().try_for_each(|one| self.take(one))
            }
            (_, Some(annotation)) => self.promised(names, annotation),
            _ => None,
        }
    }

    fn attribute(
        &mut self,
        names: &Names<'db>,
        expr: &Expr,
        attribute: &ExprAttribute,
    ) -> Option<()> {
        let name = attribute.attr.as_str();
        if let Some(class) = Selves::of(names).class(&attribute.value)
            && let Some(followed) = self.member(names, class, name)
        {
            return followed;
        }
        if let Some(followed) = self.member_of_instance(names, &attribute.value, name) {
            return followed;
        }
        if name == "router"
            && let Some(owner) = self.apart(names, &attribute.value)
            && owner.kind == Kind::Application
        {
            return self.take(Receiver {
                kind: Kind::Router,
                ..owner
            });
        }
        let meanings = names.meanings(expr, Where::default());
        let in_class = |meaning: &Meaning<'_>| match meaning {
            Meaning::Definition(definition) => definition.in_class_body(),
            _ => false,
        };
        match meanings.iter().any(in_class) {
            true => None,
            false => self.meanings(meanings),
        }
    }

    /// The attribute `name` of a class of the project, or of what a call of one makes: `Server.router`,
    /// `server.router`. `None` when `owner` is neither.
    fn member_of_instance(
        &mut self,
        names: &Names<'db>,
        owner: &Expr,
        name: &str,
    ) -> Option<Option<()>> {
        let meanings = names.meanings(owner, Where::default());
        let [Meaning::Definition(definition)] = &meanings[..] else {
            return None;
        };
        if definition.is_rebound_from_inside() {
            return None;
        }
        match definition.kind() {
            DefinitionKind::Class(class) => self.member(definition.names(), class, name),
            DefinitionKind::Assignment(Expr::Call(call)) => {
                self.member_of_class(definition.names(), &call.func, name)
            }
            DefinitionKind::Annotated { annotation, .. }
            | DefinitionKind::Parameter(Some(annotation)) => {
                self.member_of_class(definition.names(), annotation, name)
            }
            _ => None,
        }
    }

    /// The attribute `name` of an object of the class that the expression `class` names.
    fn member_of_class(
        &mut self,
        names: &Names<'db>,
        class: &Expr,
        name: &str,
    ) -> Option<Option<()>> {
        let meanings = names.meanings(class, Where::default());
        let [Meaning::Definition(definition)] = &meanings[..] else {
            return None;
        };
        match definition.kind() {
            DefinitionKind::Class(class) => self.member(definition.names(), class, name),
            _ => None,
        }
    }

    /// The attribute `name` of `class`, a class in the file of `names`, or of its bases in the project. `None` when
    /// none of them binds it.
    fn member(
        &mut self,
        names: &Names<'db>,
        class: &StmtClassDef,
        name: &str,
    ) -> Option<Option<()>> {
        if self.depth >= DEPTH {
            return Some(None);
        }
        let Some(bound) = bindings(names, class, name) else {
            return Some(None);
        };
        if !bound.is_empty() {
            let followed = bound.into_iter().try_for_each(|one| self.bound(names, one));
            return Some(followed);
        }
        self.depth += 1;
        let inherited = class.bases().iter().find_map(|base| {
            let meanings = names.meanings(base, Where::default());
            let [Meaning::Definition(definition)] = &meanings[..] else {
                return None;
            };
            match definition.kind() {
                DefinitionKind::Class(class) => self.member(definition.names(), class, name),
                _ => None,
            }
        });
        self.depth -= 1;
        inherited
    }

    fn bound(&mut self, names: &Names<'db>, bound: Bound<'_>) -> Option<()> {
        match bound {
            Bound::Value(Value::Of(value)) => self.value(names, value),
            Bound::Value(Value::Annotated(annotation, value)) => {
                self.annotated(names, annotation, value)
            }
            Bound::Value(Value::Odd) => None,
            Bound::Method(method) => match &method.decorator_list[..] {
                [one] if is_property(names, &one.expression) => self.returned(names, method),
                _ => None,
            },
        }
    }
}

/// Decorators under which a function still gives what it returns.
fn keeps_result(names: &Names<'_>, decorator: &Expr) -> bool {
    let function = match decorator {
        Expr::Call(call) => &call.func,
        other => other,
    };
    let named = names.qualified_name(function, Where::default());
    matches!(
        named.as_deref(),
        Some(
            "functools.cache"
                | "functools.lru_cache"
                | "builtins.staticmethod"
                | "builtins.classmethod"
        )
    )
}

fn is_property(names: &Names<'_>, decorator: &Expr) -> bool {
    let named = names.qualified_name(decorator, Where::default());
    matches!(
        named.as_deref(),
        Some("builtins.property" | "functools.cached_property")
    )
}
