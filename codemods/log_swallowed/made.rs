//! What a value is: a logger, by the function that makes it or by its type, or something else.

use codemend_engine::semantic::{
    Declared, Definition, DefinitionKind, Meaning, Names, Origin, Type, Where,
};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr};
use codemend_engine::syntax::ast::{Expr, Stmt, StmtFunctionDef};

use super::glance::METHODS;
use super::logger::Judged;
use super::table::{Style, Table};
use super::trace::is_name;

/// The function that is called first in `make(...).bind(...)`.
pub fn maker(value: &Expr) -> Option<&Expr> {
    let Expr::Call(call) = value else {
        return None;
    };
    match &*call.func {
        Expr::Attribute(method) => match &*method.value {
            Expr::Call(_) => maker(&method.value),
            _ => Some(&call.func),
        },
        function => Some(function),
    }
}

/// What `value`, an expression of the file of `names`, is: made by a known function, else by its type.
pub fn of_value(names: &Names<'_>, table: &Table, value: &Expr) -> Judged {
    let made = maker(value).and_then(|function| {
        let owner = match function {
            // `logger.bind(...)` of loguru; `logging.getLogger`
            Expr::Attribute(method) => names.qualified_name(&method.value, Where::default()),
            _ => None,
        };
        let own = names.qualified_name(function, Where::default());
        own.and_then(|name| table.style(&name))
            .or_else(|| owner.and_then(|name| table.style(&name)))
            .or_else(|| of_project(names, table, function))
    });
    if let Some(style) = made {
        return Judged::Logger(style);
    }
    if let Some(judged) = plainly(names, value) {
        return judged;
    }
    match names.type_of(value).kind {
        Type::Instance(class) => match class.name.as_str() {
            "logging.Logger" | "logging.RootLogger" | "logging.LoggerAdapter" => {
                Judged::Logger(Style::Logging)
            }
            name if name.starts_with("structlog.") => Judged::Logger(Style::Structlog),
            "loguru.Logger" | "loguru._logger.Logger" => Judged::Logger(Style::Loguru),
            _ => match class.definition.as_ref() {
                Some(one) if derives(one, DEPTH) => of_subclass(one),
                _ => Judged::Other,
            },
        },
        Type::Unknown => Judged::Doubtful,
        _ => Judged::Other,
    }
}

/// What `value` is, where no type has to be inferred for that.
fn plainly(names: &Names<'_>, value: &Expr) -> Option<Judged> {
    if let Expr::Call(call) = value {
        let meanings = names.meanings(&call.func, Where::default());
        if let [Meaning::Outside { name, origin }] = meanings.as_slice() {
            // `multiprocessing.get_logger()`
            let is_other = *origin == Origin::StandardLibrary && !name.contains("log");
            return is_other.then_some(Judged::Other);
        }
    }
    let kinds = names.declared(value)?;
    if let [Declared::Own(class)] = kinds.as_slice()
        && derives(class, DEPTH)
    {
        return Some(of_subclass(class));
    }
    let styles = kinds.iter().map(|kind| match kind {
        Declared::Own(class) => Some(derives(class, DEPTH).then_some(Style::Logging)),
        Declared::MadeBy(name) | Declared::Outside(name) if name.starts_with("builtins.") => {
            Some(None)
        }
        Declared::Other => Some(None),
        // `def get_logger(name) -> Logger`
        Declared::Outside(name)
            if matches!(name.as_str(), "logging.Logger" | "logging.LoggerAdapter") =>
        {
            Some(Some(Style::Logging))
        }
        Declared::MadeBy(_) | Declared::Outside(_) => None,
    });
    let styles: Vec<Option<Style>> = styles.collect::<Option<_>>()?;
    match styles.as_slice() {
        [Some(style)] => Some(Judged::Logger(*style)),
        all if all.iter().all(Option::is_none) => Some(Judged::Other),
        _ => None,
    }
}

/// How far bases are followed.
const DEPTH: usize = 6;

/// Whether `definition` is a class of the project that derives from `logging.Logger`.
fn derives(definition: &Definition<'_>, depth: usize) -> bool {
    let DefinitionKind::Class(class) = definition.kind() else {
        return false;
    };
    let names = definition.names();
    class.bases().iter().any(|base| {
        let meanings = names.meanings(base, Where::default());
        meanings.iter().any(|meaning| match meaning {
            Meaning::Outside { name, .. } => {
                matches!(name.as_str(), "logging.Logger" | "logging.LoggerAdapter")
            }
            Meaning::Definition(base) => depth > 0 && derives(base, depth - 1),
            _ => false,
        })
    })
}

/// What an instance of the class `definition` is, which derives from `logging.Logger`.
fn of_subclass(definition: &Definition<'_>) -> Judged {
    match takes_traces(definition, DEPTH) {
        true => Judged::Logger(Style::Logging),
        false => Judged::Unusable,
    }
}

/// Whether the methods of the class `definition` that write to the log take `exc_info` as those of `logging` do.
fn takes_traces(definition: &Definition<'_>, depth: usize) -> bool {
    let DefinitionKind::Class(class) = definition.kind() else {
        return true;
    };
    let mut methods = class.body.iter().filter_map(Stmt::as_function_def_stmt);
    let own = methods.all(|method| {
        let name = method.name.as_str();
        let is_asked = METHODS.contains(&name) || name == "_log";
        !is_asked || takes_trace(method)
    });
    let is_fine = |base: &Expr| {
        let meanings = definition.names().meanings(base, Where::default());
        meanings.iter().all(|meaning| match meaning {
            Meaning::Definition(base) => depth > 0 && takes_traces(base, depth - 1),
            _ => true,
        })
    };
    own && class.bases().iter().all(is_fine)
}

/// Whether `method` has a parameter `exc_info`, or hands on what it is given by name.
fn takes_trace(method: &StmtFunctionDef) -> bool {
    let mut parameters = method.parameters.iter_non_variadic_params();
    if parameters.any(|one| one.name() == "exc_info") {
        return true;
    }
    let Some(rest) = &method.parameters.kwarg else {
        return false;
    };
    let mut hands = HandsOn {
        name: &rest.name,
        found: false,
    };
    hands.visit_body(&method.body);
    hands.found
}

/// Looks for `f(**name)`.
struct HandsOn<'n> {
    name: &'n str,
    found: bool,
}

impl<'a> Visitor<'a> for HandsOn<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            let mut keywords = call.arguments.keywords.iter();
            self.found |= keywords.any(|one| one.arg.is_none() && is_name(&one.value, self.name));
        }
        walk_expr(self, expr);
    }
}

/// How the logger is written to that `function` makes, one of the project that the user has named.
fn of_project(names: &Names<'_>, table: &Table, function: &Expr) -> Option<Style> {
    let meanings = names.meanings(function, Where::default());
    let [Meaning::Definition(definition)] = meanings.as_slice() else {
        return None;
    };
    match definition.kind() {
        DefinitionKind::Function(function) => {
            table.style_at(definition.names().path(), &function.name)
        }
        _ => None,
    }
}

/// Whether `value`, in the method `init`, is a logger of `logging`.
pub fn is_logger(names: &Names<'_>, init: &StmtFunctionDef, value: &Expr) -> bool {
    // `log: Logger = None` says what is not so.
    if let Expr::Name(name) = value {
        let mut parameters = init.parameters.iter_non_variadic_params();
        let own = parameters.find(|one| one.name().as_str() == name.id.as_str());
        if own.is_some_and(|one| matches!(one.default.as_deref(), Some(Expr::NoneLiteral(_)))) {
            return false;
        }
    }
    if is_plainly_other(names, value) {
        return false;
    }
    matches!(names.type_of(value).kind, Type::Instance(class) if class.name == "logging.Logger")
}

/// Whether `value` is no logger, where what binds it says so in plain words.
fn is_plainly_other(names: &Names<'_>, value: &Expr) -> bool {
    let kinds = names.declared(value);
    kinds.is_some_and(|kinds| {
        kinds.iter().all(|kind| match kind {
            Declared::Own(_) | Declared::Other => true,
            Declared::Outside(name) => !name.starts_with("logging."),
            Declared::MadeBy(name) => name.starts_with("builtins."),
        })
    })
}
