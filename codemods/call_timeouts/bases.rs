//! What the bases of a class do to an attribute of its instances.

use codemend_engine::bindings::{Bound, of_body};
use codemend_engine::semantic::{DefinitionKind, Meaning, Names, Where};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr};
use codemend_engine::syntax::ast::{Expr, StmtClassDef};

/// How far bases are followed.
const DEPTH: usize = 8;

/// Whether a base of `class`, which stands in the file of `names`, sets or binds the attribute `name`. Classes that
/// nobody can read count as ones that do not.
pub fn set_by_base(names: &Names<'_>, class: &StmtClassDef, name: &str) -> bool {
    sets(names, class, name, DEPTH)
}

fn sets(names: &Names<'_>, class: &StmtClassDef, name: &str, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return true;
    };
    class.bases().iter().any(|base| {
        let base = match base {
            Expr::Subscript(one) => &*one.value,
            other => other,
        };
        let meanings = names.meanings(base, Where::default());
        meanings.iter().any(|meaning| match meaning {
            Meaning::Definition(definition) => match definition.kind() {
                DefinitionKind::Class(base) => {
                    binds(base, name) || sets(definition.names(), base, name, depth)
                }
                _ => false,
            },
            _ => false,
        })
    })
}

/// Whether `class` sets the attribute `name` of anything, or binds it as a method or a property.
fn binds(class: &StmtClassDef, name: &str) -> bool {
    let mut stores = Stores { name, found: false };
    stores.visit_body(&class.body);
    let body = of_body(&class.body);
    let all = body.get(name).into_iter().flatten();
    let mut others = all.filter(|bound| !matches!(bound, Bound::Annotated(_, None)));
    stores.found || others.next().is_some()
}

struct Stores<'n> {
    name: &'n str,
    found: bool,
}

impl<'a> Visitor<'a> for Stores<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found |=
            matches!(expr, Expr::Attribute(one) if &one.attr == self.name && !one.ctx.is_load());
        walk_expr(self, expr);
    }
}
