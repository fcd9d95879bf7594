//! The imports that stand directly in the body of a function, and those that stand deeper.

use codemend_engine::module::Module;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_stmt};
use codemend_engine::syntax::ast::{Alias, Stmt, StmtFunctionDef};
use codemend_engine::syntax::{Ranged, TextRange};

/// An import statement in the body of a function.
pub(super) struct Candidate<'a> {
    pub(super) statement: &'a Stmt,
    /// The body that it stands in, and its place there.
    pub(super) block: &'a [Stmt],
    pub(super) at: usize,
    /// The functions around it, outermost first. The last one holds the statement.
    pub(super) functions: Vec<&'a StmtFunctionDef>,
    /// Whether a condition decides if one of the functions is there.
    pub(super) conditional: bool,
}

/// Where the name of a candidate is bound once it is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The module imports the same above the function.
    There,
    New,
}

impl<'a> Candidate<'a> {
    pub(super) fn range(&self) -> TextRange {
        self.statement.range()
    }

    pub(super) fn names(&self) -> &'a [Alias] {
        names(self.statement)
    }

    pub(super) fn function(&self) -> Option<&'a StmtFunctionDef> {
        self.functions.last().copied()
    }

    /// The outermost function around it.
    pub(super) fn outermost(&self) -> TextRange {
        self.functions
            .first()
            .map_or(self.range(), |function| function.range())
    }
}

/// The aliases of an import statement.
pub(super) fn names(statement: &Stmt) -> &[Alias] {
    match statement {
        Stmt::Import(import) => &import.names,
        Stmt::ImportFrom(import) => &import.names,
        _ => &[],
    }
}

/// The name that `alias` binds in `statement`.
pub(super) fn bound_name<'a>(statement: &Stmt, alias: &'a Alias) -> &'a str {
    match (&alias.asname, statement) {
        (Some(name), _) => name.as_str(),
        (None, Stmt::Import(_)) => alias.name.split('.').next().unwrap_or_default(),
        (None, _) => alias.name.as_str(),
    }
}

/// The candidates of `module`, and the imports in functions that are none, each with the reason.
pub(super) fn find<'a>(module: &'a Module<'_>) -> (Vec<Candidate<'a>>, Vec<(TextRange, String)>) {
    let mut finder = Finder {
        candidates: Vec::new(),
        nested: Vec::new(),
        functions: Vec::new(),
        inside: None,
        conditional: false,
    };
    finder.visit_body(module.suite());
    (finder.candidates, finder.nested)
}

struct Finder<'a> {
    candidates: Vec<Candidate<'a>>,
    nested: Vec<(TextRange, String)>,
    functions: Vec<&'a StmtFunctionDef>,
    /// What stands between the innermost function and here.
    inside: Option<&'static str>,
    /// Below a compound statement, however far.
    conditional: bool,
}

impl<'a> Visitor<'a> for Finder<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let what = match statement {
            Stmt::FunctionDef(function) => return self.function(function),
            Stmt::ClassDef(class) => {
                let inside = self
                    .inside
                    .replace("a class body, where it makes an attribute");
                self.visit_body(&class.body);
                self.inside = inside;
                return;
            }
            Stmt::Import(_) | Stmt::ImportFrom(_) => {
                if let (Some(inside), false) = (self.inside, self.functions.is_empty()) {
                    self.nested
                        .push((statement.range(), format!("stands in {inside}")));
                }
                return;
            }
            Stmt::If(_) => "an `if`, on which it depends",
            Stmt::Try(_) => "a `try`, which may catch its failure",
            Stmt::With(_) => "a `with`, on which it may depend",
            Stmt::For(_) | Stmt::While(_) => "a loop, on which it depends",
            Stmt::Match(_) => "a `match`, on which it depends",
            _ => return,
        };
        let outer = self.inside.replace(what);
        let conditional = std::mem::replace(&mut self.conditional, true);
        walk_stmt(self, statement);
        self.inside = outer;
        self.conditional = conditional;
    }
}

impl<'a> Finder<'a> {
    fn function(&mut self, function: &'a StmtFunctionDef) {
        let inside = self.inside.take();
        self.functions.push(function);
        for (at, statement) in function.body.iter().enumerate() {
            if matches!(statement, Stmt::Import(_) | Stmt::ImportFrom(_)) {
                self.candidates.push(Candidate {
                    statement,
                    block: &function.body,
                    at,
                    functions: self.functions.clone(),
                    conditional: self.conditional,
                });
            } else {
                self.visit_stmt(statement);
            }
        }
        self.functions.pop();
        self.inside = inside;
    }
}
