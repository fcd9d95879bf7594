//! What annotations promise: of parameters, where the default keeps the promise, and of variables.

use codemend_engine::semantic::{DefinitionKind, Meaning, Provenance, Type, Where};
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::{Expr, ParameterWithDefault, Parameters};

use super::kind::Kind;
use super::proven::Scene;

impl Scene<'_, '_> {
    /// Whether the parameter `name` has a default that its annotation does not allow: `raw: str = None`, or one that
    /// nobody knows: `raw: str = Query(None)`.
    pub fn is_doubtful(&self, name: &str) -> bool {
        self.functions
            .iter()
            .rev()
            .find_map(|function| default_of(&function.parameters, name))
            .is_some_and(|(annotation, default)| !self.allows(annotation, default))
    }

    /// Whether the parameter that `annotation` belongs to has no default, or one of its type.
    pub fn has_fit_default(&self, annotation: &Expr) -> bool {
        let owns = |one: &&ParameterWithDefault| {
            let own = one.parameter.annotation.as_deref();
            own.is_some_and(|own| own.range() == annotation.range())
        };
        let mut functions = self.functions.iter();
        let found = functions.find_map(|one| one.parameters.iter_non_variadic_params().find(owns));
        found.is_some_and(|one| {
            let default = one.default.as_deref();
            default.is_none_or(|default| self.allows(Some(annotation), default))
        })
    }

    fn allows(&self, annotation: Option<&Expr>, default: &Expr) -> bool {
        let fact = self.names.type_of(default);
        let shown = matches!(fact.provenance, Provenance::Inferred | Provenance::Typeshed);
        let Some(annotation) = annotation.filter(|_| shown) else {
            return false;
        };
        let kind = Kind::of(&fact.kind);
        let head = match annotation {
            Expr::Subscript(subscript) => &subscript.value,
            other => other,
        };
        let named = self.names.qualified_name(head, Where::default());
        let named = named.as_deref().and_then(|name| name.rsplit('.').next());
        match named {
            Some("float") => kind.is_number(),
            Some(name) => kind.name() == name.to_lowercase(),
            None => false,
        }
    }

    /// Whether `value` is visibly none of `kind`: `raw: str = None`.
    pub fn is_other(&self, value: &Expr, kind: &Kind) -> bool {
        let fact = self.names.type_of(value);
        match Kind::of(&fact.kind) {
            Kind::Unknown => !matches!(fact.kind, Type::Unknown),
            own => own.name() != kind.name() && !kind.accepts(&own),
        }
    }

    /// Whether `value` is sure to be of `kind`: `raw or "80"` is, where `raw` is.
    pub fn fits(&self, value: &Expr, kind: &Kind) -> bool {
        match value {
            Expr::BoolOp(choice) => choice.values.iter().all(|one| self.fits(one, kind)),
            Expr::If(choice) => self.fits(&choice.body, kind) && self.fits(&choice.orelse, kind),
            Expr::Named(named) => self.fits(&named.value, kind),
            _ => {
                let own = Kind::of(&self.names.type_of(value).kind);
                own.is_known() && (own.name() == kind.name() || kind.accepts(&own))
            }
        }
    }

    pub fn mentions_doubtful(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Name(name) => self.is_doubtful(&name.id),
            Expr::Attribute(attribute) => self.mentions_doubtful(&attribute.value),
            Expr::Subscript(subscript) => self.mentions_doubtful(&subscript.value),
            Expr::BinOp(one) => {
                self.mentions_doubtful(&one.left) || self.mentions_doubtful(&one.right)
            }
            _ => false,
        }
    }

    /// `session: Session`, `session: Annotated[Session, ...]`: a class of a library that the table speaks of.
    pub fn annotated(&self, annotation: &Expr, depth: usize) -> Kind {
        if depth == 0 {
            return Kind::Unknown;
        }
        let builtin = self.builtin_annotation(annotation);
        if builtin.is_known() {
            return builtin;
        }
        if let Expr::Subscript(subscript) = annotation {
            let head = self
                .names
                .qualified_name(&subscript.value, Where::default());
            let first = match &*subscript.slice {
                Expr::Tuple(tuple) => tuple.elts.first(),
                _ => None,
            };
            return match (head.as_deref(), first) {
                (Some("typing.Annotated"), Some(first)) => self.annotated(first, depth - 1),
                _ => Kind::Unknown,
            };
        }
        if let Some(name) = self.names.qualified_name(annotation, Where::default()) {
            return match !name.starts_with("builtins.") && self.table.has_members(&name) {
                true => Kind::Object(name),
                false => Kind::Unknown,
            };
        }
        let meanings = self.names.meanings(annotation, Where::default());
        let [Meaning::Definition(alias)] = meanings.as_slice() else {
            return Kind::Unknown;
        };
        match alias.kind() {
            DefinitionKind::Assignment(value @ Expr::Subscript(_)) => {
                let there = Scene {
                    names: alias.names(),
                    table: self.table,
                    functions: Vec::new(),
                    roots: &[],
                    reached: None,
                    fuel: self.fuel.clone(),
                    calls: self.calls.clone(),
                };
                there.annotated(value, depth - 1)
            }
            _ => Kind::Unknown,
        }
    }

    /// `str`, `dict[str, int]`, `Dict[str, int]`.
    pub fn builtin_annotation(&self, annotation: &Expr) -> Kind {
        let (head, arguments) = match annotation {
            Expr::Subscript(subscript) => match &*subscript.slice {
                Expr::Tuple(tuple) => (&*subscript.value, tuple.elts.as_slice()),
                one => (&*subscript.value, std::slice::from_ref(one)),
            },
            other => (other, [].as_slice()),
        };
        let Some(name) = self.names.qualified_name(head, Where::default()) else {
            return Kind::Unknown;
        };
        let part = |at: usize| {
            let inner = arguments.get(at).map(|one| self.builtin_annotation(one));
            Box::new(inner.unwrap_or(Kind::Unknown))
        };
        match name.as_str() {
            "builtins.str" => Kind::Str,
            "builtins.int" => Kind::Int,
            "builtins.bool" => Kind::Bool,
            "builtins.float" => Kind::Float,
            "builtins.bytes" => Kind::Bytes,
            "builtins.list" | "typing.List" => Kind::List(part(0)),
            "builtins.set" | "typing.Set" => Kind::Set(part(0)),
            "builtins.dict" | "typing.Dict" => Kind::Dict(part(0), part(1)),
            "builtins.tuple" | "typing.Tuple" => Kind::Tuple(Box::new(Kind::Unknown)),
            _ => Kind::Unknown,
        }
    }
}

/// The default of the parameter `name`, with its annotation.
fn default_of<'p>(parameters: &'p Parameters, name: &str) -> Option<(Option<&'p Expr>, &'p Expr)> {
    let all = parameters.iter_non_variadic_params();
    let mut all = all.filter(|one| one.parameter.name.as_str() == name);
    let one = all.next()?;
    Some((one.parameter.annotation.as_deref(), one.default.as_deref()?))
}
