//! One memory: what a run rested on, and what it found out.

use std::collections::HashMap;

use camino::Utf8PathBuf;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::shelf::{Shelf, Shelves};
use super::told::Told;
use crate::disk::{self, Answer, Digest, Question, is_settled};
use crate::patch::Outcome;
use crate::pipeline::Request;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry<'t> {
    /// The directories whose settings counted, and what those said.
    directories: Vec<Utf8PathBuf>,
    settings: Digest,
    #[serde(borrow)]
    asked: Shelves<'t>,
    told: Told,
}

impl<'t> Entry<'t> {
    /// A run that asked the disk `traced` and ended with `outcome`. `None` when that cannot be told again.
    pub(super) fn of(
        traced: &'t [(Question, Answer)],
        outcome: &Outcome,
        request: &Request<'_>,
    ) -> Option<Self> {
        // A run that has not even looked for files has failed for a reason that is not on the disk.
        traced.iter().any(|one| is_walk(&one.0)).then_some(())?;
        let asked = Shelves::of(traced);
        let told = Told::of(outcome, &digests(&asked))?;
        let directories = request.configuration.asked();
        Some(Self {
            settings: request.configuration.answers(&directories),
            directories,
            asked,
            told,
        })
    }

    pub(super) fn encode(&self) -> Option<Vec<u8>> {
        postcard::to_stdvec(self).ok()
    }

    pub(super) fn decode(bytes: &'t [u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }

    /// What the run found out, when it would find out the same now.
    pub(super) fn outcome(&self, request: &Request<'_>) -> Option<Outcome> {
        self.stands(request).then_some(())?;
        self.told.outcome(request, &digests(&self.asked))
    }

    /// Whether every answer is what it was. Which files there are is asked first, what is in them last: that takes the
    /// most time.
    fn stands(&self, request: &Request<'_>) -> bool {
        let configuration = request.configuration;
        let (shelves, rest) = (&self.asked.shelves, &self.asked.rest);
        let settled = |one: &(Question, Answer)| is_settled(&one.0, &one.1, configuration);
        // A walk has threads of its own.
        let (walks, rest): (Vec<_>, Vec<_>) = rest.iter().partition(|one| is_walk(&one.0));
        let files: Vec<(Utf8PathBuf, &Digest)> = shelves.iter().flat_map(Shelf::files).collect();
        let holds = |(path, known): &(Utf8PathBuf, &Digest)| {
            disk::digest(path, configuration.size_limit()).is_ok_and(|now| now == **known)
        };
        walks.into_iter().all(settled)
            && configuration.answers(&self.directories) == self.settings
            && rest.into_par_iter().all(settled)
            && shelves.par_iter().all(|shelf| shelf.stands(configuration))
            && files.par_iter().all(holds)
    }
}

fn is_walk(question: &Question) -> bool {
    matches!(question, Question::Walk(_))
}

/// What the files that were read held.
fn digests<'s>(asked: &'s Shelves<'_>) -> HashMap<Utf8PathBuf, &'s Digest> {
    asked.shelves.iter().flat_map(Shelf::files).collect()
}
