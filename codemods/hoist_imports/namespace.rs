//! What the names of a candidate mean in its function and in its module: they must mean the same from up there.

use codemend_engine::module::Module;
use codemend_engine::project::{ImportRef, Imported, Member};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, Stmt, StmtFunctionDef};
use codemend_engine::syntax::{Ranged, TextRange};

use super::bindings::{Binding, Guard, of_function};
use super::candidate::{Candidate, Place, bound_name};
use super::surroundings::Surroundings;

/// # Errors
/// The reason, when a name of `candidate` is no plain read of what the module would bind.
pub(super) fn check(
    surroundings: &Surroundings<'_>,
    candidate: &Candidate<'_>,
) -> Result<Place, String> {
    let mut all_there = true;
    for alias in candidate.names() {
        let name = bound_name(candidate.statement, alias);
        let meaning = surroundings.meaning(candidate.statement, alias);
        let site = Site {
            surroundings,
            candidate,
            name,
            meaning,
        };
        site.check_functions()?;
        site.check_reads(alias)?;
        site.check_builtin()?;
        all_there &= site.check_module(alias.name.as_str())?;
        site.check_others()?;
        site.check_stars()?;
    }
    Ok(match all_there {
        true => Place::There,
        false => Place::New,
    })
}

struct Site<'s, 'a> {
    surroundings: &'s Surroundings<'a>,
    candidate: &'s Candidate<'a>,
    name: &'a str,
    /// What the import binds, as a dotted name.
    meaning: String,
}

impl Site<'_, '_> {
    fn line(&self, range: TextRange) -> usize {
        self.surroundings.line(range.start())
    }

    fn same(&self, binding: &Binding<'_>) -> bool {
        binding.import.is_some_and(|(statement, alias)| {
            self.surroundings.meaning(statement, alias) == self.meaning
        })
    }

    /// The function itself and those around it bind the name to nothing else.
    fn check_functions(&self) -> Result<(), String> {
        let own = self.candidate.range();
        for function in &self.candidate.functions {
            let bindings = of_function(function);
            let mut others = bindings
                .iter()
                .filter(|one| one.name == self.name && one.range != own);
            if let Some(other) = others.next() {
                let line = self.line(other.range);
                let what = match self.same(other) {
                    // What stays keeps the name local, and what leaves would be missed.
                    true => "is also imported",
                    false => "also gets another value",
                };
                return Err(format!(
                    "`{}` {what} in `{}` (line {line})",
                    self.name, function.name
                ));
            }
        }
        Ok(())
    }

    fn check_reads(&self, alias: &codemend_engine::syntax::ast::Alias) -> Result<(), String> {
        let Some(function) = self.candidate.function() else {
            return Ok(());
        };
        let mut reads = Reads {
            module: self.surroundings.module,
            name: self.name,
            alias,
            found: false,
        };
        reads.visit_body(&function.body);
        match reads.found {
            true => Ok(()),
            false => Err(format!(
                "`{}` is not read in the function: the import may be there for what it does",
                self.name
            )),
        }
    }

    fn check_builtin(&self) -> Result<(), String> {
        if self.name.starts_with("__") && !self.name.ends_with("__") {
            return Err(format!("`{}` means another name inside a class", self.name));
        }
        match self.surroundings.is_builtin(self.name) {
            true => Err(format!(
                "`{}` is a builtin, which the rest of the module may use",
                self.name
            )),
            false => Ok(()),
        }
    }

    /// Whether the module level has the same already, above the function.
    fn check_module(&self, imported: &str) -> Result<bool, String> {
        let mut there = false;
        for binding in self
            .surroundings
            .globals
            .iter()
            .filter(|one| one.name == self.name)
        {
            let line = self.line(binding.range);
            if !self.same(binding) {
                return Err(format!(
                    "the module binds `{}` to something else (line {line})",
                    self.name
                ));
            }
            match binding.guard {
                Guard::TypeChecking => {
                    return Err(format!(
                        "the same import stands under TYPE_CHECKING (line {line}): it is deliberate"
                    ));
                }
                Guard::Try => {
                    return Err(format!(
                        "the same import stands in a `try` at module level (line {line})"
                    ));
                }
                Guard::Condition => {
                    return Err(format!(
                        "the module imports it under a condition (line {line})"
                    ));
                }
                Guard::None => {}
            }
            let loads_the_same = binding
                .import
                .is_some_and(|(statement, alias)| match statement {
                    Stmt::Import(_) if alias.asname.is_none() => {
                        let deeper = alias.name.as_str();
                        deeper == imported
                            || deeper
                                .strip_prefix(imported)
                                .is_some_and(|rest| rest.starts_with('.'))
                    }
                    _ => true,
                });
            if !loads_the_same {
                continue;
            }
            if binding.range.start() > self.candidate.outermost().start() {
                return Err(format!(
                    "the module imports the same on line {line}, below the function"
                ));
            }
            there = true;
        }
        Ok(there)
    }

    /// No other function imports something else under the name.
    fn check_others(&self) -> Result<(), String> {
        let all = self.surroundings.imported.get(self.name);
        let other = all
            .into_iter()
            .flatten()
            .find(|(meaning, _)| *meaning != self.meaning);
        match other {
            Some((_, line)) => Err(format!("line {line} imports another `{}`", self.name)),
            None => Ok(()),
        }
    }

    fn check_stars(&self) -> Result<(), String> {
        let surroundings = self.surroundings;
        for statement in &surroundings.stars {
            let line = self.line(statement.range());
            let targets = match surroundings.resolve(statement) {
                Some(Imported::Project(targets)) => targets,
                _ => {
                    return Err(format!(
                        "the star import on line {line} may bind `{}`",
                        self.name
                    ));
                }
            };
            let gives = targets
                .named
                .iter()
                .any(|module| surroundings.project.member(*module, self.name) != Member::Absent);
            if gives || targets.named.is_empty() {
                return Err(format!(
                    "the star import on line {line} binds `{}`",
                    self.name
                ));
            }
        }
        let Some(id) = surroundings.id else {
            return Ok(());
        };
        let own = surroundings.project.name(id);
        if let Member::Replaced(_, line) = surroundings.project.member(id, self.name) {
            return Err(format!(
                "`{}` may be bound anew at run time (line {line})",
                self.name
            ));
        }
        if let Some((by, line)) = surroundings.project.replaced(&[id], own, self.name) {
            return Err(format!(
                "`{own}.{}` is replaced at run time ({}:{line})",
                self.name,
                surroundings.project.file(by)
            ));
        }
        if let Some(importer) = surroundings.project.star_importer(id)
            && !self.name.starts_with('_')
        {
            return Err(format!(
                "{} imports all names of this module, which has no `__all__`",
                surroundings.project.file(importer)
            ));
        }
        if surroundings.project.has_submodule(id, self.name)
            && self.meaning != format!("{}.{}", surroundings.project.name(id), self.name)
        {
            return Err(format!("the package has a module `{}`", self.name));
        }
        Ok(())
    }
}

/// Finds a read of the name that an import in a function binds.
struct Reads<'r> {
    module: &'r Module<'r>,
    name: &'r str,
    alias: &'r codemend_engine::syntax::ast::Alias,
    found: bool,
}

impl<'a> Visitor<'a> for Reads<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if !self.found {
            walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr
            && name.id.as_str() == self.name
            && name.ctx.is_load()
            && self.module.names().is_bound_by(expr, self.name, self.alias)
        {
            self.found = true;
        }
        walk_expr(self, expr);
    }
}

/// The import of one alias, or of the whole from-import.
pub(super) fn references(statement: &Stmt) -> Vec<ImportRef> {
    match statement {
        Stmt::Import(import) => import
            .names
            .iter()
            .map(|alias| ImportRef {
                module: alias.name.to_string(),
                level: 0,
                names: Vec::new(),
                star: false,
            })
            .collect(),
        Stmt::ImportFrom(import) => {
            let star = import.names.iter().any(|alias| &alias.name == "*");
            let names = import.names.iter().map(|alias| alias.name.to_string());
            vec![ImportRef {
                module: import.module.as_deref().unwrap_or_default().to_owned(),
                level: import.level,
                names: if star { Vec::new() } else { names.collect() },
                star,
            }]
        }
        _ => Vec::new(),
    }
}

/// All import statements of functions in `suite`, at any depth.
pub(super) fn in_functions(suite: &[Stmt]) -> Vec<&Stmt> {
    let mut finder = Imports {
        found: Vec::new(),
        depth: 0,
    };
    finder.visit_body(suite);
    finder.found
}

struct Imports<'a> {
    found: Vec<&'a Stmt>,
    depth: usize,
}

impl<'a> Visitor<'a> for Imports<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(StmtFunctionDef { body, .. }) => {
                self.depth += 1;
                self.visit_body(body);
                self.depth -= 1;
            }
            Stmt::Import(_) | Stmt::ImportFrom(_) if self.depth > 0 => self.found.push(statement),
            _ => walk_stmt(self, statement),
        }
    }
}
