//! Names that a file binds once and for all, read off its syntax tree.
//!
//! Most names of a module are bound by one statement at its top level and by nothing else in the file: an import, a
//! class, a function. What such a name means is plain from any scope, and no flow of control has to be followed for it.
//! Only names that are bound otherwise are a matter for ty's semantic index, which costs more than parsing.

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::{
    Visitor, walk_except_handler, walk_expr, walk_pattern, walk_stmt, walk_type_param,
};
use ruff_python_ast::{
    Alias, ExceptHandler, Expr, ExprContext, Parameter, Pattern, Stmt, StmtImportFrom, TypeParam,
};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxHashMap;

/// The names that a file binds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outline {
    names: FxHashMap<Name, Places>,
    /// There is a star import: any name may be bound.
    has_star: bool,
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
                self.inside(statement.range(), |finder| walk_stmt(finder, statement));
            }
            Stmt::FunctionDef(function) => {
                self.once(&function.name.id, site(0));
                self.inside(statement.range(), |finder| walk_stmt(finder, statement));
            }
            Stmt::Import(import) => {
                for (n, alias) in import.names.iter().enumerate() {
                    match first_name(alias) {
                        Ok(name) => self.once(name, site(n)),
                        Err(first) => self.once(&Name::new(first), site(n)),
                    }
                }
            }
            Stmt::ImportFrom(import) => {
                for (n, alias) in import.names.iter().enumerate() {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                    self.once(&bound.id, site(n));
                }
                self.from_import(import);
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
    fn from_import(&mut self, import: &StmtImportFrom) {
        self.outline.has_star |= import.names.iter().any(|alias| &alias.name == "*");
        if let Some(module) = import.module.as_ref().filter(|_| self.is_package) {
            for part in module.split('.') {
                self.otherwise(&Name::new(part));
            }
        }
    }
}

/// The name that `alias` of an `import` statement binds, or the first part of it.
fn first_name(alias: &Alias) -> Result<&Name, &str> {
    match &alias.asname {
        Some(name) => Ok(&name.id),
        None => match alias.name.split_once('.') {
            Some((first, _)) => Err(first),
            None => Ok(&alias.name.id),
        },
    }
}

impl<'a> Visitor<'a> for Finder {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::ClassDef(class) => self.otherwise(&class.name.id),
            Stmt::FunctionDef(function) => self.otherwise(&function.name.id),
            Stmt::TypeAlias(alias) => {
                if let Expr::Name(name) = &*alias.name {
                    self.otherwise(&name.id);
                }
            }
            Stmt::ImportFrom(import) => self.from_import(import),
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
        match first_name(alias) {
            Ok(name) => self.otherwise(name),
            Err(first) => self.otherwise(&Name::new(first)),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if name.ctx != ExprContext::Load => self.otherwise(&name.id),
            Expr::Name(_) | Expr::StringLiteral(_) | Expr::NumberLiteral(_) => {}
            Expr::Lambda(_) => self.inside(expr.range(), |finder| walk_expr(finder, expr)),
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
mod tests {
    use ruff_python_parser::parse_module;

    use super::{Bound, Outline, Site};

    fn bound(text: &str, name: &str) -> Bound {
        Outline::of(parse_module(text).unwrap().suite(), false).bound(name)
    }

    #[test]
    fn one_statement_at_the_top_binds_once() {
        let once = |statement, alias| {
            Bound::Once(Site {
                statement,
                below: None,
                alias,
            })
        };
        assert_eq!(bound("from a import b, c as d\n", "d"), once(0, 1));
        assert_eq!(bound("import x\nimport a.b\n", "a"), once(1, 0));
        assert_eq!(bound("class A: pass\ndef f(): return A\n", "A"), once(0, 0));
        assert_eq!(bound("x = 1\nprint(x)\n", "x"), once(0, 0));
        assert_eq!(bound("x: int = 1\n", "x"), once(0, 0));
        assert_eq!(bound("import a\n", "b"), Bound::Never);
        assert_eq!(bound("x: int\n", "x"), Bound::Otherwise);
        let guarded = "if TYPE_CHECKING:\n    import y\n    from a import b, c\n";
        assert!(
            matches!(bound(guarded, "c"), Bound::Once(site) if (site.below, site.alias) == (Some(1), 1))
        );
        assert_eq!(
            bound(&format!("{guarded}else:\n    c = 1\n"), "b"),
            Bound::Otherwise
        );
        assert_eq!(bound("if CHECKING:\n    import b\n", "b"), Bound::Otherwise);
        assert_eq!(bound("from a import b as c\n", "b"), Bound::Never);
    }

    #[test]
    fn whatever_binds_it_again_or_elsewhere_is_seen() {
        for again in [
            "X = 1\n",
            "import X\n",
            "import X.y\n",
            "from m import a as X\n",
            "def f(X): pass\n",
            "def f(*X): pass\n",
            "def f():\n    X = 1\n",
            "def f():\n    global X\n    X = 1\n",
            "def f():\n    import X\n",
            "class C:\n    X = 1\n",
            "class C:\n    def X(self): pass\n",
            "class C:\n    class X: pass\n",
            "y = [X for X in []]\n",
            "y = lambda X: 1\n",
            "y = (X := 1)\n",
            "for X in []: pass\n",
            "with a as X: pass\n",
            "try:\n    pass\nexcept E as X: pass\n",
            "if a:\n    from m import X\n",
            "try:\n    import X\nexcept E: pass\n",
            "del X\n",
            "X += 1\n",
            "X, y = 1, 2\n",
            "X = y = 1\n",
            "match y:\n    case X: pass\n",
            "match y:\n    case [*X]: pass\n",
            "match y:\n    case {**X}: pass\n",
            "match y:\n    case int() as X: pass\n",
            "def f[X](): pass\n",
            "class C[X]: pass\n",
            "type X = int\n",
            "type T[X] = int\n",
            "from m import *\n",
            "def f(a=(X := 1)): pass\n",
            "class C(a, b=(X := 1)): pass\n",
            "@(X := 1)\ndef f(): pass\n",
            "y: (X := int) = 1\n",
        ] {
            let text = format!("from typing import X\n{again}");
            assert_eq!(bound(&text, "X"), Bound::Otherwise, "{text}");
        }
    }

    #[test]
    fn a_function_binds_for_itself() {
        let text = "import X\n\ndef f(X): pass\n\nclass C:\n    def X(self): pass\n\nx = X\n";
        let suite = parse_module(text).unwrap();
        let outline = Outline::of(suite.suite(), false);
        let at = |word: &str| TextSize::try_from(text.find(word).unwrap()).unwrap();
        let is_once = |bound: Bound| matches!(bound, Bound::Once(_));
        assert!(is_once(outline.bound_at("X", at("x = X"))));
        assert!(is_once(outline.bound_by_module("X")));
        assert!(!is_once(outline.bound("X")));
        assert!(!is_once(outline.bound_at("X", at("pass"))));
        assert!(!is_once(outline.bound_at("X", at("self"))));
        for text in [
            "import X\ndef f():\n    global X\n    X = 1\n",
            "import X\ndef f(a=(X := 1)): pass\n",
            "import X\ntype X = int\n",
            "import X\nif a:\n    def X(): pass\n",
            "import X\ny = [(X := 1) for z in []]\n",
        ] {
            let outline = Outline::of(parse_module(text).unwrap().suite(), false);
            assert_eq!(outline.bound_by_module("X"), Bound::Otherwise, "{text}");
        }
    }

    #[test]
    fn a_package_binds_what_it_imports_from() {
        let text = "from .sub import a\n";
        let suite = parse_module(text).unwrap();
        let of = |is_package| Outline::of(suite.suite(), is_package).bound("sub");
        assert_eq!(of(true), Bound::Otherwise);
        assert_eq!(of(false), Bound::Never);
    }
}
