//! One memory: what a run rested on, and what it found out.

use std::collections::HashMap;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::told::Told;
use crate::disk::{Answer, Digest, Kind, Question, Traced, is_settled};
use crate::patch::Outcome;
use crate::pipeline::Request;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    /// The directories whose settings counted, and what those said.
    directories: Vec<Utf8PathBuf>,
    settings: Digest,
    traced: Traced,
    told: Told,
}

impl Entry {
    /// A run that asked the disk `traced` and ended with `outcome`. `None` when that cannot be told again.
    pub(super) fn of(traced: Traced, outcome: &Outcome, request: &Request<'_>) -> Option<Self> {
        // A run that has not even looked for files has failed for a reason that is not on the disk.
        traced.iter().any(|one| is_walk(&one.0)).then_some(())?;
        let told = Told::of(outcome, &digests(&traced))?;
        let directories = request.configuration.asked();
        Some(Self {
            settings: request.configuration.answers(&directories),
            directories,
            traced: without_echoes(traced),
            told,
        })
    }

    pub(super) fn encode(&self) -> Option<Vec<u8>> {
        postcard::to_stdvec(self).ok()
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }

    /// What the run found out, when it would find out the same now.
    pub(super) fn outcome(&self, request: &Request<'_>) -> Option<Outcome> {
        let configuration = request.configuration;
        let (walks, rest): (Vec<_>, Vec<_>) = self
            .traced
            .iter()
            .partition(|(question, _)| is_walk(question));
        let stands = |one: &&(Question, Answer)| is_settled(&one.0, &one.1, configuration);
        // A walk has threads of its own. Which files there are is what changes most, after what is in them.
        let stands = walks.iter().all(stands)
            && configuration.answers(&self.directories) == self.settings
            && rest.par_iter().with_min_len(8).all(|one| stands(&one));
        if !stands {
            return None;
        }
        self.told.outcome(request, &digests(&self.traced))
    }
}

fn is_walk(question: &Question) -> bool {
    matches!(question, Question::Walk(_))
}

/// What the files that were read held.
fn digests(traced: &Traced) -> HashMap<&Utf8Path, &Digest> {
    let bytes = traced.iter().filter_map(|one| match one {
        (Question::Bytes(path), Answer::Digest(digest)) => Some((path.as_path(), digest)),
        _ => None,
    });
    bytes.collect()
}

/// `traced` without what its other answers imply: a file that was read is a file.
fn without_echoes(traced: Traced) -> Traced {
    let read: std::collections::HashSet<Utf8PathBuf> = digests(&traced)
        .keys()
        .map(|path| (*path).to_owned())
        .collect();
    let is_news = |one: &(Question, Answer)| match one {
        (Question::Kind(path), Answer::Kind(Kind::File)) => !read.contains(path),
        _ => true,
    };
    traced.into_iter().filter(is_news).collect()
}
