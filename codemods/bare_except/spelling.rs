//! How an exception is written in a clause: through what the module has bound already, or with an import.

use std::collections::BTreeSet;
use std::sync::Mutex;

use codemend_engine::imports::Import;
use codemend_engine::module::Module;
use codemend_engine::project::is_standard;
use codemend_engine::semantic::{DefinitionKind, Meaning, Where};
use codemend_engine::syntax::ast::name::Name;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_stmt};
use codemend_engine::syntax::ast::{
    AtomicNodeIndex, Expr, ExprAttribute, ExprContext, ExprName, Identifier, Stmt, StmtImportFrom,
};
use codemend_engine::syntax::{Ranged, TextRange};

use super::clause::Clause;
use super::proven::Scene;
use super::table::Table;

/// An exception as it is written, and the import that it needs.
pub struct Spelled {
    pub text: String,
    pub import: Option<Import>,
}

/// What names mean where the exception of a clause is written.
pub struct Speller<'s, 'a> {
    module: &'s Module<'a>,
    clause: &'s Clause<'s>,
    /// An expression of the scope that the clause stands in.
    witness: Option<&'s Expr>,
}

/// What the builtin `name` is where the clause stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Builtin {
    Itself,
    Rebound,
    /// A star import out of a module that cannot be read may bind it.
    Doubtful,
}

impl<'s, 'a> Speller<'s, 'a> {
    pub fn new(module: &'s Module<'a>, clause: &'s Clause<'s>) -> Self {
        let mut finder = First(None);
        finder.visit_body(&clause.attempt.body);
        finder.visit_body(&clause.handler.body);
        Self {
            module,
            clause,
            witness: finder.0,
        }
    }

    pub fn builtin(&self, name: &str) -> Builtin {
        if self.module.names().rebinds_from_inside(name) {
            return Builtin::Rebound;
        }
        match self.meanings(name).as_deref() {
            // Nothing to ask from: `except: pass` below `from somewhere import *`.
            None if self.module.suite().iter().any(is_foreign_star) => Builtin::Doubtful,
            None | Some([Meaning::Builtin(_)]) => Builtin::Itself,
            Some([Meaning::Unknown]) if !self.module.names().is_bound_anywhere(name) => {
                Builtin::Doubtful
            }
            Some(_) => Builtin::Rebound,
        }
    }

    /// How to write the exception `name` of `table`; `None` when there is no way that is sure to mean it.
    pub fn spell(&self, table: &Table, name: &str) -> Option<Spelled> {
        if !name.contains('.') {
            let plain = self.builtin(name) == Builtin::Itself;
            return plain.then(|| Spelled {
                text: name.to_owned(),
                import: None,
            });
        }
        let places = table.places(name);
        let parts = || places.iter().filter_map(|place| place.rsplit_once('.'));
        let bound = parts().find_map(|(module, member)| self.bound(module, member));
        if let Some(text) = bound.filter(|text| self.means(text, &places) && self.is_there(text)) {
            return Some(Spelled { text, import: None });
        }
        let extended = parts().find(|(module, _)| self.taken_from(module).is_some());
        let (module, member) = extended.or_else(|| parts().next())?;
        self.imported(module, member)
    }

    /// `member` of `module` with a new import.
    fn imported(&self, module: &str, member: &str) -> Option<Spelled> {
        let comes_later =
            |import: &StmtImportFrom| self.runs_at_import() && import.start() > self.clause.start();
        let taken = self.taken_from(module);
        if taken.is_some_and(comes_later) || self.is_optional(module) {
            return None;
        }
        // `Error` says nothing without its module.
        if (member != "Error" || taken.is_some()) && self.is_free(member) {
            return Some(Spelled {
                text: member.to_owned(),
                import: Some(Import {
                    module: forever(module),
                    name: Some(forever(member)),
                }),
            });
        }
        let root = module.split('.').next().unwrap_or_default();
        self.is_free(root).then(|| Spelled {
            text: format!("{module}.{member}"),
            import: Some(Import {
                module: forever(module),
                name: None,
            }),
        })
    }

    /// Whether the file imports the library of `module` in functions or under conditions only: it may not be there.
    fn is_optional(&self, module: &str) -> bool {
        let library = module.split('.').next().unwrap_or_default();
        let takes = |statement: &Stmt| match statement {
            Stmt::Import(import) => {
                let mut names = import.names.iter();
                names.any(|alias| alias.name.split('.').next() == Some(library))
            }
            Stmt::ImportFrom(import) if import.level == 0 => {
                let from = import.module.as_deref().unwrap_or_default();
                from.split('.').next() == Some(library)
            }
            _ => false,
        };
        if is_standard(library) || self.module.suite().iter().any(takes) {
            return false;
        }
        let mut finder = Imports(Vec::new());
        finder.visit_body(self.module.suite());
        finder.0.into_iter().any(takes)
    }

    /// Whether nothing gives `name` a meaning yet, here or anywhere in the module.
    fn is_free(&self, name: &str) -> bool {
        let unbound = self.meanings(name).is_none_or(|all| all.is_empty());
        unbound && !self.module.names().is_bound_anywhere(name)
    }

    /// How `member` of `module` can be written by the imports that are there.
    fn bound(&self, module: &str, member: &str) -> Option<String> {
        self.imports().find_map(|statement| match statement {
            Stmt::Import(import) => import.names.iter().find_map(|alias| {
                let name = alias.asname.as_ref().unwrap_or(&alias.name);
                (alias.name.as_str() == module).then(|| format!("{name}.{member}"))
            }),
            Stmt::ImportFrom(import) if import.level == 0 => {
                let from = import.module.as_deref().unwrap_or_default();
                import.names.iter().find_map(|alias| {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    if from == module && alias.name.as_str() == member {
                        return Some(name.to_string());
                    }
                    let is_module = format!("{from}.{}", alias.name) == module;
                    is_module.then(|| format!("{name}.{member}"))
                })
            }
            _ => None,
        })
    }

    /// The import statements that have run when an exception reaches the clause: those of the module level, and those
    /// above it in the blocks of its function.
    fn imports(&self) -> impl Iterator<Item = &'s Stmt> {
        let early = self.runs_at_import();
        let start = self.clause.start();
        let level = self.module.suite().iter();
        let level = level.filter(move |one| !early || one.end() <= start);
        let functions = self.clause.functions.iter();
        let inner = functions.flat_map(move |function| above(&function.body, start));
        inner.chain(level)
    }

    /// Whether the clause runs while the module is imported.
    fn runs_at_import(&self) -> bool {
        self.clause.functions.is_empty()
    }

    /// The first `from module import ...` at module level.
    fn taken_from(&self, module: &str) -> Option<&'s StmtImportFrom> {
        let mut level = self
            .module
            .suite()
            .iter()
            .filter_map(Stmt::as_import_from_stmt);
        level.find(|import| import.level == 0 && import.module.as_deref() == Some(module))
    }

    /// Whether `text`, a dotted name, means the exception that is found in `places`, whichever binding counts.
    fn means(&self, text: &str, places: &[&str]) -> bool {
        let Some(witness) = self.witness else {
            return false;
        };
        let expr = dotted(text);
        let place = Where {
            witness: Some(witness),
            deferred: false,
        };
        let meanings = self.module.names().meanings(&expr, place);
        !meanings.is_empty()
            && meanings.iter().all(|meaning| match meaning {
                Meaning::Outside { name, .. } => places.contains(&name.as_str()),
                Meaning::Definition(definition) => {
                    let ends =
                        |name: &str| places.iter().any(|one| one.ends_with(&format!(".{name}")));
                    matches!(definition.kind(), DefinitionKind::Class(class) if ends(&class.name))
                }
                _ => false,
            })
    }

    /// Whether the first name of `text` is bound before the body begins. `import json` in the body may fail, and leave
    /// `except json.JSONDecodeError` without a `json`.
    fn is_there(&self, text: &str) -> bool {
        let root = text.split('.').next().unwrap_or_default();
        let mut scene = Scene::new(self.module, Table::shipped());
        scene.functions.clone_from(&self.clause.functions);
        scene.is_there(root, self.clause.start())
    }

    /// What `name` means in the scope of the clause; `None` when no scope of the module binds it and the scope has no
    /// expression to ask from.
    fn meanings(&self, name: &str) -> Option<Vec<Meaning<'a>>> {
        let Some(witness) = self.witness else {
            let bound = self.module.names().is_bound_anywhere(name);
            return bound.then(|| vec![Meaning::Unknown]);
        };
        let place = Where {
            witness: Some(witness),
            deferred: false,
        };
        Some(self.module.names().meanings(&dotted(name), place))
    }
}

/// `from library import *`, of a module that is not Python's.
fn is_foreign_star(statement: &Stmt) -> bool {
    let Stmt::ImportFrom(import) = statement else {
        return false;
    };
    let module = import.module.as_deref().unwrap_or_default();
    let top = module.split('.').next().unwrap_or_default();
    let star = import.names.iter().any(|one| one.name.as_str() == "*");
    star && (import.level > 0 || !is_standard(top))
}

/// The import statements above `offset` in `body` and in the blocks of it that hold the offset.
fn above(body: &[Stmt], offset: codemend_engine::syntax::TextSize) -> Vec<&Stmt> {
    struct Finder<'a> {
        offset: codemend_engine::syntax::TextSize,
        found: Vec<&'a Stmt>,
    }
    impl<'a> Visitor<'a> for Finder<'a> {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            match statement {
                Stmt::Import(_) | Stmt::ImportFrom(_) if statement.end() <= self.offset => {
                    self.found.push(statement);
                }
                _ if statement.range().contains(self.offset) => walk_stmt(self, statement),
                _ => {}
            }
        }

        /// Of the blocks of one statement only that counts which holds the offset.
        fn visit_body(&mut self, body: &'a [Stmt]) {
            let holds = body.iter().any(|one| one.range().contains(self.offset));
            for statement in body.iter().filter(|_| holds) {
                self.visit_stmt(statement);
            }
        }

        fn visit_expr(&mut self, _: &'a Expr) {}
    }
    let mut finder = Finder {
        offset,
        found: Vec::new(),
    };
    finder.visit_body(body);
    finder.found
}

/// Every import statement.
struct Imports<'a>(Vec<&'a Stmt>);

impl<'a> Visitor<'a> for Imports<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(_) | Stmt::ImportFrom(_) => self.0.push(statement),
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}

/// The first expression of a scope.
struct First<'a>(Option<&'a Expr>);

impl<'a> Visitor<'a> for First<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if !matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
            walk_stmt(self, statement);
        }
    }

    fn visit_annotation(&mut self, _: &'a Expr) {}

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.0.get_or_insert(expr);
    }
}

/// `a.b.c` as an expression.
fn dotted(text: &str) -> Expr {
    let range = TextRange::default();
    let mut parts = text.split('.');
    let root = Expr::Name(ExprName {
        node_index: AtomicNodeIndex::NONE,
        range,
        id: Name::new(parts.next().unwrap_or_default()),
        ctx: ExprContext::Load,
    });
    parts.fold(root, |owner, part| {
        Expr::Attribute(ExprAttribute {
            node_index: AtomicNodeIndex::NONE,
            range,
            value: Box::new(owner),
            attr: Identifier::new(part, range),
            ctx: ExprContext::Load,
        })
    })
}

/// Imports name modules for as long as the program runs. The names are those of the table, so there are few.
fn forever(text: &str) -> &'static str {
    static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut known = match KNOWN.lock() {
        Ok(known) => known,
        Err(poisoned) => poisoned.into_inner(),
    };
    if let Some(one) = known.get(text) {
        return one;
    }
    let one: &'static str = Box::leak(text.to_owned().into_boxed_str());
    known.insert(one);
    one
}
