//! `aware-utcnow`: `datetime.utcnow()` becomes `datetime.now(timezone.utc)`.
//!
//! The first one is deprecated since Python 3.12, and gives a time that does not know its zone.

use codemend_engine::change::{Changes, Safety};
use codemend_engine::codemod::{About, Codemod, Deed, Scope};
use codemend_engine::facts::Facts;
use codemend_engine::imports::spell;
use codemend_engine::module::Module;
use codemend_engine::semantic::Where;
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr};
use codemend_engine::syntax::ast::{Expr, ExprAttribute};
use codemend_engine::target::PythonVersion;

pub struct AwareUtcnow;

impl Codemod for AwareUtcnow {
    fn about(&self) -> About {
        About {
            name: "aware-utcnow",
            summary: "datetime.utcnow() becomes datetime.now(timezone.utc)",
            deed: Deed {
                one: "make 1 time aware of its zone",
                many: "make {n} times aware of their zone",
            },
            page: include_str!("README.md"),
            ceiling: Safety::Unsafe,
            scope: Scope::File,
            since: PythonVersion::PY37,
            rules: &["DTZ003"],
            options: &[],
        }
    }

    fn triggers(&self) -> &'static [&'static str] {
        &["utcnow"]
    }

    fn rewrite(&self, module: &Module<'_>, _facts: &Facts<'_>, changes: &mut Changes) {
        let mut finder = Finder::default();
        finder.visit_body(module.suite());
        for utcnow in finder.found {
            mend(module, utcnow, changes);
        }
    }
}

/// `x.utcnow`, wherever it stands.
#[derive(Default)]
struct Finder<'a> {
    found: Vec<(&'a Expr, &'a ExprAttribute, bool)>,
}

impl<'a> Visitor<'a> for Finder<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        let (inner, is_call) = match expr {
            Expr::Call(call) if call.arguments.is_empty() => (&*call.func, true),
            other => (other, false),
        };
        match inner {
            Expr::Attribute(name) if &name.attr == "utcnow" => {
                self.found.push((expr, name, is_call));
            }
            _ => walk_expr(self, expr),
        }
    }
}

fn mend(module: &Module<'_>, at: (&Expr, &ExprAttribute, bool), changes: &mut Changes) {
    let (expr, name, is_call) = at;
    // What it is bound to counts, not how it is spelled.
    let class = module.names().qualified_name(&name.value, Where::default());
    if class.as_deref() != Some("datetime.datetime") {
        return;
    }
    if !is_call {
        changes.decline(expr.range(), "`utcnow` is passed on as a function");
        return;
    }
    let zone = spell(module, "datetime", "timezone", &[]);
    let class = module.slice(name.value.range());
    let mut change = changes.draft(expr.range(), "use `now(timezone.utc)` for `utcnow()`");
    change.replace(expr.range(), format!("{class}.now({}.utc)", zone.text));
    change.requires.extend(zone.import);
    change.make_unsafe("the time knows its zone, and cannot be compared with one that does not");
    changes.propose(change);
}
