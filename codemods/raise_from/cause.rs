//! Who deals with causes: classes that set their own, and modules that read one.

use codemend_engine::module::Module;
use codemend_engine::semantic::{Definition, DefinitionKind, Meaning, Where, named};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_body, walk_expr};
use codemend_engine::syntax::ast::{Expr, ExprContext, StmtClassDef};

/// How far bases are followed.
const DEPTH: usize = 12;

const ATTRIBUTES: [&str; 2] = ["__cause__", "__suppress_context__"];

/// Whether the class `definition`, or a base that can be read, sets `self.__cause__`.
pub fn sets_cause(definition: &Definition<'_>) -> bool {
    sets(definition, DEPTH)
}

fn sets(definition: &Definition<'_>, depth: usize) -> bool {
    let (Some(below), false) = (depth.checked_sub(1), definition.in_stub()) else {
        return false;
    };
    let names = definition.names();
    match definition.kind() {
        DefinitionKind::Class(class) => {
            writes(class)
                || class.bases().iter().any(|base| {
                    let meanings = names.meanings(named(base), Where::default());
                    meanings.iter().any(|meaning| match meaning {
                        Meaning::Definition(base) => sets(base, below),
                        _ => false,
                    })
                })
        }
        DefinitionKind::Assignment(value) => {
            let meanings = names.meanings(value, Where::default());
            meanings.iter().any(|meaning| match meaning {
                Meaning::Definition(other) => sets(other, below),
                _ => false,
            })
        }
        _ => false,
    }
}

fn writes(class: &StmtClassDef) -> bool {
    let mut finder = Finder {
        ctx: ExprContext::Store,
        found: false,
    };
    walk_body(&mut finder, &class.body);
    let defines = class
        .body
        .iter()
        .any(|statement| match statement.as_function_def_stmt() {
            Some(method) => &method.name == "__cause__",
            None => false,
        });
    finder.found || defines
}

/// Whether `module` reads `__cause__` or `__suppress_context__` of anything.
pub fn reads(module: &Module<'_>) -> bool {
    let mut finder = Finder {
        ctx: ExprContext::Load,
        found: false,
    };
    walk_body(&mut finder, module.suite());
    finder.found
}

/// Uses of the attributes.
struct Finder {
    ctx: ExprContext,
    found: bool,
}

impl<'a> Visitor<'a> for Finder {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Attribute(one) if one.ctx == self.ctx => {
                self.found |= ATTRIBUTES.contains(&one.attr.as_str());
            }
            Expr::Call(call) => {
                let asked = match self.ctx {
                    ExprContext::Load => ["getattr", "attrgetter"],
                    _ => ["setattr", "__setattr__"],
                };
                let name = match &*call.func {
                    Expr::Name(name) => name.id.as_str(),
                    Expr::Attribute(one) => one.attr.as_str(),
                    _ => "",
                };
                let mut given = call.arguments.args.iter();
                self.found |= asked.contains(&name)
                    && given.any(|one| {
                        matches!(one, Expr::StringLiteral(text) if ATTRIBUTES.contains(&text.value.to_str()))
                    });
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}
