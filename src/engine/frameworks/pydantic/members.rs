//! What a model has besides fields: validators, serializers, properties, and what it overrides.

use ruff_python_ast::{Decorator, Expr, Stmt, StmtClassDef, StmtFunctionDef};

use crate::semantic::{Names, Where};

/// The members of a model, its bases' first, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Members {
    /// `@field_validator`, `@model_validator`, `@validator`, `@root_validator`, and the same as a call.
    pub validators: Vec<String>,
    /// `@field_serializer`, `@model_serializer`
    pub serializers: Vec<String>,
    /// `@computed_field`
    pub computed: Vec<String>,
    /// `@property`, `@cached_property`
    pub properties: Vec<String>,
    /// Methods that it overrides: those of `BaseModel`, and those with two underscores that Python calls, but for
    /// `__str__` and `__repr__` and their like, which only people see.
    pub overrides: Vec<String>,
    /// Methods under a decorator that none of this explains.
    pub decorated: Vec<String>,
}

impl Members {
    /// Take over what `class`, in the file of `names`, has.
    pub(super) fn read(&mut self, names: &Names<'_>, class: &StmtClassDef) {
        for statement in &class.body {
            match statement {
                Stmt::FunctionDef(method) => self.method(names, method),
                Stmt::Assign(assign) => {
                    for target in assign.targets.iter().filter_map(Expr::as_name_expr) {
                        self.assigned(names, &target.id, &assign.value);
                    }
                }
                Stmt::AnnAssign(assign) => {
                    if let (Expr::Name(target), Some(value)) = (&*assign.target, &assign.value) {
                        self.assigned(names, &target.id, value);
                    }
                }
                _ => {}
            }
        }
    }

    fn method(&mut self, names: &Names<'_>, method: &StmtFunctionDef) {
        let name = method.name.to_string();
        if is_override(&name) {
            self.overrides.push(name.clone());
        }
        for decorator in &method.decorator_list {
            if let Some(list) = self.list(names, decorated_by(decorator)) {
                list.push(name.clone());
            }
        }
    }

    /// `strip = validator("name", allow_reuse=True)(strip_blanks)`, `dict = other`
    fn assigned(&mut self, names: &Names<'_>, name: &str, value: &Expr) {
        if is_override(name) {
            self.overrides.push(name.to_owned());
        }
        let Expr::Call(call) = value else {
            return;
        };
        if call.func.is_call_expr()
            && let Some(list) = self.list(names, decorator_of(&call.func))
        {
            list.push(name.to_owned());
        }
    }

    /// The list for what `decorator` makes; `None` for one that changes nothing here.
    fn list(&mut self, names: &Names<'_>, decorator: &Expr) -> Option<&mut Vec<String>> {
        let named = names.qualified_name(decorator, Where::default());
        let Some(named) = named.as_deref() else {
            return match decorator {
                // `@name.setter` goes with its property.
                Expr::Attribute(of) if matches!(of.attr.as_str(), "setter" | "deleter") => None,
                _ => Some(&mut self.decorated),
            };
        };
        let package = named.split('.').next().unwrap_or_default();
        let function = named.rsplit('.').next().unwrap_or_default();
        match (package, function) {
            (
                "pydantic",
                "field_validator" | "model_validator" | "validator" | "root_validator",
            ) => Some(&mut self.validators),
            ("pydantic", "field_serializer" | "model_serializer") => Some(&mut self.serializers),
            ("pydantic", "computed_field") => Some(&mut self.computed),
            ("builtins", "property") | ("functools", "cached_property") => {
                Some(&mut self.properties)
            }
            ("builtins", "classmethod" | "staticmethod")
            | ("abc", "abstractmethod")
            | ("typing" | "typing_extensions", "override" | "final" | "deprecated") => None,
            _ => Some(&mut self.decorated),
        }
    }
}

fn decorated_by(decorator: &Decorator) -> &Expr {
    decorator_of(&decorator.expression)
}

/// `f` of `f` and of `f(...)`.
fn decorator_of(expr: &Expr) -> &Expr {
    match expr {
        Expr::Call(call) => &call.func,
        other => other,
    }
}

fn is_override(name: &str) -> bool {
    let is_magic = name.len() > 4 && name.starts_with("__") && name.ends_with("__");
    match is_magic {
        true => !HARMLESS.contains(&name),
        false => MEMBERS.contains(&name) && !matches!(name, "model_config" | "Config"),
    }
}

/// What only people and containers of Python ask for.
const HARMLESS: [&str; 14] = [
    "__str__",
    "__repr__",
    "__repr_args__",
    "__rich_repr__",
    "__hash__",
    "__eq__",
    "__ne__",
    "__lt__",
    "__le__",
    "__gt__",
    "__ge__",
    "__doc__",
    "__slots__",
    "__module__",
];

/// Whether `BaseModel` of Pydantic 1 or 2 has a public attribute `name`: Pydantic 1 refuses a field of that name, and
/// Pydantic 2 warns, or takes the attribute for the field's default.
pub fn is_base_model_member(name: &str) -> bool {
    // The last two are attributes of every abstract class, by its metaclass.
    MEMBERS.contains(&name) || matches!(name, "mro" | "register")
}

/// From the documentation of both versions.
const MEMBERS: [&str; 29] = [
    "Config",
    "construct",
    "copy",
    "dict",
    "from_orm",
    "json",
    "model_computed_fields",
    "model_config",
    "model_construct",
    "model_copy",
    "model_dump",
    "model_dump_json",
    "model_extra",
    "model_fields",
    "model_fields_set",
    "model_json_schema",
    "model_parametrized_name",
    "model_post_init",
    "model_rebuild",
    "model_validate",
    "model_validate_json",
    "model_validate_strings",
    "parse_file",
    "parse_obj",
    "parse_raw",
    "schema",
    "schema_json",
    "update_forward_refs",
    "validate",
];
