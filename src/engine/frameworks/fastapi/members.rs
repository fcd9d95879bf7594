//! Follows attributes: of modules, of `self`, of classes of the project and of their objects.

use ruff_python_ast::{Expr, ExprAttribute, StmtClassDef};

use super::attributes::{Bound, Value, bindings, stores};
use super::receiver::{Kind, Receiver};
use super::selves::{Selves, class_of_self};
use super::tracer::Tracer;
use crate::frameworks::DEPTH;
use crate::semantic::{DefinitionKind, Meaning, Names, Where};

impl<'db> Tracer<'db> {
    pub(super) fn attribute(
        &mut self,
        names: &Names<'db>,
        expr: &Expr,
        attribute: &ExprAttribute,
    ) -> Option<()> {
        let name = attribute.attr.as_str();
        if let Some(class) = class_of_self(names, &attribute.value)
            && let Some(followed) = self.member(names, class, name)
        {
            return followed;
        }
        if is_assigned(names, name) {
            return None;
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

/// Whether the file of `names` assigns an attribute `name` of something else than `self`: `main.app = Flask()`.
pub(super) fn is_assigned(names: &Names<'_>, name: &str) -> bool {
    let selves = Selves::of(names);
    stores(names.suite())
        .iter()
        .any(|store| store.name == Some(name) && selves.class(store.owner).is_none())
}

fn is_property(names: &Names<'_>, decorator: &Expr) -> bool {
    let named = names.qualified_name(decorator, Where::default());
    matches!(
        named.as_deref(),
        Some("builtins.property" | "functools.cached_property")
    )
}
