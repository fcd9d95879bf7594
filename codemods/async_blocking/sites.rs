//! The calls that run when a function runs, and where they stand.

use std::collections::BTreeMap;

use codemend_engine::syntax::ast::helpers::ReturnStatementVisitor;
use codemend_engine::syntax::ast::statement_visitor::{self, StatementVisitor};
use codemend_engine::syntax::ast::visitor::{
    Visitor, walk_expr, walk_interpolated_string_element, walk_stmt,
};
use codemend_engine::syntax::ast::{
    Comprehension, Expr, ExprCall, InterpolatedStringElement, Stmt, StmtClassDef, StmtFunctionDef,
    WithItem,
};
use codemend_engine::syntax::{Ranged, TextRange};

/// Where a call stands in its function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In its own body: `await` can stand here.
    Body,
    /// Awaited itself.
    Awaited,
    Lambda,
    Generator,
    Class,
    /// In the default of a parameter of an inner function.
    Default,
    /// In an inner function that is called by name.
    Inner(String),
    /// In `f"{...=}"`, which shows the text of it.
    Shown,
}

impl Place {
    /// Why `await` cannot stand there.
    pub fn objection(&self) -> Option<String> {
        Some(match self {
            Self::Body => return None,
            Self::Awaited => {
                "it is awaited already, though it gives nothing to wait for".to_owned()
            }
            Self::Lambda => "`await` cannot stand in a lambda".to_owned(),
            Self::Generator => {
                "with `await`, the generator expression would become an asynchronous one".to_owned()
            }
            Self::Class => "`await` cannot stand in a class body".to_owned(),
            Self::Default => "it is the default of a parameter".to_owned(),
            Self::Shown => "its text is part of the string".to_owned(),
            Self::Inner(name) => format!("`await` cannot stand in `{name}`, a plain function"),
        })
    }
}

/// A call.
pub struct Site<'a> {
    pub call: &'a ExprCall,
    pub place: Place,
    /// The contexts of the plain `with` statements around, inner ones last.
    pub within: Vec<&'a Expr>,
    /// How many comprehensions are around.
    pub comprehensions: usize,
}

/// What a function does when it runs.
#[derive(Default)]
pub struct Sites<'a> {
    pub calls: Vec<Site<'a>>,
    /// What plain `with` statements bind: the name and the context.
    pub bound: BTreeMap<&'a str, &'a Expr>,
    /// Coroutines in it: they are looked at on their own.
    pub coroutines: Vec<Coroutine<'a>>,
    inner: BTreeMap<&'a str, Vec<Inner<'a>>>,
    within: Vec<&'a Expr>,
    comprehensions: usize,
    place: Option<Place>,
}

/// A function in a function.
#[derive(Clone, Copy)]
enum Inner<'a> {
    Def(&'a StmtFunctionDef),
    Lambda(&'a Expr),
    /// Something that is decorated, or asynchronous: who knows what a call of it does.
    Other,
}

impl<'a> Sites<'a> {
    /// Those of `function`, with the inner functions that it calls by name.
    pub fn of(function: &'a StmtFunctionDef) -> Self {
        let mut sites = Self::default();
        sites.visit_body(&function.body);
        sites.follow();
        sites.calls.sort_by_key(|site| site.call.start());
        sites.coroutines.sort_by_key(|one| one.function.start());
        sites.coroutines.dedup_by_key(|one| one.function.start());
        sites
    }

    /// Look into the inner functions that are called by name, and into those that they call.
    fn follow(&mut self) {
        let mut seen: Vec<TextRange> = Vec::new();
        let mut at = 0;
        while at < self.calls.len() {
            let callee = &*self.calls[at].call.func;
            at += 1;
            let Expr::Name(name) = callee else {
                continue;
            };
            let Some([inner]) = self.inner.get(name.id.as_str()).map(Vec::as_slice) else {
                continue;
            };
            match *inner {
                Inner::Def(function) if !seen.contains(&function.range()) => {
                    seen.push(function.range());
                    self.place = Some(Place::Inner(function.name.to_string()));
                    self.visit_body(&function.body);
                }
                Inner::Lambda(lambda) if !seen.contains(&lambda.range()) => {
                    seen.push(lambda.range());
                    self.place = Some(Place::Lambda);
                    if let Expr::Lambda(lambda) = lambda {
                        self.visit_expr(&lambda.body);
                    }
                }
                _ => {}
            }
            self.place = None;
        }
    }

    /// Whether `name` is a function in the function.
    pub fn has_inner(&self, name: &str) -> bool {
        self.inner.contains_key(name)
    }

    fn at(&mut self, place: Place, look: impl FnOnce(&mut Self)) {
        let outer = self.place.clone();
        self.place = outer.clone().or(Some(place));
        look(self);
        self.place = outer;
    }

    fn call(&mut self, call: &'a ExprCall, place: Place) {
        self.calls.push(Site {
            call,
            place: self.place.clone().unwrap_or(place),
            within: self.within.clone(),
            comprehensions: self.comprehensions,
        });
        self.visit_expr(&call.func);
        self.visit_arguments(&call.arguments);
    }

    fn function(&mut self, function: &'a StmtFunctionDef) {
        for decorator in &function.decorator_list {
            self.at(Place::Default, |sites| {
                sites.visit_expr(&decorator.expression)
            });
        }
        for parameter in function.parameters.iter_non_variadic_params() {
            if let Some(default) = &parameter.default {
                self.at(Place::Default, |sites| sites.visit_expr(default));
            }
        }
        if function.is_async {
            self.coroutines.push(Coroutine {
                function,
                class: None,
            });
        } else {
            coroutines_in(&function.body, &mut self.coroutines);
        }
        let mut returns = ReturnStatementVisitor::default();
        returns.visit_body(&function.body);
        // A generator runs as it is read, wherever that is.
        let is_other =
            function.is_async || !function.decorator_list.is_empty() || returns.is_generator;
        let inner = match is_other {
            true => Inner::Other,
            false => Inner::Def(function),
        };
        self.inner.entry(&function.name).or_default().push(inner);
    }

    /// `awaited` is what an `await`, an `async with` or an `async for` waits for.
    fn waits_for(&mut self, awaited: &'a Expr) {
        match awaited {
            Expr::Call(call) => self.call(call, Place::Awaited),
            other => self.visit_expr(other),
        }
    }

    /// The first iterable of a comprehension runs outside of it.
    fn comprehension(&mut self, parts: &[&'a Expr], generators: &'a [Comprehension]) {
        for (at, generator) in generators.iter().enumerate() {
            let inside = usize::from(at > 0);
            self.comprehensions += inside;
            match generator.is_async {
                true => self.waits_for(&generator.iter),
                false => self.visit_expr(&generator.iter),
            }
            self.comprehensions -= inside;
        }
        self.comprehensions += 1;
        let conditions = generators.iter().flat_map(|one| &one.ifs);
        for part in parts.iter().copied().chain(conditions) {
            self.visit_expr(part);
        }
        self.comprehensions -= 1;
    }

    fn with(&mut self, items: &'a [WithItem], body: &'a [Stmt]) {
        let outer = self.within.len();
        for item in items {
            self.visit_with_item(item);
            self.within.push(&item.context_expr);
            if let Some(Expr::Name(name)) = item.optional_vars.as_deref() {
                self.bound.insert(&name.id, &item.context_expr);
            }
        }
        self.visit_body(body);
        self.within.truncate(outer);
    }
}

impl<'a> Visitor<'a> for Sites<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => {
                for decorator in &class.decorator_list {
                    self.at(Place::Class, |sites| {
                        sites.visit_expr(&decorator.expression)
                    });
                }
                if let Some(arguments) = &class.arguments {
                    self.at(Place::Class, |sites| sites.visit_arguments(arguments));
                }
                coroutines_in(std::slice::from_ref(statement), &mut self.coroutines);
                for statement in &class.body {
                    if !statement.is_function_def_stmt() {
                        self.at(Place::Class, |sites| sites.visit_stmt(statement));
                    }
                }
            }
            Stmt::With(with) if !with.is_async => self.with(&with.items, &with.body),
            Stmt::With(with) => {
                for item in &with.items {
                    self.waits_for(&item.context_expr);
                }
                self.visit_body(&with.body);
            }
            Stmt::For(one) if one.is_async => {
                self.waits_for(&one.iter);
                self.visit_body(&one.body);
                self.visit_body(&one.orelse);
            }
            // No annotation in a function is evaluated (PEP 526).
            Stmt::AnnAssign(one) if self.place != Some(Place::Class) => {
                self.visit_expr(&one.target);
                one.value.iter().for_each(|value| self.visit_expr(value));
            }
            Stmt::Assign(one) => {
                if let ([Expr::Name(name)], Expr::Lambda(_)) = (&one.targets[..], &*one.value) {
                    let inner = self.inner.entry(&name.id).or_default();
                    inner.push(Inner::Lambda(&one.value));
                }
                walk_stmt(self, statement);
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_interpolated_string_element(&mut self, element: &'a InterpolatedStringElement) {
        let is_shown = element
            .as_interpolation()
            .is_some_and(|it| it.debug_text.is_some());
        match is_shown {
            true => self.at(Place::Shown, |sites| {
                walk_interpolated_string_element(sites, element);
            }),
            false => walk_interpolated_string_element(self, element),
        }
    }

    fn visit_comprehension(&mut self, comprehension: &'a Comprehension) {
        match comprehension.is_async {
            true => self.waits_for(&comprehension.iter),
            false => self.visit_expr(&comprehension.iter),
        }
        for condition in &comprehension.ifs {
            self.visit_expr(condition);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => self.call(call, Place::Body),
            Expr::Await(one) => self.waits_for(&one.value),
            // It runs when it is called, if it is.
            Expr::Lambda(lambda) => {
                for parameter in lambda
                    .parameters
                    .iter()
                    .flat_map(|it| it.iter_non_variadic_params())
                {
                    if let Some(default) = &parameter.default {
                        self.at(Place::Lambda, |sites| sites.visit_expr(default));
                    }
                }
            }
            Expr::ListComp(one) => self.comprehension(&[&one.elt], &one.generators),
            Expr::SetComp(one) => self.comprehension(&[&one.elt], &one.generators),
            Expr::DictComp(one) => {
                let key = one.key.as_deref();
                let parts: Vec<&Expr> = key.into_iter().chain([&*one.value]).collect();
                self.comprehension(&parts, &one.generators);
            }
            Expr::Generator(_) => self.at(Place::Generator, |sites| walk_expr(sites, expr)),
            _ => walk_expr(self, expr),
        }
    }
}

/// A coroutine, and the class whose method it is.
#[derive(Clone, Copy)]
pub struct Coroutine<'a> {
    pub function: &'a StmtFunctionDef,
    pub class: Option<&'a StmtClassDef>,
}

/// The outermost coroutines in `body`, at any depth of other functions and classes.
pub fn coroutines_in<'a>(body: &'a [Stmt], found: &mut Vec<Coroutine<'a>>) {
    let mut finder = Finder { found, class: None };
    StatementVisitor::visit_body(&mut finder, body);
}

struct Finder<'f, 'a> {
    found: &'f mut Vec<Coroutine<'a>>,
    class: Option<&'a StmtClassDef>,
}

impl<'a> StatementVisitor<'a> for Finder<'_, 'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let outer = self.class;
        match statement {
            Stmt::FunctionDef(function) if function.is_async => {
                return self.found.push(Coroutine {
                    function,
                    class: self.class,
                });
            }
            Stmt::FunctionDef(_) => self.class = None,
            Stmt::ClassDef(class) => self.class = Some(class),
            _ => {}
        }
        statement_visitor::walk_stmt(self, statement);
        self.class = outer;
    }
}
