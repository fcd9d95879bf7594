//! Follows an expression to the calls that make applications and routers.
//!
//! Every place that may have bound the value is followed, each once; one that cannot be followed makes the whole value
//! unknown. So loops of names end, and the work grows with the number of places only.

use std::collections::BTreeMap;

use ruff_python_ast::{BoolOp, Expr, ExprCall, StmtFunctionDef};

use super::altered::alters;
use super::classes::{self, class_of};
use super::construction::construction;
use super::members::is_assigned;
use super::receiver::{Construction, Receiver};
use super::selves::class_of_self;
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
    pub(super) depth: usize,
    /// How many steps were taken: factories that call factories could take very many.
    steps: usize,
}

/// More steps than any real way from a name to a call has.
const STEPS: usize = 2000;

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

    /// The same, with assignments in the file of `names` and in those that make the receiver. What `known` has about
    /// files, by path, is not looked up again.
    pub(super) fn trace_altered(
        mut self,
        names: &Names<'db>,
        expr: &Expr,
        known: &mut BTreeMap<String, bool>,
    ) -> Option<Receiver> {
        self.value(names, expr)?;
        let receiver = self.found?;
        let mut altered = false;
        for file in std::iter::once(names).chain(&self.files) {
            let path = file.path().to_owned();
            altered |= *known.entry(path).or_insert_with(|| alters(file));
        }
        Some(Receiver {
            altered,
            ..receiver
        })
    }

    /// Follow a part of the way anew, for what it leads to.
    pub(super) fn apart(&mut self, names: &Names<'db>, expr: &Expr) -> Option<Receiver> {
        let mut inner = Self {
            seen: self.seen.clone(),
            found: None,
            files: Vec::new(),
            depth: self.depth,
            steps: self.steps,
        };
        let followed = inner.value(names, expr);
        self.steps = inner.steps;
        followed?;
        self.files.append(&mut inner.files);
        inner.found
    }

    fn make(&mut self, names: &Names<'db>, receiver: Receiver) -> Option<()> {
        if self.files.iter().all(|file| file.path() != names.path()) {
            self.files.push(names.clone());
        }
        self.take(receiver)
    }

    pub(super) fn take(&mut self, receiver: Receiver) -> Option<()> {
        self.found = Some(match self.found.take() {
            Some(first) => first.or(receiver)?,
            None => receiver,
        });
        Some(())
    }

    pub(super) fn value(&mut self, names: &Names<'db>, expr: &Expr) -> Option<()> {
        self.steps += 1;
        if self.depth >= DEPTH || self.steps >= STEPS {
            return None;
        }
        self.depth += 1;
        let followed = match expr {
            Expr::Name(name) if names.rebinds_from_inside(&name.id) => None,
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
        if let Some(class) = class_of_self(names, expr) {
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

    pub(super) fn meanings(&mut self, meanings: Vec<Meaning<'db>>) -> Option<()> {
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
    pub(super) fn annotated(
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
        if let Expr::Attribute(method) = &*call.func
            && is_assigned(names, &method.attr)
        {
            return None;
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

    pub(super) fn returned(
        &mut self,
        names: &Names<'db>,
        function: &StmtFunctionDef,
    ) -> Option<()> {
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
