//! Context managers: whether they may keep what is raised in their block from leaving it.
//!
//! One that nobody knows may. Then the lines below the block are reached with less than all of it done, which makes keys
//! optional and lets `None` be returned: wider than need be, and never wrong.

use codemend_engine::flow::falls_through;
use codemend_engine::semantic::{Definition, DefinitionKind, Meaning, Names, Type, Where};
use codemend_engine::syntax::ast::helpers::{ReturnStatementVisitor, any_over_body};
use codemend_engine::syntax::ast::statement_visitor::{StatementVisitor, walk_stmt};
use codemend_engine::syntax::ast::visitor::{Visitor as _, walk_expr};
use codemend_engine::syntax::ast::{
    ExceptHandler, Expr, Stmt, StmtClassDef, StmtFunctionDef, StmtTry,
};

use super::study::{Study, root};

/// Managers of libraries that swallow, or whose block somebody may leave early.
const SWALLOWING: [&str; 10] = [
    "contextlib.suppress",
    "contextlib.ExitStack",
    "contextlib.AsyncExitStack",
    "contextlib._GeneratorContextManager",
    "contextlib._AsyncGeneratorContextManager",
    "pytest.raises",
    "anyio.move_on_after",
    "anyio.CancelScope",
    "trio.move_on_after",
    "trio.CancelScope",
];

impl<'db> Study<'_, 'db> {
    /// Whether the block of `with context:` may end although something was raised in it.
    pub(super) fn swallows(&self, context: &Expr) -> bool {
        let made = match context {
            Expr::Call(call) => &*call.func,
            other => other,
        };
        match &self.meanings_of(made)[..] {
            [Meaning::Outside { name, .. }] => return SWALLOWING.contains(&name.as_str()),
            [Meaning::Builtin(name)] => return name != "open",
            [Meaning::Definition(definition)] if context.is_call_expr() => {
                match definition.kind() {
                    DefinitionKind::Class(class) => return class_swallows(definition, class, 8),
                    DefinitionKind::Function(function) => {
                        return function_swallows(definition, function);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        match self.names.type_of(context).kind {
            Type::Instance(class) => match &class.definition {
                Some(definition) if self.world.is_own(definition) => match definition.kind() {
                    DefinitionKind::Class(statement) => class_swallows(definition, statement, 8),
                    _ => true,
                },
                _ => SWALLOWING.contains(&class.name.as_str()),
            },
            _ => !self.comes_from_library(made),
        }
    }

    /// Whether `made`, `db.begin` or `lock`, hangs on something that a library made: by the annotation of a parameter, or
    /// by the call that a module binds it to.
    fn comes_from_library(&self, made: &Expr) -> bool {
        let Some(name) = root(made) else {
            return false;
        };
        if let Some(library) = self.of_library.get(name) {
            return *library;
        }
        let mut owner = made;
        while let Expr::Attribute(attribute) = owner {
            owner = &attribute.value;
        }
        let [Meaning::Definition(definition)] = &self.names.meanings(owner, Where::default())[..]
        else {
            return false;
        };
        let DefinitionKind::Assignment(Expr::Call(call)) = definition.kind() else {
            return false;
        };
        is_outside(definition.names(), &call.func)
    }
}

/// Whether `expr`, a name of the file of `names`, comes from outside of the project.
pub(super) fn is_outside(names: &Names<'_>, expr: &Expr) -> bool {
    matches!(
        &names.meanings(expr, Where::default())[..],
        [Meaning::Outside { .. }]
    )
}

/// Whether `__exit__` of the class, or of a base in the project, may return something true.
fn class_swallows(definition: &Definition<'_>, class: &StmtClassDef, depth: usize) -> bool {
    let mut has_exit = false;
    for statement in &class.body {
        let Stmt::FunctionDef(method) = statement else {
            continue;
        };
        if !matches!(method.name.as_str(), "__exit__" | "__aexit__") {
            continue;
        }
        has_exit = true;
        let mut returns = ReturnStatementVisitor::default();
        returns.visit_body(&method.body);
        let swallows = returns
            .returns
            .iter()
            .any(|one| match one.value.as_deref() {
                None | Some(Expr::NoneLiteral(_)) => false,
                Some(Expr::BooleanLiteral(literal)) => literal.value,
                Some(_) => true,
            });
        if swallows || !method.decorator_list.is_empty() {
            return true;
        }
    }
    if has_exit {
        return false;
    }
    class.bases().iter().any(
        |base| match &definition.names().meanings(base, Where::default())[..] {
            [Meaning::Outside { name, .. }] => SWALLOWING.contains(&name.as_str()),
            [Meaning::Definition(base)] if depth > 0 => match base.kind() {
                DefinitionKind::Class(class) => class_swallows(base, class, depth - 1),
                _ => true,
            },
            [Meaning::Builtin(name)] => name != "object",
            _ => true,
        },
    )
}

/// Whether a function of the project gives a manager that may swallow: only a generator under `@contextmanager` whose
/// handlers all raise is known not to.
fn function_swallows(definition: &Definition<'_>, function: &StmtFunctionDef) -> bool {
    let names = definition.names();
    let [decorator] = &function.decorator_list[..] else {
        return true;
    };
    let named = names.qualified_name(&decorator.expression, Where::default());
    if !matches!(
        named.as_deref(),
        Some("contextlib.contextmanager" | "contextlib.asynccontextmanager")
    ) {
        return true;
    }
    let mut catching = Catching(false);
    StatementVisitor::visit_body(&mut catching, &function.body);
    catching.0
}

/// A `yield` in a `try` whose handlers may end otherwise than by raising, or in a `with`.
struct Catching(bool);

impl<'a> StatementVisitor<'a> for Catching {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Try(one) if yields(&one.body) => self.0 |= catches(one),
            Stmt::With(one) if yields(&one.body) => {
                // `with Session() as session: yield session`
                self.0 |= one.items.iter().any(|item| {
                    let Expr::Call(call) = &item.context_expr else {
                        return true;
                    };
                    let name = match &*call.func {
                        Expr::Name(name) => name.id.as_str(),
                        Expr::Attribute(attribute) => attribute.attr.as_str(),
                        _ => return true,
                    };
                    name == "suppress"
                        || name.starts_with(|c: char| c.is_lowercase()) && name != "open"
                });
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }
}

fn catches(one: &StmtTry) -> bool {
    let ends = one.handlers.iter().any(|handler| {
        let ExceptHandler::ExceptHandler(handler) = handler;
        let mut returns = ReturnStatementVisitor::default();
        returns.visit_body(&handler.body);
        falls_through(&handler.body) || !returns.returns.is_empty()
    });
    let mut last = ReturnStatementVisitor::default();
    last.visit_body(&one.finalbody);
    ends || !last.returns.is_empty()
}

fn yields(body: &[Stmt]) -> bool {
    any_over_body(body, |expr| {
        expr.is_yield_expr() || expr.is_yield_from_expr()
    })
}

/// Whether `function`, a generator, has a `yield` that is no statement of its own.
pub(super) fn yields_oddly(function: &StmtFunctionDef) -> bool {
    let mut odd = Odd(false);
    odd.visit_body(&function.body);
    odd.0
}

struct Odd(bool);

impl<'a> codemend_engine::syntax::ast::visitor::Visitor<'a> for Odd {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::Expr(one) => match &*one.value {
                Expr::Yield(one) => one.value.iter().for_each(|value| self.visit_expr(value)),
                other => self.visit_expr(other),
            },
            _ => codemend_engine::syntax::ast::visitor::walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.0 |= expr.is_yield_expr() || expr.is_yield_from_expr();
        walk_expr(self, expr);
    }
}
