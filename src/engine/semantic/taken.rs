//! Which names of other modules of the project a file takes: by import, by attribute, by star import, or as a dotted
//! path in a string (`mock.patch("app.db.Session")`).

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use ruff_db::files::FilePath;
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_expr};
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtImportFrom};
use ruff_text_size::Ranged;
use ty_module_resolver::ModuleName;
use ty_python_core::ProgramFile;
use ty_python_core::definition::DefinitionKind as TyKind;
use ty_python_core::scope::FileScopeId;

use super::modules::Place;
use super::names::{Meaning, Names, Where};
use super::outline::Bound;
use super::quietly;
use crate::imports::contains_word;

/// Names that are taken from modules of the project.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    names: BTreeSet<(Utf8PathBuf, String)>,
    /// Taken from somewhere, nobody can tell from where.
    anywhere: BTreeSet<String>,
}

impl Taken {
    /// Whether somebody takes `name` from the module at `path`.
    pub(crate) fn has(&self, path: &Utf8Path, name: &str) -> bool {
        self.anywhere.contains(name) || self.names.contains(&(path.to_owned(), name.to_owned()))
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.names.extend(other.names);
        self.anywhere.extend(other.anywhere);
    }

    /// Somebody may take all of `wanted`: there are files that nobody has seen.
    pub(crate) fn fear(&mut self, wanted: &BTreeSet<String>) {
        self.anywhere.extend(wanted.iter().cloned());
    }

    /// `text` cannot be parsed. What its lines seem to import by name from any module but `typing`, it may take from
    /// this project.
    pub(crate) fn suspect(&mut self, text: &str, wanted: &BTreeSet<String>) {
        for (at, _) in text.match_indices("from ") {
            let line_start = text[..at].rfind(['\n', '\r', ';']).map_or(0, |at| at + 1);
            let Some((module, names)) = text[at + 5..].split_once(" import ") else {
                return;
            };
            let is_statement = text[line_start..at].trim().is_empty();
            let module = module.trim();
            if !is_statement || module.contains(char::is_whitespace) {
                continue;
            }
            if matches!(module, "typing" | "typing_extensions") {
                continue;
            }
            let names = match names.strip_prefix('(') {
                Some(names) => names.split(')').next(),
                None => names.split(['\n', '\r']).next(),
            };
            let names = names.unwrap_or_default();
            let taken = wanted.iter().filter(|name| contains_word(names, name));
            self.anywhere.extend(taken.cloned());
        }
    }
}

impl Names<'_> {
    /// The names out of `wanted` that this file, whose text is `text`, takes from other modules of the project.
    pub(crate) fn taken(&self, text: &str, wanted: &BTreeSet<String>) -> Taken {
        quietly(|| {
            let mut finder = Finder {
                names: self,
                wanted,
                taken: Taken::default(),
            };
            for import in crate::imports::statements(self.syntax.suite()) {
                finder.import(import.statement);
            }
            if has_dotted(text, wanted) {
                for statement in self.syntax.suite() {
                    finder.visit_stmt(statement);
                }
            }
            finder.taken
        })
        .unwrap_or_default()
    }

    fn project_file(&self, module: &ModuleName) -> Option<ProgramFile<'_>> {
        match self.origin(module) {
            Place::Project(file) => Some(file),
            _ => None,
        }
    }
}

/// Whether one of `wanted` stands behind a dot, in code or in a string, or is given to a call as a string. Few files have one, and only those are walked.
fn has_dotted(text: &str, wanted: &BTreeSet<String>) -> bool {
    wanted.iter().any(|name| {
        text.match_indices(name.as_str()).any(|(at, word)| {
            let behind = &text[at + word.len()..];
            let head = text[..at].trim_end_matches(is_blank);
            !behind.starts_with(|c: char| c.is_alphanumeric() || c == '_')
                && (head.ends_with('.') || is_given(head))
        })
    })
}

/// Whether what stands behind `head`, the text before it, is the text of a string that is given to a call by itself, behind
/// another argument or by keyword: `patch.object(poll, "`.
pub(crate) fn is_given(head: &str) -> bool {
    let before = head.strip_suffix(['"', '\'']);
    before.is_some_and(|before| before.trim_end_matches(is_blank).ends_with([',', '=']))
}

/// White space and line continuations.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\\'
}

struct Finder<'a, 'db> {
    names: &'a Names<'db>,
    wanted: &'a BTreeSet<String>,
    taken: Taken,
}

impl Finder<'_, '_> {
    fn import(&mut self, statement: &Stmt) {
        let Stmt::ImportFrom(import) = statement else {
            return;
        };
        let Some(module) = self.names.absolute(import.module.as_deref(), import.level) else {
            return;
        };
        for alias in &import.names {
            let name = alias.name.as_str();
            if name == "*" {
                for wanted in self.wanted {
                    if self.binds_by_star(import, wanted) {
                        self.take(&module, wanted);
                    }
                }
            } else if self.wanted.contains(name) {
                self.take(&module, name);
            }
        }
    }

    /// Whether the star of `import` brings `name` into the module; `__all__` over there may hold it back.
    fn binds_by_star(&self, import: &StmtImportFrom, name: &str) -> bool {
        let names = self.names;
        names
            .bindings(FileScopeId::global(), name)
            .iter()
            .any(|definition| {
                matches!(definition.kind(names.database), TyKind::StarImport(star)
                if star.import(&names.syntax).range() == import.range())
            })
    }

    /// `name` is taken from `module`, and from every module that it comes from through star imports.
    fn take(&mut self, module: &ModuleName, name: &str) {
        let Some(file) = self.names.project_file(module) else {
            return;
        };
        let other = self.names.other(file);
        let FilePath::System(path) = other.file_path() else {
            return;
        };
        if !self
            .taken
            .names
            .insert((path.as_utf8_path().to_owned(), name.to_owned()))
        {
            return;
        }
        if other.outline().bound_by_module(name) != Bound::Otherwise {
            // No star brings it there.
            return;
        }
        for definition in other.bindings(FileScopeId::global(), name) {
            if let TyKind::StarImport(star) = definition.kind(other.database) {
                let statement = star.import(&other.syntax);
                if let Some(from) = other.absolute(statement.module.as_deref(), statement.level) {
                    self.take(&from, name);
                }
            }
        }
    }

    /// `path` may lead through a name to what is behind it: `app.poll.time.sleep`.
    fn dotted(&mut self, path: &str) {
        for (dot, _) in path.match_indices('.') {
            let rest = &path[dot + 1..];
            let name = rest.split('.').next().unwrap_or(rest);
            if self.wanted.contains(name)
                && let Some(module) = ModuleName::new(&path[..dot])
            {
                self.take(&module, name);
            }
        }
    }

    /// A module and the name of one of its members: `patch.object(poll, "time")`, `getattr(poll, "time")`.
    fn member(&mut self, call: &ExprCall) {
        let keywords = call.arguments.keywords.iter().map(|it| &it.value);
        let values: Vec<&Expr> = call.arguments.args.iter().chain(keywords).collect();
        let Some((owner, rest)) = values.split_first() else {
            return;
        };
        for value in rest.iter().take(2) {
            let Expr::StringLiteral(literal) = value else {
                continue;
            };
            let name = literal.value.to_str();
            if !self.wanted.contains(name) {
                continue;
            }
            for meaning in self.names.meanings(owner, Where::default()) {
                if let Meaning::Module(module) = meaning
                    && let Some(module) = ModuleName::new(&module)
                {
                    self.take(&module, name);
                }
            }
        }
    }
}

impl<'a> SourceOrderVisitor<'a> for Finder<'_, '_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Attribute(attribute) if self.wanted.contains(attribute.attr.as_str()) => {
                for owner in self.names.meanings(&attribute.value, Where::default()) {
                    if let Meaning::Module(module) = owner
                        && let Some(module) = ModuleName::new(&module)
                    {
                        self.take(&module, attribute.attr.as_str());
                    }
                }
            }
            Expr::StringLiteral(literal) => self.dotted(literal.value.to_str()),
            Expr::Call(call) => self.member(call),
            _ => {}
        }
        walk_expr(self, expr);
    }
}
