//! Which names of a module are the ones that need email-validator, by what they are bound to.

use std::collections::HashMap;

use codemend_engine::module::Module;
use codemend_engine::semantic::{Meaning, Where};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_stmt};
use codemend_engine::syntax::ast::{Alias, Expr, Stmt, StmtIf};

/// What Pydantic offers that imports email-validator.
const NAMES: [&str; 3] = ["EmailStr", "NameEmail", "validate_email"];

/// Names that imports bind: whether one of the imports happens when the module runs.
pub type Bound = HashMap<String, bool>;

/// The names that the imports of `module` bind.
pub fn bound(module: &Module<'_>) -> Bound {
    let mut imports = Imports {
        module,
        bound: HashMap::new(),
        in_type_checking: false,
    };
    imports.visit_body(module.suite());
    imports.bound
}

struct Imports<'m, 'a> {
    module: &'m Module<'a>,
    bound: Bound,
    in_type_checking: bool,
}

impl Imports<'_, '_> {
    fn bind(&mut self, alias: &Alias) {
        let whole = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
        let name = whole.split('.').next().unwrap_or(whole).to_owned();
        *self.bound.entry(name).or_default() |= !self.in_type_checking;
    }
}

impl<'e> Visitor<'e> for Imports<'_, '_> {
    fn visit_stmt(&mut self, statement: &'e Stmt) {
        match statement {
            Stmt::Import(import) => import.names.iter().for_each(|alias| self.bind(alias)),
            Stmt::ImportFrom(import) => import.names.iter().for_each(|alias| self.bind(alias)),
            Stmt::If(branch) if is_type_checking(self.module, branch) => {
                let outer = std::mem::replace(&mut self.in_type_checking, true);
                self.visit_body(&branch.body);
                self.in_type_checking = outer;
                for clause in &branch.elif_else_clauses {
                    self.visit_body(&clause.body);
                }
            }
            _ => walk_stmt(self, statement),
        }
    }
}

/// Whether `branch` is `if TYPE_CHECKING:`, under any name.
pub fn is_type_checking(module: &Module<'_>, branch: &StmtIf) -> bool {
    let named = module
        .names()
        .qualified_name(&branch.test, Where::default());
    named.as_deref() == Some("typing.TYPE_CHECKING")
}

/// The name in [`NAMES`] that `expr` is, by what it is bound to.
pub fn needed(
    module: &Module<'_>,
    bound: &Bound,
    expr: &Expr,
    place: Where<'_>,
) -> Option<&'static str> {
    if !module.could_mean(expr, &NAMES) && !module.is_from_project(expr) {
        return None;
    }
    let mut root = expr;
    while let Expr::Attribute(attribute) = root {
        root = &attribute.value;
    }
    let Expr::Name(root) = root else {
        return None;
    };
    if bound.get(root.id.as_str()) == Some(&false) {
        return None;
    }
    // `pydantic.v1` here and `pydantic` there need the package alike.
    let mut meanings = module.names().meanings(expr, place).into_iter();
    let first = name_of(&meanings.next()?)?;
    meanings
        .all(|meaning| name_of(&meaning) == Some(first))
        .then_some(first)
}

fn name_of(meaning: &Meaning<'_>) -> Option<&'static str> {
    let Meaning::Outside { name, .. } = meaning else {
        return None;
    };
    let (owner, name) = name.rsplit_once('.')?;
    let is_pydantic = matches!(
        owner,
        "pydantic" | "pydantic.networks" | "pydantic.v1" | "pydantic.v1.networks"
    );
    NAMES
        .into_iter()
        .find(|known| is_pydantic && *known == name)
}
