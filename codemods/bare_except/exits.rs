//! What leaves a function of the project that is no `Exception`, and loops that have no end.

use codemend_engine::semantic::{DefinitionKind, Meaning, Names, Where};
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::statement_visitor::{StatementVisitor, walk_stmt as walk_block};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, ExprCall, Stmt, StmtFor};

use super::interrupts::one_line;
use super::raised::{Ancestor, ancestor};

/// Functions that raise `SystemExit`.
pub const EXITS: &[&str] = &[
    "builtins.exit",
    "builtins.quit",
    "docopt.docopt",
    "sys.exit",
    "unittest.main",
];

/// How many functions deep raised exceptions are looked for.
const DEPTH: usize = 4;

/// The exception that is no `Exception` and that the function raises which `call` runs, or one that it calls.
pub fn raised_by(names: &Names<'_>, call: &ExprCall) -> Option<String> {
    raised_within(names, call, DEPTH)
}

/// The qualified name of the function `func`, also through a name that is bound to it: `bye = sys.exit`.
pub fn called(names: &Names<'_>, func: &Expr) -> Option<String> {
    if let Some(name) = names.qualified_name(func, Where::default()) {
        return Some(name);
    }
    let meanings = names.meanings(func, Where::default());
    let [Meaning::Definition(definition)] = meanings.as_slice() else {
        return None;
    };
    match definition.kind() {
        DefinitionKind::Assignment(value) => {
            definition.names().qualified_name(value, Where::default())
        }
        _ => None,
    }
}

/// The class that `expr` is an instance of, by the call that it is, or is bound to, or by its annotation. For a class of
/// the project that is what it derives from.
pub fn owner(names: &Names<'_>, expr: &Expr) -> Option<String> {
    if let Expr::Call(call) = expr {
        return class_name(names, &call.func);
    }
    let meanings = names.meanings(expr, Where::default());
    let [Meaning::Definition(definition)] = meanings.as_slice() else {
        return None;
    };
    match definition.kind() {
        DefinitionKind::Assignment(Expr::Call(call)) => class_name(definition.names(), &call.func),
        DefinitionKind::Parameter(Some(annotation))
        | DefinitionKind::Annotated { annotation, .. } => {
            class_name(definition.names(), annotation)
        }
        _ => None,
    }
}

fn class_name(names: &Names<'_>, class: &Expr) -> Option<String> {
    if let Some(name) = names.qualified_name(class, Where::default()) {
        return Some(name);
    }
    let meanings = names.meanings(class, Where::default());
    let [Meaning::Definition(definition)] = meanings.as_slice() else {
        return None;
    };
    match definition.kind() {
        DefinitionKind::Class(class) => {
            let mut bases = class.bases().iter();
            bases.find_map(|base| definition.names().qualified_name(base, Where::default()))
        }
        _ => None,
    }
}

/// Whether `raised` may be an exception that is no `Exception`: a class, an instance that is made here, or a name of one.
pub fn is_base_only(names: &Names<'_>, raised: &Expr, depth: usize) -> bool {
    if ancestor(names, raised) == Ancestor::BaseOnly {
        return true;
    }
    let Some(below) = depth.checked_sub(1) else {
        return false;
    };
    match raised {
        Expr::Call(call) => match &*call.func {
            // `raise Stop().with_traceback(trace)`
            Expr::Attribute(method) if &method.attr == "with_traceback" => {
                is_base_only(names, &method.value, depth)
            }
            class => is_base_only(names, class, depth),
        },
        Expr::If(choice) => {
            is_base_only(names, &choice.body, depth) || is_base_only(names, &choice.orelse, depth)
        }
        Expr::Name(_) => {
            let meanings = names.meanings(raised, Where::default());
            meanings.iter().any(|meaning| match meaning {
                Meaning::Definition(definition) => match definition.kind() {
                    DefinitionKind::Assignment(value) => {
                        is_base_only(definition.names(), value, below)
                    }
                    _ => false,
                },
                _ => false,
            })
        }
        _ => false,
    }
}

/// Whether `each` is a loop that nothing ends: `for turn in itertools.count()` without a `break`.
pub fn counts_on(names: &Names<'_>, each: &StmtFor) -> bool {
    let Expr::Call(call) = &*each.iter else {
        return false;
    };
    let name = names.qualified_name(&call.func, Where::default());
    let mut breaks = Breaks(false);
    breaks.visit_body(&each.body);
    matches!(name.as_deref(), Some("itertools.count" | "itertools.cycle")) && !breaks.0
}

/// Whether a `break` ends the loop whose body is visited.
struct Breaks(bool);

impl<'a> StatementVisitor<'a> for Breaks {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Break(_) => self.0 = true,
            Stmt::For(_) | Stmt::While(_) | Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            _ => walk_block(self, statement),
        }
    }
}

/// The exception that is no `Exception` and that the function raises which `call` runs.
fn raised_within(names: &Names<'_>, call: &ExprCall, depth: usize) -> Option<String> {
    let meanings = names.meanings(&call.func, Where::default());
    let [Meaning::Definition(definition)] = meanings.as_slice() else {
        return None;
    };
    let DefinitionKind::Function(function) = definition.kind() else {
        return None;
    };
    let mut raises = Raises {
        names: definition.names(),
        depth: depth.checked_sub(1)?,
        found: None,
    };
    raises.visit_body(&function.body);
    raises.found
}

/// The `raise` statements of a function, and those of the functions that it calls.
struct Raises<'n, 'db> {
    names: &'n Names<'db>,
    depth: usize,
    found: Option<String>,
}

impl<'a> Visitor<'a> for Raises<'_, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            Stmt::Raise(raise) => {
                let class = raise.exc.as_deref().map(|raised| match raised {
                    Expr::Call(call) => &*call.func,
                    other => other,
                });
                let class = class.filter(|class| ancestor(self.names, class) == Ancestor::BaseOnly);
                let text = class.map(|class| one_line(&self.names.text_at(class.range())));
                self.found = self.found.take().or(text);
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && self.found.is_none()
        {
            let name = self.names.qualified_name(&call.func, Where::default());
            let exits = name.filter(|name| EXITS.contains(&name.as_str()));
            self.found = match exits {
                Some(_) => Some("SystemExit".to_owned()),
                None => raised_within(self.names, call, self.depth),
            };
        }
        walk_expr(self, expr);
    }
}
