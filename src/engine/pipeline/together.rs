//! Which files of a run belong together: where one of them keeps its old text, the others must keep theirs.
//!
//! Most files stand alone, since a change says what its own file means, and that stays the same under old and new texts
//! of the others. These do not:
//!
//! - The files of one change: it is one idea.
//! - A file that has lost an import, and a file whose old text takes that name from there. The import was only removed
//!   because the run had taken the other use away before: `from .db import Optional` stood in the old text.
//! - A file that a later codemod has changed, and files that it leads to in which an earlier one has moved imports: the
//!   import that has left a function can no longer fail in the `try` of its caller.
//! - A file that no longer loads a module of the project, and the files that load one more. No cycle of imports is
//!   closed by all the new loads together, so none is by some of them: a part of a graph without cycles has none.
//!   That holds as long as no load goes; one that is only gone in the new text could close a cycle with new ones.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, PySourceType, Stmt};
use ruff_python_parser::parse_unchecked_source;

use super::reaching::Reaching;
use crate::change::Change;
use crate::patch::FilePatch;

/// What the accepted changes of a run bind together.
#[derive(Debug, Default)]
pub(super) struct Bonds {
    sets: Vec<BTreeSet<Utf8PathBuf>>,
    /// Files that load more modules of the project than before.
    loading: BTreeSet<Utf8PathBuf>,
    /// Files in which imports were moved, and the codemod that did so.
    placing: BTreeSet<Utf8PathBuf>,
    placer: Option<&'static str>,
    /// Files that codemods after that one have changed.
    later: BTreeSet<Utf8PathBuf>,
}

impl Bonds {
    /// Note that `change` is made.
    pub(super) fn note(&mut self, change: &Change) {
        let edited = change.edits.iter().map(|edit| edit.path().to_owned());
        let mut files: BTreeSet<Utf8PathBuf> = edited.collect();
        let imports = [
            change.requires.is_empty(),
            change.releases.is_empty(),
            change.places.is_empty(),
        ];
        if imports.contains(&false) {
            files.insert(change.at.path.clone());
        }
        if files.len() > 1 {
            self.sets.push(files);
        }
        if !change.loads.is_empty() {
            self.loading.insert(change.at.path.clone());
        }
        let is_later = self.placer.is_some_and(|placer| placer != change.codemod);
        if is_later {
            self.later.insert(change.at.path.clone());
        } else if !change.places.is_empty() {
            self.placer = Some(change.codemod);
            self.placing.insert(change.at.path.clone());
        }
    }

    /// Whether it matters to [`Bonds::sets`] which files lead to which.
    pub(super) fn follows(&self) -> bool {
        !self.later.is_empty() && !self.placing.is_empty()
    }

    /// The sets of files that single changes bind together in `patch`: sorted, disjoint, of at least two files each.
    pub(super) fn spanning(self, patch: &[FilePatch]) -> Vec<BTreeSet<Utf8PathBuf>> {
        disjoint(written(self.sets, patch))
    }

    /// Whether no file that is changed from now on can bind others but by the names that they take from it.
    pub(super) fn is_only_of_names(&self) -> bool {
        self.loading.is_empty() && self.placing.is_empty()
    }

    /// The sets of files that names could bind together, whatever becomes of the imports in `texts`. Not disjoint.
    pub(super) fn of_names(texts: Vec<(Utf8PathBuf, Arc<str>)>) -> Vec<BTreeSet<Utf8PathBuf>> {
        let emptied = texts.into_iter();
        let emptied = emptied.map(|(path, text)| FilePatch::new(path, Some(text), ""));
        let emptied: Vec<FilePatch> = emptied.collect();
        let losses: Vec<Loss<'_>> = emptied.par_iter().filter_map(Loss::of).collect();
        let mut bonds = Self::default();
        bonds.bind_takers(&losses, &emptied);
        bonds.sets
    }

    /// The sets of files that belong together in `patch`: sorted, disjoint, of at least two files each. `known` are
    /// the paths of the project's modules.
    pub(super) fn sets<'p>(
        mut self,
        patch: &[FilePatch],
        known: impl Iterator<Item = &'p Utf8PathBuf>,
        reaching: Option<&Reaching>,
    ) -> Vec<BTreeSet<Utf8PathBuf>> {
        self.bind_followers(reaching);
        let losses: Vec<Loss<'_>> = patch.par_iter().filter_map(Loss::of).collect();
        self.bind_takers(&losses, patch);
        self.bind_loads(&losses, known);
        disjoint(written(self.sets, patch))
    }

    fn bind_followers(&mut self, reaching: Option<&Reaching>) {
        let Some(reaching) = reaching else {
            return;
        };
        for file in &self.later {
            let mut set = reaching.from(file, &self.placing);
            set.insert(file.clone());
            if set.len() > 1 {
                self.sets.push(set);
            }
        }
    }

    fn bind_takers(&mut self, losses: &[Loss<'_>], patch: &[FilePatch]) {
        let mut lost: BTreeMap<(String, String), Vec<&Utf8Path>> = BTreeMap::new();
        for loss in losses {
            for name in loss.names.iter().map(String::as_str).chain(["*"]) {
                let key = (module_name(loss.path).to_owned(), name.to_owned());
                lost.entry(key).or_default().push(loss.path);
            }
        }
        if lost.is_empty() {
            return;
        }
        let bound = patch.par_iter().flat_map_iter(|file| {
            let taken = file
                .before
                .as_deref()
                .map(|text| Taking::of(&file.path, text));
            let taken = taken.into_iter().flat_map(|taking| taking.taken);
            let from = taken.filter_map(|taken| lost.get(&taken));
            let others = from.flatten().filter(|path| **path != file.path);
            let pairs = others.map(|path| BTreeSet::from([(*path).to_owned(), file.path.clone()]));
            pairs.collect::<BTreeSet<_>>()
        });
        self.sets.par_extend(bound);
    }

    fn bind_loads<'p>(
        &mut self,
        losses: &[Loss<'_>],
        known: impl Iterator<Item = &'p Utf8PathBuf>,
    ) {
        if self.loading.is_empty() || losses.is_empty() {
            return;
        }
        let parts = known.flat_map(|path| path.components().map(|part| part.as_str()));
        let parts: BTreeSet<&str> = parts.map(|part| part.trim_end_matches(".py")).collect();
        let ours = |module: &String| {
            let first = module.split('.').next().unwrap_or_default();
            first.is_empty() || parts.contains(first)
        };
        for loss in losses.iter().filter(|loss| loss.modules.iter().any(ours)) {
            let mut set = self.loading.clone();
            set.insert(loss.path.to_owned());
            self.sets.push(set);
        }
    }
}

/// What of `sets` is written by `patch`.
fn written(
    mut sets: Vec<BTreeSet<Utf8PathBuf>>,
    patch: &[FilePatch],
) -> Vec<BTreeSet<Utf8PathBuf>> {
    if sets.is_empty() {
        return sets;
    }
    let written: BTreeSet<&Utf8Path> = patch.iter().map(|file| file.path.as_path()).collect();
    for set in &mut sets {
        set.retain(|path| written.contains(path.as_path()));
    }
    sets
}

/// `sets` with those that share a file as one, sorted; sets of one file are none.
pub(super) fn disjoint(sets: Vec<BTreeSet<Utf8PathBuf>>) -> Vec<BTreeSet<Utf8PathBuf>> {
    // The set that each file is in; a set that has gone into another is empty.
    let mut home: BTreeMap<Utf8PathBuf, usize> = BTreeMap::new();
    let mut all: Vec<BTreeSet<Utf8PathBuf>> = Vec::new();
    for set in sets {
        let shared: BTreeSet<usize> = set
            .iter()
            .filter_map(|path| home.get(path))
            .copied()
            .collect();
        let largest = shared.iter().copied().max_by_key(|at| all[*at].len());
        let at = largest.unwrap_or_else(|| {
            all.push(BTreeSet::new());
            all.len() - 1
        });
        let joining = shared.into_iter().filter(|other| *other != at);
        let mut moved: Vec<Utf8PathBuf> = set.into_iter().collect();
        for other in joining {
            moved.extend(std::mem::take(&mut all[other]));
        }
        for path in moved {
            home.insert(path.clone(), at);
            all[at].insert(path);
        }
    }
    all.retain(|set| set.len() > 1);
    all.sort();
    all
}

/// What the module level of a changed file imports no more.
struct Loss<'p> {
    path: &'p Utf8Path,
    /// Names that were bound.
    names: Vec<String>,
    /// Modules that were loaded, with their leading dots.
    modules: Vec<String>,
}

impl<'p> Loss<'p> {
    fn of(file: &'p FilePatch) -> Option<Self> {
        let before = TopImports::of(&file.path, file.before.as_deref()?);
        let after = TopImports::of(&file.path, &file.after);
        let loss = Self {
            path: &file.path,
            names: before.names.difference(&after.names).cloned().collect(),
            modules: before.modules.difference(&after.modules).cloned().collect(),
        };
        (!loss.names.is_empty() || !loss.modules.is_empty()).then_some(loss)
    }
}

/// What a module imports when it is imported itself.
#[derive(Default)]
struct TopImports {
    names: BTreeSet<String>,
    modules: BTreeSet<String>,
}

impl TopImports {
    fn of(path: &Utf8Path, text: &str) -> Self {
        let mut imports = Self::default();
        let module = parse_unchecked_source(
            text,
            PySourceType::from_extension(path.extension().unwrap_or("py")),
        );
        imports.visit_body(module.suite());
        imports
    }
}

impl StatementVisitor<'_> for TopImports {
    fn visit_stmt(&mut self, statement: &Stmt) {
        let names = match statement {
            Stmt::FunctionDef(_) => return,
            Stmt::Import(import) => &import.names,
            Stmt::ImportFrom(import) => &import.names,
            _ => return walk_stmt(self, statement),
        };
        for alias in names {
            self.names
                .insert(crate::imports::bound_name(statement, alias).to_owned());
            self.modules.insert(match statement {
                Stmt::ImportFrom(import) => {
                    let dots = ".".repeat(usize::try_from(import.level).unwrap_or(0));
                    let module = import.module.as_ref().map_or("", |module| module.as_str());
                    // A member may be a module too.
                    format!("{dots}{module}.{}", alias.name)
                }
                _ => alias.name.to_string(),
            });
        }
    }
}

/// The names that a text takes out of modules, each with the last part of the module's name.
struct Taking<'p> {
    path: &'p Utf8Path,
    taken: BTreeSet<(String, String)>,
    /// Names that stand for modules, with the last part of these.
    modules: BTreeMap<String, String>,
}

impl<'p> Taking<'p> {
    fn of(path: &'p Utf8Path, text: &str) -> Self {
        let mut taking = Self {
            path,
            taken: BTreeSet::new(),
            modules: BTreeMap::new(),
        };
        let kind = PySourceType::from_extension(path.extension().unwrap_or("py"));
        let module = parse_unchecked_source(text, kind);
        for import in crate::imports::statements(module.suite()) {
            for alias in import.names {
                let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                taking
                    .modules
                    .insert(last(bound).to_owned(), last(&alias.name).to_owned());
                if let Stmt::ImportFrom(from) = import.statement {
                    let module = match &from.module {
                        Some(module) => last(module).to_owned(),
                        None => taking.package(usize::try_from(from.level).unwrap_or(1)),
                    };
                    taking.taken.insert((module, alias.name.to_string()));
                }
            }
        }
        taking.visit_body(module.suite());
        taking
    }

    /// The name of the package that `level` dots stand for.
    fn package(&self, level: usize) -> String {
        let directory = self.path.ancestors().nth(level);
        directory
            .and_then(Utf8Path::file_name)
            .unwrap_or_default()
            .to_owned()
    }
}

impl<'a> Visitor<'a> for Taking<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Attribute(attribute) = expr {
            let owner = match &*attribute.value {
                Expr::Name(name) => Some(name.id.as_str()),
                Expr::Attribute(inner) => Some(inner.attr.as_str()),
                _ => None,
            };
            if let Some(owner) = owner {
                let module = self.modules.get(owner).map_or(owner, String::as_str);
                self.taken
                    .insert((module.to_owned(), attribute.attr.to_string()));
            }
        }
        walk_expr(self, expr);
    }
}

fn last(dotted: &str) -> &str {
    dotted.rsplit('.').next().unwrap_or(dotted)
}

/// The last part of the name of the module at `path`.
fn module_name(path: &Utf8Path) -> &str {
    match path.file_stem() {
        Some("__init__") => path.parent().and_then(Utf8Path::file_name),
        stem => stem,
    }
    .unwrap_or_default()
}

#[cfg(test)]
mod tests;
