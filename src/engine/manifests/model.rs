//! What one manifest says: lists of requirements, each for a use, and what else decides whether they count.
//!
//! Every list knows how its entries are laid out in the text, so that a new one can be put between them without
//! printing anything anew.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use camino::Utf8PathBuf;
use ruff_text_size::{TextRange, TextSize};

use super::requirement::Requirement;
use crate::problem::Positions;

/// Which tool reads a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    Pyproject,
    Requirements,
    SetupCfg,
    SetupPy,
    Pipfile,
}

/// What a list of requirements is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Always installed with the project.
    Runtime,
    /// Installed when asked for: `pip install project[name]`.
    Extra(String),
    /// For those who work on the project: `dev`, `test`, `docs`.
    Group(String),
    /// Limits versions and installs nothing: `pip install -c`, or what Poetry adds to `[project]`.
    Constraint,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Runtime => f.write_str("the runtime requirements"),
            Self::Extra(name) => write!(f, "the extra `{name}`"),
            Self::Group(name) => write!(f, "the group `{name}`"),
            Self::Constraint => f.write_str("the constraints"),
        }
    }
}

/// One file that lists requirements.
#[derive(Debug, Clone)]
pub struct Manifest {
    pub path: Utf8PathBuf,
    pub format: Format,
    /// Its text. The bytes of the file, byte order mark included, unless `closed` says that they are not.
    pub text: Arc<str>,
    pub lists: Vec<List>,
    /// Why the whole file must not be edited: a few words behind its name.
    pub closed: Option<Closed>,
    /// A comment at the top says that a tool writes it.
    pub generated: bool,
    /// Requirements that nobody can read here, such as an include from the network.
    pub unknown: Option<Closed>,
    pub(super) includes: Vec<Include>,
    /// It says that it is a project, with or without requirements.
    pub(super) is_project: bool,
    /// Of `text`, once somebody asks.
    pub(super) positions: OnceLock<Positions>,
}

/// A place that only a person can work on, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    pub line: usize,
    /// Lower case, without the name of the file.
    pub reason: String,
}

impl Closed {
    pub(super) fn new(line: usize, reason: impl Into<String>) -> Self {
        Self {
            line,
            reason: reason.into(),
        }
    }
}

/// Requirements of one kind that stand together.
#[derive(Debug, Clone)]
pub struct List {
    pub kind: Kind,
    pub requirements: Vec<Requirement>,
    pub(super) shape: Shape,
}

impl List {
    /// The requirement on the distribution `name` (normalised), the one without a marker first.
    pub fn find(&self, name: &str) -> Option<&Requirement> {
        let mut found: Vec<_> = self.requirements.iter().collect();
        found.retain(|requirement| requirement.name == name);
        let free = found.iter().find(|one| one.marker.is_none()).copied();
        free.or_else(|| found.first().copied())
    }

    /// Why nothing can be added, when that is known beforehand.
    pub fn closed(&self) -> Option<&Closed> {
        match &self.shape {
            Shape::Closed(closed) => Some(closed),
            _ => None,
        }
    }
}

/// How the entries of a list are laid out. All ranges are bytes of the manifest's text.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    /// Strings in brackets: an array of TOML, a list or tuple of Python. `outer` has the brackets.
    Brackets {
        outer: Range<usize>,
        entries: Vec<Entry>,
        what: Wanted,
    },
    /// Each entry begins on a line of its own.
    Lines {
        entries: Vec<Entry>,
        /// Where the first line of all goes: the end of a line, before its newline.
        empty_at: usize,
        style: LineStyle,
    },
    /// The list is not there; the key and its brackets go behind the line that ends at `at`.
    Missing { at: usize, style: MissingStyle },
    /// Nothing can be added.
    Closed(Closed),
}

/// What stands for a requirement in brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// `"name>=1.0"`
    Requirement,
    /// `"name"`, as in `[tool.poetry.extras]`.
    Name,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LineStyle {
    /// `name>=1.0`, in a file that pip reads.
    Requirement,
    /// `name>=1.0`, indented, as one value of an INI file.
    Indented,
    /// `name = ">=1.0"`; `optional` ones go to an extra.
    KeyValue { optional: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MissingStyle {
    /// `dependencies = ["name>=1.0"]`
    Toml,
    /// `install_requires =`, and the requirement below it.
    Ini,
}

/// One entry of a list, a requirement or not.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) range: Range<usize>,
    /// The name as it is written, for the order. `None` for what does not count for it.
    pub(super) name: Option<String>,
}

/// `-r other.txt`, `-c other.txt`, or what stands for them in another format.
#[derive(Debug, Clone)]
pub(super) struct Include {
    pub(super) target: String,
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
    pub(super) line: usize,
}

impl Manifest {
    pub(super) fn new(path: Utf8PathBuf, format: Format, text: Arc<str>) -> Self {
        let generated = super::text::is_generated(&text);
        Self {
            path,
            format,
            text,
            lists: Vec::new(),
            closed: None,
            generated,
            unknown: None,
            includes: Vec::new(),
            is_project: false,
            positions: OnceLock::new(),
        }
    }

    /// The number of the line that the byte `offset` is on, from 1.
    pub(super) fn line_at(&self, offset: usize) -> usize {
        let positions = self.positions.get_or_init(|| Positions::of(&self.text));
        positions.at(&self.text, offset).line
    }

    /// The bytes of a line, counted from 1; the end of the text when there is no such line.
    pub fn line(&self, number: usize) -> TextRange {
        let lines = super::text::lines(&self.text);
        let line = number.checked_sub(1).and_then(|index| lines.get(index));
        let (start, end) = line.map_or((self.text.len(), self.text.len()), |line| {
            (line.start, line.end)
        });
        let size = |at: usize| TextSize::try_from(at).unwrap_or_default();
        TextRange::new(size(start), size(end))
    }

    pub(super) fn push(&mut self, kind: Kind, requirements: Vec<Requirement>, shape: Shape) {
        self.lists.push(List {
            kind,
            requirements,
            shape,
        });
    }

    /// All requirements as plain text, sorted: two manifests with the same ones ask for the same.
    pub(super) fn signature(&self) -> Vec<String> {
        let lists = self.lists.iter();
        let mut all: Vec<String> = lists
            .flat_map(|list| {
                let requirements = list.requirements.iter();
                requirements.map(|one| format!("{:?} {}", list.kind, one.signature()))
            })
            .chain(
                self.includes
                    .iter()
                    .map(|one| format!("{:?} {}", one.kind, one.target)),
            )
            .collect();
        all.sort();
        all
    }
}
