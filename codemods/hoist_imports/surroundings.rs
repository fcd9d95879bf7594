//! What the codemod works out about a module once, for all of its candidates.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use codemend_engine::codemod::Codemod;
use codemend_engine::config::OptionValue;
use codemend_engine::facts::Facts;
use codemend_engine::module::Module;
use codemend_engine::project::{Imported, ModuleId, Project, PurityRules};
use codemend_engine::syntax::ast::statement_visitor::{StatementVisitor, walk_stmt};
use codemend_engine::syntax::ast::{Alias, Stmt};
use codemend_engine::syntax::{Ranged, TextSize, UniversalNewlines};

use super::anew::Hangs;
use super::bindings::{self, Binding, Guard};
use super::candidate::{Candidate, bound_name, names};
use super::namespace::{in_functions, references};
use super::{HoistImports, environment, form, shipped};

/// What the codemod has worked out about the module that it looks at.
pub(super) struct Surroundings<'a> {
    pub(super) module: &'a Module<'a>,
    pub(super) facts: &'a Facts<'a>,
    pub(super) project: &'a Project,
    pub(super) id: Option<ModuleId>,
    /// What the module level binds.
    pub(super) globals: Vec<Binding<'a>>,
    /// It has a shebang or a `__main__` block, and lies in a package.
    pub(super) may_be_script: bool,
    /// Where another file looks at all names of the module.
    pub(super) inspected: Option<(ModuleId, u32)>,
    /// How the module sends its functions elsewhere.
    pub(super) ships: Option<&'static str>,
    /// The star imports at module level.
    pub(super) stars: Vec<&'a Stmt>,
    /// What functions import under each name: every meaning once, with the line of its first import.
    pub(super) imported: BTreeMap<&'a str, Vec<(String, usize)>>,
    /// Calls in the module that may take the source of a function.
    pub(super) senders: Vec<(&'a str, &'static str)>,
    /// What the module level changes that imports depend on.
    pub(super) changes: Vec<environment::Change>,
    pub(super) rules: PurityRules,
    /// What its candidates hang on.
    pub(super) hangs: RefCell<Hangs>,
    lines: Vec<TextSize>,
}

impl<'a> Surroundings<'a> {
    pub(super) fn new(
        codemod: &HoistImports,
        module: &'a Module<'a>,
        facts: &'a Facts<'a>,
    ) -> Self {
        let about = codemod.about();
        let list = |names: [&str; 2]| {
            let lists = names.map(|name| facts.option(module.path(), &about, name));
            let values = lists.into_iter().flatten().filter_map(|value| match value {
                OptionValue::List(values) => Some(values),
                _ => None,
            });
            values.flatten().collect::<BTreeSet<String>>()
        };
        let text = module.text();
        let lines = text.universal_newlines().skip(1);
        let lines = lines.map(|line| line.start()).collect();
        let id = facts.project().module(module.path());
        let mut surroundings = Self {
            module,
            facts,
            project: facts.project(),
            id,
            may_be_script: id.is_some_and(|id| !facts.project().packages(id).is_empty())
                && (module.text().starts_with("#!")
                    || ["\nif __name__ ==", "\rif __name__ =="]
                        .iter()
                        .any(|guard| text.contains(guard))),
            inspected: id.and_then(|id| facts.project().inspected(id)),
            globals: bindings::of_module(module.suite()),
            ships: shipped::ships(module),
            stars: module.suite().iter().flat_map(stars_in).collect(),
            imported: BTreeMap::new(),
            senders: shipped::senders(module),
            changes: environment::of_module(module),
            rules: PurityRules {
                calls: list(["pure-calls", "extend-pure-calls"]),
                heavy: list(["heavy", "extend-heavy"]),
            },
            hangs: RefCell::default(),
            lines,
        };
        surroundings.note_imports();
        surroundings
    }

    fn note_imports(&mut self) {
        let mut imported: BTreeMap<&str, Vec<(String, usize)>> = BTreeMap::new();
        for statement in in_functions(self.module.suite()) {
            for alias in names(statement) {
                let meaning = self.meaning(statement, alias);
                let known = imported.entry(bound_name(statement, alias)).or_default();
                if !known.iter().any(|(one, _)| *one == meaning) {
                    known.push((meaning, self.line(statement.start())));
                }
            }
        }
        self.imported = imported;
    }

    /// The line of `at`, from 1.
    pub(super) fn line(&self, at: TextSize) -> usize {
        1 + self.lines.partition_point(|start| *start <= at)
    }

    pub(super) fn is_test(&self) -> bool {
        self.project.is_test(self.module.path())
    }

    pub(super) fn is_builtin(&self, name: &str) -> bool {
        codemend_engine::module::is_builtin(name)
    }

    pub(super) fn resolve(&self, statement: &Stmt) -> Option<Imported> {
        let import = references(statement).into_iter().next()?;
        Some(self.project.resolve(self.id?, &import))
    }

    /// What `alias` of `statement` binds its name to, as a dotted name.
    pub(super) fn meaning(&self, statement: &Stmt, alias: &Alias) -> String {
        let Stmt::ImportFrom(import) = statement else {
            return match alias.asname {
                Some(_) => alias.name.to_string(),
                None => alias.name.split('.').next().unwrap_or_default().to_owned(),
            };
        };
        let module = import.module.as_deref().unwrap_or_default();
        let base = match import.level {
            0 => String::new(),
            level => self.package(level),
        };
        let parts = [base.as_str(), module, alias.name.as_str()];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(".")
    }

    /// The package that the dots of a relative import mean.
    pub(super) fn package(&self, level: u32) -> String {
        let name = self.id.map_or("", |id| self.project.name(id));
        let is_package = self.module.path().file_stem() == Some("__init__");
        let mut parts: Vec<&str> = name.split('.').collect();
        let up = usize::try_from(level).unwrap_or(usize::MAX) - usize::from(is_package);
        parts.truncate(parts.len().saturating_sub(up));
        match parts.is_empty() {
            true => ".".repeat(level as usize),
            false => parts.join("."),
        }
    }

    /// Whether the module level imports something of the project, whatever happens.
    pub(super) fn imports_from_project(&self) -> bool {
        self.globals.iter().any(|binding| {
            let import = binding.import.filter(|_| binding.guard == Guard::None);
            import.is_some_and(|(statement, _)| {
                matches!(self.resolve(statement), Some(Imported::Project(_)))
            })
        })
    }

    /// The first change of the environment at module level that a new import would come before.
    pub(super) fn skipped_change(&self, candidate: &Candidate<'_>) -> Option<&environment::Change> {
        let landing = form::landing(self, candidate);
        self.changes.iter().find(|change| {
            change.range.start() >= landing && change.range.end() <= candidate.outermost().start()
        })
    }

    /// Whether a from-import or import at module level, without any condition, brings the top-level module `top` or a
    /// distribution that `accepts`.
    pub(super) fn imports_plainly(&self, accepts: impl Fn(&str) -> bool) -> bool {
        self.globals.iter().any(|binding| {
            let Some((statement, alias)) = binding.import.filter(|_| binding.guard == Guard::None)
            else {
                return false;
            };
            match statement {
                Stmt::ImportFrom(import) if import.level == 0 => {
                    accepts(import.module.as_deref().unwrap_or_default())
                }
                Stmt::Import(_) => accepts(&alias.name),
                _ => false,
            }
        })
    }
}

fn stars_in(statement: &Stmt) -> Vec<&Stmt> {
    struct Stars<'a>(Vec<&'a Stmt>);
    impl<'a> StatementVisitor<'a> for Stars<'a> {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            match statement {
                Stmt::ImportFrom(import) if import.names.iter().any(|alias| &alias.name == "*") => {
                    self.0.push(statement);
                }
                Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
                _ => walk_stmt(self, statement),
            }
        }
    }
    let mut stars = Stars(Vec::new());
    StatementVisitor::visit_stmt(&mut stars, statement);
    stars.0
}
