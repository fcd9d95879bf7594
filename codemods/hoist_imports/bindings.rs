//! What a scope binds, and how.

use codemend_engine::syntax::ast::visitor::{
    Visitor, walk_except_handler, walk_expr, walk_pattern, walk_stmt,
};
use codemend_engine::syntax::ast::{Alias, ExceptHandler, Expr, Pattern, Stmt, StmtFunctionDef};
use codemend_engine::syntax::{Ranged, TextRange};

use super::candidate::{bound_name, names};

/// What stands around an import at module level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    None,
    TypeChecking,
    Try,
    Condition,
}

/// One place that binds a name, or unbinds it.
pub(super) struct Binding<'a> {
    pub(super) name: &'a str,
    pub(super) range: TextRange,
    /// The import, when it is one. Its range is that of the whole statement.
    pub(super) import: Option<(&'a Stmt, &'a Alias)>,
    pub(super) guard: Guard,
}

/// What the function's own scope binds: parameters, assignments, imports, what nested functions bind for it.
pub(super) fn of_function(function: &StmtFunctionDef) -> Vec<Binding<'_>> {
    let mut finder = Finder::new();
    for parameter in function.parameters.iter() {
        finder.plain(parameter.name().as_str(), parameter.range());
    }
    for parameter in function.type_params.iter().flat_map(|params| params.iter()) {
        finder.plain(parameter.name().as_str(), parameter.range());
    }
    finder.visit_body(&function.body);
    finder.found
}

/// What the module level binds, `global` statements of its functions included.
pub(super) fn of_module(suite: &[Stmt]) -> Vec<Binding<'_>> {
    let mut finder = Finder::new();
    finder.visit_body(suite);
    let mut globals = Declared {
        wants_global: true,
        found: Vec::new(),
    };
    globals.visit_body(suite);
    for (name, range) in globals.found {
        finder.plain(name, range);
    }
    finder.found
}

struct Finder<'a> {
    found: Vec<Binding<'a>>,
    guard: Guard,
    /// Inside a comprehension: its targets are its own.
    in_comprehension: bool,
}

impl<'a> Finder<'a> {
    fn new() -> Self {
        Self {
            found: Vec::new(),
            guard: Guard::None,
            in_comprehension: false,
        }
    }

    fn plain(&mut self, name: &'a str, range: TextRange) {
        self.found.push(Binding {
            name,
            range,
            import: None,
            guard: self.guard,
        });
    }

    fn guarded(&mut self, guard: Guard, walk: impl FnOnce(&mut Self)) {
        let outer = self.guard;
        if outer == Guard::None || guard == Guard::TypeChecking {
            self.guard = guard;
        }
        walk(self);
        self.guard = outer;
    }

    /// What functions in this one declare `nonlocal` they bind here.
    fn nonlocals(&mut self, body: &'a [Stmt]) {
        let mut declared = Declared {
            wants_global: false,
            found: Vec::new(),
        };
        declared.visit_body(body);
        for (name, range) in declared.found {
            self.plain(name, range);
        }
    }
}

impl<'a> Visitor<'a> for Finder<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                self.plain(&function.name, function.name.range());
                self.nonlocals(&function.body);
                for decorator in &function.decorator_list {
                    self.visit_expr(&decorator.expression);
                }
                for parameter in function.parameters.iter_non_variadic_params() {
                    parameter
                        .default
                        .iter()
                        .for_each(|default| self.visit_expr(default));
                }
            }
            Stmt::ClassDef(class) => {
                self.plain(&class.name, class.name.range());
                self.nonlocals(&class.body);
            }
            Stmt::Import(_) | Stmt::ImportFrom(_) => {
                for alias in names(statement).iter().filter(|alias| &alias.name != "*") {
                    self.found.push(Binding {
                        name: bound_name(statement, alias),
                        range: statement.range(),
                        import: Some((statement, alias)),
                        guard: self.guard,
                    });
                }
            }
            Stmt::Global(global) => {
                for name in &global.names {
                    self.plain(name.as_str(), global.range());
                }
            }
            Stmt::Nonlocal(nonlocal) => {
                for name in &nonlocal.names {
                    self.plain(name.as_str(), nonlocal.range());
                }
            }
            Stmt::If(one) if is_type_checking(&one.test) => {
                self.guarded(Guard::TypeChecking, |finder| finder.visit_body(&one.body));
                for clause in &one.elif_else_clauses {
                    self.guarded(Guard::Condition, |finder| finder.visit_body(&clause.body));
                }
            }
            Stmt::Try(_) => self.guarded(Guard::Try, |finder| walk_stmt(finder, statement)),
            Stmt::If(_) | Stmt::For(_) | Stmt::While(_) | Stmt::With(_) | Stmt::Match(_) => {
                self.guarded(Guard::Condition, |finder| walk_stmt(finder, statement));
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if !name.ctx.is_load() && !self.in_comprehension => {
                self.plain(&name.id, name.range());
            }
            Expr::Named(named) => {
                if let Expr::Name(name) = &*named.target {
                    self.plain(&name.id, name.range());
                }
                self.visit_expr(&named.value);
            }
            Expr::Lambda(_) => {}
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                let outer = std::mem::replace(&mut self.in_comprehension, true);
                walk_expr(self, expr);
                self.in_comprehension = outer;
            }
            _ => walk_expr(self, expr),
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(one) = handler;
        if let Some(name) = &one.name {
            self.plain(name.as_str(), name.range());
        }
        walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(one) => one.name.as_ref(),
            Pattern::MatchStar(one) => one.name.as_ref(),
            Pattern::MatchMapping(one) => one.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.plain(name.as_str(), name.range());
        }
        walk_pattern(self, pattern);
    }
}

/// Names that functions declare `global` or `nonlocal`.
struct Declared<'a> {
    wants_global: bool,
    found: Vec<(&'a str, TextRange)>,
}

impl<'a> Visitor<'a> for Declared<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let (names, range) = match statement {
            Stmt::Global(one) if self.wants_global => (&one.names, one.range()),
            Stmt::Nonlocal(one) if !self.wants_global => (&one.names, one.range()),
            _ => return walk_stmt(self, statement),
        };
        self.found
            .extend(names.iter().map(|name| (name.as_str(), range)));
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}

/// Whether `test` is `TYPE_CHECKING`.
fn is_type_checking(test: &Expr) -> bool {
    match test {
        Expr::Name(name) => name.id.as_str() == "TYPE_CHECKING",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "TYPE_CHECKING",
        _ => false,
    }
}
