//! A field of a model.

use ruff_python_ast::{Expr, ExprCall, Stmt};

use crate::frameworks::peel::peel;
use crate::semantic::{Definition, DefinitionKind, Names, Where};

/// A field, with the class that declares it.
pub struct Field<'db> {
    pub name: String,
    pub default: FieldDefault,
    /// The name that the field has in JSON, when it is not its own. With an alias generator any field may have one.
    pub alias: Alias,
    /// `Field(exclude=True)`, or a value that is not known.
    pub excluded: bool,
    /// The keyword arguments of every `Field(...)`, sorted; `**` for a spread.
    pub options: Vec<String>,
    /// What stands behind the type in `Annotated`, by qualified name: `pydantic.AfterValidator`; `None` for what has no
    /// name. `Field(...)` is not among them.
    pub metadata: Vec<Option<String>>,
    owner: Definition<'db>,
    at: usize,
}

/// What a field is when nobody gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldDefault {
    /// None is written. Pydantic 1 takes `None` for a field that is `Optional[X]`.
    Required,
    /// An expression of the class body: [`Field::default_value`].
    Value,
    Factory,
    /// `Field(**options)`
    Unknown,
}

/// The name of a field in JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alias {
    None,
    /// `alias="x"` alone: read and written.
    Both(String),
    /// `validation_alias`, `serialization_alias`, or one that is no literal.
    Other,
}

impl<'db> Field<'db> {
    /// The field `name` that the statement at `at` in the body of the class `owner` declares.
    pub(super) fn read(owner: &Definition<'db>, at: usize, name: &str, statement: &Stmt) -> Self {
        let mut field = Self {
            name: name.to_owned(),
            default: FieldDefault::Required,
            alias: Alias::None,
            excluded: false,
            options: Vec::new(),
            metadata: Vec::new(),
            owner: owner.clone(),
            at,
        };
        let names = owner.names();
        let (annotation, value) = parts(statement);
        if let Some(annotation) = annotation {
            field.read_metadata(names, annotation);
        }
        if let Some(value) = value {
            match field_call(names, value, IN_BODY) {
                Some(call) => field.read_call(call),
                None => field.default = default_of(value),
            }
        }
        field.options.sort();
        field.options.dedup();
        field
    }

    /// The names of the file that the field is declared in.
    pub fn names(&self) -> &Names<'db> {
        self.owner.names()
    }

    /// The class that declares it: the model itself or one of its bases.
    pub fn owner(&self) -> &Definition<'db> {
        &self.owner
    }

    /// The annotation as it is written, quotes and `Annotated` included. `None` for `name = value`.
    pub fn annotation(&self) -> Option<&Expr> {
        parts(self.statement()?).0
    }

    /// The value that the class body gives: the default, or a call of `Field`.
    pub fn value(&self) -> Option<&Expr> {
        parts(self.statement()?).1
    }

    /// The expression of the default, out of `= 1`, `= Field(1)`, `= Field(default=1)`.
    pub fn default_value(&self) -> Option<&Expr> {
        if self.default != FieldDefault::Value {
            return None;
        }
        let value = self.value()?;
        match field_call(self.names(), value, IN_BODY) {
            Some(call) => call.arguments.find_argument_value("default", 0),
            None => Some(value),
        }
    }

    /// Call `see` with the type, quotes, aliases and `Annotated` off: the names of the file that it stands in, the
    /// type, and how its names are looked up.
    pub fn with_type<T>(&self, see: impl FnOnce(&Names<'db>, &Expr, Where<'_>) -> T) -> Option<T> {
        let mut see = Some(see);
        let mut seen = None;
        peel(
            self.names(),
            self.annotation()?,
            IN_BODY,
            &mut |_, _, _| {},
            &mut |names, expr, place| seen = see.take().map(|see| see(names, expr, place)),
        );
        seen
    }

    fn statement(&self) -> Option<&Stmt> {
        match self.owner.kind() {
            DefinitionKind::Class(class) => class.body.get(self.at),
            _ => None,
        }
    }

    fn read_metadata(&mut self, names: &Names<'db>, annotation: &Expr) {
        let mut see = |names: &Names<'db>, expr: &Expr, place: Where<'_>| {
            if let Some(call) = field_call(names, expr, place) {
                return self.read_call(call);
            }
            let head = match expr {
                Expr::Call(call) => &*call.func,
                other => other,
            };
            self.metadata.push(names.qualified_name(head, place));
        };
        peel(names, annotation, IN_BODY, &mut see, &mut |_, _, _| {});
    }

    /// Take over what `Field(...)` says.
    fn read_call(&mut self, call: &ExprCall) {
        let arguments = &call.arguments;
        for keyword in &arguments.keywords {
            let Some(name) = &keyword.arg else {
                self.options.push("**".to_owned());
                self.default = FieldDefault::Unknown;
                self.alias = Alias::Other;
                self.excluded = true;
                continue;
            };
            self.options.push(name.to_string());
            match name.as_str() {
                "default_factory" => self.default = FieldDefault::Factory,
                "alias" if self.alias == Alias::None => self.alias = alias(&keyword.value),
                "alias" | "validation_alias" | "serialization_alias" => self.alias = Alias::Other,
                "exclude" | "include" | "exclude_if" => {
                    let literal = keyword.value.as_boolean_literal_expr();
                    let is_none = keyword.value.is_none_literal_expr();
                    self.excluded |= !is_none && literal.is_none_or(|literal| literal.value);
                }
                _ => {}
            }
        }
        if let Some(value) = arguments.find_argument_value("default", 0) {
            self.default = default_of(value);
        }
    }
}

/// Annotations of a class body are evaluated by Pydantic when all of the class is there.
const IN_BODY: Where<'static> = Where {
    witness: None,
    deferred: true,
};

fn default_of(value: &Expr) -> FieldDefault {
    match value {
        Expr::EllipsisLiteral(_) => FieldDefault::Required,
        Expr::Starred(_) => FieldDefault::Unknown,
        _ => FieldDefault::Value,
    }
}

fn alias(value: &Expr) -> Alias {
    match value {
        Expr::StringLiteral(literal) => Alias::Both(literal.value.to_str().to_owned()),
        Expr::NoneLiteral(_) => Alias::None,
        _ => Alias::Other,
    }
}

/// The annotation and the value of `name: annotation = value`.
fn parts(statement: &Stmt) -> (Option<&Expr>, Option<&Expr>) {
    match statement {
        Stmt::AnnAssign(assign) => (Some(&assign.annotation), assign.value.as_deref()),
        Stmt::Assign(assign) => (None, Some(&assign.value)),
        _ => (None, None),
    }
}

/// Whether `value`, in a class body of the file of `names`, is a call of `Field` or of its like.
pub(super) fn is_field_call(names: &Names<'_>, value: &Expr) -> bool {
    field_call(names, value, IN_BODY).is_some()
}

/// `expr`, when it is a call of Pydantic's `Field`, SQLModel's, or FastAPI's `Query` and its like, which are fields too.
fn field_call<'e>(names: &Names<'_>, expr: &'e Expr, place: Where<'_>) -> Option<&'e ExprCall> {
    let call = expr.as_call_expr()?;
    let named = names.qualified_name(&call.func, place)?;
    let (module, name) = named.rsplit_once('.')?;
    let is_field = match module {
        "pydantic" | "pydantic.fields" | "pydantic.v1" | "pydantic.v1.fields" | "sqlmodel"
        | "sqlmodel.main" => name == "Field",
        "fastapi" | "fastapi.param_functions" | "fastapi.params" => PARAMETERS.contains(&name),
        _ => false,
    };
    is_field.then_some(call)
}

const PARAMETERS: [&str; 7] = ["Body", "Cookie", "File", "Form", "Header", "Path", "Query"];
