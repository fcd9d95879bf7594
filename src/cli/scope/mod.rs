//! `--since`, `--staged` and `--baseline`: which part of what is named counts.
//!
//! What is left out is only not looked at, or not changed: facts are drawn from the whole project all the same.

mod baseline;
mod changed;
mod commit;
mod lines;
mod places;
mod staged;
mod submodules;

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::bail;
use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::config::Configuration;
use codemend_engine::patch::Outcome;
use codemend_engine::pipeline::{Narrowing, Places, Shard, project_of};
use codemend_engine::problem::Problem;

use super::arguments::ScopeArguments;
use super::summary::count;
use baseline::{Baseline, Survey};
use changed::{Changes, Detail};
pub use staged::unstaged;

/// What of a run counts.
#[derive(Default)]
pub struct Scope {
    /// Files that are left alone because of the scope.
    pub problems: Vec<Problem>,
    /// What chose the files, for people.
    reason: Option<String>,
    files: Option<BTreeSet<Utf8PathBuf>>,
    places: Option<places::Chosen>,
    /// The directory that the paths of a baseline start at.
    root: Utf8PathBuf,
}

/// What the summary says of a scope. Lines are not escaped.
#[derive(Debug, Default)]
pub struct Told {
    /// In place of the first line of the summary.
    pub headline: Option<String>,
    /// Behind it.
    pub lines: Vec<String>,
}

impl Told {
    /// What stands there when not all could be looked at: a baseline without it would be wrong as soon as it can.
    pub fn no_baseline() -> Self {
        Self {
            headline: Some("Wrote no baseline: see above".to_owned()),
            lines: Vec::new(),
        }
    }
}

impl Scope {
    /// The scope that `arguments` name of a run over `paths` (absolute, real).
    ///
    /// # Errors
    /// git cannot say what has changed, or the baseline cannot be used: one line that says why.
    pub fn of(
        arguments: &ScopeArguments,
        paths: &[Utf8PathBuf],
        cwd: &Utf8Path,
        configuration: &Configuration,
    ) -> anyhow::Result<Self> {
        let detail = match arguments.since_lines {
            true => Detail::Lines,
            false => Detail::Files,
        };
        let changes = match (&arguments.since, arguments.staged) {
            (Some(name), _) => Some(changed::since(paths, name, detail)?),
            (None, true) => Some(staged::staged(paths, cwd, configuration, detail)?),
            (None, false) if arguments.since_lines => {
                bail!("--since-lines needs --since REF or --staged")
            }
            (None, false) => None,
        };
        let reason = match &arguments.since {
            Some(name) => Some(format!("changed since {name}")),
            None => arguments.staged.then(|| "staged".to_owned()),
        };
        let baseline = match (&arguments.baseline, &arguments.write_baseline) {
            (_, Some(file)) => {
                baseline::may_be_written(file)?;
                Some(places::Known::Recorded)
            }
            (Some(file), None) => Some(places::Known::Read(Baseline::read(file)?)),
            (None, None) => None,
        };
        let Changes { files, problems } = changes.unwrap_or_default();
        let lines = match arguments.since_lines {
            true => Some(lines::changed(&files, configuration.size_limit())?),
            false => None,
        };
        let places = match lines.is_some() || baseline.is_some() {
            true => Some(places::Chosen::new(lines, baseline)),
            false => None,
        };
        Ok(Self {
            problems,
            files: reason.is_some().then(|| files.into_keys().collect()),
            reason,
            places,
            root: project_of(paths),
        })
    }

    /// The same for the engine.
    pub fn narrowing(&self) -> Narrowing<'_> {
        Narrowing {
            files: self.files.as_ref(),
            places: self.places.as_ref().map(|places| places as &dyn Places),
        }
    }

    /// What a run over `paths` that ended with `outcome` has left out.
    pub fn told(
        &self,
        outcome: &Outcome,
        paths: &[Utf8PathBuf],
        configuration: &Configuration,
    ) -> Told {
        if let Some(portion) = &outcome.portion {
            return told_by_shard(portion.shard(), outcome);
        }
        let mut lines = Vec::new();
        let all = outcome.files_read + outcome.files_left_out;
        lines.extend(self.reason.as_ref().map(|reason| {
            let of = count(all, "file");
            format!("Looked at {} of {of}: {reason}", outcome.files_read)
        }));
        if let Some(places) = &self.places {
            match places.on_other_lines() {
                0 => {}
                n => lines.push(format!(
                    "{} on lines that have not changed left alone",
                    count(n, "place")
                )),
            }
            if let Some(seen) = places.of_baseline() {
                lines.push(format!(
                    "{} in the baseline left alone",
                    count(seen.here, "place")
                ));
                let survey = Survey {
                    outcome,
                    paths,
                    files: self.files.as_ref(),
                    configuration,
                    root: &self.root,
                };
                match survey.gone(&seen) {
                    0 => {}
                    1 => lines.push("1 entry of the baseline is gone: write it again".into()),
                    n => lines.push(format!(
                        "{n} entries of the baseline are gone: write it again"
                    )),
                }
            }
        }
        let headline = self.headline(outcome);
        Told { headline, lines }
    }

    /// No file counts; whether there are Python files has not been asked.
    fn headline(&self, outcome: &Outcome) -> Option<String> {
        let nothing = outcome.files_read == 0 && self.reason.is_some();
        nothing.then(|| "Nothing to look at".to_owned())
    }

    /// Put all that the run has come upon into the baseline `file`; gives what to say of it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_baseline(&self, file: &Path) -> anyhow::Result<Told> {
        let Some(places) = &self.places else {
            return Ok(Told {
                headline: Some("Nothing to look at: wrote no baseline".to_owned()),
                lines: Vec::new(),
            });
        };
        baseline::write(file, &places.recorded(), &self.root)
    }
}

/// What a shard says. What a baseline or git left out is known of the run as a whole only.
fn told_by_shard(shard: Shard, outcome: &Outcome) -> Told {
    let has_nothing = outcome.files_read == 0 && outcome.patch().is_empty();
    Told {
        headline: has_nothing.then(|| format!("No files in shard {shard}")),
        lines: match has_nothing {
            true => Vec::new(),
            false => vec![format!("Shard {shard}")],
        },
    }
}
