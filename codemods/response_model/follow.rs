//! Functions of the project: what their own returns give, and what is only promised about them.

use codemend_engine::frameworks::fastapi::{Default, Parameter, Provider, Source, parameters_in};
use codemend_engine::frameworks::pydantic::{FieldDefault, model};
use codemend_engine::semantic::{Definition, DefinitionKind, Meaning};
use codemend_engine::syntax::ast::helpers::ReturnStatementVisitor;
use codemend_engine::syntax::ast::visitor::Visitor as _;
use codemend_engine::syntax::ast::{ExprCall, StmtFunctionDef};

use super::calls::Awaited;
use super::shape::{Class, Shape};
use super::study::Study;
use super::value::Fact;
use super::world::{ClassKind, Given};

/// Who hands a function its arguments.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Caller {
    /// FastAPI, which validates what a client sends.
    Framework,
    /// Code of the project, which keeps to the annotations or does not.
    Code,
}

impl<'db> Study<'_, 'db> {
    /// What a call of `function` gives: what its returns show, else what its annotation promises.
    pub(super) fn followed(
        &mut self,
        definition: &Definition<'db>,
        function: &StmtFunctionDef,
        call: &ExprCall,
        awaited: Awaited,
    ) -> Option<Fact<'db>> {
        let text = super::calls::short(self.names, &call.func);
        if function.is_async != (awaited == Awaited::Yes) {
            return Some(Fact::unfit(format!(
                "a coroutine: `{text}()` is not awaited"
            )));
        }
        if !function.decorator_list.is_empty() {
            return Some(Fact::unknown(format!(
                "what `{text}()` gives is up to its decorator"
            )));
        }
        if self.world.is_replaced(definition, &function.name) {
            return Some(Fact::unknown(format!(
                "`{text}` is set from another module"
            )));
        }
        let (result, _) = self.study(definition, function, Caller::Code)?;
        Some(self.shown_or_promised(result, definition, function, &text))
    }

    /// `result` of a function, or what its annotation promises when that is not known.
    fn shown_or_promised(
        &self,
        result: Fact<'db>,
        definition: &Definition<'db>,
        function: &StmtFunctionDef,
        text: &str,
    ) -> Fact<'db> {
        let has_dict = {
            let mut found = false;
            result
                .shape
                .visit(&mut |shape| found |= matches!(shape, Shape::Record(_)));
            found
        };
        if has_dict {
            return Fact::unknown(format!("the dict is made by `{text}()`"));
        }
        let promised = self.promised_by(definition, function);
        let is_shown = !matches!(result.shape, Shape::Unknown(_) | Shape::Unfit(_));
        if is_shown && result.promise.is_none() && self.keeps(&result.shape, promised.as_ref()) {
            return result;
        }
        match promised {
            Some(shape) => Fact::promised(
                shape,
                format!("only the annotation of `{}` says so", function.name),
            ),
            _ if result.is_unknown() => {
                Fact::unknown(format!("what `{text}()` gives is not known"))
            }
            _ => result,
        }
    }

    /// What the return annotation of `function` promises, if that is known.
    fn promised_by(
        &self,
        definition: &Definition<'db>,
        function: &StmtFunctionDef,
    ) -> Option<Shape<'db>> {
        let there = Study::new(self.world, definition.names(), 0);
        let promised = there.annotated(function.returns.as_deref()?);
        (!promised.is_unknown()).then_some(promised.shape)
    }

    /// Whether `shown`, what a function gives, holds no other models than those that it promises: what is promised is
    /// what the author wants to be seen.
    fn keeps(&self, shown: &Shape<'db>, promised: Option<&Shape<'db>>) -> bool {
        let Some(promised) = promised else {
            return true;
        };
        let mut named = Vec::new();
        promised.visit(&mut |shape| {
            if let Shape::Model(class) = shape {
                named.push(class.clone());
            }
        });
        let mut keeps = true;
        shown.visit(&mut |shape| {
            if let Shape::Model(class) = shape {
                keeps &= named.contains(class);
            }
        });
        keeps
    }

    /// Study `function` of another place: what it returns, and what it yields.
    fn study(
        &mut self,
        definition: &Definition<'db>,
        function: &StmtFunctionDef,
        caller: Caller,
    ) -> Option<Given<'db>> {
        let depth = self.depth.checked_sub(1)?;
        let world = self.world;
        world.remember(definition, caller, depth, || {
            let mut there = Study::new(world, definition.names(), depth);
            there.bind_parameters(function, caller);
            there.function(function);
            let yields =
                is_generator(function).then(|| match super::managers::yields_oddly(function) {
                    true => Fact::unknown("a `yield` inside of an expression"),
                    false => Fact::join_all(there.yielded.drain(..)),
                });
            (there.result(), yields)
        })
    }

    /// Bind the parameters of `function`, of the file of this study.
    pub(super) fn bind_parameters(&mut self, function: &StmtFunctionDef, caller: Caller) {
        let names = self.names;
        for parameter in parameters_in(names, function) {
            let fact = match caller {
                Caller::Framework => self.given_by_framework(&parameter),
                Caller::Code => self.given_by_code(&parameter),
            };
            let validated = matches!(parameter.source, Source::Implied | Source::Request(_))
                && matches!(parameter.default, Default::Required);
            self.locals.bind(&parameter.node.name, fact);
            let library =
                parameter.with_type(|names, expr, _| super::managers::is_outside(names, expr));
            self.of_library
                .insert(parameter.node.name.to_string(), library.unwrap_or(false));
            if let Some(binding) = self.locals.names.get_mut(parameter.node.name.as_str()) {
                binding.pristine = validated && caller == Caller::Framework;
            }
        }
    }

    fn given_by_code(&self, parameter: &Parameter<'_, 'db>) -> Fact<'db> {
        let name = &parameter.node.name;
        let shape = match parameter.node.annotation.as_deref() {
            Some(annotation) => self.annotated(annotation).shape,
            None => Shape::unknown(format!("`{name}` has no annotation")),
        };
        Fact::promised(shape, format!("only the annotation of `{name}` says so"))
    }

    /// What FastAPI hands over for a parameter.
    fn given_by_framework(&mut self, parameter: &Parameter<'_, 'db>) -> Fact<'db> {
        let name = &parameter.node.name;
        let unknown = |why: &str| Fact::unknown(format!("`{name}` {why}"));
        match &parameter.source {
            Source::Implied | Source::Request(_) => {}
            Source::Depends(provider) | Source::Security(provider) => {
                return self.provided(parameter, provider);
            }
            Source::File => return unknown("is a file"),
            Source::Special(_) => return unknown("is an object of FastAPI"),
            Source::Variadic | Source::Unknown => return unknown("is not known"),
        }
        let plain = |name: &Option<String>| {
            name.as_deref().is_some_and(|name| {
                name.starts_with("fastapi.")
                    || name == "pydantic.Field"
                    || name == "annotated_types.Len"
            })
        };
        if !parameter.metadata().iter().all(plain) {
            return unknown("is changed by what stands in `Annotated`");
        }
        let validated = parameter
            .with_type(|names, expr, place| super::annotation::shape(names, expr, place, 8));
        let validated = match validated {
            Some(shape) => self.known(shape),
            None => return unknown("has no annotation"),
        };
        let handed = match self.world.handed_on(&validated) {
            Some(class) => Fact::promised(
                validated,
                format!("a validator of `{class}` may hand back an instance of another class"),
            ),
            None => Fact::shown(validated),
        };
        // A default is handed over as it is.
        match parameter.default {
            Default::Required => handed,
            Default::Value(default) => {
                let default = self.eval(default);
                handed.join(default)
            }
            Default::Injected | Default::Unknown => unknown("has a default that is not known"),
        }
    }

    /// What a dependency gives.
    fn provided(&mut self, parameter: &Parameter<'_, 'db>, provider: &Provider<'db>) -> Fact<'db> {
        let name = &parameter.node.name;
        let annotated = parameter
            .with_type(|names, expr, place| super::annotation::shape(names, expr, place, 8))
            .map(|shape| self.known(shape));
        let promised = |annotated: Option<Shape<'db>>| match annotated {
            Some(shape) if !matches!(shape, Shape::Unknown(_)) => Fact::promised(
                shape,
                format!("only the annotation of the dependency `{name}` says so"),
            ),
            _ => Fact::unknown(format!("what the dependency `{name}` gives is not known")),
        };
        let meaning = match provider {
            Provider::Annotation => {
                return match annotated {
                    Some(Shape::Model(class)) if self.world.kind_of(&class) == ClassKind::Model => {
                        Fact::shown(Shape::Model(class))
                    }
                    other => promised(other),
                };
            }
            Provider::Named(meanings) => match &meanings[..] {
                [one] => one,
                _ => return promised(annotated),
            },
        };
        let Meaning::Definition(definition) = meaning else {
            return promised(annotated);
        };
        match definition.kind() {
            DefinitionKind::Class(class) => {
                let class = Class {
                    name: class.name.to_string(),
                    definition: definition.clone(),
                };
                match self.world.kind_of(&class) {
                    ClassKind::Model => Fact::shown(Shape::Model(class)),
                    _ => Fact::unknown(format!("what the dependency `{name}` gives is not known")),
                }
            }
            DefinitionKind::Function(function)
                if function.decorator_list.is_empty() && !definition.in_class_body() =>
            {
                let studied = self.study(definition, function, Caller::Framework);
                let result = studied.map(|(returned, yielded)| yielded.unwrap_or(returned));
                let told = annotated
                    .filter(is_settled)
                    .or_else(|| self.promised_by(definition, function));
                match result {
                    Some(fact)
                        if fact.promise.is_none()
                            && !self.world.overrides_dependencies
                            && is_settled(&fact.shape)
                            && self.keeps(&fact.shape, told.as_ref()) =>
                    {
                        fact
                    }
                    _ => promised(told),
                }
            }
            _ => promised(annotated),
        }
    }

    /// The field `name` of an instance of the model `class`: what validation and the default leave in it.
    pub(super) fn field_of(&mut self, class: &Class<'db>, name: &str) -> Fact<'db> {
        let unknown = |why: &str| Fact::unknown(format!("`{}.{name}` {why}", class.name));
        let Some(model) = model(&class.definition) else {
            return unknown("is not known");
        };
        let Some(field) = model.fields.iter().find(|field| field.name == name) else {
            return unknown("is no field");
        };
        let setting = ["model_post_init", "__init__", "__setattr__"];
        let overrides = &model.members.overrides;
        let sets = overrides.iter().any(|own| setting.contains(&own.as_str()));
        if sets || !model.members.validators.is_empty() || !field.metadata.is_empty() {
            return unknown("may be changed by a validator");
        }
        if model.config.may_set("use_enum_values") {
            return unknown("may hold the value of an enum");
        }
        let validated = field
            .with_type(|names, expr, place| super::annotation::shape(names, expr, place, 8))
            .map_or_else(
                || Shape::unknown("no annotation"),
                |shape| self.known(shape),
            );
        let fact = match field.default {
            FieldDefault::Required => Fact::shown(validated),
            FieldDefault::Value => match (field.default_value(), self.depth.checked_sub(1)) {
                (Some(default), Some(depth)) => {
                    let mut there = Study::new(self.world, field.names(), depth);
                    let default = there.eval(default);
                    Fact::shown(validated).join(default)
                }
                _ => unknown("has a default that is not known"),
            },
            FieldDefault::Factory | FieldDefault::Unknown => unknown("has a default that is made"),
        };
        let mut holds_model = false;
        fact.shape.visit(&mut |shape| holds_model |= matches!(shape, Shape::Model(one) if self.world.kind_of(one) == ClassKind::Model));
        match holds_model {
            true => Fact::promised(
                fact.shape,
                format!("`{}.{name}` may hold an instance of a subclass", class.name),
            ),
            false => fact,
        }
    }
}

/// Whether `shape` is known and no dict.
fn is_settled(shape: &Shape<'_>) -> bool {
    let mut settled = true;
    shape.visit(&mut |one| {
        settled &= !matches!(one, Shape::Unknown(_) | Shape::Unfit(_) | Shape::Record(_));
    });
    settled
}

fn is_generator(function: &StmtFunctionDef) -> bool {
    let mut returns = ReturnStatementVisitor::default();
    returns.visit_body(&function.body);
    returns.is_generator
}

/// Whether `function` has a `return` of its own, or is a generator.
pub(super) fn returns_or_yields(function: &StmtFunctionDef) -> bool {
    let mut returns = ReturnStatementVisitor::default();
    returns.visit_body(&function.body);
    returns.is_generator || !returns.returns.is_empty()
}

/// Whether `function` makes a generator.
pub(super) fn yields(function: &StmtFunctionDef) -> bool {
    is_generator(function)
}
