//! What a run has found out, in a form that can be written down.
//!
//! Every part is taken apart by name, so that a new part of an [`Outcome`] cannot be forgotten here.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::apart::{Apart, OnDisk, Texts};
use super::pieces::Pieces;
use super::words::{Made, Problem, Said, Words, all};
use crate::disk::Digest;
use crate::patch::{self, FilePatch, Outcome};
use crate::pipeline::Request;
use crate::source::Source;
use crate::target::{PythonVersion, TargetPython};

/// An [`Outcome`].
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Told {
    steps: Vec<Step>,
    withheld: Vec<Made>,
    refusals: Vec<Said>,
    reports: Vec<Said>,
    problems: Vec<Problem>,
    faults: Vec<Problem>,
    passed_over: Vec<Made>,
    /// Files read, left out, parsed, typed.
    counts: [usize; 4],
    has_environment: bool,
    targets: Vec<((u8, u8), String, usize)>,
    together: Vec<BTreeSet<Utf8PathBuf>>,
    review: Option<Apart>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Step {
    codemod: String,
    files: Vec<(Utf8PathBuf, Text)>,
    changes: Vec<Made>,
}

/// What becomes of a file.
#[derive(Debug, Serialize, Deserialize)]
enum Text {
    New(String),
    Changed(Pieces),
}

/// The digests of files that were read, by path.
type Digests<'a> = HashMap<Utf8PathBuf, &'a Digest>;

impl Told {
    /// `outcome`, of a run that has read files with these `digests`. `None` for one that cannot be told again: a person
    /// has decided about it, or a text is not the one that was read.
    pub(super) fn of(outcome: &Outcome, digests: &Digests<'_>) -> Option<Self> {
        let Outcome {
            steps,
            withheld,
            refusals,
            reports,
            problems,
            faults,
            files_read,
            files_left_out,
            files_parsed,
            files_typed,
            has_environment,
            targets,
            together,
            review,
            chosen,
            rejected,
            passed_over,
            portion,
        } = outcome;
        if portion.is_some() || chosen.is_some() || *rejected > 0 {
            return None;
        }
        let target = |(target, files): &(TargetPython, usize)| {
            let version = (target.version.major, target.version.minor);
            (version, target.source.clone(), *files)
        };
        Some(Self {
            steps: written(steps, digests)?,
            withheld: all(withheld),
            refusals: all(refusals),
            reports: all(reports),
            problems: all(problems),
            faults: all(faults),
            passed_over: all(passed_over),
            counts: [*files_read, *files_left_out, *files_parsed, *files_typed],
            has_environment: *has_environment,
            targets: targets.iter().map(target).collect(),
            together: together.clone(),
            review: match review {
                Some(review) => Some(Apart::of(review, digests)?),
                None => None,
            },
        })
    }

    /// The outcome of `request`, whose files have these `digests`. `None` when a file that it changes has been changed
    /// meanwhile, or a codemod is none of the catalogue.
    pub(super) fn outcome(&self, request: &Request<'_>, digests: &Digests<'_>) -> Option<Outcome> {
        let words = Words::of(request.catalogue);
        let texts = Texts::default();
        let disk = |path: &Utf8Path| texts.get(path, || on_disk(path, request, digests));
        let review = match &self.review {
            Some(review) => Some(review.told(&words, &disk)?),
            None => None,
        };
        let target = |(version, source, files): &((u8, u8), String, usize)| {
            let version = PythonVersion::from(*version);
            let source = source.clone();
            (TargetPython { version, source }, *files)
        };
        let [files_read, files_left_out, files_parsed, files_typed] = self.counts;
        Some(Outcome {
            steps: self.read(&words, &disk)?,
            withheld: words.made(&self.withheld)?,
            refusals: words.refusals(&self.refusals)?,
            reports: words.reports(&self.reports)?,
            problems: self.problems.iter().map(Problem::told).collect(),
            faults: self.faults.iter().map(Problem::told).collect(),
            files_read,
            files_left_out,
            files_parsed,
            files_typed,
            has_environment: self.has_environment,
            targets: self.targets.iter().map(target).collect(),
            together: self.together.clone(),
            review,
            chosen: None,
            rejected: 0,
            passed_over: words.made(&self.passed_over)?,
            portion: None,
        })
    }

    /// The steps, on the texts that are on disk.
    fn read(&self, words: &Words, on_disk: &OnDisk<'_>) -> Option<Vec<patch::Step>> {
        let mut texts = FxHashMap::<&str, Arc<str>>::default();
        let mut steps = Vec::new();
        for step in &self.steps {
            let file = |(path, text): &(Utf8PathBuf, Text)| {
                let known = texts.get(path.as_str()).cloned();
                let before = match (known, text) {
                    (known, Text::New(_)) => known,
                    (Some(known), _) => Some(known),
                    (None, _) => Some(on_disk(path)?),
                };
                let (after, kept) = match (text, &before) {
                    (Text::New(text), _) => (text.as_str().into(), Default::default()),
                    (Text::Changed(pieces), before) => pieces.apply(before.as_deref()?)?,
                };
                Some(FilePatch::new(path, before, after).keeping(kept))
            };
            let files: Option<Vec<FilePatch>> = step.files.par_iter().map(file).collect();
            let files = files?;
            for ((path, _), file) in step.files.iter().zip(&files) {
                texts.insert(path.as_str(), file.after.clone());
            }
            steps.push(patch::Step {
                codemod: words.codemod(&step.codemod)?,
                files,
                changes: words.made(&step.changes)?,
            });
        }
        Some(steps)
    }
}

/// The text of the file at `path`, when it is the one that the run has read.
fn on_disk(path: &Utf8Path, request: &Request<'_>, digests: &Digests<'_>) -> Option<Arc<str>> {
    let text = Source::read(path, request.configuration.size_limit())
        .ok()?
        .text;
    is_known(path, &text, digests).then_some(text)
}

fn is_known(path: &Utf8Path, text: &str, digests: &Digests<'_>) -> bool {
    let digest = blake3::hash(text.as_bytes());
    digests
        .get(path)
        .is_some_and(|one| *digest.as_bytes() == **one)
}

/// `steps`, each on what the ones before it left. `None` when one is not.
fn written(steps: &[patch::Step], digests: &Digests<'_>) -> Option<Vec<Step>> {
    let mut texts = BTreeMap::<&Utf8Path, &Arc<str>>::new();
    let mut all_steps = Vec::new();
    for step in steps {
        let mut files = Vec::new();
        for file in &step.files {
            let known = texts.insert(&file.path, &file.after);
            let text = match (&file.before, known) {
                (None, None) => Text::New(file.after.to_string()),
                (Some(before), Some(known)) if before == known => {
                    Text::Changed(Pieces::of(before, &file.after, &file.kept))
                }
                (Some(before), None) if is_known(&file.path, before, digests) => {
                    Text::Changed(Pieces::of(before, &file.after, &file.kept))
                }
                _ => return None,
            };
            files.push((file.path.clone(), text));
        }
        all_steps.push(Step {
            codemod: step.codemod.to_owned(),
            files,
            changes: all(&step.changes),
        });
    }
    Some(all_steps)
}
