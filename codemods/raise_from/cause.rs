//! Who deals with causes: classes that set their own, and modules that read one.

use codemend_engine::module::Module;
use codemend_engine::semantic::{Definition, DefinitionKind, Meaning, Where, named};
use codemend_engine::syntax::ast::visitor::{
    Visitor, walk_body, walk_expr, walk_pattern_keyword, walk_stmt,
};
use codemend_engine::syntax::ast::{
    Expr, ExprCall, ExprContext, PatternKeyword, Stmt, StmtClassDef,
};

/// How far bases are followed.
const DEPTH: usize = 12;

pub const ATTRIBUTES: [&str; 2] = ["__cause__", "__suppress_context__"];

/// Whether the class `definition`, or a base that can be read, sets `self.__cause__`.
pub fn sets_cause(definition: &Definition<'_>) -> bool {
    holds(definition, DEPTH, &writes)
}

/// Whether the class `definition`, or a base that can be read, has a `__new__` or a metaclass of its own, or a decorator
/// that may put something else in its place.
pub fn makes_its_own(definition: &Definition<'_>) -> bool {
    holds(definition, DEPTH, &|class| {
        let mut methods = class
            .body
            .iter()
            .filter_map(|one| one.as_function_def_stmt());
        methods.any(|method| &method.name == "__new__")
            || has_metaclass(class)
            || class
                .decorator_list
                .iter()
                .any(|one| may_replace(&one.expression))
    })
}

/// Decorators that give back the class, or one that is made like it.
const PLAIN: [&str; 9] = [
    "attributes",
    "attrs",
    "dataclass",
    "define",
    "deprecated",
    "final",
    "frozen",
    "s",
    "total_ordering",
];

/// Whether a class may be something else behind `decorator`: `@functools.cache`, `@singleton`.
fn may_replace(decorator: &Expr) -> bool {
    match decorator {
        Expr::Call(call) => may_replace(&call.func),
        Expr::Name(name) => !PLAIN.contains(&name.id.as_str()),
        Expr::Attribute(one) => !PLAIN.contains(&one.attr.as_str()),
        _ => true,
    }
}

/// Whether `class` has a metaclass that may do something when the class is called.
fn has_metaclass(class: &StmtClassDef) -> bool {
    let arguments = class.arguments.as_deref();
    let given = arguments.and_then(|one| one.find_keyword("metaclass"));
    let name = given.map(|one| match &one.value {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(one) => one.attr.as_str(),
        _ => "",
    });
    name.is_some_and(|name| !matches!(name, "ABCMeta" | "type"))
}

/// Whether all bases of the class `definition` can be read, and none is an exception.
pub fn is_no_exception(definition: &Definition<'_>) -> bool {
    is_none_within(definition, DEPTH)
}

fn is_none_within(definition: &Definition<'_>, depth: usize) -> bool {
    let (DefinitionKind::Class(class), Some(below)) = (definition.kind(), depth.checked_sub(1))
    else {
        return false;
    };
    let lineage = definition.lineage();
    let is_read = |base: &Expr| {
        let meanings = definition.names().meanings(named(base), Where::default());
        !meanings.is_empty()
            && meanings.iter().all(|meaning| match meaning {
                Meaning::Definition(other) => is_none_within(other, below),
                Meaning::Builtin(_) => true,
                _ => false,
            })
    };
    !definition.in_stub()
        && lineage.is_some_and(|one| !one.is_exception())
        && class.bases().iter().all(is_read)
        && !has_metaclass(class)
}

/// Whether `has` holds for the class `definition`, or for a base that can be read.
fn holds(definition: &Definition<'_>, depth: usize, has: &dyn Fn(&StmtClassDef) -> bool) -> bool {
    let (Some(below), false) = (depth.checked_sub(1), definition.in_stub()) else {
        return false;
    };
    let names = definition.names();
    let leads_to = |expr: &Expr| {
        let meanings = names.meanings(expr, Where::default());
        meanings.iter().any(|meaning| match meaning {
            Meaning::Definition(other) => holds(other, below, has),
            _ => false,
        })
    };
    match definition.kind() {
        DefinitionKind::Class(class) => {
            has(class) || class.bases().iter().any(|base| leads_to(named(base)))
        }
        DefinitionKind::Assignment(value) => leads_to(value),
        _ => false,
    }
}

fn writes(class: &StmtClassDef) -> bool {
    let mut finder = Writes(false);
    walk_body(&mut finder, &class.body);
    let defines = class
        .body
        .iter()
        .any(|statement| match statement.as_function_def_stmt() {
            Some(method) => &method.name == "__cause__",
            None => false,
        });
    finder.0 || defines
}

/// Whether `module` reads `__cause__` or `__suppress_context__` of anything.
pub fn reads(module: &Module<'_>) -> bool {
    let mut finder = Reads(false);
    walk_body(&mut finder, module.suite());
    finder.0
}

/// Whether `call` is `setattr(...)`, or a method of that kind.
fn is_setter(call: &ExprCall) -> bool {
    let name = match &*call.func {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(one) => one.attr.as_str(),
        _ => "",
    };
    matches!(name, "setattr" | "__setattr__")
}

/// Places that set one of the attributes.
struct Writes(bool);

impl<'a> Visitor<'a> for Writes {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Attribute(one) if one.ctx == ExprContext::Store => {
                self.0 |= ATTRIBUTES.contains(&one.attr.as_str());
            }
            Expr::Call(call) if is_setter(call) => {
                let mut given = call.arguments.args.iter();
                self.0 |= given.any(|one| {
                    matches!(one, Expr::StringLiteral(text) if ATTRIBUTES.contains(&text.value.to_str()))
                });
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// Places that may read one of the attributes, by its name or by a string that says it.
struct Reads(bool);

impl<'a> Visitor<'a> for Reads {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            // A docstring.
            Stmt::Expr(one) if one.value.is_string_literal_expr() => {}
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Attribute(one) if one.ctx == ExprContext::Load => {
                self.0 |= ATTRIBUTES.contains(&one.attr.as_str());
            }
            Expr::StringLiteral(text) => {
                let said = text.value.to_str();
                let last = said.rsplit('.').next().unwrap_or_default();
                self.0 |= ATTRIBUTES.contains(&last);
            }
            Expr::Call(call) if is_setter(call) => {
                let given = call.arguments.args.iter();
                let kept = given.filter(|one| !one.is_string_literal_expr());
                return kept.for_each(|one| self.visit_expr(one));
            }
            _ => {}
        }
        walk_expr(self, expr);
    }

    /// `case Exception(__cause__=cause):`
    fn visit_pattern_keyword(&mut self, keyword: &'a PatternKeyword) {
        self.0 |= ATTRIBUTES.contains(&keyword.attr.as_str());
        walk_pattern_keyword(self, keyword);
    }
}
