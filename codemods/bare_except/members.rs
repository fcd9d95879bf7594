//! Attributes of modules and classes of the project: whether they are there, and whether reading them runs any code.

use codemend_engine::semantic::{
    DefinitionKind, Kind as OutsideKind, Meaning, Names, Origin, Where,
};
use codemend_engine::syntax::TextSize;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_stmt};
use codemend_engine::syntax::ast::{Expr, ExprAttribute, Stmt, StmtClassDef};

use super::body::Body;
use super::proven::Scene;
use super::written::binds_always;

/// How far the bases of a class are followed.
const DEPTH: usize = 6;

impl Body<'_, '_, '_> {
    /// `module.NAME`, where the module of the project may not have bound it, or nothing has loaded the submodule.
    pub fn member(&mut self, expr: &Expr) {
        let meanings = self.scene.names.meanings(expr, Where::default());
        for meaning in &meanings {
            let there = match meaning {
                Meaning::Definition(definition) if definition.is_at_module_level() => {
                    let scene = Scene::of_file(definition.names(), self.scene.table);
                    let name = definition.name();
                    name.is_some_and(|name| scene.is_there(&name, TextSize::new(u32::MAX)))
                }
                Meaning::Module(module) => {
                    module == "os.path" || imports(self.scene.names.suite(), module)
                }
                // `logging.handlers` below `import logging`
                Meaning::Outside { name, origin } => {
                    let names = self.scene.names;
                    *origin != Origin::StandardLibrary
                        || names.outside_kind(name) != OutsideKind::Unknown
                        || name == "os.path"
                        || imports(names.suite(), name)
                }
                _ => true,
            };
            if !there {
                self.opaque(expr);
            }
        }
    }

    /// Whether `owner.member` is bound by the body of a class, whatever happens, to what runs no code when it is read.
    pub fn is_plain_member(&self, owner: &Expr, member: &ExprAttribute) -> bool {
        let meanings = self.scene.names.meanings(owner, Where::default());
        let [Meaning::Definition(definition)] = meanings.as_slice() else {
            return false;
        };
        let DefinitionKind::Class(class) = definition.kind() else {
            return false;
        };
        let name = member.attr.as_str();
        let mut binding = class.body.iter();
        let plain = binding.any(|one| binds_always(one, name) && binds_plainly(one));
        let kept = class.body.iter().all(|one| !one.is_delete_stmt());
        plain && kept && is_plain_class(definition.names(), class, DEPTH)
    }
}

/// `def name()` without a decorator, `RED = "red"`.
fn binds_plainly(statement: &Stmt) -> bool {
    let literal = |value: &Expr| match value {
        Expr::Tuple(tuple) => tuple.elts.iter().all(Expr::is_literal_expr),
        Expr::List(_) | Expr::Dict(_) | Expr::Set(_) => true,
        other => other.is_literal_expr(),
    };
    match statement {
        Stmt::FunctionDef(function) => function.decorator_list.is_empty(),
        Stmt::Assign(one) => literal(&one.value),
        Stmt::AnnAssign(one) => one.value.as_deref().is_some_and(literal),
        _ => false,
    }
}

/// Whether `class` has no metaclass of the project or of a library, as far as its bases tell.
fn is_plain_class(names: &Names<'_>, class: &StmtClassDef, depth: usize) -> bool {
    let arguments = class.arguments.as_deref();
    let keywords = arguments.is_some_and(|all| !all.keywords.is_empty());
    let decorators = class.decorator_list.iter().all(|one| {
        let name = names.qualified_name(&one.expression, Where::default());
        name.as_deref() == Some("enum.unique")
    });
    !keywords
        && decorators
        && class
            .bases()
            .iter()
            .all(|base| is_plain_base(names, base, depth))
}

fn is_plain_base(names: &Names<'_>, base: &Expr, depth: usize) -> bool {
    let meanings = names.meanings(base, Where::default());
    let [meaning] = meanings.as_slice() else {
        return false;
    };
    match meaning {
        Meaning::Builtin(_) => true,
        Meaning::Outside { origin, .. } => *origin == Origin::StandardLibrary,
        Meaning::Definition(definition) => match definition.kind() {
            DefinitionKind::Class(class) if depth > 0 => {
                is_plain_class(definition.names(), class, depth - 1)
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether `suite` imports `module`, or what is below it, somewhere.
fn imports(suite: &[Stmt], module: &str) -> bool {
    let mut finder = Imports {
        module,
        found: false,
    };
    finder.visit_body(suite);
    finder.found
}

struct Imports<'n> {
    module: &'n str,
    found: bool,
}

impl<'a> Visitor<'a> for Imports<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let below = |name: &str| {
            let rest = name.strip_prefix(self.module);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        match statement {
            Stmt::Import(import) => {
                self.found |= import.names.iter().any(|one| below(one.name.as_str()));
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_deref().unwrap_or_default();
                let mut names = import.names.iter();
                self.found |=
                    below(module) || names.any(|one| below(&format!("{module}.{}", one.name)));
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}
