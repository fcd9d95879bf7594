//! The classes around a place, and what methods they have.

use codemend_engine::semantic::{Definition, DefinitionKind, Meaning, Where, named};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_stmt};
use codemend_engine::syntax::ast::{Expr, Stmt, StmtClassDef};
use codemend_engine::syntax::{Ranged, TextSize};

use super::calls::functions_in;

/// The innermost class of `suite` that holds `at`.
pub fn class_around(suite: &[Stmt], at: TextSize) -> Option<&StmtClassDef> {
    let around = around(suite, at).into_iter();
    around.filter_map(Stmt::as_class_def_stmt).next_back()
}

/// Its name, when it stands at module level.
pub fn class_at_top(suite: &[Stmt], at: TextSize) -> Option<String> {
    let around = around(suite, at);
    let classes = around.iter().map_while(|one| one.as_class_def_stmt());
    let path: Vec<&str> = classes.map(|class| class.name.as_str()).collect();
    let is_innermost = around[path.len()..]
        .iter()
        .all(|one| !one.is_class_def_stmt());
    (is_innermost && path.len() == 1).then(|| path.join("."))
}

/// The functions and classes of `suite` that hold `at`, the outermost first.
fn around(suite: &[Stmt], at: TextSize) -> Vec<&Stmt> {
    struct Around<'a>(TextSize, Vec<&'a Stmt>);
    impl<'a> Visitor<'a> for Around<'a> {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            if statement.range().contains(self.0) {
                if matches!(statement, Stmt::ClassDef(_) | Stmt::FunctionDef(_)) {
                    self.1.push(statement);
                }
                walk_stmt(self, statement);
            }
        }
        fn visit_expr(&mut self, _: &'a Expr) {}
    }
    let mut around = Around(at, Vec::new());
    around.visit_body(suite);
    around.1
}

/// The methods `name` that the body of `class` defines.
pub fn methods<'db>(class: &Definition<'db>, name: &str) -> Vec<Definition<'db>> {
    let DefinitionKind::Class(statement) = class.kind() else {
        return Vec::new();
    };
    let all = functions_in(&statement.body);
    let named = all.into_iter().filter(|one| &one.name == name);
    named
        .filter_map(|one| class.names().definition_of_function(one))
        .collect()
}

/// The methods `name` of `class`, or of the first of its bases that has any.
pub fn resolved<'db>(class: &Definition<'db>, name: &str, depth: usize) -> Vec<Definition<'db>> {
    let own = methods(class, name);
    let Some(below) = depth.checked_sub(1).filter(|_| own.is_empty()) else {
        return own;
    };
    let bases = bases(class);
    let inherited = bases.iter().map(|base| resolved(base, name, below));
    inherited
        .into_iter()
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

/// The bases of `class` in the project.
pub fn bases<'db>(class: &Definition<'db>) -> Vec<Definition<'db>> {
    let DefinitionKind::Class(statement) = class.kind() else {
        return Vec::new();
    };
    let meanings = statement.bases().iter().flat_map(|base| {
        let names = class.names();
        names.meanings(named(base), Where::default())
    });
    let definitions = meanings.filter_map(|meaning| match meaning {
        Meaning::Definition(definition) => Some(definition),
        _ => None,
    });
    definitions.collect()
}
