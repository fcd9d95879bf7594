//! Which reports belong to one run, and what of it is missing.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;
use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;
use serde_json::Value;

use super::super::formats::model::Shard;
use super::{Given, common};

/// Missing shards of a run that are named.
const NAMED: usize = 20;

/// Reports, put together by the run that they tell of.
pub struct Runs {
    runs: Vec<Run>,
}

/// A run: its reports, by their place among those given.
struct Run {
    root: Utf8PathBuf,
    reports: Vec<usize>,
    /// With `--shard`: what it came to, how many shards there are, and which ones are here.
    parts: Option<Parts>,
}

struct Parts {
    whole: String,
    of: u32,
    /// Each with the report that it stands in.
    numbers: BTreeMap<u32, usize>,
}

impl Runs {
    /// Of `given`.
    ///
    /// # Errors
    /// A shard is there twice, two runs are about one repository, or a report does not say what it is about.
    pub fn of(given: &[Given]) -> anyhow::Result<Self> {
        let mut runs = Self { runs: Vec::new() };
        for (at, one) in given.iter().enumerate() {
            let run = one.report.get("run");
            let Some(root) = run.and_then(|run| run.get("root")?.as_str()) else {
                bail!(
                    "`{}` is no report of --format json: it has no `run.root`",
                    one.name
                );
            };
            let shard = run.and_then(|run| run.get("shard"));
            let shard = match shard.filter(|shard| !shard.is_null()) {
                None => None,
                Some(shard) => Some(Shard::deserialize(shard).map_err(|error| {
                    anyhow::anyhow!("`{}`: its `run.shard` cannot be read: {error}", one.name)
                })?),
            };
            match shard {
                None => runs.runs.push(Run::of(root, at, None)),
                Some(shard) => runs.add(at, root, &shard, given)?,
            }
        }
        runs.are_apart(given)?;
        Ok(runs)
    }

    /// Put the report `at`, one of `shard`, to those of the same run.
    fn add(
        &mut self,
        at: usize,
        root: &str,
        shard: &Shard<'_>,
        given: &[Given],
    ) -> anyhow::Result<()> {
        let known = self.runs.iter_mut().find(|run| run.is_whole_of(shard));
        let run = match known {
            Some(run) => run,
            None => {
                self.runs.push(Run::of(root, at, Some(Parts::of(shard))));
                let Some(run) = self.runs.last_mut() else {
                    return Ok(());
                };
                run.reports.clear();
                run
            }
        };
        run.reports.push(at);
        let Some(parts) = &mut run.parts else {
            return Ok(());
        };
        for number in &shard.numbers {
            if !(1..=shard.of).contains(number) {
                bail!(
                    "`{}`: there is no shard {number}/{}",
                    given[at].name,
                    shard.of
                );
            }
            if let Some(other) = parts.numbers.insert(*number, at) {
                let (one, other) = (&given[at].name, &given[other].name);
                bail!(
                    "`{other}` and `{one}` both hold shard {number}/{}",
                    shard.of
                );
            }
        }
        Ok(())
    }

    /// Make sure that no two runs are about one repository: what one of them says, the other says too.
    fn are_apart(&self, given: &[Given]) -> anyhow::Result<()> {
        let mut seen: BTreeMap<&Utf8Path, &Run> = BTreeMap::new();
        for run in &self.runs {
            let Some(other) = seen.insert(&run.root, run) else {
                continue;
            };
            let name = |run: &Run| run.reports.first().map_or("", |at| &given[*at].name);
            let (one, other, root) = (name(other), name(run), &run.root);
            bail!("`{one}` and `{other}` tell of two runs over `{root}`");
        }
        Ok(())
    }

    /// The shards that are missing, in words; of many the first ones.
    pub fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for run in &self.runs {
            let Some(parts) = &run.parts else {
                continue;
            };
            let gone = (1..=parts.of).filter(|number| !parts.numbers.contains_key(number));
            let gone = gone.take(NAMED);
            missing.extend(
                gone.map(|number| format!("shard {number}/{} of `{}`", parts.of, run.root)),
            );
        }
        missing
    }

    /// Whether there is one run only.
    pub fn is_one(&self) -> bool {
        self.runs.len() == 1
    }

    /// What is said of shards in the merged report: nothing when none is missing.
    pub fn left(&self) -> Option<Shard<'_>> {
        let parts = self
            .runs
            .first()
            .filter(|_| self.is_one())?
            .parts
            .as_ref()?;
        let numbers: Vec<u32> = parts.numbers.keys().copied().collect();
        let is_whole = numbers.len() == parts.of as usize;
        (!is_whole).then_some(Shard {
            numbers,
            of: parts.of,
            whole: &parts.whole,
        })
    }

    /// The directory that paths start at in the merged report; those in `given` are made to start there. For several
    /// repositories that is the nearest directory above all of them.
    pub fn root(&self, given: &mut [Given]) -> Utf8PathBuf {
        let roots: Vec<&Utf8Path> = self.runs.iter().map(|run| run.root.as_path()).collect();
        let root = common(&roots);
        for run in &self.runs {
            let below = run.root.strip_prefix(&root).unwrap_or(&run.root);
            let parts: Vec<&str> = below.components().map(|part| part.as_str()).collect();
            let below = parts.join("/");
            let reports: BTreeSet<usize> = run.reports.iter().copied().collect();
            for at in reports.into_iter().filter(|_| !below.is_empty()) {
                start_below(&mut given[at].report, &below);
            }
        }
        root
    }
}

impl Run {
    fn of(root: &str, at: usize, parts: Option<Parts>) -> Self {
        Self {
            root: root.into(),
            reports: vec![at],
            parts,
        }
    }

    fn is_whole_of(&self, shard: &Shard<'_>) -> bool {
        let parts = self.parts.as_ref();
        parts.is_some_and(|parts| parts.whole == shard.whole && parts.of == shard.of)
    }
}

impl Parts {
    fn of(shard: &Shard<'_>) -> Self {
        Self {
            whole: shard.whole.to_owned(),
            of: shard.of,
            numbers: BTreeMap::new(),
        }
    }
}

/// Let all paths in `report` start one directory, `below`, further up. What lies elsewhere keeps its absolute path.
fn start_below(report: &mut Value, below: &str) {
    match report {
        Value::Array(items) => items.iter_mut().for_each(|item| start_below(item, below)),
        Value::Object(keys) => {
            for (key, value) in keys {
                match (key.as_str(), value) {
                    ("path", Value::String(path)) => put_below(path, below),
                    ("left_out", Value::Array(paths)) => {
                        for path in paths {
                            if let Value::String(path) = path {
                                put_below(path, below);
                            }
                        }
                    }
                    (_, value) => start_below(value, below),
                }
            }
        }
        _ => {}
    }
}

fn put_below(path: &mut String, below: &str) {
    match path.as_str() {
        "." => below.clone_into(path),
        absolute if absolute.starts_with('/') => {}
        _ => *path = format!("{below}/{path}"),
    }
}
