//! Names that are no locals, and attributes: constants of modules, fields of models, members of enums.

use codemend_engine::semantic::{
    Annotated, Definition, DefinitionKind, Meaning, Provenance, Type, TypeFact, Where,
};
use codemend_engine::syntax::ast::Expr;

use super::calls::short;
use super::shape::{Class, Rewritten, Shape};
use super::study::{Study, root};
use super::value::Fact;
use super::world::ClassKind;

impl<'db> Study<'_, 'db> {
    /// A name that the function does not bind, or an attribute of a module.
    pub(super) fn free(&mut self, expr: &Expr) -> Fact<'db> {
        match &self.names.meanings(expr, Where::default())[..] {
            [Meaning::Definition(definition)] => self.constant(expr, definition),
            [Meaning::Outside { name, .. }] if is_status(name) => Fact::shown(Shape::Int),
            [Meaning::Builtin(name)] if matches!(&**name, "__name__" | "__file__") => {
                Fact::shown(Shape::Str)
            }
            [Meaning::Outside { .. }] => self.told_by_ty(expr),
            _ => Fact::unknown(format!("`{}` is not known", short(self.names, expr))),
        }
    }

    /// A name that a module of the project binds.
    fn constant(&mut self, expr: &Expr, definition: &Definition<'db>) -> Fact<'db> {
        let text = short(self.names, expr);
        let unknown = || Fact::unknown(format!("`{text}` is not known"));
        let value = match definition.kind() {
            DefinitionKind::Assignment(value) => value,
            DefinitionKind::Annotated {
                value: Some(value), ..
            } => value,
            DefinitionKind::Class(_) => return Fact::unfit(format!("the class `{text}`")),
            DefinitionKind::Function(_) => return Fact::unfit(format!("the function `{text}`")),
            _ => return unknown(),
        };
        if definition.in_class_body() {
            return self.member(expr, definition).unwrap_or_else(unknown);
        }
        if !definition.is_at_module_level()
            || definition.is_rebound_from_inside()
            || self.depth == 0
        {
            return unknown();
        }
        let named = definition.name().unwrap_or_default();
        if self.world.is_replaced(definition, &named) {
            return Fact::unknown(format!("`{text}` is set from another module"));
        }
        let mut there = Study::new(self.world, definition.names(), self.depth - 1);
        let fact = there.eval(value);
        if fact.shape.is_mutable() {
            let own = definition.names().path() == self.names.path();
            let name = definition.name().unwrap_or_default();
            let mut nested = false;
            fact.shape.visit(&mut |shape| match shape {
                Shape::List(inner) | Shape::Dict(inner) => nested |= inner.is_mutable(),
                Shape::Record(record) => {
                    nested |= record.fields().any(|(_, shape)| shape.is_mutable());
                }
                _ => {}
            });
            if !own
                || nested
                || self.world.is_taken_elsewhere(&name)
                || !super::constants::is_only_read(definition.names(), &name)
            {
                return Fact::unknown(format!("`{text}` may be changed elsewhere"));
            }
        }
        let mut known = true;
        fact.shape.visit(&mut |shape| {
            known &= !matches!(
                shape,
                Shape::Unknown(_) | Shape::Unfit(_) | Shape::Response | Shape::Never
            );
        });
        match known {
            true => fact,
            false => unknown(),
        }
    }

    /// `Color.RED`, a name in the body of an enum.
    fn member(&mut self, expr: &Expr, definition: &Definition<'db>) -> Option<Fact<'db>> {
        let Expr::Attribute(attribute) = expr else {
            return None;
        };
        let [Meaning::Definition(owner)] = &self.meanings_of(&attribute.value)[..] else {
            return None;
        };
        let DefinitionKind::Class(class) = owner.kind() else {
            return None;
        };
        let class = Class {
            name: class.name.to_string(),
            definition: owner.clone(),
        };
        let _ = definition;
        (self.world.kind_of(&class) == ClassKind::Enum).then(|| Fact::shown(Shape::Model(class)))
    }

    pub(super) fn attribute(&mut self, expr: &Expr) -> Fact<'db> {
        let Expr::Attribute(attribute) = expr else {
            return Fact::unknown("not known");
        };
        let is_local = root(expr).is_some_and(|name| self.local(name).is_some());
        if !is_local {
            if let Some(value) = self.value_of_member(&attribute.value, &attribute.attr) {
                return value;
            }
            let known = self.free(expr);
            if !known.is_unknown() {
                return known;
            }
        }
        let owner = self.eval(&attribute.value);
        if let Shape::Model(class) = &owner.shape {
            return self.field(expr, class.clone(), &attribute.attr, owner.promise);
        }
        if let Some(shape) = super::methods::attribute(&owner.shape, &attribute.attr) {
            return owner.map(|_| shape);
        }
        match self.is_disturbed(expr) {
            true => Fact::unknown(format!("`{}` is not known", short(self.names, expr))),
            false => self.told_by_ty(expr),
        }
    }

    /// `Color.RED.value`
    fn value_of_member(&mut self, member: &Expr, attribute: &str) -> Option<Fact<'db>> {
        let [Meaning::Definition(definition)] = &self.meanings_of(member)[..] else {
            return None;
        };
        let (DefinitionKind::Assignment(value), true) =
            (definition.kind(), definition.in_class_body())
        else {
            return None;
        };
        self.member(member, definition)?;
        match attribute {
            "value" => {
                let mut there =
                    Study::new(self.world, definition.names(), self.depth.checked_sub(1)?);
                Some(there.eval(value)).filter(|fact| fact.shape.is_plain())
            }
            "name" => Some(Fact::shown(Shape::Str)),
            _ => None,
        }
    }

    /// `item.price` of a model that is known.
    fn field(
        &mut self,
        expr: &Expr,
        class: Class<'db>,
        name: &str,
        promise: Option<String>,
    ) -> Fact<'db> {
        if self.world.kind_of(&class) == ClassKind::Enum {
            let shape = match name {
                "value" => self.world.enum_value(&class),
                "name" => Shape::Str,
                _ => Shape::unknown(format!("`{}` is not known", short(self.names, expr))),
            };
            return Fact { shape, promise };
        }
        let pristine = self.is_pristine(expr);
        let mut fact = self.field_of(&class, name);
        fact.promise = promise.or(fact.promise);
        if !pristine {
            let text = short(self.names, expr);
            let reason = format!("`{text}` may have been changed since it was validated");
            fact.promise.get_or_insert(reason);
        }
        fact
    }

    /// Whether the model that `expr`, an attribute, hangs on is a local that nobody else has had in hands.
    fn is_pristine(&self, expr: &Expr) -> bool {
        let Expr::Attribute(attribute) = expr else {
            return false;
        };
        let Expr::Name(name) = &*attribute.value else {
            return false;
        };
        let inner = self
            .inner
            .iter()
            .rev()
            .find(|one| one.name == name.id.as_str());
        if let Some(inner) = inner {
            return inner.pristine;
        }
        let binding = self.locals.names.get(name.id.as_str());
        binding.is_some_and(|binding| binding.pristine && !binding.touched)
    }

    /// What ty says about `expr`.
    pub(super) fn told_by_ty(&mut self, expr: &Expr) -> Fact<'db> {
        let TypeFact { kind, provenance } = self.names.type_of(expr);
        let shape = self.of_type(&kind);
        if let Shape::Unknown(_) = shape {
            let text = short(self.names, expr);
            return Fact::unknown(match expr {
                Expr::Call(_) | Expr::Await(_) => format!("what `{text}` gives is not known"),
                _ => format!("`{text}` is not known"),
            });
        }
        match provenance {
            Provenance::Inferred | Provenance::Typeshed => Fact::shown(shape),
            Provenance::Annotated {
                what: Annotated::Parameter,
                name,
            } if self.local(&name).is_some() => {
                let promise = self.local(&name).and_then(|fact| fact.promise);
                Fact { shape, promise }
            }
            Provenance::Annotated { name, .. } => Fact::promised(
                shape,
                format!("only the signature or annotation of `{name}` says so"),
            ),
            Provenance::Unknown => {
                Fact::unknown(format!("`{}` is not known", short(self.names, expr)))
            }
        }
    }

    fn of_type(&self, kind: &Type<'db>) -> Shape<'db> {
        let unknown = || Shape::unknown("not known");
        match kind {
            Type::None => Shape::None,
            Type::Bool => Shape::Bool,
            Type::Int => Shape::Int,
            Type::Float => Shape::Float,
            Type::Str => Shape::Str,
            Type::Bytes => Shape::Rewritten(Rewritten::Bytes),
            Type::List(element) => Shape::list(self.of_type(element)),
            Type::Dict(key, value) if **key == Type::Str => match self.of_type(value) {
                Shape::Unknown(reason) => Shape::Unknown(reason),
                value => Shape::Dict(Box::new(value)),
            },
            Type::Union(members) => {
                Shape::join_all(members.iter().map(|member| self.of_type(member)))
            }
            Type::Instance(class) => match &*class.name {
                "datetime.datetime" => Shape::Rewritten(Rewritten::Datetime),
                "datetime.time" => Shape::Rewritten(Rewritten::Time),
                "datetime.timedelta" => Shape::Rewritten(Rewritten::Timedelta),
                "datetime.date" => Shape::Date,
                "decimal.Decimal" | "_decimal.Decimal" => Shape::Rewritten(Rewritten::Decimal),
                "uuid.UUID" => Shape::Uuid,
                _ => match &class.definition {
                    Some(definition) => {
                        let name = class.name.rsplit('.').next().unwrap_or_default();
                        let class = Class {
                            name: name.to_owned(),
                            definition: definition.clone(),
                        };
                        match self.world.kind_of(&class) {
                            ClassKind::Model | ClassKind::Enum => Shape::Model(class),
                            ClassKind::Response => Shape::Response,
                            ClassKind::Other => unknown(),
                        }
                    }
                    None => unknown(),
                },
            },
            _ => unknown(),
        }
    }
}

/// Whether `name` is `fastapi.status.HTTP_200_OK` or the like.
fn is_status(name: &str) -> bool {
    let modules = ["fastapi.status.HTTP_", "starlette.status.HTTP_"];
    modules.iter().any(|module| name.starts_with(module))
}
