//! Names that a block below `if False:` defines, and whether the file has them elsewhere.
//!
//! `if False: from x import Y` is a way to show `Y` to a type checker alone, which then reads it in annotations and
//! strings all over the file.

use codemend_engine::module::Module;
use codemend_engine::syntax::ast::statement_visitor::{StatementVisitor, walk_stmt};
use codemend_engine::syntax::ast::{Expr, Stmt};
use codemend_engine::syntax::{Ranged, TextRange, TokenKind};

/// The names that `body` imports, defines, or annotates.
pub fn defines(body: &[Stmt]) -> Vec<String> {
    let mut finder = Finder(Vec::new());
    finder.visit_body(body);
    finder.0
}

struct Finder(Vec<String>);

impl<'a> StatementVisitor<'a> for Finder {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(one) => self.0.extend(one.names.iter().map(|alias| {
                let whole = alias.name.split('.').next().unwrap_or_default();
                let name = alias.asname.as_ref().map_or(whole, |name| name.as_str());
                name.to_owned()
            })),
            Stmt::ImportFrom(one) => self.0.extend(one.names.iter().map(|alias| {
                let name = alias.asname.as_ref().unwrap_or(&alias.name);
                name.to_string()
            })),
            Stmt::FunctionDef(one) => return self.0.push(one.name.to_string()),
            Stmt::ClassDef(one) => return self.0.push(one.name.to_string()),
            Stmt::TypeAlias(one) => self.name(&one.name),
            Stmt::AnnAssign(one) => self.name(&one.target),
            _ => {}
        }
        walk_stmt(self, statement);
    }
}

impl Finder {
    fn name(&mut self, target: &Expr) {
        if let Expr::Name(name) = target {
            self.0.push(name.id.to_string());
        }
    }
}

/// The first of `names` that the file has outside of `dead`, the body of `statement`: in the code or in a string.
pub fn uses_elsewhere(
    module: &Module<'_>,
    names: &[String],
    statement: &Stmt,
    dead: TextRange,
) -> Option<String> {
    if names.is_empty() {
        return None;
    }
    let gone = TextRange::new(statement.start(), dead.end());
    let has = |text: &str| {
        let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.find_map(|word| names.iter().find(|name| *name == word))
    };
    let mut tokens = module.tokens().iter().filter(|token| {
        let is_text = matches!(
            token.kind(),
            TokenKind::Name
                | TokenKind::String
                | TokenKind::FStringMiddle
                | TokenKind::TStringMiddle
        );
        is_text && !gone.contains_range(token.range())
    });
    let found = tokens.find_map(|token| has(module.slice(token.range())));
    found.cloned()
}
