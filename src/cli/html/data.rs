//! What goes into the page: the changes, the regions that any choice of them is put together from, and the lines around.
//!
//! The page makes patches by itself, so the data says everything that a patch is made of: names as git quotes them,
//! texts with their line ends, edits in UTF-16 units. Before it is handed over, all changes together are held against
//! what the run itself would write.

use std::collections::BTreeSet;

use anyhow::bail;
use camino::Utf8Path;
use codemend_engine::change::{Refusal, Report, Safety};
use codemend_engine::codemod::Codemod;
use codemend_engine::patch::{Made, Outcome};
use codemend_engine::paths::relative;
use codemend_engine::problem::{LineColumn, Problem};
use codemend_engine::review::{ChangeId, Review, Reviewed};
use serde::Serialize;

use super::super::root::Rooted;
use super::files::{File, Files};

/// Everything that the page shows.
#[derive(Debug, Serialize)]
pub struct Data<'a> {
    version: &'static str,
    /// The name of the directory that all names start at.
    root: String,
    target: Option<String>,
    /// Files looked at.
    read: usize,
    /// Those with changes.
    codemods: Vec<About<'a>>,
    files: Vec<File>,
    changes: Vec<Change<'a>>,
    withheld: Vec<Withheld<'a>>,
    refusals: Vec<Note<'a>>,
    reports: Vec<Note<'a>>,
    problems: Vec<Note<'a>>,
}

/// A codemod: its name, its summary and its page.
#[derive(Debug, Serialize)]
struct About<'a> {
    name: &'a str,
    summary: &'a str,
    page: &'a str,
}

/// A change to decide about. Its index is its name.
#[derive(Debug, Serialize)]
struct Change<'a> {
    /// Index into the codemods.
    codemod: usize,
    title: &'a str,
    safety: Safety,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    /// Index into the files.
    file: usize,
    line: usize,
    column: usize,
    /// Its last line.
    end: usize,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    needs: &'a BTreeSet<ChangeId>,
}

/// A change that the run was not asked for.
#[derive(Debug, Serialize)]
struct Withheld<'a> {
    safety: Safety,
    #[serde(flatten)]
    note: Note<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
}

/// A place and what is said about it.
#[derive(Debug, Serialize)]
struct Note<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    codemod: Option<&'a str>,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<LineColumn>,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

impl<'a> Data<'a> {
    /// What the page says of `outcome`, whose files have the names of `rooted`.
    ///
    /// # Errors
    /// The changes, put together one by one, are not what the run itself would write.
    pub fn new(
        outcome: &'a Outcome,
        rooted: &Rooted,
        catalogue: &[&'a dyn Codemod],
    ) -> anyhow::Result<Self> {
        let review = match &outcome.review {
            Some(review) => review,
            None if rooted.files.is_empty() => &NOTHING,
            None => bail!("cannot write the page: the run does not know its changes one by one"),
        };
        let files = Files::new(review, rooted)?;
        let codemods = used(review, catalogue);
        let changes = review.changes.iter();
        let changes = changes.map(|change| Change::new(change, &codemods, &files));
        let namer = Namer { root: &rooted.root };
        Ok(Self {
            version: env!("CARGO_PKG_VERSION"),
            root: rooted.root.file_name().unwrap_or("/").to_owned(),
            target: target(outcome, &rooted.root),
            read: outcome.files_read,
            changes: changes.collect::<anyhow::Result<_>>()?,
            codemods,
            files: files.rows,
            withheld: outcome
                .withheld
                .iter()
                .map(|it| namer.withheld(it))
                .collect(),
            refusals: outcome
                .refusals
                .iter()
                .map(|it| namer.refusal(it))
                .collect(),
            reports: outcome.reports.iter().map(|it| namer.report(it)).collect(),
            problems: outcome
                .problems
                .iter()
                .map(|it| namer.problem(it))
                .collect(),
        })
    }
}

static NOTHING: Review = Review {
    changes: Vec::new(),
    withheld: Vec::new(),
    files: Vec::new(),
};

/// The codemods that have changes in `review`, in the order of the catalogue.
fn used<'a>(review: &Review, catalogue: &[&'a dyn Codemod]) -> Vec<About<'a>> {
    let names: BTreeSet<&str> = review.changes.iter().map(|it| it.codemod).collect();
    let abouts = catalogue.iter().map(|codemod| codemod.about());
    let abouts = abouts.filter(|about| names.contains(about.name));
    abouts
        .map(|about| About {
            name: about.name,
            summary: about.summary,
            page: about.page,
        })
        .collect()
}

/// The target Python of most files.
fn target(outcome: &Outcome, root: &Utf8Path) -> Option<String> {
    let (target, _) = outcome
        .targets
        .iter()
        .rev()
        .max_by_key(|(_, files)| *files)?;
    // The whole path of a manifest says more about the machine than a page should.
    Some(target.to_string().replace(&format!("{root}/"), ""))
}

impl<'a> Change<'a> {
    fn new(change: &'a Reviewed, codemods: &[About<'_>], files: &Files) -> anyhow::Result<Self> {
        let codemod = codemods.iter().position(|it| it.name == change.codemod);
        let (Some(codemod), Some(file)) = (codemod, files.index(&change.path)) else {
            bail!(
                "cannot write the page: a change of `{}` has no place in it",
                change.path
            );
        };
        Ok(Self {
            codemod,
            title: &change.title,
            safety: change.safety,
            why: change.why.as_deref(),
            file,
            line: change.start.line,
            column: change.start.column,
            end: change.end.line,
            needs: &change.needs,
        })
    }
}

/// Names places from the root on.
struct Namer<'r> {
    root: &'r Utf8Path,
}

impl Namer<'_> {
    fn name(&self, path: &Utf8Path) -> String {
        relative(path, self.root).into_string()
    }

    fn withheld<'a>(&self, made: &'a Made) -> Withheld<'a> {
        Withheld {
            safety: made.safety,
            note: Note {
                codemod: Some(made.codemod),
                path: self.name(&made.path),
                at: Some(made.at),
                message: &made.title,
                help: None,
            },
            why: made.why.as_deref(),
        }
    }

    fn refusal<'a>(&self, refusal: &'a Refusal) -> Note<'a> {
        Note {
            codemod: Some(refusal.codemod),
            path: self.name(&refusal.path),
            at: Some(refusal.at),
            message: &refusal.reason,
            help: None,
        }
    }

    fn report<'a>(&self, report: &'a Report) -> Note<'a> {
        Note {
            codemod: Some(report.codemod),
            path: self.name(&report.path),
            at: Some(report.at),
            message: &report.message,
            help: None,
        }
    }

    fn problem<'a>(&self, problem: &'a Problem) -> Note<'a> {
        Note {
            codemod: None,
            path: self.name(&problem.path),
            at: problem.at,
            message: &problem.message,
            help: problem.help.as_deref(),
        }
    }
}
