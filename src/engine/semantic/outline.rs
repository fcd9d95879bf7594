//! Names that a file binds once and for all, read off its syntax tree.
//!
//! Most names of a module are bound by one statement at its top level and by nothing else in the file: an import, a
//! class, a function. What such a name means is plain from any scope, and no flow of control has to be followed for it.
//! Only names that are bound otherwise are a matter for ty's semantic index, which costs more than parsing.

use std::borrow::Cow;

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::{
    Visitor, walk_except_handler, walk_expr, walk_pattern, walk_stmt, walk_type_param,
};
use ruff_python_ast::{
    Alias, ExceptHandler, Expr, ExprContext, Parameter, Pattern, Stmt, StmtImportFrom, TypeParam,
};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::{FxHashMap, FxHashSet};

/// The names that a file binds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outline {
    names: FxHashMap<Name, Places>,
    /// There is a star import: any name may be bound.
    has_star: bool,
    /// The classes, whole, in their order: what they bind is not seen from the functions in them.
    classes: Vec<TextRange>,
    /// Names that an import or a class statement binds, in whatever scope.
    leading: FxHashSet<Name>,
    /// The same of functions.
    functions: FxHashSet<Name>,
}

/// Where a file binds one name.
#[derive(Debug, Default, PartialEq, Eq)]
struct Places {
    /// By one statement at its top.
    top: Option<Site>,
    /// At the level of the module in another way, or by `global`.
    otherwise: bool,
    /// In functions, classes, lambdas and comprehensions: these, whole.
    inner: Vec<TextRange>,
}

/// The one place that binds a name: a statement of the suite, and the alias if it is an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Site {
    statement: usize,
    /// The statement below that one, which is `if TYPE_CHECKING`.
    below: Option<usize>,
    pub(super) alias: usize,
}

impl Site {
    /// The statement of `suite`, or below one, that binds the name.
    pub(super) fn of(self, suite: &[Stmt]) -> Option<&Stmt> {
        let statement = suite.get(self.statement)?;
        match (self.below, statement) {
            (None, statement) => Some(statement),
            (Some(below), Stmt::If(guard)) => guard.body.get(below),
            _ => None,
        }
    }
}

/// What of `statement` is bound as if it stood at the top itself: what stands below `if TYPE_CHECKING`, which is true to
/// whoever reads types.
fn guarded(statement: &Stmt) -> Option<&[Stmt]> {
    let Stmt::If(guard) = statement else {
        return None;
    };
    let is_checking = match &*guard.test {
        Expr::Name(name) => name.id == "TYPE_CHECKING",
        Expr::Attribute(attribute) => {
            attribute.attr.as_str() == "TYPE_CHECKING"
                && matches!(&*attribute.value, Expr::Name(name) if name.id == "typing")
        }
        _ => false,
    };
    (is_checking && guard.elif_else_clauses.is_empty()).then_some(&guard.body)
}

/// How a file binds a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// By this statement alone.
    Once(Site),
    /// Not at all.
    Never,
    /// In a way that takes more to follow.
    Otherwise,
}

impl Outline {
    /// Of the file whose statements are `suite`. A package's own file (`__init__`) binds its submodules as well.
    pub(super) fn of(suite: &[Stmt], is_package: bool) -> Self {
        let mut finder = Finder {
            outline: Self::default(),
            is_package,
            scopes: Vec::new(),
        };
        for (at, statement) in suite.iter().enumerate() {
            match guarded(statement) {
                Some(body) => {
                    for (below, statement) in body.iter().enumerate() {
                        finder.top(statement, at, Some(below));
                    }
                }
                None => finder.top(statement, at, None),
            }
        }
        finder.outline
    }

    /// What binds `name` wherever it stands in the file.
    pub(super) fn bound(&self, name: &str) -> Bound {
        self.bound_unless(name, |places| !places.inner.is_empty())
    }

    /// What binds `name` as seen from the byte `at`.
    pub(super) fn bound_at(&self, name: &str, at: TextSize) -> Bound {
        self.bound_unless(name, |places| {
            places
                .inner
                .iter()
                .any(|range| range.contains_inclusive(at))
        })
    }

    /// What binds `name` at the level of the module.
    pub(super) fn bound_by_module(&self, name: &str) -> Bound {
        self.bound_unless(name, |_| false)
    }

    /// Whether `name`, or an attribute of it, may be something that an import binds. A builtin may be when it is not
    /// bound at all.
    pub(super) fn may_lead_out(&self, name: &str) -> bool {
        self.has_star || self.leading.contains(name) || !self.names.contains_key(name)
    }

    /// Whether `name` may be something that a statement of its own defines, in this file or in another.
    pub(super) fn may_be_defined(&self, name: &str) -> bool {
        self.may_lead_out(name) || self.functions.contains(name)
    }

    /// Whether more than one statement at the top of the file binds the module's `name`: another there, one in a block, or
    /// an inner scope by `global` or `:=`.
    pub(super) fn is_bound_otherwise(&self, name: &str) -> bool {
        let places = self.names.get(name);
        places.is_some_and(|places| places.otherwise)
    }

    /// The function or lambda (its bytes) that binds `name` as seen from the byte `at`, when just one scope around `at`
    /// binds it, and nobody says `global`. `None` when there is none, or it takes more to follow.
    pub(super) fn function_binding(&self, name: &str, at: TextSize) -> Option<TextRange> {
        let places = self.names.get(name).filter(|places| !places.otherwise)?;
        let around = |range: &&TextRange| range.contains_inclusive(at);
        let mut binding = places.inner.iter().filter(around);
        let first = *binding.next()?;
        let is_class = self
            .classes
            .binary_search_by_key(&first.start(), |it| it.start());
        (is_class.is_err() && binding.all(|other| *other == first)).then_some(first)
    }

    fn bound_unless(&self, name: &str, is_inner: impl Fn(&Places) -> bool) -> Bound {
        match self.names.get(name) {
            _ if self.has_star => Bound::Otherwise,
            Some(places) if places.otherwise || is_inner(places) => Bound::Otherwise,
            Some(places) => places.top.map_or(Bound::Never, Bound::Once),
            None => Bound::Never,
        }
    }
}

struct Finder {
    outline: Outline,
    is_package: bool,
    /// The scopes around what is looked at, outermost first.
    scopes: Vec<TextRange>,
}

impl Finder {
    /// Take in a statement of the suite, the one with the number `at`, or one `below` it.
    fn top(&mut self, statement: &Stmt, at: usize, below: Option<usize>) {
        let site = |alias| Site {
            statement: at,
            below,
            alias,
        };
        match statement {
            Stmt::ClassDef(class) => {
                self.once(&class.name.id, site(0));
                self.leading(&class.name.id);
                self.outline.classes.push(statement.range());
                self.inside(statement.range(), |finder| walk_stmt(finder, statement));
            }
            Stmt::FunctionDef(function) => {
                self.once(&function.name.id, site(0));
                self.outline.functions.insert(function.name.id.clone());
                self.inside(statement.range(), |finder| walk_stmt(finder, statement));
            }
            Stmt::Import(import) => {
                for (n, alias) in import.names.iter().enumerate() {
                    let name = first_name(alias);
                    self.leading(&name);
                    self.once(&name, site(n));
                }
            }
            Stmt::ImportFrom(import) => {
                for (n, alias) in import.names.iter().enumerate() {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                    self.leading(&bound.id);
                    self.once(&bound.id, site(n));
                }
                self.other_names(import);
            }
            Stmt::Assign(assignment) => match assignment.targets.as_slice() {
                [Expr::Name(name)] => {
                    self.once(&name.id, site(0));
                    self.visit_expr(&assignment.value);
                }
                _ => walk_stmt(self, statement),
            },
            Stmt::AnnAssign(assignment) => match &*assignment.target {
                // Without a value it binds nothing.
                Expr::Name(name) if assignment.value.is_some() => {
                    self.once(&name.id, site(0));
                    self.visit_expr(&assignment.annotation);
                    if let Some(value) = &assignment.value {
                        self.visit_expr(value);
                    }
                }
                _ => walk_stmt(self, statement),
            },
            _ => self.visit_stmt(statement),
        }
    }

    /// Take in what `walk` comes by in the scope that `range` is, its head included.
    fn inside(&mut self, range: TextRange, walk: impl FnOnce(&mut Self)) {
        self.scopes.push(range);
        walk(self);
        self.scopes.pop();
    }

    fn leading(&mut self, name: &Name) {
        self.outline.leading.insert(name.clone());
    }

    fn once(&mut self, name: &Name, site: Site) {
        let places = self.places(name);
        match places.top {
            None => places.top = Some(site),
            Some(_) => places.otherwise = true,
        }
    }

    /// The scope of the moment binds `name`.
    fn otherwise(&mut self, name: &Name) {
        let scope = self.scopes.last().copied();
        self.bind(name, scope);
    }

    fn bind(&mut self, name: &Name, scope: Option<TextRange>) {
        let places = self.places(name);
        match scope {
            None => places.otherwise = true,
            Some(scope) if places.inner.last() == Some(&scope) => {}
            Some(scope) => places.inner.push(scope),
        }
    }

    fn places(&mut self, name: &Name) -> &mut Places {
        self.outline.names.entry(name.clone()).or_default()
    }

    /// Take in what `import` binds besides its names.
    fn other_names(&mut self, import: &StmtImportFrom) {
        self.outline.has_star |= import.names.iter().any(|alias| &alias.name == "*");
        if let Some(module) = import.module.as_ref().filter(|_| self.is_package) {
            for part in module.split('.').map(Name::new) {
                self.leading(&part);
                self.otherwise(&part);
            }
        }
    }
}

/// The name that `alias` of an `import` statement binds.
fn first_name(alias: &Alias) -> Cow<'_, Name> {
    match &alias.asname {
        Some(name) => Cow::Borrowed(&name.id),
        None => match alias.name.split_once('.') {
            Some((first, _)) => Cow::Owned(Name::new(first)),
            None => Cow::Borrowed(&alias.name.id),
        },
    }
}

impl<'a> Visitor<'a> for Finder {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::ClassDef(class) => {
                self.outline.classes.push(statement.range());
                self.leading(&class.name.id);
                self.otherwise(&class.name.id);
            }
            Stmt::FunctionDef(function) => {
                self.outline.functions.insert(function.name.id.clone());
                self.otherwise(&function.name.id);
            }
            Stmt::TypeAlias(alias) => {
                if let Expr::Name(name) = &*alias.name {
                    self.otherwise(&name.id);
                }
            }
            Stmt::ImportFrom(import) => self.other_names(import),
            Stmt::Global(global) => global.names.iter().for_each(|one| self.bind(&one.id, None)),
            Stmt::Nonlocal(it) => {
                let outermost = self.scopes.first().copied();
                it.names
                    .iter()
                    .for_each(|one| self.bind(&one.id, outermost));
            }
            _ => {}
        }
        match statement {
            Stmt::ClassDef(_) | Stmt::FunctionDef(_) | Stmt::TypeAlias(_) => {
                self.inside(statement.range(), |finder| walk_stmt(finder, statement));
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_alias(&mut self, alias: &'a Alias) {
        let name = first_name(alias);
        self.leading(&name);
        self.otherwise(&name);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if name.ctx != ExprContext::Load => self.otherwise(&name.id),
            Expr::Name(_) | Expr::StringLiteral(_) | Expr::NumberLiteral(_) => {}
            Expr::Lambda(_)
            | Expr::ListComp(_)
            | Expr::SetComp(_)
            | Expr::DictComp(_)
            | Expr::Generator(_) => self.inside(expr.range(), |finder| walk_expr(finder, expr)),
            // In the head of a function or in a comprehension, `:=` binds a name around it.
            Expr::Named(named) => {
                if let Expr::Name(name) = &*named.target {
                    self.bind(&name.id, None);
                }
                walk_expr(self, expr);
            }
            _ => walk_expr(self, expr),
        }
    }

    fn visit_parameter(&mut self, parameter: &'a Parameter) {
        self.otherwise(&parameter.name.id);
        if let Some(annotation) = &parameter.annotation {
            self.visit_expr(annotation);
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(it) = handler;
        if let Some(name) = &it.name {
            self.otherwise(&name.id);
        }
        walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(it) => it.name.as_ref(),
            Pattern::MatchStar(it) => it.name.as_ref(),
            Pattern::MatchMapping(it) => it.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.otherwise(&name.id);
        }
        walk_pattern(self, pattern);
    }

    fn visit_type_param(&mut self, parameter: &'a TypeParam) {
        self.otherwise(&parameter.name().id);
        walk_type_param(self, parameter);
    }
}

#[cfg(test)]
mod tests;
