//! Where the picture of a project has holes: what cannot be followed, and what could be meant in two ways.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::Project;
use super::layout::{Imported, ModuleId, is_standard};

/// Something that the graph does not show, or shows in more than one way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// Absolute.
    pub path: Utf8PathBuf,
    /// From 1.
    pub line: Option<u32>,
    pub kind: NoteKind,
    /// One line, lower case, no full stop.
    pub message: String,
}

/// What a [`Note`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoteKind {
    /// An import by a name that is worked out at run time.
    Computed,
    /// Two files claim one module.
    Ambiguous,
    /// A module that is named like one of the standard library.
    Shadows,
    /// A module behind a symbolic link.
    Linked,
    /// An import of a module that is not there.
    Missing,
    /// A file that does not parse.
    Broken,
}

impl NoteKind {
    /// The kind in one word, for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Computed => "computed-name",
            Self::Ambiguous => "two-files",
            Self::Shadows => "standard-name",
            Self::Linked => "symbolic-link",
            Self::Missing => "missing",
            Self::Broken => "syntax-error",
        }
    }
}

impl Project {
    /// The notes on `modules`, by path and line.
    pub fn notes(&self, modules: &BTreeSet<ModuleId>) -> Vec<Note> {
        let mut notes: Vec<Note> = modules.iter().flat_map(|one| self.notes_on(*one)).collect();
        let mut claims = BTreeMap::<(Utf8PathBuf, Utf8PathBuf), Note>::new();
        for module in modules {
            for (claim, note) in self.open_imports(*module) {
                match claim {
                    // One note for two files, however many imports are in doubt.
                    Some(claim) => drop(claims.entry(claim).or_insert(note)),
                    None => notes.push(note),
                }
            }
        }
        notes.extend(claims.into_values());
        notes.sort();
        notes.dedup();
        notes
    }

    fn notes_on(&self, module: ModuleId) -> Vec<Note> {
        let Some(digest) = self.digest(module) else {
            return Vec::new();
        };
        let mut notes = Vec::new();
        let mut note = |line, kind, message: String| {
            let path = self.path(module).to_owned();
            notes.push(Note {
                path,
                line,
                kind,
                message,
            });
        };
        if digest.broken {
            let message = "does not parse; its imports are not known";
            note(None, NoteKind::Broken, message.to_owned());
        }
        if let Some(line) = digest.dynamic {
            let message = "imports a module by a computed name";
            note(Some(line), NoteKind::Computed, message.to_owned());
        }
        let name = self.name(module);
        if !name.contains('.') && is_standard(name) && !self.is_test(self.path(module)) {
            let message = format!("`{name}` is also a module of the standard library");
            note(None, NoteKind::Shadows, message);
        }
        notes
    }

    /// Notes on imports of `module` that cannot be followed, or not for sure; with the two files that are in doubt.
    #[allow(
        clippy::type_complexity,
        reason = "a pair of paths, which nobody else needs"
    )]
    fn open_imports(&self, module: ModuleId) -> Vec<(Option<(Utf8PathBuf, Utf8PathBuf)>, Note)> {
        let lost = self.lost_imports(module).filter_map(|(one, imported)| {
            let written = one.import.written();
            let inside = |path: &Utf8Path| self.inside(path).to_string();
            let (kind, claim, message) = match imported {
                Imported::Ambiguous(one, other) => {
                    let (first, second) = (inside(&one), inside(&other));
                    let message = format!("an import may mean {first} or {second}");
                    (NoteKind::Ambiguous, Some((one, other)), message)
                }
                Imported::Linked(link) => {
                    let message =
                        format!("`{written}` is behind the symbolic link {}", inside(&link));
                    (NoteKind::Linked, None, message)
                }
                Imported::Missing(_) if one.guarded => return None,
                Imported::Missing(_) => {
                    let message = format!("`{written}` is not there");
                    (NoteKind::Missing, None, message)
                }
                Imported::Beyond => {
                    let message = format!("`{written}` leads out of the project");
                    (NoteKind::Missing, None, message)
                }
                _ => return None,
            };
            let note = Note {
                path: self.path(module).to_owned(),
                line: Some(one.line),
                kind,
                message,
            };
            Some((claim, note))
        });
        lost.collect()
    }
}
