//! Calls that never come back.
//!
//! A call is looked at closely only when it is spelled like one of the table, or like a function of the project that is
//! annotated with `NoReturn`: the project lists their names beforehand. Whether it is one, its binding says.

use std::collections::BTreeSet;

use codemend_engine::facts::Facts;
use codemend_engine::module::Module;
use codemend_engine::semantic::{Definition, DefinitionKind, Meaning, Names, Where};
use codemend_engine::syntax::ast::helpers::ReturnStatementVisitor;
use codemend_engine::syntax::ast::statement_visitor::{StatementVisitor, walk_stmt};
use codemend_engine::syntax::ast::visitor::Visitor as _;
use codemend_engine::syntax::ast::{
    Decorator, Expr, ExprCall, Stmt, StmtClassDef, StmtFunctionDef,
};
use codemend_engine::syntax::{Ranged, TextSize};

use super::listed::{NO_RETURN, classes_with};
use super::table::Table;

fn looks_like_no_return(annotation: &Expr) -> bool {
    let is_word = |word: &str| matches!(word, "NoReturn" | "Never");
    match annotation {
        Expr::Name(name) => is_word(&name.id),
        Expr::Attribute(attribute) => is_word(&attribute.attr),
        Expr::StringLiteral(text) => {
            let text = text.value.to_str();
            is_word(text.rsplit('.').next().unwrap_or(text))
        }
        _ => false,
    }
}

/// Knows the calls of one module that never come back.
pub struct Calls<'m, 'a> {
    pub module: &'m Module<'a>,
    /// Functions that the user names.
    added: Vec<String>,
    /// Functions and methods of the project, as [`NO_RETURN`] lists them.
    listed: Option<&'m BTreeSet<String>>,
    /// Whether the file speaks of a class in the table.
    knows_classes: bool,
}

impl<'m, 'a> Calls<'m, 'a> {
    /// Those of `module`, with the functions `added` by the user.
    pub fn of(module: &'m Module<'a>, facts: &'m Facts<'_>, added: Vec<String>) -> Self {
        Self {
            module,
            added,
            listed: facts.gathered(&NO_RETURN),
            knows_classes: Table::shipped().has_class_in(module.text()),
        }
    }

    /// Why a statement made of `expr` alone never lets control pass, and why that may be wrong: `sys.exit()`,
    /// `await fail()`.
    pub fn never_returns(&self, expr: &Expr) -> Option<String> {
        let (call, waits) = match expr {
            Expr::Call(call) => (call, Waits::No),
            Expr::Await(one) => (one.value.as_call_expr()?, Waits::Yes),
            _ => return None,
        };
        let member = match &*call.func {
            Expr::Name(name) => self.module.member_of(&name.id),
            Expr::Attribute(attribute) => &attribute.attr,
            _ => return None,
        };
        let found = waits == Waits::No && self.is_in_table(call, member)
            || self.is_listed(call, member) && self.is_annotated(call, waits);
        let callee = || self.module.slice(call.func.range());
        found.then(|| format!("`{}` may be replaced by one that comes back", callee()))
    }

    /// Whether the project has a function that never returns and is called `member`, or as `call` calls it.
    fn is_listed(&self, call: &ExprCall, member: &str) -> bool {
        let Some(listed) = self.listed.filter(|listed| !listed.is_empty()) else {
            return false;
        };
        let spelled = match &*call.func {
            Expr::Name(name) => name.id.as_str(),
            _ => member,
        };
        listed.contains(member) || listed.contains(spelled)
    }

    /// Whether it has a method of this name, which an object called `receiver` may have: the file speaks of its class,
    /// or imports the object.
    fn is_listed_method(&self, name: &str, receiver: &Expr) -> bool {
        let listed = self.listed.into_iter();
        let mut classes = listed
            .flat_map(|listed| classes_with(listed, name))
            .peekable();
        if classes.peek().is_none() {
            return false;
        }
        let mut root = receiver;
        while let Expr::Attribute(attribute) = root {
            root = &attribute.value;
        }
        let text = self.module.text();
        self.module.is_from_project(root) || classes.any(|class| text.contains(class))
    }

    /// Whether `call`, of something whose last name is `member`, is one of the table, or one that the user names.
    fn is_in_table(&self, call: &ExprCall, member: &str) -> bool {
        let table = Table::shipped();
        let is_last = |name: &String| name.rsplit('.').next() == Some(member);
        let is_added = self.added.iter().any(is_last);
        if (is_added || table.has_call(member))
            && let Some(name) = self.module.qualified_name(&call.func, Where::default())
        {
            return table.calls.contains(&name) || self.added.contains(&name);
        }
        if is_added && self.is_added(&call.func) {
            return true;
        }
        let Expr::Attribute(method) = &*call.func else {
            return false;
        };
        table.has_method(member)
            && self.may_be_such(&method.value)
            && class_name(self.module, &method.value)
                .is_some_and(|class| table.methods.contains(&format!("{class}.{member}")))
    }

    /// Whether `receiver` may be an object of a class of the table: the file speaks of one, or imports it. What is
    /// called like a log is none.
    fn may_be_such(&self, receiver: &Expr) -> bool {
        let mut root = receiver;
        while let Expr::Attribute(attribute) = root {
            root = &attribute.value;
        }
        let Some(name) = root.as_name_expr() else {
            return false;
        };
        let last = receiver
            .as_attribute_expr()
            .map_or(&*name.id, |it| &*it.attr);
        !is_log(last) && (self.knows_classes || self.module.is_from_project(root))
    }

    /// Whether the user names the function of the project that `callee` is.
    fn is_added(&self, callee: &Expr) -> bool {
        let meanings = self.module.names().meanings(callee, Where::default());
        let names = |definition: &Definition<'_>| match definition.kind() {
            DefinitionKind::Function(function) => {
                let of = definition.names().module_name()?;
                Some(format!("{of}.{}", function.name))
            }
            _ => None,
        };
        !meanings.is_empty()
            && meanings.iter().all(|meaning| match meaning {
                Meaning::Definition(it) => names(it).is_some_and(|it| self.added.contains(&it)),
                _ => false,
            })
    }

    /// Whether all methods `name` of the file say that they never return: one of them may be that of a class below.
    fn all_say(&self, name: &str, waits: Waits) -> bool {
        let mut methods = Methods {
            name,
            found: Vec::new(),
        };
        methods.visit_body(self.module.suite());
        let names = self.module.names();
        let mut found = methods.found.into_iter();
        found.all(|method| says_no_return(names, method, waits))
    }

    /// Whether the function of the project that `call` calls says that it never returns.
    fn is_annotated(&self, call: &ExprCall, waits: Waits) -> bool {
        let names = self.module.names();
        // A method of a value has no meaning of its own.
        let is_named = call.func.is_name_expr() || names.may_lead_out(&call.func);
        let meanings = match is_named {
            true => names.meanings(&call.func, Where::default()),
            false => Vec::new(),
        };
        let known = meanings.iter().all(|meaning| match meaning {
            Meaning::Definition(definition) => match definition.kind() {
                DefinitionKind::Function(function) => {
                    says_no_return(definition.names(), function, waits)
                }
                _ => false,
            },
            _ => false,
        });
        if known && !meanings.is_empty() {
            return true;
        }
        let Expr::Attribute(method) = &*call.func else {
            return false;
        };
        if let Some(class) = own_class(self.module.suite(), &method.value) {
            let own = find_method(&class.body, &method.attr);
            return own.is_some_and(|it| says_no_return(names, it, waits))
                && self.all_say(&method.attr, waits);
        }
        if !self.is_listed_method(&method.attr, &method.value) {
            return false;
        }
        let found = class_of(names, &method.value);
        found.is_some_and(|meaning| match meaning {
            Meaning::Definition(own) => match own.kind() {
                DefinitionKind::Class(statement) => find_method(&statement.body, &method.attr)
                    .is_some_and(|it| says_no_return(own.names(), it, waits)),
                _ => false,
            },
            _ => false,
        })
    }
}

/// Whether what is called `name` is called like a log.
pub fn is_log(name: &str) -> bool {
    name.to_ascii_lowercase().contains("log")
}

/// Whether the result of a call is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waits {
    Yes,
    No,
}

/// The one method `name` in the `body` of a class.
pub fn find_method<'s>(body: &'s [Stmt], name: &str) -> Option<&'s StmtFunctionDef> {
    let mut methods = body.iter().filter_map(|statement| match statement {
        Stmt::FunctionDef(method) if method.name.as_str() == name => Some(method),
        _ => None,
    });
    let first = methods.next()?;
    methods.next().is_none().then_some(first)
}

/// The class that `receiver` is made of, or annotated with, where its name is bound.
fn class_of<'db>(names: &Names<'db>, receiver: &Expr) -> Option<Meaning<'db>> {
    let meanings = names.meanings(receiver, Where::default());
    let [Meaning::Definition(definition)] = &meanings[..] else {
        return None;
    };
    let there = definition.names();
    let class = match definition.kind() {
        DefinitionKind::Assignment(Expr::Call(call)) => &*call.func,
        DefinitionKind::Annotated { annotation, .. }
        | DefinitionKind::Parameter(Some(annotation)) => annotation,
        _ => return None,
    };
    let mut meanings = there.meanings(class, Where::default());
    let only = meanings.pop();
    only.filter(|_| meanings.is_empty())
}

/// The same by its qualified name; for `self` that of a base.
fn class_name(module: &Module<'_>, receiver: &Expr) -> Option<String> {
    if let Some(class) = own_class(module.suite(), receiver) {
        let mut bases = class.bases().iter();
        return bases.find_map(|base| module.qualified_name(base, Where::default()));
    }
    match class_of(module.names(), receiver)? {
        Meaning::Outside { name, .. } => Some(name),
        _ => None,
    }
}

/// The class whose object `receiver` is, the `self` of the method that it stands in.
fn own_class<'s>(suite: &'s [Stmt], receiver: &Expr) -> Option<&'s StmtClassDef> {
    let name = receiver.as_name_expr()?;
    let (mut body, mut class, mut own) = (suite, None, None);
    while let Some(around) = around(body, receiver.start()) {
        body = match around {
            Stmt::ClassDef(one) => {
                class = Some(one);
                &one.body
            }
            Stmt::FunctionDef(one) => {
                let mut parameters = one.parameters.iter();
                let first = parameters.next().map(|it| it.name().as_str());
                let is_static = one.decorator_list.iter().any(
                    |it| matches!(&it.expression, Expr::Name(name) if name.id == "staticmethod"),
                );
                let binds = one.parameters.includes(&name.id);
                match class
                    .take()
                    .filter(|_| first == Some(&name.id) && !is_static)
                {
                    Some(class) => own = Some(class),
                    None if binds => own = None,
                    None => {}
                }
                &one.body
            }
            _ => return own,
        };
    }
    own
}

/// The methods of one name in all classes of a file.
struct Methods<'n, 's> {
    name: &'n str,
    found: Vec<&'s StmtFunctionDef>,
}

impl<'s> StatementVisitor<'s> for Methods<'_, 's> {
    fn visit_stmt(&mut self, statement: &'s Stmt) {
        if let Stmt::ClassDef(class) = statement {
            let methods = class.body.iter().filter_map(Stmt::as_function_def_stmt);
            self.found
                .extend(methods.filter(|one| one.name.as_str() == self.name));
        }
        walk_stmt(self, statement);
    }
}

/// The function or class in `body`, at any depth of other statements, that `offset` is in.
fn around(body: &[Stmt], offset: TextSize) -> Option<&Stmt> {
    let mut outer = Around {
        offset,
        found: None,
    };
    outer.visit_body(body);
    outer.found
}

struct Around<'s> {
    offset: TextSize,
    found: Option<&'s Stmt>,
}

impl<'s> StatementVisitor<'s> for Around<'s> {
    fn visit_stmt(&mut self, statement: &'s Stmt) {
        if !statement.range().contains(self.offset) {
            return;
        }
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => self.found = Some(statement),
            _ => walk_stmt(self, statement),
        }
    }
}

fn says_no_return(names: &Names<'_>, function: &StmtFunctionDef, waits: Waits) -> bool {
    let is_kind = |decorator: &Decorator| {
        let name = names.qualified_name(&decorator.expression, Where::default());
        matches!(
            name.as_deref(),
            Some("builtins.staticmethod" | "builtins.classmethod")
        )
    };
    let mut returns = ReturnStatementVisitor::default();
    returns.visit_body(&function.body);
    let plain = function.decorator_list.iter().all(is_kind)
        && function.is_async == (waits == Waits::Yes)
        && !returns.is_generator;
    let Some(annotation) = function.returns.as_deref().filter(|_| plain) else {
        return false;
    };
    match annotation {
        Expr::StringLiteral(_) => looks_like_no_return(annotation),
        _ => {
            let name = names.qualified_name(annotation, Where::default());
            matches!(name.as_deref(), Some("typing.NoReturn" | "typing.Never"))
        }
    }
}
