//! The words of a run in a form that can be written down: names that the program holds become texts, and back.

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use crate::change::{self, Safety};
use crate::codemod::Codemod;
use crate::patch;
use crate::problem::{self, LineColumn};

/// Line and column.
pub(super) type At = (usize, usize);

/// A [`patch::Made`].
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Made {
    path: Utf8PathBuf,
    at: At,
    codemod: String,
    title: String,
    safety: u8,
    why: Option<String>,
    end: At,
    fingerprint: String,
}

/// A [`change::Refusal`] or a [`change::Report`].
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Said {
    codemod: String,
    path: Utf8PathBuf,
    at: At,
    text: String,
    fingerprint: String,
}

/// A [`problem::Problem`].
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Problem {
    path: Utf8PathBuf,
    at: Option<At>,
    message: String,
    help: Option<String>,
}

/// All of `them`, written down.
pub(super) fn all<'t, T: 't, W: From<&'t T>>(them: &'t [T]) -> Vec<W> {
    them.iter().map(W::from).collect()
}

/// The names that the program holds.
pub(super) struct Words(Vec<&'static str>);

impl Words {
    pub(super) fn of(catalogue: &[&dyn Codemod]) -> Self {
        let names = catalogue.iter().map(|codemod| codemod.about().name);
        // What belongs to no codemod.
        Self(names.chain(["codemend"]).collect())
    }

    pub(super) fn codemod(&self, name: &str) -> Option<&'static str> {
        self.0.iter().copied().find(|known| *known == name)
    }

    pub(super) fn made(&self, them: &[Made]) -> Option<Vec<patch::Made>> {
        them.iter().map(|made| self.one(made)).collect()
    }

    /// One change.
    pub(super) fn one(&self, made: &Made) -> Option<patch::Made> {
        Some(patch::Made {
            path: made.path.clone(),
            at: position(made.at),
            codemod: self.codemod(&made.codemod)?,
            title: made.title.clone(),
            safety: match made.safety {
                0 => Safety::Safe,
                1 => Safety::Unsafe,
                2 => Safety::Display,
                _ => return None,
            },
            why: made.why.clone(),
            end: position(made.end),
            fingerprint: made.fingerprint.clone(),
        })
    }

    pub(super) fn refusals(&self, them: &[Said]) -> Option<Vec<change::Refusal>> {
        let one = |said: &Said| {
            Some(change::Refusal {
                codemod: self.codemod(&said.codemod)?,
                path: said.path.clone(),
                at: position(said.at),
                reason: said.text.clone(),
            })
        };
        them.iter().map(one).collect()
    }

    pub(super) fn reports(&self, them: &[Said]) -> Option<Vec<change::Report>> {
        let one = |said: &Said| {
            Some(change::Report {
                codemod: self.codemod(&said.codemod)?,
                path: said.path.clone(),
                at: position(said.at),
                message: said.text.clone(),
                fingerprint: said.fingerprint.clone(),
            })
        };
        them.iter().map(one).collect()
    }
}

impl From<&patch::Made> for Made {
    fn from(made: &patch::Made) -> Self {
        let patch::Made {
            path,
            at,
            codemod,
            title,
            safety,
            why,
            end,
            fingerprint,
        } = made;
        Self {
            path: path.clone(),
            at: (at.line, at.column),
            codemod: (*codemod).to_owned(),
            title: title.clone(),
            safety: match safety {
                Safety::Safe => 0,
                Safety::Unsafe => 1,
                Safety::Display => 2,
            },
            why: why.clone(),
            end: (end.line, end.column),
            fingerprint: fingerprint.clone(),
        }
    }
}

impl From<&change::Refusal> for Said {
    fn from(refusal: &change::Refusal) -> Self {
        let change::Refusal {
            codemod,
            path,
            at,
            reason,
        } = refusal;
        Self {
            codemod: (*codemod).to_owned(),
            path: path.clone(),
            at: (at.line, at.column),
            text: reason.clone(),
            fingerprint: String::new(),
        }
    }
}

impl From<&change::Report> for Said {
    fn from(report: &change::Report) -> Self {
        let change::Report {
            codemod,
            path,
            at,
            message,
            fingerprint,
        } = report;
        Self {
            codemod: (*codemod).to_owned(),
            path: path.clone(),
            at: (at.line, at.column),
            text: message.clone(),
            fingerprint: fingerprint.clone(),
        }
    }
}

impl From<&problem::Problem> for Problem {
    fn from(problem: &problem::Problem) -> Self {
        let problem::Problem {
            path,
            at,
            message,
            help,
        } = problem;
        Self {
            path: path.clone(),
            at: at.map(|at| (at.line, at.column)),
            message: message.clone(),
            help: help.clone(),
        }
    }
}

impl Problem {
    pub(super) fn told(&self) -> problem::Problem {
        problem::Problem {
            path: self.path.clone(),
            at: self.at.map(position),
            message: self.message.clone(),
            help: self.help.clone(),
        }
    }
}

pub(super) fn at(at: LineColumn) -> At {
    (at.line, at.column)
}

pub(super) fn position((line, column): At) -> LineColumn {
    LineColumn { line, column }
}
