//! What a class of the project does with `|` and with brackets: its decorators, its bases and its metaclass decide.

use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};
use ruff_python_ast::{Expr, Stmt, StmtClassDef, StmtFunctionDef};

use ruff_text_size::Ranged;

use crate::semantic::{Definition, DefinitionKind, Meaning, Names, Origin, Where};

const DEPTH: usize = 12;

/// Decorators of the standard library that give the class back.
const HARMLESS: [&str; 9] = [
    "dataclasses.dataclass",
    "enum.unique",
    "enum.verify",
    "functools.total_ordering",
    "typing.dataclass_transform",
    "typing.deprecated",
    "typing.final",
    "typing.runtime_checkable",
    "warnings.deprecated",
];

/// Whether the metaclass of `class`, its own or an inherited one, is a class of the project that defines `|`.
pub(super) fn overloads_or(names: &Names<'_>, class: &StmtClassDef) -> bool {
    metaclass_defines(names, class, &["__or__", "__ror__"], DEPTH)
}

/// Whether brackets behind `class` call code of the project: its `__class_getitem__`, or its metaclass's `__getitem__`.
pub(super) fn overloads_brackets(names: &Names<'_>, class: &StmtClassDef) -> bool {
    inherits(names, class, &["__class_getitem__"], DEPTH)
        || metaclass_defines(names, class, &["__getitem__"], DEPTH)
}

/// The decorator of `class` that may put something else in its place.
pub(super) fn replaced_by(names: &Names<'_>, class: &StmtClassDef) -> Option<String> {
    class.decorator_list.iter().find_map(|decorator| {
        let (callee, called) = match &decorator.expression {
            Expr::Call(call) => (&*call.func, true),
            other => (other, false),
        };
        let meanings = names.meanings(callee, Where::default());
        let kept = !meanings.is_empty()
            && meanings.iter().all(|meaning| match meaning {
                Meaning::Outside { name, origin } => match origin {
                    Origin::ThirdParty => true,
                    Origin::StandardLibrary => {
                        let name = name.replace("typing_extensions.", "typing.");
                        HARMLESS.contains(&name.as_str())
                    }
                },
                Meaning::Definition(definition) => match definition.kind() {
                    DefinitionKind::Function(function) if called => gives_inner_back(function),
                    DefinitionKind::Function(function) => gives_back(function),
                    _ => false,
                },
                _ => false,
            });
        (!kept).then(|| names.text_at(callee.range()))
    })
}

/// The classes of the project that `expr` may be, through subscripts and other names for them.
fn classes<'db>(names: &Names<'db>, expr: &Expr, depth: usize) -> Vec<Definition<'db>> {
    let head = match expr {
        Expr::Subscript(subscript) => &subscript.value,
        other => other,
    };
    if depth == 0 || !matches!(head, Expr::Name(_) | Expr::Attribute(_)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for meaning in names.meanings(head, Where::default()) {
        let Meaning::Definition(definition) = meaning else {
            continue;
        };
        match definition.kind() {
            DefinitionKind::Class(_) => found.push(definition),
            DefinitionKind::Assignment(value)
            | DefinitionKind::Annotated {
                value: Some(value), ..
            } => {
                found.extend(classes(definition.names(), value, depth - 1));
            }
            _ => {}
        }
    }
    found
}

/// Whether a class of the project among those that `expr` may be passes `test`.
fn any_class(
    names: &Names<'_>,
    expr: &Expr,
    depth: usize,
    test: &dyn Fn(&Names<'_>, &StmtClassDef) -> bool,
) -> bool {
    classes(names, expr, depth)
        .iter()
        .any(|definition| match definition.kind() {
            DefinitionKind::Class(class) => test(definition.names(), class),
            _ => false,
        })
}

/// Whether the metaclass of `class` or of a base has one of `wanted`. `class A(with_metaclass(Meta, B))` hands its
/// metaclass to a call.
fn metaclass_defines(
    names: &Names<'_>,
    class: &StmtClassDef,
    wanted: &[&str],
    depth: usize,
) -> bool {
    let Some(arguments) = class.arguments.as_deref().filter(|_| depth > 0) else {
        return false;
    };
    let defines = |expr: &Expr| {
        any_class(names, expr, depth, &|names, class| {
            inherits(names, class, wanted, depth - 1)
        })
    };
    let inherited = |expr: &Expr| {
        any_class(names, expr, depth, &|names, class| {
            metaclass_defines(names, class, wanted, depth - 1)
        })
    };
    arguments
        .find_keyword("metaclass")
        .is_some_and(|keyword| defines(&keyword.value))
        || arguments.args.iter().any(|base| match base {
            Expr::Call(call) => call
                .arguments
                .args
                .iter()
                .any(|one| defines(one) || inherited(one)),
            other => inherited(other),
        })
}

/// Whether `class` or a base of it in the project binds one of `wanted` in its body.
fn inherits(names: &Names<'_>, class: &StmtClassDef, wanted: &[&str], depth: usize) -> bool {
    defines(class, wanted)
        || depth > 0
            && class.bases().iter().any(|base| {
                any_class(names, base, depth, &|names, class| {
                    inherits(names, class, wanted, depth - 1)
                })
            })
}

/// Whether the body of `class` binds one of `wanted`, under a condition perhaps.
fn defines(class: &StmtClassDef, wanted: &[&str]) -> bool {
    struct Finder<'w> {
        wanted: &'w [&'w str],
        found: bool,
    }
    impl<'a> StatementVisitor<'a> for Finder<'_> {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            match statement {
                Stmt::FunctionDef(function) => {
                    self.found |= self.wanted.contains(&function.name.as_str())
                }
                Stmt::ClassDef(_) => {}
                Stmt::Assign(assignment) => {
                    let mut names = assignment.targets.iter().filter_map(Expr::as_name_expr);
                    self.found |= names.any(|name| self.wanted.contains(&name.id.as_str()));
                }
                _ => walk_stmt(self, statement),
            }
        }
    }
    let mut finder = Finder {
        wanted,
        found: false,
    };
    finder.visit_body(&class.body);
    finder.found
}

/// Whether `decorator` returns what it decorates: each of its `return`s gives its first parameter.
fn gives_back(decorator: &StmtFunctionDef) -> bool {
    let Some(first) = decorator.parameters.iter().next() else {
        return false;
    };
    let returned = returns(decorator);
    !returned.is_empty()
        && returned.iter().all(
            |value| matches!(value, Some(Expr::Name(name)) if name.id == first.name().as_str()),
        )
}

/// Whether a decorator with arguments returns a function of its own that returns what it decorates.
fn gives_inner_back(factory: &StmtFunctionDef) -> bool {
    let inner = |name: &str| {
        factory.body.iter().find_map(|statement| match statement {
            Stmt::FunctionDef(function) if function.name == *name => Some(function),
            _ => None,
        })
    };
    let returned = returns(factory);
    !returned.is_empty()
        && returned.iter().all(|value| match value {
            Some(Expr::Name(name)) => inner(&name.id).is_some_and(gives_back),
            _ => false,
        })
}

/// The values of the `return` statements of `function` itself.
fn returns(function: &StmtFunctionDef) -> Vec<Option<&Expr>> {
    struct Finder<'a>(Vec<Option<&'a Expr>>);
    impl<'a> StatementVisitor<'a> for Finder<'a> {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            match statement {
                Stmt::Return(statement) => self.0.push(statement.value.as_deref()),
                Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
                _ => walk_stmt(self, statement),
            }
        }
    }
    let mut finder = Finder(Vec::new());
    finder.visit_body(&function.body);
    finder.0
}
