//! What a call of a function, a method, a class or an instance runs, of the functions of the project.

use codemend_engine::project::ModuleId;
use codemend_engine::semantic::{
    Class, Declared, Definition, DefinitionKind, Meaning, Names, Type, Where, named,
};
use codemend_engine::syntax::TextSize;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, ExprAttribute, Stmt, StmtFunctionDef};

use super::Look;
use super::classes::{bases, class_around, class_at_top, methods, resolved};
use super::graph::{Graph, NodeId};

/// How far bases and other names of a function are followed.
const DEPTH: usize = 12;

/// Methods that making an instance runs.
const MAKERS: [&str; 3] = ["__new__", "__init__", "__post_init__"];

/// Where a call stands.
pub struct Scene<'s> {
    /// In the wrapper of a decorator: the parameter that it wraps, and what that may be.
    pub wrapped: Option<(String, Wrapped)>,
    /// The statements of the file, and the place of the function in it.
    pub suite: &'s [Stmt],
    pub at: TextSize,
    /// The function is a generator that some `Depends` is given.
    pub is_dependency: bool,
    pub look: Look,
    /// The name whose object is passed over when it is raised.
    pub same: Option<&'s str>,
}

/// What a wrapper wraps.
#[derive(Debug, Clone)]
pub enum Wrapped {
    One(NodeId),
    /// All functions that wear the decorator.
    Each(Vec<NodeId>),
}

impl<'db> Graph<'_, 'db> {
    /// The functions that a call of `func` runs.
    pub fn called(&mut self, names: &Names<'db>, scene: &Scene<'_>, func: &Expr) -> Vec<NodeId> {
        match func {
            Expr::Name(name) => {
                if let Some((wrapped, by)) = &scene.wrapped
                    && *wrapped == *name.id
                {
                    return match by {
                        Wrapped::One(node) => vec![*node],
                        Wrapped::Each(nodes) => nodes.clone(),
                    };
                }
                match names.only_member(&name.id) {
                    Some((_, member)) if !self.may_call(names, member) => Vec::new(),
                    _ => self.named(names, func, DEPTH),
                }
            }
            Expr::Attribute(attribute) => {
                if !self.may_call(names, &attribute.attr) {
                    return Vec::new();
                }
                // A member of a value is none of a module or a class: what the value is, types tell.
                let found = match names.may_lead_out(func) {
                    true => self.named(names, func, DEPTH),
                    false => Vec::new(),
                };
                if !found.is_empty() || !self.may_get_to(names, &attribute.attr) {
                    return found;
                }
                if !self.may_own(names, scene, attribute) {
                    return found;
                }
                let classes = receivers(names, scene, &attribute.value);
                let mut found = Vec::new();
                for class in classes {
                    match is_super(&attribute.value) {
                        true => found.extend(self.inherited(&class, &attribute.attr)),
                        false => found.extend(self.method(&class, &attribute.attr)),
                    }
                }
                found
            }
            _ => Vec::new(),
        }
    }

    /// Whether the method `method` of a value in the file of `names` may raise an answer.
    fn may_get_to(&self, names: &Names<'db>, method: &str) -> bool {
        let module = self.world.project.module(names.path().into());
        let spread = &self.world.scouted.spread;
        module.is_some_and(|module| spread.may_get_to(self.world.project, module, method))
    }

    /// Whether anything called `name` where it is defined may raise an answer, in the file of `names`.
    fn may_call(&self, names: &Names<'db>, name: &str) -> bool {
        let module = self.world.project.module(names.path().into());
        let spread = &self.world.scouted.spread;
        module.is_some_and(|module| spread.may_call(self.world.project, module, name))
    }

    /// Whether the method that `called` names may raise an answer, when it is called on `self`: as far as the classes
    /// around tell.
    fn may_own(&self, names: &Names<'db>, scene: &Scene<'_>, called: &ExprAttribute) -> bool {
        let project = self.world.project;
        let module = project.module(names.path().into());
        match class_at_top(scene.suite, scene.at).zip(module) {
            Some((class, module)) if is_own(&called.value) => {
                let spread = &self.world.scouted.spread;
                spread.has_near(project, module, &class, &called.attr)
            }
            _ => true,
        }
    }

    /// What the name or dotted name `func` of the file of `names` runs.
    fn named(&mut self, names: &Names<'db>, func: &Expr, depth: usize) -> Vec<NodeId> {
        let mut found = Vec::new();
        for meaning in names.meanings(func, Where::default()) {
            let Meaning::Definition(definition) = meaning else {
                continue;
            };
            match definition.kind() {
                DefinitionKind::Function(_) => found.extend(self.function(&definition)),
                DefinitionKind::Class(_) => {
                    let makers = MAKERS.iter();
                    found.extend(makers.flat_map(|one| self.own_or_inherited(&definition, one)));
                }
                DefinitionKind::Assignment(value)
                | DefinitionKind::Annotated {
                    value: Some(value), ..
                } if depth > 0 && (value.is_name_expr() || value.is_attribute_expr()) => {
                    found.extend(self.named(definition.names(), value, depth - 1));
                }
                DefinitionKind::Assignment(_)
                | DefinitionKind::Annotated { .. }
                | DefinitionKind::Parameter(Some(_))
                    if self.may_get_to(names, "__call__") =>
                {
                    for class in objects(names, func) {
                        found.extend(self.method(&class, "__call__"));
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// The method `name` of an instance of `class`, or of a class of the project that derives from it.
    fn method(&mut self, class: &Definition<'db>, name: &str) -> Vec<NodeId> {
        let mut found = self.own_or_inherited(class, name);
        for subclass in self.derived(class) {
            for method in methods(&subclass, name) {
                found.extend(self.function(&method));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn own_or_inherited(&mut self, class: &Definition<'db>, name: &str) -> Vec<NodeId> {
        let methods = resolved(class, name, DEPTH);
        methods
            .iter()
            .filter_map(|one| self.function(one))
            .collect()
    }

    /// The method `name` of the bases of `class`: `super().load()`.
    fn inherited(&mut self, class: &Definition<'db>, name: &str) -> Vec<NodeId> {
        let bases = bases(class);
        let methods = bases.iter().map(|base| resolved(base, name, DEPTH));
        let first = methods.into_iter().find(|found| !found.is_empty());
        let first = first.unwrap_or_default();
        first.iter().filter_map(|one| self.function(one)).collect()
    }

    /// The classes of the project that derive from `class`, however far.
    fn derived(&self, class: &Definition<'db>) -> Vec<Definition<'db>> {
        let project = self.world.project;
        let names = class.names();
        let start = project.module(names.path().into());
        let start: Option<(ModuleId, String)> = start.zip(class.name());
        let mut waiting: Vec<(ModuleId, String)> = start.into_iter().collect();
        let mut seen = waiting.clone();
        let mut found = Vec::new();
        while let Some((module, path)) = waiting.pop() {
            for subclass in project.subclasses(module, &path) {
                if seen.contains(subclass) || seen.len() > 200 {
                    continue;
                }
                seen.push(subclass.clone());
                waiting.push(subclass.clone());
                let file = names.of_file(project.path(subclass.0));
                found.extend(
                    file.into_iter()
                        .flat_map(|file| file.defined_at(&subclass.1)),
                );
            }
        }
        found
    }

    /// What `node` becomes under `decorator`: the wrapper that a decorator of the project puts around it, else itself.
    pub fn wrapped(&mut self, names: &Names<'db>, decorator: &Expr, node: NodeId) -> NodeId {
        for meaning in names.meanings(named(decorator), Where::default()) {
            let Meaning::Definition(definition) = meaning else {
                continue;
            };
            let DefinitionKind::Function(maker) = definition.kind() else {
                continue;
            };
            let inner = match decorator.is_call_expr() {
                true => functions_in(&maker.body),
                false => vec![maker],
            };
            for one in inner {
                let Some((name, wrapper)) = wrapper(one) else {
                    continue;
                };
                let wrapper = definition.names().definition_of_function(wrapper);
                let made = wrapper.and_then(|wrapper| self.node(&wrapper, Some((name, node))));
                return made.unwrap_or(node);
            }
        }
        node
    }
}

/// The parameter that the decorator `function` wraps, and the function in it that calls it.
pub fn wrapper(function: &StmtFunctionDef) -> Option<(String, &StmtFunctionDef)> {
    let first = function.parameters.iter_non_variadic_params().next()?;
    let name = first.parameter.name.as_str();
    let inner = functions_in(&function.body);
    let wrapper = inner.into_iter().find(|one| calls(one, name))?;
    Some((name.to_owned(), wrapper))
}

/// The functions that `body` defines itself.
pub fn functions_in(body: &[Stmt]) -> Vec<&StmtFunctionDef> {
    let mut found = Vec::new();
    for statement in body {
        match statement {
            Stmt::FunctionDef(function) => found.push(function),
            Stmt::If(branch) => {
                found.extend(functions_in(&branch.body));
                let clauses = branch.elif_else_clauses.iter();
                clauses.for_each(|clause| found.extend(functions_in(&clause.body)));
            }
            _ => {}
        }
    }
    found
}

fn calls(function: &StmtFunctionDef, name: &str) -> bool {
    struct Calls<'n>(&'n str, bool);
    impl<'a> Visitor<'a> for Calls<'_> {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            if !statement.is_function_def_stmt() {
                walk_stmt(self, statement);
            }
        }
        fn visit_expr(&mut self, expr: &'a Expr) {
            if let Expr::Call(call) = expr {
                self.1 |= matches!(&*call.func, Expr::Name(one) if one.id == self.0);
            }
            walk_expr(self, expr);
        }
    }
    let mut calls = Calls(name, false);
    calls.visit_body(&function.body);
    calls.1
}

/// The classes that `receiver` is an instance of, or is itself.
fn receivers<'db>(names: &Names<'db>, scene: &Scene<'_>, receiver: &Expr) -> Vec<Definition<'db>> {
    if is_own(receiver) {
        let class = class_around(scene.suite, scene.at);
        return class
            .and_then(|class| names.definition_of_class(class))
            .into_iter()
            .collect();
    }
    match is_outside(names, receiver, DEPTH) {
        true => Vec::new(),
        false => objects(names, receiver),
    }
}

/// The classes of the project that `expr` is an instance of, or is itself: as its binding says, else by its type.
fn objects<'db>(names: &Names<'db>, expr: &Expr) -> Vec<Definition<'db>> {
    let Some(declared) = names.declared(expr) else {
        return instances(&names.inferred(expr));
    };
    let own = declared.into_iter().filter_map(|one| match one {
        Declared::Own(class) => Some(class),
        _ => None,
    });
    own.collect()
}

/// Whether `receiver` is something of a library, or made by one: `os.path`, `logger`.
fn is_outside(names: &Names<'_>, receiver: &Expr, depth: usize) -> bool {
    let meanings = names.meanings(receiver, Where::default());
    let mut all = meanings.iter();
    !meanings.is_empty()
        && all.all(|meaning| match meaning {
            Meaning::Outside { .. } | Meaning::Module(_) | Meaning::Builtin(_) => true,
            Meaning::Definition(definition) => match definition.kind() {
                DefinitionKind::Assignment(Expr::Call(call)) if depth > 0 => {
                    is_outside(definition.names(), &call.func, depth - 1)
                }
                DefinitionKind::Assignment(value) => value.is_literal_expr(),
                _ => false,
            },
            Meaning::Unknown => false,
        })
}

/// `self`, `cls`, `super()`
fn is_own(receiver: &Expr) -> bool {
    match receiver {
        Expr::Name(name) => matches!(name.id.as_str(), "self" | "cls"),
        other => is_super(other),
    }
}

fn is_super(expr: &Expr) -> bool {
    match expr {
        Expr::Call(call) => matches!(&*call.func, Expr::Name(name) if name.id == "super"),
        _ => false,
    }
}

fn instances<'db>(kind: &Type<'db>) -> Vec<Definition<'db>> {
    let classes = kind.members().iter().filter_map(|one| match one {
        Type::Instance(Class { definition, .. }) | Type::Class(Class { definition, .. }) => {
            definition.clone()
        }
        _ => None,
    });
    classes.collect()
}
