//! What a run found, as programs read it: the shape of `--format json`, and what all other formats are made from.
//!
//! The schema that `codemend schema report` prints is made of these types, so the two cannot part. Names and comments
//! here are what users read in it. A key may be added; one that goes away or means something else raises [`VERSION`].

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};

/// The version of the shape.
pub const VERSION: u32 = 1;

/// All that a run of codemend found out and did.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "codemend report")]
pub struct Document<'a> {
    /// Of this shape. It goes up when a key goes away or means something else; new keys may come under the same version.
    pub version: u32,
    /// The version of codemend.
    pub codemend: &'a str,
    /// What was looked at.
    #[serde(borrow)]
    pub run: Run<'a>,
    /// The codemods that have something to say, in the order in which they ran.
    #[serde(borrow)]
    pub codemods: Vec<Codemod<'a>>,
    /// Those that the run makes, in the order in which the codemods made them, then those that are withheld.
    #[serde(borrow)]
    pub changes: Vec<Change<'a>>,
    /// The files that change, sorted by path, each with all of its edits.
    #[serde(borrow)]
    pub files: Vec<File<'a>>,
    /// Places that were left alone. Sorted.
    #[serde(borrow)]
    pub refusals: Vec<Refusal<'a>>,
    /// Places that a person must look at. Sorted.
    #[serde(borrow)]
    pub reports: Vec<Report<'a>>,
    /// What could not be read, used or written. Sorted.
    #[serde(borrow)]
    pub problems: Vec<Problem<'a>>,
    /// What `--verify` found wrong with the result: faults of codemend. Sorted.
    #[serde(borrow)]
    pub faults: Vec<Problem<'a>>,
    /// How it ended.
    pub summary: Summary,
}

/// What was looked at.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "run")]
pub struct Run<'a> {
    /// The directory that all paths start at, absolute: the root of the repository.
    pub root: String,
    /// Python files that were read.
    pub files_read: usize,
    /// Those of them that had to be parsed.
    pub files_parsed: usize,
    /// Those of them that types were inferred in.
    pub files_typed: usize,
    /// Whether there was a virtual environment to read third-party code in.
    pub has_environment: bool,
    /// The lowest Pythons that the code must run on, most files first.
    #[serde(borrow)]
    pub targets: Vec<Target<'a>>,
    /// Which parts of a run this is, with `--shard`; null for a run as a whole.
    #[serde(borrow)]
    pub shard: Option<Shard<'a>>,
}

/// Parts of a run.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "shard")]
pub struct Shard<'a> {
    /// Which ones are here, from 1. Sorted.
    pub numbers: Vec<u32>,
    /// How many there are.
    pub of: u32,
    /// What the run as a whole came to: equal for its parts, on whatever machine. 32 hexadecimal digits.
    pub whole: &'a str,
}

/// A Python that files must run on.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "target")]
pub struct Target<'a> {
    /// `3.10`
    pub python: String,
    /// Where that was read.
    pub source: &'a str,
    /// How many files it holds for.
    pub files: usize,
}

/// What a codemod found, in numbers.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "codemod")]
pub struct Codemod<'a> {
    pub name: &'a str,
    /// What it does.
    pub summary: &'a str,
    /// Changes that the run makes.
    pub changes: usize,
    pub withheld: usize,
    pub refusals: usize,
    pub reports: usize,
}

/// The smallest thing that can be accepted: all of its edits are made, or none.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "change")]
pub struct Change<'a> {
    /// Its number in this document, from 0.
    pub id: usize,
    pub codemod: &'a str,
    /// What it does: imperative, lower case.
    pub title: &'a str,
    pub safety: Safety,
    pub status: Status,
    /// Why it is not safe; null for a safe change.
    #[serde(borrow)]
    pub reason: Option<&'a str>,
    /// Stays the same when lines above come or go: 32 hexadecimal digits.
    pub fingerprint: &'a str,
    /// Of the file that it is about.
    pub path: &'a str,
    pub start: Position,
    /// The position behind its last character.
    pub end: Position,
    /// What accepting this change alone does, with all that it needs: sorted by path and place, disjoint; of two that
    /// insert at one place the first comes first. Empty with `same_as`, for a safe change that needs an unsafe one, and for
    /// a withheld change that would not hold.
    #[serde(borrow)]
    pub edits: Vec<Edit<'a>>,
    /// The numbers of the changes that have to be accepted with this one, and those that they need. Their edits are
    /// among its edits.
    pub needs: Vec<usize>,
    /// The number of a change that goes only together with this one, and has the edits of both; else null.
    pub same_as: Option<usize>,
}

/// A place in a text: line and column from 1, the column in characters (Unicode code points).
///
/// CRLF, LF and CR end a line. A byte order mark is no character.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[schemars(rename = "position")]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// A place in a file.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "offset")]
pub struct Offset {
    /// Bytes of the file before it, a byte order mark included.
    pub byte: usize,
    pub line: usize,
    pub column: usize,
}

/// A piece of a file as it was read, and what to put there.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "edit")]
pub struct Edit<'a> {
    pub path: &'a str,
    /// The first byte that goes.
    pub start: Offset,
    /// The first byte that stays.
    pub end: Offset,
    /// What is put there, UTF-8, with the newlines of the file.
    pub replacement: &'a str,
    /// Whether it makes a new file.
    pub creates: bool,
}

/// A file that changes, and all that the changes of the run do to it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "file")]
pub struct File<'a> {
    pub path: &'a str,
    /// Whether it is a new one.
    pub creates: bool,
    /// Sorted and disjoint; of two that insert at one place the first comes first.
    #[serde(borrow)]
    pub edits: Vec<Edit<'a>>,
}

/// How far a change may be trusted.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "safety")]
pub enum Safety {
    /// Means the same at run time.
    Safe,
    /// May mean something else; `reason` says what.
    Unsafe,
    /// To make by hand.
    Display,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "status")]
pub enum Status {
    /// `--apply` would make it.
    Proposed,
    /// It is written.
    Applied,
    /// `--apply` did not write it; `problems` say why.
    LeftOut,
    /// Writing broke off. The next run of codemend takes back what was written.
    Unfinished,
    /// The run was not asked for it.
    Withheld,
}

/// A place that was left alone.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "refusal")]
pub struct Refusal<'a> {
    pub codemod: &'a str,
    pub path: &'a str,
    pub at: Position,
    pub reason: &'a str,
}

/// A place that a person must look at. Nothing was changed there.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "report")]
pub struct Report<'a> {
    /// `codemend` for what belongs to none.
    pub codemod: &'a str,
    pub path: &'a str,
    pub at: Position,
    pub message: &'a str,
}

/// A file that could not be read, used or written.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "problem")]
pub struct Problem<'a> {
    pub path: &'a str,
    /// Null when it is about the file as a whole.
    pub at: Option<Position>,
    pub message: &'a str,
    /// The way out, when there is one.
    #[serde(borrow)]
    pub help: Option<&'a str>,
}

/// How a run ended.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "summary")]
pub struct Summary {
    /// Files that change.
    pub files_changed: usize,
    /// Changes that the run makes.
    pub changes: usize,
    /// Those of them that are safe.
    pub safe: usize,
    /// Those of them that are not.
    #[serde(rename = "unsafe")]
    pub not_safe: usize,
    pub withheld: usize,
    pub refusals: usize,
    pub reports: usize,
    pub problems: usize,
    pub faults: usize,
    /// Changes, reports and refusals that `--since-lines`, `--baseline` and the like left out.
    pub passed_over: usize,
    /// What `--apply` wrote; null without it.
    pub applied: Option<Applied>,
    pub exit: Exit,
}

/// What `--apply` wrote.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "applied")]
pub struct Applied {
    pub end: AppliedEnd,
    /// Files that now hold their new text.
    pub files: usize,
    /// Paths of the files that stayed as they were, where others were written. Sorted.
    pub left_out: Vec<String>,
    /// The number that `codemend undo` takes; null when nothing was written.
    pub run: Option<u32>,
}

/// How writing ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "applied-end")]
pub enum AppliedEnd {
    /// All that could be written was.
    Written,
    /// Something failed, or `--verify` found faults; nothing is changed.
    TakenBack,
    /// A signal came; nothing is changed.
    Interrupted,
    /// Something failed, and so did taking back; the next run of codemend does it.
    Unfinished,
}

/// The exit code.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "exit")]
pub struct Exit {
    pub code: u8,
    pub meaning: Meaning,
}

/// What an exit code means.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "meaning")]
pub enum Meaning {
    /// 0
    #[default]
    Fine,
    /// 1, with `--check`
    WouldChange,
    /// 2
    Problems,
    /// 128 and the number of the signal
    Interrupted,
}

/// The schema of [`Document`], draft 2020-12. The items of `--format jsonl` are its `$defs`, by their `type`.
pub fn schema() -> schemars::Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings
        .into_generator()
        .into_root_schema_for::<Document<'_>>()
}

impl Change<'_> {
    /// What it does, and when it is not safe, why not: for formats that have one sentence for both.
    pub fn told(&self) -> String {
        let word = match self.safety {
            Safety::Safe => return self.title.to_owned(),
            Safety::Unsafe => "unsafe",
            Safety::Display => "to make by hand",
        };
        match self.reason {
            Some(reason) => format!("{} ({word}: {reason})", self.title),
            None => format!("{} ({word})", self.title),
        }
    }

    /// The last line that it is about: of a place that ends with a newline, the line that the newline ends.
    pub fn last_line(&self) -> usize {
        let ends_before = self.end.column == 1 && self.end.line > self.start.line;
        self.end.line - usize::from(ends_before)
    }
}
