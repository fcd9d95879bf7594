//! The calls of a module that are spelled like one of the table, each with what stands around it.

use codemend_engine::bindings::{of_body, of_function};
use codemend_engine::module::Module;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{
    Comprehension, Expr, ExprCall, Stmt, StmtClassDef, StmtFunctionDef, TypeParams,
};

/// A call.
#[derive(Clone)]
pub struct Site<'a> {
    pub call: &'a ExprCall,
    /// The scopes that it stands in, outermost first.
    pub around: Vec<Around<'a>>,
}

/// A scope around a call.
#[derive(Clone, Copy)]
pub enum Around<'a> {
    Function(&'a StmtFunctionDef),
    Class(&'a StmtClassDef),
    /// A lambda or a comprehension.
    Expression(&'a Expr),
}

impl<'a> Site<'a> {
    /// The functions around it, innermost first.
    pub fn functions(&self) -> impl Iterator<Item = &'a StmtFunctionDef> {
        self.around.iter().rev().filter_map(|one| match one {
            Around::Function(function) => Some(*function),
            Around::Class(_) | Around::Expression(_) => None,
        })
    }

    /// Whether `name` may mean something here that neither a function nor the module binds: a lambda, a comprehension,
    /// a type parameter or the class body around it does.
    pub fn clouds(&self, name: &str) -> bool {
        let is_block = |one: &Around<'_>| !matches!(one, Around::Expression(_));
        let last = self.around.iter().rposition(is_block);
        let mut around = self.around.iter().enumerate();
        around.any(|(at, one)| match one {
            Around::Function(function) => has_type(function.type_params.as_deref(), name),
            Around::Class(class) => {
                has_type(class.type_params.as_deref(), name)
                    || Some(at) == last && of_body(&class.body).contains_key(name)
            }
            Around::Expression(expr) => binds(expr, name),
        })
    }

    /// Whether a scope around it binds `name`: it does not mean what the module binds.
    pub fn hides(&self, name: &str) -> bool {
        let mut functions = self.functions();
        self.clouds(name) || functions.any(|one| of_function(one).contains_key(name))
    }

    /// Whether a scope in `method`, which stands around it, binds `name`.
    pub fn rebinds_in(&self, method: &StmtFunctionDef, name: &str) -> bool {
        let mut inner = self.functions().take_while(|one| one.range != method.range);
        self.clouds(name)
            || inner.any(|one| of_function(one).contains_key(name))
            || of_function(method)
                .get(name)
                .is_some_and(|all| all.len() > 1)
    }

    /// The class whose method it stands in, and that method with the name of its first parameter: an instance.
    pub fn owner(&self) -> Option<(&'a StmtClassDef, &'a StmtFunctionDef, &'a str)> {
        let mut pairs = self.around.windows(2).rev();
        pairs.find_map(|pair| match pair {
            [Around::Class(class), Around::Function(method)] if has_instance(method) => {
                let mut parameters = method.parameters.iter_non_variadic_params();
                Some((*class, *method, parameters.next()?.name().as_str()))
            }
            _ => None,
        })
    }
}

/// Whether the first parameter of `method` is an instance of its class.
fn has_instance(method: &StmtFunctionDef) -> bool {
    let mut decorators = method.decorator_list.iter();
    let is_other = |name: &str| matches!(name, "staticmethod" | "classmethod");
    let names = ["__new__", "__init_subclass__", "__class_getitem__"];
    !names.contains(&method.name.as_str())
        && !decorators.any(|one| matches!(&one.expression, Expr::Name(name) if is_other(&name.id)))
}

/// Whether some scope of `module` binds `name` of a scope around it.
pub fn rebinds(module: &Module<'_>, name: &str) -> bool {
    let text = module.text();
    let says = |word: &str| {
        let mut behind = text
            .match_indices(word)
            .map(|(at, _)| &text[at + word.len()..]);
        behind.any(|rest| rest.starts_with([' ', '\t', '\\', '\x0c']))
    };
    // `[s := other for other in many]` binds in the scope around.
    let may = text.contains(":=") || says("global") || says("nonlocal");
    may && module.names().rebinds_from_inside(name)
}

/// Whether `expr`, a lambda or a comprehension, binds `name` in its scope.
fn binds(expr: &Expr, name: &str) -> bool {
    let loops = match expr {
        Expr::Lambda(lambda) => {
            let mut parameters = lambda.parameters.iter().flat_map(|all| all.iter());
            return parameters.any(|one| one.name().as_str() == name);
        }
        Expr::ListComp(one) => &one.generators,
        Expr::SetComp(one) => &one.generators,
        Expr::DictComp(one) => &one.generators,
        Expr::Generator(one) => &one.generators,
        _ => return false,
    };
    let mut targets = Targets { name, found: false };
    loops.iter().for_each(|one| targets.visit_expr(&one.target));
    targets.found
}

struct Targets<'n> {
    name: &'n str,
    found: bool,
}

impl<'a> Visitor<'a> for Targets<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found |= matches!(expr, Expr::Name(one) if one.id == self.name);
        walk_expr(self, expr);
    }
}

fn has_type(parameters: Option<&TypeParams>, name: &str) -> bool {
    let mut parameters = parameters.into_iter().flat_map(|all| all.iter());
    parameters.any(|one| one.name().as_str() == name)
}

/// The calls of `module` whose function is spelled with one of `names`, in source order.
pub fn sites<'a>(module: &'a Module<'_>, names: &[&str]) -> Vec<Site<'a>> {
    let mut finder = Finder {
        module,
        names,
        found: Vec::new(),
        around: Vec::new(),
    };
    finder.visit_body(module.suite());
    finder.found
}

struct Finder<'n, 'a, 'm> {
    module: &'a Module<'m>,
    names: &'n [&'n str],
    found: Vec<Site<'a>>,
    around: Vec<Around<'a>>,
}

impl<'a> Finder<'_, 'a, '_> {
    fn within(&mut self, around: Around<'a>, visit: impl FnOnce(&mut Self)) {
        self.around.push(around);
        visit(self);
        self.around.pop();
    }

    /// Decorators, defaults and annotations belong to the scope around the function.
    fn function(&mut self, function: &'a StmtFunctionDef) {
        for decorator in &function.decorator_list {
            self.visit_expr(&decorator.expression);
        }
        self.visit_parameters(&function.parameters);
        if let Some(returns) = &function.returns {
            self.visit_expr(returns);
        }
        self.within(Around::Function(function), |it| {
            it.visit_body(&function.body)
        });
    }

    /// Decorators and bases belong to the scope around the class.
    fn class(&mut self, class: &'a StmtClassDef) {
        for decorator in &class.decorator_list {
            self.visit_expr(&decorator.expression);
        }
        if let Some(arguments) = &class.arguments {
            self.visit_arguments(arguments);
        }
        self.within(Around::Class(class), |it| it.visit_body(&class.body));
    }

    /// The first iterable of a comprehension belongs to the scope around it.
    fn comprehension(&mut self, expr: &'a Expr, elements: &[&'a Expr], loops: &'a [Comprehension]) {
        let Some((first, rest)) = loops.split_first() else {
            return;
        };
        self.visit_expr(&first.iter);
        self.within(Around::Expression(expr), |it| {
            it.visit_expr(&first.target);
            first.ifs.iter().for_each(|one| it.visit_expr(one));
            rest.iter().for_each(|one| it.visit_comprehension(one));
            elements.iter().for_each(|one| it.visit_expr(one));
        });
    }
}

impl<'a> Visitor<'a> for Finder<'_, 'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && self.module.could_mean(&call.func, self.names)
        {
            self.found.push(Site {
                call,
                around: self.around.clone(),
            });
        }
        match expr {
            Expr::Lambda(lambda) => {
                if let Some(parameters) = &lambda.parameters {
                    self.visit_parameters(parameters);
                }
                self.within(Around::Expression(expr), |it| it.visit_expr(&lambda.body));
            }
            Expr::ListComp(one) => self.comprehension(expr, &[&one.elt], &one.generators),
            Expr::SetComp(one) => self.comprehension(expr, &[&one.elt], &one.generators),
            Expr::Generator(one) => self.comprehension(expr, &[&one.elt], &one.generators),
            Expr::DictComp(one) => {
                let key = one.key.as_deref();
                let elements: Vec<&Expr> = key.into_iter().chain([&*one.value]).collect();
                self.comprehension(expr, &elements, &one.generators);
            }
            _ => walk_expr(self, expr),
        }
    }
}
