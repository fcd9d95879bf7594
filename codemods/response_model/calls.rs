//! What a call gives: a model, a builtin, a method of a known value, a function of the project; else what ty says.

use codemend_engine::flow::falls_through;
use codemend_engine::semantic::{Definition, DefinitionKind, Meaning, Names, Where};
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::{Expr, ExprCall};

use super::record::Record;
use super::shape::{Class, Shape};
use super::study::Study;
use super::value::Fact;

/// Whether a call stands behind `await`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Awaited {
    Yes,
    No,
}

/// The text of `expr` for a message: on one line, and not too long.
pub(super) fn short(names: &Names<'_>, expr: &Expr) -> String {
    let text = names.text_at(expr.range());
    let mut words: Vec<_> = text.split_whitespace().collect();
    let mut joined = words.join(" ");
    while joined.chars().count() > 48 && words.len() > 1 {
        words.pop();
        joined = format!("{} ...", words.join(" "));
    }
    match joined.chars().count() > 60 {
        true => joined.chars().take(56).chain(" ...".chars()).collect(),
        false => joined,
    }
}

pub(super) fn unknown_call(names: &Names<'_>, expr: &Expr) -> String {
    format!("what `{}` gives is not known", short(names, expr))
}

impl<'db> Study<'_, 'db> {
    /// What `call` gives; `expr` is the call, or the `await` of it.
    pub(super) fn call(&mut self, expr: &Expr, call: &ExprCall, awaited: Awaited) -> Fact<'db> {
        let meanings = self.meanings_of(&call.func);
        if let [meaning] = &meanings[..] {
            let known = match meaning {
                Meaning::Builtin(name) => self.builtin(name, call),
                Meaning::Definition(definition) => self.defined(definition, call, awaited),
                Meaning::Outside { name, .. } if is_response(name) => {
                    Some(Fact::shown(Shape::Response))
                }
                _ => None,
            };
            if let Some(known) = known {
                return known;
            }
        }
        if let Some(known) = self.method_call(call, awaited) {
            return known;
        }
        match self.is_disturbed(&call.func) {
            true => Fact::unknown(unknown_call(self.names, expr)),
            false => self.told_by_ty(expr),
        }
    }

    /// The meanings of what is called; none for what hangs on a local name.
    pub(super) fn meanings_of(&self, func: &Expr) -> Vec<Meaning<'db>> {
        let local = super::study::root(func).is_some_and(|name| self.local(name).is_some());
        match func {
            Expr::Name(_) | Expr::Attribute(_) if !local => {
                self.names.meanings(func, Where::default())
            }
            // `Page[Item](...)`
            _ => Vec::new(),
        }
    }

    fn defined(
        &mut self,
        definition: &Definition<'db>,
        call: &ExprCall,
        awaited: Awaited,
    ) -> Option<Fact<'db>> {
        match definition.kind() {
            DefinitionKind::Class(class) => {
                if awaited == Awaited::Yes {
                    return None;
                }
                let class = Class {
                    name: class.name.to_string(),
                    definition: definition.clone(),
                };
                Some(self.constructed(class))
            }
            DefinitionKind::Function(function) if !definition.in_class_body() => {
                self.followed(definition, function, call, awaited)
            }
            _ => None,
        }
    }

    /// Whether `value` makes a new instance of a model: `Item(...)`.
    pub(super) fn constructs(&self, value: &Expr) -> bool {
        let Expr::Call(call) = value else {
            return false;
        };
        match &self.meanings_of(&call.func)[..] {
            [Meaning::Definition(definition)] => {
                matches!(definition.kind(), DefinitionKind::Class(_))
            }
            _ => false,
        }
    }

    /// `Class(...)`
    fn constructed(&self, class: Class<'db>) -> Fact<'db> {
        match self.world.kind_of(&class) {
            super::world::ClassKind::Model | super::world::ClassKind::Enum => {
                Fact::shown(Shape::Model(class))
            }
            super::world::ClassKind::Response => Fact::shown(Shape::Response),
            super::world::ClassKind::Other => Fact::unknown(format!(
                "`{}` is not a pydantic model that can be read",
                class.name
            )),
        }
    }

    fn builtin(&mut self, name: &str, call: &ExprCall) -> Option<Fact<'db>> {
        let arguments = &call.arguments;
        let starred = arguments.args.iter().any(Expr::is_starred_expr)
            || arguments.keywords.iter().any(|one| one.arg.is_none());
        let shape = match name {
            "len" | "ord" | "hash" | "id" | "int" => Shape::Int,
            "str" | "repr" | "format" | "chr" | "hex" | "bin" | "oct" | "ascii" | "input" => {
                Shape::Str
            }
            "bool" | "any" | "all" | "isinstance" | "issubclass" | "callable" | "hasattr" => {
                Shape::Bool
            }
            "float" => Shape::Float,
            "bytes" => Shape::Rewritten(super::shape::Rewritten::Bytes),
            "dict" if arguments.args.is_empty() && !starred => {
                let mut items = Vec::new();
                let mut promise = None;
                for keyword in &arguments.keywords {
                    let fact = self.eval(&keyword.value);
                    promise = promise.or(fact.promise);
                    items.extend(
                        keyword
                            .arg
                            .as_ref()
                            .map(|key| (key.to_string(), fact.shape)),
                    );
                }
                let shape = Shape::Record(Record::new(items));
                return Some(Fact { shape, promise });
            }
            "tuple" | "set" | "frozenset" | "range" | "enumerate" | "zip" | "map" | "filter"
            | "iter" | "reversed" | "type" | "divmod" => {
                return Some(Fact::unfit(format!("what `{name}()` gives")));
            }
            "sorted" | "list" if !starred => {
                let Some(first) = arguments.args.first() else {
                    return Some(Fact::shown(Shape::list(Shape::Never)));
                };
                let element = match first {
                    // `sorted(name for name in names)`
                    Expr::Generator(generator) => {
                        self.comprehension(&generator.elt, &generator.generators)
                    }
                    other => {
                        let bound = self.loop_names(&any_name(), other);
                        bound.into_iter().next().map_or_else(
                            || Fact::unknown(unknown_call(self.names, other)),
                            |(_, fact)| fact,
                        )
                    }
                };
                return Some(element.map(Shape::list));
            }
            "abs" | "round" | "sum" | "min" | "max" if !starred => {
                return self.numeric(name, call);
            }
            _ => return None,
        };
        Some(Fact::shown(shape))
    }

    fn numeric(&mut self, name: &str, call: &ExprCall) -> Option<Fact<'db>> {
        let arguments: Vec<Fact<'db>> = match (&*call.arguments.args, name) {
            ([Expr::Generator(generator)], "sum" | "min" | "max") => {
                vec![self.comprehension(&generator.elt, &generator.generators)]
            }
            ([one], "sum" | "min" | "max") => {
                let iterated = self.eval(one);
                vec![self.elements(iterated)]
            }
            (all, _) => all.iter().map(|one| self.eval(one)).collect(),
        };
        let promise = arguments.iter().find_map(|fact| fact.promise.clone());
        let mut shapes = arguments.into_iter().map(|fact| fact.shape);
        let first = shapes.next()?;
        let second = shapes.next();
        let keywords = &call.arguments.keywords;
        let shape = match name {
            "abs" if first.is_number() => {
                let members = first.into_members().into_iter().map(|member| match member {
                    Shape::Bool => Shape::Int,
                    other => other,
                });
                Shape::join_all(members)
            }
            "round" if second.is_none() && keywords.is_empty() && first.is_number() => Shape::Int,
            "round" if second == Some(Shape::Int) && first == Shape::Float => Shape::Float,
            "round" if second == Some(Shape::Int) && first == Shape::Int => Shape::Int,
            // The sum of nothing is the integer 0.
            "sum" if second.is_none() && keywords.is_empty() => match first {
                Shape::Int | Shape::Bool | Shape::Never => Shape::Int,
                Shape::Float => Shape::Int.join(Shape::Float),
                _ => return None,
            },
            "min" | "max" if keywords.iter().all(|one| one.arg.as_deref() == Some("key")) => {
                let rest = Shape::join_all(second.into_iter().chain(shapes));
                match first.clone().join(rest) {
                    plain if plain.is_plain() && plain != Shape::Never => plain,
                    _ => return None,
                }
            }
            _ => return None,
        };
        Some(Fact { shape, promise })
    }

    /// A method of a value that is known, or a class method of a model.
    fn method_call(&mut self, call: &ExprCall, awaited: Awaited) -> Option<Fact<'db>> {
        let Expr::Attribute(method) = &*call.func else {
            return None;
        };
        if awaited == Awaited::Yes {
            return None;
        }
        let name = method.attr.as_str();
        if let [Meaning::Definition(definition)] = &self.meanings_of(&method.value)[..]
            && let DefinitionKind::Class(class) = definition.kind()
        {
            let class = Class {
                name: class.name.to_string(),
                definition: definition.clone(),
            };
            return self.class_method(class, name, call);
        }
        let owner = self.eval(&method.value);
        match &owner.shape {
            Shape::Model(class) => match name {
                "model_dump" | "dict" | "json" | "model_dump_json" => {
                    Some(Fact::unfit(format!("what `.{name}()` of a model gives")))
                }
                "model_copy" if self.world.kind_of(class) == super::world::ClassKind::Model => {
                    Some(owner)
                }
                _ => None,
            },
            Shape::Dict(value) if name == "get" => {
                let value = (**value).clone();
                let promise = owner.promise.clone();
                Some(self.looked_up(
                    Fact {
                        shape: value,
                        promise,
                    },
                    call,
                    true,
                ))
            }
            Shape::Record(record) if name == "get" => {
                let Some(Expr::StringLiteral(key)) = call.arguments.args.first() else {
                    return None;
                };
                let key = key.value.to_str();
                let found = record.get(key)?.clone();
                let lacking = record.may_lack(key);
                let promise = owner.promise.clone();
                Some(self.looked_up(
                    Fact {
                        shape: found,
                        promise,
                    },
                    call,
                    lacking,
                ))
            }
            shape => {
                let given = super::methods::method(shape, name)?;
                Some(owner.map(|_| given))
            }
        }
    }

    /// `d.get(key)` and `d.get(key, default)`
    fn looked_up(&mut self, found: Fact<'db>, call: &ExprCall, may_lack: bool) -> Fact<'db> {
        if !may_lack {
            return found;
        }
        let otherwise = match call.arguments.args.get(1) {
            Some(default) => self.eval(default),
            None => Fact::shown(Shape::None),
        };
        found.join(otherwise)
    }

    /// `Item.model_validate(row)`
    fn class_method(
        &mut self,
        class: Class<'db>,
        name: &str,
        call: &ExprCall,
    ) -> Option<Fact<'db>> {
        if self.world.kind_of(&class) != super::world::ClassKind::Model
            || self.world.defines(&class, name)
        {
            return None;
        }
        let shape = Shape::Model(class.clone());
        match name {
            "model_construct" | "construct" if self.world.is_first_generation() => None,
            "model_construct" | "construct" | "model_validate_json" | "parse_raw" => {
                Some(Fact::shown(shape))
            }
            "model_validate" | "parse_obj" | "from_orm" => {
                let given = call.arguments.args.first().map(|one| self.eval(one).shape);
                match given {
                    Some(Shape::Record(_) | Shape::Dict(_)) => Some(Fact::shown(shape)),
                    _ => Some(Fact::promised(
                        shape,
                        format!("`{}.{name}` hands on an instance of a subclass", class.name),
                    )),
                }
            }
            _ => None,
        }
    }

    /// Whether `expr`, a statement of its own, never comes back: `sys.exit()`, a function that always raises.
    pub(super) fn never_returns(&self, expr: &Expr) -> bool {
        let (call, awaited) = match expr {
            Expr::Call(call) => (call, false),
            Expr::Await(waiting) => match &*waiting.value {
                Expr::Call(call) => (call, true),
                _ => return false,
            },
            _ => return false,
        };
        match &self.meanings_of(&call.func)[..] {
            [Meaning::Outside { name, .. }] => {
                matches!(&**name, "sys.exit" | "os._exit" | "os.abort")
            }
            [Meaning::Builtin(name)] => matches!(&**name, "exit" | "quit"),
            [Meaning::Definition(definition)] => match definition.kind() {
                DefinitionKind::Function(function) => {
                    function.is_async == awaited
                        && function.decorator_list.is_empty()
                        && !falls_through(&function.body)
                        && !super::follow::returns_or_yields(function)
                }
                _ => false,
            },
            _ => false,
        }
    }
}

/// A loop target for what is only iterated.
fn any_name() -> Expr {
    Expr::Name(codemend_engine::syntax::ast::ExprName {
        node_index: codemend_engine::syntax::ast::AtomicNodeIndex::NONE,
        range: codemend_engine::syntax::TextRange::default(),
        id: "_".into(),
        ctx: codemend_engine::syntax::ast::ExprContext::Store,
    })
}

/// Whether the outside class `name` is a response of FastAPI or Starlette.
pub(super) fn is_response(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    let from = ["fastapi.", "starlette.", "sse_starlette."];
    last.ends_with("Response") && from.iter().any(|module| name.starts_with(module))
}
